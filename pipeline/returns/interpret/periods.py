"""Periods as people write them: years, halves, quarters, months and days.

`Mentions` is what a text says of periods; `register_periods` holds it against the register's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from msgspec import Struct

from pipeline.workbooks.figures.plain import clean

#: First and last year; the last is None of a year alone, such as 2015 or FY2015.
Years = tuple[int, int | None]


class Mentions(Struct, frozen=True):
    """What a text says of periods, each kind of saying apart."""

    years: frozenset[Years] = frozenset()
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
    #: A day on which they were right, or taken from a system.
    written: frozenset[date] = frozenset()
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
#: That of a day whose year is not said. It has a 29 February.
NO_YEAR = 4

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
    **dict.fromkeys(("this", "the", "current", "in", "in the", "for the"), 0),
    **dict.fromkeys(("last", "previous", "prior", "preceding", "earlier", "prev", "prev."), -1),
    "next": 1,
}
#: How many months; a week is none.
LONG = {"week": 0, "month": 1, "quarter": 3, "half": 6, "year": 12}
_LONG_BY = {
    **{long: long for long in (*LONG, "period")},
    "qtr": "quarter",
    "q": "quarter",
    "yr": "year",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    **dict.fromkeys(("half year", "half-year", "half yearly", "half-yearly"), "half"),
    **dict.fromkeys(("mid year", "mid-year", "six monthly", "six-monthly"), "half"),
    **dict.fromkeys(("annual", "annually", "yearly", "full year"), "year"),
}
_LASTING = [
    word for word, long in _LONG_BY.items() if word not in {*LONG, "qtr", "q", "yr", "period"}
]
#: `Q/E 31/12/15`.
_ENDED = {"q": "quarter", "y": "year", "m": "month", "w": "week"}
#: How long a school's term is: no council's period.
TERM = "term"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_SOME = {"three": 3, "six": 6, "nine": 9, "twelve": 12}
_MONTH = rf"(?:{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\.?"
_YEAR = r"(?:19|20)\d\d"
_DAY = (
    rf"(?:\d{{1,2}}[/.]\d{{1,2}}[/.](?:{_YEAR}|\d\d)|\d{{1,2}}-\d{{1,2}}-(?:{_YEAR}|\d\d)|{_YEAR}-\d\d-\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? (?:{_YEAR}|'?\d\d)"
    rf"|\d{{1,2}}-{_MONTH}-(?:{_YEAR}|\d\d))"
)
#: A day whose year is not said; behind `quarter` the number is none of a day's.
_DAY_OF_YEAR = (
    "".join(rf"(?<!\b{word} )" for word in ("quarter", "qtr", "q", "period", "month", "week"))
    + rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th))"
)
_TO = r" ?(?:-|/|to|until) ?"
_UNTIL = (
    r"(?:for )?(?:the )?(quarter|year|period|half|month)?-?"
    r"(?: ?end(?:ing|ed)?| ?to| ?as (?:at|of)| ?(?:position|data|figures|performance) (?:at|of))"
    r"(?: on)?(?: ?(?:the )?end(?: of)?)?"
)
_FISCAL = r"(?:(?:financial|fiscal|calendar) year |[fc]y ?|year )?"
_ONE = "|".join(_NUMBERS)
#: In `last quarter: 4` the number is none of a quarter's.
_NO_OTHER = "".join(rf"(?<!\b{word} )" for word in (*_AWAY, "per") if " " not in word)


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
            year = _full(numbers[-1]) if len(numbers) > 1 else NO_YEAR
            return date(year, _MONTH_OF[named[0].rstrip(".")], int(numbers[0]))
        if len(numbers[0]) == 4:
            return date(*map(int, numbers))
        return date(_full(numbers[2]), int(numbers[1]), int(numbers[0]))
    except ValueError:
        return None


def _two_days(first: str, last: str) -> Mentions | None:
    one, other = _day(first), _day(last)
    return _span(one, other) if one and other else None


def _days_of_one_year(number: str, month: str, last: str) -> Mentions | None:
    """`1 July to 30 September 2015`, `1 October to 31 March 2016`."""
    day = _day(last)
    if day is None:
        return None
    spans = (_two_days(f"{number} {month} {year}", last) for year in (day.year, day.year - 1))
    return next(filter(None, spans), None)


def _days_without_year(first: str, last: str) -> Mentions | None:
    """`1 October to 31 December`; other days than those of months are of no known length."""
    one, other = _day(first), _day(last)
    if one is None or other is None:
        return None
    if one.day == 1 and other.day >= monthrange(NO_YEAR + 1, other.month)[1]:
        return Mentions(months=frozenset({(one.month, other.month)}))
    return Mentions(relative=frozenset({(f"{first} to {last}", 0)}))


def _ending(long: str, last: str) -> Mentions | None:
    day = _day(last)
    if day is None:
        return None
    length = frozenset({(long, 0)}) if long in LONG else frozenset()
    return Mentions(ends=frozenset({day}), relative=length)


def _ending_with(long: str, month: str, said_year: str = "") -> Mentions | None:
    """`Year to June 2022`: its last day is the month's."""
    number, year = _MONTH_OF[month.rstrip(".")], _full(said_year) if said_year else NO_YEAR
    return _ending(long, date(year, number, monthrange(year, number)[1]).isoformat())


