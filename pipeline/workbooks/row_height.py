"""How much room text takes: wrapped lines and row heights, for text set in Arial.

Merged cells, and rows with a height of their own, are not fitted by Excel or LibreOffice when a
workbook is opened, so a workbook states its heights. Widths of letters are those of Arial (and of
Liberation Sans, which has the same), in thousandths of the type size; all errs on the side of room.
"""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import accumulate

#: Excel draws no row taller, in points.
TALLEST_ROW = 409.0

_WIDTHS = {
    191: "'",
    222: "ijl‘’",
    260: "|",
    278: " !,./:;I[\\]ft·",
    333: "()-`r“”",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu£€–",
    584: "+<=>~≤≥",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm½",
    889: "%",
    944: "W",
    1015: "@",
}
_LATIN_WIDTH = 620
_OTHER_WIDTH = 1000
_BOLD = 1.06
_PIXELS_PER_POINT = 96 / 72

#: Wider, in thousandths of the type size, than any line.
_WIDEST = 10_000_000

#: The share of a cell's width reckoned with: programs and printers wrap a little differently.
_USABLE = 0.97
#: Left and right padding of a cell with its indent, in pixels.
_PADDING = 16
#: Line spacing as a multiple of the type size.
_LEADING = 1.28
#: Room above and below the text of a row, in points.
ROW_PADDING = 6.0

#: Of Arial 11, in points: the height of a line, and room above and below the text of a row.
_LINE_11, _ROOM_11 = 14.25, 4.0
#: A column's width counts digits, and letters are narrower on average; an indent takes two.
_LETTERS_A_DIGIT = 1.1
_INDENT = 2


class _LetterWidths(dict[str, int]):
    """The width of every letter; of one that is not named it is worked out when it is met."""

    def __missing__(self, letter: str) -> int:
        width = self[letter] = _LATIN_WIDTH if letter < "\u0250" else _OTHER_WIDTH
        return width


_WIDTH = _LetterWidths({letter: width for width, letters in _WIDTHS.items() for letter in letters})


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in pixels at 96 dpi, for Arial of that size in points."""
    return _pixels(sum(map(_WIDTH.__getitem__, text)), size, bold)


def _pixels(units: int, size: float, bold: bool) -> float:
    return units / 1000 * size * _PIXELS_PER_POINT * (_BOLD if bold else 1)


@cache
def _room(width: int, size: float, bold: bool) -> int:
    """The widest line, in thousandths of the type size, in a cell of that many pixels."""
    room = width * _USABLE - _PADDING
    widest = bisect_right(range(_WIDEST), room, key=lambda units: _pixels(units, size, bold)) - 1
    return max(widest, 0)


# Areas, files and their hashes stand in many rows of the data.
@lru_cache(maxsize=65_536)
def wrap(text: str, width: int, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The lines in which a cell of that many pixels shows a text; at least one, maybe empty."""
    room = _room(width, size, bold)
    if "\n" not in text and sum(map(_WIDTH.__getitem__, text)) <= room:
        return (text,)
    return tuple(line for paragraph in text.split("\n") for line in _lines(paragraph, room))


def _lines(paragraph: str, room: int) -> Iterator[str]:
    """A paragraph in lines of whole words; one wider than its cell is cut, as Excel cuts it."""
    #: How wide it is before each of its letters, and as a whole.
    before = list(accumulate(map(_WIDTH.__getitem__, paragraph), initial=0))
    start, inked = 0, len(paragraph.rstrip())
    while before[inked] - before[start] > room:
        end = max(bisect_right(before, before[start] + room) - 1, start + 1)
        line, rest = paragraph[start:end], paragraph[end:]
        if rest[:1].isspace():
            # Room at the end of a line takes none.
            end += len(rest) - len(rest.lstrip())
        elif not line[-1].isspace():
            # The word that is cut goes to the next line, unless it is all that is on this one.
            word = line.rsplit(None, 1)[-1]
            end -= len(word) if word != line else 0
        yield paragraph[start:end]
        start = end
    yield paragraph[start:]


def line_height(size: float) -> float:
    """The height of one line in points."""
    return size * _LEADING


def fitted_height(cells: Iterable[tuple[str, float]]) -> float:
    """The height in points of a row of Arial 11, by its texts and the columns' widths in digits."""
    lines = max((_estimated_lines(text, width) for text, width in cells), default=1)
    return min(TALLEST_ROW, lines * _LINE_11 + _ROOM_11)


def _estimated_lines(text: str, width: float) -> int:
    letters = max(1, int(width * _LETTERS_A_DIGIT) - _INDENT)
    return sum(max(1, len(textwrap.wrap(line, letters))) for line in text.split("\n"))
