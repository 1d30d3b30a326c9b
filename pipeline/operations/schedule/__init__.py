"""The schedule: what makes the machine run the job every night, written, shown and taken away.

Its parts are loaded where they are used: the command line's help needs the names alone.
"""

from __future__ import annotations

import os
import shutil
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from pipeline.workspace.errors import ScheduleError

if TYPE_CHECKING:
    from pipeline.operations.schedule.job import Installed, Job, Scheduled


class SchedulerKind(StrEnum):
    """What starts the job."""

    SYSTEMD = "systemd"
    CRON = "cron"
    WINDOWS = "windows"


class Scheduler(Protocol):
    """How one of them is told; each is a module of this package."""

    def show(self, job: Job) -> Scheduled:
        """What `install` would write, and which of it is there.

        Raises:
            ScheduleError: that cannot be told, or cannot be written for this workspace.
        """

    def install(self, job: Job) -> Scheduled:
        """Write it, in place of what was installed for this workspace before, and have it started.

        Raises:
            ScheduleError: it cannot be written, or the scheduler does not take it.
        """

    def remove(self, job: Job) -> Scheduled:
        """Take away what was installed for this workspace, and nothing else.

        Raises:
            ScheduleError: it cannot be taken away, or is not ours.
        """

    def installed(self, job: Job) -> list[Installed]:
        """What is installed for this workspace, by whoever looks after it.

        `job.user` is who that is, where root looks.

        Raises:
            ScheduleError: that cannot be told.
        """


def scheduler_of(kind: SchedulerKind) -> Scheduler:
    from pipeline.operations.schedule import cron, systemd, windows

    schedulers: dict[str, Scheduler] = {"systemd": systemd, "cron": cron, "windows": windows}
    return schedulers[kind]


def kind_of_this_machine() -> SchedulerKind:
    """The scheduler that this machine has.

    Raises:
        ScheduleError: it has none that is known here.
    """
    from pipeline.operations.schedule import systemd

    if os.name == "nt":
        return SchedulerKind.WINDOWS
    if systemd.is_running():
        return SchedulerKind.SYSTEMD
    if shutil.which("crontab"):
        return SchedulerKind.CRON
    raise ScheduleError(
        "This machine has neither systemd at work nor cron. Name one with --for, and with --into "
        "a folder for what is to be installed elsewhere."
    )
