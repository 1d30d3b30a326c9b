"""The copy that goes back is the sender's own workbook: marked in its package, and nothing lost."""

from __future__ import annotations

import re
import subprocess
import time
import warnings
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet as Sheet

from pipeline.outputs.correction import CorrectionCopy
from pipeline.outputs.correction.in_place.sheet import HIGHLIGHT
from pipeline.outputs.correction.notes import AUTHOR
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import read_grids
from pipeline.workbooks.seal import remark_on, seal
from schemas import rules as c
from schemas.fields import LIST_SHEET
from schemas.findings import Finding
from tests.corpus.reading import returned
from tests.support.hidden_workbooks import HIDDEN
from tests.support.own_workbooks import (
    CONVERSATION,
    FIGURES,
    KEPT,
    ODD,
    SML,
    TAKEN_OUT,
    Make,
    altered,
    replacing,
    with_part,
    written,
)
from tests.support.package_faults import faults, outside
from tests.support.programs import need
from tests.support.sampled import sampled

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BAD = c.NOT_A_FIGURE.found("Figures", "B3", "about 40", example="40")
BLANK = c.STATUS_UNKNOWN.found("Figures", "B9", "")
LIVE = {**TAKEN_OUT, **{f"{name}, hidden": each for name, each in HIDDEN.items()}}
EVERY = {**KEPT, **{name: make for name, (make, _) in LIVE.items()}, "talk": CONVERSATION}
#: openpyxl sees no sheets in a strict workbook, and does not open the others.
NOT_OF_OPENPYXL = {
    *("strict", "strict with a comment", "no styles", "odd colours", "number that is none"),
    *("comments of nobody", "a thousand levels"),
}
#: Parts that change whenever a sheet is put in and a cell marked.
_CHANGING = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml"
    r"|xl/(?:comments/)?comments?\d+\.xml|xl/drawings/\w+\.vml"
)


@cache
def _copied(make: Make, findings: tuple[Finding, ...]) -> tuple[bytes, bytes]:
    """What is made, and its copy; several tests look at each of many."""
    with TemporaryDirectory() as folder:
        original, copy = Path(folder, "original.xlsx"), Path(folder, "copy.xlsx")
        make(original)
        CorrectionCopy(original, FileKind.XLSX, findings, "Return.xlsx").write(copy)
        return original.read_bytes(), copy.read_bytes()


def copied(make: Make, folder: Path, *findings: Finding) -> tuple[Path, Path]:
    original, copy = folder / "original.xlsx", folder / "copy.xlsx"
    for path, content in zip((original, copy), _copied(make, findings or (BAD,)), strict=True):
        path.write_bytes(content)
    return original, copy


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def opened(path: Path) -> Workbook:
    with warnings.catch_warnings():
        # Of what openpyxl leaves out when it saves; here it only reads.
        warnings.filterwarnings("ignore", module=r"openpyxl\.")
        return openpyxl.load_workbook(path)


def highlighted(book: Workbook) -> set[str]:
    return {
        f"{sheet.title}!{cell}"
        for sheet in book.worksheets
        for formatting in sheet.conditional_formatting
        for rule in formatting.rules
        if rule.formula == [HIGHLIGHT]
        for cell in str(formatting.sqref).split()
    }


def said(path: Path) -> str:
    """The lines above the list."""
    (grid,) = read_grids(path, lambda name: name == LIST_SHEET)
    return "\n".join(str(row[0]) for row in grid.rows[:8])


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before if after.get(name) != before[name]}


@pytest.mark.parametrize("name", sampled(KEPT, 3))
def test_every_part_but_those_that_are_marked_stays_byte_for_byte(
    name: str, tmp_path: Path
) -> None:
    original, copy = copied(KEPT[name], tmp_path)
    before, after = parts(original), parts(copy)
    sheets = {
        each
        for each, content in before.items()
        if b'tabSelected="1"' in content or each.endswith("blatt%20eins.xml")
    }
    marked = {FIGURES, *sheets} | {
        f"{each.rpartition('/')[0]}/_rels/{each.rpartition('/')[2]}.rels"
        for each in (FIGURES, *sheets)
    }
    changed = {each for each in differing(before, after) if not _CHANGING.fullmatch(each)}
    assert changed <= marked
    assert "Taken out" not in said(copy)
    assert before.keys() <= after.keys()


