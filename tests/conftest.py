"""What several tests share, which cases are left out, and when a skipped test is a failure."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import postgresql as databases
from tests.support.ends import Undisturbed, disturbed_by_nothing
from tests.support.mixed import copied, make_start
from tests.support.runs import Runner, runner

# How long a case takes says how busy the machine is; what may take how long has benchmarks.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as processors: tests wait, for disks, servers and processes."""
    cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With QUARTERDAY_CASES=first leave out each test's other cases, and programs outside Python.

    It comes last, so that of the cases that are left to choose from the first is meant.
    """
    if os.environ.get("QUARTERDAY_CASES", "all") != "first":
        return
    chosen: dict[str, pytest.Item] = {}
    others = []
    for item in items:
        is_outside = item.get_closest_marker("outside") is not None
        if is_outside or chosen.setdefault(item.nodeid.partition("[")[0], item) is not item:
            others.append(item)
    items[:] = chosen.values()
    config.hook.pytest_deselected(items=others)


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not in all that loading the tests has made: it stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if a test was skipped and QUARTERDAY_NO_SKIPS is set, as `.ci/run` sets it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("QUARTERDAY_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("tests were skipped, and QUARTERDAY_NO_SKIPS is set")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a database in PostgreSQL."""
    with databases.server() as url:
        yield url


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where workbooks of the corpus lie that this run has written, in whichever process."""
    of_process = tmp_path_factory.getbasetemp()
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    return (of_process.parent if is_one_of_many else of_process) / "corpus"


@pytest.fixture(scope="session")
def runs() -> Iterator[Runner]:
    """Starts runs of the real command line."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux tells of the processes that a run leaves behind")
    with runner() as started:
        yield started


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a full inbox, to be copied."""
    return make_start(tmp_path_factory.mktemp("start") / "workspace")


@pytest.fixture(scope="session")
def undisturbed(runs: Runner, start: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What a run of a copy of that workspace leaves that nothing disturbs."""
    workspace = copied(start, tmp_path_factory.mktemp("undisturbed") / "workspace")
    return disturbed_by_nothing(runs, workspace)
