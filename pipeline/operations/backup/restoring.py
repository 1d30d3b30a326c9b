"""A workspace made anew from a backup, in a folder of its own; nothing outside it is touched."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from json import dumps
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, replace

from pipeline.mail.delivery import hold
from pipeline.operations.backup.manifest import INBOX, REGISTER, SETTINGS, STORE, TEXTS
from pipeline.operations.backup.tar_file import Unpacker, opened
from pipeline.operations.doctor import HealthCheck, examine_content
from pipeline.store import Store, copying
from pipeline.store.session import Progress
from pipeline.workspace.errors import BackupError, SettingsError
from pipeline.workspace.folder import (
    UNFINISHED,
    Workspace,
    disk_trouble,
    make_state,
    need_folder,
    private_folder,
    replacing,
)
from pipeline.workspace.settings import FILE_NAME, Paths, Settings, read_settings, sections

#: Seconds after which a file system's clock has surely moved on, if it ever does.
_LONGEST_TICK = 0.1


class Restored(Struct, frozen=True):
    """A workspace that was put back."""

    workspace: Workspace
    files: int
    #: What of its settings was changed, so that all of it lies in the folder; a line each.
    changed: tuple[str, ...]
    #: What a look at it found.
    checks: tuple[HealthCheck, ...]


def restore(file: Path, folder: Path, store_url: str | None, progress: Progress) -> Restored:
    """Make a workspace anew in a new or empty folder; `store_url` overrides that of its settings.

    An empty `store_url` is SQLite in the state folder. Nothing is written before the whole backup
    has been read, and nothing is left if it cannot be put back.

    Raises:
        BackupError: the backup cannot be used, or the folder holds something.
        StoreError: the database holds a store already, or cannot be written.
    """
    with opened(file, progress) as backup:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BackupError(f"{folder} is there already. Name a new or an empty folder.")
        settings, changed = _settings_of(backup, store_url)
        workspace = Workspace(folder, settings)
        with disk_trouble(f"{folder} cannot be written", BackupError), _all_or_nothing(folder):
            _put_back(backup, workspace, progress)
    count = len(backup.members)
    return Restored(workspace, count, changed, examine_content(workspace, progress))


def _put_back(backup: Unpacker, workspace: Workspace, progress: Progress) -> None:
    need_folder(workspace.root)
    make_state(workspace)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=workspace.state) as scratch:
        copy = Path(scratch, STORE)
        backup.put(STORE, copy, 0o600)
        copying.fill(copy, workspace.store_url)
    with Store(workspace.store_url) as store:
        hold(store, datetime.now().astimezone(), "It waited when the backup was made.")
    inner = (_place(workspace, name) for name in backup.contents.folders)
    for folder in (workspace.inbox, workspace.outbox, *inner):
        folder.mkdir(parents=True, exist_ok=True)
    last = 0
    members = [name for name in backup.members if name not in (STORE, REGISTER, SETTINGS)]
    for done, name in enumerate(members, 1):
        path = _place(workspace, name)
        if name.startswith((f"{INBOX}/", f"{TEXTS}/")):
            path.parent.mkdir(parents=True, exist_ok=True)
            backup.put(name, path, 0o644)
        else:
            private_folder(path.parent)
            backup.put(name, path, 0o400)
        if name.startswith(f"{INBOX}/"):
            last = _after(last, path)
        progress("Putting back", done, len(members))
    _write_settings(backup, workspace)
    # The register comes last: without it nothing half put back can run.
    if REGISTER in backup.members:
        workspace.register.parent.mkdir(parents=True, exist_ok=True)
        backup.put(REGISTER, workspace.register, 0o644)


def _after(last: int, path: Path) -> int:
    """Let a file have arrived after the one before it, as far as the file system tells them apart.

    Of two returns of one area the later counts, and when a file arrived cannot be set.
    """
    status = path.stat()
    until = time.monotonic() + _LONGEST_TICK
    while status.st_ctime_ns <= last and time.monotonic() < until:
        time.sleep(0.001)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        status = path.stat()
    return status.st_ctime_ns


def _place(workspace: Workspace, name: str) -> Path:
    top, *rest = name.split("/")
    tops = {INBOX: workspace.inbox, TEXTS: workspace.templates}
    return tops.get(top, workspace.state / top).joinpath(*rest)


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[None]:
    """Leave the folder as it was, missing or empty, if the block does not end well."""
    was_there = folder.exists()
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for path in folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()
            if not was_there:
                folder.rmdir()
        raise


# --- The settings --------------------------------------------------------------------------------


def _settings_of(backup: Unpacker, store_url: str | None) -> tuple[Settings, tuple[str, ...]]:
    """The settings put back, with everything inside the folder, and what that changed."""
    settings = _read(_text_of(backup))
    changed = []
    paths = asdict(settings.paths)
    for name, default in asdict(Paths()).items():
        path = Path(paths[name])
        if path.is_absolute() or ".." in path.parts:
            changed.append(f"paths.{name} was {paths[name]}; here it is {default}.")
            paths[name] = default
    url = settings.store.url if store_url is None else store_url
    if store_url is None and url and copying.sqlite_file(url) is not None:
        changed.append(
            "store.url was a file elsewhere; here it is empty: SQLite in the state folder."
        )
        url = ""
    elif url != settings.store.url:
        changed.append("store.url is what --store says.")
    store = replace(settings.store, url=url)
    return replace(settings, paths=Paths(**paths), store=store), tuple(changed)


def _text_of(backup: Unpacker) -> bytes:
    return backup.file(SETTINGS).read() if SETTINGS in backup.members else b""


def _read(content: bytes) -> Settings:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, FILE_NAME)
        path.write_bytes(content)
        return read_settings(path)


def _write_settings(backup: Unpacker, workspace: Workspace) -> None:
    content = _text_of(backup)
    before = _read(content)
    if before != workspace.settings:
        content = _changed(content.decode("utf-8-sig"), before, workspace.settings).encode()
    elif SETTINGS not in backup.members:
        return
    mode = 0o600 if copying.has_password(workspace.store_url) else 0o644
    with replacing(workspace.root / FILE_NAME, mode) as temporary:
        temporary.write_bytes(content)


def _changed(text: str, before: Settings, after: Settings) -> str:
    """The text of the settings with only those lines changed that must be."""
    old, new = sections(before), sections(after)
    lines, section = [], ""
    for line in text.splitlines():
        name = line.partition("=")[0].strip()
        if line.lstrip().startswith("["):
            section = line.strip().strip("[]").strip()
        elif name and section in new and old[section].get(name) != new[section].get(name):
            lines.append(f"{name} = {dumps(new[section][name], ensure_ascii=False)}")
            continue
        lines.append(line)
    changed = "\n".join(lines) + "\n"
    with suppress(SettingsError):
        if _read(changed.encode()) == after:
            return changed
    # Written in another way than usual: all of them, plainly.
    return "\n".join(
        f"[{section}]\n"
        + "".join(
            f"{name} = {dumps(value, ensure_ascii=False)}\n" for name, value in values.items()
        )
        for section, values in new.items()
    )
