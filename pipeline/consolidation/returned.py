"""Returned: where each service area's return for a period stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from pipeline.consolidation.report import Report, ReturnReceived, ReturnState
from pipeline.store import Outcome, Submission
from schemas.model import Period, Register, ServiceArea


def returns_received(
    register: Register, period: Period, submissions: Iterable[Submission], today: date
) -> tuple[ReturnReceived, ...]:
    """Where each service area's return for a period stands; areas that report nothing are left out.

    `submissions` are in the order received. Areas that left and whose return counts are among them.
    """
    sent: dict[str | None, list[Submission]] = defaultdict(list)
    for each in submissions:
        if each.period == period.name and each.outcome is not Outcome.DUPLICATE:
            sent[each.area].append(each)
    left = (
        ServiceArea(ref, register.area_name(ref))
        for ref, some in sent.items()
        if ref
        and register.area(ref) is None
        and any(each.outcome is Outcome.ACCEPTED for each in some)
    )
    areas = (*reporting(register), *left)
    return tuple(_return(area, period, sent[area.ref], today) for area in areas)


def reporting(register: Register) -> tuple[ServiceArea, ...]:
    """The areas that report anything, in the register's order."""
    return tuple(area for area in register.areas if register.indicators_of(area.ref))


def day_of(moment: datetime) -> date:
    """The day on the clock of this machine, which is the one that returns are due by."""
    return moment.astimezone().date()


def as_of(report: Report, moment: datetime) -> Report:
    """The report as it is printed at another time: what it awaits may be overdue by then."""
    late = day_of(moment) > report.period.due
    awaited = ReturnState.OVERDUE if late else ReturnState.MISSING
    returns = tuple(
        replace(each, state=awaited)
        if each.state in (ReturnState.OVERDUE, ReturnState.MISSING)
        else each
        for each in report.returns
    )
    return replace(report, issued_at=moment, returns=returns)


def came_in_time(sent: Iterable[Submission], period: Period) -> bool:
    """Whether any of an area's returns for a period came by the day on which it was due.

    Whoever then puts it right, of himself or because it was sent back, is not late.
    """
    return any(day_of(one.received_at) <= period.due for one in sent)


def _return(
    area: ServiceArea, period: Period, sent: list[Submission], today: date
) -> ReturnReceived:
    if not sent:
        overdue = today > period.due
        return ReturnReceived(area, ReturnState.OVERDUE if overdue else ReturnState.MISSING)
    accepted, last = [s for s in sent if s.outcome is Outcome.ACCEPTED], sent[-1]
    shown = accepted[-1] if accepted else last
    taken_in = ReturnState.RECEIVED if came_in_time(sent, period) else ReturnState.LATE
    taken_in = ReturnState.RESTATED if shown.is_restatement else taken_in
    return ReturnReceived(
        area=area,
        state=taken_in if accepted else ReturnState.REJECTED,
        filename=shown.filename,
        received_at=shown.received_at,
        sha256=shown.sha256,
        errors=shown.errors,
        warnings=shown.warnings,
        superseded=max(0, len(accepted) - 1),
        rejected_since=last.filename if accepted and last.outcome is Outcome.REJECTED else "",
    )
