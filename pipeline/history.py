"""History: everything that happened to an indicator, a file or a service area, in order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.discretion import Discretion
from pipeline.errors import WorkspaceError
from pipeline.findings import Severity
from pipeline.model import Indicator, Register
from pipeline.store import Closing, Outcome, Reopening, Signature, Store, Submission
from pipeline.words import counted

#: As many digits of a SHA-256 name a file.
_ENOUGH_DIGITS = 6


class What(StrEnum):
    """What happened."""

    ACCEPTED = "accepted"
    REJECTED = "sent back"
    DUPLICATE = "duplicate"
    REPORTED = "reported"
    ISSUED = "issued"
    CLOSED = "closed"
    REOPENED = "reopened"
    APPROVED = "approved"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    what: What
    period: str
    area: str
    said: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a history is of; everything, where none of the three is set."""

    indicator: Indicator | None = None
    #: The ref of a service area.
    area: str = ""
    #: The numbers of a file's submissions.
    submissions: frozenset[int] = frozenset()

    @property
    def is_everything(self) -> bool:
        return self.indicator is None and not self.area and not self.submissions


def subject_of(name: str, register: Register, store: Store) -> Subject:
    """What a name means: the ref of an indicator, a service area, a file's name or its SHA-256.

    Raises:
        WorkspaceError: none of them.
    """
    if not name:
        return Subject()
    wanted = name.casefold()
    for indicator in register.indicators:
        if indicator.ref.casefold() == wanted:
            return Subject(indicator=indicator)
    for area in register.areas:
        if wanted in (area.ref.casefold(), area.name.casefold()):
            return Subject(area=area.ref)
    is_hash = len(wanted) >= _ENOUGH_DIGITS
    numbers = frozenset(
        sent.id
        for sent in store.submissions()
        if sent.filename.casefold() == wanted or (is_hash and sent.sha256.startswith(wanted))
    )
    if not numbers:
        raise WorkspaceError(
            f"{name} is neither the ref of an indicator, nor a service area, nor the name of a "
            "file that was received. quarterday history without a name tells everything."
        )
    return Subject(submissions=numbers)


def history(
    subject: Subject, register: Register, store: Store, *, period: str = "", reveals: bool = False
) -> list[Event]:
    """What happened to the subject, of one period or of all, the earliest first.

    Figures that are suppressed in the appendix are suppressed here, unless it `reveals` them.
    """
    told = _Telling.of(register, store, reveals=reveals)
    events = [event for event in told.events(subject) if not period or event.period == period]
    # What happened in one moment stays in the order of the stages.
    return sorted(events, key=lambda event: event.at)


def replaced_by(submissions: Iterable[Submission]) -> dict[int, Submission]:
    """The accepted return that each accepted one took the place of, by the later one's number.

    `submissions` are in the order received.
    """
    replaced: dict[int, Submission] = {}
    standing: dict[tuple[str | None, str | None], Submission] = {}
    for sent in submissions:
        if sent.outcome is Outcome.ACCEPTED:
            if before := standing.get((sent.area, sent.period)):
                replaced[sent.id] = before
            standing[sent.area, sent.period] = sent
    return replaced


