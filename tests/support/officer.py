"""The register as a performance officer edits it: in the workbook itself, by its headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet


class RegisterBook:
    """`register.xlsx`, open; what is not named stays as it is."""

    def __init__(self, book: Workbook) -> None:
        self._book = book

    def put(self, title: str, name: str, cells: Mapping[str, object]) -> None:
        """Type cells, by their headings, into the row whose first cell holds a name.

        Where there is none it is added at the end of the table, as Excel does.
        """
        sheet = self._book[title]
        row = next((r for r in _rows(sheet) if sheet.cell(r, 1).value == name), None)
        if row is None:
            self.add(title, [{_headings(sheet)[0]: name, **cells}])
        else:
            _type(sheet, row, cells)

    def add(self, title: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Type rows below those that stand there."""
        sheet = self._book[title]
        for cells in rows:
            _type(sheet, _end(sheet) + 1, cells)
        _extend(sheet)

    def remove(self, title: str, column: str, value: str) -> None:
        """Delete the rows of which a cell holds a value."""
        sheet = self._book[title]
        at = _headings(sheet).index(column) + 1
        for row in reversed(_rows(sheet)):
            if sheet.cell(row, at).value == value:
                sheet.delete_rows(row)
        _extend(sheet)

    def clear(self, title: str) -> None:
        """Delete every row below the headings."""
        sheet = self._book[title]
        sheet.delete_rows(_top(sheet) + 1, _end(sheet))

    def fill(self, title: str, column: str, value: object) -> None:
        """Type the same into a whole column."""
        sheet = self._book[title]
        for row in _rows(sheet):
            _type(sheet, row, {column: value})


@contextmanager
def editing(path: Path) -> Iterator[RegisterBook]:
    """The register opened; it is saved at the end."""
    book = load_workbook(path)
    yield RegisterBook(book)
    book.save(path)


def _top(sheet: Worksheet) -> int:
    """The number of the row of headings, with which the sheet's table begins."""
    (table,) = sheet.tables.values()
    return int(range_boundaries(table.ref)[1] or 1)


def _headings(sheet: Worksheet) -> Sequence[str]:
    return [str(cell.value) for cell in sheet[_top(sheet)]]


def _rows(sheet: Worksheet) -> range:
    """The numbers of the rows below the headings, to the last in which anything stands."""
    return range(_top(sheet) + 1, _end(sheet) + 1)


def _end(sheet: Worksheet) -> int:
    """The number of the last row in which anything stands."""
    rows = range(sheet.max_row, _top(sheet), -1)
    filled = (r for r in rows if any(cell.value is not None for cell in sheet[r]))
    return next(filled, _top(sheet))


def _type(sheet: Worksheet, row: int, cells: Mapping[str, object]) -> None:
    headings = _headings(sheet)
    for heading, value in cells.items():
        sheet.cell(row, headings.index(heading) + 1).value = value  # type: ignore[assignment]  # stubs know no plain object


def _extend(sheet: Worksheet) -> None:
    """Let the sheet's table reach to its last row."""
    for table in sheet.tables.values():
        last = get_column_letter(len(_headings(sheet)))
        table.ref = f"A{_top(sheet)}:{last}{max(_top(sheet) + 1, _end(sheet))}"
        if table.autoFilter is not None:
            table.autoFilter.ref = table.ref
