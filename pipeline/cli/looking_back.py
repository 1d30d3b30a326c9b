"""Commands that look back: what happened, where a figure comes from, whether all of it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import (
    NEEDS_A_PERSON,
    JsonOption,
    PeriodOption,
    WorkspaceOption,
    now,
    print_json,
    print_table,
    progress_bar,
    workspace_at,
)

if TYPE_CHECKING:
    from pipeline.model import Indicator, Period, Register
    from pipeline.store import Store
    from pipeline.trace import CellOf, Source, Trace
    from pipeline.workspace import Workspace

RevealOption = Annotated[
    bool,
    typer.Option("--show-suppressed", help="Show figures that the appendix suppresses, too."),
]


def history(
    subject: Annotated[
        str,
        typer.Argument(help="An indicator's ref, a service area, or a file.", show_default="all"),
    ] = "",
    *,
    period: PeriodOption = None,
    show_suppressed: RevealOption = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Tell the life of an indicator, a file or a service area: what happened, when, by whom.

    Example: `quarterday history P2-1`
    """
    from pipeline.history import history as tell
    from pipeline.history import subject_of
    from pipeline.nightly import register_of, store_of

    place = workspace_at(workspace)
    register = register_of(place)
    if period is not None:
        register.need_period(period)
    with store_of(place) as store:
        of = subject_of(subject, register, store)
        events = tell(of, register, store, period=period or "", reveals=show_suppressed)
    if json:
        print_json(events)
        return
    print_table(
        ("When", "What", "Period", "Service area", "Details"),
        [
            (f"{e.at.astimezone():%d %b %Y %H:%M}", e.what.value, e.period, e.area, e.said)
            for e in events
        ],
    )


def trace(
    ref: Annotated[str, typer.Argument(help="An indicator's ref.")],
    *,
    period: PeriodOption = None,
    show_suppressed: RevealOption = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Go from an indicator's figure in the appendix to the cells that it came from.

    Example: `quarterday trace P2-1 --period 2012-13`
    """
    from pipeline.nightly import register_of, report_of, store_of
    from pipeline.trace import indicator_of
    from pipeline.trace import trace as find

    place = workspace_at(workspace)
    register = register_of(place)
    indicator = indicator_of(ref, register)
    with store_of(place) as store, _cells(place, register) as cell_of:
        chosen = _period_of(indicator, period, register, store)
        report = report_of(register, store, chosen, now())
        found = find(indicator, report, store, cell_of, reveals=show_suppressed)
    if json:
        print_json(found)
    else:
        _print_trace(found, place)


def _period_of(indicator: Indicator, name: str | None, register: Register, store: Store) -> Period:
    """The period named, else the last one for which the indicator was reported."""
    from pipeline.errors import WorkspaceError

    if name is not None:
        return register.need_period(name)
    reported = {o.period for _, o in store.reported() if o.indicator == indicator.ref}
    for period in reversed(register.periods):
        if period.name in reported:
            return period
    raise WorkspaceError(f"Nothing was accepted for {indicator.ref} yet.")


@contextmanager
def _cells(place: Workspace, register: Register) -> Iterator[CellOf]:
    """What a cell of an archived file holds, read under guard as returns are."""
    from pipeline.archive import kept
    from pipeline.guard import StoppedError
    from pipeline.reader import guard_of, read_cell

    with guard_of(register, place.settings.limits) as guard:

        def cell_of(sha256: str, sheet: str, cell: str) -> str | None:
            path = kept(place, sha256)
            if path is None or not cell:
                return None
            try:
                return guard.submit(read_cell, path, sheet, cell).result()
            except StoppedError:
                return None

        yield cell_of


def _print_trace(found: Trace, place: Workspace) -> None:
    typer.echo(f"{found.indicator.ref} {found.indicator.wording}, {found.period.name}")
    target = f", target {found.target}" if found.target else ""
    typer.echo(f"  now: {found.performance or 'no data'}{target}, {found.rating}")
    if found.issue and found.issued:
        issued = found.issued
        at = f"{found.issue.issued_at.astimezone():%d %b %Y %H:%M}"
        typer.echo(f"  last issued: {issued.performance or 'no data'}, {issued.rating}, on {at}")
    for remark in found.remarks:
        typer.echo(f"  {remark}")
    if len(found.indicator.areas) > 1:
        typer.echo(f"  merged by: {found.indicator.merge_rule}")
    for source in found.sources:
        _print_source(source, place)
    for name in found.missing:
        typer.echo(f"\n{name}: nothing reported")


def _print_source(source: Source, place: Workspace) -> None:
    from pipeline.archive import kept

    typer.echo(f"\n{source.area}: {source.figure} ({source.status.lower()})")
    lines = [
        ("file", source.filename),
        ("cell", f"{source.sheet}!{source.cell}" + _holding(source)),
        ("received", f"{source.received_at.astimezone():%d %b %Y %H:%M}"),
        ("completed by", source.completed_by),
        ("signed off by", source.signed_off_by),
        ("kept as", str(kept(place, source.sha256) or "forgotten")),
    ]
    if source.restates:
        lines.append(("restatement", "accepted after the period was closed"))
    for finding, approvals in source.warnings:
        lines.append(("warning", f"{finding.problem} [{finding.code}]"))
        lines += [
            ("approved", f"{a.approved_at.astimezone():%d %b %Y}, {a.by}: {a.because}")
            for a in approvals
        ]
    for r in source.replaced:
        when = f"{r.received_at.astimezone():%d %b %Y %H:%M}"
        what = f"{r.figure}, {r.sheet}!{r.cell} of {r.filename}, received {when}"
        lines.append(("in place of", what))
    for name, value in lines:
        if value:
            typer.echo(f"  {name}: {value}")


def _holding(source: Source) -> str:
    return f', which holds "{source.holds}"' if source.holds is not None else ""


def replay(
    *,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Put the store that was made again in the store's place."),
    ] = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Make the whole store again from the archive, and say where the two differ.

    Every file is read and checked once more, every appendix rated once more. With --rebuild what
    was made takes the place of a store that is lost, or older than its archive.

    Example: `quarterday replay`
    """
    from pipeline.replay import replace_store
    from pipeline.replay import replay as make_again

    place = workspace_at(workspace)
    with progress_bar() as progress:
        done = replace_store(place, now(), progress) if rebuild else make_again(place, progress)
    if json:
        print_json(done)
    else:
        rebuilt = done.rebuilt
        typer.echo(
            f"{rebuilt.submissions} submissions and {rebuilt.issues} appendices made again from "
            f"the archive."
        )
        for one in rebuilt.unchecked:
            typer.echo(f"not made again: submission {one.submission}, {one.filename}: {one.why}")
        for difference in done.differences:
            typer.echo(f"differs: {difference.what}")
            typer.echo(f"  the store: {difference.stored}")
            typer.echo(f"  the archive: {difference.replayed}")
        if done.kept_aside:
            typer.echo(f"The store that was there is kept as {done.kept_aside}.")
        if not rebuild and not done.differences:
            typer.echo("The store and the archive agree.")
    if done.needs_a_person:
        raise typer.Exit(NEEDS_A_PERSON)
