"""The schedule: what makes the machine run the job every night, written, shown and taken away."""

from __future__ import annotations

import os
import shutil
from enum import StrEnum
from types import ModuleType

from pipeline.operations.schedule import cron, systemd, windows
from pipeline.operations.schedule.job import Job, Part, Scheduled
from pipeline.workspace.errors import ScheduleError

__all__ = ["Job", "Kind", "Part", "Scheduled", "by_default", "install", "remove", "show"]


class Kind(StrEnum):
    """What starts the job."""

    SYSTEMD = "systemd"
    CRON = "cron"
    WINDOWS = "windows"


_MODULES: dict[Kind, ModuleType] = {
    Kind.SYSTEMD: systemd,
    Kind.CRON: cron,
    Kind.WINDOWS: windows,
}


def by_default() -> Kind:
    """What this machine has.

    Raises:
        ScheduleError: it has nothing that is known here.
    """
    if os.name == "nt":
        return Kind.WINDOWS
    if systemd.is_running():
        return Kind.SYSTEMD
    if shutil.which("crontab"):
        return Kind.CRON
    raise ScheduleError(
        "This machine has neither systemd at work nor cron. Name one with --for, and with --into "
        "a folder for what is to be installed elsewhere."
    )


def show(kind: Kind, job: Job) -> Scheduled:
    """What `install` would write, and which of it is there.

    Raises:
        ScheduleError: that cannot be told, or cannot be written for this workspace.
    """
    shown: Scheduled = _MODULES[kind].show(job)
    return shown


def install(kind: Kind, job: Job) -> Scheduled:
    """Write it, in place of what was installed for this workspace before, and have it started.

    Raises:
        ScheduleError: it cannot be written, or the scheduler does not take it.
    """
    done: Scheduled = _MODULES[kind].install(job)
    return done


def remove(kind: Kind, job: Job) -> Scheduled:
    """Take away what was installed for this workspace, and nothing else.

    Raises:
        ScheduleError: it cannot be taken away, or is not ours.
    """
    done: Scheduled = _MODULES[kind].remove(job)
    return done
