"""A systemd service and the timer that starts it.

As root they are the machine's, and --user names who runs the job; else they are the user's own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipeline.operations.schedule import machine
from pipeline.operations.schedule.job import MARK, Installed, Job, Scheduled, template
from pipeline.workspace.errors import ScheduleError
from pipeline.workspace.folder import SQLITE, Workspace

#: What a run needs besides its readers, in MiB.
_OWN_MEMORY = 2048
#: Clocks are put forward by an hour somewhere before this hour of the night.
_CLOCKS_CHANGE_BEFORE = 4

#: Where the machine's own units are.
MACHINE = Path("/etc/systemd/system")
#: Folders that all users share; the unit names them, and nothing is written there.
_SHARED = ("/tmp", "/var/tmp")  # noqa: S108 - to be closed
#: What a user's own service manager may not promise.
_SYSTEM_ONLY = """\
CapabilityBoundingSet=
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
"""


def is_running() -> bool:
    """Whether systemd is what starts things on this machine."""
    return Path("/run/systemd/system").is_dir()


def show(job: Job) -> Scheduled:
    return Scheduled(machine.parts_of(_texts(job)))


def install(job: Job) -> Scheduled:
    texts = _texts(job)
    # Nothing is written where one of them is somebody else's.
    machine.parts_of(texts)
    for path, text in texts.items():
        machine.write(path, text)
    timer = f"{job.name}.timer"
    steps = _password_steps(job)
    if job.into or not is_running():
        words = " ".join(_systemctl())
        steps.append(f"Where systemd is at work: {words} enable --now {timer}")
    else:
        machine.call(*_systemctl(), "daemon-reload")
        machine.call(*_systemctl(), "enable", "--now", timer)
    if not _is_root() and not job.into:
        steps.append("So that it runs while nobody is logged in: loginctl enable-linger")
    return Scheduled(show(job).parts, tuple(steps))


def remove(job: Job) -> Scheduled:
    there = [path for path in _paths(job) if machine.is_installed(path)]
    is_live = there and not job.into and is_running()
    if is_live:
        machine.call(*_systemctl(), "disable", "--now", f"{job.name}.timer")
    removed = machine.remove(there)
    if is_live:
        machine.call(*_systemctl(), "daemon-reload")
    return Scheduled(removed)


def installed(job: Job) -> list[Installed]:
    called = f"ExecStart={_command(job)} "
    found = []
    for folder in _unit_folders(job):
        service, timer = _units(job, folder)
        if service.is_file() or timer.is_file():
            text = service.read_text("utf-8", "replace") if service.is_file() else ""
            wanted = folder / "timers.target.wants" / timer.name
            is_on = timer.is_file() and wanted.is_symlink()
            found.append(Installed(str(timer), called in text, is_on))
    return found


def _password_steps(job: Job) -> list[str]:
    """Where to put the passwords that the job is to have, one step."""
    mail = job.workspace.settings.mail
    names = [one.PASSWORD for one in (mail.send, mail.receive) if one.needs_password]
    if not names:
        return []
    machine_wide, own = password_files(job)
    path = machine_wide if _is_root() else own
    lines = " and ".join(f"{name}=…" for name in names)
    return [f"Passwords: write {lines} into {path}, for its owner alone (chmod 600), a line each"]


def password_files(job: Job) -> list[Path]:
    """Where the service of this workspace takes passwords from, the machine's and the user's."""
    return [_beside(folder) / f"{job.name}.env" for folder in _unit_folders(job)]


def _beside(folder: Path) -> Path:
    """What %E stands for in the units of a folder, and within it this program's own."""
    return folder.parents[1] / "quarterday"


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _systemctl() -> tuple[str, ...]:
    return ("systemctl",) if _is_root() else ("systemctl", "--user")


def _paths(job: Job) -> tuple[Path, Path]:
    return _units(job, job.into or (MACHINE if _is_root() else _user_folder(None)))


def _units(job: Job, folder: Path) -> tuple[Path, Path]:
    return folder / f"{job.name}.service", folder / f"{job.name}.timer"


def _unit_folders(job: Job) -> tuple[Path, Path]:
    """Where units may be installed that start the job."""
    return MACHINE, _user_folder(job.user)


def _user_folder(user: str | None) -> Path:
    """Where the units of a user are; None is who runs this."""
    config = os.path.expanduser(f"~{user or ''}/.config")  # noqa: PTH111 - pathlib needs a home
    own = os.environ.get("XDG_CONFIG_HOME") if user is None else None
    return Path(own or config, "systemd", "user")


def _texts(job: Job) -> dict[Path, str]:
    service, timer = _paths(job)
    if _is_root() and not job.user:
        raise ScheduleError("Name the user who is to run the job with --user; root should not.")
    if not _is_root() and job.user:
        raise ScheduleError("Only root can install it for another; leave --user out.")
    needed = [Path(sys.executable), Path(sys.prefix), job.workspace.root]
    writable = _writable(job.workspace)
    minutes = job.stopped_after
    limits = job.workspace.settings.limits
    readers = limits.workers or os.cpu_count() or 1
    return {
        service: template("quarterday.service").format(
            mark=MARK,
            title=_escaped(job.title),
            user=f"User={job.user}\n" if job.user else "",
            command=_command(job),
            name=job.name,
            timeout=f"{minutes}min" if minutes else "infinity",
            memory=_OWN_MEMORY + readers * limits.memory_mb,
            home=_closed("read-only", needed + writable, "/home", "/root", "/run/user"),
            private_tmp=_closed("no", needed + writable, *_SHARED),
            system_only=_SYSTEM_ONLY if job.user else "",
            # A share that is away is named by the run itself.
            writable=" ".join(_word(f"-{path}") for path in writable),
        ),
        timer: template("quarterday.timer").format(
            mark=MARK, service=service.name, title=_escaped(job.title), times=_times(job)
        ),
    }


def _command(job: Job) -> str:
    return " ".join(_word(word).replace("$", "$$") for word in job.command)


def _times(job: Job) -> str:
    """When to start the run.

    systemd passes over a night on which there is no such time, since the clocks are put forward. So
    there is a second time, an hour later; a run that is done makes the second do nothing.
    """
    lines = [f"OnCalendar=*-*-* {job.at:%H:%M}:00"]
    if job.at.hour < _CLOCKS_CHANGE_BEFORE:
        lines += [
            "# For the night on which there is no such time, and for one whose run failed.",
            f"OnCalendar=*-*-* {job.at.hour + 1:02}:{job.at:%M}:00",
        ]
    return "\n".join(lines)


def _writable(workspace: Workspace) -> list[Path]:
    """The folders that a run writes to; in place of one that is to be made, where it is made."""
    folders = [workspace.inbox, workspace.outbox, workspace.state]
    if (url := workspace.store_url).startswith(SQLITE):
        folders.append(Path(url.removeprefix(SQLITE)).parent)
    if workspace.metrics is not None:
        folders.append(workspace.metrics.parent)
    ways = [(folder, *folder.parents) for folder in folders]
    return sorted({next(place for place in way if place.exists()) for way in ways})


def _closed(otherwise: str, needed: list[Path], *places: str) -> str:
    """Whether places can be closed to the run: not where something that it needs lies there."""
    is_needed = any(path.is_relative_to(place) for path in needed for place in places)
    return otherwise if is_needed else "yes"


def _escaped(text: str) -> str:
    return text.replace("%", "%%").replace("\\", "\\\\")


def _word(text: str) -> str:
    """A word of a unit file, in quotes."""
    return '"' + _escaped(text).replace('"', '\\"') + '"'
