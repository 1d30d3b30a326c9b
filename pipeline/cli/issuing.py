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
from pipeline.cli.fetching import print_fetched
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
    from pipeline.nightly import register_of, report_of, store_of

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
    from pipeline.nightly import at_work, issue, register_of

    place = workspace_at(workspace)
    register = register_of(place)
    written: list[Path] = []
    with at_work(place) as store, progress_bar() as progress:
        chosen = chosen_periods(register, period)
        for done, each in enumerate(chosen):
            progress("Writing the appendix", done, len(chosen))
            issued = issue(place, register, store, each, now())
            written += [issued.workbook, issued.page, issued.data]
    if json:
        print_json({"written": written})
    else:
        for path in written:
            typer.echo(str(path))


def send(
    *,
    period: PeriodOption = None,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write the appendix afresh and the messages that bring it to its recipients.

    The messages are .eml files in the outbox; any mail program opens and sends them. A message that
    was written before for the same appendix is not written again.

    Example: `quarterday send --period 2012-13`
    """
    from pipeline.nightly import at_work, issue, register_of
    from pipeline.nightly import send as write_mail

    place = workspace_at(workspace)
    register = register_of(place)
    written: list[Path] = []
    with at_work(place) as store:
        for each in chosen_periods(register, period):
            written += write_mail(place, store, issue(place, register, store, each, now()))
    if json:
        print_json({"written": written})
    else:
        for path in written:
            typer.echo(str(path))


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
    """The nightly job: take in what came, issue the appendix where it changed, write the mail.

    Example: `quarterday run --workspace /srv/performance`
    """
    from pipeline.nightly import Night, needs_a_person, tally
    from pipeline.nightly import run as run_night
    from pipeline.runs.attended import attended
    from pipeline.runs.record import done_on

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
    written = [p for i in night.issued for p in (i.workbook, i.page, i.data)]
    if json:
        print_json(
            {
                "fetched": night.fetched,
                "ingested": night.ingested,
                "written": written,
                "mail": night.mails,
            }
        )
    elif night.ingested is None:
        if not scheduled:
            typer.echo("Nothing new.")
    else:
        if night.fetched:
            print_fetched(night.fetched)
            if night.fetched.trouble:
                typer.echo(f"quarterday: {night.fetched.trouble}", err=True)
        print_ingested(night.ingested)
        for issued in night.issued:
            typer.echo(f"{issued.report.period.name}: overall {issued.report.overall.shown}")
        for path in (*written, *night.mails):
            typer.echo(f"wrote {path}")
    if needs_a_person(night):
        raise typer.Exit(NEEDS_A_PERSON)
