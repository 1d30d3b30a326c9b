"""Intake: what is taken from the inbox and what is left, and what each file is by its content."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import Workbook

from pipeline.intake.inbox import Skipped, folder_of, is_idle
from pipeline.intake.scan import INCOMPLETE, OPEN, Arrival, Scan, examine, scan
from pipeline.returns.reader import guard_of, read_returns
from pipeline.workbooks.file_kind import FileKind, identify, looked_into
from pipeline.workbooks.zip_directory import MAX_ENTRIES, MAX_UNPACKED, TooManyPartsError, fault
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.settings import Limits
from tests.support.builders import CARE, SAFETY, small_register
from tests.support.containers import (
    BEGIN,
    FINISH,
    PASSWORD,
    as_entries,
    compound_file,
    old_workbook,
    parts,
    raw_zip,
    records,
    zipped,
)

REGISTER = small_register()
WORKBOOK = zipped(parts())


def look(inbox: Path, settle_seconds: float = 0.0) -> Scan:
    return scan(inbox, REGISTER, Limits(settle_seconds=settle_seconds, incomplete_minutes=0))


def arrival(path: Path, content: bytes, file_mb: int = 50) -> Arrival:
    path.write_bytes(content)
    outcome = examine(path, file_mb=file_mb)
    assert isinstance(outcome, Arrival)
    return outcome


def codes(found: Arrival) -> list[str]:
    return [finding.code for finding in found.findings]


# --- The inbox -----------------------------------------------------------------------------------


def test_a_file_is_known_by_the_hash_of_its_bytes(tmp_path: Path) -> None:
    found = arrival(tmp_path / "return.xlsx", WORKBOOK)
    assert (found.sha256, found.size) == (hashlib.sha256(WORKBOOK).hexdigest(), len(WORKBOOK))
    assert (found.kind, found.findings) == (FileKind.XLSX, ())


def test_files_come_in_the_order_in_which_they_arrived(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.xlsx", "c.xlsx"):
        (tmp_path / name).write_bytes(WORKBOOK)
        time.sleep(0.02)
    assert [a.filename for a in look(tmp_path).arrivals] == ["b.xlsx", "a.xlsx", "c.xlsx"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("~$return.xlsx", "Excel's lock file: someone has return.xlsx open"),
        ("return.xlsx.part", "an unfinished download or copy"),
        ("return.XLSX.CRDOWNLOAD", "an unfinished download or copy"),
        ("return.tmp", "an unfinished download or copy"),
        ("8E7D4A00", "what Excel writes while it saves a return"),
        (".~lock.return.ods#", "LibreOffice's lock file: someone has return.ods open"),
    ],
)
def test_what_is_still_being_written_is_left_with_the_reason(
    tmp_path: Path, name: str, why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(WORKBOOK)
    assert look(tmp_path) == Scan((), (Skipped(path, why),))
    assert is_idle(tmp_path)


@pytest.mark.parametrize("name", [".DS_Store", "._return.xlsx", "Thumbs.db", "desktop.ini"])
def test_what_systems_keep_in_a_folder_is_passed_over_in_silence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert look(tmp_path) == Scan((), ())
    assert is_idle(tmp_path)


def test_a_name_of_eight_digits_is_someones_date_and_is_taken(tmp_path: Path) -> None:
    (tmp_path / "20130430").write_bytes(WORKBOOK)
    assert [a.filename for a in look(tmp_path).arrivals] == ["20130430"]
    assert not is_idle(tmp_path)


@pytest.mark.parametrize("folder", [SAFETY.ref, SAFETY.name, SAFETY.name.upper()])
def test_a_folder_named_after_an_area_binds_what_lies_in_it(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "return.xlsx").write_bytes(WORKBOOK)
    (found,) = look(tmp_path).arrivals
    assert found.folder_area == SAFETY.ref
    assert not is_idle(tmp_path)


def test_a_folder_whose_accents_macos_wrote_apart_is_still_the_areas(tmp_path: Path) -> None:
    area = replace(CARE, name="Gofal cymdeithasol i oedolion â anghenion")
    register = replace(REGISTER, areas=(SAFETY, area))
    folder = tmp_path / unicodedata.normalize("NFD", area.name)
    folder.mkdir()
    (folder / "return.xlsx").write_bytes(WORKBOOK)
    (found,) = scan(tmp_path, register, Limits(settle_seconds=0, incomplete_minutes=0)).arrivals
    assert found.folder_area == area.ref


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("H & P", "H & P"),
        ("H & P", "h&p\u200b"),
        ("Adults and Health", "Adults\u00a0and Health"),
        ("Health/Care", "Health-Care"),
        ("Anti-social behaviour", "Anti\u2011social_behaviour"),
    ],
)
def test_a_folder_may_be_named_after_any_area(tmp_path: Path, name: str, folder: str) -> None:
    register = replace(REGISTER, areas=(SAFETY, replace(CARE, name=name)))
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "return.xlsx").write_bytes(WORKBOOK)
    (found,) = scan(tmp_path, register, Limits(settle_seconds=0, incomplete_minutes=0)).arrivals
    assert found.folder_area == CARE.ref
    assert folder_of(tmp_path, register.areas[1]) == tmp_path / folder


def test_a_folder_with_a_letter_of_another_script_is_no_areas(tmp_path: Path) -> None:
    (tmp_path / "\u0421S").mkdir()
    (skipped,) = look(tmp_path).skipped
    assert skipped.why == "a folder that is no service area's"


def test_a_folder_in_an_areas_folder_is_left_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / SAFETY.ref / CARE.ref).mkdir(parents=True)
    (skipped,) = look(tmp_path).skipped
    assert skipped == Skipped(
        tmp_path / SAFETY.ref / CARE.ref, "a folder that is no service area's"
    )


def test_a_link_out_of_the_inbox_is_not_followed(tmp_path: Path) -> None:
    outside, inbox = tmp_path / "outside", tmp_path / "inbox"
    for folder in (outside, inbox):
        folder.mkdir()
    (outside / "return.xlsx").write_bytes(WORKBOOK)
    (inbox / "return.xlsx").symlink_to(outside / "return.xlsx")
    (inbox / SAFETY.ref).symlink_to(outside, target_is_directory=True)
    found = look(inbox)
    assert found.arrivals == ()
    assert {(s.why, s.is_refused) for s in found.skipped} == {("a symbolic link, not a file", True)}


def test_a_link_to_itself_stops_nothing(tmp_path: Path) -> None:
    link = tmp_path / "return.xlsx"
    link.symlink_to(link)
    assert not is_idle(tmp_path)
    (refused,) = look(tmp_path).skipped
    assert (refused.path, refused.why) == (link, "a symbolic link, not a file")
    assert isinstance(examine(link, file_mb=50), Skipped)


def test_a_link_named_like_an_unfinished_copy_is_a_link(tmp_path: Path) -> None:
    for name in ("~$return.xlsx", "return.tmp", "8E7D4A00"):
        (tmp_path / name).symlink_to("/etc/passwd")
    assert not is_idle(tmp_path)
    assert all(skipped.is_refused for skipped in look(tmp_path).skipped)


def test_a_link_that_a_person_names_is_checked_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "return.xlsx").write_bytes(WORKBOOK)
    link = tmp_path / "link.xlsx"
    link.symlink_to("return.xlsx")
    found = examine(link, file_mb=50)
    assert isinstance(found, Arrival)
    assert (found.path, found.findings) == (link, ())


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "return.xlsx"
    os.mkfifo(pipe)
    refused = Skipped(pipe, "a pipe, not a file", is_refused=True)
    (listed,) = look(tmp_path).skipped
    assert (listed.path, listed.why, listed.is_refused) == (pipe, refused.why, True)
    assert examine(pipe, file_mb=50) == refused


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/dev/zero", "a device, not a file"),
        ("/dev", "a folder, not a file"),
        ("/no such place/return.xlsx", "cannot be read (No such file or directory)"),
    ],
)
def test_a_device_a_folder_and_a_file_that_is_gone_are_skipped(path: str, why: str) -> None:
    outcome = examine(Path(path), file_mb=50)
    assert isinstance(outcome, Skipped)
    assert outcome.why == why


def test_an_inbox_that_is_gone_is_one_clear_line(tmp_path: Path) -> None:
    for look_at in (look, is_idle):
        with pytest.raises(WorkspaceError, match="cannot be listed"):
            look_at(tmp_path / "gone")


def test_a_file_that_changed_a_moment_ago_is_given_time_to_come_to_rest(tmp_path: Path) -> None:
    (tmp_path / "return.xlsx").write_bytes(WORKBOOK)
    started = time.monotonic()
    (found,) = look(tmp_path, settle_seconds=0.3).arrivals
    assert time.monotonic() - started > 0.2
    assert found.findings == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
def test_a_file_that_is_open_to_be_written_is_left_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    with path.open("wb") as file:
        file.write(WORKBOOK)
        file.flush()
        assert look(tmp_path) == Scan((), (Skipped(path, OPEN),))
        assert isinstance(examine(path, file_mb=50), Arrival)
    with path.open("rb"):
        assert [found.path for found in look(tmp_path).arrivals] == [path]


@pytest.mark.parametrize("moment", [-2_000_000_000, 0, 32_503_680_000])
def test_a_file_of_any_date_is_taken_as_it_arrived(tmp_path: Path, moment: int) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(WORKBOOK)
    os.utime(path, (moment, moment))
    (found,) = look(tmp_path, settle_seconds=0.2).arrivals
    assert abs((datetime.now(UTC) - found.arrived_at).total_seconds()) < 60


# --- Names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Rendement année 2012‑13 — été.xlsx", "Rendement année 2012‑13 — été.xlsx"),
        ("التقرير السنوي.xlsx", "التقرير السنوي.xlsx"),
        ("क्षेत्र\u200dय.xlsx", "क्षेत्र\u200dय.xlsx"),
        ("line\r\nBcc: all@council.example.xlsx", "line��Bcc: all@council.example.xlsx"),
        ("bell\x07\x1b[31m.xlsx", "bell��[31m.xlsx"),
        ("exe\u202excod\u2069.xlsx", "exe�xcod�.xlsx"),
        ("next\u0085\u2028page.xlsx", "next��page.xlsx"),
    ],
)
def test_a_name_in_any_script_is_kept_and_what_cannot_be_shown_is_marked(
    tmp_path: Path, name: str, shown: str
) -> None:
    found = arrival(tmp_path / name, WORKBOOK)
    assert (found.filename, found.findings) == (shown, ())


def test_a_name_that_is_no_text_can_be_shown_too(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.xlsx"))
    found = arrival(path, b"")
    assert found.filename == "caf�.xlsx"
    assert found.path.exists()


# --- Kinds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("return.xlsx", WORKBOOK, []),
        ("RETURN.XLSX", WORKBOOK, []),
        ("template.xltx", WORKBOOK, []),
        ("no macros left.xlsm", WORKBOOK, []),
        ("return.xls", WORKBOOK, ["F07"]),
        ("return", WORKBOOK, ["F07"]),
        ("return.xls", old_workbook(), []),
        ("return.xlsx", old_workbook(), ["F07"]),
        ("macros.xlsm", zipped(parts(more={"xl/vbaProject.bin": b"x"})), ["F09"]),
        ("macros.xlsx", zipped(parts(more={"xl/VBAPROJECT.BIN": b"x"})), ["F07", "F09"]),
        ("old macros.xls",
         compound_file({"Workbook": records(BEGIN, FINISH), "_VBA_PROJECT_CUR": b"x"}), ["F09"]),
        ("links.xlsx", zipped(parts(more={"xl/externalLinks/externalLink1.xml": b"x"})), ["F10"]),
        ("database.xlsx", zipped(parts(more={"xl/connections.xml": b"x"})), ["F10"]),
        ("binary.xlsb", zipped({"xl/workbook.bin": b"x", "xl/vbaProject.bin": b"x"}), ["F09"]),
    ],
)  # fmt: skip
def test_a_workbook_is_told_by_its_content_whatever_it_is_called(
    tmp_path: Path, name: str, content: bytes, expected: list[str]
) -> None:
    assert codes(arrival(tmp_path / name, content)) == expected


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        (b"spreadsheetml.sheet.main", FileKind.XLSX),
        (b"sheet.binary.macroEnabled.main", FileKind.XLSB),
        (b"wordprocessingml.document.main", FileKind.WORD),
        (b"vnd.ms-visio.drawing.main", FileKind.ZIP),
    ],
)
def test_a_main_part_of_an_unusual_name_is_told_by_its_content_type(
    named: bytes, kind: FileKind
) -> None:
    content = zipped({"[Content_Types].xml": b"<%s>" % named, "book.xml": b"x"})
    assert identify(content).kind is FileKind.XLSX
    assert looked_into(content, FileKind.XLSX) is kind


@pytest.mark.parametrize(
    "made",
    [
        compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        compound_file({f"Stream {n}": b"x" for n in range(9)} | {"EncryptedPackage": b"x"}),
    ],
    ids=["since 2007", "in a long directory"],
)
def test_a_workbook_with_a_password_is_told_before_it_is_opened(
    tmp_path: Path, made: bytes
) -> None:
    found = arrival(tmp_path / "return.xlsx", made)
    assert codes(found) == ["F03"]
    assert "remove the password" in found.findings[0].fix


def test_an_old_workbook_without_a_password_has_none_wherever_the_number_stands() -> None:
    text = (0x0042, b"\x2f\x00\x36\x00" * 20)
    assert looked_into(old_workbook(text), FileKind.XLS) is FileKind.XLS
    assert looked_into(old_workbook(PASSWORD), FileKind.XLS) is FileKind.ENCRYPTED


@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"PK\x03\x04", b"PK\x05\x06", b"<", b"\t", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
    ),
)
def test_anything_at_all_is_of_some_kind(content: bytes, start: bytes) -> None:
    assert identify(start + content).kind in FileKind


@given(st.data())
def test_a_spoiled_container_is_of_some_kind_and_its_faults_are_told(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([WORKBOOK, old_workbook(PASSWORD)])))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    identity = identify(bytes(content))
    told = fault(bytes(content), identity.parts)
    assert told is None or told.code in ("F03", "F04", "F05", "F13")


# --- Size and packing ----------------------------------------------------------------------------


def test_a_file_of_exactly_the_limit_is_looked_at_and_one_byte_more_is_not(tmp_path: Path) -> None:
    at_limit = b"x" * 1024 * 1024
    assert codes(arrival(tmp_path / "a.xlsx", at_limit, file_mb=1)) == ["F02"]
    found = arrival(tmp_path / "b.xlsx", at_limit + b"x", file_mb=1)
    assert codes(found) == ["F05"]
    assert "the limit is 1 MiB" in found.findings[0].problem
    assert found.sha256 == hashlib.sha256(at_limit + b"x").hexdigest()


def test_a_file_that_would_fill_the_archive_is_left_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.xlsx").open("wb") as file:
        file.truncate(2**40)
    (skipped,) = look(tmp_path).skipped
    assert skipped.why == "far too large to be a return (1,024.0 GiB)"
    assert skipped.is_refused


def test_as_many_parts_as_are_allowed_are_and_one_more_is_too_many() -> None:
    many = {f"{n}": b"" for n in range(MAX_ENTRIES)}
    assert len(identify(zipped(many)).parts) == MAX_ENTRIES
    with pytest.raises(TooManyPartsError):
        identify(zipped(many | {"one more": b""}))


def test_what_unpacks_to_more_than_any_return_holds_is_refused_by_its_list_alone() -> None:
    content = raw_zip(as_entries(parts()), size=MAX_UNPACKED // len(parts()) + 1)
    told = fault(content, identify(content).parts)
    assert told is not None
    assert told.code == "F05"


class Unseekable(io.RawIOBase):
    """What a program writes to that sends as it packs."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self.content += bytes(data)
        return len(data)


