"""Headers and footers of pages, and text boxes, are judged as lines near the figures are."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from openpyxl import load_workbook

from pipeline.returns.reading import Return
from tests.corpus.layout import NOW, WAYS, Layout, cover, lines, table
from tests.corpus.reading import returned
from tests.corpus.register import Q3, SAFETY
from tests.corpus.write import write
from tests.corpus.writers.libreoffice import convert
from tests.returns.test_labels import READ, figures
from tests.returns.test_remarks import said
from tests.support.programs import need

OTHERWISE = ["Q2 DRAFT", "Year to date", "All figures are cumulative", "Figures in £000", "DRAFT"]
HARMLESS = ["Community safety", "Page 1", "Q3 2015/16", "Printed 12 January 2016", "OFFICIAL"]


def with_header(folder: Path, text: str, *, is_footer: bool = False) -> Path:
    path = write(Layout("page", (cover(), table(("Actual",), NOW)), {}), WAYS[0], folder / "p.xlsx")
    book = load_workbook(path)
    page = book["Indicators"]
    (page.oddFooter if is_footer else page.oddHeader).center.text = text
    book.save(path)
    return path


def with_box(folder: Path, text: str) -> Path:
    """The plain return, its percentage written out, with a text box under the figures."""
    path = folder / "box.xlsx"
    with xlsxwriter.Workbook(path) as book:
        first = book.add_worksheet("Cover")
        first.write_row(0, 0, ("Service area", SAFETY.name))
        first.write_row(1, 0, ("Period", Q3))
        sheet = book.add_worksheet("Indicators")
        sheet.write_row(0, 0, ("Ref", "Indicator", "Actual"))
        for row, line in enumerate(lines((4605, "87.5%", 120_000, 12.5)), 1):
            sheet.write_string(row, 0, str(line[0]))
            sheet.write_row(row, 1, line[1:])
        sheet.insert_textbox(7, 1, text)
    return path


def read(path: Path) -> Return:
    return returned([path])[0]


@pytest.mark.parametrize("is_footer", [False, True])
@pytest.mark.parametrize("text", OTHERWISE)
def test_a_header_that_says_otherwise_is_asked_about(
    tmp_path: Path, text: str, is_footer: bool
) -> None:
    made = read(with_header(tmp_path, text, is_footer=is_footer))
    assert said(made) == [("L16", "Indicators")]
    (finding,) = [found for found in made.findings if found.code == "L16"]
    assert finding.problem.startswith(f"{text} (page header or footer) says that the figures")


@pytest.mark.parametrize("text", ["Q2 2015/16", "Return for Q2 2015/16"])
def test_a_header_with_another_period_may_have_been_left_there_and_is_said(
    tmp_path: Path, text: str
) -> None:
    made = read(with_header(tmp_path, text))
    assert (said(made), figures(made)) == ([("L26", "Indicators")], READ)


@pytest.mark.parametrize("text", [*HARMLESS, "&A &P of &N, &D", "Q3 2015/16 &[Tab]", "R&&D"])
def test_a_header_that_says_nothing_of_the_figures_is_passed_over(
    tmp_path: Path, text: str
) -> None:
    made = read(with_header(tmp_path, text))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("text", [*OTHERWISE, "Prepared by J Smith\nFigures are for Q2"])
def test_a_text_box_that_says_otherwise_is_asked_about(tmp_path: Path, text: str) -> None:
    assert said(read(with_box(tmp_path, text))) == [("L16", "Indicators")]


def test_a_text_box_that_is_not_understood_is_said(tmp_path: Path) -> None:
    assert said(read(with_box(tmp_path, "Figures exclude grants"))) == [("L26", "Indicators")]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_box_that_says_nothing_of_the_figures_is_passed_over(
    tmp_path: Path, text: str
) -> None:
    made = read(with_box(tmp_path, text))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.outside
def test_headers_and_boxes_are_heard_in_libreoffice_s_own_format(tmp_path: Path) -> None:
    need("soffice")
    paths = [with_header(tmp_path, "Q2 DRAFT"), with_box(tmp_path, "All figures are cumulative")]
    for made in returned(convert(paths, ".ods", tmp_path, tmp_path / "profile")):
        assert said(made) == [("L16", "Indicators")]


def test_a_drawing_that_cannot_be_read_keeps_no_return_out(tmp_path: Path) -> None:
    path, broken = with_box(tmp_path, "Year to date"), tmp_path / "broken.xlsx"
    with ZipFile(path) as old, ZipFile(broken, "w") as new:
        for name in old.namelist():
            is_drawing = name.endswith("drawing1.xml")
            new.writestr(name, b"<xdr:txBody>" if is_drawing else old.read(name))
    made = read(broken)
    assert (said(made), figures(made)) == ([], READ)
