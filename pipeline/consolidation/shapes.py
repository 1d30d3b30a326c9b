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
from schemas.periods import in_order, is_year_before, year_before
from schemas.timeline import row_for, was_due

#: A period's figures that stand as published, by their indicators' refs.
PublishedFigures = Callable[[Period], Mapping[str, Decimal]]


def shaped(register: Register, figures: PublishedFigures) -> Register:
    """The register with the shapes by which its targets are spread; itself where none is.

    Where not every figure of the year before is published, there is no shape.
    """
    if not register.spread_by_last_year:
        return register
    found = tuple(
        shape
        for row in register.spread_by_last_year
        for whole in _years(register, row)
        for shape in _shapes(register, row.indicator, whole, figures)
    )
    held: dict[tuple[Shape, ...], Register] = register.__dict__.setdefault("shaped", {})
    if found not in held:
        held[found] = replace(register, shapes=found)
    return held[found]


def _years(register: Register, row: Target) -> Iterator[Period]:
    """The year of a target, and those for which it goes on."""
    whole = register.period(row.period)
    while whole is not None:
        yield whole
        if row.carried is None:
            return
        last = whole
        after = (p for p in register.periods if year_before(register.periods, p) == last)
        whole = next(after, None)
        own = register.target(row.indicator, whole.name) if whole else None
        if own is not None and own.is_set:
            return


def _shapes(
    register: Register, ref: str, whole: Period, figures: PublishedFigures
) -> Iterator[Shape]:
    by_length: dict[int, list[Period]] = defaultdict(list)
    for each in sorted(register.periods, key=in_order):
        if is_year_before(each, whole):
            by_length[months_of(each.starts, each.ends)].append(each)
    year = months_of(whole.starts, whole.ends)
    for months, parts in by_length.items():
        if months < year and len(parts) * months == year:
            yield from _of_parts(register, ref, whole, parts, figures)


def _of_parts(
    register: Register,
    ref: str,
    whole: Period,
    parts: Sequence[Period],
    figures: PublishedFigures,
) -> Iterator[Shape]:
    """The shapes of the periods of a year, by the parts of the year before in their order.

    The register need not hold all of this year's yet.
    """
    this_year = (each for each in register.periods if whole.starts <= each.starts <= whole.ends)
    like = {before.name: p for p in this_year if (before := year_before(register.periods, p))}
    values: list[Decimal] = []
    due: list[Period | None] = []
    how = Accumulation.AS_REPORTED
    for before in parts:
        part = like.get(before.name)
        now = row_for(register, ref, (part or whole).name)
        then = row_for(register, ref, before.name)
        if now is None or not was_due(register, now, part or before):
            continue
        if then is None or not _is_alike(then, now):
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
            if part is not None:
                yield Shape(ref, part.name, value, total)


def _is_alike(then: Indicator, now: Indicator) -> bool:
    """Whether figures of last year may say how this one's are spread."""
    return (then.kind, then.unit, then.accumulation) == (now.kind, now.unit, now.accumulation)
