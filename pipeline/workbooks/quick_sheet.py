"""A worksheet of xlsxwriter's that writes its plain cells, and the fonts within a cell, quickly.

Of the tens of thousands of cells of a table each is a text, a number or a blank with a format.
xlsxwriter looks in each for what XML would have escaped, which neither a cell's place nor a number
can hold, and that takes it longer than all else. So it does in the font of each run of a text in
several, of which there are few. What is written is the same byte for byte.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellDatetimeTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
)


class QuickSheet(Worksheet):  # type: ignore[misc] # xlsxwriter states no types
    """A worksheet whose cells with a format of their own are written quickly.

    A cell is named by its row and column alone, from 0, and not as `A1`. A format that was given
    for a part of a text is not changed any more.
    """

    def __init__(self) -> None:
        super().__init__()
        #: The font of each format that was given for a part of a text, as XML.
        self._fonts: dict[Format, str] = {}

    # Those that look first whether a place is named as `A1` take half as long again.
    write_string, write_number = Worksheet._write_string, Worksheet._write_number
    write_datetime, write_blank = Worksheet._write_datetime, Worksheet._write_blank

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell)
        # In constant memory a cell holds its text, and not the number that it has among all texts.
        if not cell.format or self.constant_memory:
            super()._write_cell(row, col, cell)
            return
        start = f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"'
        if kind is CellStringTuple:
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>')
        elif kind is CellBlankTuple:
            self.fh.write(f"{start}/>")
        elif kind is CellNumberTuple or kind is CellDatetimeTuple:
            self.fh.write(f"{start}><v>{cell.number:.16G}</v></c>")
        else:
            super()._write_cell(row, col, cell)

    def _write_font(self, xf_format: Format) -> None:
        fh: StringIO = self.rstring.fh
        if (font := self._fonts.get(xf_format)) is not None:
            fh.write(font)
            return
        start = fh.tell()
        super()._write_font(xf_format)
        self._fonts[xf_format] = fh.getvalue()[start:]
