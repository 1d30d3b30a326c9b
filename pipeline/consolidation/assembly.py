"""Assembly: the report of a period, from the register and what the store holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation import disclosure, rating
from pipeline.consolidation.closing import Closed, marked, restated_from
from pipeline.consolidation.content import content_of
from pipeline.consolidation.merge import Consolidated, is_incomplete
from pipeline.consolidation.merge import merge as merge_observations
from pipeline.consolidation.printed import NOTHING_TOLD, ToldOf, suppressed_in, told_of_each
from pipeline.consolidation.report import DISAGREED, Line, Report, Section, figure_shown
from pipeline.consolidation.returned import day_of, returns_received
from pipeline.consolidation.texts import Question, ReportTexts, Secret, Secrets, secrets_of
from pipeline.store import Asked, Issue, IssuedRating, Submission, Suppressed
from pipeline.store.session import Session
from schemas.model import NO_CASES, Kind, Period, Polarity, Register, Status, Target, Tolerance
from schemas.observations import Achievement


class Merged(Struct, frozen=True):
    """What the store holds of a period, its figures merged, and those they are compared with."""

    register: Register
    period: Period
    issued_at: datetime
    figures: tuple[Consolidated, ...]
    #: Of the last period, and of the same period a year before.
    last: tuple[Consolidated, ...] = ()
    year_before: tuple[Consolidated, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    submissions: tuple[Submission, ...] = ()
    #: What earlier issues told of each of these periods' figures, by their names; None where they
    #: are disclosed as in an old issue, which looked at nothing before it.
    told: Mapping[str, ToldOf] | None = {}
    #: What the period was closed with, where it has been restated since.
    closed: Closed | None = None
    #: The key of what it is made from.
    content: str = ""

    def told_of(self, period: str) -> ToldOf:
        """What earlier issues told of a period's figures."""
        return (self.told or {}).get(period, NOTHING_TOLD)


class Disclosed(Struct, frozen=True):
    """The same without the figures that must not be printed; earlier ones by indicator."""

    merged: Merged
    figures: tuple[Consolidated, ...]
    #: What is suppressed in them and in the earlier ones.
    suppressed: tuple[Suppressed, ...]
    achievements: tuple[Achievement, ...]
    #: Without the names of files that quote it.
    submissions: tuple[Submission, ...]
    #: Texts that may quote what is suppressed.
    questions: tuple[Question, ...]
    last: Mapping[str, Consolidated]
    year_before: Mapping[str, Consolidated]


def report_of(session: Session, period: Period, remade: Issue | None = None) -> Report:
    """The report of a period as things stand; that of an issue which is made again, if it is."""
    return rate(disclose(merge(session, period, remade)))


def merge(session: Session, period: Period, remade: Issue | None = None) -> Merged:
    """The figures of a period by their indicators' merge rules, from what the store holds.

    What is made from the same content as the last issue is that issue, and bears its date.
    """
    register, store = session.register, session.store
    content, last = content_of(session, period), store.last_issue(period.name)
    if remade is None and last and last.content == content:
        remade = last
    submissions = store.submissions(period.name)
    return Merged(
        register=register,
        period=period,
        issued_at=remade.issued_at.astimezone() if remade else session.now,
        figures=_figures(session, period),
        last=_figures(session, register.last_period(period)),
        year_before=_figures(session, register.year_before(period)),
        achievements=store.achievements(period.name),
        submissions=submissions,
        told=_told(session, period, remade),
        closed=restated_from(store, submissions),
        content=content,
    )


def _told(session: Session, period: Period, remade: Issue | None) -> Mapping[str, ToldOf] | None:
    """What issues told before; nothing of what nobody protects."""
    register, store = session.register, session.store
    if remade and not remade.suppresses:
        return None
    if register.framework.small_below is None:
        return {}
    before = remade.id if remade else None
    earlier = (period, register.last_period(period), register.year_before(period))
    periods = [each for each in earlier if each is not None]
    return told_of_each(register, store, periods, before, disclosure.disclose_alone)


def _figures(session: Session, period: Period | None) -> tuple[Consolidated, ...]:
    if period is None:
        return ()
    observations = session.store.observations(period.name)
    return merge_observations(session.register, period.name, observations)


