"""A database that goes away in the middle and comes back: nothing is lost or counted twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from signal import SIGSTOP

import pytest

from tests.support import postgresql as databases
from tests.support.ends import Undisturbed, assert_completed, assert_same
from tests.support.mixed import EVERYTHING, copied, many
from tests.support.relay import Cut, Relay, Way, after, at_commit, never, relayed
from tests.support.runs import Run, Runner

pytestmark = pytest.mark.faults


def assert_one_line(run: Run) -> None:
    """The run could not go on, and said so."""
    assert run.code == 2, run.said
    assert run.said.startswith("quarterday: The store ")
    assert run.said.count("\n") == 1, run.said


# --- The network fails ---------------------------------------------------------------------------


@pytest.fixture
def relay(postgresql: str, start: Path, tmp_path: Path) -> Iterator[tuple[Relay, Path, str]]:
    """A relay to a schema, a workspace whose store is reached through it, and the schema's URL."""
    with databases.schema(postgresql) as url, relayed(url) as (between, through):
        yield between, copied(start, tmp_path / "workspace", url=through), url


def cut_off(
    runs: Runner, start: Path, relay: tuple[Relay, Path, str], undisturbed: Undisturbed, cut: Cut
) -> None:
    """A run whose connection is cut there, and one more when the database can be reached again."""
    between, workspace, url = relay
    between.cut(never)
    databases.empty(url)
    through = (workspace / "pipeline.toml").read_bytes()
    copied(start, workspace)
    (workspace / "pipeline.toml").write_bytes(through)
    between.cut(cut)
    run = runs.run(workspace)
    if between.is_cut and not is_done(run):
        assert_one_line(run)
    between.cut(never)
    assert_completed(runs, workspace, undisturbed)


def is_done(run: Run) -> bool:
    """Whether only the farewell to the database was cut off."""
    return run.code == 1 and run.said == ""


def test_wherever_the_connection_is_cut_the_next_run_completes_it(
    runs: Runner, start: Path, relay: tuple[Relay, Path, str], undisturbed: Undisturbed
) -> None:
    between, workspace, _ = relay
    runs.run(workspace)
    assert_same(workspace, undisturbed)
    passed = dict(between.passed)
    for way in Way:
        for part in range(number := many(2, 40)):
            cut = after(way, 1 + passed[way] * part // number)
            cut_off(runs, start, relay, undisturbed, cut)


@pytest.mark.parametrize("arrives", [False, True], ids=["unsent", "unheard"])
def test_a_commit_that_is_cut_off_is_carried_out_once(
    runs: Runner,
    start: Path,
    relay: tuple[Relay, Path, str],
    undisturbed: Undisturbed,
    arrives: bool,
) -> None:
    between, workspace, _ = relay
    assert runs.run(workspace).code == 1
    commits = between.commits
    assert commits > 3
    every = 1 if EVERYTHING else max(1, commits // 3)
    for number in range(1, commits + 1, every):
        cut_off(runs, start, relay, undisturbed, at_commit(number, arrives=arrives))


# --- The server stops ----------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 0.3, 0.6, 0.9] if EVERYTHING else [0, 0.6])
def test_a_server_that_stops_and_starts_again_costs_one_run(
    runs: Runner, start: Path, undisturbed: Undisturbed, tmp_path: Path, at: float
) -> None:
    with databases.cluster() as server, databases.schema(server.url) as url:
        workspace = copied(start, tmp_path / "workspace", url=url)
        if at:
            run = runs.begin(workspace, step=int(undisturbed.steps * at), sent=SIGSTOP)
            run.wait_until_stopped()
            server.stop()
            run.go_on()
        else:
            server.stop()
            run = runs.begin(workspace)
        assert_one_line(run)
        server.start()
        assert_completed(runs, workspace, undisturbed)


# --- SQLite --------------------------------------------------------------------------------------


def store_of(workspace: Path) -> Path:
    return workspace / "var" / "quarterday.sqlite3"


@pytest.fixture
def begun(runs: Runner, start: Path, undisturbed: Undisturbed, tmp_path: Path) -> Path:
    """A workspace whose first run was killed early: there is a store, and returns wait."""
    workspace = copied(start, tmp_path / "workspace")
    runs.run(workspace, step=undisturbed.steps // 4)
    assert store_of(workspace).exists()
    return workspace


def test_a_run_waits_for_who_else_writes_into_the_store(
    runs: Runner, begun: Path, undisturbed: Undisturbed
) -> None:
    with closing(sqlite3.connect(store_of(begun))) as other:
        other.execute("BEGIN IMMEDIATE")
        run = runs.begin(begun)
        time.sleep(2 * undisturbed.took)
        assert not run.has_ended()
        other.rollback()
        assert run.wait() == 1
    assert_same(begun, undisturbed)


def test_a_run_killed_while_it_waits_for_the_store_is_completed_by_the_next(
    runs: Runner, begun: Path, undisturbed: Undisturbed
) -> None:
    with closing(sqlite3.connect(store_of(begun))) as other:
        other.execute("BEGIN IMMEDIATE")
        run = runs.begin(begun)
        time.sleep(2 * undisturbed.took)
        run.kill()
        assert run.wait() == -9
    assert_completed(runs, begun, undisturbed)


if EVERYTHING:  # A run waits half a minute.

    def test_a_store_that_another_keeps_for_long_is_named(
        runs: Runner, begun: Path, undisturbed: Undisturbed
    ) -> None:
        with closing(sqlite3.connect(store_of(begun))) as other:
            other.execute("BEGIN IMMEDIATE")
            assert_one_line(runs.run(begun))
        assert_completed(runs, begun, undisturbed)


def test_a_store_that_is_no_store_for_a_while_is_named(
    runs: Runner, begun: Path, undisturbed: Undisturbed
) -> None:
    for journal in begun.glob("var/quarterday.sqlite3-*"):
        journal.unlink()
    whole = store_of(begun).read_bytes()
    store_of(begun).write_bytes(b"This is no database, and it will be put right." * 99)
    assert_one_line(runs.run(begun))
    store_of(begun).write_bytes(whole)
    assert_completed(runs, begun, undisturbed)
