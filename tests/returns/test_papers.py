"""What is said of the form, of strategies and of bodies, beside what is said of the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.returns.interpret.papers import without_papers
from schemas.fields import OVERALL_HEADINGS
from tests.corpus.layout import NOW, cover, lines, table
from tests.corpus.sheets import sheet
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said, standing, under
from tests.returns.test_titles import HEAD, is_asked, titled

PAPERS = [
    *("Template issued April 2015", "Quarterly return (template version 3, April 2015)"),
    *("Return form, version 3 of May 2015", "Vision 2020", "2020 Vision", "Strategic Plan to 2020"),
    *("Working with NHS England", "Partner: Public Health England"),
    *(
        "This return takes on average 20 minutes",
        "Average time to complete this return: 20 minutes",
    ),
    *("Estimated time to complete: 30 minutes", "Version 2, January 2016"),
]


@pytest.mark.parametrize("place", ["over", "under", "on the cover"])
@pytest.mark.parametrize("text", PAPERS)
def test_what_is_said_of_the_form_is_passed_over(tmp_path: Path, place: str, text: str) -> None:
    made = made_of(tmp_path, *standing(place, text))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize(
    "text",
    [
        *("Version Q2 2015", "Form for 2014/15", "Template: data to September 2015"),
        *("NHS England", "Issued for 2014/15", "Performance on average", "2014 strategy targets"),
        *("Form: return for September 2015",),
    ],
)
def test_a_form_s_period_is_that_of_its_figures(tmp_path: Path, text: str) -> None:
    assert is_asked(tmp_path, cover(), titled((text,)))


def test_a_line_without_papers_keeps_its_other_words() -> None:
    assert without_papers("Q3 return, template issued April 2015").startswith("Q3 return, ")


@pytest.mark.parametrize("heading", ["Actual (final)", "Actual - final", "Final actual"])
def test_a_final_figure_is_the_figure(tmp_path: Path, heading: str) -> None:
    made = made_of(tmp_path, cover(), table((heading,), NOW))
    assert (said(made), figures(made)) == ([], READ)
    both = table(("Actual", heading), NOW, (4650, *NOW[1:]))
    assert said(made_of(tmp_path, cover(), both)) != []


@pytest.mark.parametrize("words", [("Green", "Amber", "Red", "Green"), ("G", "A", "R", "G")])
def test_a_column_status_of_colours_says_nothing_of_the_figures(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    made = made_of(tmp_path, cover(), table(("Actual", "Status"), NOW, words))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("quarter", [3, 2])
@pytest.mark.parametrize("place", ["over", "on the cover", "instead of the cover's"])
def test_a_year_and_a_quarter_in_one_cell_are_both_read(
    tmp_path: Path, place: str, quarter: int
) -> None:
    text = f"Financial Year: 2015/16    Quarter: {quarter}"
    if place == "instead of the cover's":
        lines_of_it = (("Service area", "Community safety"), (text,))
        made = made_of(tmp_path, sheet("Cover", *lines_of_it), table(("Actual",), NOW))
        assert made.reading.period == f"2015-16 Q{quarter}"
    else:
        made = made_of(tmp_path, *standing(place, text))
        assert bool(said(made)) == (quarter == 2)


@pytest.mark.parametrize("place", ["over", "in a tab's name"])
@pytest.mark.parametrize("text", ["Gap to target", "Peers", "Best guess", "Distance from target"])
def test_a_title_of_a_gap_of_others_or_of_a_guess_is_asked_about(
    tmp_path: Path, place: str, text: str
) -> None:
    assert {code for code, _ in said(made_of(tmp_path, *standing(place, text)))} & {"L16", "L26"}


@pytest.mark.parametrize("place", ["over", "under", "on the cover"])
def test_who_checked_figures_hides_no_period(tmp_path: Path, place: str) -> None:
    made = made_of(tmp_path, *standing(place, "Figures checked by Finance for Q2"))
    assert {code for code, _ in said(made)} & {"L16", "L26"}
    made = made_of(tmp_path, *standing(place, "Figures checked by Finance"))
    assert (said(made), figures(made)) == ([], READ)


def test_the_appendix_sent_back_is_called_so_once(tmp_path: Path) -> None:
    block = (OVERALL_HEADINGS, ("All priorities", 4, 3, "Green", "3 green"))
    appendix = sheet("Appendix 3", HEAD, *lines(NOW), (), *block)
    assert said(made_of(tmp_path, appendix, sheet("Data", HEAD, *lines(NOW)))) == [
        ("L32", "Appendix 3!A7")
    ]


@pytest.mark.parametrize("text", ["Year to date", "Figures are for Q2", "Q2", "(a) year to date"])
def test_a_cell_gets_one_finding(tmp_path: Path, text: str) -> None:
    assert said(made_of(tmp_path, cover(), under((text,)))) == [("L16", "Indicators!A7")]