def disclose(merged: Merged) -> Disclosed:
    """The merged figures without those that must not be printed."""
    figures, last, year_before = (
        _disclosed(merged, each) for each in (merged.figures, merged.last, merged.year_before)
    )
    by_ref = ({figure.indicator.ref: figure for figure in each} for each in (last, year_before))
    suppressed = tuple(dict.fromkeys(suppressed_in((*figures, *last, *year_before))))
    texts = ReportTexts(
        _secrets(merged, figures, last, year_before), merged.register.framework.small_below or 0
    )
    printed = tuple(map(texts.figure, figures))
    achievements = tuple(map(texts.achievement, merged.achievements))
    submissions = tuple(
        replace(sent, filename=texts.file_name(sent.filename, sent.area, sent.period or ""))
        for sent in merged.submissions
    )
    questions = tuple(dict.fromkeys(texts.questions))
    return Disclosed(merged, printed, suppressed, achievements, submissions, questions, *by_ref)


def _secrets(merged: Merged, *disclosed: tuple[Consolidated, ...]) -> Secrets:
    """What is suppressed of the period and of those that it is compared with, by area."""
    found: dict[str, list[Secret]] = defaultdict(list)
    each_whole = (merged.figures, merged.last, merged.year_before)
    for whole, printed in zip(each_whole, disclosed, strict=True):
        period = whole[0].period if whole else ""
        told, are_earlier = merged.told_of(period), period != merged.period.name
        for area, secret in secrets_of(whole, printed, told, are_earlier=are_earlier):
            found[area].append(secret)
    return found


def _disclosed(merged: Merged, figures: tuple[Consolidated, ...]) -> tuple[Consolidated, ...]:
    """Figures of one period without those that must not be printed."""
    if merged.told is None:
        return disclosure.disclose_alone(merged.register, figures)
    period = figures[0].period if figures else ""
    return disclosure.disclose(merged.register, figures, merged.told_of(period))


def rate(disclosed: Disclosed) -> Report:
    """The report: every figure rated, with its direction of travel, and the whole of them."""
    merged = disclosed.merged
    register, closed, policy = merged.register, merged.closed, merged.register.framework.policy
    lines = [_line(disclosed, each) for each in disclosed.figures]
    # By the register's order of areas; the areas' own order within.
    order = {area.ref: position for position, area in enumerate(register.areas)}
    achieved = sorted(disclosed.achievements, key=lambda a: order.get(a.area, len(order)))
    sections = tuple(
        Section(
            priority=priority,
            achievements=tuple(a for a in achieved if a.priority == priority.ref),
            lines=(mine := tuple(n for n in lines if n.indicator.priority == priority.ref)),
            tally=rating.tally((n.rating for n in mine), policy),
        )
        for priority in sorted(register.priorities, key=lambda p: p.order)
    )
    return Report(
        register=register,
        period=merged.period,
        sections=sections,
        overall=rating.tally((n.rating for n in lines), policy),
        key=rating.key(
            policy,
            own_tolerances=any(_own_tolerance(register, n.consolidated, n.target) for n in lines),
            milestones=any(n.consolidated.state is not None for n in lines),
        ),
        overall_key=rating.overall_key(policy),
        returns=returns_received(
            register, merged.period, disclosed.submissions, day_of(merged.issued_at)
        ),
        issued_at=merged.issued_at,
        content=merged.content,
        suppressed=disclosed.suppressed,
        questions=disclosed.questions,
        restates=closed.closing.closed_at if closed else None,
        restates_what=closed is None or bool(closed.performances),
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
                merge_rule=line.indicator.merge_rule.value,
            )
            for line in report.lines
        ),
        suppressed=report.suppressed,
        last_submission=last_submission,
        asked=msgspec.json.encode(
            {i.ref: Asked(i.wording, i.areas) for i in (line.indicator for line in report.lines)}
        ).decode(),
    )


def _line(disclosed: Disclosed, merged: Consolidated) -> Line:
    register, indicator = disclosed.merged.register, merged.indicator
    target = register.target(indicator.ref, disclosed.merged.period.name)
    target = disclosure.disclosed_target(register, target)
    last, year_before = (
        earlier.get(indicator.ref) for earlier in (disclosed.last, disclosed.year_before)
    )
    line = Line(
        indicator=indicator,
        consolidated=merged,
        rating=rating.rate(merged, target, register.framework.policy, _whole(year_before)),
        target=target,
        target_shown=target.shown(indicator.unit) if target else "",
        performance_shown=DISAGREED if merged.conflict else figure_shown(merged, indicator),
        travel=_since(merged, target, last) or _since_baseline(merged, target),
        year_travel=_since(merged, target, year_before),
        remarks=tuple(_remarks(register, merged, target, (last, year_before))),
        commentary=tuple(dict.fromkeys(o.commentary for o in merged.observations if o.commentary)),
    )
    return marked(line, disclosed.merged.closed, register)


