"""Whatever ends a run, nothing of it lies in the system's temporary folder afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.council import Council, care, community
from tests.support.runs import Runner, runner

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system's folder is POSIX's")
#: How many steps a run is killed before.
KILLS = 16


@pytest.fixture
def systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, of what is started from now on."""
    folder = tmp_path / "system"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def started(systems: Path) -> Iterator[Runner]:
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux tells of the processes that a run leaves behind")
    with runner() as one:
        yield one


@pytest.fixture
def full(tmp_path: Path) -> Council:
    """A workspace with a return to take in and one to send back."""
    council = Council(tmp_path / "full")
    community(council)
    care(council, P2_3="about 3")
    return council


def left_in(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))]


def test_a_run_killed_at_any_step_leaves_nothing_there_and_the_next_sweeps_its_own(
    full: Council, tmp_path: Path, systems: Path, started: Runner
) -> None:
    whole = Path(shutil.copytree(full.root, tmp_path / "whole"))
    run = started.begin(whole)
    assert run.code == 1, run.said
    assert left_in(systems) == []
    assert left_in(whole / "var" / "tmp") == []
    for step in range(1, run.steps, max(1, run.steps // KILLS)):
        root = Path(shutil.copytree(full.root, tmp_path / f"w{step}"))
        assert started.begin(root, step=step).code < 0
        assert left_in(systems) == [], step
        long_ago = time.time() - 3600
        for path in (root / "var" / "tmp").glob("*"):
            os.utime(path, (long_ago, long_ago))
        assert started.begin(root).code in (0, 1)
        assert left_in(systems) == [], step
        assert left_in(root / "var" / "tmp") == [], step


def test_where_the_workspace_lies_deep_readers_start_all_the_same(
    full: Council, tmp_path: Path, systems: Path
) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.parent.mkdir()
    full.root.rename(deep)
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "-w", str(deep)],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "accepted: " in done.stdout
    assert done.stderr == ""
    assert left_in(systems) == []
