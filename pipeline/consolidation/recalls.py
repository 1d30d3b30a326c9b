"""Recalls: which issues were recalled, and which one of a period stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from pipeline.store import Issue, Ruling, Store
from schemas.deciding import RECALL


def recalls(store: Store) -> Mapping[int, Ruling]:
    """By the numbers in the store of the issues that were recalled, by whose word they were."""
    rulings = store.decisions.all(Ruling)
    return {
        each.issue_id: each
        for each in rulings
        if each.what == RECALL and each.is_done and each.issue_id is not None
    }


def last_standing(
    issues: Iterable[Issue], recalled: Mapping[int, Ruling], at: datetime | None = None
) -> Issue | None:
    """The last of a period's issues that was not recalled, now or at a moment; None for none.

    `issues` are in the order of time, the last one first. What is recalled in the moment in which
    another appendix is made was recalled before it: a run recalls before it drafts.
    """
    for one in issues:
        ruling = recalled.get(one.id)
        if ruling is None or (at is not None and at < ruling.decided_at):
            return one
    return None


def issue_standing(store: Store, period: str, before: Issue | None = None) -> Issue | None:
    """The last issue of a period's appendix that was not recalled; None where none stands.

    With another issue, of any period, the one that stood when that was made.
    """
    at = before.issued_at if before else None
    return last_standing(_latest_first(store, period, before), recalls(store), at)


def _latest_first(store: Store, period: str, before: Issue | None) -> Iterator[Issue]:
    while issue := store.last_issue(period, before=before):
        yield issue
        before = issue
