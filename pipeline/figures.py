"""Figures: one cell (value, number format) and an indicator's unit become a typed figure.

Nothing is guessed. What can be read in one way only is read; everything else is a finding that
asks. The grammar of text is the regular expression `_FIGURE` and the words below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pipeline import catalogue as c
from pipeline.display import places, quantise, shown
from pipeline.findings import Rule, Severity
from pipeline.model import Unit

#: What calamine hands over for a cell; blank is the empty string.
CellValue = str | float | bool | date | datetime | time | timedelta

#: A percentage at or below this without a percent format may be a fraction (2 would be 200%).
FRACTION_UP_TO = Decimal(2)
#: The same where the cell's number format cannot be known: 10 would be 1000%.
FRACTION_UP_TO_UNFORMATTED = Decimal(10)
#: A percentage cell showing this much or more may hold 31.5 typed over a percent format.
SCALED_FROM = Decimal(1000)
#: Excel keeps 15 significant digits; a larger whole number may have lost some.
EXACT_BELOW = Decimal(10) ** 15
#: No figure takes more digits and separators; Decimal's own context would round a longer one.
LONGEST_FIGURE = 28

EXAMPLES = {
    Unit.PERCENT: "31.5%",
    Unit.COUNT: "4605",
    Unit.CURRENCY: "£120,000",
    Unit.RATIO: "1.25",
    Unit.DAYS: "14",
    Unit.SCORE: "7.2",
}
#: How a unit is called in a sentence.
CALLED = {
    Unit.PERCENT: "a percentage",
    Unit.COUNT: "a count",
    Unit.CURRENCY: "an amount of money",
    Unit.RATIO: "a ratio",
    Unit.DAYS: "a number of days",
    Unit.SCORE: "a score",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """What a figure is measured in, and how far it can sensibly go."""

    unit: Unit
    decimals: int = 0
    plausible_maximum: Decimal | None = None

    @property
    def example(self) -> str:
        return EXAMPLES[self.unit]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A rule of the catalogue and the words for its sentence; the caller adds the place."""

    rule: Rule
    value: str
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says. At most one of `value`, `suppressed` and `not_available` is set.

    With an error among the troubles there is no value.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    suppressed: bool = False
    not_available: bool = False
    provisional: bool = False
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_blank(self) -> bool:
        return self == BLANK

    @property
    def is_bad(self) -> bool:
        return any(t.rule.severity is Severity.ERROR for t in self.troubles)


BLANK = Figure()

_SPACES = dict.fromkeys(map(ord, "\t\n\r\u00a0\u1680\u2007\u2009\u200a\u202f\u205f\u3000"), " ")
_SPACES.update(dict.fromkeys(range(0x2000, 0x2007), " "))
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN = {**_FULL_WIDTH, **_SPACES, **_NOTHING, **_DASHES, 0xFFE1: "£"}

_NOT_AVAILABLE = frozenset(
    {"n/a", "na", "n.a.", "n/k", "tbc", "tba", "tbd", "-", "--", "..", "...", ":", "[x]", "[z]"}
    | {"none", "pending", "awaited"}
) | {
    "not available",
    "not applicable",
    "not known",
    "not yet available",
    "not yet known",
    "to be confirmed",
    "to follow",
    "data not available",
    "no data",
}
_SUPPRESSED = frozenset({"c", "[c]", "suppressed", "confidential"})
_SMALL = re.compile(r"< ?([0-9]{1,2})")
_ERRORS = re.compile(r"#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_MARKS = re.compile(r"\s*(?:[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰]+|\[\d{1,2}\]|\((?P<letter>[a-z])\))$")
_GROUPED = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ]\d{3})+|\d+"
_FIGURE = re.compile(
    rf"""
    (?P<open>\()?                               # brackets mean negative
    \s* (?P<sign>[-+])? \s*
    (?P<money>£)? \s* (?P<inner>-)? \s*
    (?P<digits>(?:{_GROUPED})(?:\.\d+)?|\.\d+)
    \s* (?P<scale>k|m|bn|million|billion|thousand)?
    \s* (?P<percent>%|per\ cent|percent|pc)?
    \s* (?P<days>days?)?
    \s* (?P<close>\))?
    """,
    re.VERBOSE | re.ASCII,
)
_SCALES = {
    "k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9,
}  # fmt: skip
_OUT_OF = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+) (?:out )?of (\d+|\d{1,3}(?:,\d{3})+)", re.ASCII)
_INEXACT = re.compile(
    r"""
    [<>≤≥~≈].*\d.* | (?:c\.?|ca\.?|circa|about|approx\.?|approximately|around|over|under|up\ to
    |more\ than|less\ than|at\ least|nearly|almost)\s*[£]?\s*\d.*
    | \d.*\d?\s*(?:-|to|/|:)\s*[£]?\d.*
    | [-+]?\d+(?:\.\d+)?e[-+]?\d+
    """,
    re.VERBOSE | re.ASCII,
)
_COMMA = re.compile(r"[-+£\s]*\d[\d.\s]*,[\d.,\s]*\d\s*(?:%|per cent|percent)?")
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def parse(cell: CellValue, scale: Scale, number_format: str | None) -> Figure:
    """The figure in a cell.

    `number_format` is the cell's Excel format code; None where the file does not tell. Percentages
    come back in percentage points.
    """
    if isinstance(cell, bool):
        return _trouble(c.NOT_A_FIGURE, str(cell).upper(), example=scale.example)
    if isinstance(cell, (date, time, timedelta)):
        return _trouble(c.DATE_FOUND, _date_shown(cell), example=scale.example)
    if isinstance(cell, str):
        return _parse_text(cell, scale)
    return _parse_number(_decimal(cell), scale, number_format)


