"""The real command line, with a folder exchanged for something else at one moment of the run.

    python -m tests.support.exchanged EVENT PART FOLDER OTHER COMMAND ...

At the first of Python's audit events of that name, with that part in an argument of it, or as the
run begins to wait for files to settle, `FOLDER` is put aside and `OTHER` takes its place.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

#: The run begins to wait for files to settle.
SETTLING = "settling"
#: How what was put aside is called.
ASIDE = " aside"


def run(
    workspace: Path, folder: Path, other: Path, event: str, part: str = "", *command: object
) -> subprocess.CompletedProcess[str]:
    """`quarterday run`, or another command, with the exchange at that event."""
    called = (*(command or ("run",)), "--workspace", workspace, "--json")
    words = (event, part, *map(str, (folder, other, *called)))
    return subprocess.run(
        [sys.executable, "-m", "tests.support.exchanged", *words],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def main() -> None:
    from pipeline.__main__ import main as quarterday

    awaited, part, folder, other = sys.argv[1:5]
    del sys.argv[1:5]
    is_done = False

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal is_done
        if not is_done and event == awaited and any(part in str(each) for each in arguments):
            is_done = True
            Path(folder).rename(folder + ASIDE)
            Path(other).rename(folder)

    def waited(seconds: float) -> None:
        watch(SETTLING, ("",))
        sleep(min(seconds, 0.1))

    sleep, time.sleep = time.sleep, waited
    sys.addaudithook(watch)
    quarterday()


if __name__ == "__main__":
    main()
