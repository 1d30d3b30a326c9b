"""Assembly: the report of a period, from the register and what the store holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline import __version__
from pipeline.consolidation.closing import Closed, marked, restated_from
from pipeline.consolidation.disclosure import disclose as disclose_figures
from pipeline.consolidation.disclosure import disclosed_target
from pipeline.consolidation.merge import Consolidated, is_incomplete
from pipeline.consolidation.merge import merge as merge_observations
from pipeline.consolidation.rating import (
    Travel,
    key,
    overall_key,
    tally,
    tolerance_shown,
    travel,
)
from pipeline.consolidation.rating import rate as rate_figure
from pipeline.consolidation.report import DISAGREED, SUPPRESSED, Line, Report, Section
from pipeline.consolidation.returned import day_of, reporting, returns_received
from pipeline.store import Issue, IssuedRating, Outcome, Submission
from pipeline.store.session import Session
from schemas.model import (
    Indicator,
    Kind,
    Period,
    Polarity,
    Policy,
    Register,
    Status,
    Target,
    Tolerance,
)
from schemas.observations import Achievement, Observation
from schemas.units import shown


class Evidence(Struct, frozen=True):
    """What the store holds that bears on one period."""

    observations: Sequence[Observation]
    achievements: Sequence[Achievement]
    submissions: Sequence[Submission]
    #: What the period was closed with, where it has been restated since.
    closed: Closed | None = None
    #: Observations of the last period, and of the same period a year before.
    last: Sequence[Observation] = ()
    year_before: Sequence[Observation] = ()


class Merged(Struct, frozen=True):
    """The figures of a period, and of the periods that they are compared with."""

    register: Register
    period: Period
    evidence: Evidence
    issued_at: datetime
    #: The key of what they are made from.
    content: str
    figures: tuple[Consolidated, ...]
    last: tuple[Consolidated, ...]
    year_before: tuple[Consolidated, ...]


class Disclosed(Struct, frozen=True):
    """The same without the figures that must not be printed."""

    merged: Merged
    figures: tuple[Consolidated, ...]
    last: Mapping[str, Consolidated]
    year_before: Mapping[str, Consolidated]


def report_of(session: Session, period: Period) -> Report:
    """The report of a period as things stand."""
    return rate(disclose(merge(session, period)))


def assemble(register: Register, period: Period, evidence: Evidence, issued_at: datetime) -> Report:
    """Everything that the appendix of a period says."""
    return rate(disclose(_merged(register, period, evidence, issued_at)))


def merge(session: Session, period: Period) -> Merged:
    """The figures of a period by their indicators' merge rules, from what the store holds.

    What is made from the same content as the last issue bears its date.
    """
    content, last = content_of(session, period), session.store.last_issue(period.name)
    issued_at = last.issued_at.astimezone() if last and last.content == content else session.now
    return _merged(session.register, period, _evidence(session, period), issued_at, content)


def disclose(merged: Merged) -> Disclosed:
    """The merged figures without those that must not be printed."""
    register = merged.register
    return Disclosed(
        merged,
        disclose_figures(register, merged.figures),
        _by_ref(disclose_figures(register, merged.last)),
        _by_ref(disclose_figures(register, merged.year_before)),
    )


def rate(disclosed: Disclosed) -> Report:
    """The report: every figure rated, with its direction of travel, and the whole of them."""
    merged = disclosed.merged
    register, period, evidence = merged.register, merged.period, merged.evidence
    policy = register.framework.policy
    # A colour may go by figures that must not be printed, for it tells none.
    year_undisclosed = _by_ref(merged.year_before)
    lines = [
        marked(
            _line(register, period, each, disclosed, year_undisclosed.get(each.indicator.ref)),
            evidence.closed,
        )
        for each in disclosed.figures
    ]
    sections = tuple(
        Section(
            priority=priority,
            achievements=_achievements(register, priority.ref, evidence.achievements),
            lines=(mine := tuple(n for n in lines if n.indicator.priority == priority.ref)),
            tally=tally((n.rating for n in mine), policy),
        )
        for priority in sorted(register.priorities, key=lambda p: p.order)
    )
    return Report(
        register=register,
        period=period,
        sections=sections,
        overall=tally((n.rating for n in lines), policy),
        key=key(
            policy,
            own_tolerances=any(_own_tolerance(policy, n.indicator, n.target) for n in lines),
            milestones=any(n.consolidated.state is not None for n in lines),
        ),
        overall_key=overall_key(policy),
        returns=returns_received(register, period, evidence.submissions, day_of(merged.issued_at)),
        issued_at=merged.issued_at,
        content=merged.content,
        restates=evidence.closed.closing.closed_at if evidence.closed else None,
        restates_what=evidence.closed is None or bool(evidence.closed.performances),
    )


def issue_of(report: Report, last_submission: int) -> Issue:
    """What the store keeps of an issue: each indicator as it was printed.

    `last_submission` is the number of the last one that the store holds.
    """
    return Issue(
        period=report.period.name,
        content=report.content,
        issued_at=report.issued_at,
        overall=report.overall.colour or "",
        register_sha256=report.register.sha256,
        ratings=tuple(
            IssuedRating(
                indicator=line.indicator.ref,
                performance=line.performance_shown,
                target=line.target_shown,
                rating=line.rating.colour or line.rating.not_rated or "",
            )
            for line in report.lines
        ),
        last_submission=last_submission,
    )


def content_key(register: Register, period: Period, submissions: Iterable[Submission]) -> str:
    """What an appendix is made from, as a SHA-256: the same key means nothing new to issue.

    `submissions` are those of the period, of the last period and of the same period a year before,
    whose figures give the direction of travel. What the appendix says nothing of is passed over:
    duplicates, other periods, rejected returns of an earlier period or of no known area, and which
    periods the register has open.
    """
    earlier = [p.name for p in (register.last_period(period), register.year_before(period)) if p]
    awaited = [area.ref for area in reporting(register)]
    counted = [
        f"{s.id}:{s.outcome}"
        for s in sorted(submissions, key=lambda s: s.id)
        if (s.outcome is Outcome.ACCEPTED and s.period in (period.name, *earlier))
        or (s.outcome is Outcome.REJECTED and s.period == period.name and s.area in awaited)
    ]
    parts = (__version__, _said_by(register), period.name, *counted)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _said_by(register: Register) -> str:
    """What the register says, as a SHA-256: closing a period, or a note beside a table, is nothing.

    So an appendix that is written again once its period is closed is the same.
    """
    periods = tuple(replace(period, open=True) for period in register.periods)
    said = msgspec.json.encode(replace(register, periods=periods, sha256=""))
    return hashlib.sha256(said).hexdigest()


def content_of(session: Session, period: Period) -> str:
    """The key of what a period's appendix would be made from now."""
    register, store = session.register, session.store
    bearing = (period, register.last_period(period), register.year_before(period))
    names = dict.fromkeys(each.name for each in bearing if each is not None)
    return content_key(
        register, period, [sent for name in names for sent in store.submissions(name)]
    )


