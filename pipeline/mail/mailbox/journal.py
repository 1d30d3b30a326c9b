"""What was taken out of the mailbox, and how it comes into the inbox exactly once.

An attachment is written beside its place under a hidden name, then noted in `var/mailbox/taken`,
then given its own name. A run that is killed leaves the hidden file and no note, and the attachment
is taken anew; or both, and the file is given its name; or the note alone, and it is there already,
or taken in. So a note means that it is never taken again, however often its message comes.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from pipeline.intake.scan import Arrival
from pipeline.workspace import directory
from pipeline.workspace.directory import Directory, FolderEntry
from pipeline.workspace.folder import (
    UNFINISHED,
    Workspace,
    disk_trouble,
    make_private,
    write_whole,
)
from pipeline.workspace.moving import put

_HIDDEN = f"{UNFINISHED}mail-"
_WRITING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
#: No message comes again after so many days.
_KEPT_DAYS = 400


class Note(msgspec.Struct, frozen=True):
    """What is noted of one attachment; nothing of who sent it."""

    #: The name that it is to have in the inbox.
    name: str
    #: When its message came into the mailbox, to the second.
    arrived_at: datetime


class UntakenNote(msgspec.Struct, frozen=True):
    """The messages that were left for a person, each said once."""

    #: The folder, and the server's numbering of it.
    folder: str = ""
    numbers: tuple[str, ...] = ()


def place(workspace: Workspace, key: str, folder: Path, note: Note, content: bytes) -> Path:
    """Put an attachment into an inbox folder and note that; its path there.

    Raises:
        WorkspaceError: it cannot be written.
    """
    with disk_trouble(f"What came by mail cannot be put into {folder}"):
        into = Directory.of(folder.parent).inner(folder.name, make=True)
        hidden = FolderEntry(into, f"{_HIDDEN}{key}")
        with suppress(FileNotFoundError):
            directory.unlink(hidden)
        with os.fdopen(directory.descriptor_of(hidden, _WRITING), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        directory.set_time(hidden, note.arrived_at.timestamp())
        into.sync()
        _write(note_of(workspace, key), note)
        path = put(hidden, FolderEntry(into, note.name))
        into.sync()
    return path


def finish(workspace: Workspace) -> None:
    """Complete what a run that was cut off had begun to take out of the mailbox.

    Only while no other run is at work. Notes that are too old to matter go.

    Raises:
        WorkspaceError: a file cannot be given its name.
    """
    for hidden in _hidden(workspace):
        with disk_trouble(f"{hidden.path} came by mail and cannot be given its name"):
            _finish_one(hidden, note_of(workspace, hidden.name.removeprefix(_HIDDEN)))

    oldest = time.time() - _KEPT_DAYS * 24 * 60 * 60
    for note in _taken(workspace).glob("*.json"):
        with suppress(OSError):
            if note.stat().st_mtime < oldest:
                note.unlink()


def _hidden(workspace: Workspace) -> Iterator[FolderEntry]:
    if not _folder(workspace).exists():
        return
    with suppress(OSError), (inbox := Directory.of(workspace.inbox)).entries() as entries:
        for folder in [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]:
            # What has another's place by now is none of ours.
            with suppress(OSError), (inner := inbox.inner(folder)).entries() as found:
                names = [each.name for each in found if each.name.startswith(_HIDDEN)]
                yield from (FolderEntry(inner, name) for name in names)


def _finish_one(hidden: FolderEntry, note: Path) -> None:
    try:
        noted = msgspec.json.decode(note.read_bytes(), type=Note)
    except FileNotFoundError:
        # Its message is still where it was, and is taken anew.
        directory.unlink(hidden)
        return
    if directory.status(hidden).st_nlink > 1:
        # It has its name, and may have left the inbox under it.
        directory.unlink(hidden)
    else:
        put(hidden, replace(hidden, name=noted.name))


def untaken(workspace: Workspace, folder: str) -> set[str]:
    """The numbers of the messages of a folder that were left for a person."""
    try:
        noted = msgspec.json.decode(_untaken(workspace).read_bytes(), type=UntakenNote)
    except (OSError, msgspec.DecodeError):
        # They are said once more.
        return set()
    return set(noted.numbers) if noted.folder == folder else set()


def note_untaken(workspace: Workspace, folder: str, numbers: set[str]) -> None:
    """Note which messages of a folder are left for a person.

    Raises:
        WorkspaceError: that cannot be written.
    """
    if numbers != untaken(workspace, folder):
        path = _untaken(workspace)
        with disk_trouble(f"{path} cannot be written"):
            _write(path, UntakenNote(folder, tuple(sorted(numbers, key=int))))


def _write(path: Path, note: Note | UntakenNote) -> None:
    make_private(path.parent)
    write_whole(path, msgspec.json.encode(note), 0o600)


def _folder(workspace: Workspace) -> Path:
    return workspace.state / "mailbox"


def _taken(workspace: Workspace) -> Path:
    return _folder(workspace) / "taken"


def _untaken(workspace: Workspace) -> Path:
    return _folder(workspace) / "left.json"


def note_of(workspace: Workspace, key: str) -> Path:
    """The note of an attachment, which is there if it was taken."""
    return _taken(workspace) / f"{key}.json"


def key_of(area: str, message: str, sha256: str) -> str:
    """The key of an attachment: its bytes, its area, and what makes its message the same one."""
    sent = hashlib.sha256(f"{area}\n{message}".encode("utf-8", "replace"))
    return f"{sha256}-{sent.hexdigest()[:32]}"


def as_mailed(arrivals: Iterable[Arrival], workspace: Workspace) -> list[Arrival]:
    """Files of the inbox; those that came by mail arrived when their message came into the mailbox.

    Such a file has that time, which is noted with its bytes: another file with the same bytes,
    dropped by hand, has not.
    """
    notes: dict[str, list[Path]] = {}
    # Listed once: a mailbox of some years has many.
    for path in _taken(workspace).glob("*.json"):
        notes.setdefault(path.name.partition("-")[0], []).append(path)
    return [_as_mailed(arrival, notes.get(arrival.sha256, ())) for arrival in arrivals]


def _as_mailed(arrival: Arrival, notes: Sequence[Path]) -> Arrival:
    try:
        kept = int(directory.status(arrival.file).st_mtime) if notes else 0
        came = [msgspec.json.decode(each.read_bytes(), type=Note).arrived_at for each in notes]
    except (OSError, msgspec.DecodeError):
        return arrival
    arrived_at = next((each for each in came if int(each.timestamp()) == kept), None)
    return replace(arrival, arrived_at=arrived_at) if arrived_at else arrival
