"""Session: what a run works with, handed from stage to stage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field

from pipeline.store.store import Store
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs.pace import Pace
from schemas.model import Register

#: Called with what is being done, how many are done and how many there are.
Progress = Callable[[str, int, int], None]


def silent(_what: str, _done: int, _total: int) -> None:
    """For whoever watches no progress."""


class Session(Struct, frozen=True):
    """One command's or one night's work in a workspace."""

    workspace: Workspace
    register: Register
    store: Store
    #: The moment for which all is done, with its time zone.
    now: datetime
    progress: Progress = silent
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self.store.period_names.know(self.register.periods)
