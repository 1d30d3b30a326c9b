"""Forms: what returns made from one template have in common, read once for all of them.

A return is taken apart. Its *form* is all that stands on it but the rows of its tables and who
signed it, with words that mean nothing in place of its service area's name. A form is read as a
whole return would be, and what is concluded from it is kept. Where that leaves nothing to say or to
ask, a return of the form needs only its rows read.

What is out of the ordinary is not read by its form: `read_by_form` gives None, and the return is
read whole. Both ways come to the same (`tests/returns/test_forms.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.returns.interpret.achievements import read_achievements
from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.contradictions import counted, other_cover
from pipeline.returns.interpret.cover import Cover, is_cover, whole_line
from pipeline.returns.interpret.disguise import STAND_IN, disguised, stand_in_for, with_area
from pipeline.returns.interpret.footnotes import has_mark
from pipeline.returns.interpret.formed_rows import read_formed
from pipeline.returns.interpret.headings import (
    LONGEST_HEADING,
    Heading,
    Headings,
    heading_text,
    naming,
)
from pipeline.returns.interpret.indicators import read_indicators
from pipeline.returns.interpret.labels import INDICATORS, PROVISIONAL, Vocabulary, cover_key
from pipeline.returns.interpret.leftovers import unplaced
from pipeline.returns.interpret.merges import Merges
from pipeline.returns.interpret.notes import may_scale
from pipeline.returns.interpret.tables import HEADER_WITHIN, Table
from pipeline.returns.interpret.titles import Title
from pipeline.returns.interpret.whole import marked_entries, read_whole
from pipeline.returns.reading import CoverEntry, Reading, ReportedRow
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import Details, Place, SheetDetails
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid
from schemas.fields import COVER_FIELDS
from schemas.findings import Finding
from schemas.names import name_key

#: No form of a return has more cells.
_MOST_CELLS = 3_000
#: Lines of the cover that differ from one return to the next; what they say is no part of a form.
_ENTERED = frozenset(f.key for f in COVER_FIELDS if f.fill)
#: Columns that say of a row that its figure is another's, another time's or of another size.
_OF_ROWS = frozenset({"area", "period", "scale"})
_BODY = frozenset({str, float})


class _Sheet(Struct, frozen=True):
    """A sheet of a form; where it has a table, as far as the row of headings."""

    name: str
    first_row: int
    first_column: int
    is_hidden: bool
    merged: tuple[tuple[int, int, int, int], ...]
    rows: tuple[tuple[CellValue, ...], ...]

    def grid(self) -> Grid:
        rows = [[*row] for row in self.rows]
        return Grid(self.name, self.first_row, self.first_column, rows, self.is_hidden, self.merged)


class _Parts(Struct):
    """A return taken apart."""

    area: str
    #: The words that stand for the area's name in the form.
    stand_in: str
    sheets: list[_Sheet] = field(default_factory=list)
    #: The sheets with a table, by their place in the workbook, each with its row of headings.
    tables: dict[int, int] = field(default_factory=dict)
    #: What the cover says of area, date and who signed, and the whole of those lines.
    cover: dict[str, CoverEntry] = field(default_factory=dict)
    lines: list[Title] = field(default_factory=list)
    #: The cells of the cover that are no part of the form.
    taken: set[Place] = field(default_factory=set)


class _Form(Struct, frozen=True):
    """What is concluded from a form."""

    period: str
    cover: dict[str, CoverEntry]
    #: The tables of figures and of achievements, without rows, by their place in the workbook.
    usable: dict[int, Table]
    told: dict[int, Table]
    #: The row of headings of each.
    headed: dict[int, int]
    is_old_style: bool


def read_by_form(
    grids: list[Grid], words: Vocabulary, details: Details, folder_area: str | None
) -> Reading | None:
    """What a return says, read by its form; None where it must be read whole."""
    parts = _apart(grids, words)
    if parts is None or folder_area not in (None, parts.area):
        return None
    form = _form(words, parts.stand_in, tuple(parts.sheets))
    if form is None or form.headed != parts.tables:
        return None
    if not all(_says_nothing(line, form.period, parts, words) for line in parts.lines):
        return None
    usable = [_filled(table, grids[at]) for at, table in form.usable.items()]
    told = [_filled(table, grids[at]) for at, table in form.told.items()]
    if not all(_is_ordinary(table, words) for table in told):
        return None
    if any(not _is_place_of(entry, form.cover.get(key)) for key, entry in parts.cover.items()):
        return None
    known = Belonging(words, form.period, parts.area)
    cover = {key: parts.cover.get(key, entry) for key, entry in form.cover.items()}
    reading = Reading(parts.area, form.period, cover, sheets=[grid.sheet for grid in grids])
    reading.has_table, reading.is_old_style = True, form.is_old_style
    reading.findings += marked_entries(cover, details)
    read = read_formed(usable, known, details) or _rows_of(usable, known, details)
    if read is None:
        return None
    reading.rows, findings = read
    reading.columns = [table.letters for table in usable]
    reading.findings += findings
    reading.achievements, findings = read_achievements(told, words.register, details)
    reading.findings += findings
    return reading


# --- Taking apart --------------------------------------------------------------------------------


def _apart(grids: list[Grid], words: Vocabulary) -> _Parts | None:
    """A return taken apart; None where it has no plain cover, or no table."""
    covers = [grid for grid in grids if is_cover(grid)]
    entered = _entered(covers[0]) if len(covers) == 1 else {}
    area = words.areas.get(name_key(entered["area"][1])) if "area" in entered else None
    if area is None:
        return None
    stand_in = stand_in_for(words, area)
    if stand_in is None or entered["area"][1] != words.area_names[area]:
        return None
    parts = _Parts(area, stand_in)
    for key, (place, text) in entered.items():
        parts.cover[key] = CoverEntry(text, covers[0].sheet, address(*place))
        if key != "area" and (line := whole_line(covers[0], place[0], words)):
            parts.taken.add(place)
            parts.lines.append(line)
    many = 0
    for grid in grids:
        rows = _formed(grid, parts, words)
        many += sum(map(len, rows or ()))
        if rows is None or many > _MOST_CELLS:
            return None
        about = grid.sheet, grid.first_row, grid.first_column, grid.hidden, tuple(grid.merged)
        parts.sheets.append(_Sheet(*about, rows))
    return parts


def _entered(cover: Grid) -> dict[str, tuple[Place, str]]:
    """What stands beside the labels of the cover, with its place, but for the period."""
    found: dict[str, tuple[Place, str]] = {}
    for number, cells in cover.numbered(HEADER_WITHIN):
        for column, cell in enumerate(cells[:-1], cover.first_column):
            if not isinstance(cell, str) or not 0 < len(cell) <= LONGEST_HEADING or ":" in cell:
                continue
            key = cover_key(cell)
            entry = cells[column - cover.first_column + 1]
            if key not in _ENTERED | {"area"} or key in found or entry == "":
                continue
            is_text = type(entry) in (str, date, datetime)
            text = heading_text(entry) if is_text else ""
            if not text or cover_key(text) is not None:
                return {}
            found[key] = (number, column + 1), text
    return found


def _formed(
    grid: Grid, parts: _Parts, words: Vocabulary
) -> tuple[tuple[CellValue, ...], ...] | None:
    """The rows of a sheet's form, as far as the headings of its table, which are noted.

    None where they hold more than texts and numbers, or headings on the cover.
    """
    _, disguise = with_area(words, parts.stand_in)
    taken = parts.taken if is_cover(grid) else ()
    formed = []
    for number, given in enumerate(grid.rows, grid.first_row):
        cells = tuple(given)
        if taken:
            cells = tuple(
                "" if (number, column) in taken else cell
                for column, cell in enumerate(given, grid.first_column)
            )
        row = _disguised_row(cells, parts, words)
        if row is None:
            return None
        formed.append(row)
        heads_table = _heads_table(disguise, row)
        if heads_table is None:
            continue
        if grid.merged:
            return None
        if heads_table:
            if is_cover(grid) or number >= HEADER_WITHIN:
                return None
            parts.tables[len(parts.sheets)] = number
            break
    return tuple(formed)


# Returns made from one template have the same rows, but for a few.
@lru_cache(maxsize=500)
def _heads_table(words: Vocabulary, row: tuple[CellValue, ...]) -> bool | None:
    """Whether a row without merged cells heads a table; None where no cell of it names a field."""
    if not any(map(naming(words).__getitem__, row)):
        return None
    grid = Grid("", 0, 0, [[*row]])
    return Headings(grid, Merges(()), words).named(0, grid.rows[0]) is not None


def _disguised_row(
    cells: tuple[CellValue, ...], parts: _Parts, words: Vocabulary
) -> tuple[CellValue, ...] | None:
    """A row with the area's name in disguise; None where it holds more than texts and numbers."""
    if not _BODY.issuperset(map(type, cells)):
        return None
    said = _said(cells)
    if STAND_IN in said:
        return None
    if words.area_names[parts.area] not in said:
        return cells
    return tuple(
        disguised(cell, parts.area, parts.stand_in, words) if isinstance(cell, str) else cell
        for cell in cells
    )


