"""Runs to be killed, stopped and run side by side; `tests.support.killed` is the other side."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

import msgspec

from pipeline.workbooks.sandbox.worker import GRACE
from pipeline.workspace.settings import Limits
from tests.support.killed import Order

#: No run takes this long, in seconds.
_LONGEST = 240
#: Within this a reader's process ends by itself when its run is gone, in seconds.
_ENDS_WITHIN = Limits().seconds + GRACE + 5


@dataclass
class Run:
    """A run of the command line in a process of its own."""

    answers: socket.socket
    output: IO[bytes]
    errors: IO[bytes]
    count: Path
    process: int = 0
    _code: int | None = None
    _said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers.settimeout(_LONGEST)
        self._lines = self.answers.makefile("r")
        self.process = int(self._lines.readline())

    def kill(self) -> None:
        """End it, if it has not ended before."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)

    def go_on(self) -> None:
        os.kill(self.process, signal.SIGCONT)

    def wait_until_stopped(self) -> None:
        """Wait until the process has stopped itself.

        Raises:
            TimeoutError: it does not.
        """
        until = time.monotonic() + _LONGEST
        while state_of(self.process) != "T":
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(0.005)

    def has_ended(self) -> bool:
        return state_of(self.process) in ("", "Z")

    def wait(self) -> int:
        """The exit code; minus the number of the signal that ended it.

        No process that the run started is left, whatever ended it, and a run that ended by itself
        showed no traceback.
        """
        if self._code is None:
            self._code = int(self._lines.readline())
            self._lines.close()
            self.answers.close()
            self._said = [_all_of(self.output), _all_of(self.errors)]
            assert_none_left(self.process)
            # A worker that just begins when its run is killed cannot help showing one.
            assert self._code < 0 or "Traceback" not in self.said, self.said
        return self._code

    @property
    def code(self) -> int:
        return self.wait()

    @property
    def told(self) -> str:
        """What it told on standard output."""
        self.wait()
        return self._said[0]

    @property
    def said(self) -> str:
        """What it said of trouble."""
        self.wait()
        return self._said[1]

    @property
    def steps(self) -> int:
        """How many steps it had."""
        self.wait()
        return int(self.count.read_text())


def _all_of(file: IO[bytes]) -> str:
    with file:
        file.seek(0)
        return file.read().decode()


class Runner:
    """Starts runs without the wait for imports."""

    def __init__(self, control: socket.socket, folder: Path) -> None:
        self._control = control
        self._folder = folder
        self._begun = 0

    def begin(
        self,
        workspace: Path,
        *,
        command: tuple[str, ...] = ("run",),
        step: int = 0,
        sent: int = signal.SIGKILL,
        is_timeless: bool = True,
    ) -> Run:
        """Start `quarterday run`, or another command, which gets the signal before that step.

        0 is none.
        """
        self._begun += 1
        count = self._folder / str(self._begun)
        words = (*command, "--workspace", str(workspace))
        order = Order(words, str(count), step, sent, is_timeless)
        ours, theirs = socket.socketpair()
        output, errors = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed by `Run.wait`
        descriptors = [theirs.fileno(), output.fileno(), errors.fileno()]
        socket.send_fds(self._control, [msgspec.json.encode(order)], descriptors)
        theirs.close()
        return Run(ours, output, errors, count)

    def run(
        self,
        workspace: Path,
        *,
        command: tuple[str, ...] = ("run",),
        step: int = 0,
        is_timeless: bool = True,
    ) -> Run:
        """A run that has ended."""
        run = self.begin(workspace, command=command, step=step, is_timeless=is_timeless)
        run.wait()
        return run


@contextmanager
def runner(*before: str) -> Iterator[Runner]:
    """A runner whose processes are started by the words before them, if any."""
    ours, theirs = socket.socketpair()
    with TemporaryDirectory() as folder, ours, theirs:
        # Forked processes are sound only where no library keeps threads.
        alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.support.killed"],
            stdin=theirs,
            env=os.environ | alone,
        )
        theirs.close()
        try:
            assert ours.recv(1), "it did not get ready"
            yield Runner(ours, Path(folder))
        finally:
            ours.close()
            process.wait(timeout=60)


def state_of(process: int) -> str:
    """A letter for what a process does; empty where there is none."""
    stat = _stat(process)
    return stat[0] if stat else ""


def session(leader: int) -> list[int]:
    """The living processes of a session."""
    everyone = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return [
        process
        for process in everyone
        if (stat := _stat(process)) and stat[0] != "Z" and int(stat[3]) == leader
    ]


def _stat(process: int) -> Sequence[str]:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    # The command's name, in brackets, may hold anything.
    return stat.rpartition(")")[2].split()


def assert_none_left(leader: int) -> None:
    """Every process that a run has started ends by itself soon after it."""
    until = time.monotonic() + _ENDS_WITHIN
    while left := session(leader):
        assert time.monotonic() < until, f"{left} are left"
        time.sleep(0.01)
