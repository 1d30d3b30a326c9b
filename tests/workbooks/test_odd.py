"""Workbooks that are odd are read, and asked about where it cannot be known what a cell shows."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.intake.scan import Arrival, examine
from pipeline.returns.reader import read_cell, read_workbook
from pipeline.returns.reading import Reading
from pipeline.workbooks.compound import WORKBOOKS, stream
from tests.corpus.layout import NOW, REGISTER, cover, table
from tests.corpus.sheets import Sheet, percent
from tests.corpus.writers import own_ods, own_xls, own_xlsb, with_xlsxwriter
from tests.support.containers import (
    Parts,
    binary_record,
    binary_text,
    compound_file,
    zipped,
)
from tests.support.spoilt import (
    Record,
    binary_records,
    old_records,
    unpacked,
    workbook_of_records,
)

SHEETS: Sequence[Sheet] = [cover(), table(("Actual",), NOW)]
XLSX, XLSB = unpacked(with_xlsxwriter.workbook(SHEETS)), unpacked(own_xlsb.workbook(SHEETS))
XLS, ODS = own_xls.workbook(SHEETS), unpacked(own_ods.workbook(SHEETS))
RECORDS = old_records(stream(XLS, WORKBOOKS))
FIGURES = {
    "1.1": Decimal(4605),
    "1.2": Decimal("87.5"),
    "1.10": Decimal(120_000),
    "1.11": Decimal("12.5"),
}
#: Records of [MS-XLS].
LISTED, FORMAT, XF, ROW, BLANK, COLUMNS = 0x0085, 0x041E, 0x00E0, 0x0208, 0x0201, 0x007D


def returned(folder: Path, content: bytes, suffix: str) -> Reading:
    path = folder / f"return{suffix}"
    path.write_bytes(content)
    found = examine(path, file_mb=5)
    assert isinstance(found, Arrival)
    assert found.findings == ()
    return read_workbook(path.read_bytes(), found.kind, REGISTER)


def figures(reading: Reading) -> dict[str, Decimal | None]:
    return {row.indicator: row.value for row in reading.rows}


def told(reading: Reading) -> set[tuple[str, str]]:
    return {(finding.code, finding.cell) for finding in reading.findings}


# --- Packages ------------------------------------------------------------------------------------


def replaced(parts: Parts, name: str, *pairs: tuple[str, str]) -> Parts:
    """The parts with words of one replaced, each of which stands in it."""
    text = parts[name].decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return parts | {name: text.encode()}


def moved(parts: Parts, old: str, new: str) -> Parts:
    """The parts with one of them elsewhere, and what leads to it."""
    target, to = old.removeprefix("xl/"), new.removeprefix("xl/")
    renamed = {(new if name == old else name): part for name, part in parts.items()}
    (rels,) = [name for name in parts if name.startswith("xl/_rels/workbook")]
    return replaced(renamed, rels, (f'"{target}"', f'"{to}"'))


def relationship(kind: str, target: str) -> str:
    """What leads to a sheet of that kind, the ninth of a workbook's relationships."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    if kind == "macrosheet":
        types, kind = "http://schemas.microsoft.com/office/2006/relationships/", "xlMacrosheet"
    return f'<Relationship Id="rId9" Type="{types}{kind}" Target="{target}"/>'


def another_sheet(kind: str) -> Parts:
    """A sheet of charts, dialogs or macros before the others."""
    parts = replaced(
        XLSX, "xl/workbook.xml", ("<sheets>", '<sheets><sheet name="Odd" sheetId="9" r:id="rId9"/>')
    )
    listed = relationship(kind, f"{kind}s/sheet1.xml")
    parts = replaced(
        parts, "xl/_rels/workbook.xml.rels", ("</Relationships>", f"{listed}</Relationships>")
    )
    return parts | {f"xl/{kind}s/sheet1.xml": f"<{kind} xmlns='x'/>".encode()}


