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
        ],
        3,
    ),
)
def test_a_benchmark_says_what_it_measured(module: str, arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said in run.stdout
