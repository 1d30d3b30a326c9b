"""The details of `.xls` workbooks (BIFF8, and BIFF5 of Excel 95), from their records ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.workbooks import compound
from pipeline.workbooks.details.detail import (
    BUILT_IN,
    ERRORS,
    GENERAL,
    PLAIN,
    BrokenPartError,
    CellDetail,
    Details,
    Place,
    SheetDetails,
)

_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_ROW, _COLINFO = 0x0208, 0x007D
_BOOLERR, _FORMULA, _MULRK, _MULBLANK = 0x0205, 0x0006, 0x00BD, 0x00BE
#: Records of one cell: blank, number, short number, text of three kinds, and those above.
_CELLS = frozenset({0x0201, 0x0203, 0x027E, 0x0204, 0x00FD, 0x00D6, _BOOLERR, _FORMULA})
_BIFF8 = 0x0600
_HIDDEN_ROW = 0x20


class _Book(NamedTuple):
    stream: bytes
    #: Where each sheet's records begin.
    sheets: dict[str, int]
    #: The number format of each cell style, by index.
    formats: list[str]


def details(path: Path) -> Details:
    """The look-up in one workbook."""

    @cache
    def opened() -> _Book:
        return _open(path.read_bytes())

    def look_up(sheet: str, wanted: Iterable[Place]) -> SheetDetails:
        try:
            book = opened()
            return _sheet(book, book.sheets[sheet], set(wanted))
        except struct.error as error:
            raise BrokenPartError("a record is cut short") from error

    return look_up


def _open(content: bytes) -> _Book:
    try:
        stream = compound.stream(content, ("Workbook", "Book"))
    except compound.BadCompoundError as error:
        raise BrokenPartError(str(error)) from error
    sheets: dict[str, int] = {}
    codes, styles = dict(BUILT_IN), []
    version = _BIFF8
    for kind, body in _records(stream, 0):
        if kind == _BOF:
            (version,) = struct.unpack_from("<H", body)
        elif kind == _BOUNDSHEET:
            (start,) = struct.unpack_from("<I", body)
            sheets.setdefault(_text(body, 6, 1, version), start)
        elif kind == _FORMAT:
            (number,) = struct.unpack_from("<H", body)
            codes[number] = _text(body, 2, 2 if version == _BIFF8 else 1, version)
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    return _Book(stream, sheets, [codes.get(style, GENERAL) for style in styles])


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each record of a substream, to its end."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        # A chart within a sheet is a substream of its own.
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[at : at + length]
        elif depth < 1:
            return
        at += length


def _text(body: bytes, at: int, width: int, version: int) -> str:
    """A text after its length, of one or two bytes."""
    length = int.from_bytes(body[at : at + width], "little")
    at += width
    if version != _BIFF8:
        return body[at : at + length].decode("cp1252", "replace")
    wide = body[at] & 1 if at < len(body) else 0
    raw = body[at + 1 : at + 1 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")


def _sheet(book: _Book, start: int, asked: set[Place]) -> SheetDetails:
    cells = dict.fromkeys(asked, PLAIN)
    hidden_rows: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []

    def code(style: int) -> str:
        return book.formats[style] if style < len(book.formats) else GENERAL

    for kind, body in _records(book.stream, start):
        if kind in _CELLS:
            row, column, style = struct.unpack_from("<3H", body)
            if (row, column) in asked:
                error, has_formula = _error(kind, body), kind == _FORMULA
                cells[row, column] = CellDetail(code(style), error, has_formula, has_formula)
        elif kind in (_MULRK, _MULBLANK):
            row, first = struct.unpack_from("<2H", body)
            step = 6 if kind == _MULRK else 2
            for place, at in enumerate(range(4, len(body) - 2 - step + 1, step)):
                if (row, first + place) in asked:
                    (style,) = struct.unpack_from("<H", body, at)
                    cells[row, first + place] = CellDetail(code(style))
        elif kind == _ROW:
            (row,), (options,) = struct.unpack_from("<H", body), struct.unpack_from("<I", body, 12)
            if options & _HIDDEN_ROW:
                hidden_rows.add(row)
        elif kind == _COLINFO:
            first, last, _, _, options = struct.unpack_from("<5H", body)
            if options & 1:
                hidden_columns.append((first, last))
    return SheetDetails(cells, frozenset(hidden_rows), tuple(hidden_columns))


def _error(kind: int, body: bytes) -> str:
    if kind == _BOOLERR:
        value, is_error = struct.unpack_from("<2B", body, 6)
        return ERRORS.get(value, "#N/A") if is_error else ""
    if kind == _FORMULA:
        what, _, value, _, _, _, mark = struct.unpack_from("<6BH", body, 6)
        return ERRORS.get(value, "#N/A") if (mark, what) == (0xFFFF, 2) else ""
    return ""
