"""The details of `.xlsx` and `.xlsm` workbooks, from their own XML.

The look-up is done for every return, so a sheet is searched for the cells asked for, as bytes. What
is not laid out as Excel and its like write it goes to expat, which is right whatever the layout.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from xml.parsers import expat

from msgspec import Struct

from pipeline.workbooks.addresses import address, column_letters, position
from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import (
    BUILT_IN,
    GENERAL,
    PLAIN,
    CellDetail,
    Details,
    Place,
    SheetDetails,
)

#: A cell whose address is not in capitals, as every program writes it.
_ODD_CELL = re.compile(rb'<c r="(?![A-Z]{1,3}[1-9][0-9]{0,6}")')
_CELL = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
#: So many cells are looked for one by one sooner than by a list of all.
_FEW = 20
#: What follows the column's letters in nearly all cells: blank, or with a plain value.
_AFTER_COLUMN = (
    rb'([1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="(n|s|b|e)")? ?'
    rb"(?:/>|>(?:<v>([^<&\s]+)</v>)?</c>)"
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
_TEXTS = "xl/sharedStrings.xml"
#: How a run of text is marked, and the values by which it is not.
_MARKS, _NO_MARK = ("vertAlign", "strike"), ("baseline", "0", "false")


def details(path: Path) -> Details:
    """The look-up in one workbook; its parts are opened once."""

    @cache
    def opened() -> tuple[zipfile.ZipFile, dict[str, str], list[str]]:
        archive = zipfile.ZipFile(path)
        return archive, _sheet_parts(archive), _cell_formats(archive)

    @cache
    def marked() -> frozenset[int]:
        return _marked_texts(opened()[0])

    def look_up(sheet: str, wanted: Iterable[Place]) -> SheetDetails:
        archive, parts, formats = opened()
        asked = set(wanted)
        content = archive.read(parts[sheet])
        styles = _Styles(formats, marked)
        quick = _search(content, asked, styles)
        return quick if quick is not None else _walk_sheet(content, asked, styles)

    return look_up


class _Styles(Struct, frozen=True):
    """What cells point at: number formats by index, and the shared texts that bear marks."""

    formats: list[str]
    marked: Callable[[], frozenset[int]]

    def code(self, style: int) -> str:
        return self.formats[style] if 0 <= style < len(self.formats) else GENERAL


def _marked_texts(archive: zipfile.ZipFile) -> frozenset[int]:
    """The shared texts of which a part is raised, lowered or struck through, by index."""
    if _TEXTS not in archive.namelist():
        return frozenset()
    content = archive.read(_TEXTS)
    texts = -1
    marked: set[int] = set()

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal texts
        texts += name == "si"
        if name in _MARKS and attributes.get("val") not in _NO_MARK:
            marked.add(texts)

    if any(mark.encode() in content for mark in _MARKS):
        xml.walk(content, on_start)
    return frozenset(marked)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, by way of the workbook's relationships."""
    return sheet_parts(archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels"))


# Returns made from one template have the same workbook part and the same styles.
@lru_cache(maxsize=16)
def sheet_parts(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Each sheet's name with the path of its part."""
    ids: dict[str, str] = {}

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if xml.local(k) == "id"), "")
            ids.setdefault(attributes.get("name", ""), relation)

    xml.walk(workbook, on_sheet)
    targets = targets_of(relations)
    return {name: targets[relation] for name, relation in ids.items() if relation in targets}


def targets_of(relations: bytes) -> dict[str, str]:
    """The part that each relationship of the workbook points at."""
    targets: dict[str, str] = {}

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )

    xml.walk(relations, on_relation)
    return targets


def _cell_formats(archive: zipfile.ZipFile) -> list[str]:
    """The number format of each cell style, by index."""
    try:
        return _formats_of(archive.read("xl/styles.xml"))
    except KeyError:
        return []


@lru_cache(maxsize=16)
def _formats_of(styles_part: bytes) -> list[str]:
    codes: dict[int, str] = dict(BUILT_IN)
    styles: list[int] = []
    inside = False

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    xml.walk(styles_part, on_start)
    return [codes.get(style, GENERAL) for style in styles]


# --- As Excel lays a sheet out -------------------------------------------------------------------


def _search(content: bytes, asked: set[Place], styles: _Styles) -> SheetDetails | None:
    """What the sheet says of the cells asked for; None where its layout is not the usual one."""
    start, end = content.find(b"<sheetData"), content.find(b"</sheetData>")
    head = content[:start]
    if not 0 < start < end or not _is_utf8(head) or b"<!" in content:
        return None
    columns = _hidden_columns(head)
    if columns is None:
        return None
    hidden = _HIDDEN_ROW.findall(content, start, end) if b'hidden="' in content else []
    if b"" in hidden or content.count(b"<c ", start, end) != content.count(b'<c r="', start, end):
        return None
    found = _usual_cells(content, start, end, asked, styles) if asked else {}
    rest = asked - found.keys()
    if rest and _ODD_CELL.search(content, start, end):
        return None
    if len(rest) > _FEW:
        there = set(_CELL.findall(content, start, end))
        absent = {place for place in rest if address(*place).encode() not in there}
        found |= dict.fromkeys(absent, PLAIN)
        rest -= absent
    for place in sorted(rest):
        at = content.find(b'<c r="%s"' % address(*place).encode(), start, end)
        detail = _detail(content, at, end, styles) if at >= 0 else PLAIN
        if detail is None:
            return None
        found[place] = detail
    return SheetDetails(found, frozenset(int(row) - 1 for row in hidden), columns)


