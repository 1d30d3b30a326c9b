"""What is live in a workbook does not come back in its copy, and nothing is left pointing at it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet as Sheet

from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import read_grids
from pipeline.workbooks.seal import remark_on, seal
from schemas import rules as c
from schemas.fields import LIST_SHEET
from schemas.findings import Finding
from tests.corpus.reading import returned
from tests.support.copies import (
    BAD,
    KEPT,
    LIVE,
    SPREADSHEET,
    copied,
    opened,
    parts,
    said,
    write_copy,
)
from tests.support.kept_packages import PIVOT_RULE, pivot_rules
from tests.support.live_workbooks import TAKEN_OUT
from tests.support.own_workbooks import (
    BARE,
    FIGURES,
    OUTSIDE,
    SML,
    Make,
    altered,
    related,
    replacing,
    with_part,
    written,
)
from tests.support.package_faults import faults
from tests.support.sampled import sampled

LATE = c.BY_CODE["C16"].found(due="30 April 2013")


@pytest.mark.parametrize("name", sampled(LIVE, 3))
def test_what_is_live_is_taken_out_and_the_list_says_so(name: str, tmp_path: Path) -> None:
    make, words = LIVE[name]
    _, copy = copied(make, tmp_path)
    assert f"Taken out of this copy, since nothing in it may run or fetch: {words}" in said(copy)
    for part, content in parts(copy).items():
        # The text of a link is words.
        text = (
            ""
            if part == "xl/sharedStrings.xml"
            else content.replace(b"\0", b"").decode("utf-8", "replace")
        )
        for live in ("evil.example", "cmd|", "WEBSERVICE", "vbaProject", "Other.xlsx", "Rates.xlsx",
                     "DataMashup", 'macro="[', "[1]S", "HYPERLINK(&quot;http"):  # fmt: skip
            assert live not in text, (part, live)
        assert not re.search(r"vbaProject|activeX|embeddings|connections|customUI|origin", part)


def test_formulas_that_act_stand_as_their_results_and_others_stay(tmp_path: Path) -> None:
    _, copy = copied(TAKEN_OUT["formulas that act"][0], tmp_path)
    sheet = opened(copy)["Figures"]
    assert [sheet[f"D{row}"].value for row in range(2, 7)] == [
        *("Open", "=SUM(B2:B8)", "fetched", '="HYPERLINK("&A1', 7),
    ]
    (grid,) = read_grids(copy.read_bytes(), lambda name: name == "Figures")
    assert grid.value(2, 3) == 721


def test_a_formula_that_is_cleared_is_not_worked_out(tmp_path: Path) -> None:
    chain = f'<calcChain xmlns="{SPREADSHEET}"><c r="B3" i="1"/></calcChain>'
    make = altered(
        written(lambda _, s: s.write_formula("B3", "=1+1", None, 2)),
        with_part("xl/calcChain.xml", chain, f"{SML}calcChain+xml", "xl/workbook.xml", "calcChain"),
    )
    cleared = c.LOOKS_UNKNOWN.found("Figures", "B3", "2", example="2", rest="2")
    original, copy = copied(make, tmp_path, cleared)
    assert faults(parts(original)) == faults(parts(copy)) == []
    assert opened(copy)["Figures"]["B3"].value is None


def test_a_formula_over_several_cells_is_none_when_it_is_stilled(tmp_path: Path) -> None:
    array = "=_xlfn._xlws.FILTER([1]S!A1:A3,B2:B4)"
    make = written(lambda _, s: s.write_dynamic_array_formula("E2:E4", array, None, 5))
    _, copy = copied(make, tmp_path)
    assert re.findall(rb'<c r="E2"[^>]*>', parts(copy)[FIGURES]) == [b'<c r="E2">']


def test_names_and_formulas_that_only_look_live_stay(tmp_path: Path) -> None:
    _, copy = copied(KEPT["sheets with names of functions"], tmp_path)
    book = opened(copy)
    assert book["Figures"]["D2"].value == "=Total*2+'A|B'!A1"
    assert "Total" in book.defined_names
    assert book["Register (2)"].print_area


def test_a_seal_of_somebody_elses_brings_nothing_live_back(tmp_path: Path) -> None:
    """Anybody can compute what the seal is."""
    forged, copy = tmp_path / "forged.xlsx", tmp_path / "copy.xlsx"
    TAKEN_OUT["macros"][0](forged)
    with zipfile.ZipFile(forged, "a") as archive:
        seal(archive, "Please pay at https://evil.example")
    (back,) = returned([forged])
    write_copy(forged, FileKind.XLSX, back.findings, "Return.xlsx", copy)
    assert "xl/vbaProject.bin" not in parts(copy)
    assert remark_on(copy) == "1 macro project"


def _linked(formula: str, rest: str = "") -> Make:
    cell = f'<c r="H2" s="0" t="str"><f>{escape(formula)}</f>{rest}</c></row><row r="3"'
    return altered(BARE, replacing(FIGURES, '</row><row r="3"', cell))


@pytest.mark.parametrize("rest", ["", "<v/>", "<v></v>"])
@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ('HYPERLINK("https://evil.example/a","Open & see")', "Open & see"),
        ('HYPERLINK( "https://evil.example/a" , "Say ""yes""" )', 'Say "yes"'),
        ('HYPERLINK("https://evil.example/a")', "https://evil.example/a"),
        ('hyperlink("https://evil.example/a","")', ""),
        ('HYPERLINK("https://evil.example/a",A1)', None),
        ('HYPERLINK("https://evil.example/"&A1,"Open")', None),
        ('"See "&HYPERLINK("https://evil.example/a","Open")', None),
    ],
)
def test_a_link_without_a_result_stands_as_what_it_shows_where_its_words_say_so(
    formula: str, shown: str | None, rest: str, tmp_path: Path
) -> None:
    _, copy = copied(_linked(formula, rest), tmp_path)
    assert opened(copy)["Figures"]["H2"].value == shown
    assert b"<f>" not in parts(copy)[FIGURES]
    assert faults(parts(copy)) == []


