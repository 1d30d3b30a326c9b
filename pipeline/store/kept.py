"""Kept: what was received and not forgotten, asked for by what little a night needs of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from pipeline.store import tables as t
from pipeline.store.engine import reading
from pipeline.store.period_names import period_names
from pipeline.store.records import rows_found

_SENT = t.submission.c
_IS_KEPT = _SENT.id.not_in(sa.select(t.forgotten.c.submission_id))


class Kept:
    """What was received and not forgotten, in the store of an engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._names = period_names(engine)

    def sizes(self) -> dict[str, int]:
        """The size of each file in bytes, by its hash."""
        query = sa.select(_SENT.sha256, _SENT.size).where(_IS_KEPT)
        with reading(self._engine) as connection:
            return dict(map(tuple, connection.execute(query)))

    def periods(self) -> set[str | None]:
        """The periods for which anything is; None stands for what is plainly for none."""
        query = sa.select(_SENT.period).where(_IS_KEPT).distinct()
        with reading(self._engine) as connection:
            return {row["period"] for row in rows_found(connection, query)}

    def moments(self, period: str | None) -> list[datetime]:
        """When each file for a period was received, or for none."""
        is_meant = (
            _SENT.period.is_(None) if period is None else self._names.is_of(_SENT.period, period)
        )
        query = sa.select(_SENT.received_at).where(_IS_KEPT, is_meant)
        with reading(self._engine) as connection:
            return [*connection.scalars(query)]
