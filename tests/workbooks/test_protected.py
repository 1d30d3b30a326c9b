"""What is protected is said to be, by whatever it is protected and however its file is made."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline.intake.scan import Arrival, examine
from pipeline.returns.reader import read_workbook
from pipeline.workbooks.completeness import lacks_bytes, lacks_content
from pipeline.workbooks.compound import WORKBOOKS, stream
from pipeline.workbooks.file_kind import FileKind, identify, looked_into
from schemas.findings import Severity
from tests.corpus.layout import NOW, REGISTER, cover, table
from tests.corpus.writers import own_xls
from tests.support.containers import (
    LOCKED_MANIFEST,
    compound_file,
    open_document,
    parts,
    small_compound_file,
    zipped,
)
from tests.support.locked import as_a_whole, by_cryptoapi, by_rc4, by_xor

SOUND = own_xls.workbook([cover(), table(("Actual",), NOW)])
#: The same content as it is saved by Excel 95 too.
OF_EXCEL_95 = compound_file({"Book": stream(SOUND, WORKBOOKS)})
LOCKED: dict[str, bytes] = {
    "RC4": by_rc4(SOUND, "secret"),
    "CryptoAPI": by_cryptoapi(SOUND, "secret"),
    "XOR": by_xor(SOUND),
    "XOR of Excel 95": by_xor(OF_EXCEL_95),
}


def judged(path: Path, content: bytes) -> tuple[str, str]:
    """The one finding about a file, by its beginning or when it is read: its code and its fix."""
    path.write_bytes(content)
    found = examine(path, file_mb=5)
    assert isinstance(found, Arrival)
    findings = [each for each in found.findings if each.severity is Severity.ERROR]
    (finding,) = findings or read_workbook(content, found.kind, REGISTER).findings
    return finding.code, finding.fix


def in_capitals(content: bytes) -> bytes:
    return compound_file({"WORKBOOK": stream(content, WORKBOOKS)})


def in_a_small_stream(content: bytes) -> bytes:
    """The beginning of the stream, as a workbook of one small sheet lies in its file."""
    return small_compound_file("Workbook", stream(content, WORKBOOKS)[:3000])


def write_protected(content: bytes) -> bytes:
    """A workbook that is also protected against writing, which is said before the password."""
    records = stream(content, WORKBOOKS)
    first = 4 + struct.unpack_from("<2H", records)[1]
    return compound_file({"Workbook": records[:first] + b"\x86\0\0\0" + records[first:]})


def beside_another(content: bytes) -> bytes:
    """As Excel saves for two of its versions at once."""
    records = stream(content, WORKBOOKS)
    return compound_file({"Book": records, "Workbook": records})


@pytest.mark.parametrize(
    "made",
    [bytes, in_capitals, in_a_small_stream, write_protected, beside_another],
    ids=lambda made: made.__name__,
)
@pytest.mark.parametrize("content", LOCKED.values(), ids=LOCKED)
def test_an_old_workbook_with_a_password_is_said_to_have_one(
    tmp_path: Path, content: bytes, made: Callable[[bytes], bytes]
) -> None:
    content = made(content)
    assert not lacks_bytes(content, identify(content))
    assert not lacks_content(content, looked_into(content, FileKind.XLS))
    code, fix = judged(tmp_path / "return.xls", content)
    assert code == "F03"
    assert "remove the password" in fix


@pytest.mark.parametrize("made", [bytes, in_capitals, write_protected, beside_another])
def test_the_same_workbook_without_a_password_has_none(made: Callable[[bytes], bytes]) -> None:
    assert looked_into(made(SOUND), FileKind.XLS) is FileKind.XLS


def test_a_password_is_no_matter_of_where_its_number_stands() -> None:
    """What is behind the workbook's own part belongs to a sheet."""
    records = stream(SOUND, WORKBOOKS).rstrip(b"\0")
    content = compound_file({"Workbook": records + b"\x2f\0\x02\0\1\0"})
    assert looked_into(content, FileKind.XLS) is FileKind.XLS


@pytest.mark.parametrize(
    "content",
    [
        as_a_whole(),
        open_document("", more={"META-INF/manifest.xml": LOCKED_MANIFEST, "content.xml": b"\x8a"}),
        open_document("", more={"encrypted-package": b"\x8a\x91"}),
        zipped({"META-INF/manifest.xml": LOCKED_MANIFEST, "content.xml": b"\x8a"}),
    ],
    ids=["since 2007", "OpenDocument by parts", "OpenDocument as a whole", "without its kind"],
)
def test_a_newer_workbook_with_a_password_is_said_to_have_one(
    tmp_path: Path, content: bytes
) -> None:
    assert judged(tmp_path / "return.xlsx", content)[0] == "F03"


@pytest.mark.parametrize(
    "content",
    [
        as_a_whole("DRMEncryptedTransform"),
        as_a_whole("DRMEncryptedTransform")[:-9000],
        compound_file({"\tDRMContent": bytes(5000), "Workbook": stream(SOUND, WORKBOOKS)}),
    ],
    ids=["since 2007", "cut short", "before 2007"],
)
def test_a_label_that_encrypts_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    code, fix = judged(tmp_path / "return.xlsx", content)
    assert code == "F12"
    assert "label that does not encrypt" in fix


def test_a_label_that_only_marks_changes_nothing(tmp_path: Path) -> None:
    marked = b'<clbl:labelList xmlns:clbl="x"><clbl:label id="{1}" enabled="1"/></clbl:labelList>'
    path = tmp_path / "return.xlsx"
    path.write_bytes(zipped(parts() | {"docMetadata/LabelInfo.xml": marked}))
    found = examine(path, file_mb=5)
    assert isinstance(found, Arrival)
    assert not found.findings
    assert CalamineWorkbook.from_path(path).sheet_names == ["Sheet1"]
