"""What a register looks like and what it holds: no difference between the two is passed over."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.register.reader import inspect_register
from pipeline.register.writer import write_register
from pipeline.workspace.errors import RegisterError
from pipeline.workspace.settings import Limits
from schemas.findings import Severity
from schemas.register_settings import FRAMEWORK
from tests.corpus.sheets import STRUCK, Cell, Sheet, Shown, raised, rich, sheet, struck
from tests.corpus.writers import own_ods, own_xls, own_xlsb
from tests.support.programs import need
from tests.support.register_fixture import (
    WORKED,
    change,
    findings_of,
    problems_of,
    read_here,
    write_worked,
)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    return path


def rewrite(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Put other bytes into a part of the workbook, as another program might have written them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert re.search(old, parts[part])
    parts[part] = re.sub(old, new, parts[part], count=1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


# --- Every row counts ----------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", range(1, 8))
def test_a_sheet_whose_stated_dimension_is_too_small_loses_no_row(
    workbook: Path, sheet: int
) -> None:
    part = f"xl/worksheets/sheet{sheet}.xml"
    rewrite(workbook, part, rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"')
    assert replace(read_here(workbook), sha256="") == WORKED


def test_hidden_and_filtered_rows_count_and_are_named(workbook: Path) -> None:
    book = load_workbook(workbook)
    book["Targets"].row_dimensions[5].hidden = True
    book["Periods"].sheet_state = "hidden"
    book["Recipients"].column_dimensions["C"].hidden = True
    book.save(workbook)
    register, notes = inspect_register(workbook)
    assert replace(register, sha256="") == WORKED
    assert [note.severity for note in notes] == [Severity.INFO] * 3
    assert [(note.place, note.problem.split(". ")[0]) for note in notes] == [
        ("Targets", "Hidden: row 5"),
        ("Periods", "Hidden: the whole sheet"),
        ("Recipients", "Hidden: column C"),
    ]


# --- What a cell shows ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "holds", "shown_as", "says"),
    [
        # Money, in thousands by its format alone.
        ("F7", 120.0, '£#,##0"k"', "120 could mean 120 or 120000. Type 120 or 120000, in full."),
        ("F7", 120.0, '"£"#,##0\\k', "120 could mean 120 or 120000."),
        ("F7", 120.0, '£#,##0"m"', "120 could mean 120 or 120000000."),
        ("F7", 120000.0, "£#,##0,", "holds 120000, and its number format shows something else."),
        # A third, as a percentage.
        ("D5", 1 / 3, "0%", "holds 33.3333333333333%, and its number format shows 33%."),
        ("D5", 1 / 3, "0.0%", "holds 33.3333333333333%, and its number format shows 33.3%."),
        ("D5", 100 / 3, "General", "shows 33.333333333"),
        ("D6", 0.125, "0%", "holds 12.5%, and its number format shows 13%."),
        # Printed beside the number, and so part of it.
        ("D4", 42.0, '0"8"', "holds 42, and its number format shows something else."),
        ("D4", 42.0, '"-"0', "holds 42, and its number format shows something else."),
        ("D4", -42.0, "0;0", "holds -42, and its number format shows something else."),
        ("D4", 42.0, ";;;", "holds 42, and its number format shows something else."),
        ("D4", 42.0, '0" per cent"', "42% is a percentage, and the unit beside it is count."),
        ("D4", 42.0, '0" days"', "is a number of days, and the unit beside it is count."),
        ("D4", 42.0, '0" m\u00b2"', "holds 42, and its number format shows 42 m\u00b2."),
        ("D4", 42.0, '0" weeks"', "holds 42, and its number format shows 42 weeks."),
        ("D4", 42.0, "+0", "holds 42, and its number format shows +42."),
        ("D5", 0.25, '"Rate: "0%', "holds 0.25, and its number format shows Rate: 25%."),
        ("D4", "42", '@" (draft)"', "holds 42, and its number format shows something else."),
        ("D4", 42.0, '"about "0', '"42" is not a figure.'),
        ("D4", 42.0, '">"0', '"42" is not a figure.'),
        ("D4", 42.0, "dd/mm/yyyy", '"11/02/1900" is not a figure.'),
    ],
)
def test_a_target_that_shows_something_else_than_it_holds_is_asked_about(
    workbook: Path, cell: str, holds: float | str, shown_as: str, says: str
) -> None:
    change(workbook, "Targets", cell, holds, shown_as)
    (problem,) = problems_of(workbook)
    assert problem.startswith(f"register.xlsx, Targets!{cell}: ")
    assert says in problem


@pytest.mark.parametrize(
    ("cell", "holds", "shown_as", "read"),
    [
        ("F7", 120000.0, '£#,##0,"k"', "120000"),
        ("F7", 120000.0, '_-"£"* #,##0.00_-;-"£"* #,##0.00_-', "120000.00"),
        ("D4", -42.0, "0;[Red]0", "-42"),
        ("D4", -42.0, "0;(0)", "-42"),
        ("D4", 42.0, "0", "42"),
        ("D5", 0.25, "_-* 0%_-", "25"),
    ],
)
def test_a_target_that_shows_what_it_holds_is_read(
    workbook: Path, cell: str, holds: float, shown_as: str, read: str
) -> None:
    change(workbook, "Targets", "C5", None)
    change(workbook, "Targets", cell, holds, shown_as)
    values = [str(figure) for t in read_here(workbook).targets for figure in (t.value, t.upper)]
    assert read in values


@pytest.mark.parametrize(
    "new", [b"", b' formatCode="0.000"/><numFmt numFmtId="164" formatCode="0"']
)
def test_a_target_whose_format_is_not_plainly_defined_is_asked_about(
    workbook: Path, new: bytes
) -> None:
    change(workbook, "Targets", "D4", 42.0, "0.000")
    with zipfile.ZipFile(workbook) as archive:
        styles = archive.read("xl/styles.xml")
    number = re.search(rb'numFmtId="(\d+)" formatCode="0\.000"', styles)
    assert number
    new = new.replace(b"164", number[1])
    rewrite(workbook, "xl/styles.xml", rb' formatCode="0\.000"', new)
    (problem,) = problems_of(workbook)
    assert "Targets!D4: The cell holds 42, and its number format shows what the workbook" in problem


def test_a_ref_that_excel_shows_otherwise_is_asked_about(workbook: Path) -> None:
    change(workbook, "Targets", "H4", 7.0, "00")
    (problem,) = problems_of(workbook)
    assert "Targets!H4: The cell holds 7, and its number format shows something else." in problem


@pytest.mark.parametrize(
    "typed", ["25%*", "25% (p)", "25%\u00b9", "10 of 50", "25,5%", "about 25%", "25-30%", "c"]
)
def test_a_target_with_anything_beside_it_is_asked_about(workbook: Path, typed: str) -> None:
    change(workbook, "Targets", "D5", typed)
    (problem,) = problems_of(workbook)
    assert "Targets!D5: " in problem
    assert "is not a figure. Type the figure to reach" in problem


def test_a_ref_that_excel_shows_with_its_zero_keeps_it(workbook: Path) -> None:
    change(workbook, "Indicators", "A4", 1.1, "0.00")
    for row in range(4, 30):
        if load_workbook(workbook)["Targets"][f"A{row}"].value == WORKED.indicators[0].ref:
            change(workbook, "Targets", f"A{row}", "1.10")
    assert read_here(workbook).indicators[0].ref == "1.10"


@pytest.mark.parametrize("mark", [{"vertAlign": "superscript"}, {"strike": True}])
def test_a_target_of_which_a_part_is_raised_or_struck_through_is_asked_about(
    workbook: Path, mark: dict[str, Any]
) -> None:
    book = load_workbook(workbook)
    book["Targets"]["D4"] = CellRichText("42", TextBlock(InlineFont(**mark), "1"))
    book.save(workbook)
    (problem,) = problems_of(workbook)
    assert problem.startswith("register.xlsx, Targets!D4: 421 is struck through, raised or lowered")


def test_words_that_are_struck_through_are_asked_about_and_raised_letters_are_words(
    workbook: Path,
) -> None:
    book = load_workbook(workbook)
    wording = book["Indicators"]["C4"]
    said = str(wording.value)
    wording.value = CellRichText(said, TextBlock(InlineFont(vertAlign="superscript"), "2"))
    book.save(workbook)
    assert read_here(workbook).indicators[0].wording == f"{said}2"
    book["Indicators"]["C4"].value = CellRichText(said, TextBlock(InlineFont(strike=True), "2"))
    book.save(workbook)
    assert [(f.cell, f.code) for f in findings_of(workbook)] == [("C4", "R22")]


def test_a_row_that_is_struck_through_whole_is_asked_about(workbook: Path) -> None:
    book = load_workbook(workbook)
    filled = [cell for cell in book["Targets"][4] if cell.value is not None]
    for cell in filled:
        cell.font = Font(strike=True)
    book.save(workbook)
    found = [(f.cell, f.code) for f in findings_of(workbook)]
    assert found == [(cell.coordinate, "R22") for cell in filled]


def test_a_raised_digit_in_a_ref_is_asked_about(workbook: Path) -> None:
    book = load_workbook(workbook)
    ref = CellRichText("P1-", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    book["Indicators"]["A4"] = ref
    book.save(workbook)
    assert ("A4", "R22") in [(f.cell, f.code) for f in findings_of(workbook)]


@pytest.mark.parametrize("typed", ["45\n120", "45\u2028120", "-\n45"])
def test_a_target_of_two_lines_is_asked_about(workbook: Path, typed: str) -> None:
    change(workbook, "Targets", "D4", typed)
    (problem,) = problems_of(workbook)
    assert problem.startswith("register.xlsx, Targets!D4: The cell holds 2 lines: ")
    assert problem.endswith("[R44]")


def corpus_sheets(path: Path, changes: dict[tuple[str, str], Cell]) -> list[Sheet]:
    """The sheets of a register, some cells changed, as the corpus's writers take them."""
    made = []
    for each in load_workbook(path).worksheets:
        rows = [
            tuple(
                changes.get((each.title, cell.coordinate))
                or (
                    Shown(cell.value, cell.number_format.partition(";")[0], str(cell.value))
                    if isinstance(cell.value, (int, float))
                    else Shown(cell.value.date(), "dd/mm/yyyy", f"{cell.value:%d/%m/%Y}")
                    if isinstance(cell.value, datetime)
                    else cell.value
                )
                for cell in row
            )
            for row in each.iter_rows()
        ]
        made.append(sheet(each.title, *rows))
    return made


