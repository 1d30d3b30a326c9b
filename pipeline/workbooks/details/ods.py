"""The details of `.ods` workbooks, from their own XML (OpenDocument 1.3 part 3)."""

from __future__ import annotations

import io
import zipfile
from bisect import bisect_left
from collections import defaultdict
from xml.parsers import expat

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.around import BOX, MasterPages
from pipeline.workbooks.details.detail import (
    GENERAL,
    Around,
    CellDetail,
    CellStyle,
    Marks,
    Place,
    SheetDetails,
    Span,
)
from pipeline.workbooks.details.ods_styles import (
    UNWRITTEN,
    Origins,
    StyleName,
    StyleWalk,
    inherited,
)

#: More rows hidden in one stretch are no return's.
_MOST = 20_000
#: More boxes on a sheet are no return's, and of one so much is looked at.
_MOST_BOXES, _LONGEST = 200, 2_000
_BOXES = frozenset({"custom-shape", "text-box", "rect"})
_HIDDEN = ("collapse", "filter")
_CELLS = ("table-cell", "covered-table-cell")
#: Elements that stand for blanks and line ends within a paragraph.
_BLANKS = {"s": " ", "tab": "\t", "line-break": "\n"}


class OdsBook:
    """An `.ods` workbook: its content, and what its styles say of cells and runs."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self._content = archive.read("content.xml")
            parts = [archive.read("styles.xml")] if "styles.xml" in archive.namelist() else []
        # Gnumeric names this one, and defines it nowhere.
        codes: dict[str, str | None] = {GENERAL: GENERAL}
        styles: dict[StyleName, Origins] = {}
        pages: dict[str, str] = {}
        # What stands in the content replaces what bears the same name in the styles.
        for part in (*parts, self._content):
            if part:
                walk = StyleWalk(part)
                codes |= walk.codes
                styles |= walk.styles
                pages |= walk.pages
        self._styles = inherited(styles, codes)
        said = MasterPages(parts[0]).said if parts else {}
        #: What the pages say that tables of a style are printed on.
        self._pages = {style: said[page] for style, page in pages.items() if page in said}

    def sheet(self, name: str, asked: set[Place]) -> SheetDetails:
        """The details of a sheet's cells. Raises KeyError where there is no such sheet."""
        walk = _Walk(self._content, name, asked, self._styles)
        if not walk.has_sheet:
            raise KeyError(name)
        walk.found.around += self._pages.get(walk.style, [])
        return walk.found


def merged(content: bytes) -> dict[str, list[Span]]:
    """Each sheet's merged ranges."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _Walk(archive.read("content.xml"), None, set(), {}).merged


class _Walk:
    """One pass over the content, for one sheet's cells or for every sheet's merged ranges."""

    def __init__(
        self,
        content: bytes,
        sheet: str | None,
        asked: set[Place],
        styles: dict[StyleName, CellStyle],
    ) -> None:
        self.found = SheetDetails.of(asked)
        self.has_sheet = False
        #: The name of the style of the whole sheet.
        self.style = ""
        #: What a text box says, while it is read.
        self._box: list[str] | None = None
        self.merged: defaultdict[str, list[Span]] = defaultdict(list)
        self._sheet, self._styles = sheet, styles
        self._columns_of: defaultdict[int, list[int]] = defaultdict(list)
        for row, column in sorted(asked):
            self._columns_of[row].append(column)
        self._rows = list(self._columns_of)
        self._parser = expat.ParserCreate()
        self._name = self._row_style = ""
        self._is_here = self._in_note = False
        self._depth = 0
        self._row = self._next_row = self._column = self._next_column = 0
        #: First and last column of each range, and its style.
        self._default_styles: list[tuple[int, int, str]] = []
        #: The cell being read, where it is asked for: the places that it stands for.
        self._places: list[Place] = []
        self._attributes: dict[str, str] = {}
        #: What it shows, in as many pieces as there are; none where it has no paragraph.
        self._text: list[str] = []
        self._paragraphs = 0
        self._marks = Marks.NONE
        #: What its comment says.
        self._comment: list[str] = []
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
                self.style = named.get("style-name", "") if self._is_here else self.style
                self._next_row = self._next_column = 0
                self._default_styles = []
        elif not self._is_here or self._depth != 1:
            return
        elif element in _BOXES and self._box is None:
            self._box = []
        elif self._box is not None:
            if element == "p":
                self._box.append("\n" if self._box else "")
                self._parser.CharacterDataHandler = self._box.append
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
        elif self._places and not self._in_note:
            self._start_text(element, named)
        elif self._places and element == "p":
            self._comment.append("\n" if self._comment else "")
            self._parser.CharacterDataHandler = self._comment.append

    def _start_text(self, element: str, named: dict[str, str]) -> None:
        """What stands within a cell that is asked for."""
        if element == "annotation":
            self._in_note = True
        elif element == "p":
            self._text.append("\n" if self._paragraphs else "")
            self._paragraphs += 1
            self._parser.CharacterDataHandler = self._text.append
            self._mark("paragraph", named)
        elif element == "span":
            self._mark("text", named)
        elif element in _BLANKS:
            self._text.append(_BLANKS[element] * _count(named, "c"))

    def _mark(self, family: str, named: dict[str, str]) -> None:
        style = self._styles.get((family, named.get("style-name", "")))
        self._marks |= style.marks if style else Marks.NONE

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
        self._paragraphs, self._marks, self._comment = 0, Marks.NONE, []

    def _end(self, qualified: str) -> None:
        element = xml.local(qualified)
        if element == "table" and qualified.startswith("table:"):
            self._depth -= 1
            self._is_here = self._is_here and self._depth > 0
        elif element in _CELLS and self._places:
            self.found.cells |= dict.fromkeys(self._places, self._detail())
            if self._comment:
                self.found.comments |= dict.fromkeys(self._places, "".join(self._comment))
            self._places = []
        elif element == "annotation":
            self._in_note = False
        elif element in _BOXES and self._box is not None:
            text = "".join(self._box).strip()[:_LONGEST]
            if text and len(self.found.around) < _MOST_BOXES:
                self.found.around.append(Around(text, BOX))
            self._box = None
        elif element == "p":
            self._parser.CharacterDataHandler = None

    def _detail(self) -> CellDetail:
        named = self._attributes
        of_column = (s for first, last, s in self._default_styles if first <= self._column <= last)
        style = named.get("style-name") or self._row_style or next(of_column, "")
        kind = named.get("value-type", "")
        plain = CellStyle() if style in UNWRITTEN else CellStyle(None)
        look = self._styles.get(("table-cell", style), plain)
        code = look.number_format
        # A cell's own type says this much where its style says nothing.
        if kind == "percentage" and code is not None and "%" not in code:
            code = "0.00%"
        # Two value-types stand in one cell; LibreOffice's own names the error.
        text = "".join(self._text).strip()
        is_error = kind == "error" or text.startswith(("#", "Err:"))
        # The result of ="" has no type, only an empty paragraph.
        has_value = bool(kind or self._text)
        marks = look.marks | self._marks
        has_formula = "formula" in named
        return CellDetail(code, text if is_error else "", has_formula, has_value, marks, text)


def _count(named: dict[str, str], what: str) -> int:
    """A repetition; one where none is written."""
    return max(1, int(named.get(what) or 1))
