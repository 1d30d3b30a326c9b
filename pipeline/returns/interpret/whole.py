"""A return read whole: every cell of it may say something of its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from msgspec import Struct

from pipeline.returns.interpret.achievements import read_achievements
from pipeline.returns.interpret.attribution import area_of_cover, find_area, find_period
from pipeline.returns.interpret.columns import Belonging, choose_columns, doubtful_columns
from pipeline.returns.interpret.contradictions import other_cover, other_kinds, other_table
from pipeline.returns.interpret.cover import read_cover
from pipeline.returns.interpret.indicators import indicators_of, read_indicators
from pipeline.returns.interpret.labels import ACHIEVEMENTS, INDICATORS, Vocabulary
from pipeline.returns.interpret.leftovers import unplaced
from pipeline.returns.interpret.notes import many_lines, noted_provisional, said_in_notes
from pipeline.returns.interpret.tables import (
    Table,
    find_tables,
    of_kind,
    why_none,
)
from pipeline.returns.reading import CoverEntry, Reading
from pipeline.workbooks.addresses import position
from pipeline.workbooks.details.detail import Details, marked_places
from pipeline.workbooks.grid import Grid
from schemas import cell_rules as v
from schemas import rules as c
from schemas.findings import Finding, has_errors
from schemas.model import Register

#: No return has more lines between and under its rows; each is looked at word by word.
_MOST_LINES = 2_000


class Whole(Struct):
    """What a return says, and the tables that it was read from."""

    reading: Reading
    #: Each table of the workbook, those of its figures, and those of its achievements.
    tables: list[Table]
    usable: list[Table]
    told: list[Table]


def read_whole(
    grids: list[Grid],
    register: Register,
    words: Vocabulary,
    details: Details,
    folder_area: str | None = None,
) -> Whole:
    """Everything that a return says, and what could not be read.

    Findings come in the order in which a person reads the workbook: cover, indicators,
    achievements.
    """
    reading = Reading(sheets=[grid.sheet for grid in grids])
    tables = find_tables(grids, words)
    indicators, achievements = of_kind(tables, INDICATORS), of_kind(tables, ACHIEVEMENTS)
    cover = read_cover(grids, tables, words)
    reading.cover = cover.entries
    reading.period, period_findings = find_period(cover, indicators, register, words)
    known = Belonging(words, reading.period, area_of_cover(cover, words, folder_area))
    choices = {id(table): choose_columns(table, known) for table in tables}
    with_figures = [table for table in indicators if "performance" in table.chosen]
    if (lines := many_lines(with_figures, known)) > _MOST_LINES:
        detail = f"it holds {lines:,} rows of words that name no indicator"
        reading.findings.append(c.TOO_LARGE.found(detail=detail))
        return Whole(reading, tables, [], [])
    reading.area, area_findings = find_area(cover, with_figures, register, words, folder_area)
    known = Belonging(words, reading.period, reading.area)
    doubts = {id(table): [*other_table(table, known)] for table in with_figures}
    usable = [table for table in with_figures if not doubts[id(table)]]
    reading.findings += [*area_findings, *period_findings, *marked_entries(cover.entries, details)]
    reading.findings += other_cover(cover, known)
    for table in [*usable, *achievements]:
        reading.findings += choices[id(table)]
    for table in usable:
        reading.findings += other_kinds(table, known)
        table.is_noted_provisional = noted_provisional(table, cover, known)
    reading.has_table = bool(usable)
    reading.is_old_style = bool(usable) and all(
        "achieved" in table.chosen and "ref" not in table.chosen for table in usable
    )
    reading.rows, findings = read_indicators(usable, register, known, details)
    reading.findings += findings
    reading.columns = [table.letters for table in usable]
    used = {id(table) for table in usable}
    for table in indicators:
        if id(table) not in used and _is_missed(table, reading, register, known, details):
            said = doubts.get(id(table), [])
            reading.findings += said or [
                *choices[id(table)],
                *doubtful_columns(table, known, details),
            ]
    if not usable and not has_errors(reading.findings):
        reading.findings += why_none(grids, words)
    reading.findings += said_in_notes(grids, tables, usable, known)
    reading.findings += unplaced(cover, usable, known, reading.findings)
    told = [table for table in achievements if {"priority", "achievement"} <= table.chosen.keys()]
    reading.achievements, findings = read_achievements(told, register, details)
    reading.findings += findings
    return Whole(reading, tables, usable, told)


def marked_entries(cover: Mapping[str, CoverEntry], details: Details) -> Iterator[Finding]:
    """Entries of the cover for area and period of which a part does not count."""
    entries = [entry for key in ("area", "period") if (entry := cover.get(key))]
    for sheet, on_sheet in groupby(entries, key=lambda entry: entry.sheet):
        by_place = {place: e for e in on_sheet if e.text and (place := position(e.cell))}
        for place in marked_places(details, sheet, by_place):
            yield v.MARKED_TEXT.found(sheet, by_place[place].cell, by_place[place].text)


def _is_missed(
    table: Table, reading: Reading, register: Register, known: Belonging, details: Details
) -> bool:
    """Whether a table that is not used holds an indicator that no used table has."""
    if not reading.has_table:
        return True
    owned = {i.ref for i in register.indicators_of(known.area or "")}
    missing = owned - {row.indicator for row in reading.rows if row.seen}
    return bool(missing and indicators_of(table, register, known, details) & missing)
