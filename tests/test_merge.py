"""Several areas' figures become one, exactly, and never quietly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge import Consolidated, is_incomplete, merge
from pipeline.model import (
    Indicator,
    Kind,
    MergeRule,
    MilestoneState,
    Observation,
    Polarity,
    Register,
    Status,
    Unit,
)
from tests.builders import small_register

AREAS = ("A", "B", "C")


def merged(rule: MergeRule, *observations: Observation, kind: Kind = Kind.MEASURE) -> Consolidated:
    indicator = Indicator("I1", "P1", "Something", kind, Unit.PERCENT, 1, Polarity.HIGHER,
                          AREAS, rule)  # fmt: skip
    register: Register = replace(small_register(), indicators=(indicator,))
    (result,) = merge(register, "now", observations)
    return result


def told(area: str, value: str | None = None, **more: object) -> Observation:
    figure = Decimal(value) if value is not None else None
    status = Status.FINAL if figure is not None or more else Status.NOT_AVAILABLE
    observation = Observation("I1", area, "now", status, figure)
    return replace(observation, **more)  # type: ignore[arg-type]


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
    assert not is_incomplete(result)


def test_a_mean_is_rounded_once_with_halves_away_from_zero() -> None:
    assert merged(MergeRule.MEAN, told("A", "0.1"), told("B", "0.2")).value == Decimal("0.2")
    assert merged(MergeRule.MEAN, told("A", "-0.1"), told("B", "-0.2")).value == Decimal("-0.2")


def test_percentages_are_weighted_by_their_numerators_and_denominators() -> None:
    small = told("A", "50", numerator=Decimal(1), denominator=Decimal(2))
    large = told("B", "10", numerator=Decimal(100), denominator=Decimal(1000))
    assert merged(MergeRule.WEIGHTED, small, large).value == Decimal("10.1")


def test_a_weighted_figure_without_every_denominator_is_incomplete() -> None:
    whole = told("A", "50", numerator=Decimal(1), denominator=Decimal(2))
    result = merged(MergeRule.WEIGHTED, whole, told("B", "10"))
    assert "B" in result.missing
    assert is_incomplete(result)


def test_the_latest_is_the_one_received_last() -> None:
    first = told("A", "1", received_at=datetime(2026, 1, 2, tzinfo=UTC))
    second = told("B", "2", received_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert merged(MergeRule.LATEST, first, second).value == 1


def test_owners_that_agree_are_one_figure_and_owners_that_disagree_are_a_conflict() -> None:
    agreed = merged(MergeRule.SOLE, told("A", "10"), told("B", "10.0"))
    assert (agreed.value, agreed.conflict) == (Decimal(10), False)
    apart = merged(MergeRule.SOLE, told("A", "10"), told("B", "10.1"))
    assert (apart.value, apart.conflict) == (None, True)
    states = merged(
        MergeRule.SOLE,
        told("A", state=MilestoneState.COMPLETE),
        told("B", state=MilestoneState.MISSED),
        kind=Kind.MILESTONE,
    )
    assert (states.state, states.conflict) == (None, True)


def test_missing_areas_are_named_and_make_a_sum_incomplete() -> None:
    result = merged(MergeRule.SUM, told("A", "1"), told("C"))
    assert result.missing == ("B", "C")
    assert is_incomplete(result)
    assert not is_incomplete(merged(MergeRule.SOLE, told("A", "1")))


def test_a_suppressed_part_suppresses_the_whole() -> None:
    result = merged(MergeRule.SUM, told("A", "7"), told("B", suppressed=True))
    assert (result.value, result.suppressed) == (None, True)


def test_one_provisional_part_makes_the_whole_provisional() -> None:
    final, not_yet = told("A", "1"), told("B", "2", status=Status.PROVISIONAL)
    assert merged(MergeRule.SUM, final, not_yet).provisional
    assert not merged(MergeRule.SUM, final, told("B")).provisional


def test_other_periods_and_areas_that_do_not_report_are_passed_over() -> None:
    other = replace(told("B", "5"), period="then")
    result = merged(MergeRule.SUM, told("A", "1"), other, told("X", "9"))
    assert result.value == 1
    assert result.missing == ("B", "C")


@given(
    values=st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=3, max_size=3),
    order=st.permutations(range(3)),
    rule=st.sampled_from([r for r in MergeRule if r is not MergeRule.LATEST]),
)
def test_the_order_in_which_returns_came_changes_nothing(
    values: list[Decimal], order: list[int], rule: MergeRule
) -> None:
    reported = [
        told(area, str(value), numerator=abs(value), denominator=Decimal(10**6))
        for area, value in zip(AREAS, values, strict=True)
    ]
    assert merged(rule, *reported) == merged(rule, *(reported[n] for n in order))


@given(values=st.lists(st.decimals(-(10**12), 10**12, places=4), min_size=3, max_size=3))
def test_a_sum_is_exact(values: list[Decimal]) -> None:
    reported = (told(area, str(value)) for area, value in zip(AREAS, values, strict=True))
    total = sum(int(value * 10_000) for value in values)
    assert merged(MergeRule.SUM, *reported).value == Decimal(total).scaleb(-4)