FORMAT_OF_PERCENT = re.search(
    r'<numFmt numFmtId="(\d+)" formatCode="0\.0%"/>', XLSX["xl/styles.xml"].decode()
)
assert FORMAT_OF_PERCENT
NUMBER = FORMAT_OF_PERCENT[1]
READ_XLSX: dict[str, Parts] = {
    "a format without attributes": replaced(
        XLSX, "xl/styles.xml", ("</numFmts>", "<numFmt/></numFmts>")
    ),
    "a format without a number": replaced(
        XLSX, "xl/styles.xml", ("</numFmts>", '<numFmt formatCode="0%"/></numFmts>')
    ),
    "one format said twice": replaced(
        XLSX, "xl/styles.xml", ("</numFmts>", f"{FORMAT_OF_PERCENT[0]}</numFmts>")
    ),
    "styles in another part": moved(XLSX, "xl/styles.xml", "xl/odd/looks.xml"),
    "a name in capitals": {
        name.replace("workbook.xml", "WorkBook.XML"): part for name, part in XLSX.items()
    },
    "in another folder": {
        name.replace("xl/", "data/"): part.replace(b"xl/", b"data/") for name, part in XLSX.items()
    },
    "another prefix of relationships": replaced(
        XLSX, "xl/workbook.xml", ("r:id", "q:id"), ("xmlns:r=", "xmlns:q=")
    ),
    "a wrong count of texts": replaced(
        XLSX, "xl/sharedStrings.xml", (" count=", ' count="7" was='), (" uniqueCount=", " so=")
    ),
    "a hidden column that says not where": replaced(
        XLSX,
        "xl/worksheets/sheet2.xml",
        ("<sheetData>", '<cols><col hidden="1"/></cols><sheetData>'),
    ),
    "a module that is nowhere": replaced(
        XLSX,
        "xl/workbook.xml",
        ("</sheets>", '<sheet name="Module1" sheetId="9" r:id=""/></sheets>'),
    ),
    **{
        f"beside a {kind}": another_sheet(kind)
        for kind in ("chartsheet", "dialogsheet", "macrosheet")
    },
}  # fmt: skip


@pytest.mark.parametrize("parts", READ_XLSX.values(), ids=READ_XLSX)
def test_an_odd_workbook_is_read_as_any_other(tmp_path: Path, parts: Parts) -> None:
    suffix = ".xlsm" if any("macrosheet" in name for name in parts) else ".xlsx"
    path = tmp_path / f"return{suffix}"
    path.write_bytes(zipped(parts))
    found = examine(path, file_mb=5)
    assert isinstance(found, Arrival)
    reading = read_workbook(path.read_bytes(), found.kind, REGISTER)
    assert figures(reading) == FIGURES
    assert reading.findings == []


#: What makes the format of the percentage one that nobody can know.
UNKNOWN_XLSX: dict[str, Parts] = {
    "without a code": replaced(
        XLSX, "xl/styles.xml", (FORMAT_OF_PERCENT[0], f'<numFmt numFmtId="{NUMBER}"/>')
    ),
    "defined nowhere": replaced(XLSX, "xl/styles.xml", (FORMAT_OF_PERCENT[0], "")),
    "of two minds": replaced(
        XLSX,
        "xl/styles.xml",
        ("</numFmts>", f'<numFmt numFmtId="{NUMBER}" formatCode="0"/></numFmts>'),
    ),
    "by no number": replaced(
        XLSX, "xl/styles.xml", (f'<xf numFmtId="{NUMBER}"', '<xf numFmtId="percent"')
    ),
    "of a style beyond the last": replaced(
        XLSX, "xl/worksheets/sheet2.xml", ('<c r="C3" s="1"', '<c r="C3" s="99"')
    ),
}


@pytest.mark.parametrize("parts", UNKNOWN_XLSX.values(), ids=UNKNOWN_XLSX)
def test_a_figure_whose_format_cannot_be_known_is_asked_about(tmp_path: Path, parts: Parts) -> None:
    reading = returned(tmp_path, zipped(parts), ".xlsx")
    assert told(reading) == {("V20", "C3")}
    assert figures(reading) == FIGURES | {"1.2": None}


