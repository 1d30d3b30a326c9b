"""The correction copy: a rejected return goes back with its bad cells marked."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.correction import CorrectionCopy
from pipeline.outputs.correction.in_place.sheet import HIGHLIGHT
from pipeline.outputs.correction.listing import HEADINGS
from pipeline.outputs.correction.notes import AUTHOR
from pipeline.outputs.template import write_template
from pipeline.returns.reader import read_workbook
from pipeline.workbooks.file_kind import FileKind
from schemas import rules as c
from schemas.fields import LIST_SHEET
from schemas.findings import Finding, Rule, Severity, in_reading_order
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.containers import binary_workbook
from tests.support.copies import write_copy
from tests.support.filled import fill_return
from tests.support.programs import need

NAME = "Return 2012-13 - Community safety.xlsx"

TWO_WAYS = c.TWO_WAYS.found("Indicators", "H6", "0.62", one="62%", other="0.62%")
CHANGED = c.BY_CODE["C05"].found("Indicators", "H6", "0.62", earlier="25%", bound="10 points")
BELOW = c.BY_CODE["C03"].found("Indicators", "H7", "-5", bound="0", ref="P1-3")
STATUS = c.STATUS_UNKNOWN.found("Indicators", "I8", "maybe")
COVER = c.BY_CODE["C11"].found("Cover", "C15", what="Completed by", asks="Your name.")
ROW = c.BY_CODE["C15"].found("Indicators", ref="P1-9", wording="Calls answered")
LATE = c.BY_CODE["C16"].found(due="30 April 2013")


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A filled-in return, named by its hash as in the archive."""
    path = tmp_path / "return.xlsx"
    write_template(small_register(), SAFETY, PERIOD, path)
    book = openpyxl.load_workbook(path)
    sheet = book["Indicators"]
    sheet["H5"] = "=4000+605"
    sheet["H6"] = 0.62
    sheet["H7"] = -5
    sheet["I8"] = "maybe"
    book.save(path)
    return path.rename(tmp_path / hashlib.sha256(path.read_bytes()).hexdigest())


def corrected(original: Path, *findings: Finding, help_base: str = "") -> Workbook:
    path = original.parent / f"{original.name}-correction.xlsx"
    write_copy(original, FileKind.XLSX, findings, NAME, path, help_base=help_base)
    return openpyxl.load_workbook(path)


def highlighted(sheet: Worksheet) -> dict[str, str]:
    """The cells under our conditional format, each with its colour."""
    return {
        address: rule.dxf.fill.bgColor.rgb[2:]
        for formatting in sheet.conditional_formatting
        for rule in formatting.rules
        if rule.formula == [HIGHLIGHT]
        for address in str(formatting.sqref).split()
    }


def listed(book: Workbook) -> list[tuple[object, ...]]:
    """The rows of the list's table."""
    sheet = book[LIST_SHEET]
    (table,) = sheet.tables.values()
    heading, *rows = sheet[table.ref]
    assert tuple(cell.value for cell in heading) == HEADINGS
    return [tuple(cell.value for cell in row) for row in rows]


def titles(book: Workbook) -> str:
    cells = [cell.value for cell in book[LIST_SHEET]["A"]]
    return "\n".join(str(v) for v in cells[: cells.index(HEADINGS[0])])


def test_the_list_comes_first_and_says_how_much_is_to_be_done(original: Path) -> None:
    book = corrected(original, BELOW, TWO_WAYS, STATUS, LATE)
    assert book.sheetnames == [LIST_SHEET, "Cover", "Indicators", "Achievements", "Lists"]
    assert book.active.title == LIST_SHEET
    assert f"What to correct in {NAME}" in titles(book)
    assert "2 things must be corrected before this return can be taken in." in titles(book)
    assert "1 warning: please look" in titles(book)
    assert "How to send it back: correct the highlighted cells" in titles(book)


def test_one_thing_to_correct_is_said_in_the_singular(original: Path) -> None:
    assert "1 thing must be corrected" in titles(corrected(original, STATUS))
    assert "Nothing has to be corrected" in titles(corrected(original, BELOW, CHANGED))


