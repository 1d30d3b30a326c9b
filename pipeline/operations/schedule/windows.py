"""A task of the Windows Task Scheduler, as XML by the published schema (MS-TSCH)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from pipeline.operations.schedule import machine
from pipeline.operations.schedule.job import MARK, Installed, Job, Part, Scheduled, template
from pipeline.workspace.errors import ScheduleError

_FOLDER = "Quarterday"
_ENCODING = "utf-16"


def show(job: Job) -> Scheduled:
    text = _task_xml(job)
    if _is_here(job):
        return Scheduled((Part(_task(job), text, _is_registered(job)),))
    return Scheduled(machine.parts_of({_path(job): text}, _ENCODING))


def install(job: Job) -> Scheduled:
    if _is_here(job):
        with TemporaryDirectory() as folder:
            path = Path(folder, "task.xml")
            machine.write(path, _task_xml(job), _ENCODING)
            # It asks for the password of the user who runs the job.
            done = subprocess.run(_creation(job, path), stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise ScheduleError(f"schtasks was refused: exit code {done.returncode}")
        return show(job)
    path = _path(job)
    machine.is_installed(path, _ENCODING)
    machine.write(path, _task_xml(job), _ENCODING)
    step = f"On Windows: {subprocess.list2cmdline(_creation(job, path))}"
    return Scheduled(show(job).parts, (step,))


def remove(job: Job) -> Scheduled:
    if not _is_here(job):
        path = _path(job)
        return Scheduled(machine.remove([path] if machine.is_installed(path, _ENCODING) else []))
    if not _is_registered(job):
        return Scheduled(())
    machine.call("schtasks", "/Delete", "/TN", _task(job), "/F")
    return Scheduled((Part(_task(job), "", False),))


def installed(job: Job) -> list[Installed]:
    if not _is_here(job):
        return []
    found = machine.run_program("schtasks", "/Query", "/TN", _task(job), "/XML")
    if found.returncode:
        return []
    text = found.stdout.decode("utf-16" if found.stdout[:2] == b"\xff\xfe" else "mbcs", "replace")
    return [Installed(_task(job), all(escape(each) in text for each in _words(job)))]


def _words(job: Job) -> tuple[str, str]:
    """The program, and its words as Windows takes them."""
    program, *words = job.command
    return program, subprocess.list2cmdline(words)


def _task_xml(job: Job) -> str:
    """The task, for Windows 10, Windows Server 2016 and later.

    Its time has no zone, so it is the clock on the wall, summer and winter. With the password the
    run can reach shares, and runs while nobody is logged on.
    """
    program, words = _words(job)
    minutes = job.stopped_after
    return template("quarterday.xml").format(
        uri=escape(_task(job)),
        title=escape(job.title),
        mark=MARK,
        at=f"{job.at:%H:%M}",
        user=f"<UserId>{escape(job.user)}</UserId>\n      " if job.user else "",
        limit=f"PT{minutes}M" if minutes else "PT0S",
        program=escape(program),
        arguments=escape(words),
    )


def _task(job: Job) -> str:
    return f"\\{_FOLDER}\\{job.name}"


def _path(job: Job) -> Path:
    """Where the task is written on a machine that cannot register it."""
    return (job.into or job.workspace.state) / f"{job.name}.xml"


def _is_here(job: Job) -> bool:
    return os.name == "nt" and not job.into


def _creation(job: Job, path: Path) -> tuple[str, ...]:
    user = job.user or os.environ.get("USERNAME") or "USER"
    task = ("/TN", _task(job), "/XML", str(path))
    return ("schtasks", "/Create", *task, "/RU", user, "/RP", "*", "/F")


def _is_registered(job: Job) -> bool:
    return machine.run_program("schtasks", "/Query", "/TN", _task(job)).returncode == 0