def test_without_its_styles_only_cells_of_the_first_style_are_read(tmp_path: Path) -> None:
    parts = {name: part for name, part in XLSX.items() if name != "xl/styles.xml"}
    reading = returned(tmp_path, zipped(parts), ".xlsx")
    assert told(reading) == {("V20", "C3"), ("V20", "C4")}
    assert figures(reading) == FIGURES | {"1.2": None, "1.10": None}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("xl/styles.xml", "<fonts", "<fonts &"),
        ("xl/styles.xml", "<styleSheet", "<!DOCTYPE x [<!ENTITY e 'x'>]><styleSheet"),
    ],
    ids=["broken styles", "styles with entities"],
)
def test_cells_of_which_it_cannot_be_known_how_they_look_are_not_called_damaged(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    parts = replaced(XLSX, name, (old, new))
    reading = returned(tmp_path, zipped(parts), ".xlsx")
    assert [finding.code for finding in reading.findings] == ["F14"]
    assert "Error" not in reading.findings[0].problem
    assert figures(reading) == {}


# --- Binary workbooks ----------------------------------------------------------------------------


def listed_too(kind: str, name: str) -> Parts:
    """An .xlsb with a sheet of charts, dialogs or macros behind the others."""
    listed = struct.pack("<2I", 0, 9) + binary_text("rId9") + binary_text(name)
    end = binary_record(144)
    book = XLSB["xl/workbook.bin"].replace(end, binary_record(156, listed) + end)
    relation = relationship(kind, f"{kind}s/sheet9.bin")
    parts = replaced(
        XLSB, "xl/_rels/workbook.bin.rels", ("</Relationships>", f"{relation}</Relationships>")
    )
    return parts | {"xl/workbook.bin": book, f"xl/{kind}s/sheet9.bin": binary_record(129)}


@pytest.mark.parametrize("kind", ["chartsheet", "dialogsheet", "macrosheet"])
def test_a_binary_workbook_is_read_beside_sheets_of_another_kind(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "return.xlsb"
    path.write_bytes(zipped(listed_too(kind, "Odd")))
    found = examine(path, file_mb=5)
    assert isinstance(found, Arrival)
    assert figures(read_workbook(path.read_bytes(), found.kind, REGISTER)) == FIGURES


def styles_of_xlsb(change: Callable[[list[Record]], list[Record]]) -> bytes:
    changed = change(binary_records(XLSB["xl/styles.bin"]))
    styles = b"".join(binary_record(kind, body) for kind, body in changed)
    return zipped(XLSB | {"xl/styles.bin": styles})


def test_a_format_of_a_binary_workbook_that_is_of_two_minds_is_asked_about(tmp_path: Path) -> None:
    content = styles_of_xlsb(
        lambda found: [
            made
            for kind, body in found
            for made in [(kind, body), (kind, body.replace(b"%", b"0"))][: 1 + (kind == 44)]
        ]
    )
    reading = returned(tmp_path, content, ".xlsb")
    assert told(reading) == {("V20", "C3")}
    assert figures(reading) == FIGURES | {"1.2": None}


def test_a_binary_workbook_without_styles_is_asked_about_where_one_is_borne(
    tmp_path: Path,
) -> None:
    parts = {name: part for name, part in XLSB.items() if name != "xl/styles.bin"}
    assert told(returned(tmp_path, zipped(parts), ".xlsb")) == {("V20", "C3"), ("V20", "C4")}


# --- Old workbooks -------------------------------------------------------------------------------


def old(change: Callable[[list[Record]], list[Record]]) -> bytes:
    return workbook_of_records(change(list(RECORDS)))


def behind(kind: int, *more: Record) -> Callable[[list[Record]], list[Record]]:
    """Records put behind the last of a kind, or at the beginning of the second sheet."""

    def change(found: list[Record]) -> list[Record]:
        places = [n for n, (each, _) in enumerate(found) if each == kind]
        return [*found[: places[-1] + 1], *more, *found[places[-1] + 1 :]]

    return change


def sheet_of(kind: int, form: int) -> bytes:
    begins = 0x0809, struct.pack("<4H2I", 0x0600, form, 0x0DBB, 0x07CC, 0, 6)
    listed = LISTED, struct.pack("<I4B", 0, 0, kind, 3, 0) + b"Odd"
    return workbook_of_records(
        [*behind(LISTED, listed)(list(RECORDS)), begins, (0x0022, b"\0\0"), (0x000A, b"")]
    )


def percents(change: Callable[[bytes], Sequence[Record]]) -> bytes:
    """The workbook with something in place of the format of its percentage."""
    return old(
        lambda found: [
            made
            for kind, body in found
            for made in (
                change(body)
                if kind == FORMAT and "%".encode("utf-16-le") in body
                else [(kind, body)]
            )
        ]
    )


def named(*names: str) -> bytes:
    return compound_file(dict.fromkeys(names, stream(XLS, WORKBOOKS)))


BEGINNING_OF_SHEET = 0x0809
READ_XLS: dict[str, bytes] = {
    "a stream in capitals": named("WORKBOOK"),
    "a stream in small letters": named("workbook"),
    "of before Excel 97 by name": named("Book"),
    "the same in capitals": named("BOOK"),
    "two streams": named("Book", "Workbook"),
    "a format said twice": percents(lambda body: [(FORMAT, body), (FORMAT, body)]),
    "a blank cell cut short": old(behind(BEGINNING_OF_SHEET, (BLANK, b"\1\0"))),
    "a row cut short": old(behind(BEGINNING_OF_SHEET, (ROW, b"\1\0\0\0"))),
    "columns cut short": old(behind(BEGINNING_OF_SHEET, (COLUMNS, b"\0\0"))),
    "beside a chart": sheet_of(2, 0x0020),
    "beside macros": sheet_of(1, 0x0040),
    "beside a module": sheet_of(6, 0x0006),
}


@pytest.mark.parametrize("content", READ_XLS.values(), ids=READ_XLS)
def test_an_odd_old_workbook_is_read_as_any_other(tmp_path: Path, content: bytes) -> None:
    reading = returned(tmp_path, content, ".xls")
    assert figures(reading) == FIGURES
    assert reading.findings == []


@pytest.mark.parametrize(
    "content",
    [
        percents(lambda body: [(FORMAT, body), (FORMAT, body.replace(b"%", b"0"))]),
        percents(lambda body: [(FORMAT, body[:-2])]),
        percents(lambda _: []),
    ],
    ids=["two formats of one number", "a format cut short", "no format of that number"],
)
def test_a_format_of_an_old_workbook_that_is_not_plain_is_asked_about(
    tmp_path: Path, content: bytes
) -> None:
    reading = returned(tmp_path, content, ".xls")
    assert told(reading) == {("V20", "C3")}
    assert figures(reading) == FIGURES | {"1.2": None}


def test_of_a_workbook_within_a_workbook_nothing_is_read(tmp_path: Path) -> None:
    """What is embedded stands first in the directory; only the root's own is the return."""
    other = [cover(), table(("Actual",), (1, percent("1.0"), 1, 1))]
    embedded = stream(own_xls.workbook(other), WORKBOOKS)
    both = {"Workbook": embedded, "Mine": stream(XLS, WORKBOOKS)}
    content = bytearray(compound_file(both))
    # The root's only child is the second; the first belongs to nothing at the root.
    root = 512 * 2
    struct.pack_into("<I", content, root + 76, 2)
    place = content.index("Mine".encode("utf-16-le"))
    content[place : place + 64] = "Workbook".encode("utf-16-le").ljust(64, b"\0")
    struct.pack_into("<H", content, place + 64, 18)
    reading = returned(tmp_path, bytes(content), ".xls")
    assert figures(reading) == FIGURES
    assert read_cell((tmp_path / "return.xls").read_bytes(), "Indicators", "C2") == "4605"


# --- OpenDocument --------------------------------------------------------------------------------


def test_a_workbook_of_opendocument_without_more_than_its_content_is_read(tmp_path: Path) -> None:
    assert "styles.xml" not in ODS
    reading = returned(tmp_path, zipped(ODS), ".ods")
    assert figures(reading) == FIGURES
    assert reading.findings == []


def test_lines_that_are_broken_between_the_cells_of_opendocument_say_nothing(
    tmp_path: Path,
) -> None:
    laid_out = re.sub(rb"(?=</?table:)", b"\n  ", ODS["content.xml"])
    reading = returned(tmp_path, zipped(ODS | {"content.xml": laid_out}), ".ods")
    assert figures(reading) == FIGURES
    assert reading.findings == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('number:decimal-places="1"', 'number:decimal-places="one"'),
        ('style:name="ce1"', 'style:name="gone"'),
        ('style:data-style-name="N1"', 'style:data-style-name="gone"'),
    ],
    ids=["decimals that are no number", "a style defined nowhere", "a format defined nowhere"],
)
def test_a_style_of_opendocument_that_is_not_plain_is_asked_about(
    tmp_path: Path, old: str, new: str
) -> None:
    reading = returned(tmp_path, zipped(replaced(ODS, "content.xml", (old, new))), ".ods")
    assert told(reading) == {("V20", "C3")}
    assert figures(reading) == FIGURES | {"1.2": None}
