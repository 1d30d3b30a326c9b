"""Quarantine: what can never be taken in leaves the inbox, with a note beside it that says why."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path, PurePath

from msgspec import Struct

from pipeline.intake.inbox import EXCHANGED, Refused, Skipped, shown_name
from pipeline.intake.scan import why_refused
from pipeline.workbooks.safe_text import shown_line
from pipeline.workspace.directory import ExchangedError, FolderEntry, rename, status
from pipeline.workspace.folder import Workspace, private_folder, safe_name, sync_folder, write_whole
from pipeline.workspace.moving import ChangedError, copy, opened, put, remove

_TO_ASK = (
    "ask whoever put it there for the return itself, an Excel or OpenDocument workbook that is "
    "copied into the inbox. Nothing was read of this, and nothing needs it: it may be removed, and "
    "this note with it."
)
_TO_TRY = (
    "where it may be a return, and the runs were killed for another reason, move it back to where "
    "it lay: the next run takes it like any other. Else ask its service area to open it in Excel, "
    "save it under a new name and send that. Nothing of it counts."
)
_NOTE = " - why.txt"
#: How lines of a note begin.
_PLACE, _WHY = "It lay at: ", "Why: "


def set_apart(
    skipped: Iterable[Skipped], workspace: Workspace, now: datetime
) -> tuple[Skipped, ...]:
    """The same files, those that are refused moved to quarantine; what cannot be moved is left.

    A link is moved itself, never followed, and nothing but a file is ever opened.
    """
    moved = (
        _moved(each, workspace, now) if isinstance(each, Refused) else each for each in skipped
    )
    # Of a folder that was exchanged it is said once.
    return tuple(dict.fromkeys(moved))


class SetApart(Struct, frozen=True):
    """What lies in quarantine."""

    #: There.
    name: str
    #: As it was called in the inbox, as far as that can be shown.
    filename: str
    why: str


def contents(workspace: Workspace) -> list[SetApart]:
    """Everything that lies in quarantine, by when it was moved there."""
    folder = workspace.quarantine
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [_described(path) for path in paths if not path.name.endswith(_NOTE)]


def finish(workspace: Workspace) -> None:
    """Take away the notes of what is not, or no longer, in quarantine."""
    for note in workspace.quarantine.glob(f"*{_NOTE}"):
        if not os.path.lexists(note.with_name(note.name.removesuffix(_NOTE))):
            with suppress(OSError):
                note.unlink()


def _moved(each: Refused, workspace: Workspace, now: datetime) -> Skipped:
    when, name = f"{now.astimezone():%Y-%m-%d %H%M%S}", safe_name(each.path.name)
    names = (workspace.quarantine / f"{when}-{number} {name}" for number in count(1))
    target = next(path for path in names if not os.path.lexists(path))
    note = target.with_name(target.name + _NOTE)
    try:
        private_folder(workspace.quarantine)
        # The note comes first: nothing lies in quarantine without its reason.
        write_whole(note, _note_for(each, target, now).encode(), 0o600)
        _move(each, target)
    except (OSError, ChangedError) as error:
        with suppress(OSError):
            note.unlink()
        if isinstance(error, ExchangedError):
            return Skipped(each.entry.directory.path, EXCHANGED)
        if isinstance(error, ChangedError):
            return Skipped(each.path, "changed while it was looked at; the next run looks again")
        why = f"{each.why}; take it away: it cannot be moved to quarantine ({error.strerror})"
        return Skipped(each.path, why, is_refused=True)
    return Skipped(each.path, each.why, is_refused=True, moved_to=target)


def _note_for(each: Skipped, target: Path, now: datetime) -> str:
    """The note: where it lay, when and why it was moved, and what to do."""
    # A path may hold what is no text, or more than a line.
    place = shown_line(str(each.path))
    what_to_do = _TO_TRY if isinstance(each, Refused) and each.thing else _TO_ASK
    return (
        f"{target.name}\n\n"
        f"{_PLACE}{place}\n"
        f"Moved here: {now.astimezone():%d %B %Y, %H:%M}\n"
        f"{_WHY}{each.why}\n"
        f"What to do: {what_to_do}\n"
    )


def _described(path: Path) -> SetApart:
    """What lies there, as its note says; someone may have removed that."""
    name = shown_name(path)
    filename, why = name, "no note says why"
    with suppress(OSError, UnicodeError):
        for line in path.with_name(path.name + _NOTE).read_text(encoding="utf-8").split("\n"):
            if line.startswith(_PLACE):
                filename = PurePath(line.removeprefix(_PLACE)).name
            elif line.startswith(_WHY):
                why = line.removeprefix(_WHY)
    return SetApart(name, filename, why)


def _move(refused: Refused, target: Path) -> None:
    """Move what is refused, by its name alone where that can be done.

    Raises:
        ChangedError: it is something else by now, and lies where it lay.
        OSError: it cannot be moved, and lies where it lay.
    """
    source = refused.entry
    try:
        rename(source, target)
    except FileNotFoundError:
        raise ChangedError from None
    except OSError as error:
        # Of all that is refused only a file can be copied to another file system.
        if error.errno != errno.EXDEV or not stat.S_ISREG(status(source).st_mode):
            raise
        _carry(source, target)
    found = target.lstat()
    if not (why_refused(found) or refused.was == (found.st_size, found.st_mtime_ns)):
        put(target, source)
        raise ChangedError


def _carry(source: FolderEntry, target: Path) -> None:
    """Copy a file to another file system, and remove it."""
    if shutil.disk_usage(target.parent).free < 2 * status(source).st_size:
        raise OSError(errno.ENOSPC, "there is no room for it")
    with opened(source) as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    copy(source, target, sha256)
    sync_folder(target.parent)
    try:
        remove(source, sha256)
    except (OSError, ChangedError):
        target.unlink()
        raise
