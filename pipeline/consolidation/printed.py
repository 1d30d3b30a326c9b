"""Printed: what issues of appendices told of a period's figures, and what they suppressed.

Whoever keeps every appendix can set them beside each other. So what an issue may print hangs on all
that came before it: what it says beside an earlier one, not alone, gives a figure away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from decimal import Decimal
from functools import cache, cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.consolidation.merge import Consolidated, has_data, merge
from pipeline.consolidation.recalls import last_standing, recalls
from pipeline.consolidation.succession import askings, readings_of
from pipeline.store import Issue, Outcome, Ruling, Store, Suppressed
from pipeline.store.entered import in_force, with_entered
from schemas import timeline
from schemas.bearing import bearing, borne
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Period, Register
from schemas.observations import Observation


class ReportedFigure(Struct, frozen=True):
    """What one service area reported: the same again is the same figure."""

    area: str
    value: Decimal
    numerator: Decimal | None = None
    denominator: Decimal | None = None


class Total(Struct, frozen=True):
    """A merged figure, by what it was made of."""

    figures: tuple[ReportedFigure, ...]
    rule: MergeRule


class Told(Struct):
    """What a reader of all issues knows of one indicator and period, and what he must not know."""

    #: Figures that were printed.
    known: set[ReportedFigure] = field(default_factory=set)
    #: Figures that were suppressed; those that another issue printed are known all the same.
    secret: set[ReportedFigure] = field(default_factory=set)
    #: Merged figures that were printed, and those that were suppressed, in their order.
    totals: dict[Total, None] = field(default_factory=dict)
    secret_totals: dict[Total, None] = field(default_factory=dict)

    def hides(self, figure: ReportedFigure) -> bool:
        """Whether a figure was suppressed, and printed never."""
        return figure in self.secret and figure not in self.known


#: By the ref of the indicator: by each reading of what it was called in issues before. What the
#: register has no longer has there what is told of the indicators that took its place.
ToldOf = Mapping[str, Sequence[Told]]
NOTHING_TOLD: ToldOf = {}


def figures_kept(told: Iterable[Told]) -> Set[ReportedFigure]:
    """The figures that issues suppressed and none printed, by any reading."""
    return {figure for each in told for figure in each.secret - each.known}


def is_known(figure: ReportedFigure, told: Iterable[Told]) -> bool:
    """Whether a figure was printed, by every reading."""
    return all(figure in each.known for each in told)


#: What an issue suppressed that looked at nothing before it.
AloneRule = Callable[[Register, Iterable[Consolidated]], tuple[Consolidated, ...]]


def figure_of(observation: Observation) -> ReportedFigure | None:
    """The figure that an observation holds, if it holds one."""
    if observation.value is None:
        return None
    return ReportedFigure(
        observation.area, observation.value, observation.numerator, observation.denominator
    )


def total_of(merged: Consolidated) -> Total:
    """A merged figure by what it is made of."""
    given = (o for o in merged.observations if has_data(o, merged.indicator))
    figures = tuple(figure for o in given if (figure := figure_of(o)))
    return Total(figures, merged.indicator.merge_rule)


def suppressed_in(figures: Iterable[Consolidated]) -> Iterable[Suppressed]:
    """What is suppressed of merged figures and of the areas' figures in them."""
    for each in figures:
        if each.suppressed:
            yield Suppressed(each.period, each.indicator.ref)
        for o in each.observations:
            if o.suppressed:
                yield Suppressed(each.period, each.indicator.ref, o.area)


def told_of_each(
    register: Register,
    store: Store,
    periods: Iterable[Period],
    before: int | None,
    alone: AloneRule,
    merged_by: Mapping[str, Register] = {},
) -> Mapping[str, ToldOf]:
    """What issues told of periods' figures, by the periods' names.

    All issues, or those before one of that number. `merged_by` are registers that periods are held
    to in place of this one, by the periods' names.

    An issue prints its own period's figures, and the merged ones of the periods that its own are
    compared with or made of, which can be worked out from it. Of an old one, which did not note
    what it suppressed, `alone` says it.
    """
    issues = cache(store.editions.all)
    return {
        period.name: _told_of(
            register,
            merged_by.get(period.name) or timeline.in_force(register, period.name),
            store,
            period,
            before,
            alone,
            issues,
        )
        for period in dict.fromkeys(periods)
    }


