"""Intake: what lies in the inbox, what may be taken, and what kind of file each is.

It opens no workbook: the checks here cost little more than reading the bytes once.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline.intake.inbox import (
    EXCHANGED,
    Listed,
    Refused,
    Skipped,
    list_inbox,
    no_file,
    shown_name,
)
from pipeline.workbooks.completeness import lacks_bytes
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind, Identity, identify, is_named_rightly
from pipeline.workbooks.zip_directory import TooManyPartsError, fault
from pipeline.workspace.directory import ExchangedError, File, FolderEntry, path_of, status
from pipeline.workspace.directory import held as held_open
from pipeline.workspace.moving import is_being_written, opened
from pipeline.workspace.runs import at_work
from pipeline.workspace.runs.at_work import AtWork, Thing
from schemas import rules as c
from schemas.findings import Finding
from schemas.model import Register

if TYPE_CHECKING:
    from pipeline.workspace.settings import Limits

_MIB = 1024 * 1024
#: Too much to be hashed and kept, in bytes: for IT to look at.
_NEVER_TAKEN = 1024 * _MIB

STILL_CHANGING = "still being written; it will be taken at the next run"
OPEN = "open in a program that may still write to it; it will be taken when it is closed"
INCOMPLETE = (
    "incomplete so far, and changed a short while ago; "
    "it is sent back if it is still so when it has rested"
)


#: What a file shows of which a part is still to come.
_LIKE_INCOMPLETE = {
    rule.code for rule in (c.EMPTY_FILE, c.DAMAGED, c.READ_TWO_WAYS, c.LOOKS_UNREADABLE)
}


class Arrival(Struct, frozen=True):
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
    #: It changed so short a while ago that what it lacks may yet come.
    is_fresh: bool = False
    #: When its content or its name last changed, in nanoseconds, as the file system tells it.
    changed_ns: int = 0
    #: The same as it was listed; None where it was named and not listed.
    entry: FolderEntry | None = None

    @property
    def file(self) -> File:
        """By which it is read, moved and removed."""
        return self.entry or self.path

    @property
    def filename(self) -> str:
        """The file's name as it can be shown."""
        return shown_name(self.path)

    @property
    def thing(self) -> Thing:
        """By which it is known to whoever notes what ends a run."""
        return at_work.file(self.path, self.size, self.changed_ns, self.filename, self.sha256)


class Scan(Struct, frozen=True):
    arrivals: tuple[Arrival, ...]
    skipped: tuple[Skipped, ...]
    #: What a run has ended on, to be looked at alone.
    held: tuple[Listed, ...] = ()


def scan(inbox: Path, register: Register, limits: Limits, work: AtWork | None = None) -> Scan:
    """Everything in the inbox, in order of arrival: files to take in, and those left with a reason.

    A subfolder named after a service area (its ref or its name) binds what lies in it to that area.
    By what is known to `work` to have ended runs a file is looked at apart, or goes to quarantine.

    Raises:
        WorkspaceError: the inbox cannot be listed.
    """
    listed, skipped = list_inbox(inbox, register)
    _wait_until_still([each.entry for each in listed], limits.settle_seconds)
    work = work or AtWork()
    things = {each.entry: thing_of(each) for each in held_open(listed, _entry_of)}
    work.keep({thing.key for thing in things.values()})
    plain, apart, held = [], [], []
    for each in listed:
        suspect = work.suspects.get(things[each.entry].key)
        if suspect is None:
            plain.append(each)
        elif suspect.is_enough:
            skipped.append(gone_round(each, suspect.why))
        elif suspect.times:
            held.append(each)
        else:
            apart.append(each)
    examined = []
    for together in (plain, *([each] for each in apart)):
        with work.on("intake", [things[each.entry] for each in together]):
            examined += [take(each, limits) for each in held_open(together, _entry_of)]
    arrivals = [each for each in examined if isinstance(each, Arrival)]
    arrivals.sort(key=lambda arrival: (arrival.arrived_at, arrival.filename))
    skipped += [each for each in examined if isinstance(each, Skipped)]
    # Of a folder that was exchanged it is said once.
    return Scan(tuple(arrivals), tuple(dict.fromkeys(skipped)), tuple(held))


