"""The details of `.ods` workbooks, from their own XML (OpenDocument 1.3 part 3)."""

from __future__ import annotations

import zipfile
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from xml.parsers import expat

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import (
    GENERAL,
    PLAIN,
    CellDetail,
    Details,
    Place,
    SheetDetails,
    Span,
)

#: More rows hidden in one stretch are no return's.
_MOST = 20_000
_HIDDEN = ("collapse", "filter")
#: Words within a data style.
_SAID = ("text", "currency-symbol")
#: Kinds of numbers within a data style, with what follows their digits.
_SHAPES = {"number": "", "scientific-number": "E+00", "fraction": " ?/?"}
#: The conditions by which the sections of Excel's formats go where none is written.
_BY_SIGN = ((), (">=0",), (">0", "<0"))
_CELLS = ("table-cell", "covered-table-cell")
#: The kinds of data styles; what a format code of Excel would say stands for each.
_DATA_STYLES = {
    "number-style": "",
    "percentage-style": "",
    "currency-style": "",
    "date-style": "yyyy-mm-dd",
    "time-style": "[h]:mm:ss",
    "boolean-style": '"TRUE";"TRUE";"FALSE"',
    "text-style": "@",
}
#: A cell's own type says this much where its style says nothing.
_OF_TYPE = {"percentage": "0.00%"}


def details(path: Path) -> Details:
    """The look-up in one workbook."""

    @cache
    def opened() -> tuple[bytes, dict[str, str]]:
        with zipfile.ZipFile(path) as archive:
            content = archive.read("content.xml")
            styles = archive.read("styles.xml") if "styles.xml" in archive.namelist() else b""
        return content, _formats((styles, content))

    def look_up(sheet: str, wanted: Iterable[Place]) -> SheetDetails:
        content, formats = opened()
        walk = _Walk(sheet, set(wanted), formats)
        walk.run(content)
        if not walk.found:
            raise KeyError(sheet)
        return SheetDetails(walk.cells, frozenset(walk.hidden_rows), tuple(walk.hidden_columns))

    return look_up


