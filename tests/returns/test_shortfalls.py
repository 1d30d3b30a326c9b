"""Short notes and comments that say that figures are not, or not all, of what is due."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.layout import NOW, cover, lines
from tests.corpus.reading import returned
from tests.corpus.sheets import Row, sheet
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import commented, said, under
from tests.returns.test_titles import HEAD

SHORT = [
    *(
        "Carried forward from Q2",
        "December missing",
        "Fire missing",
        "Missing returns from 2 wards",
    ),
    *("2 of 11 wards outstanding", "Some teams have not reported", "December not yet received"),
    *("Not comparable", "Old definition", "Calculated on the old basis", "Under-recorded"),
    *("Columns are the wrong way round", "1.1 not yet validated", "1.1 awaiting validation"),
    *("Same as last quarter - system down", "Not updated this quarter", "No Q3 data yet"),
    *("Part-quarter", "Everything one quarter behind", "Rough guess", "excl. fire"),
    *("Definition changed", "New definition from Q3", "Methodology revised", "Rebased"),
    *("Break in series", "Change in definition from Q2", "Not like-for-like", "Low confidence"),
    *("New system from October", "Data source changed", "Treat with caution", "Copied from Q2"),
    *("As reported to Cabinet in September", "Data quality: poor", "Full year equivalent"),
]


@pytest.mark.parametrize("text", SHORT)
def test_a_short_note_is_said_once_wherever_it_stands(tmp_path: Path, text: str) -> None:
    assert said(made_of(tmp_path, cover(), under((text,)))) == [("L26", "Indicators!A7")]
    rows: list[Row] = [*lines(NOW)]
    rows[1] = (*rows[1], None, text)
    made = made_of(tmp_path, cover(), sheet("Indicators", HEAD, *rows))
    assert said(made) == [("L26", "Indicators!E3")]
    (made,) = returned([commented(tmp_path, "C2", text)])
    assert said(made) == [("L26", "Indicators!C2")]


@pytest.mark.parametrize(
    "text", ["1.1 Q2", "1.1 and 1.2 are Q2", "1.2 = 2014/15", "1.2 relates to 2014/15"]
)
def test_a_note_of_a_reference_and_a_period_is_held_against_the_return(
    tmp_path: Path, text: str
) -> None:
    assert said(made_of(tmp_path, cover(), under((text,)))) == [("L16", "Indicators!A7")]
    assert said(returned([commented(tmp_path, "C2", text)])[0]) == [("L16", "Indicators!C2")]


@pytest.mark.parametrize("text", ["1.10 is in £000", "Spending is in thousands", "£k"])
def test_a_comment_that_says_a_scale_is_held_against_the_figure(tmp_path: Path, text: str) -> None:
    assert said(returned([commented(tmp_path, "C4", text)])[0]) == [("L16", "Indicators!C4")]


@pytest.mark.parametrize("text", ["Guess", "4650?", "now 4650", "Don't use"])
def test_a_comment_of_a_word_or_of_another_figure_is_said(tmp_path: Path, text: str) -> None:
    assert said(returned([commented(tmp_path, "C2", text)])[0]) == [("L26", "Indicators!C2")]


@pytest.mark.parametrize(
    "text",
    [
        *("1.1 Q3", "1.1 relates to Q3 2015/16", "Missing persons are reported to the police"),
        *("Schools rated good or outstanding", "Target not met", "Three actions to complete"),
        *("312 of 400 households answered", "Cells left blank are not due", "New team from May"),
    ],
)
def test_a_note_that_says_nothing_of_the_kind_is_passed_over(tmp_path: Path, text: str) -> None:
    made = made_of(tmp_path, cover(), under((text,)))
    assert (said(made), figures(made)) == ([], READ)
