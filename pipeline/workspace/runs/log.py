"""The log: a line of JSON for each thing that happens, in `var/log/quarterday.log`.

It holds nothing personal and nothing of what a return says: a return is the first twelve digits of
its SHA-256, a service area its ref, and everything else a count.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from typing import cast

import structlog
from structlog.typing import EventDict

from pipeline.workspace.folder import Workspace, make_private
from pipeline.workspace.runs.pace import Tell

#: The size at which a new file is begun, in bytes, and how many earlier ones are kept.
_SIZE, _KEPT = 2 * 1024 * 1024, 5


@contextmanager
def opened(workspace: Workspace, run: str, *, shown: bool = False) -> Iterator[Tell]:
    """What writes a line to the log, each with the run's name; `shown` shows it as well.

    On standard error it is a line to read on a terminal, and JSON anywhere else. A log that cannot
    be written stops nothing.
    """
    folder = make_private(workspace.state / "log")
    file = _File(folder / "quarterday.log", maxBytes=_SIZE, backupCount=_KEPT, delay=True)
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)

    def to_file(logger: object, name: str, event: EventDict) -> EventDict:
        file.handle(logging.makeLogRecord({"msg": as_json(logger, name, event)}))
        if not shown:
            raise structlog.DropEvent
        return event

    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _in_order,
            to_file,
            structlog.dev.ConsoleRenderer(timestamp_key="at") if sys.stderr.isatty() else as_json,
        ],
        wrapper_class=structlog.BoundLogger,
    )
    try:
        with structlog.contextvars.bound_contextvars(run=run):
            yield cast("Tell", log.msg)
    finally:
        file.close()


def _in_order(_logger: object, _name: str, event: EventDict) -> EventDict:
    """When and what first."""
    return {"at": event["at"], "event": event["event"], **event}


class _File(RotatingFileHandler):
    """A log that only its user may read, begun anew when it is large."""

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename,
            "a",
            encoding="utf-8",
            errors="backslashreplace",
            opener=lambda path, flags: os.open(path, flags, 0o600),
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """A full disk is told by the run itself."""
