"""The workbooks keep to the published rules for accessible spreadsheets, rule by rule."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.appendix import appendix_bytes, trends
from pipeline.outputs.appendix.table import Gap
from tests.support.accessibility import RULES, Book, Rule, contrast
from tests.support.accessible_workbooks import DATA_SHEETS, KINDS, Kind, page
from tests.support.report_fixture import of_many, worked_example
from tests.support.summary_reports import over_periods
from tests.support.tables import rows_of_table

PAGE = Path(__file__).parents[2] / "docs" / "accessibility.md"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.number}")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_rule_is_kept_or_broken_for_a_reason(kind: Kind, rule: Rule) -> None:
    faults = kind.faults[rule.number]
    if rule.number not in kind.reasons:
        assert not faults
    else:
        # A reason that nothing needs any more is taken out.
        assert faults or kind.grows


def test_the_data_sheets_pass_36_rules_and_break_no_essential_one() -> None:
    (data,) = (kind for kind in KINDS if kind.name == "data sheets")
    assert sum(data.verdict(rule) == "passed" for rule in RULES) >= 36
    assert not data.reasons


def test_the_page_says_what_is_found() -> None:
    assert PAGE.read_text("utf-8") == page()


Spoil = Callable[[Workbook, Worksheet], object]


def _below(book: Workbook, sheet: Worksheet) -> None:
    sheet.cell(sheet.max_row + 1, 1, "Source: the council")


def _note(book: Workbook, sheet: Worksheet) -> None:
    sheet["A2"] = "This sheet holds one table [note 99]"


def _same_heading(book: Workbook, sheet: Worksheet) -> None:
    (table,) = sheet.tables.values()
    row = int(table.ref.split(":")[0][1:])
    sheet.cell(row, 2).value = sheet.cell(row, 1).value


def _two_looks(book: Workbook, sheet: Worksheet) -> None:
    for row, colour in ((sheet.max_row, "FFC0C0"), (sheet.max_row - 1, "C0FFC0")):
        sheet.cell(row, 2, "In").fill = PatternFill("solid", fgColor=colour)


def _second_table(book: Workbook, sheet: Worksheet) -> None:
    for row, text in enumerate(("Other", "thing"), sheet.max_row + 2):
        sheet.cell(row, 2, text)
    sheet.add_table(Table(displayName="Table2", ref=f"B{sheet.max_row - 1}:B{sheet.max_row}"))


def _empty_row(book: Workbook, sheet: Worksheet) -> None:
    for cell in sheet[sheet.max_row - 1]:
        cell.value = None


def _cell(address: str, **looks: object) -> Spoil:
    def spoil(_: Workbook, sheet: Worksheet) -> None:
        for name, look in looks.items():
            setattr(sheet[address], name, look)

    return spoil


#: By the number of a rule, what breaks it on a sheet that keeps to it.
SPOILT: dict[int, Spoil] = {
    1: _cell("C1", value="By the way"),
    2: _second_table,
    3: lambda _, sheet: sheet.merge_cells("A1:B1"),
    4: _empty_row,
    5: _same_heading,
    6: lambda _, s: setattr(s.row_dimensions[s.max_row], "height", 3),
    7: lambda _, sheet: setattr(sheet.auto_filter, "ref", "A1:B9"),
    8: lambda _, sheet: setattr(sheet, "freeze_panes", "A2"),
    9: lambda _, sheet: sheet.cell(sheet.max_row, 2).__setattr__("value", None),
    10: lambda _, sheet: setattr(sheet.column_dimensions["B"], "hidden", True),
    11: _cell("A2", value="This sheet holds one table*"),
    12: _cell("A2", value="This sheet holds one table; see the footnote"),
    13: lambda _, sheet: sheet.cell(sheet.max_row, 2, "In [note 1]"),
    14: _note,
    15: _cell("A2", value="click here", hyperlink="https://council.example"),
    16: _cell("A2", font=Font(name="Arial", size=9)),
    17: _cell("A2", alignment=Alignment(horizontal="center")),
    18: _cell("A1", value="Returns"),
    19: _cell("A1", style="Normal"),
    20: _cell("A2", value="This sheet holds one table ✔"),
    21: lambda _, sheet: setattr(sheet.oddFooter.left, "text", "Page &P"),
    22: _cell("A2", comment=Comment("Said nowhere else", "A")),
    23: _cell("A2", border=Border(bottom=Side(style="thick"))),
    24: _cell("A2", fill=PatternFill("solid", fgColor="FFFF00")),
    25: _two_looks,
    26: _cell("A2", font=Font(name="Arial", size=12, color="CCCCCC")),
    29: lambda _, sheet: setattr(sheet, "title", "Sheet1"),
    30: lambda book, _: book.create_sheet("Empty"),
    31: _cell("A2", value=None),
    32: _second_table,
    33: _below,
    34: _second_table,
    36: lambda _, sheet: sheet.merge_cells("A1:B1"),
    37: lambda book, _: setattr(book.properties, "creator", ""),
    38: lambda book, _: setattr(book.properties, "language", ""),
    39: lambda book, _: setattr(book, "active", 1),
}


@pytest.fixture(scope="module")
def kept() -> bytes:
    """A workbook of data sheets alone, as openpyxl saves it."""
    book = openpyxl.load_workbook(io.BytesIO(appendix_bytes(worked_example())))
    for name in book.sheetnames:
        if name not in DATA_SHEETS:
            del book[name]
    book.active = 0
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("number", SPOILT)
def test_what_breaks_a_rule_is_found(kept: bytes, number: int) -> None:
    rule = RULES[number - 1]
    assert rule.faults(Book(kept)) == []
    book = openpyxl.load_workbook(io.BytesIO(kept))
    SPOILT[number](book, book.worksheets[0])
    assert rule.faults(Book(_saved(book)))


def test_every_rule_that_is_judged_is_tried() -> None:
    drawn = {27, 28}
    assert set(SPOILT) | drawn == {rule.number for rule in RULES if not rule.is_for_a_person}


def test_a_chart_is_found_with_and_without_alternative_text(kept: bytes) -> None:
    with_chart = Book(appendix_bytes(over_periods(of_many(10, 2))))
    said = {fault.said for fault in RULES[26].faults(with_chart)}
    assert said == {"a chart is drawn on the sheet"}
    assert RULES[26].faults(Book(kept)) == []


def test_no_code_stands_where_a_trend_is_drawn() -> None:
    """Excel would draw it as nought."""
    book = Book(appendix_bytes(of_many(30, quarters=8)))
    sheet = next(each.of for each in book.every if each.name == trends.NAME)
    _, *rows = rows_of_table(sheet.iter_rows(values_only=True))
    figures = [cell for row in rows for cell in row[3:-1]]
    assert None in figures
    assert {type(cell) for cell in figures} <= {int, float, type(None)}
    across = sheet.iter_rows(min_col=4, max_col=sheet.max_column - 1, values_only=True)
    assert not any(set(Gap) & set(row) for row in across)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("FFFFFF", "000000") == pytest.approx(21)
    assert contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)
