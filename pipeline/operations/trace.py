"""Trace: from a figure in the appendix to the cells that it came from, and what they replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.recalls import recalls
from pipeline.consolidation.report import Line, Report
from pipeline.intake.archive import find_archived
from pipeline.operations.stored import StoredReturns
from pipeline.returns.reader import guard_of, read_cell
from pipeline.store import Approval, Entered, Forgotten, Signature, Submission
from pipeline.workbooks.names import suggestion
from pipeline.workbooks.sandbox import StoppedError
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.moving import ChangedError, content_of
from schemas.bands import bands_of
from schemas.findings import Finding, printable
from schemas.model import Indicator, Period, Register, Status
from schemas.names import name_key
from schemas.observations import Observation

#: In place of a figure that an appendix issued now would print, and none has yet.
NOT_ISSUED = "Not issued yet"
_FROM_A_BACKUP = "Put it back from a backup."


class ArchivedCell(Struct, frozen=True):
    """What the archive holds of a file, and of one of its cells, read anew."""

    #: None where the file has gone.
    path: Path | None = None
    #: The text of the cell; None where it cannot be read, or is not to be shown.
    text: str | None = None
    #: What is wrong with the file, and what to do; empty where nothing is.
    trouble: str = ""


#: What the archive holds: given a file's hash, and the sheet and cell.
CellOf = Callable[[str, str, str], ArchivedCell]


@contextmanager
def cells(workspace: Workspace, register: Register) -> Iterator[CellOf]:
    """Looks into the archive, under guard as returns are read."""
    with guard_of(register, workspace.settings.limits) as guard:

        def cell_of(sha256: str, sheet: str, cell: str) -> ArchivedCell:
            path = find_archived(workspace, sha256)
            if path is None:
                return ArchivedCell(trouble=f"it is missing from the archive. {_FROM_A_BACKUP}")
            content = partial(content_of, path, sha256)
            try:
                text = guard.submit_with(content, read_cell, sheet, cell).result()
            except ChangedError:
                trouble = f"it is no longer the file that was received. {_FROM_A_BACKUP}"
                return ArchivedCell(path, trouble=trouble)
            except StoppedError:
                return ArchivedCell(path, trouble="it cannot be opened any more.")
            return ArchivedCell(path, text)

        yield cell_of


class Replaced(Struct, frozen=True):
    """A figure that counted before."""

    figure: str
    filename: str
    sha256: str
    sheet: str
    cell: str
    received_at: datetime


class Warned(Struct, frozen=True):
    """A warning at a figure's cell, and who found it right and why."""

    finding: Finding
    approvals: tuple[Approval, ...]


class Source(Struct, frozen=True):
    """One service area's figure behind a printed one, and where it came from."""

    area: str
    figure: str
    status: Status
    filename: str
    sha256: str
    sheet: str
    cell: str
    archived: ArchivedCell
    #: That the file has gone by a retention rule; None where it has not.
    forgotten: Forgotten | None
    received_at: datetime
    completed_by: str
    signed_off_by: str
    restates: bool
    warnings: tuple[Warned, ...]
    #: What counted before, the latest first.
    replaced: tuple[Replaced, ...]
    #: By whom and why it was entered, when `received_at` says; empty where a return reports it.
    entered_by: str = ""
    because: str = ""


class LastIssue(Struct, frozen=True):
    """What an appendix said of the indicator."""

    at: datetime
    performance: str
    target: str
    rating: str
    #: When that appendix was recalled; None where it stands.
    recalled_at: datetime | None = None


class Trace(Struct, frozen=True):
    """A figure as it is printed now, as it was last issued, and its sources."""

    indicator: Indicator
    period: Period
    performance: str
    target: str
    rating: str
    remarks: tuple[str, ...]
    #: By the last appendix that was issued; None where there is none, or it has no such indicator.
    issued: LastIssue | None
    sources: tuple[Source, ...]
    #: The names of the areas that have not reported it.
    missing: tuple[str, ...]

    @property
    def needs_a_person(self) -> bool:
        """Whether a file that should be in the archive is not, or is damaged."""
        return any(source.archived.trouble for source in self.sources)


def indicator_of(name: str, stored: StoredReturns, closed: str = "") -> Indicator:
    """The indicator of that ref; `closed` names the period whose own register is meant.

    Raises:
        WorkspaceError: there is none, or none any more.
    """
    wanted = name_key(name)
    for indicator in stored.register.indicators:
        if name_key(indicator.ref) == wanted:
            return indicator
    for ref in stored.refs:
        if name_key(ref) == wanted:
            gone = "is in the register no longer"
            if closed:
                gone = f"was not in the register that {closed} was closed with"
            raise WorkspaceError(f"{ref} {gone}. quarterday history {ref} tells its life.")
    refs = [indicator.ref for indicator in stored.register.indicators]
    where = f" that {closed} was closed with" if closed else ""
    raise WorkspaceError(
        f"{printable(name)} is not the ref of an indicator in the register{where}"
        + (suggestion(name, refs) or f". Choose one of: {', '.join(refs)}.")
    )


