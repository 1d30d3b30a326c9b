"""Enqueue: the messages that are due go into the queue, together with how far people were told."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.redaction import Redaction
from pipeline.intake.inbox import Skipped
from pipeline.mail.compose import appendices, compose
from pipeline.mail.delivery import described, known_at, mail_status, outgoing, preview
from pipeline.mail.due import due
from pipeline.mail.messages import MailKind, Message, Office, Texts
from pipeline.mail.messages.digest import Undelivered
from pipeline.mail.reminders import owing
from pipeline.outputs import WORKBOOK
from pipeline.outputs.issuing import publish, to_issue
from pipeline.store import Attempt, Became, Outgoing, Queued
from pipeline.store.session import Session
from pipeline.workspace.folder import Workspace
from schemas.model import Period

_MIB = 1024 * 1024
#: What the words of a message and its headings may take, in bytes.
_BODY = 256 * 1024


def enqueue(
    session: Session, redaction: Redaction, skipped: Sequence[Skipped] = ()
) -> tuple[str, ...]:
    """Put the messages that a run owes into the queue, those that are not there yet.

    What is wrong with the officer's own texts comes back, a line for each mistake.

    `redaction` is what may be told of figures, and `skipped` what the run left in the inbox. All
    else comes from the store and from quarantine, so that what an earlier run did, and could not
    tell of any more, is told too. Reminders that wait, and are overtaken by what came or by a newer
    one, are dropped.
    """
    workspace, store, now = session.workspace, session.store, session.now
    queued = store.messages.all()
    digests = [one.queued_at for one in queued if one.kind == MailKind.DIGEST]
    undelivered = [
        Undelivered(one.recipient, one.subject, described(one), _since(one, digests, now))
        for one in mail_status(store, now).stuck
        # Where the server is away a digest waits behind them, and need not say so.
        if one.last is not None or not one.has_content
    ]
    last_digest = digests[-1].astimezone().date() if digests else None
    answered = store.messages.answered()
    found = due(session, answered, redaction, skipped, undelivered, last_digest)
    always = workspace.settings.mail.always_digest
    with _office(workspace, {one.header_id for one in queued}) as office:
        made = _outgoing(session, compose(found, session.register, office, always=always))
        mistakes = office.texts.mistakes
    owed = owing(session.register, found.returned)
    renewed = {each.queued.area for each in made if each.queued.kind == MailKind.REMINDER}
    overtaken = [
        Attempt(one.id, now, Became.DROPPED, "A reminder that was overtaken while it waited.")
        for one in queued
        if _is_overtaken(one, renewed, owed)
    ]
    last = store.last_number("submission"), store.last_number("issue")
    entered = store.last_number("entered")
    store.messages.answer(made, *last, now, overtaken, found.set_apart, entered)
    return mistakes


def send(session: Session, period: Period) -> tuple[str, ...]:
    """Issue the appendix of a period, and put the messages that bring it into the queue.

    What is wrong with the officer's own texts comes back, a line for each mistake.

    One that was put there before is left as it is, and gets back what a lost store no longer holds
    of it.
    """
    issued = publish(session, report_of(session, period))
    with _office(session.workspace) as office:
        made = _outgoing(session, appendices([issued], office))
        mistakes = office.texts.mistakes
    session.store.messages.put(made)
    return mistakes


def would_send(session: Session, periods: Iterable[Period]) -> list[Queued]:
    """What `send` would put into the queue, and what is in it; nothing is written."""
    made: list[Outgoing] = []
    with TemporaryDirectory() as folder:
        for period in periods:
            issued = to_issue(session, report_of(session, period))
            draft = Path(folder, issued.workbook.name)
            WORKBOOK.write(issued.report, draft)
            drafted = replace(issued, files={WORKBOOK.name: draft})
            with _office(session.workspace) as office:
                made += _outgoing(session, appendices([drafted], office), to_keep=False)
    return preview(session.store, made)


@contextmanager
def _office(workspace: Workspace, known: Container[str] = frozenset()) -> Iterator[Office]:
    with Texts(workspace.templates, workspace.settings.limits) as texts:
        largest = workspace.settings.mail.send.largest_mb * _MIB - _BODY
        yield Office(workspace.settings.mail.sender, texts, known, largest)


def _outgoing(
    session: Session, messages: Iterable[Message], *, to_keep: bool = True
) -> list[Outgoing]:
    """Messages as the queue takes them, each before the next is made."""
    place, now = session.workspace, session.now
    return [outgoing(place, each, now, to_keep=to_keep) for each in messages]


def _is_overtaken(one: Queued, renewed: Container[str], owed: Container[tuple[str, str]]) -> bool:
    """Whether a reminder waits of what has been returned, or a newer one goes to its area now."""
    is_wanted = one.last is not None and one.last.outcome is Became.AGAIN
    if one.kind != MailKind.REMINDER or is_wanted or not one.waits:
        return False
    return one.area in renewed or (one.area, one.period) not in owed


def _since(one: Queued, digests: Sequence[datetime], now: datetime) -> date:
    """The first day whose digest tells that a message cannot be delivered.

    What became of it after that day's digest had been written is for the next. That a digest cannot
    be delivered is no reason for another one, which could not be either.
    """
    if one.kind == MailKind.DIGEST:
        return one.queued_at.astimezone().date()
    known = known_at(one)
    return (now if not digests or known >= digests[-1] else known).astimezone().date()
