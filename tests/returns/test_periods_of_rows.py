"""Headings as people type them, and the periods that columns and rows say together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.returns.reading import Return
from schemas.model import Status
from tests.corpus.expected import Answer
from tests.corpus.layout import AIM, BEFORE, EARLIER, LATER, NOW, cover, lines, table
from tests.corpus.sheets import Cell, Row, Sheet, Shown, Span, rich, sheet, struck
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_titles import HEAD, is_asked

NAMES = ("Ref", "Indicator")


def codes(made: Return) -> set[str]:
    return {f.code for f in made.findings} - {"C11"}


@pytest.mark.parametrize(
    "heading",
    [
        *("Act.", "Act", "Q3 Act.", "Actual*", "Actual (1)", "Actual [1]", "Actual (see note 1)"),
        *("Actual †", "Figure", "Figures", "Number", "31 December 2015", "31-Dec-15", "QIII"),
    ],
)
def test_headings_of_the_figures_as_people_type_them_are_read(tmp_path: Path, heading: str) -> None:
    made = made_of(tmp_path, cover(), table((heading,), NOW))
    assert (codes(made), figures(made)) == (set(), READ)


@pytest.mark.parametrize(
    "headings",
    [
        ("Number", "%"),
        ("No. sampled", "Number"),
        ("Figure", "Number"),
        ("Actual (1)", "Actual (2)"),
    ],
)
def test_a_number_that_may_be_another_is_asked_about(
    tmp_path: Path, headings: tuple[str, ...]
) -> None:
    made = made_of(tmp_path, cover(), table(headings, BEFORE, NOW))
    assert Answer.ASKED in set(figures(made).values())


@pytest.mark.parametrize("heading", ["Actual (e)", "Actual (r)", "Actual (t)", "Actual (x10)"])
def test_a_letter_in_brackets_may_be_short_for_a_word(tmp_path: Path, heading: str) -> None:
    assert is_asked(tmp_path, cover(), table((heading,), NOW))


def test_a_number_before_the_names_is_no_figure(tmp_path: Path) -> None:
    rows = (row[1:] for row in lines(NOW))
    numbered = sheet("I", ("Number", "Indicator", "Actual"), *((n, *r) for n, r in enumerate(rows)))
    assert figures(made_of(tmp_path, cover(), numbered)) == READ


def test_a_list_of_other_things_is_no_table_of_indicators(tmp_path: Path) -> None:
    staff = sheet("Staff", ("Description", "Number"), ("Wardens", 4), ("Clerks", 7))
    made = made_of(tmp_path, cover(), table(("Actual",), NOW), staff)
    assert (codes(made), figures(made)) == (set(), READ)


def noted(heading: str, note: str) -> Sheet:
    return sheet("I", (*NAMES, heading), *lines(NOW), (), (note,))


@pytest.mark.parametrize("mark", ["*", "(1)", "[1]", "†"])
def test_a_footnote_s_mark_is_followed_to_its_note(tmp_path: Path, mark: str) -> None:
    made = made_of(tmp_path, cover(), noted(f"Actual{mark}", f"{mark} net of grants"))
    (finding,) = [f for f in made.findings if f.code == "L15"]
    assert '"net grants" is not known' in finding.problem
    other = made_of(tmp_path, cover(), noted(f"Actual{mark}", f"{mark} Q2 figures"))
    assert Answer.ASKED in set(figures(other).values())
    made = made_of(tmp_path, cover(), noted(f"Actual{mark}", f"{mark} provisional"))
    assert {row.status for row in made.reading.rows} == {Status.PROVISIONAL}
    made = made_of(tmp_path, cover(), noted(f"Actual{mark}", f"{mark} Source: case system"))
    assert (codes(made), figures(made)) == (set(), READ)


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        *(("*", "*carried forward"), ("(1)", "Notes: (1) carried forward")),
        *(("*", "Notes: * carried forward"), ("†", "Note †carried forward")),
    ],
)
def test_a_footnote_may_touch_its_mark_or_stand_behind_a_word(
    tmp_path: Path, mark: str, note: str
) -> None:
    made = made_of(tmp_path, cover(), noted(f"Actual{mark}", note))
    (finding,) = [f for f in made.findings if f.code == "L15"]
    assert '"carried forward" is not known' in finding.problem


@pytest.mark.parametrize("is_above", [False, True])
def test_a_label_reaches_over_the_empty_headings_at_its_right(
    tmp_path: Path, is_above: bool
) -> None:
    quarters, kinds = ("Q2", None, "Q3", None), ("Target", "Actual", "Target", "Actual")
    heads: tuple[Row, Row] = ((None, None, *quarters), (*NAMES, *kinds))
    if not is_above:
        down = (Span(NAMES[0], down=2), Span(NAMES[1], down=2))
        heads = ((*down, *quarters), (None, None, *kinds))
    target = sheet("I", *heads, *lines(AIM, BEFORE, AIM, NOW))
    made = made_of(tmp_path, cover(), target)
    assert (codes(made), figures(made)) == (set(), READ)


def by_row(period: str, mine: str, other: str, mine_of: tuple[Cell, ...], *headings: str) -> Sheet:
    """Two rows for each indicator; of `mine` those with this period's figure."""
    columns = (*NAMES, period, *headings)
    rows = [
        row
        for (ref, name, *values) in lines(BEFORE, mine_of, EARLIER, LATER)
        for row in ((ref, name, other, *values[2:], *values[2:]), (ref, name, mine, *values))
    ]
    return sheet("I", columns, *(row[: len(columns)] for row in rows))


