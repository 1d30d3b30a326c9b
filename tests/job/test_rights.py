"""Where a right is missing a run says so, and the next takes in what waited when it is given."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.support.builders import CARE
from tests.support.disks import mounted
from tests.support.ends import Undisturbed, assert_completed, disturbed_by_nothing, end_of
from tests.support.mixed import REGISTER, RETURNS, copied, make_start, waiting
from tests.support.programs import need
from tests.support.registers import put_register
from tests.support.runs import Run, Runner, runner

pytestmark = pytest.mark.faults

#: What lets root pass over every right.
_OVERRIDES = "-dac_override,-dac_read_search"


@pytest.fixture(scope="module")
def bound() -> Iterator[Runner]:
    """Starts runs for which rights count, whoever runs the tests."""
    before: tuple[str, ...] = ()
    if os.getuid() == 0:
        before = (need("setpriv"), f"--bounding-set={_OVERRIDES}", f"--inh-caps={_OVERRIDES}")
    with runner(*before) as started:
        yield started


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As elsewhere, without anyone who gets a digest: that says what could not be done, too."""
    place = make_start(tmp_path_factory.mktemp("start") / "workspace")
    put_register(replace(REGISTER, recipients=()), place / "register.xlsx")
    return place


@pytest.fixture(scope="module")
def undisturbed(runs: Runner, start: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed") / "workspace"
    return disturbed_by_nothing(runs, copied(start, folder))


@pytest.fixture
def workspace(start: Path, tmp_path: Path) -> Path:
    return copied(start, tmp_path / "workspace")


@contextmanager
def forbidden(path: Path, rights: int) -> Iterator[None]:
    """A path with these rights only within the block."""
    before = path.stat().st_mode
    path.chmod(rights)
    try:
        yield
    finally:
        path.chmod(before)


def assert_stopped(run: Run, place: Path) -> None:
    """The run could not go on, and said where in one line."""
    assert run.code == 2, run.said
    assert run.said.startswith("quarterday: ")
    assert run.said.count("\n") == 1, run.said
    assert str(place) in run.said


def test_an_inbox_that_may_not_be_listed_is_named(
    bound: Runner, workspace: Path, undisturbed: Undisturbed
) -> None:
    with forbidden(workspace / "inbox", 0):
        assert_stopped(bound.run(workspace), workspace / "inbox")
    assert_completed(bound, workspace, undisturbed)


def test_an_inbox_that_is_not_there_is_named(
    bound: Runner, workspace: Path, undisturbed: Undisturbed
) -> None:
    (workspace / "inbox").rename(workspace / "gone")
    assert_stopped(bound.run(workspace), workspace / "inbox")
    (workspace / "gone").rename(workspace / "inbox")
    assert_completed(bound, workspace, undisturbed)


@contextmanager
def away(path: Path) -> Iterator[None]:
    """A path taken away within the block."""
    there = path.rename(path.parent.parent / "away")
    try:
        yield
    finally:
        there.rename(path)


def test_a_return_that_may_not_be_read_is_left_and_said(
    bound: Runner, start: Path, tmp_path: Path
) -> None:
    def last(workspace: Path) -> Path:
        return sorted((workspace / "inbox").iterdir())[-1]

    late = copied(start, tmp_path / "late")
    with away(last(late)):
        bound.run(late)
    bound.run(late)
    workspace = copied(start, tmp_path / "workspace")
    path = last(workspace)
    with forbidden(path, 0):
        run = bound.run(workspace)
        assert run.code == 1, run.said
        assert f"left in the inbox: {path.name}: cannot be read (Permission denied)" in run.told
        assert waiting(workspace) == [path.name]
    # Then it is as one that came a night later.
    assert_completed(bound, workspace, Undisturbed(end_of(late), 0, 0))


@pytest.mark.parametrize("folder", ["outbox", "var"])
def test_a_folder_that_may_not_be_written_is_named(
    bound: Runner, workspace: Path, undisturbed: Undisturbed, folder: str
) -> None:
    (workspace / folder).mkdir(mode=0o700, exist_ok=True)
    with forbidden(workspace / folder, 0o500):
        assert_stopped(bound.run(workspace), workspace / folder)
        assert len(waiting(workspace)) == RETURNS
    assert_completed(bound, workspace, undisturbed)


@pytest.mark.parametrize("folder", ["outbox", "var"])
def test_a_folder_on_a_disk_that_is_read_only_is_named(
    runs: Runner, workspace: Path, undisturbed: Undisturbed, folder: str
) -> None:
    with mounted(workspace / folder, "ro"):
        assert_stopped(runs.run(workspace), workspace / folder)
        assert len(waiting(workspace)) == RETURNS
    assert_completed(runs, workspace, undisturbed)


def test_a_store_that_may_not_be_read_for_a_while_is_named(
    bound: Runner, workspace: Path, undisturbed: Undisturbed
) -> None:
    bound.run(workspace, step=undisturbed.steps // 2)
    store = workspace / "var" / "quarterday.sqlite3"
    with forbidden(store, 0):
        assert_stopped(bound.run(workspace), store)
    assert_completed(bound, workspace, undisturbed)


def test_an_inbox_that_nothing_may_be_taken_from_costs_no_return(
    bound: Runner, workspace: Path, undisturbed: Undisturbed
) -> None:
    inbox = workspace / "inbox"
    with forbidden(inbox, 0o500):
        for _ in range(2):
            run = bound.run(workspace)
            assert run.code in (1, 2)
            assert "taken in, but cannot be removed from the inbox" in run.told
        assert len(waiting(workspace)) == RETURNS
    assert_completed(bound, workspace, undisturbed)


def test_an_areas_folder_that_may_not_be_listed_is_left_and_said(
    bound: Runner, start: Path, tmp_path: Path
) -> None:
    def with_folder(name: str) -> tuple[Path, Path]:
        workspace = copied(start, tmp_path / name)
        folder = workspace / "inbox" / CARE.name
        folder.mkdir()
        *_, last = sorted(workspace.glob(f"inbox/* {CARE.name}.xlsx"))
        shutil.move(last, folder / last.name)
        return workspace, folder

    late, folder = with_folder("late")
    with away(folder):
        bound.run(late)
    bound.run(late)
    workspace, folder = with_folder("workspace")
    with forbidden(folder, 0):
        run = bound.run(workspace)
        assert run.code == 1, run.said
        assert f"left in the inbox: {CARE.name}: cannot be listed (Permission denied)" in run.told
        assert waiting(workspace) == [CARE.name]
    assert_completed(bound, workspace, Undisturbed(end_of(late), 0, 0))
