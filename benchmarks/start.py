"""What it costs to start: the help, and a night with nothing to do, beside a bare application.

    python -m benchmarks.start [ROUNDS]

Measured in turn, in one run; processor time of a whole process, the best of all rounds:
- bare: the help of an application of one command, which Typer's own documentation begins with;
- help: `quarterday --help`;
- idle: `quarterday run` in a workspace where everything has been done.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from benchmarks.returns import NOW, register_of
from pipeline.operations.setup import make_workspace

_ROUNDS = 15
_BARE = """
import typer
app = typer.Typer()
@app.command()
def main(name: str = "World") -> None:
    print(f"Hello {name}")
if __name__ == "__main__":
    app()
"""
#: Compiled programs are there from the second time on, as they are on every machine that runs one.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
#: PR_SET_CHILD_SUBREAPER, of prctl(2).
_ADOPT_ORPHANS = 36


def processor_seconds(command: list[str], most: int = 0) -> float:
    """What a program and all that it starts take of the processors.

    It must end with an exit code of `most` or less.

    On Linux, what it leaves behind is this process's to wait for, and counts: the server that
    forked its readers ends after it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, env=ENVIRONMENT, check=False, capture_output=True)
    assert 0 <= run.returncode <= most, run
    with suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def quarterday(*words: str | Path) -> list[str]:
    """The program's own command."""
    return [sys.executable, "-m", "pipeline", *map(str, words)]


def measure(rounds: int) -> None:
    """Print milliseconds of each, and ratios to the bare application."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        make_workspace(folder, NOW.date(), register_of(1))
        bare = Path(name) / "bare.py"
        bare.write_text(_BARE)
        night = quarterday("run", "--workspace", folder)
        processor_seconds(night)
        commands = ([sys.executable, str(bare), "--help"], quarterday("--help"), night)
        took = [list(map(processor_seconds, commands)) for _ in range(rounds)]
    application, *ours = map(min, zip(*took, strict=True))
    print(f"{rounds} rounds, milliseconds of processor time:")
    print(f"       bare application {1000 * application:7.0f}")
    for what, seconds in zip(("help", "idle night"), ours, strict=True):
        print(f"       {what:16} {1000 * seconds:7.0f}   {seconds / application:5.2f} x bare")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if sys.argv[1:] else _ROUNDS)
