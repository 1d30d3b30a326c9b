"""Archive: how a file leaves the inbox, and where its bytes are kept for good.

Within a file system a file is renamed twice. First it is claimed: it goes to `var/leaving/`, where
no sender can replace it, into a folder called as in the inbox, with its name in the archive before
its own. Its bytes are checked there, and then it goes to the archive, or back where it came from if
it is no longer what was read. From another file system, and where it belongs to another user or has
a very long name, it is copied, the copy checked, and then removed. A run that is killed leaves the
file in the inbox, where the store knows it, or a claim, which the next run completes.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePath
from typing import Self

from msgspec import Struct

from pipeline.intake.inbox import Skipped, put_back
from pipeline.intake.scan import Arrival
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind
from pipeline.workspace import directory, moving
from pipeline.workspace.directory import File
from pipeline.workspace.folder import Workspace, disk_trouble, private_folder, sync_folder
from pipeline.workspace.moving import ChangedError, UnreadError

_CHANGED = (
    "changed after it was read; what was read is recorded, "
    "and what lies there now is taken at the next run"
)
_GONE = "taken in, but gone from the inbox before it was in the archive; ask for it again"
#: The length of a SHA-256 in a name.
_DIGITS = 64
#: A claim's name, and that of the folder in which each claim of version 0.2.0 lay by itself.
_CLAIMED = re.compile(r"([0-9a-f]{64}\.\w+) (.+)", re.DOTALL)
_CLAIMED_0_2_0 = re.compile(r"[0-9a-f]{64}\.\w+")
#: So many are asked to be kept at once: one by one, each would wait for the disk alone. All else
#: is done by one thread, since many would wait for the interpreter.
_THREADS = 8


def archived(workspace: Workspace, sha256: str, kind: FileKind) -> Path:
    """Where a file's bytes are kept for good, by their hash."""
    return _place(workspace.archive, _name(sha256, kind))


def find_archived(workspace: Workspace, sha256: str) -> Path | None:
    """Where the bytes of that hash are kept; None where they are not."""
    return next((workspace.archive / sha256[:2]).glob(f"{sha256}.*"), None)


def take_away(arrivals: Sequence[Arrival], workspace: Workspace) -> list[Skipped]:
    """Move files whose outcome is in the store from the inbox to the archive, byte for byte.

    What is given back has changed since it was read, or cannot be removed from the inbox; then its
    bytes are in the archive all the same.

    Raises:
        WorkspaceError: the archive cannot be written.
    """
    with Leaving(workspace) as leaving:
        return leaving.begin(arrivals) + leaving.finish()


