"""The boundaries of every colour, exactly; why there is none; travel; and how colours add up.

What is expected is worked out in whole numbers, never by the decimals that are under test.
"""

from __future__ import annotations

from decimal import Context, Decimal, FloatOperation, Inexact, InvalidOperation, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.rating import (
    Colour,
    NotRated,
    Own,
    Rating,
    Tally,
    Travel,
    Trend,
    Verdict,
    key,
    overall_key,
    rate,
    shortfall,
    tally,
    tolerance_shown,
    travel,
)
from pipeline.outputs.wording import REASONS
from schemas.bands import bands_of
from schemas.merge_rules import MergeRule
from schemas.model import (
    BandRow,
    Framework,
    Indicator,
    Kind,
    MilestoneState,
    Operator,
    Polarity,
    Policy,
    PolicyKind,
    Register,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.units import Unit
from tests.support.report_fixture import worked_example

GREEN, AMBER, RED = Colour.GREEN, Colour.AMBER, Colour.RED
FIVE_PERCENT = Policy()
HAVERING = Policy(PolicyKind.IMPROVEMENT, Tolerance(Decimal(10), ToleranceKind.PERCENT_OF_TARGET))
AT_LEAST_ONE = (Operator.AT_LEAST, Operator.MORE_THAN)
AT_MOST_ONE = (Operator.AT_MOST, Operator.LESS_THAN)
STRICT = (Operator.MORE_THAN, Operator.LESS_THAN)
ONE_SIDED = (*AT_LEAST_ONE, *AT_MOST_ONE)

#: A figure is so many units of its last decimal: up to 15 digits, up to 12 decimals, either sign.
digits = st.integers(-(10**15) + 1, 10**15 - 1)
decimals = st.integers(0, 12)
#: Hundredths of a percent, or of a point.
hundredths = st.integers(0, 5000)


def exact(units: int, places: int) -> Decimal:
    """So many units of the last of so many decimals; no context rounds it."""
    return Decimal(f"{units}E-{places}")


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


def aim(
    value: Decimal | str | None = None,
    operator: Operator | None = None,
    *,
    lower: Decimal | str | None = None,
    upper: Decimal | str | None = None,
) -> Target:
    figures = (None if f is None else Decimal(f) for f in (value, lower, upper))
    return Target("I1", "now", operator, *figures)


def colour(
    value: Decimal | str,
    target: Target | Decimal | str,
    measured: Indicator | None = None,
    policy: Policy = FIVE_PERCENT,
    year_before: Decimal | None = None,
) -> Colour | None:
    if not isinstance(target, Target):
        target = aim(target)
    merged = Consolidated(measured or indicator(), "now", value=Decimal(value))
    return rate(merged, target, policy, year_before).colour


def percent(units: int) -> Tolerance:
    return Tolerance(exact(units, 2), ToleranceKind.PERCENT_OF_TARGET)


def points(units: int) -> Tolerance:
    return Tolerance(exact(units, 2), ToleranceKind.POINTS)


def edge_in_percent(units: int, tolerance: int, side: int) -> int:
    """The last figure within the tolerance, with four decimals more than the target."""
    return units * 10_000 + side * abs(units) * tolerance


# --- At the target -------------------------------------------------------------------------------


@given(units=digits, places=decimals)
@pytest.mark.parametrize("polarity", [Polarity.HIGHER, Polarity.LOWER])
def test_a_figure_exactly_at_target_is_green_and_one_beyond_it_still_is(
    units: int, places: int, polarity: Polarity
) -> None:
    goal, side = exact(units, places), 1 if polarity is Polarity.HIGHER else -1
    assert colour(goal, goal, indicator(polarity)) is GREEN
    assert colour(exact(units + side, places), goal, indicator(polarity)) is GREEN


@given(units=digits, places=decimals)
@pytest.mark.parametrize("polarity", [Polarity.HIGHER, Polarity.LOWER])
def test_without_a_tolerance_one_unit_of_the_last_decimal_short_is_red(
    units: int, places: int, polarity: Polarity
) -> None:
    goal, side = exact(units, places), -1 if polarity is Polarity.HIGHER else 1
    for none in (percent(0), points(0)):
        short = exact(units + side, places)
        assert colour(short, goal, indicator(polarity, none)) is RED


@given(units=digits, places=decimals, more=st.integers(1, 6))
def test_the_same_figure_with_more_decimals_is_the_same_figure(
    units: int, places: int, more: int
) -> None:
    longer = exact(units * 10**more, places + more)
    for operator in (*ONE_SIDED, Operator.EQUAL):
        target = aim(exact(units, places), operator)
        assert target.admits(longer, None) is (operator not in STRICT)
        assert shortfall(longer, target) == 0


@given(units=digits, places=decimals)
@pytest.mark.parametrize("operator", STRICT)
def test_a_figure_exactly_at_a_target_to_be_passed_is_amber(
    units: int, places: int, operator: Operator
) -> None:
    target = aim(exact(units, places), operator)
    side = 1 if operator in AT_LEAST_ONE else -1
    assert colour(exact(units, places), target) is AMBER
    assert colour(exact(units * 10 + side, places + 1), target) is GREEN


@given(units=digits, places=decimals, apart=st.integers(-5, 5))
def test_each_operator_is_met_as_whole_numbers_compare(units: int, places: int, apart: int) -> None:
    met = {
        Operator.AT_LEAST: apart >= 0,
        Operator.AT_MOST: apart <= 0,
        Operator.MORE_THAN: apart > 0,
        Operator.LESS_THAN: apart < 0,
        Operator.EQUAL: apart == 0,
    }
    value, goal = exact(units + apart, places), exact(units, places)
    # The register's operator decides, whatever way is better.
    for polarity in (Polarity.HIGHER, Polarity.LOWER, Polarity.RANGE):
        none = indicator(polarity, points(0))
        for operator, green in met.items():
            assert (colour(value, aim(goal, operator), none) is GREEN) is green


# --- At the edge of the tolerance ----------------------------------------------------------------


@given(units=digits, places=decimals, tolerance=hundredths)
@pytest.mark.parametrize("operator", ONE_SIDED)
def test_the_edge_of_a_tolerance_in_percent_is_amber_and_a_hair_beyond_is_red(
    units: int, places: int, tolerance: int, operator: Operator
) -> None:
    side = -1 if operator in AT_LEAST_ONE else 1
    edge = edge_in_percent(units, tolerance, side)
    target = aim(exact(units, places), operator)
    measured = indicator(tolerance=percent(tolerance))
    at_goal = edge == units * 10_000
    met = at_goal and operator not in STRICT
    assert colour(exact(edge, places + 4), target, measured) is (GREEN if met else AMBER)
    assert colour(exact(edge + side, places + 4), target, measured) is RED
    assert colour(exact(edge * 10**20 + side, places + 24), target, measured) is RED


@given(units=digits, places=decimals, tolerance=hundredths)
@pytest.mark.parametrize("operator", ONE_SIDED)
def test_the_edge_of_a_tolerance_in_points_is_amber_and_a_hair_beyond_is_red(
    units: int, places: int, tolerance: int, operator: Operator
) -> None:
    side = -1 if operator in AT_LEAST_ONE else 1
    edge = units * 100 + side * tolerance * 10**places
    target = aim(exact(units, places), operator)
    measured = indicator(tolerance=points(tolerance))
    met = tolerance == 0 and operator not in STRICT
    assert colour(exact(edge, places + 2), target, measured) is (GREEN if met else AMBER)
    assert colour(exact(edge + side, places + 2), target, measured) is RED


@given(lower=digits, width=st.integers(0, 10**9), places=decimals, tolerance=hundredths)
def test_a_range_is_green_to_its_edges_and_amber_to_the_tolerance_of_the_nearer_one(
    lower: int, width: int, places: int, tolerance: int
) -> None:
    upper = lower + width
    target = aim(lower=exact(lower, places), upper=exact(upper, places))
    for own in (percent(tolerance), points(tolerance)):
        measured = indicator(Polarity.RANGE, own)
        for edge, side in ((lower, -1), (upper, 1)):
            assert colour(exact(edge, places), target, measured) is GREEN
            last = edge_in_percent(edge, tolerance, side)
            if own.kind is ToleranceKind.POINTS:
                last = edge * 10_000 + side * tolerance * 100 * 10**places
            if last != edge * 10_000:
                assert colour(exact(last, places + 4), target, measured) is AMBER
            assert colour(exact(last + side, places + 4), target, measured) is RED


@given(units=digits, places=decimals, tolerance=hundredths)
def test_a_target_to_be_hit_exactly_has_its_tolerance_on_either_side(
    units: int, places: int, tolerance: int
) -> None:
    target = aim(exact(units, places), Operator.EQUAL)
    measured = indicator(tolerance=percent(tolerance))
    assert colour(exact(units, places), target, measured) is GREEN
    for side in (-1, 1):
        edge = edge_in_percent(units, tolerance, side)
        if edge != units * 10_000:
            assert colour(exact(edge, places + 4), target, measured) is AMBER
        assert colour(exact(edge + side, places + 4), target, measured) is RED


@given(units=digits, places=decimals, first=digits, second=digits)
def test_a_better_figure_never_has_a_worse_colour(
    units: int, places: int, first: int, second: int
) -> None:
    rank = {RED: 0, AMBER: 1, GREEN: 2}
    low, high = sorted((first, second))

    def ranked(figure: int, polarity: Polarity) -> int:
        found = colour(exact(figure, places), exact(units, places), indicator(polarity))
        assert found is not None
        return rank[found]

    assert ranked(low, Polarity.HIGHER) <= ranked(high, Polarity.HIGHER)
    assert ranked(high, Polarity.LOWER) <= ranked(low, Polarity.LOWER)


@given(worse=st.integers(1, 10**9))
def test_nothing_is_within_a_percentage_of_a_target_of_zero(worse: int) -> None:
    assert colour("0", "0") is GREEN
    assert colour(exact(worse, 6), "0", indicator(Polarity.LOWER)) is RED
    assert colour(exact(-worse, 6), "0", indicator(Polarity.HIGHER)) is RED


def test_a_target_of_zero_has_room_in_points() -> None:
    lower = indicator(Polarity.LOWER, points(200))
    assert colour("2", "0", lower) is AMBER
    assert colour("2.01", "0", lower) is RED


def test_the_tolerance_of_a_negative_target_is_of_its_size() -> None:
    assert colour("-105", "-100") is AMBER
    assert colour("-105.0001", "-100") is RED
    assert colour("-95", "-100", indicator(Polarity.LOWER)) is AMBER
    assert colour("-94.9999", "-100", indicator(Polarity.LOWER)) is RED


def test_a_range_about_zero_takes_each_edge_for_itself() -> None:
    about = aim(lower="-10", upper="20")
    ranged = indicator(Polarity.RANGE)
    assert [colour(v, about, ranged) for v in ("-10.5", "-10.51", "21", "21.01", "0")] == [
        AMBER,
        RED,
        AMBER,
        RED,
        GREEN,
    ]


def test_an_indicators_own_tolerance_goes_before_the_frameworks() -> None:
    assert colour("94", "100") is RED
    assert colour("94", "100", indicator(tolerance=percent(600))) is AMBER
    assert colour("96", "100", indicator(tolerance=percent(300))) is RED
    in_points = Policy(tolerance=points(200))
    assert colour("64", "66", policy=in_points) is AMBER
    assert colour("63.9", "66", policy=in_points) is RED
    assert colour("63.9", "66", indicator(tolerance=percent(500)), in_points) is AMBER
    assert colour("99", "100", indicator(tolerance=points(0))) is RED


# --- Exactly -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "goal", "polarity", "expected"),
    [
        # In floats 68 * 0.95 is 64.6 and 64.599…, 66 * 1.05 is 69.3 and 69.300…01, and so on.
        ("64.6", "68", Polarity.HIGHER, AMBER),
        ("64.59", "68", Polarity.HIGHER, RED),
        ("62.7", "66", Polarity.HIGHER, AMBER),
        ("62.6999999999999", "66", Polarity.HIGHER, RED),
        ("69.3", "66", Polarity.LOWER, AMBER),
        ("69.3000000000001", "66", Polarity.LOWER, RED),
        ("0.285", "0.3", Polarity.HIGHER, AMBER),
        ("0.2849999999999999999999", "0.3", Polarity.HIGHER, RED),
        ("0.315", "0.3", Polarity.LOWER, AMBER),
        ("0.3150000000000000000001", "0.3", Polarity.LOWER, RED),
        ("1.155", "1.1", Polarity.LOWER, AMBER),
        ("0.30000000000000004", "0.3", Polarity.LOWER, AMBER),
        ("0.30", "0.3", Polarity.LOWER, GREEN),
        # Whole numbers next to each other that are one and the same float.
        ("9007199254740993", "9007199254740993", Polarity.HIGHER, GREEN),
        ("9007199254740992", "9007199254740993", Polarity.HIGHER, AMBER),
    ],
)
def test_no_float_decides_a_colour(
    value: str, goal: str, polarity: Polarity, expected: Colour
) -> None:
    assert colour(value, goal, indicator(polarity)) is expected


