"""Watching the inbox: told by the system where it tells, looking again and again elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from pipeline.intake.inbox import is_idle
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace

if TYPE_CHECKING:
    from watchfiles import Change

#: File systems on which another machine's writes are not told of.
_SHARES = frozenset({"9p", "afs", "ceph", "cifs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs",
                     "virtiofs"})  # fmt: skip
#: Seconds between two looks into a share, where `nights.poll_seconds` does not say.
_POLL = 10.0
#: Seconds until an inbox with something left in it, or one that was away, is looked at again.
AGAIN = 30.0
#: Seconds within which the end is noticed.
_STEP = 0.5


def watch(workspace: Workspace, take_in: Callable[[], bool], stop: Event) -> None:
    """Call `take_in` when something lies in the inbox, now and whenever something comes to.

    It answers whether something is to be looked at again before long, though nothing changes.
    Returns soon after `stop` is set; what is under way then is not cut short.

    Raises:
        WorkspaceError: the inbox cannot be listed to begin with.
    """
    waits = not is_idle(workspace.inbox) and take_in()
    while not stop.is_set():
        try:
            for changed in _changes(workspace, stop):
                if (changed or waits) and not stop.is_set():
                    waits = not is_idle(workspace.inbox) and take_in()
        except (OSError, WorkspaceError):
            # The share is away: a run says so. What has come meanwhile is there when it is back.
            waits = take_in()
            stop.wait(AGAIN)


def _changes(workspace: Workspace, stop: Event) -> Iterator[bool]:
    """Whether something came to lie in the inbox, each time it did or a while has passed."""
    from watchfiles import watch as watched

    seconds = workspace.settings.nights.poll_seconds
    polled = bool(seconds) or is_share(workspace.inbox)
    settle = workspace.settings.limits.settle_seconds
    for changes in watched(
        workspace.inbox,
        watch_filter=_comes,
        # So long after the last change, but not for ever while one follows the other.
        step=int(1000 * min(max(settle, 0.05), _STEP)),
        debounce=int(1000 * min(max(settle, 0.05) * 10, AGAIN)),
        stop_event=stop,
        rust_timeout=int(1000 * AGAIN),
        yield_on_timeout=True,
        force_polling=polled or None,
        poll_delay_ms=int(1000 * (seconds or _POLL)),
        raise_interrupt=False,
    ):
        yield bool(changes)


def _comes(change: Change, _path: str) -> bool:
    """Whether a change may be a return that comes; one that leaves is the run's own doing."""
    from watchfiles import Change

    return change is not Change.deleted


def is_share(folder: Path) -> bool:
    """Whether a folder lies on another machine, as far as this one says."""
    real = os.path.realpath(folder)
    if sys.platform == "win32":
        return real.startswith("\\\\")
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    kinds: dict[str, str] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        # A space in a path stands there as \\040.
        place = before.split()[4].encode().decode("unicode_escape")
        kinds[place] = after.split()[0]
    for place in (real, *map(str, Path(real).parents)):
        if place in kinds:
            return kinds[place] in _SHARES
    return False
