"""The log: a line of JSON for each thing that happens, in `var/log/quarterday.log`.

It holds nothing personal and nothing of what a return says: a return is the first twelve digits of
its SHA-256, a service area its ref, and everything else a count.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.workspace.folder import Workspace, make_private
from pipeline.workspace.runs.pace import Tell

#: The size at which a new file is begun, in bytes, and how many earlier ones are kept.
_SIZE, _KEPT = 2 * 1024 * 1024, 5


@contextmanager
def opened(workspace: Workspace, run: str, *, shown: bool) -> Iterator[Tell]:
    """What writes a line to the log, each with the run's name; `shown` shows it as well.

    On standard error it is a line to read on a terminal, and JSON anywhere else. A log that cannot
    be written stops nothing.
    """
    folder = make_private(workspace.state / "log")
    file = _File(
        folder / "quarterday.log", "a", _SIZE, _KEPT, "utf-8", delay=True, errors="backslashreplace"
    )
    show = _shown if shown else _unshown

    def tell(event: str, **facts: object) -> None:
        at = datetime.now(UTC).replace(tzinfo=None).isoformat() + "Z"
        # When and what first.
        said = {"at": at, "event": event, **facts, "run": run}
        line = json.dumps(said, ensure_ascii=False, default=repr)
        file.handle(logging.makeLogRecord({"msg": line}))
        show(said, line)

    try:
        yield tell
    finally:
        file.close()


def _unshown(said: dict[str, object], line: str) -> None:
    """For a run whose log stays in its file."""


def _shown(said: dict[str, object], line: str) -> None:
    if sys.stderr.isatty():
        # It loads much, for colours and columns that are only here.
        from structlog.dev import ConsoleRenderer

        line = ConsoleRenderer(timestamp_key="at")(None, "", said)
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - what was asked for


class _File(RotatingFileHandler):
    """A log that only its user may read, begun anew when it is large."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """A full disk is told by the run itself."""