@pytest.mark.parametrize(
    ("goal", "tolerance"), [(g, t) for g in range(1, 120, 7) for t in (1, 3, 5, 7, 10, 12.5)]
)
def test_the_edge_is_amber_where_floats_fall_on_either_side_of_it(
    goal: int, tolerance: float
) -> None:
    per_mille = int(tolerance * 10)
    measured = indicator(tolerance=percent(per_mille * 10))
    assert colour(exact(goal * (1000 - per_mille), 3), str(goal), measured) is AMBER
    assert colour(exact(goal * (1000 - per_mille) * 10 - 1, 4), str(goal), measured) is RED


@given(
    units=digits,
    places=decimals,
    apart=st.integers(-(10**6), 10**6),
    tolerance=hundredths,
    operator=st.sampled_from([*ONE_SIDED, Operator.EQUAL]),
    kind=st.sampled_from(ToleranceKind),
    policy=st.sampled_from([FIVE_PERCENT, HAVERING]),
)
def test_nothing_is_rounded_and_no_float_is_met_on_the_way(
    units: int,
    places: int,
    apart: int,
    tolerance: int,
    operator: Operator,
    kind: ToleranceKind,
    policy: Policy,
) -> None:
    value, earlier = exact(units + apart, places), exact(units - apart, places)
    target = aim(exact(units, places), operator)
    measured = indicator(tolerance=Tolerance(exact(tolerance, 2), kind))
    merged = Consolidated(measured, "now", value=value)
    ranged = replace(measured, polarity=Polarity.RANGE)
    usual = rate(merged, target, policy, earlier)
    # Three digits, and a complaint at the first that is lost.
    strict = Context(prec=3, traps=[Inexact, FloatOperation, InvalidOperation])
    with localcontext(strict):
        assert rate(merged, target, policy, earlier) == usual
        travel(value, earlier, "then", measured, target)
        travel(value, earlier, "then", ranged, target)


