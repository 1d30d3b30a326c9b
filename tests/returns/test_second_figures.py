"""A second figure beside the first: asked about where it may be meant in place of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.layout import AIM, BEFORE, NOW, cover, lines, table
from tests.corpus.sheets import Cell, Row, sheet
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said
from tests.returns.test_titles import HEAD

ONE: tuple[Cell, ...] = (4650, None, None, None)


@pytest.mark.parametrize("gap", [0, 1, 2])
@pytest.mark.parametrize("heading", [(), ("Commentary",)])
def test_a_figure_without_a_heading_is_asked_about_some_columns_away(
    tmp_path: Path, heading: tuple[str, ...], gap: int
) -> None:
    beside = [(*("words" for _ in heading), *[None] * gap, value) for value in ONE]
    rows: list[Row] = [(*row, *more) for row, more in zip(lines(NOW), beside, strict=True)]
    made = made_of(tmp_path, cover(), sheet("Indicators", (*HEAD, *heading), *rows))
    assert [code for code, _ in said(made)] == ["L27"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("now 4650", "L27"), ("should be 4,650", "L27"), ("was 4605, now 4650", "L27")),
        *(("use 4650 instead", "L27"), ("4615 not 4605", "L27"), ("4615 per police", "L27")),
        *(("was 4100", "L26"), ("4650?", "L26")),
    ],
)
@pytest.mark.parametrize("gap", [0, 1])
def test_words_beside_a_figure_that_give_another_are_asked_about(
    tmp_path: Path, text: str, code: str, gap: int
) -> None:
    rows: list[Row] = [*lines(NOW)]
    rows[0] = (*rows[0], *[None] * gap, text)
    made = made_of(tmp_path, cover(), sheet("Indicators", HEAD, *rows))
    assert [each for each, _ in said(made)] == [code]


@pytest.mark.parametrize(
    "heading",
    [
        *("Should be", "Latest", "Actual 2", "Revised", "Performance (new)", "Amendment", "Now"),
        *("Agreed figure", "Signed-off figure", "Resubmitted", "After audit", "Change to"),
    ],
)
def test_a_column_of_figures_in_place_of_others_is_asked_about(
    tmp_path: Path, heading: str
) -> None:
    made = made_of(tmp_path, cover(), table(("Actual", heading), NOW, ONE))
    assert said(made) == [("L16", "Indicators!C2")]


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        *(("Revised", NOW), ("Should be", (None,) * 4), ("Last updated", ("12/01/2016",) * 4)),
        *(("Revised Q2", BEFORE), ("New cases", ONE), ("Checked", ("JS",) * 4)),
        *(("Final target", AIM), ("Latest data", ("Q3",) * 4), ("Actual Q2", BEFORE)),
    ],
)
def test_a_column_of_other_figures_is_no_matter(
    tmp_path: Path, heading: str, values: tuple[Cell, ...]
) -> None:
    made = made_of(tmp_path, cover(), table(("Actual", heading), NOW, values))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize(
    "text", ["12 cases", "Up 3% on Q2", "Target 4500", "Q2: 4711", "1 of 3", "J Smith, ext 2014"]
)
def test_words_beside_a_figure_that_give_none_are_no_matter(tmp_path: Path, text: str) -> None:
    rows: list[Row] = [*lines(NOW)]
    rows[0] = (*rows[0], text)
    made = made_of(tmp_path, cover(), sheet("Indicators", HEAD, *rows))
    assert (said(made), figures(made)) == ([], READ)


def test_workings_far_from_the_table_are_no_matter(tmp_path: Path) -> None:
    far = [(*[None] * 5, "Q1", value) for value in BEFORE]
    rows: list[Row] = [(*row, *more) for row, more in zip(lines(NOW), far, strict=True)]
    chart = (*HEAD, *[None] * 5, "Chart data")
    made = made_of(tmp_path, cover(), sheet("Indicators", chart, *rows))
    assert (said(made), figures(made)) == ([], READ)
