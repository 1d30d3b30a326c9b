"""Commands that issue: the consolidated set, the appendix, the mail, and the whole night."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import (
    NEEDS_A_PERSON,
    BecauseOption,
    JsonOption,
    PeriodOption,
    ReopenOption,
    VerboseOption,
    WorkspaceOption,
    chosen_periods,
    now,
    print_json,
    print_table,
    progress_bar,
    reopening,
    workspace_at,
)
from pipeline.cli.mail import mail_document, print_mail, print_would_go
from pipeline.cli.mailbox import print_fetched
from pipeline.cli.returns import print_ingested


def merge(
    *,
    period: PeriodOption = None,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Show the consolidated set: one row an indicator, merged and rated, as the appendix prints it.

    Example: `quarterday merge --period 2012-13 --json`
    """
    from pipeline.job.session import register_of, store_of
    from pipeline.outputs.issuing import report_of

    place = workspace_at(workspace)
    register = register_of(place)
    with store_of(place) as store:
        reports = [
            report_of(register, store, chosen, now()) for chosen in chosen_periods(register, period)
        ]
    if json:
        print_json(
            [
                {
                    "period": report.period.name,
                    "overall": report.overall,
                    "indicators": [
                        {
                            "ref": line.indicator.ref,
                            "indicator": line.indicator.wording,
                            "unit": line.indicator.unit,
                            "value": line.consolidated.value,
                            "performance": line.performance_shown,
                            "target": line.target_shown,
                            "rating": line.rating,
                            "travel": line.travel,
                            "missing": line.consolidated.missing,
                            "conflict": line.consolidated.conflict,
                            "remarks": line.remarks,
                        }
                        for line in report.lines
                    ],
                }
                for report in reports
            ]
        )
    else:
        for report in reports:
            typer.echo(f"{report.period.name}: overall {report.overall.shown}")
            print_table(
                ("Ref", "Target", "Performance", "Target achieved?", "Travel", "Remarks"),
                [
                    (
                        line.indicator.ref,
                        line.target_shown,
                        line.performance_shown,
                        line.rating.shown,
                        line.travel.shown if line.travel else "",
                        " ".join(line.remarks),
                    )
                    for line in report.lines
                ],
            )
    if any(line.consolidated.conflict for report in reports for line in report.lines):
        raise typer.Exit(NEEDS_A_PERSON)


def appendix(
    *,
    period: PeriodOption = None,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write the appendix to the outbox: the workbook, the same as a page, and its data.

    Example: `quarterday appendix --period 2012-13`
    """
    from pipeline.job.session import at_work, register_of
    from pipeline.outputs.issuing import issue

    place = workspace_at(workspace)
    register = register_of(place)
    written: list[Path] = []
    with at_work(place) as store, progress_bar() as progress:
        chosen = chosen_periods(register, period)
        for done, each in enumerate(chosen):
            progress("Writing the appendix", done, len(chosen))
            issued = issue(place, register, store, each, now())
            written += issued.files.values()
    if json:
        print_json({"written": written})
    else:
        for path in written:
            typer.echo(str(path))


def send(
    *,
    period: PeriodOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go to whom, and write nothing.")
    ] = False,
    again: Annotated[
        list[str] | None,
        typer.Option("--again", metavar="MESSAGE-ID", help="Send this message once more."),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop", metavar="MESSAGE-ID", help="Do not send it; it is seen to."),
    ] = None,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write the appendix afresh, and deliver its messages and all others that wait.

    They go to the mail server of the settings; without one they are written into the outbox as .eml
    files. A message that went before for the same appendix does not go again. With --again or
    --drop no appendix is written.

    Example: `quarterday send --dry-run`
    """
    from pipeline.job.session import at_work, register_of, store_of
    from pipeline.mail.announcing import send as put_into_queue
    from pipeline.mail.announcing import would_send
    from pipeline.mail.delivery import again as send_again
    from pipeline.mail.delivery import deliver
    from pipeline.mail.delivery import drop as do_not_send
    from pipeline.outputs.issuing import issue
    from pipeline.workspace.lock import whoami

    place = workspace_at(workspace)
    register = register_of(place)
    if dry_run:
        with store_of(place) as store:
            chosen = chosen_periods(register, period)
            print_would_go(would_send(place, register, store, chosen, now()), json=json)
        return
    with at_work(place) as store:
        for header_id in again or ():
            send_again(store, header_id, now(), whoami())
        for header_id in drop or ():
            do_not_send(store, header_id, now(), whoami())
        if not again and not drop:
            for each in chosen_periods(register, period):
                put_into_queue(place, store, issue(place, register, store, each, now()), now())
        mail = deliver(place, register, store, now(), impatient=True)
    if json:
        print_json(mail_document(mail))
    else:
        print_mail(mail)
    if mail.needs_a_person:
        raise typer.Exit(NEEDS_A_PERSON)


def run(
    *,
    reopen: ReopenOption = None,
    because: BecauseOption = "",
    scheduled: Annotated[
        bool,
        typer.Option(
            "--scheduled",
            help="As a timer calls it: at most once a day, unless the last one failed, and silent "
            "where there is nothing to say.",
        ),
    ] = False,
    verbose: VerboseOption = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """The nightly job: take in what came, issue the appendix where it changed, deliver the mail.

    Example: `quarterday run --workspace /srv/performance`
    """
    from pipeline.job.nightly import Night, needs_a_person, tally
    from pipeline.job.nightly import run as run_night
    from pipeline.workspace.runs.record import done_on
    from pipeline.workspace.runs.supervise import attended

    wanted = reopening(reopen, because)
    place = workspace_at(workspace)
    began = now()
    if scheduled and done_on(place, began.date()):
        # The clocks were put back, or the machine made up for a night that it has had.
        night = Night(None)
    else:
        with (
            attended(place, "run", began, scheduled=scheduled, shown=verbose) as under_way,
            progress_bar() as progress,
        ):
            night = run_night(place, began, progress, wanted, under_way.pace)
            under_way.came_to(tally(night), needs_a_person=needs_a_person(night))
    written = [path for issued in night.issued for path in issued.files.values()]
    if json:
        print_json(
            {
                "fetched": night.fetched,
                "ingested": night.ingested,
                "written": written,
                "mail": mail_document(night.mail),
            }
        )
    else:
        if night.fetched:
            print_fetched(night.fetched, quiet=True)
            if night.fetched.trouble:
                typer.echo(f"quarterday: {night.fetched.trouble}", err=True)
        if night.ingested is not None:
            print_ingested(night.ingested)
        elif not scheduled:
            typer.echo("Nothing new.")
        for issued in night.issued:
            typer.echo(f"{issued.report.period.name}: overall {issued.report.overall.shown}")
        for path in written:
            typer.echo(f"wrote {path}")
        print_mail(night.mail)
    if needs_a_person(night):
        raise typer.Exit(NEEDS_A_PERSON)
