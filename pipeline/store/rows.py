"""Submissions as they go into the tables and come back out of them.

A field goes into the column of its name and comes out of it, so that one is named once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import sqlalchemy as sa

from pipeline import __version__
from schemas.findings import Finding, Severity
from schemas.observations import Achievement, Observation


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Submission:
    """One receipt of a file, with its findings in reading order."""

    sha256: str
    filename: str
    received_at: datetime
    outcome: Outcome
    size: int
    register_sha256: str
    area: str | None = None
    period: str | None = None
    findings: tuple[Finding, ...] = ()
    #: The key of this one delivery of the file, as `delivery_key` makes it.
    delivery: str = ""
    #: The area in whose inbox folder the file lay.
    folder_area: str | None = None
    #: The version of the program that checked it.
    version: str = __version__
    #: What had opened its closed period again.
    reopening_id: int | None = None
    #: Given by the store; later submissions have higher numbers.
    id: int = 0

    @property
    def is_restatement(self) -> bool:
        """Whether its figures count for a period that had been closed before."""
        return self.outcome is Outcome.ACCEPTED and self.reopening_id is not None

    @property
    def errors(self) -> int:
        return sum(f.severity is Severity.ERROR for f in self.findings)

    @property
    def warnings(self) -> int:
        return sum(f.severity is Severity.WARNING for f in self.findings)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who stands behind a return, as its cover says."""

    completed_by: str = ""
    signed_off_by: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A submission with what it brings; no figures where it was not accepted."""

    submission: Submission
    observations: tuple[Observation, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    signature: Signature = Signature()


@dataclass(frozen=True, slots=True)
class IssuedRating:
    """What an issue of the appendix says of one indicator, as printed."""

    indicator: str
    performance: str
    target: str
    #: A colour, or why there is none.
    rating: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a period's appendix."""

    period: str
    #: The key of what it was made from.
    content: str
    issued_at: datetime
    #: The colour of the whole; empty where it has none.
    overall: str = ""
    register_sha256: str = ""
    ratings: tuple[IssuedRating, ...] = ()
    version: str = __version__
    #: The last submission that the store held; 0 where an old version did not note it.
    last_submission: int = 0
    id: int = 0


T = TypeVar("T")


def to_row(table: sa.Table, item: object) -> dict[str, Any]:
    """An item as a row of a table; what has no number yet gets one from the store."""
    (row,) = to_rows(table, [item])
    return row if row["id"] else {name: row[name] for name in row if name != "id"}


def to_rows(table: sa.Table, items: Iterable[object], **more: object) -> list[dict[str, Any]]:
    """Items as rows of a table: `more`, and each other column from the field of its name.

    Where the table has positions, they are numbered in their order.
    """
    given = (*more, "position")
    names = [column.name for column in table.columns if column.name not in given]
    rows = [more | {name: getattr(item, name) for name in names} for item in items]
    if "position" in table.columns:
        for position, row in enumerate(rows):
            row["position"] = position
    return rows


def from_row(kind: Callable[..., T], row: sa.Row[Any] | Mapping[str, Any], **more: object) -> T:
    """A row as an item of that kind: `more`, and each other field from the column of its name.

    A field for which there is no column, or nothing in it, has its default.
    """
    values = row._asdict() if isinstance(row, sa.Row) else row
    for name, is_optional, word in _fields(kind):
        if name not in more and name in values:
            value = values[name]
            if value is not None:
                more[name] = word(value) if word else value
            elif is_optional:
                more[name] = None
    return kind(**more)


@cache
def _fields(kind: Callable[..., object]) -> tuple[tuple[str, bool, type[Enum] | None], ...]:
    """The fields of a kind of item: whether each may be None, and its words where those are few."""
    hints = get_type_hints(kind)
    found = []
    for name in hints:
        is_optional = get_origin(hints[name]) is UnionType
        held = get_args(hints[name])[0] if is_optional else hints[name]
        is_word = isinstance(held, type) and issubclass(held, Enum)
        found.append((name, is_optional, held if is_word else None))
    return tuple(found)
