"""Assembly: the report of a period, from the register and what the store holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline import __version__
from pipeline.display import shown, target_shown
from pipeline.merge import Consolidated, is_incomplete, merge
from pipeline.model import (
    Achievement,
    Observation,
    Period,
    Register,
    ServiceArea,
    Status,
    Target,
)
from pipeline.rating import Travel, key, overall_key, rate, tally, travel
from pipeline.report import Line, Report, ReturnReceived, ReturnState, Section
from pipeline.store import Outcome, Submission


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the store holds that bears on one period."""

    observations: Sequence[Observation]
    achievements: Sequence[Achievement]
    submissions: Sequence[Submission]
    #: Observations of the last period, and of the same period a year before.
    last: Sequence[Observation] = ()
    year_before: Sequence[Observation] = ()


def assemble(register: Register, period: Period, evidence: Evidence, issued_at: datetime) -> Report:
    """Everything that the appendix of a period says."""
    last_period, year_period = register.last_period(period), register.year_before(period)
    last = _by_ref(register, last_period, evidence.last)
    year = _by_ref(register, year_period, evidence.year_before)
    lines = [
        _line(
            register, period, merged, last.get(merged.indicator.ref), year.get(merged.indicator.ref)
        )
        for merged in merge(register, period.name, evidence.observations)
    ]
    sections = tuple(
        Section(
            priority=priority,
            achievements=_achievements(register, priority.ref, evidence.achievements),
            lines=(mine := tuple(n for n in lines if n.indicator.priority == priority.ref)),
            tally=tally((n.rating for n in mine), register.framework.policy),
        )
        for priority in sorted(register.priorities, key=lambda p: p.order)
    )
    return Report(
        register=register,
        period=period,
        sections=sections,
        overall=tally((n.rating for n in lines), register.framework.policy),
        key=key(register.framework.policy),
        overall_key=overall_key(register.framework.policy),
        returns=returns_received(register, period, evidence.submissions, issued_at.date()),
        issued_at=issued_at,
    )


def content_key(register: Register, period: Period, submissions: Iterable[Submission]) -> str:
    """What an appendix is made from, as a SHA-256: the same key means nothing new to issue."""
    counted = [f"{s.id}:{s.outcome}" for s in submissions if s.outcome is not Outcome.DUPLICATE]
    parts = (__version__, register.sha256, period.name, *counted)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def returns_received(
    register: Register, period: Period, submissions: Iterable[Submission], today: date
) -> tuple[ReturnReceived, ...]:
    """Where each service area's return for a period stands; areas that report nothing are left out.

    `submissions` are those of the period, in the order received.
    """
    counted = [s for s in submissions if s.outcome is not Outcome.DUPLICATE]
    return tuple(
        _return(area, period, [s for s in counted if s.area == area.ref], today)
        for area in register.areas
        if register.indicators_of(area.ref)
    )


def _return(
    area: ServiceArea, period: Period, sent: list[Submission], today: date
) -> ReturnReceived:
    accepted = [s for s in sent if s.outcome is Outcome.ACCEPTED]
    if not sent:
        overdue = today > period.due
        return ReturnReceived(area, ReturnState.OVERDUE if overdue else ReturnState.MISSING)
    shown_one = accepted[-1] if accepted else sent[-1]
    late = shown_one.received_at.astimezone().date() > period.due
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


def _by_ref(
    register: Register, period: Period | None, observations: Sequence[Observation]
) -> Mapping[str, Consolidated]:
    if period is None:
        return {}
    return {m.indicator.ref: m for m in merge(register, period.name, observations)}


def _line(
    register: Register,
    period: Period,
    merged: Consolidated,
    last: Consolidated | None,
    year: Consolidated | None,
) -> Line:
    indicator = merged.indicator
    target = register.target(indicator.ref, period.name)
    year_value = year.value if year else None
    return Line(
        indicator=indicator,
        consolidated=merged,
        rating=rate(merged, target, register.framework.policy, year_value),
        target=target,
        target_shown=target_shown(target, indicator),
        performance_shown=performance_shown(merged),
        travel=_travel(merged, target, last),
        year_travel=_year_travel(merged, target, year),
        remarks=tuple(_remarks(register, merged)),
        commentary=tuple(o.commentary for o in merged.observations if o.commentary),
    )


def performance_shown(merged: Consolidated) -> str:
    """What stands in the appendix's Performance column; empty where there is no data."""
    if merged.conflict:
        return "Areas disagree"
    if merged.suppressed:
        return "Suppressed"
    if merged.value is not None:
        return shown(merged.value, merged.indicator.unit, merged.indicator.decimals)
    return merged.state or merged.narrative


def _travel(
    merged: Consolidated, target: Target | None, last: Consolidated | None
) -> Travel | None:
    """Against the last period; against the register's baseline where that has no figure."""
    if merged.value is None or is_incomplete(merged):
        return None
    if last is not None and last.value is not None:
        return travel(merged.value, last.value, last.period, merged.indicator, target)
    if target is not None and target.baseline is not None:
        basis = f"baseline {target.baseline_period}".strip()
        return travel(merged.value, target.baseline, basis, merged.indicator, target)
    return None


def _year_travel(
    merged: Consolidated, target: Target | None, year: Consolidated | None
) -> Travel | None:
    if merged.value is None or year is None or year.value is None or is_incomplete(merged):
        return None
    return travel(merged.value, year.value, year.period, merged.indicator, target)


def _remarks(register: Register, merged: Consolidated) -> Iterable[str]:
    """Whole sentences that a reader needs to take the figure rightly."""
    if merged.provisional:
        yield "Provisional."
    if merged.conflict:
        told = [
            f"{_name(register, o.area)} {shown(o.value, merged.indicator.unit)}"
            if o.value is not None
            else f"{_name(register, o.area)} {o.state}"
            for o in merged.observations
            if o.value is not None or o.state is not None
        ]
        yield f"The areas reported different figures: {', '.join(told)}."
    if len(merged.indicator.areas) > 1 and merged.missing and merged.observations:
        without = ", ".join(_name(register, area) for area in merged.missing)
        yield f"Without {without}."
    if merged.observations and all(o.status is Status.NOT_AVAILABLE for o in merged.observations):
        yield "Reported as not available."
    if not merged.observations:
        yield "Not yet returned."


def _name(register: Register, ref: str) -> str:
    area = register.area(ref)
    return area.name if area else ref


def _achievements(
    register: Register, priority: str, achievements: Sequence[Achievement]
) -> tuple[Achievement, ...]:
    """A priority's achievements, by the register's order of areas; the areas' own order within."""
    order = {area.ref: position for position, area in enumerate(register.areas)}
    mine = [a for a in achievements if a.priority == priority]
    return tuple(sorted(mine, key=lambda a: order.get(a.area, len(order))))
