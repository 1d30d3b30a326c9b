"""The template that a service area fills in, read back from the file."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.template import ACHIEVEMENT_ROWS, CHOICES_NAME, template_name, write_template
from pipeline.returns.reader import read_workbook
from pipeline.workbooks.file_kind import FileKind
from schemas.fields import ACHIEVEMENT_FIELDS, COVER_FIELDS, INDICATOR_FIELDS
from schemas.model import (
    MilestoneState,
    Period,
    Priority,
    Register,
    ServiceArea,
    SmallNumbers,
    Status,
    Target,
)
from tests.support.builders import CARE, PERIOD, SAFETY, indicator, small_register

HEADINGS = 4


def written(
    path: Path,
    register: Register | None = None,
    area: ServiceArea = SAFETY,
    period: Period = PERIOD,
) -> Workbook:
    write_template(register or small_register(), area, period, path)
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return written(tmp_path_factory.mktemp("template") / "return.xlsx")


def cell_of(sheet: Worksheet, ref: str, heading: str) -> str:
    """The address of an indicator's cell under a heading."""
    columns = {cell.value: cell.column_letter for cell in sheet[HEADINGS]}
    row = next(cell.row for cell in sheet["A"] if cell.value == ref)
    return f"{columns[heading]}{row}"


def validation(sheet: Worksheet, address: str) -> DataValidation:
    (found,) = [v for v in sheet.data_validations.dataValidation if address in v.sqref]
    return found


def test_each_indicator_of_the_area_has_a_row_and_no_other_has(book: Workbook) -> None:
    refs = [cell.value for cell in book["Indicators"]["A"][HEADINGS:]]
    assert refs == ["P1-1", "P1-2", "P1-3", "P1-4", "P1-5", "P2-1", "P2-2"]


def test_an_area_gets_the_indicators_that_it_shares(tmp_path: Path) -> None:
    sheet = written(tmp_path / "care.xlsx", area=CARE)["Indicators"]
    assert [cell.value for cell in sheet["A"][HEADINGS:]] == ["P2-2", "P2-3"]


def test_the_prefilled_cells_say_what_the_register_says(book: Workbook) -> None:
    rows = book["Indicators"].iter_rows(min_row=HEADINGS + 1, max_col=5, values_only=True)
    shown = {row[0]: row[1:] for row in rows}
    priority = "Priority 1 Reduce repeat incidences of domestic abuse"
    wording = "Number of incidents of domestic abuse 4248 (2011/12)"
    assert shown["P1-1"] == (priority, wording, "number", "4248")
    assert shown["P1-2"][2:] == ("percent", ">3.30%")
    assert [shown[ref][2] for ref in ("P1-3", "P1-4", "P1-5", "P2-1")] == [
        "pounds",
        "days",
        "words",
        "milestone",
    ]


def test_the_headings_are_those_of_the_layout(book: Workbook) -> None:
    for name, fields in (("Indicators", INDICATOR_FIELDS), ("Achievements", ACHIEVEMENT_FIELDS)):
        assert [cell.value for cell in book[name][HEADINGS]] == [f.heading for f in fields]
        widths = book[name].column_dimensions
        for cell, field in zip(book[name][HEADINGS], fields, strict=True):
            assert widths[cell.column_letter].width == pytest.approx(field.width, abs=1)
    labels = [cell.value for cell in book["Cover"]["B"]][-len(COVER_FIELDS) :]
    assert labels == [field.heading for field in COVER_FIELDS]


def test_what_is_prefilled_is_locked_and_what_is_to_fill_in_is_not(book: Workbook) -> None:
    sheet = book["Indicators"]
    for field in INDICATOR_FIELDS:
        assert sheet[cell_of(sheet, "P1-1", field.heading)].protection.locked is not field.fill
    cover = {row[1].value: row[2] for row in book["Cover"].iter_rows(min_row=12)}
    assert cover["Service area"].value == "Community safety"
    assert cover["Period"].value == "2012-13"
    assert {name for name, cell in cover.items() if not cell.protection.locked} == {
        "Completed by",
        "Date completed",
        "Signed off by",
    }


