"""Rate: colour, direction of travel and overall, in exact decimal arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from pipeline.consolidation.coverage import Coverage, coverage_key
from pipeline.consolidation.merge import Consolidated, is_incomplete
from schemas import model
from schemas.asking import AskAction
from schemas.bands import Bands
from schemas.model import Colour, Indicator, Policy, Target, Tolerance
from schemas.units import Unit, shown
from schemas.wording import noun_for


class NotRated(StrEnum):
    """Why an indicator has no colour."""

    NO_TARGET = "no target"
    NO_DATA = "no data"
    NO_CASES = "no cases"
    SUPPRESSED = "suppressed"
    CONTEXTUAL = "contextual"
    CONFLICT = "areas disagree"
    INCOMPLETE = "areas missing"
    PERIODS_MISSING = "incomplete"
    NARRATIVE = "narrative"
    NOT_DUE = "not due"


class Rating(Struct, frozen=True):
    """A colour, or the reason why there is none; exactly one of the two is set."""

    colour: Colour | None = None
    not_rated: NotRated | None = None

    @property
    def code(self) -> str:
        """As the store keeps it: `green`, or `no target`."""
        return self.colour or self.not_rated or ""


class Trend(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


#: What the basis of a direction of travel begins with where that is a baseline.
_BASELINE = "baseline"
ARROWS = {Trend.UP: "▲", Trend.DOWN: "▼", Trend.SAME: "►"}


class Travel(Struct, frozen=True):
    """Direction of travel from an earlier figure to this one."""

    trend: Trend
    #: None where neither way is better (a contextual figure).
    verdict: Verdict | None
    #: The figure compared with, and what it is: the last period's name, or `baseline 2011-12`.
    earlier: Decimal
    basis: str
    #: With how many decimals that was published; None: as it was typed.
    decimals: int | None = None

    @property
    def shown(self) -> str:
        """As printed: `▲ Up, better`."""
        judged = f", {self.verdict}" if self.verdict in (Verdict.BETTER, Verdict.WORSE) else ""
        return f"{ARROWS[self.trend]} {self.trend.capitalize()}{judged}"


def is_of_baseline(travel: Travel) -> bool:
    """Whether a figure is compared with a baseline, and not with a period's figure."""
    return travel.basis.startswith(_BASELINE)


def basis_of_baseline(period: str) -> str:
    """What a figure is compared with that is a baseline, of a period where that is known."""
    return f"{_BASELINE} {period}".strip()


class Tally(Struct, frozen=True):
    """How many of each, and the colour that they add up to by the register's policy.

    It is never exceeded, which counts as green.
    """

    green: int
    amber: int
    red: int
    not_rated: int
    #: Mean of exceeded and green 1, amber ½, red 0 over what is rated; None where nothing is, or
    #: too little is answered.
    score: Decimal | None
    colour: Colour | None
    exceeded: int = 0

    def of(self, colour: Colour) -> int:
        """How many are in a band."""
        return int(getattr(self, colour))

    @property
    def rated(self) -> int:
        return sum(map(self.of, Colour))


#: Of what colours each rule asks for corrective action.
ACTION_FOR = {
    AskAction.WHERE_RED: (Colour.RED,),
    AskAction.WHERE_RED_OR_AMBER: (Colour.RED, Colour.AMBER),
}

#: The rating of each state of a milestone.
MILESTONES = {
    model.MilestoneState.COMPLETE: Rating(Colour.GREEN),
    model.MilestoneState.ON_TRACK: Rating(Colour.GREEN),
    model.MilestoneState.AT_RISK: Rating(Colour.AMBER),
    model.MilestoneState.MISSED: Rating(Colour.RED),
    model.MilestoneState.NOT_DUE: Rating(not_rated=NotRated.NOT_DUE),
}


def rate(
    figure: Consolidated, target: Target | None, policy: Policy, year_before: Decimal | None = None
) -> Rating:
    """The colour of a consolidated figure, or why it has none.

    `year_before` is the same period's figure a year before; only the policy that looks at
    improvement uses it, and without one nothing counts as improved.
    """
    indicator = figure.indicator
    if figure.not_due:
        return Rating(not_rated=NotRated.NOT_DUE)
    if figure.conflict:
        return Rating(not_rated=NotRated.CONFLICT)
    if figure.suppressed:
        return Rating(not_rated=NotRated.SUPPRESSED)
    if indicator.kind is model.Kind.NARRATIVE and figure.narrative:
        return Rating(not_rated=NotRated.NARRATIVE)
    if figure.state is not None:
        return MILESTONES[figure.state]
    if figure.no_cases:
        return Rating(not_rated=NotRated.INCOMPLETE if is_incomplete(figure) else NotRated.NO_CASES)
    if figure.lacks:
        return Rating(not_rated=NotRated.PERIODS_MISSING)
    if figure.value is None:
        return Rating(not_rated=NotRated.NO_DATA)
    if indicator.polarity is model.Polarity.CONTEXTUAL:
        return Rating(not_rated=NotRated.CONTEXTUAL)
    if target is None or not target.is_set:
        return Rating(not_rated=NotRated.NO_TARGET)
    if is_incomplete(figure):
        return Rating(not_rated=NotRated.INCOMPLETE)
    return Rating(_colour(figure.value, indicator, target, policy, year_before))


