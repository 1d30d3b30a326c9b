"""Intake: what lies in the inbox, what may be taken, and what kind of file each is.

It opens no workbook: the checks here cost nothing but reading the bytes once.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from pipeline import catalogue as c
from pipeline.errors import WorkspaceError
from pipeline.findings import Finding
from pipeline.model import Register

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download")
_MIB = 1024 * 1024
#: A workbook's zip directory beyond any of these is no return.
MAX_ENTRIES = 3_000
MAX_UNPACKED = 300 * _MIB
MAX_RATIO = 300
_RATIO_FROM = 10 * _MIB


class FileKind(StrEnum):
    """What a file is by its content, in words for a person."""

    XLSX = "an Excel workbook (.xlsx)"
    XLSM = "an Excel workbook with macros (.xlsm)"
    XLSB = "a binary Excel workbook (.xlsb)"
    XLS = "an old Excel workbook (.xls)"
    ODS = "an OpenDocument spreadsheet (.ods)"
    ENCRYPTED = "an encrypted workbook"
    EMPTY = "empty"
    WORD = "a Word document"
    PDF = "a PDF"
    WEB_PAGE = "a web page"
    TEXT = "plain text or CSV"
    ZIP = "a zip archive"
    OTHER = "of an unknown kind"


EXTENSIONS = {
    FileKind.XLSX: ".xlsx",
    FileKind.XLSM: ".xlsm",
    FileKind.XLSB: ".xlsb",
    FileKind.XLS: ".xls",
    FileKind.ODS: ".ods",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is whole: its bytes are known by their SHA-256."""

    path: Path
    sha256: str
    size: int
    kind: FileKind
    #: When the file came to lie where it is.
    arrived_at: datetime
    #: The service area in whose inbox folder it lay.
    folder_area: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def filename(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left where it lies, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Scan:
    arrivals: tuple[Arrival, ...]
    skipped: tuple[Skipped, ...]


def scan(inbox: Path, register: Register, *, file_mb: int, settle_seconds: float) -> Scan:
    """Everything in the inbox, in order of arrival: files to take in, and those left with a reason.

    A subfolder named after a service area (its ref or its name) binds what lies in it to that area.

    Raises:
        WorkspaceError: the inbox cannot be listed.
    """
    listed, skipped = _list(inbox, register)
    _wait_until_settled([path for path, _ in listed], settle_seconds)
    arrivals = []
    for path, area in listed:
        outcome = examine(path, file_mb=file_mb, folder_area=area)
        if isinstance(outcome, Arrival):
            arrivals.append(outcome)
        else:
            skipped.append(outcome)
    arrivals.sort(key=lambda arrival: (arrival.arrived_at, arrival.filename))
    return Scan(tuple(arrivals), tuple(skipped))


def is_idle(inbox: Path) -> bool:
    """Whether nothing in the inbox or its folders could be a return; cheap, for an idle night."""

    def holds_something(folder: Path) -> bool:
        with os.scandir(folder) as entries:
            return any(
                holds_something(Path(entry.path))
                if entry.is_dir(follow_symlinks=False)
                else not _is_passed_over(entry.name)
                for entry in entries
                if not entry.name.startswith(".")
            )

    try:
        return not holds_something(inbox)
    except OSError as error:
        raise _unlisted(inbox, error) from error


def examine(path: Path, *, file_mb: int, folder_area: str | None = None) -> Arrival | Skipped:
    """One file, read once: its hash, its kind, and what is wrong with it before it is opened.

    A file that changes while it is read is left for the next run.
    """
    try:
        before = path.stat()
        # Change time, not modification time: a copy may keep the time of its original.
        arrived_at = datetime.fromtimestamp(before.st_ctime, UTC)
        if before.st_size > file_mb * _MIB:
            detail = f"it has {before.st_size / _MIB:.0f} MiB, the limit is {file_mb} MiB"
            finding = c.TOO_LARGE.found(detail=detail)
            size, kind = before.st_size, FileKind.OTHER
            return Arrival(path, _digest(path), size, kind, arrived_at, folder_area, (finding,))
        content = path.read_bytes()
        after = path.stat()
    except OSError as error:
        return Skipped(path, f"cannot be read ({error.strerror})")
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return Skipped(path, "still being written; it will be taken at the next run")
    kind = identify(content)
    return Arrival(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        kind=kind,
        arrived_at=arrived_at,
        folder_area=folder_area,
        findings=tuple(_file_findings(path.name, kind, content)),
    )


def identify(content: bytes) -> FileKind:
    """What the bytes are, whatever the file is called."""
    if not content:
        return FileKind.EMPTY
    if content.startswith(b"PK"):
        return _identify_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # Stream names in a compound file stand in its directory as UTF-16.
        if "EncryptedPackage".encode("utf-16-le") in content:
            return FileKind.ENCRYPTED
        named = ("Workbook", "Book")
        return (
            FileKind.XLS
            if any(name.encode("utf-16-le") in content for name in named)
            else FileKind.OTHER
        )
    if content.startswith(b"%PDF"):
        return FileKind.PDF
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return FileKind.WEB_PAGE
    return FileKind.OTHER if b"\0" in content[:4096] else FileKind.TEXT


def _identify_zip(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        # Damaged, not another kind: reading it says so.
        return FileKind.XLSX
    if "xl/vbaProject.bin" in names:
        return FileKind.XLSM
    if "xl/workbook.bin" in names:
        return FileKind.XLSB
    if any(name.startswith("xl/") for name in names):
        return FileKind.XLSX
    if any(name.startswith("word/") for name in names):
        return FileKind.WORD
    if "content.xml" in names:
        return FileKind.ODS
    return FileKind.ZIP


def _file_findings(name: str, kind: FileKind, content: bytes) -> list[Finding]:
    if kind is FileKind.EMPTY:
        return [c.EMPTY_FILE.found()]
    if kind is FileKind.ENCRYPTED:
        return [c.ENCRYPTED.found()]
    if kind not in EXTENSIONS:
        return [c.NOT_A_WORKBOOK.found(kind=kind.value)]
    findings = []
    if kind is not FileKind.XLS and (broken := _zip_finding(content)):
        return [broken]
    if Path(name).suffix.lower() != EXTENSIONS[kind]:
        findings.append(c.WRONG_EXTENSION.found(value=name, kind=kind.value))
    if kind is FileKind.XLSM:
        findings.append(c.MACROS.found())
    return findings


def _zip_finding(content: bytes) -> Finding | None:
    """What the zip directory gives away before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return c.DAMAGED.found(detail="its zip directory is cut short or broken")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        return c.TOO_LARGE.found(detail=f"it is made of {len(entries):,} parts")
    if unpacked > MAX_UNPACKED:
        return c.TOO_LARGE.found(detail=f"it unpacks to {unpacked / _MIB:,.0f} MiB")
    for entry in entries:
        if entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            return c.TOO_LARGE.found(
                detail=f"one part unpacks to {entry.file_size / _MIB:,.0f} MiB"
            )
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.split("/"):
            return c.DAMAGED.found(detail="a part in it has an unsafe name")
    if len({entry.filename for entry in entries}) < len(entries):
        return c.DAMAGED.found(detail="two parts in it have the same name")
    return None


def _list(inbox: Path, register: Register) -> tuple[list[tuple[Path, str | None]], list[Skipped]]:
    """The files to look at with the area they are bound to, and what is passed over."""
    areas = {name.casefold(): a.ref for a in register.areas for name in (a.ref, a.name)}
    listed: list[tuple[Path, str | None]] = []
    skipped: list[Skipped] = []

    def look(folder: Path, area: str | None) -> None:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    bound = areas.get(entry.name.casefold())
                    if area is None and bound is not None:
                        look(path, bound)
                    elif not entry.name.startswith("."):
                        skipped.append(Skipped(path, "a folder that is no service area's"))
                elif why := _why_skipped(entry):
                    if why != _HIDDEN:
                        skipped.append(Skipped(path, why))
                else:
                    listed.append((path, area))

    try:
        look(inbox, None)
    except OSError as error:
        raise _unlisted(inbox, error) from error
    return listed, skipped


_HIDDEN = "hidden"


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)


def _why_skipped(entry: os.DirEntry[str]) -> str | None:
    if entry.name.startswith("~$"):
        return "Excel's lock file: someone has the return open"
    if entry.name.startswith("."):
        return _HIDDEN
    if entry.name.lower().endswith(_UNFINISHED):
        return "an unfinished download or copy"
    if entry.is_symlink() or not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
        return "not a regular file"
    return None


def _wait_until_settled(paths: list[Path], settle_seconds: float) -> None:
    """Let files that changed a moment ago come to rest; what still moves then is found out later.

    Change time counts as well, since a copy may keep the original's modification time.
    """
    newest = 0.0
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        newest = max(newest, status.st_mtime, status.st_ctime)
    wait = newest + settle_seconds - time.time()
    if 0 < wait <= settle_seconds:
        time.sleep(wait)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unlisted(inbox: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"The inbox {inbox} cannot be listed ({error.strerror}). "
        "Make the folder, or give the user who runs quarterday the right to read it."
    )
