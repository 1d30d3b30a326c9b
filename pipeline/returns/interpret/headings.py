"""Headings: the rows that head a table, and all that stands over each of its columns.

A column is headed by a chain of labels: what is merged over it or stands above it, down to the
heading next to its cells. Together they say what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache, lru_cache, partial, reduce
from operator import or_

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.earlier import with_earlier
from pipeline.returns.interpret.labels import (
    ACHIEVEMENTS,
    CUMULATIVE,
    INDICATORS,
    Label,
    Vocabulary,
    is_cover_line,
)
from pipeline.returns.interpret.merges import Merges
from pipeline.returns.interpret.months import Month
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import Place
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.figures.plain import means_nothing_to_report
from pipeline.workbooks.grid import Grid, text_of
from pipeline.workbooks.names import name_key
from schemas.fields import UNSURE_NAMES, Fields
from schemas.wording import day_shown

#: Longer text is no heading.
LONGEST_HEADING = 100
#: Of a text over a column this much is looked at.
_LONGEST_LABEL = 300
#: No table has more rows of headings above or below that with its names.
_MOST_ROWS = 6
#: What is in doubt of a column where labels above it are not merged and begin elsewhere.
LOOSE = "which of the labels above it is meant of it"
#: No label that is not merged reaches over more columns.
_WIDEST = 24
#: So many texts are remembered as names of columns, or as none.
_MOST_REMEMBERED = 10_000
#: A number among these may be a year, and a heading.
_YEARS = range(1990, 2101)
#: The fields by which a row is known to be an indicator's.
ANCHORS = frozenset({"ref", "indicator"})
#: Fields whose heading alone makes no table of a row.
_FEATURELESS = frozenset({"area", "period", "unit", "priority"})
#: The columns that say more of corrective action.
_OF_ACTION = frozenset({"action_owner", "action_by"})


class Heading(Struct, frozen=True):
    """A column, and what its chain of labels says of it."""

    column: int
    #: Where the label next to its cells stands.
    row: int
    text: str
    #: The field that the labels name; empty where they name none, or several that differ.
    field: str
    #: Whether the labels name fields that differ.
    is_torn: bool
    #: All that the chain says.
    label: Label
    #: The last column that the label next to its cells is merged over.
    until: int
    #: 0 is the field's own heading, 1 any other.
    rank: int
    #: The cells of the chain, and what they say, each once.
    places: tuple[Place, ...]
    said: str

    @property
    def address(self) -> str:
        return address(self.row, self.column)


class HeadingBlock(Struct, frozen=True):
    """The rows that head a table: the one with its names, and those above and below it."""

    fields: Fields
    headings: tuple[Heading, ...]
    #: What stands over the whole table without a blank row between, with its place.
    titles: tuple[tuple[str, int, int], ...]
    first_row: int
    last_row: int

    @property
    def anchors(self) -> frozenset[int]:
        """The columns whose cells name a row's indicator."""
        return frozenset(h.column for h in self.headings if h.field in ANCHORS)

    def at(self, column: int) -> Heading | None:
        """The heading of a column."""
        return next((h for h in self.headings if h.column == column), None)


class _Over(Struct, frozen=True):
    """A text over a column: the row and columns that it stands in, merged ones included."""

    top: int
    left: int
    right: int
    text: str
    #: It is not merged and stands over other columns of which nobody can tell how far it reaches.
    is_loose: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.top, self.left