# --- The policy that looks at improvement --------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "year_before", "expected"),
    [
        ("100", None, GREEN),
        ("100", "200", GREEN),
        ("90", None, GREEN),
        ("90", "95", GREEN),
        ("89.9", "95", RED),
        ("89.9", "89.91", RED),
        ("89.9", "89.9", AMBER),
        ("89.9", "89.90", AMBER),
        ("89.9", "80", AMBER),
        ("89.9", None, RED),
        ("0", "0", AMBER),
        ("0", "-1", AMBER),
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
    assert colour("111", "100", lower, HAVERING, Decimal(111)) is AMBER
    assert colour("111", "100", lower, HAVERING, Decimal(110)) is RED
    assert colour("110", "100", lower, HAVERING, Decimal(90)) is GREEN


def test_towards_a_range_is_improving_from_either_side() -> None:
    ranged, between = indicator(Polarity.RANGE), aim(lower="40", upper="50")
    assert colour("60", between, ranged, HAVERING, Decimal(61)) is AMBER
    assert colour("60", between, ranged, HAVERING, Decimal(59)) is RED
    assert colour("30", between, ranged, HAVERING, Decimal(60)) is AMBER
    assert colour("30", between, ranged, HAVERING, Decimal(61)) is AMBER
    assert colour("30", between, ranged, HAVERING, Decimal(45)) is RED


@given(units=digits, places=decimals, before=digits)
def test_improvement_never_makes_a_colour_worse_than_the_target_alone(
    units: int, places: int, before: int
) -> None:
    for value in (units - 1, units, units + 1, 0, before):
        figure, goal = exact(value, places), exact(units, places)
        ten = replace(HAVERING, kind=PolicyKind.TARGET)
        plain = colour(figure, goal, policy=ten)
        looked_back = colour(figure, goal, policy=HAVERING, year_before=exact(before, places))
        assert (
            looked_back
            in {
                GREEN: (GREEN,),
                AMBER: (GREEN,),
                RED: (AMBER, RED),
                None: (),
            }[plain]
        )


def test_improvement_gives_no_colour_to_what_has_none() -> None:
    partial = Consolidated(indicator(merge_rule=MergeRule.SUM), "now", Decimal(1), missing=("B",))
    assert rate(partial, aim("100"), HAVERING, Decimal(0)) == Rating(not_rated=NotRated.INCOMPLETE)
    alone = Consolidated(indicator(), "now", Decimal(1))
    assert rate(alone, None, HAVERING, Decimal(0)) == Rating(not_rated=NotRated.NO_TARGET)


# --- Not rated, and milestones -------------------------------------------------------------------


def reason(merged: Consolidated, target: Target | None) -> NotRated | None:
    rating = rate(merged, target, FIVE_PERCENT)
    assert (rating.colour is None) is (rating.not_rated is not None)
    return rating.not_rated


def test_each_reason_for_no_colour_is_given() -> None:
    measured, target, value = indicator(), aim("1"), Decimal(1)
    assert reason(Consolidated(measured, "now"), target) is NotRated.NO_DATA
    assert reason(Consolidated(measured, "now", value), None) is NotRated.NO_TARGET
    assert reason(Consolidated(measured, "now", suppressed=True), target) is NotRated.SUPPRESSED
    assert reason(Consolidated(measured, "now", conflict=True), target) is NotRated.CONFLICT
    words = indicator(kind=Kind.NARRATIVE)
    assert reason(Consolidated(words, "now", narrative="Done"), None) is NotRated.NARRATIVE
    assert reason(Consolidated(words, "now"), None) is NotRated.NO_DATA
    milestone = indicator(kind=Kind.MILESTONE)
    assert reason(Consolidated(milestone, "now"), None) is NotRated.NO_DATA
    not_due = Consolidated(milestone, "now", state=MilestoneState.NOT_DUE)
    assert reason(not_due, None) is NotRated.NOT_DUE
    baseline = Target("I1", "now", baseline=Decimal(3))
    assert reason(Consolidated(measured, "now", value), baseline) is NotRated.NO_TARGET


@pytest.mark.parametrize("operator", [None, *ONE_SIDED, Operator.EQUAL])
def test_a_contextual_figure_is_never_rated(operator: Operator | None) -> None:
    contextual = Consolidated(indicator(Polarity.CONTEXTUAL), "now", Decimal(1))
    assert reason(contextual, aim("1", operator)) is NotRated.CONTEXTUAL
    assert reason(contextual, aim("9", operator)) is NotRated.CONTEXTUAL
    assert reason(contextual, None) is NotRated.CONTEXTUAL


@pytest.mark.parametrize("rule", MergeRule)
def test_a_figure_that_lacks_areas_its_rule_needs_has_no_colour(rule: MergeRule) -> None:
    measured = replace(indicator(), areas=("A", "B"), merge_rule=rule)
    partial = Consolidated(measured, "now", Decimal(1), missing=("B",))
    alone = rule in (MergeRule.SOLE, MergeRule.LATEST)
    assert reason(partial, aim("1")) is (None if alone else NotRated.INCOMPLETE)
    assert reason(replace(partial, missing=()), aim("1")) is None


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
@pytest.mark.parametrize("policy", [FIVE_PERCENT, HAVERING])
def test_a_milestone_is_rated_by_its_state(
    state: MilestoneState, expected: Rating, policy: Policy
) -> None:
    merged = Consolidated(indicator(kind=Kind.MILESTONE), "now", state=state)
    assert rate(merged, None, policy) == expected


def test_a_rating_is_printed_as_word_and_symbol_or_as_its_reason() -> None:
    report = worked_example()
    shown = [report.shown(Rating(each)) for each in Colour]
    assert shown == ["★ Exceeded", "✔ Green", "◆ Amber", "✖ Red"]
    assert [report.shown(Rating(not_rated=why)) for why in NotRated] == [
        "Not rated: no target",
        "Not rated: no data",
        "Not rated: no cases",
        "Not rated: suppressed",
        "Not rated: contextual",
        "Not rated: areas disagree",
        "Not rated: areas missing",
        "Not rated: incomplete",
        "Not rated: narrative",
        "Not rated: not due",
    ]


def test_every_reason_for_no_colour_is_explained_to_the_reader() -> None:
    assert set(REASONS) == set(NotRated)


# --- Direction of travel -------------------------------------------------------------------------


@given(units=digits, places=decimals, change=st.integers(1, 10**6))
def test_up_is_better_only_where_higher_is(units: int, places: int, change: int) -> None:
    earlier = exact(units, places)

    def travelled(by: int, polarity: Polarity) -> tuple[Trend, Verdict | None]:
        found = travel(exact(units + by, places), earlier, "then", indicator(polarity), None)
        return found.trend, found.verdict

    assert travelled(change, Polarity.HIGHER) == (Trend.UP, Verdict.BETTER)
    assert travelled(-change, Polarity.HIGHER) == (Trend.DOWN, Verdict.WORSE)
    assert travelled(change, Polarity.LOWER) == (Trend.UP, Verdict.WORSE)
    assert travelled(-change, Polarity.LOWER) == (Trend.DOWN, Verdict.BETTER)
    assert travelled(change, Polarity.CONTEXTUAL) == (Trend.UP, None)
    assert travelled(change, Polarity.RANGE) == (Trend.UP, None)
    for polarity in Polarity:
        assert travelled(0, polarity) == (Trend.SAME, Verdict.SAME)


@pytest.mark.parametrize(
    ("value", "earlier", "expected"),
    [
        ("22", "25", Verdict.BETTER),
        ("8", "5", Verdict.BETTER),
        ("20", "20.1", Verdict.BETTER),
        ("5", "8", Verdict.WORSE),
        ("20.1", "15", Verdict.WORSE),
        ("12", "18", Verdict.SAME),
        ("10", "20", Verdict.SAME),
        ("8", "22", Verdict.SAME),
        ("8", "23", Verdict.BETTER),
    ],
)
def test_a_range_is_travelled_towards_or_away_from(
    value: str, earlier: str, expected: Verdict
) -> None:
    between = aim(lower="10", upper="20")
    found = travel(Decimal(value), Decimal(earlier), "", indicator(Polarity.RANGE), between)
    assert found.verdict is expected


def test_where_one_figure_is_best_what_meets_it_is_as_good_as_it_gets() -> None:
    ranged = indicator(Polarity.RANGE)

    def verdict(value: int, earlier: int, operator: Operator) -> Verdict | None:
        return travel(
            Decimal(value), Decimal(earlier), "", ranged, aim("50", operator)
        ).verdict  # fmt: skip

    assert verdict(52, 55, Operator.EQUAL) is Verdict.BETTER
    assert verdict(47, 52, Operator.EQUAL) is Verdict.WORSE
    assert verdict(60, 55, Operator.AT_LEAST) is Verdict.SAME
    assert verdict(49, 55, Operator.AT_LEAST) is Verdict.WORSE


@pytest.mark.parametrize(
    ("value", "polarity", "expected"),
    [
        ("2", Polarity.HIGHER, "▲ Up, better"),
        ("0", Polarity.HIGHER, "▼ Down, worse"),
        ("1.0", Polarity.HIGHER, "► Same"),
        ("2", Polarity.CONTEXTUAL, "▲ Up"),
        ("0", Polarity.RANGE, "▼ Down"),
    ],
)
def test_travel_is_printed_as_arrow_and_words(
    value: str, polarity: Polarity, expected: str
) -> None:
    between = aim(lower="0", upper="1")
    found = travel(Decimal(value), Decimal(1), "2011-12", indicator(polarity), between)
    assert found == Travel(found.trend, found.verdict, Decimal(1), "2011-12")
    assert found.shown == expected


# --- Overall -------------------------------------------------------------------------------------


def overall(green: int, amber: int, red: int, policy: Policy = FIVE_PERCENT) -> Tally:
    ratings = [Rating(GREEN)] * green + [Rating(AMBER)] * amber + [Rating(RED)] * red
    return tally([*ratings, Rating(not_rated=NotRated.NO_DATA)], policy)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((3, 0, 1), GREEN),
        ((1, 1, 0), GREEN),
        ((2999, 0, 1001), AMBER),
        ((1, 0, 1), AMBER),
        ((0, 5, 0), AMBER),
        ((999, 0, 1001), RED),
        ((0, 999, 1), RED),
        ((0, 0, 1), RED),
        ((3, 1, 2), AMBER),
        ((0, 0, 0), None),
    ],
)
def test_overall_is_green_from_three_quarters_and_amber_from_a_half(
    counts: tuple[int, int, int], expected: Colour | None
) -> None:
    assert overall(*counts).colour is expected


