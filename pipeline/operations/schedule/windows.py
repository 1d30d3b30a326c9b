"""A task of the Windows Task Scheduler, as XML by the published schema (MS-TSCH)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from pipeline.operations.schedule import machine
from pipeline.operations.schedule.job import MARK, Job, Part, Scheduled
from pipeline.workspace.errors import ScheduleError

_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
#: Windows 10, Windows Server 2016 and later.
_VERSION = "1.4"
_FOLDER = "Quarterday"
_ENCODING = "utf-16"


def show(job: Job) -> Scheduled:
    if _is_here(job):
        return Scheduled(job.name, (Part(_task(job), task_xml(job), _is_registered(job)),))
    return Scheduled(job.name, machine.parts_of({_path(job): task_xml(job)}, _ENCODING))


def install(job: Job) -> Scheduled:
    if _is_here(job):
        with TemporaryDirectory() as folder:
            path = Path(folder, "task.xml")
            machine.write(path, task_xml(job), _ENCODING)
            # It asks for the password of the user who runs the job.
            _ask("schtasks", *_creation(job, path))
        return show(job)
    path = _path(job)
    machine.is_ours(path, _ENCODING)
    machine.write(path, task_xml(job), _ENCODING)
    step = f"On Windows: {subprocess.list2cmdline(('schtasks', *_creation(job, path)))}"
    return Scheduled(job.name, show(job).parts, (step,))


def remove(job: Job) -> Scheduled:
    if not _is_here(job):
        there = [path for path in (_path(job),) if machine.is_ours(path, _ENCODING)]
        return Scheduled(job.name, machine.remove(there))
    if not _is_registered(job):
        return Scheduled(job.name, ())
    machine.call("schtasks", "/Delete", "/TN", _task(job), "/F")
    return Scheduled(job.name, (Part(_task(job), "", False),))


def task_xml(job: Job) -> str:
    """The task, without the declaration's encoding being applied yet: it is written as UTF-16."""
    program, *words = job.command
    task = ET.Element("Task", version=_VERSION, xmlns=_NAMESPACE)
    about = ET.SubElement(task, "RegistrationInfo")
    _add(about, URI=_task(job), Description=f"{job.title}. {MARK}.")
    trigger = ET.SubElement(ET.SubElement(task, "Triggers"), "CalendarTrigger")
    # Without a zone it is the clock on the wall, summer and winter.
    _add(trigger, Enabled="true", StartBoundary=f"2000-01-01T{job.at:%H:%M}:00")
    _add(ET.SubElement(trigger, "ScheduleByDay"), DaysInterval="1")
    principal = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", id="Author")
    if job.user:
        _add(principal, UserId=job.user)
    # With the password it can reach shares, and runs while nobody is logged on.
    _add(principal, LogonType="Password", RunLevel="LeastPrivilege")
    minutes = job.stopped_after
    _add(
        ET.SubElement(task, "Settings"),
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        RunOnlyIfNetworkAvailable="false",
        Enabled="true",
        ExecutionTimeLimit=f"PT{minutes}M" if minutes else "PT0S",
    )
    action = ET.SubElement(ET.SubElement(task, "Actions", Context="Author"), "Exec")
    _add(action, Command=program, Arguments=subprocess.list2cmdline(words))
    ET.indent(task)
    text = ET.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'


def _add(parent: ET.Element, **children: str) -> None:
    for name, text in children.items():
        ET.SubElement(parent, name).text = text


def _task(job: Job) -> str:
    return f"\\{_FOLDER}\\{job.name}"


def _path(job: Job) -> Path:
    """Where the task is written on a machine that cannot register it."""
    return (job.into or job.workspace.state) / f"{job.name}.xml"


def _is_here(job: Job) -> bool:
    return os.name == "nt" and not job.into


def _creation(job: Job, path: Path) -> tuple[str, ...]:
    user = job.user or os.environ.get("USERNAME") or "USER"
    return ("/Create", "/TN", _task(job), "/XML", str(path), "/RU", user, "/RP", "*", "/F")


def _is_registered(job: Job) -> bool:
    return machine.run_program("schtasks", "/Query", "/TN", _task(job)).returncode == 0


def _ask(*words: str) -> None:
    """Call a program that may ask for a password.

    Raises:
        ScheduleError: it refuses.
    """
    done = subprocess.run(words, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise ScheduleError(f"{words[0]} was refused: exit code {done.returncode}")
