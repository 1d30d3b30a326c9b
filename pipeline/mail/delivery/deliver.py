"""Delivery: what is due goes to the mail server, or into files where none is set.

Each step is in the store before the next is taken. A message is marked just before its end is sent:
a run that is cut off from there on leaves it uncertain, which is for a person to settle. Everything
before that is safely tried again.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.mail.delivery.by_hand import write_out
from pipeline.mail.delivery.oversize import place_of, without_attachment
from pipeline.mail.delivery.queue import file_of
from pipeline.mail.delivery.status import GIVEN_UP_AFTER, MailStatus, mail_status, next_try
from pipeline.store import Attempt, Became, Queued, Store
from pipeline.store.attachments import put_in, sweep
from pipeline.store.session import Session
from pipeline.workspace.folder import Workspace, closed_folder, disk_trouble, write_whole
from pipeline.workspace.moving import ChangedError
from pipeline.workspace.runs.at_work import AtWork, server_of
from schemas.model import Register
from schemas.names import address_key

if TYPE_CHECKING:
    from pipeline.mail.delivery.smtp import Connection

_MIB = 1024 * 1024
#: So many connections lost one after the other are trouble of the server, not of a message.
_TOO_MANY_LOST = 2


class Round(Struct, frozen=True):
    """What was done about the mail, and how it stands now."""

    #: The messages about which something became of it, each with that as its last attempt.
    became: tuple[Queued, ...]
    #: The files of those that were written.
    written: tuple[Path, ...]
    #: What hindered the connection to the mail server; empty where nothing did.
    trouble: str
    #: Whether that will not pass by itself.
    is_for_a_person: bool
    status: MailStatus

    @property
    def needs_a_person(self) -> bool:
        return self.is_for_a_person or bool(self.status.stuck)


class _Work(Struct):
    workspace: Workspace
    store: Store
    now: datetime
    became: list[Queued] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)

    def note(self, one: Queued, outcome: Became, answer: str = "", code: int | None = None) -> None:
        """Write what became of a message; after a failure, when it is tried again, if it is."""
        attempt = Attempt(one.id, self.now, outcome, answer, code)
        if outcome is Became.FAILED:
            before = _failed_since(self.store.messages.attempts(one.id))
            if before and self.now - before[0].tried_at >= GIVEN_UP_AFTER:
                said = f"Given up after {GIVEN_UP_AFTER.days} days: {answer}"
                attempt = replace(attempt, outcome=Became.REFUSED, answer=said)
            else:
                attempt = replace(attempt, next_at=next_try(len(before) + 1, self.now))
        self.store.messages.note([attempt])
        self.became.append(replace(one, last=attempt))


def deliver(
    session: Session, *, impatient: bool = False, kinds: Container[str] | None = None
) -> Round:
    """Deliver what is due, or everything that waits where `impatient`; of these kinds, or of all.

    The caller holds the workspace's lock.

    Raises:
        StoreError: the store cannot be used.
        WorkspaceError: a message cannot be written into the outbox.
    """
    workspace, store, now = session.workspace, session.store, session.now
    work = _Work(workspace, store, now)
    before = mail_status(store, now)
    for one in before.stuck:
        if one.last is not None and one.last.outcome is Became.SENDING:
            work.note(one, Became.UNCERTAIN, "The run ended before the server's answer was noted.")
    meant = [one for one in before.waiting if kinds is None or one.kind in kinds]
    due = [one for one in meant if one.has_content and (impatient or one.is_due(now))]
    _write([one for one in due if not one.recipient], work)
    known, due = _addresses(session.register), [one for one in due if one.recipient]
    for one in due:
        if address_key(one.recipient) not in known:
            work.note(one, Became.WITHHELD, "The register no longer holds the address.")
    due = [one for one in due if address_key(one.recipient) in known]
    trouble, is_for_a_person = "", False
    if due and not workspace.settings.mail.send.server:
        _write(due, work)
    elif due and (impatient or _may_connect(before.trouble, now)):
        trouble, is_for_a_person = _sent_or_left(due, work, session.pace.work)
    sweep(workspace, store)
    store.messages.note_outstanding()
    became, written = tuple(work.became), tuple(work.written)
    return Round(became, written, trouble, is_for_a_person, mail_status(store, now))


def _sent_or_left(due: Sequence[Queued], work: _Work, at_work: AtWork) -> tuple[str, bool]:
    """Send messages, unless the server has ended runs; what hindered it, as `_send` says it."""
    server = server_of("sending", work.workspace.settings.mail.send.server)
    if why := at_work.left_for_tonight(server):
        return why, True
    with at_work.on("sending mail", [server]):
        hindered = _send(due, work)
    at_work.clear([server])
    return hindered


def _failed_since(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The failures of a message since it was queued, or since a person wanted it sent again."""
    failed: list[Attempt] = []
    for attempt in attempts:
        if attempt.outcome is Became.AGAIN:
            failed = []
        elif attempt.outcome is Became.FAILED:
            failed.append(attempt)
    return failed


