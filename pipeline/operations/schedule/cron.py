"""A line in the user's crontab. Every other line stays as it is, to the byte."""

from __future__ import annotations

import shlex
import shutil

from pipeline.operations.schedule import machine
from pipeline.operations.schedule.job import Installed, Job, Part, Scheduled
from pipeline.workspace.errors import ScheduleError

#: cron cuts off what is longer.
_LONGEST = 990


def show(job: Job) -> Scheduled:
    line = _line(job)
    installed = any(_starts_job(each, job) for each in _lines(job))
    return Scheduled((Part(_place(job), line + "\n", installed),))


def install(job: Job) -> Scheduled:
    line = _line(job)
    if job.into:
        path = job.into / job.name
        machine.write(path, f"{line}\n")
        step = f"Where cron is at work, as the user who runs the job: crontab -e, and add {path}"
        return Scheduled((Part(str(path), line + "\n", True),), (step,))
    others = [each for each in _lines(job) if not _starts_job(each, job)]
    if others and not others[-1].endswith(b"\n"):
        others[-1] += b"\n"
    _set(job, [*others, f"{line}\n".encode("utf-8", "surrogateescape")])
    return show(job)


def remove(job: Job) -> Scheduled:
    lines = _lines(job)
    others = [each for each in lines if not _starts_job(each, job)]
    if len(others) == len(lines):
        return Scheduled(())
    if job.into:
        return Scheduled(machine.remove([job.into / job.name]))
    _set(job, others)
    return Scheduled((Part(_place(job), "", False),))


def installed(job: Job) -> list[Installed]:
    if not shutil.which("crontab"):
        return []
    command = f" {_command(job)} # ".encode("utf-8", "surrogateescape")
    ours = [line for line in _lines(job) if _starts_job(line, job)]
    return [Installed(_place(job), command in line) for line in ours]


def _place(job: Job) -> str:
    if job.into:
        return str(job.into / job.name)
    return f"crontab of {job.user}" if job.user else "crontab"


def _line(job: Job) -> str:
    line = f"{job.at.minute} {job.at.hour} * * * {_command(job)} # {job.name}"
    if len(line.encode("utf-8", "surrogateescape")) > _LONGEST:
        raise ScheduleError("The path of the workspace is too long for cron.")
    return line


def _command(job: Job) -> str:
    """The command as sh reads it, with what cron would take for its own escaped."""
    command = shlex.join(job.command)
    if "\\" in command:
        raise ScheduleError(
            "cron cannot be given a path with a backslash. Rename the folder, or use systemd."
        )
    return command.replace("%", "\\%")


def _starts_job(line: bytes, job: Job) -> bool:
    text = line.strip()
    return text.endswith(f"# {job.name}".encode()) and not text.startswith(b"#")


def _crontab(job: Job) -> tuple[str, ...]:
    return ("crontab", "-u", job.user) if job.user else ("crontab",)


def _lines(job: Job) -> list[bytes]:
    """The lines of the crontab, or of the file that stands for it; none where there is none yet."""
    if job.into:
        path = job.into / job.name
        return path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    found = machine.run_program(*_crontab(job), "-l")
    if found.returncode == 0:
        return found.stdout.splitlines(keepends=True)
    # Only this refusal means that nobody's lines would be lost.
    if b"no crontab for" in found.stderr:
        return []
    why = found.stderr.decode(errors="replace").strip().splitlines() or ["it gives no reason"]
    raise ScheduleError(f"crontab -l was refused: {why[-1]}")


def _set(job: Job, lines: list[bytes]) -> None:
    machine.call(*_crontab(job), "-", given=b"".join(lines))