@pytest.mark.parametrize(
    "target",
    [
        by_row("Year", "2015/16", "2014/15", NOW, "Q2", "Q3", "Q4"),
        by_row("Quarter", "Q3", "Q2", NOW, "2014/15", "2015/16"),
    ],
)
def test_years_down_and_quarters_across_are_one_period(tmp_path: Path, target: Sheet) -> None:
    made = made_of(tmp_path, cover(), target)
    assert (codes(made), figures(made)) == (set(), READ)


def test_a_row_that_says_no_quarter_under_a_year_is_asked_about(tmp_path: Path) -> None:
    quarters = ("Q3", None, "Q3", "Q3")
    assert is_asked(tmp_path, cover(), table(("Quarter", "2015/16"), quarters, NOW))


def test_a_year_in_the_rows_is_held_against_that_of_the_heading(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover(), table(("Year", "Actual Q3 2015/16"), ("2014/15",) * 4, NOW))
    assert codes(made) == {"L28"}


def test_rows_of_another_quarter_are_said_to_be_so(tmp_path: Path) -> None:
    quarters = ("Q2", "Q3", "Q3", "Q2")
    made = made_of(tmp_path, cover(), table(("Quarter", "Actual"), quarters, NOW))
    (finding,) = [f for f in made.findings if f.code != "C11"]
    assert finding.place == "Indicators!C2"
    assert finding.problem == "The rows of 1.1 and 1.11 are of Q2, and none is of 2015-16 Q3."
    assert figures(made) == READ | {"1.1": Answer.ASKED, "1.11": Answer.ASKED}


@pytest.mark.parametrize(
    "day", ["31/12/2015", "12/01/2016", Shown(date(2015, 12, 31), "d/m/y", "")]
)
@pytest.mark.parametrize("heading", ["Timeframe", "Figures for", "As at", "Reporting date"])
def test_a_day_that_ends_the_period_or_comes_later_agrees_with_it(
    tmp_path: Path, heading: str, day: Cell
) -> None:
    made = made_of(tmp_path, cover(), table((heading, "Actual"), (day,) * 4, NOW))
    assert (codes(made), figures(made)) == (set(), READ)


@pytest.mark.parametrize("line", [("Comparison period", "2014-15 Q3"), ("Previous quarter:", "Q2")])
def test_a_period_to_compare_with_on_the_cover_is_no_matter(tmp_path: Path, line: Row) -> None:
    made = made_of(tmp_path, cover("2015-16 Q3", "Community safety", line), table(("Actual",), NOW))
    assert (codes(made), figures(made)) == (set(), READ)


def test_a_date_is_quoted_in_words(tmp_path: Path) -> None:
    day = Shown(date(2015, 9, 30), "dd/mm/yyyy", "30/09/2015")
    made = made_of(tmp_path, cover(), sheet("I", (day,), HEAD, *lines(NOW)))
    (finding,) = [f for f in made.findings if f.code == "L16"]
    assert finding.problem.startswith("30 September 2015 says that the figures are of another")


def test_that_a_part_of_a_heading_is_struck_out_is_said(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover(), table((rich("Actual ", struck("(YTD)")),), NOW))
    (finding,) = [f for f in made.findings if f.code == "L15"]
    assert "a part of it is struck out" in finding.problem
