"""What is asked about a register as a whole, once each of its rows is in order.

Each asks, and the register can be used all the same, but for areas that become each other. Who owes
what is worked out by `schemas.areas_over_time`, and what is to be reached by `schemas.timeline`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from schemas.areas_over_time import AreasOverTime, areas_of
from schemas.findings import Rule, Severity
from schemas.frequency import months_of
from schemas.model import Indicator, Period, Register, ServiceArea
from schemas.timeline import in_force
from schemas.wording import listed

LAST_TWICE = Rule(
    "R73",
    "Two last periods of one area",
    "{name} has another last period, or becomes other areas, in another of its rows.",
    "Say it in one of its rows, or the same in each; that of the row that holds last counts.",
    "From when on an area returns nothing any more is said once.",
    severity=Severity.WARNING,
)
BECOMES_ITSELF = Rule(
    "R74",
    "Areas that become each other",
    "{name} becomes {value}, and that leads back to {name}.",
    "Choose the area that takes over from then on.",
    "Nobody would be asked for what the area returned.",
)
TAKEN_OVER_LATE = Rule(
    "R75",
    "Nobody there to take over",
    "{name} becomes {value} after {last}, and {missing} is not there in {period}.",
    "Correct the last period of {name}, or the first or last period of {missing}.",
    "In that period nobody is asked for what the area returned.",
    severity=Severity.WARNING,
)
SPLIT = Rule(
    "R76",
    "Which part of an area reports it",
    "{area} was split into {parts} after {last}, and which of them reports {ref} is not said.",
    "Add a row for {ref} that names them, with Changed from: {period}.",
    "Until then nobody is asked for it.",
    severity=Severity.WARNING,
)
NOBODY = Rule(
    "R77",
    "Nobody reports it",
    "{ref} is reported by {area} alone, which is not there in {period}, and nobody took over.",
    "Add a row for {ref} that says who reports it from then on, or say under Last period of {ref} "
    "or Becomes of {area} what is meant.",
    "It would stand in the appendix without a figure, and nobody is asked for one.",
    severity=Severity.WARNING,
)
BEFORE_IT = Rule(
    "R78",
    "Who reported it before",
    "{ref} is reported by {area}, which is not there yet in {period}; {parts} become it.",
    "Add a row for {ref} that says which of them reports it for {period}, and choose in this one "
    "under Changed from the period from which {area} does.",
    "Until then each of them is asked for it.",
    severity=Severity.WARNING,
)
NO_TARGETS = Rule(
    "R79",
    "Open period without a target",
    "{value} is open, and no indicator has a target for it, as earlier ones of its length have.",
    "Add rows for it on the sheet Targets. If there is nothing to reach in it, nothing is to do.",
    "A new period is easily opened before its targets are typed; its figures are not rated.",
    severity=Severity.WARNING,
)

RULES: tuple[Rule, ...] = tuple(r for r in list(globals().values()) if isinstance(r, Rule))


class RowQuestion(Struct, frozen=True):
    """What is asked, and of which cell."""

    rule: Rule
    #: The attribute of `Register` with the rows, what a row is known by, and the column.
    sheet: str
    row: tuple[str, ...]
    column: str
    words: dict[str, str]


def questions(register: Register) -> Iterator[RowQuestion]:
    """What is asked about a register, in the order of its sheets."""
    over_time = areas_of(register)
    if not over_time.is_plain:
        yield from _of_areas(register, over_time)
        yield from _of_indicators(register, over_time)
    yield from _of_periods(register)


def row_key(row: Indicator | ServiceArea | Period) -> tuple[str, ...]:
    """What a row of these sheets is known by."""
    return (row.name,) if isinstance(row, Period) else (row.ref, row.since)


def _of_areas(register: Register, over_time: AreasOverTime) -> Iterator[RowQuestion]:
    for rows in over_time.rows.values():
        ending = over_time.ending(rows[0].ref)
        said = {(row.last, row.becomes) for row in rows if row.last}
        if len(said) > 1:
            yield _asked(LAST_TWICE, "areas", ending, "last")
        if not ending.becomes:
            continue
        shown = listed(ending.becomes)
        if _leads_back(ending.ref, over_time):
            yield _asked(BECOMES_ITSELF, "areas", ending, "becomes", value=shown)
            continue
        last = register.period(ending.last)
        following = [p for p in register.periods if last and p.starts > last.ends]
        for ref in ending.becomes:
            late = [p for p in following[:1] if not over_time.successors(ref, p.starts)]
            late = late or [p for p in following[:1] if _begins_after(ref, p.starts, over_time)]
            for period in late:
                words = {"last": ending.last, "missing": ref, "period": period.name}
                yield _asked(TAKEN_OVER_LATE, "areas", ending, "becomes", value=shown, **words)


def _leads_back(ref: str, over_time: AreasOverTime) -> bool:
    """Whether an area becomes itself, by way of others or not."""
    seen, waiting = set[str](), [ref]
    while waiting:
        each = waiting.pop()
        if each in seen or each not in over_time.rows:
            continue
        seen.add(each)
        waiting += over_time.ending(each).becomes
        if ref in over_time.ending(each).becomes:
            return True
    return False


def _begins_after(ref: str, day: date, over_time: AreasOverTime) -> bool:
    return not over_time.is_there(ref, day) and not over_time.has_left(ref, day)


def _of_indicators(register: Register, over_time: AreasOverTime) -> Iterator[RowQuestion]:
    """Of each row the first thing to ask, of the first open period in which it is to be asked."""
    asked = set[tuple[str, ...]]()
    rows = {row_key(each): each for each in register.versions or register.indicators}
    for period in register.periods:
        if not period.open:
            continue
        for due in in_force(register, period.name).indicators:
            row = rows[row_key(due)]
            if row_key(row) in asked:
                continue
            for question in _of_indicator(row, period, over_time):
                asked.add(row_key(row))
                yield question
                break


def _of_indicator(
    row: Indicator, period: Period, over_time: AreasOverTime
) -> Iterator[RowQuestion]:
    day = period.starts
    owed = over_time.owed(row, day).areas
    for ref in row.areas:
        parts = over_time.successors(ref, day)
        words = {"ref": row.ref, "area": ref, "period": period.name, "parts": listed(parts)}
        if over_time.is_there(ref, day):
            continue
        last = over_time.ending(ref).last
        if over_time.has_left(ref, day):
            if len(parts) > 1:
                yield _asked(SPLIT, "indicators", row, "areas", last=last, **words)
        elif len(parts) > 1:
            yield _asked(BEFORE_IT, "indicators", row, "areas", **words)
        if not parts and owed == row.areas:
            yield _asked(NOBODY, "indicators", row, "areas", **words)


def _of_periods(register: Register) -> Iterator[RowQuestion]:
    """Open periods without a target, where one of the same length before them has any.

    One that is older than that may have been opened to load what was printed long ago.
    """
    if not any(each.is_set for each in register.targets):
        return
    with_targets = set[int]()
    for period in register.periods:
        months = _months(period)
        if _has_targets(register, period):
            with_targets.add(months)
        elif period.open and months in with_targets:
            yield _asked(NO_TARGETS, "periods", period, "name", value=period.name)


def _months(period: Period) -> int:
    return months_of(period.starts, period.ends)


def _has_targets(register: Register, period: Period) -> bool:
    current = in_force(register, period.name)
    found = (current.target(each.ref, period.name) for each in current.indicators)
    return any(target is not None and target.is_set for target in found)


def _asked(
    rule: Rule, sheet: str, row: Indicator | ServiceArea | Period, column: str, **words: str
) -> RowQuestion:
    if isinstance(row, ServiceArea):
        words = {"name": row.name, **words}
    return RowQuestion(rule, sheet, row_key(row), column, words)
