"""The details of `.xls` workbooks (BIFF8, and BIFF5 of Excel 95), from their records ([MS-XLS])."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from functools import cached_property

from pipeline.workbooks import compound
from pipeline.workbooks.details import biff_texts
from pipeline.workbooks.details.around import BOX, on_page
from pipeline.workbooks.details.biff_comments import RECORDS, BiffComments
from pipeline.workbooks.details.detail import (
    ERRORS,
    Around,
    CellDetail,
    CellStyles,
    Codes,
    Marks,
    Place,
    SheetDetails,
    font_marks,
)

_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_FONT, _TEXTS, _CONTINUED = 0x0031, 0x00FC, 0x003C
_SHARED, _RICH = 0x00FD, 0x00D6
_ROW, _COLINFO = 0x0208, 0x007D
_BOOLERR, _FORMULA, _MULRK, _MULBLANK = 0x0205, 0x0006, 0x00BD, 0x00BE
#: Records of one cell: blank, number, short number, text of three kinds, and those above.
_CELLS = frozenset({0x0201, 0x0203, 0x027E, 0x0204, _SHARED, _RICH, _BOOLERR, _FORMULA})
_CODEPAGE = 0x0042
_BIFF8 = 0x0600
_NO_FONT = 4
_LATIN, _MACINTOSH = "cp1252", 0x8000
#: What each record needs to say anything; of those that calamine passes over.
_SHORTEST = {0x0201: 6, _MULBLANK: 6, _ROW: 16, _COLINFO: 10}
_HIDDEN_ROW = 0x20
#: The header and the footer of a sheet's pages.
_PAGE_TEXTS = frozenset({0x0014, 0x0015})
#: Those of even and of first pages, where first pages have their own; of a view, where it is named.
_OTHER_PAGES, _FIRST_DIFFERS, _OF_VIEW = 0x089C, 2, slice(12, 28)


class BiffBook:
    """An `.xls` workbook: where its sheets begin, its styles and shared texts."""

    def __init__(self, content: bytes) -> None:
        self._stream = compound.stream(content, compound.WORKBOOKS)
        #: Where each sheet's records begin.
        self._sheets: dict[str, int] = {}
        codes, styles, fonts = Codes(), list[tuple[int | None, int | None]](), list[Marks]()
        #: The shared texts, in as many pieces as there are records of them.
        self._texts: list[bytes] = []
        version, encoding, before = _BIFF8, _LATIN, 0
        for kind, body in _substream(self._stream, 0):
            if kind == _TEXTS or (kind == _CONTINUED and before == _TEXTS):
                self._texts.append(body)
                before = _TEXTS
                continue
            before = kind
            if kind == _BOF:
                (version,) = struct.unpack_from("<H", body)
            elif kind == _CODEPAGE and version != _BIFF8:
                encoding = _encoding(body)
            elif kind == _BOUNDSHEET:
                (start,) = struct.unpack_from("<I", body)
                # Of two sheets with one name calamine gives the last.
                self._sheets[_text(body, 6, 1, version, encoding) or ""] = start
            elif kind == _FORMAT:
                (number,) = struct.unpack_from("<H", body)
                width = 2 if version == _BIFF8 else 1
                codes.keep(number, _text(body, 2, width, version, encoding))
            elif kind == _XF:
                font, code = struct.unpack_from("<2H", body) if len(body) >= 4 else (None, None)
                styles.append((code, font))
            elif kind == _FONT:
                # No font bears the number 4.
                fonts += [Marks.NONE] * (len(fonts) == _NO_FONT)
                fonts.append(font_marks(*struct.unpack_from("<2xH4xH", body)))
        self._fonts, self._is_biff8, self._encoding = fonts, version == _BIFF8, encoding
        self._styles = CellStyles(styles, codes, fonts)

    @cached_property
    def _marked(self) -> dict[int, Marks]:
        """The marks of each shared text that has any, by index."""
        if not any(self._fonts):
            return {}
        runs = biff_texts.fonts_of_shared(self._texts)
        return {at: marks for at, used in enumerate(runs) if (marks := self._marks_of(used))}

    def _marks_of(self, fonts: list[int]) -> Marks:
        marks = Marks.NONE
        for font in fonts:
            marks |= self._fonts[font] if font < len(self._fonts) else Marks.NONE
        return marks

    def _detail(self, kind: int, body: bytes, style: int) -> CellDetail:
        look, has_formula = self._styles[style], kind == _FORMULA
        marks = look.marks
        if kind == _SHARED:
            marks |= self._marked.get(struct.unpack_from("<I", body, 6)[0], Marks.NONE)
        elif kind == _RICH:
            marks |= self._marks_of(biff_texts.fonts_of_cell(body, is_biff8=self._is_biff8))
        return CellDetail(look.number_format, _error(kind, body), has_formula, has_formula, marks)

    def sheet(self, name: str, asked: set[Place]) -> SheetDetails:
        """The details of a sheet's cells. Raises KeyError where there is no such sheet."""
        found = SheetDetails.of(asked)
        comments = BiffComments(is_biff8=self._is_biff8, encoding=self._encoding)
        for kind, body in _substream(self._stream, self._sheets[name]):
            if kind in RECORDS:
                comments.take(kind, body)
            elif kind in _PAGE_TEXTS:
                width = 2 if self._is_biff8 else 1
                version = _BIFF8 if self._is_biff8 else 0
                found.around += on_page(_text(body, 0, width, version, self._encoding) or "")
            elif kind == _OTHER_PAGES:
                found.around += _around_first_page(body)
            elif len(body) < _SHORTEST.get(kind, 0):
                # It says nothing that calamine would read.
                continue
            elif kind in _CELLS:
                row, column, style = struct.unpack_from("<3H", body)
                if (row, column) in asked:
                    found.cells[row, column] = self._detail(kind, body, style)
            elif kind in (_MULRK, _MULBLANK):
                row, first = struct.unpack_from("<2H", body)
                step = 6 if kind == _MULRK else 2
                for column, at in enumerate(range(4, len(body) - 1 - step, step), first):
                    if (row, column) in asked:
                        (style,) = struct.unpack_from("<H", body, at)
                        look = self._styles[style]
                        found.cells[row, column] = CellDetail(look.number_format, marks=look.marks)
            elif kind == _ROW:
                row, options = struct.unpack_from("<H10xI", body)
                if options & _HIDDEN_ROW:
                    found.hidden_rows.add(row)
            elif kind == _COLINFO:
                first, last, options = struct.unpack_from("<2H4xH", body)
                if options & 1:
                    found.hidden_columns.append((first, last))
        found.comments |= comments.said
        found.around += [Around(text, BOX) for text in comments.boxes]
        return found


