"""Commands by which a person decides: a warning is right, what is past its time may go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import (
    JsonOption,
    PeriodOption,
    WorkspaceOption,
    chosen_periods,
    now,
    print_json,
    workspace_at,
)


def accept(
    code: Annotated[str, typer.Argument(help="The code of the warning, such as C05.")],
    *,
    because: Annotated[str, typer.Option("--because", help="Why the figure is right.")] = "",
    ref: Annotated[str, typer.Option("--ref", help="At this indicator's figure only.")] = "",
    area: Annotated[
        str, typer.Option("--area", "-a", help="Of this service area only, by ref or name.")
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Every one that is meant, if there are several.")
    ] = False,
    period: PeriodOption = None,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Approve a warning of a return that counts: the figure was looked at, and is right.

    Who approved it, when and why is kept. A later return with the same warning waits again.

    Example: `quarterday accept C05 --ref P2-1 --because "the second site opened in May"`
    """
    from pipeline.consolidation.approvals import Choice, approve, waiting
    from pipeline.job.session import at_work
    from pipeline.workspace.lock import whoami

    with at_work(workspace_at(workspace), now()) as session:
        chosen = chosen_periods(session.register, period)
        approvals = approve(
            Choice(code, ref, area),
            waiting(session.register, session.store, chosen),
            every=every,
            by=whoami(),
            at=session.now,
            because=because,
        )
        session.store.decisions.approve(approvals)
    if json:
        print_json(approvals)
        return
    for one in approvals:
        typer.echo(f"approved: {one.code} at {one.place}, by {one.by}")


def forget(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Remove what the register's retention rule says to keep no longer, and record that it went.

    The files as sent, what was found in their cells and who signed them go; the figures, which were
    published, stay. The rule is "Keep returns for" on the register's sheet Framework.

    Example: `quarterday forget --dry-run`
    """
    from pipeline.job.session import at_work
    from pipeline.store.retention import due
    from pipeline.store.retention import forget as remove
    from pipeline.workspace.lock import whoami

    place = workspace_at(workspace)
    with at_work(place, now()) as session:
        found = due(session.register, session.store, session.now.date())
        if not dry_run:
            remove(found, place, session.store, whoami(), session.now)
    if json:
        print_json(
            {
                "rule": found.rule,
                "removed": not dry_run,
                "submissions": [
                    {
                        "file": sent.filename,
                        "sha256": sent.sha256,
                        "period": sent.period,
                        "area": sent.area,
                        "received_at": sent.received_at,
                    }
                    for sent in found.submissions
                ],
            }
        )
        return
    if not found.rule:
        typer.echo("The register has no retention rule; everything is kept.")
    elif not found.submissions:
        typer.echo(f"Nothing is past its time ({found.rule}).")
    word = "would go" if dry_run else "forgotten"
    for sent in found.submissions:
        received = f"{sent.received_at.astimezone():%d %b %Y}"
        about = f"{sent.area or 'no area'}, {sent.period or 'no period'}"
        typer.echo(f"{word}: {sent.filename} ({about}, received {received})")
