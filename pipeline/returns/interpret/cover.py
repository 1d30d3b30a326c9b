"""The cover: lines of a label with its entry, wherever a workbook has them."""

from __future__ import annotations

from msgspec import Struct, field

from pipeline.returns.interpret.headings import LONGEST_HEADING, heading_text
from pipeline.returns.interpret.labels import Vocabulary, cover_key
from pipeline.returns.interpret.periods import NONE, Mentions, spoken
from pipeline.returns.interpret.tables import HEADER_WITHIN, Table
from pipeline.returns.interpret.titles import Title
from pipeline.returns.reading import CoverEntry
from pipeline.workbooks import names
from pipeline.workbooks.addresses import address
from pipeline.workbooks.grid import Grid
from schemas.fields import COVER_SHEET


class Cover(Struct):
    """The lines of the cover by field, and what stands there without a label."""

    entries: dict[str, CoverEntry] = field(default_factory=dict)
    #: What its lines on the period say, each as it is written, and together.
    said: list[str] = field(default_factory=list)
    periods: Mentions = NONE
    #: What of them is not understood, or makes of the figures another kind.
    unknown: list[str] = field(default_factory=list)
    #: Each line of a sheet with lines of the cover, whatever it says.
    lines: list[Title] = field(default_factory=list)
    #: Those that are too long to be one.
    prose: list[Title] = field(default_factory=list)

    def take(self, line: Title | None) -> None:
        """Note a line, whatever it says."""
        if line is not None:
            (self.prose if len(line.text) > LONGEST_HEADING else self.lines).append(line)


def read_cover(grids: list[Grid], tables: list[Table], words: Vocabulary) -> Cover:
    """Each line of the cover that the workbook has.

    The sheet named Cover is looked at first, then every other sheet without a table, then what
    stands above the tables. A sheet with nothing of a cover but a period is none: a table of
    earlier quarters begins like that.
    """
    cover = Cover()
    first_row = {id(table.grid): table.block.first_row for table in reversed(tables)}

    def rank(grid: Grid) -> tuple[bool, bool]:
        return not is_cover(grid), id(grid) in first_row

    for grid in sorted(grids, key=rank):
        until = min(HEADER_WITHIN, first_row.get(id(grid), HEADER_WITHIN))
        lines = _lines(grid, until, words)
        others = {key for key, _, _ in lines} - {"period"}
        if not (is_cover(grid) or id(grid) in first_row or others):
            continue
        has_period = "period" in cover.entries
        for key, label, entry in lines:
            if key == "period" and not (has_period and id(grid) in first_row):
                said = words.label(f"{label} {entry.text}" if entry.text else "")
                cover.said += [entry.text] if entry.text else []
                cover.periods |= said.periods
                cover.unknown += sorted(said.kinds)
                cover.unknown += [
                    word for word in said.unknown if word not in spoken(label).split()
                ]
            cover.entries.setdefault(key, entry)
        if id(grid) not in first_row:
            for number, _ in grid.numbered(HEADER_WITHIN):
                cover.take(whole_line(grid, number, words))
    return cover


def whole_line(grid: Grid, number: int, words: Vocabulary) -> Title | None:
    """A row of a sheet as one text, at its first cell; None where nothing stands there."""
    texts = {column: text for column, cell in grid.row(number) if (text := heading_text(cell))}
    if not texts:
        return None
    return Title.of(words, " ".join(texts.values()), grid.sheet, address(number, min(texts)))


def is_cover(grid: Grid) -> bool:
    """Whether a sheet is the one called Cover."""
    return names.name_key(grid.sheet) == names.name_key(COVER_SHEET)


def _lines(grid: Grid, until: int, words: Vocabulary) -> list[tuple[str, str, CoverEntry]]:
    """Each label of a sheet's first rows, with its field and entry."""
    found = []
    for number, cells in grid.numbered(until):
        for column, cell in enumerate(cells, grid.first_column):
            if not isinstance(cell, str) or not 0 < len(cell) <= LONGEST_HEADING:
                continue
            key = cover_key(cell)
            if key is None:
                continue
            beside = [heading_text(each) for each in cells[column - grid.first_column + 1 :]]
            if key == "period" and sum(bool(words.label(text).periods) for text in beside) > 1:
                # A row of headings that names several is no line of the cover.
                continue
            label, _, rest = cell.partition(":")
            found.append((key, label, _entry(grid, number, column, rest.strip())))
    return found


def _entry(grid: Grid, row: int, label: int, rest: str) -> CoverEntry:
    """The rest of a label, else the first filled cell to its right, else the one below it.

    Where there is none, the cell next to the label is where it belongs.
    """
    if rest:
        return CoverEntry(rest, grid.sheet, address(row, label))
    for column in range(label + 1, label + 6):
        if text := heading_text(grid.value(row, column)):
            if cover_key(text) is None:
                return CoverEntry(text, grid.sheet, address(row, column))
            below = heading_text(grid.value(row + 1, label))
            if below and cover_key(below) is None:
                return CoverEntry(below, grid.sheet, address(row + 1, label))
            break
    else:
        if row > 0 and cover_key(heading_text(grid.value(row, label - 1))) is not None:
            below = heading_text(grid.value(row + 1, label))
            if below and cover_key(below) is None:
                return CoverEntry(below, grid.sheet, address(row + 1, label))
    return CoverEntry("", grid.sheet, address(row, label + 1))
