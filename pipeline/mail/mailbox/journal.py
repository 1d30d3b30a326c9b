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
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.intake.scan import Arrival
from pipeline.workspace.folder import (
    UNFINISHED,
    Workspace,
    disk_trouble,
    make_private,
    replacing,
    sync_folder,
)
from pipeline.workspace.moving import put

_HIDDEN = f"{UNFINISHED}mail-"
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


class Journal(Struct, frozen=True):
    """The notes of a workspace."""

    workspace: Workspace

    @property
    def _folder(self) -> Path:
        return self.workspace.state / "mailbox"

    def has(self, key: str) -> bool:
        """Whether an attachment was taken."""
        return self._note(key).exists()

    def place(self, key: str, folder: Path, note: Note, content: bytes) -> Path:
        """Put an attachment into an inbox folder and note that; its path there.

        Raises:
            WorkspaceError: it cannot be written.
        """
        hidden = folder / f"{_HIDDEN}{key}"
        with disk_trouble(f"What came by mail cannot be put into {folder}"):
            folder.mkdir(exist_ok=True)
            hidden.unlink(missing_ok=True)
            hidden.touch(mode=0o600)
            with hidden.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.utime(hidden, (note.arrived_at.timestamp(),) * 2)
            sync_folder(folder)
            self._write(self._note(key), msgspec.json.encode(note))
            path = put(hidden, folder / note.name)
            sync_folder(folder)
        return path

    def finish(self) -> None:
        """Complete what a run that was cut off had begun; only while no other run is at work.

        Notes that are too old to matter go.

        Raises:
            WorkspaceError: a file cannot be given its name.
        """
        for hidden in sorted(self._hidden()):
            with disk_trouble(f"{hidden} came by mail and cannot be given its name"):
                self._finish_one(hidden)

        oldest = time.time() - _KEPT_DAYS * 24 * 60 * 60
        for note in _taken(self.workspace).glob("*.json"):
            with suppress(OSError):
                if note.stat().st_mtime < oldest:
                    note.unlink()

    def _hidden(self) -> Iterator[Path]:
        # A link to a folder elsewhere is none of ours.
        if self._folder.exists():
            for folder in self.workspace.inbox.glob("*/"):
                if not folder.is_symlink():
                    yield from folder.glob(f"{_HIDDEN}*")

    def _finish_one(self, hidden: Path) -> None:
        note = self._note(hidden.name.removeprefix(_HIDDEN))
        try:
            noted = msgspec.json.decode(note.read_bytes(), type=Note)
        except FileNotFoundError:
            # Its message is still where it was, and is taken anew.
            hidden.unlink()
            return
        if hidden.lstat().st_nlink > 1:
            # It has its name, and may have left the inbox under it.
            hidden.unlink()
        else:
            put(hidden, hidden.with_name(noted.name))

    def untaken(self, folder: str) -> set[str]:
        """The numbers of the messages of a folder that were left for a person."""
        try:
            noted = msgspec.json.decode(self._untaken.read_bytes(), type=UntakenNote)
        except (OSError, msgspec.DecodeError):
            # They are said once more.
            return set()
        return set(noted.numbers) if noted.folder == folder else set()

    def note_untaken(self, folder: str, numbers: set[str]) -> None:
        """Note which messages of a folder are left for a person.

        Raises:
            WorkspaceError: that cannot be written.
        """
        if numbers == self.untaken(folder):
            return
        noted = UntakenNote(folder, tuple(sorted(numbers, key=int)))
        with disk_trouble(f"{self._untaken} cannot be written"):
            self._write(self._untaken, msgspec.json.encode(noted))

    @property
    def _untaken(self) -> Path:
        return self._folder / "left.json"

    def _note(self, key: str) -> Path:
        return _taken(self.workspace) / f"{key}.json"

    def _write(self, path: Path, content: bytes) -> None:
        make_private(path.parent)
        with replacing(path, 0o600) as temporary:
            temporary.write_bytes(content)


def key_of(area: str, message: str, sha256: str) -> str:
    """The key of an attachment: its bytes, its area, and what makes its message the same one."""
    sent = hashlib.sha256(f"{area}\n{message}".encode("utf-8", "replace"))
    return f"{sha256}-{sent.hexdigest()[:32]}"


def as_mailed(arrival: Arrival, workspace: Workspace) -> Arrival:
    """A file of the inbox; one that came by mail arrived when its message came into the mailbox.

    The file has that time, which is noted with its bytes: another file with the same bytes, dropped
    by hand, has not.
    """
    notes = list(_taken(workspace).glob(f"{arrival.sha256}-*.json"))
    try:
        kept = int(arrival.path.stat().st_mtime) if notes else 0
        came = [msgspec.json.decode(each.read_bytes(), type=Note).arrived_at for each in notes]
    except (OSError, msgspec.DecodeError):
        return arrival
    arrived_at = next((each for each in came if int(each.timestamp()) == kept), None)
    return replace(arrival, arrived_at=arrived_at) if arrived_at else arrival


def _taken(workspace: Workspace) -> Path:
    return workspace.state / "mailbox" / "taken"


def finish(workspace: Workspace) -> None:
    """Complete what a run that was cut off had begun to take out of the mailbox."""
    Journal(workspace).finish()
