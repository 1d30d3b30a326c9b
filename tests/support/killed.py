"""Runs of the real command line, each in a process of its own that any signal may end at any step.

    python -m tests.support.killed

Started by `tests.support.runs`. It imports once what a run imports, which takes longer than the
run, and forks a process for each order that it gets. That process is the leader of a session of its
own, calls `quarterday` as the program's own entry does, and ends as every interpreter ends, unless
it is killed. The reader's workers are new interpreters, as always.

A step is anything that a run does to a file, commits to the store, or says to a mail server.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

NOW = datetime(2013, 4, 20, 2, tzinfo=UTC)
#: What changes something on disk, as Python's audit hooks name it.
_CHANGES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.chmod", "os.utime"}

#: What libraries import at their first use.
_LATE = ("imap_tools", "pandera.backends.pandas.builtin_hypotheses", "psycopg", "sqlite3",
         "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite")  # fmt: skip


class Order(msgspec.Struct, frozen=True):
    """A command to run."""

    arguments: tuple[str, ...]
    #: Where to write how many steps there were.
    count: str
    #: The step before which the process gets the signal; 0 is none.
    step: int = 0
    signal: int = signal.SIGKILL
    #: Whether the clock stands still, so that what is written bears the same times.
    is_timeless: bool = True


class Steps:
    """Counts the steps of the run, and sends itself the signal before one of them."""

    def __init__(self, last: int, sent: int) -> None:
        self.last, self.sent = last, sent
        self.done = 0

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in _CHANGES or (event == "open" and self._writes(arguments)):
            self.step()

    @staticmethod
    def _writes(arguments: tuple[object, ...]) -> bool:
        flags = arguments[2] if len(arguments) > 2 else 0
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))

    def step(self, *_: object) -> None:
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), self.sent)


def get_ready() -> None:
    """Import what a run imports, and leave no thread behind."""
    import gc
    from importlib import import_module
    from pkgutil import walk_packages

    import pipeline

    for module in walk_packages(pipeline.__path__, "pipeline."):
        import_module(module.name)
    for name in _LATE:
        with suppress(ModuleNotFoundError):
            import_module(name)
    gc.freeze()


def orders(control: socket.socket) -> Order:
    """Returns in a new process for each order; ends when nobody is left to give any."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.sendall(b"!")
    while True:
        asked, descriptors, _, _ = socket.recv_fds(control, 65536, 3)
        if not asked:
            sys.exit()
        if os.fork() == 0:
            control.close()
            return begin(asked, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def begin(asked: bytes, answers: int, output: int, errors: int) -> Order:
    """Returns in a child, whose number and, later, exit code are told; never in this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child:
        os.write(answers, f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        # Who asked may be gone.
        with suppress(OSError):
            os.write(answers, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    os.close(answers)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (output, 1), (errors, 2)):
        os.dup2(here, there)
        if here > 2:
            os.close(here)
    return msgspec.json.decode(asked, type=Order)


def carry_out(order: Order) -> None:
    from sqlalchemy import Engine, event

    from pipeline.__main__ import main as quarterday
    from pipeline.cli import console

    if order.is_timeless:
        console.now = lambda: NOW
    steps = Steps(order.step, order.signal)
    event.listen(Engine, "commit", steps.step)
    _count_what_is_said(steps)
    sys.addaudithook(steps.audit)
    sys.argv = ["quarterday", *order.arguments]
    try:
        quarterday()
    finally:
        steps.last = 0
        Path(order.count).write_text(str(steps.done))


def _count_what_is_said(steps: Steps) -> None:
    """Make a step of whatever is sent to a mail server."""
    import imaplib

    send = imaplib.IMAP4.send

    def counted(self: imaplib.IMAP4, data: bytes) -> None:
        steps.step()
        send(self, data)

    imaplib.IMAP4.send = counted  # type: ignore[method-assign]


if __name__ == "__main__":
    get_ready()
    carry_out(orders(socket.socket(fileno=0)))
