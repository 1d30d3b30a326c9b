"""The cells of a return that is no .xlsx, in a new workbook that can be marked and sent back."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time, timedelta
from math import isfinite

from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Alignment
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.correction.cells import cell_at, put_text, set_a4
from pipeline.workbooks.addresses import address, column_letters, position
from pipeline.workbooks.details import details_of, merged_of
from pipeline.workbooks.details.detail import GENERAL, BrokenPartError, CellDetail, Place
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import Grid, read_grids, text_of
from pipeline.workbooks.row_height import fitted_height
from pipeline.workbooks.workbook import DAMAGED, damage

_NARROWEST, _WIDEST = 9, 40


def rebuilt(content: bytes, kind: FileKind) -> Workbook:
    """A workbook with a return's sheets: values as they were read, with their number formats.

    Formulas stand as their results. Raises BrokenPartError where the workbook cannot be read, or
    holds what no sheet of Excel does.
    """
    try:
        grids = read_grids(content)
    except DAMAGED as error:
        raise BrokenPartError(damage(error)) from error
    if not grids:
        raise BrokenPartError("it has no sheets")
    book = Workbook()
    del book[book.sheetnames[0]]
    look_up = details_of(content, kind)
    merged = merged_of(content, kind)
    for grid in grids:
        sheet = _sheet_in(book, grid.sheet)
        if any(grid.rows):
            _need_room((grid.first_row + len(grid.rows) - 1, grid.last_column))
        places = [
            (row, column)
            for row, cells in grid.numbered()
            for column, _ in enumerate(cells, grid.first_column)
        ]
        details = look_up(grid.sheet, places)
        for place in places:
            _write(sheet, place, grid.value(*place), details.cells.get(place, CellDetail()))
        for corners in merged.get(grid.sheet, grid.merged):
            _need_room(corners[2:], corners[:2])
            sheet.merge_cells(None, *(each + 1 for each in corners))
        _set_page(sheet, grid)
        # Excel opens no workbook of which nothing can be seen.
        is_seen = not grid.hidden or all(each.hidden for each in grids)
        sheet.sheet_state = "visible" if is_seen else "hidden"
    return book


def _sheet_in(book: Workbook, name: str) -> Worksheet:
    """A new sheet of this name."""
    sheet: Worksheet = book.create_sheet()
    with suppress(ValueError):
        sheet.title = name
    # Of two sheets with one name openpyxl calls the second otherwise.
    if sheet.title != name:
        raise BrokenPartError("a sheet has a name that Excel does not take")
    return sheet


def _need_room(last: tuple[int, ...], first: tuple[int, ...] = (0, 0)) -> None:
    """Raises BrokenPartError where a range has no beginning, or ends beyond Excel's last cell."""
    row, column = last
    if row < first[0] or column < first[1] or not position(address(row, column)):
        raise BrokenPartError("a range has no place on a sheet")


def _write(sheet: Worksheet, place: Place, value: CellValue, detail: CellDetail) -> None:
    if value == "" and not detail.error:
        return
    row, column = place[0] + 1, place[1] + 1
    if value == "":
        # LibreOffice has errors of its own, such as Err:502, that Excel does not know.
        known = detail.error in ERROR_CODES
        cell_at(sheet, row, column).value = detail.error if known else "#VALUE!"
    elif isinstance(value, str) or (isinstance(value, float) and not isfinite(value)):
        # What looks like a formula or an error is the text that it was.
        cell = put_text(sheet, row, column, str(value))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell = cell_at(sheet, row, column)
        cell.value = value
        cell.alignment = Alignment(vertical="top")
        if detail.number_format is None:
            return
        if detail.number_format != GENERAL or not isinstance(value, (date, time, timedelta)):
            cell.number_format = detail.number_format


def _set_page(sheet: Worksheet, grid: Grid) -> None:
    """Columns and rows that show their texts; a title alone in its row runs on over the next."""
    widths = dict.fromkeys(range(grid.first_column, grid.last_column + 1), _NARROWEST)
    filled = [
        (row, {column: text for column, cell in grid.row(row) if (text := text_of(cell))})
        for row, _ in grid.numbered()
    ]
    for _, texts in filled:
        if len(texts) > 1:
            for column, text in texts.items():
                widths[column] = min(max(widths[column], len(text) + 2), _WIDEST)
    for row, texts in filled:
        if len(texts) > 1:
            height = fitted_height((text, widths[column]) for column, text in texts.items())
            sheet.row_dimensions[row + 1].height = height
        else:
            for column in texts:
                sheet.cell(row + 1, column + 1).alignment = Alignment(wrap_text=False)
    for column, width in widths.items():
        sheet.column_dimensions[column_letters(column)].width = width
    set_a4(sheet)