def _told_of(
    register: Register,
    of_period: Register,
    store: Store,
    period: Period,
    before: int | None,
    alone: AloneRule,
    issues: Callable[[str], Sequence[Issue]],
) -> ToldOf:
    # Of which indicators each may tell.
    refs_of = {
        other.name: None if other == period else borne(register, other, period)
        # The register may have a period no longer that a closed one is compared with.
        for other in dict.fromkeys((*register.periods, period))
        if period in (other, *bearing(register, other))
    }
    telling = [
        issue for other in refs_of for issue in issues(other) if before is None or issue.id < before
    ]
    if not telling:
        return NOTHING_TOLD
    called = askings(telling)
    standing = _Standing(register, store, period.name)
    own = [one for one in issues(period.name) if not one.is_draft]
    recalled = recalls(store)
    readings = readings_of(of_period, called, standing.areas_alike)
    asking_of = {number: at for at, each in enumerate(called) for number in each.issues}
    noted = store.editions.suppressed(period.name)
    found: dict[str, list[Told]] = defaultdict(list)
    for reading in range(max(map(len, readings.values()), default=0)):
        chosen = {ref: some[reading] for ref, some in readings.items() if reading < len(some)}
        told = {ref: Told() for ref in chosen}
        seen: set[object] = set()
        for issue in telling:
            is_own = issue.period == period.name
            shown = issue if is_own else _compared_by(issue, own, recalled)
            if shown is None:
                continue
            numbers = standing.key(shown)
            rows = noted.get(issue.id, frozenset()) if issue.suppresses else None
            rules, at = _rules_of(shown), asking_of[shown.id]
            told_of = refs_of[issue.period]
            key = (is_own, numbers, rows, frozenset(rules.items()), at, told_of)
            if key in seen:
                continue
            seen.add(key)
            refs = {ref: then for ref, some in chosen.items() if (then := some[at])}
            as_it_was = _as_it_was(of_period, rules, rows or (), refs)
            merged = merge(as_it_was, period.name, standing.of(numbers))
            if rows is None:
                rows = frozenset(suppressed_in(alone(of_period, merged)))
            for ref, each in zip(refs, merged, strict=True):
                if told_of is not None and ref not in told_of:
                    continue
                note(told[ref], each, rows, is_own=is_own)
        for ref, of_reading in told.items():
            for then in {ref, *filter(None, chosen[ref])}:
                if then == ref or of_period.indicator(then) is None:
                    found[then].append(of_reading)
    return found


def _compared_by(
    issue: Issue, own: Sequence[Issue], recalled: Mapping[int, Ruling]
) -> Issue | None:
    """The issue, of a period's `own`, of which another period's issue printed the figures.

    Since registers of their time are noted, one is compared with what was published by then and
    stood, and with nothing where each had been recalled. What was never issued was printed as
    things stood when the other was made.
    """
    before = [one for one in own if one.id < issue.id]
    if issue.current_sha256 is None or not before:
        return issue
    return last_standing(reversed(before), recalled, issue.issued_at)


def suppressed_alone(
    register: Register, store: Store, alone: AloneRule
) -> Callable[[Issue], Set[str]]:
    """Of an issue the refs of indicators whose merged figures `alone` would suppress today."""
    standing = cache(lambda period: _Standing(register, store, period))

    @cache
    def of_figures(
        period: str, numbers: _Numbers, rules: frozenset[tuple[str, MergeRule]]
    ) -> Set[str]:
        of_period = timeline.in_force(register, period)
        refs = {each.ref: each.ref for each in of_period.indicators}
        figures = standing(period).of(numbers)
        merged = merge(_as_it_was(of_period, dict(rules), (), refs), period, figures)
        return {each.indicator.ref for each in alone(of_period, merged) if each.suppressed}

    def of_issue(issue: Issue) -> Set[str]:
        rules = frozenset(_rules_of(issue).items())
        return of_figures(issue.period, standing(issue.period).key(issue), rules)

    return of_issue


