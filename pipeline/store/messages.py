"""Messages: the queue of mail in the store. Each is added once; what becomes of it is added too.

The state of a message is that of its last attempt alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from pipeline.intake.quarantine import SetApart
from pipeline.store import engine as e
from pipeline.store import outstanding
from pipeline.store import tables as t
from pipeline.store.period_names import PeriodNames, period_names
from pipeline.store.records import add, read, rows_of


class Became(StrEnum):
    """What became of a message, or of a connection to the mail server."""

    #: All but the end has been sent: from here until an answer is noted, it may have arrived.
    SENDING = "sending"
    DELIVERED = "delivered"
    #: For now; it is tried again.
    FAILED = "failed"
    #: For good.
    REFUSED = "refused"
    #: The end was sent and no answer was seen.
    UNCERTAIN = "uncertain"
    #: As a file, where no mail server is set.
    WRITTEN = "written"
    #: The register no longer holds its recipient's address.
    WITHHELD = "withheld"
    #: A person says that it is to be sent, whatever became of it before.
    AGAIN = "again"
    #: A person says that it is not to be sent.
    DROPPED = "dropped"
    #: What it says has gone by a retention rule.
    FORGOTTEN = "forgotten"


class Attempt(Struct, frozen=True):
    """One step in a message's life; without a message, in that of the mail server."""

    message_id: int | None
    tried_at: datetime
    outcome: Became
    answer: str = ""
    code: int | None = None
    next_at: datetime | None = None
    id: int = 0


class Queued(Struct, frozen=True):
    """A message in the queue, and how it stands."""

    header_id: str
    kind: str
    period: str
    recipient: str
    subject: str
    filename: str
    size: int
    queued_at: datetime
    area: str = ""
    attached: str = ""
    id: int = 0
    #: Its last attempt; None where there was none.
    last: Attempt | None = None
    #: Whether the store has what it says; not where it was forgotten, or lost with the store.
    has_content: bool = True

    @property
    def waits(self) -> bool:
        """Whether it is still to be sent, now or later."""
        return self.last is None or self.last.outcome in (Became.FAILED, Became.AGAIN)

    def is_due(self, now: datetime) -> bool:
        return self.waits and not (self.last and self.last.next_at and self.last.next_at > now)


class Attached(Struct, frozen=True):
    """A file that was taken out of a message."""

    sha256: str
    #: Where it stood, in bytes from the beginning of what is left.
    at: int


class Outgoing(Struct, frozen=True):
    """A message to be put into the queue, with its bytes but for the files that are kept apart."""

    queued: Queued
    content: bytes
    attached: Sequence[Attached] = ()


class Answered(Struct, frozen=True):
    """Up to what people were told of what happened."""

    #: The number of the last submission; 0 where there was none.
    submission: int = 0
    #: The number of the last issue of an appendix.
    issue: int = 0
    #: The number of the last figure that was entered; 0 where there was none.
    entered: int = 0
    #: What was put into quarantine, by its names there.
    quarantined: frozenset[str] = frozenset()


class Quarantined(SetApart, frozen=True):
    """Something that was put into quarantine, and when people were told of it."""

    told_at: datetime
    id: int = 0


