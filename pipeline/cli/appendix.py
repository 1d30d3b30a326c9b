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
    from pipeline.job.session import register_of, store_of
    from pipeline.outputs.issuing import report_of

    place = workspace_at(workspace)
    register = register_of(place)
    with store_of(place) as store:
        reports = [
            report_of(register, store, chosen, console.now())
            for chosen in chosen_periods(register, period)
        ]
    documents = [
        {
            "period": report.period.name,
            "overall": report.overall,
            "indicators": map(_indicator_document, report.lines),
        }
        for report in reports
    ]
    return Result(
        documents,
        _report_lines(reports),
        needs_a_person=any(
            line.consolidated.conflict for report in reports for line in report.lines
        ),
    )


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
        "conflict": line.consolidated.conflict,
        "remarks": line.remarks,
    }


def _report_lines(reports: Iterable[Report]) -> Iterator[str | Columns]:
    for report in reports:
        yield f"{report.period.name}: overall {report.overall.shown}"
        rows = [
            (
                line.indicator.ref,
                line.target_shown,
                line.performance_shown,
                line.rating.shown,
                line.travel.shown if line.travel else "",
                " ".join(line.remarks),
            )
            for line in report.lines
        ]
        headings = ("Ref", "Target", "Performance", "Target achieved?", "Travel", "Remarks")
        yield Columns(headings, rows)


def appendix(*, period: PeriodOption = None, workspace: WorkspaceOption = Path()) -> Result:
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
            issued = issue(place, register, store, each, console.now())
            written += issued.files.values()
    return Result({"written": written}, map(str, written))
