"""Rows of a return for what is not due of its service area in its period."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.returns.reading import Reading
from schemas.findings import Finding
from schemas.model import Indicator, Period, Register
from schemas.succession import replacing
from schemas.template_rules import NOT_DUE
from schemas.timeline import next_due, row_for
from schemas.wording import listed


def without_not_due(reading: Reading, register: Register, period: Period) -> Reading:
    """A reading without the rows of what is in the register and not due; each of them is told.

    What was found in their cells does not count. `register` is that in force in the period.
    """
    if not register.versions:
        return reading
    passed = [
        (row, indicator)
        for row in reading.rows
        if register.indicator(row.indicator) is None
        and (indicator := row_for(register, row.indicator, period.name))
    ]
    if not passed:
        return reading
    cells = {(row.sheet, cell) for row, _ in passed for cell in reading.cells(row).values()}
    gone = {row.indicator for row, _ in passed}
    kept = [each for each in reading.findings if (each.sheet, each.cell) not in cells]
    told = [_told(row.sheet, row.cell, each, register, period) for row, each in passed]
    rows = [row for row in reading.rows if row.indicator not in gone]
    return replace(reading, rows=rows, findings=[*kept, *told])


def _told(
    sheet: str, cell: str, indicator: Indicator, register: Register, period: Period
) -> Finding:
    following = next_due(register, indicator, period)
    after = replacing(register, indicator, period)
    by = listed(f"{each.ref} ({each.wording})" for each in after)
    instead = ": report that" if any(register.indicator(each.ref) for each in after) else ""
    return NOT_DUE.found(
        sheet,
        cell,
        ref=indicator.ref,
        wording=indicator.wording,
        period=period.name,
        next=f" It is next due for {following.name}." if following else "",
        replaced=f" {by} replaced it{instead}." if by else "",
    )
