"""A sheet written from the top down, for reading and printing: rows that fit, pages that read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace
from xlsxwriter.worksheet import Worksheet

from pipeline.outputs.appendix.book import Book, Paragraph, Place, PrintedNumber
from pipeline.outputs.appendix.looks import HEADING, HEADING_RIGHT, NOTE, PLAIN, Look, but
from pipeline.workbooks.row_height import TALLEST_ROW, line_height, wrap

#: Room above and below the text of a row, in points.
_ROW_PADDING = 2.0
#: The least by which rows differ in height, in points.
_PIXEL = 0.75
#: A text that takes more of a page than this runs on in another row, and a block that does may
#: break there.
_LARGE = 2 / 3
_RUNS_ON = Paragraph("… continued", NOTE)
#: Between two sentences; the space stays with the first.
_SENTENCE_END = re.compile(r"(?<=[.!?;:]\s)(?=\S)")


class Cell(Struct, frozen=True):
    """What goes into one cell, or into `span` columns as one."""

    content: tuple[Paragraph, ...] = ()
    look: Look = PLAIN
    number: PrintedNumber | None = None
    span: int = 1
    #: Is told its row and column, from 0, when it is written.
    tell: Callable[[int, int], object] | None = None
    #: Where a click on it leads; None: nowhere.
    link: Place | None = None


def text(words: str, look: Look = PLAIN, span: int = 1, link: Place | None = None) -> Cell:
    """A cell with one run of text."""
    return Cell((Paragraph(words, look),), look, span=span, link=link)


def count(number: int, look: Look) -> Cell:
    """A cell with a whole number."""
    return Cell(look=look, number=PrintedNumber(number, "0", str(number)))


def headings(*words: str, right: Collection[str] = (), last: int = 1) -> list[Cell]:
    """The cells of a heading row; `right` are those over figures; the last spans `last` columns."""
    cells = [text(each, HEADING_RIGHT if each in right else HEADING) for each in words]
    return [*cells[:-1], replace(cells[-1], span=last)]


class _Placed(Struct, frozen=True):
    """A cell in its column, with what of its text this row shows, over so many rows."""

    column: int
    cell: Cell
    content: tuple[Paragraph, ...]
    look: Look
    rows: int = 1


class _Row(Struct, frozen=True):
    """A row that is to be written."""

    height: float
    cells: Sequence[_Placed] = ()
    #: It stays on the page of the row after it.
    leads: bool = False


class Flow:
    """Writes blocks of rows one under the other, each whole on a page.

    `widths` are the columns' in pixels, `page` is how many points of a page are printed on. What
    heads a table is written again where the table goes on to another page. A text too tall for a
    row runs on in the row below it, from a sentence's beginning, so that nothing is ever cut off;
    a large block breaks there, or between rows that nothing keeps together. `padding` is the room
    above and below the text of a row, in points.
    """

    def __init__(
        self,
        book: Book,
        sheet: Worksheet,
        widths: Sequence[int],
        page: float,
        padding: float = _ROW_PADDING,
    ) -> None:
        self.book = book
        self.sheet = sheet
        self.widths = widths
        #: The next row, from 0, of what is written.
        self.row = 0
        self._page = page
        self._padding = padding
        self._tallest = min(TALLEST_ROW, _LARGE * page) - padding
        self._used = 0.0
        self._breaks: list[int] = []
        self._block: list[_Row] = []
        #: What is called by a name: each with how many rows of the block stand before it.
        self._marks: list[tuple[int, str]] = []
        self._below = 0.0
        #: What heads the rows to come, by its level; and how many of its levels are above them on
        #: the page where the block begins.
        self._heads: list[Sequence[Cell]] = []
        self._again = 0
        for column, width in enumerate(widths):
            sheet.set_column_pixels(column, column, width)

    def add(self, *cells: Cell, leads: bool = False) -> None:
        """A row of cells from the first column on; one that leads stays with the next."""
        self._block += self._rows(cells, leads=leads)

    def add_between(
        self,
        first: Cell,
        upper: Sequence[Cell],
        lower: Sequence[Cell],
        last: Cell | None = None,
        *,
        leads: bool = False,
    ) -> None:
        """Two rows that stay together, beside a first cell, and a last, as high as both.

        None of their texts may be too tall for a row.
        """
        start = first.span
        (above,) = self._rows(upper, start, leads=True)
        (below,) = self._rows(lower, start, leads=leads)
        tall, needed = [], 0.0
        sides = {0: first} | ({start + sum(each.span for each in upper): last} if last else {})
        for column, cell in sides.items():
            width = sum(self.widths[column : column + cell.span])
            content, height = _parts(cell, width, self._tallest)[0]
            tall.append(_Placed(column, cell, content, cell.look, rows=2))
            needed = max(needed, height)
        high = max(above.height, needed + self._padding - below.height)
        self._block += (_Row(high, [*tall, *above.cells], leads=True), below)

    def head(self, *cells: Cell, level: int = 0, again: Sequence[Cell] | None = None) -> None:
        """A row that heads what comes: a table (level 0), or a part of it (level 1 and more).

        On each page that it goes on to it stands again, as `again` if that is given.
        """
        self._again = min(self._again, level)
        self._block += self._rows(cells, leads=True)
        self._heads = [*self._heads[:level], again or cells]

    def mark(self, name: str) -> None:
        """Call the next row by a name, by which the book knows its place; the first so called."""
        self._marks.append((len(self._block), name))

    def height_of(self, *cells: Cell) -> float:
        """How many points a row of these cells takes."""
        return sum(row.height // _PIXEL * _PIXEL for row in self._rows(cells, leads=False))

    @property
    def room(self) -> float:
        """How many points of the page are left below the last block."""
        return self._page - self._used - (self._below if self._used else 0)

    def space(self, points: float) -> None:
        """An empty row of that height."""
        self._block.append(_Row(points))

    def block(self, below: float = 0) -> None:
        """End the block: what comes next is another, and begins that many points below this."""
        self._lay_out()
        self._below = below
        self._again = len(self._heads)

    def part(self, below: float) -> None:
        """End the block and its table: what comes next has other headings, or none."""
        self.block(below)
        self._heads, self._again = [], 0

    def finish(self) -> None:
        """Write what is left, and set the printed area and the page breaks."""
        self.block()
        self.sheet.set_h_pagebreaks(self._breaks)
        self.sheet.print_area(0, 0, max(self.row - 1, 0), len(self.widths) - 1)

    def _lay_out(self) -> None:
        block, self._block = self._block, []
        marks, self._marks = self._marks, []
        if not block:
            return
        whole = sum(row.height for row in block)
        is_large = whole > _LARGE * self._page
        if self._used:
            needed = _led(block) if is_large else whole
            if self._used + self._below + needed > self._page:
                self._break(self._heads[: self._again])
            elif self._below:
                self._write(_Row(self._below))
        for number, row in enumerate(block):
            may_break = is_large and not (number and block[number - 1].leads)
            needed = _led(block[number:]) if may_break else row.height
            if number and self._used + needed > self._page:
                self._break(self._heads)
            for name in (name for at, name in marks if at == number):
                self.book.places.setdefault(name, Place(self.sheet.get_name(), self.row))
            self._write(row)

    def _break(self, heads: Iterable[Sequence[Cell]]) -> None:
        self._breaks.append(self.row)
        self._used = 0.0
        for cells in heads:
            for row in self._rows(cells, leads=True):
                self._write(row)

    def _write(self, row: _Row) -> None:
        height = row.height // _PIXEL * _PIXEL
        self.sheet.set_row(self.row, height)
        for placed in row.cells:
            self._write_cell(placed)
        self._used += height
        self.row += 1

    def _write_cell(self, placed: _Placed) -> None:
        cell, column, look = placed.cell, placed.column, placed.look
        if cell.span > 1 or placed.rows > 1:
            last = (self.row + placed.rows - 1, column + cell.span - 1)
            self.sheet.merge_range(self.row, column, *last, "", self.book.format(look))
        if cell.link is not None and placed.content:
            words = "\n".join(each.text for each in placed.content)
            self.book.link(self.sheet, (self.row, column), words, cell.link, look)
        if cell.number is not None and placed.content:
            form = self.book.format(but(look, num_format=cell.number.num_format))
            self.sheet.write_number(self.row, column, cell.number.value, form)
        else:
            self.book.write(self.sheet, (self.row, column), placed.content, look)
        if cell.tell is not None:
            cell.tell(self.row, column)

    def _rows(self, cells: Sequence[Cell], start: int = 0, *, leads: bool) -> list[_Row]:
        """The cells as a row from a column on; more rows where a text runs on."""
        column, starts, parts = start, [], []
        for cell in cells:
            width = sum(self.widths[column : column + cell.span])
            starts.append(column)
            parts.append(_parts(cell, width, self._tallest))
            column += cell.span
        if max(map(len, parts)) == 1:
            placed = []
            highest = 0.0
            for at, cell, ((content, height),) in zip(starts, cells, parts, strict=True):
                placed.append(_Placed(at, cell, content, cell.look))
                highest = max(highest, height)
            return [_Row(highest + self._padding, placed, leads)]
        rows = list(zip_longest(*parts, fillvalue=((), 0.0)))
        found = []
        for row in rows:
            lines = {
                "valign": "top",
                "top": 1 if row is rows[0] else 0,
                "bottom": 1 if row is rows[-1] else 0,
            }
            placed = [
                _Placed(at, cell, content, but(cell.look, **lines))
                for at, cell, (content, _) in zip(starts, cells, row, strict=True)
            ]
            found.append(_Row(max(height for _, height in row) + self._padding, placed, leads))
        return found


def _led(rows: Sequence[_Row]) -> float:
    """The height of the first row, and of those that it leads."""
    height = 0.0
    for row in rows:
        height += row.height
        if not row.leads:
            break
    return height


#: What of a cell's text one row shows, and how many points high that is.
_Part = tuple[tuple[Paragraph, ...], float]


def _parts(cell: Cell, width: int, tallest: float) -> list[_Part]:
    """The cell's text in parts of so many points at most; one part, maybe empty, at least."""
    if cell.number is not None:
        return [((Paragraph(cell.number.shown, cell.look),), line_height(cell.look.font_size))]
    height = sum(_height(each.text, each.look, width) for each in _begun(cell.content))
    if height <= tallest:
        return [(cell.content, height)]
    parts: list[_Part] = []
    content: list[Paragraph] = []
    used, last = 0.0, 0.0
    for piece, begins in _pieces(cell.content, width, tallest / 2):
        look = piece.look
        joined = piece if begins or not content else _joined(content[-1], piece)
        needed = _height(joined.text, look, width)
        before = used if joined is piece else used - last
        if content and before + needed > tallest:
            parts.append((tuple(content), used))
            content, before = [_RUNS_ON], line_height(NOTE.font_size)
            joined, needed = piece, _height(piece.text, look, width)
        elif joined is not piece:
            content.pop()
        content.append(joined)
        used, last = before + needed, needed
    return [*parts, (tuple(content), used)]


