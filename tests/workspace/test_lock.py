"""One run at a time works in a workspace, and a dead run's lock keeps nobody out."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.operations.setup import make_workspace
from pipeline.workspace import lock
from pipeline.workspace.errors import LockedError, WorkspaceError
from pipeline.workspace.lock import GONE, Holder, held
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.filled import at_once, fill_return
from tests.support.mixed import ENTRIES

REGISTER = small_register()


def begin(folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    """Another process that holds the lock of a folder for so long."""
    code = (
        "import sys, time; from pathlib import Path; from pipeline.workspace.lock import held\n"
        f"with held(Path({str(folder)!r})): print('held', flush=True); time.sleep({seconds})"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def left_by(folder: Path, holder: Holder) -> Path:
    path = folder / "lock"
    path.write_bytes(msgspec.json.encode(holder))
    return path


def elsewhere() -> Holder:
    return Holder("nightly", "another-machine", 4711, "1", datetime(2013, 4, 30, 2, tzinfo=UTC))


def test_a_lock_is_held_and_let_go(tmp_path: Path) -> None:
    with held(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == ["lock"]
        with pytest.raises(LockedError), held(tmp_path):
            pass
        assert (tmp_path / "lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_says_who_is_at_work_and_since_when(tmp_path: Path) -> None:
    process = begin(tmp_path, 60)
    try:
        with pytest.raises(LockedError) as refused, held(tmp_path):
            pass
    finally:
        process.terminate()
        process.wait(timeout=10)
        assert process.stdout is not None
        process.stdout.close()
    said = str(refused.value)
    assert f"process {process.pid} of " in said
    assert f" on {socket.gethostname()}." in said
    assert re.search(r"since \d\d:\d\d on \d\d \w+ \d{4}:", said)
    assert "\n" not in said


def test_a_killed_runs_lock_is_taken_over_at_once(tmp_path: Path) -> None:
    process = begin(tmp_path, 60)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    assert process.stdout is not None
    process.stdout.close()
    assert (tmp_path / "lock").exists()
    with held(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells when it began")
def test_a_process_that_bears_the_holders_number_by_chance_is_not_the_holder(
    tmp_path: Path,
) -> None:
    me = Holder("x", socket.gethostname(), os.getpid(), "1", datetime.now(UTC))
    left_by(tmp_path, me)
    with held(tmp_path):
        pass


def test_another_machines_lock_is_kept_while_its_heart_beats(tmp_path: Path) -> None:
    path = left_by(tmp_path, elsewhere())
    said = "process 4711 of nightly on another-machine"
    with pytest.raises(LockedError, match=said), held(tmp_path):
        pass
    before = time.time() - GONE - 60
    os.utime(path, (before, before))
    with held(tmp_path):
        pass


def test_a_lock_that_says_nothing_is_kept_until_it_is_old(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(b"")
    with pytest.raises(LockedError, match="Another run is at work here"), held(tmp_path):
        pass
    before = time.time() - GONE - 60
    os.utime(path, (before, before))
    with held(tmp_path):
        pass


def test_a_run_that_lost_its_lock_does_not_take_away_anothers(tmp_path: Path) -> None:
    with held(tmp_path):
        left_by(tmp_path, elsewhere())
    assert lock._holder(tmp_path / "lock") == elsewhere()


def test_a_folder_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"), held(tmp_path / "gone"):
        pass


def test_of_many_that_find_a_dead_lock_one_at_a_time_gets_it(tmp_path: Path) -> None:
    left_by(tmp_path, Holder("x", socket.gethostname(), 2**22 + 1, "1", datetime.now(UTC)))
    mark = tmp_path / "alone"
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from pipeline.workspace.lock import held\n"
        "from pipeline.workspace.errors import LockedError\n"
        f"folder, mark = Path({str(tmp_path)!r}), Path({str(mark)!r})\n"
        "done = 0\n"
        "while done < 5:\n"
        "    try:\n"
        "        with held(folder):\n"
        "            os.close(os.open(mark, os.O_CREAT | os.O_EXCL)); time.sleep(0.002)\n"
        "            mark.unlink(); done += 1\n"
        "    except LockedError: time.sleep(0.001)\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(6)]
    assert [run.wait(timeout=60) for run in runs] == [0] * 6
    assert list(tmp_path.iterdir()) == []


# --- The command line ----------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    make_workspace(folder, PERIOD.due, REGISTER)
    settings = folder / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(at_once(text), "utf-8")
    return folder


def quarterday(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", ["run", "ingest", "appendix", "send"])
def test_a_command_that_writes_ends_with_its_own_exit_code_while_another_is_at_work(
    workspace: Path, command: str
) -> None:
    fill_return(REGISTER, SAFETY, PERIOD, workspace / "inbox" / "return.xlsx", ENTRIES)
    (workspace / "var").mkdir()
    with held(workspace / "var"):
        done = quarterday(command, "--workspace", str(workspace))
    assert done.returncode == 3
    assert done.stderr.startswith("quarterday: Another run is at work here since ")
    assert done.stdout == ""
    assert (workspace / "inbox" / "return.xlsx").exists()


def test_a_command_that_only_looks_needs_no_lock(workspace: Path) -> None:
    (workspace / "var").mkdir()
    with held(workspace / "var"):
        assert quarterday("status", "--workspace", str(workspace)).returncode in (0, 1)


def test_the_state_is_private_to_the_jobs_user(workspace: Path) -> None:
    quarterday("run", "--workspace", str(workspace))
    mode = stat.S_IMODE((workspace / "var").stat().st_mode)
    assert mode == 0o700
