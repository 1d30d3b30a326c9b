"""Drafts: what nights prepared of each period's appendix; each is added, and stays."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from pipeline import __version__
from pipeline.store import engine as e
from pipeline.store import tables as t
from pipeline.store.records import add, rows_of
from pipeline.store.rows import IssuedRating


class Draft(Struct, frozen=True):
    """One draft of a period's appendix."""

    period: str
    #: The key of what it was made from, and of what it says; the code by which people name it.
    content: str
    said: str
    code: str
    made_at: datetime
    register_sha256: str
    last_submission: int
    #: The colour of the whole; empty where it has none.
    overall: str = ""
    #: How many answers there were, and how many were due.
    answered: int = 0
    due: int = 0
    ratings: tuple[IssuedRating, ...] = ()
    version: str = __version__
    id: int = 0


class Drafts:
    """The drafts in a store."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def record(self, draft: Draft) -> int:
        """Note that a draft was made, and what it says of each indicator; its number comes back."""
        with e.writing(self._engine) as connection:
            (row,) = rows_of([draft], t.draft)
            number = connection.scalar(t.draft.insert().returning(t.draft.c.id), row) or 0
            add(connection, t.drafted, draft.ratings, draft_id=number)
        return number

    def last(self, period: str) -> Draft | None:
        """The last draft of a period's appendix."""
        last = sa.select(sa.func.max(t.draft.c.id)).where(t.draft.c.period == period)
        return self._one(t.draft.c.id == last.scalar_subquery())

    def of_code(self, period: str, code: str) -> Draft | None:
        """The last draft of a period that bore this code."""
        is_meant = (t.draft.c.period == period) & (t.draft.c.code == code)
        return self._one(
            t.draft.c.id == sa.select(sa.func.max(t.draft.c.id)).where(is_meant).scalar_subquery()
        )

    def _one(self, chosen: sa.ColumnElement[bool]) -> Draft | None:
        said = sa.select(t.drafted).join(t.draft).where(chosen).order_by(t.drafted.c.position)
        with e.reading(self._engine) as connection:
            row = connection.execute(sa.select(t.draft).where(chosen)).mappings().first()
            if row is None:
                return None
            rated = connection.execute(said).mappings()
            ratings = [msgspec.convert(dict(each), IssuedRating) for each in rated]
        return msgspec.convert({**row, "ratings": ratings}, Draft)
