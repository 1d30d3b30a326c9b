"""The periods of the register, by what people may call them.

Nothing is guessed: `Q4 2016` is none of two financial years' fourth quarters.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import IntEnum

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.periods import (
    LONG,
    NO_YEAR,
    NONE,
    TERM,
    Mentions,
    Years,
    mentions,
    spoken,
)
from schemas.model import Period


class Fit(IntEnum):
    """Whether words mean a period; of several, the worst counts."""

    SAME = 0
    #: They may mean it, or another.
    DOUBTFUL = 1
    OTHER = 2


class RegisterPeriod(Struct, frozen=True):
    """A period of the register, and what its own name and days say."""

    period: Period
    said: Mentions
    #: In months; 0 where it is none of those that words can mean.
    length: int
    #: The name that is meant: its own, or one of before.
    called: str

    @property
    def name(self) -> str:
        return self.period.name

    def fit(self, said: Mentions) -> Fit:
        """Whether words mean this period, the worst of all that they say."""
        fits = [
            *map(self._year, said.years),
            *(self._numbered(each, self.said.quarters, 3) for each in said.quarters),
            *(self._numbered(each, self.said.halves, 6) for each in said.halves),
            *(_same(each == self._months) for each in said.months),
            *(_same(each == (self.period.starts, self.period.ends)) for each in said.spans),
            *(_same(self._ends_on(each)) for each in said.ends),
            *(Fit.SAME if self._ends_on(each) else Fit.DOUBTFUL for each in said.days),
            *map(self._since, said.written),
            *(self._away(*each) for each in said.relative),
            *(_same(each == self.called) for each in said.names),
        ]
        is_part = self.length != LONG["year"] or self.said.quarters or self.said.halves
        if said.years and is_part and not self._is_placed(said):
            # A year alone is the year's figure, or that of this part of it.
            fits.append(Fit.DOUBTFUL)
        return max(fits, default=Fit.SAME)

    def among(self, said: Mentions) -> Fit:
        """Whether a title that speaks of several periods can mean this one; it may, at best."""
        first, last = self.period.starts, self.period.ends
        fits: list[list[Fit]] = [
            [*map(self._year, said.years)],
            [self._within(each, (first, last)) for each in said.spans],
            [self._within_months(each) for each in said.months],
            [*map(self._since, said.written)],
            *(
                [self.fit(Mentions(**{kind: frozenset({one})})) for one in getattr(said, kind)]
                for kind in ("quarters", "halves", "ends", "relative", "names")
            ),
        ]
        several = any(len(each) > 1 for each in fits)
        best = max((min(each) for each in fits if each), default=Fit.SAME)
        return max(best, Fit.DOUBTFUL) if several else best

    def _ends_on(self, day: date) -> bool:
        return in_year(day, self.period.ends) == self.period.ends

    def _since(self, day: date) -> Fit:
        """Whether figures that were right on a day can be the period's: it was over by then."""
        if day >= self.period.ends:
            return Fit.SAME
        return Fit.DOUBTFUL if day >= self.period.starts else Fit.OTHER

    @staticmethod
    def _within(days: tuple[date, date], own: tuple[date, date]) -> Fit:
        """Days within the period may be meant of a part of it, or tell of its end."""
        if days == own:
            return Fit.SAME
        return Fit.DOUBTFUL if own[0] <= days[0] and days[1] <= own[1] else Fit.OTHER

    def _within_months(self, months: tuple[int, int]) -> Fit:
        if months == self._months:
            return Fit.SAME
        return Fit.DOUBTFUL if all(map(self._has, months)) else Fit.OTHER

    def _has(self, month: int) -> bool:
        first, last = self._months
        return first <= month <= last if first <= last else month >= first or month <= last

    @property
    def _months(self) -> tuple[int, int]:
        return self.period.starts.month, self.period.ends.month

    def _is_placed(self, said: Mentions) -> bool:
        """Whether the words say which part of a year is meant."""
        of_year = (said.quarters, said.halves, said.months, said.spans, said.ends, said.names)
        return any(of_year) or any(long != "year" for long, _ in said.relative)

    def _year(self, years: Years) -> Fit:
        own = self.said.years or {(self.period.starts.year, self.period.ends.year)}
        if years in own:
            return Fit.SAME
        if not self.said.years and years == (self.period.starts.year, None):
            return _same(self.period.starts.year == self.period.ends.year)
        near = {year for pair in own for year in pair if year}
        return Fit.DOUBTFUL if near & set(years) and len(near) != len(_said(years)) else Fit.OTHER

    def _numbered(self, number: int, own: frozenset[int], length: int) -> Fit:
        if own:
            return _same(number in own)
        return Fit.DOUBTFUL if self.length == length else Fit.OTHER

    def _away(self, long: str, away: int) -> Fit:
        if away:
            return Fit.OTHER
        is_long = long == "period" or (self.length and LONG.get(long) == self.length)
        return Fit.SAME if is_long else Fit.DOUBTFUL


