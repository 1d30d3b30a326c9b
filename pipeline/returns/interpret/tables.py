"""Finding tables by their headings, wherever they stand and in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct, field

from pipeline.returns.interpret.headings import (
    ANCHORS,
    Heading,
    HeadingBlock,
    Headings,
    heading_text,
)
from pipeline.returns.interpret.labels import INDICATORS, Vocabulary, known_names
from pipeline.returns.interpret.merges import Merges
from pipeline.returns.interpret.titles import Title, entries_joined
from pipeline.workbooks.addresses import address, column_letters, position
from pipeline.workbooks.details.detail import Place
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid, text_of
from pipeline.workbooks.names import name_key, near_heading
from schemas import rules as c
from schemas.fields import ASKED, OVERALL_HEADINGS, Fields
from schemas.findings import Finding, shorten
from schemas.layout_rules import OWN_APPENDIX
from schemas.wording import listed

#: A table's headings stand within this many rows from the top of the sheet.
HEADER_WITHIN = 50


class Table(Struct, dict=True):
    """A table on a sheet: its row of headings, the rows below, and the columns once chosen."""

    grid: Grid
    merges: Merges
    #: The row that holds the names.
    header_row: int
    block: HeadingBlock
    titles: list[Title] = field(default_factory=list)
    #: The heading of each field that has a column (see `columns.choose_columns`).
    chosen: dict[str, Heading] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    #: A note under it, or a line of the cover, says that its figures are provisional.
    is_noted_provisional: bool = False
    #: Its place among the tables that are read.
    number: int = 0

    @cached_property
    def columns(self) -> dict[str, int]:
        """Sheet column of each field that has one; asked for once they are chosen."""
        return {key: heading.column for key, heading in self.chosen.items()}

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The fields that the register asks for beside figures and that have a column."""
        return tuple(key for key in ASKED if key in self.chosen)

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letters of each field's column; asked for once the columns are chosen."""
        return {key: column_letters(column) for key, column in self.columns.items()}

    @cached_property
    def _across(self) -> list[int]:
        """Where in the used part each field's cell stands; asked for once they are chosen."""
        return [column - self.grid.first_column for column in self.columns.values()]

    def values(self, row: int) -> dict[str, CellValue]:
        """What stands in each field's cell of a row of the table."""
        values = map(self.grid.cells(row).__getitem__, self._across)
        return dict(zip(self.columns, values, strict=True))

    @cached_property
    def is_provisional(self) -> bool:
        """Whether its tab, a title or a note says that its figures are provisional."""
        return self.is_noted_provisional or any(title.is_provisional for title in self.titles)

    @cached_property
    def title_places(self) -> frozenset[Place]:
        """The cells of its titles."""
        return frozenset(place for title in self.titles if (place := position(title.cell)))

    @cached_property
    def period_headings(self) -> list[Heading]:
        """The columns that say which period a row is of."""
        return [h for h in self.block.headings if h.field == "period" and not h.label.unknown]

    @cached_property
    def unfilled(self) -> list[int]:
        """The rows without a figure; asked for once the columns are chosen."""
        figures = self.values_down("performance")
        return [row for row, figure in zip(self.rows, figures, strict=True) if figure == ""]

    @cached_property
    def taken(self) -> frozenset[int]:
        """The columns that are read; asked for once they are chosen."""
        return frozenset((*self.columns.values(), *(h.column for h in self.period_headings)))

    @cached_property
    def other_columns(self) -> list[int]:
        """The columns that are not read; asked for once they are chosen."""
        every = range(self.grid.first_column, self.grid.last_column + 1)
        return [column for column in every if column not in self.taken]

    def value(self, row: int, key: str) -> CellValue:
        """The value of a field in a row; blank where the table has no such column."""
        column = self.columns.get(key)
        return "" if column is None else self.grid.value(row, column)

    def values_down(self, key: str) -> list[CellValue]:
        """What stands in a field's column, row by row; blanks where the table has no such one."""
        column, grid = self.columns.get(key), self.grid
        if column is None:
            return [""] * len(self.rows)
        across, rows, first = column - grid.first_column, grid.rows, grid.first_row
        return [rows[row - first][across] for row in self.rows]

    def text(self, row: int, key: str) -> str:
        return text_of(self.value(row, key))

    def shared_text(self, row: int, key: str) -> str:
        """The same where one merged cell may speak for several rows."""
        column = self.columns.get(key)
        return "" if column is None else text_of(self.merges.value(self.grid, row, column))

    def address(self, row: int, key: str) -> str:
        """The cell of a field in a row; empty where the table has no such column."""
        return f"{letters}{row + 1}" if (letters := self.letters.get(key)) else ""

    def down(self, column: int) -> list[str]:
        """What stands in a column below the headings, row by row."""
        return [text_of(self.grid.value(row, column)) for row in self.rows]


