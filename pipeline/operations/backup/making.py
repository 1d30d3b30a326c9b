"""Making a backup while the job may be at work.

A file is on its way from the inbox by the store to the archive, so they are looked at in that
order: first what waits in the inbox, then the store at one moment, then the files that this store
knows, wherever each is by then. So none is between two looks.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from pipeline.intake import archive
from pipeline.intake.scan import Arrival, examine, has_changed
from pipeline.mail.mailbox import as_mailed
from pipeline.operations.backup import manifest
from pipeline.operations.backup.tar_file import Packer, UnreadableError, opened
from pipeline.operations.doctor.archive import (
    Progress,
    archived_files,
    files_in,
    hashes_of,
    sha256_of,
    waiting_files,
)
from pipeline.store import delivery_key
from pipeline.workspace.errors import BackupError
from pipeline.workspace.folder import UNFINISHED, Workspace, remedy, replacing
from pipeline.workspace.settings import FILE_NAME

if TYPE_CHECKING:
    from pipeline.store.copying import DeliveredFile

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
    contents: manifest.Manifest
    #: What is wrong with the workspace, so that the backup is not whole either; a line each.
    problems: tuple[str, ...]


def back_up(workspace: Workspace, target: Path, now: datetime, progress: Progress) -> Backup:
    """Write everything that cannot be made again into one file, which is read back.

    A folder gets a file of its own, named after the time. Needs no lock.

    Raises:
        BackupError: the file is there already, may not lie there, or cannot be written.
        StoreError: the store cannot be read.
    """
    path = _path_of(workspace, target, now)
    _clear_dead(path.parent)
    try:
        with (
            replacing(path, 0o600) as temporary,
            tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as scratch,
        ):
            with closing(Packer(temporary)) as packer:
                making = _Making(workspace, packer, Path(scratch), progress)
                contents = making.run(now)
            with opened(temporary, progress):
                pass
    except OSError as error:
        raise BackupError(
            f"{path} cannot be written ({error.strerror}). {remedy(error)}"
        ) from error
    return Backup(path, contents, tuple(making.problems))


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
    scratch: Path
    progress: Progress
    problems: list[str] = field(default_factory=list)
    #: By path, size and time of change: no file is read twice to know it.
    _known: dict[tuple[Path, int, int], str] = field(default_factory=dict)

    def run(self, now: datetime) -> manifest.Manifest:
        from pipeline.mail.messages.texts import own_templates
        from pipeline.store.copying import damage, deliveries, received, snapshot
        from pipeline.store.tables import SCHEMA_VERSION

        place = self.workspace
        waiting = list(self._waiting())
        unarchived = [*_files(place.leaving), *_files(place.quarantine)]
        # Before the store: a journal that tells more than the store holds stops every run.
        journal = _files(place.archive / "journal")
        copy = self.scratch / manifest.STORE
        self.progress("Copying the store", 0, 1)
        snapshot(place.store_url, copy)
        self.problems += [f"The store is damaged: {line}" for line in damage(copy)]
        self.packer.add(manifest.STORE, copy)
        self._add(manifest.REGISTER, place.register)
        if (place.root / FILE_NAME).exists():
            self._add(manifest.SETTINGS, place.root / FILE_NAME)
        for path in own_templates(place.templates):
            self._add(f"{manifest.TEXTS}/{path.name}", path)
        wanted = received(f"sqlite:///{copy}").archived
        self._add_archive(wanted)
        self._add_inbox(waiting, deliveries(f"sqlite:///{copy}"))
        self._add_unarchived(unarchived, wanted)
        for path in (*journal, *_files(place.archive / "registers")):
            self._add(_name(manifest.ARCHIVE, path, place.archive), path)
        return self.packer.finish(SCHEMA_VERSION, now)

    def _add(self, name: str, path: Path, *, may_go: bool = False) -> None:
        """Put a file in as it is, or say why not; one that `may_go` may be gone meanwhile."""
        try:
            self.packer.add(name, path)
        except UnreadableError as error:
            if not may_go or path.exists():
                self.problems.append(
                    f"{path} cannot be read ({error}), so it is not in the backup."
                )

    # --- The archive ---

    def _add_archive(self, wanted: dict[str, str]) -> None:
        """Every file that the store received, from the archive or from its way there."""
        from pipeline.store.copying import received

        archived = archived_files(self.workspace.archive)[0]
        pending = []
        for done, sha256 in enumerate(sorted(wanted), 1):
            if not self._add_received(sha256, archived.get(sha256)):
                pending.append(sha256)
            self.progress("Copying the archive", done, len(wanted))
        until = time.monotonic() + _PATIENCE
        while pending:
            pending = [sha256 for sha256 in pending if not self._add_found(sha256)]
            if time.monotonic() > until:
                break
            time.sleep(_PAUSE if pending else 0)
        forgotten = received(self.workspace.store_url).forgotten if pending else {}
        for sha256 in pending:
            path = archive.find_archived(self.workspace, sha256)
            if path is None and sha256 in forgotten:
                self.problems.append(
                    f"{wanted[sha256]} was forgotten while the backup was made. Make it again."
                )
            elif path is None:
                self.problems.append(f"{wanted[sha256]} is missing from the archive ({sha256}).")
            else:
                self.problems.append(f"{path} is damaged; it is in the backup as it is.")
                self._add(_name(manifest.ARCHIVE, path, self.workspace.archive), path)

    def _add_found(self, sha256: str) -> bool:
        """Put a file in from wherever it is by now."""
        if self._add_received(sha256, archive.find_archived(self.workspace, sha256)):
            return True
        path = self._on_its_way(sha256)
        if path is None:
            return False
        arrival = examine(path, file_mb=self.workspace.settings.limits.file_mb)
        if not isinstance(arrival, Arrival):
            return False
        return self._add_received(
            sha256, path, archive.archived(self.workspace, sha256, arrival.kind)
        )

    def _add_received(self, sha256: str, path: Path | None, goal: Path | None = None) -> bool:
        """Put a file in under its place in the archive, if these are its bytes."""
        if path is None:
            return False
        name = _name(manifest.ARCHIVE, goal or path, self.workspace.archive)
        return self.packer.add_if(name, path, sha256)

    def _on_its_way(self, sha256: str) -> Path | None:
        """The file in the inbox, or between it and the archive, that has these bytes."""
        for path in waiting_files(self.workspace):
            try:
                status = path.stat()
                key = path, status.st_size, status.st_mtime_ns
                if key not in self._known:
                    self._known[key] = sha256_of(path)
            except OSError:
                continue
            if self._known[key] == sha256:
                return path
        return None

    # --- The inbox ---

    def _waiting(self) -> Iterator[tuple[Path, Arrival | None]]:
        """What lies in the inbox; without a hash where it changes, goes or cannot be read."""
        inbox = self.workspace.inbox
        for place, folders, _ in os.walk(inbox):
            self.packer.folders += [
                _name(manifest.INBOX, Path(place, name), inbox) for name in folders
            ]
        for path in _files(inbox):
            arrival = examine(path, file_mb=self.workspace.settings.limits.file_mb)
            # What a run took away while it was looked at bears the time of that.
            if isinstance(arrival, Arrival) and not has_changed(arrival):
                yield path, as_mailed(arrival, self.workspace)
            else:
                yield path, None

    def _add_inbox(
        self, waiting: list[tuple[Path, Arrival | None]], taken: list[DeliveredFile]
    ) -> None:
        """What the store does not know to have been taken in.

        Which area the store took a file's folder for is the store's word, not that of a register
        that may have changed since.
        """
        keys = {delivery.key for delivery in taken}
        areas = defaultdict(set)
        for delivery in taken:
            areas[delivery.sha256].add(delivery.folder_area)
        # What came first is put back first: of two returns of an area the later one counts.
        waiting.sort(key=lambda each: (each[1].arrived_at if each[1] else _LAST, each[0].name))
        for path, arrival in waiting:
            name = _name(manifest.INBOX, path, self.workspace.inbox)
            if arrival is None:
                self._add(name, path, may_go=True)
                continue
            possible = (
                delivery_key(arrival.sha256, area, arrival.filename, arrival.arrived_at)
                for area in areas[arrival.sha256]
            )
            if keys.isdisjoint(possible):
                self._add_waiting(name, path, arrival)

    def _add_waiting(self, name: str, path: Path, arrival: Arrival) -> None:
        """Put in what waited when the store was copied, though a run may have moved it since."""
        looks: tuple[Callable[[str], Path | None], ...] = (
            lambda _: path,
            lambda sha256: archive.find_archived(self.workspace, sha256),
            self._on_its_way,
        )
        # Each place is looked at only after the one before it, as the file goes that way.
        for look in looks * _LOOKS:
            if self.packer.add_if(name, look(arrival.sha256), arrival.sha256):
                return
        # Whoever sent it has replaced it, or taken it away.
        self._add(name, path, may_go=True)

    def _add_unarchived(self, paths: list[Path], received: dict[str, str]) -> None:
        """What runs that were cut off left, and what was set aside, unless the archive has it."""
        for path in paths:
            if not hashes_of([path]).keys() & received:
                self._add(path.relative_to(self.workspace.state).as_posix(), path, may_go=True)


def _files(folder: Path) -> list[Path]:
    """Every file in a folder and its folders that is whole."""
    return sorted(path for path in files_in(folder) if not path.name.startswith(UNFINISHED))


def _name(top: str, path: Path, folder: Path) -> str:
    return f"{top}/{path.relative_to(folder).as_posix()}"
