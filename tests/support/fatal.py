"""The real command line, ended as it opens a file of a name, or calls a port, for the N-th time.

    python -m tests.support.fatal HOW NAME N COMMAND ...

`killed` ends it by SIGKILL, as the kernel does; `starved` leaves it no memory for the file from
then on, by RLIMIT_AS.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

_MIB = 1024 * 1024


def run(
    workspace: Path, how: str, name: str, number: int, *words: str
) -> subprocess.CompletedProcess[str]:
    """`quarterday run`, which that file ends."""
    command = words or ("run", "--json")
    return subprocess.run(
        [sys.executable, "-m", "tests.support.fatal", how, name, str(number), *command,
         "--workspace", str(workspace)],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def main() -> None:
    import resource

    from pipeline.__main__ import main as quarterday

    how, name, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
    del sys.argv[1:4]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        is_opened = event == "open" and Path(str(arguments[0])).name == name
        if is_opened or (event == "socket.connect" and name in str(arguments[1])):
            left -= 1
            if left <= 0 and how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            elif left <= 0:
                pages = int(Path("/proc/self/statm").read_text().split()[0])
                limit = pages * resource.getpagesize() + 8 * _MIB
                resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))

    sys.addaudithook(watch)
    quarterday()


if __name__ == "__main__":
    main()