_OPEN = escape('HYPERLINK("https://evil.example/a","Open")')


def _cells(*cells: str) -> Make:
    """A workbook with these cells in its second row."""
    return altered(
        BARE, replacing(FIGURES, '</row><row r="3"', f'{"".join(cells)}</row><row r="3"')
    )


@pytest.mark.parametrize("empty", ["", "<v/>", '<v xml:space="preserve"></v>'])
def test_links_that_share_a_formula_stand_as_what_that_shows(empty: str, tmp_path: Path) -> None:
    make = _cells(
        f'<c r="H2" t="str"><f t="shared" si="4"/>{empty}</c>',
        f'<c r="I2" t="str"><f t="shared" ref="H2:J2" si="4">{_OPEN}</f>{empty}</c>',
        '<c r="J2" t="str"><f t="shared" si="4"/><v>Opened</v></c>',
    )
    _, copy = copied(make, tmp_path)
    sheet = opened(copy)["Figures"]
    assert [sheet[f"{column}2"].value for column in "HIJ"] == ["Open", "Open", "Opened"]
    assert "No result was saved" not in said(copy)
    assert faults(parts(copy)) == []


def test_links_whose_first_cell_is_cleared_stand_as_what_it_showed(tmp_path: Path) -> None:
    make = _cells(
        f'<c r="H2" t="str"><f t="shared" ref="H2:I2" si="4">{_OPEN}</f></c>',
        '<c r="I2" t="str"><f t="shared" si="4"/></c>',
    )
    cleared = c.LOOKS_UNKNOWN.found("Figures", "H2", "2", example="2", rest="2")
    _, copy = copied(make, tmp_path, cleared)
    assert opened(copy)["Figures"]["I2"].value == "Open"