@dataclass(frozen=True, slots=True)
class _Telling:
    """What the store holds, and how it is told."""

    register: Register
    store: Store
    discretion: Discretion
    submissions: Mapping[int, Submission]
    #: The return of which the figures counted until a submission was accepted, by its number.
    replaced: Mapping[int, Submission]
    signatures: Mapping[int, Signature]

    @classmethod
    def of(cls, register: Register, store: Store, *, reveals: bool) -> _Telling:
        submissions = store.submissions()
        return cls(
            register,
            store,
            Discretion.of(register, store, reveals=reveals),
            {sent.id: sent for sent in submissions},
            replaced_by(submissions),
            store.signatures(),
        )

    def events(self, subject: Subject) -> Iterator[Event]:
        if subject.indicator is not None:
            yield from self._reported(subject.indicator)
        else:
            for sent in self.submissions.values():
                if self._concerns(subject, sent):
                    yield self._received(sent)
        yield from self._decided(subject)
        if subject.indicator is not None or subject.is_everything:
            yield from self._issued(subject.indicator)

    @staticmethod
    def _concerns(subject: Subject, sent: Submission) -> bool:
        return (
            subject.is_everything
            or sent.id in subject.submissions
            or (bool(subject.area) and sent.area == subject.area)
        )

    def _received(self, sent: Submission) -> Event:
        what = {
            Outcome.ACCEPTED: What.ACCEPTED,
            Outcome.REJECTED: What.REJECTED,
            Outcome.DUPLICATE: What.DUPLICATE,
        }[sent.outcome]
        said = [sent.filename]
        if sent.errors or sent.warnings:
            counts = (counted(sent.errors, "error"), counted(sent.warnings, "warning"))
            said.append(" and ".join(counts))
        if before := self.replaced.get(sent.id):
            said.append(f"in place of {before.filename}")
        if sent.is_restatement:
            said.append("a restatement")
        if signed := self._signed(sent):
            said.append(signed)
        return self._event(sent.received_at, what, sent, f"{', '.join(said)} ({sent.sha256[:12]})")

    def _signed(self, sent: Submission) -> str:
        signature = self.signatures.get(sent.id)
        if signature is None:
            return ""
        names = (
            ("completed by", signature.completed_by),
            ("signed off by", signature.signed_off_by),
        )
        return ", ".join(f"{what} {name}" for what, name in names if name)

    def _reported(self, indicator: Indicator) -> Iterator[Event]:
        for number, observation in self.store.reported():
            if observation.indicator != indicator.ref:
                continue
            sent = self.submissions[number]
            figure = self.discretion.figure(observation)
            said = f"{figure}, {observation.status.lower()}, "
            said += f"in {observation.sheet}!{observation.cell} "
            said += f"of {sent.filename} ({sent.sha256[:12]})"
            if before := self.replaced.get(sent.id):
                said += f", in place of {before.filename}"
            if sent.is_restatement:
                said += ", a restatement"
            yield self._event(sent.received_at, What.REPORTED, sent, said)
            for finding in sent.findings:
                at_cell = (finding.sheet, finding.cell) == (observation.sheet, observation.cell)
                if at_cell and finding.severity is Severity.WARNING:
                    yield self._event(sent.received_at, What.ACCEPTED, sent, finding.line)

    def _decided(self, subject: Subject) -> Iterator[Event]:
        decisions = self.store.decisions
        for approval in decisions.approvals():
            sent = self.submissions[approval.submission_id]
            if self._is_of(subject, sent, approval.sheet, approval.cell):
                place = f"{approval.sheet}!{approval.cell}" if approval.cell else "the file"
                said = f"{approval.code} at {place} of {sent.filename}, by {approval.by}"
                said += f": {approval.because}"
                yield self._event(approval.approved_at, What.APPROVED, sent, said)
        for gone in decisions.forgotten():
            sent = self.submissions[gone.submission_id]
            if self._concerns(subject, sent):
                said = f"the file, findings and signatures of {sent.filename}, by {gone.by}: "
                yield self._event(gone.forgotten_at, What.FORGOTTEN, sent, said + gone.rule)
        periods = self._periods(subject)
        for closing in decisions.closings():
            if periods is None or closing.period in periods:
                yield self._closed(closing)
        for reopening in decisions.reopenings():
            if periods is None or reopening.period in periods:
                yield self._reopened(reopening)

    def _is_of(self, subject: Subject, sent: Submission, sheet: str, cell: str) -> bool:
        if subject.indicator is None:
            return self._concerns(subject, sent)
        return any(
            number == sent.id
            and (observation.indicator, observation.sheet, observation.cell)
            == (subject.indicator.ref, sheet, cell)
            for number, observation in self.store.reported()
        )

    def _periods(self, subject: Subject) -> set[str] | None:
        """The periods whose closing concerns the subject; None where all do."""
        if subject.is_everything:
            return None
        if subject.indicator is not None:
            reported = (o for _, o in self.store.reported())
            return {o.period for o in reported if o.indicator == subject.indicator.ref}
        mine = (s for s in self.submissions.values() if self._concerns(subject, s))
        return {sent.period for sent in mine if sent.period}

    @staticmethod
    def _closed(closing: Closing) -> Event:
        said = "by the register"
        return Event(closing.closed_at, What.CLOSED, closing.period, "", said)

    @staticmethod
    def _reopened(reopening: Reopening) -> Event:
        said = f"by {reopening.by}" + (f": {reopening.because}" if reopening.because else "")
        return Event(reopening.reopened_at, What.REOPENED, reopening.period, "", said)

    def _issued(self, indicator: Indicator | None) -> Iterator[Event]:
        before: dict[str, str] = defaultdict(str)
        for issue in self.store.issues():
            if indicator is None:
                said = f"the appendix, overall {issue.overall or 'not rated'}"
                yield Event(issue.issued_at, What.ISSUED, issue.period, "", said)
                continue
            for rating in issue.ratings:
                said = f"{rating.performance or 'no data'}, {rating.rating}"
                said += f", target {rating.target}" if rating.target else ""
                # An appendix is issued for any change; only a change of this indicator is told.
                if rating.indicator == indicator.ref and before[issue.period] != said:
                    before[issue.period] = said
                    yield Event(issue.issued_at, What.ISSUED, issue.period, "", said)

    def _event(self, at: datetime, what: What, sent: Submission, said: str) -> Event:
        area = self.register.area(sent.area or "")
        return Event(at, what, sent.period or "", area.name if area else sent.area or "", said)
