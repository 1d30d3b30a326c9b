"""Correspondence: every message that a night owes, from what it did and what the store holds.

`dispatch.correspond` gathers what it needs and puts what comes back into the queue. Since every
Message-ID comes from what the message is about, a run that was cut off anywhere is made good by the
next: it is given the same submissions, and only what is missing is made. What `Office.known` holds
is not composed again. `Correspondence.mistakes` stand in the digest already, but for its own.

On a night when nothing came, `reminding.comes_up` says whether the calendar alone owes something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pipeline.consolidation.changes import changes_since
from pipeline.mail.due import Doings, area_of, gathered
from pipeline.mail.messages import (
    Brought,
    Message,
    Office,
    appendix_messages,
    correction_message,
    digest_messages,
    receipt_message,
    reminder_id,
    reminder_message,
)
from pipeline.mail.messages.digest import Affairs, Disagreement, Overdue, SentBack, Unreachable
from pipeline.mail.reminders import AWAITED, Reminder, reminders
from pipeline.outputs.wording import return_state_shown
from pipeline.store import Outcome, Submission
from schemas.model import Period, Register, ServiceArea, Status
from schemas.observations import Achievement, Observation
from schemas.wording import listed

__all__ = [
    "Correspondence",
    "Doings",
    "MailKind",
    "Post",
    "correspondence",
    "gathered",
]


#: A service area's ref and a period's name, as far as a return tells them.
_Place = tuple[str | None, str | None]


class MailKind(StrEnum):
    APPENDIX = "appendix"
    CORRECTION = "correction"
    RECEIPT = "receipt"
    REMINDER = "reminder"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Post:
    """One message that is owed."""

    kind: MailKind
    #: The period's name; empty where it is about none, or about several.
    period: str
    message: Message
    #: The ref of the service area that it is about; empty where it is about none.
    area: str = ""


@dataclass(frozen=True, slots=True)
class Correspondence:
    posts: tuple[Post, ...]
    #: A line for each mistake in a template of the workspace.
    mistakes: tuple[str, ...] = ()


def correspondence(
    doings: Doings, register: Register, office: Office, *, always: bool = False
) -> Correspondence:
    """Every message that is owed: appendices, corrections, receipts, reminders, the digest.

    `always` sends the digest also when nothing needs a person. What `office.known` holds is left
    out.

    Raises:
        RegisterError: an address of the register is not an e-mail address.
        SettingsError: the sender's is not.
    """
    owed = list(_reminders(doings, register, office))
    posts = [
        *_appendices(doings, office),
        *_answers(doings, register, office),
        *_reminding(doings, owed, office),
    ]
    affairs = _affairs(doings, register, owed, office.texts.mistakes)
    digests = digest_messages(affairs, register, sender=office, told=doings.told, always=always)
    posts += [Post(MailKind.DIGEST, "", message) for message in digests]
    return Correspondence(tuple(posts), office.texts.mistakes)


def _appendices(doings: Doings, office: Office) -> Iterator[Post]:
    for each in doings.published:
        changes = changes_since(each.report, each.last)
        for message in appendix_messages(
            each.report, each.workbook, sender=office, changes=changes
        ):
            yield Post(MailKind.APPENDIX, each.report.period.name, message)


def _answers(doings: Doings, register: Register, office: Office) -> Iterator[Post]:
    """A correction for each return that was sent back, a receipt for each other."""
    counts = _Counts.of(doings)
    for sent in doings.submissions:
        area, period = area_of(sent, register), register.period(sent.period or "")
        if area is None:
            continue
        if sent.outcome is Outcome.REJECTED:
            kind = MailKind.CORRECTION
            message = correction_message(
                area,
                period,
                sent.filename,
                sent.findings,
                (doings.copies or {}).get(sent.id),
                sender=office,
                sent_at=sent.received_at.astimezone(),
            )
        else:
            kind = MailKind.RECEIPT
            message = receipt_message(
                area, period, sent, _brought(sent, doings, register, counts), sender=office
            )
        if message is not None:
            yield Post(kind, period.name if period else "", message, area.ref)


@dataclass(frozen=True, slots=True)
class _Counts:
    """The returns that were ever accepted, and what counts now, each by its area and period."""

    accepted: Mapping[_Place, list[Submission]]
    observations: Mapping[_Place, list[Observation]]
    achievements: Mapping[_Place, list[Achievement]]

    @classmethod
    def of(cls, doings: Doings) -> _Counts:
        counts = cls(defaultdict(list), defaultdict(list), defaultdict(list))
        for sent in doings.past:
            if sent.outcome is Outcome.ACCEPTED:
                counts.accepted[sent.area, sent.period].append(sent)
        for observation in doings.observations:
            counts.observations[observation.area, observation.period].append(observation)
        for achievement in doings.achievements:
            counts.achievements[achievement.area, achievement.period].append(achievement)
        return counts


def _brought(sent: Submission, doings: Doings, register: Register, counts: _Counts) -> Brought:
    """What a return brought that was not sent back, and what it replaced or was replaced by."""
    if sent.outcome is Outcome.DUPLICATE:
        first = [other for other in doings.past if other.sha256 == sent.sha256]
        return Brought(was_sent_back=_outcome_before(sent, first) is Outcome.REJECTED)
    place = sent.area, sent.period
    accepted = counts.accepted[place]
    before = [other.filename for other in accepted if other.id < sent.id]
    since = [other.filename for other in accepted if other.id > sent.id]
    replaces = before[-1] if before else ""
    if since:
        return Brought(replaces=replaces, replaced_by=since[-1])
    mine = counts.observations[place]
    wordings = {indicator.ref: indicator.wording for indicator in register.indicators}

    def with_status(status: Status) -> tuple[str, ...]:
        return tuple(wordings.get(o.indicator, o.indicator) for o in mine if o.status is status)

    return Brought(
        indicators=sum(o.status is not Status.NOT_AVAILABLE for o in mine),
        achievements=len(counts.achievements[place]),
        provisional=with_status(Status.PROVISIONAL),
        unavailable=with_status(Status.NOT_AVAILABLE),
        replaces=replaces,
    )


def _outcome_before(sent: Submission, same: Sequence[Submission]) -> Outcome | None:
    """What became of the same file when it came the last time before."""
    before = [
        other.outcome
        for other in same
        if other.id < sent.id and other.outcome is not Outcome.DUPLICATE
    ]
    return before[-1] if before else None


def _reminders(doings: Doings, register: Register, office: Office) -> list[Reminder]:
    def was_reminded(area: ServiceArea, day: date) -> bool:
        return reminder_id(area, day, office) in office.known

    return reminders(register, doings.standing or {}, doings.now.date(), was_reminded)


def _reminding(doings: Doings, owed: Sequence[Reminder], office: Office) -> Iterator[Post]:
    for reminder in owed:
        sent_back = {
            sent.period: sent
            for sent in doings.past
            if sent.outcome is Outcome.REJECTED and sent.area == reminder.area.ref and sent.period
        }
        message = reminder_message(reminder, sent_back, sender=office, sent_at=doings.now)
        if message is not None:
            periods = [each.period.name for each in reminder.owed]
            about = periods[0] if len(periods) == 1 else ""
            yield Post(MailKind.REMINDER, about, message, reminder.area.ref)


# --- What needs a person -------------------------------------------------------------------------


def _affairs(
    doings: Doings, register: Register, owed: Sequence[Reminder], mistakes: tuple[str, ...]
) -> Affairs:
    fresh = doings.submissions
    return Affairs(
        now=doings.now,
        received=len(fresh),
        accepted=sum(sent.outcome is Outcome.ACCEPTED for sent in fresh),
        issued=tuple(
            f"{each.report.period.name}, overall {each.report.overall.shown}"
            for each in doings.published
        ),
        sent_back=tuple(
            _sent_back(sent, register) for sent in fresh if sent.outcome is Outcome.REJECTED
        ),
        waiting=doings.waiting,
        submissions=frozenset(sent.id for sent in fresh),
        left=doings.left,
        disagreements=tuple(
            Disagreement(each.report.period.name, line.indicator.wording, " ".join(line.remarks))
            for each in doings.published
            for line in each.report.lines
            if line.consolidated.conflict
        ),
        undelivered=doings.undelivered,
        overdue=tuple(_overdue(doings, register)),
        unreachable=tuple(_unreachable(doings, register, owed)),
        retention=doings.retention,
        mistakes=mistakes,
    )


def _sent_back(sent: Submission, register: Register) -> SentBack:
    area = area_of(sent, register)
    return SentBack(
        filename=sent.filename,
        area=area.name if area else "",
        period=sent.period or "",
        findings=sent.findings,
        is_told=area is not None and bool(area.email.strip()),
    )


def _overdue(doings: Doings, register: Register) -> Iterator[Overdue]:
    for period in register.periods:
        first = _first_overdue_day(period)
        for returned in (doings.standing or {}).get(period.name, ()):
            if first <= doings.now.date() and returned.state in AWAITED:
                standing = return_state_shown(returned, period)
                yield Overdue(returned.area.name, period.name, standing, first)


def _first_overdue_day(period: Period) -> date:
    return period.due + timedelta(days=1)


def _unreachable(
    doings: Doings, register: Register, owed: Sequence[Reminder]
) -> Iterator[Unreachable]:
    """Areas that are owed a receipt or a reminder; of a correction `SentBack` tells."""
    for sent in doings.submissions:
        area = area_of(sent, register)
        if area and not area.email.strip() and sent.outcome is not Outcome.REJECTED:
            yield Unreachable(area.name, f"a receipt for {sent.filename}", doings.now.date())
    for reminder in owed:
        if not reminder.area.email.strip():
            periods = listed(each.period.name for each in reminder.owed)
            yield Unreachable(reminder.area.name, f"a reminder for {periods}", reminder.since)
