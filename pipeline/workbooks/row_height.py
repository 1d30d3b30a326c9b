"""How much room text takes: wrapped lines and row heights, for text set in Arial.

Merged cells, and rows with a height of their own, are not fitted by Excel or LibreOffice when a
workbook is opened, so a workbook states its heights. `arial.json` has the width of each letter of
Arial, regular and bold, in 2,048ths of the type size; Liberation Sans, in which LibreOffice shows
it, has the same. Lines are as high as in Excel, which sets them wider apart than LibreOffice does.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from math import ceil

#: Excel draws no row taller, in points.
TALLEST_ROW = 409.0

#: Parts of the type size in which widths are given.
_EM = 2048
_PIXELS_PER_POINT = 96 / 72
#: Wider, in these parts, than any line.
_WIDEST = 10_000_000

#: What a line may end at: no space that is not to be broken at.
_SPACE = re.compile(r"[^\S\u00a0\u2007\u202f]+")

#: The share of a cell's width reckoned with: programs and printers wrap a little differently.
_USABLE = 0.97
#: Left and right padding of a cell with its indent, in pixels.
_PADDING = 16
#: The height of a line in points, by the type size; Excel's rows grow by this for each line.
_LINE_HEIGHTS: dict[float, float] = {
    8: 11.25,
    9: 12.0,
    10: 12.75,
    11: 14.25,
    12: 15.0,
    14: 18.0,
    16: 20.25,
    18: 23.25,
    20: 25.5,
}
#: That of another size, as a multiple of it.
_LEADING = 1.3
#: Room above and below the text of a row, in points.
ROW_PADDING = 6.0

#: Of a sheet to be filled in: its type size, and room above and below the text of a row.
_FORM, _FORM_ROOM = 12, 4.0
#: A column's width counts digits; so many pixels each, and some beside them.
_DIGIT, _MARGIN = 7, 5


class _LetterWidths(dict[str, int]):
    """The width of every letter; one that Arial has not is taken from another font, and wide."""

    def __missing__(self, letter: str) -> int:
        self[letter] = _EM
        return _EM


@cache
def _widths(*, bold: bool) -> _LetterWidths:
    measured = json.loads(files(__package__).joinpath("arial.json").read_text("utf-8"))
    by_width: dict[str, str] = measured["bold" if bold else "regular"]
    return _LetterWidths(
        {letter: int(width) for width, letters in by_width.items() for letter in letters}
    )


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in pixels at 96 dpi, for Arial of that size in points."""
    return _pixels(sum(map(_widths(bold=bold).__getitem__, text)), size)


def _pixels(units: int, size: float) -> float:
    return units / _EM * size * _PIXELS_PER_POINT


@cache
def _room(width: int, size: float) -> int:
    """The widest line, in parts of the type size, in a cell of that many pixels."""
    room = width * _USABLE - _PADDING
    return max(bisect_right(range(_WIDEST), room, key=lambda units: _pixels(units, size)) - 1, 0)


def cell_width(line: float) -> int:
    """The pixels of a cell in which a line of text that many pixels wide stands whole."""
    return ceil((line + _PADDING + 1) / _USABLE)


# Areas, files and their hashes stand in many rows of the data.
@lru_cache(maxsize=65_536)
def wrap(text: str, width: int, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The lines in which a cell of that many pixels shows a text; at least one, maybe empty."""
    room, widths = _room(width, size), _widths(bold=bold)
    if "\n" not in text and sum(map(widths.__getitem__, text)) <= room:
        return (text,)
    return tuple(line for paragraph in text.split("\n") for line in _lines(paragraph, room, widths))


def _lines(paragraph: str, room: int, widths: _LetterWidths) -> Iterator[str]:
    """A paragraph in lines of whole words; one wider than its cell is cut, as Excel cuts it."""
    #: How wide it is before each of its letters, and as a whole.
    before = list(accumulate(map(widths.__getitem__, paragraph), initial=0))
    start, inked = 0, len(paragraph.rstrip())
    while before[inked] - before[start] > room:
        end = max(bisect_right(before, before[start] + room) - 1, start + 1)
        line, rest = paragraph[start:end], paragraph[end:]
        if space := _SPACE.match(rest):
            # Room at the end of a line takes none.
            end += space.end()
        elif not _SPACE.fullmatch(line[-1]):
            # The word that is cut goes to the next line, unless it is all that is on this one.
            word = _SPACE.split(line)[-1]
            end -= len(word) if word != line else 0
        yield paragraph[start:end]
        start = end
    yield paragraph[start:]


def line_height(size: float) -> float:
    """The height of one line in points."""
    return _LINE_HEIGHTS.get(size, size * _LEADING)


def fitted_height(cells: Iterable[tuple[str, float]]) -> float:
    """The height in points of a row of Arial 12, by its texts and the columns' widths in digits."""
    lines = max(
        (len(wrap(text, int(width * _DIGIT) + _MARGIN, _FORM)) for text, width in cells), default=1
    )
    return min(TALLEST_ROW, lines * line_height(_FORM) + _FORM_ROOM)