def test_the_protection_has_no_password_and_leaves_the_looks_free(book: Workbook) -> None:
    for sheet in book.worksheets:
        protection = sheet.protection
        assert protection.sheet
        assert protection.password is None
        assert not protection.formatColumns
        assert not protection.formatRows
        assert not protection.formatCells
        assert not protection.selectLockedCells


def test_a_cell_to_fill_in_is_marked_in_words_as_well_as_in_colour(book: Workbook) -> None:
    sheet = book["Indicators"]
    first, *_, last = [
        get_column_letter(n) for n, field in enumerate(INDICATOR_FIELDS, 1) if field.fill
    ]
    said = f"Fill in columns {first} to {last}."
    assert str(sheet.cell(HEADINGS - 1, 1).value).endswith(said)
    fills = {f.fill: sheet[cell_of(sheet, "P1-1", f.heading)].fill for f in INDICATOR_FIELDS}
    assert fills[True].fgColor.rgb != fills[False].fgColor.rgb


def test_a_milestone_has_no_use_for_a_numerator(book: Workbook) -> None:
    sheet = book["Indicators"]
    for ref in ("P1-5", "P2-1"):
        for heading in ("Numerator", "Denominator"):
            cell = sheet[cell_of(sheet, ref, heading)]
            assert cell.protection.locked
            assert cell.value is None
            assert cell.fill.fill_type == "lightUp"


@pytest.mark.parametrize(
    ("ref", "number_format"),
    [
        ("P1-1", "0"),
        ("P1-2", "0.0%"),
        ("P1-3", '"£"#,##0;"-£"#,##0'),
        ("P1-4", "0.00"),
        ("P1-5", "@"),
        ("P2-1", "@"),
        ("P2-2", "#,##0"),
    ],
)
def test_a_performance_is_shown_as_it_will_be_printed(
    book: Workbook, ref: str, number_format: str
) -> None:
    sheet = book["Indicators"]
    assert sheet[cell_of(sheet, ref, "Performance")].number_format == number_format


def test_a_percentage_is_a_decimal_and_a_count_is_whole(book: Workbook) -> None:
    sheet = book["Indicators"]
    percent = validation(sheet, cell_of(sheet, "P1-2", "Performance"))
    assert (percent.type, percent.formula1, percent.formula2) == ("decimal", "0.00", "1.00")
    assert "type the % sign" in percent.prompt
    count = validation(sheet, cell_of(sheet, "P1-1", "Performance"))
    assert (count.type, count.formula1) == ("whole", "0")
    assert "<" not in count.prompt
    money = validation(sheet, cell_of(sheet, "P1-3", "Performance"))
    assert Decimal(money.formula1) < 0


def test_a_small_number_may_be_hidden_only_where_the_register_has_it_suppressed(
    tmp_path: Path,
) -> None:
    base = small_register()
    published = replace(base.indicators[0], small_numbers=SmallNumbers.PUBLISH)
    register = replace(
        base,
        framework=replace(base.framework, small_below=10),
        indicators=(published, *base.indicators[1:]),
    )
    sheet = written(tmp_path / "r.xlsx", register)["Indicators"]
    offering = {
        ref: "<10" in validation(sheet, cell_of(sheet, ref, "Performance")).prompt
        for ref in ("P1-1", "P1-2", "P1-4", "P2-2")
    }
    # One is published, a percentage and days count nobody.
    assert offering == {"P1-1": False, "P1-2": False, "P1-4": False, "P2-2": True}


def test_a_percentage_may_be_as_large_as_the_register_finds_plausible(tmp_path: Path) -> None:
    register = small_register()
    wide = replace(
        register.indicators[1], plausible_minimum=Decimal(-20), plausible_maximum=Decimal(250)
    )
    sheet = written(tmp_path / "r.xlsx", replace(register, indicators=(wide,)))["Indicators"]
    percent = validation(sheet, cell_of(sheet, "P1-2", "Performance"))
    assert (percent.formula1, percent.formula2) == ("-0.20", "2.50")


