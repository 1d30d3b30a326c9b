"""Decisions: what people and the register said of a period or a warning, and what was forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from pipeline.store import engine as e
from pipeline.store import tables as t

#: Who reopens a period that the register shows as open again.
REGISTER = "the register"


@dataclass(frozen=True, slots=True)
class Closing:
    """A period was closed, with what its appendix said then."""

    period: str
    closed_at: datetime
    #: The last issue of its appendix; None where there was none.
    issue_id: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Reopening:
    """A closed period was opened again: what is accepted for it from then on is a restatement."""

    period: str
    closing_id: int
    reopened_at: datetime
    by: str
    because: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Approval:
    """A warning was looked at and found right."""

    submission_id: int
    code: str
    sheet: str
    cell: str
    by: str
    approved_at: datetime
    because: str
    id: int = 0

    @property
    def place(self) -> str:
        """`Indicators!D14`, the sheet alone, or `the file`."""
        return "!".join(part for part in (self.sheet, self.cell) if part) or "the file"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A submission's file, findings and signatures have gone, by the rule named."""

    submission_id: int
    forgotten_at: datetime
    by: str
    rule: str
    id: int = 0


_Word = Closing | Reopening | Approval | Forgotten
#: How many values a statement names at once.
_MANY = 500
D = TypeVar("D", Closing, Reopening, Approval, Forgotten)

_TABLES: dict[type[_Word], sa.Table] = {
    Closing: t.closing,
    Reopening: t.reopening,
    Approval: t.approval,
    Forgotten: t.forgotten,
}


class Decisions:
    """The decisions in a store: each is added, and stays."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def record(self, decision: Closing | Reopening) -> int:
        """Write a decision of a period; its number comes back."""
        table = _TABLES[type(decision)]
        with e.writing(self._engine) as connection:
            number = connection.scalar(table.insert().returning(table.c.id), _row(decision))
        return number or 0

    def approve(self, approvals: Sequence[Approval]) -> None:
        """Write approvals, together or not at all."""
        if approvals:
            with e.writing(self._engine) as connection:
                connection.execute(t.approval.insert(), [_row(a) for a in approvals])

    def forget(self, forgotten: Sequence[Forgotten]) -> None:
        """Delete the findings and signatures of submissions, and write that it was done."""
        if not forgotten:
            return
        numbers = [one.submission_id for one in forgotten]
        with e.writing(self._engine) as connection:
            connection.execute(t.forgotten.insert(), [_row(one) for one in forgotten])
            for table in t.FORGETTABLE:
                for start in range(0, len(numbers), _MANY):
                    some = numbers[start : start + _MANY]
                    connection.execute(table.delete().where(table.c.submission_id.in_(some)))
        e.clear_log(self._engine)

    def closings(self) -> tuple[Closing, ...]:
        return self._all(Closing, t.closing.c.id)

    def reopenings(self) -> tuple[Reopening, ...]:
        return self._all(Reopening, t.reopening.c.id)

    def approvals(self) -> tuple[Approval, ...]:
        return self._all(Approval, t.approval.c.id)

    def forgotten(self) -> tuple[Forgotten, ...]:
        return self._all(Forgotten, t.forgotten.c.id)

    def _all(self, kind: type[D], order: sa.Column[Any]) -> tuple[D, ...]:
        """Every decision of a kind, in the order in which they were taken."""
        query = sa.select(_TABLES[kind]).order_by(order)
        with e.reading(self._engine) as connection:
            return tuple(kind(**row._mapping) for row in connection.execute(query))


def _row(decision: _Word) -> dict[str, Any]:
    """A decision as a row; the store gives it its number."""
    return {name: value for name, value in asdict(decision).items() if name != "id"}