def heading_text(cell: CellValue) -> str:
    """What a cell says as a heading: text, or a year or day in words."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, date) and not isinstance(cell, Month):
        return day_shown(cell.date() if isinstance(cell, datetime) else cell)
    return text_of(cell)


#: How a name begins without which a row heads no table.
_FIRST_WORDS = frozenset(
    name_key(name).split()[0]
    for f in (*INDICATORS, *ACHIEVEMENTS)
    if f.key in {*ANCHORS, "achievement"}
    for name in (f.heading, *f.aliases)
)
_WORD = re.compile(r"[^\W_]+")


class Naming(dict[CellValue, bool]):
    """Of each cell whether it is one of the names without which a row heads no table.

    The same wordings stand in every return that a worker reads.
    """

    def __init__(self, words: Vocabulary) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, cell: CellValue) -> bool:
        if not isinstance(cell, str) or len(cell) > LONGEST_HEADING:
            return False
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        word = _WORD.search(cell)
        self[cell] = names = (
            word is not None
            and word[0].casefold() in _FIRST_WORDS
            and not self._words.surely_leaves_unknown(cell)
            and any(
                label.fields and not label.unknown
                for label in (self._words.label(cell), self._words.label(cell, ACHIEVEMENTS))
            )
        )
        return names


naming = lru_cache(maxsize=16)(Naming)


class Headings:
    """Finds the rows of headings of one sheet."""

    def __init__(self, grid: Grid, merges: Merges, words: Vocabulary) -> None:
        self._grid, self._merges, self._words = grid, merges, words
        self._naming = naming(words)

    def named(self, number: int, cells: list[CellValue]) -> tuple[Fields, dict[int, Label]] | None:
        """The kind of table that a row heads, with the row's labels by column; None: none."""
        # Most rows of a sheet are not headings, and are told from one by their first words alone.
        names = self._naming
        if number not in self._merges and not any(map(names.__getitem__, cells)):
            return None
        texts = list(self.texts(number, cells))
        if not any(names[text] for _, text in texts):
            return None
        for fields in (INDICATORS, ACHIEVEMENTS):
            labels = {column: self._words.label(text, fields) for column, text in texts}
            if _heads(fields, list(labels.values())):
                return fields, labels
        return None

    def texts(self, number: int, cells: list[CellValue]) -> Iterator[tuple[int, str]]:
        """The text that a row shows, where it is short enough for a heading, with its columns.

        What is merged downwards is shown in each row; what is merged sideways, in its first column.
        """
        is_merged = number in self._merges
        for column, cell in enumerate(cells, self._grid.first_column):
            if is_merged and cell == "" and self._merges.span(number, column)[1] == column:
                # What this cell shows stands in the first of those merged with it.
                shown = self._merges.value(self._grid, number, column)
            else:
                shown = cell
            if isinstance(shown, (str, float, int, date)) and not isinstance(shown, bool):
                text = heading_text(shown)
                if 0 < len(text) <= LONGEST_HEADING:
                    yield column, text

    def block(
        self,
        number: int,
        fields: Fields,
        labels: dict[int, Label],
        floor: int,
        above: HeadingBlock | None,
    ) -> HeadingBlock:
        """The headings of a table, by the row that holds its names, which is `named`.

        What stands above the row `floor` belongs to another table, whose headings are `above`.
        """
        anchors = {
            column
            for column, label in labels.items()
            if label.fields and label.fields <= (ANCHORS if fields is INDICATORS else label.fields)
        }
        first = self._top(number, floor)
        last = self._bottom(number, anchors)
        headings: list[Heading] = []
        titles: dict[tuple[int, int], str] = {}
        rows = list(range(first, last + 1))
        # Lines of the cover, and titles, speak of the table and not of a column.
        above_it = range(first, number)
        apart = {row for row in above_it if self._is_alone(row) or self._is_cover(row, anchors)}
        loose = cache(partial(self._loose_label, anchors, number))
        for column in range(self._grid.first_column, self._grid.last_column + 1):
            chain: list[_Over] = []
            for row in rows:
                over = self._over(row, column, anchors, last, loose)
                if not over.text or (chain and chain[-1].place == over.place):
                    continue
                if row < number and (
                    column in anchors
                    or row in apart
                    or any(over.left <= anchor <= over.right for anchor in anchors)
                ):
                    titles[over.top, over.left] = over.text
                else:
                    chain.append(over)
            if heading := _heading(self._words, fields, column, tuple(chain)):
                headings.append(heading)
        texts = [(h.column, h.text) for h in headings]
        if above and first == number and [(h.column, h.text) for h in above.headings] == texts:
            # The headings again, as where a page ends.
            headings = [
                replace(before, row=heading.row)
                for heading, before in zip(headings, above.headings, strict=True)
            ]
        return HeadingBlock(
            fields,
            tuple(headings),
            tuple((text, *place) for place, text in titles.items()),
            first,
            last,
        )

    def _top(self, number: int, floor: int) -> int:
        """The first of the rows above that stand on this one without a blank row between."""
        first = number
        while first > floor and number - first < _MOST_ROWS:
            row = first - 1
            if not any(
                heading_text(self._merges.value(self._grid, row, column))
                for column, _ in self._grid.row(row)
            ):
                break
            first -= 1
        return first

    def _bottom(self, number: int, anchors: set[int]) -> int:
        """The last of the rows below that go on with the headings: they name no indicator."""
        last = number
        while last - number < _MOST_ROWS:
            row = last + 1
            cells = [(column, cell) for column, cell in self._grid.row(row) if cell != ""]
            is_merged_down = any(
                self._merges.span(row, column)[0] < row and self._grid.value(row, column) == ""
                for column in anchors
            )
            if not is_merged_down and (
                not cells
                or any(column in anchors for column, _ in cells)
                or not all(map(_may_head, (cell for _, cell in cells)))
            ):
                break
            if is_merged_down and self._merges.span(row, min(anchors))[0] > number:
                break
            last += 1
        return last

    def _is_cover(self, row: int, anchors: set[int]) -> bool:
        """Whether a row is a line of the cover, a label with its entry, before the figures."""
        texts = {
            column: text for column, cell in self._grid.row(row) if (text := heading_text(cell))
        }
        return bool(texts) and min(texts) <= max(anchors) and is_cover_line([*texts.values()])

    def _is_alone(self, row: int) -> bool:
        """Whether a row shows one text, in the first column of all."""
        columns = [column for column, cell in self._grid.row(row) if heading_text(cell)]
        return columns == [self._grid.first_column]

    def _over(
        self, row: int, column: int, anchors: set[int], last: int, loose: Callable[[int], str]
    ) -> _Over:
        """What stands over a column in a row; `last` is the last, `loose` as `_loose_label`."""
        top, left, _, right = self._merges.span(row, column)
        if (top, left) != (row, column) and self._grid.value(row, column) != "":
            # What stands within a merged range, as no program writes it, is its own.
            top, left, right = row, column, column
        text = heading_text(self._merges.value(self._grid, row, column))
        if not text and left == right and row < last and column > max(anchors):
            # Not merged, a label reaches as far as the next one.
            for each in range(column - 1, max(*anchors, column - _WIDEST), -1):
                if said := heading_text(self._grid.value(row, each)):
                    is_merged = self._merges.span(row, each)[3] > each
                    is_loose = not is_merged and loose(row) != ""
                    return _Over(row, each, each, "" if is_merged else said, is_loose)
            if said := loose(row):
                return _Over(row, column, column, said, is_loose=True)
        return _Over(top, left, right, text[:_LONGEST_LABEL])

    def _loose_label(self, anchors: set[int], number: int, row: int) -> str:
        """The first label of a row, where it is not merged and columns before it have none.

        Nobody can tell then to which columns each of the row's labels belongs.
        """
        after = [(c, said) for c, cell in self._grid.row(row)
                 if c > max(anchors) and (said := heading_text(cell))]  # fmt: skip
        if not after or self._merges.span(row, after[0][0])[3] != after[0][0]:
            return ""
        before = range(max(anchors) + 1, after[0][0])
        is_headed = any(
            heading_text(self._merges.value(self._grid, below, column))
            for below in range(row + 1, number + 1)
            for column in before
        )
        return after[0][1] if is_headed else ""