counts = st.integers(0, 400)


@given(
    green=counts,
    amber=counts,
    red=counts,
    limits=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)),
)
def test_overall_is_what_whole_numbers_make_it_at_any_thresholds(
    green: int, amber: int, red: int, limits: tuple[int, int]
) -> None:
    amber_from, green_from = sorted(limits)
    policy = Policy(green_from=exact(green_from, 4), amber_from=exact(amber_from, 4))
    found = overall(green, amber, red, policy)
    halves, most = 2 * green + amber, 2 * (green + amber + red)
    assert (found.green, found.amber, found.red, found.not_rated) == (green, amber, red, 1)
    assert found.rated == green + amber + red
    if not most:
        assert (found.colour, found.score) == (None, None)
    elif halves * 10_000 >= green_from * most:
        assert found.colour is GREEN
    elif halves * 10_000 >= amber_from * most:
        assert found.colour is AMBER
    else:
        assert found.colour is RED


@given(third=st.integers(1, 300))
def test_two_thirds_are_not_quite_sixty_seven_hundredths(third: int) -> None:
    policy = Policy(green_from=Decimal("0.6667"), amber_from=Decimal("0.3333"))
    assert overall(2 * third, 0, third, policy).colour is AMBER
    assert overall(third, 0, 2 * third, policy).colour is AMBER
    assert overall(third, 0, 2 * third + 1, policy).colour is RED