def _addresses(register: Register) -> set[str]:
    """Everyone whom the register knows, as addresses are compared."""
    addresses = [one.email for one in register.recipients]
    addresses += [email for one in register.known_areas for email in one.emails]
    return set(map(address_key, addresses)) - {""}


def _may_connect(trouble: Attempt | None, now: datetime) -> bool:
    return trouble is None or trouble.next_at is None or trouble.next_at <= now


def _write(due: Sequence[Queued], work: _Work) -> None:
    """Write messages as files; one that is there already is left as it is."""
    for one in due:
        folder = file_of(work.workspace, one.recipient, one.area, one.period)
        path = folder / one.filename
        if path.exists():
            continue
        content = _content_of(one, work)
        if content is None:
            continue
        with disk_trouble(f"A message cannot be written to {path.parent}"):
            if one.recipient:
                closed_folder(path.parent)
                write_whole(path, content)
            else:
                write_out(content, path, work.workspace)
        work.written.append(path)
    lacking = {one.id for one in work.became}
    due = [one for one in due if one.id not in lacking]
    done = [Attempt(one.id, work.now, Became.WRITTEN) for one in due]
    work.store.messages.note(done)
    work.became += [replace(one, last=last) for one, last in zip(due, done, strict=True)]


def _content_of(one: Queued, work: _Work) -> bytes | None:
    """All of a message; None where what is attached to it is not kept, which is for a person."""
    content, attached = work.store.messages.whole(one.id)
    try:
        return put_in(content, attached, work.workspace)
    except ChangedError:
        work.note(one, Became.REFUSED, "What was attached to it is missing from var/attachments.")
    return None


def _send(due: Sequence[Queued], work: _Work) -> tuple[str, bool]:
    """Send messages one after the other over one connection, as long as that holds.

    What hindered it comes back, and whether that is for a person.
    """
    # Loads TLS, which no other night needs.
    from pipeline.mail.delivery import smtp

    line: smtp.Connection | None = None
    lost = 0
    try:
        for one in due:
            if line is None:
                line = smtp.Connection(work.workspace.settings.mail, work.workspace.root)
            try:
                _hand_over(one, line, work)
                lost = 0
            except smtp.UnansweredError as error:
                work.note(one, Became.UNCERTAIN, f"Sent, and no answer was seen: {error}.")
                lost += 1
            except smtp.LostError as error:
                work.note(one, Became.FAILED, error.said, error.code)
                lost += 1
                if lost >= _TOO_MANY_LOST:
                    raise smtp.NoConnectionError(error.said, error.code) from error
            if not line.is_open:
                line = None
    except smtp.NoConnectionError as error:
        failures = len(work.store.messages.connection_failures())
        next_at = next_try(failures + 1, work.now)
        attempt = Attempt(None, work.now, Became.FAILED, error.said, error.code, next_at)
        work.store.messages.note([attempt])
        return error.said, error.is_for_a_person
    finally:
        if line is not None:
            line.quit()
    return "", False


def _hand_over(one: Queued, line: Connection, work: _Work) -> None:
    limit = work.workspace.settings.mail.send.largest_mb * _MIB
    content = _content_of(one, work)
    if content is None:
        return
    if len(content) > min(limit, line.largest or len(content)):
        where = place_of(one.attached, work.workspace, one.period)
        content = without_attachment(content, where)

    def sending() -> None:
        work.store.messages.note([Attempt(one.id, work.now, Became.SENDING)])

    answer = line.hand_over(one.recipient, content, sending)
    if answer.is_yes:
        work.note(one, Became.DELIVERED, answer.text, answer.code)
    elif answer.is_for_good:
        work.note(one, Became.REFUSED, answer.text, answer.code)
    else:
        work.note(one, Became.FAILED, answer.text, answer.code)
