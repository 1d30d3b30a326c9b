"""Row height: how tall a row must be for its wrapped text, set in Arial 11.

Excel fits a row when somebody edits it, other programs when they like; so a workbook states it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

#: In points. Excel draws no row taller than 409.
_LINE, _PADDING, _TALLEST = 14.25, 4.0, 409.0

#: A column's width counts digits, and letters are narrower on average; an indent takes two.
_LETTERS_A_DIGIT = 1.1
_INDENT = 2


def fitted_height(cells: Iterable[tuple[str, float]]) -> float:
    """The height in points for the tallest of the cells, each a text and its column's width."""
    lines = max((_lines(text, width) for text, width in cells), default=1)
    return min(_TALLEST, lines * _LINE + _PADDING)


def _lines(text: str, width: float) -> int:
    letters = max(1, int(width * _LETTERS_A_DIGIT) - _INDENT)
    return sum(max(1, len(textwrap.wrap(line, letters))) for line in text.split("\n"))
