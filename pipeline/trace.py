"""Trace: from a figure in the appendix to the cells that it came from, and what they replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.discretion import Discretion
from pipeline.errors import WorkspaceError
from pipeline.findings import Finding, Severity
from pipeline.history import replaced_by
from pipeline.model import Indicator, Observation, Period, Register, Status
from pipeline.report import Line, Report
from pipeline.store import Approval, Issue, IssuedRating, Outcome, Signature, Store, Submission

#: What the cell of an archived file holds: given its hash, sheet and cell; None where it has gone.
CellOf = Callable[[str, str, str], str | None]


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
class Source:
    """One service area's figure behind a printed one, and where it came from."""

    area: str
    figure: str
    status: Status
    filename: str
    sha256: str
    sheet: str
    cell: str
    #: What the cell of the archived file holds, read anew; None where the file has gone.
    holds: str | None
    received_at: datetime
    completed_by: str
    signed_off_by: str
    restates: bool
    #: Warnings at the cell, each with who approved it and why.
    warnings: tuple[tuple[Finding, tuple[Approval, ...]], ...]
    #: What counted before, the latest first.
    replaced: tuple[Replaced, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure as it is printed now, as it was last issued, and its sources."""

    indicator: Indicator
    period: Period
    performance: str
    target: str
    rating: str
    remarks: tuple[str, ...]
    #: The last issue and what it says of the indicator; None where none has been issued.
    issue: Issue | None
    issued: IssuedRating | None
    sources: tuple[Source, ...]
    #: The names of the areas that have not reported it.
    missing: tuple[str, ...]


def indicator_of(name: str, register: Register) -> Indicator:
    """The indicator of that ref.

    Raises:
        WorkspaceError: there is none.
    """
    for indicator in register.indicators:
        if indicator.ref.casefold() == name.casefold():
            return indicator
    known = ", ".join(i.ref for i in register.indicators)
    raise WorkspaceError(f"{name} is not the ref of an indicator. Choose one of: {known}.")


def trace(
    indicator: Indicator, report: Report, store: Store, cell_of: CellOf, *, reveals: bool = False
) -> Trace:
    """Where the figure of an indicator in a report comes from.

    What the appendix suppresses is suppressed, unless the trace `reveals` it.
    """
    line = next(line for line in report.lines if line.indicator.ref == indicator.ref)
    last = store.last_issue(report.period.name)
    sources = _Sources.of(indicator, report, store, cell_of, reveals=reveals)
    areas = {area.ref: area.name for area in report.register.areas}
    return Trace(
        indicator=indicator,
        period=report.period,
        performance=line.performance_shown,
        target=line.target_shown,
        rating=line.rating.shown,
        remarks=line.remarks,
        issue=last,
        issued=next((r for r in last.ratings if r.indicator == indicator.ref), None)
        if last
        else None,
        sources=sources.all(line),
        missing=tuple(areas.get(ref, ref) for ref in line.consolidated.missing),
    )


@dataclass(frozen=True, slots=True)
class _Sources:
    report: Report
    discretion: Discretion
    cell_of: CellOf
    submissions: dict[int, Submission]
    replaced: dict[int, Submission]
    #: Every figure that was accepted for the indicator and period, by its submission's number.
    reported: dict[int, Observation]
    signatures: dict[int, Signature]
    approvals: tuple[Approval, ...]

    @classmethod
    def of(
        cls, indicator: Indicator, report: Report, store: Store, cell_of: CellOf, *, reveals: bool
    ) -> _Sources:
        submissions = store.submissions(report.period.name)
        return cls(
            report=report,
            discretion=Discretion.of(report.register, store, reveals=reveals),
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
        hidden = self.discretion.hides(observation)
        signature = self.signatures.get(number, Signature())
        holds = None if hidden else self.cell_of(sent.sha256, observation.sheet, observation.cell)
        return Source(
            area=area.name if area else observation.area,
            figure=self.discretion.figure(observation),
            status=observation.status,
            filename=sent.filename,
            sha256=sent.sha256,
            sheet=observation.sheet,
            cell=observation.cell,
            holds=holds,
            received_at=sent.received_at,
            completed_by=signature.completed_by,
            signed_off_by=signature.signed_off_by,
            restates=sent.is_restatement,
            warnings=() if hidden else self._warnings(sent, observation),
            replaced=tuple(self._before(number)),
        )

    def _warnings(
        self, sent: Submission, observation: Observation
    ) -> tuple[tuple[Finding, tuple[Approval, ...]], ...]:
        return tuple(
            (
                finding,
                tuple(
                    a
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
                        figure=self.discretion.figure(observation),
                        filename=before.filename,
                        sha256=before.sha256,
                        sheet=observation.sheet,
                        cell=observation.cell,
                        received_at=before.received_at,
                    )
                )
        return found
