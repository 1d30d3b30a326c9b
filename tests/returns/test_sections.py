"""Lines between the rows that say what the figures under them are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.corpus.layout import NOW, cover, lines
from tests.corpus.sheets import Cell, Sheet, Span, dated, sheet
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said
from tests.returns.test_titles import HEAD


def with_section(*cells: Cell | Span, at: int = 2) -> Sheet:
    rows = lines(NOW)
    return sheet("I", HEAD, *rows[:at], cells, *rows[at:])


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize(
    "text",
    [
        *("Q2 data", "Q2 actuals", "The following are cumulative", "Figures below are for Q2"),
        *("The following are year to date", "Results for September", "Cumulative indicators"),
        *("Indicators for which Q2 data are shown", "Indicators reported one quarter in arrears"),
        *("Safer streets - Q2", "Priority 1: Safer streets (year to date)"),
        *("Streets (£000)", "Data as at 30 September 2015", "Crime: North division"),
    ],
)
def test_a_line_between_the_rows_that_says_otherwise_is_asked_about_once(
    tmp_path: Path, text: str, at: int
) -> None:
    made = made_of(tmp_path, cover(), with_section(text, at=at))
    assert said(made) == [("L16", f"I!A{2 + at}")]


@pytest.mark.parametrize("text", ["Provisional", "Annual indicators", "Provisional figures"])
def test_what_a_section_may_say_of_its_figures_is_said(tmp_path: Path, text: str) -> None:
    assert said(made_of(tmp_path, cover(), with_section(text))) == [("L26", "I!A4")]


@pytest.mark.parametrize(
    "cells",
    [
        ("Quarter", 2),
        ("Data to", dated(date(2016, 1, 31))),
        ("Ward", "Castle"),
        ("Month", "November"),
    ],
)
def test_a_line_in_two_cells_is_read_as_one(tmp_path: Path, cells: tuple[Cell, ...]) -> None:
    assert said(made_of(tmp_path, cover(), with_section(*cells))) == [("L16", "I!A4")]


@pytest.mark.parametrize(
    "text",
    [
        *("National indicators", "Safer streets (Priority 1)", "Crime - quarter 3", "Q3 data"),
        *("The following are for Q3", "Housing plan 2014-2017", "Priority 2: Reduce crime"),
        *("Indicators for 2015/16", "Crime (all)", "Town centre - budget", "Data as at 31/12/2015"),
    ],
)
def test_a_theme_between_the_rows_is_no_matter(tmp_path: Path, text: str) -> None:
    made = made_of(tmp_path, cover(), with_section(text))
    assert (said(made), figures(made)) == ([], READ)