def test_a_finding_is_listed_with_place_value_problem_and_fix(original: Path) -> None:
    assert listed(corrected(original, TWO_WAYS)) == [
        (
            1,
            "Indicators!H6",
            "0.62",
            "0.62 in a percentage could mean 62% or 0.62%.",
            "Type 62% or 0.62%, with the sign.",
            "Error",
            "V01",
        )
    ]


def test_errors_come_before_warnings_each_as_the_workbook_is_read(original: Path) -> None:
    shuffled = (LATE, CHANGED, BELOW, STATUS, TWO_WAYS, ROW, COVER)
    rows = listed(corrected(original, *shuffled))
    assert [(row[0], row[1], row[5]) for row in rows] == [
        (1, "Cover!C15", "Error"),
        (2, "Indicators", "Error"),
        (3, "Indicators!H6", "Error"),
        (4, "Indicators!I8", "Error"),
        (5, "Indicators!H6", "Warning"),
        (6, "Indicators!H7", "Warning"),
        (7, "The file", "Info"),
    ]


def test_rows_are_ordered_as_numbers_and_columns_as_excel_counts_them() -> None:
    cells = ["A10", "AA2", "B2", "A2", "A9"]
    findings = [c.STATUS_UNKNOWN.found("S", cell, "x") for cell in cells]
    assert [f.cell for f in in_reading_order(findings, ["S"])] == ["A2", "B2", "AA2", "A9", "A10"]


def test_each_place_links_to_its_cell(original: Path) -> None:
    sheet = corrected(original, TWO_WAYS, ROW, LATE)[LIST_SHEET]
    links = {cell.value: cell.hyperlink for cell in sheet["B"] if cell.value}
    assert links["Indicators!H6"].location == "'Indicators'!H6"
    assert links["Indicators"].location == "'Indicators'!A1"
    assert links["The file"] is None


def test_a_code_links_to_its_explanation_where_there_is_one(original: Path) -> None:
    sheet = corrected(original, TWO_WAYS, help_base="https://council.example/findings")[LIST_SHEET]
    links = {cell.value: cell.hyperlink for cell in sheet["G"] if cell.value}
    assert links["V01"].target == "https://council.example/findings#v01"


def test_bad_cells_are_highlighted_and_nothing_else_is(original: Path) -> None:
    book = corrected(original, TWO_WAYS, CHANGED, BELOW, STATUS, COVER, LATE)
    colours = highlighted(book["Indicators"])
    assert set(colours) == {"H6", "H7", "I8"}
    # H6 has an error and a warning: the error counts.
    assert colours["H6"] == colours["I8"] != colours["H7"]
    assert set(highlighted(book["Cover"])) == {"C15"}
    assert not highlighted(book["Achievements"])


def test_a_highlight_leaves_the_cells_own_looks_alone(original: Path) -> None:
    before = openpyxl.load_workbook(original.rename(original.with_suffix(".xlsx")))
    book = corrected(original.with_suffix(".xlsx"), TWO_WAYS)
    old, new = before["Indicators"]["H6"], book["Indicators"]["H6"]
    assert old.fill.fgColor.rgb == new.fill.fgColor.rgb
    assert old.border.left.style == new.border.left.style
    assert old.number_format == new.number_format


def test_an_error_and_a_warning_differ_by_more_than_colour(original: Path) -> None:
    sheet = corrected(original, TWO_WAYS, BELOW)["Indicators"]
    lines = {
        rule.dxf.border.left.style
        for formatting in sheet.conditional_formatting
        for rule in formatting.rules
    }
    assert lines == {"thin", "dashed"}


def test_a_comment_says_all_that_is_wrong_with_its_cell(original: Path) -> None:
    comment = corrected(original, CHANGED, TWO_WAYS)["Indicators"]["H6"].comment
    assert comment.author == AUTHOR
    for finding in (TWO_WAYS, CHANGED):
        assert finding.problem in comment.text
        assert f"What to do: {finding.fix}" in comment.text


