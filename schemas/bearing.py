"""Which other periods' figures a figure of a period is made of, and compared with.

An appendix prints of both, so that they bear on what it may say.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from schemas.accumulation import Accumulation, spanned
from schemas.frequency import YEAR, months_of
from schemas.model import Indicator, Period, Register
from schemas.periods import last_period, year_before
from schemas.timeline import (
    in_force,
    is_plain,
    last_due,
    row_for,
    schedule,
    was_asked,
    was_due,
)


class Compared(Struct, frozen=True):
    """The periods with whose figures an indicator's is compared; None where there is none."""

    last: Period | None = None
    year_before: Period | None = None


class Span(Struct, frozen=True):
    """The periods that a figure is made of, those for which it was due, in their order."""

    periods: tuple[Period, ...]
    #: The first day of which it is, which may lie before the first for which it was due.
    starts: date
    #: The register lacks some of them, or the indicator was not reported in them yet.
    is_cut_short: bool = False


#: The refs of indicators; None: all of them.
Refs = frozenset[str] | None


def compared(register: Register, indicator: Indicator, period: Period) -> Compared:
    """The periods with whose figures an indicator's figure of a period is compared.

    The last for which it was due, and the same one a year before; of what grows in the course of a
    year that one alone.
    """
    a_year_ago = year_before(register.periods, period)
    if a_year_ago and not is_plain(register) and not was_due(register, indicator, a_year_ago):
        a_year_ago = None
    grows = indicator.accumulation.is_of_year and not is_whole_year(period)
    if grows and was_due(register, indicator, period):
        return Compared(a_year_ago, a_year_ago)
    return Compared(last_due(register, indicator, period), a_year_ago)


#: How many periods a series has at most, the last of them the period itself.
LONGEST_SERIES = 8


def series(register: Register, indicator: Indicator, period: Period) -> tuple[Period, ...]:
    """The periods whose figures stand before an indicator's of a period, the oldest first.

    The last ones of the same length for which it was due, as far as its series goes back; of what
    is not due in the period, the last of any length and those before it.
    """
    held: dict[tuple[object, ...], tuple[Period, ...]] = register.__dict__.setdefault("series", {})
    key = (*schedule(register, indicator), indicator.series, period.name)
    if key not in held:
        found: list[Period] = []
        before = last_due(register, indicator, period)
        while before and len(found) < LONGEST_SERIES - 1:
            row = row_for(register, indicator.ref, before.name)
            if row is not None and row.series != indicator.series:
                break
            found.append(before)
            before = last_due(register, indicator, before)
        held[key] = tuple(reversed(found))
    return held[key]


def in_series(register: Register, period: Period) -> tuple[Period, ...]:
    """The earlier periods that stand in the series of any indicator of a period's appendix."""
    current = in_force(register, period.name)
    some = (*current.indicators, *current.not_due)
    found = (each for row in some for each in series(register, row, period))
    return tuple(dict.fromkeys(found))


def last_reported(register: Register, indicator: Indicator, period: Period) -> Period | None:
    """The earlier period whose figures an area's own figure of a period can be held against."""
    if indicator.accumulation is Accumulation.CUMULATIVE:
        return compared(register, indicator, period).last
    return last_due(register, indicator, period)


def so_far(register: Register, indicator: Indicator, period: Period) -> Period | None:
    """The period of the same year from whose figure one that is reported cumulatively has grown.

    None at the year's beginning, and of other figures; of rates too, which may fall.
    """
    if indicator.accumulation is not Accumulation.CUMULATIVE or is_whole_year(period):
        return None
    if indicator.merge_rule.merging.needs_parts:
        return None
    before = span(register, indicator, period).periods[:-1]
    return before[-1] if before else None


def span(register: Register, indicator: Indicator, period: Period) -> Span:
    """The periods that an indicator's figure of a period is made of, by the row that holds then."""
    how = indicator.accumulation
    is_own = how is Accumulation.AS_REPORTED
    if is_own or (how is not Accumulation.LATEST and is_whole_year(period)):
        return Span((period,), period.starts)
    held: dict[tuple[object, ...], Span] = register.__dict__.setdefault("spans", {})
    key = (indicator.ref, how, indicator.first, indicator.last, period.name)
    if key not in held:
        held[key] = _span(register, indicator, period)
    # The last is the very period that was asked about.
    return replace(held[key], periods=(*held[key].periods[:-1], period))


def _span(register: Register, indicator: Indicator, period: Period) -> Span:
    how = indicator.accumulation
    begins = register.framework.year_begins
    found, is_cut_short = spanned(register.periods, period, how, begins)
    due = tuple(each for each in found if each is period or was_due(register, indicator, each))
    asked = [each for each in found if each is period or was_asked(register, indicator, each)]
    is_cut_short |= how.is_rolling and len(asked) < len(found)
    return Span(due, asked[0].starts, is_cut_short)


