"""Guard: calls in worker processes, under a limit of time and of memory, without a network.

Each worker has a pipe of its own and one call at a time, so whatever ends a worker is charged to
the call that it was working on and to no other. (A queue that workers share can neither tell which
call a worker died of, if it died at once, nor go on when one dies while it holds the lock.)
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from pipeline.workbooks.sandbox.worker import GRACE, CallResult, Reason, StoppedError, serve
from pipeline.workspace.errors import QuarterdayError
from pipeline.workspace.settings import Limits

__all__ = ["Guard", "GuardError", "Reason", "StoppedError", "ahead", "get_ready"]

P = ParamSpec("P")
C = TypeVar("C")
T = TypeVar("T")

#: Importing what it needs may take a worker this long on a slow disk, in seconds.
_STARTS_WITHIN = 120
#: How many calls wait for each worker, of those whose answers may be large.
_AHEAD = 8
#: Workers fork from a process that holds nothing but what they import, started with the first of
#: them; where that is not safe or not known, each is a fresh process. What they import are modules
#: of rooms above this one, so they are named and not known here.
if sys.platform == "linux":
    _CONTEXT = multiprocessing.get_context("forkserver")
    _CONTEXT.set_forkserver_preload(
        [
            "pipeline.register.sheets",
            "pipeline.returns.reader",
            "pipeline.returns.interpret",
            # What was misspelt is looked for when it is met; a worker is confined by then.
            "rapidfuzz.fuzz",
            "rapidfuzz.process",
        ]
    )
else:
    _CONTEXT = multiprocessing.get_context("spawn")
#: What of the environment a worker keeps: what Python needs to find its modules. Passwords may
#: stand in the rest.
_KEPT = ("PYTHON", "LC_")
_KEPT_WHOLE = ("LANG", "TZ", "HOME", "LD_LIBRARY_PATH")
#: A socket's whole name has 107 characters at most, of which its own and its folder's take some.
_LONGEST_PLACE, _SHORT_PLACE = 70, "/tmp"  # noqa: S108 - in a folder made there for this user alone
_PERHAPS_INHERITED = (Reason.MEMORY, Reason.CRASH, Reason.FAILURE)


class GuardError(QuarterdayError):
    """No worker process can be started; no call is to blame."""


class Guard(Executor):
    """An executor whose calls cost, at the worst, themselves.

    The future of a call raises StoppedError where the call was stopped or failed, and GuardError
    where no worker could be started. Workers are started when they are first needed, and hold
    nothing of the job's own process. Functions, arguments and answers are pickled. `prepare` is
    called once in each worker before its first call. Leaving the context ends what still runs.

    Where the system knows no limit of a process's memory (Windows), the limit of time stands alone.
    """

    def __init__(self, limits: Limits, prepare: Callable[[], object]) -> None:
        self.limits = limits
        self.workers = limits.workers or os.cpu_count() or 1
        life = Lock()
        live = partial(serve, prepare, limits.seconds, limits.memory_mb)
        self._all = [_Worker(live, limits.seconds, life) for _ in range(self.workers)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._all:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(self.workers, "guard")

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The future answer of a call; the function must be one that a module defines."""
        return self._threads.submit(self._call, lambda: partial(function, *args, **kwargs))

    def submit_with(
        self,
        content: Callable[[], C],
        function: Callable[Concatenate[C, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Future[T]:
        """The same with the content of a file first, which is read once a worker is free for it.

        What `content` raises, the future raises.
        """
        return self._threads.submit(
            self._call, lambda: partial(function, content(), *args, **kwargs)
        )

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no further calls; what still runs is waited for, or ended where `wait` is False."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures or not wait)
        for worker in self._all:
            worker.retire()

    def __exit__(self, *_: object) -> None:
        self.shutdown(wait=False)
        self._threads.shutdown(wait=True)

    def _call(self, make_call: Callable[[], Callable[[], T]]) -> T:
        worker = self._idle.get()
        try:
            return worker.call(make_call())
        finally:
            self._idle.put(worker)


def ahead(begun: Iterable[T], guard: Guard, many: int = _AHEAD) -> Iterator[T]:
    """What has begun, in its order, while a few that come later are begun already.

    So every worker has what to do, and no more waits in memory than `many` for every worker.
    """
    waiting: deque[T] = deque()
    for each in begun:
        waiting.append(each)
        if len(waiting) > many * guard.workers:
            yield waiting.popleft()
    yield from waiting


class _Worker:
    """One process and the pipe to it: started when it is called, and again when it has ended."""

    def __init__(self, live: Callable[[Connection], None], seconds: float, life: Lock) -> None:
        self._live = live
        self._seconds = seconds
        #: Starting and ending touch what `multiprocessing` keeps of all processes.
        self._life = life
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._is_used = False
        self._is_retired = False

    def call(self, call: Callable[[], T]) -> T:
        """The answer of a call.

        Raises:
            StoppedError: it was stopped, or raised.
            GuardError: the process does not start.
        """
        task = pickle.dumps(call)
        was_used, outcome = self._exchange(task)
        # Only a fresh process can tell whether the call is to blame, or one before it.
        if was_used and outcome.reason in _PERHAPS_INHERITED:
            _, outcome = self._exchange(task)
        if outcome.reason is not None:
            raise StoppedError(outcome.reason, outcome.detail, outcome.place)
        answer: T = pickle.loads(outcome.answer)  # noqa: S301 - our own worker's
        return answer

    def _exchange(self, task: bytes) -> tuple[bool, CallResult]:
        """Whether the process had been called before, and what became of the call."""
        pipe = self._ready_pipe()
        was_used, self._is_used = self._is_used, True
        outcome = CallResult(Reason.TIME)
        try:
            pipe.send_bytes(task)
            if pipe.poll(self._seconds):
                outcome = pickle.loads(pipe.recv_bytes())  # noqa: S301 - our own worker's
        except (EOFError, OSError):
            outcome = CallResult(Reason.CRASH)
        # What was stopped or failed may have left the process in any state.
        if outcome.reason is not None or outcome.is_spent:
            self._end()
        return was_used, outcome

    def retire(self) -> None:
        """End the process, whatever it is doing, for good."""
        self._is_retired = True
        self._end()

    def _ready_pipe(self) -> Connection:
        """The pipe to a process that waits for a call."""
        # Of one that was used before it shows at the call, which then has another.
        if self._pipe is not None and (self._is_used or self._is_alive()):
            return self._pipe
        self._end()
        return self._start()

    def _is_alive(self) -> bool:
        with self._life:
            return self._process is not None and self._process.is_alive()

    def _start(self) -> Connection:
        with self._life:
            if self._is_retired:
                raise StoppedError(Reason.CRASH)
            pipe, theirs = _CONTEXT.Pipe()
            self._process = _CONTEXT.Process(target=self._live, args=(theirs,), daemon=True)
            try:
                if sys.platform == "linux":
                    _run_server()
                self._process.start()
            except OSError as error:
                self._process = None
                raise GuardError(f"A worker process cannot be started ({error}).") from error
            finally:
                # Only the process itself holds the other end: when it dies, ours says so.
                theirs.close()
        self._pipe, self._is_used = pipe, False
        try:
            why = pipe.recv_bytes().decode() if pipe.poll(_STARTS_WITHIN) else "it takes too long"
        except (EOFError, OSError):
            why = "it ended at once"
        if why:
            self._end()
            raise GuardError(
                f"A worker process does not start: {why}. Look at limits.memory_mb in "
                "pipeline.toml, and at what the system allows the user who runs quarterday."
            )
        return pipe

    def _end(self) -> None:
        with self._life:
            process, self._process = self._process, None
            if process is not None and process.pid is not None:
                process.kill()
                process.join(GRACE)
            # When the guard is left, a thread may still wait on the pipe; it hears of the end.
            if self._pipe is not None and not self._is_retired:
                self._pipe.close()
                self._pipe = None


def get_ready() -> None:
    """Start the process that workers fork from, which imports what they need while others load.

    Where it does not start, the first worker says so.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            _run_server()


def _run_server() -> None:
    """Have the process run from which workers fork; nothing of it is left on the disk.

    `multiprocessing` calls it by a socket that lies in the system's temporary folder until the job
    ends, and for good where that is killed. The open socket does as well, by the number that it has
    here, and its name goes at once.
    """
    server: Any = forkserver._forkserver
    config = multiprocessing.process.current_process()._config  # type: ignore[attr-defined] # no public name
    here = tempfile.gettempdir()
    place = here if len(os.fsencode(here)) < _LONGEST_PLACE else _SHORT_PLACE
    with tempfile.TemporaryDirectory(dir=place) as folder:
        config["tempdir"] = folder
        try:
            with _bare_environment():
                forkserver.ensure_running()
        finally:
            config["tempdir"] = None
        address = server._forkserver_address
        if address.startswith(folder):
            number = os.open(address, os.O_PATH | os.O_CLOEXEC)
            server._forkserver_address = f"/proc/self/fd/{number}"


@contextmanager
def _bare_environment() -> Iterator[None]:
    """Hide the environment from a process that is started meanwhile.

    `multiprocessing` starts it and can be given no other. It does so once; while a first worker is
    started the job waits for it, and reads nothing of the environment.
    """
    whole = dict(os.environ)
    for name in whole:
        if not name.startswith(_KEPT) and name not in _KEPT_WHOLE:
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(whole)