def streamed() -> bytes:
    """Sizes stand behind each part, not before it."""
    target = Unseekable()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts().items():
            archive.writestr(name, content)
    return target.content


def large_form() -> bytes:
    """Every part as if it might have more than 4 GiB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts().items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(content)
    return buffer.getvalue()


def with_folders_and_a_comment() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = "écrit à la main".encode()
        archive.writestr("xl/", b"")
        for name, content in parts(more={"xl/média/é.png": b"x"}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def by_xlsxwriter() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "x")
    return buffer.getvalue()


def by_openpyxl() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "write",
    [
        streamed,
        large_form,
        with_folders_and_a_comment,
        by_xlsxwriter,
        by_openpyxl,
        lambda: WORKBOOK + b"\r\n",
        lambda: raw_zip([(n.replace("/", "\\").encode(), c) for n, c in parts().items()]),
    ],
    ids=["streamed", "large form", "folders and a comment", "xlsxwriter", "openpyxl",
         "a line end behind it", "backslashes"],
)  # fmt: skip
def test_an_honest_workbook_is_not_refused_however_it_is_packed(
    tmp_path: Path, write: Callable[[], bytes]
) -> None:
    found = arrival(tmp_path / "return.xlsx", write())
    assert (found.kind, found.findings) == (FileKind.XLSX, ())


@pytest.mark.parametrize(
    ("noted", "who"),
    [
        (b"\x10Performance lead" + b" " * 37 + b"\x10\0P\0e\0", "Performance lead"),
        (b"\x04H\x1b\x07d" + b" " * 49, "someone"),
        (b"", "someone"),
        (b"\x00", "someone"),
        (b"\xff" + b"x" * 200, "someone"),
    ],
)
def test_who_has_a_return_open_in_excel_is_named(tmp_path: Path, noted: bytes, who: str) -> None:
    (tmp_path / "~$return.xlsx").write_bytes(noted)
    assert [each.why for each in look(tmp_path).skipped] == [
        f"Excel's lock file: {who} has return.xlsx open"
    ]


@pytest.mark.parametrize(
    ("noted", "who"),
    [
        (",clerk,pc-7,02.05.2013 09:30,file:///home/clerk/.config/libreoffice/4;", "clerk"),
        ("Éva\\, of care,clerk,pc-7,02.05.2013 09:30,;", "Éva, of care"),
        ("\x1b[31m,,pc-7,,;", "someone"),
        (",,,,;", "someone"),
        ("no note at all", "someone"),
        ("", "someone"),
    ],
)
def test_who_has_a_return_open_in_libreoffice_is_named(
    tmp_path: Path, noted: str, who: str
) -> None:
    (tmp_path / ".~lock.return.ods#").write_text(noted, encoding="utf-8")
    assert [each.why for each in look(tmp_path).skipped] == [
        f"LibreOffice's lock file: {who} has return.ods open"
    ]
    assert is_idle(tmp_path)


# --- What may become complete --------------------------------------------------------------------


def old_whole() -> bytes:
    """A workbook of before 2007 in which every sector is in use, with one sheet."""
    cells = [(0x0204, bytes(200))] * 30
    return old_workbook((0x0085, bytes(8)), FINISH, BEGIN, *cells)


def halves(whole: bytes) -> list[bytes]:
    """What a copy of a file looks like on its way."""
    middle = len(whole) // 2
    filled = whole[:middle].ljust(len(whole), b"\0")
    from_its_end = whole[middle:].rjust(len(whole), b"\0")
    holed = whole[:600] + bytes(512) + whole[1112:]
    return [b"", whole[:3], whole[:700], whole[:middle], whole[:-1], bytes(len(whole)), filled,
            from_its_end, holed]  # fmt: skip


@pytest.mark.parametrize("whole", [by_xlsxwriter(), old_whole()], ids=["xlsx", "xls"])
def test_what_is_on_its_way_is_left_until_it_has_rested_and_then_sent_back(
    tmp_path: Path, whole: bytes
) -> None:
    path = tmp_path / "return"
    limits = Limits(settle_seconds=0, incomplete_minutes=1, workers=1)
    with guard_of(REGISTER, limits) as guard:
        for half in halves(whole):
            path.write_bytes(half)
            found = scan(tmp_path, REGISTER, limits)
            # What its beginning and its directory do not tell, its reader does.
            (left,) = found.skipped or read_returns(found.arrivals, guard)
            assert isinstance(left, Skipped)
            assert left.why == INCOMPLETE, half[:20]
            assert not left.is_refused
            assert look(tmp_path).arrivals
    path.write_bytes(whole)
    (found,) = scan(tmp_path, REGISTER, Limits(settle_seconds=0, incomplete_minutes=1)).arrivals
    assert codes(found) == ["F07"]


@pytest.mark.parametrize("year", [1999, 2035])
def test_an_incomplete_file_is_fresh_by_either_of_its_times_and_by_no_false_one(
    tmp_path: Path, year: int
) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(WORKBOOK[:300])
    moment = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    minutes = (time.time() - path.stat().st_ctime + 0.1) / 60
    assert not look(tmp_path).skipped
    assert scan(tmp_path, REGISTER, Limits(settle_seconds=0, incomplete_minutes=1)).skipped
    time.sleep(0.3)
    assert not scan(
        tmp_path, REGISTER, Limits(settle_seconds=0, incomplete_minutes=minutes)
    ).skipped


def test_a_file_that_is_too_large_is_its_senders_while_it_grows(tmp_path: Path) -> None:
    with (tmp_path / "huge.xlsx").open("wb") as file:
        file.truncate(2**40)
    (skipped,) = scan(tmp_path, REGISTER, Limits(settle_seconds=0, incomplete_minutes=1)).skipped
    assert not skipped.is_refused