MARKED: tuple[tuple[Cell, str], ...] = (
    (rich(struck("88"), "99"), "R22"),
    (rich("99", raised("1")), "R22"),
    (Shown(99, "0", "99", STRUCK), "R22"),
    ("45\n120", "R44"),
)


@pytest.mark.parametrize("writer", [own_xls, own_xlsb, own_ods], ids=lambda each: each.__name__)
def test_a_target_that_says_two_things_is_asked_about_in_every_kind_of_workbook(
    workbook: Path, writer: ModuleType
) -> None:
    as_it_was = writer.workbook(corpus_sheets(workbook, {}))
    books = [writer.workbook(corpus_sheets(workbook, {("Targets", "D4"): c})) for c, _ in MARKED]
    workbook.write_bytes(as_it_was)
    assert replace(read_here(workbook), sha256="") == WORKED
    for book, (_, code) in zip(books, MARKED, strict=True):
        workbook.write_bytes(book)
        found = [(f.sheet, f.cell, f.code) for f in findings_of(workbook)]
        assert found == [("Targets", "D4", code)]


# --- Nothing is decided without a word -----------------------------------------------------------


def two_settings(path: Path) -> None:
    book = load_workbook(path)
    book["Framework"].append(["tolerance ", 0.1])
    book.save(path)


