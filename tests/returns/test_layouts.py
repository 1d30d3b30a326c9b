"""Returns in other people's layouts: read where they are plain, asked about where they are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.intake.scan import Arrival, examine
from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Reading
from pipeline.returns.reading import Return as Checked
from pipeline.returns.validate import validate
from pipeline.workbooks.file_kind import FileKind
from schemas.model import Period, Register, Status
from schemas.units import Unit
from tests.support.builders import CARE, PERIOD, SAFETY, indicator, small_register
from tests.support.filled import fill_return

INCIDENTS, REPEATS = "Incidents of domestic abuse", "Repeat victims"
QUARTER = Period("2012-13 Q1", PERIOD.starts, PERIOD.ends, PERIOD.due)
REGISTER: Register = replace(
    small_register(),
    indicators=(
        indicator("P1-1", INCIDENTS),
        indicator("P1-2", REPEATS, Unit.PERCENT, decimals=1),
    ),
    targets=(),
    periods=(PERIOD, QUARTER),
)
COVER = {
    "Service area": SAFETY.name,
    "Period": PERIOD.name,
    "Completed by": "Performance lead",
    "Signed off by": "Head of safety",
}
#: Both figures as they should come back.
BOTH = {"P1-1": Decimal(4000), "P1-2": Decimal("24.5")}
TWO_ROWS = ((INCIDENTS, 4000), (REPEATS, "24.5%"))
HEADED = (("Indicator", "Performance"), *TWO_ROWS)
IN_TIME = datetime(2013, 4, 20, 2, tzinfo=UTC)

Rows = tuple[tuple[object, ...], ...]
Draw = Callable[[Worksheet], object]


def fill(sheet: Worksheet, rows: Rows, top: int = 1, left: int = 1) -> None:
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            if value is not None:
                sheet.cell(top + down, left + across, value)


class Return:
    """A workbook with a cover, and one sheet that is drawn by the test."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "return.xlsx"
        self.book = Workbook()
        self.sheet = self.book.active
        assert isinstance(self.sheet, Worksheet)
        self.sheet.title = "Figures"

    def cover(self, lines: Mapping[str, object] = COVER) -> None:
        sheet = self.book.create_sheet("Cover", 0)
        fill(sheet, tuple(lines.items()))

    def read(self, folder_area: str | None = None) -> Reading:
        self.book.save(self.path)
        return read_workbook(self.path.read_bytes(), FileKind.XLSX, REGISTER, folder_area)

    def check(self, folder_area: str | None = None) -> Checked:
        reading = self.read(folder_area)
        arrival = examine(self.path, file_mb=20)
        assert isinstance(arrival, Arrival)
        (checked,) = validate([Checked(arrival, reading)], REGISTER, IN_TIME, {})
        return checked


@pytest.fixture
def sent(tmp_path: Path) -> Return:
    return Return(tmp_path)


def figures(reading: Reading) -> dict[str, Decimal | None]:
    return {row.indicator: row.value for row in reading.rows}


def said(reading: Reading) -> list[tuple[str, str]]:
    return [(finding.code, finding.cell) for finding in reading.findings]


# --- Where the table stands ----------------------------------------------------------------------


@pytest.mark.parametrize(("row", "column"), [(1, 1), (6, 3), (30, 9), (50, 2)])
def test_a_table_is_found_wherever_it_stands(sent: Return, row: int, column: int) -> None:
    sent.cover()
    fill(sent.sheet, HEADED, row, column)
    reading = sent.read()
    assert figures(reading) == BOTH
    assert said(reading) == []


def test_a_table_far_down_is_not_looked_for(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, HEADED, 51)
    assert said(sent.read()) == [("L01", "")]


def test_columns_come_in_any_order_among_others(sent: Return) -> None:
    sent.cover()
    rows = (
        ("Lead officer", "Outturn", "Notes", "Measure", "Ref."),
        ("Head", 4000, "Steady", INCIDENTS, "P1-1"),
        ("Head", "24.5%", "", REPEATS, "P1-2"),
    )
    fill(sent.sheet, rows)
    reading = sent.read()
    assert figures(reading) == BOTH
    assert reading.rows[0].commentary == "Steady"
    assert said(reading) == []


@pytest.mark.parametrize(
    "heading",
    ["Actual", "Outturn", "Result", "2012/13 performance", "PERFORMANCE (2012-13)",
     "Performance\u00a02012–2013", "Performance\n(the year's figure)"],
)  # fmt: skip
def test_the_figures_are_found_under_known_headings(sent: Return, heading: str) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", heading), *TWO_ROWS))
    assert figures(sent.read()) == BOTH


