"""Merge: observations of several service areas become one row an indicator a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from schemas import display
from schemas.model import (
    Indicator,
    Kind,
    MergeRule,
    MilestoneState,
    Observation,
    Register,
    Status,
    Unit,
)


@dataclass(frozen=True, slots=True)
class Consolidated:
    """What an indicator reports for a period, after its merge rule.

    At most one of `value`, `state` and `narrative` is set. None of them is where there is no data,
    the figure is suppressed, or the areas disagree.
    """

    indicator: Indicator
    period: str
    value: Decimal | None = None
    state: MilestoneState | None = None
    narrative: str = ""
    suppressed: bool = False
    #: Any of the figures that it is made of is provisional.
    provisional: bool = False
    #: Refs of the areas that should have reported, and have not or not what the rule needs.
    missing: tuple[str, ...] = ()
    #: Two sole owners reported different figures; never averaged away.
    conflict: bool = False
    observations: tuple[Observation, ...] = ()


#: Rules whose result is only whole when every area has reported.
_NEEDS_EVERY_AREA = (
    MergeRule.SUM,
    MergeRule.WEIGHTED,
    MergeRule.MEAN,
    MergeRule.MINIMUM,
    MergeRule.MAXIMUM,
)


def merge(
    register: Register, period: str, observations: Iterable[Observation]
) -> tuple[Consolidated, ...]:
    """One `Consolidated` for each indicator, in the register's order.

    `observations` are those of the accepted submissions that stand; other periods' and other
    areas' are passed over. Means and weighted figures are rounded half up to the indicator's
    decimals, so that what is rated is what is printed.
    """
    reported: dict[str, list[Observation]] = {}
    for observation in observations:
        if observation.period == period:
            reported.setdefault(observation.indicator, []).append(observation)
    return tuple(
        _consolidate(indicator, period, reported.get(indicator.ref, []))
        for indicator in register.indicators
    )


def _consolidate(indicator: Indicator, period: str, reported: list[Observation]) -> Consolidated:
    by_area = {o.area: o for o in reported}
    observations = tuple(by_area[area] for area in indicator.areas if area in by_area)
    given = tuple(o for o in observations if has_data(o, indicator))
    with_data = {o.area for o in given}
    missing = tuple(area for area in indicator.areas if area not in with_data)
    if given and indicator.merge_rule is MergeRule.LATEST:
        given = (max(given, key=_received),)
    merged = Consolidated(
        indicator=indicator,
        period=period,
        provisional=any(o.status is Status.PROVISIONAL for o in given),
        missing=missing,
        observations=observations,
    )
    if not given:
        return merged
    if indicator.kind is Kind.NARRATIVE:
        return replace(merged, narrative="\n".join(o.narrative for o in given))
    if any(o.suppressed for o in given):
        return replace(merged, suppressed=True)
    if indicator.kind is Kind.MILESTONE:
        states = {o.state for o in given}
        return (
            replace(merged, conflict=True)
            if len(states) > 1
            else replace(merged, state=given[0].state)
        )
    if indicator.merge_rule is MergeRule.SOLE and len({o.value for o in given}) > 1:
        return replace(merged, conflict=True)
    return replace(merged, value=_figure(indicator, given))


def is_incomplete(consolidated: Consolidated) -> bool:
    """Whether the figure stands for fewer areas than its merge rule needs."""
    return bool(consolidated.missing) and consolidated.indicator.merge_rule in _NEEDS_EVERY_AREA


def has_data(observation: Observation, indicator: Indicator) -> bool:
    """Whether it holds what the indicator reports.

    The register may have changed since the return was accepted: a state is no figure, and a figure
    without its parts cannot be weighted.
    """
    match indicator.kind:
        case Kind.MILESTONE:
            return observation.state is not None
        case Kind.NARRATIVE:
            return bool(observation.narrative)
    if observation.suppressed:
        return True
    if indicator.merge_rule is MergeRule.WEIGHTED and (
        observation.numerator is None or observation.denominator is None
    ):
        return False
    return observation.value is not None


def _received(observation: Observation) -> tuple[bool, datetime]:
    at = observation.received_at
    return at is not None, at or datetime.min.replace(tzinfo=UTC)


def _figure(indicator: Indicator, given: tuple[Observation, ...]) -> Decimal | None:
    """The merged figure, exact until it is rounded once at the end."""
    values = [o.value for o in given if o.value is not None]
    match indicator.merge_rule:
        case MergeRule.SOLE | MergeRule.LATEST:
            return values[0]
        case MergeRule.MINIMUM:
            return min(values)
        case MergeRule.MAXIMUM:
            return max(values)
        case MergeRule.SUM:
            places = max(map(display.places, values))
            return _rounded(sum(map(Fraction, values), Fraction(0)), places)
        case MergeRule.MEAN:
            total = sum(map(Fraction, values), Fraction(0))
            return _rounded(total / len(values), indicator.decimals)
        case MergeRule.WEIGHTED:
            return _weighted(indicator, given)


def _weighted(indicator: Indicator, given: tuple[Observation, ...]) -> Decimal | None:
    """All numerators over all denominators; None where the denominators come to nothing."""
    top = sum((Fraction(o.numerator) for o in given if o.numerator is not None), Fraction(0))
    bottom = sum((Fraction(o.denominator) for o in given if o.denominator is not None), Fraction(0))
    if not bottom:
        return None
    scale = 100 if indicator.unit is Unit.PERCENT else 1
    return _rounded(top * scale / bottom, indicator.decimals)


def _rounded(figure: Fraction, decimals: int) -> Decimal:
    """Half away from zero at that many decimals, exactly."""
    scaled = abs(figure) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    if (scaled - whole) * 2 >= 1:
        whole += 1
    sign = int(figure < 0 < whole)  # never -0
    return Decimal((sign, tuple(map(int, str(whole))), -decimals))
