"""The details of `.xlsb` workbooks, from their binary records ([MS-XLSB])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cached_property

from pipeline.workbooks.details.around import in_boxes, on_page
from pipeline.workbooks.details.detail import (
    ERRORS,
    Around,
    BrokenPartError,
    CellDetail,
    CellStyles,
    Codes,
    Marks,
    Place,
    SheetDetails,
    Span,
    font_marks,
)
from pipeline.workbooks.details.package import Package
from pipeline.workbooks.zip_directory import PACKED_WRONGLY

_ROW, _COLUMN, _SHEET, _FORMAT, _XF = 0, 60, 156, 44, 47
_BEGIN_STYLES, _END_STYLES, _FONT = 617, 618, 43
_SHARED_TEXT = 19
_ERROR, _FORMULA_ERROR = 3, 11
#: A cell whose text is a shared one, and one with a text of several fonts.
_SHARED, _RICH = 7, 62
#: Records of one cell; from 8 on they hold a formula too.
_CELLS, _FORMULAS = frozenset({*range(1, 12), _RICH}), range(8, 12)
_HIDDEN_ROW = 0x10
_MERGED = 176
_COMMENT, _COMMENT_TEXT = 635, 637
#: The headers and footers of a sheet's pages, and its drawing; a text that is none.
_PAGE_TEXTS, _DRAWING, _NULL = 479, 550, b"\xff\xff\xff\xff"
_FIRST_DIFFERS = 0x02
#: What a part that is cut short, or not packed as it says, makes of reading it.
_UNREADABLE = (struct.error, IndexError, *PACKED_WRONGLY)
#: The record with which a sheet's merged ranges begin, and its length.
_BEGIN_MERGED = b"\xb1\x01\x04"


class XlsbBook:
    """An `.xlsb` workbook: its sheets' parts, and its number formats."""

    def __init__(self, content: bytes) -> None:
        self._package = package = Package(content, "workbook.bin")
        #: The part of each sheet.
        self._parts: dict[str, str] = {}
        for kind, body in _records(package.main):
            if kind == _SHEET:
                relation, at = _text(body, 8)
                name, _ = _text(body, at)
                self._parts.setdefault(name, package.targets.get(relation, ""))
        codes, styles, inside = Codes(), list[tuple[int | None, int | None]](), False
        #: The marks of each font.
        self._fonts: list[Marks] = []
        for kind, body in _records(package.part_of_type("styles")):
            if kind == _FORMAT:
                (number,) = struct.unpack_from("<H", body)
                code, end = _text(body, 2)
                codes.keep(number, code if end == len(body) else None)
            elif kind in (_BEGIN_STYLES, _END_STYLES):
                inside = kind == _BEGIN_STYLES
            elif kind == _XF and inside:
                plain = len(body) >= 6
                styles.append(struct.unpack_from("<2H", body, 2) if plain else (None, None))
            elif kind == _FONT:
                self._fonts.append(font_marks(*struct.unpack_from("<2xH2xH", body)))
        self._styles = CellStyles(styles, codes, self._fonts)

    @cached_property
    def _marked(self) -> dict[int, Marks]:
        """The marks of each shared text that has any, by index."""
        if not any(self._fonts):
            return {}
        content = self._package.part_of_type("sharedStrings")
        texts = (body for kind, body in _records(content) if kind == _SHARED_TEXT)
        return {at: marks for at, b in enumerate(texts) if (marks := self._marks_of_runs(b, 0))}

    def _marks_of_runs(self, body: bytes, at: int) -> Marks:
        """The marks of the runs of a text that begins there."""
        marks = Marks.NONE
        if body[at] & 1:
            _, at = _text(body, at + 1)
            (count,) = struct.unpack_from("<I", body, at)
            for _, font in struct.iter_unpack("<2H", body[at + 4 : at + 4 + 4 * count]):
                marks |= self._fonts[font] if font < len(self._fonts) else Marks.NONE
        return marks

    def merged(self) -> dict[str, list[Span]]:
        """Each sheet's merged ranges."""
        found: dict[str, list[Span]] = {}
        for name, part in self._parts.items():
            content = self._package.read(part, b"")
            spans = found[name] = []
            # It may also stand among other bytes, so it only saves looking through most sheets.
            for kind, body in _records(content) if _BEGIN_MERGED in content else ():
                if kind == _MERGED:
                    top, bottom, left, right = struct.unpack_from("<4I", body)
                    spans.append((top, left, bottom, right))
        return found

    def _comments(self, part: str) -> dict[Place, str]:
        """What the comments of a sheet say, by cell; none where they cannot be read."""
        if not self._package.has_comments:
            return {}
        said, place = dict[Place, str](), (0, 0)
        try:
            for kind, body in _records(self._package.related(part, "comments")):
                if kind == _COMMENT:
                    row, column = struct.unpack_from("<4xI4xI", body)
                    place = row, column
                elif kind == _COMMENT_TEXT:
                    # A byte that says what follows the text stands before it.
                    said[place] = _text(body, 1)[0].strip()
        except (*_UNREADABLE, BrokenPartError):
            return said
        return said

    def sheet(self, name: str, asked: set[Place]) -> SheetDetails:
        """The details of a sheet's cells. Raises KeyError where there is no such sheet."""
        found = SheetDetails.of(asked)
        found.comments |= self._comments(self._parts[name])
        row = -1
        for kind, body in _records(self._package.read(self._parts[name])):
            if kind == _ROW:
                (row,) = struct.unpack_from("<I", body)
                if len(body) > 11 and body[11] & _HIDDEN_ROW:
                    found.hidden_rows.add(row)
            elif kind in _CELLS:
                column, style = struct.unpack_from("<2I", body)
                if (row, column) in asked:
                    look, has_formula = self._styles[style & 0xFFFFFF], kind in _FORMULAS
                    marks = look.marks
                    if kind == _SHARED:
                        marks |= self._marked.get(struct.unpack_from("<I", body, 8)[0], 0)
                    elif kind == _RICH:
                        marks |= self._marks_of_runs(body, 8)
                    is_error = kind in (_ERROR, _FORMULA_ERROR) and len(body) > 8
                    error = ERRORS.get(body[8], "#N/A") if is_error else ""
                    found.cells[row, column] = CellDetail(
                        look.number_format, error, has_formula, has_formula, marks
                    )
            elif kind == _COLUMN:
                first, last, options = struct.unpack_from("<2I8xH", body)
                if options & 1:
                    found.hidden_columns.append((first, last))
            elif kind == _PAGE_TEXTS:
                found.around += _on_pages(body)
            elif kind == _DRAWING:
                found.around += in_boxes(self._package, self._parts[name])
        return found


def _on_pages(body: bytes) -> list[Around]:
    """What headers and footers of pages say; none of one that is cut short."""
    around, at = list[Around](), 2
    for of_pages in ("odd", "odd", "even", "even", "first", "first"):
        if len(body) < at + 4:
            return around
        text, at = ("", at + 4) if body[at : at + 4] == _NULL else _text(body, at)
        if of_pages == "odd" or (of_pages == "first" and body[0] & _FIRST_DIFFERS):
            around += on_page(text)
    return around


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
