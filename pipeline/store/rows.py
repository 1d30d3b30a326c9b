"""Submissions as they go into the tables and come back out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pipeline.findings import Finding, Severity
from pipeline.model import Achievement, MilestoneState, Observation, Status


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Submission:
    """One receipt of a file, with its findings in reading order."""

    sha256: str
    filename: str
    received_at: datetime
    outcome: Outcome
    size: int
    register_sha256: str
    area: str | None = None
    period: str | None = None
    findings: tuple[Finding, ...] = ()
    #: Given by the store; later submissions have higher numbers.
    id: int = 0

    @property
    def errors(self) -> int:
        return sum(f.severity is Severity.ERROR for f in self.findings)

    @property
    def warnings(self) -> int:
        return sum(f.severity is Severity.WARNING for f in self.findings)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A submission with what it brings; nothing where it was not accepted."""

    submission: Submission
    observations: tuple[Observation, ...] = ()
    achievements: tuple[Achievement, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a period's appendix."""

    #: The key of what it was made from.
    content: str
    issued_at: datetime


def submission_row(submission: Submission) -> dict[str, Any]:
    names = ("sha256", "filename", "received_at", "outcome", "area", "period", "size",
             "register_sha256")  # fmt: skip
    return {name: getattr(submission, name) for name in names}


def to_submission(row: Any, findings: tuple[Finding, ...]) -> Submission:
    return Submission(
        sha256=row.sha256,
        filename=row.filename,
        received_at=row.received_at,
        outcome=Outcome(row.outcome),
        size=row.size,
        register_sha256=row.register_sha256,
        area=row.area,
        period=row.period,
        findings=findings,
        id=row.id,
    )


_FINDING_NAMES = ("code", "severity", "sheet", "cell", "value", "problem", "fix")


def finding_rows(submission: int, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {"submission_id": submission, "position": position}
        | {name: getattr(finding, name) for name in _FINDING_NAMES}
        for position, finding in enumerate(findings)
    ]


def to_finding(row: Any) -> Finding:
    return Finding(
        code=row.code,
        severity=Severity(row.severity),
        sheet=row.sheet,
        cell=row.cell,
        value=row.value,
        problem=row.problem,
        fix=row.fix,
    )


_OBSERVATION_NAMES = (
    *("indicator", "area", "period", "status", "value", "numerator", "denominator"),
    *("state", "narrative", "suppressed", "commentary", "sheet", "cell"),
)


def observation_row(submission: int, observation: Observation) -> dict[str, Any]:
    row = {name: getattr(observation, name) for name in _OBSERVATION_NAMES}
    return row | {"submission_id": submission}


def to_observation(row: Any) -> Observation:
    return Observation(
        indicator=row.indicator,
        area=row.area,
        period=row.period,
        status=Status(row.status),
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        state=MilestoneState(row.state) if row.state else None,
        narrative=row.narrative,
        suppressed=row.suppressed,
        commentary=row.commentary,
        sheet=row.sheet,
        cell=row.cell,
        submission=row.sha256,
        filename=row.filename,
        received_at=row.received_at,
    )


def achievement_rows(submission: int, achievements: Sequence[Achievement]) -> list[dict[str, Any]]:
    return [
        {
            "submission_id": submission,
            "position": position,
            "priority": achievement.priority,
            "text": achievement.text,
            "sheet": achievement.sheet,
            "cell": achievement.cell,
        }
        for position, achievement in enumerate(achievements)
    ]
