"""The benchmarks run: what they measure is for `make bench`, on a quiet machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sampled import sampled

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("module", "arguments", "said"),
    sampled(
        [
            ("benchmarks.reading", ["2"], "x the bare read"),
            ("benchmarks.returns", ["2"], "x the bare read"),
            ("benchmarks.correction", ["30"], "of its time"),
            ("benchmarks.appendix", ["5"], "x bare xlsxwriter"),
            ("benchmarks.start", ["1"], "x bare"),
        ],
        5,
    ),
)
def test_a_benchmark_says_what_it_measured(module: str, arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said in run.stdout


@pytest.mark.faults
def test_all_benchmarks_together_write_a_report_that_says_each_ratio(tmp_path: Path) -> None:
    path = tmp_path / "results.md"
    command = [sys.executable, "-m", "benchmarks", "--quick", str(path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    text = path.read_text("utf-8")
    assert "appendix, beside bare xlsxwriter" in text
    assert "night, beside a script" in text
    assert "## The machine" in text
    assert "| reading |" in text
    assert "did not help" in text
    assert str(ROOT) not in text
