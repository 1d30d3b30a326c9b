"""Comments on figures in `.xls` and `.xlsb` workbooks are heard as those of `.xlsx` are."""

from __future__ import annotations

import struct
from pathlib import Path
from zipfile import ZipFile

import pytest

from pipeline.workbooks.details.biff_comments import BiffComments
from tests.corpus.layout import NOW, Layout, Way, cover, table
from tests.corpus.reading import returned
from tests.corpus.write import write
from tests.corpus.writers.libreoffice import convert
from tests.returns.test_labels import READ, figures
from tests.returns.test_remarks import commented, said
from tests.support.programs import need

USE = "use 4650 instead"
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/comments" Target="../comments1.bin"/></Relationships>'
)


@pytest.mark.outside
@pytest.mark.parametrize("text", [USE, "use 4650 \u2013 instead"])
def test_a_comment_in_xls_is_heard(tmp_path: Path, text: str) -> None:
    need("soffice")
    path = commented(tmp_path, "C2", text)
    made = returned(convert([path], ".xls", tmp_path, tmp_path / "profile"))[0]
    assert said(made) == [("L26", "Indicators!C2")]


def number(value: int) -> bytes:
    return bytes((value & 0x7F,)) if value < 0x80 else bytes((value & 0x7F | 0x80, value >> 7))


def record(kind: int, body: bytes = b"") -> bytes:
    return number(kind) + number(len(body)) + body


def with_comment(folder: Path, text: str, *, is_cut: bool = False) -> Path:
    """An `.xlsb` with a comment on C2, as Excel writes one ([MS-XLSB] 2.4.28, 2.4.324)."""
    layout = Layout("comment", (cover(), table(("Actual",), NOW)), {})
    path = write(layout, Way("own", ".xlsb"), folder / "plain.xlsb")
    place = struct.pack("<5I16x", 0, 1, 1, 2, 2)
    letters = text.encode("utf-16-le")
    body = b"\0" + struct.pack("<I", len(text)) + letters[: 3 if is_cut else None]
    part = record(628) + record(633) + record(635, place) + record(637, body) + record(636)
    made = folder / "comment.xlsb"
    with ZipFile(path) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/comments1.bin", part[:12] if is_cut else part)
        new.writestr("xl/worksheets/_rels/sheet2.bin.rels", _RELATIONS)
    return made


def test_a_comment_in_xlsb_is_heard(tmp_path: Path) -> None:
    assert said(returned([with_comment(tmp_path, USE)])[0]) == [("L26", "Indicators!C2")]


def test_comments_in_xlsb_that_are_cut_short_keep_no_return_out(tmp_path: Path) -> None:
    (made,) = returned([with_comment(tmp_path, USE, is_cut=True)])
    assert (said(made), figures(made)) == ([], READ)


def read(*records: tuple[int, bytes], is_biff8: bool = True) -> dict[tuple[int, int], str]:
    comments = BiffComments(is_biff8=is_biff8, encoding="cp1252")
    for kind, body in records:
        comments.take(kind, body)
    return comments.said


OBJECT = 0x5D, struct.pack("<4H", 0x15, 0x12, 0x19, 7)
NOTE = 0x1C, struct.pack("<4H", 1, 2, 0, 7)


def text_object(length: int) -> tuple[int, bytes]:
    return 0x1B6, struct.pack("<10xH6x", length)


def test_a_text_may_go_on_in_another_record_and_change_its_letters_width() -> None:
    wide = b"\1" + " \u2013 b".encode("utf-16-le")
    runs = 0x3C, bytes(8)
    records = (OBJECT, text_object(5), (0x3C, b"\0a"), (0x3C, wide), runs, NOTE)
    assert read(*records) == {(1, 2): "a \u2013 b"}


def test_before_excel_97_a_note_holds_its_text() -> None:
    assert read((0x1C, struct.pack("<3H", 1, 2, 3) + b"YTD"), is_biff8=False) == {(1, 2): "YTD"}


@pytest.mark.parametrize(
    "records", [(NOTE,), (OBJECT, text_object(9), NOTE), ((0x3C, b""), (0x1C, b"\1")), (OBJECT,)]
)
def test_comments_in_xls_that_are_cut_short_say_nothing(
    records: tuple[tuple[int, bytes], ...],
) -> None:
    assert read(*records) == {}
