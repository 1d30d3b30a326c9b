"""Accepting: warnings of the returns that stand, and a person's word that a figure is right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from pipeline.consolidation.redaction import Redaction
from pipeline.store import Approval, Outcome, Store, Submission
from pipeline.workspace.errors import WorkspaceError
from schemas.findings import Finding, Severity
from schemas.model import Period, Register, ServiceArea
from schemas.names import name_key


class Waiting(Struct, frozen=True):
    """A warning that nobody has accepted, of a return that stands."""

    period: Period
    area: ServiceArea
    filename: str
    submission_id: int
    finding: Finding
    #: The ref of the indicator whose figure stands at the cell; empty where there is none.
    indicator: str

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What names the warning in the store: its submission, code, sheet and cell."""
        return self.submission_id, self.finding.code, self.finding.sheet, self.finding.cell

    @property
    def line(self) -> str:
        """The warning in one line, with what picks it among others."""
        about = " ".join(part for part in (self.indicator, self.area.ref) if part)
        return f"{self.finding.code} {about}, {self.filename}, {self.finding.line}"


def waiting(store: Store, periods: Sequence[Period], redaction: Redaction) -> list[Waiting]:
    """The warnings of these periods that wait to be accepted, in the register's order of areas.

    One at a figure in whose place another was entered does so no longer.
    One that quotes a figure which the appendix suppresses comes without its words.
    """
    warned = [
        (period, area, sent, finding)
        for period in periods
        for area, sent in _standing(redaction.register, store.submissions(period.name))
        if sent.warnings
        for finding in redaction.shown(sent).findings
        if finding.severity is Severity.WARNING
    ]
    if not warned:
        return []
    approved = {(a.submission_id, a.code, a.sheet, a.cell) for a in store.decisions.all(Approval)}
    figures = {(number, o.sheet, o.cell): o for number, o in store.reported()}
    entered = {
        (one.submission_id, one.indicator)
        for period in periods
        for one in store.in_force(period.name).values()
    }
    warnings = (
        Waiting(
            period=period,
            area=area,
            filename=sent.filename,
            submission_id=sent.id,
            finding=finding,
            indicator=figure.indicator if figure else "",
        )
        for period, area, sent, finding in warned
        for figure in (figures.get((sent.id, finding.sheet, finding.cell)),)
    )
    return [
        one
        for one in warnings
        if one.key not in approved and (one.submission_id, one.indicator) not in entered
    ]


def _standing(
    register: Register, submissions: Sequence[Submission]
) -> list[tuple[ServiceArea, Submission]]:
    last = {sent.area: sent for sent in submissions if sent.outcome is Outcome.ACCEPTED}
    return [(area, last[area.ref]) for area in register.areas if area.ref in last]


class Choice(Struct, frozen=True):
    """Which warnings are meant: those of a code, of an indicator and an area if they are named."""

    code: str
    indicator: str = ""
    #: By ref or name.
    area: str = ""

    def is_met_by(self, one: Waiting) -> bool:
        area = (one.area.ref, one.area.name)
        return (
            name_key(one.finding.code) == name_key(self.code)
            and (not self.indicator or name_key(self.indicator) == name_key(one.indicator))
            and (not self.area or name_key(self.area) in map(name_key, area))
        )


def approve(
    choice: Choice, warnings: Sequence[Waiting], *, every: bool, by: str, at: datetime, because: str
) -> list[Approval]:
    """The approvals of the warnings that are meant, to be recorded.

    Raises:
        WorkspaceError: none is meant; or several are, and not `every` one was asked for; or no
            reason is given.
    """
    if not because.strip():
        raise WorkspaceError('Say why the figure is right: --because "…".')
    chosen = [one for one in warnings if choice.is_met_by(one)]
    if not chosen:
        codes = ", ".join(sorted({one.finding.code for one in warnings})) or "none"
        raise WorkspaceError(
            f"No warning {choice.code or '(none)'} waits there to be accepted. Codes that do: "
            f"{codes}. The digest and quarterday status have each with its service area."
        )
    if len(chosen) > 1 and not every:
        raise WorkspaceError(
            f"{len(chosen)} warnings {choice.code} wait. Name the indicator and the service area "
            "of one; by command with --ref and --area, or accept all with --all:",
            *(one.line for one in chosen),
        )
    reason = because.strip()
    return [Approval(*one.key, by=by, approved_at=at, because=reason) for one in chosen]
