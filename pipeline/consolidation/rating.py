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
from schemas.model import Indicator, Policy, Target, Tolerance
from schemas.units import Unit, row_of, shown
from schemas.wording import noun_for


class Colour(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def shown(self) -> str:
        """As printed: `✔ Green`."""
        return f"{SYMBOLS[self]} {self.capitalize()}"


#: Never colour alone: each colour has a symbol that survives a black-and-white print.
SYMBOLS = {Colour.GREEN: "✔", Colour.AMBER: "◆", Colour.RED: "✖"}


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
    def shown(self) -> str:
        """As printed: `✔ Green`, or `Not rated: no target`."""
        return self.colour.shown if self.colour else f"Not rated: {self.not_rated}"

    @property
    def word(self) -> str:
        """In a word, as the store keeps it: `green`, or `no target`."""
        return self.colour or self.not_rated or ""


class Trend(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


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


class Tally(Struct, frozen=True):
    """How many of each, and the colour that they add up to by the register's policy."""

    green: int
    amber: int
    red: int
    not_rated: int
    #: Mean of green 1, amber ½, red 0 over what is rated; None where nothing is, or too little is
    #: answered.
    score: Decimal | None
    colour: Colour | None

    @property
    def rated(self) -> int:
        return self.green + self.amber + self.red

    @property
    def shown(self) -> str:
        """As printed: `◆ Amber`, or `Not rated`."""
        return self.colour.shown if self.colour else "Not rated"


_MILESTONES = {
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
        return _MILESTONES[figure.state]
    if figure.no_cases:
        return Rating(not_rated=NotRated.INCOMPLETE if is_incomplete(figure) else NotRated.NO_CASES)
    if figure.lacks:
        return Rating(not_rated=NotRated.PERIODS_MISSING)
    if figure.value is None:
        return Rating(not_rated=NotRated.NO_DATA)
    if target is None or not target.is_set:
        return Rating(not_rated=NotRated.NO_TARGET)
    if indicator.polarity is model.Polarity.CONTEXTUAL:
        return Rating(not_rated=NotRated.CONTEXTUAL)
    if is_incomplete(figure):
        return Rating(not_rated=NotRated.INCOMPLETE)
    return Rating(_colour(figure.value, indicator, target, policy, year_before))


def _colour(
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
    out_by = shortfall(value, target)
    amount = Fraction(tolerance.amount)
    if tolerance.kind is model.ToleranceKind.POINTS:
        return out_by <= amount
    return out_by * 100 <= amount * abs(Fraction(edge(value, target)))


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
    green, amber, red = (colours.count(c) for c in (Colour.GREEN, Colour.AMBER, Colour.RED))
    rated = green + amber + red
    if not rated or (coverage and not coverage.is_enough(policy)):
        return Tally(green, amber, red, colours.count(None), None, None)
    score = Fraction(2 * green + amber, 2 * rated)
    if score >= Fraction(policy.green_from):
        colour = Colour.GREEN
    elif score >= Fraction(policy.amber_from):
        colour = Colour.AMBER
    else:
        colour = Colour.RED
    printed = Decimal(score.numerator) / Decimal(score.denominator)
    return Tally(green, amber, red, colours.count(None), printed, colour)


def key(
    policy: Policy, *, own_tolerances: bool = False, milestones: bool = False
) -> tuple[tuple[Colour, str], ...]:
    """The appendix's key: what each colour means, in words, by the register's policy.

    `own_tolerances` and `milestones` say whether an indicator has a tolerance of its own, and
    whether a milestone is rated; only then are they spoken of.
    """
    tolerance, before = tolerance_shown(policy.tolerance), "the same period a year before"
    if own_tolerances:
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
    if milestones:
        for colour in words:
            states = (s.lower() for s, rating in _MILESTONES.items() if rating.colour is colour)
            words[colour] += f"; of a milestone: {' or '.join(states)}"
    return tuple(words.items())


def overall_key(policy: Policy) -> str:
    """How the overall colour comes about, in words."""
    words = (
        "Overall performance scores each rated indicator (green 1, amber ½, red 0) and takes the "
        f"mean: green from {policy.green_from}, amber from {policy.amber_from}, otherwise red. "
        "Indicators that are not rated do not count."
    )
    return " ".join(filter(None, (words, coverage_key(policy))))


def tolerance_shown(tolerance: Tolerance, unit: Unit | None = None) -> str:
    """A tolerance in words: `5% of the target`, or `2 points`."""
    if tolerance.kind is model.ToleranceKind.PERCENT_OF_TARGET:
        return f"{shown(tolerance.amount, Unit.PERCENT)} of the target"
    row = row_of(unit)
    if row.counts_people or row.is_money:
        return shown(tolerance.amount, unit)
    return f"{shown(tolerance.amount, None)} {noun_for(tolerance.amount, row.noun or 'point')}"
