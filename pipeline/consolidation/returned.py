"""Returned: where each service area's return for a period stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from pipeline.consolidation.report import ReturnReceived, ReturnState
from pipeline.store import Outcome, Submission
from schemas.model import Period, Register, ServiceArea


def returns_received(
    register: Register, period: Period, submissions: Iterable[Submission], today: date
) -> tuple[ReturnReceived, ...]:
    """Where each service area's return for a period stands; areas that report nothing are left out.

    `submissions` are in the order received.
    """
    sent: dict[str | None, list[Submission]] = defaultdict(list)
    for each in submissions:
        if each.period == period.name and each.outcome is not Outcome.DUPLICATE:
            sent[each.area].append(each)
    return tuple(_return(area, period, sent[area.ref], today) for area in reporting(register))


def reporting(register: Register) -> tuple[ServiceArea, ...]:
    """The areas that report anything, in the register's order."""
    return tuple(area for area in register.areas if register.indicators_of(area.ref))


def day_of(moment: datetime) -> date:
    """The day on the clock of this machine, which is the one that returns are due by."""
    return moment.astimezone().date()


def _return(
    area: ServiceArea, period: Period, sent: list[Submission], today: date
) -> ReturnReceived:
    accepted = [s for s in sent if s.outcome is Outcome.ACCEPTED]
    if not sent:
        overdue = today > period.due
        return ReturnReceived(area, ReturnState.OVERDUE if overdue else ReturnState.MISSING)
    shown_one = accepted[-1] if accepted else sent[-1]
    late = day_of(shown_one.received_at) > period.due
    received = ReturnReceived(
        area=area,
        state=ReturnState.LATE if late else ReturnState.RECEIVED,
        filename=shown_one.filename,
        received_at=shown_one.received_at,
        sha256=shown_one.sha256,
        errors=shown_one.errors,
        warnings=shown_one.warnings,
        superseded=max(0, len(accepted) - 1),
    )
    if not accepted:
        return replace(received, state=ReturnState.REJECTED)
    waiting = sent[-1] if sent[-1].outcome is Outcome.REJECTED else None
    return replace(received, rejected_since=waiting.filename) if waiting else received
