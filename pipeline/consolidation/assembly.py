"""Assembly: the report of a period, from the register and what the store holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation import disclosure, rating
from pipeline.consolidation.accumulation import Accumulating, by_period_and_ref
from pipeline.consolidation.beside import (
    actions_of,
    confidence_of,
    forecast_of,
    hidden_in_year,
    without_forecasts,
)
from pipeline.consolidation.closing import Closed, marked, restated_from, sums_marked
from pipeline.consolidation.compared import since, since_baseline, whole_figure
from pipeline.consolidation.content import content_of
from pipeline.consolidation.coverage import coverage_of
from pipeline.consolidation.cumulation import disclosed_in_turn
from pipeline.consolidation.disclosure import Withheld
from pipeline.consolidation.left_areas import without_taken_over
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.merge import merge as merge_observations
from pipeline.consolidation.parts import restated_parts, telling
from pipeline.consolidation.printed import NOTHING_TOLD, ToldOf, suppressed_in, told_of_each
from pipeline.consolidation.rating import Tally, tally
from pipeline.consolidation.registers import is_lost, published, register_for
from pipeline.consolidation.remarks import (
    is_alike,
    is_by_target,
    own_tolerance,
    remarks,
    remarks_not_due,
)
from pipeline.consolidation.report import DISAGREED, Line, Report, Section, figure_shown
from pipeline.consolidation.returned import day_of, returns_received
from pipeline.consolidation.series import Printed, earlier_tallies, printed_before, series_of
from pipeline.consolidation.texts import Question, ReportTexts, Secret, secrets_of
from pipeline.store import Issue, Submission, Suppressed
from pipeline.store.session import Session
from schemas.accumulation import Accumulation
from schemas.bands import bands_of
from schemas.bearing import bearing, borne, compared
from schemas.model import Indicator, Period, Policy, Register
from schemas.observations import Achievement


class Merged(Struct, frozen=True):
    """What the store holds of a period, its figures merged, and those they are compared with."""

    register: Register
    period: Period
    issued_at: datetime
    figures: tuple[Consolidated, ...]
    #: Those of earlier periods of which any may be printed, by the periods' names.
    earlier: Mapping[str, tuple[Consolidated, ...]] = {}
    achievements: tuple[Achievement, ...] = ()
    submissions: tuple[Submission, ...] = ()
    #: What earlier issues told of each of these periods' figures, by their names; None where they
    #: are disclosed as in an old issue, which looked at nothing before it.
    told: Mapping[str, ToldOf] | None = {}
    #: What the period was closed with, where it has been restated since.
    closed: Closed | None = None
    #: The key of what it is made from.
    content: str = ""
    #: What the figures of the periods that it is compared with are merged by, by their names.
    registers: Mapping[str, Register] = {}
    #: By the names of these, the refs of indicators that were restated since they were closed.
    restated: Mapping[str, frozenset[str]] = {}
    #: The names of the periods that it would be compared with had not each issue been recalled.
    recalled: tuple[str, ...] = ()
    #: The hash of the register of the day.
    current_sha256: str = ""
    #: The period was closed, and the register of its time is not kept.
    lacks_register: bool = False
    #: Refs of the indicators whose forecast could give away a figure of the year.
    hidden_forecasts: frozenset[str] = frozenset()
    #: What issues printed of the earlier periods in any series, by the periods' names.
    printed: Mapping[str, Printed] = {}

    def told_of(self, period: str) -> ToldOf:
        """What earlier issues told of a period's figures."""
        return (self.told or {}).get(period, NOTHING_TOLD)

    def register_of(self, period: str) -> Register:
        """What a period's figures are merged by."""
        return self.registers.get(period, self.register)