class Messages:
    """The messages in a store."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, outgoing: Iterable[Outgoing]) -> list[Queued]:
        """Add those messages that the store does not hold yet; they come back with their numbers.

        One whose content was lost gets it back.
        """
        with e.writing(self._engine) as connection:
            return [*_put(connection, outgoing)]

    def answer(
        self,
        outgoing: Iterable[Outgoing],
        submission: int,
        issue: int,
        at: datetime,
        became: Iterable[Attempt] = (),
        set_apart: Sequence[SetApart] = (),
        entered: int = 0,
    ) -> None:
        """Add messages, and note what has been told of with them and those before them.

        That is everything up to a submission, an issue and an entered figure, by their numbers, and
        what was put into quarantine. Together with that, what `became` of messages which the new
        ones overtake. Each message is written before the next is asked for, so that none is held in
        memory, and of what `became` it is asked after the last.
        """
        with e.writing(self._engine) as connection:
            # Written as it goes on; of what was added nothing is kept.
            deque(_put(connection, outgoing), maxlen=0)
            add(connection, t.attempt, became)
            add(connection, t.quarantined, set_apart, told_at=at)
            before = _answered(connection)
            told = submission > before.submission or issue > before.issue
            if told or entered > before.entered:
                row = {
                    "last_submission": max(submission, before.submission),
                    "last_issue": max(issue, before.issue) or None,
                    "last_entered": max(entered, before.entered) or None,
                    "answered_at": at,
                }
                connection.execute(t.answered.insert(), row)

    def answered(self) -> Answered:
        """Up to what people were told by now."""
        with e.reading(self._engine) as connection:
            return _answered(connection)

    def last_told(self, kinds: Iterable[str], before: datetime | None = None) -> datetime | None:
        """When anybody was last told anything of these kinds, before a moment; None for never."""
        c = t.message.c
        last = sa.select(sa.func.max(c.queued_at))
        if before is not None:
            last = last.where(c.queued_at < before)
        with e.reading(self._engine) as connection:
            # Of each kind by itself the index has it at once.
            found = [connection.scalar(last.where(c.kind == kind)) for kind in kinds]
        return max(filter(None, found), default=None)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """What was put into quarantine, as far as people were told of it, in that order."""
        query = sa.select(t.quarantined).order_by(t.quarantined.c.id)
        return read(self._engine, query, Quarantined)

    def note(self, attempts: Sequence[Attempt]) -> None:
        """Write what became of messages, together or not at all."""
        with e.writing(self._engine) as connection:
            add(connection, t.attempt, attempts)

    def forget(self, periods: Iterable[str], at: datetime, why: str) -> None:
        """Delete what the messages of some periods say, and write that it was done."""
        number = t.message_content.c.message_id
        every = period_names(self._engine).all_of(*periods)
        over = sa.select(number).join(t.message).where(t.message.c.period.in_(every))
        with e.writing(self._engine) as connection:
            numbers = connection.scalars(over.order_by(number)).all()
            gone = [Attempt(number, at, Became.FORGOTTEN, why) for number in numbers]
            add(connection, t.attempt, gone)
            connection.execute(t.message_content.delete().where(number.in_(numbers)))
        e.clear_log(self._engine)

    def content(self, number: int) -> bytes | None:
        """What a message says, but for the files that are kept apart; None where it has gone."""
        c = t.message_content.c
        with e.reading(self._engine) as connection:
            return connection.scalar(sa.select(c.content).where(c.message_id == number))

    def whole(self, number: int) -> tuple[bytes, list[Attached]]:
        """What a message says, empty where it has gone, and its files that are kept apart."""
        c = t.message_content.c
        query = sa.select(c.content, c.attachments).where(c.message_id == number)
        with e.reading(self._engine) as connection:
            content, noted = connection.execute(query).one_or_none() or (b"", "")
        return content, _attached(noted)

    def attachments_needed(self) -> frozenset[str]:
        """The SHA-256 of each file that goes with a message which was not sent and may be."""
        with e.reading(self._engine) as connection:
            return attachments_needed(connection)

    def __contains__(self, header_id: object) -> bool:
        """Whether the store holds a message of that Message-ID."""
        held = sa.select(sa.exists().where(t.message.c.header_id == header_id))
        with e.reading(self._engine) as connection:
            return bool(connection.scalar(held))

    def all(self) -> tuple[Queued, ...]:
        """Every message in the order queued, as it stands."""
        return self._chosen(sa.true())

    def of_kind(self, kind: str, period: str, since: datetime) -> tuple[Queued, ...]:
        """Those of a kind about a period that were queued then or later, in that order."""
        c, names = t.message.c, period_names(self._engine)
        is_about = names.is_of(c.period, period)
        return self._chosen((c.kind == kind) & is_about & (c.queued_at >= since))

    def outstanding(self) -> tuple[Queued, ...]:
        """Those that wait or that a person must see to, in the order queued."""
        with e.reading(self._engine) as connection:
            may_be = outstanding.candidates(connection)
        return self._chosen(may_be & _is_outstanding())

    def note_outstanding(self) -> None:
        """Note now and then which messages are not done with, so that they are found at once.

        Only while no other run is at work.
        """
        with e.writing(self._engine) as connection:
            outstanding.note(connection, _not_done)

    def known(self, header_ids: Iterable[str]) -> dict[str, Queued]:
        """Those of these Message-IDs that the store holds."""
        chosen = self._chosen(t.message.c.header_id.in_(list(header_ids)))
        return {one.header_id: one for one in chosen}

    def attempts(self, number: int | None = None) -> tuple[Attempt, ...]:
        """What became of a message, step by step; of every one and of the server, without one."""
        query = sa.select(t.attempt).order_by(t.attempt.c.id)
        if number is not None:
            query = query.where(t.attempt.c.message_id == number)
        return read(self._engine, query, Attempt)

    def connection_failures(self) -> tuple[Attempt, ...]:
        """The failed connections to the mail server since it last took or refused a message."""
        c = t.attempt.c
        answered = sa.select(sa.func.coalesce(sa.func.max(c.id), 0)).where(
            c.outcome.in_((Became.DELIVERED, Became.REFUSED))
        )
        since = c.message_id.is_(None), c.id > answered.scalar_subquery()
        return read(self._engine, sa.select(t.attempt).where(*since).order_by(c.id), Attempt)

    def _chosen(self, chosen: sa.ColumnElement[bool]) -> tuple[Queued, ...]:
        query = (
            sa.select(t.message, t.attempt, t.message_content.c.message_id)
            .select_from(_with_last_attempt())
            .join(t.message_content, t.message_content.c.message_id == t.message.c.id, isouter=True)
            .where(chosen)
            .order_by(t.message.c.id)
        )
        with e.reading(self._engine) as connection:
            names = period_names(self._engine)
            return tuple(_to_queued(row, names) for row in connection.execute(query))


def attachments_needed(connection: sa.Connection) -> frozenset[str]:
    """The SHA-256 of each file that goes with a message which was not sent and may be."""
    found = connection.execute(_with_attachments(outstanding.candidates(connection)))
    return frozenset(each.sha256 for _, noted in found for each in _attached(noted))


def _is_outstanding() -> sa.ColumnElement[bool]:
    final = (Became.DELIVERED, Became.WRITTEN, Became.WITHHELD, Became.DROPPED, Became.FORGOTTEN)
    last = t.attempt.c.outcome
    return last.is_(None) | last.not_in(final)


def _with_attachments(may_be: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Number and attachments of each message that was not sent and may be, of these."""
    c, became = t.message_content.c, t.attempt.c.outcome
    not_sent = became.is_(None) | became.not_in([Became.DELIVERED, Became.WRITTEN])
    chosen = sa.select(t.message.c.id, c.attachments).select_from(_with_last_attempt())
    return chosen.join(t.message_content).where(may_be, c.attachments != "", not_sent)


