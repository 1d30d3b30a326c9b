"""Cells of the register become typed values, or a finding that says what to type instead.

Nothing is guessed: what can be read in two ways is refused, and the finding asks. Runs in the
sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeGuard

from msgspec import Struct

from pipeline.workbooks.details.detail import Marks
from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import CellValue, Figure, Scale
from pipeline.workbooks.figures.formats import shows_text_alone, written_plainly
from pipeline.workbooks.figures.plain import filled_lines
from schemas import cell_rules as v
from schemas import register_rules as r
from schemas import rules as c
from schemas.findings import Finding, Rule, shorten
from schemas.model import Operator
from schemas.names import address_of, clean, name_key, spelled
from schemas.register_columns import Content, RegisterColumn
from schemas.register_layout import LISTS
from schemas.register_names import SheetNames
from schemas.units import Unit

Value = str | int | Decimal | date | tuple[str, ...] | tuple[int, ...] | None
#: The cells of a row, by the keys of their columns.
Values = dict[str, Any]


#: What a cell shows whose number format the workbook does not plainly define.
_UNTOLD = "what the workbook does not say"


class RegisterCell(Struct, frozen=True):
    sheet: str
    column: RegisterColumn
    #: Such as `D14`; empty where the register was made without the column.
    address: str = ""
    #: The text of an error value where the cell holds one.
    value: CellValue = ""
    #: None where the file does not tell it.
    number_format: str | None = "General"
    #: What is to be said of an error value, or of a formula whose result was not saved.
    unreadable: Rule | None = None
    #: What it, or a part of its text, is marked with.
    marks: Marks = Marks.NONE

    @property
    def is_blank(self) -> bool:
        value = self.value
        if self.unreadable or not isinstance(value, str):
            return False
        return not value or not (value[0].isalnum() or clean(value))

    @property
    def seen(self) -> str:
        """What stands there, as one short line."""
        if isinstance(self.value, date):
            return self.value.strftime("%d/%m/%Y")
        return shorten(f"{self.value:.15g}" if _is_number(self.value) else self.value)

    @property
    def is_marked(self) -> bool:
        """Whether a part of it may be no part of what it says.

        What is struck out never counts; in words a raised or lowered letter does: CO₂ is CO2.
        """
        are_words = self.column.content in _WORDS
        return bool(self.marks & Marks.STRUCK if are_words else self.marks)

    def found(self, rule: Rule, **words: str) -> Finding:
        """The finding that a rule makes of the cell."""
        own = {
            "value": self.seen,
            "asks": self.column.asks,
            "heading": self.column.heading,
            "called": self.column.called or f"a {self.column.heading.casefold()}",
            "choices": ", ".join(self.column.choices),
        }
        return rule.found(self.sheet, self.address, **(own | words))


_WORDS = (Content.TEXT, Content.WORD, Content.WORDS)
_SIGNS = str.maketrans({"≥": Operator.AT_LEAST.value, "≤": Operator.AT_MOST.value})
_OPERATOR = re.compile(r"(>=|<=|>|<|=)\s*")
_DAY = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
_DIGITS = re.compile(r"[0-9]{1,9}")
#: What people put between the words of a list.
_BETWEEN = re.compile(r"[;,\n]|\s(?:and|&)\s", re.IGNORECASE)
_UNITS = {str(unit): unit for unit in Unit}
_UNITLESS = Scale(None, None, as_typed=True)


class IndicatorRows:
    """The rows of the sheet Indicators, of which one may hold from a period on."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Values]] = {}
        self._starts: dict[str, date] = {}

    def note_period(self, period: Values) -> None:
        if period["name"] and period["starts"]:
            self._starts.setdefault(name_key(period["name"]), period["starts"])

    def note(self, indicator: Values) -> None:
        if indicator["ref"]:
            self._rows.setdefault(name_key(indicator["ref"]), []).append(indicator)

    def about(self, target: Values) -> Values:
        """The row that holds in the period of a target; empty where there is none."""
        rows = self._rows.get(name_key(target.get("indicator") or ""), [])
        if len(rows) < 2:
            return rows[0] if rows else {}
        begun = [(self._start(row.get("since")), at) for at, row in enumerate(rows)]
        starts = self._start(target.get("period"))
        held = [each for each in begun if each[0] <= starts]
        return rows[max(held)[1] if held else min(begun)[1]]

    def _start(self, period: str | None) -> date:
        return self._starts.get(name_key(period or ""), date.min)