class Disclosed(Struct, frozen=True):
    """The same without the figures that must not be printed."""

    merged: Merged
    figures: tuple[Consolidated, ...]
    #: What is suppressed in them and in the earlier ones.
    suppressed: tuple[Suppressed, ...]
    achievements: tuple[Achievement, ...]
    #: Without the names of files that quote it.
    submissions: tuple[Submission, ...]
    #: Texts that may quote what is suppressed.
    questions: tuple[Question, ...]
    #: What figures of several periods are made of: these and the earlier ones.
    accumulating: Accumulating

    def of(self, period: Period | None, indicator: Indicator) -> Consolidated | None:
        """An indicator's figure of an earlier period, as that is rated and printed, if there is."""
        if period and indicator.accumulation is Accumulation.LATEST:
            # What it borrowed from one before it goes nowhere from there.
            return self.accumulating.printed.get((period.name, indicator.ref))
        return self.known(period, indicator)

    def known(self, period: Period | None, indicator: Indicator) -> Consolidated | None:
        """The same, with what is borrowed from a period before it."""
        own = self.accumulating.printed.get((period.name, indicator.ref)) if period else None
        return self.accumulating.of(own, period).figure if own and period else None


def report_of(session: Session, period: Period, remade: Issue | None = None) -> Report:
    """The report of a period as things stand; that of an issue which is made again, if it is."""
    return rate(disclose(merge(session, period, remade)))


def merge(session: Session, period: Period, remade: Issue | None = None) -> Merged:
    """The figures of a period by their indicators' merge rules, from what the store holds.

    What is made from the same content as the last draft or issue is that, and bears its date. One
    that is made again is made by its own register, of what had come by then.
    """
    store, name = session.store, period.name
    register = register_for(session, name, remade)
    content, latest, as_of = content_of(session, period), store.editions.last(name), remade
    if remade is None and latest and latest.content == content:
        remade = latest
    period = register.period(name) or period
    compared_with = {
        each.name: published(session, each, remade, borne(register, period, each))
        for each in bearing(register, period)
    }
    earlier = {name: each for name, each in compared_with.items() if each.figures}
    registers = {name: each.register for name, each in earlier.items()}
    submissions = store.submissions(name)
    if as_of is not None:
        submissions = tuple(sent for sent in submissions if as_of.shows(sent))
    standing = store.observations(name, as_of)
    standing = without_taken_over(session, register, name, standing, submissions)
    figures = merge_observations(register, name, standing)
    return Merged(
        register=register,
        period=period,
        issued_at=remade.issued_at.astimezone() if remade else session.now,
        figures=figures,
        earlier={name: each.figures for name, each in earlier.items()},
        achievements=store.achievements(name, as_of),
        submissions=submissions,
        told=_told(session, telling(session, registers, register, period), remade),
        closed=_closed(session, period, submissions, as_of),
        content=content,
        registers=registers,
        restated=restated_parts(session, register, earlier),
        recalled=tuple(each.recalled for each in compared_with.values() if each.recalled),
        current_sha256=session.register.sha256,
        lacks_register=is_lost(session, name, register),
        hidden_forecasts=hidden_in_year(store, register, period, figures),
        printed=printed_before(session, register, period, as_of or remade),
    )


def _told(
    session: Session, registers: Mapping[str, Register], remade: Issue | None
) -> Mapping[str, ToldOf] | None:
    """What issues told of periods before; nothing of what nobody protects.

    `registers` are what the periods' figures are merged by.
    """
    current = session.register
    if remade and not remade.suppresses:
        return None
    if all(each.framework.small_below is None for each in registers.values()):
        return {}
    before = session.store.editions.first_of_content(remade).id if remade else None
    periods = [
        each for name, by in registers.items() if (each := current.period(name) or by.period(name))
    ]
    alone = disclosure.disclose_alone
    return told_of_each(current, session.store, periods, before, alone, registers)


def _closed(
    session: Session,
    period: Period,
    submissions: tuple[Submission, ...],
    as_of: Issue | None,
) -> Closed | None:
    """What a period was closed with, where it has been restated, and its appendix of then."""
    entered = session.store.entered.all(period.name)
    if as_of is not None:
        entered = tuple(one for one in entered if one.last_issue < as_of.id)
    closed = restated_from(session.store, submissions, entered)
    issue = closed.issue if closed else None
    if closed is None or issue is None:
        return closed
    if register_for(session, period.name, issue).sha256 != issue.register_sha256:
        return closed
    return replace(closed, report=report_of(session, period, issue))