def two_sheets(path: Path) -> None:
    book = load_workbook(path)
    book.create_sheet("Service-areas").append(["Ref", "Name", "Lead", "E-mail"])
    book["Service-areas"].sheet_state = "hidden"
    book.save(path)


def two_values(path: Path) -> None:
    change(path, "Framework", "D3", "value")


def merged(path: Path) -> None:
    book = load_workbook(path)
    book["Targets"].merge_cells("H4:H6")
    book.save(path)


def merged_from_outside(path: Path) -> None:
    book = load_workbook(path)
    sheet: Worksheet = book["Recipients"]
    sheet.insert_cols(3)
    sheet["C4"] = "appendix"
    sheet["D4"] = None
    sheet.merge_cells("C4:D4")
    book.save(path)


@pytest.mark.parametrize(
    ("break_it", "code", "place", "says"),
    [
        (two_settings, "R08", f"Framework!A{4 + len(FRAMEWORK.columns)}",
         'The setting "tolerance" stands here and in A8. Keep one of the two rows'),
        (two_sheets, "R04", "the file",
         'The sheets "Service areas" and "Service-areas" bear the same name'),
        (two_values, "R06", "Framework!D3", 'Two columns are headed "Value"; the other is B3.'),
        (merged, "R09", "Targets!H4", "The cells H4:H6 are merged, and only the first"),
        (merged_from_outside, "R09", "Recipients!C4", "The cells C4:D4 are merged"),
    ],
)  # fmt: skip
def test_what_is_given_twice_or_for_several_is_asked_about(
    workbook: Path, break_it: Callable[[Path], None], code: str, place: str, says: str
) -> None:
    break_it(workbook)
    finding = findings_of(workbook)[0]
    assert (finding.code, finding.place, finding.severity) == (code, place, Severity.ERROR)
    assert says in f"{finding.problem} {finding.fix}"
    assert problems_of(workbook)[0].endswith(f"[{code}]")


