"""Validate: every return of a run checked against the register, some hundreds in one frame.

Validating each return in a frame of its own costs about a hundred times as much, and a frame of
all of them its memory; each failure goes back to its return, with the cell named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from pipeline.intake.scan import Arrival
from pipeline.returns.beside import asked_frame
from pipeline.returns.frames import ABSENT, Earlier, Placed, Standards, cover_frame, row_frame
from pipeline.returns.left import not_there
from pipeline.returns.not_due import without_not_due
from pipeline.returns.reading import Reading, Return
from pipeline.returns.since_template import BEARING, NONE_KEPT, KeptRegisters, Templates
from schemas.checks import Checks
from schemas.findings import Finding, has_errors, in_reading_order
from schemas.model import Register
from schemas.returns import ASKED_BESIDE, COVERS, ROWS
from schemas.rules import INDICATOR_UNKNOWN, UNTOUCHED
from schemas.template_rules import NO_LONGER_ASKED
from schemas.verdicts import failures

#: What may be passed over of a row that nothing asks for any more.
_PASSES = (INDICATOR_UNKNOWN.code, NO_LONGER_ASKED.code)
#: Returns in a frame.
_TOGETHER = 500


def validate(
    returns: Sequence[Return],
    register: Register,
    now: datetime,
    earlier: Earlier,
    rows: Checks = ROWS,
    covers: Checks = COVERS,
    kept: KeptRegisters = NONE_KEPT,
) -> list[Return]:
    """Each return with its findings: intake's, the reader's and those of the checks.

    `earlier` holds the figures of the period before each return's. A return counts as received
    when its file arrived, or `now` where that is earlier. `rows` and `covers` are what is checked,
    and `kept` has the registers that templates were made from.
    """
    found: list[list[Finding]] = [[] for _ in returns]
    readings = [one.reading for one in returns]
    placed = _placed(returns, register, now)
    for each in placed:
        readings[each.number] = each.reading
    by_number = {one.number: one for one in placed}
    templates = Templates(register, kept)
    standards = Standards(register, (one.period.name for one in placed))
    for start in range(0, len(placed), _TOGETHER):
        together = placed[start : start + _TOGETHER]
        table = row_frame(rows, together, standards, register, earlier)
        for check, field, row, words in failures(rows, table.frame):
            read = table.read[row]
            number = table.numbers[row]
            # A row that is not there has no cell to name.
            cell = "" if read is ABSENT else readings[number].cell(read, field)
            finding = check.found(read.sheet, cell, **words)
            if check.code in BEARING and (asked := templates.asked(by_number[number])):
                finding = asked.instead_of(finding, field, words)
            found[number].append(finding)
        beside = asked_frame(together, register, earlier)
        for check, field, row, words in failures(ASKED_BESIDE, beside.frame):
            read, number = beside.read[row], beside.numbers[row]
            cell = readings[number].cell(read, field)
            found[number].append(check.found(read.sheet, cell, **words))
        for check, field, row, words in failures(covers, cover_frame(covers, together, register)):
            entry = together[row].reading.cover.get(field)
            place = (entry.sheet, entry.cell) if entry else ("", "")
            found[together[row].number].append(check.found(*place, **words))
    for number, reading in enumerate(readings):
        if number not in by_number and reading.area and reading.period:
            entry = reading.cover.get("area")
            place = (entry.sheet, entry.cell) if entry else ("", "")
            left = not_there(register, reading.area, reading.period, place)
            found[number] += [left] if left else []
    for one in placed:
        said = (*one.reading.findings, *found[one.number])
        if any(each.code in _PASSES for each in said) and (asked := templates.asked(one)):
            readings[one.number] = asked.without_passed(one.reading, found[one.number])
    return [
        replace(one, reading=reading, findings=_as_read(one, reading, findings))
        for one, reading, findings in zip(returns, readings, found, strict=True)
    ]


def _as_read(one: Return, reading: Reading, found: Sequence[Finding]) -> tuple[Finding, ...]:
    """In the order of the workbook; what is said of a copy that came back as it went is first."""
    findings = [*one.arrival.findings, *reading.findings, *found]
    ordered = in_reading_order(findings, reading.sheets)
    is_uncorrected = reading.is_as_sent and has_errors(findings)
    return (UNTOUCHED.found(), *ordered) if is_uncorrected else ordered


def _placed(returns: Sequence[Return], register: Register, now: datetime) -> list[Placed]:
    """The returns that can be held against the register."""
    areas = {area.ref: area for area in register.areas}
    periods = {period.name: period for period in register.periods}
    return [
        Placed(
            number,
            without_not_due(reading, register, periods[reading.period]),
            areas[reading.area],
            periods[reading.period],
            day,
            one.arrival.filename,
        )
        for number, one in enumerate(returns)
        for reading in [one.reading]
        if reading.area in areas and reading.period in periods
        for day in [received_at(one.arrival, now).astimezone().date()]
    ]


def received_at(arrival: Arrival, now: datetime) -> datetime:
    """When a return counts as received: when its file arrived, never later than the run."""
    return min(arrival.arrived_at, now)