@pytest.mark.parametrize("empty", ["/>", "><v/></c>", ' t="str"><v></v></c>'])
def test_a_link_over_several_cells_stands_in_each_of_them(empty: str, tmp_path: Path) -> None:
    make = _cells(
        f'<c r="H2" cm="1" t="str"><f t="array" ref="H2:J2">{_OPEN}</f></c>',
        f'<c r="I2"{empty}',
        '<c r="J2" t="str"><v>Opened</v></c>',
    )
    _, copy = copied(make, tmp_path)
    sheet = opened(copy)["Figures"]
    assert [sheet[f"{column}2"].value for column in "HIJ"] == ["Open", "Open", "Opened"]
    assert "No result was saved" not in said(copy)
    assert faults(parts(copy)) == []


def test_formulas_of_which_no_result_was_saved_are_named(tmp_path: Path) -> None:
    make = _cells(
        '<c r="H2"><f t="shared" ref="H2:I2" si="1">[1]S!A1</f><v>5</v></c>',
        '<c r="I2"><f t="shared" si="1"/></c>',
        '<c r="J2" t="str"><f t="array" ref="J2:J4">[1]S!A1:A3</f><v></v></c>',
        f'<c r="K2"><f t="array" ref="K2:K3">{_OPEN}</f></c>',
    )
    _, copy = copied(make, tmp_path)
    sheet = opened(copy)["Figures"]
    assert [sheet[f"{column}2"].value for column in "HIJK"] == [5, None, None, "Open"]
    assert (
        "No result was saved with the formulas of Figures!I2, Figures!J2:J4 and Figures!K2:K3"
        in (said(copy))
    )


def test_of_very_many_formulas_without_a_result_the_first_are_named(tmp_path: Path) -> None:
    cells = [f'<c r="{column}2"><f>[1]S!{column}1</f></c>' for column in "HIJKLMNOPQRSTUVWXYZ"]
    _, copy = copied(_cells(*cells), tmp_path)
    assert "Figures!P2, Figures!Q2 and 9 more: these cells are empty" in said(copy)


@pytest.mark.parametrize(
    "cell",
    [f'<c r="H2"><v>1</v><f>{_OPEN}</f></c>', f'<c r="H2"><f>{_OPEN}</f><f>{_OPEN}</f></c>'],
    ids=["result first", "two formulas"],
)
def test_a_formula_in_an_unusual_place_of_its_cell_is_not_guessed_at(
    cell: str, tmp_path: Path
) -> None:
    _, copy = copied(_cells(cell), tmp_path)
    assert faults(parts(copy)) == []
    assert b"HYPERLINK" not in b"".join(parts(copy).values())
    assert "could not be marked (a formula is not laid out as usual)" in said(copy)


def test_a_link_with_a_result_stands_as_that(tmp_path: Path) -> None:
    formula = 'HYPERLINK("https://evil.example/a","Open")'
    _, copy = copied(_linked(formula, "<v>Opened</v>"), tmp_path)
    assert b'<c r="H2" s="0" t="str"><v>Opened</v></c>' in parts(copy)[FIGURES]


def test_a_name_is_live_on_the_sheets_that_know_the_live_one(tmp_path: Path) -> None:
    def fill(book: Writer, sheet: Sheet) -> None:
        data = book.add_worksheet("Data")
        book.define_name("Figures!Tax", "=Data!$A$1")
        book.define_name("Data!Tax", "='[1]S'!$A$2")
        for each in (sheet, data):
            each.write_formula("H1", "=Tax*2", None, 3)
            each.write_formula("H2", "=Data!Tax*2", None, 4)
            each.conditional_format("H1", {"type": "formula", "criteria": "=Tax>1"})

    _, copy = copied(written(fill), tmp_path)
    book = opened(copy)
    assert book["Figures"]["H1"].value == "=Tax*2"
    assert book["Figures"]["H2"].value == 4
    assert [book["Data"][f"H{row}"].value for row in (1, 2)] == [3, 4]
    assert book["Figures"].defined_names.keys() == {"Tax"}
    assert not book["Data"].defined_names
    rules = {s.title: len(s.conditional_formatting) for s in book.worksheets}
    assert rules == {LIST_SHEET: 0, "Figures": 2, "Data": 0}
    assert "1 name that refers elsewhere, 3 formulas" in said(copy)


