"""Outstanding: the few messages that may not be done with, found without a look at all others.

What becomes of a message is told by its last attempt alone, so that every message would have to be
asked. Now and then is noted which of those up to a message and an attempt were not done with; all
others can only be later ones, or have a later attempt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from pipeline.store import tables as t

#: So many later messages and attempts are looked at before it is noted again.
_LATER = 500
#: A statement names no more; where more are not done with, the last note stands.
_NAMED = 500


def candidates(connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Whether a message may not be done with: it is to be sent, or kept so that it can be."""
    c = t.outstanding.c
    noted = connection.execute(sa.select(t.outstanding).order_by(c.id.desc()).limit(1)).first()
    if noted is None:
        return sa.true()
    number, of = t.message.c.id, t.attempt.c
    named = msgspec.json.decode(noted.messages, type=list[int])
    may_be = sa.union(
        sa.select(number).where(number > noted.last_message),
        sa.select(number).where(number.in_(named)),
        sa.select(of.message_id).where(of.id > noted.last_attempt, of.message_id.is_not(None)),
    )
    return number.in_(may_be)


def note(connection: sa.Connection, not_done: Callable[[sa.Connection], set[int]]) -> None:
    """Note which messages are not done with, if many came since; `not_done` finds them.

    Only while no other run is at work, so that no lower number is still to be committed.
    """
    columns: tuple[Any, ...] = (t.message.c.id, t.attempt.c.id)
    message, attempt = (connection.scalar(sa.select(sa.func.max(c))) or 0 for c in columns)
    c = t.outstanding.c
    before = sa.select(sa.func.max(c.last_message), sa.func.max(c.last_attempt))
    noted = [number or 0 for number in connection.execute(before).one()]
    if message + attempt - sum(noted) < _LATER:
        return
    found = sorted(not_done(connection))
    if len(found) <= _NAMED:
        row = {"last_message": message, "last_attempt": attempt}
        text = msgspec.json.encode(found).decode()
        connection.execute(t.outstanding.insert(), row | {"messages": text})
