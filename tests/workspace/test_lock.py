"""One run at a time works in a workspace, and a dead run's lock keeps nobody out."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.job.nightly import run
from pipeline.job.session import store_of
from pipeline.operations.setup import make_workspace
from pipeline.store import Closing
from pipeline.workspace import lock
from pipeline.workspace.errors import LockedError, LockLostError, WorkspaceError
from pipeline.workspace.folder import open_workspace
from pipeline.workspace.lock import Holder, held
from pipeline.workspace.runs.pace import Pace
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.filled import at_once, fill_return
from tests.support.mixed import ENTRIES
from tests.support.registers import put_register
from tests.support.sampled import sampled

REGISTER = small_register()


#: What stands in the way of a short test: seconds between heartbeats, and until a holder is gone.
BEAT, GONE = 0.1, 2.0


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gives no sign of life for two seconds is gone."""
    monkeypatch.setattr(lock, "BEAT", BEAT)
    monkeypatch.setattr(lock, "GONE", GONE)


@contextmanager
def begun(folder: Path, then: str = "time.sleep(60)") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of a folder meanwhile."""
    code = (
        "import sys, time; from pathlib import Path; from pipeline.workspace import lock\n"
        f"lock.BEAT, lock.GONE = {lock.BEAT}, {lock.GONE}\n"
        f"with lock.held(Path({str(folder)!r})):\n    print('held', flush=True)\n    {then}\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def as_elsewhere(folder: Path) -> None:
    """Have the lock of a folder say that it is another machine's."""
    marker, beside = folder / "run.lock", folder / "run.json"
    text = re.sub("(?m)^host=.*$", "host=another-machine", marker.read_text("ascii"))
    # Where it is: its holder knows it by that.
    marker.write_text(text, "ascii")
    holder = msgspec.json.decode(beside.read_bytes(), type=Holder)
    beside.write_bytes(msgspec.json.encode(msgspec.structs.replace(holder, host="another-machine")))


def stolen(folder: Path) -> None:
    """Have another run take the lock of a folder."""
    marker = folder / "run.lock"
    other = marker.with_name("other")
    other.write_text(re.sub("(?m)^token=.*$", "token=another", marker.read_text("ascii")), "ascii")
    other.replace(marker)


def left_by(folder: Path, holder: Holder) -> Path:
    """A lock as versions before 0.3 made it."""
    path = folder / "lock"
    path.write_bytes(msgspec.json.encode(holder))
    return path


def elsewhere() -> Holder:
    return Holder("nightly", "another-machine", 4711, "1", datetime(2013, 4, 30, 2, tzinfo=UTC))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    put_register(REGISTER, folder / "register.xlsx")
    make_workspace(folder, PERIOD.due, REGISTER)
    settings = folder / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(at_once(text), "utf-8")
    return folder


