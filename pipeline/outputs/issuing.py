"""Issuing: which appendices are due, and their files in the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.assembly import issue_of, report_of
from pipeline.consolidation.content import content_of
from pipeline.consolidation.report import Report
from pipeline.outputs import OUTPUTS, WORKBOOK, Output
from pipeline.store import Issue, Outcome
from pipeline.store.journal import archive_register
from pipeline.store.session import Session
from pipeline.workspace.folder import (
    Workspace,
    disk_trouble,
    need_folder,
    safe_name,
    write_whole,
)
from schemas.model import Period, Register

#: The names of the periods whose last issue is noted and may not be wholly written.
_UNWRITTEN = "issuing.json"


class Issued(Struct, frozen=True):
    """The appendix of a period, as written to the outbox."""

    report: Report
    #: What is written, by the names of the outputs, in their order.
    files: Mapping[str, Path]
    #: The issue before it, of other content.
    last: Issue | None

    @property
    def workbook(self) -> Path:
        return self.files[WORKBOOK.name]


def due_periods(session: Session) -> list[Period]:
    """The periods for which something was accepted that no appendix shows, or which are unwritten.

    The appendix of a closed period stays as it is, whatever becomes of the register and the outbox.
    """
    accepted, begun = set(session.store.periods()), unwritten(session)
    return [
        period
        for period in session.register.periods
        if period in begun or (period.name in accepted and _is_due(session, period))
    ]


def unwritten(session: Session) -> list[Period]:
    """The periods of which a run that was cut off had noted an issue, and not written all of it."""
    names = _begun(session.workspace)
    return [period for period in session.register.periods if period.name in names]


def _begun(workspace: Workspace) -> frozenset[str]:
    with suppress(OSError, msgspec.MsgspecError):
        content = (workspace.state / _UNWRITTEN).read_bytes()
        return msgspec.json.decode(content, type=frozenset[str])
    return frozenset()


def _note_begun(workspace: Workspace, names: frozenset[str]) -> None:
    path = workspace.state / _UNWRITTEN
    with disk_trouble(f"What is issued cannot be noted in {workspace.state}"):
        if names:
            write_whole(path, msgspec.json.encode(sorted(names)), 0o600)
        else:
            path.unlink(missing_ok=True)


def _is_due(session: Session, period: Period) -> bool:
    last = session.store.last_issue(period.name)
    if not period.open:
        # Where it is not known what the last appendix showed, what came before it is let be.
        shown = last.last_submission if last else 0
        entered = session.store.entered.all(period.name)
        return any(one.last_issue >= (last.id if last else 0) for one in entered) or any(
            sent.outcome is Outcome.ACCEPTED and (shown > 0 or sent.reopening_id is not None)
            for sent in session.store.submissions_after(shown, period.name)
        )
    return (
        last is None
        or last.content != content_of(session, period)
        or not workbook_path(session.workspace, session.register, period).exists()
    )


def path_of(output: Output, workspace: Workspace, register: Register, period: Period) -> Path:
    """Where an output of a period's appendix lies."""
    stem = safe_name(f"{register.framework.appendix} - {period.name}")
    return workspace.outbox_of(period.name) / f"{stem}{output.ending}"


def workbook_path(workspace: Workspace, register: Register, period: Period) -> Path:
    """Where the appendix of a period lies."""
    return path_of(WORKBOOK, workspace, register, period)


def publish(session: Session, report: Report) -> Issued:
    """Note that the appendix of a period is issued, and write it to the outbox.

    Whatever someone may have read is noted before he can: figures are suppressed beside it. Where
    the run ends in between, the next one writes it.
    """
    workspace, period = session.workspace, report.period.name
    before = _begun(workspace)
    _note_begun(workspace, before | {period})
    _note(session, report)
    issued = write(session, report)
    _note_begun(workspace, before - {period})
    return issued


def write(session: Session, report: Report) -> Issued:
    """Write the appendix of a period to the outbox in every form.

    One made from the same content as the last one sent is the same to the byte.
    """
    issued = to_issue(session, report)
    folder = need_folder(issued.workbook.parent)
    with disk_trouble(f"The appendix cannot be written to {folder}", may_be_open=True):
        for output in OUTPUTS:
            output.write(report, issued.files[output.name])
    return issued


def _note(session: Session, report: Report) -> None:
    """Note that an appendix was issued; not once more where the last one was the same."""
    store = session.store
    archive_register(session.workspace, report.register)
    last = store.last_issue(report.period.name)
    if last is None or last.content != report.content:
        store.record_issue(issue_of(report, store.last_number("submission")))


def to_issue(session: Session, report: Report) -> Issued:
    """The appendix of a report as it would be written, after the last issue of other content."""
    issues = session.store.issues(report.period.name)
    is_new = not issues or issues[-1].content != report.content
    return _issued(session.workspace, report, issues if is_new else issues[:-1])


def _issued(workspace: Workspace, report: Report, before: Sequence[Issue]) -> Issued:
    register, period = report.register, report.period
    files = {each.name: path_of(each, workspace, register, period) for each in OUTPUTS}
    return Issued(report, files, before[-1] if before else None)


def published_since(session: Session, number: int) -> Iterator[Issued]:
    """The last appendix of each period that was issued after an issue of that number."""
    for period in session.register.periods:
        last = session.store.last_issue(period.name)
        workbook = workbook_path(session.workspace, session.register, period)
        if last is not None and last.id > number and workbook.exists():
            report = report_of(replace(session, now=last.issued_at.astimezone()), period)
            before = [one for one in session.store.issues(period.name) if one.id < last.id]
            yield _issued(session.workspace, report, before)
