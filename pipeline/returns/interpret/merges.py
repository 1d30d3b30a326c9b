"""Merged cells: the value stands in the first cell and is meant for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid

#: First row, first column, last row, last column; all from 0.
Span = tuple[int, int, int, int]

#: No return merges so many rows; what is merged beyond is read cell by cell.
_MOST_ROWS = 20_000


class Merges:
    """The merged ranges of one sheet, by row."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._in_row: defaultdict[int, list[Span]] = defaultdict(list)
        left = _MOST_ROWS
        for span in spans:
            rows = range(span[0], span[2] + 1)[:left]
            left -= len(rows)
            for row in rows:
                self._in_row[row].append(span)

    def __contains__(self, row: int) -> bool:
        """Whether any cell of a row is merged."""
        return row in self._in_row

    def span(self, row: int, column: int) -> Span:
        """The range that a cell belongs to; the cell alone where it is not merged."""
        for span in self._in_row.get(row, ()):
            if span[1] <= column <= span[3]:
                return span
        return row, column, row, column

    def value(self, grid: Grid, row: int, column: int) -> CellValue:
        """What a cell shows: its own value, else that of the range that it belongs to."""
        own = grid.value(row, column)
        if own != "" or row not in self._in_row:
            return own
        first_row, first_column, _, _ = self.span(row, column)
        return grid.value(first_row, first_column)
