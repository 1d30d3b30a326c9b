"""Cells of the register become typed values, or a finding that says what to type instead.

Nothing is guessed: what can be read in two ways is refused, and the finding asks. Runs in the
sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeGuard

from msgspec import Struct

from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import CellValue, Figure, Scale
from pipeline.workbooks.figures.formats import is_shown_plainly
from pipeline.workbooks.figures.plain import clean
from schemas import register_rules as r
from schemas import rules as c
from schemas.findings import Finding, Rule, shorten
from schemas.model import Operator
from schemas.register_columns import Content, RegisterColumn
from schemas.units import Unit

Value = str | int | Decimal | date | tuple[str, ...] | tuple[int, ...] | None


class RegisterCell(Struct, frozen=True):
    sheet: str
    #: Such as `D14`.
    address: str
    #: The text of an error value where the cell holds one.
    value: CellValue
    number_format: str = "General"
    is_error: bool = False
    #: A formula whose result the workbook does not hold.
    is_unsaved: bool = False
    #: Part of its text is raised, lowered or struck through.
    has_marks: bool = False

    @property
    def is_blank(self) -> bool:
        text = isinstance(self.value, str) and not clean(self.value)
        return text and not self.is_unsaved

    @property
    def seen(self) -> str:
        """What stands there, as one short line."""
        if isinstance(self.value, date):
            return self.value.strftime("%d/%m/%Y")
        return shorten(f"{self.value:.15g}" if _is_number(self.value) else self.value)

    def found(self, rule: Rule, column: RegisterColumn, **words: str) -> Finding:
        """The finding that a rule makes of the cell."""
        own = {"value": self.seen, "asks": column.asks, "heading": column.heading}
        return rule.found(self.sheet, self.address, **(own | words))


#: In words a mark says nothing else: CO₂ is CO2.
_WORDS = (Content.TEXT, Content.CODE, Content.WORD, Content.WORDS)
_SIGNS = {"≥": Operator.AT_LEAST.value, "≤": Operator.AT_MOST.value}
_OPERATOR = re.compile(r"(>=|<=|>|<|=)\s*")
_DAY = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
_DIGITS = re.compile(r"[0-9]{1,9}")
#: What people put between the words of a list.
_BETWEEN = re.compile(r"[;,\n]|\s(?:and|&)\s", re.IGNORECASE)


def read_row(
    cells: Mapping[str, RegisterCell],
    columns: tuple[RegisterColumn, ...],
    indicator: Mapping[str, Value] | None = None,
) -> tuple[dict[str, Value], list[Finding]]:
    """The values of a row by column, None where a cell is blank or refused, and the findings.

    Figures are in the unit of `indicator`, the values of the row that they are about; of the row
    itself where there is none. Words are lower case.
    """
    values: dict[str, Value] = {}
    findings: list[Finding] = []
    figures = [column for column in columns if column.content is Content.FIGURE]
    for column in [*(each for each in columns if each not in figures), *figures]:
        cell = cells[column.key]
        if cell.is_unsaved or cell.is_error:
            rule = r.UNSAVED_FORMULA if cell.is_unsaved else r.REGISTER_ERROR_VALUE
            value: Value | Finding = cell.found(rule, column)
        elif cell.is_blank:
            value = None
        elif cell.has_marks and column.content not in _WORDS:
            value = cell.found(r.MARKED_RUN, column)
        elif column in figures:
            value = _figure(cell, column, values, values if indicator is None else indicator)
        else:
            value = _READ[column.content](cell, column)
        if isinstance(value, Finding):
            findings.append(value)
        values[column.key] = None if isinstance(value, Finding) else value
    return values, findings


def _text(cell: RegisterCell, column: RegisterColumn) -> str | Finding:
    value = cell.value
    if isinstance(value, (date, time, timedelta)):
        return cell.found(r.DATE_MADE_OF_TEXT, column)
    if isinstance(value, bool):
        return str(value).upper()
    if _is_number(value):
        number = Decimal(f"{value:.15g}")
        if not is_shown_plainly(number, cell.number_format):
            return cell.found(r.SHOWN_OTHERWISE, column, looks="something else")
        return f"{number:f}"
    text = str(value).strip()
    return " ".join(text.split()) if column.content is Content.CODE else text


def _word(cell: RegisterCell, _: RegisterColumn) -> str:
    word = clean(str(cell.value)).casefold()
    return _SIGNS.get(word, word)


def _words(cell: RegisterCell, column: RegisterColumn) -> tuple[str, ...] | Finding | None:
    text = _text(cell, column)
    if isinstance(text, Finding):
        return text
    words = [" ".join(word.split()) for word in _BETWEEN.split(text)]
    return tuple(word.casefold() if column.choices else word for word in words if word) or None


def _wholes(cell: RegisterCell, column: RegisterColumn) -> tuple[int, ...] | Finding | None:
    words = _words(cell, column)
    if isinstance(words, Finding) or words is None:
        return words
    if not all(_DIGITS.fullmatch(word) for word in words):
        return cell.found(r.NOT_OF_ITS_KIND, column, kind="a list of whole numbers")
    return tuple(int(word) for word in words)


def _day(cell: RegisterCell, column: RegisterColumn) -> date | Finding:
    if isinstance(cell.value, datetime):
        return cell.value.date()
    if isinstance(cell.value, date):
        return cell.value
    text = clean(str(cell.value))
    try:
        if match := _DAY.fullmatch(text):
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        return date.fromisoformat(text)
    except ValueError:
        return cell.found(r.NOT_OF_ITS_KIND, column, kind="a date")


def _whole(cell: RegisterCell, column: RegisterColumn) -> int | Finding:
    figure = _number(cell, column, Scale(None, None, as_typed=True))
    if isinstance(figure, Finding):
        return figure
    if figure.sign or figure.value is None or figure.value != int(figure.value):
        return cell.found(r.NOT_OF_ITS_KIND, column, kind="a whole number")
    return int(figure.value)


def _share(cell: RegisterCell, column: RegisterColumn) -> Decimal | Finding | None:
    figure = _number(cell, column, Scale(None, None, as_typed=True))
    if isinstance(figure, Finding):
        return figure
    if figure.sign is Unit.PERCENT and figure.value is not None:
        return figure.value.scaleb(-2)
    return cell.found(r.NOT_OF_ITS_KIND, column, kind="a figure") if figure.sign else figure.value


_READ = {
    Content.TEXT: _text,
    Content.CODE: _text,
    Content.WORD: _word,
    Content.WORDS: _words,
    Content.WHOLE: _whole,
    Content.WHOLES: _wholes,
    Content.DATE: _day,
    Content.SHARE: _share,
}


def _figure(
    cell: RegisterCell,
    column: RegisterColumn,
    row: dict[str, Value],
    indicator: Mapping[str, Value],
) -> Decimal | Finding | None:
    """A figure in its unit; an operator before it goes into the row's own column for it."""
    own = _unit(indicator)
    unit = column.unit(own, row.get("tolerance_kind"))
    decimals = indicator.get("decimals") or 0
    is_known = unit is own is not None and isinstance(decimals, int)
    scale = Scale(unit, decimals if is_known and isinstance(decimals, int) else None, as_typed=True)
    operator = _operator(cell)
    if operator and column.key != "value":
        return cell.found(r.OPERATOR_BEFORE, column, operator=operator)
    figure = _number(cell, column, scale)
    if isinstance(figure, Finding):
        return figure
    if unit is None and own and figure.sign not in (None, own):
        return _another_unit(cell, column, own, figure.sign.row.called)
    if operator:
        stated = row.get("operator")
        if stated and stated != operator:
            return cell.found(r.OPERATOR_TWICE, column, operator=operator, stated=str(stated))
        row["operator"] = operator
    return figure.value