def _rules_of(issue: Issue) -> Mapping[str, MergeRule]:
    """The merge rules that an issue noted, by their indicators' refs."""
    return {r.indicator: MergeRule(r.merge_rule) for r in issue.ratings if r.merge_rule}


def _as_it_was(
    register: Register,
    rules: Mapping[str, MergeRule],
    rows: Iterable[Suppressed],
    refs: Mapping[str, str],
) -> Register:
    """The register with the merge rules that it had then, and the areas that were suppressed.

    `refs` are those that its indicators had, by those that they have. Of areas that report an
    indicator no longer, those that were printed are known at any rate.
    """
    areas: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.area:
            areas[row.indicator].append(row.area)

    def of_then(indicator: Indicator, ref: str) -> Indicator:
        then = replace(
            indicator,
            ref=ref,
            merge_rule=rules.get(ref, indicator.merge_rule),
            areas=tuple(dict.fromkeys((*indicator.areas, *areas[ref]))),
        )
        return indicator if then == indicator else then

    kept = [(each, refs[each.ref]) for each in register.indicators if each.ref in refs]
    return replace(register, indicators=tuple(of_then(each, ref) for each, ref in kept))


def note(told: Told, merged: Consolidated, rows: frozenset[Suppressed], *, is_own: bool) -> None:
    """Note what an issue told of one indicator; `rows` are what it suppressed."""
    period, ref = merged.period, merged.indicator.ref
    for o in merged.observations:
        if figure := figure_of(o):
            if Suppressed(period, ref, o.area) in rows:
                told.secret.add(figure)
            elif is_own:
                told.known.add(figure)
    is_secret = Suppressed(period, ref) in rows
    if merged.value is not None:
        (told.secret_totals if is_secret else told.totals)[total_of(merged)] = None


#: Those of submissions, and those of figures that were entered.
_Numbers = tuple[tuple[int, ...], tuple[int, ...]]


class _Standing:
    """The figures of a period that stood when issues were made."""

    def __init__(self, register: Register, store: Store, period: str) -> None:
        self._sent = [
            (sent.id, sent.area, sent.received_at)
            for sent in store.submissions(period)
            if sent.outcome is Outcome.ACCEPTED
        ]
        self._figures: dict[int, list[Observation]] = defaultdict(list)
        for number, observation in store.reported(period):
            self._figures[number].append(observation)
        self._entered = {one.id: one for one in store.entered.all(period)}

    @cached_property
    def _refs_of(self) -> Mapping[ReportedFigure, Set[str]]:
        """The refs under which figures were ever reported."""
        found: dict[ReportedFigure, set[str]] = defaultdict(set)
        for ref, figures in self._figures_of.items():
            for figure in figures:
                found[figure].add(ref)
        return found

    @cached_property
    def _figures_of(self) -> Mapping[str, Set[ReportedFigure]]:
        found: dict[str, set[ReportedFigure]] = defaultdict(set)
        for observations in (*self._figures.values(), self._entered.values()):
            for o in observations:
                if figure := figure_of(o):
                    found[o.indicator].add(figure)
        return found

    def areas_alike(self, ref: str) -> Mapping[str, Sequence[str]]:
        """Of other refs under which the same figures were ever reported, the areas that did."""
        found: dict[str, list[str]] = defaultdict(list)
        for figure in self._figures_of.get(ref, ()):
            for other in self._refs_of[figure] - {ref}:
                found[other].append(figure.area)
        return found

    def key(self, issue: Issue) -> _Numbers:
        """The numbers of the submissions that stood, and of the entered figures that counted."""
        last: dict[str | None, int] = {}
        for number, area, received_at in self._sent:
            # An old issue does not say up to which submission it goes.
            is_before = (
                number <= issue.last_submission
                if issue.last_submission
                else received_at <= issue.issued_at
            )
            if is_before:
                last[area] = number
        before = (one for one in self._entered.values() if one.last_issue < issue.id)
        counting = in_force(before, last)
        return tuple(sorted(last.values())), tuple(one.id for one in counting.values())

    def of(self, numbers: _Numbers) -> Sequence[Observation]:
        sent, entered = numbers
        reported = (o for number in sent for o in self._figures[number])
        counting = (self._entered[number] for number in entered)
        return with_entered(reported, {(one.indicator, one.area): one for one in counting})
