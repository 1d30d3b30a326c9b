"""What is asked of settings before a run does as they say: who wrote them, and where things lie.

Settings may name a command that runs as the job. Who may put files into the workspace folder, to
save the register there, may put other settings in their place; these then belong to that user.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import combinations
from pathlib import Path

from pipeline.workspace.errors import SettingsError
from pipeline.workspace.folder import SQLITE, Workspace


def need_trusted(path: Path, status: os.stat_result) -> None:
    """See that a file of settings is the job's own, or the system's.

    Raises:
        SettingsError: it is another user's, or everyone may write to it.
    """
    if os.name != "posix":
        return
    user = os.geteuid()
    # Root looks after the workspaces of others, and does as the owner of one says.
    trusted = {0, user, path.parent.stat().st_uid} if user == 0 else {0, user}
    if status.st_uid not in trusted:
        raise SettingsError(
            f"{path} belongs to {user_name(status.st_uid)}, who is neither root nor the user who "
            f"runs this, and could have the job run anything. See who put it there, then run: "
            f"chown root {path}"
        )
    if status.st_mode & stat.S_IWOTH:
        raise SettingsError(
            f"{path} may be written by everyone, who could have the job run anything. See that it "
            f"is as you left it, then run: chmod o-w {path}"
        )


def need_apart(workspace: Workspace, file: Path) -> None:
    """See that no folder of a workspace lies in another, nor the register or the settings in one.

    A run would take in, send or remove what is its own. Nor may a store in a file lie anywhere but
    in the state folder or outside of all of them, and no more may the file of metrics.

    Raises:
        SettingsError: one does.
    """
    names = ("inbox", "outbox", "state", "templates")
    folders = {f"paths.{name}": getattr(workspace, name).resolve() for name in names}
    files = {"paths.register": workspace.register.resolve(), file.name: file.resolve()}
    for one, other in combinations(folders, 2):
        if _is_within(folders[one], folders[other]) or _is_within(folders[other], folders[one]):
            raise _together(file, one, folders[one], other, folders[other])
    for name, place in files.items():
        for other, folder in folders.items():
            if _is_within(place, folder):
                raise _together(file, name, place, other, folder)
    own: dict[str, Path] = {}
    if workspace.settings.store.url.startswith(SQLITE):
        own["store.url"] = Path(workspace.store_url.removeprefix(SQLITE)).resolve()
    if workspace.metrics is not None:
        own["metrics.file"] = workspace.metrics.resolve()
    for name, place in own.items():
        for other, folder in folders.items():
            if other != "paths.state" and _is_within(place, folder):
                raise _together(file, name, place, other, folder)


def _is_within(path: Path, folder: Path) -> bool:
    """Whether a path lies in a folder, by its names or by another name that the system has for it.

    On some file systems `INBOX` is `inbox`, and a folder may be mounted at two places.
    """
    ways = (path, *path.parents)
    if folder in ways:
        return True
    with suppress(OSError):
        there = folder.stat()
        return any(os.path.samestat(there, way.stat()) for way in ways if way.exists())
    return False


def _together(file: Path, one: str, first: Path, other: str, second: Path) -> SettingsError:
    return SettingsError(
        f"{file}: {one} ({first}) and {other} ({second}) lie in each other, so that a run would "
        "take its own files for what was sent. Give each folder a place of its own."
    )


def owner_of(workspace: Workspace) -> int:
    """The user who runs the job, as far as the system tells: who looks, or for root the owner.

    A state folder that root made, by one run in another's workspace, does not make it root's.
    """
    if user := os.geteuid():
        return user
    places = (path for path in (workspace.state, workspace.root) if path.is_dir())
    return next(filter(None, (path.stat().st_uid for path in places)), 0)


def user_name(user: int) -> str:
    """The name of a user of this system, by the number; the number where there is none."""
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