def read_row(
    cells: Mapping[str, RegisterCell],
    indicators: IndicatorRows,
    names: Mapping[str, SheetNames],
) -> tuple[Values, list[Finding]]:
    """The values of a row by column, None where a cell is blank or refused, and the findings.

    Figures are in the unit of the row itself, or of the one of `indicators`, that it
    names. Words are lower case. `names` are those of other sheets, by their titles.
    """
    values: Values = {}
    findings: list[Finding] = []
    # Figures come last: what they are in stands in other cells.
    for key in sorted(cells, key=lambda key: cells[key].column.content is Content.FIGURE):
        cell = cells[key]
        content = cell.column.content
        value: Value | Finding = None
        if cell.unreadable:
            value = cell.found(cell.unreadable)
        elif cell.is_marked and not cell.is_blank:
            value = cell.found(r.MARKED_RUN)
        elif content is Content.FIGURE and not cell.is_blank:
            about = values
            if "indicator" in cells:
                about = indicators.about(values)
            value = _figure(cell, values, about)
        elif content is Content.WORDS and (known := _names_for(cell.column, names)):
            value = _listed(cell, known)
        elif not cell.is_blank:
            value = _READ[content](cell)
        if isinstance(value, Finding):
            findings.append(value)
            value = None
        values[key] = value
    return values, findings


def _text(cell: RegisterCell) -> str | Finding:
    value = cell.value
    if isinstance(value, (date, time, timedelta)):
        return cell.found(r.DATE_MADE_OF_TEXT)
    if isinstance(value, bool):
        return str(value).upper()
    if _is_number(value):
        if cell.number_format is None:
            return cell.found(r.SHOWN_OTHERWISE, looks=_UNTOLD)
        shown = written_plainly(Decimal(f"{value:.15g}"), cell.number_format)
        return cell.found(r.SHOWN_OTHERWISE, looks="something else") if shown is None else shown
    if cell.number_format is not None and not shows_text_alone(cell.number_format):
        return cell.found(r.SHOWN_OTHERWISE, looks="something else")
    text = str(value).strip()
    if cell.column.content is Content.ADDRESS:
        return address_of(text)
    return " ".join(text.split()) if cell.column.content is Content.CODE else text


def _word(cell: RegisterCell) -> str:
    return spelled(str(cell.value)).translate(_SIGNS)


def _words(cell: RegisterCell) -> tuple[str, ...] | Finding | None:
    text = _text(cell)
    if isinstance(text, Finding):
        return text
    # Names are compared by their keys, and said as they were typed.
    made = str.strip if cell.column.chosen_from else spelled
    return tuple(filter(None, map(made, _BETWEEN.split(text)))) or None


def _names_for(column: RegisterColumn, names: Mapping[str, SheetNames]) -> SheetNames | None:
    return names.get(LISTS[column.chosen_from].title) if column.chosen_from else None


def _listed(cell: RegisterCell, known: SheetNames) -> tuple[str, ...] | Finding | None:
    """The names in a cell, of those that another sheet knows; a list must be plain."""
    text = _text(cell)
    if isinstance(text, Finding):
        return text
    first, *others = known.listed(text) or [[]]
    if others:
        one, other = ("; ".join(map(shorten, way)) for way in (first, others[0]))
        return cell.found(r.LIST_TWO_WAYS, one=one, other=other)
    return tuple(first) or None


def _wholes(cell: RegisterCell) -> tuple[int, ...] | Finding | None:
    words = _words(cell)
    if isinstance(words, Finding) or words is None:
        return words
    if not all(_DIGITS.fullmatch(word) for word in words):
        return cell.found(r.NOT_OF_ITS_KIND, kind="a list of whole numbers")
    return tuple(int(word) for word in words)


def _day(cell: RegisterCell) -> date | Finding:
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
        return cell.found(r.NOT_OF_ITS_KIND, kind="a date")


