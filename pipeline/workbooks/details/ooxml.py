"""The details of `.xlsx` and `.xlsm` workbooks, from their own XML.

The look-up is done for every return, so a sheet is searched for the cells asked for, as bytes. What
is not laid out as Excel and its like write it goes to expat, which is right whatever the layout.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from xml.parsers import expat

from msgspec import Struct

from pipeline.workbooks.addresses import address, column_letters, position
from pipeline.workbooks.details import xml
from pipeline.workbooks.details.around import texts_around
from pipeline.workbooks.details.comments import comments_of
from pipeline.workbooks.details.detail import (
    ABSENT,
    CellDetail,
    CellStyle,
    CellStyles,
    Codes,
    Marks,
    Place,
    SheetDetails,
)
from pipeline.workbooks.details.package import Package

_CELL = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
#: What follows the column's letters in nearly all cells: blank, or with a plain value or text.
_AFTER_COLUMN = (
    rb'([1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?'
    rb'(?:(?: t="(n|s|b|e)")? ?(?:/>|>(?:<v>([^<&\s]+)</v>)?</c>)'
    rb'| t="inlineStr"><is><t(?: xml:space="preserve")?>[^<]*</t></is></c>)'
)
_HIDDEN_ROW = re.compile(rb'<row (?=[^>]*\bhidden="(?:1|true)")(?:[^>]*?\br="([0-9]+)")?')
_COLUMN = re.compile(rb"<col\s[^<>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_STYLE = re.compile(rb' s="([0-9]{1,6})"')
_KIND = re.compile(rb' t="([a-zA-Z]+)"')
_VALUE = re.compile(rb"<v(?:\s[^<>]*)?(?:/>|>([^<]*)</v>)")
#: What stands for a character: only expat takes that apart.
_REFERENCE = re.compile(rb"&(?:#|amp;|lt;|gt;|quot;|apos;)")
_TRUE = ("1", "true")
#: How a font, or a run of text, is marked, and the values by which it is not.
_MARKS = {"vertAlign": Marks.SHIFTED, "strike": Marks.STRUCK}
_NO_MARK = ("baseline", "0", "false")
#: The parts of a sheet's or the texts' XML in which a mark may be.
_MARKING = tuple(mark.encode() for mark in _MARKS)
#: Without any of these no cell of a sheet is marked by itself, shows an error or has a formula.
_ODD = (*_MARKING, b'"e"', b"'e'", b"<f")
#: Of some of them a byte that hardly a sheet has: to look for that takes a fraction of the time.
_RARE = {b"vertAlign": b"l", b"strike": b"k", b"'e'": b"'"}


class OoxmlBook:
    """An `.xlsx` or `.xlsm` workbook: its sheets' parts, and what their cells point at."""

    def __init__(self, content: bytes) -> None:
        self._package = package = Package(content, "workbook.xml")
        self._relation_of = _relations_of_sheets(package.main)
        self._parts: dict[str, _SheetPart] = {}
        styles = package.part_of_type("styles")
        self.styles = _styles_of(styles) if styles else CellStyles((), Codes(), ())

    @cached_property
    def marked(self) -> dict[int, Marks]:
        """The marks of each shared text that has any, by index."""
        marked: dict[int, Marks] = {}
        content = self._package.part_of_type("sharedStrings")
        texts = -1

        def on_start(name: str, attributes: dict[str, str]) -> None:
            nonlocal texts
            texts += name == "si"
            if mark := _mark(name, attributes):
                marked[texts] = marked.get(texts, Marks.NONE) | mark

        if _may_have_marks(content):
            xml.walk(content, on_start)
        return marked

    def marks(self, style: CellStyle, kind: bytes | str, text: bytes | str) -> Marks:
        """The marks of a cell, by its style, the kind of its value and that value."""
        is_shared = kind in (b"s", "s") and text.isdigit() and self.marked
        return style.marks | self.marked.get(int(text), Marks.NONE) if is_shared else style.marks

    def is_plain(self, name: str) -> bool:
        """Whether a sheet can hold no mark, no error and no formula."""
        return not (self.styles.has_marks or self.marked or self._part(name).may_be_odd)

    def sheet(self, name: str, asked: set[Place]) -> SheetDetails:
        """The details of a sheet's cells. Raises KeyError where there is no such sheet."""
        part = self._part(name)
        found = _search(part, asked, self) or _Walk(asked, self).run(part.content)
        found.comments |= comments_of(self._package, part.name)
        found.around += texts_around(self._package, part.name, part.content, part.rows[1])
        found.is_plain = self.is_plain(name)
        return found

    def _part(self, name: str) -> _SheetPart:
        """The part of a sheet. Raises KeyError where there is no such sheet."""
        if name not in self._parts:
            part = self._package.targets.get(self._relation_of[name], "")
            self._parts[name] = _SheetPart(part, self._package.read(part))
        return self._parts[name]


