"""Footers of returns: what changes no figure is passed over, what only looks like it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.layout import NOW, cover, lines
from tests.corpus.sheets import sheet
from tests.returns.test_harmless import THREE, codes
from tests.returns.test_labels import figures, made_of
from tests.returns.test_remarks import said
from tests.returns.test_titles import HEAD
from tests.support.sampled import sampled

FOOTERS = [
    *("Data extracted on 4 January 2016", "Date of extraction: 04/01/2016"),
    *("Figures correct as at 31/12/2015", "Data correct as of 08/01/2016"),
    *("Figures correct at time of publication", "Version 2.1 - December 2015"),
    "Data quality statement: figures are complete and accurate to the best of our knowledge",
    *("Percentages may not add up to 100% because of rounding", "n/a = not applicable"),
    *("Totals may not sum due to rounding", "- denotes nil; .. denotes not available"),
    *("Small numbers (under 5) are suppressed", "Figures under 5 are shown as <5"),
    "Numbers below 5 have been suppressed to protect confidentiality",
    *("Please note that targets are reviewed annually", "Financial year runs 1 April to 31 March"),
    *("Crown copyright 2015", "\u00a9 Borough Council 2016", "Next update due April 2016"),
    *("Cabinet, January 2016", "This return should be completed by 15 January 2016"),
    *("All figures are for the Borough", "Based on ONS 2014 mid-year population estimates"),
    *("Targets for 2015/16 were agreed by Cabinet in March 2015", "Whole numbers only please"),
    *("Enter the figure for the quarter in column C", "Trend data available on request"),
    *("Previous quarters' figures can be found on the intranet", "Definitions: see guidance"),
    *("Frequency: annual indicators are reported in Q4", "Figures are provisional until audited"),
]


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize("text", sampled(FOOTERS, 12))
def test_a_footer_is_passed_over(tmp_path: Path, place: str, text: str) -> None:
    assert codes(tmp_path, place, text) == set()


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    sampled(
        [
            *("Data extracted on 12 November 2015", "Figures correct as at 30/09/2015"),
            *("Figures may not sum due to rounding and exclude December", "Figures are withheld"),
            *("Totals may not sum due to missing wards", "All figures are for the Borough but 1.1"),
            *("\u00a9 Borough Council 2016. Figures for Q2", "Trend data not available"),
            *("Targets for 2015/16 were agreed; figures are cumulative", "* denotes estimated"),
            "Figures are provisional and subject to validation excluding schools",
            *("Next update due April 2016, figures are Q2's", "Cabinet, January 2016 figures"),
        ],
        4,
    ),
)
def test_what_is_like_a_footer_and_none_is_said(tmp_path: Path, place: str, text: str) -> None:
    assert codes(tmp_path, place, text) & {"L16", "L26"}


def test_a_small_number_that_is_suppressed_is_no_figure(tmp_path: Path) -> None:
    rows = lines(("<5", *NOW[1:]))
    made = made_of(
        tmp_path, cover(), sheet("I", HEAD, *rows, (), ("Figures under 5 are shown as <5",))
    )
    assert "L26" not in {code for code, _ in said(made)}
    assert (
        figures(made)["1.2"] == figures(made_of(tmp_path, cover(), sheet("I", HEAD, *rows)))["1.2"]
    )
