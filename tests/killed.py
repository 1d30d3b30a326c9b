"""The real command line, ended by SIGKILL at a chosen step, with a clock that stands still.

    python -m tests.killed STEP COUNT_FILE COMMAND ...

A step is anything that the run does to a file or commits to the store. At step 0 nothing is ended.
How many steps there were is written into the count file.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2013, 4, 20, 2, tzinfo=UTC)
#: What changes something on disk, as Python's audit hooks name it.
_CHANGES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.chmod", "os.utime"}


class Steps:
    """Counts the steps of the run, and ends it at one of them."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.done = 0

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in _CHANGES or (event == "open" and self._writes(arguments)):
            self.step()

    @staticmethod
    def _writes(arguments: tuple[object, ...]) -> bool:
        flags = arguments[2] if len(arguments) > 2 else 0
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))

    def step(self, *_: object) -> None:
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    from sqlalchemy import Engine, event

    from pipeline.__main__ import main as quarterday
    from pipeline.cli import console, issuing, returns

    for module in (console, issuing, returns):
        module.now = lambda: NOW
    steps, count = Steps(int(sys.argv[1])), Path(sys.argv[2])
    event.listen(Engine, "commit", steps.step)
    sys.addaudithook(steps.audit)
    sys.argv = ["quarterday", *sys.argv[3:]]
    try:
        quarterday()
    finally:
        steps.last = 0
        # There may be no room for it.
        with suppress(OSError):
            count.write_text(str(steps.done))


if __name__ == "__main__":
    main()
