"""Interpret: the cells of a return become typed figures, each with its address.

Runs in the guarded worker; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

from pipeline.returns.interpret.achievements import read_achievements
from pipeline.returns.interpret.columns import choose_columns
from pipeline.returns.interpret.cover import find_area, find_period, read_cover
from pipeline.returns.interpret.headings import ACHIEVEMENTS, INDICATORS
from pipeline.returns.interpret.indicators import read_indicators
from pipeline.returns.interpret.tables import find_tables, of_kind, why_none
from pipeline.returns.reading import Reading
from pipeline.workbooks.details.detail import Details
from pipeline.workbooks.grid import Grid
from schemas.model import Register


def interpret(
    grids: list[Grid], register: Register, details: Details, folder_area: str | None = None
) -> Reading:
    """Everything that a return says, and what could not be read.

    Findings come in the order in which a person reads the workbook: cover, indicators,
    achievements.
    """
    reading = Reading(sheets=[grid.sheet for grid in grids])
    tables = find_tables(grids)
    indicators, achievements = of_kind(tables, INDICATORS), of_kind(tables, ACHIEVEMENTS)
    reading.cover = read_cover(grids, tables)
    reading.period, period_findings = find_period(reading.cover, indicators, register)
    choices = [f for table in tables for f in choose_columns(table, reading.period)]
    usable = [table for table in indicators if "performance" in table.columns]
    reading.area, area_findings = find_area(reading.cover, usable, register, folder_area)
    reading.findings += [*area_findings, *period_findings, *choices]
    if not indicators:
        reading.findings += why_none(grids)
    reading.has_table = bool(usable)
    reading.is_old_style = bool(usable) and all(
        "achieved" in table.columns and "ref" not in table.columns for table in usable
    )
    reading.rows, findings = read_indicators(
        usable, register, reading.area, reading.period, details
    )
    reading.findings += findings
    reading.achievements, findings = read_achievements(achievements, register, details)
    reading.findings += findings
    return reading
