"""Received: of very many submissions and figures the little that a night needs of them all."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from pipeline.store import tables as t
from pipeline.store.engine import reading
from pipeline.store.period_names import period_names
from pipeline.store.records import rows_found

_SENT = t.submission.c
_IS_KEPT = _SENT.id.not_in(sa.select(t.forgotten.c.submission_id))


class Received:
    """What was received, in the store of an engine; `kept` is what was not forgotten."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._names = period_names(engine)

    def kept_sizes(self) -> dict[str, int]:
        """The size of each file that is kept, in bytes, by its hash."""
        query = sa.select(_SENT.sha256, _SENT.size).where(_IS_KEPT)
        with reading(self._engine) as connection:
            return dict(map(tuple, connection.execute(query)))

    def kept_periods(self) -> set[str | None]:
        """The periods for which anything is kept; None stands for what is plainly for none."""
        query = sa.select(_SENT.period).where(_IS_KEPT).distinct()
        with reading(self._engine) as connection:
            return {row["period"] for row in rows_found(connection, query)}

    def kept_moments(self, period: str | None) -> list[datetime]:
        """When each file that is kept for a period was received, or for none."""
        place = _SENT.period
        is_meant = place.is_(None) if period is None else self._names.is_of(place, period)
        query = sa.select(_SENT.received_at).where(_IS_KEPT, is_meant)
        with reading(self._engine) as connection:
            return [*connection.scalars(query)]

    def registers(self) -> tuple[str, ...]:
        """The SHA-256 of each register by which a submission was checked, the last first."""
        query = sa.select(_SENT.register_sha256).group_by(_SENT.register_sha256)
        with reading(self._engine) as connection:
            return tuple(connection.scalars(query.order_by(sa.func.max(_SENT.id).desc())))

    def indicators(self) -> set[str]:
        """The refs of the indicators for which anything was ever accepted."""
        query = sa.select(t.observation.c.indicator).distinct()
        with reading(self._engine) as connection:
            return {*connection.scalars(query)}
