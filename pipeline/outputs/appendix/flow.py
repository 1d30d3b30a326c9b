"""A sheet written from the top down, for reading and printing: rows that fit their text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise, zip_longest

from msgspec import Struct
from msgspec.structs import replace
from xlsxwriter.worksheet import Worksheet

from pipeline.outputs.appendix.book import Book, Paragraph, PrintedNumber
from pipeline.outputs.appendix.looks import HEADING, HEADING_RIGHT, PLAIN, Look, but
from pipeline.workbooks.row_height import ROW_PADDING, line_height, wrap

#: A taller text, in points, goes on in the next row: Excel's rows end at 409 points, and pages
#: break between rows only.
_TALLEST_PART = 200.0


class Cell(Struct, frozen=True):
    """What goes into one cell, or into `span` columns as one."""

    content: tuple[Paragraph, ...] = ()
    look: Look = PLAIN
    number: PrintedNumber | None = None
    span: int = 1


def text(words: str, look: Look = PLAIN, span: int = 1) -> Cell:
    """A cell with one run of text."""
    return Cell((Paragraph(words, look),), look, span=span)


def count(number: int, look: Look) -> Cell:
    """A cell with a whole number."""
    return Cell(look=look, number=PrintedNumber(number, "0", str(number)))


def headings(*words: str, right: Collection[str] = (), last: int = 1) -> list[Cell]:
    """The cells of a heading row; `right` are those over figures; the last spans `last` columns."""
    cells = [text(each, HEADING_RIGHT if each in right else HEADING) for each in words]
    return [*cells[:-1], replace(cells[-1], span=last)]


class _Part(Struct, frozen=True):
    """The part of a cell's text that one row shows, and how high it stands."""

    content: tuple[Paragraph, ...]
    height: float


class Flow:
    """Writes rows one under the other and keeps account of their heights in points.

    `widths` are the columns' in pixels. A text too tall for a row goes on in the row below it, so
    nothing is ever cut off.
    """

    def __init__(self, book: Book, sheet: Worksheet, widths: Sequence[int]) -> None:
        self.book = book
        self.sheet = sheet
        self.widths = widths
        #: The next row, from 0.
        self.row = 0
        self._heights: list[float] = []
        self._blocks: list[int] = []
        for column, width in enumerate(widths):
            sheet.set_column_pixels(column, column, width)

    def add(self, *cells: Cell) -> int:
        """Write a row of cells from the first column on; the number of its first row comes back."""
        first = self.row
        starts = list(accumulate((cell.span for cell in cells[:-1]), initial=0))
        parts = [
            _parts(cell, sum(self.widths[start : start + cell.span]))
            for start, cell in zip(starts, cells, strict=True)
        ]
        rows = list(zip_longest(*parts, fillvalue=_Part((), 0)))
        for row in rows:
            for start, cell, part in zip(starts, cells, row, strict=True):
                look = cell.look
                if len(rows) > 1:
                    top = look.top if row is rows[0] else 0
                    bottom = look.bottom if row is rows[-1] else 0
                    look = but(look, valign="top", top=top, bottom=bottom)
                self._write(start, cell, part.content, look)
            self.space(max(part.height for part in row) + ROW_PADDING)
        return first

    def space(self, points: float) -> None:
        """Take the next row at that height, whatever is in it."""
        self.sheet.set_row(self.row, round(points * 4) / 4)
        self._heights.append(points)
        self.row += 1

    def height(self, first: int, after: int | None = None) -> float:
        """The height of a row written before, or of the rows up to `after`, in points."""
        return sum(self._heights[first : first + 1 if after is None else after])

    def block(self, below: float = 0) -> None:
        """The rows from here to the next block belong on one page together if they fit on one.

        It begins that many points below what is written.
        """
        if below:
            self.space(below)
        self._blocks.append(self.row)

    def join(self, first: int) -> None:
        """Make one block of all rows from `first` on, to the last that is written."""
        self._blocks = [*(row for row in self._blocks if row < first), first]

    def break_pages(self, page: float, repeated: float = 0) -> None:
        """Set the printed area and every page break: blocks stay whole on pages of those points.

        `repeated` is the height of the title rows that later pages carry. A block higher than a
        page breaks between its rows.
        """
        breaks: list[int] = []
        used = 0.0
        for start, end in pairwise(sorted({0, *self._blocks, self.row})):
            whole = self.height(start, end) <= page - repeated
            for row in range(start, end):
                needed = self.height(row, end) if whole and row == start else self.height(row)
                if used + needed > page and used > repeated:
                    breaks.append(row)
                    used = repeated
                used += self.height(row)
        self.sheet.set_h_pagebreaks(breaks)
        self.sheet.print_area(0, 0, self.row - 1, len(self.widths) - 1)

    def _write(self, column: int, cell: Cell, content: tuple[Paragraph, ...], look: Look) -> None:
        if cell.span > 1:
            last = column + cell.span - 1
            self.sheet.merge_range(self.row, column, self.row, last, "", self.book.format(look))
        if cell.number is not None and content:
            form = self.book.format(but(look, num_format=cell.number.num_format))
            self.sheet.write_number(self.row, column, cell.number.value, form)
        else:
            self.book.write(self.sheet, (self.row, column), content, look)


def _parts(cell: Cell, width: int) -> list[_Part]:
    """The cell's text in parts that each fit a row; one part, maybe empty, at least."""
    if cell.number is not None:
        shown = (Paragraph(cell.number.shown, cell.look),)
        return [_Part(shown, line_height(cell.look.font_size))]
    parts: list[_Part] = []
    content: list[Paragraph] = []
    height = 0.0
    for paragraph in cell.content:
        look, words = paragraph.look, ""
        for line in paragraph.text.split("\n"):
            for piece in wrap(line, width, look.font_size, bold=look.bold):
                if height + line_height(look.font_size) > _TALLEST_PART:
                    parts.append(_Part((*content, Paragraph(words.rstrip(), look)), height))
                    content, words, height = [], "", 0.0
                words += piece
                height += line_height(look.font_size)
            words += "\n"
        content.append(Paragraph(words.removesuffix("\n"), look))
    return [*parts, _Part(tuple(content), height)]
