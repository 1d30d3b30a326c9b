"""Notes: what is said of the figures neither in their headings nor in their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.labels import Vocabulary
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from pipeline.workbooks.grid import Grid
from schemas import rules as c
from schemas.findings import Finding

#: The kinds that a note is meant of all figures.
_SAID_BY_NOTES = frozenset({"cumulative", "a forecast", "of another length of time"})
_WHAT = "in thousands or millions"
#: A page of text is no note.
_LONGEST_NOTE = 300
#: Without any of these a text says nothing of a scale; what is looked for first is found fastest.
_SIGNS = ("000", "thousand", "million", "billion", "£")
_MAY_SCALE = re.compile(r"(?<!\d)000(?!\d)|thousand|million|billion|£ ?(?:k|m|mn|bn)\b")


def said_below(table: Table, known: Belonging) -> Iterator[Finding]:
    """What the notes under a table say of the kind of its figures."""
    for row in reversed(table.rows):
        if table.value(row, "performance") != "":
            return
        for column, cell in table.grid.row(row):
            if isinstance(cell, str) and 0 < len(cell) <= _LONGEST_NOTE:
                label = known.words.label(cell)
                for kind in sorted(label.kinds & _SAID_BY_NOTES)[:1]:
                    place = table.grid.sheet, address(row, column)
                    yield c.SAID_OTHERWISE.found(*place, cell, what=kind)


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
    if any((row, column) in h.places and h.row >= table.header_row for h in table.block.headings):
        return True
    if (row, column) in table.title_places:
        # It is looked at as a title.
        return True
    return column in table.taken and table.value(row, "performance") != ""
