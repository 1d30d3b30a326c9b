"""The sheets of a register with what came since; made in the sandbox, by openpyxl."""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import TableColumn

from pipeline.outputs.saving import saved
from pipeline.workbooks.names import letters_key
from schemas.register_columns import Content, RegisterColumn, RegisterSheet
from schemas.register_layout import LISTS, SHEETS
from schemas.register_settings import FRAMEWORK, FRAMEWORK_COLUMNS

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: The heading row is looked for in this many rows from the top.
_HEADING_WITHIN = 20
#: How far below the data a list can be chosen from.
_SPARE_ROWS = 200
_FORMATS = {Content.DATE: "dd/mm/yyyy", Content.CODE: "@", Content.WORD: "@", Content.WHOLES: "@"}


class Upgraded(Struct, frozen=True):
    """A register with all that the layout has by now."""

    content: bytes
    #: What was added, such as `Indicators: Due, Due in`.
    added: tuple[str, ...] = ()
    #: How many charts and pictures it has no longer.
    lost: int = 0


def make_ready() -> None:
    """Load what a worker may not look for once it is confined."""
    mimetypes.init()


def upgraded(content: bytes) -> Upgraded:
    """The same workbook with what the layout has by now; for a guard to call."""
    book = load_workbook(io.BytesIO(content))
    drawn: list[Any] = [*book.worksheets]
    lost = sum(len(sheet._charts) + len(sheet._images) for sheet in drawn)
    there = {letters_key(name): book[name] for name in book.sheetnames}
    added: list[str] = []
    lists: dict[str, str] = {}
    for sheet in SHEETS:
        worksheet = there.get(letters_key(sheet.title))
        if worksheet is None:
            worksheet = book.create_sheet(sheet.title)
            for at, column in enumerate(sheet.columns, 1):
                _head(worksheet, sheet, column, 1, at, like=None)
            added.append(f"the sheet {sheet.title}")
        elif headings := _added(worksheet, sheet):
            added.append(f"{sheet.title}: {', '.join(headings)}")
        lists[sheet.title] = _first_column(worksheet, sheet)
    for name, sheet in LISTS.items():
        if name not in book.defined_names:
            book.defined_names[name] = DefinedName(name, attr_text=lists[sheet.title])
    return Upgraded(saved(book), tuple(added), lost)


def _added(worksheet: Worksheet, sheet: RegisterSheet) -> Sequence[str]:
    """The headings of what a sheet lacked, and has now."""
    is_framework = sheet is FRAMEWORK
    wanted = FRAMEWORK_COLUMNS if is_framework else sheet.columns
    row, places = _headings(worksheet, wanted)
    if is_framework:
        return _added_settings(worksheet, row, places)
    lacking = [column for column in sheet.columns if column.key not in places]
    last = max(cell.column for cell in worksheet[row] if cell.value is not None)
    for at, column in enumerate(lacking, last + 1):
        _head(worksheet, sheet, column, row, at, like=worksheet.cell(row, last))
    return [column.heading for column in lacking]


def _added_settings(worksheet: Worksheet, row: int, places: Mapping[str, int]) -> Sequence[str]:
    label, value, meaning = (places.get(column.key, 0) for column in FRAMEWORK_COLUMNS)
    labels = {
        letters_key(str(worksheet.cell(number, label).value)): number
        for number in range(row + 1, worksheet.max_row + 1)
        if worksheet.cell(number, label).value is not None
    }
    lacking = [each for each in FRAMEWORK.columns if letters_key(each.heading) not in labels]
    last = max(labels.values(), default=row)
    for number, setting in enumerate(lacking, last + 1):
        for at, text in ((label, setting.heading), (value, None), (meaning, setting.asks)):
            if at:
                cell = worksheet.cell(number, at, text)
                _copy_look(worksheet.cell(last, at), cell)
        worksheet.cell(number, value).number_format = _FORMATS.get(setting.content, "General")
        _validate(worksheet, setting, number, number, value)
    _widen_tables(worksheet, last + len(lacking), None)
    return [each.heading for each in lacking]