def _entry_of(listed: Listed) -> FolderEntry:
    return listed.entry


def take(listed: Listed, limits: Limits) -> Arrival | Skipped:
    """A file of the inbox as it is now, to be taken in, or why it is not."""
    minutes = limits.incomplete_minutes
    return _examine(listed.entry, limits.file_mb, listed.area, minutes)


def thing_of(listed: Listed) -> Thing:
    """By which a file is known to whoever notes what ends a run."""
    name, path = shown_name(listed.entry.path), listed.entry.path
    try:
        found = status(listed.entry)
    except OSError:
        return at_work.file(path, 0, 0, name)
    return at_work.file(path, found.st_size, found.st_ctime_ns, name)


def gone_round(listed: Listed, why: str) -> Skipped:
    """A file that is not to be taken whatever it is, to be moved to quarantine as it lies there."""
    entry = listed.entry
    try:
        found = status(entry)
    except OSError:
        return Skipped(entry.path, STILL_CHANGING)
    was, thing = (found.st_size, found.st_mtime_ns), thing_of(listed)
    return Refused(entry.path, why, is_refused=True, entry=entry, was=was, thing=thing)


def examine(path: Path, *, file_mb: int, folder_area: str | None = None) -> Arrival | Skipped:
    """One file as it is now, by whatever link it is named."""
    try:
        named = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        return Skipped(path, f"cannot be read ({getattr(error, 'strerror', None) or error})")
    return replace(_examine(named, file_mb, folder_area), path=path)


def examine_entry(entry: FolderEntry, *, file_mb: int) -> Arrival | Skipped:
    """One file of the inbox as it is now, which someone may have open."""
    return _examine(entry, file_mb, None, may_be_open=True)


def changed_since(arrival: Arrival) -> Skipped:
    """What to say of a file that is no longer the one that was read."""
    if arrival.entry and not arrival.entry.directory.is_there:
        return Skipped(arrival.entry.directory.path, EXCHANGED)
    return Skipped(arrival.path, STILL_CHANGING)


def may_change(skipped: Skipped) -> bool:
    """Whether a file was left because it may be another before long, though nobody touches it."""
    return skipped.why in (STILL_CHANGING, OPEN, INCOMPLETE)


