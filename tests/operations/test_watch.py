"""Watching: returns are taken in as they come, beside other runs, until it is told to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.operations.setup import make_workspace
from pipeline.operations.watch import is_share
from pipeline.workspace import lock
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.mixed import ENTRIES, set_up, waiting
from tests.support.registers import put_register

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.name != "posix", reason="ended by signals"),
]
#: Seconds within which anything happens, on a machine that is busy with other tests.
SOON = 60


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    put_register(small_register(), folder / "register.xlsx")
    make_workspace(folder, PERIOD.due, small_register())
    set_up(folder, settle_seconds=0.1, incomplete_minutes=0, workers=1)
    return folder


def drop(workspace: Path, number: int) -> None:
    entries = {ref: dict(row) for ref, row in ENTRIES.items()}
    entries["P2-2"]["Performance"] = 10 + number
    made = workspace / f"{number}.xlsx"
    fill_return(small_register(), SAFETY, PERIOD, made, entries)
    made.rename(workspace / "inbox" / made.name)


def accepted(workspace: Path) -> int:
    """How many returns the runs so far have accepted."""
    shown = quarterday("runs", "--json", "-w", str(workspace)).stdout
    return sum(run["tally"]["accepted"] for run in json.loads(shown))


def wait_until_accepted(workspace: Path, number: int) -> None:
    until = time.monotonic() + SOON
    while accepted(workspace) < number:
        assert time.monotonic() < until, f"{accepted(workspace)} of {number} were taken in"
        time.sleep(0.1)


#: As the watch is about to begin, and the inbox has been looked at, a return is moved there.
MEANWHILE = """
import sys
from pathlib import Path
folder = Path(sys.argv.pop(1))

def hook(event, arguments):
    if event == "import" and arguments[0] == "watchfiles":
        for path in folder.glob("1.xlsx"):
            path.rename(folder / "inbox" / path.name)

sys.addaudithook(hook)
from pipeline.__main__ import main
main()
"""


@contextmanager
def watched(
    workspace: Path, *words: str, by: Sequence[str] = ("-m", "pipeline")
) -> Iterator[subprocess.Popen[str]]:
    """`quarterday watch`, once it watches."""
    command = [sys.executable, "-u", *by, "watch", "-w", str(workspace), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        if "--json" not in words:
            assert process.stdout.readline().startswith("Watching ")
        yield process
    finally:
        process.kill()
        process.communicate()


def end(process: subprocess.Popen[str], sent: int = signal.SIGTERM) -> tuple[str, str]:
    """What it told and said until it ended, as it should."""
    process.send_signal(sent)
    told, said = process.communicate(timeout=SOON)
    assert process.returncode == 0, said
    return told, said


@pytest.mark.parametrize("seconds", [0.0, 0.2], ids=["told by the system", "polling"])
def test_returns_are_taken_in_as_they_come(workspace: Path, seconds: float) -> None:
    set_up(workspace, poll_seconds=seconds)
    drop(workspace, 1)
    with watched(workspace) as process:
        wait_until_accepted(workspace, 1)
        for number in (2, 3):
            drop(workspace, number)
            wait_until_accepted(workspace, number)
        told, said = end(process)
    assert said == ""
    assert told.count("1 accepted") == 3
    assert waiting(workspace) == []
    assert lock.found(workspace / "var") is None


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_it_is_told_to(workspace: Path, sent: int) -> None:
    with watched(workspace) as process:
        assert end(process, sent) == ("", "")


def test_what_comes_just_before_it_watches_is_taken_in_too(workspace: Path) -> None:
    drop(workspace, 1)
    (workspace / "inbox" / "1.xlsx").rename(workspace / "1.xlsx")
    with watched(workspace, by=("-c", MEANWHILE, str(workspace))) as process:
        wait_until_accepted(workspace, 1)
        assert end(process)[1] == ""


def test_while_another_run_is_at_work_it_waits_and_then_takes_in(workspace: Path) -> None:
    (workspace / "var").mkdir(mode=0o700, exist_ok=True)
    with watched(workspace) as process:
        with lock.held(workspace / "var"):
            drop(workspace, 1)
            time.sleep(2)
            assert accepted(workspace) == 0
        wait_until_accepted(workspace, 1)
        assert end(process)[1] == ""
    assert accepted(workspace) == 1


def test_what_stops_a_run_is_said_and_does_not_end_the_watch(workspace: Path) -> None:
    (workspace / "register.xlsx").rename(workspace / "aside.xlsx")
    drop(workspace, 1)
    with watched(workspace) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("quarterday: ")
        (workspace / "aside.xlsx").rename(workspace / "register.xlsx")
        drop(workspace, 2)
        wait_until_accepted(workspace, 2)
        end(process)


def test_for_machines_there_is_one_document_at_the_end(workspace: Path) -> None:
    drop(workspace, 1)
    with watched(workspace, "--json") as process:
        wait_until_accepted(workspace, 1)
        told, _ = end(process)
    (run,) = json.loads(told)["runs"]
    assert "1 accepted" in run


def test_an_inbox_that_is_not_there_is_one_line(workspace: Path) -> None:
    (workspace / "inbox").rmdir()
    result = quarterday("watch", "-w", str(workspace))
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("quarterday: ")


def test_a_folder_of_this_machine_is_no_share(tmp_path: Path) -> None:
    assert not is_share(tmp_path)
