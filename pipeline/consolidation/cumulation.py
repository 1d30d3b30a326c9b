"""Cumulation: what is reported cumulatively tells by its growth what each period adds to it.

Where a period adds few people, the figure is therefore not printed beside the one before. From the
first of a year's figures that are suppressed to the end of that year, the areas' figures are not
printed any more, and what they come to only while that grows by as many as may be published. So
whoever keeps all of them knows of each hidden growth no more than that it is a part of such a sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from pipeline.consolidation.disclosure import NOTHING_WITHHELD, Withheld, is_small, people_in
from pipeline.consolidation.merge import Consolidated, has_data
from pipeline.consolidation.printed import ReportedFigure, Told, ToldOf, figure_of, total_of
from schemas.accumulation import Accumulation
from schemas.bearing import of_year_after, span
from schemas.model import Indicator, Period, Register
from schemas.observations import Observation

#: The numbers of people in a figure.
_People = tuple[Decimal, ...]


class YearSoFar(Struct, frozen=True):
    """Figures of an indicator for the other periods of a year."""

    #: Those of the periods before, in their order, and what is printed of them.
    whole: Sequence[Consolidated] = ()
    printed: Sequence[Consolidated] = ()
    #: What issues told of the periods before, of those after, and of the period itself.
    told_before: Sequence[Told] = ()
    told_after: Sequence[Told] = ()
    told_of_own: Sequence[Told] = ()


#: Discloses the figures of one period, by its name, beside what others keep from being printed.
Discloses = Callable[
    [str, tuple[Consolidated, ...], Mapping[str, Withheld]], tuple[Consolidated, ...]
]


def disclosed_in_turn(
    register: Register,
    whole: Mapping[str, tuple[Consolidated, ...]],
    told_of: Callable[[str], ToldOf],
    disclosed: Discloses,
) -> dict[str, tuple[Consolidated, ...]]:
    """The figures of periods as they may be printed, by the periods' names, one after another.

    `register` is in force in the last of them, and `told_of` what issues told of one's figures.
    """
    found: dict[str, tuple[Consolidated, ...]] = {}
    below = register.framework.small_below
    periods = {each.name: each for each in register.periods}
    # One that is in the register no longer has no other of its year there.
    order = sorted(whole, key=lambda name: periods[name].ends if name in periods else date.min)
    for name in order:
        kept: dict[str, Withheld] = {}
        for each in whole[name]:
            is_cumulative = each.indicator.accumulation is Accumulation.CUMULATIVE
            if below is not None and is_cumulative and name in periods:
                year = _year_so_far(register, each, periods[name], (whole, found), told_of)
                kept[each.indicator.ref] = withheld(each, year, below)
        found[name] = disclosed(name, whole[name], kept)
    return {name: found[name] for name in whole}


def _year_so_far(
    register: Register,
    merged: Consolidated,
    period: Period,
    figures: tuple[Mapping[str, tuple[Consolidated, ...]], ...],
    told_of: Callable[[str], ToldOf],
) -> YearSoFar:
    indicator = merged.indicator
    before = span(register, indicator, period).periods[:-1]
    whole, printed = (
        [
            found
            for each in before
            for found in some.get(each.name, ())
            if found.indicator.ref == indicator.ref
        ]
        for some in figures
    )
    after = of_year_after(register, indicator, period)
    told_before, told_after, told_of_own = (
        [one for each in some for one in told_of(each.name).get(indicator.ref, ())]
        for some in (before, after, (period,))
    )
    return YearSoFar(whole, printed, told_before, told_after, told_of_own)


def withheld(merged: Consolidated, year: YearSoFar, below: int) -> Withheld:
    """What of a figure that is reported cumulatively its growth keeps from being printed."""
    indicator = merged.indicator
    hid_total = any(each.suppressed for each in year.printed)
    hid_any = hid_total or any(o.suppressed for each in year.printed for o in each.observations)
    hid_any |= any(told.secret for told in (*year.told_before, *year.told_of_own))
    others = (*year.told_before, *year.told_after)
    few_in_total = _grows_by_few(
        [*(_total(each) for each in year.whole), _total(merged)],
        [_sum(total.figures, indicator) for told in others for total in told.totals],
        below,
    )
    is_any_few = few_in_total or any(
        _grows_by_few(
            [_sum([o], indicator) for each in (*year.whole, merged) for o in _of(each, area)],
            [_sum([f], indicator) for told in others for f in told.known if f.area == area],
            below,
        )
        for area in (o.area for o in merged.observations)
    )
    # What was printed word for word tells nothing new of what others hide.
    if not is_any_few and (not hid_any or _was_told(merged, year.told_of_own)):
        return NOTHING_WITHHELD
    # Beside the sum of before a correction, one more would tell what the one area corrected.
    was_other = any(total != total_of(merged) for told in year.told_of_own for total in told.totals)
    areas = frozenset(o.area for o in merged.observations if has_data(o, indicator))
    return Withheld(areas, is_total=hid_total or few_in_total or was_other)


def _was_told(merged: Consolidated, told: Sequence[Told]) -> bool:
    """Whether a figure and those that it is made of were printed, by every reading."""
    parts = {figure for o in merged.observations if (figure := figure_of(o))}
    total = total_of(merged)
    return bool(told) and all(total in each.totals and parts <= each.known for each in told)


def _grows_by_few(figures: Sequence[_People], told: Iterable[_People], below: int) -> bool:
    """Whether figures, of one period after another, grow by few people.

    So they do where the last of them stands so near one that was ever told of another period.
    """
    there = [each for each in figures if each]
    if not there:
        return False
    none = tuple(Decimal(0) for _ in there[-1])
    pairs = [*pairwise([none, *there]), *((each, there[-1]) for each in told)]
    return any(
        is_small(abs(now - then), below)
        for before, after in pairs
        for then, now in zip(before, after, strict=False)
    )


def _of(merged: Consolidated, area: str) -> Iterable[Observation]:
    return (o for o in merged.observations if o.area == area and has_data(o, merged.indicator))


def _total(merged: Consolidated) -> _People:
    """The people in what all areas come to."""
    indicator = merged.indicator
    if indicator.merge_rule.merging.takes_one:
        is_count = indicator.unit_row.counts_people
        return (merged.value,) if is_count and merged.value is not None else ()
    return _sum([o for o in merged.observations if has_data(o, indicator)], indicator)


def _sum(figures: Iterable[Observation | ReportedFigure], indicator: Indicator) -> _People:
    """The people in several areas' figures, added up."""
    each = [tuple(people_in(figure, indicator)) for figure in figures]
    return tuple(sum(some, Decimal(0)) for some in zip(*each, strict=False))
