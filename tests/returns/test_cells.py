"""What a cell says is all of it: its letters, lines, format and bounds; what is doubtful is asked.

The layouts and what a person reads in them are those of the corpus.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Reading
from pipeline.workbooks.file_kind import FileKind
from tests.corpus.layout import NOW, cover, lines
from tests.corpus.layout import REGISTER as CORPUS_REGISTER
from tests.corpus.sheets import Shown, sheet
from tests.corpus.writers import own_ods, own_xls, own_xlsb, with_xlsxwriter
from tests.support.builders import PERIOD, SAFETY, small_register

# --- One cell at a time --------------------------------------------------------------------------

REGISTER = small_register()


class Sent:
    """A return of a cover and one table, as openpyxl writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = Workbook()
        cover = self.book.active
        assert cover is not None
        cover.title = "Cover"
        cover.append(["Service area", SAFETY.name])
        cover.append(["Period", PERIOD.name])
        self.sheet = self.book.create_sheet("Indicators")
        self.sheet.append(["Ref", "Indicator", "Performance", "Status", "Commentary"])
        for indicator in REGISTER.indicators_of(SAFETY.ref):
            self.sheet.append([indicator.ref, indicator.wording])
        self.rows = {str(row[0].value): row[0].row for row in self.sheet.iter_rows(min_row=2)}

    def at(self, ref: str, column: str) -> str:
        return f"{column}{self.rows[ref]}"

    def read(self) -> Reading:
        self.book.save(self.path)
        return read_workbook(self.path.read_bytes(), FileKind.XLSX, REGISTER)

    def found(self) -> list[tuple[str, str]]:
        """The cells of the findings, with their codes."""
        return [(f.cell, f.code) for f in self.read().findings]


@pytest.fixture
def sent(tmp_path: Path) -> Sent:
    return Sent(tmp_path / "return.xlsx")


def marked(words: str, part: str, **font: object) -> CellRichText:
    return CellRichText(words, TextBlock(InlineFont(**font), part))


def test_a_struck_out_state_status_or_comment_is_asked_about(sent: Sent) -> None:
    sheet = sent.sheet
    sheet[sent.at("P2-1", "C")] = marked("On track", " Delayed", strike=True)
    sheet[sent.at("P1-1", "C")] = 4605
    sheet[sent.at("P1-1", "D")] = marked("Final", "1", vertAlign="superscript")
    sheet[sent.at("P1-1", "E")] = marked("Fewer at night.", " Or not.", strike=True)
    row = sent.rows["P1-1"]
    assert set(sent.found()) == {(f"C{sent.rows['P2-1']}", "V21"), (f"D{row}", "V21"),
                                 (f"E{row}", "V21")}  # fmt: skip


def test_a_raised_letter_in_words_is_one_of_them(sent: Sent) -> None:
    sent.sheet[sent.at("P1-1", "C")] = 4605
    sent.sheet[sent.at("P1-1", "E")] = marked("120 m", "2", vertAlign="superscript")
    sent.sheet[sent.at("P1-5", "C")] = marked("CO", "2", vertAlign="subscript")
    reading = sent.read()
    assert reading.findings == []
    rows = {row.indicator: row for row in reading.rows}
    assert (rows["P1-1"].commentary, rows["P1-5"].narrative) == ("120 m2", "CO2")


def test_a_raised_letter_that_the_register_has_too_belongs_to_the_wording(sent: Sent) -> None:
    wording = next(i.wording for i in REGISTER.indicators if i.ref == "P1-1")
    cell = sent.at("P1-1", "B")
    sent.sheet[sent.at("P1-1", "C")] = 4605
    sent.sheet[cell] = marked(wording[:-1], wording[-1], vertAlign="superscript")
    assert sent.found() == []
    sent.sheet[cell] = marked(wording, "1", vertAlign="superscript")
    assert (cell, "V21") in sent.found()
    sent.sheet[cell] = marked(wording[:-1], wording[-1], strike=True)
    assert sent.found() == [(cell, "V21")]


def test_a_marked_blank_cell_is_blank(sent: Sent) -> None:
    for column in "CDE":
        sent.sheet[sent.at("P1-1", column)].font = Font(strike=True)
    assert sent.found() == []