def _unit(indicator: Mapping[str, Value]) -> Unit | None:
    """The unit of an indicator's row; None where it has none that is known."""
    return next((unit for unit in Unit if unit == indicator.get("unit")), None)


def _operator(cell: RegisterCell) -> str:
    match = _OPERATOR.match(_plain(cell.value)) if isinstance(cell.value, str) else None
    return match[1] if match else ""


def _plain(text: str) -> str:
    text = clean(text)
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    return text


def _number(cell: RegisterCell, column: RegisterColumn, scale: Scale) -> Figure | Finding:
    """The one figure in a cell, without an operator before it; what is anything else is asked."""
    value = cell.value
    if isinstance(value, str):
        value = _OPERATOR.sub("", _plain(value), count=1)
    figure = parse(value, scale, cell.number_format)
    if not figure.troubles:
        is_one = figure.value is not None and figure.numerator is None
        return figure if is_one else cell.found(r.NOT_OF_ITS_KIND, column, kind="a figure")
    trouble = figure.troubles[0]
    words = trouble.words
    match trouble.rule:
        case c.TWO_WAYS | c.SCALED_TWO_WAYS:
            how = "with the % sign" if trouble.rule is c.TWO_WAYS else "in full"
            return cell.found(r.FIGURE_TWO_WAYS, column, value=trouble.value, how=how, **words)
        case c.WRONG_UNIT if scale.unit:
            return _another_unit(cell, column, scale.unit, words["found"], trouble.value)
        case c.NOT_SHOWN:
            looks = words.get("looks", "something else")
            return cell.found(r.SHOWN_OTHERWISE, column, value=trouble.value, looks=looks)
        case _:
            return cell.found(r.NOT_OF_ITS_KIND, column, kind="a figure")


def _another_unit(
    cell: RegisterCell, column: RegisterColumn, unit: Unit, found: str, value: str = ""
) -> Finding:
    words = {"found": found, "expected": unit.row.called, "example": unit.row.example, "unit": unit}
    return cell.found(r.ANOTHER_UNIT, column, value=value or cell.seen, **words)


def _is_number(value: CellValue) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
