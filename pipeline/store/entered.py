"""Entered: single figures that a person put in on a service area's behalf, beside its returns.

One counts in place of the area's figure for as long as the return stands that stood when it was
entered, or none does still: what the area sends after that takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from pipeline.store import engine as e
from pipeline.store import tables as t
from pipeline.store.period_names import period_names
from pipeline.store.records import rows_found, rows_of
from schemas.observations import Observation


class Entered(Observation, frozen=True, kw_only=True):
    """A figure that was entered: an observation, with who entered it, when and why."""

    #: The accepted return of its area and period that stood then; None where none did.
    submission_id: int | None
    #: The last submission and the last issue that the store held; 0 for none.
    last_submission: int
    last_issue: int
    by: str
    entered_at: datetime
    because: str
    #: What had opened its closed period again.
    reopening_id: int | None = None
    id: int = 0

    @property
    def is_restatement(self) -> bool:
        """Whether it counts for a period that had been closed before."""
        return self.reopening_id is not None


def in_force(
    entered: Iterable[Entered], standing: Mapping[str | None, int]
) -> dict[tuple[str, str], Entered]:
    """Of one period's figures in their order those that count, by indicator and area.

    `standing` has the number of the return that stands of each area that has one.
    """
    last = {(one.indicator, one.area): one for one in entered}
    return {
        place: one for place, one in last.items() if one.submission_id == standing.get(one.area)
    }


def with_entered(
    observations: Iterable[Observation], counting: Mapping[tuple[str, str], Entered]
) -> tuple[Observation, ...]:
    """Figures of one period's returns, with those that count in their place."""
    reported = {(o.indicator, o.area): o for o in observations}
    return tuple({**reported, **counting}.values())


class EnteredFigures:
    """The entered figures in a store: each is added, and stays."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def record(self, entered: Entered) -> int:
        """Write a figure; its number comes back."""
        (row,) = rows_of([entered], t.entered)
        with e.writing(self._engine) as connection:
            return connection.scalar(t.entered.insert().returning(t.entered.c.id), row) or 0

    def all(self, period: str | None = None, after: int = 0) -> tuple[Entered, ...]:
        """Every figure of a period or of all with a higher number, in the order entered."""
        query = sa.select(t.entered).where(t.entered.c.id > after).order_by(t.entered.c.id)
        if period is not None:
            query = query.where(period_names(self._engine).is_of(t.entered.c.period, period))
        with e.reading(self._engine) as connection:
            rows = rows_found(connection, query)
            return tuple(_with_provenance(msgspec.convert(row, Entered)) for row in rows)


def _with_provenance(one: Entered) -> Entered:
    """What stands where others have the name of their file, and when that came."""
    return replace(one, filename=f"entered by {one.by}", received_at=one.entered_at)
