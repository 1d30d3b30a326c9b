"""The lock: one run at a time works in a workspace.

It is a lease of filelock: a file with a heartbeat, which another run takes over at once where the
process is seen to be gone, and elsewhere when no heartbeat has been seen for a while. Who holds it
and since when stands in a file beside it.
"""

from __future__ import annotations

import getpass
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from pipeline.workspace.errors import LockedError, LockLostError
from pipeline.workspace.folder import UNFINISHED, disk_trouble, write_whole

if TYPE_CHECKING:
    from filelock import SoftFileLease
if sys.platform != "win32":
    import fcntl

#: The lease, who holds it, and the lock of versions before 0.3, which said who in itself.
_NAME, _BESIDE, _BEFORE = "run.lock", "run.json", "lock"
#: Seconds between two heartbeats, and without one until the holder counts as gone. Shares may show
#: a heartbeat a minute late.
BEAT, GONE = 15.0, 180.0
#: Seconds for which a lock in which nothing stands is watched: its holder writes into it at once.
UNWRITTEN = 5.0
#: Seconds until a lock is looked at again.
_PAUSE = 0.05
#: The leases that this process holds, by which nobody else writes.
_leases: list[SoftFileLease] = []


class Holder(Struct, frozen=True):
    """Who holds a lock, and since when."""

    user: str
    host: str
    process: int
    #: When the process began, in the system's own count: a number that is used again differs in it.
    began: str
    since: datetime
    #: What the lease is known by; empty in the lock of an earlier version.
    token: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it can be seen if the process lives."""
        return self.host == socket.gethostname() and os.name == "posix"

    @property
    def lives(self) -> bool:
        """Whether the process is seen to live."""
        if not self.is_here:
            return False
        with suppress(PermissionError):
            try:
                os.kill(self.process, 0)
            except ProcessLookupError:
                return False
        return _began(self.process) == self.began


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder while the block runs.

    A lock on which no process can be seen is watched until it gives a sign of life or is gone.

    Raises:
        LockedError: another run holds it.
        LockLostError: another run took it meanwhile.
        WorkspaceError: the folder cannot be written to.
    """
    path = folder / _NAME
    with disk_trouble(f"{path} cannot be written"), _one_at_a_time(folder):
        lease = _taken(path)
    _leases.append(lease)
    try:
        yield
        check()
    finally:
        _leases.remove(lease)
        with _one_at_a_time(folder):
            if (owner := lease.owner) and owner.token == lease.token:
                (folder / _BESIDE).unlink(missing_ok=True)
            lease.release()


def check() -> None:
    """Called before something is written that two runs may not both write.

    Raises:
        LockLostError: another run may have taken the lock.
    """
    for lease in _leases:
        # The heartbeat finds that out too, but up to half a minute later.
        if lease.compromise or _is_lost(lease):
            raise LockLostError(
                f"This run has lost its lock, {lease.lock_file}, and another may be at work. It "
                "has ended; what it did is kept, and the next run does the rest."
            )


def me(token: str = "") -> Holder:
    """This process, as a holder."""
    process = os.getpid()
    return Holder(user(), socket.gethostname(), process, _began(process), datetime.now(UTC), token)


class Found(Struct, frozen=True):
    """A lock as it was found."""

    path: Path
    #: None where the lock does not say.
    holder: Holder | None
    #: Whether the next run takes it over.
    is_gone: bool

    @property
    def said(self) -> str:
        """Who is at work, in a sentence."""
        if self.holder is None:
            return f"Another run is at work here ({self.path}). Let it end, then run again."
        since = f"{self.holder.since.astimezone():%H:%M on %d %B %Y}"
        return (
            f"Another run is at work here since {since}: process {self.holder.process} of "
            f"{self.holder.user} on {self.holder.host}. Let it end, then run again."
        )


def found(folder: Path) -> Found | None:
    """The lock of a folder, left as it is; None where there is none.

    Raises:
        OSError: its age cannot be told, since nothing can be written beside it.
    """
    seen = [each for name in (_NAME, _BEFORE) if (each := _look(folder / name))]
    return min(seen, key=lambda each: each.is_gone, default=None)


def whoami() -> str:
    """Who runs this, for the record: the user's name and the machine's."""
    return f"{user()} on {socket.gethostname()}"


