"""Enqueue: the messages that are due go into the queue, together with how far people were told."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain

from pipeline.consolidation.redaction import Redaction
from pipeline.intake.inbox import Skipped
from pipeline.mail.asking import asked_of_register
from pipeline.mail.compose import appendices, compose
from pipeline.mail.delivery import Round, deliver, described, known_at, mail_status, outgoing
from pipeline.mail.due import due, recalled
from pipeline.mail.messages import (
    MailKind,
    Message,
    Office,
    Texts,
    UnreadableRegister,
    officers_of,
    recall_messages,
    register_messages,
)
from pipeline.mail.messages.appendix import Recalled
from pipeline.mail.messages.digest import CopyBeside, RegisterQuestion, Undelivered
from pipeline.mail.reminders import owing
from pipeline.outputs.issuing import Issued, published_since
from pipeline.register.beside import beside
from pipeline.register.last_read import note_asked
from pipeline.store import Attempt, Became, Outgoing, Queued
from pipeline.store.session import Session
from pipeline.workspace.folder import disk_trouble

_MIB = 1024 * 1024
#: What the words of a message and its headings may take, in bytes.
_BODY = 256 * 1024


def enqueue(
    session: Session,
    redaction: Redaction,
    skipped: Sequence[Skipped] = (),
    made: Sequence[Issued] = (),
) -> tuple[str, ...]:
    """Put the messages that a run owes into the queue, those that are not there yet.

    What is wrong with the officer's own texts comes back, a line for each mistake.

    `redaction` is what may be told of figures, `skipped` what the run left in the inbox, and `made`
    the drafts and issues that it wrote, which are not made once more. All else comes from the store
    and from quarantine, so that what an earlier run did, and could not tell of any more, is told
    too. Reminders that wait, and are overtaken by what came or by a newer one, are dropped, and so
    is what says that the register could not be read.
    """
    workspace, store, now = session.workspace, session.store, session.now
    status = mail_status(store, now)
    last_digest = store.messages.last_told([MailKind.DIGEST])
    undelivered = [
        Undelivered(one.recipient, one.subject, described(one), _since(one, last_digest, now))
        for one in status.stuck
        # Where the server is away a digest waits behind them, and need not say so.
        if one.last is not None or not one.has_content
    ]
    copies = [
        CopyBeside(copy.line, _first_day(copy.there_since, last_digest, now))
        for copy in beside(workspace.register).copies
    ]
    noted = note_asked(workspace.state, asked_of_register(session), now)
    asked = [RegisterQuestion(line, _first_day(at, last_digest, now)) for line, at in noted.items()]
    answered = store.messages.answered()
    found = due(
        session, answered, redaction, skipped, undelivered, last_digest, copies, asked, made
    )
    always = workspace.settings.mail.always_digest
    owed = owing(session.register, found.returned)
    last = store.last_number("submission"), store.last_number("issue")
    entered = store.last_number("entered")
    renewed = set[str]()

    def noting(messages: Iterable[Message]) -> Iterator[Outgoing]:
        for each in _outgoing(session, messages):
            if each.queued.kind == MailKind.REMINDER:
                renewed.add(each.queued.area)
            yield each

    with _office(session, store.messages) as office:
        messages = compose(found, session.register, office, always=always)
        # Of these it is asked once the last message has been made.
        overtaken = _overtaken(status.waiting, now, renewed, owed, found.recalled)
        store.messages.answer(noting(messages), *last, now, overtaken, found.set_apart, entered)
        return office.texts.mistakes


def bring(session: Session) -> tuple[str, ...]:
    """Put the messages into the queue that bring what was issued, or say that it was recalled.

    Those that are there are left as they are, and whatever else is owed is for the next run. What
    is wrong with the officer's own texts comes back, a line for each mistake.
    """
    store, register = session.store, session.register
    answered, wrong = store.messages.answered(), tuple(recalled(session))
    with _office(session, store.messages) as office:
        told = (each for one in wrong for each in recall_messages(one, register, office=office))
        issued = published_since(session, answered.issue)
        made = [*_outgoing(session, chain(told, appendices(issued, office)))]
        mistakes = office.texts.mistakes
    waiting = [one for one in store.messages.outstanding() if one.waits]
    overtaken = _overtaken(waiting, session.now, set(), None, wrong)
    last = answered.submission, store.last_number("issue")
    store.messages.answer(made, *last, session.now, overtaken)
    return mistakes


def give_back(session: Session) -> tuple[str, ...]:
    """Compose once more what was lost of messages that wait, their words or what is attached.

    That is of those alone that bring the last issue of an appendix, as it lies in the outbox. What
    is wrong with the officer's own texts comes back, a line for each mistake.
    """
    lost = {
        one.header_id: one.period
        for one in session.store.messages.outstanding()
        if one.kind == MailKind.APPENDIX and one.waits
    }
    if not lost:
        return ()
    issued = [one for one in published_since(session, 0) if one.report.period.name in lost.values()]
    with _office(session) as office:
        made = [*_outgoing(session, appendices(issued, office))]
        mistakes = office.texts.mistakes
    session.store.messages.put([one for one in made if one.queued.header_id in lost])
    return mistakes


def tell_of_register(session: Session, unreadable: UnreadableRegister) -> Round:
    """Tell those who get the digest that the register cannot be read, and deliver that alone.

    The session's register is the one that was read last; who gets anything else by it may be what
    was about to change.
    """
    with _office(session, session.store.messages) as office:
        messages = register_messages(unreadable, session.register, session.now, office=office)
        session.store.messages.put(_outgoing(session, messages))
    return deliver(session, kinds=(MailKind.REGISTER,))


@contextmanager
def _office(session: Session, known: Container[str] = frozenset()) -> Iterator[Office]:
    workspace, settings = session.workspace, session.workspace.settings.mail
    with Texts(workspace.templates, workspace.settings.limits) as texts:
        yield Office(
            settings.sender,
            texts,
            known,
            officers=officers_of(session.register),
            takes_returns=bool(settings.receive.server),
            largest=settings.send.largest_mb * _MIB - _BODY,
        )


def _outgoing(session: Session, messages: Iterable[Message]) -> Iterator[Outgoing]:
    """Messages as the queue takes them, each before the next is made.

    Raises:
        WorkspaceError: what is attached to one cannot be read or kept.
    """
    with disk_trouble("A message cannot be made"):
        for each in messages:
            yield outgoing(session.workspace, each, session.now)


def _overtaken(
    waiting: Iterable[Queued],
    now: datetime,
    renewed: Container[str],
    owed: Container[tuple[str, str]] | None,
    wrong: Iterable[Recalled],
) -> Iterator[Attempt]:
    """What waits and is not sent any more, and why.

    A reminder is not where what it asks for has been returned, or a newer one goes to its area now;
    an appendix is not where its issue was recalled, nor whatever says that the register cannot be
    read. Without `owed` reminders are let be.
    """
    for one in waiting:
        if one.last is not None and one.last.outcome is Became.AGAIN:
            continue
        is_late = owed is not None and (one.area in renewed or (one.area, one.period) not in owed)
        if one.kind == MailKind.REGISTER:
            why = "The register could be read again while it waited."
        elif one.kind == MailKind.REMINDER and is_late:
            why = "A reminder that was overtaken while it waited."
        elif one.kind == MailKind.APPENDIX and any(
            each.period == one.period and each.issued_at <= one.queued_at <= each.recalled_at
            for each in wrong
        ):
            why = "Its issue was recalled while it waited."
        else:
            continue
        yield Attempt(one.id, now, Became.DROPPED, why)


def _since(one: Queued, last_digest: datetime | None, now: datetime) -> date:
    """The first day whose digest tells that a message cannot be delivered.

    That a digest cannot be delivered is no reason for another one, which could not be either.
    """
    if one.kind == MailKind.DIGEST:
        return one.queued_at.astimezone().date()
    return _first_day(known_at(one), last_digest, now)


def _first_day(known: datetime, last_digest: datetime | None, now: datetime) -> date:
    """The first day whose digest tells of what was known from a moment on.

    What came after that day's digest had been written is for the next.
    """
    is_new = last_digest is None or known >= last_digest
    return (now if is_new else known).astimezone().date()
