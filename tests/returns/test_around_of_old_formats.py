"""Headers of pages and text boxes in `.xls` and `.xlsb` are heard as those of `.xlsx` are."""

from __future__ import annotations

import struct
from pathlib import Path
from zipfile import ZipFile

import pytest

from pipeline.workbooks import compound
from tests.corpus.layout import NOW, Layout, Way, cover, table
from tests.corpus.reading import returned
from tests.corpus.write import write
from tests.corpus.writers.libreoffice import convert
from tests.returns.test_around import HARMLESS, OTHERWISE, read, with_box, with_header
from tests.returns.test_labels import READ, figures
from tests.returns.test_remarks import said
from tests.support.containers import binary_record, binary_text, compound_file
from tests.support.programs import need

_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
)
_ABSENT, _HEADER, _DRAWING, _END = struct.pack("<I", 0xFFFFFFFF), 479, 550, binary_record(130)


@pytest.mark.outside
def test_what_stands_around_the_cells_of_an_xls_is_heard(tmp_path: Path) -> None:
    need("soffice")
    sources = {}
    for number, text in enumerate([*OTHERWISE, *HARMLESS]):
        for is_footer in (False, True):
            page = with_header(tmp_path, text, is_footer=is_footer)
            sources[page.rename(tmp_path / f"page {number} {is_footer}.xlsx")] = text
        sources[with_box(tmp_path, text).rename(tmp_path / f"box {number}.xlsx")] = text
    paths = convert([*sources], ".xls", tmp_path / "xls", tmp_path / "profile")
    for one, text in zip(returned(paths), sources.values(), strict=True):
        expected = [("L16", "Indicators")] if text in OTHERWISE else []
        assert (one.arrival.path.name, said(one)) == (one.arrival.path.name, expected)


def old(folder: Path, records: bytes) -> Path:
    """The plain return as `.xls`, with records at the end of its second sheet."""
    layout = Layout("around", (cover(), table(("Actual",), NOW)), {})
    path = write(layout, Way("own", ".xls"), folder / "plain.xls")
    stream, end = compound.stream(path.read_bytes(), compound.WORKBOOKS), struct.pack("<2H", 10, 0)
    made = folder / "around.xls"
    made.write_bytes(compound_file({"Workbook": stream[: stream.rindex(end)] + records + end}))
    return made


def first_page(text: str, *, is_footer: bool = False, differs: bool = True) -> bytes:
    """The record of the header or the footer of a sheet's first page ([MS-XLS] 2.4.137)."""
    lengths = [0, 1, 0, len(text)] if is_footer else [0, 1, len(text), 0]
    texts = (struct.pack("<HB", 1, 0) + b"x", struct.pack("<HB", len(text), 1))
    flags = struct.pack("<5H", 2 * differs, *lengths)
    body = bytes(28) + flags + b"".join(texts) + text.encode("utf-16-le")
    return struct.pack("<2H", 0x089C, len(body)) + body


@pytest.mark.parametrize("is_footer", [False, True])
@pytest.mark.parametrize("text", [*OTHERWISE, *HARMLESS])
def test_a_header_of_the_first_page_in_xls_is_heard(
    tmp_path: Path, text: str, is_footer: bool
) -> None:
    made = read(old(tmp_path, first_page(f"&C{text}", is_footer=is_footer)))
    assert (said(made) == [("L16", "Indicators")]) == (text in OTHERWISE)
    assert said(read(old(tmp_path, first_page(f"&C{text}", differs=False)))) == []


def test_a_header_in_xls_that_is_cut_short_keeps_no_return_out(tmp_path: Path) -> None:
    body = first_page("&CDRAFT")[4:]
    for length in range(len(body)):
        made = read(old(tmp_path, struct.pack("<2H", 0x089C, length) + body[:length]))
        assert (said(made), figures(made)) == ([], READ)


def binary(folder: Path, records: bytes, drawing: str = "") -> Path:
    """The plain return as `.xlsb`, with records at the end of its second sheet."""
    path = write(
        Layout("around", (cover(), table(("Actual",), NOW)), {}),
        *(Way("own", ".xlsb"), folder / "plain.xlsb"),
    )
    made = folder / "around.xlsb"
    with ZipFile(path) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet2.bin"):
                part = part.removesuffix(_END) + records + _END
            new.writestr(name, part)
        if drawing:
            new.writestr("xl/worksheets/_rels/sheet2.bin.rels", _RELATIONS)
            new.writestr("xl/drawings/drawing1.xml", drawing)
    return made


def header(first: str, *, differs: bool = False) -> bytes:
    """A header of the first page where it differs, else of every page."""
    texts = [_ABSENT] * 6
    texts[4 if differs else 0] = binary_text(first)
    return binary_record(_HEADER, struct.pack("<H", 2 * differs) + b"".join(texts))


@pytest.mark.parametrize("differs", [False, True])
@pytest.mark.parametrize("text", [*OTHERWISE, *HARMLESS])
def test_a_header_of_pages_in_xlsb_is_heard(tmp_path: Path, text: str, differs: bool) -> None:
    made = read(binary(tmp_path, header(f"&C{text}&R&P", differs=differs)))
    assert said(made) == ([("L16", "Indicators")] if text in OTHERWISE else [])


def test_a_header_of_the_first_page_counts_only_where_it_differs(tmp_path: Path) -> None:
    unused = struct.pack("<H", 0) + _ABSENT * 4 + binary_text("DRAFT") + _ABSENT
    assert said(read(binary(tmp_path, binary_record(_HEADER, unused)))) == []


def test_a_header_in_xlsb_that_is_cut_short_keeps_no_return_out(tmp_path: Path) -> None:
    for length in range(12):
        cut = binary_record(_HEADER, (struct.pack("<H", 0) + binary_text("DRAFT"))[:length])
        made = read(binary(tmp_path, cut))
        assert figures(made) == READ or said(made) == [("L16", "Indicators")]


def test_a_text_box_in_xlsb_is_heard(tmp_path: Path) -> None:
    with ZipFile(with_box(tmp_path, "All figures are cumulative")) as book:
        drawing = book.read("xl/drawings/drawing1.xml").decode()
    of_drawing = binary_record(_DRAWING, binary_text("rId1"))
    assert said(read(binary(tmp_path, of_drawing, drawing))) == [("L16", "Indicators")]
    broken = read(binary(tmp_path, of_drawing, "<txBody>"))
    assert (said(broken), figures(broken)) == ([], READ)