@lru_cache(maxsize=2_000)  # Returns made from one template have the same headings.
def _heading(
    words: Vocabulary, fields: Fields, column: int, chain: tuple[_Over, ...]
) -> Heading | None:
    """The heading of a column, by what stands over it."""
    if not chain or chain[-1].left != column:
        return None  # Nothing heads it, or it stands under the heading of a column before it.
    labels = with_earlier([words.label(over.text, fields) for over in chain], fields)
    named = [label.fields for label in labels if label.fields]
    own = named[-1] if named else frozenset()
    # Over the columns of an action its name may stand.
    over = {"performance", "action"} if own and own <= _OF_ACTION else {"performance"}
    is_torn = len(own) > 1 or any(each - own - over for each in named)
    key = next(iter(own)) if own and not is_torn else ""
    label = reduce(or_, reversed(labels))
    if any(over.is_loose for over in chain):
        label = replace(label, unknown=(*label.unknown, LOOSE))
    of_when = label.periods or (words.register.has_cumulative and label.kinds == {CUMULATIVE})
    if not named and of_when and fields is INDICATORS:
        key = "performance"  # A period alone says of when the figures are.
    leaf = chain[-1]
    own_name = next((name_key(f.heading) for f in fields if f.key == key), "")
    rank = 0 if name_key(leaf.text) == own_name else 1
    places = tuple(over.place for over in chain)
    said = " / ".join(dict.fromkeys(over.text for over in chain))
    return Heading(column, leaf.top, leaf.text, key, is_torn, label, leaf.right, rank, places, said)


def _may_head(cell: CellValue) -> bool:
    """Whether a cell below the names may be a heading: words, or a year."""
    if isinstance(cell, str):
        return len(cell) <= LONGEST_HEADING and not means_nothing_to_report(cell)
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell in _YEARS


def _heads(fields: Fields, labels: list[Label]) -> bool:
    """Whether labels are those of a row that heads a table."""
    plain = [label.fields for label in labels if len(label.fields) == 1 and not label.unknown]
    named = frozenset().union(*plain)
    if fields is ACHIEVEMENTS:
        return all(f.key in named for f in fields if f.required)
    if not named & ANCHORS:
        return False
    return any(
        named >= ANCHORS or name_key(label.text) not in UNSURE_NAMES
        if label.fields - ANCHORS - _FEATURELESS
        else label.periods and not label.fields and not label.unknown
        for label in labels
    )