def _colour(
    value: Decimal, indicator: Indicator, target: Target, policy: Policy, earlier: Decimal | None
) -> Colour:
    polarity = indicator.polarity
    if target.has_thresholds(polarity):
        colour = _by_thresholds(value, target, polarity)
    else:
        colour = _by_policy(value, indicator, target, policy, earlier)
    if colour is Colour.GREEN and _is_exceeded(value, target, policy, polarity):
        return Colour.EXCEEDED
    return colour


def _by_policy(
    value: Decimal, indicator: Indicator, target: Target, policy: Policy, earlier: Decimal | None
) -> Colour:
    if target.admits(value, indicator.polarity):
        return Colour.GREEN
    within = _is_within(value, target, indicator.tolerance or policy.tolerance)
    if policy.kind is model.PolicyKind.TARGET:
        return Colour.AMBER if within else Colour.RED
    if within:
        return Colour.GREEN
    verdict = None if earlier is None else _verdict(value, earlier, indicator.polarity, target)
    return Colour.AMBER if verdict in (Verdict.BETTER, Verdict.SAME) else Colour.RED


def _by_thresholds(value: Decimal, target: Target, polarity: model.Polarity | None) -> Colour:
    """Green from one figure on, red from another, which both count in; amber between them."""
    side, green, red = target.side(polarity), target.green_from, target.red_from
    is_green = target.admits(value, polarity) if green is None else _reaches(value, green, side)
    if is_green:
        return Colour.GREEN
    return Colour.RED if red is not None and _reaches(value, red, -side) else Colour.AMBER


def _reaches(value: Decimal, threshold: Decimal, side: int) -> bool:
    """Whether a figure is at a threshold or past it: above where the side is 1, below at -1."""
    return value >= threshold if side > 0 else value <= threshold


def _is_exceeded(
    value: Decimal, target: Target, policy: Policy, polarity: model.Polarity | None
) -> bool:
    """Whether a figure is so far better than its target as the fourth band asks, edge included.

    Percent of a target of zero is nothing, and says of no figure that it is far beyond it.
    """
    side, goal = target.side(polarity), target.value
    if not side or goal is None:
        return False
    if target.exceeded_from is not None:
        return _reaches(value, target.exceeded_from, side)
    if policy.exceeded_by is None:
        return False
    beyond = side * (Fraction(value) - Fraction(goal))
    tolerance = Tolerance(policy.exceeded_by, policy.tolerance.kind)
    is_nothing = tolerance.kind is model.ToleranceKind.PERCENT_OF_TARGET and not goal
    return beyond > 0 and not is_nothing and beyond >= extent(tolerance, goal)


def shortfall(value: Decimal, target: Target) -> Fraction:
    """How far a figure lies from the target, or from the nearer edge of its range; never below 0.

    Exact. Between the edges of a range, or exactly at a target to be passed, it is 0. A figure that
    is past a single target is as far from it as one that falls short.
    """
    return abs(Fraction(value) - Fraction(edge(value, target)))


def edge(value: Decimal, target: Target) -> Decimal:
    """What a figure is measured from: the target, or the nearer edge of its range.

    Between the edges of a range it is the figure itself.
    """
    if target.value is not None:
        return target.value
    if target.lower is not None and value < target.lower:
        return target.lower
    if target.upper is not None and value > target.upper:
        return target.upper
    return value


def _is_within(value: Decimal, target: Target, tolerance: Tolerance) -> bool:
    """Whether a figure out of target is out by no more than the tolerance, edge included."""
    return shortfall(value, target) <= extent(tolerance, edge(value, target))


def extent(tolerance: Tolerance, goal: Decimal) -> Fraction:
    """How far a tolerance reaches from a target, in the target's unit."""
    amount = Fraction(tolerance.amount)
    if tolerance.kind is model.ToleranceKind.POINTS:
        return amount
    return amount * abs(Fraction(goal)) / 100


def travel(
    value: Decimal, earlier: Decimal, basis: str, indicator: Indicator, target: Target | None
) -> Travel:
    """Direction of travel from an earlier figure, by the indicator's polarity."""
    trend = Trend.UP if value > earlier else Trend.DOWN if value < earlier else Trend.SAME
    return Travel(trend, _verdict(value, earlier, indicator.polarity, target), earlier, basis)


def _verdict(
    value: Decimal, earlier: Decimal, polarity: model.Polarity | None, target: Target | None
) -> Verdict | None:
    if value == earlier:
        return Verdict.SAME
    match polarity:
        case model.Polarity.HIGHER:
            return Verdict.BETTER if value > earlier else Verdict.WORSE
        case model.Polarity.LOWER:
            return Verdict.BETTER if value < earlier else Verdict.WORSE
        case model.Polarity.RANGE if target is not None and target.is_set:
            now, then = _out_by(value, target), _out_by(earlier, target)
            if now == then:
                return Verdict.SAME
            return Verdict.BETTER if now < then else Verdict.WORSE
    return None