def disclose(merged: Merged) -> Disclosed:
    """The merged figures without those that must not be printed."""
    whole = {merged.period.name: merged.figures, **merged.earlier}
    disclosed = disclosed_in_turn(
        merged.register, whole, merged.told_of, partial(_disclosed, merged)
    )
    suppressed = tuple(dict.fromkeys(suppressed_in(chain.from_iterable(disclosed.values()))))
    accumulating = Accumulating(
        merged.register,
        by_period_and_ref(whole.values()),
        by_period_and_ref(disclosed.values()),
        merged.restated,
        merged.recalled,
    )
    figures = disclosed[merged.period.name]
    secrets = _secrets(merged, ((some, disclosed[name]) for name, some in whole.items()))
    for each in accumulating.kept_from(figures, merged.period):
        secrets[""].append(each)
    texts = ReportTexts(secrets, merged.register.framework.small_below or 0)
    printed = tuple(map(texts.figure, figures))
    achievements = tuple(map(texts.achievement, merged.achievements))
    submissions = tuple(
        replace(sent, filename=texts.file_name(sent.filename, sent.area, sent.period or ""))
        for sent in merged.submissions
    )
    questions = tuple(dict.fromkeys(texts.questions))
    return Disclosed(
        merged, printed, suppressed, achievements, submissions, questions, accumulating
    )


#: The figures of a period, whole and without those that must not be printed.
_WholeAndPrinted = tuple[tuple[Consolidated, ...], tuple[Consolidated, ...]]


def _secrets(merged: Merged, periods: Iterable[_WholeAndPrinted]) -> defaultdict[str, list[Secret]]:
    """What is suppressed of the period and of those that it is compared with, by area."""
    found: defaultdict[str, list[Secret]] = defaultdict(list)
    for whole, printed in periods:
        period = whole[0].period if whole else ""
        told, are_earlier = merged.told_of(period), period != merged.period.name
        for area, secret in secrets_of(whole, printed, told, are_earlier=are_earlier):
            found[area].append(secret)
    return found


def _disclosed(
    merged: Merged, period: str, figures: tuple[Consolidated, ...], withheld: Mapping[str, Withheld]
) -> tuple[Consolidated, ...]:
    """Figures of one period without those that must not be printed."""
    if merged.hidden_forecasts:
        figures = tuple(
            without_forecasts(each) if each.indicator.ref in merged.hidden_forecasts else each
            for each in figures
        )
    register = merged.register_of(period)
    if merged.told is None:
        return disclosure.disclose_alone(register, figures)
    return disclosure.disclose(register, figures, merged.told_of(period), withheld)


def rate(disclosed: Disclosed) -> Report:
    """The report: every figure rated, with its direction of travel, and the whole of them."""
    merged = disclosed.merged
    register, closed, policy = merged.register, merged.closed, merged.register.framework.policy
    printed = {figure.indicator.ref: figure for figure in disclosed.figures}
    printed |= {each.ref: _not_due(each, merged.period) for each in register.not_due}
    # Of either kind, in the order of the register.
    rows = dict.fromkeys(each.ref for each in (*register.versions, *register.indicators))
    lines = [_line(disclosed, printed[ref]) for ref in rows if ref in printed]
    # By the register's order of areas; the areas' own order within.
    order = {area.ref: position for position, area in enumerate(register.areas)}
    achieved = sorted(disclosed.achievements, key=lambda a: order.get(a.area, len(order)))
    sections = tuple(
        Section(
            priority=priority,
            achievements=tuple(a for a in achieved if a.priority == priority.ref),
            lines=(mine := tuple(n for n in lines if n.indicator.priority == priority.ref)),
            tally=_tally(mine, policy),
        )
        for priority in sorted(register.priorities, key=lambda p: p.order)
    )
    own = _own(register, lines)
    bands = bands_of(register, some_exceed=own.exceeded)
    report = Report(
        register=register,
        period=merged.period,
        sections=sections,
        overall=_tally(lines, policy),
        coverage=coverage_of(n.consolidated for n in lines),
        bands=bands,
        key=rating.key(policy, own),
        overall_key=rating.overall_key(policy, bands),
        returns=returns_received(
            register, merged.period, disclosed.submissions, day_of(merged.issued_at)
        ),
        issued_at=merged.issued_at,
        content=merged.content,
        suppressed=disclosed.suppressed,
        questions=disclosed.questions,
        restates=closed.closing.closed_at if closed else None,
        restates_what=closed is None or bool(closed.ratings),
        dropped=len(closed.ratings.keys() - {n.indicator.ref for n in lines}) if closed else 0,
        lacks_register=merged.lacks_register,
        current_sha256=merged.current_sha256,
        earlier=tuple(earlier_tallies(register, merged.period, merged.printed)),
    )
    return sums_marked(report, closed)