def test_a_lock_is_held_and_let_go(tmp_path: Path) -> None:
    with held(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["run.json", "run.lock"]
        with pytest.raises(LockedError), held(tmp_path):
            pass
        assert (tmp_path / "run.lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_says_who_is_at_work_and_since_when(tmp_path: Path) -> None:
    with begun(tmp_path) as process, pytest.raises(LockedError) as refused, held(tmp_path):
        pass
    said = str(refused.value)
    assert f"process {process.pid} of {lock.user()} on {socket.gethostname()}." in said
    assert re.search(r"since \d\d:\d\d on \d\d \w+ \d{4}:", said)
    assert "\n" not in said


def test_a_killed_runs_lock_is_taken_over_at_once(tmp_path: Path) -> None:
    with begun(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
    assert (tmp_path / "run.lock").exists()
    with held(tmp_path):
        assert f'"process":{os.getpid()},' in (tmp_path / "run.json").read_text("utf-8")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells when it began")
def test_a_process_that_bears_the_holders_number_by_chance_is_not_the_holder(
    tmp_path: Path,
) -> None:
    me = Holder("x", socket.gethostname(), os.getpid(), "1", datetime.now(UTC))
    left_by(tmp_path, me)
    with held(tmp_path):
        pass


@pytest.mark.usefixtures("soon")
def test_another_machines_lock_is_kept_while_its_heart_beats(tmp_path: Path) -> None:
    with begun(tmp_path) as process:
        as_elsewhere(tmp_path)
        said = f"process {process.pid} of {lock.user()} on another-machine"
        with pytest.raises(LockedError, match=said), held(tmp_path):
            pass
        found = lock.found(tmp_path)
        assert found is not None
        assert said in found.said
        assert not found.is_gone
    began = time.monotonic()
    with held(tmp_path):
        assert time.monotonic() - began > GONE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.faults
@pytest.mark.usefixtures("soon")
def test_a_killed_runs_lock_on_a_share_that_exchanges_no_names_is_waited_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filelock._soft._exclusive._recovery.exchange_names", lambda *_: False)
    with begun(tmp_path):
        pass
    began = time.monotonic()
    with held(tmp_path):
        assert time.monotonic() - began > GONE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("soon")
def test_an_earlier_versions_lock_is_kept_while_its_process_lives(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        holder = msgspec.structs.replace(
            elsewhere(),
            host=socket.gethostname(),
            process=process.pid,
            began=lock._began(process.pid),
        )
        path = left_by(tmp_path, holder)
        with pytest.raises(LockedError) as refused, held(tmp_path):
            pass
        process.kill()
    assert f"process {holder.process} of nightly on {holder.host}." in str(refused.value)
    assert list(tmp_path.iterdir()) == [path]
    with held(tmp_path):
        assert not path.exists()


def test_an_earlier_versions_lock_of_another_machine_is_kept_while_its_heart_beats(
    tmp_path: Path,
) -> None:
    path = left_by(tmp_path, elsewhere())
    said = "process 4711 of nightly on another-machine"
    with pytest.raises(LockedError, match=said), held(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == [path]
    before = time.time() - lock.GONE - 60
    os.utime(path, (before, before))
    with held(tmp_path):
        assert not path.exists()


@pytest.mark.faults
@pytest.mark.usefixtures("soon")
def test_a_lock_that_says_nothing_is_kept_until_it_is_old(tmp_path: Path) -> None:
    for name in ("lock", "run.lock"):
        path = tmp_path / name
        path.write_bytes(b"")
        beat = threading.Timer(GONE / 2, os.utime, [path])
        beat.start()
        with pytest.raises(LockedError, match="Another run is at work here"), held(tmp_path):
            pass
        beat.join()
        before = time.time() - GONE - 60
        os.utime(path, (before, before))
        began = time.monotonic()
        with held(tmp_path):
            assert (time.monotonic() - began > GONE) == (name == "run.lock")
        assert list(tmp_path.iterdir()) == []


def test_a_run_that_lost_its_lock_does_not_take_away_anothers(tmp_path: Path) -> None:
    with pytest.raises(LockLostError, match="has lost its lock"), held(tmp_path):
        stolen(tmp_path)
    assert "token=another\n" in (tmp_path / "run.lock").read_text("ascii")


@pytest.mark.usefixtures("soon")
def test_a_run_that_was_stopped_for_too_long_finds_that_another_took_its_lock(
    tmp_path: Path,
) -> None:
    with begun(tmp_path, then="while True: lock.check(); time.sleep(0.01)") as process:
        as_elsewhere(tmp_path)
        process.send_signal(signal.SIGSTOP)
        with held(tmp_path):
            process.send_signal(signal.SIGCONT)
            _, said = process.communicate(timeout=30)
            lock.check()
            assert "LockLostError: This run has lost its lock" in said
    assert list(tmp_path.iterdir()) == []


def test_a_lock_whose_file_is_removed_is_lost_after_two_heartbeats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "BEAT", 0.05)

    def work() -> None:
        for _ in range(1000):
            Pace().check()
            time.sleep(0.01)

    with suppress(LockLostError), held(tmp_path):
        (tmp_path / "run.lock").unlink()
        with pytest.raises(LockLostError):
            work()


def test_nothing_is_written_to_the_store_once_the_lock_is_lost(workspace: Path) -> None:
    place = open_workspace(workspace)
    (workspace / "var").mkdir(exist_ok=True)
    with store_of(place) as store, suppress(LockLostError), held(place.state):
        stolen(place.state)
        with pytest.raises(LockLostError):
            store.decisions.record(Closing(PERIOD.name, datetime.now(UTC)))
    with store_of(place) as store:
        assert store.decisions.all(Closing) == ()


def test_a_lock_that_another_exchanges_and_puts_back_is_not_lost(tmp_path: Path) -> None:
    """As a run does that comes too late to take over a dead one's."""
    marker, aside = tmp_path / "run.lock", tmp_path / f"run.lock.break.1.{'0f' * 16}"
    with held(tmp_path):
        os.link(marker, aside)
        stolen(tmp_path)
        back = threading.Timer(0.3, aside.replace, [marker])
        back.start()
        lock.check()
        back.join()
        lock.check()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_loses_its_lock_takes_in_no_more_and_the_next_does_the_rest(
    workspace: Path,
) -> None:
    place = open_workspace(workspace)
    fill_return(REGISTER, SAFETY, PERIOD, workspace / "inbox" / "return.xlsx", ENTRIES)
    now = datetime(2013, 5, 1, 2, tzinfo=UTC)

    def progress(*_: object) -> None:
        if (place.state / "run.json").exists():
            (place.state / "run.json").unlink()
            stolen(place.state)

    with pytest.raises(LockLostError):
        run(place, now, progress)
    assert (workspace / "inbox" / "return.xlsx").exists()
    (place.state / "run.lock").unlink()
    assert len(run(place, now, lambda *_: None).decisions) == 1
    assert not (workspace / "inbox" / "return.xlsx").exists()


def test_what_a_run_left_that_was_killed_while_it_took_the_lock_over_is_cleared(
    tmp_path: Path,
) -> None:
    left = [tmp_path / f"run.lock.break.{number}.{'0f' * 16}" for number in (1, 2)]
    for path in left:
        path.touch()
    long_ago = time.time() - lock.GONE - 60
    os.utime(left[0], (long_ago, long_ago))
    with held(tmp_path):
        # The other may be at it this moment.
        assert [path.exists() for path in left] == [False, True]


def test_a_folder_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"), held(tmp_path / "gone"):
        pass


def test_of_many_that_find_a_dead_lock_one_at_a_time_gets_it(tmp_path: Path) -> None:
    with begun(tmp_path):
        pass
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


def quarterday(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", sampled(["run", "ingest", "appendix", "send"], 4))
def test_a_command_that_writes_ends_with_its_own_exit_code_while_another_is_at_work(
    workspace: Path, command: str
) -> None:
    fill_return(REGISTER, SAFETY, PERIOD, workspace / "inbox" / "return.xlsx", ENTRIES)
    (workspace / "var").mkdir(exist_ok=True)
    with held(workspace / "var"):
        done = quarterday(command, "--workspace", str(workspace))
    assert done.returncode == 3
    assert done.stderr.startswith("quarterday: Another run is at work here since ")
    assert done.stdout == ""
    assert (workspace / "inbox" / "return.xlsx").exists()


def test_a_command_that_only_looks_needs_no_lock(workspace: Path) -> None:
    (workspace / "var").mkdir(exist_ok=True)
    with held(workspace / "var"):
        assert quarterday("status", "--workspace", str(workspace)).returncode in (0, 1)


def test_the_state_is_private_to_the_jobs_user(workspace: Path) -> None:
    quarterday("run", "--workspace", str(workspace))
    mode = stat.S_IMODE((workspace / "var").stat().st_mode)
    assert mode == 0o700