def _out_by(value: Decimal, target: Target) -> Fraction:
    return Fraction(0) if target.admits(value, None) else shortfall(value, target)


def tally(ratings: Iterable[Rating], policy: Policy, coverage: Coverage | None = None) -> Tally:
    """Counts of each colour and what they add up to by the policy, where enough is answered."""
    colours = [rating.colour for rating in ratings]
    exceeded, green, amber, red = (colours.count(colour) for colour in Colour)
    not_rated, rated = colours.count(None), exceeded + green + amber + red
    if not rated or (coverage and not coverage.is_enough(policy)):
        return Tally(green, amber, red, not_rated, None, None, exceeded)
    score = Fraction(2 * (exceeded + green) + amber, 2 * rated)
    if score >= Fraction(policy.green_from):
        colour = Colour.GREEN
    elif score >= Fraction(policy.amber_from):
        colour = Colour.AMBER
    else:
        colour = Colour.RED
    printed = Decimal(score.numerator) / Decimal(score.denominator)
    return Tally(green, amber, red, not_rated, printed, colour, exceeded)


class Own(Struct, frozen=True):
    """What the indicators of a report have of their own; only of that does its key speak."""

    tolerances: bool = False
    #: Thresholds of green and red, and of the fourth band.
    thresholds: bool = False
    exceeded: bool = False
    milestones: bool = False


_NOTHING = Own()


def key(policy: Policy, own: Own = _NOTHING) -> tuple[tuple[Colour, str], ...]:
    """The appendix's key: what each colour means, in words, by the register's policy."""
    tolerance, before = tolerance_shown(policy.tolerance), "the same period a year before"
    if own.tolerances:
        tolerance += " (or the indicator's own tolerance)"
    match policy.kind:
        case model.PolicyKind.TARGET:
            green = "in target"
            amber = f"out of target, by no more than {tolerance}"
            red = f"significantly out of target, by more than {tolerance}"
        case model.PolicyKind.IMPROVEMENT:
            green = f"in target, or out of it by no more than {tolerance}"
            amber = f"out of target by more than {tolerance}, but held or improved on {before}"
            red = f"out of target by more than {tolerance}, neither held nor improved on {before}"
    words = {Colour.GREEN: green, Colour.AMBER: amber, Colour.RED: red}
    if own.thresholds:
        words[Colour.GREEN] += "; or from the indicator's own threshold on"
        words[Colour.AMBER] += "; or between the indicator's own thresholds"
        words[Colour.RED] += "; or from the indicator's own threshold on"
    if exceeded := _exceeded_shown(policy, own):
        words = {Colour.EXCEEDED: exceeded, **words}
    if own.milestones:
        for colour in words:
            states = [s.lower() for s, rating in MILESTONES.items() if rating.colour is colour]
            if states:
                words[colour] += f"; of a milestone: {' or '.join(states)}"
    return tuple(words.items())


def _exceeded_shown(policy: Policy, own: Own) -> str:
    """What the fourth band means; empty where there is none."""
    parts = []
    if policy.exceeded_by is not None:
        by = tolerance_shown(Tolerance(policy.exceeded_by, policy.tolerance.kind))
        parts.append(f"better than the target by {by} or more")
    if own.exceeded:
        parts.append("as far beyond the target as the indicator's own threshold says")
    return "; or ".join(parts)


def overall_key(policy: Policy, bands: Bands) -> str:
    """How the overall colour comes about, in words."""
    exceeded, green, amber, red = (bands.of(colour).said for colour in Colour)
    best = f"{exceeded} and {green}" if Colour.EXCEEDED in bands.in_use else green
    words = (
        f"Overall performance scores each rated indicator ({best} 1, {amber} ½, {red} 0) and takes "
        f"the mean: {green} from {policy.green_from}, {amber} from {policy.amber_from}, otherwise "
        f"{red}. Indicators that are not rated do not count."
    )
    return " ".join(filter(None, (words, coverage_key(policy))))


def tolerance_shown(tolerance: Tolerance, indicator: Indicator | None = None) -> str:
    """A tolerance in words: `5% of the target`, or `2 points`; of an indicator in its unit."""
    if tolerance.kind is model.ToleranceKind.PERCENT_OF_TARGET:
        return f"{shown(tolerance.amount, Unit.PERCENT)} of the target"
    if indicator is None:
        return f"{shown(tolerance.amount, None)} {noun_for(tolerance.amount, 'point')}"
    row = indicator.unit_row
    if row.counts_people or row.is_money:
        return indicator.shown(tolerance.amount)
    amount = shown(tolerance.amount, None, thousands=indicator.thousands)
    return f"{amount} {noun_for(tolerance.amount, row.noun or 'point')}"