def test_a_figure_shown_nobody_knows_how_is_to_be_typed_again(original: Path) -> None:
    """Saved again it would have a format that nobody gave it, and be accepted as it is."""
    unknown = c.LOOKS_UNKNOWN.found("Indicators", "H6", "0.62", example="24.5%")
    sheet = corrected(original, unknown)["Indicators"]
    assert sheet["H6"].value is None
    assert "does not say how it is shown" in str(sheet["H6"].comment.text)
    assert sheet["H7"].value == -5


def test_a_comment_that_stood_there_is_kept(original: Path) -> None:
    book = openpyxl.load_workbook(with_extension(original))
    book["Indicators"]["H6"].comment = Comment("Figure from the police", "Data officer")
    book.save(with_extension(original))
    text = corrected(with_extension(original), TWO_WAYS)["Indicators"]["H6"].comment.text
    assert TWO_WAYS.problem in text
    assert "Data officer" in text
    assert text.endswith("Figure from the police")


def test_the_original_is_not_touched(original: Path) -> None:
    before = original.read_bytes()
    corrected(original, TWO_WAYS, BELOW)
    assert original.read_bytes() == before
    assert original.name == hashlib.sha256(before).hexdigest()


def test_protection_validation_tables_and_formulas_are_carried_over(original: Path) -> None:
    before = openpyxl.load_workbook(with_extension(original))
    book = corrected(with_extension(original), TWO_WAYS)
    for old in before.worksheets:
        new = book[old.title]
        assert new.protection.sheet
        assert len(new.data_validations.dataValidation) == len(old.data_validations.dataValidation)
        assert list(new.tables) == list(old.tables)
        assert new.freeze_panes == old.freeze_panes
    assert book["Indicators"]["H5"].value == "=4000+605"
    assert not book["Indicators"]["H6"].protection.locked


def test_only_the_list_is_selected(original: Path) -> None:
    # Two selected sheets are a group, and typing into one would type into the other.
    book = corrected(original, TWO_WAYS)
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [LIST_SHEET]


def test_a_correction_copy_that_is_wrong_again_is_marked_afresh(original: Path) -> None:
    book = openpyxl.load_workbook(with_extension(original))
    book["Indicators"]["H6"].comment = Comment("Figure from\nthe police", "Data officer")
    book.save(with_extension(original))
    first = corrected(with_extension(original), TWO_WAYS, STATUS)
    resubmitted = original.with_name("resubmitted.xlsx")
    first["Indicators"]["H6"] = 0.24
    first.save(resubmitted)

    again = corrected(resubmitted, STATUS)
    assert again.sheetnames == [LIST_SHEET, "Cover", "Indicators", "Achievements", "Lists"]
    assert [row[1] for row in listed(again)] == ["Indicators!I8"]
    sheet = again["Indicators"]
    assert set(highlighted(sheet)) == {"I8"}
    assert sheet["I8"].comment.text.count(STATUS.problem) == 1
    assert sheet["H6"].comment.text == "Figure from\nthe police"
    assert sheet["H6"].comment.author == "Data officer"


def test_a_correction_copy_reads_as_the_return_that_it_was_made_from(original: Path) -> None:
    book = openpyxl.load_workbook(with_extension(original))
    book["Indicators"]["H5"] = 4605
    book.save(with_extension(original))
    corrected(with_extension(original), TWO_WAYS, COVER, ROW, LATE)
    copy = original.parent / f"{with_extension(original).name}-correction.xlsx"
    register = small_register()
    before = read_workbook(with_extension(original).read_bytes(), FileKind.XLSX, register)
    assert before.rows
    after = read_workbook(saved_again(copy).read_bytes(), FileKind.XLSX, register)
    after.sheets.remove(LIST_SHEET)
    assert after == before


def test_a_comment_without_a_forerunner_goes_when_its_cell_is_right(original: Path) -> None:
    corrected(original, TWO_WAYS)
    sheet = corrected(original.parent / f"{original.name}-correction.xlsx", STATUS)["Indicators"]
    assert sheet["H6"].comment is None


