"""The register's workbook as typed rows: its own sheets by title, columns by heading.

Runs in the sandbox; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field
from python_calamine import PasswordError

from pipeline.register.cells import RegisterCell, Value, read_row
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import Details, Place, SheetDetails
from pipeline.workbooks.details.hidden import hidden_parts
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind, identify
from pipeline.workbooks.grid import Grid, text_of
from pipeline.workbooks.names import asked_about, letters_key
from pipeline.workbooks.workbook import DAMAGED, damage, open_workbook
from pipeline.workbooks.zip_directory import TooManyPartsError
from schemas import register_rules as r
from schemas.findings import Finding, Rule
from schemas.register_columns import RegisterColumn, RegisterSheet
from schemas.register_layout import INDICATORS, SHEETS, TARGETS
from schemas.register_settings import FRAMEWORK, FRAMEWORK_HEADINGS

#: The heading row is looked for in this many rows from the top.
_HEADING_WITHIN = 20
#: How far below the last value a row is looked for.
_SPARE_ROWS = 200


class RegisterRow(Struct):
    #: As Excel counts.
    number: int
    #: By the key of their column.
    cells: Mapping[str, RegisterCell]
    values: dict[str, Value] = field(default_factory=dict)


class RegisterReading(Struct):
    """What a register says: the rows of each sheet that could be read, and what is wrong."""

    #: By the title of the sheet; the framework is one row.
    sheets: dict[str, list[RegisterRow]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    #: The sheets as the workbook names them.
    names: list[str] = field(default_factory=list)


def read_sheets(path: Path, sha256: str) -> RegisterReading | None:
    """What the register at `path` says, by its own sheets; None where it has another hash."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        return None
    reading = RegisterReading()
    try:
        kind = identify(content).kind
        if kind in EXTENSIONS:
            _read(path, kind, reading)
            _type(reading)
        else:
            reading.findings = [r.REGISTER_UNREADABLE.found(detail=f"it is {kind}")]
    except PasswordError:
        detail = f"it is {FileKind.ENCRYPTED}"
        return RegisterReading(findings=[r.REGISTER_UNREADABLE.found(detail=detail)])
    except (*DAMAGED, TooManyPartsError) as error:
        return RegisterReading(findings=[r.REGISTER_UNREADABLE.found(detail=damage(error))])
    return reading


def _read(path: Path, kind: FileKind, reading: RegisterReading) -> None:
    titles = {letters_key(sheet.title) for sheet in SHEETS}
    there: list[str] = []

    def is_wanted(name: str) -> bool:
        there.append(name)
        return letters_key(name) in titles

    grids, details = open_workbook(path, kind, is_wanted)
    reading.names = [grid.sheet for grid in grids]
    for sheet in SHEETS:
        mine = [grid for grid in grids if letters_key(grid.sheet) == letters_key(sheet.title)]
        if not mine:
            near = asked_about(sheet.title, there)
            reading.findings.append(r.SHEET_MISSING.found(title=sheet.title, near=near))
        elif len(mine) > 1:
            first, second, *_ = (grid.sheet for grid in mine)
            reading.findings.append(r.SHEET_TWICE.found(first=first, second=second))
        else:
            rows, findings = _read_sheet(sheet, mine[0], details)
            reading.findings += findings
            if rows is not None:
                reading.sheets[sheet.title] = rows


def _type(reading: RegisterReading) -> None:
    """Every cell as a value; a figure is in the unit of the indicator that it is about."""
    for sheet in SHEETS:
        for row in reading.sheets.get(sheet.title, ()):
            indicator = _indicator(reading, row) if sheet is TARGETS else None
            row.values, findings = read_row(row.cells, sheet.columns, indicator)
            reading.findings += findings


def _indicator(reading: RegisterReading, target: RegisterRow) -> Mapping[str, Value]:
    """The values of the indicator that a target names; none where it is not known."""
    ref = " ".join(text_of(target.cells["indicator"].value).split())
    rows = reading.sheets.get(INDICATORS.title, ())
    return next((row.values for row in rows if row.values["ref"] == ref), {})


def _read_sheet(
    sheet: RegisterSheet, grid: Grid, details: Details
) -> tuple[list[RegisterRow] | None, list[Finding]]:
    """The rows of a sheet that hold anything; none where its headings are not plain."""
    findings, rows = _settings(grid) if sheet is FRAMEWORK else _table(sheet, grid)
    if findings:
        return None, findings
    known = details(grid.sheet, [place for row in rows.values() for place in row.values()])
    made = []
    for number, places in rows.items():
        cells = {column.key: _cell(grid, places.get(column.key), known) for column in sheet.columns}
        if not all(cell.is_blank for cell in cells.values()):
            made.append(RegisterRow(number, cells))
    shown = {number: rows[number] for number in (row.number for row in made)}
    return made, [*_merged(grid, shown), *_hidden(grid, known, made, shown)]


def _cell(grid: Grid, place: Place | None, known: SheetDetails) -> RegisterCell:
    if place is None:
        # The register was made without this column.
        return RegisterCell(grid.sheet, "", "")
    value, detail = grid.value(*place), known.cells[place]
    is_error = value == "" and bool(detail.error)
    return RegisterCell(
        grid.sheet,
        address(*place),
        detail.error if is_error else value,
        detail.number_format,
        is_error,
        is_unsaved=value == "" and detail.has_formula and not detail.has_value,
        has_marks=detail.has_marks,
    )


# --- Where the cells are -------------------------------------------------------------------------

#: Each row by its number in Excel, and the place of the cell of each column that is there.
_Rows = dict[int, dict[str, Place]]


