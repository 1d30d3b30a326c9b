"""Words near the figures that look as if they made others of them, and do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.layout import NOW, cover, table
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said, standing

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
