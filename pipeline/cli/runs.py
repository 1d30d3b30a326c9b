"""Commands about runs of the whole job: one run, a run whenever returns come, and past runs."""

from __future__ import annotations

import signal
from itertools import chain
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pipeline import __version__
from pipeline.cli import console, mail, options
from pipeline.cli.console import Columns, Problem, Result, progress_bar, workspace_at
from pipeline.cli.options import BecauseOption, ReopenOption, VerboseOption, WorkspaceOption
from pipeline.cli.returns import taken_document, taken_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.job.nightly import Night
    from pipeline.workspace.runs.record import Run


def run(
    *,
    reopen: ReopenOption = None,
    because: BecauseOption = "",
    scheduled: Annotated[
        bool,
        Option(
            "--scheduled",
            help="As a timer calls it: at most once a day, unless the last one failed, and silent "
            "where there is nothing to say.",
        ),
    ] = False,
    verbose: VerboseOption = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """The nightly job: take in what came, issue the appendix where it changed, deliver the mail.

    Example: `quarterday run --workspace /srv/performance`
    """
    from pipeline.job import nightly
    from pipeline.workspace.runs.record import done_on, last_runs
    from pipeline.workspace.runs.supervise import supervised

    wanted = options.reopening(reopen, because)
    place = workspace_at(workspace)
    began = console.now()
    before = next(iter(last_runs(place, 1)), None)
    if scheduled and done_on(place, began.date()):
        # The clocks were put back, or the machine made up for a night that it has had.
        night = nightly.Night(was_idle=True)
    else:
        with (
            supervised(place, "run", began, scheduled=scheduled, shown=verbose) as under_way,
            progress_bar() as progress,
        ):
            night = nightly.run(place, began, progress, wanted, under_way.pace)
            under_way.finish(nightly.tally(night), needs_a_person=nightly.needs_a_person(night))
    document = {
        "fetched": night.fetched,
        "ingested": None if night.was_idle else taken_document(night),
        "written": _written(night),
        "mail": mail.mail_document(night.mail, night.mistakes),
        "archive": night.not_kept,
    }
    lines = chain(_upgrade_lines(before), _night_lines(night, is_silent=scheduled))
    return Result(document, lines, needs_a_person=nightly.needs_a_person(night))


def _upgrade_lines(before: Run | None) -> Iterator[str]:
    """What the first run of this version says of what has changed since 0.2.0."""
    if before is not None and before.version.startswith("0.2."):
        yield (
            f"First run of {__version__}, after {before.version}: each issue of an appendix has a "
            "number and a folder of its own now, and is issued at every change as before. An "
            "approver can rule that instead: see From 0.2.0 in docs/running.md."
        )


def _written(night: Night) -> list[Path]:
    return [path for issued in night.issued for path in issued.files.values()]


def _night_lines(night: Night, *, is_silent: bool) -> Iterator[str]:
    """What a run did; `is_silent` where it found nothing new."""
    if night.fetched:
        yield from mail.fetched_lines(night.fetched)
        if night.fetched.trouble:
            yield Problem(night.fetched.trouble)
    if not night.was_idle:
        yield from taken_lines(night, is_silent=is_silent)
    elif not is_silent:
        yield "Nothing new."
    for issued in night.issued:
        report = issued.report
        yield f"{report.period.name}: overall {report.shown(report.overall)}"
    for path in _written(night):
        yield f"wrote {path}"
    yield from mail.mail_lines(night.mail, night.mistakes)
    for line in night.not_kept:
        yield f"archive: {line}"


def runs(
    *,
    last: Annotated[int, Option(min=1, metavar="N", help="How many to show.")] = 14,
    stages: Annotated[
        bool, Option("--stages", help="Show how many seconds each stage took.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """The last runs, the latest first: when, how each ended, what it came to, how long it took.

    Example: `quarterday runs --last 30`
    """
    from msgspec.structs import asdict

    from pipeline.workspace.runs.record import last_runs

    found = last_runs(workspace_at(workspace), last)
    rows = [
        (
            f"{one.began:%d %b %Y %H:%M}",
            one.command,
            one.outcome.value,
            f"{one.seconds:.1f}" if one.seconds is not None else "",
            one.said or one.tally.shown,
            *((_stages_shown(one),) if stages else ()),
        )
        for one in found
    ]
    headings = ("Began", "Command", "Ended", "Seconds", "What it came to")
    lines = [Columns((*headings, "Stages") if stages else headings, rows)]
    return Result([{**asdict(one), "seconds": one.seconds} for one in found], lines)


def _stages_shown(run: Run) -> str:
    """`reading 12.3, storing 0.4`."""
    return ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in run.stages.items())


def watch(*, verbose: VerboseOption = False, workspace: WorkspaceOption = Path()) -> Result:
    """Take in returns as they come, each time by a whole run, until it is told to end.

    It ends, once what is under way is done, on SIGTERM or Ctrl+C.

    Example: `quarterday watch --workspace /srv/performance`
    """
    from pipeline.operations.watch import watch as watch_inbox

    place = workspace_at(workspace)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def outcomes() -> Iterator[str]:
        for attempt in watch_inbox(place, stop, verbose=verbose):
            console.print_lines(map(Problem, attempt.problems))
            yield attempt.outcome

    def lines() -> Iterator[str]:
        yield f"Watching {place.inbox}"
        for outcome in outcomes():
            yield f"{console.now():%Y-%m-%d %H:%M:%S} {outcome}"

    return Result({"runs": outcomes()}, lines())