def test_a_conditional_format_of_the_return_stays_and_yields_to_the_highlight(
    tmp_path: Path,
) -> None:
    path = tmp_path / "own.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Figures"
    fill = PatternFill(bgColor="00FF00", fill_type="solid")
    own = CellIsRule(operator="greaterThan", formula=["1"], fill=fill)
    book.active.conditional_formatting.add("A1:A9", own)
    book.save(path)
    sheet = corrected(path, c.NOT_A_FIGURE.found("Figures", "A1", "x", example="4"))["Figures"]
    rules = {
        rule.formula[0]: rule.priority
        for formatting in sheet.conditional_formatting
        for rule in formatting.rules
    }
    assert rules[HIGHLIGHT] < rules["1"]


def test_a_finding_in_a_merged_cell_marks_the_cell_that_shows(tmp_path: Path) -> None:
    path = tmp_path / "merged.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "It's merged"
    book.active.merge_cells("B2:D3")
    book.save(path)
    marked = corrected(path, c.NOT_A_FIGURE.found("It's merged", "C3", "x", example="4"))
    sheet = marked["It's merged"]
    assert set(highlighted(sheet)) == {"B2"}
    assert sheet["B2"].comment is not None
    link = next(cell.hyperlink for cell in marked[LIST_SHEET]["B"] if cell.hyperlink)
    assert link.location == "'It''s merged'!C3"


def test_a_hidden_sheet_with_something_to_correct_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "hidden.xlsx"
    book = openpyxl.Workbook()
    for name in ("Bad", "Good"):
        book.create_sheet(name).sheet_state = "hidden"
    book.save(path)
    marked = corrected(path, c.NOT_A_FIGURE.found("Bad", "A1", "x", example="4"))
    assert marked["Bad"].sheet_state == "visible"
    assert marked["Good"].sheet_state == "hidden"


@pytest.mark.parametrize(("sheet", "cell"), [("Elsewhere", "A1"), ("Cover", "A0"), ("Cover", "?")])
def test_a_place_that_the_workbook_does_not_have_is_only_listed(
    original: Path, sheet: str, cell: str
) -> None:
    book = corrected(original, c.STATUS_UNKNOWN.found(sheet, cell, "x"))
    assert [row[1] for row in listed(book)] == [f"{sheet}!{cell}"]
    assert not any(highlighted(s) for s in book.worksheets)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Sheet"
    cell = book.active["A1"]
    cell.value = "=cmd|' /C calc'!A0"
    cell.data_type = "s"
    book.save(path)
    hostile = [
        Finding(f"V{number}", Severity.ERROR, "Sheet", "A1", value, value, value)
        for number, value in enumerate(
            ("=1+1", "+1", "-1", "@x", "#REF!", "=cmd|' /C calc'!A0", "\x01\x0b=2\ud800"), 10
        )
    ]
    copy = corrected(path, *hostile)
    sheet = copy[LIST_SHEET]
    cells = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert {c.data_type for c in cells} == {"s"}
    assert [row[2] for row in listed(copy)][-1] == "=2"
    assert copy["Sheet"]["A1"].data_type == "s"
    assert "=cmd|" in copy["Sheet"]["A1"].comment.text
    with zipfile.ZipFile(tmp_path / "hostile.xlsx-correction.xlsx") as archive:
        parts = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in part for part in parts)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Dear colleague,",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"PK\x03\x04" + bytes(60),
    ],
)
def test_a_file_that_is_no_workbook_gets_the_list_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "archived"
    path.write_bytes(content)
    book = corrected(path, c.NOT_A_WORKBOOK.found(value=NAME, kind="something else"))
    assert book.sheetnames == [LIST_SHEET]
    assert [row[1] for row in listed(book)] == ["The file"]
    assert "could not be opened" in titles(book)
    assert "do not send this file" in titles(book)


