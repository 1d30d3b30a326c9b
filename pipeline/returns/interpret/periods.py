"""Periods as people write them: years, halves, quarters, months and days, and whose they are.

`Mentions` is what a text says of periods, `Calendar` holds it against the periods of the register.
Nothing is guessed: `Q4 2016` is none of two financial years' fourth quarters.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from enum import IntEnum

from msgspec import Struct
from msgspec.structs import replace

from pipeline.workbooks.figures.plain import clean
from schemas.model import Period

#: First and last year; the last is None of a year alone, such as 2015 or FY2015.
_Years = tuple[int, int | None]


class Fit(IntEnum):
    """Whether words mean a period; of several, the worst counts."""

    SAME = 0
    #: They may mean it, or another.
    DOUBTFUL = 1
    OTHER = 2


class Mentions(Struct, frozen=True):
    """What a text says of periods, each kind of saying apart."""

    years: frozenset[_Years] = frozenset()
    quarters: frozenset[int] = frozenset()
    halves: frozenset[int] = frozenset()
    #: First and last month, where no year is said.
    months: frozenset[tuple[int, int]] = frozenset()
    #: First and last day.
    spans: frozenset[tuple[date, date]] = frozenset()
    #: The day on which it ends.
    ends: frozenset[date] = frozenset()
    #: A day alone, which is no period.
    days: frozenset[date] = frozenset()
    #: `this quarter` and `last year`: how long it is, and how many of them away.
    relative: frozenset[tuple[str, int]] = frozenset()
    #: Names of the register that say nothing of the above, such as `Spring round`.
    names: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self != NONE

    def __or__(self, other: Mentions) -> Mentions:
        if not other:
            return self
        return Mentions(
            **{name: getattr(self, name) | getattr(other, name) for name in self.__struct_fields__}
        )


NONE = Mentions()

_MONTH_OF = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
    "august": 8, "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2,
    "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_NUMBERS = {
    **dict.fromkeys(("1", "one", "first", "1st"), 1),
    **dict.fromkeys(("2", "two", "second", "2nd"), 2),
    **dict.fromkeys(("3", "three", "third", "3rd"), 3),
    **dict.fromkeys(("4", "four", "fourth", "4th"), 4),
}
_AWAY = {
    **dict.fromkeys(("this", "the", "current"), 0),
    **dict.fromkeys(("last", "previous", "prior", "preceding"), -1),
    "next": 1,
}
_LONG = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_MONTH = rf"(?:{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\.?"
_YEAR = r"(?:19|20)\d\d"
_DAY = (
    rf"(?:\d{{1,2}}[/.]\d{{1,2}}[/.](?:{_YEAR}|\d\d)|{_YEAR}-\d\d-\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? {_YEAR})"
)
_TO = r" ?(?:-|/|to|until) ?"
_UNTIL = (
    r"(?:for )?(?:the )?(quarter|year|period|half|month)?-?"
    r"(?: ?end(?:ing|ed)?| ?to| ?as at)(?: on)?"
)
_FISCAL = r"(?:(?:financial|fiscal|calendar) year |fy ?|year )?"
_ONE = "|".join(_NUMBERS)


def _full(year: str) -> int:
    """A year of four digits, or of this century by its last two."""
    return int(year) if len(year) == 4 else 2000 + int(year)


def _two(first: str, last: str) -> Mentions | None:
    """`2015-16`, `15/16`; None where the years do not follow each other."""
    one = _full(first)
    follows = (one + 1) % 10 ** len(last) == int(last)
    return Mentions(years=frozenset({(one, one + 1)})) if follows else None


def _one_year(year: str) -> Mentions:
    return Mentions(years=frozenset({(_full(year), None)}))


def _quarter(number: str, year: str = "") -> Mentions:
    quarter = Mentions(quarters=frozenset({_NUMBERS[number]}))
    return quarter | _one_year(year) if year else quarter


def _month_span(first: str, first_year: str, last: str, last_year: str) -> Mentions | None:
    one, other = _MONTH_OF[first.rstrip(".")], _MONTH_OF[last.rstrip(".")]
    if not (first_year or last_year):
        return Mentions(months=frozenset({(one, other)}))
    until = _full(last_year) if last_year else _full(first_year) + (other < one)
    since = _full(first_year) if first_year else until - (other < one)
    return _span(date(since, one, 1), date(until, other, monthrange(until, other)[1]))


def _one_month(month: str, year: str) -> Mentions | None:
    return _month_span(month, year, month, year)


def _span(first: date, last: date) -> Mentions | None:
    return Mentions(spans=frozenset({(first, last)})) if first <= last else None


def _day(text: str) -> date | None:
    """A day, as people here write it: the day before the month."""
    numbers = re.findall(r"\d+", text)
    try:
        if named := re.search(_MONTH, text):
            return date(int(numbers[-1]), _MONTH_OF[named[0].rstrip(".")], int(numbers[0]))
        if len(numbers[0]) == 4:
            return date(*map(int, numbers))
        return date(_full(numbers[2]), int(numbers[1]), int(numbers[0]))
    except ValueError:
        return None


def _two_days(first: str, last: str) -> Mentions | None:
    one, other = _day(first), _day(last)
    return _span(one, other) if one and other else None


def _ending(long: str, last: str) -> Mentions | None:
    day = _day(last)
    if day is None:
        return None
    length = frozenset({(long, 0)}) if long in _LONG else frozenset()
    return Mentions(ends=frozenset({day}), relative=length)


def _day_alone(text: str) -> Mentions | None:
    day = _day(text)
    return Mentions(days=frozenset({day})) if day else None


def _half(number: str) -> Mentions:
    return Mentions(halves=frozenset({_NUMBERS[number]}))


def _relative(away: str, long: str) -> Mentions:
    return Mentions(relative=frozenset({(long, _AWAY[away])}))


#: What may be said, longest first, with what makes mentions of its groups.
_SAYINGS: tuple[tuple[str, Callable[..., Mentions | None]], ...] = (
    (rf"({_DAY}){_TO}({_DAY})", _two_days),
    (rf"{_UNTIL} ({_DAY})", _ending),
    (rf"({_DAY})", _day_alone),
    (rf"({_MONTH})[ -]?({_YEAR}|'\d\d)?{_TO}({_MONTH})[ -]?({_YEAR}|'?\d\d)?", _month_span),
    (rf"({_MONTH})[ -]?({_YEAR}|'\d\d|\d\d)?", _one_month),
    (rf"(?:q|qtr|quarter) ?({_ONE})(?: |')'?(\d\d)(?![-/\d]| \d)", _quarter),
    (rf"(?:q|qtr|quarter) ?({_ONE})", _quarter),
    (rf"({_ONE}) (?:quarter|qtr)", _quarter),
    (r"(?:h|half ?year|half) ?([12])", _half),
    (r"(1st|2nd|first|second) half(?: year)?", _half),
    (rf"{_FISCAL}({_YEAR}) ?[-/ ] ?({_YEAR}|\d\d)", _two),
    (rf"{_FISCAL}(\d\d) ?[-/] ?(\d\d)", _two),
    (rf"{_FISCAL}({_YEAR})", _one_year),
    (r"fy ?'?(\d\d)", _one_year),
    (rf"({'|'.join(_AWAY)}) (month|quarter|half|year|period)(?:'s)?", _relative),
)  # fmt: skip
_PATTERNS = tuple(
    (re.compile(rf"(?<![\w£.,']){pattern}(?![\w%]|[.,/-]\d)"), make) for pattern, make in _SAYINGS
)
_QUOTES = str.maketrans("\u2018\u2019_", "'' ")


def spoken(text: str) -> str:
    """Text as it is looked through for words: without case, its underscores blanks."""
    return clean(clean(text).translate(_QUOTES)).casefold()


def mentions(text: str) -> tuple[Mentions, str]:
    """What a text that is `spoken` says of periods, and the text without it."""
    found = NONE
    if not _MAY_SAY.search(text):
        return found, text
    for pattern, make in _PATTERNS:

        def take(match: re.Match[str], make: Callable[..., Mentions | None] = make) -> str:
            nonlocal found
            made = make(*((group or "").lstrip("'") for group in match.groups()))
            if made is None:
                return match[0]
            found |= made
            return " \0 "

        text = pattern.sub(take, text)
    return found, text


#: Without any of these a text says nothing of a period.
_MAY_SAY = re.compile(rf"\d|{_MONTH}|quarter|qtr|half|year|period|month")


class _Known(Struct, frozen=True):
    """A period of the register, and what its own name and days say."""

    period: Period
    said: Mentions
    #: In months; 0 where it is none of those that words can mean.
    length: int

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
            *(_same(each == self.period.ends) for each in said.ends),
            *(Fit.DOUBTFUL for _ in said.days),
            *(self._away(*each) for each in said.relative),
            *(_same(each == self.name) for each in said.names),
        ]
        is_part = self.length != _LONG["year"] or self.said.quarters or self.said.halves
        if said.years and is_part and not self._is_placed(said):
            # A year alone is the year's figure, or that of this part of it.
            fits.append(Fit.DOUBTFUL)
        return max(fits, default=Fit.SAME)

    def among(self, said: Mentions) -> Fit:
        """Whether a title that speaks of several periods can mean this one."""
        first, last = self.period.starts, self.period.ends
        fits: list[list[Fit]] = [
            [*map(self._year, said.years)],
            # A part of it may be named, such as its last month.
            [_same(first <= one and other <= last) for one, other in said.spans],
            [_same(self._has(one) and self._has(other)) for one, other in said.months],
            *(
                [self.fit(Mentions(**{kind: frozenset({one})})) for one in getattr(said, kind)]
                for kind in ("quarters", "halves", "ends", "relative", "names")
            ),
        ]
        return max((min(each) for each in fits if each), default=Fit.SAME)

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

    def _year(self, years: _Years) -> Fit:
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
        return Fit.SAME if long == "period" or _LONG[long] == self.length else Fit.DOUBTFUL


def _said(years: _Years) -> set[int]:
    return {year for year in years if year}


def _same(is_same: bool) -> Fit:
    return Fit.SAME if is_same else Fit.OTHER


class Calendar:
    """The periods of a register, by what people may call them."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self._known = {period.name: _known(period) for period in periods}
        #: Names that say nothing in words of the calendar, longest first.
        self._names = {
            spoken(name): name
            for name, known in sorted(self._known.items(), key=lambda each: -len(each[0]))
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
        return self._known[period].fit(said) if said else Fit.SAME

    def among(self, said: Mentions, period: str) -> Fit:
        """Whether a title that speaks of several periods can mean one."""
        return self._known[period].among(said)

    def named(self, said: Mentions) -> str | None:
        """The one period that words mean; None where they mean none, or several."""
        meant = [known.name for known in self._known.values() if known.fit(said) is Fit.SAME]
        return meant[0] if said and len(meant) == 1 else None


def _known(period: Period) -> _Known:
    said, rest = mentions(spoken(period.name))
    if rest.replace("\0", "").strip(" ,:-()") or not said:
        # Its name is known as a whole.
        said = Mentions(names=frozenset({period.name}))
    first, last = period.starts, period.ends
    is_whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    length = months if is_whole and months in _LONG.values() else 0
    return _Known(period, replace(said, days=frozenset()), length)