def _headings(worksheet: Worksheet, wanted: Sequence[RegisterColumn]) -> tuple[int, dict[str, int]]:
    """The row of headings, and in which column each of those stands that are there."""
    keys = {letters_key(column.heading): column.key for column in wanted}
    found: dict[int, dict[str, int]] = {}
    for row in worksheet.iter_rows(max_row=_HEADING_WITHIN):
        for cell in row:
            if isinstance(cell.value, str) and (key := keys.get(letters_key(cell.value))):
                found.setdefault(cell.row, {})[key] = cell.column
    return max(found.items(), key=lambda each: len(each[1]), default=(1, {}))


def _head(
    worksheet: Worksheet,
    sheet: RegisterSheet,
    column: RegisterColumn,
    row: int,
    at: int,
    like: Any,
) -> None:
    """Write a heading with its note, and what can be chosen below it."""
    cell = worksheet.cell(row, at, column.heading)
    if like is None:
        cell.font = Font(bold=True)
    else:
        _copy_look(like, cell)
    cell.comment = Comment(column.asks, "Quarterday", height=90, width=260)
    worksheet.column_dimensions[get_column_letter(at)].width = column.width
    last = max(worksheet.max_row, row) + _SPARE_ROWS
    for number in range(row + 1, worksheet.max_row + 1):
        below = worksheet.cell(number, at)
        if like is not None:
            _copy_look(worksheet.cell(number, like.column), below)
        below.number_format = _FORMATS.get(column.content, "General")
    _validate(worksheet, column, row + 1, last, at)
    _widen_tables(worksheet, None, at)


def _copy_look(like: Any, cell: Any) -> None:
    for name in ("font", "fill", "border", "alignment", "protection"):
        setattr(cell, name, copy(getattr(like, name)))


def _validate(worksheet: Worksheet, column: RegisterColumn, first: int, last: int, at: int) -> None:
    """What can be chosen in the cells of a column, and what each asks."""
    several = column.content is Content.WORDS
    if column.chosen_from or column.proposed_from:
        formula = column.chosen_from or column.proposed_from
    elif column.choices or column.proposes:
        formula = f'"{",".join(column.choices or column.proposes)}"'
    else:
        formula = ""
    rule = DataValidation(
        type="list" if formula else None,
        formula1=formula or None,
        allow_blank=True,
        showErrorMessage=bool(formula and column.choices and not several),
        showInputMessage=True,
        promptTitle=column.heading,
        prompt=column.asks,
        errorTitle=column.heading,
        error=column.asks,
    )
    letter = get_column_letter(at)
    rule.add(f"{letter}{first}:{letter}{last}")
    worksheet.add_data_validation(rule)


def _widen_tables(worksheet: Worksheet, row: int | None, column: int | None) -> None:
    """Let the table that ends just before a new row or column take it in."""
    for table in worksheet.tables.values():
        left, top, right, bottom = (number or 1 for number in range_boundaries(table.ref))
        if column is not None and column == right + 1:
            heading = str(worksheet.cell(top, column).value)
            table.tableColumns.append(TableColumn(id=len(table.tableColumns) + 1, name=heading))
            right = column
        if row is not None and row > bottom:
            bottom = row
        table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
        if table.autoFilter is not None:
            table.autoFilter.ref = table.ref


def _first_column(worksheet: Worksheet, sheet: RegisterSheet) -> str:
    """A formula for the filled cells of a sheet's first column."""
    row, places = _headings(worksheet, sheet.columns)
    letter = get_column_letter(places.get(sheet.columns[0].key, 1))
    first = f"'{worksheet.title}'!${letter}${row + 1}"
    cells = f"{first}:${letter}${row + 2000}"
    return f"{first}:INDEX({cells},MAX(1,COUNTA({cells})))"