@lru_cache(maxsize=500)
def _said(row: tuple[CellValue, ...]) -> str:
    """All that a row says, in one text."""
    return "\n".join(map(str, row))


# --- What is concluded from a form ---------------------------------------------------------------


class _NothingOdd:
    """Of no cell of a form is more known than its value: what more there is, is looked up later."""

    def __call__(self, _sheet: str, wanted: Iterable[Place], /) -> SheetDetails:
        return replace(SheetDetails.of(wanted), is_plain=True)

    def is_plain(self, _sheet: str, /) -> bool:
        return True


@lru_cache(maxsize=32)
def _form(words: Vocabulary, stand_in: str, sheets: tuple[_Sheet, ...]) -> _Form | None:
    """What is concluded from a form; None where its returns must be read whole."""
    grids = [sheet.grid() for sheet in sheets]
    whole = read_whole(grids, *with_area(words, stand_in), _NothingOdd())
    reading = whole.reading
    if reading.findings or reading.area != stand_in or not reading.period:
        return None
    places = {id(grid): at for at, grid in enumerate(grids)}
    tables = {id(table): places[id(table.grid)] for table in whole.tables}
    used = [*whole.usable, *whole.told]
    is_plain = len(set(tables.values())) == len(used) == len(whole.tables)
    if not (whole.usable and is_plain and all(map(_is_plain_table, used))):
        return None
    return _Form(
        reading.period,
        reading.cover,
        {tables[id(table)]: table for table in whole.usable},
        {tables[id(table)]: table for table in whole.told},
        {tables[id(table)]: table.header_row for table in used},
        reading.is_old_style,
    )


