"""Columns beside the figures that say of which part, or of what kind, each figure is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.corpus.layout import NOW, cover, table
from tests.corpus.sheets import Cell, dated
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        *(("Coverage", "2 of 3 months"), ("Coverage", "80%"), ("Scope", "North only")),
        *(("Scope", "Town centre"), ("A/E", "E"), ("A / E", "e"), ("Actual/Estimate", "Est")),
        *(("Actual or forecast", "F"), ("A/F", "F"), ("Flag", "E"), ("Data quality flag", "E")),
        *(("Population", "North"), ("Client group", "Under 65"), ("Latest data", "Q2")),
        *(("Data up to", "30/11/2015"), ("Data up to", dated(date(2015, 9, 30)))),
    ],
)
def test_a_column_that_qualifies_the_figures_is_asked_about_once(
    tmp_path: Path, heading: str, word: Cell
) -> None:
    made = made_of(tmp_path, cover(), table((heading, "Actual"), (None, word, word, word), NOW))
    assert said(made) == [("L16", "Indicators!C3")]


@pytest.mark.parametrize("heading", ["Validated?", "Checked", "Signed off?"])
def test_a_figure_that_is_said_not_to_be_checked_is_said(tmp_path: Path, heading: str) -> None:
    words = ("Yes", "No", "No", "Yes")
    made = made_of(tmp_path, cover(), table(("Actual", heading), NOW, words))
    assert (said(made), figures(made)) == ([("L26", "Indicators!D3")], READ)


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        *(("Coverage", "Full"), ("Coverage", "3 of 3 months"), ("Coverage", "Oct-Dec 2015")),
        *(("Coverage", "100%"), ("Scope", "Whole borough"), ("A/E", "A"), ("P/F", "F")),
        *(("Flag", "G"), ("Flag", "!"), ("Population", "120,000"), ("Category", "Burglary")),
        *(("Validated?", "Yes"), ("Checked", "JS"), ("Latest data", "Q3")),
        *(("Data up to", dated(date(2015, 12, 31))), ("Data to", "December 2015")),
    ],
)
def test_a_column_that_says_that_the_figures_are_whole_is_no_matter(
    tmp_path: Path, heading: str, word: Cell
) -> None:
    made = made_of(tmp_path, cover(), table((heading, "Actual"), (word,) * 4, NOW))
    assert (said(made), figures(made)) == ([], READ)