def _substream(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each record from one beginning to the end that belongs to it."""
    depth = 0
    for kind, body in compound.records(stream, start):
        # A chart within a sheet is a substream of its own.
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth < 1:
            return
        if depth < 2:
            yield kind, body


def _text(body: bytes, at: int, width: int, version: int, encoding: str) -> str | None:
    """A text after its length, of one or two bytes; None where it is cut short."""
    length = int.from_bytes(body[at : at + width], "little")
    at += width
    if version == _BIFF8:
        wide = body[at] & 1 if at < len(body) else 0
        encoding, length = ("utf-16-le", 2 * length) if wide else ("latin-1", length)
        at += 1
    raw = body[at : at + length]
    return raw.decode(encoding, "replace") if len(raw) == length else None


def _around_first_page(body: bytes) -> Iterator[Around]:
    """What the first page's header and footer say; none of one that is cut short."""
    if len(body) < 38 or any(body[_OF_VIEW]) or not body[28] & _FIRST_DIFFERS:
        return
    at = 38
    for is_first, length in zip(
        (False, False, True, True), struct.unpack_from("<4H", body, 30), strict=True
    ):
        if not length:
            continue
        text = _text(body, at, 2, _BIFF8, "") if at + 2 < len(body) else None
        if text is None:
            return
        if is_first:
            yield from on_page(text)
        at += 3 + length * (2 if body[at + 2] & 1 else 1)


def _encoding(body: bytes) -> str:
    """The encoding of texts before Excel 97; Windows's own where another is not known."""
    (page,) = struct.unpack_from("<H", body)
    try:
        return codecs.lookup("mac-roman" if page == _MACINTOSH else f"cp{page}").name
    except LookupError:
        return _LATIN


def _error(kind: int, body: bytes) -> str:
    if kind == _BOOLERR:
        value, is_error = struct.unpack_from("<2B", body, 6)
    elif kind == _FORMULA:
        what, value, mark = struct.unpack_from("<BxB3xH", body, 6)
        is_error = (what, mark) == (2, 0xFFFF)
    else:
        return ""
    return ERRORS.get(value, "#N/A") if is_error else ""
