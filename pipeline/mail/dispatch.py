"""Dispatch: what a run owes in messages goes into the queue, together with how far it got."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime

from pipeline.intake.inbox import Skipped
from pipeline.mail.correspondence import MailKind, Post, correspondence, gathered
from pipeline.mail.delivery import described, known_at, mail_status, outgoing
from pipeline.mail.messages import Office, Texts
from pipeline.mail.messages.digest import Undelivered
from pipeline.mail.reminders import owing
from pipeline.store import Attempt, Became, Queued, Store
from pipeline.workspace.folder import Workspace
from schemas.model import Register


def correspond(
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
    skipped: Sequence[Skipped] = (),
) -> None:
    """Put the messages that a run owes into the queue, those that are not there yet.

    `skipped` is what it left in the inbox. All else comes from the store and from quarantine, so
    that what an earlier run did, and could not tell of any more, is told too. Reminders that wait,
    and are overtaken by what came or by a newer one, are dropped.
    """
    mail = workspace.settings.mail
    queued = store.messages.all()
    digests = [one.queued_at for one in queued if one.kind == MailKind.DIGEST]
    doings = gathered(
        *(workspace, register, store, now),
        answered=store.messages.answered(),
        skipped=skipped,
        undelivered=[
            Undelivered(one.recipient, one.subject, described(one), _since(one, digests, now))
            for one in mail_status(store, now).stuck
            # Where the server is away a digest waits behind them, and need not say so.
            if one.last is not None or not one.has_content
        ],
        told=digests[-1].astimezone().date() if digests else None,
    )
    office = Office(mail.sender, Texts(workspace.templates), {one.header_id for one in queued})
    written = correspondence(doings, register, office, always=mail.always_digest)
    made = [
        message
        for post in written.posts
        for message in outgoing(
            workspace, [post.message], kind=post.kind, period=post.period, area=post.area, now=now
        )
    ]
    owed = owing(register, doings.standing or {})
    overtaken = [
        Attempt(one.id, now, Became.DROPPED, "A reminder that was overtaken while it waited.")
        for one in _overtaken(queued, written.posts, owed)
    ]
    last = store.last_number("submission"), store.last_number("issue")
    store.messages.answer(made, *last, now, overtaken, doings.set_apart)


def _overtaken(
    queued: Sequence[Queued], posts: Sequence[Post], owed: Container[tuple[str, str]]
) -> Iterator[Queued]:
    """Reminders that wait of what has been returned, and those to whom a newer one goes now."""
    renewed = {post.area for post in posts if post.kind is MailKind.REMINDER}
    for one in queued:
        is_wanted = one.last is not None and one.last.outcome is Became.AGAIN
        if (
            one.kind == MailKind.REMINDER
            and one.waits
            and not is_wanted
            and (one.area in renewed or (one.area, one.period) not in owed)
        ):
            yield one


def _since(one: Queued, digests: Sequence[datetime], now: datetime) -> date:
    """The first day whose digest tells that a message cannot be delivered.

    What became of it after that day's digest had been written is for the next. That a digest cannot
    be delivered is no reason for another one, which could not be either.
    """
    if one.kind == MailKind.DIGEST:
        return one.queued_at.astimezone().date()
    known = known_at(one)
    return (now if not digests or known >= digests[-1] else known).astimezone().date()
