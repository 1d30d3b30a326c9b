"""Making a backup while the job may be at work.

A file is on its way from the inbox by the store to the archive, so they are looked at in that
order: first what waits in the inbox, then the store at one moment, then the files that this store
knows, wherever each is by then. So none is between two looks.
"""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from pipeline.intake import archive
from pipeline.intake.inbox import Skipped, no_file
from pipeline.intake.scan import Arrival, examine, examine_entry, has_changed
from pipeline.mail.mailbox import as_mailed
from pipeline.mail.messages.texts import own_templates
from pipeline.operations.backup import manifest
from pipeline.operations.backup.tar_file import Packer, opened
from pipeline.operations.doctor.archive import files_in, hashes_of, sha256_of, waiting_files
from pipeline.store import attachments, copying, delivery_key, journal
from pipeline.store.session import Progress
from pipeline.store.tables import SCHEMA_VERSION
from pipeline.workspace.directory import (
    Directory,
    File,
    FolderEntry,
    is_there,
    path_of,
    status,
    walk,
)
from pipeline.workspace.errors import BackupError
from pipeline.workspace.folder import UNFINISHED, Workspace, disk_trouble, replacing
from pipeline.workspace.moving import UnreadError
from pipeline.workspace.settings import FILE_NAME

_LAST = datetime.max.replace(tzinfo=UTC)
#: Seconds for which a file that is being moved is looked for, and between two looks.
_PATIENCE, _PAUSE = 5.0, 0.2
#: How often every place is looked at for a file that was in the inbox a moment ago.
_LOOKS = 3
#: Seconds after which what a backup left unfinished is surely of one that was killed.
_DEAD = 24 * 60 * 60


class Backup(Struct, frozen=True):
    """A backup that was made."""

    path: Path
    files: int
    #: What is wrong with the workspace, so that the backup is not whole either; a line each.
    problems: list[str]
    #: What was no file, and so is not in it; a line each.
    passed_over: list[str]


def back_up(workspace: Workspace, target: Path, now: datetime, progress: Progress) -> Backup:
    """Write everything that cannot be made again into one file, which is read back.

    A folder gets a file of its own, named after the time. Needs no lock.

    Raises:
        BackupError: the file is there already, may not lie there, or cannot be written.
        StoreError: the store cannot be read.
    """
    path = _path_of(workspace, target, now)
    _clear_dead(path.parent)
    with (
        disk_trouble(f"{path} cannot be written", BackupError),
        replacing(path, 0o600) as temporary,
        tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as scratch,
    ):
        with tarfile.open(temporary, "w", encoding="utf-8") as tar:
            making = _Making(workspace, Packer(tar, Path(scratch)), progress)
            making.run(now)
        with opened(temporary, progress):
            return Backup(path, len(making.packer.members), making.problems, making.passed_over)


def _path_of(workspace: Workspace, target: Path, now: datetime) -> Path:
    path = target
    if target.is_dir():
        path = target / f"quarterday-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"
    whole = path.resolve()
    for folder in (workspace.inbox, workspace.outbox, workspace.state):
        # A run takes in, sends out or sweeps away what lies there.
        if whole.is_relative_to(folder.resolve()):
            raise BackupError(f"A backup may not lie in {folder}. Name another folder.")
    if path.exists():
        raise BackupError(f"{path} is there already. Name another file, or a folder.")
    return path


def _clear_dead(folder: Path) -> None:
    """Take away what backups that were killed left there; another may be at work just now."""
    for path in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _DEAD:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


