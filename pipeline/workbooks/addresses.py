"""Addresses of cells: `D14` for row 13 and column 3, both counted from 0, and back."""

from __future__ import annotations

import re
from functools import lru_cache

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
#: What a sheet of Excel holds.
_COLUMNS, _ROWS = 16_384, 1_048_576


def address(row: int, column: int) -> str:
    """`D14` for row 13, column 3."""
    return f"{column_letters(column)}{row + 1}"


# The same few columns in every return.
@lru_cache(maxsize=1_000)
def column_letters(column: int) -> str:
    """`D` for column 3."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def position(text: str) -> tuple[int, int] | None:
    """Row and column of an address, from 0; None where no sheet of Excel has such a cell."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    row, column = int(match[2]) - 1, -1
    for letter in match[1]:
        column = (column + 1) * 26 + ord(letter) - 65
    return (row, column) if column < _COLUMNS and row < _ROWS else None
