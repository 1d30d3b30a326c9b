"""Finding tables by their headings, wherever they stand and in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from pipeline import catalogue as c
from pipeline.figures import CellValue
from pipeline.findings import Finding
from pipeline.grid import Grid, address, text_of
from pipeline.interpret.names import heading_key
from schemas.layout import Field

#: A table's headings stand within this many rows from the top of the sheet.
HEADER_WITHIN = 50
#: Longer text is no heading.
LONGEST_HEADING = 100


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a sheet: where each field's column is, and the rows below the headings."""

    grid: Grid
    header_row: int
    #: Sheet column of each field that has one.
    columns: dict[str, int]
    rows: list[int] = field(default_factory=list)

    def value(self, row: int, key: str) -> CellValue:
        """The value of a field in a row; blank where the table has no such column."""
        column = self.columns.get(key)
        return "" if column is None else self.grid.value(row, column)

    def text(self, row: int, key: str) -> str:
        return text_of(self.value(row, key))

    def address(self, row: int, key: str) -> str:
        """The cell of a field in a row; empty where the table has no such column."""
        column = self.columns.get(key)
        return "" if column is None else address(row, column)


def find_tables(grids: list[Grid], fields: tuple[Field, ...]) -> tuple[list[Table], list[Finding]]:
    """The tables whose headings hold every required field, in the order of the workbook."""
    tables: list[Table] = []
    findings: list[Finding] = []
    for grid in grids:
        current: Table | None = None
        for number, cells in grid.numbered():
            if current is None and number >= HEADER_WITHIN:
                break
            found = _header(grid, number, cells, fields)
            if found is not None:
                columns, doubled = found
                current = Table(grid, number, columns)
                tables.append(current)
                findings += doubled
            elif current is not None:
                current.rows.append(number)
    return tables, findings


@cache
def _known(fields: tuple[Field, ...]) -> dict[str, tuple[str, int]]:
    """Each heading's key to its field and rank: 0 is the field's own heading, 1 an alias."""
    known = {heading_key(alias): (f.key, 1) for f in fields for alias in f.aliases}
    return known | {heading_key(f.heading): (f.key, 0) for f in fields}


def _header(
    grid: Grid, number: int, cells: list[CellValue], fields: tuple[Field, ...]
) -> tuple[dict[str, int], list[Finding]] | None:
    """The columns of a heading row, or None where the row is no heading row."""
    known = _known(fields)
    best: dict[str, tuple[int, int]] = {}
    doubled: dict[str, int] = {}
    for column, text in _texts(grid, cells):
        match = known.get(heading_key(text))
        if match is None:
            continue
        key, rank = match
        if key not in best or rank < best[key][0]:
            best[key] = (rank, column)
            doubled.pop(key, None)
        elif rank == best[key][0]:
            doubled[key] = column
    if any(f.required and f.key not in best for f in fields):
        return None
    columns = {key: column for key, (_, column) in best.items()}
    return columns, [
        c.COLUMN_TWICE.found(
            grid.sheet,
            address(number, column),
            grid.value(number, column),
            heading=text_of(grid.value(number, column)),
            first=address(number, columns[key]),
        )
        for key, column in doubled.items()
    ]


def _texts(grid: Grid, cells: list[CellValue]) -> Iterator[tuple[int, str]]:
    """The cells of a row that hold text, with their columns."""
    for column, cell in enumerate(cells, grid.first_column):
        if isinstance(cell, str) and 0 < len(cell) <= LONGEST_HEADING:
            yield column, cell