def _evidence(session: Session, period: Period) -> Evidence:
    register, store = session.register, session.store
    last, year_before = register.last_period(period), register.year_before(period)
    submissions = store.submissions(period.name)
    return Evidence(
        observations=store.observations(period.name),
        achievements=store.achievements(period.name),
        submissions=submissions,
        closed=restated_from(store, submissions),
        last=store.observations(last.name) if last else (),
        year_before=store.observations(year_before.name) if year_before else (),
    )


def _merged(
    register: Register, period: Period, evidence: Evidence, issued_at: datetime, content: str = ""
) -> Merged:
    last, year_before = register.last_period(period), register.year_before(period)
    return Merged(
        register,
        period,
        evidence,
        issued_at,
        content,
        merge_observations(register, period.name, evidence.observations),
        merge_observations(register, last.name, evidence.last) if last else (),
        merge_observations(register, year_before.name, evidence.year_before) if year_before else (),
    )


def _by_ref(merged: Iterable[Consolidated]) -> Mapping[str, Consolidated]:
    return {m.indicator.ref: m for m in merged}


def _line(
    register: Register,
    period: Period,
    merged: Consolidated,
    earlier: Disclosed,
    year_undisclosed: Consolidated | None,
) -> Line:
    indicator = merged.indicator
    target = disclosed_target(register, register.target(indicator.ref, period.name))
    last, year = earlier.last.get(indicator.ref), earlier.year_before.get(indicator.ref)
    held_on = _whole(year_undisclosed)
    return Line(
        indicator=indicator,
        consolidated=merged,
        rating=rate_figure(merged, target, register.framework.policy, held_on),
        target=target,
        target_shown=target.shown(indicator.unit) if target else "",
        performance_shown=performance_shown(merged),
        travel=_since(merged, target, last) or _since_baseline(merged, target),
        year_travel=_since(merged, target, year),
        remarks=tuple(_remarks(register, merged, target)),
        commentary=tuple(dict.fromkeys(o.commentary for o in merged.observations if o.commentary)),
    )


