"""Notes: what is said of the figures neither in their headings nor in their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.returns.interpret.labels import Vocabulary
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from pipeline.workbooks.grid import Grid
from schemas import rules as c
from schemas.findings import Finding

_WHAT = "in thousands or millions"
#: A page of text is no note.
_LONGEST_NOTE = 300
#: Without any of these a text says nothing of a scale; what is looked for first is found fastest.
_SIGNS = ("000", "thousand", "million", "billion", "£")
_MAY_SCALE = re.compile(r"(?<!\d)000(?!\d)|thousand|million|billion|£ ?(?:k|m|mn|bn)\b")


def scaled_elsewhere(
    grids: list[Grid], every: list[Table], tables: list[Table], words: Vocabulary
) -> Iterator[Finding]:
    """Where a title, a tab, a note or the cover says that figures are in thousands.

    `every` is each table of the workbook, `tables` those that are read. Only a heading says plainly
    of which figures that is meant; all else is asked about.
    """
    if not tables or all(t.chosen["performance"].label.scales for t in tables):
        return
    with_tables = {id(table.grid) for table in every}
    for grid in grids:
        mine = [table for table in tables if table.grid is grid]
        if not mine and id(grid) in with_tables:
            continue
        said = (cell for row in grid.rows for cell in row if isinstance(cell, str))
        if not _may_scale(" ".join((grid.sheet, *said))):
            continue
        if mine and words.label(grid.sheet).scales:
            yield c.SAID_OTHERWISE.found(grid.sheet, "", grid.sheet, what=_WHAT)
        for number, cells in grid.numbered():
            for column, cell in enumerate(cells, grid.first_column):
                if (
                    isinstance(cell, str)
                    and len(cell) <= _LONGEST_NOTE
                    and _may_scale(cell)
                    and not any(_is_own(table, number, column) for table in mine)
                    and words.label(cell).scales
                ):
                    yield c.SAID_OTHERWISE.found(
                        grid.sheet, address(number, column), cell, what=_WHAT
                    )


def _may_scale(text: str) -> bool:
    lower = text.casefold()
    return any(sign in lower for sign in _SIGNS) and _MAY_SCALE.search(lower) is not None


def _is_own(table: Table, row: int, column: int) -> bool:
    """Whether a cell is a heading, or one that is read beside a figure."""
    block = table.block
    if block.first_row <= row <= block.last_row:
        return True
    return column in table.taken and table.value(row, "performance") != ""
