"""Metrics: each run says in a file for Prometheus what it came to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.operations.setup import make_workspace
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.mixed import ENTRIES
from tests.support.registers import put_register

#: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
_SAMPLE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\\\n]*"\})? -?\d+(\.\d+)?(e[+-]?\d+)?')


def workspace_in(folder: Path, metrics: str) -> Path:
    put_register(small_register(), folder / "register.xlsx")
    make_workspace(folder, PERIOD.due, small_register())
    settings = '[limits]\nsettle_seconds = 0.0\nincomplete_minutes = 0\n[metrics]\nfile = "{}"\n'
    (folder / "pipeline.toml").write_text(settings.format(metrics), "utf-8")
    return folder


def samples(path: Path) -> dict[str, float]:
    """The numbers in a file of Prometheus, each line held to its form."""
    *lines, end = path.read_text("utf-8").split("\n")
    assert end == ""
    numbers = {}
    described: set[str] = set()
    for line in lines:
        if line.startswith("# "):
            _, kind, name, *_ = line.split()
            assert kind in ("HELP", "TYPE")
            described.add(name)
            continue
        assert _SAMPLE.fullmatch(line), line
        name, number = line.rsplit(" ", 1)
        assert name.partition("{")[0] in described
        numbers[name] = float(number)
    return numbers


def test_a_run_writes_what_it_came_to(tmp_path: Path) -> None:
    workspace = workspace_in(tmp_path / "workspace", "../quarterday.prom")
    path = workspace / "inbox" / "return.xlsx"
    fill_return(small_register(), SAFETY, PERIOD, path, ENTRIES)
    quarterday("run", "-w", workspace)
    numbers = samples(tmp_path / "quarterday.prom")
    taken = sum(n for name, n in numbers.items() if name.startswith("quarterday_run_returns"))
    assert taken == 1
    assert numbers['quarterday_run_stage_duration_seconds{stage="reading"}'] > 0
    assert numbers["quarterday_run_duration_seconds"] > 0
    ways = [n for name, n in numbers.items() if name.startswith("quarterday_run_outcome")]
    assert sorted(ways)[-2:] == [0, 1]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["quarterday.prom"]


def test_a_run_that_fails_says_so_and_when_one_last_succeeded(tmp_path: Path) -> None:
    workspace = workspace_in(tmp_path / "workspace", "var/quarterday.prom")
    assert quarterday("run", "-w", workspace).exit_code == 0
    before = samples(workspace / "var" / "quarterday.prom")
    (workspace / "register.xlsx").unlink()
    assert quarterday("run", "-w", workspace).exit_code == 2
    after = samples(workspace / "var" / "quarterday.prom")
    assert after['quarterday_run_outcome{outcome="failed"}'] == 1
    succeeded = "quarterday_run_success_timestamp_seconds"
    assert after[succeeded] == before[succeeded] < after["quarterday_run_end_timestamp_seconds"]


def test_metrics_that_cannot_be_written_change_nothing(tmp_path: Path) -> None:
    workspace = workspace_in(tmp_path / "workspace", "not there/quarterday.prom")
    assert quarterday("run", "-w", workspace).exit_code == 0
    assert "metrics not written" in (workspace / "var" / "log" / "quarterday.log").read_text()


@pytest.mark.parametrize(
    ("file", "said"),
    [("metrics.txt", "must end with .prom"), ("inbox/quarterday.prom", "lie in each other")],
)
def test_a_place_where_metrics_cannot_be_is_said(tmp_path: Path, file: str, said: str) -> None:
    run = quarterday("run", "-w", workspace_in(tmp_path / "workspace", file))
    assert run.exit_code == 2
    assert said in run.stderr
