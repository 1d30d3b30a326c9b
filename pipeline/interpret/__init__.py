"""Interpret: the cells of a return become typed figures, each with its address.

Runs in the guarded worker; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

from pipeline import catalogue as c
from pipeline.grid import Grid
from pipeline.interpret.achievements import read_achievements
from pipeline.interpret.cover import find_area, find_period, read_cover
from pipeline.interpret.indicators import Details, read_indicators
from pipeline.interpret.tables import find_tables
from pipeline.model import Register
from pipeline.reading import Reading
from schemas.layout import ACHIEVEMENT_FIELDS, INDICATOR_FIELDS


def interpret(
    grids: list[Grid], register: Register, details: Details, folder_area: str | None = None
) -> Reading:
    """Everything that a return says, and what could not be read.

    Findings come in the order in which a person reads the workbook: cover, indicators,
    achievements.
    """
    reading = Reading(sheets=[grid.sheet for grid in grids])
    tables, doubled = find_tables(grids, INDICATOR_FIELDS)
    reading.cover = read_cover(grids, tables)
    reading.area, area_findings = find_area(reading.cover, register, folder_area)
    reading.period, period_findings = find_period(reading.cover, register)
    reading.findings += [*area_findings, *period_findings, *doubled]
    if not tables:
        reading.findings.append(c.NO_TABLE.found())
    reading.rows, findings = read_indicators(tables, register, reading.area, details)
    reading.findings += findings
    achieved, doubled = find_tables(grids, ACHIEVEMENT_FIELDS)
    reading.achievements, findings = read_achievements(achieved, register)
    reading.findings += [*doubled, *findings]
    return reading
