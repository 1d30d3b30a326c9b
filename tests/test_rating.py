"""The boundaries of every colour, exactly; and how colours add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge import Consolidated
from pipeline.model import (
    Indicator,
    Kind,
    MergeRule,
    MilestoneState,
    Operator,
    Polarity,
    Policy,
    PolicyKind,
    Target,
    Tolerance,
    ToleranceKind,
    Unit,
)
from pipeline.rating import (
    Colour,
    NotRated,
    Rating,
    Tally,
    Verdict,
    key,
    rate,
    tally,
    travel,
)

GREEN, AMBER, RED = Colour.GREEN, Colour.AMBER, Colour.RED
FIVE_PERCENT = Policy()
HAVERING = Policy(PolicyKind.IMPROVEMENT, Tolerance(Decimal(10), ToleranceKind.PERCENT_OF_TARGET))
HIGHER = (Operator.AT_LEAST, Operator.MORE_THAN)
LOWER = (Operator.AT_MOST, Operator.LESS_THAN)
STRICT = (Operator.MORE_THAN, Operator.LESS_THAN)

#: Figures as councils have them: up to 12 digits, up to four decimals, either sign, and zero.
figures = st.integers(-(10**12), 10**12).flatmap(
    lambda whole: st.integers(0, 4).map(lambda places: Decimal(whole).scaleb(-places))
)
tolerances = st.integers(0, 5000).map(lambda hundredths: Decimal(hundredths).scaleb(-2))
#: One unit beyond the last decimal that any of these can make.
A_HAIR = Decimal(1).scaleb(-12)


def indicator(
    polarity: Polarity = Polarity.HIGHER,
    tolerance: Tolerance | None = None,
    kind: Kind = Kind.MEASURE,
    merge_rule: MergeRule = MergeRule.SOLE,
) -> Indicator:
    return Indicator(
        ref="I1",
        priority="P1",
        wording="Something",
        kind=kind,
        unit=Unit.PERCENT,
        decimals=1,
        polarity=polarity,
        areas=("A", "B") if merge_rule is MergeRule.SUM else ("A",),
        merge_rule=merge_rule,
        tolerance=tolerance,
    )


def colour(
    value: Decimal | str,
    target: Target | Decimal | str,
    measured: Indicator | None = None,
    policy: Policy = FIVE_PERCENT,
    year_before: Decimal | None = None,
) -> Colour | None:
    measured = measured or indicator()
    if not isinstance(target, Target):
        target = Target("I1", "now", value=Decimal(target))
    merged = Consolidated(measured, "now", value=Decimal(value))
    return rate(merged, target, policy, year_before).colour


def within(percent: Decimal) -> Tolerance:
    return Tolerance(percent, ToleranceKind.PERCENT_OF_TARGET)


# --- At the target, at the edge of the tolerance, and a hair beyond ------------------------------


@given(goal=figures)
@pytest.mark.parametrize("polarity", [Polarity.HIGHER, Polarity.LOWER])
def test_a_figure_exactly_at_target_is_green(goal: Decimal, polarity: Polarity) -> None:
    assert colour(goal, goal, indicator(polarity)) is GREEN


@given(goal=figures)
@pytest.mark.parametrize("operator", STRICT)
def test_a_figure_exactly_at_a_target_to_be_passed_is_amber(
    goal: Decimal, operator: Operator
) -> None:
    target = Target("I1", "now", operator, goal)
    assert colour(goal, target) is AMBER
    better = A_HAIR if operator in HIGHER else -A_HAIR
    assert colour(goal + better, target) is GREEN


@given(goal=figures, tolerance=tolerances)
@pytest.mark.parametrize("operator", [*HIGHER, *LOWER])
def test_the_edge_of_a_tolerance_in_percent_is_amber_and_a_hair_beyond_is_red(
    goal: Decimal, tolerance: Decimal, operator: Operator
) -> None:
    side = -1 if operator in HIGHER else 1
    edge = goal + side * abs(goal) * tolerance / 100
    target = Target("I1", "now", operator, goal)
    measured = indicator(tolerance=within(tolerance))
    met = edge == goal and operator not in STRICT
    assert colour(edge, target, measured) is (GREEN if met else AMBER)
    assert colour(edge + side * A_HAIR, target, measured) is RED


@given(goal=figures, points=tolerances)
@pytest.mark.parametrize("operator", [*HIGHER, *LOWER])
def test_the_edge_of_a_tolerance_in_points_is_amber_and_a_hair_beyond_is_red(
    goal: Decimal, points: Decimal, operator: Operator
) -> None:
    side = -1 if operator in HIGHER else 1
    target = Target("I1", "now", operator, goal)
    measured = indicator(tolerance=Tolerance(points, ToleranceKind.POINTS))
    edge = goal + side * points
    met = edge == goal and operator not in STRICT
    assert colour(edge, target, measured) is (GREEN if met else AMBER)
    assert colour(edge + side * A_HAIR, target, measured) is RED


@given(lower=figures, width=st.integers(0, 10**6), tolerance=tolerances)
def test_a_range_is_green_to_its_edges_and_amber_to_the_tolerance_of_the_nearer_one(
    lower: Decimal, width: int, tolerance: Decimal
) -> None:
    upper = lower + width
    target = Target("I1", "now", Operator.BETWEEN, lower=lower, upper=upper)
    measured = indicator(Polarity.RANGE, within(tolerance))
    assert colour(lower, target, measured) is GREEN
    assert colour(upper, target, measured) is GREEN
    for edge, side in ((lower, -1), (upper, 1)):
        last = edge + side * abs(edge) * tolerance / 100
        if last != edge:
            assert colour(last, target, measured) is AMBER
        assert colour(last + side * A_HAIR, target, measured) is RED


@given(goal=figures)
def test_a_target_to_be_hit_exactly_is_missed_on_either_side(goal: Decimal) -> None:
    target = Target("I1", "now", Operator.EQUAL, goal)
    measured = indicator(tolerance=within(Decimal(0)))
    assert colour(goal, target, measured) is GREEN
    assert colour(goal + A_HAIR, target, measured) is RED
    assert colour(goal - A_HAIR, target, measured) is RED


@given(worse=st.integers(1, 10**9))
def test_nothing_is_within_a_percentage_of_a_target_of_zero(worse: int) -> None:
    assert colour(Decimal(worse).scaleb(-6), "0", indicator(Polarity.LOWER)) is RED
    assert colour(Decimal(-worse).scaleb(-6), "0", indicator(Polarity.HIGHER)) is RED


def test_the_tolerance_of_a_negative_target_is_of_its_size() -> None:
    assert colour("-105", "-100") is AMBER
    assert colour("-105.0001", "-100") is RED
    assert colour("-95", "-100", indicator(Polarity.LOWER)) is AMBER
    assert colour("-94.9999", "-100", indicator(Polarity.LOWER)) is RED


@pytest.mark.parametrize(
    ("value", "goal", "expected"),
    [
        # 0.95 x 68 and 0.95 x 66 are not what binary floats make of them.
        ("64.6", "68", AMBER),
        ("64.59", "68", RED),
        ("62.7", "66", AMBER),
        ("62.6999999999999", "66", RED),
        ("0.285", "0.3", AMBER),
        ("0.2849999999999999999999", "0.3", RED),
        ("9007199254740993", "9007199254740993", GREEN),
        ("9007199254740992", "9007199254740993", AMBER),
    ],
)
def test_no_float_decides_a_colour(value: str, goal: str, expected: Colour) -> None:
    assert colour(value, goal) is expected


def test_an_indicators_own_tolerance_goes_before_the_frameworks() -> None:
    assert colour("94", "100") is RED
    assert colour("94", "100", indicator(tolerance=within(Decimal(6)))) is AMBER
    assert colour("96", "100", indicator(tolerance=within(Decimal(3)))) is RED


# --- The policy that looks at improvement --------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "year_before", "expected"),
    [
        ("100", None, GREEN),
        ("90", None, GREEN),
        ("89.9", "95", RED),
        ("89.9", "89.9", AMBER),
        ("89.9", "80", AMBER),
        ("89.9", None, RED),
    ],
)
def test_ten_percent_off_is_green_and_beyond_it_improvement_decides(
    value: str, year_before: str | None, expected: Colour
) -> None:
    before = Decimal(year_before) if year_before else None
    assert colour(value, "100", policy=HAVERING, year_before=before) is expected


def test_where_lower_is_better_falling_is_improving() -> None:
    lower = indicator(Polarity.LOWER)
    assert colour("111", "100", lower, HAVERING, Decimal(120)) is AMBER
    assert colour("111", "100", lower, HAVERING, Decimal(110)) is RED
    assert colour("110", "100", lower, HAVERING, Decimal(90)) is GREEN


# --- Not rated, and milestones -------------------------------------------------------------------


def test_each_reason_for_no_colour_is_given() -> None:
    measured, target = indicator(), Target("I1", "now", value=Decimal(1))

    def reason(merged: Consolidated, goal: Target | None = target) -> NotRated | None:
        return rate(merged, goal, FIVE_PERCENT).not_rated

    value = Decimal(1)
    assert reason(Consolidated(measured, "now")) is NotRated.NO_DATA
    assert reason(Consolidated(measured, "now", value), None) is NotRated.NO_TARGET
    assert reason(Consolidated(measured, "now", suppressed=True)) is NotRated.SUPPRESSED
    assert reason(Consolidated(measured, "now", conflict=True)) is NotRated.CONFLICT
    contextual = indicator(Polarity.CONTEXTUAL)
    assert reason(Consolidated(contextual, "now", value)) is NotRated.CONTEXTUAL
    assert reason(Consolidated(contextual, "now", value), None) is NotRated.NO_TARGET
    partial = Consolidated(indicator(merge_rule=MergeRule.SUM), "now", value, missing=("B",))
    assert reason(partial) is NotRated.INCOMPLETE
    words = indicator(kind=Kind.NARRATIVE)
    assert reason(Consolidated(words, "now", narrative="Done")) is NotRated.NARRATIVE
    assert reason(Consolidated(words, "now")) is NotRated.NO_DATA
    baseline = Target("I1", "now", baseline=Decimal(3))
    assert reason(Consolidated(measured, "now", value), baseline) is NotRated.NO_TARGET


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (MilestoneState.COMPLETE, Rating(GREEN)),
        (MilestoneState.ON_TRACK, Rating(GREEN)),
        (MilestoneState.AT_RISK, Rating(AMBER)),
        (MilestoneState.MISSED, Rating(RED)),
        (MilestoneState.NOT_DUE, Rating(not_rated=NotRated.NOT_DUE)),
    ],
)
def test_a_milestone_is_rated_by_its_state(state: MilestoneState, expected: Rating) -> None:
    merged = Consolidated(indicator(kind=Kind.MILESTONE), "now", state=state)
    assert rate(merged, None, FIVE_PERCENT) == expected


# --- Direction of travel -------------------------------------------------------------------------


@given(earlier=figures, change=st.integers(1, 10**6))
def test_up_is_better_only_where_higher_is(earlier: Decimal, change: int) -> None:
    def verdict(value: Decimal, polarity: Polarity) -> Verdict | None:
        return travel(value, earlier, "2011-12", indicator(polarity), None).verdict

    up, down = earlier + change, earlier - change
    assert verdict(up, Polarity.HIGHER) is verdict(down, Polarity.LOWER) is Verdict.BETTER
    assert verdict(down, Polarity.HIGHER) is verdict(up, Polarity.LOWER) is Verdict.WORSE
    assert verdict(earlier, Polarity.HIGHER) is Verdict.SAME
    assert verdict(up, Polarity.CONTEXTUAL) is None


def test_a_range_is_travelled_towards_or_away_from() -> None:
    target = Target("I1", "now", lower=Decimal(10), upper=Decimal(20))
    ranged = indicator(Polarity.RANGE)
    assert travel(Decimal(22), Decimal(25), "", ranged, target).verdict is Verdict.BETTER
    assert travel(Decimal(5), Decimal(8), "", ranged, target).verdict is Verdict.WORSE
    assert travel(Decimal(12), Decimal(18), "", ranged, target).verdict is Verdict.SAME
    assert travel(Decimal(12), Decimal(18), "", ranged, target).shown == "▼ Down"


# --- Overall -------------------------------------------------------------------------------------


def overall(green: int, amber: int, red: int, policy: Policy = FIVE_PERCENT) -> Tally:
    ratings = [Rating(GREEN)] * green + [Rating(AMBER)] * amber + [Rating(RED)] * red
    return tally([*ratings, Rating(not_rated=NotRated.NO_DATA)], policy)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((3, 0, 1), GREEN),
        ((2999, 0, 1001), AMBER),
        ((1, 0, 1), AMBER),
        ((0, 5, 0), AMBER),
        ((999, 0, 1001), RED),
        ((0, 0, 1), RED),
        ((3, 1, 2), AMBER),
        ((0, 0, 0), None),
    ],
)
def test_overall_is_green_from_three_quarters_and_amber_from_a_half(
    counts: tuple[int, int, int], expected: Colour | None
) -> None:
    assert overall(*counts).colour is expected


def test_what_is_not_rated_does_not_count() -> None:
    assert overall(0, 0, 0).score is None
    assert overall(0, 0, 0).not_rated == 1
    assert overall(3, 0, 1).rated == 4


def test_the_register_may_set_other_thresholds() -> None:
    strict = Policy(green_from=Decimal(1), amber_from=Decimal("0.9"))
    assert overall(9, 0, 1, strict).colour is AMBER
    assert overall(10, 0, 0, strict).colour is GREEN
    assert overall(8, 1, 1, strict).colour is RED


@pytest.mark.parametrize("policy", [FIVE_PERCENT, HAVERING])
def test_the_key_says_what_each_colour_means(policy: Policy) -> None:
    words = dict(key(policy))
    assert list(words) == [GREEN, AMBER, RED]
    amount = f"{policy.tolerance.amount}% of the target"
    assert amount in words[AMBER]
    assert amount in words[RED]
