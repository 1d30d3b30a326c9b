"""Commands that look back: what happened, where a figure comes from, whether all of it holds."""

from __future__ import annotations

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
    from pipeline.operations.trace import Source, Trace

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
    from pipeline.job.session import register_of, store_of
    from pipeline.operations.history import history as tell
    from pipeline.operations.history import subject_of
    from pipeline.register import need_period

    place = workspace_at(workspace)
    register = register_of(place)
    if period is not None:
        need_period(register, period)
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
    from pipeline.consolidation.assembly import report_of
    from pipeline.job.session import looking
    from pipeline.operations.trace import cells, indicator_of, period_of
    from pipeline.operations.trace import trace as find

    place = workspace_at(workspace)
    with looking(place, now()) as session, cells(place, session.register) as cell_of:
        register, store = session.register, session.store
        indicator = indicator_of(ref, register, store)
        report = report_of(session, period_of(indicator, period, register, store))
        found = find(indicator, report, store, cell_of, reveals=show_suppressed)
    if json:
        print_json(found)
    else:
        _print_trace(found)
    if found.needs_a_person:
        raise typer.Exit(NEEDS_A_PERSON)


def _print_trace(found: Trace) -> None:
    from schemas.findings import printable, shorten

    typer.echo(f"{found.indicator.ref} {printable(found.indicator.wording)}, {found.period.name}")
    target = f"target {found.target}" if found.target else ""
    typer.echo(f"  now: {_told(shorten(found.performance), target, found.rating)}")
    if issued := found.issued:
        at = f"{issued.at.astimezone():%d %b %Y %H:%M}"
        typer.echo(
            f"  last issued: {_told(shorten(issued.performance), issued.rating, f'on {at}')}"
        )
    for remark in found.remarks:
        typer.echo(f"  {remark}")
    if len(found.indicator.areas) > 1:
        typer.echo(f"  merged by: {found.indicator.merge_rule}")
    for source in found.sources:
        _print_source(source)
    for name in found.missing:
        typer.echo(f"\n{name}: nothing reported")


def _told(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _print_source(source: Source) -> None:
    from schemas.findings import printable, shorten

    status = source.status.lower()
    typer.echo(f"\n{source.area}: {shorten(source.figure)} ({status})")
    held, gone = source.archived, source.forgotten
    holding = f', which holds "{held.text}"' if held.text is not None else ""
    lines = [
        ("file", printable(source.filename)),
        ("cell", f"{printable(source.sheet)}!{source.cell}{holding}"),
        ("received", f"{source.received_at.astimezone():%d %b %Y %H:%M}"),
        ("completed by", printable(source.completed_by)),
        ("signed off by", printable(source.signed_off_by)),
        ("kept as", str(held.path or "")),
        ("trouble with the file", held.trouble),
    ]
    if gone:
        when = f"{gone.forgotten_at.astimezone():%d %b %Y}"
        lines.append(("forgotten", f"{when}, by {gone.by}: {gone.rule}"))
    if source.restates:
        lines.append(("restatement", "accepted after the period was closed"))
    for warned in source.warnings:
        lines.append(("warning", f"{warned.finding.problem} [{warned.finding.code}]"))
        lines += [
            ("approved", f"{a.approved_at.astimezone():%d %b %Y}, {a.by}: {printable(a.because)}")
            for a in warned.approvals
        ]
    for r in source.replaced:
        when = f"{r.received_at.astimezone():%d %b %Y %H:%M}"
        place = f"{printable(r.sheet)}!{r.cell} of {printable(r.filename)}"
        lines.append(("in place of", f"{shorten(r.figure)}, {place}, received {when}"))
    for name, value in lines:
        if value:
            typer.echo(f"  {name}: {value}")


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
    from pipeline.operations.replay import replace_store
    from pipeline.operations.replay import replay as make_again
    from schemas.wording import counted

    place = workspace_at(workspace)
    with progress_bar() as progress:
        done = replace_store(place, now(), progress) if rebuild else make_again(place, progress)
    if json:
        print_json(done)
    else:
        rebuilt = done.rebuilt
        typer.echo(
            f"{counted(rebuilt.submissions, 'submission')} and "
            f"{counted(rebuilt.issues, 'appendix', 'appendices')} made again from the archive."
        )
        for one in rebuilt.unchecked:
            typer.echo(f"not made again: {one.what}: {one.why}")
        for difference in done.differences:
            typer.echo(f"differs: {difference.what}")
            typer.echo(f"  the store: {difference.stored}")
            typer.echo(f"  the archive: {difference.replayed}")
        if done.kept_aside:
            typer.echo(f"The store that was there is kept as {done.kept_aside}.")
        if not rebuild and not done.differences:
            typer.echo("The store and the archive agree in all that was made again.")
    if done.needs_a_person:
        raise typer.Exit(NEEDS_A_PERSON)
