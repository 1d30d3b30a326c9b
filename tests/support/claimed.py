"""The real command line, ended by SIGKILL as it moves a file to or from its claim, or removes one.

    python -m tests.support.claimed MOVE COMMAND ...

Each file that leaves the inbox is moved twice, or cannot be moved to another file system and is
removed; at move 0 nothing is ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path


def run(workspace: Path, killed_at: int = 0) -> subprocess.CompletedProcess[str]:
    """`quarterday run`, ended there."""
    return subprocess.run(
        [sys.executable, "-m", "tests.support.claimed", str(killed_at), "run", "--workspace",
         str(workspace)],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def main() -> None:
    from pipeline.__main__ import main as quarterday

    left = int(sys.argv.pop(1))

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        is_move = event == "os.rename" and any("/leaving/" in str(path) for path in arguments[:2])
        if is_move or (event == "os.remove" and _is_in_inbox(*arguments)):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    quarterday()


def _is_in_inbox(path: object, directory: object) -> bool:
    """Whether a file is removed there, by its path or in a directory that is held open."""
    held = f"/proc/self/fd/{directory}"
    return "/inbox" in (str(Path(held).resolve()) if directory != -1 else str(path))


if __name__ == "__main__":
    main()
