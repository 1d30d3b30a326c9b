"""pyarrow in a folder of its own: pandas would load it wherever it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parents[2]


@cache
def _folder() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="pyarrow-")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target",
               folder.name, "--constraint", str(ROOT / "constraints.txt"), "pyarrow"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if not Path(folder.name, "pyarrow").exists():
        if os.environ.get("QUARTERDAY_NO_SKIPS"):
            pytest.fail(f"pip did not bring pyarrow: {done.stderr}")
        pytest.skip("pip cannot bring pyarrow")
    return folder


def with_pyarrow(*words: object) -> str:
    """What Python prints, run with these words where pyarrow is installed."""
    paths = os.pathsep.join((str(ROOT), _folder().name))
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
