"""What counts of what was received, as parts of queries."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from pipeline.store import tables as t
from pipeline.store.rows import Issue, Outcome

#: Of the submissions of one period the numbers of those that count: each area's last accepted one.
STANDING = (
    sa.select(sa.func.max(t.submission.c.id))
    .where(t.submission.c.outcome == Outcome.ACCEPTED)
    .group_by(t.submission.c.area)
)


def had_come(issue: Issue) -> sa.ColumnElement[bool]:
    """Whether a submission had come when an issue was made."""
    # An old issue does not say up to which submission it goes.
    if issue.last_submission:
        return t.submission.c.id <= issue.last_submission
    return t.submission.c.received_at <= issue.issued_at


def with_provenance(table: sa.Table) -> sa.Select[Any]:
    """The rows of a table in order of their submissions, with what it does not say of these."""
    c = t.submission.c
    provenance = (c.area, c.period, c.sha256.label("submission"), c.filename, c.received_at)
    missing = [column for column in provenance if column.name not in table.c]
    return sa.select(table, *missing).join(t.submission).order_by(*table.primary_key)
