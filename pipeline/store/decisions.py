"""Decisions: what people and the register said of a period or a warning, and what was forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from pipeline.store import engine as e
from pipeline.store import tables as t
from pipeline.store.records import T, add, read, rows_of

#: Who reopens a period that the register shows as open again, and whence a line of it came.
REGISTER = "the register"


class Closing(Struct, frozen=True):
    """A period was closed, with what its appendix said then."""

    period: str
    closed_at: datetime
    #: The last issue of its appendix; None where there was none.
    issue_id: int | None = None
    #: The register that it was held to then; None where an old version did not note it.
    register_sha256: str | None = None
    id: int = 0


class Reopening(Struct, frozen=True):
    """A closed period was opened again: what is accepted for it from then on is a restatement."""

    period: str
    closing_id: int
    reopened_at: datetime
    by: str
    because: str = ""
    id: int = 0


class Approval(Struct, frozen=True):
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


class Ruling(Struct, frozen=True):
    """What someone asked to be decided, on the register or by a command, and what became of it."""

    #: As it was asked; which of them are filled in depends on what is asked.
    what: str
    decided_at: datetime
    period: str = ""
    area: str = ""
    finding: str = ""
    indicator: str = ""
    code: str = ""
    by: str = ""
    #: The day that it bears, as the register has it.
    on: str = ""
    because: str = ""
    #: How it came: `REGISTER`, or the login of whoever gave the command.
    came: str = ""
    #: The key of its line on the register, by which it is known again; empty for a command.
    line: str = ""
    is_done: bool = False
    #: What came of it, in a sentence.
    answer: str = ""
    #: The issue that was made or recalled by it.
    issue_id: int | None = None
    id: int = 0

    @property
    def asked(self) -> str:
        """What was asked for, in a few words: `Approve 2012-13 7KQ2MX`."""
        parts = (self.what, self.period, self.area, self.finding, self.indicator, self.code)
        words = " ".join(filter(None, parts))
        return words[:1].upper() + words[1:]

    @property
    def whose(self) -> str:
        """Who decided it, as the register has it, or by the login: `by Officer`."""
        return f"by {self.by or ('nobody named' if self.came == REGISTER else self.came)}"


class Forgotten(Struct, frozen=True):
    """A submission's file, findings and signatures have gone, by the rule named."""

    submission_id: int
    forgotten_at: datetime
    by: str
    rule: str
    id: int = 0


_TABLES: dict[type, sa.Table] = {
    Closing: t.closing,
    Reopening: t.reopening,
    Approval: t.approval,
    Forgotten: t.forgotten,
    Ruling: t.request,
}


class Decisions:
    """The decisions in a store: each is added, and stays."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def record(self, decision: Closing | Reopening | Ruling) -> int:
        """Write a decision; its number comes back."""
        table = _TABLES[type(decision)]
        (row,) = rows_of([decision], table)
        with e.writing(self._engine) as connection:
            return connection.scalar(table.insert().returning(table.c.id), row) or 0

    def approve(self, approvals: Sequence[Approval], ruling: Ruling | None = None) -> None:
        """Write approvals, and by which ruling they came, together or not at all."""
        with e.writing(self._engine) as connection:
            add(connection, t.approval, approvals)
            add(connection, t.request, [] if ruling is None else [ruling])

    def forget(self, forgotten: Sequence[Forgotten]) -> None:
        """Delete the findings and signatures of submissions, and write that it was done."""
        gone = sa.select(t.forgotten.c.submission_id)
        with e.writing(self._engine) as connection:
            add(connection, t.forgotten, forgotten)
            for table in t.FORGETTABLE:
                connection.execute(table.delete().where(table.c.submission_id.in_(gone)))
        e.clear_log(self._engine)

    def answered_lines(self) -> frozenset[str]:
        """The keys of the register's lines about which something was decided."""
        c = t.request.c.line
        with e.reading(self._engine) as connection:
            return frozenset(connection.scalars(sa.select(c).where(c != "")))

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Every decision of a kind, in the order in which they were taken."""
        table = _TABLES[kind]
        return read(self._engine, sa.select(table).order_by(table.c.id), kind)
