"""What goes into the tables and comes back out of them, a field into the column of its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct, field

from pipeline import __version__
from pipeline.intake.scan import Arrival
from schemas.findings import Finding, Severity
from schemas.observations import Achievement, Observation


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class Submission(Struct, frozen=True):
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
    #: The register of that day, which is another where that of its period's time checked it; None
    #: where an old version did not note it.
    current_sha256: str | None = None
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


class Signature(Struct, frozen=True):
    """Who stands behind a return, as its cover says."""

    completed_by: str = ""
    signed_off_by: str = ""


class Decision(Struct, frozen=True):
    """What becomes of a file: its submission, with what it brings where that is accepted."""

    arrival: Arrival
    submission: Submission
    observations: tuple[Observation, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    signature: Signature = Signature()
    #: The file whose figures counted until now, for an accepted return.
    replaces: str = ""
    #: The copy to send back, for a rejected return.
    correction: Path | None = None


class Contents(Struct):
    """What an accepted submission brought, in short."""

    #: How many indicators have a figure, a state or words, and how many achievements there are.
    figures: int = 0
    achievements: int = 0
    #: The refs of indicators of which more is to be said than their figure.
    provisional: list[str] = field(default_factory=list)
    unavailable: list[str] = field(default_factory=list)
    no_cases: list[str] = field(default_factory=list)


class IssuedRating(Struct, frozen=True):
    """What an issue of the appendix says of one indicator, as printed."""

    indicator: str
    performance: str
    target: str
    #: A colour, or why there is none.
    rating: str
    #: The register's word for how its areas' figures were merged; none in old issues.
    merge_rule: str | None = None


class Suppressed(Struct, frozen=True):
    """A figure that an issue did not print."""

    #: That of the issue, or one that it compares with.
    period: str
    indicator: str
    #: Empty for the figure of all areas.
    area: str = ""


class Asked(Struct, frozen=True, array_like=True):
    """What the register asked for by a ref when an appendix was issued."""

    wording: str
    areas: tuple[str, ...]


class Issue(Struct, frozen=True):
    """One issue of a period's appendix, or one draft of it."""

    period: str
    #: The key of what it was made from.
    content: str
    issued_at: datetime
    #: The colour of the whole; empty where it has none.
    overall: str = ""
    register_sha256: str = ""
    ratings: tuple[IssuedRating, ...] = ()
    #: What it did not print; to be had from the store by `Store.suppressed` only.
    suppressed: tuple[Suppressed, ...] = ()
    #: Whether that was noted.
    suppresses: bool = True
    version: str = __version__
    #: The last submission that the store held; 0 where an old version did not note it.
    last_submission: int = 0
    is_draft: bool = False
    #: Of an issue its number among those of its period; 0 for a draft, and where an old version did
    #: not note it.
    number: int = 0
    #: The key of what it says; empty where an old version did not note it.
    said: str = ""
    #: The register of that day, which is another where that of the period's time rated it; None
    #: where an old version did not note it.
    current_sha256: str | None = None
    #: What the register asked for by each ref, in JSON; empty in old issues.
    asked: str = ""
    id: int = 0

    @property
    def asked_by_ref(self) -> Mapping[str, Asked]:
        return msgspec.json.decode(self.asked or "{}", type=dict[str, Asked])

    def shows(self, sent: Submission) -> bool:
        """Whether it was made once a submission had come."""
        # An old one does not say up to which submission it goes.
        if self.last_submission:
            return sent.id <= self.last_submission
        return sent.received_at <= self.issued_at