def test_sheets_may_be_renamed_added_and_hidden(sent: Return) -> None:
    sent.cover()
    sent.sheet.title = "Sheet2 (final) v3"
    fill(sent.sheet, HEADED)
    fill(sent.book.create_sheet("Guidance", 0), (("How to fill this in",), ("Type figures",)))
    sent.book.create_sheet("Lists").sheet_state = "hidden"
    reading = sent.read()
    assert figures(reading) == BOTH
    assert said(reading) == []


def test_several_tables_on_a_sheet_are_all_read(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance"), TWO_ROWS[0]))
    fill(sent.sheet, (("Actual", "Measure"), ("24.5%", REPEATS)), 6, 2)
    assert figures(sent.read()) == BOTH


def test_achievements_below_the_figures_are_not_figures(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, HEADED)
    fill(
        sent.sheet,
        (("Priority", "Achievement"), ("More independence", "Opened a centre, 2 of 3")),
        6,
    )
    reading = sent.read()
    assert figures(reading) == BOTH
    assert [a.text for a in reading.achievements] == ["Opened a centre, 2 of 3"]
    assert said(reading) == []


# --- Rows that are no indicators -----------------------------------------------------------------


def test_priorities_totals_and_notes_are_passed_over(sent: Return) -> None:
    sent.cover()
    rows: Rows = (
        ("Ref", "Indicator", "Performance"),
        ("Priority 1 Reduce repeat incidences of domestic abuse", None, None),
        ("P1-1", INCIDENTS, 4000),
        (None, None, None),
        ("2. More independence", None, None),
        ("P1-2", REPEATS, "24.5%"),
        (None, "Total", 4024.5),
        (None, None, None),
        ("Note: figures are provisional until audited in 2013.", None, None),
        ("* excludes cases closed within 24 hours", None, None),
    )
    fill(sent.sheet, rows)
    sent.sheet.merge_cells("A2:C2")
    sent.sheet.merge_cells("A5:C5")
    reading = sent.read()
    assert figures(reading) == BOTH
    assert {row.status for row in reading.rows} == {Status.PROVISIONAL}
    # What the other note makes of the figures is for a person to see.
    assert said(reading) == [("L26", "A10")]


def test_a_figure_in_a_row_that_names_nothing_is_asked_about(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (*HEADED, (None, 17)))
    assert said(sent.read()) == [("L09", "B4")]


def test_a_second_figure_beside_a_merged_indicator_is_asked_about(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance"), (INCIDENTS, 4000), (None, 17)))
    sent.sheet.merge_cells("A2:A3")
    assert said(sent.read()) == [("L09", "B3")]


def test_a_near_match_is_suggested_and_never_taken(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance"), ("Incidents of domestic abus", 4000)))
    reading = sent.read()
    assert reading.rows == []
    assert said(reading) == [("L04", "A2")]
    assert f"did you mean {INCIDENTS}?" in reading.findings[0].problem


# --- Which column holds the figures --------------------------------------------------------------


def test_last_years_column_is_told_from_this_years(sent: Return) -> None:
    sent.cover()
    rows = (
        ("Indicator", "2011/12 performance", "2012/13 performance"),
        (INCIDENTS, 4248, 4000),
        (REPEATS, "26%", "24.5%"),
    )
    fill(sent.sheet, rows)
    reading = sent.read()
    assert figures(reading) == BOTH
    assert said(reading) == []


def test_last_years_column_alone_is_not_taken_for_this_years(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance 2011/12"), *TWO_ROWS))
    reading = sent.read()
    assert reading.rows == []
    assert said(reading) == [("L11", "B1")]


def test_the_years_column_is_not_taken_for_a_quarters(sent: Return) -> None:
    sent.cover({**COVER, "Period": QUARTER.name})
    fill(sent.sheet, (("Indicator", "Q4 performance", "Q1 performance"),
                      (INCIDENTS, 4248, 4000)))  # fmt: skip
    assert figures(sent.read()) == {"P1-1": Decimal(4000)}


def test_two_columns_of_one_name_are_told_apart_by_the_years_above_them(sent: Return) -> None:
    sent.cover()
    rows = (
        (None, "2011/12", None, "2012/13", None),
        ("Indicator", "Target", "Performance", "Target", "Performance"),
        (INCIDENTS, 1, 4248, 2, 4000),
        (REPEATS, "1%", "26%", "2%", "24.5%"),
    )
    fill(sent.sheet, rows)
    sent.sheet.merge_cells("B1:C1")
    sent.sheet.merge_cells("D1:E1")
    reading = sent.read()
    assert figures(reading) == BOTH
    assert [row.seen["target"] for row in reading.rows] == ["2", "2%"]
    assert said(reading) == []


def test_one_heading_over_two_years_is_told_apart_by_the_row_below(sent: Return) -> None:
    sent.cover()
    rows = (
        ("Indicator", "Performance", None),
        (None, "2011/12", "2012/13"),
        (INCIDENTS, 4248, 4000),
        (REPEATS, "26%", "24.5%"),
    )
    fill(sent.sheet, rows)
    sent.sheet.merge_cells("B1:C1")
    sent.sheet.merge_cells("A1:A2")
    reading = sent.read()
    assert figures(reading) == BOTH
    assert said(reading) == []


def test_headings_merged_downwards_head_the_table_once(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance"), (None, None), *TWO_ROWS))
    sent.sheet.merge_cells("A1:A2")
    sent.sheet.merge_cells("B1:B2")
    reading = sent.read()
    assert figures(reading) == BOTH
    assert said(reading) == []


def test_a_heading_beside_one_merged_downwards_is_found(sent: Return) -> None:
    sent.cover()
    rows: Rows = (("Indicator", "2012/13", None), (None, "Target", "Performance"))
    fill(sent.sheet, (*rows, (INCIDENTS, None, 4000), (REPEATS, None, "24.5%")))
    sent.sheet.merge_cells("A1:A2")
    sent.sheet.merge_cells("B1:C1")
    assert figures(sent.read()) == BOTH


def test_two_columns_of_one_name_are_asked_about(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance", "Performance"), (INCIDENTS, 4000, 4001)))
    assert said(sent.read()) == [("L06", "C1")]


@pytest.mark.parametrize(("other", "findings"), [(4000, []), (None, []), (4001, [("L06", "C1")])])
def test_two_names_of_one_column_are_asked_about_where_they_differ(
    sent: Return, other: object, findings: list[tuple[str, str]]
) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance", "Actual"), (INCIDENTS, 4000, other)))
    assert said(sent.read()) == findings


@pytest.mark.parametrize(("other", "findings"), [(None, []), (4001, [("L12", "B1")])])
def test_a_heading_over_two_columns_is_asked_about_where_both_are_filled(
    sent: Return, other: object, findings: list[tuple[str, str]]
) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance"), (INCIDENTS, 4000, other)))
    sent.sheet.merge_cells("B1:C1")
    assert said(sent.read()) == findings


def test_a_misspelt_heading_is_named_and_not_taken(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Perfomance"), *TWO_ROWS))
    reading = sent.read()
    assert reading.rows == []
    assert said(reading) == [("L10", "B1")]
    assert "did you mean Performance?" in reading.findings[0].problem


@pytest.mark.parametrize(("note", "findings"), [("New", [("L10", "C1")]), (None, [])])
def test_what_stands_under_a_misspelt_heading_is_not_left_out_in_silence(
    sent: Return, note: str | None, findings: list[tuple[str, str]]
) -> None:
    sent.cover()
    fill(sent.sheet, (("Indicator", "Performance", "Commentry"), (INCIDENTS, 4000, note)))
    assert said(sent.read()) == findings


def test_a_row_of_headings_that_lacks_one_is_named(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, (("Ref", "Indicator", "How it went"), ("P1-1", INCIDENTS, 4000)), 3)
    (finding,) = sent.read().findings
    assert (finding.code, finding.cell) == ("L01", "")
    assert "row 3 of Figures has no heading Performance" in finding.problem


# --- Whose return it is, and for when ------------------------------------------------------------


def test_a_label_and_its_entry_may_share_a_cell(sent: Return) -> None:
    fill(sent.sheet, tuple((f"{label}: {entry}",) for label, entry in COVER.items()))
    fill(sent.sheet, HEADED, 6)
    checked = sent.check()
    assert checked.findings == ()
    assert (checked.reading.area, checked.reading.period) == ("CS", PERIOD.name)


def last_years(sheet: Worksheet, title: str) -> None:
    rows: Rows = (
        (title, None, None, None),
        ("Performance Indicators", "Target", "Performance", "Target achieved"),
        ("Priority 1 Reduce repeat incidences of domestic abuse", None, None, None),
        (INCIDENTS, None, "4,000", "Yes"),
        ("5. More independence", None, None, None),
        (REPEATS, None, "24.5%", "Amber"),
    )
    fill(sheet, rows)
    sheet.merge_cells("A3:D3")


def test_last_years_appendix_is_taken_where_area_and_period_are_plain(sent: Return) -> None:
    last_years(sent.sheet, "Appendix 3: Fair and responsive services 2012/13")
    checked = sent.check(folder_area="CS")
    assert figures(checked.reading) == BOTH
    assert checked.is_accepted
    assert [f.code for f in checked.findings] == ["C17"]


@pytest.mark.parametrize(
    "title", ["Appendix 3", "Appendix 3, 2012/13 and 2011/12", "Appendix 3, 2013/14"]
)
def test_last_years_appendix_is_asked_about_where_its_period_is_not_plain(
    sent: Return, title: str
) -> None:
    last_years(sent.sheet, title)
    assert said(sent.read(folder_area="CS")) == [("L03", "")]


def test_a_heading_tells_the_period_where_the_titles_name_several_years(sent: Return) -> None:
    last_years(sent.sheet, "Appendix 3 (Summer 2012 examinations, compared with 2011/12)")
    sent.sheet["A2"] = "Performance indicators 2012-13"
    checked = sent.check(folder_area="CS")
    assert (checked.reading.period, figures(checked.reading)) == (PERIOD.name, BOTH)


def test_a_heading_and_a_title_that_disagree_are_asked_about(sent: Return) -> None:
    last_years(sent.sheet, "Appendix 3, 2012-13 Q1")
    sent.sheet["A2"] = "Performance indicators 2012-13"
    assert said(sent.read(folder_area="CS")) == [("L03", "")]


def test_last_years_appendix_is_asked_about_where_its_area_is_not_plain(sent: Return) -> None:
    last_years(sent.sheet, "Appendix 3, 2012/13")
    assert said(sent.read()) == [("L02", "")]


def test_a_template_without_its_cover_is_not_last_years_appendix(sent: Return) -> None:
    fill(sent.sheet, (("Return 2012/13",), ("Ref", "Indicator", "Performance")))
    fill(sent.sheet, (("P1-1", INCIDENTS, 4000), ("P1-2", REPEATS, "24.5%")), 3)
    assert [f.code for f in sent.check(folder_area="CS").findings] == ["C11", "C11"]


def test_the_rows_may_say_whose_return_it_is(sent: Return) -> None:
    sent.cover({**COVER, "Service area": None})
    rows = (("Service area", "Indicator", "Performance"), (SAFETY.name, *TWO_ROWS[0]))
    fill(sent.sheet, (*rows, (None, *TWO_ROWS[1])))
    sent.sheet.merge_cells("A2:A3")
    reading = sent.read()
    assert (reading.area, figures(reading)) == ("CS", BOTH)


def test_other_areas_rows_may_stand_there_unfilled(sent: Return) -> None:
    sent.cover()
    rows = (
        ("Service area", "Indicator", "Performance"),
        (SAFETY.name, *TWO_ROWS[0]),
        ("The analysts' team", *TWO_ROWS[1]),
        (CARE.name, "Schemes of adult social care", None),
    )
    fill(sent.sheet, rows)
    reading = sent.read()
    assert (said(reading), figures(reading)) == ([], BOTH)


@pytest.mark.parametrize("named", [SAFETY.name, None])
def test_filled_rows_of_several_areas_are_asked_about(sent: Return, named: str | None) -> None:
    sent.cover({**COVER, "Service area": named})
    rows = (
        ("Directorate", "Indicator", "Performance"),
        (SAFETY.name, *TWO_ROWS[0]),
        (CARE.name, *TWO_ROWS[1]),
    )
    fill(sent.sheet, rows)
    assert ("L14", "A3") in said(sent.read())


def test_achievements_are_read_whatever_else_their_headings_say(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, HEADED)
    rows = (("Priority (choose)", "Achievement (50 words)"), ("More independence", "Opened"))
    fill(sent.book.create_sheet("Achievements"), (("Priority", "Achievement"), *rows[1:]))
    fill(sent.book.create_sheet("More"), (("Priority", "Achievement", "Key achievement (50 words)"),
                                          *rows[1:]))  # fmt: skip
    assert [a.text for a in sent.read().achievements] == ["Opened", "Opened"]


def test_a_merged_priority_speaks_for_all_its_achievements(sent: Return) -> None:
    sent.cover()
    fill(sent.sheet, HEADED)
    rows = (("Priority", "Achievement"), ("More independence", "Opened"), (None, "Grew"))
    fill(sent.book.create_sheet("Achievements"), rows)
    sent.book["Achievements"].merge_cells("A2:A3")
    reading = sent.read()
    assert [(a.priority, a.text) for a in reading.achievements] == [
        ("P2", "Opened"),
        ("P2", "Grew"),
    ]
    assert said(reading) == []


@pytest.mark.parametrize(
    "name",
    ["Area B", "Ward 3", "North", "Rural", "Women", "Under 5s", "Police", "Region", "Index", "Net"],
)
def test_a_service_area_may_be_called_what_else_says_a_thing_of_figures(
    tmp_path: Path, name: str
) -> None:
    area = replace(SAFETY, name=name)
    register = replace(small_register(), areas=(area, CARE))
    entries = {"P1-1": {"Performance": 4605}}
    path = fill_return(register, area, PERIOD, tmp_path / "return.xlsx", entries)
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, register)
    assert reading.area == area.ref
    assert [f for f in reading.findings if f.code.startswith("L")] == []
