"""Cells of the register become typed values, or a sentence that says what to type instead.

Nothing is guessed: what can be read in two ways is refused, and the sentence asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from openpyxl.utils.escape import unescape

from pipeline.register.grid import GridCell
from pipeline.workbooks.figures import FRACTION_UP_TO, clean
from schemas.findings import shorten
from schemas.model import Operator
from schemas.register_columns import Column
from schemas.register_columns import Content as Holds
from schemas.units import Unit, places, shown


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell cannot be read, and what to type instead."""

    says: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure as it was typed, before the unit beside it is known."""

    #: A percentage is in percentage points.
    value: Decimal
    #: Typed or formatted with the sign.
    percent: bool = False
    money: bool = False
    operator: Operator | None = None


Value = str | int | Decimal | date | tuple[str, ...] | tuple[int, ...] | Typed | None

_SIGNS = {
    "≥": Operator.AT_LEAST.value,
    "≤": Operator.AT_MOST.value,
}
_FIGURE = re.compile(
    r"(?P<operator>>=|<=|>|<|=)? ?(?P<sign>[-+])? ?(?P<money>£)? ?"
    r"(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+) ?(?P<percent>%)?"
)
_DAY = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DECIMALS = re.compile(r"\.([0?]+)")
_DIGITS = re.compile(r"[0-9]{1,9}")
#: Excel keeps 15 significant digits; a longer figure may have lost some.
_EXACT_BELOW = Decimal(10) ** 15
_MOST_DECIMALS = 10


def read_cell(cell: GridCell, column: Column) -> Value | Refusal:
    """What a cell holds by its column's content; None where it is blank. Words are lower case."""
    if cell.unsaved_formula:
        return Refusal(
            "This cell holds a formula whose result was not saved. "
            "Open the register in Excel and save it, or type the value."
        )
    if cell.is_error:
        return Refusal(f"This cell holds the Excel error {cell.content}. {column.asks}")
    if cell.is_blank:
        return None
    match column.content:
        case Holds.TEXT | Holds.CODE:
            return _text(cell, column)
        case Holds.WORD:
            word = clean(str(cell.content)).casefold()
            return _SIGNS.get(word, word)
        case Holds.WORDS:
            return _words(cell, column)
        case Holds.WHOLE:
            return _whole(cell, column)
        case Holds.WHOLES:
            return _wholes(cell, column)
        case Holds.DATE:
            return _day(cell, column)
        case Holds.FIGURE:
            return _figure(cell, column)
        case Holds.SHARE:
            typed = _figure(cell, column)
            if isinstance(typed, Refusal):
                return typed
            return typed.value.scaleb(-2) if typed.percent else typed.value


def in_unit(typed: Typed, unit: Unit) -> Decimal | Refusal:
    """The figure in an indicator's unit, with the decimals it was typed with."""
    if typed.percent and unit is not Unit.PERCENT:
        return _wrong_unit(typed, Unit.PERCENT, unit)
    if typed.money and unit is not Unit.CURRENCY:
        return _wrong_unit(typed, Unit.CURRENCY, unit)
    value = typed.value
    if unit.row.is_share and not typed.percent and 0 < abs(value) <= FRACTION_UP_TO:
        one, other = (shown(figure, Unit.PERCENT) for figure in (_plain(value.scaleb(2)), value))
        return Refusal(
            f"{value:f} could mean {one} or {other}. Type {one} or {other}, with the % sign."
        )
    return value


def seen(cell: GridCell) -> str:
    """What stands in a cell, as one short line."""
    content = cell.content
    if isinstance(content, date):
        return content.strftime("%d/%m/%Y")
    return shorten(f"{content:.15g}" if isinstance(content, float) else content)


def _wrong_unit(typed: Typed, found: Unit, unit: Unit) -> Refusal:
    return Refusal(
        f"{shown(typed.value, found)} is {found.row.called}, and the unit beside it is {unit}. "
        f"Type {unit.row.called}, for example {unit.row.example}, or correct the unit."
    )


