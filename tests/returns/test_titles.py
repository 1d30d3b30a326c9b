"""Titles, tabs, lines of the cover, section rows and columns that say what the figures are."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from schemas.model import Status
from tests.corpus.expected import Answer
from tests.corpus.layout import AIM, BEFORE, NOW, WAYS, Layout, cover, lines, table
from tests.corpus.reading import returned
from tests.corpus.sheets import Cell, Row, Sheet, sheet
from tests.corpus.write import write
from tests.returns.test_labels import READ, figures, made_of

HEAD = ("Ref", "Indicator", "Actual")
RAG = ("R", "G", "G", "A")


def titled(*above: Row, tab: str = "Indicators") -> Sheet:
    return sheet(tab, *above, (), HEAD, *lines(NOW))


def is_asked(folder: Path, *sheets: Sheet) -> bool:
    """Whether the return as a whole is sent back for what it says."""
    made = made_of(folder, *sheets)
    return any(f.code in {"L03", "L11", "L15", "L16"} for f in made.findings)


@pytest.mark.parametrize(
    "title",
    [
        *("Forecast for Quarter 3", "Year end projections", "Estimates", "Budget", "DRAFT v0.3"),
        *("Unaudited", "Cumulative performance", "Quarter 3 cum.", "Cum to Q3", "YTD"),
        *("Rolling 12 months", "12 months to December 2015", "Nine months to 31 December 2015"),
        *("Q1-Q3 2015/16", "Quarters 1 to 3", "Q2 and Q3", "Half year report", "Month 9"),
        *("Position at 30/09/2015", "Annual Performance Report 2015/16", "England averages"),
        *("Performance April to December 2015", "Monthly scorecard: December 2015"),
        *("Adults & Health", "Rates per 100,000", "All figures in £000", "Prev qtr"),
        *("North district only", "Excluding academies", "Statistical neighbours", "OLD"),
        *("National figures", "All amounts in EUR", "Test data", "Corporate Plan 2014-15"),
        *("Figures from July to September 2015", "Data from Q2 2015/16", "Target", "Targets"),
        *("Community safety targets", "Numerator values", "Withdrawn", "Not validated", "Previous"),
        *("2Q15", "2015Q2 figures", "All figures × 1000", "30-Sep-15", "30 September 2015"),
        *("QII", "Q2FY16", "Week 39", "Autumn term", "Michaelmas term 2015", "15 November 2015"),
    ],
)
def test_a_title_that_says_otherwise_is_asked_about(tmp_path: Path, title: str) -> None:
    assert is_asked(tmp_path, cover(), titled((title,)))


@pytest.mark.parametrize(
    "title",
    [
        "Community Safety Scorecard 2015/16",
        "Performance report - Quarter 3 (October-December) 2015/16",
        "Council Plan 2015-19: Performance Report",
        "Corporate Plan 2014-2018 performance",
        "Q3 2015/16, printed 12 Jan 2016",
        "Performance against forecast and target, compared with Q2",
        "OFFICIAL - SENSITIVE",
        "Example Council: Performance",
        "For internal use only",
        "Complete the yellow cells only",
        "Vision 2030",
        "Localism Act 2011 duties",
        "Health Strategy 2012-2016: performance",
        "Performance changed by 3% from Q2",
        "Last updated 12 January 2016",
        "Please complete the yellow cells",
        *("31 December 2015", "31-Dec-15", "5 January 2016", "QIII", "Quarter III 2015/16"),
    ],
)
def test_a_title_that_says_nothing_of_the_figures_is_passed_over(
    tmp_path: Path, title: str
) -> None:
    assert figures(made_of(tmp_path, cover(), titled((title,)))) == READ


@pytest.mark.parametrize(
    "tab",
    [
        *("Forecast", "Projections", "Targets", "Budget", "Plan", "Draft", "Cum", "Rolling 12m"),
        *("Averages", "Variance", "Month 9", "Dec-15", "December", "201415", "14-15", "Prior Q"),
        *("LY", "H1", "Half year", "Annual", "Adults & Health", "OLD - do not use", "Sample"),
        *("Sheet1 (old)", "Copy of Indicators", "Backup", "2Q15", "QII", "30-Sep-15", "Wk 39"),
    ],
)
def test_a_tab_that_says_otherwise_is_asked_about(tmp_path: Path, tab: str) -> None:
    assert is_asked(tmp_path, cover(), table(("Actual",), NOW, name=tab))


@pytest.mark.parametrize("place", ["title", "tab"])
def test_figures_that_a_title_or_tab_calls_provisional_are_so(tmp_path: Path, place: str) -> None:
    named = {"title": titled(("Provisional figures",)), "tab": titled(tab="Provisional")}
    made = made_of(tmp_path, cover(), named[place])
    assert figures(made) == READ
    assert {row.status for row in made.reading.rows} == {Status.PROVISIONAL}


@pytest.mark.parametrize(
    "line",
    [
        *(("Qtr", "Q2"), ("Reporting quarter", "2"), ("Quarter ended", "30 September 2015")),
        *(("Data period", "Q2 2015/16"), ("Month", "September"), ("Quarter 2",)),
        *(("Basis", "Cumulative"), ("Type", "Forecast"), ("Status", "Draft")),
        *(("Please note figures are estimates",), ("Directorate", "Adults and Health")),
        *(("Currency", "EUR"), ("Amounts", "$"), ("Version", "0.1 draft"), ("Division", "North")),
        *(
            ("Basis", "net"),
            ("Basis", "last quarter"),
            ("Basis", "Week 39"),
            ("Figures", "n/a, YTD"),
        ),
    ],
)
def test_a_line_of_the_cover_that_says_otherwise_is_asked_about(tmp_path: Path, line: Row) -> None:
    assert is_asked(
        tmp_path, cover("2015-16 Q3", "Community safety", line), table(("Actual",), NOW)
    )


@pytest.mark.parametrize(
    "line",
    [("Qtr", "Q3"), ("Quarter no", 3), ("Reporting quarter", "3"), ("Quarter ended", "31/12/2015")],
)
def test_a_year_and_a_quarter_on_the_cover_are_one_period(tmp_path: Path, line: Row) -> None:
    made = made_of(
        tmp_path,
        sheet("Cover", ("Service area", "Community safety"), ("Year", "2015/16"), line),
        table(("Actual",), NOW),
    )
    assert (made.reading.period, figures(made)) == ("2015-16 Q3", READ)


@pytest.mark.parametrize("kind", ["forecast", "YTD", "cumulative", "draft"])
def test_a_period_with_another_kind_of_figure_is_asked_about(tmp_path: Path, kind: str) -> None:
    made = made_of(tmp_path, cover(f"Q3 2015/16 {kind}"), table(("Actual",), NOW))
    assert "L03" in {f.code for f in made.findings}


def test_two_lines_that_disagree_on_the_period_are_both_named(tmp_path: Path) -> None:
    lines_ = cover("2015-16 Q3", "Community safety", ("Quarter", "Q2"))
    made = made_of(tmp_path, lines_, table(("Actual",), NOW))
    (finding,) = [f for f in made.findings if f.code == "L03"]
    assert "the cover says 2015-16 Q3 and Q2" in finding.problem


@pytest.mark.parametrize(
    "section",
    ["Quarter 2 2015/16", "Last year", "2014/15", "Forecast", "Targets", "Adults and Health"],
)
def test_a_section_of_other_figures_is_asked_about(tmp_path: Path, section: str) -> None:
    rows = lines(NOW)
    target = sheet("Indicators", HEAD, *rows[:2], (section,), *rows[2:])
    assert is_asked(tmp_path, cover(), target)


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        *(("Type", "Target"), ("Basis", "Forecast"), ("", "Plan"), ("Qtr", "Q2")),
        *(("Time period", "2015/16 Q2"), ("Yr", "2014/15"), (None, "Q2"), (None, "<")),
        *(("Cumulative?", "Y"), ("Period", "Q3 cum"), ("Period", "Autumn term")),
        *(("UoM", "£000"), ("Scale", "thousands"), ("Multiplier", "1000"), (None, "weeks")),
        *(("Quarter", "Q3 target"), ("Period", "Q3 RAG"), ("Currency", "EUR"), ("In £000?", "Yes")),
        *((None, "x1000"), (None, "thousand"), ("Basis", "£000"), ("Timeframe", "Q2")),
        *(("Figures for", "2014/15"), ("As of", "30/09/2015"), ("Reporting date", "30-Sep-15")),
        *((None, "hundreds"), (None, "net"), (None, "per 1,000"), (None, "North")),
    ],
)
def test_a_column_that_says_what_each_figure_is_is_heard(
    tmp_path: Path, heading: Cell, word: str
) -> None:
    made = made_of(tmp_path, cover(), table((heading, "Actual"), (word,) * 4, NOW))
    assert Answer.ASKED in set(figures(made).values())


@pytest.mark.parametrize(
    "labels",
    [
        ((None, "Q2", None, "Q3"), ("Actual", "Target", "Actual", "Target")),
        ((None, "Last year", None, "This quarter"), ("Actual", "RAG", "Actual", "RAG")),
        ((None, "Q2", None, None), ("Actual", "Target", "Comments", "RAG")),
        (("Unaudited", None, None, None), ("Target", "Actual", "Comments", "RAG")),
    ],
)
def test_labels_that_are_not_merged_and_may_reach_elsewhere_are_asked_about(
    tmp_path: Path, labels: tuple[tuple[Cell, ...], tuple[str, ...]]
) -> None:
    above, names = labels
    head = sheet(
        "I", (None, None, *above), ("Ref", "Indicator", *names), *lines(BEFORE, AIM, NOW, RAG)
    )
    assert is_asked(tmp_path, cover(), head)


@pytest.mark.parametrize(
    "note",
    [
        *(("Figures are YTD",), ("Data shown one quarter in arrears",), ("* Q2 figure",)),
        *(("Data is for Q2 as Q3 is not yet available",), ("Period", "Q2")),
        *(("Figures as at 30 September 2015",), ("Note 1: all data relates to 2014/15",)),
        *(("Figures from Q2",), ("Multiply by 10",), ("All figures x 1,000",)),
    ],
)
def test_a_note_under_the_table_on_all_figures_is_asked_about(tmp_path: Path, note: Row) -> None:
    target = sheet("Indicators", HEAD, *lines(NOW), (), note)
    assert is_asked(tmp_path, cover(), target)


@pytest.mark.parametrize("place", ["beside the headings", "beside a row"])
@pytest.mark.parametrize("note", ["All figures are cumulative", "All figures relate to Quarter 2"])
def test_a_note_beside_the_table_is_asked_about(tmp_path: Path, place: str, note: str) -> None:
    head, *rows = (HEAD, *lines(NOW))
    if place == "beside a row":
        rows[1] = (*rows[1], None, note)
    else:
        head = (*head, None, note)
    assert is_asked(tmp_path, cover(), sheet("I", head, *rows))


@pytest.mark.parametrize("heading", ["Q4 2015/16", "Target 2016/17", "Forecast", "Notes"])
def test_a_heading_over_nothing_yet_is_no_matter(tmp_path: Path, heading: str) -> None:
    target = table(("Actual", heading), NOW, (None,) * 4)
    assert figures(made_of(tmp_path, cover(), target)) == READ


@pytest.mark.parametrize(
    "note",
    [
        *("Q2 was 3,410 before the new method", "Data is for Q3", "Next update: Q4 2015/16"),
        *("Compared with Q2, more was reported", "* provisional until Q4", "Source: Q2 return"),
    ],
)
def test_a_note_that_speaks_of_another_period_is_no_matter(tmp_path: Path, note: str) -> None:
    target = sheet("Indicators", HEAD, *lines(NOW), (), (note,))
    assert figures(made_of(tmp_path, cover(), target)) == READ


@pytest.mark.parametrize(
    "group", ["Q2", "2014/15", "Sept 2015", "Last year", "Annual", "Performance Q2"]
)
def test_a_label_beside_the_names_reaches_over_what_stands_below_it(
    tmp_path: Path, group: str
) -> None:
    above, below = ("Ref", "Indicator", group, None), (None, None, "Target", "Actual")
    assert is_asked(tmp_path, cover(), sheet("I", above, below, *lines(AIM, NOW)))


def test_blocks_under_each_other_are_told_apart(tmp_path: Path) -> None:
    rows = lines(NOW)
    blocks = sheet("I", ("Target",), HEAD, *rows[:2], (), ("Actual",), HEAD, *rows[2:])
    assert is_asked(tmp_path, cover(), blocks)


@pytest.mark.parametrize("heading", ["Corrected", "Actual (revised)", "Final figure", "Restated"])
def test_a_figure_that_is_meant_in_place_of_another_is_asked_about(
    tmp_path: Path, heading: str
) -> None:
    assert is_asked(tmp_path, cover(), table(("Actual", heading), BEFORE, NOW))


@pytest.mark.parametrize("heading", ["Corrected", "Last updated"])
def test_a_column_of_the_same_or_of_no_figures_is_no_matter(tmp_path: Path, heading: str) -> None:
    beside = NOW if heading == "Corrected" else ("12/01/2016",) * 4
    assert figures(made_of(tmp_path, cover(), table(("Actual", heading), NOW, beside))) == READ


@pytest.mark.parametrize(
    ("heading", "note"), [("Actual (£000)", "Figures in £m"), ("Actual (£m)", "£000")]
)
def test_scales_that_contradict_each_other_are_asked_about(
    tmp_path: Path, heading: str, note: str
) -> None:
    target = sheet("I", ("Ref", "Indicator", heading), *lines(NOW), (), (note,))
    assert is_asked(tmp_path, cover(), target)


@pytest.mark.parametrize(
    ("scale", "what"),
    [("weeks", "counted in weeks"), ("thousands", "in thousands"), ("£m", "in thousands")],
)
def test_a_scale_is_called_what_it_is(tmp_path: Path, scale: str, what: str) -> None:
    made = made_of(tmp_path, cover(), table(("Scale", "Actual"), (scale,) * 4, NOW))
    (problem, *_) = [f.problem for f in made.findings if f.code == "L16"]
    assert what in problem


@pytest.mark.parametrize("scale", ["1", "x1", "units", None])
def test_a_scale_of_one_is_no_matter(tmp_path: Path, scale: str | None) -> None:
    made = made_of(tmp_path, cover(), table(("Scale", "Actual"), (scale,) * 4, NOW))
    assert figures(made) == READ


def test_an_ampersand_on_the_cover_is_an_and(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover(area="Adults & Health"), table(("Actual",), NOW))
    assert made.reading.area == "AH"


def test_a_misspelt_period_gets_no_neighbour_for_a_suggestion(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover("2015-16 Q5"), table(("Actual",), NOW))
    (finding,) = [f for f in made.findings if f.code == "L03"]
    assert "did you mean" not in finding.problem


def test_colours_under_each_quarter_are_no_matter(tmp_path: Path) -> None:
    above = (None, None, "Q2", None, "Q3", None)
    names = ("Ref", "Indicator", "Actual", "RAG", "Actual", "RAG")
    target = sheet("Indicators", above, names, *lines(BEFORE, RAG, NOW, RAG))
    assert figures(made_of(tmp_path, cover(), target)) == READ


def test_an_error_over_the_figures_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "error.xlsx"
    head = sheet("Indicators", (None, None, "x"), HEAD, *lines(NOW))
    write(Layout("error", (cover(), head), {}), WAYS[0], path)
    book = load_workbook(path)
    book["Indicators"]["C1"] = "#REF!"
    book.save(path)
    (made,) = returned([path])
    (finding,) = [f for f in made.findings if f.code == "L15"]
    assert (finding.cell, finding.value) == ("C1", "#REF!")