@pytest.mark.parametrize("name", sampled(EVERY, 3))
def test_the_bad_cell_is_marked_and_the_list_stands_in_front(name: str, tmp_path: Path) -> None:
    original, copy = copied(EVERY[name], tmp_path)
    if name in NOT_OF_OPENPYXL:
        grids = [grid.sheet for grid in read_grids(copy)]
        assert grids[:2] == [LIST_SHEET, "Figures"]
        assert HIGHLIGHT.encode().replace(b'"', b"&quot;") in parts(copy)[FIGURES].replace(
            b'"', b"&quot;"
        )
        return
    before, book = opened(original), opened(copy)
    assert book.sheetnames == [LIST_SHEET, *(s for s in before.sheetnames if s != "Macro1")]
    assert book.active.title == LIST_SHEET
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [LIST_SHEET]
    assert highlighted(book) == {"Figures!B3"}
    assert book["Figures"].sheet_state == "visible"
    comment = book["Figures"]["B3"].comment
    assert comment is not None
    assert (BAD.problem in comment.text) is (name != "talk")
    for sheet in before.worksheets:
        for row in sheet.iter_rows() if sheet.title in book.sheetnames else ():
            for cell in row:
                if cell.data_type != "f" and cell.hyperlink is None:
                    assert book[sheet.title][cell.coordinate].value == cell.value


@pytest.mark.parametrize("name", sampled(EVERY, 3))
def test_a_copy_is_a_package_as_the_standard_has_it(name: str, tmp_path: Path) -> None:
    original, copy = copied(EVERY[name], tmp_path)
    known = faults(parts(original))
    assert [each for each in faults(parts(copy)) if each not in known] == []
    assert outside(parts(copy)) == []
    again = tmp_path / "again.xlsx"
    CorrectionCopy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx").write(again)
    assert [each for each in faults(parts(again)) if each not in known] == []


def test_an_old_mark_goes_and_a_rule_beside_it_stays(tmp_path: Path) -> None:
    """Excel puts rules of the same cells together."""
    _, copy = copied(KEPT["plain"], tmp_path)
    beside = '<cfRule type="expression" priority="9"><formula>B3&gt;5</formula></cfRule>'
    altered(lambda _: None, replacing(FIGURES, "</cfRule>", f"</cfRule>{beside}"))(copy)
    again = tmp_path / "again.xlsx"
    CorrectionCopy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx").write(again)
    book = opened(again)
    assert highlighted(book) == {"Figures!B9"}
    rules = {str(f.sqref): f.rules for f in book["Figures"].conditional_formatting}
    assert [rule.formula for rule in rules["B3"]] == [["B3>5"]]


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
    (grid,) = read_grids(copy, lambda name: name == "Figures")
    assert grid.value(2, 3) == 721


def test_a_comment_that_stood_there_is_kept_and_others_are_as_they_were(tmp_path: Path) -> None:
    _, copy = copied(KEPT["comments"], tmp_path)
    sheet = opened(copy)["Figures"]
    assert sheet["B3"].comment.author == AUTHOR
    assert sheet["B3"].comment.text.endswith("As the police count it")
    assert (sheet["B5"].comment.text, sheet["B5"].comment.author) == (
        "Left as it was",
        "Data officer",
    )