@pytest.mark.parametrize("typed", ["=1+1", '=""&1'])
def test_a_row_of_nothing_but_formulas_without_results_is_named(workbook: Path, typed: str) -> None:
    book = load_workbook(workbook)
    row = book["Targets"].max_row + 1
    for column in range(1, 9):
        book["Targets"].cell(row, column, typed)
    book.save(workbook)
    assert {finding.code for finding in findings_of(workbook)} == {"R11"}


def test_an_error_value_is_named_in_every_kind_of_column(workbook: Path) -> None:
    for cell in ("A5", "C5", "D5", "H5"):
        change(workbook, "Targets", cell, "#N/A")
    codes = [(finding.cell, finding.code) for finding in findings_of(workbook)]
    assert codes == [(cell, "R12") for cell in ("A5", "C5", "D5", "H5")]


# --- Other kinds of workbook ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The worked register, saved by LibreOffice in each format, and called register.xlsx."""
    soffice = need("soffice")
    folder = tmp_path_factory.mktemp("saved")
    write_register(WORKED, folder / "register.xlsx")
    made = {}
    for kind in ("xlsx", "xls", "ods"):
        subprocess.run(
            [soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
             "--convert-to", kind, "--outdir", str(folder / kind), str(folder / "register.xlsx")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        made[kind] = (folder / kind / f"register.{kind}").rename(folder / kind / "as.xlsx")
    return made


@pytest.mark.outside
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_register_saved_by_another_program_says_the_same(
    saved: dict[str, Path], kind: str
) -> None:
    assert repr(replace(read_here(saved[kind]), sha256="")) == repr(WORKED)


# --- The sandbox ---------------------------------------------------------------------------------


def test_a_register_that_takes_too_long_is_stopped(workbook: Path) -> None:
    book = load_workbook(workbook)
    for row in range(2, 30_000):
        book["Priorities"].cell(row, 40, "own words")
    book.save(workbook)
    with pytest.raises(RegisterError) as raised:
        inspect_register(workbook, Limits(seconds=0))
    (problem,) = raised.value.problems
    assert problem.startswith("register.xlsx: Reading the register was stopped: it took longer")
    assert raised.value.findings[0].code == "R02"


def test_a_register_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>' % (n, n, b"x" * 30_000)
        for n in range(10, 12_000)
    )
    rewrite(path, "xl/worksheets/sheet2.xml", rb"</sheetData>", rows + b"</sheetData>")
    with pytest.raises(RegisterError) as raised:
        inspect_register(path, Limits(memory_mb=200))
    assert raised.value.findings[0].code == "R02"


def test_other_sheets_are_not_opened(workbook: Path) -> None:
    book = load_workbook(workbook)
    book.create_sheet("Notes of ours")["A1"] = "#REF!"
    book.save(workbook)
    rewrite(workbook, "xl/worksheets/sheet8.xml", rb"<sheetData>", b"<sheetData><row><broken")
    assert replace(inspect_register(workbook)[0], sha256="") == WORKED


def test_a_figure_of_an_indicator_that_is_not_known_is_taken_as_it_stands(workbook: Path) -> None:
    change(workbook, "Targets", "A5", "P2-9")
    change(workbook, "Targets", "D5", 0.25)
    assert [finding.cell for finding in findings_of(workbook)] == ["A5"]
    assert read_here_value(workbook) == Decimal("0.25")


def read_here_value(path: Path) -> Decimal | None:
    """The target of the second row once its indicator is known as a ratio."""
    change(path, "Targets", "A5", "P6-4")
    change(path, "Targets", "A9", "P2-2")
    change(path, "Indicators", "E9", "ratio")
    return read_here(path).targets[1].value