def _is_plain_table(table: Table) -> bool:
    """Whether each column has one heading that is known, and nothing depends on the rows."""
    block, grid = table.block, table.grid
    if block.last_row != grid.first_row + len(grid.rows) - 1:
        return False
    if block.fields is not INDICATORS:
        return True
    headings = block.headings
    chosen = {heading.column for heading in table.chosen.values()}
    return (
        not table.other_columns
        and not _OF_ROWS & table.chosen.keys()
        and {h.column for h in headings} == chosen
        and len(headings) == len(table.chosen)
        and all(map(_is_plain_heading, headings))
        and not any(title.label.units or counted(title.text) for title in table.titles)
    )


def _is_plain_heading(heading: Heading) -> bool:
    """Whether a heading names its field, and is all that it seems; findings may quote it."""
    is_alone = heading.until == heading.column and heading.label.fields
    return bool(is_alone) and not has_mark(heading) and STAND_IN not in heading.said


# --- What is not in a form -----------------------------------------------------------------------


def _says_nothing(line: Title, period: str, parts: _Parts, words: Vocabulary) -> bool:
    """Whether a line of the cover says of the figures at most whose they are."""
    return line.label.areas <= {parts.area} and _is_silent(words, period, line.text)


@lru_cache(maxsize=2_000)
def _is_silent(words: Vocabulary, period: str, text: str) -> bool:
    cover = Cover()
    line = Title.of(words, text, "")
    cover.take(line)
    known = Belonging(words, period, None)
    says = PROVISIONAL in line.label.kinds or may_scale(text)
    return not (says or any(other_cover(cover, known)) or any(unplaced(cover, [], known, [])))


def _is_place_of(entry: CoverEntry, formed: CoverEntry | None) -> bool:
    """Whether what was taken from the cover is what the form has a line for."""
    return formed is not None and (entry.sheet, entry.cell) == (formed.sheet, formed.cell)


def _filled(table: Table, grid: Grid) -> Table:
    """The table of a form, with the rows of a return."""
    rows = range(table.block.last_row + 1, grid.first_row + len(grid.rows))
    return replace(table, grid=grid, rows=[*rows])


def _rows_of(
    tables: list[Table], known: Belonging, details: Details
) -> tuple[list[ReportedRow], list[Finding]] | None:
    """Every indicator row of the tables; None where a row may be of something else."""
    words = known.words
    if not all(_is_ordinary(table, words) and _is_named(table, words) for table in tables):
        return None
    rows, findings = read_indicators(tables, words.register, known, details)
    # Otherwise a row names no indicator, or one that another row names.
    return (rows, findings) if len(rows) >= sum(map(_filled_rows, tables)) else None


def _filled_rows(table: Table) -> int:
    """How many rows of a table hold anything."""
    rows, width = _body(table), len(table.grid.rows[0])
    return len(rows) - rows.count([""] * width)


def _body(table: Table) -> list[list[CellValue]]:
    """The rows below a table's headings."""
    return table.grid.rows[table.block.last_row + 1 - table.grid.first_row :]


def _is_ordinary(table: Table, words: Vocabulary) -> bool:
    """Whether the rows of a table are texts and numbers, and none of them heads another table."""
    rows = _body(table)
    if not _BODY.issuperset(map(type, chain.from_iterable(rows))):
        return False
    return not any(map(naming(words).__getitem__, set(chain.from_iterable(rows))))


def _is_named(table: Table, words: Vocabulary) -> bool:
    """Whether each row without a figure is an indicator's, and says nothing of a scale."""
    for row in table.unfilled:
        texts = [cell for cell in table.grid.cells(row) if isinstance(cell, str) and cell]
        names = table.text(row, "ref"), table.text(row, "indicator")
        if texts and (words.indicator(*names) is None or any(map(may_scale, texts))):
            return False
    return True
