"""Intake: what lies in the inbox, what may be taken, and what kind of file each is.

It opens no workbook: the checks here cost nothing but reading the bytes once.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline import catalogue as c
from pipeline.errors import WorkspaceError
from pipeline.filekind import EXTENSIONS, FileKind, Identity, identify, is_named_rightly
from pipeline.findings import Finding
from pipeline.model import Register
from pipeline.packing import TooManyPartsError, fault

__all__ = ["EXTENSIONS", "STILL_CHANGING", "Arrival", "FileKind", "Scan", "Skipped", "examine",
           "is_idle", "scan"]  # fmt: skip

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download")
_MIB = 1024 * 1024
#: Too much to be hashed and kept, in bytes: left where it lies, for IT to look at.
_NEVER_TAKEN = 1024 * _MIB

STILL_CHANGING = "still being written; it will be taken at the next run"

#: The bytes at the start of Office's lock file that hold the user's name.
_OWNER_NOTE = 54
#: What no list, header or cell may hold of a name: controls, half characters, and what turns the
#: direction of the text around it.
_UNSHOWN = re.compile(
    "[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


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
        """The file's name as it can be shown: what cannot be stands as `�`."""
        return _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", self.path.name)


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

    A file that changes while it is read is left for the next run; what is no regular file is left
    for good.
    """
    limit = file_mb * _MIB
    try:
        # A pipe is never opened: it would be waited for.
        if not stat.S_ISREG(path.stat().st_mode):
            return Skipped(path, _NO_FILE)
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size > _NEVER_TAKEN:
                shown = f"{before.st_size / _NEVER_TAKEN:,.1f} GiB"
                return Skipped(path, f"far too large to be a return ({shown}); take it away")
            content = file.read(limit + 1)
            digest = hashlib.sha256(content)
            size = len(content)
            while size <= _NEVER_TAKEN and (more := file.read(_MIB)):
                digest.update(more)
                size += len(more)
            after = os.fstat(file.fileno())
    except OSError as error:
        return Skipped(path, f"cannot be read ({error.strerror})")
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return Skipped(path, STILL_CHANGING)
    if size > limit:
        detail = f"it has {size / _MIB:,.1f} MiB, the limit is {file_mb} MiB"
        kind, findings = FileKind.OTHER, [c.TOO_LARGE.found(detail=detail)]
    else:
        kind, findings = _judge(path, content)
    return Arrival(
        path=path,
        sha256=digest.hexdigest(),
        size=size,
        kind=kind,
        # Change time, not modification time: a copy may keep the time of its original.
        arrived_at=_moment(before.st_ctime),
        folder_area=folder_area,
        findings=tuple(findings),
    )


def _judge(path: Path, content: bytes) -> tuple[FileKind, list[Finding]]:
    """What a file is, and what is wrong with it, as far as its content tells unopened."""
    try:
        identity = identify(content)
    except TooManyPartsError as error:
        return FileKind.OTHER, [c.TOO_LARGE.found(detail=f"it is made of {error} parts")]
    return identity.kind, _findings(path, content, identity)


def _findings(path: Path, content: bytes, identity: Identity) -> list[Finding]:
    kind = identity.kind
    if kind is FileKind.EMPTY:
        return [c.EMPTY_FILE.found()]
    if kind is FileKind.ENCRYPTED:
        return [c.ENCRYPTED.found()]
    if kind not in EXTENSIONS:
        return [c.NOT_A_WORKBOOK.found(kind=kind.value)]
    if content.startswith(b"PK"):
        if not identity.parts:
            return [c.DAMAGED.found(detail="its list of contents is cut short or broken")]
        if (wrong := fault(content, identity.parts)) is not None:
            return [wrong]
    findings = []
    if not is_named_rightly(path.suffix, kind):
        findings.append(c.WRONG_EXTENSION.found(value=path.name, kind=kind.value))
    if identity.has_macros:
        findings.append(c.MACROS.found())
    if identity.has_links:
        findings.append(c.OUTSIDE_LINKS.found())
    return findings


def _moment(seconds: float) -> datetime:
    """A file's time. A file system may hold one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _list(inbox: Path, register: Register) -> tuple[list[tuple[Path, str | None]], list[Skipped]]:
    """The files to look at with the area they are bound to, and what is passed over."""
    areas = {_folder_key(name): a.ref for a in register.areas for name in (a.ref, a.name)}
    listed: list[tuple[Path, str | None]] = []
    skipped: list[Skipped] = []

    def look(folder: Path, area: str | None) -> None:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    bound = areas.get(_folder_key(entry.name))
                    if area is None and bound is not None:
                        look_into(path, bound)
                    elif not entry.name.startswith("."):
                        skipped.append(Skipped(path, "a folder that is no service area's"))
                elif why := _why_skipped(entry):
                    if why != _HIDDEN:
                        skipped.append(Skipped(path, why))
                else:
                    listed.append((path, area))

    def look_into(folder: Path, area: str) -> None:
        try:
            look(folder, area)
        except OSError as error:
            skipped.append(Skipped(folder, f"cannot be listed ({error.strerror})"))

    try:
        look(inbox, None)
    except OSError as error:
        raise _unlisted(inbox, error) from error
    return listed, skipped


def _folder_key(name: str) -> str:
    """What a folder's name and an area's have in common; macOS parts letters from their accents."""
    return unicodedata.normalize("NFC", name).casefold()


_HIDDEN = "hidden"
_NO_FILE = "not a regular file"


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)


def _why_skipped(entry: os.DirEntry[str]) -> str | None:
    if entry.name.startswith("~$"):
        return f"Excel's lock file: {_owner(entry) or 'someone'} has the return open"
    if entry.name.startswith("."):
        return _HIDDEN
    if entry.name.lower().endswith(_UNFINISHED):
        return "an unfinished download or copy"
    return None if entry.is_file(follow_symlinks=False) else _NO_FILE


def _owner(entry: os.DirEntry[str]) -> str:
    """Who has a workbook open, as Office notes it: a length and a name; empty where it does not."""
    if not entry.is_file(follow_symlinks=False):
        return ""
    try:
        with Path(entry.path).open("rb") as file:
            noted = file.read(_OWNER_NOTE)
    except OSError:
        return ""
    length = noted[0] if noted else 0
    name = noted[1 : 1 + length].decode("cp1252", "replace")
    # Anything else of such a name holds no note of Office's.
    is_note = (
        length < _OWNER_NOTE and name.isprintable() and "\N{REPLACEMENT CHARACTER}" not in name
    )
    return name.strip() if is_note else ""


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


def _unlisted(inbox: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"The inbox {inbox} cannot be listed ({error.strerror}). "
        "Make the folder, or give the user who runs quarterday the right to read it."
    )
