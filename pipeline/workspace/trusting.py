"""What is asked of settings before a run does as they say: who wrote them, and where things lie.

Settings may name a command that runs as the job. Who may put files into the workspace folder, to
save the register there, may put other settings in their place; these then belong to that user.
"""

from __future__ import annotations

import os
import stat
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.workspace.errors import SettingsError

if TYPE_CHECKING:
    from pipeline.workspace.folder import Workspace
    from pipeline.workspace.settings import Paths


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


def need_apart(root: Path, file: Path, paths: Paths) -> None:
    """See that no folder of a workspace lies in another, nor the register or the settings in one.

    A run would take in, send or remove what is its own.

    Raises:
        SettingsError: one does.
    """
    names = ("inbox", "outbox", "state", "templates")
    folders = {f"paths.{name}": (root / getattr(paths, name)).resolve() for name in names}
    files = {"paths.register": (root / paths.register).resolve(), file.name: file.resolve()}
    for one, other in combinations(folders, 2):
        if _is_within(folders[one], folders[other]) or _is_within(folders[other], folders[one]):
            raise _together(file, one, folders[one], other, folders[other])
    for name, place in files.items():
        for other, folder in folders.items():
            if _is_within(place, folder):
                raise _together(file, name, place, other, folder)


def _is_within(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


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
