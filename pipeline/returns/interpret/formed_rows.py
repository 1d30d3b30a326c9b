"""Formed rows: the rows of returns made from one template, which name the same indicators.

What their prefilled cells say is concluded once; what is left to be read of a row is what was
entered in it. It comes to what `read_indicators` says, of tables where all is ordinary.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from itertools import chain, repeat

from msgspec import Struct

from pipeline.returns.interpret.cells import NAMES, SEEN, TOTALS, WORDS, plain_words
from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.footnotes import may_have_mark
from pipeline.returns.interpret.headings import naming
from pipeline.returns.interpret.labels import CUMULATIVE, PROVISIONAL, Vocabulary
from pipeline.returns.interpret.notes import may_scale, said_around, said_by_marks
from pipeline.returns.interpret.rows import Matched, read_row, scale_of
from pipeline.returns.interpret.tables import Table
from pipeline.returns.reading import ReportedRow
from pipeline.workbooks.details.detail import ABSENT, Details, Place, SheetDetails
from pipeline.workbooks.figures.figure import CellValue, Scale
from pipeline.workbooks.figures.short import figure_of
from pipeline.workbooks.grid import text_of
from schemas.fields import EARLIER, FIGURES, FILLED
from schemas.findings import Finding
from schemas.model import Indicator, Kind, Status
from schemas.names import name_key

#: Of a table with more rows nothing is kept.
_MOST_ROWS = 500
_BODY = frozenset({str, float})
#: What is entered where a day belongs; a month without one is read the whole way.
_DAYS = _BODY | {date, datetime}
#: What a row of a plain figure leaves out.
_LEFT_OUT = tuple(key for key in FILLED if key not in ("performance", "commentary"))

#: The cells of one column below the headings.
_Column = tuple[CellValue, ...]


class _Row(Struct, frozen=True):
    """What the prefilled cells of an indicator's row say."""

    #: Which of the rows below the headings it is.
    at: int
    indicator: Indicator
    #: Its reference as the cell shows it.
    ref: str
    #: In which its figure is measured; None where that is no number.
    scale: Scale | None
    seen: dict[str, str]
    #: A name may end with the mark of a footnote.
    may_be_marked: bool
    #: A text of it may say a scale.
    may_scale: bool


class _Rows(Struct, frozen=True):
    """What the prefilled cells of a table say."""

    rows: tuple[_Row, ...]
    #: The rows in which nothing is prefilled.
    blank: tuple[int, ...]


class _Entered(Struct, frozen=True):
    """What was entered in the rows of a table, by column, and prefilled of the area's own."""

    rows: _Rows
    table: Table
    first: int
    columns: dict[str, _Column]

    @property
    def figures(self) -> _Column:
        return self.columns["performance"]


def read_formed(
    tables: list[Table], known: Belonging, details: Details
) -> tuple[list[ReportedRow], list[Finding]] | None:
    """Every indicator row of the tables, each of a sheet of its own, as `read_indicators` has it.

    None where one of them is out of the ordinary: a row that names no indicator, or one twice, a
    cell that heads a table or is marked, a comment, something hidden, or a blank that is none.
    """
    for number, table in enumerate(tables):
        table.number = number
    entered = [_entered(table, known.words) for table in tables]
    several = [one for one in entered if one is not None]
    refs = [row.indicator.ref for one in several for row in one.rows.rows]
    if len(several) < len(entered) or len(set(refs)) < len(refs):
        return None
    looks = []
    for one in several:
        look = _looks(one, details)
        if look is None:
            return None
        looks.append(look)
    rows: list[ReportedRow] = []
    of_marks: list[Finding] = []
    findings: list[Finding] = []
    for one, look in zip(several, looks, strict=True):
        marked = {
            one.first + row.at: row.indicator
            for row in one.rows.rows
            if row.may_be_marked or isinstance(one.figures[row.at], str)
        }
        by_marks = said_by_marks(one.table, marked, known)
        of_marks += by_marks.findings
        found, troubles = _read(one, look, known, by_marks.provisional)
        rows += found
        findings += troubles
        if look.around and found:
            scales = {s.power for s in one.table.chosen["performance"].label.scales}
            findings += said_around(one.table.grid.sheet, look.around, scales, known)
    return rows, of_marks + findings


def _entered(table: Table, words: Vocabulary) -> _Entered | None:
    """What was entered in a table's rows; None where anything else is out of the ordinary."""
    grid, columns = table.grid, table.columns
    first = table.block.last_row + 1
    body = grid.rows[first - grid.first_row :]
    if not 0 < len(body) <= _MOST_ROWS or grid.merged or grid.hidden or table.other_columns:
        return None
    across = [*zip(*body, strict=True)]
    own = (key for key in (*FILLED, *EARLIER) if key in columns)
    at = {key: columns[key] - grid.first_column for key in own}
    mine = {*at.values()}
    fixed = tuple(column for number, column in enumerate(across) if number not in mine)
    keys = tuple(
        key for key, _ in sorted(columns.items(), key=lambda each: each[1]) if key not in at
    )
    rows = _concluded(words, keys, fixed)
    entered = {key: across[number] for key, number in at.items()}
    if rows is None or not _is_ordinary(entered, rows, words):
        return None
    return _Entered(rows, table, first, entered)


