"""The command that has the machine run the job every night."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pipeline.cli.console import Result, workspace_at
from pipeline.cli.options import WorkspaceOption
from pipeline.operations.schedule import SchedulerKind
from pipeline.workspace.errors import ScheduleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.operations.schedule.job import Scheduled


class Action(StrEnum):
    """What to do about the schedule."""

    INSTALL = "install"
    SHOW = "show"
    REMOVE = "remove"


def schedule(
    action: Annotated[Action, Argument(help="What to do about the schedule.")],
    *,
    at: Annotated[str, Option("--at", metavar="HH:MM", help="When, every night.")] = "02:00",
    starter: Annotated[
        SchedulerKind | None,
        Option("--for", help="What starts it.", show_default="what this machine has"),
    ] = None,
    user: Annotated[
        str | None, Option(metavar="NAME", help="Who runs it, where root installs it.")
    ] = None,
    into: Annotated[
        Path | None, Option(metavar="FOLDER", help="Write to this folder and start nothing.")
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Have the machine run the job every night: install that, show it, or remove it.

    `show` prints exactly what `install` would write, and says whether it is there. `remove` takes
    away only what was installed for this workspace.

    Example: `quarterday schedule install --at 02:00 --workspace /srv/performance`
    """
    from pipeline.operations.schedule import kind_of_this_machine, scheduler_of
    from pipeline.operations.schedule.job import Job

    place = workspace_at(workspace.resolve())
    job = Job(place, _time(at), user, into.resolve() if into else None)
    kind = starter or kind_of_this_machine()
    scheduler = scheduler_of(kind)
    act = {"install": scheduler.install, "show": scheduler.show, "remove": scheduler.remove}
    done = act[action](job)
    document = {"kind": kind, "name": job.name, "parts": done.parts, "next": done.next_steps}
    return Result(document, _schedule_lines(action, done))


def _schedule_lines(action: Action, done: Scheduled) -> Iterator[str]:
    for part in done.parts:
        match action:
            case Action.SHOW:
                state = "installed" if part.is_installed else "not installed"
                yield f"{part.place} ({state}):"
                yield from part.text.split("\n")
            case Action.INSTALL:
                yield f"wrote {part.place}"
            case Action.REMOVE:
                yield f"removed {part.place}"
    if not done.parts:
        yield "Nothing was installed for this workspace."
    yield from done.next_steps


def _time(text: str) -> time:
    """A time of day.

    Raises:
        ScheduleError: it is none.
    """
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - the clock on the wall
    except ValueError:
        raise ScheduleError(f"--at {text}: write the time as 02:00.") from None
