"""Cells and pages of a workbook that openpyxl writes: text as text, sheets that print on A4."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.workbooks.safe_text import begins_like_formula, literal

_A4 = 9


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at row and column, from 1, of a sheet on which nothing is merged yet."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 - a merged cell is another type
    return cell


def put_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Write text as a string, whatever it looks like."""
    cell = cell_at(sheet, row, column)
    cell.value = literal(text)
    # openpyxl takes `=1+1` for a formula and `#REF!` for an error. The quote prefix keeps Excel
    # from doing the same, and of `-1` and `+1` too, when somebody edits the cell.
    if cell.data_type != "s" or begins_like_formula(text):
        cell.data_type, cell.quotePrefix = "s", True
    return cell


def set_a4(sheet: Worksheet) -> None:
    """Have a sheet print on A4 landscape, one page wide."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
