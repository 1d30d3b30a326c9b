"""The guard: whatever a call does, it costs itself, and nothing else notices."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from pipeline.workbooks.sandbox import Guard, GuardError, Reason, StoppedError
from pipeline.workspace.settings import Limits
from tests.support.guarded import (
    abort,
    answer_at_length,
    connect,
    doubled,
    fill_memory,
    fork,
    keep,
    loaded,
    look_up,
    make_noise,
    never_end,
    panic,
    prepare,
    prepare_badly,
    replace_itself,
    run_program,
    run_shell,
    stop_interpreter,
)

SECONDS = 2.0


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(Limits(workers=2, seconds=SECONDS, memory_mb=512), prepare) as made:
        yield made


def reason(guard: Guard, function: Callable[..., object], *args: object) -> tuple[Reason, str]:
    with pytest.raises(StoppedError) as caught:
        guard.submit(function, *args).result()
    return caught.value.reason, caught.value.detail


@pytest.mark.parametrize(
    ("function", "why", "detail"),
    [
        (abort, Reason.CRASH, ""),
        (never_end, Reason.TIME, ""),
        (fill_memory, Reason.MEMORY, ""),
        (panic, Reason.FAILURE, "PanicException"),
        (stop_interpreter, Reason.FAILURE, "SystemExit"),
        (answer_at_length, Reason.ANSWER, ""),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_call_that_goes_wrong_says_why_and_the_next_is_answered(
    guard: Guard, function: Callable[[int], object], why: Reason, detail: str
) -> None:
    assert reason(guard, function, 0) == (why, detail)
    assert guard.submit(doubled, 21).result() == 42


def test_of_many_calls_at_once_the_guilty_alone_are_charged(guard: Guard) -> None:
    calls = [abort if n % 3 == 0 else doubled for n in range(30)]
    calls[10], calls[20] = never_end, fill_memory
    futures = [guard.submit(call, n) for n, call in enumerate(calls)]
    for number, (call, future) in enumerate(zip(calls, futures, strict=True)):
        if call is doubled:
            assert future.result() == 2 * number
        else:
            assert isinstance(future.exception(), StoppedError)


def test_what_an_earlier_call_left_behind_is_not_charged_to_the_next() -> None:
    with Guard(Limits(workers=1, seconds=SECONDS, memory_mb=512), prepare) as guard:
        first = guard.submit(keep, 200).result()
        assert guard.submit(keep, 400).result() != first


def test_a_worker_that_is_killed_while_it_waits_is_not_missed() -> None:
    with Guard(Limits(workers=1, seconds=SECONDS, memory_mb=512), prepare) as guard:
        os.kill(guard.submit(keep, 1).result(), signal.SIGKILL)
        assert guard.submit(doubled, 4).result() == 8


@pytest.mark.parametrize(
    "function", [connect, look_up, run_program, run_shell, fork, replace_itself]
)
def test_a_worker_connects_to_nothing_and_runs_nothing(
    guard: Guard, function: Callable[[], None]
) -> None:
    assert reason(guard, function) == (Reason.FAILURE, "PermissionError")


def test_a_worker_holds_nothing_of_the_job(guard: Guard) -> None:
    assert pd.__name__ in sys.modules
    assert guard.submit(loaded, "sys", "pandas", "sqlalchemy", "pandera").result() == ["sys"]


def test_what_a_worker_prints_is_not_the_jobs_to_say(
    guard: Guard, capfd: pytest.CaptureFixture[str]
) -> None:
    guard.submit(make_noise).result()
    assert capfd.readouterr() == ("", "")


def test_a_guard_that_is_left_ends_what_still_runs() -> None:
    with Guard(Limits(workers=1, seconds=60, memory_mb=512), prepare) as guard:
        guard.submit(doubled, 1).result()
        running, waiting = guard.submit(never_end, 1), guard.submit(doubled, 1)
        while not running.running():
            time.sleep(0.01)
        left = time.monotonic()
    assert time.monotonic() - left < 5
    assert isinstance(running.exception(), StoppedError)
    assert waiting.cancelled()


@pytest.mark.parametrize(
    ("memory_mb", "prepare", "why"),
    [(512, prepare_badly, "FileNotFoundError: no such library"), (40, prepare, "MemoryError")],
    ids=["a library is missing", "no room is left"],
)
def test_a_worker_that_cannot_start_is_no_calls_fault(
    memory_mb: int, prepare: Callable[[], None], why: str
) -> None:
    with Guard(Limits(workers=1, seconds=1, memory_mb=memory_mb), prepare) as guard:
        error = guard.submit(doubled, 1).exception()
    assert isinstance(error, GuardError)
    assert f"does not start: {why}" in str(error)
    assert "limits.memory_mb" in str(error)


PARENT = """
import os, signal, sys
from pipeline.workbooks.sandbox import Guard
from pipeline.workspace.settings import Limits
from tests.support import guarded as t
if __name__ == "__main__":
    with Guard(Limits(workers=1, seconds=1, memory_mb=512), t.prepare) as guard:
        print(guard.submit(t.keep, 1).result(), flush=True)
        guard.submit(t.never_end, 1)
        sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there a job's processes end with it")
def test_a_worker_whose_job_was_killed_ends_by_itself(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = str(Path(__file__).parents[2])
    job = subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )
    with job:
        assert job.stdout is not None
        worker = int(job.stdout.readline())
        time.sleep(0.3)
        job.kill()
    until = time.monotonic() + 20
    while is_alive(worker):
        assert time.monotonic() < until
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    # An ended process that nobody asked after is a zombie.
    return state.rpartition(")")[2].split()[0] != "Z"
