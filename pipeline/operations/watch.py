"""Watching the inbox: told by the system where it tells, looking again and again elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event

from msgspec import Struct

from pipeline.intake.inbox import is_idle
from pipeline.workspace import lock
from pipeline.workspace.errors import LockedError, QuarterdayError, WorkspaceError
from pipeline.workspace.folder import Workspace

#: File systems on which another machine's writes are not told of.
_SHARES = frozenset({"9p", "afs", "ceph", "cifs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs",
                     "virtiofs"})  # fmt: skip
#: Seconds between two looks into a share, where `nights.poll_seconds` does not say.
_POLL = 10.0
#: Seconds until an inbox with something left in it, or one that was away, is looked at again.
AGAIN = 30.0
#: Seconds within which the end is noticed.
_STEP = 0.5
#: Seconds until a run that another one keeps from working tries again.
_TRY_AGAIN = 5.0


class Attempted(Struct, frozen=True):
    """A run that was begun, or given up since another one was at work."""

    #: How it ended and what it came to, in words.
    outcome: str
    #: What stopped it, a line each.
    problems: tuple[str, ...] = ()
    #: Whether the inbox is to be looked at again before long, though nothing changes.
    is_to_repeat: bool = False


def watch(workspace: Workspace, stop: Event, *, verbose: bool) -> Iterator[Attempted]:
    """A run of the whole job when something lies in the inbox, now and whenever something comes to.

    Ends soon after `stop` is set; what is under way then is not cut short.

    Raises:
        WorkspaceError: the inbox cannot be listed to begin with.
    """
    changes = _changes(workspace, stop)
    has_work, repeats, is_away = not is_idle(workspace.inbox), False, False
    # What came between that look and the first moment of watching is seen by no watch.
    may_have_missed = True
    while not stop.is_set():
        if has_work:
            attempt = _attempt(workspace, stop, verbose=verbose)
            repeats = attempt.is_to_repeat
            yield attempt
        if is_away:
            stop.wait(AGAIN)
            changes = _changes(workspace, stop)
        try:
            has_changed = next(changes, False)
            is_due = has_changed or repeats or may_have_missed
            has_work = is_due and not is_idle(workspace.inbox)
            is_away = may_have_missed = False
        except (OSError, WorkspaceError):
            # The share is away: a run says so. What has come meanwhile is there when it is back.
            has_work = is_away = may_have_missed = True


def _attempt(workspace: Workspace, stop: Event, *, verbose: bool) -> Attempted:
    """A run, once no other is at work."""
    from pipeline.intake.scan import may_change
    from pipeline.job.nightly import needs_a_person, run, tally
    from pipeline.workspace.runs.supervise import supervised

    while True:
        try:
            # A run that would find another at work need not begin, and be recorded, for that.
            while (held := lock.found(workspace.state)) and not held.is_gone:
                if stop.wait(_TRY_AGAIN):
                    return Attempted("another run at work")
            began = datetime.now().astimezone()
            with supervised(workspace, "watch", began, shown=verbose) as under_way:
                night = run(workspace, began, lambda *_: None, pace=under_way.pace)
                under_way.finish(tally(night), needs_a_person=needs_a_person(night))
        except LockedError:
            continue
        except (QuarterdayError, OSError) as error:
            return Attempted("failed", tuple(str(error).splitlines()), is_to_repeat=True)
        shown = under_way.counts.shown
        outcome = f"{under_way.outcome}: {shown}" if shown else "nothing new"
        return Attempted(outcome, is_to_repeat=any(map(may_change, night.skipped)))


def _changes(workspace: Workspace, stop: Event) -> Iterator[bool]:
    """Whether something came to lie in the inbox, each time it did or a while has passed.

    Raises:
        OSError: the inbox is not there.
    """
    import watchfiles

    seconds = workspace.settings.nights.poll_seconds
    settle = max(workspace.settings.limits.settle_seconds, 0.05)
    while not stop.is_set():
        for changes in watchfiles.watch(
            workspace.inbox,
            # What comes may be a return; what leaves is the run's own doing.
            watch_filter=lambda change, _: change is not watchfiles.Change.deleted,
            # So long after the last change, but not for ever while one follows the other.
            step=int(1000 * min(settle, _STEP)),
            debounce=int(1000 * min(settle * 10, AGAIN)),
            stop_event=stop,
            rust_timeout=int(1000 * AGAIN),
            yield_on_timeout=True,
            force_polling=bool(seconds) or is_share(workspace.inbox) or None,
            poll_delay_ms=int(1000 * (seconds or _POLL)),
            raise_interrupt=False,
        ):
            yield bool(changes)


def is_share(folder: Path) -> bool:
    """Whether a folder lies on another machine, as far as this one says."""
    real = folder.resolve()
    if sys.platform == "win32":
        return str(real).startswith("\\\\")
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        # A space in a path stands there as \\040.
        place = before.split()[4].encode().decode("unicode_escape")
        kinds[Path(place)] = after.split()[0]
    kind = next((kinds[place] for place in (real, *real.parents) if place in kinds), "")
    return kind in _SHARES
