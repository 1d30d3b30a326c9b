"""Many runs at once over one inbox take in every return once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.console import AT_WORK
from tests.support import postgresql as databases
from tests.support.ends import Undisturbed, assert_completed, assert_same
from tests.support.mixed import copied, many, waiting
from tests.support.runs import Runner

pytestmark = pytest.mark.faults


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def workspace(request: pytest.FixtureRequest, start: Path, tmp_path: Path) -> Iterator[Path]:
    if request.param == "SQLite":
        yield copied(start, tmp_path / "workspace")
    else:
        with databases.schema(request.getfixturevalue("postgresql")) as url:
            yield copied(start, tmp_path / "workspace", url=url)


@pytest.mark.parametrize("number", [2, 8])
def test_many_runs_at_once_take_in_every_return_once(
    runs: Runner, workspace: Path, undisturbed: Undisturbed, number: int
) -> None:
    codes = []
    while waiting(workspace):
        at_once = [runs.begin(workspace) for _ in range(number)]
        codes += [run.wait() for run in at_once]
        assert {run.said for run in at_once if run.code != AT_WORK} <= {""}
        assert {run.said.count("\n") for run in at_once if run.code == AT_WORK} <= {1}
    assert set(codes) <= {0, 1, AT_WORK}
    # One took in everything and has something to show a person.
    assert codes.count(1) == 1
    assert_same(workspace, undisturbed)


@pytest.mark.parametrize("seed", range(many(1, 10)))
def test_of_many_runs_at_once_some_are_killed_and_the_others_take_in_every_return_once(
    runs: Runner, workspace: Path, undisturbed: Undisturbed, seed: int
) -> None:
    choose = random.Random(seed)  # noqa: S311 - instants, not secrets
    began = time.monotonic()
    at_once = [runs.begin(workspace) for _ in range(8)]
    while waiting(workspace) or not all(run.has_ended() for run in at_once):
        assert time.monotonic() - began < 200, "the runs get nowhere"
        time.sleep(choose.uniform(0.05, 0.4) * undisturbed.took)
        # After a while nobody is killed any more.
        if time.monotonic() - began < 5 * undisturbed.took:
            choose.choice(at_once).kill()
        ended = [run for run in at_once if run.has_ended()]
        assert {run.wait() for run in ended} <= {0, 1, AT_WORK, -9}
        at_once = [run for run in at_once if run not in ended]
        if waiting(workspace):
            at_once += [runs.begin(workspace) for _ in ended]
    assert {run.wait() for run in at_once} <= {0, 1, AT_WORK, -9}
    assert_completed(runs, workspace, undisturbed)


def test_the_runs_of_two_workspaces_on_one_server_know_nothing_of_each_other(
    runs: Runner, start: Path, undisturbed: Undisturbed, postgresql: str, tmp_path: Path
) -> None:
    with databases.schema(postgresql) as one, databases.schema(postgresql) as other:
        workspaces = [
            copied(start, tmp_path / name, url=url)
            for name, url in (("one", one), ("other", other))
        ]
        at_once = [runs.begin(workspace) for workspace in workspaces]
        assert [run.wait() for run in at_once] == [1, 1]
        for workspace in workspaces:
            assert_same(workspace, undisturbed)