def is_whole_year(period: Period) -> bool:
    """Whether a period is a year, over which nothing need be accumulated."""
    return months_of(period.starts, period.ends) >= YEAR


def checked_against(register: Register, period: Period) -> tuple[Period, ...]:
    """The earlier periods with whose figures those in returns for a period are compared."""
    return _borne(register, period).compared


def bearing(register: Register, period: Period) -> tuple[Period, ...]:
    """The earlier periods of whose figures an appendix of a period may print any."""
    return tuple(_borne(register, period).refs)


def borne(register: Register, period: Period, earlier: Period) -> Refs:
    """The indicators of whose figures of an earlier period, which bears on it, it may do so."""
    return _borne(register, period).refs[earlier]


class _Borne(Struct, frozen=True):
    """The earlier periods that bear on one: those compared with, and for which indicators each."""

    compared: tuple[Period, ...]
    refs: dict[Period, Refs]


def _borne(register: Register, period: Period) -> _Borne:
    held: dict[str, _Borne] = register.__dict__.setdefault("bearing", {})
    if period.name not in held:
        found = _plain if is_plain(register) else _over_time
        held[period.name] = found(register, period)
    return held[period.name]


def _plain(register: Register, period: Period) -> _Borne:
    found = [each(register.periods, period) for each in (last_period, year_before)]
    there = dict.fromkeys(each for each in found if each)
    return _Borne(tuple(there), dict.fromkeys(there))


def _over_time(register: Register, period: Period) -> _Borne:
    current = in_force(register, period.name)
    # Of those that are due alike, one stands for all.
    due, not_due = (
        {schedule(register, each): each for each in some}.values()
        for some in (current.indicators, current.not_due)
    )
    found = [last_due(register, each, period) for each in not_due]
    for each in due:
        pair = compared(register, each, period)
        found += [pair.last, pair.year_before, last_reported(register, each, period)]
    there = dict.fromkeys(each for each in found if each)
    growing = (so_far(register, each, period) for each in current.indicators)
    parts = _parts(register, current, period)
    refs: dict[Period, Refs] = {
        each: _whole(register, each, parts.get(each, frozenset())) for each in there
    }
    refs |= {each: of for each, of in parts.items() if each not in refs}
    return _Borne(tuple(dict.fromkeys((*there, *filter(None, growing)))), refs)


def _whole(register: Register, earlier: Period, parts: frozenset[str]) -> Refs:
    """The indicators of an earlier period but those whose figures say nothing without others."""
    then = in_force(register, earlier.name).indicators
    of_others = {e.ref for e in then if e.accumulation is Accumulation.CUMULATIVE} - parts
    return frozenset(each.ref for each in then) - of_others if of_others else None


def _parts(register: Register, current: Register, period: Period) -> dict[Period, frozenset[str]]:
    """The earlier periods whose figures are parts of what a period's appendix prints.

    Each with the indicators of which they are; of those that its figures are compared with too.
    """
    alike: dict[tuple[object, ...], list[Indicator]] = defaultdict(list)
    for each in (*current.indicators, *current.not_due):
        if each.accumulation is not Accumulation.AS_REPORTED:
            alike[schedule(register, each)].append(each)
    found: dict[Period, set[str]] = defaultdict(set)
    for first, *others in alike.values():
        pair = compared(register, first, period)
        ends: tuple[Period | None, ...] = (period, pair.last, pair.year_before)
        if current.indicator(first.ref) is None:
            ends = (last_due(register, first, period),)
        for end in dict.fromkeys(filter(None, ends)):
            then = row_for(register, first.ref, end.name)
            for part in span(register, then, end).periods if then else ():
                if part is not period:
                    found[part].update(each.ref for each in (first, *others))
    return {each: frozenset(refs) for each, refs in found.items()}


def following(register: Register, period: Period) -> tuple[Period, ...]:
    """The later periods of a year whose cumulative figures go on from those of this one."""
    some = in_force(register, period.name).indicators
    cumulative = [e for e in some if e.accumulation is Accumulation.CUMULATIVE]
    found = (later for each in cumulative for later in of_year_after(register, each, period))
    return tuple(dict.fromkeys(found))


def of_year_after(register: Register, indicator: Indicator, period: Period) -> tuple[Period, ...]:
    """The later periods of a year whose figures of an indicator go on from those of this one."""
    later = (each for each in register.periods if each.starts > period.ends)
    return tuple(each for each in later if period in span(register, indicator, each).periods)