def last_reported(indicator: Indicator, stored: StoredReturns) -> Period:
    """The last period of the register for which an indicator was reported.

    Raises:
        WorkspaceError: there is none.
    """
    reported = {observation.period for _, observation in stored.figures_of(indicator.ref)}
    reported |= {one.period for one in stored.entered if one.indicator == indicator.ref}
    for period in reversed(stored.register.periods):
        if period.name in reported:
            return period
    raise WorkspaceError(f"Nothing was accepted for {indicator.ref} yet.")


def trace(indicator: Indicator, report: Report, stored: StoredReturns, cell_of: CellOf) -> Trace:
    """Where the figure of an indicator in a report comes from."""
    line = next(line for line in report.lines if line.indicator.ref == indicator.ref)
    last = stored.store.last_issue(report.period.name)
    is_shown = not stored.redaction.hides_total(line, last, report.content)
    sources = tuple(_sources(line, report.period.name, stored, cell_of))
    missing = map(stored.register.area_name, line.consolidated.missing)
    return Trace(
        indicator=indicator,
        period=report.period,
        performance=line.performance_shown if is_shown else NOT_ISSUED,
        target=line.target_shown,
        rating=report.shown(line.rating) if is_shown else "",
        remarks=line.remarks if is_shown else (),
        issued=_last_issue(indicator, report.period, stored),
        sources=sources,
        # Who says that there is no figure has reported that.
        missing=tuple(name for name in missing if name not in {each.area for each in sources}),
    )


def _last_issue(indicator: Indicator, period: Period, stored: StoredReturns) -> LastIssue | None:
    issue = stored.store.last_issue(period.name)
    for rated in issue.ratings if issue else ():
        if issue and rated.indicator == indicator.ref:
            told = stored.redaction.issued(issue, rated)
            recall = recalls(stored.store).get(issue.id)
            said = bands_of(stored.register).said(told.rating)
            return LastIssue(
                *(issue.issued_at, told.performance, told.target, said),
                recalled_at=recall.decided_at if recall else None,
            )
    return None


def _sources(line: Line, period: str, stored: StoredReturns, cell_of: CellOf) -> Iterator[Source]:
    """The sources of a line, in the register's order of areas."""
    forgotten = {one.submission_id: one for one in stored.store.decisions.all(Forgotten)}
    entered = stored.store.in_force(period)
    for area in line.indicator.areas:
        sent = stored.standing.get((area, period))
        if one := entered.get((line.indicator.ref, area)):
            yield _entered(one, sent, stored)
            continue
        observation = stored.figures.get((sent.id, line.indicator.ref)) if sent else None
        if not sent or not observation:
            continue
        signature = stored.signatures.get(sent.id, Signature())
        archived = cell_of(sent.sha256, observation.sheet, observation.cell)
        if sent.id in forgotten:
            archived = replace(archived, trouble="")
        if stored.redaction.hides(observation):
            archived = replace(archived, text=None)
        yield Source(
            area=stored.register.area_name(observation.area),
            figure=stored.redaction.figure(observation),
            status=observation.status,
            filename=sent.filename,
            sha256=sent.sha256,
            sheet=observation.sheet,
            cell=observation.cell,
            archived=archived,
            forgotten=forgotten.get(sent.id),
            received_at=sent.received_at,
            completed_by=signature.completed_by,
            signed_off_by=signature.signed_off_by,
            restates=sent.is_restatement,
            warnings=tuple(_warnings(sent, observation, stored)),
            replaced=tuple(_figures_of(stored.replaced.get(sent.id), observation, stored)),
        )


def _entered(one: Entered, sent: Submission | None, stored: StoredReturns) -> Source:
    """The source of a figure that was entered, in place of what a return says."""
    return Source(
        area=stored.register.area_name(one.area),
        figure=stored.redaction.figure(one),
        status=one.status,
        filename="",
        sha256="",
        sheet="",
        cell="",
        archived=ArchivedCell(),
        forgotten=None,
        received_at=one.entered_at,
        completed_by="",
        signed_off_by="",
        restates=one.is_restatement,
        warnings=(),
        replaced=tuple(_figures_of(sent, one, stored)),
        entered_by=one.by,
        because=stored.redaction.reason(one),
    )


def _warnings(sent: Submission, figure: Observation, stored: StoredReturns) -> Iterator[Warned]:
    approvals = stored.store.decisions.all(Approval)
    for finding in stored.warnings_at(figure, sent):
        place = (sent.id, finding.code, finding.sheet, finding.cell)
        approved = (
            replace(a, because=stored.reason(a))
            for a in approvals
            if (a.submission_id, a.code, a.sheet, a.cell) == place
        )
        yield Warned(finding, tuple(approved))


def _figures_of(
    sent: Submission | None, figure: Observation, stored: StoredReturns
) -> Iterator[Replaced]:
    """What a submission and those before it say of a figure's indicator, the latest first."""
    while sent:
        if earlier := stored.figures.get((sent.id, figure.indicator)):
            shown, place = stored.redaction.figure(earlier), (earlier.sheet, earlier.cell)
            yield Replaced(shown, sent.filename, sent.sha256, *place, sent.received_at)
        sent = stored.replaced.get(sent.id)
