"""Workbooks by openpyxl."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font as Typeface
from openpyxl.utils import get_column_letter

from tests.corpus.sheets import PLAIN, Broken, Cell, Font, Rich, Sheet, Shown


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook as .xlsx."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for each in sheets:
        target = book.create_sheet(each.name)
        for (row, column), content in each.cells().items():
            _fill(target.cell(row + 1, column + 1), content)
        for area in each.merged():
            target.merge_cells(
                start_row=area.top + 1,
                start_column=area.left + 1,
                end_row=area.bottom + 1,
                end_column=area.right + 1,
            )
        for column in each.hidden_columns:
            target.column_dimensions[get_column_letter(column + 1)].hidden = True
        for row in each.hidden_rows:
            target.row_dimensions[row + 1].hidden = True
        if each.hidden:
            target.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _properties(font: Font) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if font.struck:
        found["strike"] = True
    if font.raised or font.lowered:
        found["vertAlign"] = "superscript" if font.raised else "subscript"
    if font.bold:
        found["b"] = True
    if font.red:
        found["color"] = "FFFF0000"
    return found


def _fill(target: Any, content: Cell) -> None:
    match content:
        case Rich(runs):
            target.value = CellRichText(
                *(
                    run.text
                    if run.font == PLAIN
                    else TextBlock(InlineFont(**_properties(run.font)), run.text)
                    for run in runs
                )
            )
        case Broken(error):
            target.value = error
        case str():
            target.value = content
            # Or what begins with = is taken for a formula.
            target.data_type = "s"
        case Shown(value, code, _, font):
            target.value = value
            target.number_format = code
            if font != PLAIN:
                target.font = Typeface(**_properties(font))
        case _:
            target.value = content
