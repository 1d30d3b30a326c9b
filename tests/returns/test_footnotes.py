"""Marks beside headings and figures, and the notes that say what they stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.returns.reading import Return
from schemas.model import Status
from tests.corpus.layout import NOW, cover, lines
from tests.corpus.sheets import sheet
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said
from tests.returns.test_titles import HEAD, is_asked

MARKS = ["*", "\u2020", "\u2021", "\u00b9", " (a)", " [1]"]


def with_figure(folder: Path, figure: str, *notes: str, wording: str = "") -> Return:
    """A return with a figure and a wording of these marks, and notes under the table."""
    (ref, name, _), *rest = lines(NOW)
    rows = [(ref, name + wording, figure), *rest]
    under = [(note,) for note in notes]
    return made_of(folder, cover(), sheet("Indicators", HEAD, *rows, (), *under))


def with_heading(folder: Path, heading: str, *notes: str) -> Return:
    rows = [*lines(NOW), (), *((note,) for note in notes)]
    return made_of(folder, cover(), sheet("Indicators", (*HEAD[:2], heading), *rows))


def asked(made: Return) -> list[tuple[str, str]]:
    """What is found, but for that the mark is left out."""
    return [found for found in said(made) if found[0] != "V13"]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    ("note", "code"),
    [
        *(("target", "L16"), ("estimate", "L16"), ("Q2", "L16"), ("North division", "L16")),
        *(("carried forward from Q2", "L26"), ("best guess", "L16"), ("excludes fire", "L26")),
    ],
)
def test_the_note_on_a_figure_s_mark_is_understood_or_asked_about(
    tmp_path: Path, mark: str, note: str, code: str
) -> None:
    made = with_figure(tmp_path, f"4605{mark}", f"{mark.strip()} {note}")
    assert (code, "Indicators!A7") in said(made)


@pytest.mark.parametrize(
    "note", ["* Quarter 3", "* required", "* national indicator", "* Lower is better"]
)
def test_a_note_that_says_nothing_of_its_figure_is_passed_over(tmp_path: Path, note: str) -> None:
    made = with_figure(tmp_path, "4605*", note)
    assert (asked(made), figures(made)) == ([], READ)


def test_a_figure_whose_mark_means_provisional_is_so(tmp_path: Path) -> None:
    made = with_figure(tmp_path, "4605*", "* Provisional")
    assert asked(made) == []
    provisional = [row.indicator for row in made.reading.rows if row.status is Status.PROVISIONAL]
    assert provisional == ["1.1"]


@pytest.mark.parametrize("note", ["* year to date", "* North division", "* Q2"])
def test_the_note_on_an_indicator_s_mark_is_heard(tmp_path: Path, note: str) -> None:
    made = with_figure(tmp_path, "4605", note, wording="*")
    assert ("L16", "Indicators!A7") in said(made)


@pytest.mark.parametrize("mark", [*MARKS, "#"])
def test_the_note_on_a_heading_s_mark_is_understood_or_asked_about(
    tmp_path: Path, mark: str
) -> None:
    for note in ("carried forward", "to 30 November", "year to date"):
        made = with_heading(tmp_path, f"Actual{mark}", f"{mark.strip()} {note}")
        assert {code for code, _ in said(made)} & {"L11", "L15", "L16"}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("note", ["Oct-Dec", "required", "Quarter 3", "Lower is better"])
def test_a_heading_whose_note_is_understood_is_taken(tmp_path: Path, mark: str, note: str) -> None:
    made = with_heading(tmp_path, f"Actual{mark}", f"{mark.strip()} {note}")
    assert (said(made), figures(made)) == ([], READ)


def test_a_raised_number_has_its_note_at_the_number(tmp_path: Path) -> None:
    assert figures(with_heading(tmp_path, "Actual\u00b9", "1 Quarter 3")) == READ
    rows = [*lines(NOW), (), ("1 Year to date",)]
    assert is_asked(tmp_path, cover(), sheet("I", (*HEAD[:2], "Actual\u00b9"), *rows))


@pytest.mark.parametrize("heading", ["Actual\u00b9", "Actual #", "Actual (e)"])
def test_what_may_be_a_word_is_no_mark_without_a_note(tmp_path: Path, heading: str) -> None:
    assert figures(with_heading(tmp_path, heading)) != READ
