"""Shapes: the proportions of last year's published figures, by which a year's target is spread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate

from msgspec.structs import replace

from schemas.accumulation import Accumulation
from schemas.frequency import months_of
from schemas.model import Indicator, Period, Register, Shape, Target
from schemas.periods import year_before
from schemas.timeline import row_for, was_due

#: A period's figures that stand as published, by their indicators' refs.
PublishedFigures = Callable[[Period], Mapping[str, Decimal]]


def shaped(register: Register, figures: PublishedFigures) -> Register:
    """The register with the shapes by which its targets are spread; itself where none is.

    Where not every figure of the year before is published, there is no shape.
    """
    if not register.spread_by_last_year:
        return register
    rows = register.spread_by_last_year
    found = tuple(shape for row in rows for shape in _shapes(register, row, figures))
    held: dict[tuple[Shape, ...], Register] = register.__dict__.setdefault("shaped", {})
    if found not in held:
        held[found] = replace(register, shapes=found)
    return held[found]


def _shapes(register: Register, row: Target, figures: PublishedFigures) -> Iterator[Shape]:
    whole = register.period(row.period)
    by_length: dict[int, list[Period]] = defaultdict(list)
    for each in register.periods if whole else ():
        if whole and whole.starts <= each.starts and each.ends <= whole.ends and each is not whole:
            by_length[months_of(each.starts, each.ends)].append(each)
    for months, parts in by_length.items():
        if whole and len(parts) * months == months_of(whole.starts, whole.ends):
            yield from _of_parts(register, row.indicator, parts, figures)


def _of_parts(
    register: Register, ref: str, parts: Sequence[Period], figures: PublishedFigures
) -> Iterator[Shape]:
    """The shapes of periods that make up a year, in their order."""
    values: list[Decimal] = []
    due: list[Period] = []
    how = Accumulation.AS_REPORTED
    for part in parts:
        now = row_for(register, ref, part.name)
        before = year_before(register.periods, part)
        if now is None or not was_due(register, now, part):
            continue
        then = row_for(register, ref, before.name) if before else None
        if before is None or then is None or not _is_alike(then, now):
            return
        value = figures(before).get(ref)
        if value is None or value < 0:
            return
        values.append(value)
        due.append(part)
        how = now.accumulation
    if how is Accumulation.CUMULATIVE:
        to_date, total = values, values[-1]
    else:
        to_date, total = [*accumulate(values)], sum(values, Decimal(0))
    of_each = to_date if how.is_of_year else values
    if total > 0:
        for part, value in zip(due, of_each, strict=True):
            yield Shape(ref, part.name, value, total)


def _is_alike(then: Indicator, now: Indicator) -> bool:
    """Whether figures of last year may say how this one's are spread."""
    return (then.kind, then.unit, then.accumulation) == (now.kind, now.unit, now.accumulation)
