"""A return that is read by its form says what it says when it is read whole."""

from __future__ import annotations

import tempfile
from datetime import date, time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.outputs.template import ReturnTo, write_template
from pipeline.outputs.template.own_figures import OwnFigures
from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.formed_rows import _concluded, read_formed
from pipeline.returns.interpret.forms import read_by_form
from pipeline.returns.interpret.indicators import read_indicators
from pipeline.returns.interpret.labels import vocabulary_of
from pipeline.returns.interpret.rows import Matched, ShortRows, read_row
from pipeline.returns.interpret.whole import read_whole
from pipeline.returns.reading import Reading
from pipeline.workbooks.details import details_of
from pipeline.workbooks.details.detail import Details
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import Grid, read_grids
from schemas.fields import ACHIEVEMENTS_SHEET
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.council import REGISTER, USUAL
from tests.support.filled import fill_in, fill_return

#: What a person may put into any cell of a return, or leave there.
TYPED: tuple[CellValue, ...] = (
    *("", 41.0, 0.415, 0.0, -3.0, 2012.0, 1e15, True, date(2012, 4, 30), time(9, 30)),
    *("n/a", "tbc", "<5", "c", "12", "12%", "£1.2m", "n/a*", "12 (1)", "Complete", "No cases"),
    *("Provisional", "Forecast", "Cumulative", "Final", "in thousands", "£000", "Figures in £m"),
    *("Performance", "Ref", "Indicator", "Achievement", "Q3 2011-12", "As at 31 March 2012"),
    *("Overall performance", "* provisional", "(1) Adult social care only", "P2-2", "P1", "Total"),
    *(
        "Performance £ Community safety",
        "Actual 2012-13",
        "Result (Community safety)",
        "2012-13 Q1",
    ),
    *("Service area", "Signed off by", "Adult social care", "Community safety", "Wards", "2012-13"),
    *("Head of Community safety", "Ann Smith, Estimates Team", "Data: not final", "Qarea7", "a\nb"),
    *(
        "Figures exclude agency staff",
        "Community safety: return",
        "Last year",
        "per 1,000",
        "x" * 150,
    ),
)
WORDS = vocabulary_of(REGISTER)


