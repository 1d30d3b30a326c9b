"""Months typed as such: a spreadsheet makes a day of `Dec-15`, and shows the month alone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from msgspec.structs import replace

from pipeline.returns.interpret.periods import mentions, spoken
from pipeline.workbooks.details.detail import Details
from pipeline.workbooks.grid import Grid
from pipeline.workbooks.shown import text_shown

#: The types of nearly all cells.
_NO_DAY = frozenset({str, float, bool})


class Month(date):
    """A day whose cell shows its month alone."""

    def __str__(self) -> str:
        return f"{self:%B %Y}"


def with_months(grid: Grid, details: Details, until: int) -> Grid:
    """A sheet, where the first and last days of months in its first rows are what they show."""
    days = {
        (row, column): cell
        for row, cells in grid.numbered(until)
        if not _NO_DAY.issuperset(map(type, cells))
        for column, cell in enumerate(cells, grid.first_column)
        if isinstance(cell, date) and cell.day in (1, monthrange(cell.year, cell.month)[1])
    }
    if not days:
        return grid
    cells = details(grid.sheet, days).cells
    rows = list(grid.rows)
    for (row, column), day in days.items():
        month = Month(day.year, day.month, 1)
        shown = text_shown(day, cells[row, column]) or ""
        if mentions(spoken(shown)) == mentions(spoken(str(month))):
            at = row - grid.first_row
            rows[at] = [*rows[at]]
            rows[at][column - grid.first_column] = month
    return replace(grid, rows=rows)
