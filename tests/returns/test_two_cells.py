"""What is said in two cells, a label and its entry, is read as one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.corpus.layout import NOW, cover, lines, table
from tests.corpus.sheets import Cell, Row, Sheet, dated, sheet
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said, under
from tests.returns.test_titles import HEAD, is_asked, titled

PLACES = ["over", "on the rows", "under", "beside", "on the cover"]


def standing(place: str, *cells: Cell) -> tuple[Sheet, ...]:
    """A return with some cells of a row in a place."""
    rows: list[Row] = list(lines(NOW))
    match place:
        case "over":
            return cover(), titled(cells)
        case "on the rows":
            return cover(), sheet("Indicators", cells, HEAD, *rows)
        case "under":
            return cover(), under(cells)
        case "on the cover":
            return cover("2015-16 Q3", "Community safety", cells), table(("Actual",), NOW)
    rows[1] = (*rows[1], None, *cells)
    return cover(), sheet("Indicators", HEAD, *rows)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "cells",
    [
        *(("Quarter", 2), ("Quarter:", "2"), ("Data to", "31/01/2016"), ("Ward", "Castle")),
        *(("Data to", dated(date(2016, 1, 31))), ("Quarter no", 2), ("Months covered", "Q2")),
    ],
)
def test_a_label_and_its_entry_near_the_figures_are_held_against_them(
    tmp_path: Path, place: str, cells: tuple[Cell, ...]
) -> None:
    made = made_of(tmp_path, *standing(place, *cells))
    assert {code for code, _ in said(made)} & {"L03", "L16", "L26"}


@pytest.mark.parametrize("entry", ["Draft", "Estimate", "Not validated"])
@pytest.mark.parametrize("place", ["over", "under", "on the cover"])
def test_the_status_of_the_whole_is_held_against_the_figures(
    tmp_path: Path, place: str, entry: str
) -> None:
    assert said(made_of(tmp_path, *standing(place, "Status", entry)))


@pytest.mark.parametrize(
    "cells",
    [
        *(("Quarter", 3), ("Year", "2015/16", "Quarter", 3)),
        ("Data to", dated(date(2015, 12, 31))),
        *(("Contact", "May Brown"), ("Completed by", "J March"), ("Ward", "All")),
        *(("Printed", dated(date(2015, 9, 30))), ("Return due by", dated(date(2016, 1, 15)))),
        *(("Template date", dated(date(2015, 3, 31))), ("Status", "Final")),
    ],
)
def test_a_label_and_an_entry_of_these_figures_or_of_the_paper_are_no_matter(
    tmp_path: Path, cells: tuple[Cell, ...]
) -> None:
    made = made_of(tmp_path, cover(), titled(cells))
    assert (said(made), figures(made)) == ([], READ)


def test_two_titles_side_by_side_are_two(tmp_path: Path) -> None:
    assert is_asked(tmp_path, cover(), titled(("Community safety", "Forecast")))
    made = made_of(tmp_path, cover(), titled(("Community safety", "Quarter 3 2015/16")))
    assert (said(made), figures(made)) == ([], READ)
