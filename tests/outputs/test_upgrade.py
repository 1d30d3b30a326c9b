"""A register of before is brought forward: what came later stands beside what it holds."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from pipeline.register.differences import differences
from pipeline.register.reader import inspect_register
from schemas.register_layout import SHEETS
from schemas.register_settings import FRAMEWORK
from tests.support.command_line import quarterday
from tests.support.register_fixture import write_worked

BACKUP = Path(__file__).parents[1] / "data" / "workspace-0.2.0.tar.xz"
GREEN = PatternFill("solid", fgColor="FFC6E0B4")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A register of 0.2.0, with what an officer may have put into it."""
    path = tmp_path / "register.xlsx"
    with tarfile.open(BACKUP) as archive:
        (name,) = [each for each in archive.getnames() if each.endswith("register.xlsx")]
        member = archive.extractfile(name)
        assert member is not None
        path.write_bytes(member.read())
    book = load_workbook(path)
    sheet = book["Indicators"]
    own = sheet.max_column + 1
    sheet.cell(1, own, "Asked of")
    sheet.cell(2, own, "the analyst")
    sheet["C2"].fill = GREEN
    sheet["C3"].comment = Comment("Agreed in March", "Officer")
    book.create_sheet("Scratch")["A1"] = "to do"
    book.save(path)
    return path


def upgrade(path: Path, *words: str | Path, code: int = 0) -> str:
    result = quarterday("register", "upgrade", path, *words, "--workspace", path.parent)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def test_it_says_the_very_same_and_has_every_column_and_sheet(old: Path) -> None:
    kept = old.read_bytes()
    said = upgrade(old)
    made = old.with_name("register - upgraded.xlsx")
    assert "Indicators: Due, Due in, When not due" in said
    assert old.read_bytes() == kept
    before, after = (inspect_register(path)[0] for path in (old, made))
    assert differences(before, after) == []
    shown = quarterday("register", "diff", old, made, "--workspace", old.parent)
    assert "says the same as" in shown.stdout
    book = load_workbook(made)
    for layout in SHEETS:
        sheet = book[layout.title]
        there = {cell.value for column in sheet.iter_cols() for cell in column}
        assert {column.heading for column in layout.columns} <= there
        if layout is not FRAMEWORK:
            row = next(each for each in sheet.iter_rows() if each[0].value)
            noted = {cell.value: cell.comment for cell in row if cell.value}
            assert all(noted[column.heading] for column in layout.columns if column.later)
    assert "has everything; nothing is to do." in upgrade(made)


def test_what_an_officer_put_into_it_stays(old: Path) -> None:
    upgrade(old, "--to", old.with_name("new.xlsx"))
    book = load_workbook(old.with_name("new.xlsx"))
    sheet = book["Indicators"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, headings["Asked of"]).value == "the analyst"
    assert headings["Due"] > headings["Asked of"]
    assert sheet["C2"].fill.fgColor.rgb == "FFC6E0B4"
    assert "Agreed in March" in sheet["C3"].comment.text
    assert book["Scratch"]["A1"].value == "to do"


def test_headings_stay_where_they_stand(old: Path) -> None:
    upgrade(old)
    book = load_workbook(old.with_name("register - upgraded.xlsx"))
    for layout in SHEETS:
        first = "Setting" if layout is FRAMEWORK else layout.columns[0].heading
        assert book[layout.title]["A1"].value == first


def test_what_is_new_stands_beside_headings_that_have_a_title_above(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    book = load_workbook(path)
    periods = book["Periods"]
    (table,) = periods.tables.values()
    periods.delete_cols(7)
    periods.data_validations.dataValidation = []
    table.tableColumns.pop()
    table.ref = table.autoFilter.ref = "A3:F5"
    del book.defined_names["PeriodNames"]
    book.save(path)
    assert "Periods: Formerly\n" in upgrade(path)
    made = load_workbook(path.with_name("register - upgraded.xlsx"))
    periods = made["Periods"]
    assert periods["A1"].value == "Register: Periods"
    assert periods["G3"].value == "Formerly"
    assert periods.tables["Periods"].ref == "A3:G5"
    (rule,) = periods.data_validations.dataValidation
    assert str(rule.sqref).startswith("G4:")
    assert made.defined_names["PeriodNames"].value.startswith("'Periods'!$A$4:")


def test_what_is_new_can_be_chosen_from_lists(old: Path) -> None:
    upgrade(old)
    book = load_workbook(old.with_name("register - upgraded.xlsx"))
    sheet = book["Indicators"]
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    rules = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
    }
    assert rules[f"{letters['Due']}2"].startswith('"every period,monthly,quarterly')
    assert rules[f"{letters['First period']}2"] == "PeriodNames"
    assert {"PeriodNames", "ApproverNames"} <= {*book.defined_names}


def test_charts_that_are_lost_are_told(old: Path) -> None:
    book = load_workbook(old)
    book["Scratch"].add_chart(BarChart(), "C3")
    book.save(old)
    assert "It lacks 1 chart or picture that register.xlsx has." in upgrade(old)


def test_nothing_is_written_over(old: Path) -> None:
    there = old.with_name("register - upgraded.xlsx")
    there.write_text("mine")
    assert "is there already" in upgrade(old, code=2)
    assert there.read_text() == "mine"


def test_one_with_a_mistake_is_not_brought_forward(old: Path) -> None:
    book = load_workbook(old)
    book["Indicators"]["G2"] = "lowr"
    book.save(old)
    assert "Indicators!G2" in upgrade(old, code=2)
    assert not old.with_name("register - upgraded.xlsx").exists()