class _SheetPart(Struct, dict=True):
    """The part of a sheet: its name and its bytes."""

    name: str
    content: bytes

    @cached_property
    def rows(self) -> tuple[int, int]:
        """Where in its bytes its rows begin and end; -1 where they do not in the usual way."""
        return self.content.find(b"<sheetData"), self.content.find(b"</sheetData>")

    @cached_property
    def may_be_odd(self) -> bool:
        """Whether a cell may be marked by itself, show an error or have a formula.

        True where the bytes are not laid out in the usual way.
        """
        content, (start, end) = self.content, self.rows
        return not 0 < start < end or any(
            content.find(_RARE.get(odd, odd), start, end) >= 0
            and content.find(odd, start, end) >= 0
            for odd in _ODD
        )


# Returns made from one template have the same workbook part and the same styles.
@lru_cache(maxsize=16)
def _relations_of_sheets(workbook: bytes) -> dict[str, str]:
    """Each sheet's name with the relationship that leads to its part."""
    relations: dict[str, str] = {}

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if xml.local(k) == "id"), "")
            relations.setdefault(attributes.get("name", ""), relation)

    xml.walk(workbook, on_sheet)
    return relations


@lru_cache(maxsize=16)
def _styles_of(styles_part: bytes) -> CellStyles:
    codes = Codes()
    styles: list[tuple[int | None, int | None]] = []
    fonts: list[Marks] = []
    inside = ""

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            if (number := xml.whole(attributes.get("numFmtId"))) is not None:
                codes.keep(number, attributes.get("formatCode"))
        elif name in ("fonts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name
        elif name == "xf" and inside == "cellXfs":
            code, font = (xml.whole(attributes.get(key, "0")) for key in ("numFmtId", "fontId"))
            styles.append((code, font))
        elif name == "font" and inside == "fonts":
            fonts.append(Marks.NONE)
        elif fonts and inside == "fonts" and (mark := _mark(name, attributes)):
            fonts[-1] |= mark

    xml.walk(styles_part, on_start)
    return CellStyles(styles, codes, fonts)


def _mark(name: str, attributes: dict[str, str]) -> Marks:
    """The mark that an element says a font has."""
    return Marks.NONE if attributes.get("val") in _NO_MARK else _MARKS.get(name, Marks.NONE)


def _may_have_marks(content: bytes) -> bool:
    return any(mark in content for mark in _MARKING)


# --- As Excel lays a sheet out -------------------------------------------------------------------


def _search(part: _SheetPart, asked: set[Place], book: OoxmlBook) -> SheetDetails | None:
    """What the sheet says of the cells asked for; None where its layout is not the usual one."""
    content, (start, end) = part.content, part.rows
    head = content[:start]
    # A search for one rare byte takes a fraction of that for two.
    has_declarations = b"!" in content and b"<!" in content
    if not 0 < start < end or not _is_utf8(head) or has_declarations:
        return None
    columns = _hidden_columns(head)
    if columns is None:
        return None
    may_hide = content.find(b'hidden="', start, end) >= 0
    hidden = _HIDDEN_ROW.findall(content, start, end) if may_hide else []
    count = content.count(b"<c ", start, end)
    if b"" in hidden or count != content.count(b'<c r="', start, end):
        return None
    found = _usual_cells(content, start, end, asked, book) if asked else {}
    rest = asked - found.keys()
    addresses = _CELL.findall(content, start, end) if rest else []
    if rest and len(addresses) != count:
        # One is not in capitals, as every program writes it.
        return None
    there = set(addresses)
    for place in sorted(rest):
        cell = address(*place).encode()
        at = content.find(b'<c r="%s"' % cell, start, end) if cell in there else -1
        detail = _detail(content, at, end, book) if at >= 0 else ABSENT
        if detail is None:
            return None
        found[place] = detail
    return SheetDetails(found, {int(row) - 1 for row in hidden}, columns)


def _usual_cells(
    content: bytes, start: int, end: int, asked: set[Place], book: OoxmlBook
) -> dict[Place, CellDetail]:
    """Those of the cells asked for that are written in the usual way."""
    found: dict[Place, CellDetail] = {}
    numbers = {column for _, column in asked}
    columns = {column_letters(column).encode(): column for column in numbers}
    usual = _usual(tuple(sorted(columns)))
    # Cells of one style and kind are all the same, but for errors and marked texts.
    alike: dict[tuple[bytes, bytes, bytes | bool], CellDetail] = {}
    for letters, row, style, kind, value in usual.findall(content, start, end):
        place = int(row) - 1, columns[letters]
        if place in asked:
            is_apart = kind == b"e" or (kind == b"s" and book.marked)
            key = style, kind, value if is_apart else value != b""
            detail = alike.get(key)
            if detail is None:
                look, error = book.styles[int(style or 0)], value.decode() if kind == b"e" else ""
                marks = book.marks(look, kind, value)
                detail = _cell(look.number_format, error, False, value != b"", marks)
                alike[key] = detail
            found[place] = detail
    return found


@lru_cache(maxsize=100)
def _usual(columns: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(rb'<c r="(' + b"|".join(columns) + b")" + _AFTER_COLUMN)


def _is_utf8(head: bytes) -> bool:
    """Whether the XML declaration leaves the part in UTF-8."""
    is_declared = head.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml")
    declared = head[: head.find(b"?>")].lower() if is_declared else b""
    return b"\0" not in head and (b"encoding" not in declared or b"utf-8" in declared)


def _hidden_columns(head: bytes) -> list[tuple[int, int]] | None:
    hidden = []
    for column in _COLUMN.findall(head):
        named = dict(_ATTRIBUTE.findall(column))
        if named.get(b"hidden") in (b"1", b"true"):
            first, last = named.get(b"min", b""), named.get(b"max", b"")
            if not first.isdigit() or not last.isdigit():
                return None
            hidden.append((int(first) - 1, int(last) - 1))
    return hidden


def _detail(content: bytes, at: int, end: int, book: OoxmlBook) -> CellDetail | None:
    """The detail of the cell that begins at a position; None where it takes a parser."""
    closing = content.find(b">", at, end)
    tag = content[at : closing + 1]
    style = _STYLE.search(tag)
    look = book.styles[int(style[1]) if style else 0]
    code = look.number_format
    if tag.endswith(b"/>"):
        return _cell(code, marks=look.marks)
    body = content[closing + 1 : content.find(b"</c>", closing, end)]
    value = _VALUE.search(body)
    text = (value[1] or b"").strip() if value else b""
    if _REFERENCE.search(text):
        return None
    named = _KIND.search(tag)
    kind = named[1] if named else b"n"
    error = text.decode("utf-8", "replace") if kind == b"e" else ""
    # A formula may rightly give an empty text; any other empty result was never saved.
    has_value = bool(text) or (value is not None and kind == b"str")
    if kind == b"inlineStr" and _may_have_marks(body):
        return None
    return _cell(code, error, b"<f" in body, has_value, book.marks(look, kind, text))


# The cells of a sheet have a handful of details between them.
_cell = lru_cache(maxsize=1_000)(CellDetail)


# --- Any other way -------------------------------------------------------------------------------


class _Walk:
    """One pass over a sheet's elements."""

    def __init__(self, asked: set[Place], book: OoxmlBook) -> None:
        self._found = SheetDetails.of(asked)
        self._parser = expat.ParserCreate()
        self._book = book
        self._row = self._column = -1
        #: The cell being read, where it is asked for.
        self._place: Place | None = None
        self._kind = ""
        self._style = CellStyle()
        self._marks = Marks.NONE
        self._has_formula = self._is_text = False
        self._value: list[str] = []

    def run(self, content: bytes) -> SheetDetails:
        xml.parse(self._parser, content, self._start, self._end)
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = xml.local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            number = xml.whole(attributes.get("r"))
            self._row, self._column = self._row + 1 if number is None else number - 1, -1
            if attributes.get("hidden") in _TRUE:
                self._found.hidden_rows.add(self._row)
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = xml.whole(attributes.get("min")), xml.whole(attributes.get("max"))
            if first and last:
                self._found.hidden_columns.append((first - 1, last - 1))
        elif self._place and name == "f":
            self._has_formula = True
        elif self._place and (mark := _mark(name, attributes)):
            self._marks |= mark
        elif self._place and name == "v":
            # A formula may rightly give an empty text; any other empty result was never saved.
            self._is_text = self._kind == "str"
            self._parser.CharacterDataHandler = self._value.append

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if at := position(attributes.get("r", "")):
            self._row, self._column = at
        else:
            self._column += 1
        place = self._row, self._column
        self._place = place if place in self._found.cells else None
        if self._place:
            style = xml.whole(attributes.get("s", "0"))
            # One that is no number is none of the workbook's.
            self._style = self._book.styles[-1 if style is None else style]
            self._kind = attributes.get("t", "n")
            self._marks = Marks.NONE
            self._has_formula = self._is_text = False
            self._value.clear()

    def _end(self, name: str) -> None:
        if self._place is None:
            return
        if ":" in name:
            name = xml.local(name)
        if name == "v":
            self._parser.CharacterDataHandler = None
        elif name == "c":
            value = "".join(self._value).strip()
            self._found.cells[self._place] = CellDetail(
                self._style.number_format,
                value if self._kind == "e" else "",
                self._has_formula,
                self._is_text or bool(value),
                self._marks | self._book.marks(self._style, self._kind, value),
            )
            self._place = None
