"""The log: a line of JSON for each thing that happens, in `var/log/quarterday.log`.

It holds nothing personal and nothing of what a return says: a return is the first twelve digits of
its SHA-256, a service area its ref, and everything else a count.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from typing import cast

import structlog

from pipeline.workspace.folder import Workspace, make_private
from pipeline.workspace.runs.pace import Tell

#: The size at which a new file is begun, in bytes, and how many earlier ones are kept.
_SIZE, _KEPT = 2 * 1024 * 1024, 5

_Sink = Callable[[dict[str, object]], None]


@contextmanager
def opened(workspace: Workspace, *, shown: bool = False) -> Iterator[Tell]:
    """What writes a line to the log; `shown` writes it to standard error as well.

    There it is a line to read on a terminal, and JSON anywhere else. A log that cannot be written
    stops nothing.
    """
    make_private(workspace.state)
    folder = make_private(workspace.state / "log")
    file = _File(folder / "quarterday.log", maxBytes=_SIZE, backupCount=_KEPT, delay=True)
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)

    def to_file(event: dict[str, object]) -> None:
        file.handle(logging.makeLogRecord({"msg": as_json(None, "", _in_order(event))}))

    def to_screen(event: dict[str, object]) -> None:
        to_text = structlog.dev.ConsoleRenderer(timestamp_key="at") if is_read else as_json
        print(to_text(None, "", _in_order(event)), file=sys.stderr, flush=True)  # noqa: T201

    is_read = sys.stderr.isatty()
    sinks: list[_Sink] = [to_file, to_screen] if shown else [to_file]
    log = structlog.wrap_logger(
        _Lines(sinks),
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")],
        wrapper_class=structlog.BoundLogger,
    )
    try:
        yield cast("Tell", log.msg)
    finally:
        file.close()


def _in_order(event: dict[str, object]) -> dict[str, object]:
    """When and what first."""
    return {"at": event["at"], "event": event["event"], **event}


class _Lines:
    """Where each event goes."""

    def __init__(self, sinks: list[_Sink]) -> None:
        self._sinks = sinks

    def msg(self, **event: object) -> None:
        for sink in self._sinks:
            sink(event)


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
