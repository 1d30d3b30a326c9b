"""Beside: what stands beside a merged figure, of what the register asks of returns.

Corrective action is told of each area, where the figure is out of target. The areas' forecasts for
the year become one by the indicator's merge rule where all gave one, and that is rated by the
year's target, apart from the figures. The least of their confidence is that of the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from msgspec.structs import replace

from pipeline.consolidation import disclosure
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.rating import Rating, rate
from pipeline.consolidation.report import Forecast
from pipeline.store import Store
from schemas.asking import Confidence, Requirement, asks_of
from schemas.model import Colour, Period, PolicyKind, Register, Target
from schemas.periods import year_around
from schemas.targets import target_in
from schemas.wording import day_shown

_OUT_OF_TARGET = (Colour.AMBER, Colour.RED)


def actions_of(register: Register, merged: Consolidated, rating: Rating) -> Iterator[str]:
    """The corrective action of each area on a figure that is out of target, with who and when."""
    if rating.colour not in _OUT_OF_TARGET:
        return
    are_several = len(merged.indicator.areas) > 1
    for o in merged.observations:
        if o.action:
            whose = f"{register.area_name(o.area)}: " if are_several else ""
            by = f"by {day_shown(o.action_by)}" if o.action_by else ""
            more = ", ".join(filter(None, (o.action_owner, by)))
            yield f"{whose}{o.action}" + (f" ({more})" if more else "")


def forecast_of(register: Register, merged: Consolidated, period: Period) -> Forecast | None:
    """What all areas forecast for the year of a period; None where not all did, or none is asked.

    Nor is there one where a figure is suppressed, by the rule of small numbers or by its area.
    `register` is that in force in the period.
    """
    indicator = merged.indicator
    if all(o.forecast is None for o in merged.observations):
        return None
    if merged.suppressed or any(o.suppressed for o in merged.observations):
        return None
    if asks_of(register.framework, indicator).forecast is Requirement.NEVER:
        return None
    value = _merged_forecast(merged)
    if value is None:
        return None
    figure = indicator.shown(value, indicator.decimals)
    year = year_around(register.periods, period)
    target = target_in(register, indicator, year) if year else None
    if year is None or target is None:
        return Forecast(value, figure)
    policy = register.framework.policy
    rating = rate(Consolidated(indicator, year.name, value=value), target, policy)
    by_improvement = policy.kind is PolicyKind.IMPROVEMENT
    by_improvement &= not target.has_thresholds(indicator.polarity)
    if by_improvement and rating.colour in _OUT_OF_TARGET:
        # Whether the year before was improved on is seen once the year is over.
        return Forecast(value, figure)
    return Forecast(value, figure, rating)


def _merged_forecast(merged: Consolidated) -> Decimal | None:
    indicator, rule = merged.indicator, merged.indicator.merge_rule.merging
    given = [replace(o, value=o.forecast) for o in merged.observations if o.forecast is not None]
    if {o.area for o in given} != set(indicator.areas):
        return None
    if len(given) == 1:
        return given[0].forecast
    if rule.needs_agreement and len({o.forecast for o in given}) > 1:
        return None
    return rule.merged(rule.chosen(given), indicator)


def confidence_of(register: Register, merged: Consolidated) -> Confidence | None:
    """The least confidence of any area in its figure; None where none is said, or asked for."""
    said = [o.confidence for o in merged.observations if o.confidence is not None]
    if not said or merged.value is None:
        return None
    if asks_of(register.framework, merged.indicator).confidence is Requirement.NEVER:
        return None
    return max(said, key=[*Confidence].index)


def year_targets(register: Register, period: Period) -> tuple[Target, ...]:
    """The targets by which forecasts of a period may be rated."""
    year = year_around(register.periods, period)
    if year is None or year.name == period.name:
        return ()
    asked = (
        each
        for each in register.indicators
        if asks_of(register.framework, each).forecast is not Requirement.NEVER
    )
    return tuple(target for each in asked if (target := target_in(register, each, year)))


def hidden_in_year(
    store: Store, register: Register, period: Period, figures: Iterable[Consolidated]
) -> frozenset[str]:
    """Refs of the indicators whose forecast, less what is printed, could give a figure away.

    That is where a figure of an earlier part of the same year is small, or was suppressed by its
    area or an issue.
    """
    told = {
        each.indicator.ref
        for each in figures
        if any(o.forecast is not None for o in each.observations)
    }
    year = year_around(register.periods, period) if told else None
    if year is None:
        return frozenset()
    hidden = set[str]()
    for each in register.periods:
        if each is not period and year.starts <= each.starts and each.ends <= period.ends:
            hidden |= {
                o.indicator
                for o in (*(o for _, o in store.reported(each.name)), *store.entered.all(each.name))
                if o.suppressed or disclosure.is_small_figure(register, o)
            }
            hidden |= {
                one.indicator
                for some in store.editions.suppressed(each.name).values()
                for one in some
            }
    return frozenset(told & hidden)


def without_forecasts(merged: Consolidated) -> Consolidated:
    """A merged figure without what its areas forecast."""
    return replace(
        merged, observations=tuple(replace(o, forecast=None) for o in merged.observations)
    )
