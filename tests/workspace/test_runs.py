"""Runs are recorded, logged, limited and told of, whatever becomes of them."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest
import time_machine

from pipeline.cli.console import AT_WORK, CANNOT_RUN
from pipeline.operations.setup import make_workspace
from pipeline.workspace import lock
from pipeline.workspace.errors import SettingsError
from pipeline.workspace.folder import open_workspace
from pipeline.workspace.settings import FILE_NAME, read_settings
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.command_line import quarterday
from tests.support.ends import End, Undisturbed, end_of
from tests.support.filled import fill_return
from tests.support.mixed import ENTRIES, copied, set_up, waiting
from tests.support.registers import put_register
from tests.support.runs import Runner


def recorded(workspace: Path) -> list[dict[str, object]]:
    """The runs of a workspace, the latest first."""
    found: list[dict[str, object]] = json.loads(
        quarterday("runs", "--json", "-w", workspace).stdout
    )
    return found


def outcomes(workspace: Path) -> list[object]:
    return [run["outcome"] for run in recorded(workspace)]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    put_register(small_register(), folder / "register.xlsx")
    make_workspace(folder, PERIOD.due, small_register())
    set_up(folder, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    return folder


def drop(workspace: Path, name: str = "secret name.xlsx") -> None:
    entries = {ref: dict(row) for ref, row in ENTRIES.items()}
    fill_return(small_register(), SAFETY, PERIOD, workspace / "inbox" / name, entries)


# --- The record ----------------------------------------------------------------------------------


def test_each_run_is_recorded_with_how_it_ended_and_what_it_came_to(workspace: Path) -> None:
    drop(workspace)
    assert quarterday("run", "-w", workspace).exit_code in (0, 1)
    assert quarterday("run", "-w", workspace).stdout == "Nothing new.\n"
    idle, first = recorded(workspace)
    assert idle["outcome"] == "done"
    assert idle["stages"] == {}
    assert first["tally"] == {
        "accepted": 1,
        "sent_back": 0,
        "duplicates": 0,
        "left": 0,
        "unmarked": 0,
        "issued": [PERIOD.name],
    }
    stages = first["stages"]
    assert isinstance(stages, dict)
    assert list(stages) == ["intake", "reading", "validating", "sending back", "storing",
                            "issuing", "mail"]  # fmt: skip
    assert 0 < sum(stages.values()) <= float(str(first["seconds"])) + 0.01


def test_the_runs_are_a_line_each(workspace: Path) -> None:
    drop(workspace)
    quarterday("run", "-w", workspace)
    (workspace / "register.xlsx").write_bytes(b"no register")
    assert quarterday("run", "-w", workspace).exit_code == CANNOT_RUN
    last, first = quarterday("runs", "-w", workspace).stdout.splitlines()
    assert first.split("\t")[4] == f"1 accepted, appendix {PERIOD.name}"
    assert "\trun\tfailed\t" in last
    assert "register.xlsx" in last.split("\t")[4]
    assert len(quarterday("runs", "--last", "1", "-w", workspace).stdout.splitlines()) == 1


def test_a_run_that_was_killed_is_cut_off_and_one_at_work_under_way(
    runs: Runner, start: Path, tmp_path: Path
) -> None:
    workspace = copied(start, tmp_path / "workspace")
    run = runs.begin(workspace, step=60, sent=signal.SIGSTOP)
    run.wait_until_stopped()
    assert outcomes(workspace) == ["under way"]
    run.kill()
    run.wait()
    assert outcomes(workspace) == ["cut off"]


def test_a_run_that_finds_another_at_work_is_recorded_as_that(workspace: Path) -> None:
    (workspace / "var").mkdir(exist_ok=True)
    with lock.held(workspace / "var"):
        assert quarterday("run", "-w", workspace).exit_code == AT_WORK
    assert outcomes(workspace) == ["another run at work"]


def test_a_line_that_was_cut_short_costs_itself_only(workspace: Path) -> None:
    quarterday("run", "-w", workspace)
    (file,) = (workspace / "var" / "runs").iterdir()
    with file.open("ab") as lines:
        lines.write(b'{"line":"began","run":"12')
    quarterday("run", "-w", workspace)
    assert outcomes(workspace) == ["done", "done"]


def test_two_years_of_runs_are_kept(workspace: Path) -> None:
    folder = workspace / "var" / "runs"
    folder.mkdir(parents=True)
    for year in (2010, 2011, 2012):
        for month in range(1, 13):
            (folder / f"{year}-{month:02}.jsonl").touch()
    with time_machine.travel(datetime(2013, 1, 5, 2, tzinfo=ZoneInfo("Europe/London"))):
        quarterday("run", "-w", workspace)
    kept = sorted(path.stem for path in folder.iterdir())
    assert (len(kept), kept[0], kept[-1]) == (25, "2011-01", "2013-01")
    assert outcomes(workspace) == ["done"]


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_what_is_known_of_runs_is_the_jobs_users_alone(workspace: Path) -> None:
    quarterday("run", "-w", workspace)
    for folder in ("runs", "log"):
        place = workspace / "var" / folder
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        (file,) = place.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


# --- Once a night --------------------------------------------------------------------------------


def nights(workspace: Path, *moments: datetime) -> int:
    """How many of the scheduled starts at these moments became runs."""
    before = len(recorded(workspace))
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            result = quarterday("run", "--scheduled", "-w", workspace)
            assert result.exit_code == 0, result.output
    return len(recorded(workspace)) - before


BERLIN = ZoneInfo("Europe/Berlin")


def test_a_night_on_which_two_oclock_comes_twice_has_one_run(workspace: Path) -> None:
    first = datetime(2027, 10, 31, 2, fold=0, tzinfo=BERLIN)
    again = datetime(2027, 10, 31, 2, fold=1, tzinfo=BERLIN)
    assert again.timestamp() - first.timestamp() == 3600
    assert nights(workspace, first, again) == 1


def test_a_night_without_two_oclock_has_one_run(workspace: Path) -> None:
    at_three = datetime(2027, 3, 28, 3, tzinfo=BERLIN)
    assert nights(workspace, at_three, at_three) == 1


def test_every_other_night_has_its_own_run(workspace: Path) -> None:
    moments = [datetime(2027, 10, day, 2, tzinfo=BERLIN) for day in (29, 30, 31)]
    assert nights(workspace, *moments) == 3


def test_a_run_by_hand_does_not_take_the_nights_place(workspace: Path) -> None:
    assert quarterday("run", "-w", workspace).exit_code == 0
    assert quarterday("run", "--scheduled", "-w", workspace).exit_code == 0
    assert [run["scheduled"] for run in recorded(workspace)] == [True, False]


def test_after_a_night_that_failed_the_second_start_is_a_run(workspace: Path) -> None:
    register = workspace / "register.xlsx"
    register.rename(workspace / "aside.xlsx")
    assert quarterday("run", "--scheduled", "-w", workspace).exit_code == CANNOT_RUN
    (workspace / "aside.xlsx").rename(register)
    assert quarterday("run", "--scheduled", "-w", workspace).exit_code == 0
    assert quarterday("run", "--scheduled", "-w", workspace).stdout == ""
    assert outcomes(workspace) == ["done", "failed"]


# --- The log -------------------------------------------------------------------------------------


def log_of(workspace: Path) -> list[dict[str, object]]:
    text = (workspace / "var" / "log" / "quarterday.log").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_log_tells_what_happened_and_nothing_personal(workspace: Path) -> None:
    drop(workspace)
    quarterday("run", "-w", workspace)
    log = log_of(workspace)
    assert [line["event"] for line in log if line["event"] != "stage ended"] == [
        "run began", "return taken", "appendix issued", "run ended",
    ]  # fmt: skip
    (taken,) = (line for line in log if line["event"] == "return taken")
    assert (taken["area"], taken["outcome"]) == (SAFETY.ref, "accepted")
    assert len(str(taken["sha256"])) == 12
    (name,) = {str(line["run"]) for line in log}
    assert name in next((workspace / "var" / "runs").iterdir()).read_text("utf-8")
    text = json.dumps(log)
    for private in ("secret name", SAFETY.name, CARE.name, "@", "4605"):
        assert private not in text


def test_with_verbose_the_log_is_json_on_standard_error_too(workspace: Path) -> None:
    result = quarterday("run", "--verbose", "-w", workspace)
    shown = [json.loads(line) for line in result.stderr.splitlines()]
    assert shown == log_of(workspace)
    assert quarterday("run", "-w", workspace).stderr == ""


def test_a_large_log_is_begun_anew(workspace: Path) -> None:
    quarterday("run", "-w", workspace)
    file = workspace / "var" / "log" / "quarterday.log"
    file.write_bytes(b" " * 2 * 1024 * 1024)
    quarterday("run", "-w", workspace)
    assert len(log_of(workspace)) == 2
    assert file.with_name("quarterday.log.1").stat().st_size == 2 * 1024 * 1024


def test_a_log_that_cannot_be_written_stops_nothing(workspace: Path) -> None:
    (workspace / "var").mkdir(mode=0o700, exist_ok=True)
    for name in ("log", "runs"):
        (workspace / "var" / name).write_text("no folder")
    result = quarterday("run", "-w", workspace)
    assert (result.exit_code, result.stderr) == (0, "")


# --- The dead man's switch -----------------------------------------------------------------------


@dataclass
class Switch:
    """A server on this machine that is called, and answers as it is told."""

    url: str
    answer: int = 200
    calls: list[str] = field(default_factory=list)


@pytest.fixture
def switch() -> Iterator[Switch]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.calls.append(self.path)
            self.send_response(there.answer)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Switch(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def switched(workspace: Path, switch: Switch) -> None:
    set_up(workspace, success_url=f"{switch.url}/well", failure_url=f"{switch.url}/fail")


def test_the_switch_is_called_once_a_run_and_told_how_it_ended(
    workspace: Path, switch: Switch
) -> None:
    switched(workspace, switch)
    quarterday("run", "-w", workspace)
    assert switch.calls == ["/well"]
    with lock.held(workspace / "var"):
        (workspace / "inbox" / "a.xlsx").write_text("new")
        assert quarterday("run", "-w", workspace).exit_code == AT_WORK
    assert switch.calls == ["/well"]
    assert quarterday("run", "-w", workspace).exit_code == 1
    assert switch.calls == ["/well", "/well"]
    (workspace / "register.xlsx").unlink()
    assert quarterday("run", "-w", workspace).exit_code == CANNOT_RUN
    assert switch.calls == ["/well", "/well", "/fail"]


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_a_switch_that_answers_otherwise_is_logged_and_fails_nothing(
    workspace: Path, switch: Switch, answer: int
) -> None:
    switched(workspace, switch)
    switch.answer = answer
    assert quarterday("run", "-w", workspace).exit_code == 0
    assert switch.calls == ["/well"]
    assert log_of(workspace)[-1]["why"] == f"answered {answer}"


def test_a_switch_that_is_not_there_is_logged_and_fails_nothing(workspace: Path) -> None:
    set_up(workspace, success_url="http://127.0.0.1:9/")
    assert quarterday("run", "-w", workspace).exit_code == 0
    assert log_of(workspace)[-1]["event"] == "switch not reached"
    assert outcomes(workspace) == ["done"]


@pytest.mark.parametrize(
    "url",
    ["http://hc.example/1", "http://127.0.0.1.example/", "ftp://localhost/", "hc", "https://"],
)
def test_an_address_that_could_be_overheard_is_refused(workspace: Path, url: str) -> None:
    set_up(workspace, success_url=url)
    with pytest.raises(SettingsError, match=r"nights\.success_url must be an address"):
        read_settings(workspace / FILE_NAME)


# --- The limit -----------------------------------------------------------------------------------


@pytest.mark.faults
def test_a_run_whose_time_is_up_ends_cleanly_and_the_next_does_the_rest(
    runs: Runner, start: Path, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    workspace = copied(start, tmp_path / "workspace")
    before = waiting(workspace)
    # So little that it is over after the first return; no run takes as long as one that hangs.
    set_up(workspace, limit_minutes=0.0001)
    run = runs.run(workspace)
    assert run.code == CANNOT_RUN
    assert run.said == (
        "quarterday: The run took longer than nights.limit_minutes (0.0001) and has ended. "
        "What it did is kept; the next run does the rest.\n"
    )
    assert not (workspace / "var" / "run.lock").exists()
    assert outcomes(workspace) == ["failed"]
    assert set(waiting(workspace)) < set(before)
    set_up(workspace, limit_minutes=0)
    assert runs.run(workspace).code in (0, 1)
    assert in_one_journal(end_of(workspace)) == in_one_journal(undisturbed.end)


def in_one_journal(end: End) -> End:
    """What is left, with the journal's rows in one: each batch has a file of its own."""
    journal = {name: rows for name, rows in sorted(end.items()) if "/journal/" in name}
    rows = [row for part in journal.values() for row in cast("list[object]", part)]
    return {name: left for name, left in end.items() if name not in journal} | {"journal": rows}