def test_the_register_may_set_other_thresholds() -> None:
    strict = Policy(green_from=Decimal(1), amber_from=Decimal("0.9"))
    assert overall(9, 0, 1, strict).colour is AMBER
    assert overall(10, 0, 0, strict).colour is GREEN
    assert overall(8, 1, 1, strict).colour is RED


def test_an_overall_colour_is_printed_with_its_symbol() -> None:
    report = worked_example()
    assert report.shown(overall(3, 1, 2)) == "◆ Amber"
    assert report.shown(overall(0, 0, 0)) == "Not rated"
    assert tally([], FIVE_PERCENT) == Tally(0, 0, 0, 0, None, None)


# --- Thresholds and the fourth band --------------------------------------------------------------

EXCEEDED = Colour.EXCEEDED
#: Of a target with thresholds of its own: polarity, target, green, red and exceeded from, and what
#: colour each figure then has, worked out by hand.
BY_THRESHOLDS: tuple[tuple[Polarity, str, str, str, str, dict[str, Colour]], ...] = (
    (
        Polarity.HIGHER,
        *("90", "88", "80", "95"),
        {
            "95": EXCEEDED,
            "95.1": EXCEEDED,
            "94.999": GREEN,
            "90": GREEN,
            "88": GREEN,
            "87.999": AMBER,
            "80.001": AMBER,
            "80": RED,
            "0": RED,
            "-1": RED,
        },
    ),
    (
        Polarity.LOWER,
        *("12", "14", "20", "8"),
        {
            "8": EXCEEDED,
            "0": EXCEEDED,
            "8.001": GREEN,
            "12": GREEN,
            "14": GREEN,
            "14.001": AMBER,
            "19.999": AMBER,
            "20": RED,
            "1000": RED,
        },
    ),
    (Polarity.HIGHER, "90", "", "80", "", {"90": GREEN, "89.9": AMBER, "80": RED, "200": GREEN}),
    (Polarity.LOWER, "12", "", "20", "", {"12": GREEN, "12.1": AMBER, "20": RED, "-5": GREEN}),
    # Without a threshold of red the tolerance, of 5% here, says what is amber.
    (
        Polarity.HIGHER,
        *("80", "", "", "90"),
        {"90": EXCEEDED, "89.9": GREEN, "80": GREEN, "76": AMBER, "75.9": RED},
    ),
    (Polarity.HIGHER, "0", "", "-2", "2", {"2": EXCEEDED, "0": GREEN, "-1.9": AMBER, "-2": RED}),
)