def may_be_incomplete(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Whether what was found is what a file shows that has not all come yet."""
    return any(f.code in _LIKE_INCOMPLETE for f in findings)


def _examine(
    file: File,
    file_mb: int,
    folder_area: str | None,
    incomplete_minutes: float = 0,
    *,
    may_be_open: bool = False,
) -> Arrival | Skipped:
    """One file, read once: its hash, its kind, and what is wrong with it before it is opened.

    A file that changes while it is read, or was listed to be taken and is still open somewhere, is
    left for the next run; what is no regular file is refused.
    """
    limit, path = file_mb * _MIB, path_of(file)
    entry = file if isinstance(file, FolderEntry) else None
    try:
        before = status(file)
        is_fresh = _is_fresh(before, incomplete_minutes)
        # A pipe is never opened, it would be waited for; nor a device, which may notice.
        if why := why_refused(before):
            # What still grows is its sender's.
            if stat.S_ISREG(before.st_mode) and is_fresh:
                return Skipped(path, why)
            if entry is None:
                return Skipped(path, why, is_refused=True)
            return Refused(path, why, is_refused=True, entry=entry)
        if stat.S_ISDIR(before.st_mode):
            return Skipped(path, no_file(before.st_mode))
        with opened(file) as reading:
            before = os.fstat(reading.fileno())
            if entry and not may_be_open and is_being_written(reading):
                return Skipped(path, OPEN)
            # No more room than that is made for what is read, since room takes time as well.
            expected = min(before.st_size, limit)
            content = reading.read(expected + 1)
            digest = hashlib.sha256(content)
            size, is_more = len(content), len(content) > expected
            while is_more and size <= _NEVER_TAKEN and (more := reading.read(_MIB)):
                digest.update(more)
                size += len(more)
                content += more if size <= limit else b""
            after = os.fstat(reading.fileno())
    except ExchangedError as error:
        return Skipped(Path(error.filename), EXCHANGED)
    except OSError as error:
        return Skipped(path, f"cannot be read ({error.strerror})")
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return Skipped(path, STILL_CHANGING)
    if size > limit:
        detail = f"it has {size / _MIB:,.1f} MiB, the limit is {file_mb} MiB"
        kind, findings = FileKind.OTHER, [c.TOO_LARGE.found(detail=detail)]
    else:
        identity, findings = _judge(path, content)
        kind = identity.kind
        if is_fresh and (may_be_incomplete(findings) or lacks_bytes(content, identity)):
            return Skipped(path, INCOMPLETE)
    return Arrival(
        path=path,
        sha256=digest.hexdigest(),
        size=size,
        kind=kind,
        # Change time, not modification time: a copy may keep the time of its original.
        arrived_at=_moment(before.st_ctime),
        changed_ns=before.st_ctime_ns,
        folder_area=folder_area,
        findings=tuple(findings),
        is_fresh=is_fresh,
        entry=entry,
    )


def why_refused(found: os.stat_result) -> str:
    """Why something can never be taken in, whatever becomes of it; empty for all else."""
    if stat.S_ISREG(found.st_mode):
        large = found.st_size / _NEVER_TAKEN
        return f"far too large to be a return ({large:,.1f} GiB)" if large > 1 else ""
    return "" if stat.S_ISDIR(found.st_mode) else no_file(found.st_mode)


def _is_fresh(found: os.stat_result, minutes: float) -> bool:
    """Whether a file changed less than so many minutes ago, by either of its times.

    A copy may keep the original's time of modification, and that may lie in the future, as may
    either where the clocks of two machines differ: only a time that is near counts.
    """
    now = time.time()
    return any(abs(now - at) < 60 * minutes for at in (found.st_mtime, found.st_ctime))


def has_changed(arrival: Arrival) -> bool:
    """Whether what lies there is no longer the file that was read, as far as its times tell."""
    try:
        now = status(arrival.file)
    except OSError:
        return True
    return (now.st_ctime_ns, now.st_size) != (arrival.changed_ns, arrival.size)


def _judge(path: Path, content: bytes) -> tuple[Identity, list[Finding]]:
    """What a file is, and what is wrong with it, as far as its content tells unopened."""
    try:
        identity = identify(content)
    except TooManyPartsError as error:
        excess = c.TOO_LARGE.found(detail=f"it is made of {error} parts")
        return Identity(FileKind.OTHER), [excess]
    return identity, _findings(path, content, identity)


def _findings(path: Path, content: bytes, identity: Identity) -> list[Finding]:
    kind = identity.kind
    if kind is FileKind.EMPTY:
        return [c.EMPTY_FILE.found()]
    if kind is FileKind.ENCRYPTED:
        return [c.ENCRYPTED.found()]
    if kind is FileKind.LABELLED:
        return [c.LABELLED.found()]
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


def _wait_until_still(entries: list[FolderEntry], settle_seconds: float) -> None:
    """Let files that changed a moment ago come to rest; what still moves then is found out later.

    Change time counts as well, since a copy may keep the original's modification time.
    """
    newest = 0.0
    for entry in held_open(entries, lambda entry: entry):
        try:
            found = status(entry)
        except OSError:
            continue
        newest = max(newest, found.st_mtime, found.st_ctime)
    wait = newest + settle_seconds - time.time()
    if 0 < wait <= settle_seconds:
        time.sleep(wait)
