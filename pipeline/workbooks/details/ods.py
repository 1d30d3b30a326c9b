"""The details of `.ods` workbooks, from their own XML (OpenDocument 1.3 part 3)."""

from __future__ import annotations

import zipfile
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path
from xml.parsers import expat

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import GENERAL, CellDetail, Place, SheetDetails, Span

#: More rows hidden in one stretch are no return's.
_MOST = 20_000
_HIDDEN = ("collapse", "filter")
#: Words within a data style.
_SAID = ("text", "currency-symbol")
#: Kinds of numbers within a data style, with what follows their digits.
_SHAPES = {"number": "", "scientific-number": "E+00", "fraction": " ?/?"}
#: The conditions by which the sections of Excel's formats go where none is written.
_BY_SIGN = ((), (">=0",), (">0", "<0"))
#: Styles that are there although no part defines them: of a cell that names none, and of all.
_UNWRITTEN = ("", "Default")
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


class OdsBook:
    """An `.ods` workbook: its content, and the number formats of its cell styles."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self._content = archive.read("content.xml")
            parts = [archive.read("styles.xml")] if "styles.xml" in archive.namelist() else []
        # Gnumeric names this one, and defines it nowhere.
        codes: dict[str, str | None] = {GENERAL: GENERAL}
        styles: dict[str, tuple[str, str]] = {}
        # What stands in the content replaces what bears the same name in the styles.
        for part in (*parts, self._content):
            if part:
                walk = _StyleWalk(part)
                codes |= walk.codes
                styles |= walk.styles
        self._formats = _inherited(styles, codes)

    def sheet(self, name: str, asked: set[Place]) -> SheetDetails:
        """The details of a sheet's cells. Raises KeyError where there is no such sheet."""
        walk = _Walk(self._content, name, asked, self._formats)
        if not walk.has_sheet:
            raise KeyError(name)
        return walk.found


def merged(path: Path) -> dict[str, list[Span]]:
    """Each sheet's merged ranges."""
    with zipfile.ZipFile(path) as archive:
        return _Walk(archive.read("content.xml"), None, set(), {}).merged


