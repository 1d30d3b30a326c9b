"""Cells as a sheet shows them: a value by its number format (ECMA-376 part 1, 18.8.31).

What cannot be told exactly, such as a fraction or a date in another country's words, is None. Where
a format leaves it to the reader's country, it is Britain's.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.figures.formats import is_general, place_for, split, text_section
from pipeline.workbooks.figures.moments import show_moment
from schemas.units import places, quantise

_Pieces = list[re.Match[str]]

#: What General shows of a number: so many characters, its sign not counted.
_GENERAL_WIDTH = 11
#: General's digits of a number too large for that.
_GENERAL_DIGITS = 6
#: Signs that need no quotes in a format.
_BARE = frozenset(" $£€¥-+():!^&'~{}<>=%")
_PLACES = "0#?"
_SHAPE = re.compile(
    r"(?P<whole>[0#?,]*?)(?P<commas>,*)(?:(?P<point>\.)(?P<part>[0#?]*)(?P<more>,*))?"
)
_POWER = re.compile(r"(?P<shape>0(?:\.0*)?)[eE](?P<sign>[+-])(?P<digits>0+)")
#: A number of more digits is no figure, and Excel shows no more decimals.
_MOST_DIGITS, _MOST_DECIMALS = 60, 30


def show(value: CellValue | Decimal, number_format: str) -> str | None:
    """What a cell of this format shows; None where that cannot be told exactly."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return _show_text(value, number_format)
    if isinstance(value, (date, datetime, time, timedelta)):
        return show_moment(value, number_format)
    number = value if isinstance(value, Decimal) else Decimal(f"{value:.15g}")
    if not number.is_finite() or (number and number.adjusted() > _MOST_DIGITS):
        return None
    return _general(number) if is_general(number_format) else _show_number(number, number_format)


def _show_text(text: str, number_format: str) -> str | None:
    section = None if is_general(number_format) else text_section(number_format)
    if section is None:
        return text
    shown = ""
    for piece in section:
        if piece["other"] == "@":
            shown += text
        elif (literal := _literal(piece)) is None:
            return None
        else:
            shown += literal
    return shown if text in shown else None


def _show_number(number: Decimal, number_format: str) -> str | None:
    place = place_for(number_format, number)
    if place is None:
        return None
    sections = split(number_format)
    # The second section is for what lies below zero, and has a sign of its own.
    shown = _show_size(abs(number), sections[place])
    if shown is None:
        return None
    is_signed = number < 0 and place == 0
    if is_signed and not re.search("[1-9]", shown):
        # Whether Excel shows a minus before nothing depends on its version.
        return None
    return f"-{shown}" if is_signed else shown


def _show_size(size: Decimal, pieces: _Pieces) -> str | None:
    """A number without its sign in one section of a format."""
    bare = [piece["other"] or "\0" for piece in pieces]
    joined = "".join(bare)
    general = joined.casefold().find("general")
    first, last = _stretch(joined) if general < 0 else (general, general + len("general"))
    around = [_literal(piece) for piece in (*pieces[:first], *pieces[last:])]
    if None in around or joined.count("%") > 1:
        return None
    before = "".join(each or "" for each in around[:first])
    behind = "".join(each or "" for each in around[first:])
    if first == last:
        return f"{before}{behind}".strip()
    scaled = size.scaleb(2 * joined.count("%"))
    digits = _general(scaled) if general >= 0 else _digits(scaled, joined[first:last])
    return None if digits is None else f"{before}{digits}{behind}".strip()


def _stretch(bare: str) -> tuple[int, int]:
    """Where the digits of a section begin and end; an exponent is among them."""
    found = [at for at, character in enumerate(bare) if character in "0#?.,"]
    return (found[0], found[-1] + 1) if found else (len(bare), len(bare))


def _literal(piece: re.Match[str]) -> str | None:
    """What a piece of a format prints whatever the value; None where it is not known."""
    if (literal := piece["quoted"] or piece["escaped"]) is not None:
        return literal
    if piece["pad"] is not None:
        return " "
    if piece["fill"] is not None:
        return "" if piece["fill"] == " " else None
    if (inside := piece["bracket"]) is not None:
        return inside[1:].partition("-")[0] if inside.startswith("$") else ""
    if piece["other"] is None:
        # Quotes with nothing between them.
        return ""
    return piece["other"] if piece["other"] in _BARE else None


def _digits(number: Decimal, shape: str) -> str | None:
    if power := _POWER.fullmatch(shape):
        return _scientific(number, power)
    match = _SHAPE.fullmatch(shape)
    if match is None or "?" in shape:
        return None
    whole, part = match["whole"], match["part"] or ""
    if len(part) > _MOST_DECIMALS:
        return None
    number = number.scaleb(-3 * (len(match["commas"]) + len(match["more"] or "")))
    text = f"{quantise(number, len(part)):f}"
    left, _, right = text.partition(".")
    needed = whole.replace(",", "")
    least = len(needed) - needed.index("0") if "0" in needed else 0
    left = left.lstrip("0").rjust(least, "0")
    if "," in whole.strip(","):
        left = _grouped(left)
    kept = len(part.rstrip("#"))
    right = right[:kept] + right[kept:].rstrip("0")
    return f"{left}{match['point'] or ''}{right}"


def _grouped(digits: str) -> str:
    first = len(digits) % 3
    groups = [digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))]
    return ",".join(group for group in groups if group)


def _scientific(number: Decimal, power: re.Match[str]) -> str | None:
    decimals = len(power["shape"].partition(".")[2])
    exponent = number.adjusted() if number else 0
    digits = quantise(number.scaleb(-exponent), decimals)
    if digits >= 10:
        digits, exponent = quantise(digits.scaleb(-1), decimals), exponent + 1
    point = "." if "." in power["shape"] and not decimals else ""
    sign = "-" if exponent < 0 else power["sign"].replace("-", "")
    return f"{digits:f}{point}E{sign}{str(abs(exponent)).rjust(len(power['digits']), '0')}"


def _general(number: Decimal) -> str | None:
    """A number in the format General, in a cell wide enough."""
    sign, size = "-" if number < 0 else "", abs(number)
    exponent = size.adjusted() if size else 0
    if exponent >= _GENERAL_WIDTH:
        return sign + _shortest_power(size)
    decimals = max(0, _GENERAL_WIDTH - 1 - max(1, exponent + 1))
    rounded = quantise(size, decimals)
    if rounded.adjusted() >= _GENERAL_WIDTH:
        return sign + _shortest_power(rounded)
    if rounded != size and exponent < -4:
        return None
    text = f"{rounded:f}"
    return sign + (text.rstrip("0").rstrip(".") if places(rounded) else text)


def _shortest_power(size: Decimal) -> str:
    """`1.23457E+11`: a large number in the digits that General has for it."""
    exponent = size.adjusted()
    digits = quantise(size.scaleb(-exponent), _GENERAL_DIGITS - 1)
    if digits >= 10:
        digits, exponent = digits.scaleb(-1), exponent + 1
    text = f"{digits:f}".rstrip("0").rstrip(".")
    return f"{text}E+{exponent:02}"
