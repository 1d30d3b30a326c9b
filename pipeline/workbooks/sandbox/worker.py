"""A guard's worker process: it gets ready, and then answers one call after another.

Nothing is imported here but what is small: what a worker holds is what its calls need.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from itertools import count
from multiprocessing.connection import Connection
from typing import NamedTuple

from pipeline.workbooks.sandbox.confinement import confine

if sys.platform != "win32":
    import resource

_MIB = 1024 * 1024
#: A worker is replaced after so many calls, or after one that took a quarter of the memory it may
#: have: what calls leave behind does not add up.
_CALLS_A_WORKER = 500
_SPENT_AT = 0.25
#: More than this no call has to say. It bounds what comes into the job's own process.
_LONGEST_ANSWER = 64 * _MIB
#: What a worker must have left for its calls when it is ready, in bytes.
_ROOM = 32 * _MIB
#: How many new things there are before the youngest are looked through for cycles: the cells of a
#: large workbook hold none.
NEW_THINGS = 50_000
#: A worker whose parent is gone ends by itself this long after its time was up, in seconds.
GRACE = 2

#: The packages of this program.
_OURS = ("pipeline.", "schemas.")
#: Events of Python's audit that a worker never needs, by how they start.
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn",
              "os.fork", "os.startfile", "pty.", "webbrowser.")  # fmt: skip


class Reason(StrEnum):
    """Why a call was stopped or failed."""

    TIME = "it took too long"
    MEMORY = "it needs too much memory"
    CRASH = "it ended the worker process"
    ANSWER = "its answer is too large"
    FAILURE = "it failed"


class StoppedError(Exception):
    """A call gave no answer.

    `detail` names the exception that the call ended with, if any, and `place` the module and line
    of this program that it came from.
    """

    def __init__(self, reason: Reason, detail: str = "", place: str = "") -> None:
        super().__init__(reason, detail, place)
        self.reason = reason
        self.detail = detail
        self.place = place


class CallResult(NamedTuple):
    """What became of a call: its answer, pickled, or the reason why there is none."""

    reason: Reason | None = None
    detail: str = ""
    answer: bytes = b""
    #: The process has done enough.
    is_spent: bool = False
    #: Where the exception came from that the call ended with.
    place: str = ""


def serve(prepare: Callable[[], object], seconds: float, memory_mb: int, pipe: Connection) -> None:
    """A worker's life: get ready, say so with an empty message, and answer calls."""
    # An interrupt from the keyboard reaches the workers too; the job's process ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _silence()
    try:
        prepare()
        gc.set_threshold(NEW_THINGS)
        # What it has now it keeps.
        gc.freeze()
        _limit_memory(memory_mb)
        confine()
        # With less room than this no call could be answered, and every one would be blamed.
        bytearray(_ROOM)
        sys.addaudithook(_refuse)
    except BaseException as error:
        said = f"{type(error).__name__}: {error}".removesuffix(": ")
        pipe.send_bytes(said.encode(errors="replace"))
        return
    much = _peak_mb() + memory_mb * _SPENT_AT
    pipe.send_bytes(b"")
    with suppress(EOFError, OSError):
        for calls in count(1):
            outcome = _outcome(pipe, seconds)
            is_spent = calls >= _CALLS_A_WORKER or _peak_mb() > much
            pipe.send_bytes(pickle.dumps(outcome._replace(is_spent=is_spent)))
            _end_after(0)


def _outcome(pipe: Connection, seconds: float) -> CallResult:
    """What becomes of the next call that comes.

    Raises:
        EOFError, OSError: none comes any more.
    """
    task = pipe.recv_bytes()
    _end_after(seconds + GRACE)
    try:
        call = pickle.loads(task)  # noqa: S301 - ours
        # It holds a file's content, of which the call has its own.
        del task
        answer = pickle.dumps(call(), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return CallResult(Reason.MEMORY)
    except BaseException as error:
        # A panic of a library in Rust is no Exception.
        return CallResult(Reason.FAILURE, type(error).__name__, place=_place_of(error))
    is_short = len(answer) <= _LONGEST_ANSWER
    return CallResult(answer=answer) if is_short else CallResult(Reason.ANSWER)


def _place_of(error: BaseException) -> str:
    """The innermost module of this program that an exception passed through, and the line there.

    No more of it leaves the worker: its message may hold what a return says.
    """
    place, at = "", error.__traceback__
    while at is not None:
        module = str(at.tb_frame.f_globals.get("__name__"))
        if module.startswith(_OURS):
            place = f"{module}:{at.tb_lineno}"
        at = at.tb_next
    return place


def _silence() -> None:
    """What libraries print as they fail is not the job's to say."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        with suppress(OSError):
            os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _limit_memory(memory_mb: int) -> None:
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # macOS takes no limit below what is in use, and keeps none.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MIB, memory_mb * _MIB))


def _peak_mb() -> float:
    """The most memory that this process has had, in MiB; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MIB if sys.platform == "darwin" else peak / 1024


def _end_after(seconds: float) -> None:
    """Have the system end this process then; 0: never mind.

    The job's process ends a worker whose time is up. This is for when that process is gone, and
    works even where a library holds on to the interpreter.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    """An audit hook: nothing that is read makes a worker connect to anything or run anything."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is forbidden in a worker")