def clean(text: str) -> str:
    """Text with the several spaces, dashes and full-width forms made plain, trimmed."""
    return " ".join(text.translate(_PLAIN).split())


def means_nothing_to_report(text: str) -> bool:
    """Whether words say that there is no figure: `n/a`, `tbc`, a dash, `none`."""
    return clean(text).casefold() in _NOT_AVAILABLE


def _decimal(number: float) -> Decimal:
    """A stored number as Excel shows it: 15 significant digits, no binary noise."""
    return Decimal(f"{number:.15g}")


def _parse_number(number: Decimal, scale: Scale, number_format: str | None) -> Figure:
    if not number.is_finite() or abs(number) >= EXACT_BELOW:
        return _trouble(c.NOT_A_FIGURE, str(number), example=scale.example)
    if scale.unit is not Unit.PERCENT:
        if number_format is not None and _is_percent_format(number_format):
            seen = shown(_plain(number * 100), Unit.PERCENT)
            return _wrong_unit(seen, "a percentage", scale)
        return _finish(number, scale, f"{_plain(number):f}")
    if number_format is not None and _is_percent_format(number_format):
        points = _plain(number * 100)
        if abs(points) >= SCALED_FROM and (
            scale.plausible_maximum is None or points > scale.plausible_maximum
        ):
            return _two_ways(points, _plain(number), shown(points, Unit.PERCENT))
        return _finish(points, scale, shown(points, Unit.PERCENT))
    if number_format is not None and "%" in number_format:
        return _finish(number, scale, shown(_plain(number), Unit.PERCENT))
    limit = FRACTION_UP_TO if number_format is not None else FRACTION_UP_TO_UNFORMATTED
    if number and abs(number) <= limit:
        return _two_ways(_plain(number * 100), _plain(number), f"{_plain(number):f}")
    return _finish(number, scale, f"{_plain(number):f}")


def _parse_text(cell: str, scale: Scale) -> Figure:
    text = clean(cell)
    words = text.casefold()
    if not words:
        return BLANK
    if words in _NOT_AVAILABLE:
        return Figure(not_available=True)
    if words in _SUPPRESSED:
        return Figure(suppressed=True)
    if _ERRORS.match(text):
        return _trouble(c.ERROR_VALUE, text, example=scale.example)
    if scale.unit in (Unit.COUNT, Unit.DAYS) and _SMALL.fullmatch(words):
        return Figure(suppressed=True)
    if part := _OUT_OF.fullmatch(words):
        return _parse_part(text, part, scale)
    if match := _FIGURE.fullmatch(words):
        return _parse_match(text, match, scale)
    if (mark := _MARKS.search(words)) and (
        match := _FIGURE.fullmatch(words[: mark.start()].strip())
    ):
        return _parse_marked(text, match, mark, scale)
    if _INEXACT.fullmatch(words):
        return _trouble(c.NOT_EXACT, text, example=scale.example)
    if _COMMA.fullmatch(words):
        return _trouble(c.AMBIGUOUS_COMMA, text, example=scale.example)
    return _trouble(c.NOT_A_FIGURE, text, example=scale.example)


