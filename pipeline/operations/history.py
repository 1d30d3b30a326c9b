"""History: everything that happened to an indicator, a file or a service area, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import chain

from msgspec import Struct

from pipeline.consolidation.editions import edition_of
from pipeline.operations.stored import StoredReturns
from pipeline.store import (
    REGISTER,
    Approval,
    Closing,
    Entered,
    Forgotten,
    Reopening,
    Ruling,
    Signature,
    Submission,
)
from pipeline.workbooks.names import suggestion
from pipeline.workspace.errors import WorkspaceError
from schemas.bands import Bands, bands_of
from schemas.findings import printable, shorten
from schemas.names import name_key, spelled
from schemas.wording import counted, listed

#: As many digits of a SHA-256 name a file.
_ENOUGH_DIGITS = 6


class EventKind(StrEnum):
    """What happened."""

    ACCEPTED = "accepted"
    REJECTED = "sent back"
    DUPLICATE = "duplicate"
    REPLACED = "replaced"
    REPORTED = "reported"
    WARNED = "warning"
    APPROVED = "warning accepted"
    ENTERED = "entered"
    DRAFTED = "drafted"
    ISSUED = "issued"
    DECIDED = "decided"
    REFUSED = "not decided"
    CLOSED = "closed"
    REOPENED = "reopened"
    QUARANTINED = "quarantined"
    FORGOTTEN = "forgotten"


class Event(Struct, frozen=True):
    """One thing that happened."""

    at: datetime
    what: EventKind
    period: str
    area: str
    said: str


class Subject(Struct, frozen=True):
    """What a history is of; everything, where none of the three is set."""

    #: The ref of an indicator; the register may not have it any more.
    indicator: str = ""
    #: The ref of a service area.
    area: str = ""
    #: The numbers of a file's submissions.
    submissions: frozenset[int] = frozenset()
    #: The names in quarantine of what had the file's name.
    quarantined: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        return not (self.indicator or self.area or self.submissions or self.quarantined)


def subject_of(name: str, stored: StoredReturns) -> Subject:
    """What a name means: the ref of an indicator, a service area, a file's name or its SHA-256.

    An indicator or an area that the register had once is known by what the store has of it.

    Raises:
        WorkspaceError: none of them.
    """
    if not name:
        return Subject()
    wanted, typed = name_key(name) or name, spelled(name) or name
    submissions, store = stored.submissions.values(), stored.store
    refs = dict.fromkeys(i.ref for i in stored.register.indicators)
    refs |= dict.fromkeys(stored.refs)
    refs |= dict.fromkeys(
        rated.indicator for issue in store.editions.all() for rated in issue.ratings
    )
    for ref in refs:
        if name_key(ref) == wanted:
            return Subject(indicator=ref)
    areas = dict.fromkeys((area.ref, area.name) for area in stored.register.known_areas)
    areas |= dict.fromkeys((sent.area, "") for sent in submissions if sent.area)
    for ref, title in areas:
        if wanted in map(name_key, (ref, title)):
            return Subject(area=ref)
    is_hash = len(typed) >= _ENOUGH_DIGITS
    numbers = frozenset(
        sent.id
        for sent in submissions
        if spelled(sent.filename) == typed or (is_hash and sent.sha256.startswith(typed))
    )
    quarantined = frozenset(
        one.name
        for one in store.messages.quarantined()
        if typed in map(spelled, (one.filename, one.name))
    )
    if not numbers and not quarantined:
        known = (
            *refs,
            *filter(None, chain.from_iterable(areas)),
            *(s.filename for s in submissions),
        )
        near = suggestion(name, dict.fromkeys(map(printable, known)))
        raise WorkspaceError(
            f"{printable(name)} is neither the ref of an indicator, nor a service area, nor a file "
            f"that was received{near or '. Without a name, everything is told.'}"
        )
    return Subject(submissions=numbers, quarantined=quarantined)


def history(subject: Subject, stored: StoredReturns, *, period: str = "") -> list[Event]:
    """What happened to the subject, of one period or of all, the earliest first."""
    events = [event for event in _History(subject, stored).events() if period in ("", event.period)]
    # What happened in one moment stays in the order of the stages.
    return sorted(events, key=lambda event: event.at)


class _History(Struct, frozen=True):
    """The events of a subject, stage by stage."""

    subject: Subject
    stored: StoredReturns

    @property
    def _bands(self) -> Bands:
        return bands_of(self.stored.register)

    def events(self) -> Iterator[Event]:
        if self.subject.indicator:
            yield from self._reported()
        else:
            yield from self._received()
        yield from self._approved()
        yield from self._entered()
        yield from self._forgotten()
        yield from self._closed_and_reopened()
        if self.subject.indicator:
            yield from self._issued_indicator()
        elif self.subject.is_everything:
            yield from self._issued()
            yield from self._decided()
        for one in self.stored.store.messages.quarantined():
            if self.subject.is_everything or one.name in self.subject.quarantined:
                details = f"{printable(one.filename)}, kept as {one.name}: {one.why}"
                yield Event(one.told_at, EventKind.QUARANTINED, "", "", details)

    def _concerns(self, sent: Submission) -> bool:
        subject = self.subject
        if subject.indicator:
            return (sent.id, subject.indicator) in self.stored.figures
        return (
            subject.is_everything
            or sent.id in subject.submissions
            or (bool(subject.area) and sent.area == subject.area)
        )

    def _concerns_entered(self, one: Entered) -> bool:
        subject = self.subject
        if subject.indicator:
            return one.indicator == subject.indicator
        return subject.is_everything or (bool(subject.area) and one.area == subject.area)

    def _received(self) -> Iterator[Event]:
        for sent in self.stored.submissions.values():
            before = self.stored.replaced.get(sent.id)
            if self._concerns(sent):
                kind = EventKind[sent.outcome.name]
                yield self._event(sent.received_at, kind, sent, self._receipt(sent, before))
            # Of an area and of everything it is told with what takes its place.
            if before and before.id in self.subject.submissions:
                details = f"{_named(before)}, by {_named(sent)}"
                yield self._event(sent.received_at, EventKind.REPLACED, before, details)

    def _receipt(self, sent: Submission, before: Submission | None) -> str:
        counts = (counted(sent.errors, "error"), counted(sent.warnings, "warning"))
        signed = self.stored.signatures.get(sent.id, Signature())
        details = (
            _named(sent),
            listed(counts) if sent.errors or sent.warnings else "",
            f"in place of {_named(before)}" if before else "",
            "a restatement" if sent.is_restatement else "",
            f"completed by {printable(signed.completed_by)}" if signed.completed_by else "",
            f"signed off by {printable(signed.signed_off_by)}" if signed.signed_off_by else "",
        )
        return ", ".join(filter(None, details))

    def _reported(self) -> Iterator[Event]:
        stored, redaction = self.stored, self.stored.redaction
        for sent, observation in stored.figures_of(self.subject.indicator):
            figure = shorten(redaction.figure(observation))
            details = f"{figure}, {observation.status.lower()}, "
            details += f"in {printable(observation.sheet)}!{observation.cell} of {_named(sent)}"
            if before := stored.replaced.get(sent.id):
                earlier = stored.figures.get((before.id, observation.indicator))
                figure = f"{shorten(redaction.figure(earlier))} of " if earlier else ""
                details += f", in place of {figure}{_named(before)}"
            if sent.is_restatement:
                details += ", a restatement"
            yield self._event(sent.received_at, EventKind.REPORTED, sent, details)
            for finding in stored.warnings_at(observation, sent):
                yield self._event(sent.received_at, EventKind.WARNED, sent, finding.line)

    def _approved(self) -> Iterator[Event]:
        for approval in self.stored.store.decisions.all(Approval):
            sent = self.stored.submissions[approval.submission_id]
            if indicator := self.subject.indicator:
                figure = self.stored.figures.get((sent.id, indicator))
                place = (approval.sheet, approval.cell)
                is_meant = figure is not None and (figure.sheet, figure.cell) == place
            else:
                is_meant = self._concerns(sent)
            if is_meant:
                because = printable(self.stored.reason(approval))
                details = f"{approval.code} at {approval.place} of {_named(sent)}, "
                details += f"by {approval.by}: {because}"
                yield self._event(approval.approved_at, EventKind.APPROVED, sent, details)

    def _entered(self) -> Iterator[Event]:
        redaction = self.stored.redaction
        for one in self.stored.entered:
            if self._concerns_entered(one):
                details = f"{one.indicator}, {shorten(redaction.figure(one))}, {one.status.lower()}"
                details += f", by {one.by}: {redaction.reason(one)}"
                details += ", a restatement" if one.is_restatement else ""
                area = self.stored.register.area_name(one.area)
                yield Event(one.entered_at, EventKind.ENTERED, one.period, area, details)

    def _forgotten(self) -> Iterator[Event]:
        for one in self.stored.store.decisions.all(Forgotten):
            sent = self.stored.submissions[one.submission_id]
            if self._concerns(sent):
                details = f"the file, findings and signatures of {_named(sent)}, by {one.by}: "
                details += one.rule
                yield self._event(one.forgotten_at, EventKind.FORGOTTEN, sent, details)

    def _closed_and_reopened(self) -> Iterator[Event]:
        """What became of the periods of which the subject has anything."""
        decisions = self.stored.store.decisions
        periods = {sent.period for sent in self.stored.submissions.values() if self._concerns(sent)}
        periods |= {one.period for one in self.stored.entered if self._concerns_entered(one)}
        for closing in decisions.all(Closing):
            if self.subject.is_everything or closing.period in periods:
                details = "by the register"
                yield Event(closing.closed_at, EventKind.CLOSED, closing.period, "", details)
        for one in decisions.all(Reopening):
            if self.subject.is_everything or one.period in periods:
                because = printable(one.because)
                details = f"by {one.by}" + (f": {because}" if because else "")
                yield Event(one.reopened_at, EventKind.REOPENED, one.period, "", details)

    def _issued(self) -> Iterator[Event]:
        store = self.stored.store
        said: dict[str, str] = {}
        for issue in store.editions.all():
            # Of what says the same as the one before it there is nothing to tell.
            is_new = not issue.is_draft or said.get(issue.period) != issue.said
            said[issue.period] = issue.said
            if is_new:
                kind = EventKind.DRAFTED if issue.is_draft else EventKind.ISSUED
                shown = edition_of(store, issue).named
                overall = self._bands.said(issue.overall)
                details = f"the appendix, {shown}, overall {overall}"
                yield Event(issue.issued_at, kind, issue.period, "", details)

    def _decided(self) -> Iterator[Event]:
        for one in self.stored.store.decisions.all(Ruling):
            kind = EventKind.DECIDED if one.is_done else EventKind.REFUSED
            because = f": {printable(one.because)}" if one.because else ""
            came = " on the register" if one.came == REGISTER else ""
            whose = printable(f"{one.whose}{came}")
            details = f"{printable(one.asked)}, {whose}{because}. {one.answer}"
            area = self.stored.register.area_name(one.area) if one.area else ""
            yield Event(one.decided_at, kind, one.period, area, details)

    def _issued_indicator(self) -> Iterator[Event]:
        """What appendices printed of the indicator; not where one repeats the one before it."""
        before: dict[str, str] = {}
        for issue in self.stored.store.issues():
            for rating in issue.ratings:
                if rating.indicator == self.subject.indicator:
                    told = self.stored.redaction.issued(issue, rating)
                    target = f"target {told.target}" if told.target else ""
                    # What is not rated for want of a figure says so itself.
                    parts = (shorten(told.performance), target, self._bands.said(told.rating))
                    details = ", ".join(filter(None, parts))
                    if before.get(issue.period, "") != details:
                        before[issue.period] = details
                        yield Event(issue.issued_at, EventKind.ISSUED, issue.period, "", details)

    def _event(self, at: datetime, kind: EventKind, sent: Submission, details: str) -> Event:
        return Event(
            at, kind, sent.period or "", self.stored.register.area_name(sent.area or ""), details
        )


def _named(sent: Submission) -> str:
    """A file by its name and the beginning of its hash, as they stand in one line."""
    return f"{printable(sent.filename)} ({sent.sha256[:12]})"
