"""Merge: observations of several service areas become one row an indicator a period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from schemas.model import Indicator, Kind, MilestoneState, Register, Status
from schemas.observations import Observation


class Consolidated(Struct, frozen=True):
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
    given: Sequence[Observation] = [o for o in observations if has_data(o, indicator)]
    with_data = {o.area for o in given}
    missing = tuple(area for area in indicator.areas if area not in with_data)
    rule = indicator.merge_rule.merging
    given = rule.chosen(given) if given else given
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
        state, *others = {o.state for o in given}
        return replace(merged, conflict=True) if others else replace(merged, state=state)
    if rule.needs_agreement and len({o.value for o in given}) > 1:
        return replace(merged, conflict=True)
    return replace(merged, value=rule.merged(given, indicator))


def is_incomplete(consolidated: Consolidated) -> bool:
    """Whether the figure stands for fewer areas than its merge rule needs."""
    return bool(consolidated.missing) and consolidated.indicator.merge_rule.merging.needs_every_area


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
    has_parts = None not in (observation.numerator, observation.denominator)
    fits = has_parts or not indicator.merge_rule.merging.needs_parts
    return observation.suppressed or (fits and observation.value is not None)
