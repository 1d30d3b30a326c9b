"""The most memory that a run and all its processes take together, on Linux.

    python -m benchmarks.memory [HOW MANY]

Ten thousand returns of 60 indicators lie in the inbox; `quarterday ingest` takes them in. What
processes share is counted to each by its part (PSS), ten times a second.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks.night import workspace_in
from benchmarks.returns import INDICATORS, filled_return, register_of
from benchmarks.start import ENVIRONMENT, quarterday

_PAUSE = 0.1


def peak_of(command: list[str], most: int = 0) -> float:
    """MiB of a program and all that it starts, at the most at any one time.

    It must end with an exit code of `most` or less.
    """
    peak = 0
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_proportional, _with_descendants(process.pid))))
            time.sleep(_PAUSE)
    assert 0 <= process.returncode <= most, process.returncode
    return peak / 1024


def _with_descendants(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _with_descendants(int(child))


def _proportional(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def measure(count: int) -> None:
    """Print the peak of all processes together."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        register = register_of(count)
        workspace = workspace_in(folder / "workspace", register, filled_return(register, folder))
        peak = peak_of(quarterday("ingest", "--workspace", workspace))
    print(f"{count:,} returns of {INDICATORS} indicators: {peak:,.0f} MiB at the peak")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if sys.argv[1:] else 10_000)
