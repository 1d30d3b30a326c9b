"""Trace: from a figure in the appendix to the cells that it came from, and what they replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.consolidation.redaction import Redaction
from pipeline.consolidation.report import Line, Report
from pipeline.intake.archive import kept
from pipeline.operations.history import replaced_by
from pipeline.register import need_period
from pipeline.returns.interpret.names import suggestion
from pipeline.returns.reader import guard_of, read_cell
from pipeline.store import Approval, Forgotten, Issue, Outcome, Signature, Store, Submission
from pipeline.workbooks.sandbox import StoppedError
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.moving import holds
from schemas.findings import Finding, Severity, printable
from schemas.model import Indicator, Period, Register, Status
from schemas.observations import Observation

_FROM_A_BACKUP = "Put it back from a backup."


@dataclass(frozen=True, slots=True)
class Held:
    """What the archive holds of a file, and of one of its cells, read anew."""

    #: None where the file has gone.
    path: Path | None
    #: The text of the cell; None where it cannot be read, or is not to be shown.
    text: str | None = None
    #: What is wrong with the file, and what to do; empty where nothing is.
    trouble: str = ""


#: What the archive holds: given a file's hash, and the sheet and cell.
CellOf = Callable[[str, str, str], Held]


@contextmanager
def cells(workspace: Workspace, register: Register) -> Iterator[CellOf]:
    """Looks into the archive, under guard as returns are read."""
    with guard_of(register, workspace.settings.limits) as guard:

        def cell_of(sha256: str, sheet: str, cell: str) -> Held:
            path = kept(workspace, sha256)
            if path is None:
                return Held(None, trouble=f"it is missing from the archive. {_FROM_A_BACKUP}")
            if not holds(path, sha256):
                trouble = f"it is no longer the file that was received. {_FROM_A_BACKUP}"
                return Held(path, trouble=trouble)
            try:
                return Held(path, guard.submit(read_cell, path, sheet, cell).result())
            except StoppedError:
                return Held(path, trouble="it cannot be opened any more.")

        yield cell_of


@dataclass(frozen=True, slots=True)
class Replaced:
    """A figure that counted before."""

    figure: str
    filename: str
    sha256: str
    sheet: str
    cell: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning at a figure's cell, and who found it right and why."""

    finding: Finding
    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One service area's figure behind a printed one, and where it came from."""

    area: str
    figure: str
    status: Status
    filename: str
    sha256: str
    sheet: str
    cell: str
    archived: Held
    #: That the file has gone by a retention rule; None where it has not.
    forgotten: Forgotten | None
    received_at: datetime
    completed_by: str
    signed_off_by: str
    restates: bool
    warnings: tuple[Warned, ...]
    #: What counted before, the latest first.
    replaced: tuple[Replaced, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """What an appendix said of the indicator."""

    at: datetime
    performance: str
    target: str
    rating: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure as it is printed now, as it was last issued, and its sources."""

    indicator: Indicator
    period: Period
    performance: str
    target: str
    rating: str
    remarks: tuple[str, ...]
    #: By the last appendix that was issued; None where there is none, or it has no such indicator.
    issued: Issued | None
    sources: tuple[Source, ...]
    #: The names of the areas that have not reported it.
    missing: tuple[str, ...]

    @property
    def needs_a_person(self) -> bool:
        """Whether a file that should be in the archive is not, or is damaged."""
        return any(source.archived.trouble for source in self.sources)


def indicator_of(name: str, register: Register, store: Store) -> Indicator:
    """The indicator of that ref.

    Raises:
        WorkspaceError: there is none, or none any more.
    """
    for indicator in register.indicators:
        if indicator.ref.casefold() == name.casefold():
            return indicator
    for _, observation in store.reported():
        if observation.indicator.casefold() == name.casefold():
            ref = observation.indicator
            raise WorkspaceError(
                f"{ref} is in the register no longer. quarterday history {ref} tells its life."
            )
    near = suggestion(name, (i.ref for i in register.indicators))
    raise WorkspaceError(
        f"{printable(name)} is not the ref of an indicator in the register"
        + (near or f". Choose one of: {', '.join(i.ref for i in register.indicators)}.")
    )


def period_of(indicator: Indicator, name: str | None, register: Register, store: Store) -> Period:
    """The period named, else the last one of the register for which the indicator was reported.

    Raises:
        WorkspaceError: there is none.
    """
    if name is not None:
        return need_period(register, name)
    reported = {o.period for _, o in store.reported() if o.indicator == indicator.ref}
    for period in reversed(register.periods):
        if period.name in reported:
            return period
    raise WorkspaceError(f"Nothing was accepted for {indicator.ref} yet.")


def trace(
    indicator: Indicator, report: Report, store: Store, cell_of: CellOf, *, reveals: bool = False
) -> Trace:
    """Where the figure of an indicator in a report comes from.

    What the appendix suppresses is suppressed, unless the trace `reveals` it.
    """
    line = next(line for line in report.lines if line.indicator.ref == indicator.ref)
    sources = _Sources.of(indicator, report, store, cell_of, reveals=reveals)
    last = store.last_issue(report.period.name)
    areas = {area.ref: area.name for area in report.register.areas}
    return Trace(
        indicator=indicator,
        period=report.period,
        performance=line.performance_shown,
        target=line.target_shown,
        rating=line.rating.shown,
        remarks=line.remarks,
        issued=_issued(indicator, last, sources.redaction) if last else None,
        sources=sources.all(line),
        missing=tuple(areas.get(ref, ref) for ref in line.consolidated.missing),
    )


def _issued(indicator: Indicator, issue: Issue, redaction: Redaction) -> Issued | None:
    for said in issue.ratings:
        if said.indicator == indicator.ref:
            performance = redaction.issued(said, issue.period)
            return Issued(issue.issued_at, performance, said.target, said.rating)
    return None


@dataclass(frozen=True, slots=True)
class _Sources:
    report: Report
    redaction: Redaction
    cell_of: CellOf
    submissions: dict[int, Submission]
    replaced: dict[int, Submission]
    #: Every figure that was accepted for the indicator and period, by its submission's number.
    reported: dict[int, Observation]
    signatures: dict[int, Signature]
    approvals: tuple[Approval, ...]
    forgotten: dict[int, Forgotten]

    @classmethod
    def of(
        cls, indicator: Indicator, report: Report, store: Store, cell_of: CellOf, *, reveals: bool
    ) -> _Sources:
        submissions = store.submissions(report.period.name)
        return cls(
            report=report,
            redaction=Redaction.of(report.register, store, reveals=reveals),
            cell_of=cell_of,
            submissions={sent.id: sent for sent in submissions},
            replaced=replaced_by(submissions),
            reported={
                number: observation
                for number, observation in store.reported()
                if (observation.indicator, observation.period)
                == (indicator.ref, report.period.name)
            },
            signatures=dict(store.signatures()),
            approvals=store.decisions.approvals(),
            forgotten={one.submission_id: one for one in store.decisions.forgotten()},
        )

    def all(self, line: Line) -> tuple[Source, ...]:
        """The sources of a line, in the register's order of areas."""
        standing: dict[str, int] = {}
        for number, sent in self.submissions.items():
            if sent.outcome is Outcome.ACCEPTED and sent.area is not None:
                standing[sent.area] = number
        numbers = (standing.get(area) for area in line.indicator.areas)
        return tuple(self._source(n) for n in numbers if n is not None and n in self.reported)

    def _source(self, number: int) -> Source:
        observation, sent = self.reported[number], self.submissions[number]
        area = self.report.register.area(observation.area)
        signature = self.signatures.get(number, Signature())
        gone = self.forgotten.get(number)
        archived = self.cell_of(sent.sha256, observation.sheet, observation.cell)
        if gone is not None:
            archived = replace(archived, trouble="")
        if self.redaction.hides(observation):
            archived = replace(archived, text=None)
        return Source(
            area=area.name if area else observation.area,
            figure=self.redaction.figure(observation),
            status=observation.status,
            filename=sent.filename,
            sha256=sent.sha256,
            sheet=observation.sheet,
            cell=observation.cell,
            archived=archived,
            forgotten=gone,
            received_at=sent.received_at,
            completed_by=signature.completed_by,
            signed_off_by=signature.signed_off_by,
            restates=sent.is_restatement,
            warnings=self._warnings(sent, observation),
            replaced=tuple(self._before(number)),
        )

    def _warnings(self, sent: Submission, observation: Observation) -> tuple[Warned, ...]:
        words = self.redaction.words
        return tuple(
            Warned(
                self.redaction.finding(finding, observation),
                tuple(
                    replace(a, because=words(a.because, observation))
                    for a in self.approvals
                    if (a.submission_id, a.code, a.sheet, a.cell)
                    == (sent.id, finding.code, finding.sheet, finding.cell)
                ),
            )
            for finding in sent.findings
            if finding.severity is Severity.WARNING
            and (finding.sheet, finding.cell) == (observation.sheet, observation.cell)
        )

    def _before(self, number: int) -> list[Replaced]:
        """What counted before a submission's figure, the latest first."""
        found: list[Replaced] = []
        while (before := self.replaced.get(number)) is not None:
            number = before.id
            if (observation := self.reported.get(number)) is not None:
                found.append(
                    Replaced(
                        figure=self.redaction.figure(observation),
                        filename=before.filename,
                        sha256=before.sha256,
                        sheet=observation.sheet,
                        cell=observation.cell,
                        received_at=before.received_at,
                    )
                )
        return found