def with_thresholds(value: str, green: str, red: str, exceeded: str) -> Target:
    figures = {
        name: Decimal(figure) if figure else None
        for name, figure in (
            ("green_from", green),
            ("red_from", red),
            ("exceeded_from", exceeded),
        )
    }
    return replace(aim(value), **figures)


@pytest.mark.parametrize(
    ("polarity", "value", "green", "red", "exceeded", "expected"), BY_THRESHOLDS
)
def test_thresholds_are_part_of_the_band_that_begins_there(
    polarity: Polarity,
    value: str,
    green: str,
    red: str,
    exceeded: str,
    expected: dict[str, Colour],
) -> None:
    target, measured = with_thresholds(value, green, red, exceeded), indicator(polarity)
    assert {figure: colour(figure, target, measured) for figure in expected} == expected


@pytest.mark.parametrize("own", [None, points(5000)])
def test_thresholds_hold_in_place_of_tolerance_and_of_improvement(own: Tolerance | None) -> None:
    target, measured = with_thresholds("90", "88", "80", ""), indicator(tolerance=own)
    for figure, expected in (("88", GREEN), ("87", AMBER), ("80", RED)):
        assert colour(figure, target, measured, HAVERING, Decimal(0)) is expected


def test_a_target_to_be_passed_is_green_only_beyond_it_where_green_has_no_threshold() -> None:
    target = replace(with_thresholds("90", "", "80", ""), operator=Operator.MORE_THAN)
    assert [colour(figure, target) for figure in ("90.1", "90", "80")] == [GREEN, AMBER, RED]