def test_a_ref_that_is_a_number_is_read_as_the_sheet_shows_it(tmp_path: Path) -> None:
    shown = {"1.1": Shown(1.1, "0.0", "1.1"), "1.10": Shown(1.1, "0.00", "1.10")}
    rows = [(shown.get(ref, ref), *rest) for ref, *rest in lines(NOW)]
    # Wordings of nobody's, so that only the refs name the indicators.
    rows = [(ref, f"What is counted, {n}", *rest[1:]) for n, (ref, *rest) in enumerate(rows)]
    sheets = [cover(), sheet("Indicators", ("Ref", "Indicator", "Actual"), *rows)]
    for kind, writer in (
        (FileKind.XLSX, with_xlsxwriter),
        (FileKind.XLS, own_xls),
        (FileKind.XLSB, own_xlsb),
        (FileKind.ODS, own_ods),
    ):
        path = tmp_path / "book"
        path.write_bytes(writer.workbook(sheets))
        reading = read_workbook(path.read_bytes(), kind, CORPUS_REGISTER)
        values = {row.indicator: row.value for row in reading.rows}
        assert (values["1.1"], values["1.10"]) == (4605, 120_000), kind
        assert {row.seen["ref"] for row in reading.rows} == {"1.1", "1.2", "1.10", "1.11"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (date(2015, 12, 10), "[$-F800]dddd, mmmm dd, yyyy"),
        (date(2015, 12, 10), "[$-407]d. mmmm yyyy"),
        (0.5, "# ?/?"),
        (12, ";;;"),
        ("As planned", ";;;"),
    ],
)
def test_words_whose_looks_cannot_be_told_are_asked_about(
    sent: Sent, value: object, code: str
) -> None:
    cell = sent.at("P1-1", "E")
    sent.sheet[sent.at("P1-1", "C")] = 4605
    sent.sheet[cell] = value
    sent.sheet[cell].number_format = code
    assert sent.found() == [(cell, "V26")]


def test_a_narrative_that_excel_converted_is_printed_as_shown(sent: Sent) -> None:
    cell = sent.at("P1-5", "C")
    sent.sheet[cell] = date(2015, 12, 10)
    sent.sheet[cell].number_format = "d-mmm"
    assert {row.indicator: row.narrative for row in sent.read().rows}["P1-5"] == "10-Dec"


def test_achievements_are_printed_as_shown_and_never_where_struck_out(sent: Sent) -> None:
    sheet = sent.book.create_sheet("Achievements")
    sheet.append(["Priority", "Achievement"])
    sheet.append(["More independence", 0.25])
    sheet["B2"].number_format = "0%"
    sheet.append(["More independence", "Opened a centre\nHired a nurse"])
    sheet.append(["More independence", marked("Opened", " two", strike=True)])
    sheet.append(["More independence", date(2015, 12, 10)])
    sheet["B5"].number_format = "[$-F800]dddd, mmmm dd, yyyy"
    reading = sent.read()
    assert [each.text for each in reading.achievements] == [
        *("25%", "Opened a centre", "Hired a nurse"),
    ]
    assert [(f.cell, f.code) for f in reading.findings] == [("B4", "V21"), ("B5", "V26")]


# --- Merged cells --------------------------------------------------------------------------------


def test_a_figure_merged_over_two_indicators_is_asked_about_in_both(sent: Sent) -> None:
    first, second = sent.rows["P1-1"], sent.rows["P1-2"]
    assert second == first + 1
    sent.sheet[f"C{first}"] = 4605
    sent.sheet.merge_cells(f"C{first}:C{second}")
    reading = sent.read()
    assert [(f.cell, f.code) for f in reading.findings] == [(f"C{first}", "V25"),
                                                            (f"C{second}", "V25")]  # fmt: skip
    assert f"(C{first}:C{second})" in reading.findings[0].problem
    assert all(row.value is None for row in reading.rows)


def test_a_figure_merged_over_another_heading_is_asked_about(sent: Sent) -> None:
    row = sent.rows["P1-1"]
    sent.sheet[f"C{row}"] = 4605
    sent.sheet.merge_cells(f"C{row}:D{row}")
    assert sent.found() == [(f"C{row}", "V25")]


def test_a_row_merged_downwards_whole_is_one_row(sent: Sent) -> None:
    row = sent.rows["P1-1"]
    sent.sheet.insert_rows(row + 1)
    sent.sheet[f"C{row}"] = 4605
    for column in "ABCDE":
        sent.sheet.merge_cells(f"{column}{row}:{column}{row + 1}")
    reading = sent.read()
    assert reading.findings == []
    assert {each.indicator: each.value for each in reading.rows}["P1-1"] == 4605


# --- What a row is called ------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["Total", "GRAND TOTAL", "Average", "Overall"])
def test_a_row_that_is_called_a_total_is_no_indicators(sent: Sent, word: str) -> None:
    cell = sent.at("P1-1", "B")
    sent.sheet[cell] = word
    sent.sheet[sent.at("P1-1", "C")] = 4605
    (finding,) = sent.read().findings
    assert (finding.cell, finding.code) == (cell, "L04")
    assert "though the reference beside it is one" in finding.problem
