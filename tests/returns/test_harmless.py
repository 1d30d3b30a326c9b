"""Words near the figures that look as if they made others of them, and do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.layout import NOW, cover, table
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said, standing, under

THREE = ["over", "under", "on the cover"]


def codes(folder: Path, place: str, text: str) -> set[str]:
    return {code for code, _ in said(made_of(folder, *standing(place, text)))}


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    [
        *("It may be necessary to resubmit", "You may add rows", "Figures may be revised"),
        *("Percentages may not total 100 due to rounding", "May Brown, Performance Officer"),
        *("Head of service: June Marsh", "Contact: May Brown", "Completed by May Brown"),
        *("Signed off by June Smith", "Submitted by: J May"),
    ],
)
def test_a_word_or_a_name_is_no_month(tmp_path: Path, place: str, text: str) -> None:
    assert "L16" not in codes(tmp_path, place, text)


@pytest.mark.parametrize("entry", [("Completed by", "May Brown"), ("Signed off by", "June Smith")])
def test_a_name_beside_its_label_is_no_month(tmp_path: Path, entry: tuple[str, str]) -> None:
    front = cover("2015-16 Q3", "Community safety", entry)
    made = made_of(tmp_path, front, table(("Actual",), NOW))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("place", ["over", "on the cover"])
@pytest.mark.parametrize(
    "text",
    [
        *("May 2016", "May figures", "for May", "Completed by May 2016", "Figures for may only"),
        *("Figures for May include transfers", "May not received", "Completed in May"),
        *("Signed off by Finance, May", "figures may be cumulative", "May crime"),
    ],
)
def test_a_month_is_one_beside_other_words(tmp_path: Path, place: str, text: str) -> None:
    assert codes(tmp_path, place, text) >= {"L16"}


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    [
        *("Figures are not cumulative", "Enter quarterly figures only, not cumulative"),
        *("Please do not enter year to date figures", "Not cumulative"),
        *("Figures relate to Q3 2015/16 only", "Q3 2015/16 only"),
    ],
)
def test_what_figures_are_not_is_no_kind_of_theirs(tmp_path: Path, place: str, text: str) -> None:
    found = codes(tmp_path, place, text)
    assert found <= {"L26"}
    assert not found or "Enter" in text


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    [
        *("Figures are not cumulative except 1.2", "Figures are not cumulative but 1.2 is"),
        *("Figures are not cumulative, they are year to date", "Not all figures are cumulative"),
        *("Figures relate to 2015-16 only", "Q2 only", "October only", "First quarter only"),
        *("Figures excluding Q3 2015/16 only", "Figures for Q3 schools only"),
    ],
)
def test_what_some_figures_are_is_not_denied(tmp_path: Path, place: str, text: str) -> None:
    assert codes(tmp_path, place, text) & {"L16", "L26"}


@pytest.mark.parametrize("heading", ["Actual (quarter only)", "Actual (Q3 only)"])
def test_a_heading_of_the_return_s_period_only_is_its(tmp_path: Path, heading: str) -> None:
    made = made_of(tmp_path, cover(), table((heading,), NOW))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("heading", ["Actual only", "Actual (month only)", "Actual (excl. Q3)"])
def test_a_heading_of_a_part_only_is_asked_about(tmp_path: Path, heading: str) -> None:
    assert figures(made_of(tmp_path, cover(), table((heading,), NOW))) != READ


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    [
        *("All figures must be entered as numbers", "Whole numbers only", "Enter numbers only"),
        *("Percentages should be entered to one decimal place", "Figures only - no text"),
        *("If no figure is available enter n/a", "Data must be submitted by 5pm"),
        "All data must be signed off by the Head of Service",
        *("Totals are calculated automatically", "No personal data to be included"),
        "The figures in this return have been checked and are accurate",
        *("All figures have been validated by the service", "Figures agreed with Finance"),
        *("Figures are taken from the case management system", "Data submitted by: J Smith"),
        *("Crown copyright. Data: ONS", "Percentages have been rounded to one decimal place"),
        *("Figures to 1 d.p.", "Values are in £ unless stated", "Higher figures are better"),
        *("All financial figures are in pounds sterling", "Figures in red are below target"),
        *("A lower figure indicates better performance", "Numbers less than 5 are suppressed"),
        *("Figure 1: trend", "Key figures at a glance"),
    ],
)
def test_an_instruction_is_no_remark_on_the_figures(tmp_path: Path, place: str, text: str) -> None:
    assert codes(tmp_path, place, text) == set()


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    [
        *("Figures to be validated", "Figures are to be agreed", "Figures not validated"),
        *("All figures have been estimated by the service", "Figures agreed with Finance in Q2"),
        *("Figures in red are estimates", "Values are in £000 unless stated", "Data: Scotland"),
        *("Figures are taken from the previous system", "Figures are taken from last quarter"),
        *("Figure 1: excluding schools", "Key figures exclude schools", "Figures only to October"),
        *("Percentages have been rounded to the nearest ten", "Numbers less than 5 are zero"),
        *("Figures submitted by: J Smith, excluding schools", "Data: ONS, England"),
        *("Figures are not year to date; they are annual", "Page 1 of 1. Figures are YTD"),
        *("Prepared by J Smith, figures are cumulative", "Contact: me (figures are for Q2)"),
    ],
)
def test_what_is_like_an_instruction_and_none_is_said(
    tmp_path: Path, place: str, text: str
) -> None:
    assert codes(tmp_path, place, text) & {"L16", "L26"}


def test_the_same_words_in_many_cells_are_one_finding(tmp_path: Path) -> None:
    notes = [("Figures exclude grants",)] * 1_201
    made = made_of(tmp_path, cover(), under(*notes, ("Figures exclude schools",)))
    first, other = (f for f in made.findings if f.code == "L26")
    assert (first.cell, other.cell) == ("A7", "A1208")
    assert first.problem.endswith("On this sheet 1,200 more cells say the same.")
