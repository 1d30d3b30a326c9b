"""The details of `.xlsb` workbooks, from their binary records ([MS-XLSB])."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

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
from pipeline.workbooks.details.ooxml import targets_of

_ROW, _COLUMN, _SHEET, _FORMAT, _XF = 0, 60, 156, 44, 47
_BEGIN_STYLES, _END_STYLES = 617, 618
_ERROR, _FORMULA_ERROR = 3, 11
#: Records of one cell; from 8 on they hold a formula too.
_CELLS, _FORMULAS = range(1, 12), range(8, 12)
_HIDDEN_ROW = 0x10


class _Book(NamedTuple):
    archive: zipfile.ZipFile
    #: The part of each sheet.
    parts: dict[str, str]
    formats: list[str]


def details(path: Path) -> Details:
    """The look-up in one workbook."""

    @cache
    def opened() -> _Book:
        archive = zipfile.ZipFile(path)
        targets = targets_of(archive.read("xl/_rels/workbook.bin.rels"))
        parts: dict[str, str] = {}
        for kind, body in _records(archive.read("xl/workbook.bin")):
            if kind == _SHEET:
                relation, at = _text(body, 8)
                name, _ = _text(body, at)
                parts.setdefault(name, targets.get(relation, ""))
        return _Book(archive, parts, _formats(archive))

    def look_up(sheet: str, wanted: Iterable[Place]) -> SheetDetails:
        try:
            book = opened()
            return _sheet(book.archive.read(book.parts[sheet]), set(wanted), book.formats)
        except struct.error as error:
            raise BrokenPartError("a record is cut short") from error

    return look_up


def _formats(archive: zipfile.ZipFile) -> list[str]:
    """The number format of each cell style, by index."""
    codes, styles, inside = dict(BUILT_IN), [], False
    for kind, body in _records(archive.read("xl/styles.bin")):
        if kind == _FORMAT:
            (number,) = struct.unpack_from("<H", body)
            codes[number], _ = _text(body, 2)
        elif kind in (_BEGIN_STYLES, _END_STYLES):
            inside = kind == _BEGIN_STYLES
        elif kind == _XF and inside:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    return [codes.get(style, GENERAL) for style in styles]


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each record of a part."""
    at = 0
    while at < len(part):
        kind, at = _number(part, at, 2)
        length, at = _number(part, at, 4)
        yield kind, part[at : at + length]
        at += length


def _number(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    number = 0
    for place in range(most):
        if at >= len(part):
            raise BrokenPartError("a record is cut short")
        byte = part[at]
        at += 1
        number |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            break
    return number, at


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A text after its length in four bytes, and where it ends."""
    (length,) = struct.unpack_from("<I", body, at)
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _sheet(part: bytes, asked: set[Place], formats: list[str]) -> SheetDetails:
    cells = dict.fromkeys(asked, PLAIN)
    hidden_rows: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    row = -1
    for kind, body in _records(part):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
            if len(body) > 11 and body[11] & _HIDDEN_ROW:
                hidden_rows.add(row)
        elif kind in _CELLS:
            column, style = struct.unpack_from("<2I", body)
            if (row, column) in asked:
                style &= 0xFFFFFF
                code = formats[style] if style < len(formats) else GENERAL
                is_error = kind in (_ERROR, _FORMULA_ERROR) and len(body) > 8
                error = ERRORS.get(body[8], "#N/A") if is_error else ""
                has_formula = kind in _FORMULAS
                cells[row, column] = CellDetail(code, error, has_formula, has_formula)
        elif kind == _COLUMN:
            first, last, _, _, options = struct.unpack_from("<4IH", body)
            if options & 1:
                hidden_columns.append((first, last))
    return SheetDetails(cells, frozenset(hidden_rows), tuple(hidden_columns))