def find_tables(grids: list[Grid], words: Vocabulary) -> list[Table]:
    """The tables of indicators and of achievements, in the order of the workbook.

    A table begins where a row holds the names of its headings, and goes on to the next such row.
    """
    tables: list[Table] = []
    for grid in grids:
        merges = Merges(grid.merged)
        headings = Headings(grid, merges, words)
        current: Table | None = None
        for number, cells in grid.numbered():
            if current is None and number >= HEADER_WITHIN:
                break
            if current is not None and number <= current.block.last_row:
                continue
            if named := headings.named(number, cells):
                floor = _floor(current, number) if current else grid.first_row
                above = current.block if current else None
                block = headings.block(number, *named, floor, above)
                table = Table(grid, merges, number, block)
                table.titles = list(_titles(grid, block, floor, words))
                if current is not None:
                    current.rows = [row for row in current.rows if row < block.first_row]
                    if block.first_row == number and not table.titles[1:]:
                        # Where a page ends the headings stand again, under the same titles.
                        table.titles = current.titles
                current = table
                tables.append(current)
            elif current is not None:
                current.rows.append(number)
    return tables


def _floor(table: Table, number: int) -> int:
    """The first row below those of a table, above a next one's headings."""
    anchors = table.block.anchors
    for row in range(number - 1, table.block.last_row, -1):
        filled = [column for column, cell in table.grid.row(row) if heading_text(cell)]
        # A line alone is a title, whichever column it stands in.
        if len(filled) > 1 and anchors & set(filled):
            return row + 1
    return table.block.last_row + 1


def _titles(grid: Grid, block: HeadingBlock, floor: int, words: Vocabulary) -> Iterator[Title]:
    """What a tab and the lines above a table say of all of it."""
    yield Title.of(words, grid.sheet, grid.sheet)
    rows: dict[int, dict[int, str]] = {
        number: {column: text for column, cell in grid.row(number) if (text := heading_text(cell))}
        for number in range(floor, block.first_row)
    }
    for text, row, column in block.titles:
        rows.setdefault(row, {})[column] = text
    for number, texts in rows.items():
        for column, text in entries_joined(words, texts):
            yield Title.of(words, text, grid.sheet, address(number, column))


def why_none(grids: list[Grid], words: Vocabulary) -> list[Finding]:
    """What keeps a workbook from having a table of indicators: a heading misspelt or missing."""
    known = known_names(INDICATORS)
    required = {f.key: f.heading for f in INDICATORS if f.required}
    detail = "no row holds the headings " + listed(required.values())
    for grid in grids:
        headings = Headings(grid, Merges(grid.merged), words)
        for number, cells in grid.numbered(HEADER_WITHIN):
            found = list(headings.texts(number, cells))
            labels = [words.label(text) for _, text in found]
            has = {key for label in labels for key in label.fields}
            lacking = required.keys() - (has | {"indicator"} if has & ANCHORS else has)
            if len(lacking) == len(required):
                continue
            wanted = [key for key, f in known.items() if f.key in lacking]
            misspelt = [
                c.HEADING_MISSPELT.found(
                    grid.sheet, address(number, column), text, heading=known[near].heading
                )
                for column, text in found
                if (near := near_heading(name_key(text), wanted))
            ]
            if misspelt:
                return misspelt
            if len(has) > 1 and lacking:
                missing = listed(required[key] for key in required if key in lacking)
                detail = f"row {number + 1} of {grid.sheet} has no heading {missing}"
                others = [
                    f'"{shorten(text)}"'
                    for (_, text), label in zip(found, labels, strict=True)
                    if not label.fields
                ]
                if others:
                    detail += f", and nobody can tell what {listed(others)} means"
    return [c.NO_TABLE.found(detail=detail)]


def own_appendix(grids: list[Grid]) -> list[Finding]:
    """What to say where a workbook is the appendix that is made of all returns."""
    first = OVERALL_HEADINGS[0]
    for grid in grids:
        for number, cells in grid.numbered():
            if first in cells and tuple(filter(None, cells)) == OVERALL_HEADINGS:
                column = grid.first_column + cells.index(first)
                return [OWN_APPENDIX.found(grid.sheet, address(number, column))]
    return []


def of_kind(tables: list[Table], fields: Fields) -> list[Table]:
    """The tables of one kind."""
    return [table for table in tables if table.block.fields is fields]
