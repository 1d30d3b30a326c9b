"""Where everything that tests look through must be there, a skipped test is a failure."""

from __future__ import annotations

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if a test was skipped and QUARTERDAY_NO_SKIPS is set, as `.ci/run` sets it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("QUARTERDAY_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("tests were skipped, and QUARTERDAY_NO_SKIPS is set")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