def _ending_in(long: str, day: str, month: str) -> Mentions | None:
    """`As at 31/12`; `to 15/16` is a year."""
    is_year = (int(day) + 1) % 100 == int(month)
    return None if is_year else _ending(long, f"{NO_YEAR:04}-{month}-{day}")


def _day_alone(text: str) -> Mentions | None:
    day = _day(text)
    return Mentions(days=frozenset({day})) if day else None


def _written(text: str) -> Mentions | None:
    day = _day(text)
    return Mentions(written=frozenset({day})) if day else None


def _half(number: str) -> Mentions:
    return Mentions(halves=frozenset({_NUMBERS[number]}))


def _relative(away: str, long: str) -> Mentions:
    return Mentions(relative=frozenset({(_LONG_BY[long], _AWAY[away])}))


def _lasting(long: str) -> Mentions:
    """`monthly`, `annual`: how long a period is."""
    return Mentions(relative=frozenset({(_LONG_BY[long], 0)}))


def _months(number: str) -> Mentions | None:
    """`12 months`: how many."""
    months = _SOME.get(number) or int(number)
    long = next((long for long, each in LONG.items() if each == months), f"{months} months")
    return Mentions(relative=frozenset({(long, 0)}))


def _a_month(_number: str) -> Mentions:
    return _lasting("month")


def _year_ago() -> Mentions:
    return _relative("last", "year")


def _roman(number: str) -> Mentions:
    return Mentions(quarters=frozenset({_ROMAN[number]}))


def _three_months(first: str, last: str, year: str) -> Mentions | None:
    """`Oct, Nov, Dec 2015`."""
    follows = (_MONTH_OF[last.rstrip(".")] - _MONTH_OF[first.rstrip(".")]) % 12 == 2
    return _month_span(first, "", last, year) if follows else None


def _term() -> Mentions:
    """A school's or a season's: of no length that a period has."""
    return Mentions(relative=frozenset({(TERM, 0)}))


def _quarters(first: str, last: str) -> Mentions | None:
    """`Q1 to Q3`: all of them."""
    numbers = range(_NUMBERS[first], _NUMBERS[last] + 1)
    return Mentions(quarters=frozenset(numbers)) if numbers else None