def _text(cell: GridCell, column: Column) -> str | Refusal:
    content = cell.content
    if isinstance(content, (date, time, timedelta)):
        return Refusal(
            f"Excel has made a date of what was typed ({seen(cell)}). Format the cell as Text "
            f"and type it again. {column.asks}"
        )
    if isinstance(content, bool):
        return str(content).upper()
    if isinstance(content, (int, float)):
        return f"{_decimal(content):f}"
    text = unescape(str(content)).strip()
    return " ".join(text.split()) if column.content is Holds.CODE else text


#: What people put between the words of a list.
_BETWEEN = re.compile(r"[;,\n]|\s(?:and|&)\s", re.IGNORECASE)


def _words(cell: GridCell, column: Column) -> tuple[str, ...] | Refusal | None:
    text = _text(cell, column)
    if isinstance(text, Refusal):
        return text
    words = [" ".join(word.split()) for word in _BETWEEN.split(text)]
    return tuple(word.casefold() if column.choices else word for word in words if word) or None


def _whole(cell: GridCell, column: Column) -> int | Refusal:
    typed = _figure(cell, column)
    if isinstance(typed, Refusal):
        return typed
    if typed.percent or typed.money or typed.value != int(typed.value):
        return Refusal(f'"{seen(cell)}" is not a whole number. {column.asks}')
    return int(typed.value)


def _wholes(cell: GridCell, column: Column) -> tuple[int, ...] | Refusal | None:
    words = _words(cell, column)
    if isinstance(words, Refusal) or words is None:
        return words
    if not all(_DIGITS.fullmatch(word) for word in words):
        return Refusal(f'"{seen(cell)}" is no list of whole numbers. {column.asks}')
    return tuple(int(word) for word in words)


def _day(cell: GridCell, column: Column) -> date | Refusal:
    content = cell.content
    if isinstance(content, datetime):
        return content.date()
    if isinstance(content, date):
        return content
    text = clean(str(content))
    try:
        if match := _DAY.fullmatch(text):
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        return date.fromisoformat(text)
    except ValueError:
        return Refusal(f'"{seen(cell)}" is not a date. {column.asks}')


def _figure(cell: GridCell, column: Column) -> Typed | Refusal:
    content = cell.content
    typed: Typed | None = None
    if isinstance(content, (int, float)) and not isinstance(content, bool):
        typed = _number(content, cell.number_format)
    elif isinstance(content, str):
        typed = _figure_in_words(content)
    if typed is None or abs(typed.value) >= _EXACT_BELOW:
        return Refusal(f'"{seen(cell)}" is not a figure. {column.asks}')
    if typed.operator is not None and column.key != "value":
        return Refusal(
            f'"{seen(cell)}" has {typed.operator} before the figure. Type the figure alone.'
        )
    return typed


def _number(content: float, number_format: str) -> Typed | None:
    """A number with the decimals that its format shows, and never fewer than it has."""
    value = _decimal(content)
    if not value.is_finite():
        return None
    shape = _LITERALS.sub("", number_format).split(";")[0]
    percent = "%" in shape
    if percent:
        value = _plain(value.scaleb(2))
    match = _DECIMALS.search(shape)
    decimals = min(len(match[1]), _MOST_DECIMALS) if match else 0
    if decimals > places(value) and abs(value) < _EXACT_BELOW:
        value = value.quantize(Decimal(1).scaleb(-decimals))
    return Typed(value, percent=percent)


def _figure_in_words(content: str) -> Typed | None:
    text = clean(content)
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    match = _FIGURE.fullmatch(text)
    if match is None or (match["money"] and match["percent"]):
        return None
    value = Decimal(match["digits"].replace(",", ""))
    return Typed(
        -value if match["sign"] == "-" else value,
        percent=match["percent"] is not None,
        money=match["money"] is not None,
        operator=Operator(match["operator"]) if match["operator"] else None,
    )


def _decimal(number: float) -> Decimal:
    """A stored number as Excel shows it: 15 significant digits, no binary noise."""
    return _plain(Decimal(f"{number:.15g}"))


def _plain(number: Decimal) -> Decimal:
    """Without an exponent: 1E+3 is 1000."""
    return Decimal(f"{number:f}")
