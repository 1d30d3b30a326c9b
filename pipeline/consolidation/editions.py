"""Editions: which draft or issue a report is, what is kept of it, and when a draft is issued."""

from __future__ import annotations

from datetime import date

import msgspec

from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.content import code_of, said_by
from pipeline.consolidation.recalls import recalls
from pipeline.consolidation.report import Edition, Report
from pipeline.store import Asked, Issue, IssuedRating, Store
from schemas.deciding import IssueRule
from schemas.model import Period, Register
from schemas.wording import day_shown


def edition_of(store: Store, issue: Issue) -> Edition:
    """How a draft or issue in the store is called where it is printed."""
    code = code_of(issue.period, issue.said) if issue.said else ""
    if issue.is_draft:
        return Edition(code)
    # Old versions noted no numbers.
    number = issue.number or [each.id for each in store.issues(issue.period)].index(issue.id) + 1
    return Edition(code, number, _replaces(store, store.last_issue(issue.period, before=issue)))


def next_edition(store: Store, report: Report) -> Edition:
    """How the next issue of a period's appendix would be called."""
    period = report.period.name
    number = store.editions.many(period) + 1
    return Edition(
        code_of(period, said_by(report)), number, _replaces(store, store.last_issue(period))
    )


def _replaces(store: Store, before: Issue | None) -> str:
    """What an issue after that one takes the place of; empty where that holds."""
    if before is None or (recall := recalls(store).get(before.id)) is None:
        return ""
    day = day_shown(recall.decided_at.astimezone().date())
    called = f"issue {before.number}" if before.number else "the issue before it"
    return f"It replaces {called}, which was recalled on {day}: {recall.because.rstrip('.')}."


def says_the_same(report: Report, issue: Issue | None) -> bool:
    """Whether a reader of that issue would see no change."""
    if issue is None:
        return False
    if issue.said:
        return issue.said == said_by(report)
    # Old versions kept what it said of each indicator, and no key of the whole.
    changes = changes_since(report, issue)
    return changes.is_known and not changes.groups and changes.overall is None


def is_due_by_rule(
    register: Register, period: Period, last: Issue | None, *, is_whole: bool, today: date
) -> bool:
    """Whether the register issues a draft by itself, of which the last issue says something else.

    Where people approve, or an issue is there and the rule is not every change, it does not.
    `is_whole`: all that is due has been answered.
    """
    match register.framework.issue_when:
        case IssueRule.CHANGE:
            return True
        case IssueRule.COMPLETE:
            return last is None and is_whole
        case IssueRule.DATE:
            return last is None and period.issue_on is not None and period.issue_on <= today
        case IssueRule.APPROVAL:
            return False


def issue_of(report: Report, last_submission: int) -> Issue:
    """What the store keeps of a draft or issue: each indicator as it was printed.

    `last_submission` is the number of the last one that the store holds.
    """
    asked = [line.indicator for line in report.lines if line.is_due]
    return Issue(
        is_draft=report.is_draft,
        number=report.edition.number if report.edition else 0,
        said=said_by(report),
        period=report.period.name,
        content=report.content,
        issued_at=report.issued_at,
        overall=report.overall.colour or "",
        register_sha256=report.register.sha256,
        current_sha256=report.current_sha256,
        ratings=tuple(
            IssuedRating(
                indicator=line.indicator.ref,
                performance=line.performance_shown,
                target=line.target_shown,
                rating=line.rating.code,
                merge_rule=line.indicator.merge_rule.value,
            )
            for line in report.lines
        ),
        suppressed=report.suppressed,
        last_submission=last_submission,
        asked=msgspec.json.encode(
            {each.ref: Asked(each.wording, each.areas) for each in asked}
        ).decode(),
    )
