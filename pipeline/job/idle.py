"""A stamp that says: the last run completed, and from what. It lets an idle night end at once.

It only ever spares work: without it, or when anything it names has changed, everything is looked at
again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from pipeline import __version__
from pipeline.mail.reminders import comes_up
from pipeline.register.beside import beside
from pipeline.workspace.folder import Workspace, replacing
from schemas.model import Register

_NAME = "settled"


def holds(workspace: Workspace, register: Register, now: datetime) -> bool:
    """Whether the last run completed with this register, store and version, and nothing is due.

    What was noted may be due, or the calendar may give something to say.
    """
    try:
        key, noted, due = (workspace.state / _NAME).read_text(encoding="ascii").split("\n")
        after = datetime.fromisoformat(noted).astimezone().date()
        is_noted_due = bool(due) and datetime.fromisoformat(due) <= now
    except (OSError, ValueError):
        return False
    is_due = is_noted_due or comes_up(register, after, now.astimezone().date())
    return key == _key(workspace, register) and not is_due


def forget(workspace: Workspace) -> None:
    """Note that work has begun: until it is done, the stamp holds no more.

    A run that is killed may leave the store's file as it was, with all that is new in its journal.
    """
    (workspace.state / _NAME).unlink(missing_ok=True)


def note(
    workspace: Workspace, register: Register, now: datetime, due: Iterable[datetime | None]
) -> None:
    """Note that everything has been done, but for what is due then."""
    first = min((moment for moment in due if moment is not None), default=None)
    next_at = first.isoformat() if first else ""
    with suppress(OSError), replacing(workspace.state / _NAME, 0o600) as temporary:
        stamp = "\n".join((_key(workspace, register), now.isoformat(), next_at))
        temporary.write_text(stamp, encoding="ascii")


def _key(workspace: Workspace, register: Register) -> str:
    # A store in a file that was put back from a backup, or an outbox or an archive from which
    # something was removed, is no longer what the stamp was set for.
    there = []
    issued = sorted(path for path in workspace.outbox.glob("*") if path.is_dir())
    archived = sorted(workspace.archive.glob("[0-9a-f][0-9a-f]"))
    # A copy that has come to lie beside the register is told of.
    copies = [workspace.register.with_name(each.name) for each in beside(workspace.register).copies]
    for path in (workspace.sqlite, workspace.outbox, *issued, *archived, *copies):
        with suppress(OSError):
            status = path.stat()
            there.append(f"{path.name}:{status.st_ino}:{status.st_mtime_ns}")
    parts = (__version__, register.sha256, workspace.store_url, *there)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
