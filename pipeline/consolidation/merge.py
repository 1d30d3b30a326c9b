"""Merge: observations of several service areas become one row an indicator a period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.counting import areas_counting
from schemas.model import Indicator, Kind, MilestoneState, Register, Status
from schemas.observations import Observation


class Consolidated(Struct, frozen=True):
    """What an indicator reports for a period, after its merge rule.

    At most one of `value`, `state` and `narrative` is set. None of them is where there is no data,
    there are no cases, the figure is suppressed, or the areas disagree.
    """

    indicator: Indicator
    period: str
    value: Decimal | None = None
    state: MilestoneState | None = None
    narrative: str = ""
    suppressed: bool = False
    #: In none of the areas that reported was there anything to measure.
    no_cases: bool = False
    #: Refs of the areas that have no cases; it is merged without them.
    without_cases: tuple[str, ...] = ()
    #: Any of the figures that it is made of is provisional.
    provisional: bool = False
    #: Refs of the areas that should have reported, and have not or not what the rule needs.
    missing: tuple[str, ...] = ()
    #: Two sole owners reported different figures; never averaged away.
    conflict: bool = False
    #: Nothing is asked of it for the period, so that nothing can be missing.
    not_due: bool = False
    #: The names of the periods whose figures it is made of, where these are not its own alone.
    over: tuple[str, ...] = ()
    #: Why it cannot be made of them, in clauses; it has no figure then.
    lacks: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()


def merge(
    register: Register, period: str, observations: Iterable[Observation]
) -> tuple[Consolidated, ...]:
    """One `Consolidated` for each indicator, in the register's order.

    `observations` are those of the accepted submissions that stand; other periods' are passed over,
    and those of areas that are there and do not report the indicator. Each names the areas whose
    figures it is made of, those that left among them. Means and weighted figures are rounded half
    up to the indicator's decimals, so that what is rated is what is printed.
    """
    reported: dict[str, list[Observation]] = {each.ref: [] for each in register.indicators}
    for observation in observations:
        if observation.period == period and observation.indicator in reported:
            reported[observation.indicator].append(observation)
    return tuple(
        _consolidate(register, each, period, reported[each.ref]) for each in register.indicators
    )


def _consolidate(
    register: Register, indicator: Indicator, period: str, reported: list[Observation]
) -> Consolidated:
    by_area = {o.area: o for o in reported}
    areas = areas_counting(register, indicator, period, by_area)
    if areas != indicator.areas:
        indicator = replace(indicator, areas=areas)
    observations = tuple(by_area[area] for area in indicator.areas if area in by_area)
    given: Sequence[Observation] = [
        o for o in observations if is_of_none(o, indicator) or has_data(o, indicator)
    ]
    answered = {o.area for o in given}
    missing = tuple(area for area in indicator.areas if area not in answered)
    rule = indicator.merge_rule.merging
    given = rule.chosen(given) if given else given
    merged = Consolidated(
        indicator=indicator,
        period=period,
        provisional=any(o.status is Status.PROVISIONAL for o in given),
        missing=missing,
        without_cases=tuple(o.area for o in given if is_of_none(o, indicator)),
        observations=observations,
    )
    of_cases = [o for o in given if not is_of_none(o, indicator)]
    if not of_cases:
        return replace(merged, no_cases=bool(given))
    disagree = rule.needs_agreement and len(of_cases) < len(given)
    given = of_cases
    if indicator.kind is Kind.NARRATIVE:
        return replace(merged, narrative="\n".join(o.narrative for o in given))
    if any(o.suppressed for o in given):
        return replace(merged, suppressed=True)
    if indicator.kind is Kind.MILESTONE:
        state, *others = {o.state for o in given}
        return replace(merged, conflict=True) if others else replace(merged, state=state)
    if disagree or (rule.needs_agreement and len({o.value for o in given}) > 1):
        return replace(merged, conflict=True)
    return replace(merged, value=rule.merged(given, indicator))


def is_incomplete(consolidated: Consolidated) -> bool:
    """Whether the figure stands for fewer areas than its merge rule needs.

    What is made of several periods' figures is made of whole ones.
    """
    if consolidated.over:
        return False
    return bool(consolidated.missing) and consolidated.indicator.merge_rule.merging.needs_every_area


def is_of_none(observation: Observation, indicator: Indicator) -> bool:
    """Whether it says that there are no cases, of an indicator that can lack them."""
    return observation.no_cases and indicator.may_have_no_cases


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
