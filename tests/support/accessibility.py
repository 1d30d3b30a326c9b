"""Whether a workbook keeps to the UK Analysis Function's rules for accessible spreadsheets.

The rules are those of "Releasing statistics in spreadsheets" and of its checklist of the basics, 39
as they are split here. Each is judged by what the file holds, through openpyxl and its parts; what
only a person can judge says so.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.workbooks.row_height import TALLEST_ROW, line_height, text_width, wrap

#: What stands for a figure that is not there, by the Government's codes.
CODES = ("[x]", "[c]", "[z]", "[low]", "[e]", "[p]", "[r]", "[u]")
#: WCAG 2.2, level AA, of text in any size.
LEAST_CONTRAST = 4.5
SMALLEST_TYPE = 12

_PLAIN_FONTS = {"Arial", "Calibri", "Liberation Sans", "Verdana", "Helvetica"}
_UNNAMED_TABLE = re.compile(r"_?(table|tabelle|tableau)?_?\d*", re.IGNORECASE)
_UNNAMED_SHEET = re.compile(r"(sheet|tabelle|feuil)?\s*\d*", re.IGNORECASE)
_NOTE = re.compile(r"\[note (\d+)\]")
#: Other ways of pointing to a footnote: superior figures, stars and daggers, a number in brackets.
_OTHER_MARK = re.compile(r"[*†‡§¹²³⁰⁴-⁹ª\u00ba]+\s*$|\w\s?[\[(]\d{1,2}[\])]\s*$")
_COUNT_OF_TABLES = re.compile(r"\b(one|no|two|three|\d+) tables?\b", re.IGNORECASE)
_EXPLAINS_BLANKS = re.compile(r"\b(blank|empty|fill(ed)? in|type|enter)\b", re.IGNORECASE)
_SAYS_NOTHING = re.compile(r"(click|go|see)? ?(here|more|link|this)?|https?:\S*|www\.\S*|\W*", re.I)
#: Signs of arithmetic, which screen readers call by their names, as they do those of a keyboard.
_SPOKEN = frozenset("≤≥±×÷−")
#: A figure that stands as text, as one of more digits than Excel keeps must.
_FIGURE = re.compile(r"[-−£]?[\d,.]+%?")
_HEAVY = frozenset({"medium", "thick", "double", "mediumDashed", "mediumDashDot", "slantDashDot"})
_WHITE, _BLACK = "FFFFFF", "000000"
_DIGIT, _MARGIN = 7, 5
#: Fonts as wide as Arial.
_LIKE_ARIAL = {"Arial", "Liberation Sans", "Helvetica"}


@dataclass(frozen=True)
class Fault:
    """What goes against a rule, on which sheet; of the workbook as a whole where there is none."""

    sheet: str
    said: str


@dataclass
class Sheet:
    """A worksheet with what stands in it. Rows and columns count from 1."""

    book: Book
    of: Worksheet

    @property
    def name(self) -> str:
        return self.of.title

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """The cells with anything in them."""
        return {
            (cell.row, cell.column): cell
            for row in self.of.iter_rows()
            for cell in row
            if isinstance(cell, Cell) and cell.value not in (None, "")
        }

    @cached_property
    def texts(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if isinstance(cell.value, str)]

    @cached_property
    def tables(self) -> list[tuple[Table, tuple[int, int, int, int]]]:
        """Each table with its first column, first row, last column and last row."""
        found = []
        for table in self.of.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            found.append((table, (int(left), int(top), int(right), int(bottom))))
        return sorted(found, key=lambda each: each[1][1])

    @property
    def first_row(self) -> int:
        """The row of the first table's headings; below the sheet where it has no table."""
        return self.tables[0][1][1] if self.tables else self.of.max_row + 1

    @property
    def above(self) -> list[str]:
        """What is said above the tables, from top to bottom."""
        return [str(c.value) for (row, _), c in sorted(self.cells.items()) if row < self.first_row]

    def in_table(self, row: int, column: int) -> bool:
        return any(
            left <= column <= right and top <= row <= bottom
            for _, (left, top, right, bottom) in self.tables
        )

    def data(self) -> Iterator[Cell]:
        """The cells of all tables below their headings, filled or not."""
        for _, (left, top, right, bottom) in self.tables:
            for row in self.of.iter_rows(top + 1, bottom, left, right):
                yield from (cell for cell in row if isinstance(cell, Cell))

    def headings(self) -> Iterator[Cell]:
        for _, (left, top, right, _) in self.tables:
            for row in self.of.iter_rows(top, top, left, right):
                yield from (cell for cell in row if isinstance(cell, Cell))

    def width(self, column: int) -> int:
        """Of a column, in pixels."""
        for letter, known in self.of.column_dimensions.items():
            first, last = known.min, known.max
            if first and last and first <= column <= last and known.width:
                return round(known.width * self.book.digit)
            if not first and letter == get_column_letter(column) and known.width:
                return round(known.width * self.book.digit)
        return 8 * self.book.digit + _MARGIN

    def span(self, cell: Cell) -> tuple[int, int, int, int]:
        """The cell with what is merged with it: first column and row, last column and row."""
        for merged in self.of.merged_cells.ranges:
            if cell.coordinate in merged:
                return merged.min_col, merged.min_row, merged.max_col, merged.max_row
        return cell.column, cell.row, cell.column, cell.row


