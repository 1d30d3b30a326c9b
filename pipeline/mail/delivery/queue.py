"""Queue: messages are put into the store by their Message-ID, and a person may overrule it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.mail.messages import Message
from pipeline.store import Attempt, Became, Outgoing, Queued, Store, attachments
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace

#: Where a message stands from which a person may have it sent, once more or after all.
_NOT_SENT = (Became.REFUSED, Became.UNCERTAIN, Became.FAILED, Became.WITHHELD, Became.WRITTEN,
             Became.DROPPED)  # fmt: skip
#: Where a person may settle that it is not sent.
_NOT_SETTLED = (Became.REFUSED, Became.UNCERTAIN, Became.FAILED, Became.AGAIN)


def outgoing(workspace: Workspace, message: Message, now: datetime) -> Outgoing:
    """A message as the store takes it; what is attached to it is kept.

    One that an earlier version of the program wrote into the outbox counts as written.

    Raises:
        WorkspaceError: what is attached cannot be kept.
    """
    content = message.email.as_bytes()
    # A file is bytes here, whatever it is called.
    files = [part.get_content() for part in message.email.iter_attachments()]
    left, attached = attachments.taken_out(content, files)
    for file in files:
        attachments.keep(workspace, file)
    file = file_of(workspace, message.to, message.area, message.period) / message.filename
    written = Attempt(None, now, Became.WRITTEN, "It lay in the outbox before.")
    queued = Queued(
        header_id=message.message_id,
        kind=message.kind,
        period=message.period,
        area=message.area,
        recipient=message.to,
        subject=message.subject,
        filename=message.filename,
        attached=_within_outbox(workspace, message),
        size=len(content),
        queued_at=now,
        last=written if file.exists() else None,
    )
    return Outgoing(queued, left, attached)


def file_of(workspace: Workspace, recipient: str, area: str, period: str) -> Path:
    """The folder in which a message is written as a file."""
    return workspace.mail_of(period) if recipient else workspace.by_hand_of(area, period)


def hold(store: Store, now: datetime, why: str) -> None:
    """Leave everything that waits to a person, because it may have been sent from elsewhere."""
    waiting = [one for one in store.messages.outstanding() if one.waits]
    store.messages.note([Attempt(one.id, now, Became.UNCERTAIN, why) for one in waiting])


def again(store: Store, header_id: str, now: datetime, by: str) -> Queued:
    """Note that a person wants a message sent, once more if need be.

    Raises:
        WorkspaceError: there is no such message, it was delivered, or what it says has gone.
    """
    one = _need(store, header_id)
    if one.last is not None and one.last.outcome not in _NOT_SENT:
        raise WorkspaceError(
            f"{header_id} is not sent again: it is {one.last.outcome}. "
            "`quarterday send --dry-run` lists the messages and how they stand."
        )
    store.messages.note([Attempt(one.id, now, Became.AGAIN, f"Asked for by {by}.")])
    return one


def drop(store: Store, header_id: str, now: datetime, by: str) -> Queued:
    """Note that a person has seen to a message, and that it is not to be sent.

    Raises:
        WorkspaceError: there is no such message, or nothing is left to be done about it.
    """
    one = _need(store, header_id)
    if one.last is not None and one.last.outcome not in _NOT_SETTLED:
        raise WorkspaceError(
            f"{header_id} is not dropped: it is {one.last.outcome}, and does not wait."
        )
    store.messages.note([Attempt(one.id, now, Became.DROPPED, f"By {by}.")])
    return one


def _need(store: Store, header_id: str) -> Queued:
    wanted = f"<{header_id.strip().strip('<>')}>"
    if (one := store.messages.known([wanted]).get(wanted)) is None:
        raise WorkspaceError(
            f"No message has the Message-ID {wanted}. "
            "`quarterday status` shows those that need a person."
        )
    return one


def _within_outbox(workspace: Workspace, message: Message) -> str:
    """Where a message's attachment lies in the outbox; empty where it has none there.

    Of several it is the folder of the first.
    """
    if not message.attachments or not message.attachments[0].is_relative_to(workspace.outbox):
        return ""
    first = message.attachments[0].relative_to(workspace.outbox)
    return (first if len(message.attachments) == 1 else first.parent).as_posix()