@pytest.mark.parametrize(
    ("words", "author"),
    [
        ("Totals: ---\n12", "Data officer"),
        ("Quarterday:\nask them about this", "Data officer"),
        ("As agreed", "Quarterday"),
        ("A" * 32_000, "Data officer"),
    ],
)
def test_a_comment_comes_back_when_the_cell_is_right(
    words: str, author: str, tmp_path: Path
) -> None:
    def make(path: Path) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Figures"
        sheet["B3"].comment = Comment(words, author)
        sheet["B5"].comment = Comment(words, author)
        book.save(path)

    _, copy = copied(make, tmp_path)
    again = tmp_path / "again.xlsx"
    CorrectionCopy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx").write(again)
    sheet = opened(again)["Figures"]
    assert sheet["B3"].comment.text == sheet["B5"].comment.text == words
    assert sheet["B5"].comment.author == author


def test_a_comment_comes_back_with_its_looks(tmp_path: Path) -> None:
    runs = '<r><rPr><b/></rPr><t>Bold</t></r><r><t xml:space="preserve"> plain</t></r>'

    def rich(parts: dict[str, bytes]) -> None:
        text = parts["xl/comments1.xml"].decode()
        parts["xl/comments1.xml"] = re.sub(
            r"<text>.*?</text>", f"<text>{runs}</text>", text
        ).encode()

    _, copy = copied(altered(KEPT["comment on the cell"], rich), tmp_path)
    assert f"{runs}</text>" in parts(copy)["xl/comments1.xml"].decode()
    again = tmp_path / "again.xlsx"
    CorrectionCopy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx").write(again)
    assert f"<text>{runs}</text>" in parts(again)["xl/comments1.xml"].decode()


def test_a_cell_has_one_box(tmp_path: Path) -> None:
    for name in ("comment on the cell", "note in single quotes", "shape without an end"):
        _, copy = copied(KEPT[name], tmp_path)
        boxes = parts(copy)["xl/drawings/vmlDrawing1.vml"]
        assert boxes.count(b"<x:Row>2</x:Row>") == 1, name
        assert (b"s1099" in boxes) is (name == "shape without an end")


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
    CorrectionCopy(tmp_path / "original.xlsx", FileKind.XLSX, findings, "Return.xlsx").write(
        tmp_path / "copy.xlsx"
    )
    assert time.process_time() - begun < 4
    assert "laid out" not in said(tmp_path / "copy.xlsx")


def test_a_conversation_stays_and_the_list_says_where(tmp_path: Path) -> None:
    _, copy = copied(CONVERSATION, tmp_path)
    assert "Cells with a conversation of comments keep it (Figures!B3)" in said(copy)
    assert highlighted(opened(copy)) == {"Figures!B3"}


def test_a_locked_cell_to_be_corrected_can_be_typed_in(tmp_path: Path) -> None:
    _, copy = copied(KEPT["protected sheet"], tmp_path, BAD, BLANK)
    sheet = parts(copy)[FIGURES].decode()
    assert '<protectedRange sqref="B3 B9" name="Quarterday"/>' in sheet
    assert opened(copy)["Figures"].protection.sheet


def test_a_cell_that_is_not_there_is_marked_too(tmp_path: Path) -> None:
    _, copy = copied(KEPT["plain"], tmp_path, BLANK)
    book = opened(copy)
    assert highlighted(book) == {"Figures!B9"}
    assert BLANK.problem in book["Figures"]["B9"].comment.text


def test_names_of_one_sheet_stay_with_their_sheet(tmp_path: Path) -> None:
    original, copy = copied(KEPT["names and print areas"], tmp_path)
    before, after = opened(original), opened(copy)
    for sheet in before.worksheets:
        mine = after[sheet.title]
        assert mine.print_title_rows == sheet.print_title_rows
        assert mine.print_area == sheet.print_area
        assert mine.defined_names.keys() == sheet.defined_names.keys()
    assert after.defined_names["Rate"].value == "0.05"
    assert after[LIST_SHEET].print_title_rows


