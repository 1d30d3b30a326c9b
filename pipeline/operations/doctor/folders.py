"""The folders: whether they can be used as a run uses them, their clocks, and the room there is.

What it writes to find that out is taken away at once: a file of its own in each folder of the
inbox, and a nameless one elsewhere.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from pipeline.operations.doctor.check import HealthCheck, attention, broken, many, well
from pipeline.workspace.directory import (
    Directory,
    ExchangedError,
    FolderEntry,
    descriptor_of,
    rename,
    unlink,
)
from pipeline.workspace.folder import UNFINISHED, Workspace, remedy

_MIB = 1024 * 1024
#: Room below which someone should see to it, in bytes, and how many of the largest returns as well.
_LEAST_ROOM, _LEAST_RETURNS = 500 * _MIB, 5
#: Files that a file system must still take.
_LEAST_FILES = 1000
#: Seconds by which a file system's clock may differ.
_DRIFT = 60


def look_at_inbox(workspace: Workspace) -> HealthCheck:
    """Whether a run can list the inbox and move what lies in it."""
    inbox = workspace.inbox
    try:
        folders = _folders_of(inbox)
    except OSError as error:
        return broken(
            f"{inbox} cannot be listed ({error.strerror}).",
            "Make the folder, or give the user who runs quarterday the right to read it.",
        )
    for folder in folders:
        try:
            _move_a_file(folder)
        except ExchangedError:
            # What a run would leave alone, too.
            continue
        except OSError as error:
            return broken(
                f"Nothing can be moved out of {folder.path} ({error.strerror}).",
                "Give the user who runs quarterday the right to write and remove there.",
            )
    if os.name == "posix" and (stuck := [f for f in folders if _keeps_what_others_bring(f)]):
        return attention(
            "Its sticky bit lets only a file's owner move it.",
            f"Run: chmod -t {' '.join(str(f.path) for f in stuck)}",
        )
    device = _nearest(workspace.state).stat().st_dev
    there = "the same" if inbox.stat().st_dev == device else "another"
    return well(f"Listed and cleared; on {there} file system as the archive.")


def look_at_outbox(workspace: Workspace) -> HealthCheck:
    """Whether the outbox and the state folder can be written to."""
    for folder in (workspace.outbox, workspace.state):
        try:
            _write_a_file(_nearest(folder))
        except OSError as error:
            found = f"{folder} cannot be written to ({error.strerror})."
            return broken(found, remedy(error))
    return well("It and the state folder can be written to.")


def look_at_clocks(workspace: Workspace) -> HealthCheck:
    """Whether files get the time that this machine has: a return is late by it."""
    for folder in _places(workspace):
        try:
            ahead = _write_a_file(folder) - time.time()
        except OSError:
            # The looks at the folders say so.
            continue
        if abs(ahead) >= _DRIFT:
            how = "ahead of" if ahead > 0 else "behind"
            return attention(
                f"The clock of {folder} is {abs(ahead):,.0f} seconds {how} this machine's.",
                "Set both by the same time server: returns count as received by that clock.",
            )
    return well("Files get the time that this machine has.")


def look_at_room(workspace: Workspace) -> HealthCheck:
    """Whether each file system has room for returns and for files."""
    needed = max(_LEAST_ROOM, _LEAST_RETURNS * workspace.settings.limits.file_mb * _MIB)
    least: list[int] = []
    for folder in {folder.stat().st_dev: folder for folder in _places(workspace)}.values():
        free = shutil.disk_usage(folder).free
        if free < needed:
            return attention(
                f"{folder} has {free / _MIB:,.0f} MiB free; {needed / _MIB:,.0f} should be.",
                "Make room on that disk.",
            )
        if os.name == "posix":
            system = os.statvfs(folder)
            # A file system that counts no files says 0 of 0.
            if system.f_files and system.f_favail < _LEAST_FILES:
                return attention(
                    f"{folder} takes only {many(system.f_favail, 'more file')}.",
                    "Remove small files from that disk: it is out of inodes.",
                )
        least.append(free)
    return well(f"{min(least) / _MIB:,.0f} MiB free, or more.")


def _places(workspace: Workspace) -> list[Path]:
    return [_nearest(path) for path in (workspace.inbox, workspace.outbox, workspace.state)]


def _nearest(folder: Path) -> Path:
    """The folder, or the one in which it would be made."""
    return next((path for path in (folder, *folder.parents) if path.is_dir()), folder)


def _folders_of(inbox: Path) -> list[Directory]:
    """The inbox and its folders, each held by what it was when it was listed.

    Raises:
        OSError: the inbox cannot be listed.
    """
    folders = [Directory.of(inbox)]
    with folders[0].entries() as entries:
        names = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
    for name in names:
        if not name.startswith("."):
            # Another may have its name by now.
            with suppress(NotADirectoryError, FileNotFoundError):
                folders.append(folders[0].inner(name))
    return folders


def _write_a_file(folder: Path) -> float:
    """The time of change that a file gets there, in seconds; the file has no name."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"quarterday")
        file.flush()
        return os.fstat(file.fileno()).st_mtime


def _move_a_file(folder: Directory) -> None:
    here = FolderEntry(folder, f"{UNFINISHED}{secrets.token_hex(8)}")
    moved = FolderEntry(folder, f"{here.name}.moved")
    os.close(descriptor_of(here, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        rename(here, moved)
    finally:
        for each in (here, moved):
            with suppress(FileNotFoundError):
                unlink(each)


def _keeps_what_others_bring(folder: Directory) -> bool:
    with suppress(ExchangedError), folder.opened() as held:
        found = os.fstat(held) if held is not None else folder.path.stat()
        return bool(found.st_mode & stat.S_ISVTX) and os.geteuid() not in (0, found.st_uid)
    return False