def test_a_state_and_a_status_are_chosen_from_a_list(book: Workbook) -> None:
    sheet = book["Indicators"]
    state = validation(sheet, cell_of(sheet, "P2-1", "Performance"))
    assert state.type == "list"
    assert state.formula1 == f'"{",".join(MilestoneState)}"'
    status = validation(sheet, cell_of(sheet, "P1-1", "Status"))
    assert status.formula1 == f'"{",".join(Status)}"'
    of_a_share = validation(sheet, cell_of(sheet, "P1-2", "Status"))
    assert of_a_share.formula1 == f'"{",".join(Status)},No cases"'


def test_no_validation_stops_what_the_reader_may_accept(book: Workbook) -> None:
    for sheet in book.worksheets:
        for found in sheet.data_validations.dataValidation:
            assert found.type in {None, "none"} or found.errorStyle == "warning"


def test_what_cells_accept_is_said_once_however_many_indicators_there_are(tmp_path: Path) -> None:
    counts = []
    for many in (2, 700):
        indicators = tuple(indicator(f"P1-{n}", f"Number {n}") for n in range(1, many + 1))
        register = replace(small_register(), indicators=indicators, targets=())
        sheet = written(tmp_path / f"{many}.xlsx", register)["Indicators"]
        counts.append(len(sheet.data_validations.dataValidation))
        last = validation(sheet, cell_of(sheet, f"P1-{many}", "Performance"))
        assert last.sqref == validation(sheet, cell_of(sheet, "P1-1", "Performance")).sqref
    assert counts[0] == counts[1]


def test_every_cell_to_fill_in_says_what_belongs_in_it(book: Workbook) -> None:
    sheet = book["Indicators"]
    for field in INDICATOR_FIELDS:
        assert validation(sheet, cell_of(sheet, "Ref", field.heading)).prompt == field.asks
        if field.fill:
            prompt = validation(sheet, cell_of(sheet, "P1-1", field.heading)).prompt
            assert prompt.startswith(field.asks)
    cover = book["Cover"]
    for row in cover.iter_rows(min_row=12):
        asks = next((f.asks for f in COVER_FIELDS if f.fill and f.heading == row[1].value), None)
        if asks:
            assert row[0].value == f"Fill in: {asks}"
            assert validation(cover, row[2].coordinate).prompt == asks


def test_the_date_is_a_date_in_british_order(book: Workbook) -> None:
    cover = book["Cover"]
    row = next(row for row in cover.iter_rows() if row[1].value == "Date completed")
    assert row[2].number_format == "dd/mm/yyyy"
    found = validation(cover, row[2].coordinate)
    assert (found.type, found.operator) == ("date", "greaterThanOrEqual")
    assert float(found.formula1) == (PERIOD.starts - date(1899, 12, 30)).days


def test_achievements_take_their_priority_from_the_lists_sheet(book: Workbook) -> None:
    found = validation(book["Achievements"], f"A{HEADINGS + 1}")
    # By name: Excel moves a list at an address on another sheet to where openpyxl loses it.
    assert found.formula1 == CHOICES_NAME
    sheet, cells = next(iter(book.defined_names[CHOICES_NAME].destinations))
    choices = [row[0].value for row in book[sheet][cells]]
    assert choices == ["Reduce domestic abuse", "More independence"]
    assert book.sheetnames[-1] == sheet
    assert book[sheet].sheet_state == "visible"


def test_more_achievements_can_be_typed_below_the_table(book: Workbook) -> None:
    sheet = book["Achievements"]
    assert sheet.tables["Achievements"].ref == f"A{HEADINGS}:B{HEADINGS + ACHIEVEMENT_ROWS}"
    assert not sheet.column_dimensions["A"].protection.locked
    assert validation(sheet, f"A{HEADINGS + ACHIEVEMENT_ROWS + 20}").type == "list"
    assert sheet[f"A{HEADINGS}"].protection.locked


def test_each_sheet_has_one_named_table_and_no_merged_cells(book: Workbook) -> None:
    names = [list(sheet.tables) for sheet in book.worksheets]
    assert names == [["Cover"], ["Indicators"], ["Achievements"], ["Priorities"]]
    assert not any(sheet.merged_cells.ranges for sheet in book.worksheets)