@pytest.mark.parametrize("rule", [c.TOO_LARGE, c.READ_TWO_WAYS, c.LOOKS_UNREADABLE])
def test_a_workbook_that_was_too_dangerous_to_read_is_not_opened(
    original: Path, rule: Rule
) -> None:
    book = corrected(original, rule.found(detail="it unpacks to 4,000 MiB"))
    assert book.sheetnames == [LIST_SHEET]


def test_macros_are_left_out_and_the_copy_says_so(original: Path) -> None:
    with zipfile.ZipFile(original, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
    book = corrected(original, STATUS)
    # Nothing leads to it, and it is of no type.
    assert "may run or fetch: 1 part that is not the workbook's." in titles(book)
    with zipfile.ZipFile(original.parent / f"{original.name}-correction.xlsx") as archive:
        assert not [name for name in archive.namelist() if "vba" in name]
        assert b"macroEnabled" not in archive.read("[Content_Types].xml")


def test_a_table_of_the_return_may_have_the_name_of_ours(original: Path) -> None:
    book = openpyxl.load_workbook(with_extension(original))
    book["Indicators"].tables["Indicators"].displayName = "whattocorrect"
    book["Indicators"].tables["Indicators"].name = "whattocorrect"
    book.save(with_extension(original))
    names = {
        table.displayName.casefold()
        for sheet in corrected(with_extension(original), STATUS).worksheets
        for table in sheet.tables.values()
    }
    assert len(names) == 5


def test_a_date_on_the_cover_stays_a_date(original: Path) -> None:
    book = openpyxl.load_workbook(with_extension(original))
    book["Cover"]["C16"] = date(2013, 4, 30)
    book.save(with_extension(original))
    value = corrected(with_extension(original), STATUS)["Cover"]["C16"].value
    assert value.date() == date(2013, 4, 30)


def test_what_openpyxl_does_not_carry_over_stays(tmp_path: Path) -> None:
    path = tmp_path / "bars.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Bars")
        sheet.write_number(0, 0, 3)
        sheet.conditional_format("A1:A9", {"type": "data_bar", "data_bar_2010": True})
    bad = c.NOT_A_FIGURE.found("Bars", "A1", "x", example="4")
    with pytest.warns(UserWarning, match="extension is not supported"):
        assert set(highlighted(corrected(path, bad)["Bars"])) == {"A1"}


# --- One mistake all down a column ---------------------------------------------------------------


def two_ways_in(*rows: int) -> list[Finding]:
    return [
        c.TWO_WAYS.found("Indicators", f"H{row}", f"0.{row}", one=f"{row}%", other=f"0.{row}%")
        for row in rows
    ]


def test_one_kind_of_mistake_down_a_column_is_listed_once_and_marked_in_each_cell(
    original: Path,
) -> None:
    book = corrected(original, *two_ways_in(5, 6, 7, 9))
    (row,) = listed(book)
    assert row[1] == "Indicators!H5"
    assert "The same kind of mistake is in H6, H7 and H9." in str(row[3])
    assert book[LIST_SHEET]["A2"].value.startswith("4 things must be corrected")
    assert set(highlighted(book["Indicators"])) == {"H5", "H6", "H7", "H9"}
    comment = book["Indicators"]["H9"].comment
    assert comment is not None
    assert "Type 9% or 0.9%" in comment.text


def test_two_of_a_kind_are_listed_one_by_one(original: Path) -> None:
    assert len(listed(corrected(original, *two_ways_in(5, 6)))) == 2