def performance_shown(merged: Consolidated) -> str:
    """What stands in the appendix's Performance column; empty where there is no data."""
    if merged.conflict:
        return DISAGREED
    if merged.suppressed:
        return SUPPRESSED
    if merged.value is not None:
        return shown(merged.value, merged.indicator.unit, merged.indicator.decimals)
    return merged.state or merged.narrative


def _whole(merged: Consolidated | None) -> Decimal | None:
    """A figure to compare with: none that lacks areas, which would be too small or too large."""
    return None if merged is None or is_incomplete(merged) else merged.value


def _since(
    merged: Consolidated, target: Target | None, earlier: Consolidated | None
) -> Travel | None:
    now, then = _whole(merged), _whole(earlier)
    if now is None or then is None or earlier is None:
        return None
    basis = f"{earlier.period}, provisional" if earlier.provisional else earlier.period
    return travel(now, then, basis, merged.indicator, target)


def _since_baseline(merged: Consolidated, target: Target | None) -> Travel | None:
    now = _whole(merged)
    if now is None or target is None or target.baseline is None:
        return None
    basis = f"baseline {target.baseline_period}".strip()
    return travel(now, target.baseline, basis, merged.indicator, target)


def _own_tolerance(policy: Policy, indicator: Indicator, target: Target | None) -> Tolerance | None:
    """The tolerance that an indicator is rated by where it is not the framework's."""
    rated = (
        indicator.kind is Kind.MEASURE
        and indicator.polarity is not Polarity.CONTEXTUAL
        and target is not None
        and target.is_set
    )
    return indicator.tolerance if rated and indicator.tolerance != policy.tolerance else None


def _remarks(register: Register, merged: Consolidated, target: Target | None) -> Iterable[str]:
    """Whole sentences that a reader needs to take the figure rightly."""
    if merged.provisional:
        yield "Provisional."
    if merged.conflict:
        yield f"The areas reported different figures: {', '.join(_told(register, merged))}."
    yield from _missing(register, merged)
    if own := _own_tolerance(register.framework.policy, merged.indicator, target):
        yield f"Its own tolerance is {tolerance_shown(own, merged.indicator.unit)}."


def _told(register: Register, merged: Consolidated) -> Iterable[str]:
    """What each area reported, where they disagree: `Adult social care 12%`."""
    for o in merged.observations:
        if o.value is not None:
            figure = shown(o.value, merged.indicator.unit, merged.indicator.decimals)
            yield f"{_name(register, o.area)} {figure}"
        elif o.state is not None:
            yield f"{_name(register, o.area)} {o.state}"
        elif o.suppressed:
            yield f"{_name(register, o.area)} a suppressed one"


#: Why a service area's figure is missing, by the status it was reported with.
_WHY = {None: "Not yet reported", Status.NOT_AVAILABLE: "Reported as not available"}
_NO_LONGER_FITS = "Reported in a way that no longer fits the register"


def _missing(register: Register, merged: Consolidated) -> Iterable[str]:
    """Whose figures are missing; and why, where there are none at all."""
    if not merged.missing:
        return
    if len(merged.missing) < len(merged.indicator.areas):
        yield f"Without {_names(register, merged.missing)}."
        return
    answered = {o.area: o.status for o in merged.observations}
    reasons: dict[str, list[str]] = {}
    for area in merged.missing:
        reasons.setdefault(_WHY.get(answered.get(area), _NO_LONGER_FITS), []).append(area)
    for reason, areas in reasons.items():
        by = f" by {_names(register, areas)}" if len(reasons) > 1 else ""
        yield f"{reason}{by}."


def _names(register: Register, refs: Iterable[str]) -> str:
    return ", ".join(_name(register, ref) for ref in refs)


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
