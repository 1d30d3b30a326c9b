"""Read: the cells of a workbook with their addresses, by calamine. No interpretation here.

Runs in the guarded worker; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct
from python_calamine import SheetTypeEnum, SheetVisibleEnum

from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.openable import opened


class Grid(Struct, frozen=True):
    """The used part of one sheet; rows and columns count from 0 at A1."""

    sheet: str
    first_row: int
    first_column: int
    rows: list[list[CellValue]]
    hidden: bool = False
    #: Merged ranges: first row, first column, last row, last column.
    merged: Sequence[tuple[int, int, int, int]] = ()

    def numbered(self, until: int | None = None) -> Iterator[tuple[int, list[CellValue]]]:
        """Each row with its number on the sheet, as far as the row `until`."""
        last = None if until is None else max(0, until - self.first_row)
        return enumerate(self.rows[:last], self.first_row)

    @property
    def last_column(self) -> int:
        """The last column of the used part."""
        return self.first_column + (len(self.rows[0]) if self.rows else 0) - 1

    def cells(self, number: int) -> list[CellValue]:
        """The cells of a row, from the first column of the used part; none outside of it."""
        down = number - self.first_row
        return self.rows[down] if 0 <= down < len(self.rows) else []

    def row(self, number: int) -> Iterator[tuple[int, CellValue]]:
        """The cells of a row with their columns; none outside the used part."""
        return enumerate(self.cells(number), self.first_column)

    def value(self, row: int, column: int) -> CellValue:
        """The value of a cell; the empty string outside the used part."""
        across, down = column - self.first_column, row - self.first_row
        if across < 0 or not 0 <= down < len(self.rows):
            return ""
        cells = self.rows[down]
        return cells[across] if across < len(cells) else ""


def read_grids(content: bytes, is_wanted: Callable[[str], bool] = lambda _: True) -> list[Grid]:
    """The worksheets of a workbook whose names are wanted, in the workbook's order.

    Raises whatever calamine raises for a workbook that it cannot read.
    """
    with opened(content) as workbook:
        grids = []
        for position, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet or not is_wanted(about.name):
                continue
            sheet = workbook.get_sheet_by_index(position)
            row, column = sheet.start or (0, 0)
            hidden = about.visible != SheetVisibleEnum.Visible
            merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
            grids.append(Grid(about.name, row, column, sheet.to_python(), hidden, merged))
        return grids


def text_of(cell: CellValue) -> str:
    """A cell as trimmed text; of a number the digits that Excel keeps, without a `.0`."""
    # Nearly all of them are texts.
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell))
        written = f"{cell:.15g}"
        is_plain = written[-1].isdigit() and "e" not in written
        return written if is_plain else f"{Decimal(written):f}"
    return str(cell).strip()