def _own(register: Register, lines: Sequence[Line]) -> rating.Own:
    """What the lines are rated by of their own."""
    goals = [(n.target, n.indicator.polarity) for n in lines if is_by_target(n.indicator, n.target)]
    return rating.Own(
        tolerances=any(own_tolerance(register, n.indicator, n.target) for n in lines),
        thresholds=any(goal.has_thresholds(polarity) for goal, polarity in goals if goal),
        exceeded=any(goal.exceeded_from is not None for goal, _ in goals if goal)
        or any(n.forecast and n.forecast.exceeds for n in lines),
        milestones=any(n.consolidated.state is not None for n in lines),
    )


def _tally(lines: Sequence[Line], policy: Policy) -> Tally:
    """What lines add up to, of which enough must have been answered."""
    return tally((n.rating for n in lines), policy, coverage_of(n.consolidated for n in lines))


def _line(disclosed: Disclosed, merged: Consolidated) -> Line:
    register, indicator = disclosed.merged.register, merged.indicator
    period = disclosed.merged.period
    target = None if merged.not_due else register.target(indicator.ref, period.name)
    target = disclosure.disclosed_target(register, target)
    pair = compared(register, indicator, period)
    names = [each.name for each in (pair.last, pair.year_before) if each]
    recalled = [each for each in disclosed.merged.recalled if each in names]
    earlier = [disclosed.of(each, indicator) for each in (pair.last, pair.year_before)]
    last, year_before = (each if is_alike(register, each, indicator) else None for each in earlier)
    made = disclosed.accumulating.of(merged, period)
    merged = made.figure
    rated = rating.rate(merged, target, register.framework.policy, whole_figure(year_before))
    line = Line(
        indicator=indicator,
        consolidated=merged,
        rating=rated,
        target=target,
        target_shown=target.shown(indicator) if target else "",
        performance_shown=DISAGREED if merged.conflict else figure_shown(merged, indicator),
        travel=since(merged, target, last) or since_baseline(merged, target),
        year_travel=since(merged, target, year_before),
        remarks=tuple(
            remarks_not_due(register, indicator, period, disclosed.known(pair.last, indicator))
            if merged.not_due
            else (*made.remarks, *remarks(register, merged, target, earlier, recalled))
        ),
        own_shown=made.own_shown,
        over_shown=made.over_shown,
        commentary=tuple(dict.fromkeys(o.commentary for o in merged.observations if o.commentary)),
        actions=tuple(actions_of(register, merged, rated)),
        forecast=forecast_of(register, merged, period),
        confidence=confidence_of(register, merged),
    )
    line = replace(line, series=series_of(disclosed, line))
    return marked(line, disclosed.merged.closed, register)


def _not_due(indicator: Indicator, period: Period) -> Consolidated:
    """What stands in place of a figure of an indicator that is printed and not due."""
    return Consolidated(indicator, period.name, not_due=True)