def _table(sheet: RegisterSheet, grid: Grid) -> tuple[list[Finding], _Rows]:
    wanted = {column.key: column.heading for column in sheet.columns}
    top, headings = _heading_row(grid, wanted.values())
    findings = _twice(grid, headings, wanted.values())
    at = {letters_key(text): column for (_, column), text in reversed(headings.items())}
    for column in sheet.columns:
        if letters_key(column.heading) not in at and not _may_be_missing(
            column, headings.values(), sheet.columns
        ):
            findings.append(
                _missing(r.REGISTER_COLUMN_MISSING, grid, column.heading, headings.values())
            )
    columns = {
        key: at[letters_key(heading)]
        for key, heading in wanted.items()
        if letters_key(heading) in at
    }
    rows = {
        row + 1: {key: (row, column) for key, column in columns.items()}
        for row, _ in grid.numbered()
        if row > top
    }
    # A row of nothing but formulas without results is no row to calamine.
    last = grid.first_row + len(grid.rows)
    needed = [c.key for c in sheet.columns if c.required and c.key in columns]
    for row in range(last, last + _SPARE_ROWS):
        rows[row + 1] = {key: (row, columns[key]) for key in needed}
    return findings, rows


def _settings(grid: Grid) -> tuple[list[Finding], _Rows]:
    """The framework lies on its side: a setting a row."""
    wanted = [heading for heading, _, _ in FRAMEWORK_HEADINGS[:2]]
    top, headings = _heading_row(grid, wanted)
    at = {letters_key(text): column for (_, column), text in reversed(headings.items())}
    findings = _twice(grid, headings, wanted) + [
        _missing(r.REGISTER_COLUMN_MISSING, grid, heading, ())
        for heading in wanted
        if letters_key(heading) not in at
    ]
    if findings:
        return findings, {}
    label_at, value_at = (at[letters_key(heading)] for heading in wanted)
    labels = {
        (number, label_at): text_of(grid.value(number, label_at))
        for number, _ in grid.numbered()
        if number > top
    }
    findings = _twice(grid, labels, _headings(FRAMEWORK.columns), r.SETTING_TWICE)
    rows = {letters_key(text): row for (row, _), text in reversed(labels.items())}
    found: dict[str, Place] = {}
    for setting in FRAMEWORK.columns:
        key = letters_key(setting.heading)
        if key in rows:
            found[setting.key] = rows[key], value_at
        elif not _may_be_missing(setting, labels.values(), FRAMEWORK.columns):
            findings.append(_missing(r.SETTING_MISSING, grid, setting.heading, labels.values()))
    return findings, {top + 2: found}


def _heading_row(grid: Grid, wanted: Iterable[str]) -> tuple[int, dict[Place, str]]:
    """The row that holds most of the headings, and what stands in it."""
    keys = set(map(letters_key, wanted))
    rows = [(number, cells) for number, cells in grid.numbered() if number < _HEADING_WITHIN]
    known = [len(keys & {letters_key(text_of(cell)) for cell in cells}) for _, cells in rows]
    top = rows[known.index(max(known))][0] if rows else 0
    return top, {(top, at): text for at, cell in grid.row(top) if (text := text_of(cell))}


def _headings(columns: Iterable[RegisterColumn]) -> list[str]:
    return [column.heading for column in columns]


def _twice(
    grid: Grid,
    there: Mapping[Place, str],
    wanted: Iterable[str],
    rule: Rule = r.REGISTER_COLUMN_TWICE,
) -> list[Finding]:
    """Each heading, or setting, that stands there a second time."""
    known = {letters_key(heading): heading for heading in wanted}
    first: dict[str, Place] = {}
    findings = []
    for place, text in there.items():
        key = letters_key(text)
        if key in known and first.setdefault(key, place) != place:
            words = {"heading": known[key], "first": address(*first[key])}
            findings.append(rule.found(grid.sheet, address(*place), text, **words))
    return findings


def _missing(rule: Rule, grid: Grid, heading: str, there: Iterable[str]) -> Finding:
    return rule.found(grid.sheet, heading=heading, near=asked_about(heading, there))


def _may_be_missing(
    column: RegisterColumn, there: Iterable[str], columns: Iterable[RegisterColumn]
) -> bool:
    """Whether a column that came later is not there, and is not there misspelt either."""
    known = set(map(letters_key, _headings(columns)))
    others = [heading for heading in there if letters_key(heading) not in known]
    return column.later and not asked_about(column.heading, others)


# --- What is not as it looks ---------------------------------------------------------------------


def _merged(grid: Grid, rows: _Rows) -> Iterator[Finding]:
    """Merged cells that stand for several of the register's, or for one from outside it."""
    places = [place for row in rows.values() for place in row.values()]
    for top, left, bottom, right in grid.merged:
        inside = [(x, y) for x, y in places if top <= x <= bottom and left <= y <= right]
        if inside and (len(inside) > 1 or inside != [(top, left)]):
            span = f"{address(top, left)}:{address(bottom, right)}"
            yield r.MERGED.found(grid.sheet, address(top, left), span=span)


def _hidden(
    grid: Grid, known: SheetDetails, made: Sequence[RegisterRow], rows: _Rows
) -> list[Finding]:
    filled = [
        place
        for row in made
        for key, place in rows[row.number].items()
        if not row.cells[key].is_blank
    ]
    across, down = {column for _, column in filled}, {row for row, _ in filled}
    what = hidden_parts(known, down, across, whole=grid.hidden)
    return [r.REGISTER_HIDDEN.found(grid.sheet, what=what)] if what else []