def test_a_rule_of_a_pivot_table_is_moved_with_that_of_its_sheet(tmp_path: Path) -> None:
    original, copy = copied(PIVOT_RULE, tmp_path)
    assert faults(parts(original)) == faults(parts(copy)) == []
    pivot = parts(copy)["xl/pivotTables/pivotTable1.xml"]
    assert b'<conditionalFormat priority="3">' in pivot
    assert parts(copy)[FIGURES].count(b' priority="3"') == 1


@pytest.mark.parametrize("find", [(BAD,), (LATE,)], ids=["marked", "not marked"])
def test_a_rule_that_is_taken_out_of_a_sheet_goes_from_its_pivot_table_too(
    find: tuple[Finding], tmp_path: Path
) -> None:
    """It stands in both, and the one says by its priority which of the other it is."""
    _, copy = copied(pivot_rules("L2&gt;5", "[1]S!A1&gt;5"), tmp_path, *find)
    after = parts(copy)
    pivot = after["xl/pivotTables/pivotTable1.xml"]
    assert faults(after) == []
    assert re.findall(rb'<conditionalFormats? \w+="\d+"', pivot) == [
        b'<conditionalFormats count="1"',
        b'<conditionalFormat priority="%d"' % (3 if find == (BAD,) else 1),
    ]
    assert "1 rule of a drop-down, a format" in said(copy)


def test_the_formats_of_a_pivot_table_go_with_the_last_of_their_rules(tmp_path: Path) -> None:
    _, copy = copied(pivot_rules("[1]S!A1&gt;5"), tmp_path)
    assert faults(parts(copy)) == []
    assert b"conditionalFormat" not in parts(copy)["xl/pivotTables/pivotTable1.xml"]


def test_a_pivot_table_of_a_cube_is_left_as_one_of_figures(tmp_path: Path) -> None:
    _, copy = copied(LIVE["pivot table of a cube, hidden"][0], tmp_path)
    after = parts(copy)
    cache = after["xl/pivotCache/pivotCacheDefinition1.xml"].decode()
    assert cache.endswith(
        ' saveData="0"><cacheSource type="worksheet"><worksheetSource name="taken_out"/>'
        '</cacheSource><cacheFields count="1"><cacheField name="[D].[A].[A]" caption="A">'
        "<sharedItems/></cacheField></cacheFields></pivotCacheDefinition>"
    )
    assert b'<pageField fld="0"/></pageFields></pivot' in after["xl/pivotTables/pivotTable1.xml"]


def test_a_list_of_tables_goes_with_the_last_of_them(tmp_path: Path) -> None:
    """openpyxl does not open a workbook with a table that is elsewhere."""
    listed = '<tableParts count="1"><tablePart r:id="rId77"/></tableParts></worksheet>'
    make = altered(
        BARE,
        related(FIGURES, "table", "https://evil.example", "rId77", OUTSIDE),
        replacing(FIGURES, "</worksheet>", listed),
    )
    _, copy = copied(make, tmp_path)
    assert faults(parts(copy)) == []
    assert b"tableParts" not in parts(copy)[FIGURES]
    assert opened(copy)["Figures"]["B3"].value == 102


def test_a_frame_goes_with_what_it_led_to_and_a_picture_beside_it_stays(tmp_path: Path) -> None:
    _, copy = copied(LIVE["frames of an add-in, hidden"][0], tmp_path)
    drawing = parts(copy)["xl/drawings/drawing1.xml"].decode()
    assert drawing.count("</xdr:twoCellAnchor>") == 1
    assert "oneCellAnchor" not in drawing
    assert "<xdr:pic>" in drawing
    assert "graphicFrame" not in drawing