def test_it_prints_on_a4_landscape_one_page_wide_with_the_headings_repeated(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert book["Indicators"].print_title_rows == "$4:$4"
    assert book["Indicators"].freeze_panes == "B5"


def test_rows_fit_their_text_and_still_grow(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    sheet = written(path)["Indicators"]
    heights = [sheet.row_dimensions[row].height for row in (9, 6)]
    assert all(shorter < taller for shorter, taller in pairwise(heights))
    with zipfile.ZipFile(path) as archive:
        assert b"customHeight" not in archive.read("xl/worksheets/sheet2.xml")


def test_the_document_says_what_it_is(book: Workbook) -> None:
    assert book.properties.title == "Community safety: return for 2012-13"
    assert book.properties.creator == "Borough Council"
    assert book.properties.created.date() == PERIOD.starts


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path / "one.xlsx")
    written(tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.xlsx", "two.xlsx"]


def test_words_that_look_like_a_formula_stay_words(tmp_path: Path) -> None:
    register = small_register()
    hostile = replace(
        register,
        framework=replace(register.framework, council="=1+1 & Sons\x01"),
        priorities=(Priority("P1", "+1", "=HYPERLINK(A1)", 1), Priority("P2", "-2", "@x", 2)),
        indicators=(indicator("=REF", "=cmd|' /C calc'!A0 \x07\ud800"),),
        targets=(Target("=REF", PERIOD.name, value=Decimal(3)),),
    )
    book = written(tmp_path / "r.xlsx", hostile, replace(SAFETY, name="=Area & co\x02"))
    strings = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value]
    assert {cell.data_type for cell in strings} == {"s"}
    assert book["Indicators"]["C5"].value == "=cmd|' /C calc'!A0 "
    assert book["Lists"]["A4"].value == "=HYPERLINK(A1)"


def test_an_area_without_indicators_is_told_so(tmp_path: Path) -> None:
    area = ServiceArea("LIB", "Libraries")
    sheet = written(tmp_path / "r.xlsx", area=area)["Indicators"]
    assert sheet["A2"].value.startswith("Libraries reports no indicators")
    assert not sheet.tables


def test_a_blank_template_reads_as_nothing_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    written(path)
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, small_register())
    assert (reading.area, reading.period) == (SAFETY.ref, PERIOD.name)
    assert not any(reading.cover[field.key].text for field in COVER_FIELDS if field.fill)
    assert not any(row.has_figure for row in reading.rows)
    assert not reading.achievements
    assert not reading.findings


def test_a_template_filled_in_reads_as_what_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    book = written(path)
    sheet = book["Indicators"]
    typed = {"P1-1": 4605, "P1-2": 0.315, "P1-4": 12.25, "P1-5": "- went well", "P2-2": "<5"}
    for ref, value in typed.items():
        sheet[cell_of(sheet, ref, "Performance")] = value
    sheet[cell_of(sheet, "P2-1", "Performance")] = "On track"
    below = HEADINGS + ACHIEVEMENT_ROWS + 1
    for row in (HEADINGS + 1, below):
        book["Achievements"].cell(row, 1).value = "More independence"
        book["Achievements"].cell(row, 2).value = f"Opened centre {row}"
    book.save(path)
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, small_register())
    rows = {row.indicator: row for row in reading.rows}
    assert not reading.findings
    assert rows["P1-2"].value == Decimal("31.5")
    assert rows["P1-4"].value == Decimal("12.25")
    assert rows["P1-5"].narrative == "- went well"
    assert rows["P2-1"].state is MilestoneState.ON_TRACK
    assert rows["P2-2"].suppressed
    assert [a.cell for a in reading.achievements] == ["B5", f"B{below}"]


def test_the_file_name_is_one_that_windows_takes() -> None:
    assert template_name(SAFETY, PERIOD) == "Return 2012-13 - Community safety.xlsx"
    area, period = replace(SAFETY, name="Roads: A/B?"), replace(PERIOD, name="2012/13")
    assert template_name(area, period) == "Return 2012-13 - Roads- A-B-.xlsx"