class _Making(Struct):
    """One backup being made, and what is wrong with what it is made of."""

    workspace: Workspace
    packer: Packer
    progress: Progress
    problems: list[str] = []
    passed_over: list[str] = []

    def run(self, now: datetime) -> None:
        place = self.workspace
        waiting = list(self._waiting())
        unarchived = [*_files(place.leaving), *_files(place.quarantine)]
        self.passed_over += self._no_files_in_inbox()
        for folder in (place.leaving, place.quarantine, place.templates):
            self.passed_over += _no_files(folder)
        # Before the store: a journal that tells more than the store holds stops every run.
        kept = [*journal.files(place.archive)]
        copy = self.packer.scratch / manifest.STORE
        self.progress("Copying the store", 0, 1)
        copying.snapshot(place.store_url, copy)
        self.problems += [f"The store is damaged: {line}" for line in copying.damage(copy)]
        self.packer.add(manifest.STORE, copy)
        self._add_named(manifest.REGISTER, place.register)
        if (place.root / FILE_NAME).exists():
            self._add_named(manifest.SETTINGS, place.root / FILE_NAME)
        for path in own_templates(place.templates):
            self._add(f"{manifest.TEXTS}/{path.name}", path)
        wanted = copying.received(f"sqlite:///{copy}").archived
        self._add_archive(wanted)
        self._add_attachments(copying.attachments(f"sqlite:///{copy}"))
        self._add_inbox(waiting, copying.deliveries(f"sqlite:///{copy}"))
        for path in unarchived:
            # What runs that were cut off left, and what was set aside.
            if not hashes_of([path]).keys() & wanted:
                self._add(self._kept_name(path), path, may_go=True)
        for path in (*kept, *journal.registers(place.archive)):
            self._add(self._kept_name(path), path)
        self.packer.finish(SCHEMA_VERSION, now)

    def _add(self, name: str, path: File, *, may_go: bool = False) -> None:
        """Put a file in as it is, or say why not; one that `may_go` may be gone meanwhile."""
        try:
            self.packer.add(name, path)
        except UnreadError as error:
            if not may_go or is_there(path):
                said = f"{path_of(path)} cannot be read ({error.strerror})"
                self.problems.append(f"{said}, so it is not in the backup.")

    def _add_named(self, name: str, path: Path) -> None:
        """Put in a file that may be a link, if that does not lead out of the workspace."""
        place = path.resolve()
        if path.is_symlink() and not place.is_relative_to(self.workspace.root.resolve()):
            self.problems.append(
                f"{path} is a link that leads out of the workspace, to {place}, so it is not in "
                "the backup. Name that path in pipeline.toml, or put the file itself there."
            )
        else:
            self._add(name, place)

    def _kept_name(self, path: Path) -> str:
        """What a file of the state folder is called in a backup."""
        return path.relative_to(self.workspace.state).as_posix()

    def _inbox_name(self, path: Path) -> str:
        return f"{manifest.INBOX}/{path.relative_to(self.workspace.inbox).as_posix()}"

    def _add_attachments(self, wanted: frozenset[str]) -> None:
        """What goes with messages that were not sent when the store was copied."""
        for sha256 in sorted(wanted):
            path = attachments.place_of(self.workspace, sha256)
            if self.packer.add_if(self._kept_name(path), path, sha256):
                continue
            # It goes as soon as its message has been sent.
            if sha256 in copying.attachments(self.workspace.store_url):
                self.problems.append(f"What is attached to mail is missing or damaged: {path}.")

    # --- The archive ---

    def _add_archive(self, wanted: dict[str, str]) -> None:
        """Every file that the store received, from the archive or from its way there."""
        pending = []
        for done, sha256 in enumerate(sorted(wanted), 1):
            if not self._add_received(sha256):
                pending.append(sha256)
            self.progress("Copying the archive", done, len(wanted))
        until = time.monotonic() + _PATIENCE
        while pending and time.monotonic() < until:
            time.sleep(_PAUSE)
            pending = [sha256 for sha256 in pending if not self._add_received(sha256)]
        forgotten = copying.received(self.workspace.store_url).forgotten if pending else {}
        for sha256 in pending:
            path = archive.find_archived(self.workspace, sha256)
            if path:
                self.problems.append(f"{path} is damaged; it is in the backup as it is.")
                self._add(self._kept_name(path), path)
            elif sha256 in forgotten:
                self.problems.append(
                    f"{wanted[sha256]} was forgotten while the backup was made. Make it again."
                )
            else:
                self.problems.append(f"{wanted[sha256]} is missing from the archive ({sha256}).")

    def _add_received(self, sha256: str) -> bool:
        """Put a file in from wherever it is by now, under its place in the archive."""
        path = archive.find_archived(self.workspace, sha256)
        if path and self.packer.add_if(self._kept_name(path), path, sha256):
            return True
        file = self._on_its_way(sha256)
        arrival = file and self._examined(file)
        if not isinstance(arrival, Arrival):
            return False
        goal = archive.archived(self.workspace, sha256, arrival.kind)
        return self.packer.add_if(self._kept_name(goal), file, sha256)

    def _examined(self, file: File) -> Arrival | Skipped:
        largest = self.workspace.settings.limits.file_mb
        if isinstance(file, Path):
            return examine(file, file_mb=largest)
        return examine_entry(file, file_mb=largest)

    def _on_its_way(self, sha256: str) -> File | None:
        """The file in the inbox, or between it and the archive, that has these bytes."""
        for file in waiting_files(self.workspace):
            with suppress(OSError):
                now = status(file)
                if _sha256_at(file, now.st_size, now.st_mtime_ns) == sha256:
                    return file
        return None

    # --- The inbox ---

    def _waiting(self) -> Iterator[tuple[FolderEntry, Arrival | None]]:
        """What lies in the inbox; without a hash where it changes, goes or cannot be read."""
        files = []
        for entry, as_listed in self._in_inbox():
            if stat.S_ISDIR(as_listed.st_mode):
                self.packer.folders.append(self._inbox_name(entry.path))
            elif stat.S_ISREG(as_listed.st_mode) and not entry.name.startswith(UNFINISHED):
                files.append(entry)
        for entry in sorted(files, key=path_of):
            arrival = self._examined(entry)
            # What a run took away while it was looked at bears the time of that.
            if isinstance(arrival, Arrival) and not has_changed(arrival):
                yield entry, as_mailed([arrival], self.workspace)[0]
            else:
                yield entry, None

    def _in_inbox(self) -> Iterator[tuple[FolderEntry, os.stat_result]]:
        """Everything there, each by the folder that it was listed in; nothing where it is none."""
        with suppress(OSError):
            yield from walk(Directory.of(self.workspace.inbox))

    def _no_files_in_inbox(self) -> Iterator[str]:
        for entry, as_listed in self._in_inbox():
            is_folder = stat.S_ISDIR(as_listed.st_mode)
            if is_folder and entry.is_too_deep:
                said = f"{entry.path} lies in too many folders"
                yield f"{said}, so what it holds is not in the backup."
            elif not is_folder:
                yield from _no_file(entry.path, as_listed.st_mode)

    def _add_inbox(
        self, waiting: list[tuple[FolderEntry, Arrival | None]], taken: list[copying.DeliveredFile]
    ) -> None:
        """What the store does not know to have been taken in.

        Which area the store took a file's folder for is the store's word, not that of a register
        that may have changed since.
        """
        keys = {delivery.key for delivery in taken}
        areas = {delivery.folder_area for delivery in taken}
        # What came first is put back first: of two returns of an area the later one counts.
        waiting.sort(key=lambda each: (each[1].arrived_at if each[1] else _LAST, each[0].name))
        for entry, arrival in waiting:
            if arrival is None:
                self._add(self._inbox_name(entry.path), entry, may_go=True)
                continue
            possible = (
                delivery_key(arrival.sha256, area, arrival.filename, arrival.arrived_at)
                for area in areas
            )
            if keys.isdisjoint(possible):
                self._add_waiting(arrival)

    def _add_waiting(self, arrival: Arrival) -> None:
        """Put in what waited when the store was copied, though a run may have moved it since."""
        name, sha256 = self._inbox_name(arrival.path), arrival.sha256
        if not any(self.packer.add_if(name, place, sha256) for place in self._places(arrival)):
            # Whoever sent it has replaced it, or taken it away.
            self._add(name, arrival.file, may_go=True)

    def _places(self, arrival: Arrival) -> Iterator[File | None]:
        """Where a file of the inbox is by now: each place in turn, as the file goes that way."""
        for _ in range(_LOOKS):
            yield arrival.file
            yield archive.find_archived(self.workspace, arrival.sha256)
            yield self._on_its_way(arrival.sha256)


def _files(folder: Path) -> list[Path]:
    """Every file in a folder and its folders that is whole."""
    return sorted(path for path in files_in(folder) if not path.name.startswith(UNFINISHED))


def _no_files(folder: Path) -> Iterator[str]:
    """What lies in a folder and its folders and is neither file nor folder, a line each."""
    for place, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            path = Path(place, name)
            with suppress(FileNotFoundError):
                mode = path.lstat().st_mode
                if not stat.S_ISDIR(mode):
                    yield from _no_file(path, mode)


def _no_file(path: Path, mode: int) -> Iterator[str]:
    """What to say of something that is no folder; nothing of a file."""
    if what := no_file(mode):
        yield f"{path} is {what}, so it is not in the backup."


@lru_cache(maxsize=1024)
def _sha256_at(path: File, _size: int, _changed_ns: int) -> str:
    """No file is read twice to know it."""
    return sha256_of(path)
