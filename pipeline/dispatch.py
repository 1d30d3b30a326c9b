"""Dispatch: what a run owes in messages goes into the queue, together with how far it got."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pipeline.correspondence import MailKind, Published, correspondence, gathered
from pipeline.inbox import Skipped
from pipeline.mail import Office, Texts
from pipeline.mail.digest import Undelivered
from pipeline.model import Register
from pipeline.post import outgoing, standing, told
from pipeline.store import Queued, Store
from pipeline.workspace import Workspace


def correspond(
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
    published: Sequence[Published] = (),
    skipped: Sequence[Skipped] = (),
) -> None:
    """Put the messages that a run owes into the queue, those that are not there yet.

    `published` are the appendices that it issued, `skipped` what it left in the inbox. Submissions
    that an earlier run took in and could not answer any more are answered too.
    """
    mail = workspace.settings.mail
    queued = store.messages.all()
    digests = [one.queued_at for one in queued if one.kind == MailKind.DIGEST]
    doings = gathered(
        *(workspace, register, store, now),
        after=store.messages.answered(),
        published=published,
        skipped=skipped,
        undelivered=[
            Undelivered(one.recipient, one.subject, told(one), _day_of(one))
            for one in standing(store, now).stuck
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
    store.messages.answer(made, store.last_number("submission"), now)


def _day_of(one: Queued) -> date:
    """The day since which a message stands as it does."""
    return (one.last.tried_at if one.last else one.queued_at).astimezone().date()
