"""The register's workbook as cells: sheets by title, columns by heading."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import zip_longest
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from pipeline.workspace.errors import RegisterError
from schemas.register_columns import Column, Sheet
from schemas.register_layout import FRAMEWORK, FRAMEWORK_HEADINGS, SHEETS

#: What a cell holds as openpyxl hands it over.
Content = str | int | float | bool | date | datetime | time | timedelta | None

#: The heading row is looked for in this many rows from the top.
_HEADING_WITHIN = 20
#: How alike a heading must be to be asked about, out of 100.
_ALIKE = 75
_NOT_A_WORKBOOK = (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError)


@dataclass(frozen=True, slots=True)
class GridCell:
    #: Such as `D14`.
    address: str
    content: Content
    number_format: str
    #: A formula whose result the workbook does not hold.
    unsaved_formula: bool = False
    #: An Excel error such as `#REF!`.
    is_error: bool = False

    @property
    def is_blank(self) -> bool:
        blank = self.content is None or (isinstance(self.content, str) and not self.content.strip())
        return blank and not self.unsaved_formula


#: The cell of a column that the register was made without.
_NOT_THERE = GridCell("", None, "General")


@dataclass(frozen=True, slots=True)
class GridRow:
    number: int
    #: By the key of their column.
    cells: Mapping[str, GridCell]


@dataclass(slots=True)
class Grid:
    """The sheets that could be read, and one line for each that could not."""

    sheets: dict[str, list[GridRow]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_grid(content: bytes, name: str) -> Grid:
    """The cells of the register, by the titles of its sheets; the framework is one row of settings.

    `name` is the file's, for messages. Raises `RegisterError` where `content` is no workbook.
    """
    grid = Grid()
    shown, formulas = _sheets(content, name, values=True), _sheets(content, name, values=False)
    titles = {plain_heading(title): title for title in shown}
    for sheet in SHEETS:
        title = titles.get(plain_heading(sheet.title))
        if title is None:
            grid.problems.append(
                f'{name}: there is no sheet "{sheet.title}". '
                f"{_ask_about(sheet.title, shown)}Put it back; an example is made by "
                "quarterday init."
            )
            continue
        rows = list(_merged(shown[title], formulas[title]))
        if sheet is FRAMEWORK:
            _read_settings(grid, rows, name)
        else:
            _read_table(grid, sheet, rows, name)
    return grid


def plain_heading(text: object) -> str:
    """A heading as it is compared: letters and digits alone, without case."""
    return "".join(c for c in str(text).casefold() if c.isalnum())


_Rows = list[list[GridCell]]


def _sheets(content: bytes, name: str, *, values: bool) -> dict[str, _Rows]:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of the extensions that Excel adds to drop-downs; none holds a cell.
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, data_only=values)
            try:
                return {
                    sheet.title: [
                        [_cell(cell, row, at) for at, cell in enumerate(cells, start=1)]
                        for row, cells in enumerate(sheet.iter_rows(), start=1)
                    ]
                    for sheet in book.worksheets
                }
            finally:
                book.close()
    except _NOT_A_WORKBOOK:
        problem = (
            f"{name}: this is no workbook that can be read. Open it in Excel, save it as an Excel "
            "workbook (.xlsx) without a password, and try again."
        )
        raise RegisterError([problem]) from None


def _cell(cell: object, row: int, at: int) -> GridCell:
    """Blank cells of openpyxl know neither their place nor their format."""
    kind = getattr(cell, "data_type", "n")
    value: Content = getattr(cell, "value", None)
    return GridCell(
        address=f"{get_column_letter(at)}{row}",
        content=value,
        number_format=str(getattr(cell, "number_format", "General")),
        unsaved_formula=kind == "f",
        is_error=kind == "e",
    )


def _merged(shown: _Rows, formulas: _Rows) -> Iterator[list[GridCell]]:
    """The cells with their values, marked where there is a formula and no value of it."""
    nothing: list[GridCell] = []
    for cells, written in zip_longest(shown, formulas, fillvalue=nothing):
        yield [
            formula if value.content is None and formula.unsaved_formula else value
            for value, formula in zip(cells, written, strict=False)
        ]


def _read_table(grid: Grid, sheet: Sheet, rows: _Rows, name: str) -> None:
    found = _heading_row(rows, [column.heading for column in sheet.columns])
    headings = rows[found] if rows else []
    problems, places = _places(sheet.columns, headings)
    if problems:
        grid.problems += [f"{name}, {sheet.title}: {problem}" for problem in problems]
        return
    picked = (
        GridRow(
            number,
            {
                column.key: _at(row, places[column.key], number)
                if column.key in places
                else _NOT_THERE
                for column in sheet.columns
            },
        )
        for number, row in enumerate(rows[found + 1 :], start=found + 2)
    )
    grid.sheets[sheet.title] = [
        row for row in picked if any(not cell.is_blank for cell in row.cells.values())
    ]


def _read_settings(grid: Grid, rows: _Rows, name: str) -> None:
    """The framework lies on its side: a setting a row."""
    title = FRAMEWORK.title
    wanted = [heading for heading, _, _ in FRAMEWORK_HEADINGS[:2]]
    found = _heading_row(rows, wanted)
    headings = [plain_heading(cell.content) for cell in rows[found]] if rows else []
    missing = [heading for heading in wanted if plain_heading(heading) not in headings]
    if missing:
        grid.problems += [f"{name}, {title}: {_no_column(heading, ())}" for heading in missing]
        return
    setting_at, value_at = (headings.index(plain_heading(heading)) for heading in wanted)
    cells: dict[str, GridCell] = {}
    named: list[str] = []
    keys = {plain_heading(setting.heading): setting.key for setting in FRAMEWORK.columns}
    for number, row in enumerate(rows[found + 1 :], start=found + 2):
        label = row[setting_at].content if setting_at < len(row) else None
        named.append(str(label))
        if key := keys.get(plain_heading(label)):
            cells.setdefault(key, _at(row, value_at, number))
    for setting in FRAMEWORK.columns:
        if setting.key in cells:
            continue
        if _may_be_missing(setting, named, FRAMEWORK.columns):
            cells[setting.key] = _NOT_THERE
            continue
        grid.problems.append(
            f'{name}, {title}: there is no setting "{setting.heading}". '
            f"{_ask_about(setting.heading, named)}Type it in the column Setting, "
            "and its value beside it."
        )
    if len(cells) == len(FRAMEWORK.columns):
        grid.sheets[title] = [GridRow(found + 2, cells)]


def _heading_row(rows: _Rows, headings: Iterable[str]) -> int:
    """The row, counted from 0, that holds most of the headings."""
    wanted = set(map(plain_heading, headings))
    known = [
        len(wanted & {plain_heading(cell.content) for cell in row})
        for row in rows[:_HEADING_WITHIN]
    ]
    return known.index(max(known)) if known else 0


def _places(columns: Sequence[Column], row: list[GridCell]) -> tuple[list[str], dict[str, int]]:
    """What is wrong with the headings, and where each column lies, counted from 0."""
    problems: list[str] = []
    places: dict[str, int] = {}
    headings = [plain_heading(cell.content) for cell in row]
    there = [str(cell.content) for cell in row if not cell.is_blank]
    for column in columns:
        heading = plain_heading(column.heading)
        match headings.count(heading):
            case 0 if _may_be_missing(column, there, columns):
                pass
            case 0:
                problems.append(_no_column(column.heading, there))
            case 1:
                places[column.key] = headings.index(heading)
            case _:
                problems.append(
                    f'two columns are headed "{column.heading}". Rename or delete one of them.'
                )
    return problems, places


def _no_column(heading: str, there: Iterable[str]) -> str:
    return (
        f'there is no column "{heading}". {_ask_about(heading, there)}'
        "Put it back as a heading; its cells may be blank where its note says so."
    )


def _may_be_missing(column: Column, there: Iterable[str], columns: Iterable[Column]) -> bool:
    """Whether a column that came later is not there, and is not there misspelt either."""
    known = {plain_heading(other.heading) for other in columns}
    others = [heading for heading in there if plain_heading(heading) not in known]
    return column.later and not _ask_about(column.heading, others)


def _ask_about(wanted: str, there: Iterable[str]) -> str:
    """A near match is asked about, never taken."""
    near = process.extractOne(
        wanted.casefold(), [t.casefold() for t in there], scorer=ratio, score_cutoff=_ALIKE
    )
    return "" if near is None else f'Is "{list(there)[near[2]]}" meant to be it? '


def _at(row: list[GridCell], place: int, number: int) -> GridCell:
    if place < len(row):
        return row[place]
    return GridCell(f"{get_column_letter(place + 1)}{number}", None, "General")
