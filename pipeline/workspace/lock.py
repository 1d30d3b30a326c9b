"""The lock: one run at a time works in a workspace.

A file that is made only where there is none, with a heartbeat: a network share need do no more than
make and rename files. It names who holds it. A lock whose process is gone is taken over at
once where that can be seen, elsewhere when its heart has not beaten for a while.
"""

from __future__ import annotations

import getpass
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pipeline.workspace.errors import LockedError, WorkspaceError
from pipeline.workspace.folder import FULL, UNFINISHED, remedy

_NAME = "lock"
#: Seconds between two heartbeats, and without one until the holder counts as gone.
BEAT, GONE = 15.0, 180.0
#: Seconds until a lock that another run is clearing is looked at again.
_PAUSE = 0.02


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock, and since when."""

    user: str
    host: str
    process: int
    #: When the process began, in the system's own count: a number that is used again differs in it.
    began: str
    since: datetime


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder while the block runs.

    Raises:
        LockedError: another run holds it.
        WorkspaceError: the folder cannot be written to.
    """
    path = folder / _NAME
    mine = me()
    try:
        _take(path, mine)
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be written ({error.strerror}). {remedy(error)}"
        ) from error
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(path, stop), name="lock", daemon=True)
    heart.start()
    try:
        yield
    finally:
        stop.set()
        heart.join()
        if _holder(path) == mine:
            path.unlink(missing_ok=True)


def me() -> Holder:
    """This process, as a holder."""
    return Holder(user(), socket.gethostname(), os.getpid(), _began(os.getpid()), datetime.now(UTC))


def lives(host: str, process: int, began: str) -> bool:
    """Whether a process of this machine lives; of another machine's, none does that is known."""
    if host != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _began(process) == began


@dataclass(frozen=True, slots=True)
class Found:
    """A lock as it was found."""

    path: Path
    #: None where the lock does not say.
    holder: Holder | None
    #: Whether the next run takes it over.
    is_gone: bool

    @property
    def said(self) -> str:
        """Who is at work, in a sentence."""
        return _said(self.path, self.holder)


def found(folder: Path) -> Found | None:
    """The lock of a folder, left as it is; None where there is none.

    Raises:
        OSError: its age cannot be told, since nothing can be written beside it.
    """
    path = folder / _NAME
    if not path.exists():
        return None
    holder = _holder(path)
    return Found(path, holder, _is_gone(path, holder))


def _take(path: Path, me: Holder) -> None:
    for _ in range(100):
        if _made(path, me):
            return
        holder = _holder(path)
        if not _is_gone(path, holder):
            raise LockedError(_said(path, holder))
        _clear(path)
    raise LockedError(_said(path, _holder(path)))


def _made(path: Path, me: Holder) -> bool:
    """Make the lock, whole at once, where there is none."""
    # Named so that what a run leaves of it that is killed here is swept away.
    mine = path.with_name(f"{UNFINISHED}{_NAME}.{me.host}.{me.process}.{threading.get_ident()}")
    note = msgspec.json.encode(me)
    try:
        mine.touch(mode=0o600)
        mine.write_bytes(note)
        # A link is made only where nothing stands, and what it names is complete.
        os.link(mine, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in FULL:
            raise
        return _filled_in(path, note)
    finally:
        mine.unlink(missing_ok=True)
    return True


def _filled_in(path: Path, note: bytes) -> bool:
    """The same on a share without links: the file is made first and filled in at once."""
    try:
        with path.open("xb") as file:
            file.write(note)
    except FileExistsError:
        return False
    except OSError:
        # One that says nothing would keep everyone out until it is old.
        path.unlink(missing_ok=True)
        raise
    return True


def _holder(path: Path) -> Holder | None:
    """Who holds the lock; None where there is none, or it does not say."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError):
        return None


def _is_gone(path: Path, holder: Holder | None) -> bool:
    """Whether nobody holds the lock any more."""
    if holder is not None and holder.host == socket.gethostname() and os.name == "posix":
        return not lives(holder.host, holder.process, holder.began)
    age = _age(path)
    return age is None or age > GONE


def _began(process: int) -> str:
    """When a process began, as Linux tells it; empty elsewhere."""
    with suppress(OSError, IndexError):
        # The command's name, in brackets, may hold anything.
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        return stat.rpartition(")")[2].split()[19]
    return ""


def _age(path: Path) -> float | None:
    """Seconds since the last heartbeat, by the clock of the file system that holds the lock."""
    probe = path.with_name(f"{_NAME}.{socket.gethostname()}.{os.getpid()}.clock")
    try:
        probe.touch()
        return probe.stat().st_mtime - path.stat().st_mtime
    except FileNotFoundError:
        return None
    finally:
        probe.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Take away a lock whose holder is gone.

    Of several that find it, one at a time looks again and clears it, so that none takes away a lock
    that another has made in the meantime.
    """
    turn = path.with_name(f"{_NAME}.clearing")
    try:
        os.close(os.open(turn, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        age = _age(turn)
        if age is not None and age > GONE:
            # Whoever had the turn was killed in the middle of it.
            turn.unlink(missing_ok=True)
        time.sleep(_PAUSE)
        return
    try:
        if _is_gone(path, _holder(path)):
            path.unlink(missing_ok=True)
    finally:
        turn.unlink(missing_ok=True)


def _beat(path: Path, stop: threading.Event) -> None:
    while not stop.wait(BEAT):
        with suppress(OSError):
            os.utime(path)


def _said(path: Path, holder: Holder | None) -> str:
    if holder is None:
        return f"Another run is at work here ({path}). Let it end, then run again."
    since = f"{holder.since.astimezone():%H:%M on %d %B %Y}"
    return (
        f"Another run is at work here since {since}: process {holder.process} of {holder.user} "
        f"on {holder.host}. Let it end, then run again."
    )


def whoami() -> str:
    """Who runs this, for the record: the user's name and the machine's."""
    return f"{user()} on {socket.gethostname()}"


def user() -> str:
    """The name of the user who runs this."""
    # Without a name in the environment or the system's list there is still a process.
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "an unnamed user"
