"""Commands about returns: check them, take them in, see where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import (
    CANNOT_RUN,
    NEEDS_A_PERSON,
    BecauseOption,
    JsonOption,
    PeriodOption,
    ReopenOption,
    WorkspaceOption,
    chosen_periods,
    now,
    print_findings,
    print_json,
    print_table,
    progress_bar,
    reopening,
    workspace_at,
)
from pipeline.cli.mail import mail_document, print_mail, print_standing, standing_document

if TYPE_CHECKING:
    from pipeline.job.nightly import Night
    from pipeline.store import Decision
    from schemas.findings import Finding


def validate(
    files: Annotated[list[Path], typer.Argument(help="Returns to check.")],
    *,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Check returns without taking anything in: what a service area runs before sending.

    Example: `quarterday validate "Return 2012-13 - Community safety.xlsx"`
    """
    from pipeline.job.session import register_of
    from pipeline.job.stages import check_files

    place = workspace_at(workspace)
    with progress_bar() as progress:
        checked, unread = check_files(files, place, register_of(place), now(), progress)
    if json:
        print_json(
            [
                {
                    "file": one.arrival.path,
                    "accepted": one.is_accepted,
                    "area": one.reading.area,
                    "period": one.reading.period,
                    "findings": one.findings,
                }
                for one in checked
            ]
            + [{"file": left.path, "accepted": False, "unread": left.why} for left in unread]
        )
    else:
        for one in checked:
            verdict = "would be accepted" if one.is_accepted else "would be sent back"
            typer.echo(f"{one.arrival.filename}: {verdict}")
            print_findings(one.findings)
    for left in unread:
        typer.echo(f"quarterday: {left.path}: {left.why}", err=True)
    if unread:
        raise typer.Exit(CANNOT_RUN)
    if any(not one.is_accepted or _has_warnings(one.findings) for one in checked):
        raise typer.Exit(NEEDS_A_PERSON)


def ingest(
    *,
    reopen: ReopenOption = None,
    because: BecauseOption = "",
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Take in what lies in the inbox: accept it, or send it back with a correction copy.

    Example: `quarterday ingest --workspace performance`
    """
    from pipeline.job.nightly import needs_a_person, run

    place = workspace_at(workspace)
    wanted = reopening(reopen, because)
    with progress_bar() as progress:
        done = run(place, now(), progress, wanted, only_inbox=True)
    if json:
        print_json({**taken_document(done), "mail": mail_document(done.mail)})
    else:
        print_taken(done)
        print_mail(done.mail)
    if needs_a_person(done):
        raise typer.Exit(NEEDS_A_PERSON)


def status(
    *,
    period: PeriodOption = None,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Who has returned, who is late, what was sent back and why, what waits, what mail is stuck.

    Example: `quarterday status --period 2012-13`
    """
    from pipeline.consolidation.approvals import waiting as warnings_waiting
    from pipeline.consolidation.report import ReturnState
    from pipeline.consolidation.returned import returns_received
    from pipeline.job.session import looking
    from pipeline.mail.delivery import standing
    from pipeline.store import Outcome
    from pipeline.store.retention import due

    waiting = False
    documents = []
    with looking(workspace_at(workspace), now()) as session:
        register, store, today = session.register, session.store, session.now.date()
        for chosen in chosen_periods(register, period):
            submissions = store.submissions(chosen.name)
            returns = returns_received(register, chosen, submissions, today)
            rejected = {s.area: s for s in submissions if s.outcome is Outcome.REJECTED}
            documents.append({"period": chosen.name, "due": chosen.due, "returns": returns})
            stuck = [
                r
                for r in returns
                if r.state in (ReturnState.REJECTED, ReturnState.OVERDUE) or r.rejected_since
            ]
            waiting = waiting or bool(stuck)
            if json:
                continue
            typer.echo(f"{chosen.name}, due {chosen.due:%d %B %Y}")
            print_table(
                ("Service area", "Return", "File", "Received"),
                [
                    (
                        r.area.name,
                        f"{r.state}; a later one was sent back" if r.rejected_since else r.state,
                        r.rejected_since or r.filename,
                        f"{r.received_at.astimezone():%d %b %Y %H:%M}" if r.received_at else "",
                    )
                    for r in returns
                ],
            )
            for one in stuck:
                if sent_back := rejected.get(one.area.ref):
                    typer.echo(f"\n{one.area.name}, {sent_back.filename}:")
                    print_findings(sent_back.findings)
            typer.echo("")
        warnings = warnings_waiting(register, store, chosen_periods(register, period))
        past = due(register, store, today)
        mail = standing(store, session.now)
        unplaced = [
            s
            for s in store.submissions()
            if s.outcome is Outcome.REJECTED and (s.area is None or s.period is None)
        ]
    if json:
        print_json(
            {
                "periods": documents,
                "unplaced": unplaced,
                "warnings": warnings,
                "past_retention": len(past.submissions),
                "mail": standing_document(mail),
            }
        )
    else:
        if warnings:
            typer.echo("Warnings that nobody has approved (quarterday accept CODE --because ...):")
            for warning in warnings:
                typer.echo(f"  {warning.line}")
        if unplaced:
            typer.echo("Sent back because it was not plain whose or for which period they are:")
        for submission in unplaced[-20:]:
            typer.echo(f"{submission.filename}, {submission.received_at.astimezone():%d %b %Y}")
            print_findings(submission.findings)
        if past.submissions:
            typer.echo(
                f"{len(past.submissions)} submissions are past their time ({past.rule}); "
                "quarterday forget removes them."
            )
        print_standing(mail)
    if waiting or warnings or mail.stuck:
        raise typer.Exit(NEEDS_A_PERSON)


def print_taken(night: Night) -> None:
    """What became of each file, in lines for a person."""
    if not night.decisions and not night.skipped:
        typer.echo("The inbox is empty.")
    for one in night.decisions:
        sent = one.submission
        about = ", ".join(part for part in (sent.area, sent.period) if part)
        line = f"{sent.outcome}: {sent.filename}" + (f" ({about})" if about else "")
        line += f", replacing {one.replaces}" if one.replaces else ""
        typer.echo(line + (", restating a closed period" if sent.is_restatement else ""))
        print_findings(sent.findings)
        if one.correction:
            typer.echo(f"  correction copy: {one.correction}")
    for skipped in night.skipped:
        if skipped.moved_to:
            typer.echo(f"moved to quarantine: {skipped.filename}: {skipped.why}")
            typer.echo(f"  now at: {skipped.moved_to}")
        else:
            typer.echo(f"left in the inbox: {skipped.filename}: {skipped.why}")


def taken_document(night: Night) -> dict[str, object]:
    """What became of each file, for machines."""
    return {"taken": [_document(one) for one in night.decisions], "skipped": night.skipped}


def _document(one: Decision) -> dict[str, object]:
    names = ("filename", "sha256", "outcome", "area", "period", "findings")
    return {
        **{name: getattr(one.submission, name) for name in names},
        "correction": one.correction,
        "replaces": one.replaces,
        "restates": one.submission.is_restatement,
    }


def _has_warnings(findings: tuple[Finding, ...]) -> bool:
    from schemas.findings import Severity

    return any(finding.severity is Severity.WARNING for finding in findings)
