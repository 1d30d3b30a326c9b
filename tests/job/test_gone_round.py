"""What ends a run, by memory or by a kill, is named, and the next runs go round it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from pipeline.workspace.runs.at_work import AtWork, file, left_by
from schemas.model import Period
from tests.support import command_line
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.claimed import run as plain_run
from tests.support.fatal import run
from tests.support.filled import fill_return
from tests.support.mixed import ENTRIES, set_up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and signals of Linux")

REGISTER = small_register()
BOMB = "bomb.xlsx"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two good returns; before one of them, in its area's folder, what ends whatever opens it."""
    folder = tmp_path / "workspace"
    make_workspace(folder, PERIOD.due, REGISTER)
    set_up(folder, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    safety, care = (folder / "inbox" / area.ref for area in (SAFETY, CARE))
    safety.mkdir()
    care.mkdir()
    fill_return(REGISTER, SAFETY, PERIOD, safety / "a.xlsx", ENTRIES)
    wrong = ENTRIES | {"P2-2": {"Performance": "about 4"}}
    fill_return(REGISTER, CARE, PERIOD, care / BOMB, wrong)
    fill_return(REGISTER, CARE, PERIOD, care / "c.xlsx", ENTRIES)
    return folder


def waiting(workspace: Path) -> list[str]:
    return sorted(path.name for path in (workspace / "inbox").rglob("*.xlsx"))


def said(workspace: Path, *words: str) -> str:
    return command_line.quarterday(*words, "--workspace", str(workspace)).output


def checks(workspace: Path) -> dict[str, Any]:
    document = json.loads(said(workspace, "doctor", "--quick", "--json"))
    return {check["name"]: check for check in document["checks"]}


def taken(output: str) -> list[tuple[str, str]]:
    found = json.loads(output)["ingested"]["taken"]
    return sorted((one["filename"], one["outcome"]) for one in found)


def skipped(output: str) -> dict[str, str]:
    return {Path(o["path"]).name: o["why"] for o in json.loads(output)["ingested"]["skipped"]}


def counting(workspace: Path) -> list[str]:
    """The files whose figures count."""
    (period,) = json.loads(said(workspace, "status", "--json"))["periods"]
    return [one["filename"] for one in period["returns"]]


def test_a_file_on_which_runs_are_killed_is_found_named_and_gone_round(workspace: Path) -> None:
    # It is opened as it is scanned, and once more as it is read, while others are being read.
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    assert "(reading)" in said(workspace, "runs")
    check = checks(workspace)["gone round"]
    assert check["state"] == "attention"
    assert any(BOMB in line for line in check["details"])
    # One at a time, the others before it. One of several may have had nothing to do with it.
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    assert f"at work on {BOMB} (reading)" in said(workspace, "runs")
    # Other areas come before it and are taken in, although it ends this run too.
    assert run(workspace, "killed", BOMB, 1).returncode == -signal.SIGKILL
    assert waiting(workspace) == [BOMB, "c.xlsx"]
    assert f"{BOMB} (is tried last and alone)" in said(workspace, "status")
    suspects = json.loads(said(workspace, "status", "--json"))["suspects"]
    (suspect,) = [one for one in suspects if one["name"] == BOMB]
    assert (suspect["runs"], suspect["gone_round"]) == (1, False)
    done = run(workspace, "killed", BOMB, 1)
    assert taken(done.stdout) == [("c.xlsx", "accepted")]
    assert skipped(done.stdout) == {
        BOMB: "2 runs ended, or were killed, while they were at work on it alone"
    }
    assert waiting(workspace) == []
    (note,) = (workspace / "var" / "quarantine").glob("*why.txt")
    assert "2 runs ended" in note.read_text("utf-8")
    assert "move it back to where it lay" in note.read_text("utf-8")
    assert [line.split("\t")[2] for line in said(workspace, "runs").splitlines()] == [
        *("needs a person", "cut off", "cut off", "cut off")
    ]
    plain_run(workspace)
    assert checks(workspace)["gone round"]["state"] == "ok"


def test_a_file_for_which_there_is_no_memory_is_named_in_a_line_and_keeps_no_other_area(
    workspace: Path,
) -> None:
    with (workspace / "inbox" / CARE.ref / BOMB).open("ab") as file:
        file.write(os.urandom(40 * 1024 * 1024))
    for _ in range(2):
        done = run(workspace, "starved", BOMB, 1)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        (line,) = done.stderr.splitlines()
        assert line.startswith("quarterday: The run ran out of memory, at work on ")
    assert f"at work on {BOMB} (intake)" in line
    assert f"at work on {BOMB} (intake)" in said(workspace, "runs")
    # After other areas, whether there is memory for it by then or not.
    run(workspace, "starved", BOMB, 1)
    assert "a.xlsx" not in waiting(workspace)
    assert "accepted" in said(workspace, "history", "--period", PERIOD.name)


def test_what_ended_a_run_alone_is_taken_in_its_place_among_its_areas_files(
    workspace: Path,
) -> None:
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    # By chance: it would end nothing more. What came after it counts.
    earlier = workspace / "inbox" / CARE.ref / BOMB
    later = earlier.with_name("c.xlsx")
    assert earlier.stat().st_ctime_ns < later.stat().st_ctime_ns
    done = run(workspace, "killed", "no such file", 1)
    assert taken(done.stdout) == [
        *(("a.xlsx", "accepted"), (BOMB, "rejected"), ("c.xlsx", "accepted"))
    ]
    assert counting(workspace) == ["a.xlsx", "c.xlsx"]


def test_where_it_lies_in_no_areas_folder_all_others_in_none_keep_their_place(
    workspace: Path,
) -> None:
    earlier = ENTRIES | {"P2-2": {"Performance": 7}}
    inbox = workspace / "inbox"
    shutil.rmtree(inbox / CARE.ref)
    fill_return(REGISTER, CARE, PERIOD, inbox / BOMB, earlier)
    fill_return(REGISTER, CARE, PERIOD, inbox / "c.xlsx", ENTRIES)
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    done = run(workspace, "killed", "no such file", 1)
    assert skipped(done.stdout) == {}
    assert counting(workspace) == ["a.xlsx", "c.xlsx"]


def test_what_came_before_it_for_the_next_period_is_judged_after_it(tmp_path: Path) -> None:
    days = timedelta(days=365)
    following = Period("2013-14", PERIOD.starts + days, PERIOD.ends + days, PERIOD.due + days)
    indicators = tuple(replace(i, plausible_change=Decimal(10)) for i in REGISTER.indicators)
    register = replace(REGISTER, indicators=indicators, periods=(PERIOD, following))
    make_workspace(tmp_path, PERIOD.due, register)
    set_up(tmp_path, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    folder = tmp_path / "inbox" / CARE.ref
    folder.mkdir()
    later = ENTRIES | {"P2-2": {"Performance": 400}}
    fill_return(register, CARE, following, folder / "next.xlsx", later)
    fill_return(register, CARE, PERIOD, folder / BOMB, ENTRIES)
    for _ in range(2):
        assert run(tmp_path, "killed", BOMB, 2).returncode == -signal.SIGKILL
    done = run(tmp_path, "killed", "no such file", 1)
    assert taken(done.stdout) == [(BOMB, "accepted"), ("next.xlsx", "accepted")]
    # It is compared with the figure of the last period, which came after it.
    assert "C05 P2-2 ASC, next.xlsx" in said(tmp_path, "status")


def test_what_a_killed_run_was_at_work_on_by_chance_is_taken_by_the_next(workspace: Path) -> None:
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    done = plain_run(workspace)
    assert done.returncode in (0, 1)
    assert waiting(workspace) == []
    assert not list((workspace / "var" / "quarantine").glob("*"))
    assert checks(workspace)["gone round"]["state"] == "ok"


@pytest.mark.parametrize(
    ("section", "stage"), [("mail.receive", "fetching"), ("mail.send", "sending mail")]
)
def test_a_server_with_which_runs_end_comes_last_and_is_then_left_for_tonight(
    workspace: Path, section: str, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDAY_MAILBOX_PASSWORD", "secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        set_up(workspace, section=section, server="127.0.0.1", port=port, user="returns")
        if section == "mail.send":
            set_up(workspace, section=section, user="")
            set_up(workspace, section="mail", sender="Team <team@council.example>")
        is_first = section == "mail.receive"
        assert run(workspace, "killed", str(port), 1).returncode == -signal.SIGKILL
        assert (len(waiting(workspace)) == 3) == is_first
        assert f"at work on 127.0.0.1 ({stage})" in said(workspace, "runs")
        # After everything else.
        assert run(workspace, "killed", str(port), 1).returncode == -signal.SIGKILL
        assert waiting(workspace) == []
        done = run(workspace, "killed", str(port), 1, "run")
        assert done.returncode == 1
        assert "127.0.0.1 is left for tonight: 2 runs ended" in done.stdout + done.stderr
        # Tomorrow it is called again.
        assert run(workspace, "killed", str(port), 1).returncode == -signal.SIGKILL


@pytest.mark.parametrize(("error", "stays"), [(MemoryError, True), (OSError, False)])
def test_what_is_read_ahead_may_have_ended_a_run_by_memory_and_no_other_way(
    error: type[Exception], stays: bool, tmp_path: Path
) -> None:
    work = AtWork("a run")
    work.take_over(tmp_path)
    first, ahead = (file(tmp_path / name, 1, 1, name) for name in ("first", "ahead"))

    def end_while_one_is_read_ahead() -> None:
        with work.ahead():
            work.begin("reading", [first, ahead])
            work.end([first])
            with work.on("validating", [first]):
                assert work.said == "at work on first and ahead (validating)"
            assert work.said == "at work on ahead (reading)"
            raise error

    with pytest.raises(error):
        end_while_one_is_read_ahead()
    work.close()
    assert (left_by(tmp_path) is not None) == stays