def _with_last_attempt() -> sa.Join:
    """Messages, each with its last attempt, if there was one."""
    of = t.attempt.alias("of")
    last = sa.select(sa.func.max(of.c.id)).where(of.c.message_id == t.message.c.id)
    return t.message.join(t.attempt, t.attempt.c.id == last.scalar_subquery(), isouter=True)


def _not_done(connection: sa.Connection) -> set[int]:
    """The numbers of the messages that are outstanding, or of which an attachment is needed."""
    may_be = outstanding.candidates(connection)
    chosen = sa.select(t.message.c.id).select_from(_with_last_attempt())
    with_files = (number for number, _ in connection.execute(_with_attachments(may_be)))
    return {*connection.scalars(chosen.where(may_be, _is_outstanding())), *with_files}


def _attached(noted: str) -> list[Attached]:
    return msgspec.json.decode(noted, type=list[Attached]) if noted else []


def _answered(connection: sa.Connection) -> Answered:
    c = t.answered.c
    highest = map(sa.func.max, (c.last_submission, c.last_issue, c.last_entered))
    submission, issue, entered = connection.execute(sa.select(*highest)).one()
    names = connection.scalars(sa.select(t.quarantined.c.name))
    return Answered(submission or 0, issue or 0, entered or 0, frozenset(names))


def _put(connection: sa.Connection, outgoing: Iterable[Outgoing]) -> Iterator[Queued]:
    """Write messages one after the other; those that were not there come back."""
    for one in outgoing:
        c = t.message.c
        number = connection.scalar(sa.select(c.id).where(c.header_id == one.queued.header_id))
        is_new = number is None
        if number is None:
            (row,) = rows_of([one.queued], t.message)
            number = connection.scalar(t.message.insert().returning(c.id), row) or 0
            if one.queued.last is not None:
                add(connection, t.attempt, [replace(one.queued.last, message_id=number)])
        elif connection.scalar(_kept_or_forgotten(number)):
            continue
        noted = msgspec.json.encode(one.attached).decode() if one.attached else ""
        values = {"message_id": number, "content": one.content, "attachments": noted}
        connection.execute(t.message_content.insert(), values)
        if is_new:
            yield replace(one.queued, id=number)


def _kept_or_forgotten(number: int) -> sa.Select[Any]:
    """Whether the store has what a message says, or has it no longer by a retention rule."""
    kept, c = t.message_content.c.message_id, t.attempt.c
    is_forgotten = sa.exists().where(c.message_id == number, c.outcome == Became.FORGOTTEN)
    return sa.select(sa.exists().where(kept == number) | is_forgotten)


def _to_queued(row: sa.Row[Any], names: PeriodNames) -> Queued:
    def of(table: sa.Table) -> dict[str, Any]:
        return {str(column.name): row._mapping[column] for column in table.columns}

    last, has_content = of(t.attempt), row._mapping[t.message_content.c.message_id] is not None
    held = {"last": last if last["id"] else None, "has_content": has_content}
    return msgspec.convert({**names.of_row(of(t.message)), **held}, Queued)
