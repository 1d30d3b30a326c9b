"""Submissions as they go into the tables and come back out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pipeline import __version__
from schemas.findings import Finding, Severity
from schemas.model import MilestoneState, Status
from schemas.observations import Achievement, Observation


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
    #: The key of this one delivery of the file, as `delivery_key` makes it.
    delivery: str = ""
    #: The area in whose inbox folder the file lay.
    folder_area: str | None = None
    #: The version of the program that checked it.
    version: str = __version__
    #: What had opened its closed period again.
    reopening_id: int | None = None
    #: Given by the store; later submissions have higher numbers.
    id: int = 0

    @property
    def is_restatement(self) -> bool:
        """Whether its figures count for a period that had been closed before."""
        return self.outcome is Outcome.ACCEPTED and self.reopening_id is not None

    @property
    def errors(self) -> int:
        return sum(f.severity is Severity.ERROR for f in self.findings)

    @property
    def warnings(self) -> int:
        return sum(f.severity is Severity.WARNING for f in self.findings)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who stands behind a return, as its cover says."""

    completed_by: str = ""
    signed_off_by: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A submission with what it brings; no figures where it was not accepted."""

    submission: Submission
    observations: tuple[Observation, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    signature: Signature = Signature()


@dataclass(frozen=True, slots=True)
class IssuedRating:
    """What an issue of the appendix says of one indicator, as printed."""

    indicator: str
    performance: str
    target: str
    #: A colour, or why there is none.
    rating: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a period's appendix."""

    period: str
    #: The key of what it was made from.
    content: str
    issued_at: datetime
    #: The colour of the whole; empty where it has none.
    overall: str = ""
    register_sha256: str = ""
    ratings: tuple[IssuedRating, ...] = ()
    version: str = __version__
    #: The last submission that the store held; 0 where an old version did not note it.
    last_submission: int = 0
    id: int = 0


_SUBMISSION_NAMES = (
    *("sha256", "filename", "received_at", "outcome", "area", "period", "size"),
    *("register_sha256", "delivery", "folder_area", "version", "reopening_id"),
)


def submission_row(submission: Submission) -> dict[str, Any]:
    row = {name: getattr(submission, name) for name in _SUBMISSION_NAMES}
    # One that is made again keeps its number.
    return row | {"id": submission.id} if submission.id else row


def to_submission(row: Any, findings: tuple[Finding, ...]) -> Submission:
    return Submission(
        **{name: getattr(row, name) for name in _SUBMISSION_NAMES if name != "outcome"},
        outcome=Outcome(row.outcome),
        findings=findings,
        id=row.id,
    )


def signature_row(submission: int, signature: Signature) -> dict[str, Any]:
    return {
        "submission_id": submission,
        "completed_by": signature.completed_by,
        "signed_off_by": signature.signed_off_by,
    }


_ISSUE_NAMES = ("period", "content", "issued_at", "register_sha256", "version", "last_submission")


def issue_row(issue: Issue) -> dict[str, Any]:
    row = {name: getattr(issue, name) for name in _ISSUE_NAMES}
    return row | {"overall": issue.overall}


def rating_rows(issue: int, ratings: Sequence[IssuedRating]) -> list[dict[str, Any]]:
    return [
        {
            "issue_id": issue,
            "position": position,
            "indicator": rating.indicator,
            "performance": rating.performance,
            "target": rating.target,
            "rating": rating.rating,
        }
        for position, rating in enumerate(ratings)
    ]


def to_issue(row: Any, ratings: Sequence[Any]) -> Issue:
    return Issue(
        period=row.period,
        content=row.content,
        issued_at=row.issued_at,
        overall=row.overall or "",
        register_sha256=row.register_sha256 or "",
        ratings=tuple(
            IssuedRating(r.indicator, r.performance, r.target, r.rating) for r in ratings
        ),
        version=row.version or "",
        last_submission=row.last_submission or 0,
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
