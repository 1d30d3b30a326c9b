"""The schedule: whether the machine starts the job every night, and in this workspace."""

from __future__ import annotations

import os
from datetime import datetime, time
from pathlib import Path

from msgspec.structs import replace

from pipeline.operations.doctor.check import HealthCheck, attention, well
from pipeline.operations.doctor.runs import TOO_LONG
from pipeline.operations.schedule import SchedulerKind, scheduler_of, systemd
from pipeline.operations.schedule.job import Installed, Job
from pipeline.workspace.errors import ScheduleError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs.record import last_runs
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
    install = _INSTALL.format(workspace.root.resolve())
    if wrong := [one for one in found if not one.is_right]:
        return attention(
            f"{wrong[0].place} calls another program, or another workspace.",
            f"It was moved since, or updated elsewhere. {install}",
        )
    if off := [one for one in found if not one.is_on]:
        return attention(
            f"{off[0].place} is there and not enabled: nothing is started by it.",
            f"Run: systemctl enable --now {Path(off[0].place).name}",
        )
    if found:
        return well(f"{found[0].place} starts the job in this workspace.")
    if troubles:
        return well(f"Not looked at: {troubles[0]}")
    runs = last_runs(workspace, 200)
    now = datetime.now().astimezone()
    if any(run.scheduled and now - run.began < TOO_LONG for run in runs):
        return well("None of quarterday schedule; something else starts the job.")
    if not runs:
        return well(f"None is installed. {install}")
    return attention("Nothing that quarterday knows starts the job every night.", install)


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