def _whole(cell: RegisterCell) -> int | Finding:
    figure = _number(cell)
    if isinstance(figure, Finding):
        return figure
    if figure.sign or figure.value is None or figure.value != int(figure.value):
        return cell.found(r.NOT_OF_ITS_KIND, kind="a whole number")
    return int(figure.value)


def _share(cell: RegisterCell) -> Decimal | Finding | None:
    figure = _number(cell)
    if isinstance(figure, Finding):
        return figure
    if figure.sign is Unit.PERCENT and figure.value is not None:
        return figure.value.scaleb(-2)
    return cell.found(r.NOT_OF_ITS_KIND, kind="a figure") if figure.sign else figure.value


_READ = {
    Content.TEXT: _text,
    Content.CODE: _text,
    Content.ADDRESS: _text,
    Content.WORD: _word,
    Content.WORDS: _words,
    Content.WHOLE: _whole,
    Content.WHOLES: _wholes,
    Content.DATE: _day,
    Content.SHARE: _share,
}


def _figure(cell: RegisterCell, row: Values, indicator: Values) -> Decimal | Finding | None:
    """A figure in its unit; an operator before it goes into the row's own column for it."""
    own = _UNITS.get(indicator.get("unit", ""))
    unit = cell.column.unit(own, row)
    decimals = indicator.get("decimals") or 0
    before = _OPERATOR.match(_plain(str(cell.value)))
    if before and cell.column.key != "value":
        return cell.found(r.OPERATOR_BEFORE, operator=before[1])
    scale = Scale(unit, decimals if unit is own is not None else None, as_typed=True)
    figure = _number(cell, scale)
    if isinstance(figure, Finding):
        return figure
    if unit is None and own and figure.sign not in (None, own):
        return _another_unit(cell, own, figure.sign.row.called)
    if before:
        stated = row["operator"] or before[1]
        if stated != before[1]:
            return cell.found(r.OPERATOR_TWICE, operator=before[1], stated=stated)
        row["operator"] = stated
    return figure.value


def _plain(text: str) -> str:
    return _signed(clean(text))


def _signed(text: str) -> str:
    return text.translate(_SIGNS)


def _number(cell: RegisterCell, scale: Scale = _UNITLESS) -> Figure | Finding:
    """The one figure in a cell, without an operator before it; what is anything else is asked."""
    value = cell.value
    if isinstance(value, str):
        lines = filled_lines(value)
        if len(lines) > 1:
            return cell.found(r.LINES, count=str(len(lines)), lines=" / ".join(lines))
        value = _OPERATOR.sub("", _signed(value.strip()), count=1)
    figure = parse(value, scale, cell.number_format)
    if not figure.troubles:
        is_one = figure.value is not None and figure.numerator is None
        return figure if is_one else cell.found(r.NOT_OF_ITS_KIND, kind="a figure")
    trouble = figure.troubles[0]
    words = trouble.words
    match trouble.rule:
        case c.TWO_WAYS | c.SCALED_TWO_WAYS:
            how = "with the % sign" if trouble.rule is c.TWO_WAYS else "in full"
            return cell.found(r.FIGURE_TWO_WAYS, value=trouble.value, how=how, **words)
        case c.WRONG_UNIT if scale.unit:
            return _another_unit(cell, scale.unit, words["found"], trouble.value)
        case c.NOT_SHOWN | v.WORDS_IN_FORMAT:
            looks = words.get("looks", "something else")
            return cell.found(r.SHOWN_OTHERWISE, value=trouble.value, looks=looks)
        case c.LOOKS_UNKNOWN:
            return cell.found(r.SHOWN_OTHERWISE, value=trouble.value, looks=_UNTOLD)
        case _:
            return cell.found(r.NOT_OF_ITS_KIND, kind="a figure")


def _another_unit(cell: RegisterCell, unit: Unit, found: str, value: str = "") -> Finding:
    words = {"found": found, "expected": unit.row.called, "example": unit.row.example, "unit": unit}
    return cell.found(r.ANOTHER_UNIT, value=value or cell.seen, **words)


def _is_number(value: CellValue) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
