"""The details of `.xlsb` workbooks, from their binary records ([MS-XLSB])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from pipeline.workbooks.details.detail import (
    ERRORS,
    CellDetail,
    Codes,
    Formats,
    Place,
    SheetDetails,
)
from pipeline.workbooks.details.package import Package

_ROW, _COLUMN, _SHEET, _FORMAT, _XF = 0, 60, 156, 44, 47
_BEGIN_STYLES, _END_STYLES = 617, 618
_ERROR, _FORMULA_ERROR = 3, 11
#: Records of one cell; from 8 on they hold a formula too.
_CELLS, _FORMULAS = range(1, 12), range(8, 12)
_HIDDEN_ROW = 0x10


class XlsbBook:
    """An `.xlsb` workbook: its sheets' parts, and its number formats."""

    def __init__(self, path: Path) -> None:
        self._package = package = Package(path, "workbook.bin")
        #: The part of each sheet.
        self._parts: dict[str, str] = {}
        for kind, body in _records(package.main):
            if kind == _SHEET:
                relation, at = _text(body, 8)
                name, _ = _text(body, at)
                self._parts.setdefault(name, package.targets.get(relation, ""))
        codes, styles, inside = Codes(), list[int | None](), False
        for kind, body in _records(package.part_of_type("styles")):
            if kind == _FORMAT:
                (number,) = struct.unpack_from("<H", body)
                code, end = _text(body, 2)
                codes.keep(number, code if end == len(body) else None)
            elif kind in (_BEGIN_STYLES, _END_STYLES):
                inside = kind == _BEGIN_STYLES
            elif kind == _XF and inside:
                styles.append(struct.unpack_from("<H", body, 2)[0] if len(body) >= 4 else None)
        self._formats = Formats(styles, codes)

    def sheet(self, name: str, asked: set[Place]) -> SheetDetails:
        """The details of a sheet's cells. Raises KeyError where there is no such sheet."""
        found = SheetDetails.of(asked)
        row = -1
        for kind, body in _records(self._package.read(self._parts[name])):
            if kind == _ROW:
                (row,) = struct.unpack_from("<I", body)
                if len(body) > 11 and body[11] & _HIDDEN_ROW:
                    found.hidden_rows.add(row)
            elif kind in _CELLS:
                column, style = struct.unpack_from("<2I", body)
                if (row, column) in asked:
                    code, has_formula = self._formats[style & 0xFFFFFF], kind in _FORMULAS
                    is_error = kind in (_ERROR, _FORMULA_ERROR) and len(body) > 8
                    error = ERRORS.get(body[8], "#N/A") if is_error else ""
                    found.cells[row, column] = CellDetail(code, error, has_formula, has_formula)
            elif kind == _COLUMN:
                first, last, options = struct.unpack_from("<2I8xH", body)
                if options & 1:
                    found.hidden_columns.append((first, last))
        return found


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
