"""Validate: every return of a run checked against the register, in one pandera validation.

Validating each return in a frame of its own costs about a hundred times as much, so the rows of
all of them stand in one frame; each failure goes back to its return, with the cell named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pipeline import catalogue as c
from pipeline.display import shown, target_shown
from pipeline.figures import EXAMPLES
from pipeline.findings import Finding, Rule, has_errors, in_reading_order
from pipeline.frames import Case, Cover, Expected, plausible, quotient, return_frame, row_frame
from pipeline.intake import Arrival
from pipeline.model import CommentaryRule, Kind, Register, Unit
from pipeline.reading import Reading
from schemas import returns as schema
from schemas.layout import COVER_FIELDS

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
    indicators = {i.ref: i for i in register.indicators}
    targets = {(t.indicator, t.period): t for t in register.targets}
    for number, (arrival, reading) in enumerate(readings):
        area = register.area(reading.area or "")
        period = register.period(reading.period or "")
        if area is None or period is None:
            continue
        received_on = received_at(arrival, now).astimezone().date()
        covers.append(Cover(number, reading, period, received_on))
        last_period = register.last_period(period)
        reported = {row.ref: row for row in reading.rows}
        expected = [i.ref for i in register.indicators_of(area.ref)] if reading.rows else []
        for ref in dict.fromkeys([*reported, *expected]):
            last = earlier.get((last_period.name, ref, area.ref)) if last_period else None
            target = targets.get((ref, period.name))
            case = Case(area, indicators[ref], period, target, reported.get(ref), last)
            cases.append((number, case))
    frame = row_frame(cases, register)
    for failure in schema.failures(schema.ROWS, frame):
        number, case = cases[failure.row]
        found[number].append(_row_finding(failure, case, register))
    frame = return_frame(covers)
    for failure in schema.failures(schema.RETURNS, frame):
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
_WHAT = {Kind.MEASURE: "figure", Kind.MILESTONE: "state", Kind.NARRATIVE: "text"}


def _row_finding(failure: schema.Failure, case: Case, register: Register) -> Finding:
    code, field, _ = failure
    row, indicator = case.row, case.indicator
    if row is None:
        return _RULES[code].found(ref=indicator.ref, wording=indicator.wording)
    value = shown(row.value, indicator.unit) if row.value is not None else ""
    words = {"ref": indicator.ref}
    minimum, maximum = plausible(indicator)
    match code:
        case "C01":
            words["what"] = _WHAT[indicator.kind]
        case "C02":
            words["area"] = case.area.name
        case "C03" if minimum is not None:
            words["bound"] = shown(minimum, indicator.unit)
        case "C04" if maximum is not None:
            words["bound"] = shown(maximum, indicator.unit)
        case "C05" if case.last is not None and indicator.plausible_change is not None:
            words["earlier"] = shown(case.last, indicator.unit)
            words["bound"] = shown(indicator.plausible_change, indicator.unit)
        case "C06":
            off = indicator.commentary is CommentaryRule.OFF_TARGET
            target = target_shown(case.target, indicator)
            words["reason"] = f", because {value} is out of target ({target})" if off else ""
        case "C07":
            value, words["other"] = f"{row.numerator:f}", f"{row.denominator:f}"
        case "C08":
            computed = quotient(row, indicator)
            words["computed"] = shown(computed, indicator.unit) if computed is not None else ""
        case "C10":
            value = row.seen[field]
            texts = Expected(register).texts(case)
            words |= {"what": field, "expected": texts[field] or "nothing (a blank cell)"}
        case "C13":
            value = row.seen.get("performance", value)
        case "C14":
            zero = field == "denominator"
            value = "0" if zero else value
            words["reason"] = "nothing can be divided by it" if zero else "it is below zero"
            words["example"] = "50" if zero else EXAMPLES[indicator.unit or Unit.COUNT]
    if code == "C09" and row.numerator is not None:
        field = "denominator"
    cell = row.cells.get(field) or row.cells["performance"]
    return _RULES[code].found(row.sheet, cell, value, **words)


def _return_finding(failure: schema.Failure, cover: Cover, register: Register) -> Finding:
    code, field, _ = failure
    period = cover.period
    entry = cover.reading.cover.get(field)
    place = (entry.sheet, entry.cell) if entry else ("", "")
    match code:
        case "C11":
            line = _COVER[field]
            return c.COVER_BLANK.found(*place, what=line.heading, asks=line.asks)
        case "C12":
            choices = [p.name for p in register.periods if p.open]
            listed = ", ".join(choices) or "none is open now"
            return c.PERIOD_CLOSED.found(*place, period.name, choices=listed)
        case _:
            return c.LATE.found(due=f"{period.due:%d/%m/%Y}")
