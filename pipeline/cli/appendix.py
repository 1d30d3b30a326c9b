"""Commands about the appendix: what it would say, and writing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli import console
from pipeline.cli.console import Columns, Result, progress_bar, workspace_at
from pipeline.cli.options import PeriodOption, WorkspaceOption, chosen_periods

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.consolidation.report import Line, Report


def merge(*, period: PeriodOption = None, workspace: WorkspaceOption = Path()) -> Result:
    """Show the consolidated set: one row an indicator, merged and rated, as the appendix prints it.

    Example: `quarterday merge --period 2012-13 --json`
    """
    from pipeline.consolidation.assembly import report_of
    from pipeline.job.session import looking

    with looking(workspace_at(workspace), console.now()) as session:
        reports = [report_of(session, each) for each in chosen_periods(session.register, period)]
    conflicts = any(line.consolidated.conflict for report in reports for line in report.lines)
    documents = map(_report_document, reports)
    return Result(documents, _report_lines(reports), needs_a_person=conflicts)


def _report_document(report: Report) -> dict[str, object]:
    indicators = map(_indicator_document, report.lines)
    return {"period": report.period.name, "overall": report.overall, "indicators": indicators}


def _indicator_document(line: Line) -> dict[str, object]:
    return {
        "ref": line.indicator.ref,
        "indicator": line.indicator.wording,
        "unit": line.indicator.unit,
        "value": line.consolidated.value,
        "performance": line.performance_shown,
        "target": line.target_shown,
        "rating": line.rating,
        "travel": line.travel,
        "missing": line.consolidated.missing,
        "without_cases": line.consolidated.without_cases,
        "conflict": line.consolidated.conflict,
        "remarks": line.remarks,
        "actions": line.actions,
        "forecast": line.forecast,
        "confidence": line.confidence,
    }


def _report_lines(reports: Iterable[Report]) -> Iterator[str | Columns]:
    for report in reports:
        yield f"{report.period.name}: overall {report.shown(report.overall)}"
        rows = [
            (
                line.indicator.ref,
                line.target_shown,
                line.performance_shown,
                report.shown(line.rating),
                line.travel.shown if line.travel else "",
                " ".join(line.remarks),
            )
            for line in report.lines
        ]
        headings = ("Ref", "Target", "Performance", "Target achieved?", "Travel", "Remarks")
        yield Columns(headings, rows)


def appendix(*, period: PeriodOption = None, workspace: WorkspaceOption = Path()) -> Result:
    """Write the appendix to the outbox: the workbook, the same as a page, and its data.

    It is the draft, or the issue where the register's rule makes one, as a run writes it; mail that
    brings it waits for the next run.

    Example: `quarterday appendix --period 2012-13`
    """
    from pipeline.consolidation.assembly import report_of
    from pipeline.job.session import at_work
    from pipeline.outputs.issuing import publish
    from schemas.periods import in_order

    written: list[Path] = []
    with (
        progress_bar() as progress,
        at_work(workspace_at(workspace), console.now(), progress) as session,
    ):
        # One may print the figures of those before it.
        chosen = sorted(chosen_periods(session.register, period), key=in_order)
        for done, each in enumerate(chosen):
            progress("Writing the appendix", done, len(chosen))
            for made in publish(session, report_of(session, each), afresh=True):
                written += made.files.values()
    return Result({"written": written}, map(str, written))


def data(*, workspace: WorkspaceOption = Path()) -> Result:
    """Write the data of all periods together: what stands as issued, into `outbox/data/`.

    Example: `quarterday data`
    """
    from pipeline.job.session import at_work
    from pipeline.outputs.all_periods import write_all_periods
    from pipeline.outputs.issuing import standing
    from pipeline.workspace.errors import WorkspaceError

    place = workspace_at(workspace)
    with (
        progress_bar() as progress,
        at_work(place, console.now(), progress) as session,
    ):
        reports: list[Report] = []
        for report in standing(session):
            progress("Reading issues", len(reports), len(session.register.periods))
            reports.append(report)
        if not reports:
            raise WorkspaceError("No appendix has been issued yet, or each issue was recalled.")
        written = write_all_periods(place, reports)
    lines = [*map(str, written)]
    if place.settings.data.parquet:
        from pipeline.outputs.parquet import HOW_TO_INSTALL, is_installed

        lines += [] if is_installed() else [HOW_TO_INSTALL]
    return Result({"written": written}, lines)
