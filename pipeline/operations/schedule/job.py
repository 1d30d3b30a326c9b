"""What is to be run every night, and when, whatever starts it."""

from __future__ import annotations

import hashlib
import math
import re
import sys
import unicodedata
from datetime import time
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from pipeline.workspace.errors import ScheduleError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs.supervise import hangs_after

#: Until a run that hangs is stopped from outside, beyond the time at which it stops itself.
_GRACE_MINUTES = 5
#: What stands in everything that is written here, so that only that is ever taken away.
MARK = "Written by quarterday schedule"


class Job(Struct, frozen=True):
    """The nightly run of one workspace."""

    #: Its root is absolute.
    workspace: Workspace
    at: time
    #: Who runs it, where that is not whoever installs it.
    user: str | None = None
    #: A folder to write to, instead of where the machine looks; then nothing is started.
    into: Path | None = None

    @property
    def name(self) -> str:
        """What it is called; each workspace of a machine has another name."""
        root = str(self.workspace.root)
        plain = unicodedata.normalize("NFKD", self.workspace.root.name).encode("ascii", "ignore")
        slug = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")[:40]
        digest = hashlib.sha256(root.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return "-".join(filter(None, ("quarterday", slug, digest)))

    @property
    def title(self) -> str:
        return f"Quarterday: take in returns and issue the appendix of {self.workspace.root}"

    @property
    def command(self) -> tuple[str, ...]:
        """The program and its words. It imports nothing from the folder it is started in.

        Raises:
            ScheduleError: the workspace's path holds what no scheduler takes.
        """
        root = str(self.workspace.root)
        if not root.isprintable():
            raise ScheduleError(
                f"The path {root!r} holds signs that no scheduler takes. Rename the folder."
            )
        return (sys.executable, "-P", "-m", "pipeline", "run", "--scheduled", "--workspace", root)

    @property
    def stopped_after(self) -> int | None:
        """Minutes after which a run is stopped from outside; None is never."""
        limit = self.workspace.settings.nights.limit_minutes
        return math.ceil(hangs_after(limit)) + _GRACE_MINUTES if limit else None


class Part(Struct, frozen=True):
    """A file, or a line of one, that is installed."""

    #: The file, or what holds the line.
    place: str
    text: str
    is_installed: bool


class Installed(Struct, frozen=True):
    """A schedule that was found on the machine for a workspace."""

    place: str
    #: Whether it calls this program, and this workspace.
    is_right: bool
    #: Whether the machine goes by it.
    is_on: bool = True


class Scheduled(Struct, frozen=True):
    """The parts of a schedule as they stand, and what is left for a person to do."""

    parts: tuple[Part, ...]
    next_steps: tuple[str, ...] = ()


def template(name: str) -> str:
    """A file of this package, in which what stands in braces is to be filled in."""
    return files(__package__).joinpath(name).read_text("utf-8")
