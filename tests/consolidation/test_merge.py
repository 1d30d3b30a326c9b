"""Several areas' figures become one, exactly, and never quietly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.consolidation.merge import Consolidated, is_incomplete, merge
from pipeline.consolidation.rating import NotRated, rate
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Kind, MilestoneState, Polarity, Register, Status
from schemas.observations import Observation
from schemas.units import Unit
from tests.support.builders import indicator as built
from tests.support.builders import small_register

AREAS = ("A", "B", "C")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NEEDS_EVERY_AREA = [r for r in MergeRule if r not in (MergeRule.SOLE, MergeRule.LATEST)]


def owned(
    rule: MergeRule,
    kind: Kind = Kind.MEASURE,
    unit: Unit = Unit.PERCENT,
    areas: tuple[str, ...] = AREAS,
) -> Indicator:
    return Indicator("I1", "P1", "Something", kind, unit, 1, Polarity.HIGHER, areas, rule)


def register_of(*indicators: Indicator) -> Register:
    return replace(small_register(), indicators=indicators)


def merged(
    rule: MergeRule,
    *observations: Observation,
    kind: Kind = Kind.MEASURE,
    areas: tuple[str, ...] = AREAS,
) -> Consolidated:
    (result,) = merge(register_of(owned(rule, kind, areas=areas)), "now", observations)
    return result


def told(area: str, value: str | None = None, **more: object) -> Observation:
    """What an area reports: a figure, whatever else is named, or else that it has none."""
    figure = Decimal(value) if value is not None else None
    status = Status.FINAL if figure is not None or more else Status.NOT_AVAILABLE
    observation = Observation("I1", area, "now", status, figure)
    return replace(observation, **more)  # type: ignore[arg-type]


def part(area: str, top: int, bottom: int) -> Observation:
    share = f"{100 * Decimal(top) / bottom:.1f}"
    return told(area, share, numerator=Decimal(top), denominator=Decimal(bottom))


def exact(units: int, places: int) -> Decimal:
    return Decimal(f"{units}E-{places}")


def half_up(top: int, bottom: int) -> int:
    """top / bottom to the nearest whole number, halves away from zero; in whole numbers only."""
    size = (2 * abs(top) + bottom) // (2 * bottom)
    return size if top >= 0 else -size


# --- Each rule -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (MergeRule.SUM, "60.3"),
        (MergeRule.MEAN, "20.1"),
        (MergeRule.MINIMUM, "10.1"),
        (MergeRule.MAXIMUM, "30.1"),
    ],
)
def test_each_rule_makes_one_figure_of_three(rule: MergeRule, expected: str) -> None:
    result = merged(rule, told("A", "10.1"), told("B", "20.1"), told("C", "30.1"))
    assert result.value == Decimal(expected)
    assert result.missing == ()
    assert not is_incomplete(result)


def test_percentages_are_weighted_by_their_numerators_and_denominators() -> None:
    result = merged(MergeRule.WEIGHTED, part("A", 1, 2), part("B", 100, 1000), areas=("A", "B"))
    assert result.value == Decimal("10.1")


def test_a_weighted_figure_that_is_no_percentage_is_the_plain_quotient() -> None:
    ratio = owned(MergeRule.WEIGHTED, unit=Unit.RATIO, areas=("A", "B"))
    (result,) = merge(register_of(ratio), "now", [part("A", 3, 2), part("B", 2, 2)])
    assert result.value == Decimal("1.3")


def test_an_area_that_gives_a_percentage_without_its_parts_is_missing_from_the_weighing() -> None:
    result = merged(MergeRule.WEIGHTED, part("A", 1, 2), told("B", "10"), areas=("A", "B"))
    assert (result.value, result.missing) == (Decimal("50.0"), ("B",))
    assert is_incomplete(result)
    half = told("B", "10", numerator=Decimal(1))
    assert merged(MergeRule.WEIGHTED, part("A", 1, 2), half).missing == ("B", "C")


def test_denominators_that_come_to_nothing_make_no_figure() -> None:
    nothing = told("A", "0", numerator=Decimal(0), denominator=Decimal(0))
    assert merged(MergeRule.WEIGHTED, nothing, areas=("A",)).value is None


def test_a_weighted_figure_of_one_area_is_its_own() -> None:
    assert merged(MergeRule.WEIGHTED, part("A", 31, 48), areas=("A",)).value == Decimal("64.6")


def test_a_sole_owners_figure_keeps_the_places_it_was_written_with() -> None:
    result = merged(MergeRule.SOLE, told("B", "3.300"), areas=("B",))
    assert str(result.value) == "3.300"
    assert result.missing == ()


# --- Exactly -------------------------------------------------------------------------------------

whole = st.integers(-(10**15), 10**15)


@given(figures=st.lists(st.tuples(whole, st.integers(0, 9)), min_size=3, max_size=3))
def test_a_sum_is_exact(figures: list[tuple[int, int]]) -> None:
    reported = [
        told(area, str(exact(units, places)))
        for area, (units, places) in zip(AREAS, figures, strict=True)
    ]
    total = sum(units * 10 ** (9 - places) for units, places in figures)
    assert merged(MergeRule.SUM, *reported).value == exact(total, 9)


def test_a_sum_of_tenths_is_no_float() -> None:
    result = merged(MergeRule.SUM, told("A", "0.1"), told("B", "0.2"), told("C", "0.30"))
    assert str(result.value) == "0.60"


@given(figures=st.lists(whole, min_size=3, max_size=3), places=st.integers(0, 4))
def test_a_mean_is_rounded_once_with_halves_away_from_zero(figures: list[int], places: int) -> None:
    reported = [
        told(area, str(exact(units, places))) for area, units in zip(AREAS, figures, strict=True)
    ]
    expected = half_up(sum(figures) * 10, 3 * 10**places)
    assert merged(MergeRule.MEAN, *reported).value == exact(expected, 1)


@pytest.mark.parametrize(
    ("one", "other", "mean"),
    [
        ("0.1", "0.2", "0.2"),
        ("-0.1", "-0.2", "-0.2"),
        ("0.1", "0.3", "0.2"),
        ("0.14", "0.15", "0.1"),
    ],
)
def test_a_mean_of_two_at_one_decimal(one: str, other: str, mean: str) -> None:
    result = merged(MergeRule.MEAN, told("A", one), told("B", other), areas=("A", "B"))
    assert str(result.value) == mean


def test_a_figure_that_rounds_to_nothing_has_no_sign() -> None:
    result = merged(MergeRule.MEAN, told("A", "-0.02"), told("B", "0.00"), areas=("A", "B"))
    assert str(result.value) == "0.0"


@given(
    parts=st.lists(
        st.tuples(st.integers(0, 10**15), st.integers(1, 10**15)), min_size=3, max_size=3
    )
)
def test_a_weighted_figure_is_rounded_once_with_halves_up(parts: list[tuple[int, int]]) -> None:
    reported = [
        told(area, "1", numerator=Decimal(top), denominator=Decimal(bottom))
        for area, (top, bottom) in zip(AREAS, parts, strict=True)
    ]
    top, bottom = (sum(numbers) for numbers in zip(*parts, strict=True))
    expected = exact(half_up(1000 * top, bottom), 1)
    assert merged(MergeRule.WEIGHTED, *reported).value == expected


@pytest.mark.parametrize(
    ("top", "bottom", "expected"),
    [(1, 8, "12.5"), (1, 16, "6.3"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1")],
)
def test_a_half_in_a_weighted_percentage_goes_up(top: int, bottom: int, expected: str) -> None:
    result = merged(MergeRule.WEIGHTED, part("A", top, bottom), areas=("A",))
    assert str(result.value) == expected


@given(figures=st.lists(whole, min_size=3, max_size=3))
@pytest.mark.parametrize("rule", [r for r in MergeRule if r is not MergeRule.SOLE])
def test_no_decimal_context_rounds_a_merged_figure(rule: MergeRule, figures: list[int]) -> None:
    reported = [
        told(area, str(exact(units, 3)), numerator=Decimal(abs(units)), denominator=Decimal(7))
        for area, units in zip(AREAS, figures, strict=True)
    ]
    usual = merged(rule, *reported)
    with localcontext(Context(prec=3, traps=[Inexact])):
        assert merged(rule, *reported) == usual


# --- Latest --------------------------------------------------------------------------------------


def at(area: str, day: int, value: str | None = None, **more: object) -> Observation:
    return told(area, value, received_at=FIRST + timedelta(days=day), **more)


def test_the_latest_is_the_one_received_last() -> None:
    assert merged(MergeRule.LATEST, at("A", 2, "1"), at("B", 1, "2")).value == 1
    assert merged(MergeRule.LATEST, at("A", 1, "1"), at("B", 2, "2")).value == 2


def test_what_has_a_time_of_receipt_is_later_than_what_has_none() -> None:
    assert merged(MergeRule.LATEST, told("A", "1"), at("B", 0, "2")).value == 2


def test_of_two_received_at_once_the_register_names_the_first() -> None:
    assert merged(MergeRule.LATEST, at("B", 1, "2"), at("A", 1, "1")).value == 1


def test_a_later_not_available_does_not_hide_the_latest_figure() -> None:
    later = at("B", 2, status=Status.NOT_AVAILABLE)
    result = merged(MergeRule.LATEST, at("A", 1, "1"), later)
    assert result.value == 1
    assert result.missing == ("B", "C")


def test_only_the_latest_figure_is_provisional_or_suppressed() -> None:
    earlier = at("A", 1, "1", status=Status.PROVISIONAL)
    final = merged(MergeRule.LATEST, earlier, at("B", 2, "2"))
    assert (final.value, final.provisional) == (2, False)
    after_hidden = merged(MergeRule.LATEST, at("A", 1, suppressed=True), at("B", 2, "2"))
    assert (after_hidden.value, after_hidden.suppressed) == (2, False)
    hidden = merged(MergeRule.LATEST, at("A", 1, "1"), at("B", 2, suppressed=True))
    assert (hidden.value, hidden.suppressed) == (None, True)


def test_the_latest_state_and_the_latest_words_stand() -> None:
    states = merged(
        MergeRule.LATEST,
        at("A", 2, state=MilestoneState.COMPLETE),
        at("B", 1, state=MilestoneState.MISSED),
        kind=Kind.MILESTONE,
    )
    assert (states.state, states.conflict) == (MilestoneState.COMPLETE, False)
    words = merged(
        MergeRule.LATEST,
        at("A", 1, narrative="Begun"),
        at("B", 2, narrative="Done"),
        kind=Kind.NARRATIVE,
    )
    assert words.narrative == "Done"


# --- Sole owners ---------------------------------------------------------------------------------


def test_owners_that_agree_are_one_figure() -> None:
    agreed = merged(MergeRule.SOLE, told("A", "10"), told("B", "10.0"))
    assert (agreed.value, agreed.conflict) == (Decimal(10), False)


@pytest.mark.parametrize("other", ["10.1", "-10", "0", "10.00000000000000000000000000001"])
def test_owners_that_disagree_are_a_conflict_and_no_figure(other: str) -> None:
    apart = merged(MergeRule.SOLE, told("A", "10"), told("B", other))
    assert (apart.value, apart.conflict) == (None, True)
    assert [o.value for o in apart.observations] == [Decimal(10), Decimal(other)]


def test_owners_of_a_milestone_that_disagree_are_a_conflict() -> None:
    def milestone(one: MilestoneState, other: MilestoneState) -> Consolidated:
        return merged(
            MergeRule.SOLE, told("A", state=one), told("B", state=other), kind=Kind.MILESTONE
        )

    apart = milestone(MilestoneState.COMPLETE, MilestoneState.MISSED)
    assert (apart.state, apart.conflict) == (None, True)
    agreed = milestone(MilestoneState.AT_RISK, MilestoneState.AT_RISK)
    assert (agreed.state, agreed.conflict) == (MilestoneState.AT_RISK, False)


def test_an_owner_without_a_figure_does_not_contradict_one_that_has_it() -> None:
    result = merged(MergeRule.SOLE, told("A"), told("B", "10"), areas=("A", "B"))
    assert (result.value, result.conflict, result.missing) == (Decimal(10), False, ("A",))
    assert not is_incomplete(result)


def test_an_owner_that_suppresses_what_another_gives_suppresses_it() -> None:
    result = merged(MergeRule.SOLE, told("A", suppressed=True), told("B", "3"))
    assert (result.value, result.suppressed, result.conflict) == (None, True, False)


# --- Missing, suppressed, provisional, not available ---------------------------------------------


@pytest.mark.parametrize("rule", NEEDS_EVERY_AREA)
def test_what_needs_every_area_names_the_missing_and_gets_no_colour(rule: MergeRule) -> None:
    result = merged(rule, part("A", 1, 2), told("C"))
    assert result.value is not None
    assert result.missing == ("B", "C")
    assert is_incomplete(result)
    target = replace(small_register().targets[0], value=Decimal(0))
    rating = rate(result, target, small_register().framework.policy)
    assert (rating.colour, rating.not_rated) == (None, NotRated.INCOMPLETE)


@pytest.mark.parametrize("rule", MergeRule)
def test_without_any_figure_every_area_is_missing(rule: MergeRule) -> None:
    for reported in ((), (told("A"), told("B"), told("C"))):
        result = merged(rule, *reported)
        assert result.missing == AREAS
        assert (result.value, result.suppressed, result.conflict) == (None, False, False)
        assert (result.provisional, result.observations) == (False, reported)


@pytest.mark.parametrize("rule", NEEDS_EVERY_AREA)
def test_a_suppressed_part_suppresses_the_whole_and_is_not_missing(rule: MergeRule) -> None:
    result = merged(rule, part("A", 7, 8), told("B", suppressed=True), areas=("A", "B"))
    assert (result.value, result.suppressed, result.missing) == (None, True, ())


@pytest.mark.parametrize("rule", NEEDS_EVERY_AREA)
def test_one_provisional_part_makes_the_whole_provisional(rule: MergeRule) -> None:
    final, not_yet = part("A", 1, 2), replace(part("B", 1, 2), status=Status.PROVISIONAL)
    assert merged(rule, final, not_yet).provisional
    assert not merged(rule, final, told("B")).provisional


def test_not_available_counts_for_nothing_and_stays_on_record() -> None:
    silent = told("B")
    result = merged(MergeRule.MEAN, told("A", "10"), silent, told("C", "20"))
    assert (result.value, result.missing) == (Decimal(15), ("B",))
    assert silent in result.observations


# --- What the register has become since ----------------------------------------------------------


@pytest.mark.parametrize("rule", MergeRule)
def test_a_state_reported_for_what_is_now_a_measure_is_no_figure(rule: MergeRule) -> None:
    result = merged(rule, told("A", state=MilestoneState.COMPLETE))
    assert (result.value, result.state, result.missing) == (None, None, AREAS)


def test_a_figure_reported_for_what_is_now_a_milestone_or_words_is_neither() -> None:
    for kind in (Kind.MILESTONE, Kind.NARRATIVE):
        result = merged(MergeRule.SOLE, told("A", "5"), kind=kind)
        assert (result.value, result.state, result.narrative) == (None, None, "")
        assert (result.conflict, result.missing) == (False, AREAS)


def test_other_periods_and_areas_that_do_not_report_are_passed_over() -> None:
    other = replace(told("B", "5"), period="then")
    unknown = replace(told("A", "5"), indicator="I9")
    # Adult social care is an area of the register, and is not asked for it.
    result = merged(MergeRule.SUM, told("A", "1"), other, told("ASC", "9"), unknown)
    assert (result.value, result.missing) == (1, ("B", "C"))
    assert [o.area for o in result.observations] == ["A"]


def test_the_figure_of_an_area_that_the_register_has_no_longer_goes_on_counting() -> None:
    result = merged(MergeRule.SUM, told("A", "1"), told("B", "2"), told("X", "9"), areas=("A", "B"))
    assert (result.value, result.missing) == (12, ())
    assert [o.area for o in result.observations] == ["A", "B", "X"]
    assert result.indicator.areas == ("A", "B", "X")


# --- Order ---------------------------------------------------------------------------------------


def test_there_is_one_row_an_indicator_in_the_registers_order() -> None:
    register = register_of(*(built(ref, ref) for ref in ("I3", "I1", "I2")))
    reported = [Observation(ref, "CS", "now", Status.FINAL, Decimal(1)) for ref in ("I2", "I1")]
    rows = merge(register, "now", reported)
    assert [(row.indicator.ref, row.value) for row in rows] == [("I3", None), ("I1", 1), ("I2", 1)]


def test_observations_and_words_stand_in_the_registers_order_of_areas() -> None:
    result = merged(
        MergeRule.SOLE,
        told("C", narrative="third"),
        told("A", narrative="first"),
        told("B"),
        kind=Kind.NARRATIVE,
    )
    assert result.narrative == "first\nthird"
    assert [o.area for o in result.observations] == ["A", "B", "C"]
    assert result.missing == ("B",)


reports = st.tuples(
    st.sampled_from(["figure", "provisional", "suppressed", "not available", "bare"]),
    st.integers(-99, 99),
    st.integers(0, 3),
)


@given(
    given_by=st.lists(reports, min_size=3, max_size=3),
    order=st.permutations(range(3)),
    rule=st.sampled_from(MergeRule),
)
def test_the_order_in_which_returns_came_changes_nothing(
    given_by: list[tuple[str, int, int]], order: list[int], rule: MergeRule
) -> None:
    reported = []
    for area, (how, units, day) in zip(AREAS, given_by, strict=True):
        figure = at(
            area, day, str(exact(units, 1)), numerator=Decimal(units), denominator=Decimal(9)
        )
        reported.append(
            {
                "figure": figure,
                "provisional": replace(figure, status=Status.PROVISIONAL),
                "suppressed": at(area, day, suppressed=True),
                "not available": at(area, day, status=Status.NOT_AVAILABLE),
                "bare": replace(figure, numerator=None),
            }[how]
        )
    assert merged(rule, *reported) == merged(rule, *(reported[n] for n in order))
