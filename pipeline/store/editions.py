"""Editions: the drafts and issues of each period's appendix; each is added, and stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from pipeline.store import engine as e
from pipeline.store import tables as t
from pipeline.store.decisions import Ruling
from pipeline.store.period_names import period_names
from pipeline.store.records import add, by_owner, in_portions, rows_found, rows_of
from pipeline.store.rows import Issue, IssuedRating, Suppressed

#: Old issues do not say so, and are none.
_IS_DRAFT = sa.func.coalesce(t.issue.c.is_draft, sa.false())
#: What so many ratings of issues say is kept for the next look-up, some megabytes of it.
_MOST_KEPT = 50_000


class _Said:
    """What issues say of each indicator, which never changes: the last ones that were looked up.

    A number that a transaction gave and took back may be given again, so that what the issue was
    made from, and when, belongs to the key. One that says nothing is looked up again: a replay puts
    in the issues first, and what they say after them.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[IssuedRating, ...]] = OrderedDict()
        self._many = 0

    def get(self, key: tuple[object, ...]) -> tuple[IssuedRating, ...] | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: tuple[object, ...], said: tuple[IssuedRating, ...]) -> None:
        if said:
            self._kept[key] = said
        self._many += len(said)
        while self._many > _MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._many -= len(oldest)


class Editions:
    """The drafts and issues in a store."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._said = _Said()

    def record(self, issue: Issue, ruling: Ruling | None = None) -> int:
        """Note one, what it says of each indicator, and what not; its number comes back.

        The `ruling` by which it was made, if there was one, is noted with it or not at all.
        """
        with e.writing(self._engine) as connection:
            (row,) = rows_of([issue], t.issue)
            number = connection.scalar(t.issue.insert().returning(t.issue.c.id), row) or 0
            add(connection, t.rating, issue.ratings, issue_id=number)
            add(connection, t.suppressed, issue.suppressed, issue_id=number)
            if ruling is not None:
                add(connection, t.request, [replace(ruling, issue_id=number)])
        return number

    def all(self, period: str | None = None) -> tuple[Issue, ...]:
        """Every one of a period's appendix or of all, in the order made."""
        return self._chosen(self._is_for(period))

    def issues(self, period: str | None = None) -> tuple[Issue, ...]:
        """Those that are no drafts."""
        return self._chosen(self._is_for(period) & ~_IS_DRAFT)

    def of_number(self, number: int) -> Issue:
        """The one of that number in the store."""
        (issue,) = self._chosen(t.issue.c.id == number)
        return issue

    def last(self, period: str) -> Issue | None:
        """The last draft or issue of a period's appendix."""
        return self._last(period, sa.true())

    def last_issue(self, period: str, before: Issue | None = None) -> Issue | None:
        """The last one that is no draft, or the last before one of any period."""
        return self._last(period, ~_IS_DRAFT & (t.issue.c.id < before.id if before else sa.true()))

    def many(self, period: str) -> int:
        """How many issues of a period's appendix there are."""
        chosen = sa.select(sa.func.count()).where(self._is_for(period) & ~_IS_DRAFT)
        with e.reading(self._engine) as connection:
            return connection.scalar(chosen) or 0

    def since(self, draft: Issue) -> Issue:
        """The first draft that says what this one says, with nothing else said between them."""
        c = t.issue.c
        return self._first_after(draft, c.said.is_(None) | (c.said != draft.said) | ~_IS_DRAFT)

    def first_of_content(self, issue: Issue) -> Issue:
        """The first one that was made from what this one was, with nothing else between them.

        A draft, and the issue that is made of it, print the same, and so hide the same.
        """
        return self._first_after(issue, t.issue.c.content != issue.content)

    def _first_after(self, issue: Issue, is_other: sa.ColumnElement[bool]) -> Issue:
        """The first one of its period after the last other before it."""
        c = t.issue.c
        others = self._is_for(issue.period) & (c.id < issue.id) & is_other
        before = sa.func.coalesce(sa.select(sa.func.max(c.id)).where(others).scalar_subquery(), 0)
        first = sa.select(sa.func.min(c.id)).where(self._is_for(issue.period) & (c.id > before))
        return next(iter(self._chosen(c.id == first.scalar_subquery())), issue)

    def _last(self, period: str, is_meant: sa.ColumnElement[bool]) -> Issue | None:
        last = sa.select(sa.func.max(t.issue.c.id)).where(self._is_for(period) & is_meant)
        return next(iter(self._chosen(t.issue.c.id == last.scalar_subquery())), None)

    def _chosen(self, chosen: sa.ColumnElement[bool]) -> tuple[Issue, ...]:
        with e.reading(self._engine) as connection:
            rows = [
                (_key(row), row)
                for row in rows_found(
                    connection, sa.select(t.issue).where(chosen).order_by(t.issue.c.id)
                )
            ]
            said = {key: found for key, _ in rows if (found := self._said.get(key)) is not None}
            new = {row["id"]: key for key, row in rows if key not in said}
            for some in in_portions(new):
                c = t.rating.c
                query = sa.select(t.rating).where(c.issue_id.in_(some)).order_by(c.position)
                ratings = by_owner(connection, query, IssuedRating)
                for number in some:
                    said[new[number]] = tuple(ratings[number])
                    self._said.keep(new[number], said[new[number]])
            return tuple(_to_issue(row, said[key]) for key, row in rows)

    def suppressed(self, period: str) -> Mapping[int, frozenset[Suppressed]]:
        """What issues did not print of a period's figures, by their numbers."""
        columns = [c for c in t.suppressed.columns if c is not t.suppressed.c.id]
        chosen = sa.select(*columns)
        is_meant = period_names(self._engine).is_of(t.suppressed.c.period, period)
        with e.reading(self._engine) as connection:
            found = by_owner(connection, chosen.where(is_meant), Suppressed)
        return {number: frozenset(rows) for number, rows in found.items()}

    def _is_for(self, period: str | None) -> sa.ColumnElement[bool]:
        """Whether an issue is one of this period, or of any where none is named."""
        names = [] if period is None else [period]
        return period_names(self._engine).is_of(t.issue.c.period, *names)


def _key(row: Mapping[Any, Any]) -> tuple[object, ...]:
    return row["id"], row["content"], row["issued_at"]


def _to_issue(row: Mapping[Any, Any], ratings: Sequence[IssuedRating]) -> Issue:
    # What old versions did not note yet is none.
    noted = {str(name): value for name, value in row.items() if value is not None}
    return msgspec.convert({"version": "", "suppresses": False, **noted, "ratings": ratings}, Issue)
