"""Commands about nights: what starts them, what became of them, and taking in without waiting."""

from __future__ import annotations

import signal
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import (
    JsonOption,
    VerboseOption,
    WorkspaceOption,
    now,
    print_json,
    print_table,
    workspace_at,
)

if TYPE_CHECKING:
    from pipeline.workspace.folder import Workspace
    from pipeline.workspace.runs.record import Run

#: Seconds until a run that another one keeps from working tries again.
_TRY_AGAIN = 5.0


class Action(StrEnum):
    """What to do about the schedule."""

    INSTALL = "install"
    SHOW = "show"
    REMOVE = "remove"


class Starter(StrEnum):
    """What starts the job; `schedule.Kind`, which is not loaded for the help alone."""

    SYSTEMD = "systemd"
    CRON = "cron"
    WINDOWS = "windows"


def schedule(
    action: Annotated[Action, typer.Argument(help="What to do about the schedule.")],
    *,
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="When, every night.")] = "02:00",
    starter: Annotated[
        Starter | None,
        typer.Option("--for", help="What starts it.", show_default="what this machine has"),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option("--user", metavar="NAME", help="Who runs it, where root installs it."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="FOLDER", help="Write to this folder and start nothing."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Have the machine run the job every night: install that, show it, or remove it.

    `show` prints exactly what `install` would write, and says whether it is there. `remove` takes
    away only what was installed for this workspace.

    Example: `quarterday schedule install --at 02:00 --workspace /srv/performance`
    """
    from pipeline.operations import schedule as schedules

    place = workspace_at(workspace.resolve())
    job = schedules.Job(place, _time(at), user, into.resolve() if into else None)
    kind = schedules.Kind(starter.value) if starter else schedules.by_default()
    todo = {"install": schedules.install, "show": schedules.show, "remove": schedules.remove}
    done = todo[action.value](kind, job)
    if json:
        print_json({"kind": kind, "name": done.name, "parts": done.parts, "next": done.next_steps})
        return
    for part in done.parts:
        match action:
            case Action.SHOW:
                state = "installed" if part.is_installed else "not installed"
                typer.echo(f"{part.place} ({state}):\n{part.text}")
            case Action.INSTALL:
                typer.echo(f"wrote {part.place}")
            case Action.REMOVE:
                typer.echo(f"removed {part.place}")
    if not done.parts:
        typer.echo("Nothing was installed for this workspace.")
    for step in done.next_steps:
        typer.echo(step)


def runs(
    *,
    last: Annotated[int, typer.Option("--last", min=1, metavar="N", help="How many to show.")] = 14,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """The last runs, the latest first: when, how each ended, what it came to, how long it took.

    Example: `quarterday runs --last 30`
    """
    from pipeline.workspace.runs.record import last_runs

    found = last_runs(workspace_at(workspace), last)
    if json:
        print_json([{**_facts(run), "seconds": run.seconds} for run in found])
        return
    print_table(
        ("Began", "Command", "Ended", "Seconds", "What it came to"),
        [
            (
                f"{run.began:%d %b %Y %H:%M}",
                run.command,
                run.outcome.value,
                f"{run.seconds:.1f}" if run.seconds is not None else "",
                run.said or run.tally.shown,
            )
            for run in found
        ],
    )


def watch(
    *,
    verbose: VerboseOption = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Take in returns as they come, each time by a whole run, until it is told to end.

    It ends, once what is under way is done, on SIGTERM or Ctrl+C.

    Example: `quarterday watch --workspace /srv/performance`
    """
    from pipeline.operations.watch import watch as watch_inbox

    place = workspace_at(workspace)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    done: list[str] = []

    def take_in() -> bool:
        outcome, waits = _one_run(place, stop, verbose=verbose)
        done.append(outcome)
        if not json:
            typer.echo(f"{now():%Y-%m-%d %H:%M:%S} {outcome}")
        return waits

    if not json:
        typer.echo(f"Watching {place.inbox}")
    watch_inbox(place, take_in, stop)
    if json:
        print_json({"runs": done})


def _one_run(place: Workspace, stop: Event, *, verbose: bool) -> tuple[str, bool]:
    """What a run came to, in words, and whether something waits for another before long."""
    from pipeline.intake.scan import may_change
    from pipeline.job.nightly import needs_a_person, run, tally
    from pipeline.workspace import lock
    from pipeline.workspace.errors import LockedError, QuarterdayError
    from pipeline.workspace.runs.supervise import attended

    while True:
        try:
            # A run that would find another at work need not begin, and be recorded, for that.
            while (held := lock.found(place.state)) and not held.is_gone:
                if stop.wait(_TRY_AGAIN):
                    return "another run at work", False
            with attended(place, "watch", now(), shown=verbose) as under_way:
                night = run(place, now(), lambda *_: None, pace=under_way.pace)
                under_way.came_to(tally(night), needs_a_person=needs_a_person(night))
        except LockedError:
            continue
        except (QuarterdayError, OSError) as error:
            for line in str(error).splitlines():
                typer.echo(f"quarterday: {line}", err=True)
            return "failed", True
        waits = any(may_change(one) for one in night.skipped)
        shown = under_way.tally.shown
        return f"{under_way.outcome}: {shown}" if shown else "nothing new", waits


def _time(text: str) -> time:
    """A time of day.

    Raises:
        ScheduleError: it is none.
    """
    from pipeline.workspace.errors import ScheduleError

    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - the clock on the wall
    except ValueError:
        raise ScheduleError(f"--at {text}: write the time as 02:00.") from None


def _facts(run: Run) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(run)
