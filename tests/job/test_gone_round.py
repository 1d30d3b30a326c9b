"""What ends a run, by memory or by a kill, is named, and the next runs go round it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.operations.setup import make_workspace
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
    """Two good returns, and between them a file that ends whatever opens it."""
    folder = tmp_path / "workspace"
    make_workspace(folder, PERIOD.due, REGISTER)
    set_up(folder, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    fill_return(REGISTER, SAFETY, PERIOD, folder / "inbox" / "a.xlsx", ENTRIES)
    wrong = ENTRIES | {"P2-2": {"Performance": "about 4"}}
    fill_return(REGISTER, CARE, PERIOD, folder / "inbox" / BOMB, wrong)
    fill_return(REGISTER, CARE, PERIOD, folder / "inbox" / "c.xlsx", ENTRIES)
    return folder


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
    # After all others, which are taken in although it ends this run too.
    assert run(workspace, "killed", BOMB, 1).returncode == -signal.SIGKILL
    assert [path.name for path in (workspace / "inbox").iterdir()] == [BOMB]
    done = run(workspace, "killed", BOMB, 1)
    assert skipped(done.stdout) == {
        BOMB: "2 runs ended, or were killed, while they were at work on it alone"
    }
    assert not (workspace / "inbox" / BOMB).exists()
    (note,) = (workspace / "var" / "quarantine").glob("*why.txt")
    assert "2 runs ended" in note.read_text("utf-8")
    assert "move it back to where it lay" in note.read_text("utf-8")
    assert [line.split("\t")[2] for line in said(workspace, "runs").splitlines()] == [
        *("needs a person", "cut off", "cut off", "cut off")
    ]
    plain_run(workspace)
    assert checks(workspace)["gone round"]["state"] == "ok"


def test_a_file_for_which_there_is_no_memory_is_named_in_a_line_and_comes_last(
    workspace: Path,
) -> None:
    with (workspace / "inbox" / BOMB).open("ab") as file:
        file.write(os.urandom(40 * 1024 * 1024))
    for _ in range(2):
        done = run(workspace, "starved", BOMB, 1)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        (line,) = done.stderr.splitlines()
        assert line.startswith("quarterday: The run ran out of memory, at work on ")
    assert f"at work on {BOMB} (intake)" in line
    assert f"at work on {BOMB} (intake)" in said(workspace, "runs")
    # After all others, whether there is memory for it by then or not.
    run(workspace, "starved", BOMB, 1)
    assert not {"a.xlsx", "c.xlsx"} & {path.name for path in (workspace / "inbox").iterdir()}
    assert "accepted" in said(workspace, "history", "--period", PERIOD.name)


def test_what_ended_a_run_alone_is_taken_last_after_all_others(workspace: Path) -> None:
    others = workspace.with_name("others")
    (workspace / "inbox").rename(others)
    (workspace / "inbox").mkdir()
    shutil.copy2(others / BOMB, workspace / "inbox")
    assert run(workspace, "killed", BOMB, 1).returncode == -signal.SIGKILL
    for name in ("a.xlsx", "c.xlsx"):
        shutil.copy2(others / name, workspace / "inbox")
    # The others are taken in although it ends this run too.
    assert run(workspace, "killed", BOMB, 1).returncode == -signal.SIGKILL
    assert [path.name for path in (workspace / "inbox").iterdir()] == [BOMB]
    assert len(list((workspace / "var" / "archive").glob("??/*.xlsx"))) == 2
    done = run(workspace, "killed", BOMB, 1)
    assert "2 runs ended" in skipped(done.stdout)[BOMB]


def test_what_a_killed_run_was_at_work_on_by_chance_is_taken_by_the_next(workspace: Path) -> None:
    assert run(workspace, "killed", BOMB, 2).returncode == -signal.SIGKILL
    done = plain_run(workspace)
    assert done.returncode in (0, 1)
    assert list((workspace / "inbox").iterdir()) == []
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
        assert (len(list((workspace / "inbox").iterdir())) == 3) == is_first
        assert f"at work on 127.0.0.1 ({stage})" in said(workspace, "runs")
        # After everything else.
        assert run(workspace, "killed", str(port), 1).returncode == -signal.SIGKILL
        assert list((workspace / "inbox").iterdir()) == []
        done = run(workspace, "killed", str(port), 1, "run")
        assert done.returncode == 1
        assert "127.0.0.1 is left for tonight: 2 runs ended" in done.stdout + done.stderr
        # Tomorrow it is called again.
        assert run(workspace, "killed", str(port), 1).returncode == -signal.SIGKILL


def test_what_comes_last_for_that_reason_takes_no_later_returns_place(workspace: Path) -> None:
    others = workspace.with_name("others")
    (workspace / "inbox").rename(others)
    (workspace / "inbox").mkdir()
    earlier = ENTRIES | {"P2-2": {"Performance": 7}}
    fill_return(REGISTER, CARE, PERIOD, workspace / "inbox" / BOMB, earlier)
    assert run(workspace, "killed", BOMB, 1).returncode == -signal.SIGKILL
    shutil.copy2(others / "c.xlsx", workspace / "inbox")
    # This time it would have ended nothing.
    done = run(workspace, "killed", "no such file", 1)
    assert taken(done.stdout) == [("c.xlsx", "accepted")]
    assert "a later return of its area counts" in skipped(done.stdout)[BOMB]
    assert "c.xlsx" in said(workspace, "status", "--json")