def _parse_match(text: str, match: re.Match[str], scale: Scale) -> Figure:
    signs = [match["sign"] == "-", match["inner"] == "-", match["open"] is not None]
    if sum(signs) > 1 or (match["open"] is None) != (match["close"] is None):
        return _trouble(c.NOT_A_FIGURE, text, example=scale.example)
    for found, unit in (("percent", Unit.PERCENT), ("money", Unit.CURRENCY), ("days", Unit.DAYS)):
        if match[found] and scale.unit is not unit:
            return _wrong_unit(text, CALLED[unit], scale)
    digits = match["digits"]
    if len(digits) > LONGEST_FIGURE:
        return _trouble(c.NOT_A_FIGURE, text, example=scale.example)
    if "," in digits and scale.unit in (Unit.PERCENT, Unit.RATIO, Unit.SCORE):
        return _trouble(c.AMBIGUOUS_COMMA, text, example=scale.example)
    number = Decimal(digits.replace(",", "").replace(" ", ""))
    if match["scale"]:
        if scale.unit is not Unit.CURRENCY:
            return _trouble(c.NOT_EXACT, text, example=scale.example)
        number = number.scaleb(_SCALES[match["scale"]])
    if abs(number) >= EXACT_BELOW:
        return _trouble(c.NOT_A_FIGURE, text, example=scale.example)
    number = -number if any(signs) else number
    if scale.unit is Unit.PERCENT and not match["percent"] and 0 < abs(number) <= FRACTION_UP_TO:
        return _two_ways(_plain(number * 100), _plain(number), text)
    return _finish(number, scale, text)


def _parse_marked(text: str, match: re.Match[str], mark: re.Match[str], scale: Scale) -> Figure:
    """A figure with a footnote mark; (p) and (e) say that it is provisional."""
    figure = _parse_match(text, match, scale)
    if figure.value is None:
        return figure
    taken = shown(figure.value, scale.unit)
    dropped = Trouble(c.MARK_DROPPED, text, (("taken", taken),))
    return replace(
        figure,
        provisional=mark["letter"] in ("p", "e"),
        troubles=(*figure.troubles, dropped),
    )


def _parse_part(text: str, part: re.Match[str], scale: Scale) -> Figure:
    """`10 of 50`: in a percentage both parts, and what they make."""
    if scale.unit is not Unit.PERCENT:
        return _trouble(c.NOT_EXACT, text, example=scale.example)
    top, bottom = (Decimal(group.replace(",", "")) for group in part.groups())
    if not bottom or top >= EXACT_BELOW or bottom >= EXACT_BELOW:
        return _trouble(c.NOT_A_FIGURE, text, example=scale.example)
    figure = _finish(_plain(top * 100 / bottom), scale, text)
    return replace(figure, numerator=top, denominator=bottom)


def _finish(number: Decimal, scale: Scale, seen: str) -> Figure:
    """The figure at the decimals it is published with; what had more is rounded and says so."""
    number = _plain(number)
    if places(number) <= scale.decimals:
        return Figure(value=number)
    if scale.unit is Unit.COUNT and scale.decimals == 0:
        return _trouble(c.NOT_WHOLE, seen, example=scale.example)
    taken = quantise(number, scale.decimals)
    words = (("taken", shown(taken, scale.unit)),)
    return Figure(value=_plain(taken), troubles=(Trouble(c.ROUNDED, seen, words),))


def _plain(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    reduced = number.normalize()
    exponent = reduced.as_tuple().exponent
    return reduced.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else reduced


def _is_percent_format(number_format: str) -> bool:
    """Whether the format scales by a hundred; a quoted or escaped % is only a sign."""
    return "%" in _FORMAT_LITERALS.sub("", number_format)


def _date_shown(value: date | time | timedelta) -> str:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)


def _two_ways(one: Decimal, other: Decimal, seen: str) -> Figure:
    return _trouble(
        c.TWO_WAYS, seen, one=shown(one, Unit.PERCENT), other=shown(other, Unit.PERCENT)
    )


def _wrong_unit(seen: str, found: str, scale: Scale) -> Figure:
    return _trouble(
        c.WRONG_UNIT, seen, found=found, expected=CALLED[scale.unit], example=scale.example
    )


def _trouble(rule: Rule, value: str, **words: str) -> Figure:
    return Figure(troubles=(Trouble(rule, value, tuple(words.items())),))