@pytest.mark.parametrize("operator", [Operator.EQUAL, Operator.BETWEEN])
def test_a_target_without_a_better_side_has_no_thresholds(operator: Operator) -> None:
    target = replace(with_thresholds("90", "88", "80", "95"), operator=operator)
    assert [colour(figure, target) for figure in ("90", "96", "88", "85.4")] == [
        GREEN,
        RED,
        AMBER,
        RED,
    ]


#: Polarity, target, operator, how far is exceeded and in what, and each figure's colour.
BEYOND: tuple[tuple[Polarity, str, Operator | None, str, ToleranceKind, dict[str, Colour]], ...] = (
    (
        Polarity.HIGHER,
        *("80", None, "5", ToleranceKind.PERCENT_OF_TARGET),
        {"84": EXCEEDED, "83.9999": GREEN, "80": GREEN, "76": AMBER},
    ),
    (
        Polarity.LOWER,
        *("80", None, "5", ToleranceKind.PERCENT_OF_TARGET),
        {"76": EXCEEDED, "76.0001": GREEN, "80": GREEN, "84": AMBER, "84.1": RED},
    ),
    (
        Polarity.HIGHER,
        *("80", None, "2.5", ToleranceKind.POINTS),
        {"82.5": EXCEEDED, "82.4": GREEN, "80": GREEN},
    ),
    # From a target that has to be passed it is as far.
    (
        Polarity.HIGHER,
        *("80", Operator.MORE_THAN, "5", ToleranceKind.PERCENT_OF_TARGET),
        {"84": EXCEEDED, "80.1": GREEN, "80": AMBER},
    ),
    # Of a target below zero the percent is of its amount.
    (
        Polarity.HIGHER,
        *("-20", None, "10", ToleranceKind.PERCENT_OF_TARGET),
        {"-18": EXCEEDED, "-18.1": GREEN, "-20": GREEN, "-22": AMBER, "-22.1": RED},
    ),
    # Percent of zero says nothing; points do.
    (
        Polarity.HIGHER,
        *("0", None, "5", ToleranceKind.PERCENT_OF_TARGET),
        {"0": GREEN, "0.1": GREEN, "1000": GREEN},
    ),
    (
        Polarity.HIGHER,
        *("0", None, "5", ToleranceKind.POINTS),
        {"0": GREEN, "4.9": GREEN, "5": EXCEEDED},
    ),
    # No more than the target itself is asked: whatever is better has exceeded it.
    (
        Polarity.HIGHER,
        *("80", None, "0", ToleranceKind.PERCENT_OF_TARGET),
        {"80": GREEN, "80.0001": EXCEEDED},
    ),
)


@pytest.mark.parametrize(("polarity", "value", "operator", "by", "kind", "expected"), BEYOND)
def test_what_is_better_than_its_target_by_as_much_as_the_policy_says_has_exceeded_it(
    polarity: Polarity,
    value: str,
    operator: Operator | None,
    by: str,
    kind: ToleranceKind,
    expected: dict[str, Colour],
) -> None:
    policy = Policy(tolerance=Tolerance(Decimal(5), kind), exceeded_by=Decimal(by))
    if kind is ToleranceKind.PERCENT_OF_TARGET and value == "-20":
        policy = replace(policy, tolerance=Tolerance(Decimal(10), kind))
    target, measured = aim(value, operator), indicator(polarity)
    found = {figure: colour(figure, target, measured, policy) for figure in expected}
    assert found == expected


@given(units=digits, places=decimals, by=hundredths)
@pytest.mark.parametrize("side", [1, -1])
def test_exceeded_begins_at_its_edge_exactly(units: int, places: int, by: int, side: int) -> None:
    edge = edge_in_percent(units, by, side)
    measured = indicator(Polarity.HIGHER if side > 0 else Polarity.LOWER)
    policy = replace(FIVE_PERCENT, exceeded_by=exact(by, 2))
    at, short = (
        colour(exact(figure, places + 4), exact(units, places), measured, policy)
        for figure in (edge, edge - side)
    )
    has_room = units and by
    assert at is (EXCEEDED if has_room else GREEN)
    assert short is not EXCEEDED


@given(units=st.integers(-(10**30), 10**30), places=decimals)
def test_a_threshold_of_more_digits_than_a_context_keeps_is_an_edge_all_the_same(
    units: int, places: int
) -> None:
    green = exact(units, places)
    target = replace(aim(exact(units + 5, places)), green_from=green, red_from=green - 10)
    assert colour(green, target) is GREEN
    assert colour(exact(units - 1, places), target) is not GREEN


def test_a_range_has_no_fourth_band() -> None:
    policy = replace(FIVE_PERCENT, exceeded_by=Decimal(0))
    inside = aim(lower="10", upper="15")
    assert {colour(f, inside, indicator(Polarity.RANGE), policy) for f in ("10", "12", "15")} == {
        GREEN
    }


def test_by_improvement_what_is_within_the_tolerance_has_not_exceeded() -> None:
    policy = replace(HAVERING, exceeded_by=Decimal(10))
    found = [colour(figure, "50", policy=policy) for figure in ("55", "54.9", "45", "44.9")]
    assert found == [EXCEEDED, GREEN, GREEN, RED]