def _whole(merged: Consolidated | None) -> Decimal | None:
    """A figure to compare with: none that lacks areas, which would be too small or too large."""
    return None if merged is None or is_incomplete(merged) else merged.value


def _since(
    merged: Consolidated, target: Target | None, earlier: Consolidated | None
) -> rating.Travel | None:
    now, then = _whole(merged), _whole(earlier)
    if now is None or then is None or earlier is None:
        return None
    basis = f"{earlier.period}, provisional" if earlier.provisional else earlier.period
    return rating.travel(now, then, basis, merged.indicator, target)


def _since_baseline(merged: Consolidated, target: Target | None) -> rating.Travel | None:
    now = _whole(merged)
    if now is None or target is None or target.baseline is None:
        return None
    basis = f"baseline {target.baseline_period}".strip()
    return rating.travel(now, target.baseline, basis, merged.indicator, target)


def _own_tolerance(
    register: Register, merged: Consolidated, target: Target | None
) -> Tolerance | None:
    """The tolerance that an indicator is rated by where it is not the framework's."""
    indicator = merged.indicator
    is_rated = (
        indicator.kind is Kind.MEASURE
        and indicator.polarity is not Polarity.CONTEXTUAL
        and target is not None
        and target.is_set
    )
    own = indicator.tolerance
    return own if is_rated and own != register.framework.policy.tolerance else None


def _remarks(
    register: Register,
    merged: Consolidated,
    target: Target | None,
    earlier: Iterable[Consolidated | None],
) -> Iterable[str]:
    """Whole sentences that a reader needs to take the figure rightly."""
    if merged.provisional:
        yield "Provisional."
    if merged.conflict:
        yield f"The areas reported different figures: {', '.join(_reported(register, merged))}."
    elif merged.without_cases and not merged.no_cases:
        yield f"No cases in {_names(register, merged.without_cases)}."
    yield from _missing(register, merged)
    if merged.value is not None:
        for period in dict.fromkeys(each.period for each in earlier if each and each.no_cases):
            yield f"There were no cases in {period} to compare with."
    if own := _own_tolerance(register, merged, target):
        yield f"Its own tolerance is {rating.tolerance_shown(own, merged.indicator.unit)}."


def _reported(register: Register, merged: Consolidated) -> Iterable[str]:
    """What each area reported, where they disagree: `Adult social care 12%`."""
    for o in merged.observations:
        figure = "a suppressed one" if o.suppressed else figure_shown(o, merged.indicator)
        if o.no_cases:
            figure = NO_CASES.lower()
        if figure:
            yield f"{register.area_name(o.area)} {figure}"


#: Why a service area's figure is missing, by the status it was reported with.
_WHY = {None: "Not yet reported", Status.NOT_AVAILABLE: "Reported as not available"}
_NO_LONGER_FITS = "Reported in a way that no longer fits the register"


def _missing(register: Register, merged: Consolidated) -> Iterable[str]:
    """Whose figures are missing; and why, where there are none at all."""
    if not merged.missing:
        return
    if len(merged.missing) < len(merged.indicator.areas):
        yield f"Without {', '.join(_absent(register, merged))}."
        return
    answered = {o.area: o.status for o in merged.observations}
    reasons: dict[str, list[str]] = {}
    for area in merged.missing:
        reasons.setdefault(_WHY.get(answered.get(area), _NO_LONGER_FITS), []).append(area)
    for reason, areas in reasons.items():
        by = f" by {_names(register, areas)}" if len(reasons) > 1 else ""
        yield f"{reason}{by}."


def _absent(register: Register, merged: Consolidated) -> Iterable[str]:
    """The names of the areas whose figures are missing; of those that have none, that too."""
    unavailable = {o.area for o in merged.observations if o.status is Status.NOT_AVAILABLE}
    for ref in merged.missing:
        yield register.area_name(ref) + (" (not available)" if ref in unavailable else "")


def _names(register: Register, refs: Iterable[str]) -> str:
    return ", ".join(register.area_name(ref) for ref in refs)