def test_a_list_without_marks_tells_each_cell(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(CorrectionCopy(FileKind.XLSX, two_ways_in(5, 6, 7), NAME).alone())
    assert len(listed(openpyxl.load_workbook(path))) == 3


def test_what_excel_would_read_as_a_control_character_is_listed_as_it_stands(
    original: Path,
) -> None:
    finding = c.STATUS_UNKNOWN.found("Indicators", "I8", "may_x001B_be")
    (row,) = listed(corrected(original, finding))
    # Excel and openpyxl's own reader of shared strings differ: this is what the file holds.
    assert row[2] == "may_x005F_x001B_be"


# --- Returns in other formats --------------------------------------------------------------------

OTHERS = {"xls": FileKind.XLS, "ods": FileKind.ODS}


@pytest.fixture(scope="module", params=OTHERS)
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A return with two mistakes, saved by LibreOffice in another format."""
    folder = tmp_path_factory.mktemp("other")
    entries = {
        "P1-1": {"Performance": 4605, "Commentary": "Text, _x000D_ too"},
        "P1-2": {"Performance": 0.245, "Status": "maybe"},
        "P1-3": {"Performance": "about 40"},
        "P1-4": {"Performance": 12.25},
    }
    path = fill_return(small_register(), SAFETY, PERIOD, folder / "return.xlsx", entries)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [need("soffice"), profile, "--headless", "--convert-to", request.param,
               "--outdir", str(folder), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"return.{request.param}"


@pytest.mark.outside
def test_a_return_in_another_format_comes_back_as_an_xlsx_that_can_be_corrected_and_sent(
    other: Path,
) -> None:
    kind = OTHERS[other.suffix[1:]]
    before = read_workbook(other.read_bytes(), kind, small_register())
    assert [f.code for f in before.findings] == ["V10", "V08"]
    copy = other.parent / "to correct.xlsx"
    write_copy(other, kind, before.findings, other.name, copy)
    book = openpyxl.load_workbook(copy)
    said = " ".join(str(row[0].value) for row in book[LIST_SHEET].iter_rows(max_row=6))
    assert f"Your return is {kind}; this copy is an Excel workbook (.xlsx)." in said
    status, figure = (finding.cell for finding in before.findings)
    assert set(highlighted(book["Indicators"])) == {status, figure}
    assert not any(
        cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows()
        for cell in row
    )  # fmt: skip
    unread = read_workbook(saved_again(copy).read_bytes(), FileKind.XLSX, small_register())
    assert [(f.code, f.cell) for f in unread.findings] == [("V10", status), ("V08", figure)]
    book["Indicators"][status] = "Final"
    book["Indicators"][figure] = "£40"
    book.save(copy)
    after = read_workbook(copy.read_bytes(), FileKind.XLSX, small_register())
    assert after.findings == []
    values = {row.indicator: row.value for row in after.rows}
    assert values["P1-2"] == Decimal("24.5")
    assert values["P1-3"] == 40
    assert [row.value for row in after.rows if row.indicator in ("P1-1", "P1-4")] == [
        row.value for row in before.rows if row.indicator in ("P1-1", "P1-4")
    ]
    assert after.rows[0].commentary == before.rows[0].commentary


def test_a_binary_return_comes_back_with_its_cells(tmp_path: Path) -> None:
    rows: dict[int, dict[int, tuple[int, str | float | int | None]]] = {
        1: {1: (0, "=Indicator"), 2: (0, "Performance")},
        2: {1: (0, "P1-2"), 2: (1, 0.245)},
        3: {1: (0, "P1-3"), 2: (0, 0x17)},
    }
    path = tmp_path / "return.xlsb"
    path.write_bytes(binary_workbook("Figures", rows, ["0.0%"]))
    copy = tmp_path / "copy.xlsx"
    finding = c.ERROR_VALUE.found("Figures", "C4", "#REF!", example="4605")
    write_copy(path, FileKind.XLSB, [finding], NAME, copy)
    sheet = openpyxl.load_workbook(copy)["Figures"]
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=Indicator", "s")
    assert (sheet["C3"].value, sheet["C3"].number_format) == (0.245, "0.0%")
    assert (sheet["C4"].value, sheet["C4"].data_type) == ("#REF!", "e")
    assert highlighted(sheet).keys() == {"C4"}


def saved_again(path: Path) -> Path:
    """A copy as a program saves it, with the same parts and without its seal."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b""
    return path


def with_extension(path: Path) -> Path:
    """The same file under a name that openpyxl opens."""
    named = path.with_suffix(".xlsx")
    return path.rename(named) if path.exists() and path != named else named
