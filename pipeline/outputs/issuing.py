"""Issuing: which appendices are due, and their files in the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.consolidation.assembly import Evidence, assemble, content_key, issue_of
from pipeline.consolidation.closing import restated_from
from pipeline.consolidation.report import Report
from pipeline.outputs import OUTPUTS, WORKBOOK, Output
from pipeline.store import Issue, Outcome, Store
from pipeline.store.journal import archive_register
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace, need_folder, remedy_for_people, safe_name
from schemas.model import Period, Register


@dataclass(frozen=True, slots=True)
class Issued:
    """The appendix of a period, as written to the outbox."""

    report: Report
    #: The key of what it was made from.
    content: str
    #: What was written, by the names of the outputs, in their order.
    files: Mapping[str, Path]

    @property
    def workbook(self) -> Path:
        return self.files[WORKBOOK.name]


def content_of(register: Register, store: Store, period: Period) -> str:
    """The key of what a period's appendix would be made from now."""
    bearing = (period, register.last_period(period), register.year_before(period))
    names = dict.fromkeys(each.name for each in bearing if each is not None)
    return content_key(
        register, period, [sent for name in names for sent in store.submissions(name)]
    )


def due_periods(workspace: Workspace, register: Register, store: Store) -> list[Period]:
    """The periods for which something was accepted that no appendix shows.

    The appendix of a closed period stays as it is, whatever becomes of the register and the outbox.
    """
    accepted = set(store.periods())
    return [
        period
        for period in register.periods
        if period.name in accepted and _is_due(workspace, register, store, period)
    ]


def _is_due(workspace: Workspace, register: Register, store: Store, period: Period) -> bool:
    last = store.last_issue(period.name)
    if not period.open:
        # Where it is not known what the last appendix showed, what came before it is let be.
        shown = last.last_submission if last else 0
        return any(
            sent.outcome is Outcome.ACCEPTED
            and sent.id > shown
            and (shown > 0 or sent.reopening_id is not None)
            for sent in store.submissions(period.name)
        )
    return (
        last is None
        or last.content != content_of(register, store, period)
        or not workbook_path(workspace, register, period).exists()
    )


def path_of(output: Output, workspace: Workspace, register: Register, period: Period) -> Path:
    """Where an output of a period's appendix lies."""
    stem = safe_name(f"{register.framework.appendix} - {period.name}")
    return workspace.outbox_of(period.name) / f"{stem}{output.ending}"


def workbook_path(workspace: Workspace, register: Register, period: Period) -> Path:
    """Where the appendix of a period lies."""
    return path_of(WORKBOOK, workspace, register, period)


def report_of(register: Register, store: Store, period: Period, now: datetime) -> Report:
    """The report of a period as things stand."""
    last, year_before = register.last_period(period), register.year_before(period)
    submissions = store.submissions(period.name)
    evidence = Evidence(
        observations=store.observations(period.name),
        achievements=store.achievements(period.name),
        submissions=submissions,
        closed=restated_from(store, submissions),
        last=store.observations(last.name) if last else (),
        year_before=store.observations(year_before.name) if year_before else (),
    )
    return assemble(register, period, evidence, now)


def to_issue(register: Register, store: Store, period: Period, now: datetime) -> tuple[Report, str]:
    """The report of which an appendix is made, and the key of what it was made from."""
    content = content_of(register, store, period)
    last = store.last_issue(period.name)
    issued_at = last.issued_at.astimezone() if last and last.content == content else now
    return report_of(register, store, period, issued_at), content


def issue(
    workspace: Workspace, register: Register, store: Store, period: Period, now: datetime
) -> Issued:
    """Write the appendix of a period to the outbox in every form.

    One made from the same content as the last one sent bears its date, and is the same to the byte.
    """
    report, content = to_issue(register, store, period, now)
    folder = need_folder(workspace.outbox_of(period.name))
    files = {each.name: path_of(each, workspace, register, period) for each in OUTPUTS}
    try:
        for output in OUTPUTS:
            output.write(report, files[output.name])
    except OSError as error:
        raise WorkspaceError(
            f"The appendix cannot be written to {folder} ({error.strerror}). "
            f"{remedy_for_people(error)}"
        ) from error
    return Issued(report, content, files)


def record(workspace: Workspace, store: Store, issued: Issued) -> None:
    """Note that an appendix was issued; not once more where the last one was the same."""
    report = issued.report
    archive_register(workspace, report.register)
    last = store.last_issue(report.period.name)
    if last is None or last.content != issued.content:
        store.record_issue(issue_of(report, issued.content, store.last_number("submission")))


@dataclass(frozen=True, slots=True)
class Published:
    """An appendix that was issued."""

    report: Report
    workbook: Path
    #: The issue before it.
    last: Issue | None


def published_since(
    workspace: Workspace, register: Register, store: Store, number: int
) -> Iterator[Published]:
    """The last appendix of each period that was issued after an issue of that number."""
    for period in register.periods:
        last = store.last_issue(period.name)
        workbook = workbook_path(workspace, register, period)
        if last is not None and last.id > number and workbook.exists():
            report = report_of(register, store, period, last.issued_at.astimezone())
            before = [issue for issue in store.issues(period.name) if issue.id < last.id]
            yield Published(report, workbook, before[-1] if before else None)