def _begun(content: Iterable[Paragraph]) -> list[Paragraph]:
    """Text by where it begins a line; what goes on is reckoned as large as what it follows."""
    found: list[Paragraph] = []
    for each in content:
        if each.goes_on and found:
            found[-1] = _joined(found[-1], each)
        else:
            found.append(each)
    return found


def _pieces(
    content: Iterable[Paragraph], width: int, tallest: float
) -> Iterator[tuple[Paragraph, bool]]:
    """Text by its sentences, each with whether it begins a line; one too tall by its lines."""
    for paragraph in content:
        for line in paragraph.text.split("\n"):
            begins = True
            for sentence in _SENTENCE_END.split(line):
                is_tall = _height(sentence, paragraph.look, width) > tallest
                for each in _wrapped(sentence, paragraph.look, width) if is_tall else (sentence,):
                    yield Paragraph(each, paragraph.look), begins
                    begins = False


def _joined(before: Paragraph, piece: Paragraph) -> Paragraph:
    return Paragraph(before.text + piece.text, before.look)


def _wrapped(words: str, look: Look, width: int) -> tuple[str, ...]:
    return wrap(words, width, look.font_size, bold=look.bold)


def _height(words: str, look: Look, width: int) -> float:
    return len(_wrapped(words, look, width)) * line_height(look.font_size)
