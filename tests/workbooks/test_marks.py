"""Cells that are struck out, raised or lowered, in whole or in part, in every kind of workbook."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from pipeline.workbooks.details import details_of, merged_of
from pipeline.workbooks.details.detail import BrokenPartError, Marks, marked_places
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.workbook import open_workbook
from tests.corpus.sheets import (
    BOLD,
    LOWERED,
    RAISED,
    STRUCK,
    Cell,
    Font,
    Rich,
    Run,
    Shown,
    Span,
    raised,
    rich,
    sheet,
    struck,
)
from tests.corpus.writers import own_ods, own_xls, own_xlsb, own_xlsx, with_xlsxwriter
from tests.support.containers import BEGIN, FINISH, compound_file, open_document, records, repacked

WRITERS = {
    "xlsxwriter": (FileKind.XLSX, with_xlsxwriter.workbook),
    "own.xlsx": (FileKind.XLSX, own_xlsx.workbook),
    "own.xls": (FileKind.XLS, own_xls.workbook),
    "own.xlsb": (FileKind.XLSB, own_xlsb.workbook),
    "own.ods": (FileKind.ODS, own_ods.workbook),
}
#: What stands in each row of the first column, and its marks.
CELLS: tuple[tuple[Cell, Marks], ...] = (
    ("99", Marks.NONE),
    (99, Marks.NONE),
    (rich("9", Run("9", BOLD)), Marks.NONE),
    (rich(struck("88"), "99"), Marks.STRUCK),
    (rich("99", raised("1")), Marks.SHIFTED),
    (rich("99", Run("1", LOWERED)), Marks.SHIFTED),
    (rich("99", raised("1"), struck("88")), Marks.SHIFTED | Marks.STRUCK),
    (rich("99", Run("1", Font(struck=True, raised=True))), Marks.SHIFTED | Marks.STRUCK),
    (Rich((struck("88"),)), Marks.STRUCK),
    (Shown(99, "0", "99", STRUCK), Marks.STRUCK),
    (Shown("99", "@", "99", STRUCK), Marks.STRUCK),
    (Shown("99", "@", "99", RAISED), Marks.SHIFTED),
    (Shown(0.99, "0%", "99%", BOLD), Marks.NONE),
)


@pytest.mark.parametrize("writer", WRITERS)
def test_the_marks_of_a_cell_are_those_of_its_font_and_of_its_runs(
    tmp_path: Path, writer: str
) -> None:
    kind, write = WRITERS[writer]
    path = tmp_path / "book"
    path.write_bytes(write([sheet("Figures", *((cell,) for cell, _ in CELLS))]))
    places = [(row, column) for row in range(len(CELLS) + 2) for column in range(2)]
    expected = {(row, 0): marks for row, (_, marks) in enumerate(CELLS) if marks}
    assert marked_places(details_of(path.read_bytes(), kind), "Figures", places) == expected


@pytest.mark.parametrize("writer", WRITERS)
def test_ranges_merged_in_any_kind_of_workbook_are_known(tmp_path: Path, writer: str) -> None:
    kind, write = WRITERS[writer]
    path = tmp_path / "book"
    first = sheet("First", ("Ref", Span("Actual", 2)), ("1.1", Span(45, down=2), 7))
    path.write_bytes(write([first, sheet("Second", ("Ref", "Actual"), ("1.1", 45))]))
    grids, _ = open_workbook(path.read_bytes(), kind)
    assert [sorted(map(tuple, grid.merged)) for grid in grids] == [
        [(0, 1, 0, 2), (1, 1, 2, 1)],
        [],
    ]


def test_an_xlsb_cut_short_within_its_merged_ranges_is_broken(tmp_path: Path) -> None:
    book = own_xlsb.workbook([sheet("First", (Span("Actual", 2),))])
    path = tmp_path / "book"

    def cut(name: str, part: bytes) -> bytes:
        if "sheet1" not in name:
            return part
        at = part.index(b"\xb0\x01\x10")
        return part[:at] + b"\xb0\x01\x02\0\0" + part[at + 19 :]

    path.write_bytes(repacked(book, cut))
    with pytest.raises(BrokenPartError):
        merged_of(path.read_bytes(), FileKind.XLSB)


# --- .xls: texts that go on in another record ----------------------------------------------------

_PLAIN_FONT = struct.pack("<5H", 220, 0, 0x7FFF, 400, 0) + bytes(4)
_STRUCK_FONT = struct.pack("<5H", 220, 8, 0x7FFF, 400, 0) + bytes(4)
_RAISED_FONT = struct.pack("<5H", 220, 0, 0x7FFF, 400, 1) + bytes(4)
#: Fonts 0 to 3, 5 and 6: there is none of number 4.
_FONTS = [(0x0031, font) for font in [_PLAIN_FONT] * 4 + [_STRUCK_FONT, _RAISED_FONT]]


def xls(texts: list[tuple[int, bytes]], cells: list[tuple[int, bytes]]) -> bytes:
    """A workbook whose texts are these records; they say how many there are."""

    def body(start: int) -> bytes:
        return records(
            BEGIN,
            *_FONTS,
            (0x00E0, bytes(20)),
            (0x0085, struct.pack("<IHBB", start, 0, 1, 0) + b"S"),
            *texts,
            FINISH,
        )

    return compound_file({"Workbook": body(len(body(0))) + records(BEGIN, *cells, FINISH)})


def shared(*rows: int) -> list[tuple[int, bytes]]:
    return [(0x00FD, struct.pack("<3HI", row, 0, 0, index)) for row, index in enumerate(rows)]


def marks_in(path: Path, book: bytes, rows: int) -> list[Marks]:
    path.write_bytes(book)
    found = details_of(path.read_bytes(), FileKind.XLS)("S", [(row, 0) for row in range(rows)])
    return [found.cells[row, 0].marks for row in range(rows)]


def text(words: str, *runs: tuple[int, int], wide: bool = False, more: bytes = b"") -> bytes:
    """A shared text with the fonts of its runs, and what may follow them."""
    options = wide | (8 if runs else 0) | (4 if more else 0)
    body = struct.pack("<HB", len(words), options)
    body += struct.pack("<H", len(runs)) if runs else b""
    body += struct.pack("<I", len(more)) if more else b""
    body += words.encode("utf-16-le" if wide else "latin-1")
    return body + b"".join(struct.pack("<2H", *run) for run in runs) + more


TEXTS = (
    text("plain"),
    text("88" + "99", (0, 5)),
    text("wide", wide=True),
    text("991", (2, 6), wide=True, more=b"phonetics"),
    text("bold", (0, 1)),
    text("x" * 40, (3, 5), (9, 6)),
    text("last"),
)
_EXPECTED = [
    *(Marks.NONE, Marks.STRUCK, Marks.NONE, Marks.SHIFTED),
    *(Marks.NONE, Marks.STRUCK | Marks.SHIFTED, Marks.NONE),
]


def cut_texts(at: int) -> list[tuple[int, bytes]] | None:
    """The texts in two records, the second from that byte on; None where none may be cut."""
    head = struct.pack("<2I", len(TEXTS), len(TEXTS))
    end = len(head)
    for each in TEXTS:
        start, end = end, end + len(each)
        if start <= at < end:
            break
    length, options = struct.unpack_from("<HB", each)
    characters = 3 + 2 * bool(options & 8) + 4 * bool(options & 4)
    width = 1 + (options & 1)
    inside = at - start - characters
    # A text's head is never cut, nor a character.
    if (at > start and inside < 0) or (0 < inside < length * width and inside % width):
        return None
    whole = head + b"".join(TEXTS)
    again = bytes([options & 1]) if at - start and inside < length * width else b""
    return [(0x00FC, whole[:at]), (0x003C, again + whole[at:])]


def test_texts_that_go_on_in_another_record_keep_their_marks(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    whole = 8 + sum(map(len, TEXTS))
    cuts = [cut for at in range(8, whole) if (cut := cut_texts(at))]
    assert len(cuts) >= 100
    for cut in cuts:
        book = xls(cut, shared(*range(len(TEXTS))))
        assert marks_in(path, book, len(TEXTS)) == _EXPECTED


def test_a_text_that_goes_on_in_wider_letters_keeps_its_marks(tmp_path: Path) -> None:
    head = struct.pack("<2I", 2, 2) + struct.pack("<HBH", 5, 8, 1)
    rest = b"\1" + "99".encode("utf-16-le") + struct.pack("<2H", 3, 5) + text("last")
    book = xls([(0x00FC, head + b"100"), (0x003C, rest)], shared(0, 1))
    assert marks_in(tmp_path / "old.xls", book, 2) == [Marks.STRUCK, Marks.NONE]


def test_a_text_with_its_runs_in_its_own_record_keeps_its_marks(tmp_path: Path) -> None:
    letters = struct.pack("<HB", 3, 0) + b"991"
    rich_text = struct.pack("<3H", 0, 0, 0) + letters + struct.pack("<H2H", 1, 2, 6)
    plain_text = struct.pack("<3H", 1, 0, 0) + letters + struct.pack("<H", 0)
    book = xls([], [(0x00D6, rich_text), (0x00D6, plain_text)])
    assert marks_in(tmp_path / "old.xls", book, 2) == [Marks.SHIFTED, Marks.NONE]


@pytest.mark.parametrize("length", range(8, 8 + sum(map(len, TEXTS)) - 1, 7))
def test_texts_cut_short_are_broken_and_never_something_else(tmp_path: Path, length: int) -> None:
    whole = struct.pack("<2I", len(TEXTS), len(TEXTS)) + b"".join(TEXTS)
    path = tmp_path / "old.xls"
    try:
        found = marks_in(path, xls([(0x00FC, whole[:length])], shared(*range(7))), 7)
    except BrokenPartError:
        return
    # Cut between two texts, it holds fewer of them.
    assert all(
        marks in (Marks.NONE, expected) for marks, expected in zip(found, _EXPECTED, strict=True)
    )


# --- .ods: styles that stem from others ----------------------------------------------------------

_STYLES = (
    '<style:style style:name="{name}" style:family="{family}"{parent}>'
    "<style:text-properties {said}/></style:style>"
)


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        ('style:text-line-through-style="solid"', Marks.STRUCK),
        ('style:text-line-through-type="double"', Marks.STRUCK),
        ('style:text-line-through-style="none" style:text-line-through-type="none"', Marks.NONE),
        ('style:text-position="super 58%"', Marks.SHIFTED),
        ('style:text-position="-33% 58%"', Marks.SHIFTED),
        ('style:text-position="33%"', Marks.SHIFTED),
        ('style:text-position="0% 100%"', Marks.NONE),
        ('fo:font-weight="bold"', Marks.NONE),
    ],
)
@pytest.mark.parametrize("way", ["cell", "parent", "paragraph", "run"])
def test_the_styles_of_an_open_document_say_what_is_marked(
    tmp_path: Path, said: str, marks: Marks, way: str
) -> None:
    family = {"paragraph": "paragraph", "run": "text"}.get(way, "table-cell")
    styles = _STYLES.format(name="marked", family=family, said=said, parent="")
    if way == "parent":
        parent = ' style:parent-style-name="marked"'
        styles += _STYLES.format(name="own", family=family, said='fo:color="#f00"', parent=parent)
    own = {"cell": "marked", "parent": "own"}.get(way, "")
    paragraph = ' text:style-name="marked"' if way == "paragraph" else ""
    run = '<text:span text:style-name="marked">1</text:span>' if way == "run" else "1"
    book = open_document(
        f'<table:table table:name="S"><table:table-row><table:table-cell table:style-name="{own}" '
        f'office:value-type="string"><text:p{paragraph}>99{run}</text:p></table:table-cell>'
        "</table:table-row></table:table>"
    )
    names = (
        ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
        ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    )
    path = tmp_path / "open.ods"
    path.write_bytes(
        repacked(
            book,
            lambda name, part: (
                part.replace(
                    b"<office:body>",
                    f"<office:automatic-styles>{styles}</office:automatic-styles>"
                    "<office:body>".encode(),
                ).replace(b"<office:document-content", f"<office:document-content{names}".encode())
                if name == "content.xml"
                else part
            ),
        )
    )
    found = marked_places(details_of(path.read_bytes(), FileKind.ODS), "S", [(0, 0)])
    assert found == ({(0, 0): marks} if marks else {})