def test_what_exceeded_scores_as_green_and_is_counted_apart() -> None:
    ratings = [Rating(each) for each in (EXCEEDED, EXCEEDED, GREEN, AMBER, RED)]
    found = tally([*ratings, Rating(not_rated=NotRated.NO_DATA)], FIVE_PERCENT)
    assert found == Tally(1, 1, 1, 1, Decimal("0.7"), AMBER, exceeded=2)
    assert (found.rated, [found.of(each) for each in Colour]) == (5, [2, 1, 1, 1])
    assert tally([Rating(EXCEEDED)], FIVE_PERCENT).colour is GREEN


# --- The key -------------------------------------------------------------------------------------


def test_the_key_says_what_each_colour_means() -> None:
    assert key(FIVE_PERCENT) == (
        (GREEN, "in target"),
        (AMBER, "out of target, by no more than 5% of the target"),
        (RED, "significantly out of target, by more than 5% of the target"),
    )


def test_the_key_of_improvement_says_compared_with_what() -> None:
    words = dict(key(HAVERING))
    before = "the same period a year before"
    assert words[GREEN] == "in target, or out of it by no more than 10% of the target"
    assert words[AMBER] == (
        f"out of target by more than 10% of the target, but held or improved on {before}"
    )
    assert words[RED] == (
        f"out of target by more than 10% of the target, neither held nor improved on {before}"
    )


@pytest.mark.parametrize("policy", [FIVE_PERCENT, HAVERING])
def test_the_key_names_own_tolerances_and_milestones_only_where_there_are_any(
    policy: Policy,
) -> None:
    plain = " ".join(dict(key(policy)).values())
    assert "own tolerance" not in plain
    assert "milestone" not in plain
    words = dict(key(policy, Own(tolerances=True, milestones=True)))
    assert "own tolerance" in words[AMBER]
    assert "own tolerance" in words[RED]
    assert words[GREEN].endswith("; of a milestone: complete or on track")
    assert words[AMBER].endswith("; of a milestone: at risk")
    assert words[RED].endswith("; of a milestone: missed")


def test_the_key_says_what_exceeded_means_only_where_there_is_such_a_band() -> None:
    by_policy = replace(FIVE_PERCENT, exceeded_by=Decimal(10))
    by, threshold = (
        "better than the target by 10% of the target or more",
        "as far beyond the target as the indicator's own threshold says",
    )
    assert key(by_policy)[0] == (EXCEEDED, by)
    assert key(FIVE_PERCENT, Own(exceeded=True))[0] == (EXCEEDED, threshold)
    assert key(by_policy, Own(exceeded=True))[0] == (EXCEEDED, f"{by}; or {threshold}")
    assert "milestone" not in dict(key(by_policy, Own(milestones=True)))[EXCEEDED]


def test_the_key_says_where_indicators_have_thresholds_of_their_own() -> None:
    words = dict(key(FIVE_PERCENT, Own(thresholds=True)))
    assert words[GREEN] == "in target; or from the indicator's own threshold on"
    assert words[AMBER].endswith("5% of the target; or between the indicator's own thresholds")
    assert words[RED].endswith("5% of the target; or from the indicator's own threshold on")


def test_overall_is_explained_in_the_words_of_the_register() -> None:
    register = Register(
        framework=Framework(
            "Council", "Title", policy=replace(FIVE_PERCENT, exceeded_by=Decimal(5))
        ),
        **dict.fromkeys(("priorities", "indicators", "targets", "areas", "periods"), ()),
        recipients=(),
        bands=(BandRow(GREEN, "On target"), BandRow(RED, "RED ALERT"), BandRow(EXCEEDED, "Above")),
    )
    assert overall_key(FIVE_PERCENT, bands_of(register)) == (
        "Overall performance scores each rated indicator (above and on target 1, amber ½, RED "
        "ALERT 0) and takes the mean: on target from 0.75, amber from 0.5, otherwise RED ALERT. "
        "Indicators that are not rated do not count."
    )


def test_the_key_gives_the_thresholds_of_the_register() -> None:
    bands = worked_example().bands
    assert "green from 0.75, amber from 0.5, otherwise red" in overall_key(FIVE_PERCENT, bands)
    other = overall_key(Policy(green_from=Decimal("0.8"), amber_from=Decimal("0.60")), bands)
    assert "green from 0.8, amber from 0.60, otherwise red" in other


@pytest.mark.parametrize(
    ("tolerance", "unit", "expected"),
    [
        (percent(500), None, "5% of the target"),
        (percent(250), Unit.COUNT, "2.5% of the target"),
        (points(200), None, "2 points"),
        (points(100), Unit.PERCENT, "1 point"),
        (points(50), Unit.SCORE, "0.5 points"),
        (points(1_200_000), Unit.COUNT, "12,000"),
        (points(50_000), Unit.CURRENCY, "£500"),
        (points(300), Unit.DAYS, "3 days"),
        (points(100), Unit.DAYS, "1 day"),
    ],
)
def test_a_tolerance_is_printed_in_words(
    tolerance: Tolerance, unit: Unit | None, expected: str
) -> None:
    typed = Tolerance(tolerance.amount.normalize(), tolerance.kind)
    assert tolerance_shown(typed, replace(indicator(), unit=unit)) == expected