def user() -> str:
    """The name of the user who runs this."""
    # Without a name in the environment or the system's list there is still a process.
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "an unnamed user"


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep other processes of this machine from taking the lock, or giving it back, meanwhile.

    The library lets several try to take a dead one's at once, each with the others' in its hands.
    """
    if sys.platform == "win32":
        yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        # Whoever takes it finds out why; whoever gives it back need not.
        yield
        return
    try:
        # Not every file system can; those that are shared between machines seldom do.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _taken(path: Path) -> SoftFileLease:
    """The lease, once it is this run's.

    Raises:
        LockedError: another run holds it.
        OSError: it cannot be written.
    """
    from filelock import LeaseSettingsMismatch, SoftFileLease, Timeout

    # The library's own takeover comes before the timeout.
    lease = SoftFileLease(
        path,
        lease_duration=GONE,
        heartbeat_interval=BEAT,
        timeout=GONE + 1,
        mode=0o600,
        thread_local=False,
    )
    # That of an earlier version, which knows nothing of the lease.
    before = _look(path.with_name(_BEFORE))
    if before and not before.is_gone:
        raise LockedError(before.said)
    path.with_name(_BEFORE).unlink(missing_ok=True)
    # The library would make a folder that is missing.
    path.parent.stat()
    _clear_unwritten(path)
    first, was_living = _mark(path), False

    def is_living() -> bool:
        """Whether the holder is seen to live, or there is another by now."""
        nonlocal was_living
        mark, holder = _mark(path), _holder(path)
        was_living = mark not in (None, first) or bool(holder and holder.lives)
        return was_living

    try:
        try:
            lease.acquire(cancel_check=is_living)
        except Timeout:
            # Not asked again: by now it may be released, and the next that is there another's.
            if was_living or _mark(path) != first:
                raise
            # One on a share where two names cannot be exchanged. If it is another's by this moment,
            # that finds out by `check`.
            path.unlink(missing_ok=True)
            lease.acquire(blocking=False)
    except (Timeout, LeaseSettingsMismatch) as error:
        raise LockedError((_look(path) or Found(path, None, is_gone=False)).said) from error
    with suppress(OSError):
        # Without it another run says less, and watches for a heartbeat before it does.
        write_whole(path.with_name(_BESIDE), msgspec.json.encode(me(lease.token or "")), 0o600)
        # What a run that was killed while it took the lock over left.
        for aside in path.parent.glob(f"{_NAME}.*"):
            if (_age(aside) or 0) > GONE:
                aside.unlink(missing_ok=True)
    return lease


def _is_lost(lease: SoftFileLease) -> bool:
    """Whether a lease that this process holds is another's.

    A run that saw the lock of a dead one, and comes too late to take it over, exchanges the lock of
    its successor for its own and then puts it back. What it has put aside is not lost.
    """
    until = time.monotonic() + UNWRITTEN
    while _is_of_another(lease):
        if not _is_aside(lease) and _is_of_another(lease):
            return True
        if time.monotonic() > until:
            return True
        time.sleep(_PAUSE)
    return False


def _is_of_another(lease: SoftFileLease) -> bool:
    owner = lease.owner
    return owner is not None and owner.token != lease.token


def _is_aside(lease: SoftFileLease) -> bool:
    path = Path(lease.lock_file)
    for aside in path.parent.glob(f"{path.name}.*"):
        with suppress(FileNotFoundError):
            if f"token={lease.token}\n".encode() in aside.read_bytes():
                return True
    return False


def _clear_unwritten(path: Path) -> None:
    """Take away a lock in which nothing stands, as one leaves it that was cut off while it took it.

    The library would wait for it as long as for any other. A holder that only stood still meanwhile
    finds out by `check`.

    Raises:
        LockedError: it gave a sign of life.
    """
    first, until = _mark(path), time.monotonic() + min(UNWRITTEN, GONE)
    with suppress(FileNotFoundError):
        while path.stat().st_size == 0:
            if _mark(path) not in (None, first):
                raise LockedError(Found(path, None, is_gone=False).said)
            if time.monotonic() > until:
                path.unlink()
            time.sleep(_PAUSE)


def _look(path: Path) -> Found | None:
    if not path.exists() or (age := _age(path)) is None:
        return None
    holder = _holder(path)
    return Found(path, holder, not holder.lives if holder and holder.is_here else age > GONE)


def _holder(path: Path) -> Holder | None:
    """Who holds a lock; None where there is none, or it does not say."""
    with suppress(OSError, msgspec.DecodeError):
        content = path.read_bytes()
        if path.name == _BEFORE:
            return msgspec.json.decode(content, type=Holder)
        holder = msgspec.json.decode(path.with_name(_BESIDE).read_bytes(), type=Holder)
        # An earlier holder may have left its name there.
        return holder if f"token={holder.token}\n".encode() in content else None
    return None


def _age(path: Path) -> float | None:
    """Seconds since the last heartbeat, by the clock of the file system; None without a lock."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=UNFINISHED) as probe:
            return os.fstat(probe.fileno()).st_mtime - path.stat().st_mtime
    except FileNotFoundError:
        return None


def _mark(path: Path) -> tuple[int, int] | None:
    """What differs after a heartbeat, and between two locks; None where there is none."""
    with suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns
    return None


def _began(process: int) -> str:
    """When a process began, as Linux tells it; empty elsewhere."""
    with suppress(OSError, IndexError):
        # The command's name, in brackets, may hold anything.
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        return stat.rpartition(")")[2].split()[19]
    return ""
