"""A stamp that says: the last run completed, and from what. It lets an idle night end at once.

It only ever spares work: without it, or when anything it names has changed, everything is looked at
again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress

from pipeline import __version__
from pipeline.model import Register
from pipeline.workspace import Workspace, replacing

_NAME = "settled"


def is_settled(workspace: Workspace, register: Register) -> bool:
    """Whether the last run completed with this register, store and version."""
    try:
        return (workspace.state / _NAME).read_text(encoding="ascii") == _key(workspace, register)
    except (OSError, UnicodeDecodeError):
        return False


def lift(workspace: Workspace) -> None:
    """Note that work has begun, which is not done until a run completes.

    A run that is killed may leave the store's file as the stamp names it: what it committed then
    stands in a file beside it, or on another machine.
    """
    with suppress(OSError):
        (workspace.state / _NAME).unlink(missing_ok=True)


def note(workspace: Workspace, register: Register) -> None:
    """Note that everything has been done."""
    with suppress(OSError), replacing(workspace.state / _NAME) as temporary:
        temporary.write_text(_key(workspace, register), encoding="ascii")


def _key(workspace: Workspace, register: Register) -> str:
    # A store in a file that was put back from a backup, or an outbox from which something was
    # removed, is no longer what the stamp was set for.
    there = []
    issued = sorted(path for path in workspace.outbox.glob("*") if path.is_dir())
    for path in (workspace.state / "quarterday.sqlite3", workspace.outbox, *issued):
        with suppress(OSError):
            status = path.stat()
            there.append(f"{path.name}:{status.st_ino}:{status.st_mtime_ns}")
    parts = (__version__, register.sha256, workspace.store_url, *there)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
