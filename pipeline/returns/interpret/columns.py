"""Choosing a table's columns: the right period's, and never one of two that differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from pipeline.returns.interpret.headings import Heading, known_headings
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from pipeline.workbooks.names import near_heading, period_marks
from schemas import rules as c
from schemas.fields import FIGURES, INDICATOR_FIELDS
from schemas.findings import Finding

#: Columns that belong to a period; the others say what is measured.
_OF_A_PERIOD = frozenset(f.key for f in INDICATOR_FIELDS if f.of_period)


def choose_columns(table: Table, period: str | None) -> list[Finding]:
    """Set the table's columns; what cannot be chosen is asked and left out."""
    findings: list[Finding] = []
    of_field = attrgetter("field")
    for field, group in groupby(sorted(table.heads.headings, key=of_field), key=of_field):
        candidates = list(group)
        mine = [h for h in candidates if _is_for(h, period)]
        if not mine:
            if field == "performance" and period:
                text = candidates[0].text
                place = table.grid.sheet, candidates[0].address
                findings.append(c.OTHER_PERIOD.found(*place, text, period=period))
            continue
        first, *others = sorted(_told_apart(table, mine, period), key=lambda h: h.rank)
        table.columns[field] = first.column
        findings += _doubled(table, first, others)
    findings += _misspelt(table)
    return findings


def _is_for(heading: Heading, period: str | None) -> bool:
    """Whether a column may be the period's: its heading names no other."""
    return (
        period is None or heading.field not in _OF_A_PERIOD or heading.marks <= period_marks(period)
    )


def _told_apart(table: Table, headings: list[Heading], period: str | None) -> list[Heading]:
    """Columns of one name, told apart by the periods in the row above where that is plain."""
    if len(headings) == 1 or period is None:
        return headings
    above = [_marks_above(table, heading) for heading in headings]
    mine = [marks <= period_marks(period) for marks in above]
    if all(above) and sum(mine) == 1:
        return [headings[mine.index(True)]]
    return headings


def _marks_above(table: Table, heading: Heading) -> frozenset[str]:
    if heading.row == 0:
        return frozenset()
    cell = table.merges.value(table.grid, heading.row - 1, heading.column)
    return period_marks(cell) if isinstance(cell, str) else frozenset()


def _doubled(table: Table, first: Heading, others: list[Heading]) -> Iterator[Finding]:
    """Where the chosen column is not the only one that could be meant."""
    sheet = table.grid.sheet
    for other in others:
        both = zip(table.down(first.column), table.down(other.column), strict=True)
        differs = first.field in FIGURES and any(b and a != b for a, b in both)
        if other.rank == first.rank or differs:
            yield c.COLUMN_TWICE.found(
                sheet, other.address, other.text, heading=first.text, first=first.address
            )
    wide = [
        column
        for column in range(first.column + 1, min(first.until, table.grid.last_column) + 1)
        if first.field in FIGURES and any(table.down(column))
    ]
    if wide:
        last = address(first.row, wide[-1])
        yield c.HEADING_SPANS.found(sheet, first.address, first.text, last=last)


def _misspelt(table: Table) -> Iterator[Finding]:
    """Headings that are nearly one that the table lacks, over a column that is filled in."""
    known = known_headings(table.heads.fields)
    has = {heading.field for heading in table.heads.headings}
    missing = {key: f for key, (f, _) in known.items() if f not in has}
    titles = {f.key: f.heading for f in table.heads.fields}
    for column, text in table.heads.others:
        near = near_heading(text, missing)
        if near is not None and any(table.down(column)):
            place = table.grid.sheet, address(table.header_row, column)
            yield c.HEADING_MISSPELT.found(*place, text, heading=titles[missing[near]])
