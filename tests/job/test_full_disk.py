"""On a full disk a run says so in one line, and what waited is taken in by the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from signal import SIGSTOP

import pytest

from tests.support.disks import crowded, filled, mounted
from tests.support.ends import Undisturbed, assert_completed
from tests.support.mixed import EVERYTHING, copied, set_up
from tests.support.runs import Run, Runner

pytestmark = pytest.mark.faults

_KIB = 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    with mounted(tmp_path / "disk", "nr_inodes=1000") as place:
        yield place


@pytest.fixture(params=["workspace", "var", "outbox", "inbox"])
def workspace(request: pytest.FixtureRequest, start: Path, disk: Path, tmp_path: Path) -> Path:
    """A workspace that lies on the disk, or only a folder of it."""
    if request.param == "workspace":
        return copied(start, disk / "workspace")
    if request.param == "inbox":
        return copied(start, tmp_path / "workspace", inbox=disk / "inbox")
    place = copied(start, tmp_path / "workspace")
    set_up(place, **{"state" if request.param == "var" else "outbox": disk / request.param})
    return place


def assert_said(run: Run) -> None:
    """The run ended with one line, or what was full was not needed."""
    assert run.code in (1, 2), run.said
    if run.code == 2:
        assert run.said.startswith("quarterday: ")
        assert run.said.count("\n") == 1, run.said
        assert "No space left" in run.said or "disk" in run.said
    else:
        assert run.said == ""


@pytest.mark.parametrize("free", [0, 8, 40, 120, 400] if EVERYTHING else [0, 120])
def test_with_little_room_a_run_says_so_and_the_next_completes_it(
    runs: Runner, undisturbed: Undisturbed, workspace: Path, disk: Path, free: int
) -> None:
    with filled(disk, free * _KIB):
        assert_said(runs.run(workspace))
    assert_completed(runs, workspace, undisturbed)


@pytest.mark.parametrize("at", [0.2, 0.4, 0.6, 0.8, 0.9] if EVERYTHING else [0.6])
def test_when_it_fills_up_in_the_middle_a_run_says_so_and_the_next_completes_it(
    runs: Runner, undisturbed: Undisturbed, workspace: Path, disk: Path, at: float
) -> None:
    run = runs.begin(workspace, step=int(undisturbed.steps * at), sent=SIGSTOP)
    run.wait_until_stopped()
    with filled(disk, 0):
        run.go_on()
        assert_said(run)
    assert_completed(runs, workspace, undisturbed)


@pytest.mark.parametrize("free", [0, 3, 10, 20] if EVERYTHING else [10])
def test_without_room_for_more_files_a_run_says_so_and_the_next_completes_it(
    runs: Runner, undisturbed: Undisturbed, workspace: Path, disk: Path, free: int
) -> None:
    with crowded(disk, free):
        assert_said(runs.run(workspace))
    assert_completed(runs, workspace, undisturbed)
