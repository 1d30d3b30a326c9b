"""Commands that look back: what happened, where a figure comes from, whether all of it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pipeline.cli import console
from pipeline.cli.console import Columns, Result, moment, progress_bar, workspace_at
from pipeline.cli.options import PeriodOption, RevealOption, WorkspaceOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.operations.replay import Replayed
    from pipeline.operations.trace import Source, Trace


def history(
    subject: Annotated[
        str, Argument(help="An indicator's ref, a service area, or a file.", show_default="all")
    ] = "",
    *,
    period: PeriodOption = None,
    show_suppressed: RevealOption = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Tell the life of an indicator, a file or a service area: what happened, when, by whom.

    Example: `quarterday history P2-1`
    """
    from pipeline.job.session import looking
    from pipeline.operations import history as events
    from pipeline.operations.stored import StoredReturns
    from pipeline.register import need_period

    with looking(workspace_at(workspace), console.now()) as session:
        chosen = "" if period is None else need_period(session.register, period).name
        stored = StoredReturns.of(session.register, session.store, reveals=show_suppressed)
        found = events.history(events.subject_of(subject, stored), stored, period=chosen)
    rows = [(moment(e.at), e.what.value, e.period, e.area, e.said) for e in found]
    return Result(found, [Columns(("When", "What", "Period", "Service area", "Details"), rows)])


def trace(
    ref: Annotated[str, Argument(help="An indicator's ref.")],
    *,
    period: PeriodOption = None,
    show_suppressed: RevealOption = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Go from an indicator's figure in the appendix to the cells that it came from.

    Example: `quarterday trace P2-1 --period 2012-13`
    """
    from pipeline.consolidation.assembly import report_of
    from pipeline.consolidation.registers import register_for
    from pipeline.job.session import looking
    from pipeline.operations import trace as figures
    from pipeline.operations.stored import StoredReturns
    from pipeline.register import need_period

    place = workspace_at(workspace)
    with (
        looking(place, console.now()) as session,
        figures.cells(place, session.register) as cell_of,
    ):
        register, store = session.register, session.store
        stored = StoredReturns.of(register, store, reveals=show_suppressed)
        if period is None:
            chosen = figures.last_reported(figures.indicator_of(ref, stored), stored)
        else:
            chosen = need_period(register, period)
        then = register_for(session, chosen.name)
        closed = chosen.name if then.sha256 != register.sha256 else ""
        stored = stored.by(then)
        indicator = figures.indicator_of(ref, stored, closed)
        report = report_of(session, chosen)
        found = figures.trace(indicator, report, stored, cell_of)
    return Result(found, _trace_lines(found), needs_a_person=found.needs_a_person)


def _trace_lines(found: Trace) -> Iterator[str]:
    from schemas.findings import printable, shorten

    yield f"{found.indicator.ref} {printable(found.indicator.wording)}, {found.period.name}"
    target = f"target {found.target}" if found.target else ""
    yield f"  now: {_joined(shorten(found.performance), target, found.rating)}"
    if issued := found.issued:
        at = f"on {moment(issued.at)}"
        recalled = f"recalled on {moment(issued.recalled_at)}" if issued.recalled_at else ""
        yield f"  last issued: {_joined(shorten(issued.performance), issued.rating, at, recalled)}"
    for remark in found.remarks:
        yield f"  {remark}"
    if len(found.indicator.areas) > 1:
        yield f"  merged by: {found.indicator.merge_rule}"
    for source in found.sources:
        yield ""
        yield f"{source.area}: {shorten(source.figure)} ({source.status.lower()})"
        for name, value in _source_facts(source):
            if value:
                yield f"  {name}: {value}"
    for name in found.missing:
        yield ""
        yield f"{name}: nothing reported"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _source_facts(source: Source) -> Iterator[tuple[str, str]]:
    """What there is to say about one service area's figure, by name; empty where nothing is."""
    from schemas.findings import printable, shorten

    held = source.archived
    holding = f', which holds "{held.text}"' if held.text is not None else ""
    if source.entered_by:
        by = f"by {printable(source.entered_by)} on {moment(source.received_at)}"
        yield "entered", f"{by}: {printable(source.because)}"
    else:
        yield "file", printable(source.filename)
        yield "cell", f"{printable(source.sheet)}!{source.cell}{holding}"
        yield "received", moment(source.received_at)
    yield "completed by", printable(source.completed_by)
    yield "signed off by", printable(source.signed_off_by)
    yield "kept as", str(held.path or "")
    yield "trouble with the file", held.trouble
    if gone := source.forgotten:
        yield "forgotten", f"{console.day(gone.forgotten_at)}, by {gone.by}: {gone.rule}"
    if source.restates:
        yield "restatement", "accepted after the period was closed"
    for warned in source.warnings:
        yield "warning", f"{warned.finding.problem} [{warned.finding.code}]"
        for one in warned.approvals:
            yield "accepted", f"{console.day(one.approved_at)}, {one.by}: {printable(one.because)}"
    for before in source.replaced:
        place = f"{printable(before.sheet)}!{before.cell} of {printable(before.filename)}"
        received = moment(before.received_at)
        yield "in place of", f"{shorten(before.figure)}, {place}, received {received}"


def replay(
    *,
    rebuild: Annotated[
        bool, Option("--rebuild", help="Put the store that was made again in the store's place.")
    ] = False,
    show_suppressed: RevealOption = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Make the whole store again from the archive, and say where the two differ.

    Every file is read and checked once more, every appendix rated once more. Where a figure
    differs is said; what it is, with --show-suppressed. With --rebuild what was made takes the
    place of a store that is lost, or older than its archive.

    Example: `quarterday replay`
    """
    from pipeline.operations import replay as archive

    place = workspace_at(workspace)
    with progress_bar() as progress:
        if rebuild:
            done = archive.replace_store(place, console.now(), progress)
        else:
            done = archive.replay(place, progress, reveals=show_suppressed)
    lines = _replayed_lines(done, is_compared=not rebuild)
    return Result(done, lines, needs_a_person=done.needs_a_person)


def _replayed_lines(done: Replayed, *, is_compared: bool) -> Iterator[str]:
    from schemas.wording import counted

    submissions = counted(done.rebuilt.submissions, "submission")
    appendices = counted(done.rebuilt.issues, "appendix", "appendices")
    yield f"{submissions} and {appendices} made again from the archive."
    for one in done.rebuilt.unchecked:
        yield f"not made again: {one.what}: {one.why}"
    for difference in done.differences:
        yield ": ".join(filter(None, (f"differs: {difference.what}", "; ".join(difference.where))))
        if difference.stored or difference.replayed:
            yield f"  the store: {difference.stored}"
            yield f"  the archive: {difference.replayed}"
    if done.kept_aside:
        yield f"The store that was there is kept as {done.kept_aside}."
    if is_compared and not done.differences:
        yield "The store and the archive agree in all that was made again."
