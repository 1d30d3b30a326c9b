"""Text: the grammar of what may be written in a cell. What is outside it is asked about."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from pipeline.workbooks.figures.figure import EXACT_BELOW, FRACTION_UP_TO, Figure, Scale, plain
from pipeline.workbooks.figures.plain import (
    NO_CASES,
    NOT_AVAILABLE,
    ZERO_OR_NOTHING,
    clean,
    filled_lines,
)
from schemas import cell_rules as v
from schemas import rules as c
from schemas.units import Unit, UnitRow, shown

#: No figure takes more digits and separators; Decimal's own context would round a longer one.
LONGEST_FIGURE = 28
#: Longer text is words, whatever stands in it.
_LONGEST_TEXT = 100

#: So many decimals may be thousands behind a point, as they are written elsewhere.
_LIKE_THOUSANDS = 3
_MAY_BE_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_SUPPRESSED = frozenset({"c", "[c]", "suppressed", "confidential"})
_SMALL = re.compile(r"< ?([0-9]{1,2})")
_ERRORS = re.compile(r"#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
#: A figure in euros or dollars, or in pence.
_OTHER_MONEY = re.compile(
    r"[-(+]?\s*(?:[€$¥]|eur|usd)\s*-?\d[\d., ]*\s*(?:k|m|bn|million)?\s*\)?"
    r"|-?\d[\d., ]*\s*(?:[€$¥]|eur|usd|p|pence)",
    re.ASCII,
)
#: Of letters only these are marks: (m) may be a million, (f) a forecast, (w) weeks.
_MARKS = re.compile(
    r"\s*(?:[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰]+|\[\d{1,2}\]|\((?P<letter>[aeprx]|provisional|prov\.?)\))$"
)
#: 10² is not 10 with a second footnote.
_POWERS_OF_TEN = frozenset("²³⁴⁵⁶⁷⁸⁹")
_GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:[ ]\d{3})+|[1-9]\d{0,2}(?:['’]\d{3})+|\d+"


def _marks(of_row: Callable[[UnitRow], tuple[str, ...]], side: str) -> str:
    """The pattern of what may be written at that side of a figure, a group for each unit."""
    return "".join(
        rf"\s* (?P<{unit.name}_{side}>{'|'.join(map(re.escape, marks))})?"
        for unit in Unit
        if (marks := of_row(unit.row))
    )


_FIGURE = re.compile(
    rf"""
    (?P<open>\()?                               # brackets mean negative
    \s* (?P<sign>[-+])? \s*
    {_marks(lambda row: row.before, "before")} \s* (?P<inner>-)? \s*
    (?P<digits>(?:{_GROUPED})(?:\.\d+)?|\.\d+)
    \s* (?P<scale>k|m|bn|million|billion|thousand)?
    {_marks(lambda row: row.written_behind, "behind")}
    \s* (?P<close>\))?
    """,
    re.VERBOSE | re.ASCII,
)
_SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9}
_OUT_OF = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+) (?:out )?of (\d+|\d{1,3}(?:,\d{3})+)", re.ASCII)
_INEXACT = re.compile(
    r"""
    [<>≤≥~≈].*\d.* | (?:c\.?|ca\.?|circa|about|approx\.?|approximately|around|over|under|up\ to
    |more\ than|less\ than|at\ least|nearly|almost)\s*[£]?\s*\d.*
    | £?\d.*\d?\s*(?:-|to|/|:)\s*£?\d.*
    | [-+]?\d+(?:\.\d+)?e[-+]?\d+
    """,
    re.VERBOSE | re.ASCII,
)
_COMMA = re.compile(r"[-+£\s]*\d[\d.\s]*,[\d.,\s]*\d\s*(?:%|per cent|percent)?")


#: Wider than what sets thousands apart.
_GAP = re.compile(r"\d(?:\t|\s{2,})\d")


def parse_text(cell: str, scale: Scale) -> Figure:
    """The figure that is written in a cell, or what it means, or what to ask."""
    text = clean(cell)
    is_broken = len(cell.splitlines()) > 1 and text.casefold() not in NOT_AVAILABLE
    if is_broken and len(lines := filled_lines(cell)) > 1:
        return scale.trouble(v.SEVERAL_LINES, " / ".join(lines), count=str(len(lines)))
    if _GAP.search(cell):
        return scale.trouble(c.NOT_EXACT, cell)
    # An apostrophe in front is how Excel is told that what follows is text.
    words = text.casefold().removeprefix("'")
    if not words:
        return Figure()
    if len(words) > _LONGEST_TEXT:
        return scale.trouble(c.NOT_A_FIGURE, text)
    if words in NOT_AVAILABLE or (scale.is_part and words in ZERO_OR_NOTHING):
        return Figure(not_available=True)
    if words in NO_CASES and not scale.is_part:
        return _parse_no_cases(text, words, scale)
    if words in ZERO_OR_NOTHING:
        return scale.trouble(c.ZERO_OR_NOTHING, text)
    if words in _SUPPRESSED:
        return Figure(suppressed=True)
    if _ERRORS.match(text):
        return scale.trouble(c.ERROR_VALUE, text)
    if scale.row.never_negative and _SMALL.fullmatch(words):
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
        return scale.trouble(c.NOT_EXACT, text)
    if _OTHER_MONEY.fullmatch(words):
        return scale.wrong_unit(text, None)
    if _COMMA.fullmatch(words):
        return _comma(text, scale)
    return scale.trouble(c.NOT_A_FIGURE, text)


def _parse_match(text: str, match: re.Match[str], scale: Scale) -> Figure:
    signs = [match["sign"] == "-", match["inner"] == "-", match["open"] is not None]
    if sum(signs) > 1 or (match["open"] is None) != (match["close"] is None):
        return scale.trouble(c.NOT_A_FIGURE, text)
    written = _units_written(match)
    for unit in written:
        if not scale.takes(unit):
            return scale.wrong_unit(text, unit)
    if match["sign"] == "+":
        return scale.trouble(v.PLUS_SIGN, text)
    if len(written) > 1:
        return scale.trouble(c.NOT_A_FIGURE, text)
    digits = match["digits"]
    if len(digits) > LONGEST_FIGURE:
        return scale.trouble(c.NOT_A_FIGURE, text)
    row = scale.row
    is_rounded = scale.decimals is not None and scale.decimals < _LIKE_THOUSANDS
    may_be = (row.is_money or row.counts_people) and is_rounded and not match["scale"]
    if may_be and _MAY_BE_THOUSANDS.fullmatch(digits):
        # £120.000 is a hundred and twenty thousand pounds, or a hundred and twenty.
        return scale.trouble(c.NOT_A_FIGURE, text)
    if "," in digits and not (row.has_thousands or row.is_money):
        return _comma(text, scale)
    number = Decimal(re.sub(r"[, '’]", "", digits))
    if match["scale"]:
        if not scale.takes(Unit.CURRENCY):
            return scale.trouble(c.NOT_EXACT, text)
        number = plain(number.scaleb(_SCALES[match["scale"]]))
    if abs(number) >= EXACT_BELOW:
        return scale.trouble(c.NOT_A_FIGURE, text)
    number = -number if any(signs) else number
    if row.is_share and scale.unit not in written and 0 < abs(number) <= FRACTION_UP_TO:
        return scale.percent_two_ways(number * 100, number, text)
    return replace(scale.figure(number, text), sign=written[0] if written else None)


def _units_written(match: re.Match[str]) -> list[Unit]:
    """The units of which a figure has a mark, before it or behind it."""
    marks = {name.rpartition("_")[0] for name, mark in match.groupdict().items() if mark}
    return [unit for unit in Unit if unit.name in marks]


def _comma(text: str, scale: Scale) -> Figure:
    """A comma that parts thousands or decimals, with what it may stand for."""
    digits = re.sub(r"[^\d.,]", "", text)
    readings = [digits.replace(".", "").replace(",", ".")] if digits.count(",") == 1 else []
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        readings.append(digits.replace(",", ""))
    # What would be refused in its turn is not offered.
    readings = [each for each in readings if scale.figure(Decimal(each), text).value is not None]
    either = " or ".join(readings) or f"it like {scale.row.example}"
    return scale.trouble(c.AMBIGUOUS_COMMA, text, readings=either)


def _parse_marked(text: str, match: re.Match[str], mark: re.Match[str], scale: Scale) -> Figure:
    """A figure with a footnote mark; (p) and (e) say that it is provisional."""
    is_percent = Unit.PERCENT in _units_written(match)
    if match["digits"] == "10" and not is_percent and mark[0].strip() in _POWERS_OF_TEN:
        return scale.trouble(c.NOT_EXACT, text)
    figure = _parse_match(text, match, scale)
    if figure.value is None:
        return figure
    marked = replace(figure, provisional=(mark["letter"] or "")[:1] in ("p", "e"))
    return marked.noting(c.MARK_DROPPED, text, taken=shown(figure.value, scale.unit))


def _parse_no_cases(text: str, words: str, scale: Scale) -> Figure:
    """Of a percentage: there was nothing to measure. Of anything else it may be 0."""
    if not scale.row.is_share:
        return scale.trouble(c.ZERO_OR_NOTHING, text)
    part = Decimal(0) if "0" in words else None
    return Figure(no_cases=True, numerator=part, denominator=part)


def _parse_part(text: str, part: re.Match[str], scale: Scale) -> Figure:
    """`10 of 50`: in a percentage both parts, and what they make."""
    if not scale.row.is_share:
        return scale.trouble(c.NOT_EXACT, text)
    top, bottom = (Decimal(group.replace(",", "")) for group in part.groups())
    if not bottom or top >= EXACT_BELOW or bottom >= EXACT_BELOW:
        return scale.trouble(c.NOT_A_FIGURE, text)
    figure = scale.figure(plain(top * 100 / bottom), text)
    return replace(figure, numerator=top, denominator=bottom)