class Leaving:
    """Takes files away as `take_away` does, some while the disk is asked to keep those before them.

    What was begun and not finished when the context is left is completed by the next run.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._way = _Way.of(workspace)
        self._threads = ThreadPoolExecutor(_THREADS, "archive")
        #: The files on the way, each with whether the disk keeps its bytes; None: they are others.
        self._claims: list[tuple[Arrival, _Claim, Future[None] | None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        self._way.tidy()

    def begin(self, arrivals: Sequence[Arrival]) -> list[Skipped]:
        """Take these away as far as can be done without waiting for the disk.

        Raises:
            WorkspaceError: the archive cannot be written.
        """
        way, skipped = self._way, list[Skipped]()
        claims: list[tuple[Arrival, _Claim]] = []
        copied: list[tuple[Arrival, str]] = []
        for arrival in directory.held(sorted(arrivals, key=_folder_of), _file_of):
            with way.told(arrival, skipped):
                claim, why = way.claimed(arrival)
                if why:
                    way.copy(arrival)
                    copied.append((arrival, why))
                else:
                    claims.append((arrival, claim))
        # Asked to keep them once all are claimed, the disk keeps most of what was claimed at once.
        for arrival, claim in claims:
            with way.told(arrival, skipped):
                is_same = moving.is_final(claim.path, claim.sha256)
                kept = self._threads.submit(moving.keep, claim.path) if is_same else None
                self._claims.append((arrival, claim, kept))
        if folders := {way.place(arrival).parent for arrival, _ in copied}:
            # Two file systems keep no common order: what is removed in one must be safe in the
            # other.
            for folder in sorted({way.archive, *folders}):
                sync_folder(folder)
        for arrival, why in copied:
            skipped += _removed(arrival, why)
        return skipped

    def finish(self) -> list[Skipped]:
        """Have what was begun in the archive, or back in the inbox.

        Raises:
            WorkspaceError: the archive cannot be written.
        """
        claims, self._claims = self._claims, []
        skipped: list[Skipped] = []
        for arrival, claim, kept in claims:
            with self._way.told(arrival, skipped):
                if kept is not None:
                    kept.result()
                if not self._way.to_archive(claim, is_kept=kept is not None):
                    raise ChangedError
        return skipped


def finish(workspace: Workspace) -> None:
    """Complete what a run that was cut off had claimed.

    Raises:
        WorkspaceError: a file can neither be moved to the archive nor put back.
    """
    way = _Way.of(workspace)
    for folder, folders, files in sorted(os.walk(way.leaving)):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for each in (*files, *links):
            path = Path(folder) / each
            claim = way.claim_at(path)
            with _reported(path):
                way.to_archive(claim, is_kept=_is_kept(claim))
    way.tidy()


class _Claim(Struct, frozen=True):
    """A file on its way from the inbox to the archive."""

    path: Path
    #: Its name in the archive, which begins with the hash of its bytes.
    name: str
    #: Its place in the inbox.
    within: PurePath

    @property
    def sha256(self) -> str:
        return self.name[:_DIGITS]


def _name(sha256: str, kind: FileKind) -> str:
    return f"{sha256}{EXTENSIONS.get(kind, '.bin')}"


def _name_of(arrival: Arrival) -> str:
    return _name(arrival.sha256, arrival.kind)


def _place(archive: Path, name: str) -> Path:
    return archive / name[:2] / name


def _file_of(arrival: Arrival) -> File:
    return arrival.file


def _folder_of(arrival: Arrival) -> str:
    return str(arrival.path.parent)


def _is_kept(claim: _Claim) -> bool:
    """Whether a claim has the bytes that its folder is called by, and the disk keeps them."""
    return moving.is_final(claim.path, claim.sha256, sync=True)


class _Way(Struct, frozen=True):
    """The way of files from an inbox to an archive, its folders looked up once."""

    inbox: Path
    leaving: Path
    archive: Path
    #: The folders on the way that are known to be there.
    made: set[Path]

    @classmethod
    def of(cls, workspace: Workspace) -> _Way:
        return cls(workspace.inbox, workspace.leaving, workspace.archive, set())

    def place(self, arrival: Arrival) -> Path:
        return _place(self.archive, _name_of(arrival))

    def claimed(self, arrival: Arrival) -> tuple[_Claim, str]:
        """Take a file away by renaming it; where that cannot be done, why.

        Raises:
            FileNotFoundError: it is gone.
        """
        within = arrival.path.relative_to(self.inbox)
        name = _name_of(arrival)
        path = self._ready(self.leaving / within.parent / f"{name} {within.name}")
        claim = _Claim(path, name, within)
        try:
            directory.rename(arrival.file, path)
        except FileNotFoundError:
            raise
        except OSError as error:
            # Another file system, a folder from which nothing may be taken, or a program has it.
            return claim, error.strerror or "it cannot be moved"
        return claim, ""

    def claim_at(self, path: Path) -> _Claim:
        """What lies on the way, as what it was claimed as."""
        first, *others = within = path.relative_to(self.leaving).parts
        if others and _CLAIMED_0_2_0.fullmatch(first):
            return _Claim(path, first, PurePath(*others))
        found = _CLAIMED.fullmatch(path.name)
        if found is None:
            return _Claim(path, "", PurePath(*within))
        return _Claim(path, found[1], PurePath(*within[:-1], found[2]))

    def tidy(self) -> None:
        """Remove the folders on the way that are empty now, from the innermost up."""
        for folder, _, _ in os.walk(self.leaving, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()

    def to_archive(self, claim: _Claim, *, is_kept: bool) -> bool:
        """Whether a claim went to the archive; otherwise it went back to the inbox."""
        if not is_kept:
            put_back(claim.path, self.inbox, claim.within)
            return False
        path = self._ready(_place(self.archive, claim.name))
        if directory.is_there(path) and moving.holds(path, claim.sha256):
            claim.path.unlink()
            return True
        # What has that name and other bytes was left by a crash.
        if moving.is_own(claim.path):
            with suppress(OSError):
                claim.path.chmod(0o400)
            claim.path.replace(path)
            return True
        try:
            # Whoever it belongs to may have it open still, and keeps the right to change it.
            moving.copy(claim.path, path, claim.sha256, 0o400)
            sync_folder(path.parent)
            moving.remove(claim.path, claim.sha256)
        except ChangedError:
            put_back(claim.path, self.inbox, claim.within)
            return False
        return True

    def copy(self, arrival: Arrival) -> None:
        path = self._ready(self.place(arrival))
        if not moving.holds(path, arrival.sha256):
            moving.copy(arrival.file, path, arrival.sha256, 0o400)

    def _ready(self, path: Path) -> Path:
        """A place on the way, its folder made."""
        if path.parent not in self.made:
            private_folder(path.parent)
            self.made.add(path.parent)
        return path

    @contextmanager
    def told(self, arrival: Arrival, skipped: list[Skipped]) -> Iterator[None]:
        """What keeps one file from the archive is said of it, and the others go on."""
        with _reported(arrival.path):
            try:
                yield
            except (ChangedError, UnreadError, FileNotFoundError) as error:
                skipped += self._not_archived(arrival, error)

    def _not_archived(self, arrival: Arrival, error: Exception) -> Iterator[Skipped]:
        if isinstance(error, UnreadError) and error.errno != errno.ENOENT:
            yield Skipped(arrival.path, f"taken in, but cannot be read any more ({error.strerror})")
        elif isinstance(error, ChangedError):
            yield Skipped(arrival.path, _CHANGED)
        elif not moving.holds(self.place(arrival), arrival.sha256):
            yield Skipped(arrival.path, _GONE)


def _removed(arrival: Arrival, why: str) -> Iterator[Skipped]:
    """Remove a file that was copied; something to say where that cannot be done."""
    try:
        moving.remove(arrival.file, arrival.sha256)
    except ChangedError:
        yield Skipped(arrival.path, _CHANGED)
    except OSError as error:
        yield Skipped(
            arrival.path,
            f"taken in, but cannot be removed from the inbox ({error.strerror or why}); "
            "the next run completes it",
        )


def _reported(path: Path) -> AbstractContextManager[None]:
    """Trouble with the archive as an error of one line."""
    return disk_trouble(f"{path} was taken in but cannot be moved to the archive")