@dataclass
class Book:
    """A workbook under judgement, of which only some sheets may be looked at."""

    content: bytes
    #: The names of the sheets that are judged; all of them where it is empty.
    judged: tuple[str, ...] = ()
    _open: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._open = _opened(self.content)

    @cached_property
    def every(self) -> list[Sheet]:
        return [Sheet(self, sheet) for sheet in self._open.worksheets]

    @cached_property
    def sheets(self) -> list[Sheet]:
        return [each for each in self.every if not self.judged or each.name in self.judged]

    @property
    def about(self) -> Any:
        return self._open.properties

    @cached_property
    def rich(self) -> set[tuple[str, str]]:
        """The cells, by sheet and address, whose text has parts that look otherwise."""
        book = _opened(self.content, rich_text=True)
        return {
            (sheet.title, cell.coordinate)
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, CellRichText)
        }

    @cached_property
    def digit(self) -> int:
        """The width in pixels of a digit of the workbook's plain font, in which columns count."""
        plain = self._open._fonts[0]
        return round(text_width("0", plain.sz)) if plain.name in _LIKE_ARIAL else _DIGIT

    @property
    def active(self) -> int:
        return int(self._open._active_sheet_index)

    @cached_property
    def parts(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @cached_property
    def part_of(self) -> dict[str, str]:
        """The part of each sheet, by its name."""
        ids = {
            each.get("Id"): each.get("Target").removeprefix("/xl/")
            for each in _xml(self.parts["xl/_rels/workbook.xml.rels"])
        }
        return {
            each.get("name"): f"xl/{ids[_attribute(each, 'id')]}"
            for each in _named(_xml(self.parts["xl/workbook.xml"]), "sheet")
        }

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that another one refers to as of this kind, by the end of the kind's name."""
        folder, _, name = part.rpartition("/")
        rels = self.parts.get(f"{folder}/_rels/{name}.rels")
        found = []
        for each in [] if rels is None else _xml(rels):
            if each.get("Type", "").endswith(f"/{kind}"):
                path = each.get("Target")
                up = folder.rpartition("/")[0]
                full = path[1:] if path.startswith("/") else path.replace("..", up, 1)
                found.append(full if "/" in full else f"{folder}/{full}")
        return found


def _opened(content: bytes, *, rich_text: bool = False) -> Workbook:
    with warnings.catch_warnings():
        # Of what openpyxl leaves out when it saves; here it only reads.
        warnings.filterwarnings("ignore", module=r"openpyxl\.")
        return openpyxl.load_workbook(io.BytesIO(content), rich_text=rich_text)


def _xml(content: bytes) -> Any:
    return ElementTree.fromstring(content)  # noqa: S314 - the project wrote it


def _named(root: Any, name: str) -> Iterator[Any]:
    """All elements of a local name, in whatever namespace."""
    return (each for each in root.iter() if each.tag.rpartition("}")[2] == name)


def _attribute(element: Any, name: str) -> str:
    """An attribute by its local name."""
    return next(v for key, v in element.attrib.items() if key.rpartition("}")[2] == name)


# --- Tables --------------------------------------------------------------------------------------

Judge = Callable[[Sheet], Iterator[str]]


def _marked_up(sheet: Sheet) -> Iterator[str]:
    for (row, column), cell in sheet.cells.items():
        if column > 1 and not sheet.in_table(row, column):
            yield f"{cell.coordinate} is beside column A and in no table"


def _named_tables(sheet: Sheet) -> Iterator[str]:
    for table, _ in sheet.tables:
        if _UNNAMED_TABLE.fullmatch(table.displayName):
            yield f"the table {table.ref} is called {table.displayName}"


def _merged(sheet: Sheet) -> Iterator[str]:
    yield from (f"{merged} is merged" for merged in sheet.of.merged_cells.ranges)


def _blank_lines(sheet: Sheet) -> Iterator[str]:
    for _, (left, top, right, bottom) in sheet.tables:
        for row in range(top, bottom + 1):
            if not any((row, column) in sheet.cells for column in range(left, right + 1)):
                yield f"row {row} of a table is blank"
        for column in range(left, right + 1):
            if not any((row, column) in sheet.cells for row in range(top + 1, bottom + 1)):
                yield f"column {get_column_letter(column)} of a table is blank"


def _header(sheet: Sheet) -> Iterator[str]:
    for table, (left, top, right, _) in sheet.tables:
        if table.headerRowCount == 0:
            yield f"{table.displayName} has no header row"
        found = Counter(
            str(cell.value).casefold() if (cell := sheet.cells.get((top, column))) else ""
            for column in range(left, right + 1)
        )
        for heading, times in found.items():
            if not heading or times > 1:
                yield f"{table.displayName} has {times} columns headed “{heading}”"


def _wrapped(sheet: Sheet) -> Iterator[str]:
    """Each text is seen in full: on one line, over empty cells beside it, or in its lines."""
    for cell in sheet.texts:
        # How high a text of several sizes is, the tests of the committee sheet look at.
        is_of_one_size = (sheet.name, cell.coordinate) not in sheet.book.rich
        if is_of_one_size and (said := _cut_off(sheet, cell)):
            yield f"{cell.coordinate} {said}"


def _cut_off(sheet: Sheet, cell: Cell) -> str:
    left, top, right, bottom = sheet.span(cell)
    size = float(cell.font.sz or 11)
    room = sum(sheet.width(column) for column in range(left, right + 1))
    text, bold = str(cell.value), bool(cell.font.b)
    if cell.alignment.shrink_to_fit:
        return "is set smaller to fit"
    if not cell.alignment.wrap_text:
        if not sheet.in_table(cell.row, cell.column):
            # It runs on over the empty cells beside it, as far as the table below is wide.
            last = max((each[2] for _, each in sheet.tables), default=sheet.of.max_column)
            for column in range(right + 1, max(last, right) + 1):
                if (cell.row, column) in sheet.cells:
                    break
                room += sheet.width(column)
        widest = max(text_width(line, size, bold=bold) for line in text.split("\n"))
        return "" if "\n" not in text and widest <= room else "is not wrapped"
    heights = [sheet.of.row_dimensions[row].height for row in range(top, bottom + 1)]
    if any(height is None for height in heights):
        return ""
    # Less a pixel a line: programs round.
    needed = len(wrap(text, room, size, bold=bold)) * (line_height(size) - 0.75)
    if needed > sum(heights):
        longer = " at Excel's tallest row" if max(heights) >= TALLEST_ROW else ""
        return f"is cut off{longer}"
    return ""


def _filters(sheet: Sheet) -> Iterator[str]:
    if sheet.of.auto_filter.ref:
        yield f"a filter over {sheet.of.auto_filter.ref}"
    yield from (f"{t.displayName} has a filter" for t, _ in sheet.tables if t.autoFilter)


def _frozen(sheet: Sheet) -> Iterator[str]:
    if sheet.of.freeze_panes:
        yield f"panes are frozen at {sheet.of.freeze_panes}"


def _unexplained(sheet: Sheet) -> Iterator[str]:
    said = "\n".join(sheet.above)
    used = Counter(str(cell.value) for cell in sheet.data() if cell.value in CODES)
    yield from (
        f"{code} stands in {n} cells without a key" for code, n in used.items() if code not in said
    )
    if not _EXPLAINS_BLANKS.search(said):
        blank = [cell.coordinate for cell in sheet.data() if cell.value in (None, "")]
        if blank:
            yield f"{len(blank)} cells are blank without a word why, such as {blank[0]}"


def _hidden(sheet: Sheet) -> Iterator[str]:
    if sheet.of.sheet_state != "visible":
        yield "the sheet is hidden"
    yield from (
        f"row {n} is hidden"
        for n, r in sheet.of.row_dimensions.items()
        if r.hidden or r.height == 0
    )
    yield from (
        f"column {n} is hidden"
        for n, c in sheet.of.column_dimensions.items()
        if c.hidden or c.width == 0
    )


# --- Notes ---------------------------------------------------------------------------------------


def _other_marks(sheet: Sheet) -> Iterator[str]:
    around = {c.coordinate for c in sheet.texts if not sheet.in_table(c.row, c.column)}
    around |= {cell.coordinate for cell in sheet.headings()}
    for cell in sheet.texts:
        if cell.font.vertAlign:
            yield f"{cell.coordinate} is set as {cell.font.vertAlign}"
        elif cell.coordinate in around and _OTHER_MARK.search(_NOTE.sub("", str(cell.value))):
            yield f"{cell.coordinate} ends in a symbol or number: {str(cell.value)[-20:]}"
    # Of runs in a cell openpyxl says nothing.
    if sheet is sheet.book.sheets[0] and b"<vertAlign" in sheet.book.parts.get(
        "xl/sharedStrings.xml", b""
    ):
        yield "a run of text is set above or below the line"


def _word_note(sheet: Sheet) -> Iterator[str]:
    for cell in sheet.texts:
        if re.search(r"\bfoot-?notes?\b|\[n\d+\]|\bn\.b\.", str(cell.value), re.IGNORECASE):
            yield f"{cell.coordinate} calls a note otherwise"


def _marks_in_data(sheet: Sheet) -> Iterator[str]:
    columns = {cell.column for cell in sheet.headings() if "note" in str(cell.value).casefold()}
    for cell in sheet.data():
        if cell.column not in columns and _NOTE.search(str(cell.value or "")):
            yield f"{cell.coordinate} holds the marker of a note"


def _notes_table(sheet: Sheet) -> Iterator[str]:
    noted = {
        str(cell.value).strip("[]")
        for each in sheet.book.every
        if "notes" in each.name.casefold()
        for cell in each.data()
        if re.fullmatch(r"\[?note \d+\]?", str(cell.value))
    }
    numbers = sorted(int(text.split()[-1]) for text in noted)
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the notes are numbered {numbers}"
    for cell in sheet.texts:
        for number in _NOTE.findall(str(cell.value)):
            if f"note {number}" not in noted:
                yield f"{cell.coordinate} points to note {number}, which is in no table of notes"


# --- Formatting ----------------------------------------------------------------------------------


def _links(sheet: Sheet) -> Iterator[str]:
    names = {each.name for each in sheet.book.every}
    for cell in sheet.cells.values():
        if cell.hyperlink is None:
            continue
        if _SAYS_NOTHING.fullmatch(str(cell.value).strip()):
            yield f"{cell.coordinate}, a link, says “{cell.value}”"
        if place := cell.hyperlink.location:
            name = place.rpartition("!")[0].strip("'").replace("''", "'")
            if name and name not in names:
                yield f"{cell.coordinate} leads to a sheet that is not there, {name}"


def _type(sheet: Sheet) -> Iterator[str]:
    for cell in sheet.cells.values():
        if cell.font.name not in _PLAIN_FONTS:
            yield f"{cell.coordinate} is set in {cell.font.name}"
        if (cell.font.sz or 11) < SMALLEST_TYPE:
            yield f"{cell.coordinate} is set in {cell.font.sz:g} points"


def _alignment(sheet: Sheet) -> Iterator[str]:
    headings = {each.coordinate for each in sheet.headings()}
    for cell in sheet.cells.values():
        across = cell.alignment.horizontal
        wrong = {"center", "justify", "centerContinuous", "distributed", "fill"}
        is_figure = isinstance(cell.value, int | float)
        wrong |= {"left"} if is_figure else {"right"}
        # A heading and a code stand as the figures of their column do.
        as_figures = cell.value in CODES or cell.coordinate in headings
        as_figures = as_figures or bool(_FIGURE.fullmatch(str(cell.value)))
        if across in wrong and not (as_figures and across == "right"):
            yield f"{cell.coordinate} is aligned {across}"


def _titles(sheet: Sheet) -> Iterator[str]:
    title = sheet.cells.get((1, 1))
    others = [e.cells[1, 1].value for e in sheet.book.every if e is not sheet and (1, 1) in e.cells]
    if title is None or not isinstance(title.value, str) or len(title.value.split()) < 2:
        yield "A1 holds no title"
    elif title.value in others:
        yield f"A1 says “{title.value}”, as on another sheet"
    elif sheet.in_table(1, 1):
        yield "A1 is the heading of a column"


def _tagged(sheet: Sheet) -> Iterator[str]:
    if not str(sheet.of["A1"].style).startswith(("Heading", "Title")):
        yield f"A1 is in the style {sheet.of['A1'].style}"


def _symbols(sheet: Sheet) -> Iterator[str]:
    for cell in sheet.texts:
        signs = {
            sign
            for sign in str(cell.value)
            if not sign.isascii()
            and unicodedata.category(sign) in ("So", "Sm", "Sk")
            and sign not in _SPOKEN
        }
        if signs:
            yield f"{cell.coordinate} says {' '.join(sorted(signs))}"


def _margins(sheet: Sheet) -> Iterator[str]:
    for kind in ("Header", "Footer"):
        for which in ("odd", "even", "first"):
            part = getattr(sheet.of, f"{which}{kind}")
            if any(each.text for each in (part.left, part.center, part.right)):
                yield f"the page has a {kind.casefold()}"


def _floating(sheet: Sheet) -> Iterator[str]:
    part = sheet.book.part_of[sheet.name]
    for drawing in sheet.book.related(part, "drawing"):
        for shape in _named(_xml(sheet.book.parts[drawing]), "sp"):
            yield f"a box of text floats on the sheet: {''.join(shape.itertext()).strip()[:40]}"
    if sheet.book.related(part, "ctrlProp"):
        yield "a control floats on the sheet"
    # A comment floats; it may stand where a cell, or what a cell says when selected, says the same.
    said = {" ".join(str(c.value).split()) for e in sheet.book.every for c in e.texts}
    prompts = " ".join(
        " ".join((each.prompt or "").split()) for each in sheet.of.data_validations.dataValidation
    )
    for cell in sheet.cells.values():
        text = " ".join(cell.comment.text.split()) if cell.comment else ""
        if text not in prompts and not any(text in each for each in said):
            yield f"the comment on {cell.coordinate} is in no cell"


def _dividers(sheet: Sheet) -> Iterator[str]:
    for row in sheet.of.iter_rows():
        for cell in row:
            sides = (getattr(cell.border, side) for side in ("left", "right", "top", "bottom"))
            if any(side is not None and side.style in _HEAVY for side in sides):
                yield f"{cell.coordinate} has a heavy line"


def _fills(sheet: Sheet) -> Iterator[str]:
    for row in sheet.of.iter_rows():
        for cell in row:
            if _background(cell) != _WHITE:
                yield f"{cell.coordinate} is filled with #{_background(cell)}"


def _colour_alone(sheet: Sheet) -> Iterator[str]:
    """In a column what says the same looks the same, and what is blank differs by a pattern."""
    for _, (left, top, right, bottom) in sheet.tables:
        for column in range(left, right + 1):
            looks: dict[str, set[tuple[str, str]]] = defaultdict(set)
            for row in range(top + 1, bottom + 1):
                cell = sheet.of.cell(row, column)
                pattern = cell.fill.patternType or "none"
                alike = pattern if pattern not in ("none", "solid") else ""
                ink = _ink(cell) if cell.value not in (None, "") else ""
                looks[f"{alike}{cell.value}"].add((_background(cell), ink))
            for text, found in looks.items():
                if len(found) > 1:
                    named = get_column_letter(column)
                    yield f"in column {named} “{text}” looks {len(found)} ways"
    for formatting in sheet.of.conditional_formatting:
        for rule in formatting.rules:
            fill = rule.dxf.fill if rule.dxf else None
            if fill is not None and fill.patternType in (None, "solid"):
                told = "\n".join(sheet.above)
                if not (rule.dxf.font and rule.dxf.font.b) and "colour" not in told:
                    yield f"a rule colours {str(formatting.sqref)[:30]} and does nothing else"
    for cell in sheet.of._cells.values():
        # Outside tables nothing may be said by a fill alone.
        is_blank = isinstance(cell, Cell) and cell.value in (None, "")
        outside = not sheet.in_table(cell.row, cell.column)
        if is_blank and outside and _background(cell) != _WHITE:
            yield f"{cell.coordinate} is filled and says nothing"


def _contrast(sheet: Sheet) -> Iterator[str]:
    for cell in sheet.cells.values():
        found = contrast(_ink(cell), _background(cell))
        if found < LEAST_CONTRAST:
            yield f"{cell.coordinate} has a contrast of {found:.1f} to 1"


def _images(sheet: Sheet) -> Iterator[str]:
    for drawing in sheet.book.related(sheet.book.part_of[sheet.name], "drawing"):
        root = _xml(sheet.book.parts[drawing])
        for what in ("pic", "graphicFrame"):
            for drawn in _named(root, what):
                described = next(_named(drawn, "cNvPr")).get("descr")
                kind = "picture" if what == "pic" else "chart"
                without = "" if described else " without alternative text"
                yield f"a {kind} is drawn on the sheet{without}"


# --- Structure -----------------------------------------------------------------------------------


def _sheet_names(sheet: Sheet) -> Iterator[str]:
    if _UNNAMED_SHEET.fullmatch(sheet.name):
        yield "the sheet's name says nothing"
    if sum(each.name.casefold() == sheet.name.casefold() for each in sheet.book.every) > 1:
        yield "another sheet has this name"


def _blank_sheet(sheet: Sheet) -> Iterator[str]:
    if not sheet.cells:
        yield "nothing stands on the sheet"


def _column_a(sheet: Sheet) -> Iterator[str]:
    """Title, what the sheet holds and how many tables, then the table; no gap between them."""
    for row in range(1, sheet.first_row):
        if (row, 1) not in sheet.cells:
            yield f"A{row} is empty"
    if sheet.tables and not any(_COUNT_OF_TABLES.search(text) for text in sheet.above):
        yield "nothing above the table says how many tables there are"


def _left_edge(sheet: Sheet) -> Iterator[str]:
    for table, (left, _, _, _) in sheet.tables:
        if left != 1:
            yield f"{table.displayName} starts in column {get_column_letter(left)}"


def _below(sheet: Sheet) -> Iterator[str]:
    if sheet.tables:
        last = sheet.tables[-1][1][3]
        below = sorted(row for row, _ in sheet.cells if row > last)
        if below:
            yield f"row {below[0]} stands below the table"


def _one_table(sheet: Sheet) -> Iterator[str]:
    if len(sheet.tables) > 1:
        yield f"{len(sheet.tables)} tables on the sheet"


# --- Before it is published ----------------------------------------------------------------------


def _checker(sheet: Sheet) -> Iterator[str]:
    """What Excel's own accessibility checker looks for, as far as the file shows it."""
    yield from _merged(sheet)
    yield from _sheet_names(sheet)
    yield from _contrast(sheet)
    yield from (said for said in _images(sheet) if said.endswith("without alternative text"))
    yield from (
        f"{t.displayName} has no header row" for t, _ in sheet.tables if t.headerRowCount == 0
    )
    for cell in sheet.cells.values():
        if "[RED]" in cell.number_format.upper():
            yield f"{cell.coordinate} shows what is below zero by red"


def _about(book: Book) -> Iterator[str]:
    for name in ("title", "creator", "subject"):
        if not getattr(book.about, name):
            yield f"the workbook's {name} is not set"


def _language(book: Book) -> Iterator[str]:
    if not re.fullmatch(r"en-GB|cy(-GB)?", book.about.language or ""):
        yield f"the workbook's language is {book.about.language or 'not set'}"


def _cursor(book: Book) -> Iterator[str]:
    first = book.every[0]
    if book.active != 0:
        yield f"it opens on {book.every[book.active].name}"
    view = first.of.sheet_view
    pane = view.pane.activePane if view.pane else None
    places = {each.activeCell or "A1" for each in view.selection if each.pane == pane}
    if places - {"A1"} or (view.topLeftCell or "A1") != "A1":
        yield f"the cursor is in {', '.join(sorted(map(str, places)))}"


# --- Colours -------------------------------------------------------------------------------------


def _rgb(colour: Any, without: str) -> str:
    """A colour of openpyxl's as six hexadecimal digits."""
    if colour is None or colour.type == "auto":
        return without
    if colour.type == "rgb":
        return str(colour.rgb)[-6:]
    if colour.type == "theme":
        # Of the theme only its first colours, for paper and ink, stand in workbooks of ours.
        return (_WHITE, _BLACK)[colour.theme] if colour.theme in (0, 1) else "1F497D"
    return (
        without
        if colour.indexed in (64, 65)
        else openpyxl.styles.colors.COLOR_INDEX[colour.indexed][-6:]
    )


def _background(cell: Any) -> str:
    kind = cell.fill.patternType
    if kind in (None, "none"):
        return _WHITE
    return _rgb(cell.fill.fgColor if kind == "solid" else cell.fill.bgColor, _WHITE)


def _ink(cell: Any) -> str:
    return _rgb(cell.font.color, _BLACK)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG, from 1 to 21."""
    lighter, darker = sorted(map(_luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- The rules -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    number: int
    group: str
    #: What it asks for.
    asks: str
    #: Whether breaking it breaks the accessibility regulations.
    essential: bool
    #: How a sheet, or the workbook, is judged; by a person where there is neither.
    of_sheet: Judge | None = None
    of_book: Callable[[Book], Iterator[str]] | None = None

    @property
    def is_for_a_person(self) -> bool:
        return self.of_sheet is None and self.of_book is None

    def faults(self, book: Book) -> list[Fault]:
        """All that goes against the rule on the judged sheets."""
        of_sheets = [
            Fault(sheet.name, said)
            for sheet in book.sheets
            for said in (self.of_sheet(sheet) if self.of_sheet else ())
        ]
        return of_sheets + [
            Fault("", said) for said in (self.of_book(book) if self.of_book else ())
        ]


def _rules() -> Iterator[Rule]:
    table: list[tuple[str, str, bool, Judge | None]] = [
        ("Tables", "Every table is marked up as one", True, _marked_up),
        ("Tables", "A table's name says what it holds", False, _named_tables),
        ("Tables", "No cells are merged or split, and no table lies in another", True, _merged),
        ("Tables", "No row and no column of a table is blank", True, _blank_lines),
        ("Tables", "One tagged row of headings, each filled in and unlike the rest", True, _header),
        ("Tables", "Text is wrapped, so that all of it is seen", True, _wrapped),
        ("Tables", "No filters", False, _filters),
        ("Tables", "No frozen panes", False, _frozen),
        ("Tables", "A blank cell is explained; a code has its key", True, _unexplained),
        ("Tables", "No row, column or sheet is hidden", False, _hidden),
        ("Notes", "No symbol or raised figure points to a note", True, _other_marks),
        ("Notes", "A note is called a note, as in [note 1]", False, _word_note),
        ("Notes", "No marker of a note stands in a cell of data", False, _marks_in_data),
        ("Notes", "Notes are numbered in one table on a sheet of notes", False, _notes_table),
        ("Formatting", "A link says where it leads", True, _links),
        ("Formatting", "A plain typeface, in 12 points or more", False, _type),
        ("Formatting", "Text stands to the left, figures to the right", False, _alignment),
        ("Formatting", "A sheet's title is in A1 and says what it is about", True, _titles),
        ("Formatting", "The title is tagged as a heading", True, _tagged),
        ("Formatting", "Words where a symbol could stand", False, _symbols),
        ("Formatting", "No header or footer of the page", True, _margins),
        ("Formatting", "Nothing is said in a floating box alone", True, _floating),
        ("Formatting", "No heavy line or other device divides the data", False, _dividers),
        ("Formatting", "No cell is filled", False, _fills),
        ("Formatting", "Nothing is said by colour alone", True, _colour_alone),
        ("Formatting", f"Text has a contrast of {LEAST_CONTRAST} to 1 at least", True, _contrast),
        ("Formatting", "No pictures or charts", False, _images),
        ("Formatting", "No macros", False, None),
        ("Structure", "Every sheet has a name of its own that says something", True, _sheet_names),
        ("Structure", "No sheet is blank", True, _blank_sheet),
        ("Structure", "Column A: title, what is here, the table, without gaps", True, _column_a),
        ("Structure", "Tables start at the left edge", True, _left_edge),
        ("Structure", "Nothing stands below a table", False, _below),
        ("Structure", "One table a sheet", False, _one_table),
        ("Publishing", "Spelling and grammar are right", True, None),
        ("Publishing", "Excel's accessibility checker has nothing to say", False, _checker),
        ("Publishing", "Title, author and subject are set", True, None),
        ("Publishing", "The language is set", True, None),
        ("Publishing", "The cursor is in A1 of the first sheet", True, None),
    ]
    of_book = {28: _macros, 37: _about, 38: _language, 39: _cursor}
    for number, (group, asks, essential, judge) in enumerate(table, 1):
        yield Rule(number, group, asks, essential, judge, of_book.get(number))


def _macros(book: Book) -> Iterator[str]:
    if any("vba" in name.casefold() for name in book.parts):
        yield "the workbook holds macros"
    if b"macroEnabled" in book.parts["[Content_Types].xml"]:
        yield "the workbook is of a kind that holds macros"


RULES = tuple(_rules())
assert len(RULES) == 39
