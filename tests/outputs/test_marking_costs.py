"""What it costs to mark a workbook, whatever there is much of."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet as Sheet

from pipeline.outputs.correction import CorrectionCopy
from pipeline.workbooks.file_kind import FileKind
from schemas import rules as c
from schemas.findings import Finding
from tests.support.copies import (
    BAD,
    KEPT,
    said,
    write_copy,
)
from tests.support.own_workbooks import (
    FIGURES,
    Make,
    altered,
    replacing,
    written,
)


def _many_links(number: int) -> Make:
    def fill(_: Writer, sheet: Sheet) -> None:
        for each in range(number):
            sheet.write_url(each + 10, 5, f"https://evil.example/{each}")

    return written(fill)


def _many_names(number: int) -> Make:
    def fill(book: Writer, sheet: Sheet) -> None:
        for each in range(number):
            book.define_name(f"N_{each}_x", f"='[1]S'!$A${each + 1}")
            for row in range(4):
                formula = f"=SUM(A{row + 1}:B{each + 1})*IF(C{each + 1}>0,1,2)"
                sheet.write_formula(each * 4 + row + 10, 5, formula, None, 1)

    return written(fill)


def _many_pictures(number: int) -> Make:
    said = "".join(
        f'<Relationship Id="x{each}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/image" Target="https://evil.example/{each}" TargetMode="External"/>'
        for each in range(number)
    )
    rels = "xl/drawings/_rels/drawing1.xml.rels"
    return altered(KEPT["picture"], replacing(rels, "</Rel", f"{said}</Rel"))


def _many_shapes(number: int) -> Make:
    shapes = '<v:shape id="y"/>' * number
    return altered(
        KEPT["comment on the cell"],
        replacing("xl/drawings/vmlDrawing1.vml", "</xml>", f"{shapes}</xml>"),
    )


def _many_merged(number: int) -> Make:
    return written(
        lambda _, s: [s.merge_range(each + 20, 5, each + 20, 6, "x") for each in range(number)]
    )


@pytest.mark.parametrize(
    "make",
    [
        *(_many_links(4_000), _many_names(2_000), _many_pictures(2_000), _many_shapes(8_000)),
        _many_merged(4_000),
    ],
    ids=["links", "names", "pictures", "shapes", "merged"],
)
def test_much_of_one_kind_takes_no_longer_than_there_is_of_it(make: Make, tmp_path: Path) -> None:
    """Each of them took ten seconds and more, which is all that there is."""
    findings = [
        (c.NOT_A_FIGURE.found if row % 2 else c.LOOKS_UNKNOWN.found)(
            "Figures", f"B{row}", "about 40", example="40"
        )
        for row in range(1, 2_001)
    ]
    make(tmp_path / "original.xlsx")
    begun = time.process_time()
    write_copy(
        tmp_path / "original.xlsx", FileKind.XLSX, findings, "Return.xlsx", tmp_path / "copy.xlsx"
    )
    assert time.process_time() - begun < 4
    assert "laid out" not in said(tmp_path / "copy.xlsx")


def _peak(original: Path, *findings: Finding) -> int:
    """The most bytes that are held at a time while a workbook is marked."""
    copy, content = CorrectionCopy(FileKind.XLSX, findings, "Return.xlsx"), original.read_bytes()
    # What is made once stays.
    copy.marked(content)
    tracemalloc.start()
    try:
        copy.marked(content)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_no_more_than_one_sheet_is_held_at_a_time_and_that_once(tmp_path: Path) -> None:
    """All that changes in a sheet of any size is its frame, and few of its cells."""
    cells = "".join(f'<c r="{column}1"><v>{1 / 7}</v></c>' for column in "ABCDEFGH")
    sheet = "".join(f'<row r="{row}">{cells}</row>' for row in range(20, 10_020))
    size = len(sheet)

    def fill(book: Writer, _: Sheet) -> None:
        book.add_worksheet("Second").write("A1", 1)
        book.add_worksheet("Third").write("A1", 1)

    many = [f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)]
    make = altered(
        written(fill), *(replacing(each, "</sheetData>", f"{sheet}</sheetData>") for each in many)
    )
    make(tmp_path / "original.xlsx")
    bad = [
        c.NOT_A_FIGURE.found(name, "B3", "about 40", example="40")
        for name in ("Figures", "Second", "Third")
    ]
    assert size < _peak(tmp_path / "original.xlsx", *bad) < 1.5 * size


def test_a_sheet_is_not_held_while_it_is_written(tmp_path: Path) -> None:
    """What packs it takes as much as a small one, and is there by then."""
    row = "".join(f'<c r="{column}1"><v>{1 / 7}</v></c>' for column in "ABCDEFGH")
    sheet = "".join(f'<row r="{number}">{row}</row>' for number in range(20, 1_300))
    make = altered(
        written(lambda *_: None), replacing(FIGURES, "</sheetData>", f"{sheet}</sheetData>")
    )
    make(tmp_path / "original.xlsx")
    assert _peak(tmp_path / "original.xlsx", BAD) < 2 * len(sheet)


def test_the_figures_that_a_chart_keeps_cost_no_more_than_their_bytes(tmp_path: Path) -> None:
    points = "".join(f'<c:pt idx="{each}"><c:v>{each}</c:v></c:pt>' for each in range(50_000))
    cache = f'<c:numCache><c:ptCount val="50000"/>{points}</c:numCache></c:numRef>'
    make = altered(KEPT["chart"], replacing("xl/charts/chart1.xml", "</c:numRef>", cache))
    make(tmp_path / "original.xlsx")
    assert _peak(tmp_path / "original.xlsx", BAD) < 4 * len(cache)
