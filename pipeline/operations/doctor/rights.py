"""Who may look into the state folder, and who may change the settings."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shlex import quote

from pipeline.operations.doctor.check import HealthCheck, attention, broken, many, well
from pipeline.store.copying import has_password
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import FILE_NAME
from pipeline.workspace.trusting import user_name
from schemas.wording import listed

_ELSEWHERE = "Not checked: this system keeps no modes. See that its rights say the same."


def look_at_state(workspace: Workspace) -> HealthCheck:
    """Whether the state folder and all in it is the job's user's alone."""
    state = workspace.state
    if os.name != "posix":
        return well(_ELSEWHERE)
    if not state.is_dir():
        return well("Not made yet; the first run makes it private.")
    # Root looks on behalf of whoever the folder belongs to.
    owner = os.geteuid() or state.stat().st_uid
    foreign: list[str] = []
    open_to_others: dict[Path, str] = {}
    for path, status in _everything(state, but=(workspace.leaving, workspace.quarantine)):
        if status.st_uid != owner:
            foreign.append(str(path))
        elif status.st_mode & 0o077:
            open_to_others[path] = f"{path} ({stat.S_IMODE(status.st_mode):04o})"
    if not foreign and not open_to_others:
        return well(f"{state} is its user's alone.")
    found, commands = [], []
    if foreign:
        found.append(f"{many(len(foreign), 'thing')} in {state} of another user")
        commands.append(f"chown -R {user_name(owner)} {quote(str(state))}")
    if open_to_others:
        found.append(f"{many(len(open_to_others), 'thing')} in {state} open to others")
        commands.append(f"chmod -R go-rwx {quote(str(state))}")
    # Nobody comes past a closed folder to what lies open in it.
    look = broken if foreign or state in open_to_others else attention
    remedy = f"Run: {' && '.join(commands)}"
    return look(f"{', '.join(found)}.", remedy, *foreign, *open_to_others.values())


def look_at_settings_file(workspace: Workspace) -> HealthCheck:
    """Whether only its owner changes the settings, and nobody reads a password in them."""
    path = workspace.root / FILE_NAME
    if os.name != "posix":
        return well(_ELSEWHERE)
    if not path.exists():
        return well("There is no file.")
    mode = path.stat().st_mode
    wrong = {}
    if mode & 0o022:
        wrong["go-w"] = "others may change it"
    if mode & 0o004 and has_password(workspace.store_url):
        wrong["o-r"] = "it holds a password that everyone may read"
    if wrong:
        return attention(
            f"{path}: {listed(wrong.values())}.", f"Run: chmod {','.join(wrong)} {quote(str(path))}"
        )
    return well(f"Only its owner changes {path}.")


def _everything(folder: Path, but: tuple[Path, ...]) -> Iterator[tuple[Path, os.stat_result]]:
    """The folder and all in it, but for links, and for what lies in some folders.

    These folders are closed; what lies there came from others, and keeps the rights it came with.
    What goes away meanwhile is passed over.
    """
    yield folder, folder.stat()
    for place, folders, names in os.walk(folder):
        if Path(place) in but:
            folders.clear()
            continue
        for name in (*folders, *names):
            path = Path(place, name)
            with suppress(FileNotFoundError):
                status = path.lstat()
                if not stat.S_ISLNK(status.st_mode):
                    yield path, status
