"""Validate: every return of a run checked against the register, in one pandera validation.

Validating each return in a frame of its own costs about a hundred times as much, so the rows of
all of them stand in one frame; each failure goes back to its return, with the cell named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pipeline.intake.scan import Arrival
from pipeline.returns.frames import (
    Case,
    Cover,
    Standard,
    Standards,
    quotient,
    return_frame,
    row_frame,
)
from pipeline.returns.reading import Reading, ReportedRow
from schemas import returns as schema
from schemas import rules as c
from schemas.fields import COVER_FIELDS
from schemas.findings import Finding, Rule, has_errors, in_reading_order
from schemas.model import CommentaryRule, Kind, Register
from schemas.units import Unit, shown
from schemas.wording import listed

#: Last period's figures: (period, indicator, area) to the figure.
Earlier = Mapping[tuple[str, str, str], Decimal]


@dataclass(frozen=True, slots=True)
class Checked:
    """A return with everything there is to say about it, in the order in which it is read."""

    arrival: Arrival
    reading: Reading
    findings: tuple[Finding, ...]

    @property
    def is_accepted(self) -> bool:
        return not has_errors(self.findings)


def validate(
    readings: Sequence[tuple[Arrival, Reading]],
    register: Register,
    now: datetime,
    earlier: Earlier,
) -> list[Checked]:
    """Each return with its findings: intake's, the reader's and those of the checks.

    `earlier` holds the figures of the period before each return's. A return counts as received
    when its file arrived, or `now` where that is earlier.
    """
    found: list[list[Finding]] = [
        [*arrival.findings, *reading.findings] for arrival, reading in readings
    ]
    cases: list[tuple[int, Case]] = []
    covers: list[Cover] = []
    standards = Standards(register)
    for number, (arrival, reading) in enumerate(readings):
        area = register.area(reading.area or "")
        period = register.period(reading.period or "")
        if area is None or period is None:
            continue
        received_on = received_at(arrival, now).astimezone().date()
        covers.append(Cover(number, reading, period, received_on))
        last_period = register.last_period(period)
        reported = {row.indicator: row for row in reading.rows}
        # Without a table there is one thing to say, not one for each indicator.
        expected = standards.refs_of(area.ref) if reading.has_table else []
        for ref in dict.fromkeys([*reported, *expected]):
            last = earlier.get((last_period.name, ref, area.ref)) if last_period else None
            case = Case(area, standards.of(ref, period.name), reported.get(ref), last)
            cases.append((number, case))
    for failure in schema.failures(schema.ROWS, row_frame(cases)):
        number, case = cases[failure.row]
        found[number].append(_row_finding(failure, case))
    for failure in schema.failures(schema.RETURNS, return_frame(covers)):
        cover = covers[failure.row]
        found[cover.number].append(_return_finding(failure, cover, register))
    return [
        Checked(arrival, reading, in_reading_order(findings, reading.sheets))
        for (arrival, reading), findings in zip(readings, found, strict=True)
    ]


def received_at(arrival: Arrival, now: datetime) -> datetime:
    """When a return counts as received: when its file arrived, never later than the run."""
    return min(arrival.arrived_at, now)


# --- Failures become findings --------------------------------------------------------------------


_RULES: dict[str, Rule] = {rule.code: rule for rule in c.RULES}
_COVER = {f.key: f for f in COVER_FIELDS}
_SIGNED = tuple(_COVER[key].heading for key in schema.SIGNED)
_WHAT = {Kind.MEASURE: "figure", Kind.MILESTONE: "state", Kind.NARRATIVE: "text"}


def _row_finding(failure: schema.Failure, case: Case) -> Finding:
    code, field, _ = failure
    row, standard = case.row, case.standard
    indicator = standard.indicator
    if row is None:
        return _RULES[code].found(ref=indicator.ref, wording=indicator.wording)
    value = shown(row.value, indicator.unit) if row.value is not None else ""
    words = {"ref": indicator.ref}
    match code:
        case "C01":
            words["what"] = _WHAT[indicator.kind]
        case "C02":
            value, words["area"] = row.seen.get(field, value), case.area.name
        case "C03" if standard.minimum is not None:
            words["bound"] = shown(standard.minimum, indicator.unit)
        case "C04" if standard.maximum is not None:
            words["bound"] = shown(standard.maximum, indicator.unit)
        case "C05" if case.last is not None and indicator.plausible_change is not None:
            words["earlier"] = shown(case.last, indicator.unit)
            words["bound"] = shown(indicator.plausible_change, indicator.unit)
        case "C06":
            off = indicator.commentary is CommentaryRule.OFF_TARGET
            target = standard.texts["target"]
            words["reason"] = f", because {value} is out of target ({target})" if off else ""
            value = ""
        case "C07":
            value, words["other"] = f"{row.numerator:f}", f"{row.denominator:f}"
        case "C08":
            computed = quotient(row, indicator)
            words["computed"] = shown(computed, indicator.unit) if computed is not None else ""
        case "C09":
            value, field = "", field if row.numerator is None else "denominator"
        case "C10":
            value = row.seen[field]
            expected = standard.texts[field] or "nothing (a blank cell)"
            words |= {"what": field, "expected": expected}
        case "C13":
            value = row.seen.get("performance", value)
        case "C14":
            value, words["reason"], words["example"] = _impossible(field, row, standard)
    cell = row.cells.get(field) or row.cells["performance"]
    return _RULES[code].found(row.sheet, cell, value, **words)


def _impossible(field: str, row: ReportedRow, standard: Standard) -> tuple[str, str, str]:
    """The figure that cannot be, why it cannot, and an example of one that can."""
    if field == "performance":
        unit = standard.indicator.unit or Unit.COUNT
        value = shown(row.value, unit) if row.value is not None else ""
        return value, "it is below zero", unit.row.example
    part = row.numerator if field == "numerator" else row.denominator
    reason = "it is below zero" if part else "nothing can be divided by it"
    return f"{part:f}", reason, "50"


def _return_finding(failure: schema.Failure, cover: Cover, register: Register) -> Finding:
    code, field, _ = failure
    period = cover.period
    entry = cover.reading.cover.get(field)
    place = (entry.sheet, entry.cell) if entry else ("", "")
    match code:
        case "C11":
            line = _COVER[field]
            return c.COVER_BLANK.found(*place, what=line.heading, asks=line.asks)
        case "C17":
            return c.NOT_SIGNED_OFF.found(what=listed(_SIGNED))
        case "C12":
            choices = [p.name for p in register.periods if p.open]
            names = ", ".join(choices) or "none is open now"
            return c.PERIOD_CLOSED.found(*place, period.name, choices=names)
        case _:
            return c.LATE.found(due=f"{period.due:%d/%m/%Y}")
