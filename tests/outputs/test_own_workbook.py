"""The copy that goes back is the sender's own workbook: marked in its package, and nothing lost."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest
import time_machine

from pipeline.outputs.correction.in_place.sheet import HIGHLIGHT
from pipeline.outputs.correction.notes import AUTHOR
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import read_grids
from schemas.fields import LIST_SHEET
from tests.corpus.reading import returned
from tests.support.copies import (
    BAD,
    BLANK,
    EVERY,
    KEPT,
    copied,
    highlighted,
    opened,
    parts,
    said,
    write_copy,
)
from tests.support.odd_workbooks import ODD
from tests.support.own_workbooks import (
    FIGURES,
    Make,
    altered,
    replacing,
)
from tests.support.package_faults import faults, outside
from tests.support.programs import need
from tests.support.sampled import sampled

#: openpyxl sees no sheets in a strict workbook, and does not open the others.
NOT_OF_OPENPYXL = {
    *("strict", "strict with a comment", "odd colours", "number that is none"),
    *("comments of nobody", "a thousand levels", "sheet in capitals"),
}
#: Parts that change whenever a sheet is put in and a cell marked.
_CHANGING = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml"
    r"|xl/(?:comments/)?comments?\d+\.xml|xl/drawings/\w+\.vml"
)


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
        grids = [grid.sheet for grid in read_grids(copy.read_bytes())]
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
    write_copy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx", again)
    assert [each for each in faults(parts(again)) if each not in known] == []


def test_an_old_mark_goes_and_a_rule_beside_it_stays(tmp_path: Path) -> None:
    """Excel puts rules of the same cells together."""
    _, copy = copied(KEPT["plain"], tmp_path)
    beside = '<cfRule type="expression" priority="9"><formula>B3&gt;5</formula></cfRule>'
    altered(lambda _: None, replacing(FIGURES, "</cfRule>", f"</cfRule>{beside}"))(copy)
    again = tmp_path / "again.xlsx"
    write_copy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx", again)
    book = opened(again)
    assert highlighted(book) == {"Figures!B9"}
    rules = {str(f.sqref): f.rules for f in book["Figures"].conditional_formatting}
    assert [rule.formula for rule in rules["B3"]] == [["B3>5"]]


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
    write_copy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx", again)
    book = opened(again)
    assert book.sheetnames == [LIST_SHEET, *opened(original).sheetnames]
    assert highlighted(book) == {"Figures!B9"}
    before = opened(original)["Figures"]["B3"].comment
    after = book["Figures"]["B3"].comment
    assert (after.text if after else None) == (before.text if before else None)
    assert parts(again).keys() == parts(copy).keys()


@pytest.mark.parametrize("make", [KEPT["comments"], ODD["cells twice"], lambda p: p.touch()])
def test_the_same_return_gives_the_same_copy(make: Make, tmp_path: Path) -> None:
    original, first = copied(make, tmp_path)
    second = tmp_path / "second.xlsx"
    with time_machine.travel("2030-01-01"):
        write_copy(original, FileKind.XLSX, (BAD,), "Return.xlsx", second)
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


#: LibreOffice takes the names of parts as they are written, and finds no sheet in the original.
UNFOUND = {"sheet in capitals"}


@pytest.mark.outside
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
        if name in UNFOUND:
            continue
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
    write_copy(copy, FileKind.XLSX, back.findings, "Return.xlsx", again)
    assert f"{len(codes)} things must be corrected" in said(again)
    assert highlighted(opened(again)) == set()


def test_a_copy_that_was_saved_again_is_read_anew(tmp_path: Path) -> None:
    _, copy = copied(KEPT["comments"], tmp_path)
    book = openpyxl.load_workbook(copy)
    book["Figures"]["B3"] = 40
    book.save(copy)
    (back,) = returned([copy])
    assert "F15" not in {finding.code for finding in back.findings}
