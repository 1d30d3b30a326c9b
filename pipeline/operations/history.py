"""History: everything that happened to an indicator, a file or a service area, in order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.consolidation.redaction import Redaction
from pipeline.returns.interpret.names import suggestion
from pipeline.store import Closing, Outcome, Reopening, Signature, Store, Submission
from pipeline.workspace.errors import WorkspaceError
from schemas.findings import Severity, printable, shorten
from schemas.model import Register
from schemas.observations import Observation
from schemas.wording import counted

#: As many digits of a SHA-256 name a file.
_ENOUGH_DIGITS = 6


class What(StrEnum):
    """What happened."""

    ACCEPTED = "accepted"
    REJECTED = "sent back"
    DUPLICATE = "duplicate"
    REPLACED = "replaced"
    REPORTED = "reported"
    WARNED = "warning"
    APPROVED = "approved"
    ISSUED = "issued"
    CLOSED = "closed"
    REOPENED = "reopened"
    QUARANTINED = "quarantined"
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

    #: The ref of an indicator; the register may not have it any more.
    indicator: str = ""
    #: The ref of a service area.
    area: str = ""
    #: The numbers of a file's submissions.
    submissions: frozenset[int] = frozenset()
    #: The names in quarantine of what had the file's name.
    set_apart: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        return not (self.indicator or self.area or self.submissions or self.set_apart)


def subject_of(name: str, register: Register, store: Store) -> Subject:
    """What a name means: the ref of an indicator, a service area, a file's name or its SHA-256.

    An indicator or an area that the register had once is known by what the store has of it.

    Raises:
        WorkspaceError: none of them.
    """
    if not name:
        return Subject()
    wanted = name.casefold()
    submissions = store.submissions()
    refs = dict.fromkeys(i.ref for i in register.indicators)
    refs |= dict.fromkeys(observation.indicator for _, observation in store.reported())
    refs |= dict.fromkeys(said.indicator for issue in store.issues() for said in issue.ratings)
    for ref in refs:
        if ref.casefold() == wanted:
            return Subject(indicator=ref)
    areas = {sent.area: "" for sent in submissions if sent.area}
    areas |= {area.ref: area.name for area in register.areas}
    for ref, title in areas.items():
        if wanted in (ref.casefold(), title.casefold()):
            return Subject(area=ref)
    is_hash = len(wanted) >= _ENOUGH_DIGITS
    numbers = frozenset(
        sent.id
        for sent in submissions
        if sent.filename.casefold() == wanted or (is_hash and sent.sha256.startswith(wanted))
    )
    set_apart = frozenset(
        one.what.name
        for one in store.messages.quarantined()
        if wanted in (one.what.filename.casefold(), one.what.name.casefold())
    )
    if not numbers and not set_apart:
        known = (*refs, *areas, *filter(None, areas.values()), *(s.filename for s in submissions))
        near = suggestion(name, dict.fromkeys(map(printable, known)))
        raise WorkspaceError(
            f"{printable(name)} is neither the ref of an indicator, nor a service area, nor a file "
            f"that was received{near or '. Without a name, everything is told.'}"
        )
    return Subject(submissions=numbers, set_apart=set_apart)


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
    redaction: Redaction
    submissions: Mapping[int, Submission]
    #: The return of which the figures counted until a submission was accepted, by its number.
    replaced: Mapping[int, Submission]
    signatures: Mapping[int, Signature]
    #: Every figure that was ever accepted, with its submission's number.
    reported: tuple[tuple[int, Observation], ...]
    #: The same by the number, sheet and cell.
    figures: Mapping[tuple[int, str, str], Observation]

    @classmethod
    def of(cls, register: Register, store: Store, *, reveals: bool) -> _Telling:
        submissions, reported = store.submissions(), store.reported()
        return cls(
            register,
            store,
            Redaction.of(register, store, reveals=reveals),
            {sent.id: sent for sent in submissions},
            replaced_by(submissions),
            store.signatures(),
            reported,
            {(number, o.sheet, o.cell): o for number, o in reported},
        )

    def events(self, subject: Subject) -> Iterator[Event]:
        if subject.indicator:
            yield from self._reported(subject.indicator)
        else:
            for sent in self.submissions.values():
                if self._concerns(subject, sent):
                    yield self._received(sent)
                before = self.replaced.get(sent.id)
                # Of an area and of everything it is told with what takes its place.
                if before and before.id in subject.submissions:
                    said = f"{_named(before)}, by {_named(sent)}"
                    yield self._event(sent.received_at, What.REPLACED, before, said)
        yield from self._decided(subject)
        if subject.indicator or subject.is_everything:
            yield from self._issued(subject.indicator)
        for one in self.store.messages.quarantined():
            if subject.is_everything or one.what.name in subject.set_apart:
                said = f"{printable(one.what.filename)}, kept as {one.what.name}: {one.what.why}"
                yield Event(one.told_at, What.QUARANTINED, "", "", said)

    def _concerns(self, subject: Subject, sent: Submission) -> bool:
        if subject.indicator:
            return any(
                number == sent.id and observation.indicator == subject.indicator
                for number, observation in self.reported
            )
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
        said = [_named(sent)]
        if sent.errors or sent.warnings:
            counts = (counted(sent.errors, "error"), counted(sent.warnings, "warning"))
            said.append(" and ".join(counts))
        if before := self.replaced.get(sent.id):
            said.append(f"in place of {_named(before)}")
        if sent.is_restatement:
            said.append("a restatement")
        if signed := self._signed(sent):
            said.append(signed)
        return self._event(sent.received_at, what, sent, ", ".join(said))

    def _signed(self, sent: Submission) -> str:
        signature = self.signatures.get(sent.id)
        if signature is None:
            return ""
        names = (
            ("completed by", signature.completed_by),
            ("signed off by", signature.signed_off_by),
        )
        return ", ".join(f"{what} {printable(name)}" for what, name in names if name)

    def _reported(self, indicator: str) -> Iterator[Event]:
        for number, observation in self.reported:
            if observation.indicator != indicator:
                continue
            sent = self.submissions[number]
            figure = shorten(self.redaction.figure(observation))
            said = f"{figure}, {observation.status.lower()}, "
            said += f"in {printable(observation.sheet)}!{observation.cell} of {_named(sent)}"
            if before := self.replaced.get(sent.id):
                said += f", in place of {self._earlier(indicator, before)}{_named(before)}"
            if sent.is_restatement:
                said += ", a restatement"
            yield self._event(sent.received_at, What.REPORTED, sent, said)
            for finding in sent.findings:
                at_cell = (finding.sheet, finding.cell) == (observation.sheet, observation.cell)
                if at_cell and finding.severity is Severity.WARNING:
                    told = self.redaction.finding(finding, observation)
                    yield self._event(sent.received_at, What.WARNED, sent, told.line)

    def _earlier(self, indicator: str, before: Submission) -> str:
        """The figure that a return had for an indicator, to stand before its name."""
        for number, observation in self.reported:
            if (number, observation.indicator) == (before.id, indicator):
                return f"{shorten(self.redaction.figure(observation))} of "
        return ""

    def _decided(self, subject: Subject) -> Iterator[Event]:
        decisions = self.store.decisions
        for approval in decisions.approvals():
            sent = self.submissions[approval.submission_id]
            if self._is_of(subject, sent, approval.sheet, approval.cell):
                figure = self.figures.get((sent.id, approval.sheet, approval.cell))
                because = printable(self.redaction.words(approval.because, figure))
                said = f"{approval.code} at {approval.place} of {_named(sent)}, "
                said += f"by {approval.by}: {because}"
                yield self._event(approval.approved_at, What.APPROVED, sent, said)
        for gone in decisions.forgotten():
            sent = self.submissions[gone.submission_id]
            if self._concerns(subject, sent):
                said = f"the file, findings and signatures of {_named(sent)}, by {gone.by}: "
                yield self._event(gone.forgotten_at, What.FORGOTTEN, sent, said + gone.rule)
        periods = self._periods(subject)
        for closing in decisions.closings():
            if periods is None or closing.period in periods:
                yield self._closed(closing)
        for reopening in decisions.reopenings():
            if periods is None or reopening.period in periods:
                yield self._reopened(reopening)

    def _is_of(self, subject: Subject, sent: Submission, sheet: str, cell: str) -> bool:
        if not subject.indicator:
            return self._concerns(subject, sent)
        figure = self.figures.get((sent.id, sheet, cell))
        return figure is not None and figure.indicator == subject.indicator

    def _periods(self, subject: Subject) -> set[str] | None:
        """The periods whose closing concerns the subject; None where all do."""
        if subject.is_everything:
            return None
        if subject.indicator:
            return {o.period for _, o in self.reported if o.indicator == subject.indicator}
        mine = (s for s in self.submissions.values() if self._concerns(subject, s))
        return {sent.period for sent in mine if sent.period}

    @staticmethod
    def _closed(closing: Closing) -> Event:
        said = "by the register"
        return Event(closing.closed_at, What.CLOSED, closing.period, "", said)

    @staticmethod
    def _reopened(reopening: Reopening) -> Event:
        because = printable(reopening.because)
        said = f"by {reopening.by}" + (f": {because}" if because else "")
        return Event(reopening.reopened_at, What.REOPENED, reopening.period, "", said)

    def _issued(self, indicator: str) -> Iterator[Event]:
        before: dict[str, str] = defaultdict(str)
        for issue in self.store.issues():
            if not indicator:
                said = f"the appendix, overall {issue.overall or 'not rated'}"
                yield Event(issue.issued_at, What.ISSUED, issue.period, "", said)
                continue
            for rating in issue.ratings:
                if rating.indicator != indicator:
                    continue
                printed = shorten(self.redaction.issued(rating, issue.period))
                # What is not rated for want of a figure says so itself.
                told = (printed, f"target {rating.target}" if rating.target else "", rating.rating)
                said = ", ".join(part for part in told if part)
                # An appendix is issued for any change; only a change of this indicator is told.
                if before[issue.period] != said:
                    before[issue.period] = said
                    yield Event(issue.issued_at, What.ISSUED, issue.period, "", said)

    def _event(self, at: datetime, what: What, sent: Submission, said: str) -> Event:
        area = self.register.area(sent.area or "")
        return Event(at, what, sent.period or "", area.name if area else sent.area or "", said)


def _named(sent: Submission) -> str:
    """A file by its name and the beginning of its hash, as they stand in one line."""
    return f"{printable(sent.filename)} ({sent.sha256[:12]})"
