"""The one table of a data sheet, read back."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.outputs.appendix.table import Gap


def rows_of_table(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    """The headings and rows of a sheet's values, without what stands above them in column A.

    None stands where there is a code for what is missing.
    """
    table = list(rows)
    top = next(n for n, row in enumerate(table) if sum(cell is not None for cell in row) > 1)
    return [[None if cell in set(Gap) else cell for cell in row] for row in table[top:]]