@cache
def _returned(area: str, before: int = 0) -> tuple[list[Grid], Details]:
    """A return of an area in which nothing is wrong.

    Its template tells how many each thing was in the period before, where that is not 0.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"
        owner = next(each for each in REGISTER.areas if each.ref == area)
        entries = {ref: {"Performance": value} for ref, value in USUAL.items()}
        if before:
            told = OwnFigures(f"{before}\n(2011-12)", "£120,000\n(2010-11)")
            own = {ref: told for ref in USUAL if ref != "P2-3"}
            to = ReturnTo("mail it to returns@council.example", "Jo Field (jo@council.example)")
            write_template(REGISTER, owner, PERIOD, path, before=own, to=to)
            content = fill_in(path, entries).read_bytes()
        else:
            content = fill_return(REGISTER, owner, PERIOD, path, entries).read_bytes()
    grids = read_grids(content)
    achieved = [
        [REGISTER.priorities[0].achievements_heading, text] for text in ("One", "Two\nThree")
    ]
    at = next(at for at, grid in enumerate(grids) if grid.sheet == ACHIEVEMENTS_SHEET)
    grids[at] = replace(grids[at], rows=[*grids[at].rows, *achieved])
    return grids, details_of(content, FileKind.XLSX)


def _altered(grids: list[Grid], changes: dict[tuple[int, int, int], CellValue]) -> list[Grid]:
    altered = [[[*cells] for cells in grid.rows] for grid in grids]
    for (sheet, row, column), value in changes.items():
        rows = altered[sheet % len(grids)]
        cells = rows[row % len(rows)]
        cells[column % len(cells)] = value
    return [replace(grid, rows=rows) for grid, rows in zip(grids, altered, strict=True)]


def _both(
    grids: list[Grid], details: Details, folder_area: str | None = None
) -> tuple[Reading | None, Reading]:
    by_form = read_by_form(grids, WORDS, details, folder_area)
    return by_form, read_whole(grids, REGISTER, WORDS, details, folder_area).reading


@pytest.mark.parametrize("area", [SAFETY.ref, CARE.ref])
@pytest.mark.parametrize("folder_area", [None, SAFETY.ref, CARE.ref])
@pytest.mark.parametrize("before", [0, 12_000])
def test_a_return_as_it_should_be_is_read_by_its_form(
    area: str, folder_area: str | None, before: int
) -> None:
    by_form, whole = _both(*_returned(area, before), folder_area)
    assert by_form == (whole if folder_area in (None, area) else None)
    assert whole.rows
    assert len(whole.achievements) == 3


#: What an area commonly enters in its rows: a figure, no figure, a mark, a status, some words.
ENTERED: tuple[dict[str, CellValue], ...] = (
    {},
    {"performance": ""},
    {"performance": "n/a", "commentary": "Not counted yet"},
    {"performance": "12*"},
    {"performance": 0.0, "status": "No cases"},
    {"performance": 7.25, "numerator": 29.0, "denominator": 4.0, "status": "Provisional"},
    {"commentary": " As planned\r\nand on time "},
)


@pytest.mark.parametrize("entered", ENTERED)
def test_what_is_commonly_entered_is_read_in_rows_whose_names_are_known(
    entered: dict[str, CellValue],
) -> None:
    grids, details = _returned(SAFETY.ref)
    (table,) = read_whole(grids, REGISTER, WORDS, details).usable
    at = next(at for at, grid in enumerate(grids) if grid.sheet == table.grid.sheet)
    changes: dict[tuple[int, int, int], CellValue] = {
        (at, table.rows[0] - table.grid.first_row, table.columns[key] - table.grid.first_column): v
        for key, v in entered.items()
    }
    altered = _altered(grids, changes)
    tables = [replace(table, grid=altered[at])]
    known = Belonging(WORDS, PERIOD.name, SAFETY.ref)
    expected = read_indicators(tables, REGISTER, known, details)
    assert read_formed(tables, known, details) == expected
    assert expected[0]


def test_returns_that_tell_of_other_figures_before_have_their_rows_concluded_once() -> None:
    def read(before: int) -> Reading | None:
        grids, details = _returned(SAFETY.ref, before)
        return read_by_form(grids, WORDS, details, None)

    first = read(70)
    misses = _concluded.cache_info().misses
    second = read(80)
    assert _concluded.cache_info().misses == misses
    assert first
    assert second
    told = [[row.seen["last"] for row in each.rows if row.seen["last"]] for each in (first, second)]
    assert {*told[0]} == {"70\n(2011-12)"}
    assert {*told[1]} == {"80\n(2011-12)"}


places = st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 13))


@given(
    st.sampled_from([SAFETY.ref, CARE.ref]),
    st.sampled_from([0, 12_000]),
    st.dictionaries(places, st.sampled_from(TYPED) | st.text(), min_size=1, max_size=3),
)
@example(SAFETY.ref, 0, {(0, 0, 0): "Community safety: forecast"})
@example(CARE.ref, 0, {(0, 0, 0): "Community safety: return for 2012-13"})
@example(SAFETY.ref, 0, {(1, 3, 7): "Community safety actual £", (1, 4, 7): "40 days"})
@example(SAFETY.ref, 12_000, {(1, 4, 9): "", (1, 4, 10): 40.0})
@example(SAFETY.ref, 12_000, {(1, 4, 5): "Figures in thousands", (1, 4, 9): ""})
@example(SAFETY.ref, 12_000, {(1, 3, 5): "Last quarter"})
def test_whatever_is_typed_in_a_return_both_ways_read_the_same(
    area: str, before: int, changes: dict[tuple[int, int, int], CellValue]
) -> None:
    grids, details = _returned(area, before)
    by_form, whole = _both(_altered(grids, changes), details)
    assert by_form in (None, whole)


@given(
    st.dictionaries(places, st.sampled_from(TYPED) | st.text() | st.floats(), max_size=6),
    st.booleans(),
)
@example({(1, 4, 7): 0.1 + 0.2, (1, 4, 9): " Ann\r\nsays so "}, True)
def test_a_row_that_is_read_in_short_says_what_it_says_at_length(
    changes: dict[tuple[int, int, int], CellValue], is_noted: bool
) -> None:
    grids, details = _returned(SAFETY.ref)
    whole = read_whole(_altered(grids, changes), REGISTER, WORDS, details)
    known = Belonging(WORDS, PERIOD.name, SAFETY.ref)
    for table in whole.usable:
        every = [(row, column) for row in table.rows for column in table.columns.values()]
        looks = details(table.grid.sheet, every)
        rows = ShortRows(table, looks, known)
        for row in table.rows:
            indicator = WORDS.indicator(table.text(row, "ref"), table.text(row, "indicator"))
            if indicator is not None:
                match = Matched(table, row, indicator, table.text(row, "ref"))
                at_length = read_row(match, looks, known, is_noted=is_noted)
                short = rows.row(match, is_noted=is_noted)
                assert short is None or (short, []) == at_length
