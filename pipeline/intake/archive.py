"""Archive: how a file leaves the inbox, and where its bytes are kept for good.

Within a file system a file is renamed twice. First it is claimed: it goes to
`var/leaving/<its place in the archive>/<its place in the inbox>`, where no sender can replace it.
Its bytes are checked there, and then it goes to the archive, or back where it came from if it is no
longer what was read. From another file system, and where it belongs to another user, it is copied,
the copy checked, and then removed. A run that is killed leaves the file in the inbox, where the
store knows it, or a claim, which the next run completes.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePath

from msgspec import Struct

from pipeline.intake.inbox import Skipped, put_back
from pipeline.intake.scan import Arrival
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind
from pipeline.workspace import directory, moving
from pipeline.workspace.folder import Workspace, disk_trouble, private_folder, sync_folder
from pipeline.workspace.moving import ChangedError, UnreadError

_CHANGED = (
    "changed after it was read; what was read is recorded, "
    "and what lies there now is taken at the next run"
)
_GONE = "taken in, but gone from the inbox before it was in the archive; ask for it again"
#: The length of a SHA-256 in a name.
_DIGITS = 64
#: The disk is asked to keep so many files at once: one by one, each would wait for it alone.
_AT_ONCE = 16


def archived(workspace: Workspace, sha256: str, kind: FileKind) -> Path:
    """Where a file's bytes are kept for good, by their hash."""
    return _place(workspace, f"{sha256}{EXTENSIONS.get(kind, '.bin')}")


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
    skipped: list[Skipped] = []
    copied: list[tuple[Arrival, str]] = []
    with ThreadPoolExecutor(_AT_ONCE, "archive") as threads:
        for start in range(0, len(arrivals), _AT_ONCE):
            claims: list[tuple[Arrival, _Claim, Future[bool]]] = []
            for arrival in arrivals[start : start + _AT_ONCE]:
                with _told(arrival, workspace, skipped):
                    claim, why = _claimed(arrival, workspace)
                    if why:
                        _copy(arrival, workspace)
                        copied.append((arrival, why))
                    else:
                        claims.append((arrival, claim, threads.submit(_is_kept, claim)))
            for arrival, claim, is_kept in claims:
                with _told(arrival, workspace, skipped):
                    try:
                        if not _to_archive(claim, workspace, is_kept=is_kept.result()):
                            raise ChangedError
                    finally:
                        _tidy(claim, workspace)
    with suppress(OSError):
        workspace.leaving.rmdir()
    if folders := {_of(arrival, workspace).parent for arrival, _ in copied}:
        # Two file systems keep no common order: what is removed in one must be safe in the other.
        for folder in sorted({workspace.archive, *folders}):
            sync_folder(folder)
    for arrival, why in copied:
        skipped += _removed(arrival, why)
    return skipped


def finish(workspace: Workspace) -> None:
    """Complete what a run that was cut off had claimed.

    Raises:
        WorkspaceError: a file can neither be moved to the archive nor put back.
    """
    for folder, folders, files in sorted(os.walk(workspace.leaving)):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for each in (*files, *links):
            path = Path(folder) / each
            name, *parts = path.relative_to(workspace.leaving).parts
            claim = _Claim(path, name, PurePath(*parts or [name]))
            with _reported(path):
                _to_archive(claim, workspace, is_kept=_is_kept(claim))
    for folder, _, _ in os.walk(workspace.leaving, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()


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


def _place(workspace: Workspace, name: str) -> Path:
    return workspace.archive / name[:2] / name


def _of(arrival: Arrival, workspace: Workspace) -> Path:
    return archived(workspace, arrival.sha256, arrival.kind)


def _claimed(arrival: Arrival, workspace: Workspace) -> tuple[_Claim, str]:
    """Take a file away by renaming it; where that cannot be done, why.

    Raises:
        FileNotFoundError: it is gone.
    """
    within = arrival.path.relative_to(workspace.inbox)
    name = _of(arrival, workspace).name
    claim = _Claim(workspace.leaving / name / within, name, within)
    private_folder(claim.path.parent)
    try:
        directory.rename(arrival.file, claim.path)
    except OSError as error:
        _tidy(claim, workspace)
        if isinstance(error, FileNotFoundError):
            raise
        # Another file system, a folder from which nothing may be taken, or a program that has it.
        return claim, error.strerror or "it cannot be moved"
    return claim, ""


def _tidy(claim: _Claim, workspace: Workspace) -> None:
    """Remove the folders in which a claim lay that are empty now, from the innermost up."""
    with suppress(OSError):
        folder = claim.path.parent
        while folder != workspace.leaving:
            folder.rmdir()
            folder = folder.parent


def _is_kept(claim: _Claim) -> bool:
    """Whether a claim has the bytes that its folder is called by, and the disk keeps them."""
    return moving.is_final(claim.path, claim.sha256, sync=True)


def _to_archive(claim: _Claim, workspace: Workspace, *, is_kept: bool) -> bool:
    """Whether a claim went to the archive; otherwise it went back to the inbox."""
    if not is_kept:
        put_back(claim.path, workspace.inbox, claim.within)
        return False
    path = _place(workspace, claim.name)
    if moving.holds(path, claim.sha256):
        claim.path.unlink()
        return True
    private_folder(path.parent)
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
        put_back(claim.path, workspace.inbox, claim.within)
        return False
    return True


def _copy(arrival: Arrival, workspace: Workspace) -> None:
    path = _of(arrival, workspace)
    if moving.holds(path, arrival.sha256):
        return
    private_folder(path.parent)
    moving.copy(arrival.file, path, arrival.sha256, 0o400)


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


def _not_archived(arrival: Arrival, error: Exception, workspace: Workspace) -> Iterator[Skipped]:
    if isinstance(error, UnreadError) and error.errno != errno.ENOENT:
        yield Skipped(arrival.path, f"taken in, but cannot be read any more ({error.strerror})")
    elif isinstance(error, ChangedError):
        yield Skipped(arrival.path, _CHANGED)
    elif not moving.holds(_of(arrival, workspace), arrival.sha256):
        yield Skipped(arrival.path, _GONE)


@contextmanager
def _told(arrival: Arrival, workspace: Workspace, skipped: list[Skipped]) -> Iterator[None]:
    """What keeps one file from the archive is said of it, and the others go on."""
    with _reported(arrival.path):
        try:
            yield
        except (ChangedError, UnreadError, FileNotFoundError) as error:
            skipped += _not_archived(arrival, error, workspace)


def _reported(path: Path) -> AbstractContextManager[None]:
    """Trouble with the archive as an error of one line."""
    return disk_trouble(f"{path} was taken in but cannot be moved to the archive")