#: What may be said, longest first, with what makes mentions of its groups.
_SAYINGS: tuple[tuple[str, Callable[..., Mentions | None]], ...] = (
    (rf"({_DAY}){_TO}({_DAY})", _two_days),
    (rf"({_MONTH})[,/] ?{_MONTH} ?(?:,|/|,? and|&) ?({_MONTH})[ -]?({_YEAR}|'\d\d)?",
     _three_months),
    (rf"(\d{{1,2}})(?:st|nd|rd|th)? ({_MONTH}){_TO}({_DAY})", _days_of_one_year),
    (rf"({_YEAR})-?q([1-4])", lambda year, number: _quarter(number, year)),
    (rf"({_DAY_OF_YEAR}){_TO}({_DAY_OF_YEAR})(?! ?{_YEAR})", _days_without_year),
    (rf"(?:correct|accurate|extracted|downloaded|refreshed)(?: as)?(?: (?:at|of|on))? ({_DAY})",
     _written),
    (rf"([qymw])/?e\.?:? ({_DAY})", lambda long, last: _ending(_ENDED[long], last)),
    (rf"([qymw])/?e\.?:? ({_MONTH})[ -]?({_YEAR}|'?\d\d)?",
     lambda long, *month: _ending_with(_ENDED[long], *month)),
    (rf"{_UNTIL} ({_DAY})", _ending),
    (rf"({_DAY})", _day_alone),
    (rf"{_UNTIL} ({_DAY_OF_YEAR})", _ending),
    (rf"{_UNTIL} (\d{{1,2}})/(0?[1-9]|1[0-2])", _ending_in),
    (rf"({_DAY_OF_YEAR})", _day_alone),
    (rf"({_MONTH})[ -]?'?(\d\d){_TO}({_MONTH})[ -]?'?(\d\d)", _month_span),
    (rf"({_MONTH})[ -]?({_YEAR}|'\d\d)?{_TO}({_MONTH})[ -]?({_YEAR}|'?\d\d)?", _month_span),
    (rf"{_UNTIL} ({_MONTH})[ -]?({_YEAR}|'?\d\d)", _ending_with),
    # Figures to December may be those of the months until then.
    (rf"(?!to\b){_UNTIL} ({_MONTH})", _ending_with),
    (rf"({_MONTH})[ -]?({_YEAR}|'\d\d|\d\d)?", _one_month),
    (r"(\d\d)(\d\d)(?= ?q[1-4])", _two),
    (r"(20\d\d)(\d\d)", _two),
    (rf"(?:q|qtr|quarters?) ?({_ONE}) ?(?:-|to|and|&) ?(?:q|qtr|quarter)? ?({_ONE})", _quarters),
    (rf"(?:q|qtr|quarter)\.? ?({_ONE})(?: |')'?(\d\d)(?![-/\d]| \d)", _quarter),
    (rf"(?:q|qtr|quarter)\.? ?({_ONE})", _quarter),
    (rf"{_NO_OTHER}(?:quarter|qtr)(?: no\.?| number)?:? ?({_ONE})", _quarter),
    (rf"({_ONE}) (?:quarter|qtr)", _quarter),
    (r"(?:h|half ?year|half) ?([12])", _half),
    (r"(1st|2nd|first|second) half(?: year)?", _half),
    (rf"{_FISCAL}({_YEAR}) ?[-/ ] ?({_YEAR}|\d\d)", _two),
    (rf"{_FISCAL}(\d\d) ?[-/] ?(\d\d)", _two),
    (rf"{_FISCAL}({_YEAR})", _one_year),
    (r"[fc]y ?'?(\d\d)", _one_year),
    (r"(?:month|period) ?(1[0-2]|[1-9])", _a_month),
    (r"(\d{1,2}|three|six|nine|twelve)[ -]?months?", _months),
    (rf"({'|'.join(map(re.escape, _AWAY))}) (week|month|quarter|qtr|q|half|year|yr|period)(?:'s)?",
     _relative),
    (rf"({'|'.join(_LASTING)})", _lasting),
    (r"(?:ly|py)", _year_ago),
    (r"([1-4])q ?'?(\d\d)(?!\d)", _quarter),
    (rf"q ?([1-4]) ?fy ?'?({_YEAR}|\d\d)", _quarter),
    (r"(?:q|qtr|quarter)[ .-]?(i{1,3}|iv)", _roman),
    (r"q-([1-4])", _quarter),
    (r"(?:week|wk)\.? ?(?:no\.? ?)?[1-5]?\d", lambda: _lasting("week")),
    (r"(?:autumn|spring|summer|winter|michaelmas|hilary|lent|easter|trinity|school) term", _term),
    (r"term [1-6]", _term),
    (r"m(1[0-2]|[14-9])", _a_month),
    (r"(previous|prior|preceding)", lambda _: _relative("last", "period")),
)  # fmt: skip
_BEFORE, _BEHIND = r"(?<![\w£.,'])(?<!\d[-/])", r"(?:'s)?(?![\w%]|[.,/-]\d)"
_PATTERNS = tuple((re.compile(f"{_BEFORE}{pattern}{_BEHIND}"), make) for pattern, make in _SAYINGS)
#: Any of them: where none is found, looking for all at once takes a fraction of the time.
ANY_SAYING = re.compile(f"{_BEFORE}(?:{'|'.join(pattern for pattern, _ in _SAYINGS)}){_BEHIND}")
_QUOTES = str.maketrans("\u2018\u2019_", "'' ")


def spoken(text: str) -> str:
    """Text as it is looked through for words: without case, its underscores blanks."""
    return clean(clean(text).translate(_QUOTES)).casefold()


def mentions(text: str) -> tuple[Mentions, str]:
    """What a text that is `spoken` says of periods, and the text without it."""
    found = NONE
    if not _MAY_SAY.search(text) or not ANY_SAYING.search(text):
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


_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? ")


@lru_cache(maxsize=1_000)  # Many returns are completed on one day.
def day_of(text: str) -> date | None:
    """The one day with its year that a text says, and nothing else; None where it says none."""
    said, rest = mentions(_WEEKDAY.sub("", spoken(text)))
    day = next(iter(said.days), None)
    is_alone = len(said.days) == 1 and said == Mentions(days=said.days)
    return day if day and is_alone and not rest.strip(" \0.") and day.year != NO_YEAR else None


#: Without any of these a text says nothing of a period. A number has two digits at most, or is a
#: year, or a year and the next one's last digits.
_MAY_SAY = re.compile(
    rf"(?<!\d)(?:\d\d?|\d{{4}}|\d{{6}})(?!\d)|{_MONTH}|quarter|qtr|half|year|yr|period|month|week|annual|\bly\b|\bpy\b"
    rf"|previous|prior|preceding|{'|'.join(_SOME)}|\bq\b|\bq[ .-]?i|term|wk"
)
