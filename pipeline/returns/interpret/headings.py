"""Rows of headings: which field each heading names, and what it says of a period."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from pipeline.returns.interpret.merges import Merges
from pipeline.workbooks.addresses import address
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid
from pipeline.workbooks.names import heading_key, period_marks
from schemas.fields import ACHIEVEMENT_FIELDS, INDICATOR_FIELDS, UNTAUGHT_FIELDS, Field

#: Longer text is no heading.
LONGEST_HEADING = 100
#: No heading stands over more columns, a year of months with their targets.
_WIDEST = 24

Fields = tuple[Field, ...]
INDICATORS: Fields = (*INDICATOR_FIELDS, *UNTAUGHT_FIELDS)
ACHIEVEMENTS: Fields = ACHIEVEMENT_FIELDS
_KINDS = (INDICATORS, ACHIEVEMENTS)


class Heading(Struct, frozen=True):
    """A heading that is known: the field it names and the column it stands over."""

    field: str
    row: int
    column: int
    text: str
    #: 0 is the field's own heading, 1 an alias.
    rank: int
    #: The years and quarters that it names.
    marks: frozenset[str]
    #: The last column that its merged cell stands over.
    until: int

    @property
    def address(self) -> str:
        return address(self.row, self.column)


class HeadingRow(Struct, frozen=True):
    """A row that heads a table. `last_row` is the row below it where a heading has two."""

    fields: Fields
    headings: tuple[Heading, ...]
    #: The columns of other text in the row.
    others: tuple[tuple[int, str], ...]
    last_row: int


@cache
def known_headings(fields: Fields) -> dict[str, tuple[str, int]]:
    """Each heading's key to its field and rank."""
    known = {heading_key(alias): (f.key, 1) for f in fields for alias in f.aliases}
    return known | {heading_key(f.heading): (f.key, 0) for f in fields}


@cache
def _all_known() -> frozenset[str]:
    return frozenset(key for fields in _KINDS for key in known_headings(fields))


def heading_row(
    grid: Grid, merges: Merges, number: int, cells: list[CellValue]
) -> HeadingRow | None:
    """The headings of a row; None where it lacks what any table must have."""
    found = list(row_texts(grid, merges, number, cells))
    # Most rows of a sheet are not headings, and are told from one by this alone.
    if sum(heading_key(text) in _all_known() for _, text in found) < 2:
        return None
    for fields in _KINDS:
        known = known_headings(fields)
        named = {known[key][0] for _, text in found if (key := heading_key(text)) in known}
        if all(f.key in named for f in fields if f.required):
            return _read(grid, merges, number, found, fields)
    return None


def row_texts(
    grid: Grid, merges: Merges, number: int, cells: list[CellValue]
) -> Iterator[tuple[int, str]]:
    """The text that a row shows, where it is short enough for a heading, with its columns.

    What is merged downwards is shown in each row; what is merged sideways, in its first column.
    """
    is_merged = number in merges
    for column, cell in enumerate(cells, grid.first_column):
        if is_merged and cell == "" and merges.span(number, column)[1] == column:
            # What this cell shows stands in the first of those merged with it.
            cell = merges.value(grid, number, column)  # noqa: PLW2901
        if isinstance(cell, str) and 0 < len(cell) <= LONGEST_HEADING:
            yield column, cell


def _read(
    grid: Grid, merges: Merges, number: int, found: list[tuple[int, str]], fields: Fields
) -> HeadingRow:
    known = known_headings(fields)
    headings: list[Heading] = []
    others: list[tuple[int, str]] = []
    last_row = number
    for column, text in found:
        match = known.get(heading_key(text))
        if match is None:
            others.append((column, text))
            continue
        key, rank = match
        top, _, _, until = merges.heading_span(grid, number, column)
        below = {
            each: marks
            for each in range(column, min(until, column + _WIDEST) + 1)
            if until > column
            and isinstance(cell := merges.value(grid, number + 1, each), str)
            and (marks := period_marks(cell))
        }
        if below:
            # One heading over several periods, which the row below tells apart.
            last_row = number + 1
            headings += [
                Heading(key, number + 1, each, text, rank, marks, each)
                for each, marks in below.items()
            ]
        else:
            headings.append(Heading(key, top, column, text, rank, period_marks(text), until))
    return HeadingRow(fields, tuple(headings), tuple(others), last_row)
