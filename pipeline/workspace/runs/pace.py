"""How a run gets on: how long each stage takes, and whether the run's time is up."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pipeline.workspace import lock
from pipeline.workspace.errors import OverrunError
from pipeline.workspace.runs.at_work import AtWork


class Tell(Protocol):
    """Writes a line to the log: what happened, and the facts of it."""

    def __call__(self, event: str, **facts: object) -> object: ...


def _silent(event: str, **facts: object) -> None:
    """For whoever keeps no log."""


class Pace:
    """Goes through the stages with a run; `minutes` is its limit, 0 is none."""

    def __init__(
        self, minutes: float = 0, tell: Tell = _silent, work: AtWork | None = None
    ) -> None:
        self.tell = tell
        #: On what the run is at work.
        self.work = work or AtWork(os.urandom(6).hex())
        #: How long each stage has taken, in seconds, in the order in which they began.
        self.seconds: dict[str, float] = {}
        #: The stage under way; empty between two.
        self.stage = ""
        self._minutes = minutes
        self._began = time.monotonic()

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        """Count the block's time to a stage; stages do not lie within each other."""
        self.stage, began = stage, time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - began
            self.seconds[stage] = self.seconds.get(stage, 0.0) + took
            self.stage = ""
            self.tell("stage ended", stage=stage, seconds=round(took, 3))

    @property
    def is_over(self) -> bool:
        """Whether the run's time is up: nothing further should be begun."""
        return 0 < self._minutes * 60 <= time.monotonic() - self._began

    def check(self) -> None:
        """Called where a run may end: all that was begun is done.

        Raises:
            LockLostError: another run may be at work.
            OverrunError: its time is up.
        """
        lock.check()
        if self.is_over:
            raise OverrunError(
                f"The run took longer than nights.limit_minutes ({self._minutes:g}) and has ended. "
                "What it did is kept; the next run does the rest."
            )
