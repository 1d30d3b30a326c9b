"""The schedule: whether the machine starts the job every night, and in this workspace."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from shlex import quote

from msgspec.structs import replace

from pipeline.operations.doctor.check import HealthCheck, attention, well
from pipeline.operations.schedule import SchedulerKind, scheduler_of, systemd
from pipeline.operations.schedule.job import Installed, Job
from pipeline.workspace.errors import ScheduleError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.trusting import owner_of, user_name

_INSTALL = "Run: quarterday schedule install --workspace {}"


def job_of(workspace: Workspace) -> Job:
    """The nightly run of a workspace, by the user who runs it."""
    user = None
    if os.name == "posix" and os.geteuid() == 0 and (owner := owner_of(workspace)):
        user = user_name(owner)
    return Job(replace(workspace, root=workspace.root.resolve()), time(), user)


def look_at_schedule(workspace: Workspace) -> HealthCheck:
    """Whether something starts the job every night that `quarterday schedule` has installed."""
    found, troubles = _installed(job_of(workspace))
    install = _INSTALL.format(quote(str(workspace.root.resolve())))
    if wrong := [one for one in found if not one.is_right]:
        return attention(
            f"{wrong[0].place} calls another program, or another workspace.",
            f"It was moved since, or updated elsewhere. {install}",
        )
    if off := [one for one in found if not one.is_on]:
        timer = Path(off[0].place)
        whose = "" if timer.parent == systemd.MACHINE else "--user "
        return attention(
            f"{timer} is there and not enabled: nothing is started by it.",
            f"Run: systemctl {whose}enable --now {timer.name}",
        )
    if found:
        return well(f"{found[0].place} starts the job in this workspace.")
    if troubles:
        return well(f"Not looked at: {troubles[0]}")
    # Something else may start it; where nothing does, the look at the last run says so.
    return well(f"None is installed by quarterday schedule. {install}")


def _installed(job: Job) -> tuple[list[Installed], list[str]]:
    """What is installed for a job, and of which schedulers it cannot be told."""
    found: list[Installed] = []
    troubles = []
    for kind in SchedulerKind:
        try:
            found += scheduler_of(kind).installed(job)
        except (ScheduleError, OSError) as error:
            troubles.append(str(error))
    return found, troubles


def has_in_file(workspace: Workspace, name: str) -> str:
    """The file that gives a variable to the service, as far as can be told; else empty."""
    for path in systemd.password_files(job_of(workspace)):
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            continue
        except OSError:
            # Root's, which is as it should be.
            return f"{path}, as far as a user may know who does not read it"
        if any(line.strip().startswith(f"{name}=") for line in lines):
            return str(path)
    return ""