@pytest.mark.parametrize("name", ["plain", "comments", "conditional format", "protected sheet"])
def test_a_copy_that_comes_back_wrong_is_marked_afresh(name: str, tmp_path: Path) -> None:
    original, copy = copied(KEPT[name], tmp_path)
    again = tmp_path / "again.xlsx"
    CorrectionCopy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx").write(again)
    book = opened(again)
    assert book.sheetnames == [LIST_SHEET, *opened(original).sheetnames]
    assert highlighted(book) == {"Figures!B9"}
    before = opened(original)["Figures"]["B3"].comment
    after = book["Figures"]["B3"].comment
    assert (after.text if after else None) == (before.text if before else None)
    assert parts(again).keys() == parts(copy).keys()


def test_the_same_return_gives_the_same_copy(tmp_path: Path) -> None:
    original, first = copied(KEPT["comments"], tmp_path)
    second = tmp_path / "second.xlsx"
    CorrectionCopy(original, FileKind.XLSX, (BAD,), "Return.xlsx").write(second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_marked_in_place_comes_back_as_its_cells_and_says_so(
    name: str, tmp_path: Path
) -> None:
    _, copy = copied(ODD[name], tmp_path)
    assert "laid out in a way that could not be marked" in said(copy)
    book = opened(copy)
    assert highlighted(book) == {"Figures!B3"}
    assert book["Figures"]["B3"].value == 102


def _converted(folder: Path, files: Iterable[Path], kind: str) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [need("soffice"), profile, "--headless", "--convert-to", kind, "--outdir",
               str(folder / kind), *map(str, files)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def test_libreoffice_opens_every_copy_with_its_marks(tmp_path: Path) -> None:
    need("soffice")
    copies = []
    for number, make in enumerate(EVERY.values()):
        (tmp_path / str(number)).mkdir()
        _, copy = copied(make, tmp_path / str(number))
        copies.append(copy.rename(tmp_path / f"copy{number}.xlsx"))
    _converted(tmp_path, copies, "xlsx")
    for number, name in enumerate(EVERY):
        book = opened(tmp_path / "xlsx" / f"copy{number}.xlsx")
        assert book.sheetnames[0] == LIST_SHEET, name
        assert any(
            "B3" in str(formatting.sqref) and AUTHOR in str(rule.formula)
            for formatting in book["Figures"].conditional_formatting
            for rule in formatting.rules
        ), name
        comment = book["Figures"]["B3"].comment
        assert comment is not None, name


def test_a_copy_that_comes_back_as_it_went_is_read_and_marked_like_any_other(
    tmp_path: Path,
) -> None:
    _, copy = copied(KEPT["comments"], tmp_path)
    (back,) = returned([copy])
    assert back.reading.is_as_sent
    codes = [finding.code for finding in back.findings]
    assert codes[0] == "F15"
    assert "L02" in codes
    again = tmp_path / "again.xlsx"
    CorrectionCopy(copy, FileKind.XLSX, back.findings, "Return.xlsx").write(again)
    assert f"{len(codes)} things must be corrected" in said(again)
    assert highlighted(opened(again)) == set()


def test_a_seal_of_somebody_elses_brings_nothing_live_back(tmp_path: Path) -> None:
    """Anybody can compute what the seal is."""
    forged, copy = tmp_path / "forged.xlsx", tmp_path / "copy.xlsx"
    TAKEN_OUT["macros"][0](forged)
    with zipfile.ZipFile(forged, "a") as archive:
        seal(archive, "Please pay at https://evil.example")
    (back,) = returned([forged])
    CorrectionCopy(forged, FileKind.XLSX, back.findings, "Return.xlsx").write(copy)
    assert "xl/vbaProject.bin" not in parts(copy)
    assert remark_on(copy) == "1 macro project"


def test_a_copy_that_was_saved_again_is_read_anew(tmp_path: Path) -> None:
    _, copy = copied(KEPT["comments"], tmp_path)
    book = openpyxl.load_workbook(copy)
    book["Figures"]["B3"] = 40
    book.save(copy)
    (back,) = returned([copy])
    assert "F15" not in {finding.code for finding in back.findings}