def in_year(day: date, near: date) -> date:
    """A day whose year is not said in the year that brings it nearest to another."""
    if day.year != NO_YEAR:
        return day
    years = (near.year - 1, near.year, near.year + 1)
    days = (date(y, day.month, min(day.day, monthrange(y, day.month)[1])) for y in years)
    return min(days, key=lambda each: abs(each - near))


def _said(years: Years) -> set[int]:
    return {year for year in years if year}


def _same(is_same: bool) -> Fit:
    return Fit.SAME if is_same else Fit.OTHER


class Calendar:
    """The periods of a register, by what people may call them, now or before."""

    def __init__(self, periods: Iterable[Period]) -> None:
        #: Each period by each of its names, its own first.
        self._known = {
            period.name: [_known(period, name) for name in (period.name, *period.formerly)]
            for period in periods
        }
        called = [known for some in self._known.values() for known in some]
        #: Names that say nothing in words of the calendar, longest first.
        self._names = {
            spoken(known.called): known.called
            for known in sorted(called, key=lambda each: -len(each.called))
            if known.said.names
        }

    def mentions(self, text: str) -> tuple[Mentions, str]:
        """What a text that is `spoken` says of periods, and the text without it."""
        said = NONE
        for spelt, name in self._names.items():
            pattern = rf"(?<!\w){re.escape(spelt)}(?!\w)"
            if re.search(pattern, text):
                text = re.sub(pattern, " \0 ", text)
                said |= Mentions(names=frozenset({name}))
        more, rest = mentions(text)
        return said | more, rest

    def fit(self, said: Mentions, period: str) -> Fit:
        """Whether words mean a period."""
        if not said:
            return Fit.SAME
        return min(known.fit(said) for known in self._known[period])

    def among(self, said: Mentions, period: str) -> Fit:
        """Whether a title that speaks of several periods can mean one."""
        return min(known.among(said) for known in self._known[period])

    def of_day(self, day: date, period: str) -> Fit:
        """Whether a day alone, over figures, tells of a period: by its end, or one within it."""
        own = self._known[period][0].period
        day = in_year(day, own.ends)
        if day == own.ends:
            return Fit.SAME
        if day < own.starts or any(day == some[0].period.ends for some in self._known.values()):
            return Fit.OTHER
        # Figures are written down after their period.
        return Fit.DOUBTFUL if day < own.ends else Fit.SAME

    def named(self, said: Mentions) -> str | None:
        """The one period that words mean; None where they mean none, or several."""
        said = replace(said, written=frozenset())
        meant = [name for name in self._known if self.fit(said, name) is Fit.SAME]
        return meant[0] if said and len(meant) == 1 else None


def _known(period: Period, name: str) -> RegisterPeriod:
    said, rest = mentions(spoken(name))
    is_placed = said.years or said.quarters or said.halves or said.spans or said.ends
    is_term = (TERM, 0) in said.relative
    if rest.replace("\0", "").strip(" ,:-()") or not is_placed or is_term:
        # Its name is known as a whole.
        said = Mentions(names=frozenset({name}))
    first, last = period.starts, period.ends
    is_whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    length = months if is_whole and months in LONG.values() else 0
    return RegisterPeriod(period, replace(said, days=frozenset()), length, name)
