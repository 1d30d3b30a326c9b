"""Messages: the queue of mail in the store. Each is added once; what becomes of it is added too.

The state of a message is that of its last attempt alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from pipeline.intake.quarantine import SetApart
from pipeline.store import engine as e
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

    def put(self, outgoing: Sequence[Outgoing]) -> list[Queued]:
        """Add those messages that the store does not hold yet; they come back with their numbers.

        One whose content was lost gets it back.
        """
        with e.writing(self._engine) as connection:
            return _put(connection, outgoing)

    def answer(
        self,
        outgoing: Sequence[Outgoing],
        submission: int,
        issue: int,
        at: datetime,
        became: Sequence[Attempt] = (),
        set_apart: Sequence[SetApart] = (),
        entered: int = 0,
    ) -> None:
        """Add messages, and note what has been told of with them and those before them.

        That is everything up to a submission, an issue and an entered figure, by their numbers, and
        what was put into quarantine. Together with that, what `became` of messages which the new
        ones overtake.
        """
        with e.writing(self._engine) as connection:
            _put(connection, outgoing)
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

    def last_told(self, before: datetime, kinds: Iterable[str]) -> datetime | None:
        """When anybody was last told anything of these kinds before a moment; None for never."""
        c = t.message.c
        chosen = sa.select(sa.func.max(c.queued_at)).where(c.queued_at < before, c.kind.in_(kinds))
        with e.reading(self._engine) as connection:
            last: datetime | None = connection.scalar(chosen)
            return last

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

    def attached(self, number: int) -> list[Attached]:
        """The files of a message that are kept apart."""
        c = t.message_content.c
        with e.reading(self._engine) as connection:
            noted = connection.scalar(sa.select(c.attachments).where(c.message_id == number))
        return _attached(noted or "")

    def attachments_needed(self) -> frozenset[str]:
        """The SHA-256 of each file that goes with a message which was not sent and may be."""
        with e.reading(self._engine) as connection:
            return attachments_needed(connection)

    def all(self) -> tuple[Queued, ...]:
        """Every message in the order queued, as it stands."""
        return self._chosen(sa.true())

    def outstanding(self) -> tuple[Queued, ...]:
        """Those that wait or that a person must see to, in the order queued."""
        final = (Became.DELIVERED, Became.WRITTEN, Became.WITHHELD, Became.DROPPED)
        last = t.attempt.c.outcome
        return self._chosen(last.is_(None) | last.not_in([*final, Became.FORGOTTEN]))

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
        of = t.attempt.alias("of")
        last = sa.select(sa.func.max(of.c.id)).where(of.c.message_id == t.message.c.id)
        query = (
            sa.select(t.message, t.attempt, t.message_content.c.message_id)
            .select_from(t.message)
            .join(t.attempt, t.attempt.c.id == last.scalar_subquery(), isouter=True)
            .join(t.message_content, t.message_content.c.message_id == t.message.c.id, isouter=True)
            .where(chosen)
            .order_by(t.message.c.id)
        )
        with e.reading(self._engine) as connection:
            names = period_names(self._engine)
            return tuple(_to_queued(row, names) for row in connection.execute(query))


def attachments_needed(connection: sa.Connection) -> frozenset[str]:
    """The SHA-256 of each file that goes with a message which was not sent and may be."""
    of, c = t.attempt.alias("of"), t.message_content.c
    last = sa.select(sa.func.max(of.c.id)).where(of.c.message_id == c.message_id)
    became = t.attempt.c.outcome
    query = (
        sa.select(c.attachments)
        .select_from(t.message_content)
        .join(t.attempt, t.attempt.c.id == last.scalar_subquery(), isouter=True)
        .where(c.attachments != "")
        .where(became.is_(None) | became.not_in([Became.DELIVERED, Became.WRITTEN]))
    )
    return frozenset(
        each.sha256 for noted in connection.scalars(query) for each in _attached(noted)
    )


def _attached(noted: str) -> list[Attached]:
    return msgspec.json.decode(noted, type=list[Attached]) if noted else []


def _answered(connection: sa.Connection) -> Answered:
    c = t.answered.c
    highest = map(sa.func.max, (c.last_submission, c.last_issue, c.last_entered))
    submission, issue, entered = connection.execute(sa.select(*highest)).one()
    names = connection.scalars(sa.select(t.quarantined.c.name))
    return Answered(submission or 0, issue or 0, entered or 0, frozenset(names))


def _put(connection: sa.Connection, outgoing: Sequence[Outgoing]) -> list[Queued]:
    added: list[Queued] = []
    for one in outgoing:
        c = t.message.c
        number = connection.scalar(sa.select(c.id).where(c.header_id == one.queued.header_id))
        if number is None:
            (row,) = rows_of([one.queued], t.message)
            number = connection.scalar(t.message.insert().returning(c.id), row) or 0
            added.append(replace(one.queued, id=number))
            if one.queued.last is not None:
                add(connection, t.attempt, [replace(one.queued.last, message_id=number)])
        elif connection.scalar(_kept_or_forgotten(number)):
            continue
        noted = msgspec.json.encode(one.attached).decode() if one.attached else ""
        values = {"message_id": number, "content": one.content, "attachments": noted}
        connection.execute(t.message_content.insert(), values)
    return added


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
