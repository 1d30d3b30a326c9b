"""The register's workbook as typed rows: its own sheets by title, columns by heading.

Runs in the sandbox; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from msgspec import Struct, field
from python_calamine import PasswordError

from pipeline.register.cells import IndicatorRows, RegisterCell, Values, read_row
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import BrokenPartError, Details, Place, SheetDetails
from pipeline.workbooks.details.hidden import hidden_parts
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind, identify, looked_into
from pipeline.workbooks.grid import Grid, text_of
from pipeline.workbooks.names import asked_about, letters_key
from pipeline.workbooks.workbook import DAMAGED, damage, open_workbook
from pipeline.workbooks.zip_directory import TooManyPartsError
from schemas import register_rules as r
from schemas.findings import Finding, Rule
from schemas.register_columns import RegisterColumn, RegisterSheet
from schemas.register_layout import INDICATORS, LISTS, PERIODS, SHEETS, TARGETS
from schemas.register_names import SheetNames
from schemas.register_settings import FRAMEWORK, FRAMEWORK_COLUMNS
from schemas.register_thresholds import ABOUT_TARGETS

#: The heading row is looked for in this many rows from the top.
_HEADING_WITHIN = 20
#: What is longer is no heading.
_LONGEST = 300
#: How far below the last value a row is looked for.
_SPARE_ROWS = 200


class RegisterRow(Struct):
    #: By the key of their column.
    cells: Mapping[str, RegisterCell]
    values: Values = field(default_factory=dict)


class RegisterReading(Struct):
    """What a register says: the rows of each sheet that could be read, and what is wrong."""

    #: By the title of the sheet; the framework is one row.
    sheets: dict[str, list[RegisterRow]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    #: The sheets as the workbook names them.
    names: list[str] = field(default_factory=list)

    @property
    def tables(self) -> dict[str, list[Values]]:
        """The values of its rows."""
        return {title: [row.values for row in rows] for title, rows in self.sheets.items()}


def read_sheets(content: bytes) -> RegisterReading:
    """What a register says, by its own sheets."""
    reading = RegisterReading()
    try:
        kind = identify(content).kind
        if kind in EXTENSIONS:
            kind = looked_into(content, kind)
        if kind in EXTENSIONS:
            _read(content, kind, reading)
            _type(reading)
        else:
            reading.findings = [r.REGISTER_UNREADABLE.found(detail=f"it is {kind}")]
    except PasswordError:
        detail = f"it is {FileKind.ENCRYPTED}"
        return RegisterReading(findings=[r.REGISTER_UNREADABLE.found(detail=detail)])
    except (*DAMAGED, BrokenPartError) as error:
        return RegisterReading(findings=[r.REGISTER_UNREADABLE.found(detail=damage(error))])
    except TooManyPartsError as error:
        detail = f"it is made of {error} parts"
        return RegisterReading(findings=[r.REGISTER_UNREADABLE.found(detail=detail)])
    return reading


def _read(content: bytes, kind: FileKind, reading: RegisterReading) -> None:
    titles = {letters_key(sheet.title) for sheet in SHEETS}
    there: list[str] = []

    def is_wanted(name: str) -> bool:
        there.append(name)
        return letters_key(name) in titles

    grids, details = open_workbook(content, kind, is_wanted)
    reading.names = [grid.sheet for grid in grids]
    for sheet in SHEETS:
        mine = [grid for grid in grids if letters_key(grid.sheet) == letters_key(sheet.title)]
        if not mine:
            near = asked_about(sheet.title, there)
            if sheet.later and not near:
                reading.sheets[sheet.title] = []
                continue
            reading.findings.append(r.SHEET_MISSING.found(title=sheet.title, near=near))
        elif len(mine) > 1:
            first, second, *_ = (grid.sheet for grid in mine)
            reading.findings.append(r.SHEET_TWICE.found(first=first, second=second))
        else:
            _read_sheet(sheet, mine[0], details, reading)


def _type(reading: RegisterReading) -> None:
    """Every cell as a value; a figure is in the unit of the indicator that it is about."""
    indicators = IndicatorRows()
    names: dict[str, SheetNames] = {}
    # What other sheets choose from comes first: a list is told apart by the names that are there.
    for sheet in sorted(SHEETS, key=_depth):
        rows = reading.sheets.get(sheet.title, ())
        if any(not row.cells[key].is_blank for key in _own_choices(sheet) for row in rows):
            typed = (read_row(row.cells, indicators, names)[0] for row in rows)
            names[sheet.title] = SheetNames.of(sheet, typed)
        for row in rows:
            row.values, findings = read_row(row.cells, indicators, names)
            reading.findings += findings
            if sheet is PERIODS:
                indicators.note_period(row.values)
            elif sheet is INDICATORS:
                indicators.note(row.values)
            elif sheet is TARGETS:
                about = indicators.about(row.values)
                row.values |= {key: about.get(key) for key in ABOUT_TARGETS}
        if sheet.title in reading.sheets:
            names[sheet.title] = SheetNames.of(sheet, (row.values for row in rows))


@cache
def _depth(sheet: RegisterSheet) -> int:
    """How many sheets stand one on the other below one, each chosen from in the next."""
    others = {LISTS[c.chosen_from] for c in sheet.columns if c.chosen_from} - {sheet}
    return max((1 + _depth(other) for other in others), default=0)


def _own_choices(sheet: RegisterSheet) -> list[str]:
    """The keys of the columns in which rows of the sheet itself are chosen."""
    return [c.key for c in sheet.columns if c.chosen_from and LISTS[c.chosen_from] is sheet]


def _read_sheet(
    sheet: RegisterSheet, grid: Grid, details: Details, reading: RegisterReading
) -> None:
    """The rows of a sheet that hold anything; none where its headings are not plain."""
    findings, rows = _settings(grid) if sheet is FRAMEWORK else _table(sheet, grid)
    reading.findings += findings
    if findings:
        return
    known = details(grid.sheet, [place for places in rows for place in places.values()])
    made = reading.sheets[sheet.title] = []
    shown: list[tuple[Place, RegisterCell]] = []
    for places in rows:
        cells = {
            column.key: _cell(grid, column, places.get(column.key), known)
            for column in sheet.columns
        }
        if not all(cell.is_blank for cell in cells.values()):
            made.append(RegisterRow(cells))
            shown += [(place, cells[key]) for key, place in places.items()]
    reading.findings += [
        *_merged(grid, [place for place, _ in shown]),
        *_hidden(grid, known, [place for place, cell in shown if not cell.is_blank]),
    ]


def _cell(
    grid: Grid, column: RegisterColumn, place: Place | None, known: SheetDetails
) -> RegisterCell:
    if place is None:
        # The register was made without this column.
        return RegisterCell(grid.sheet, column)
    value, detail, unreadable = grid.value(*place), known.cells[place], None
    if value == "" and detail.error:
        value, unreadable = detail.error, r.REGISTER_ERROR_VALUE
    elif value == "" and detail.has_formula and not detail.has_value:
        unreadable = r.UNSAVED_FORMULA
    looks = detail.number_format, unreadable, detail.marks
    return RegisterCell(grid.sheet, column, address(*place), value, *looks)


# --- Where the cells are -------------------------------------------------------------------------

#: Of each row, the place of the cell of each column that is there.
_Rows = list[dict[str, Place]]


def _table(sheet: RegisterSheet, grid: Grid) -> tuple[list[Finding], _Rows]:
    top, headings = _heading_row(grid, sheet.columns)
    findings, places = _found(grid, headings, sheet.columns)
    rows = [
        {key: (row, column) for key, (_, column) in places.items()}
        for row, _ in grid.numbered()
        if row > top
    ]
    # A row of nothing but formulas without results is no row to calamine.
    last = grid.first_row + len(grid.rows)
    needed = [c.key for c in sheet.columns if c.required and c.key in places]
    spare = range(last, last + _SPARE_ROWS)
    return findings, rows + [{key: (row, places[key][1]) for key in needed} for row in spare]


def _settings(grid: Grid) -> tuple[list[Finding], _Rows]:
    """The framework lies on its side: a setting a row."""
    top, headings = _heading_row(grid, FRAMEWORK_COLUMNS)
    label, value, _ = FRAMEWORK_COLUMNS
    findings, columns = _found(grid, headings, (label, value))
    if findings:
        return findings, []
    (_, label_at), (_, value_at) = columns[label.key], columns[value.key]
    labels = {
        (row, label_at): text_of(grid.value(row, label_at))
        for row, _ in grid.numbered()
        if row > top
    }
    findings, places = _found(grid, labels, FRAMEWORK.columns, r.SETTING_MISSING, r.SETTING_TWICE)
    return findings, [{key: (row, value_at) for key, (row, _) in places.items()}]


def _heading_row(grid: Grid, wanted: Iterable[RegisterColumn]) -> tuple[int, dict[Place, str]]:
    """The row that holds most of the headings, and what stands in it."""
    keys = {letters_key(column.heading) for column in wanted}
    rows = [(number, cells) for number, cells in grid.numbered() if number < _HEADING_WITHIN]
    texts = [
        [text for cell in cells if len(text := text_of(cell)) <= _LONGEST] for _, cells in rows
    ]
    known = [len(keys & {*map(letters_key, each)}) for each in texts]
    top = rows[known.index(max(known))][0] if rows else 0
    return top, {(top, at): text for at, cell in grid.row(top) if (text := text_of(cell))}


def _found(
    grid: Grid,
    there: Mapping[Place, str],
    columns: Sequence[RegisterColumn],
    missing: Rule = r.REGISTER_COLUMN_MISSING,
    twice: Rule = r.REGISTER_COLUMN_TWICE,
) -> tuple[list[Finding], dict[str, Place]]:
    """Where columns, or settings, stand among the texts there; and each missing, or there twice."""
    known = {letters_key(column.heading): column for column in columns}
    findings = []
    places: dict[str, Place] = {}
    strays = []
    for place, text in there.items():
        column = known.get(letters_key(text))
        if column is None:
            strays.append(text)
        elif (first := places.setdefault(column.key, place)) != place:
            words = {"heading": column.heading, "first": address(*first)}
            findings.append(twice.found(grid.sheet, address(*place), text, **words))
    for column in columns:
        # One that came later may be missing, where it is not there misspelt.
        if column.key not in places and not (
            column.later and not asked_about(column.heading, strays)
        ):
            near = asked_about(column.heading, there.values())
            findings.append(missing.found(grid.sheet, heading=column.heading, near=near))
    return findings, places


# --- What is not as it looks ---------------------------------------------------------------------


def _merged(grid: Grid, places: Iterable[Place]) -> Iterator[Finding]:
    """Merged cells that stand for several of the register's, or for one from outside it."""
    for top, left, bottom, right in grid.merged:
        inside = [(x, y) for x, y in places if top <= x <= bottom and left <= y <= right]
        if inside and (len(inside) > 1 or inside != [(top, left)]):
            span = f"{address(top, left)}:{address(bottom, right)}"
            yield r.MERGED.found(grid.sheet, address(top, left), span=span)


def _hidden(grid: Grid, known: SheetDetails, filled: Sequence[Place]) -> list[Finding]:
    down, across = ([place[way] for place in filled] for way in (0, 1))
    what = hidden_parts(known, down, across, whole=grid.hidden)
    return [r.REGISTER_HIDDEN.found(grid.sheet, what=what)] if what else []
