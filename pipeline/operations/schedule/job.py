"""What is to be run every night, and when, whatever starts it."""

from __future__ import annotations

import hashlib
import math
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from pipeline.workspace.errors import ScheduleError
from pipeline.workspace.folder import Workspace, remedy, replacing
from pipeline.workspace.runs.supervise import hangs_after

#: Until a run that hangs is stopped from outside, beyond the time at which it stops itself.
_GRACE_MINUTES = 5
#: What stands in everything that is written here, so that only that is ever taken away.
MARK = "Written by quarterday schedule"


@dataclass(frozen=True, slots=True)
class Job:
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


@dataclass(frozen=True, slots=True)
class Part:
    """A file, or a line of one, that is installed."""

    #: The file, or what holds the line.
    place: str
    text: str
    is_installed: bool


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The parts of a schedule as they stand, and what is left for a person to do."""

    name: str
    parts: tuple[Part, ...]
    next_steps: tuple[str, ...] = ()


def call(*words: str, given: bytes = b"") -> bytes:
    """What a program of the machine answers.

    Raises:
        ScheduleError: it is missing, or refuses.
    """
    try:
        done = subprocess.run(words, input=given, capture_output=True, check=False, timeout=60)
    except FileNotFoundError as error:
        raise ScheduleError(f"{words[0]} is not on this machine.") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScheduleError(f"{words[0]} cannot be called ({error}).") from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        why = said[-1] if said else f"exit code {done.returncode}"
        raise ScheduleError(f"{' '.join(words[:3])} was refused: {why}")
    return done.stdout


def is_ours(path: Path, encoding: str = "utf-8") -> bool:
    """Whether a file is there that was written here.

    Raises:
        ScheduleError: a file is there that was not.
    """
    try:
        text = path.read_text(encoding=encoding, errors="replace")
    except FileNotFoundError:
        return False
    except (OSError, UnicodeError) as error:
        raise ScheduleError(f"{path} cannot be read ({error}).") from error
    if MARK not in text:
        raise ScheduleError(
            f"{path} was not written by quarterday schedule, and is left as it is. Move it away."
        )
    return True


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ScheduleError: it cannot be written.
    """
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise ScheduleError(
            f"{path} cannot be written ({error.strerror}). {remedy(error)}"
        ) from error


def take_away(path: Path) -> None:
    """Remove a file that was written here.

    Raises:
        ScheduleError: it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ScheduleError(f"{path} cannot be removed ({error.strerror}).") from error