def merged(path: Path) -> dict[str, tuple[Span, ...]]:
    """Each sheet's merged ranges."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml")
    walk = _Walk(None, set(), {})
    walk.run(content)
    return {sheet: tuple(spans) for sheet, spans in walk.merged.items()}


def _formats(parts: Iterable[bytes]) -> dict[str, str]:
    """The number format of each cell style that has one, in the words of Excel.

    What stands in a later part replaces what bears the same name in an earlier one.
    """
    codes: dict[str, str] = {}
    styles: dict[str, tuple[str, str]] = {}
    for part in parts:
        if part:
            walk = _StyleWalk()
            xml.parse(walk.parser, part)
            codes |= walk.codes
            styles |= walk.styles
    return _inherited(styles, codes)


class _StyleWalk:
    """One pass over a part's styles: data styles as format codes, cell styles by name."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        #: Each cell style's data style and parent.
        self.styles: dict[str, tuple[str, str]] = {}
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._name = self._kind = ""
        self._pieces: list[str] = []
        #: The conditions under which other data styles take this one's place.
        self._maps: list[tuple[str, str]] = []
        self._text: list[str] = []

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        element = xml.local(qualified)
        if not self._name and qualified != "style:style" and element not in _DATA_STYLES:
            return
        named = {xml.local(key): value for key, value in attributes.items()}
        if element in _DATA_STYLES:
            self._name, self._kind = named.get("name", ""), element
            self._pieces, self._maps = [], []
        elif element == "style" and named.get("family") == "table-cell":
            data_style, parent = (
                named.get("data-style-name", ""),
                named.get("parent-style-name", ""),
            )
            self.styles[named.get("name", "")] = data_style, parent
        elif self._name and element in _SHAPES:
            places = min(int(named.get("decimal-places") or 0), 20)
            least = min(int(named.get("min-decimal-places") or places), places)
            shape = "0" + "." * (places > 0) + "0" * least + "#" * (places - least)
            # A display factor of a thousand is a comma behind the digits, of a million two.
            commas = "," * (len(named.get("display-factor") or "1") // 3)
            self._pieces.append(shape + _SHAPES[element] + commas)
        elif self._name and element == "map":
            condition = named.get("condition", "").removeprefix("value()").replace("!=", "<>")
            self._maps.append((condition, named.get("apply-style-name", "")))
        elif self._name and element in _SAID:
            self._text = []
            self.parser.CharacterDataHandler = self._text.append

    def _end(self, qualified: str) -> None:
        element = xml.local(qualified)
        if self._name and element in _SAID:
            self.parser.CharacterDataHandler = None
            said = "".join(self._text)
            # A percentage's own sign scales; the same sign in another style is only a sign.
            scales = self._kind == "percentage-style" and said.strip() == "%"
            self._pieces.append("%" if scales else f'"{said}"' if said else "")
        elif self._name and element == self._kind:
            own = _DATA_STYLES[self._kind] or "".join(self._pieces)
            self.codes[self._name] = self._with_maps(own)
            self._name = ""

    def _with_maps(self, own: str) -> str:
        """A style's code with those of the styles that take its place, as sections of a format."""
        sections = [self.codes.get(name, GENERAL) for _, name in self._maps]
        conditions = tuple(condition for condition, _ in self._maps)
        if conditions not in _BY_SIGN:
            pairs = zip(conditions, sections, strict=True)
            sections = [f"[{condition}]{section}" for condition, section in pairs]
        return ";".join([*sections, own])


def _inherited(styles: dict[str, tuple[str, str]], codes: dict[str, str]) -> dict[str, str]:
    """Each style's format: its own, or that of the nearest style it stems from."""
    found: dict[str, str] = {}
    for style in styles:
        at, seen = style, set[str]()
        while at in styles and at not in seen:
            seen.add(at)
            own, parent = styles[at]
            if own in codes:
                found[style] = codes[own]
                break
            at = parent
    return found


class _Walk:
    """One pass over the content, for one sheet's cells or for every sheet's merged ranges."""

    def __init__(self, sheet: str | None, asked: set[Place], formats: dict[str, str]) -> None:
        self.cells: dict[Place, CellDetail] = dict.fromkeys(asked, PLAIN)
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: dict[str, list[Span]] = {}
        self.found = False
        self._sheet, self._formats = sheet, formats
        self._columns_of: dict[int, list[int]] = {}
        for row, column in sorted(asked):
            self._columns_of.setdefault(row, []).append(column)
        self._rows = sorted(self._columns_of)
        self._parser = expat.ParserCreate()
        self._name = ""
        self._is_here = False
        self._depth = 0
        self._row = self._next_row = self._column = self._next_column = 0
        self._default_styles: list[tuple[int, int, str]] = []
        self._row_style = ""
        #: The cell being read, where it is asked for: the places that it stands for.
        self._places: list[Place] = []
        self._attributes: dict[str, str] = {}
        self._is_shown = False
        self._text: list[str] = []

    def run(self, content: bytes) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        xml.parse(self._parser, content)

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        element = xml.local(qualified)
        named = {xml.local(key): value for key, value in attributes.items()}
        if element == "table" and qualified.startswith("table:"):
            self._depth += 1
            if self._depth == 1:
                self._begin(named.get("name", ""))
        elif not self._is_here or self._depth != 1:
            return
        elif element == "table-column":
            self._on_column(named)
        elif element == "table-row":
            self._row, self._column, self._next_column = self._next_row, 0, 0
            count = _count(named.get("number-rows-repeated"))
            self._next_row = self._row + count
            self._row_style = named.get("default-cell-style-name", "")
            if named.get("visibility") in _HIDDEN:
                self.hidden_rows.update(range(self._row, min(self._next_row, self._row + _MOST)))
        elif element in _CELLS:
            self._on_cell(named)
        elif element == "p" and self._places:
            self._is_shown = True
            self._parser.CharacterDataHandler = self._text.append

    def _end(self, qualified: str) -> None:
        element = xml.local(qualified)
        if element == "table" and qualified.startswith("table:"):
            self._depth -= 1
            self._is_here = self._is_here and self._depth > 0
        elif element in _CELLS and self._places:
            detail = self._detail()
            for place in self._places:
                self.cells[place] = detail
            self._places = []
        elif element == "p":
            self._parser.CharacterDataHandler = None

    def _begin(self, name: str) -> None:
        self._name = name
        self._is_here = self._sheet is None or (self._sheet == name and not self.found)
        self.found |= self._is_here
        self._next_row = self._next_column = 0
        self._default_styles = []

    def _on_column(self, named: dict[str, str]) -> None:
        first = self._default_styles[-1][1] + 1 if self._default_styles else 0
        last = first + _count(named.get("number-columns-repeated")) - 1
        self._default_styles.append((first, last, named.get("default-cell-style-name", "")))
        if named.get("visibility") in _HIDDEN:
            self.hidden_columns.append((first, last))

    def _on_cell(self, named: dict[str, str]) -> None:
        self._column = self._next_column
        self._next_column += _count(named.get("number-columns-repeated"))
        down, across = (_count(named.get(f"number-{of}-spanned")) for of in ("rows", "columns"))
        if self._sheet is None:
            if (down, across) != (1, 1):
                span = self._row, self._column, self._row + down - 1, self._column + across - 1
                self.merged.setdefault(self._name, []).append(span)
            return
        first = bisect_left(self._rows, self._row)
        last = bisect_left(self._rows, self._next_row)
        self._places = [
            (row, column)
            for row in self._rows[first:last]
            for column in self._columns_of[row]
            if self._column <= column < self._next_column
        ]
        self._attributes = named
        self._is_shown = False
        self._text = []

    def _detail(self) -> CellDetail:
        named = self._attributes
        style = named.get("style-name") or self._row_style or self._style_of_column()
        kind = named.get("value-type", "")
        code = self._formats.get(style, _OF_TYPE.get(kind, GENERAL))
        if kind == "percentage" and "%" not in code:
            code = _OF_TYPE[kind]
        # Two value-types stand in one cell; LibreOffice's own names the error.
        text = "".join(self._text).strip()
        is_error = kind == "error" or text.startswith(("#", "Err:"))
        has_formula = "formula" in named
        # The result of ="" has no type, only an empty paragraph.
        return CellDetail(code, text if is_error else "", has_formula, bool(kind) or self._is_shown)

    def _style_of_column(self) -> str:
        return next(
            (s for first, last, s in self._default_styles if first <= self._column <= last), ""
        )


def _count(text: str | None) -> int:
    """A repetition; one where none is written."""
    return max(1, int(text)) if text else 1
