"""Headings that say that figures are cumulative, over those that are reported so and others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.accumulation import Accumulation
from schemas.model import Register, ServiceArea
from tests.support.builders import CARE, SAFETY
from tests.support.council import Council
from tests.support.filled import fill_return
from tests.support.quarters import QUARTERS, measure
from tests.support.quarters import register_of as quarters_of

CUMULATIVE = measure(Accumulation.CUMULATIVE)
#: Adult social care reports one more, which is of the quarter alone.
ALONE = replace(
    measure(Accumulation.AS_REPORTED), ref="P1-2", wording="Repairs done", areas=(CARE.ref,)
)
PERIOD = QUARTERS[5]


def register_of(*rows: Any) -> Register:
    return quarters_of(*rows, periods=QUARTERS[4:6])


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council", register_of(CUMULATIVE, ALONE))


def headed(council: Council, area: ServiceArea, *headings: str) -> Path:
    """A return with these headings over its figures, each over a column of its own."""
    path = council.place.inbox / f"{area.name}, {' '.join(headings)}.xlsx"
    entries = {"P1-1": {"Performance": 40}, "P1-2": {"Performance": 7}}
    fill_return(council.register, area, PERIOD, path, entries)
    book = load_workbook(path)
    sheet = book["Indicators"]
    (heading,) = (c for row in sheet.iter_rows() for c in row if c.value == "Performance")
    heading.value = headings[0]
    for number, more in enumerate(headings[1:], 1):
        sheet.cell(heading.row, sheet.max_column + number, more)
        for row in range(heading.row + 1, sheet.max_row + 1):
            figure = sheet.cell(row, heading.column).value
            sheet.cell(row, sheet.max_column, figure and figure + 100)
    book.save(path)
    return path


def validated(council: Council, *paths: Path, code: int) -> list[tuple[list[str], dict[str, str]]]:
    """Of each return the codes of what is to be put right, and its figures as understood."""
    return [
        (
            [each["code"] for each in one["findings"] if each["severity"] == "error"],
            {each["ref"]: each["figure"] for each in one["figures"]},
        )
        for one in council.ask("validate", *map(str, paths), code=code)
    ]


@pytest.mark.parametrize("heading", ["Year to date", "Actual (cumulative)", "Performance YTD"])
def test_a_heading_may_say_that_figures_are_cumulative_which_are_reported_so(
    council: Council, heading: str
) -> None:
    path = headed(council, SAFETY, heading)
    assert validated(council, path, code=0) == [([], {"P1-1": "40"})]


def test_a_figure_of_the_quarter_alone_is_asked_about_under_such_a_heading(
    council: Council,
) -> None:
    # After one in which all is plain, of the same form.
    paths = [headed(council, area, "Year to date") for area in (SAFETY, CARE)]
    plain, mixed = validated(council, *paths, code=1)
    assert plain[0] == []
    assert mixed[0] == ["V62"]


def test_a_plain_column_goes_before_a_cumulative_one(council: Council) -> None:
    path = headed(council, CARE, "Performance", "Year to date")
    assert validated(council, path, code=0) == [([], {"P1-1": "40", "P1-2": "7"})]


def test_where_nothing_is_reported_so_the_heading_is_asked_about(council: Council) -> None:
    council.rewrite(register_of(replace(CUMULATIVE, accumulation=Accumulation.YEAR_TO_DATE)))
    path = headed(council, SAFETY, "Year to date")
    ((codes, _),) = validated(council, path, code=1)
    assert codes == ["L15"]