class _StyleWalk:
    """One pass over a part's styles: data styles as format codes, cell styles by name."""

    def __init__(self, part: bytes) -> None:
        self.codes: dict[str, str | None] = {}
        #: Each cell style's data style and parent.
        self.styles: dict[str, tuple[str, str]] = {}
        self._parser = expat.ParserCreate()
        self._name = self._kind = ""
        self._pieces: list[str] = []
        #: Something in it cannot be understood.
        self._is_odd = False
        #: The conditions under which other data styles take this one's place.
        self._maps: list[tuple[str, str]] = []
        self._text: list[str] = []
        xml.parse(self._parser, part, self._start, self._end)

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        element = xml.local(qualified)
        if not self._name and qualified != "style:style" and element not in _DATA_STYLES:
            return
        named = {xml.local(key): value for key, value in attributes.items()}
        if element in _DATA_STYLES:
            self._name, self._kind = named.get("name", ""), element
            self._pieces, self._maps, self._is_odd = [], [], False
        elif element == "style" and named.get("family") == "table-cell":
            origins = named.get("data-style-name", ""), named.get("parent-style-name", "")
            self.styles[named.get("name", "")] = origins
        elif self._name and element in _SHAPES:
            most = xml.whole(named.get("decimal-places") or "0")
            fewest = xml.whole(named.get("min-decimal-places") or str(most))
            self._is_odd |= most is None or fewest is None
            places = min(most or 0, 20)
            least = min(fewest or 0, places)
            shape = "0" + "." * (places > 0) + "0" * least + "#" * (places - least)
            # A display factor of a thousand is a comma behind the digits, of a million two.
            commas = "," * (len(named.get("display-factor") or "1") // 3)
            self._pieces.append(shape + _SHAPES[element] + commas)
        elif self._name and element == "map":
            condition = named.get("condition", "").removeprefix("value()").replace("!=", "<>")
            self._maps.append((condition, named.get("apply-style-name", "")))
        elif self._name and element in _SAID:
            self._text = []
            self._parser.CharacterDataHandler = self._text.append

    def _end(self, qualified: str) -> None:
        element = xml.local(qualified)
        if self._name and element in _SAID:
            self._parser.CharacterDataHandler = None
            said = "".join(self._text)
            # A percentage's own sign scales; the same sign in another style is only a sign.
            scales = self._kind == "percentage-style" and said.strip() == "%"
            self._pieces.append("%" if scales else f'"{said}"' if said else "")
        elif self._name and element == self._kind:
            own = _DATA_STYLES[self._kind] or "".join(self._pieces)
            self.codes[self._name] = None if self._is_odd else self._with_maps(own)
            self._name = ""

    def _with_maps(self, own: str) -> str | None:
        """A style's code with those of the styles that take its place, as sections of a format."""
        sections = [code for _, name in self._maps if (code := self.codes.get(name)) is not None]
        if len(sections) < len(self._maps):
            return None
        conditions = tuple(condition for condition, _ in self._maps)
        if conditions not in _BY_SIGN:
            pairs = zip(conditions, sections, strict=True)
            sections = [f"[{condition}]{section}" for condition, section in pairs]
        return ";".join([*sections, own])


def _inherited(
    styles: dict[str, tuple[str, str]], codes: dict[str, str | None]
) -> dict[str, str | None]:
    """Each style's format: its own, or that of the nearest style it stems from.

    None of one that is defined nowhere, or stems from such a one.
    """
    found: dict[str, str | None] = dict.fromkeys(_UNWRITTEN, GENERAL)
    for style in styles:
        at, seen = style, set[str]()
        while at in styles and at not in seen:
            seen.add(at)
            own, parent = styles[at]
            if own:
                found[style] = codes.get(own)
                break
            at = parent
        else:
            found.setdefault(style, GENERAL if at in _UNWRITTEN else None)
    return found


class _Walk:
    """One pass over the content, for one sheet's cells or for every sheet's merged ranges."""

    def __init__(
        self, content: bytes, sheet: str | None, asked: set[Place], formats: dict[str, str | None]
    ) -> None:
        self.found = SheetDetails.of(asked)
        self.has_sheet = False
        self.merged: defaultdict[str, list[Span]] = defaultdict(list)
        self._sheet, self._formats = sheet, formats
        self._columns_of: defaultdict[int, list[int]] = defaultdict(list)
        for row, column in sorted(asked):
            self._columns_of[row].append(column)
        self._rows = list(self._columns_of)
        self._parser = expat.ParserCreate()
        self._name = self._row_style = ""
        self._is_here = False
        self._depth = 0
        self._row = self._next_row = self._column = self._next_column = 0
        #: First and last column of each range, and its style.
        self._default_styles: list[tuple[int, int, str]] = []
        #: The cell being read, where it is asked for: the places that it stands for.
        self._places: list[Place] = []
        self._attributes: dict[str, str] = {}
        #: What it shows, in as many pieces as there are; none where it has no paragraph.
        self._text: list[str] = []
        xml.parse(self._parser, content, self._start, self._end)

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        element = xml.local(qualified)
        named = {xml.local(key): value for key, value in attributes.items()}
        if element == "table" and qualified.startswith("table:"):
            self._depth += 1
            if self._depth == 1:
                self._name = name = named.get("name", "")
                self._is_here = self._sheet is None or (self._sheet == name and not self.has_sheet)
                self.has_sheet |= self._is_here
                self._next_row = self._next_column = 0
                self._default_styles = []
        elif not self._is_here or self._depth != 1:
            return
        elif element == "table-column":
            first = self._default_styles[-1][1] + 1 if self._default_styles else 0
            last = first + _count(named, "number-columns-repeated") - 1
            self._default_styles.append((first, last, named.get("default-cell-style-name", "")))
            if named.get("visibility") in _HIDDEN:
                self.found.hidden_columns.append((first, last))
        elif element == "table-row":
            self._row, self._next_column = self._next_row, 0
            self._next_row += _count(named, "number-rows-repeated")
            self._row_style = named.get("default-cell-style-name", "")
            if named.get("visibility") in _HIDDEN:
                hidden = range(self._row, min(self._next_row, self._row + _MOST))
                self.found.hidden_rows.update(hidden)
        elif element in _CELLS:
            self._start_cell(named)
        elif element == "p" and self._places:
            self._text.append("")
            self._parser.CharacterDataHandler = self._text.append

    def _start_cell(self, named: dict[str, str]) -> None:
        self._column = self._next_column
        self._next_column += _count(named, "number-columns-repeated")
        if self._sheet is None:
            bottom = self._row + _count(named, "number-rows-spanned") - 1
            right = self._column + _count(named, "number-columns-spanned") - 1
            if (bottom, right) != (self._row, self._column):
                self.merged[self._name].append((self._row, self._column, bottom, right))
            return
        first, last = bisect_left(self._rows, self._row), bisect_left(self._rows, self._next_row)
        self._places = [
            (row, column)
            for row in self._rows[first:last]
            for column in self._columns_of[row]
            if self._column <= column < self._next_column
        ]
        self._attributes, self._text = named, []

    def _end(self, qualified: str) -> None:
        element = xml.local(qualified)
        if element == "table" and qualified.startswith("table:"):
            self._depth -= 1
            self._is_here = self._is_here and self._depth > 0
        elif element in _CELLS and self._places:
            self.found.cells |= dict.fromkeys(self._places, self._detail())
            self._places = []
        elif element == "p":
            self._parser.CharacterDataHandler = None

    def _detail(self) -> CellDetail:
        named = self._attributes
        of_column = (s for first, last, s in self._default_styles if first <= self._column <= last)
        style = named.get("style-name") or self._row_style or next(of_column, "")
        kind = named.get("value-type", "")
        code = self._formats.get(style)
        # A cell's own type says this much where its style says nothing.
        if kind == "percentage" and code is not None and "%" not in code:
            code = "0.00%"
        # Two value-types stand in one cell; LibreOffice's own names the error.
        text = "".join(self._text).strip()
        is_error = kind == "error" or text.startswith(("#", "Err:"))
        # The result of ="" has no type, only an empty paragraph.
        has_value = bool(kind or self._text)
        return CellDetail(code, text if is_error else "", "formula" in named, has_value)


def _count(named: dict[str, str], what: str) -> int:
    """A repetition; one where none is written."""
    return max(1, int(named.get(what) or 1))
