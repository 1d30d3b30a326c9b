"""Due: what the messages of a run are to tell of, from the store, the inbox and quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.consolidation import approvals
from pipeline.consolidation.editions import edition_of
from pipeline.consolidation.recalls import recalls
from pipeline.consolidation.redaction import Redaction
from pipeline.consolidation.registers import register_for
from pipeline.consolidation.report import ReturnReceived
from pipeline.consolidation.returned import returns_received
from pipeline.intake import quarantine
from pipeline.intake.inbox import Skipped
from pipeline.intake.quarantine import SetApart
from pipeline.mail.messages import MailKind
from pipeline.mail.messages.appendix import Recalled
from pipeline.mail.messages.areas import PLAYED_BACK
from pipeline.mail.messages.digest import (
    CopyBeside,
    NotTaken,
    RegisterQuestion,
    Retention,
    Undelivered,
)
from pipeline.outputs.issuing import Issued, draft_of, pending, published_since
from pipeline.outputs.understood import Understood, understood
from pipeline.store import (
    Answered,
    Contents,
    Entered,
    Outcome,
    Ruling,
    Store,
    Submission,
    retention,
)
from pipeline.store.registers import kept_register
from pipeline.store.session import Session
from pipeline.workspace.runs.record import RunOutcome, last_runs
from schemas.areas_over_time import answering
from schemas.deciding import Weekday
from schemas.model import Register, ServiceArea
from schemas.observations import Observation
from schemas.timeline import in_force

#: What a command may send, or a run that could not use the register: no sign of a night.
_WITHOUT_A_NIGHT = (MailKind.APPENDIX, MailKind.RECALL, MailKind.REGISTER)
_OF_A_NIGHT = tuple(kind for kind in MailKind if kind not in _WITHOUT_A_NIGHT)
#: How many of the last runs are looked at; a watch makes many a day.
_RUNS = 1000


class MailDue(Struct, frozen=True):
    """What a run did, and what the store holds that its messages speak of."""

    now: datetime
    #: The submissions to be answered, and all of their periods and the open ones, in the order
    #: received.
    submissions: tuple[Submission, ...] = ()
    past: tuple[Submission, ...] = ()
    #: The correction copies that there are, by the submission's number.
    copies: Mapping[int, Path] = field(default_factory=dict)
    #: What these brought, by the submission's number.
    contents: Mapping[int, Contents] = field(default_factory=dict)
    #: Reads as many of an accepted one's figures as are played back, as they were understood; what
    #: is concealed is not said.
    understood: Callable[[Submission], Sequence[Understood]] = lambda _: ()
    #: The figures entered on areas' behalf that count and of which they are to be told, as they
    #: may be; and all there are, in the order entered.
    newly_entered: tuple[Entered, ...] = ()
    entered: tuple[Entered, ...] = ()
    #: Where each area's return stands, by the name of each open period.
    returned: Mapping[str, Sequence[ReturnReceived]] = field(default_factory=dict)
    #: The appendices to be sent, and the drafts.
    issued: tuple[Issued, ...] = ()
    drafts: tuple[Issued, ...] = ()
    #: All drafts that say something else than their last issue; and those of which people were not
    #: told.
    pending: tuple[Issued, ...] = ()
    drafted: tuple[Issued, ...] = ()
    recalled: tuple[Recalled, ...] = ()
    #: What people asked to be decided since the last digest.
    answers: tuple[Ruling, ...] = ()
    waiting: tuple[approvals.Waiting, ...] = ()
    skipped: tuple[NotTaken, ...] = ()
    #: What went to quarantine and is to be told of; it stands in `skipped` too.
    set_apart: tuple[SetApart, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    #: Copies of the register that lie beside it.
    copies_beside: tuple[CopyBeside, ...] = ()
    #: What there is to ask about the register.
    register: tuple[RegisterQuestion, ...] = ()
    retention: Retention | None = None
    #: The day of the last digest, and the last day before this on which the job ran; None where
    #: there was none.
    last_digest: date | None = None
    last_night: date | None = None


def due(
    session: Session,
    answered: Answered,
    redaction: Redaction,
    skipped: Iterable[Skipped] = (),
    undelivered: Iterable[Undelivered] = (),
    last_digest: datetime | None = None,
    copies_beside: Iterable[CopyBeside] = (),
    asked_of_register: Iterable[RegisterQuestion] = (),
    made: Sequence[Issued] = (),
) -> MailDue:
    """What is due to be told, read from the store; `answered` is up to what people were told.

    `redaction` is what may be told of the figures, with all that has been issued, and `made` are
    the drafts and issues of this run, which are not made once more.
    """
    workspace, register, store = session.workspace, session.register, session.store
    today = session.now.date()
    fresh = store.submissions_after(answered.submission)
    open_periods = [period for period in register.periods if period.open]
    told_of = {*(sent.period for sent in fresh), *(period.name for period in open_periods)}
    past = store.submissions(*told_of) if told_of else ()
    copies = {
        sent.id: path
        for sent in fresh
        if sent.outcome is Outcome.REJECTED
        and (path := workspace.correction_of(sent.filename, sent.sha256, sent.period)).exists()
    }
    entered = store.entered.all()
    over = retention.due(register, store, today)
    # Two names may look alike as far as they can be shown.
    lying = {one.name: one for one in quarantine.contents(workspace)}
    set_apart = tuple(one for name, one in lying.items() if name not in answered.quarantined)
    first = {period.name: draft for period, draft in pending(session)}
    drafts = tuple(
        draft_of(session, period, first[period.name], made)
        for period in register.periods
        if period.name in first
    )
    return MailDue(
        now=session.now,
        submissions=tuple(map(redaction.told, fresh)),
        past=past,
        copies=copies,
        contents=store.contents(answered.submission),
        understood=partial(_understood, register, store, redaction),
        newly_entered=tuple(
            redaction.entered_told(one)
            for name in dict.fromkeys(one.period for one in entered if one.id > answered.entered)
            for one in store.in_force(name).values()
            if one.id > answered.entered
        ),
        entered=entered,
        returned={
            p.name: tuple(
                replace(each, area=answering(register, each.area, today))
                for each in returns_received(register_for(session, p.name), p, past, today)
            )
            for p in open_periods
        },
        issued=tuple(published_since(session, answered.issue, made)),
        drafts=tuple(one for one in drafts if _is_to_be_sent(one, register, today, store)),
        pending=drafts,
        drafted=tuple(one for one in drafts if first[one.report.period.name].id > answered.issue),
        recalled=tuple(recalled(session)),
        answers=tuple(
            one
            for one in store.decisions.all(Ruling)
            if last_digest is None or one.decided_at > last_digest
        ),
        waiting=tuple(approvals.waiting(store, open_periods, redaction)),
        skipped=(
            *(NotTaken(each.filename, each.why) for each in skipped if each.moved_to is None),
            *(NotTaken(each.filename, each.why, each.name) for each in set_apart),
        ),
        set_apart=set_apart,
        undelivered=tuple(undelivered),
        copies_beside=tuple(copies_beside),
        register=tuple(asked_of_register),
        retention=Retention(len(over.submissions), over.rule, over.since) if over.since else None,
        last_digest=last_digest.astimezone().date() if last_digest else None,
        last_night=_last_night(session),
    )


def _understood(
    register: Register, store: Store, redaction: Redaction, sent: Submission
) -> Sequence[Understood]:
    """The first figures of one submission, as many as are played back.

    Of a whole night's there are too many to be held at once.

    One of several areas' figures is not said before an issue has printed it: with their total it
    could give another's away.
    """

    def is_hidden(one: Observation) -> bool:
        indicator = register.indicator(one.indicator)
        is_shared = indicator is None or len(indicator.areas) > 1
        return redaction.conceals(one) or (is_shared and redaction.hides(one))

    rows = store.rows_of("observation", sent.id, PLAYED_BACK)
    # The names of columns are words of SQLAlchemy's own kind.
    plain = ({str(name): value for name, value in row.items()} for row in rows)
    figures = [msgspec.convert(row, Observation) for row in plain]
    return understood(figures, register, sent.period or "", is_hidden)


def _is_to_be_sent(draft: Issued, register: Register, today: date, store: Store) -> bool:
    """Whether a draft goes out today, which it does once, on a day that the register names."""
    days, report = register.framework.draft_days, draft.report
    return (
        (not days or Weekday.of(today) in days)
        and draft.workbook.exists()
        and not store.messages.of_kind(MailKind.DRAFT, report.period.name, report.issued_at)
    )


def recalled(session: Session) -> Iterator[Recalled]:
    """Each issue that was recalled, as it was called, with those to whom it had gone."""
    store, register = session.store, session.register
    for number, ruling in sorted(recalls(store).items()):
        issue = store.issue(number)
        since = [each.issued_at for each in store.issues(issue.period) if each.id > issue.id]
        until = min(since, default=None)
        recipients = dict.fromkeys(
            one.recipient
            for one in store.messages.of_kind(MailKind.APPENDIX, issue.period, issue.issued_at)
            if not one.waits and (until is None or one.queued_at < until)
        )
        shown = edition_of(store, issue).shown
        then = kept_register(session.workspace, issue.register_sha256, register) or register
        yield Recalled(
            then.framework,
            *(issue.period, shown, issue.issued_at, ruling.decided_at, ruling.because),
            tuple(recipients),
            is_replaced=until is not None,
        )


def _last_night(session: Session) -> date | None:
    """The last day before this one on which the job ran to its end, or told what it had done.

    The record of runs may have been lost, and what was told may be long ago.
    """
    midnight = datetime.combine(session.now.astimezone().date(), time()).astimezone()
    told = session.store.messages.last_told(_OF_A_NIGHT, before=midnight)
    ended = (RunOutcome.DONE, RunOutcome.NEEDS_A_PERSON)
    runs = (each.began for each in last_runs(session.workspace, _RUNS) if each.outcome in ended)
    ran = next((began for began in runs if began < midnight), None)
    return max((at.astimezone().date() for at in (told, ran) if at is not None), default=None)


def area_of(sent: Submission, register: Register, today: date) -> ServiceArea | None:
    """The area that a return names; where it names none, the one in whose folder it lay.

    It has the name that it had in the return's period, and the addresses of whoever answers for it
    today.
    """
    ref = sent.area or sent.folder_area or ""
    area = register.area(ref)
    if area is None:
        return None
    name = in_force(register, sent.period or "").area_name(ref)
    return replace(answering(register, area, today), name=name)
