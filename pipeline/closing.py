"""Closing: which periods are closed, and by whose word a closed one is open again.

The register says which periods are open. The store remembers when one was closed and with what
appendix: whatever is accepted for it after that is a restatement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.display import day_shown
from pipeline.errors import WorkspaceError
from pipeline.model import Kind, Period, Register
from pipeline.report import Line
from pipeline.store import REGISTER, Closing, Issue, Reopening, Store, Submission


@dataclass(frozen=True, slots=True)
class Closed:
    """What a period said when it was closed, before it was restated."""

    closing: Closing
    #: The appendix that it was closed with; None where none had been issued.
    issue: Issue | None

    @property
    def performances(self) -> dict[str, str]:
        """What that appendix printed for each indicator; empty where the store did not keep it."""
        ratings = self.issue.ratings if self.issue else ()
        return {r.indicator: r.performance for r in ratings}


def note_closings(register: Register, store: Store, now: datetime) -> dict[str, int]:
    """Note what the register closes and opens; the periods that it reopened, with their number.

    A period for which nothing was ever received needs no closing.
    """
    periods = store.periods()
    for period in register.periods:
        if period.name not in periods:
            continue
        last = _last_word(store, period.name)
        if not period.open and not isinstance(last, Closing):
            issue = store.last_issue(period.name)
            store.decisions.record(Closing(period.name, now, issue.id if issue else None))
        elif period.open and isinstance(last, Closing):
            store.decisions.record(Reopening(period.name, last.id, now, REGISTER))
    return {
        period.name: last.id
        for period in register.periods
        if period.open and isinstance(last := _last_word(store, period.name), Reopening)
    }


def reopen(period: Period, store: Store, now: datetime, by: str, because: str) -> int:
    """Open a closed period for one run; the reopening's number comes back.

    Raises:
        WorkspaceError: the register has it open, or nothing was received for it, so that it has no
            figures to restate.
    """
    last = _last_word(store, period.name)
    if period.open:
        raise WorkspaceError(f"{period.name} is open in the register; run without --reopen.")
    if not isinstance(last, Closing):
        raise WorkspaceError(
            f"{period.name} has no figures to restate. Open it on the register's sheet Periods."
        )
    return store.decisions.record(Reopening(period.name, last.id, now, by, because))


def restated_from(store: Store, submissions: tuple[Submission, ...]) -> Closed | None:
    """What a period was closed with before the restatements among its submissions came.

    None where none of them is a restatement. Of several closings it is the last one that was
    followed by a restatement.
    """
    numbers = {sent.reopening_id for sent in submissions if sent.is_restatement}
    closings = [r.closing_id for r in store.decisions.reopenings() if r.id in numbers]
    if not closings:
        return None
    closing = next(c for c in store.decisions.closings() if c.id == max(closings))
    return Closed(closing, store.issue(closing.issue_id) if closing.issue_id else None)


def marked(line: Line, closed: Closed | None) -> Line:
    """The line, marked where it says something else than when its period was closed."""
    if closed is None or not closed.performances:
        return line
    earlier = closed.performances.get(line.indicator.ref, "")
    if earlier == line.performance_shown:
        return line
    when = (
        f"when the period was closed on {day_shown(closed.closing.closed_at.astimezone().date())}"
    )
    if line.indicator.kind is Kind.NARRATIVE and earlier:
        remark = f"Restated: it was worded otherwise {when}."
    elif earlier:
        remark = f"Restated: it stood at {earlier} {when}."
    else:
        remark = f"Restated: there was no figure {when}."
    return replace(line, restated_from=earlier, remarks=(remark, *line.remarks))


def _last_word(store: Store, period: str) -> Closing | Reopening | None:
    """The last closing or reopening of a period; a reopening follows the closing that it names."""
    closings = [c for c in store.decisions.closings() if c.period == period]
    if not closings:
        return None
    last = closings[-1]
    reopened = (r for r in store.decisions.reopenings() if r.closing_id == last.id)
    return max(reopened, key=lambda r: r.id, default=last)
