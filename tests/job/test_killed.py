"""A run that is killed anywhere, and run again, ends as if nothing had happened.

QUARTERDAY_FAULTS=all kills before every step and at 300 instants (`make faults`); otherwise at a
few.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import postgresql as databases
from tests.support.disks import another
from tests.support.ends import Undisturbed, assert_completed, assert_same, disturbed_by_nothing
from tests.support.mixed import PARTS, TRIED_PARTS, copied, many
from tests.support.runs import Runner

pytestmark = pytest.mark.faults

#: Of each kind of workspace: before so many steps a run is killed (0: before every one), and at so
#: many instants.
TRIED = {
    "SQLite": (many(8, 0), many(8, 300)),
    "another disk": (many(4, 50), many(4, 40)),
    "PostgreSQL": (many(4, 50), many(4, 40)),
}

Anew = Callable[[], Path]


@pytest.fixture(params=TRIED)
def kind(request: pytest.FixtureRequest) -> str:
    """Where the store and the inbox lie."""
    return str(request.param)


@pytest.fixture
def anew(kind: str, start: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Anew]:
    """Makes a workspace with a full inbox in place of the one before."""
    folder = tmp_path / "workspace"
    if kind == "PostgreSQL":
        with databases.schema(request.getfixturevalue("postgresql")) as url:

            def on_postgresql() -> Path:
                databases.empty(url)
                return copied(start, folder, url=url)

            yield on_postgresql
    elif kind == "another disk":
        with another(tmp_path) as disk:
            yield lambda: copied(start, folder, inbox=disk / "inbox")
    else:
        yield lambda: copied(start, folder)


@pytest.mark.parametrize("part", TRIED_PARTS)
def test_a_run_killed_at_any_step_is_completed_by_the_next(
    runs: Runner, undisturbed: Undisturbed, anew: Anew, kind: str, part: int
) -> None:
    workspace = anew()
    steps = runs.run(workspace).steps
    # Wherever they lie, the store and the files end the same.
    assert_same(workspace, undisturbed)
    for step in _shared(steps, TRIED[kind][0], part):
        workspace = anew()
        assert runs.run(workspace, step=step).code == -9, f"step {step}"
        assert_completed(runs, workspace, undisturbed)


@pytest.mark.parametrize("part", TRIED_PARTS)
def test_a_run_killed_at_any_instant_is_completed_by_the_next(
    runs: Runner, undisturbed: Undisturbed, anew: Anew, kind: str, part: int
) -> None:
    choose = random.Random(f"{kind} {part}")  # noqa: S311 - instants, not secrets
    for _ in range(part, TRIED[kind][1], PARTS):
        workspace = anew()
        run = runs.begin(workspace)
        time.sleep(choose.uniform(0, 1.1) * undisturbed.took)
        run.kill()
        run.wait()
        assert_completed(runs, workspace, undisturbed)


def test_a_run_killed_again_and_again_gets_done(
    runs: Runner, undisturbed: Undisturbed, anew: Anew
) -> None:
    workspace = anew()
    for share in (0.3, 0.3, 0.5):
        runs.run(workspace, step=max(1, int(undisturbed.steps * share)))
    assert_completed(runs, workspace, undisturbed)


@pytest.mark.parametrize("part", TRIED_PARTS)
def test_by_a_clock_that_goes_on_too_each_return_is_taken_in_once(
    runs: Runner, start: Path, tmp_path: Path, part: int
) -> None:
    # Then a return is received when its file came, which must not change when a run is killed.
    workspace = copied(start, tmp_path / "workspace")
    undisturbed = disturbed_by_nothing(runs, workspace, is_timeless=False)
    for step in _shared(undisturbed.steps, many(6, 50), part):
        workspace = copied(start, tmp_path / "workspace")
        assert runs.run(workspace, step=step, is_timeless=False).code == -9, f"step {step}"
        assert_completed(runs, workspace, undisturbed, is_timeless=False)


def _shared(steps: int, number: int, part: int) -> range:
    """The steps that a part tries, of as many as are to be tried; 0 is all."""
    every = max(1, steps // number) if number else 1
    return range(1 + part * every, steps + 1, PARTS * every)