@pytest.mark.faults
def test_a_run_that_hangs_is_stopped_and_the_next_takes_its_lock_over(
    workspace: Path, switch: Switch
) -> None:
    switched(workspace, switch)
    drop(workspace)
    # It waits an hour for the return to settle.
    set_up(workspace, settle_seconds=3600, limit_minutes=0.05)
    command = [sys.executable, "-m", "pipeline", "run", "-w", str(workspace)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == CANNOT_RUN
    (line,) = done.stderr.splitlines()
    assert line.startswith("quarterday: The run took longer than nights.limit_minutes (0.05)")
    assert "hung in intake" in line
    assert switch.calls == ["/fail"]
    assert lock.found(open_workspace(workspace).state) is not None
    set_up(workspace, settle_seconds=0.0, limit_minutes=120)
    assert quarterday("run", "-w", workspace).exit_code in (0, 1)
    assert outcomes(workspace)[1] == "failed"
    assert waiting(workspace) == []


# --- Doctor --------------------------------------------------------------------------------------


def last_run(workspace: Path) -> dict[str, str]:
    result = quarterday("doctor", "--quick", "--json", "-w", workspace)
    (check,) = (c for c in json.loads(result.stdout)["checks"] if c["name"] == "last run")
    return dict(check)


def test_a_run_of_days_to_come_does_not_stand_for_those_that_do_not_happen(
    workspace: Path,
) -> None:
    quarterday("run", "-w", workspace)
    with time_machine.travel(time.time() + 400 * 86_400):
        quarterday("run", "-w", workspace)
    found = last_run(workspace)
    assert found["state"] == "attention"
    assert "to come" in found["found"]
    assert str(workspace / "var" / "runs") in found["remedy"]


def test_doctor_says_when_the_last_run_was_and_how_it_ended(workspace: Path) -> None:
    assert last_run(workspace)["found"] == "There was none yet."
    quarterday("run", "-w", workspace)
    assert last_run(workspace)["state"] == "ok"
    assert last_run(workspace)["found"].endswith(": done.")
    with time_machine.travel(time.time() + 37 * 3600):
        assert last_run(workspace)["state"] == "attention"
    shutil.move(workspace / "register.xlsx", workspace / "aside.xlsx")
    quarterday("run", "-w", workspace)
    check = last_run(workspace)
    assert (check["state"], check["found"].split(": ")[1]) == ("attention", "failed.")


def test_runs_show_how_long_each_stage_took(workspace: Path) -> None:
    fill_return(small_register(), SAFETY, PERIOD, workspace / "inbox" / "return.xlsx", ENTRIES)
    quarterday("run", "-w", workspace)
    (line,) = quarterday("runs", "--stages", "-w", workspace).stdout.splitlines()
    assert re.search(r", reading \d+\.\d, ", line)
    (run,) = recorded(workspace)
    assert "reading" in cast("dict[str, float]", run["stages"])


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_terminal_shows_how_far_a_run_is(workspace: Path) -> None:
    import pty

    for number in range(3):
        path = workspace / "inbox" / f"return {number}.xlsx"
        fill_return(small_register(), SAFETY, PERIOD, path, ENTRIES)
    shown, terminal = pty.openpty()
    command = [sys.executable, "-m", "pipeline", "run", "-w", str(workspace)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal, env=environment)
    os.close(terminal)
    text = b""
    # The system says that the other end is closed as an error.
    with suppress(OSError):
        while part := os.read(shown, 4096):
            text += part
    os.close(shown)
    assert process.wait() == 0
    assert re.search(r"Reading returns .*?\d/3", text.decode())


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """When each file was written, and what it holds."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in files
    }


def test_an_unchanged_night_writes_its_lines_and_nothing_else(workspace: Path) -> None:
    path = workspace / "inbox" / "return.xlsx"
    fill_return(small_register(), SAFETY, PERIOD, path, ENTRIES)
    quarterday("run", "-w", workspace)
    before = contents(workspace)
    assert quarterday("run", "-w", workspace).stdout == "Nothing new.\n"
    after = contents(workspace)
    assert after.keys() == before.keys()
    changed = {name for name in after if after[name] != before[name]}
    assert {name.rpartition("/")[0] for name in changed} == {"var/runs", "var/log"}
    assert len(changed) == 2
