"""Finding tables by their headings, wherever they stand and in whatever order."""

from __future__ import annotations

from msgspec import Struct, field

from pipeline.returns.interpret.headings import (
    INDICATORS,
    Fields,
    HeadingRow,
    heading_row,
    known_headings,
    row_texts,
)
from pipeline.returns.interpret.merges import Merges
from pipeline.workbooks.addresses import address
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid, text_of
from pipeline.workbooks.names import heading_key, near_heading
from schemas import rules as c
from schemas.findings import Finding
from schemas.wording import listed

#: A table's headings stand within this many rows from the top of the sheet.
HEADER_WITHIN = 50


class Table(Struct):
    """A table on a sheet: its row of headings, the rows below, and the columns once chosen."""

    grid: Grid
    merges: Merges
    header_row: int
    heads: HeadingRow
    #: Sheet column of each field that has one (see `columns.choose_columns`).
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)

    def value(self, row: int, key: str) -> CellValue:
        """The value of a field in a row; blank where the table has no such column."""
        column = self.columns.get(key)
        return "" if column is None else self.grid.value(row, column)

    def text(self, row: int, key: str) -> str:
        return text_of(self.value(row, key))

    def shared_text(self, row: int, key: str) -> str:
        """The same where one merged cell may speak for several rows."""
        column = self.columns.get(key)
        return "" if column is None else text_of(self.merges.value(self.grid, row, column))

    def address(self, row: int, key: str) -> str:
        """The cell of a field in a row; empty where the table has no such column."""
        column = self.columns.get(key)
        return "" if column is None else address(row, column)

    def down(self, column: int) -> list[str]:
        """What stands in a column below the headings, row by row."""
        return [text_of(self.grid.value(row, column)) for row in self.rows]


def find_tables(grids: list[Grid]) -> list[Table]:
    """The tables of indicators and of achievements, in the order of the workbook.

    A table begins where a row holds every required heading, and goes on to the next such row.
    """
    tables: list[Table] = []
    for grid in grids:
        merges = Merges(grid.merged)
        current: Table | None = None
        for number, cells in grid.numbered():
            if current is None and number >= HEADER_WITHIN:
                break
            heads = heading_row(grid, merges, number, cells)
            if heads is not None:
                if current is not None and not current.rows:
                    # Headings merged downwards head the table once.
                    tables.pop()
                current = Table(grid, merges, number, heads)
                tables.append(current)
            elif current is not None and number > current.heads.last_row:
                current.rows.append(number)
    return tables


def why_none(grids: list[Grid]) -> list[Finding]:
    """What keeps a workbook from having a table of indicators: a heading misspelt or missing."""
    required = {f.key: f.heading for f in INDICATORS if f.required}
    known = known_headings(INDICATORS)
    detail = "no row holds the headings " + listed(required.values())
    for grid in grids:
        merges = Merges(grid.merged)
        for number, cells in grid.numbered(HEADER_WITHIN):
            found = list(row_texts(grid, merges, number, cells))
            has = {known[key][0] for _, text in found if (key := heading_key(text)) in known}
            lacking = required.keys() - has
            if len(lacking) == len(required):
                continue
            misspelt = [
                c.HEADING_MISSPELT.found(
                    grid.sheet, address(number, column), text, heading=required[known[near][0]]
                )
                for column, text in found
                if (near := near_heading(text, [k for k, (f, _) in known.items() if f in lacking]))
            ]
            if misspelt:
                return misspelt
            if len(has) > 1:
                missing = listed(required[key] for key in required if key in lacking)
                detail = f"row {number + 1} of {grid.sheet} has no heading {missing}"
    return [c.NO_TABLE.found(detail=detail)]


def of_kind(tables: list[Table], fields: Fields) -> list[Table]:
    """The tables of one kind."""
    return [table for table in tables if table.heads.fields is fields]
