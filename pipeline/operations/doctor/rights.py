"""Who may look into the state folder, who may change the settings, and who reads what is issued."""

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
from pipeline.workspace.trusting import owner_of, user_name
from schemas.wording import listed

_ELSEWHERE = "Not checked: this system keeps no modes. See that its rights say the same."


def look_at_state(workspace: Workspace) -> HealthCheck:
    """Whether the state folder and all in it is the job's user's alone."""
    state = workspace.state
    if os.name != "posix":
        return well(_ELSEWHERE)
    if not state.is_dir():
        return well("Not made yet; the first run makes it private.")
    owner = owner_of(workspace)
    foreign: list[Path] = []
    open_to_others: dict[Path, str] = {}
    for path, status in _everything(state, but=(workspace.leaving, workspace.quarantine)):
        if status.st_uid != owner:
            foreign.append(path)
        elif status.st_mode & 0o077:
            open_to_others[path] = f"{path} ({stat.S_IMODE(status.st_mode):04o})"
    # What others put into the outbox is theirs; what root's run put there, the job cannot replace.
    issued = [*_of_root(workspace.outbox)] if owner else []
    if not foreign and not issued and not open_to_others:
        return well(f"{state} is its user's alone.")
    found, commands = [], []
    for folder, things in ((state, foreign), (workspace.outbox, issued)):
        if things:
            found.append(f"{many(len(things), 'thing')} in {folder} of another user")
    if foreign or issued:
        places = [str(state)] * bool(foreign) + [str(workspace.outbox)] * bool(issued)
        commands.append(f"chown -R {user_name(owner)} {' '.join(map(quote, places))}")
    if open_to_others:
        found.append(f"{many(len(open_to_others), 'thing')} in {state} open to others")
        commands.append(f"chmod -R go-rwx {quote(str(state))}")
    # Nobody comes past a closed folder to what lies open in it.
    look = broken if foreign or issued or state in open_to_others else attention
    remedy = f"Run: {' && '.join(commands)}"
    details = (*map(str, (*foreign, *issued)), *open_to_others.values())
    return look(f"{', '.join(found)}.", remedy, *details)


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


def look_at_workspace(workspace: Workspace) -> HealthCheck:
    """Who may write in the workspace folder, to the register, and to the texts of mail."""
    if os.name != "posix":
        return well(_ELSEWHERE)
    texts = workspace.templates
    places = [workspace.root, texts, *(sorted(texts.iterdir()) if texts.is_dir() else ())]
    for_all = [path for path in (*places, workspace.register) if _mode(path) & stat.S_IWOTH]
    if for_all:
        return broken(
            "Everyone on this machine may change what is measured, or what mail says.",
            f"Run: chmod o-w {' '.join(quote(str(path)) for path in for_all)}",
            *(f"{path} ({_mode(path):04o})" for path in for_all),
        )
    if for_group := [path for path in places if _mode(path) & stat.S_IWGRP]:
        return attention(
            "A group may put files in the place of others there.",
            f"Run: chmod g-w {' '.join(quote(str(path)) for path in for_group)}",
            *(f"{path} ({_mode(path):04o})" for path in for_group),
        )
    return well("Only its owner writes in the workspace folder and to the texts of mail.")


def look_at_outbox(workspace: Workspace) -> HealthCheck:
    """Whether what is issued can be read by others, and changed by nobody else."""
    outbox = workspace.outbox
    if os.name != "posix":
        return well(_ELSEWHERE)
    if not outbox.is_dir():
        return well("Not made yet.")
    closed = tuple(workspace.closed_folders())
    modes = {path: stat.S_IMODE(each.st_mode) for path, each in _everything(outbox, but=closed)}
    if too_open := [path for path, mode in modes.items() if mode & stat.S_IWOTH]:
        return broken(
            "Everyone on this machine may change what was issued.",
            f"Run: chmod -R o-w {quote(str(outbox))}",
            *(f"{path} ({modes[path]:04o})" for path in too_open),
        )
    if for_all := [path for path in closed if modes.pop(path, 0) & 0o007]:
        return attention(
            "Everyone on this machine may read what service areas sent in, small figures too.",
            f"Run: chmod o-rwx {' '.join(quote(str(path)) for path in for_all)}",
            *(f"{path} ({_mode(path):04o})" for path in for_all),
        )
    # Whoever reads the outbox reads all else in it.
    readers = modes[outbox] & 0o044
    unread = [path for path, mode in modes.items() if not mode & 0o044 or readers & ~mode]
    if unread:
        opened = f"chmod -R {'go' if not readers else _classes(readers)}+rX {quote(str(outbox))}"
        kept = f" && chmod o-rwx {' '.join(quote(str(path)) for path in closed)}" if closed else ""
        return attention(
            "What was issued can be read by nobody else.",
            f"Run: {opened}{kept}",
            *(f"{path} ({modes[path]:04o})" for path in unread),
        )
    return well("Others read it, and only its owner writes.")


def _classes(readers: int) -> str:
    """Group, others or both, as chmod calls them."""
    return "g" * bool(readers & stat.S_IRGRP) + "o" * bool(readers & stat.S_IROTH)


def _mode(path: Path) -> int:
    """The rights of what is there; none of what is not, or of what a link stands for."""
    with suppress(OSError):
        status = path.lstat()
        if not stat.S_ISLNK(status.st_mode):
            return stat.S_IMODE(status.st_mode)
    return 0


def _of_root(outbox: Path) -> Iterator[Path]:
    """What root made in the outbox; the folder itself may be root's where others write in it."""
    if outbox.is_dir():
        for path, status in _everything(outbox, but=()):
            if status.st_uid == 0 and (path != outbox or not status.st_mode & 0o022):
                yield path


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