def _is_ordinary(entered: dict[str, _Column], rows: _Rows, words: Vocabulary) -> bool:
    """Whether texts and numbers were entered, in rows of indicators, that head no table."""
    for key, column in entered.items():
        if not (_DAYS if key == "action_by" else _BODY).issuperset(map(type, column)):
            return False
    texts = {cell for cell in chain.from_iterable(entered.values()) if isinstance(cell, str)}
    if any(map(naming(words).__getitem__, texts)):
        return False
    if any(column[at] != "" for at in rows.blank for column in entered.values()):
        return False
    # Where there is no figure beside it, a text may say in what all of them are.
    figures = entered["performance"]
    return "" not in figures or not any(
        row.may_scale
        or any(
            may_scale(str(column[row.at])) for key, column in entered.items() if key not in EARLIER
        )
        for row in rows.rows
        if figures[row.at] == ""
    )


@lru_cache(maxsize=32)
def _concluded(
    words: Vocabulary, keys: tuple[str, ...], fixed: tuple[_Column, ...]
) -> _Rows | None:
    """What the prefilled cells of a table say, by column; None where there is more to it."""
    if len(keys) != len(fixed) or not _BODY.issuperset(map(type, chain.from_iterable(fixed))):
        return None
    if any(map(naming(words).__getitem__, chain.from_iterable(fixed))):
        return None
    rows, blank, refs = list[_Row](), list[int](), set[str]()
    for at, cells in enumerate(zip(*fixed, strict=True)):
        if all(cell == "" for cell in cells):
            blank.append(at)
            continue
        row = _row(words, at, dict(zip(keys, cells, strict=True)))
        if row is None or row.indicator.ref in refs:
            return None
        refs.add(row.indicator.ref)
        rows.append(row)
    return _Rows(tuple(rows), tuple(blank))


def _row(words: Vocabulary, at: int, cells: dict[str, CellValue]) -> _Row | None:
    """What a row's prefilled cells say; None where they do not plainly name one indicator."""
    names = [cells.get(key, "") for key in NAMES]
    if not all(isinstance(name, str) for name in names):
        return None
    ref, wording = (text_of(name) for name in names)
    of_ref, of_wording = words.by_ref.get(name_key(ref)), words.by_wording.get(name_key(wording))
    indicator = of_ref or of_wording
    is_of_two = of_ref and of_wording and of_ref is not of_wording
    if indicator is None or is_of_two or name_key(wording) in TOTALS:
        return None
    return _Row(
        at,
        indicator,
        ref,
        scale_of(indicator) if indicator.kind is Kind.MEASURE else None,
        {key: text_of(cells[key]) for key in SEEN if key in cells},
        any(map(may_have_mark, names)),
        any(may_scale(cell) for cell in cells.values() if isinstance(cell, str)),
    )


def _looks(one: _Entered, details: Details) -> SheetDetails | None:
    """How what was entered looks; None where there is more on the sheet than that."""
    sheet, columns = one.table.grid.sheet, one.table.columns
    if not details.is_plain(sheet):
        return None
    places: list[Place] = []
    for key in (*FIGURES, *WORDS):
        cells = one.columns.get(key, ())
        if cells.count("") < len(cells):
            every = zip(range(one.first, one.first + len(cells)), repeat(columns[key]))
            places += [place for place, cell in zip(every, cells, strict=False) if cell != ""]
    looks = details(sheet, places)
    is_more = looks.comments or looks.hidden_rows or looks.hidden_columns or looks.odd_rows
    return looks if looks.is_plain and not is_more else None


def _read(
    one: _Entered, looks: SheetDetails, known: Belonging, noted: set[int]
) -> tuple[list[ReportedRow], list[Finding]]:
    """The rows of a table; `noted` are those of which a footnote says that they are provisional."""
    table, figures = one.table, one.figures
    words = one.columns.get("commentary", ("",) * len(figures))
    over, columns = table.chosen["performance"].label, table.columns
    column, of_words = columns["performance"], columns.get("commentary", -1)
    is_open = not (over.units or over.scales or CUMULATIVE in over.kinds)
    is_provisional = PROVISIONAL in over.kinds or table.is_provisional
    others = [one.columns[key] for key in _LEFT_OUT if key in one.columns]
    earlier = [(key, one.columns[key]) for key in EARLIER if key in one.columns]
    more = {at for cells in others for at in _filled(cells)}
    area, period, sheet = known.area or "", known.period or "", table.grid.sheet
    letters, look_of = table.letters["performance"], looks.cells.get
    rows: list[ReportedRow] = []
    findings: list[Finding] = []
    for row in one.rows.rows:
        at = row.at
        number, value, entry = one.first + at, figures[at], words[at]
        figure = said = None
        if is_open and row.scale is not None and type(value) is float and at not in more:
            code = look_of((number, column), ABSENT).number_format
            figure = None if code is None else figure_of(value, row.scale, code)
            look = ABSENT if entry == "" else look_of((number, of_words), ABSENT)
            said = "" if entry == "" else plain_words(entry, look)
        if figure is None or figure.troubles or said is None:
            match = Matched(table, number, row.indicator, row.ref)
            reported, troubles = read_row(match, looks, known, is_noted=number in noted)
            findings += troubles
        else:
            reported = ReportedRow(
                indicator=row.indicator.ref,
                area=area,
                period=period,
                status=(Status.PROVISIONAL if is_provisional or number in noted else Status.FINAL),
                value=figure.value,
                commentary=said,
                sheet=sheet,
                cell=f"{letters}{number + 1}",
                table=table.number,
                seen={
                    **row.seen,
                    "performance": text_of(value),
                    **{key: text_of(cells[at]) for key, cells in earlier},
                },
            )
        rows.append(reported)
    return rows, findings


def _filled(cells: _Column) -> list[int]:
    """Where in a column anything stands."""
    if cells.count("") == len(cells):
        return []
    return [at for at, cell in enumerate(cells) if cell != ""]