def _usual_cells(
    content: bytes, start: int, end: int, asked: set[Place], styles: _Styles
) -> dict[Place, CellDetail]:
    """Those of the cells asked for that are written in the usual way."""
    found: dict[Place, CellDetail] = {}
    columns = {column_letters(column).encode(): column for _, column in asked}
    usual = _usual(tuple(sorted(columns)))
    for letters, row, style, kind, value in usual.findall(content, start, end):
        place = int(row) - 1, columns[letters]
        if place in asked:
            code = styles.code(int(style) if style else 0)
            error = value.decode() if kind == b"e" else ""
            is_marked = kind == b"s" and value.isdigit() and int(value) in styles.marked()
            found[place] = _cell(code, error, False, value != b"", is_marked)
    return found


@lru_cache(maxsize=100)
def _usual(columns: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(rb'<c r="(' + b"|".join(columns) + b")" + _AFTER_COLUMN)


def _is_utf8(head: bytes) -> bool:
    """Whether the XML declaration leaves the part in UTF-8."""
    declared = (
        head[: head.find(b"?>")].lower() if head.lstrip(b"\xef\xbb\xbf")[:5] == b"<?xml" else b""
    )
    return b"\0" not in head and (b"encoding" not in declared or b"utf-8" in declared)


def _hidden_columns(head: bytes) -> tuple[tuple[int, int], ...] | None:
    hidden: list[tuple[int, int]] = []
    for column in _COLUMN.findall(head):
        named = dict(_ATTRIBUTE.findall(column))
        if named.get(b"hidden", b"0") in (b"1", b"true"):
            first, last = named.get(b"min", b""), named.get(b"max", b"")
            if not first.isdigit() or not last.isdigit():
                return None
            hidden.append((int(first) - 1, int(last) - 1))
    return tuple(hidden)


def _detail(content: bytes, at: int, end: int, styles: _Styles) -> CellDetail | None:
    """The detail of the cell that begins at a position; None where it takes a parser."""
    closing = content.find(b">", at, end)
    tag = content[at : closing + 1]
    style = _STYLE.search(tag)
    code = styles.code(int(style[1]) if style else 0)
    if tag.endswith(b"/>"):
        return _cell(code)
    body = content[closing + 1 : content.find(b"</c>", closing, end)]
    value = _VALUE.search(body)
    text = (value[1] or b"").strip() if value else b""
    if _REFERENCE.search(text):
        return None
    kind = _KIND.search(tag)
    error = text.decode("utf-8", "replace") if kind and kind[1] == b"e" else ""
    # A formula may rightly give an empty text; any other empty result was never saved.
    valued = bool(text) or (value is not None and kind is not None and kind[1] == b"str")
    if any(mark.encode() in body for mark in _MARKS) or (
        kind is not None and kind[1] == b"s" and text.isdigit() and int(text) in styles.marked()
    ):
        return _cell(code, error, b"<f" in body, valued, True)
    return _cell(code, error, b"<f" in body, valued)


# The cells of a sheet have a handful of details between them.
_cell = lru_cache(maxsize=1_000)(CellDetail)


# --- Any other way -------------------------------------------------------------------------------


def _walk_sheet(content: bytes, asked: set[Place], styles: _Styles) -> SheetDetails:
    walk = _Walk(asked, styles)
    xml.parse(walk.parser, content)
    return SheetDetails(walk.cells, frozenset(walk.hidden_rows), tuple(walk.hidden_columns))


class _Walk:
    """One pass over a sheet's elements."""

    def __init__(self, asked: set[Place], styles: _Styles) -> None:
        self.cells: dict[Place, CellDetail] = dict.fromkeys(asked, PLAIN)
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._styles = styles
        self._row = self._column = -1
        #: The cell being read, where it is asked for.
        self._place: Place | None = None
        self._code = self._kind = ""
        self._has_formula = self._is_text = self._has_marks = False
        self._value: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = xml.local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
            if attributes.get("hidden") in _TRUE:
                self.hidden_rows.add(self._row)
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))
        elif self._place and name == "f":
            self._has_formula = True
        elif self._place and name in _MARKS and attributes.get("val") not in _NO_MARK:
            self._has_marks = True
        elif self._place and name == "v":
            # A formula may rightly give an empty text; any other empty result was never saved.
            self._is_text = self._kind == "str"
            self.parser.CharacterDataHandler = self._value.append

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if at := position(attributes.get("r", "")):
            self._row, self._column = at
        else:
            self._column += 1
        place = self._row, self._column
        self._place = place if place in self.cells else None
        if self._place:
            self._code = self._styles.code(int(attributes.get("s", "0")))
            self._kind = attributes.get("t", "n")
            self._has_formula = self._is_text = self._has_marks = False
            self._value.clear()

    def _end(self, name: str) -> None:
        if self._place is None:
            return
        if ":" in name:
            name = xml.local(name)
        if name == "v":
            self.parser.CharacterDataHandler = None
        elif name == "c":
            value = "".join(self._value).strip()
            error = value if self._kind == "e" else ""
            has_value = self._is_text or bool(value)
            has_marks = self._has_marks or (
                self._kind == "s" and value.isdigit() and int(value) in self._styles.marked()
            )
            self.cells[self._place] = CellDetail(
                self._code, error, self._has_formula, has_value, has_marks
            )
            self._place = None
