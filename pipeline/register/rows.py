"""The register as rows of cells: what the workbook holds, before it has any looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Framework,
    Indicator,
    Period,
    Priority,
    Recipient,
    Register,
    ServiceArea,
    SmallNumbers,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.register_columns import Sheet
from schemas.register_layout import AREAS, INDICATORS, PERIODS, PRIORITIES, RECIPIENTS, TARGETS
from schemas.units import Unit

#: Between several words in one cell.
SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure with the unit that it is shown in."""

    value: Decimal
    unit: Unit | None = None


Cell = str | int | date | Amount | None
Cells = tuple[Cell, ...]


def tables(register: Register) -> Iterator[tuple[Sheet, list[Cells]]]:
    """Every sheet but the framework's, with its rows; cells are in the order of its columns."""
    units = {indicator.ref: indicator.unit for indicator in register.indicators}
    yield PRIORITIES, [_priority(p) for p in register.priorities]
    yield INDICATORS, [_indicator(i) for i in register.indicators]
    yield TARGETS, [_target(t, units.get(t.indicator)) for t in register.targets]
    yield AREAS, [_area(a) for a in register.areas]
    yield PERIODS, [_period(p) for p in register.periods]
    yield RECIPIENTS, [_recipient(r) for r in register.recipients]


def framework_cells(framework: Framework) -> Cells:
    """The values of the framework, in the order of its settings."""
    policy = framework.policy
    return (
        framework.council,
        framework.title,
        framework.appendix,
        policy.kind,
        *_tolerance(policy.tolerance),
        Amount(policy.green_from),
        Amount(policy.amber_from),
        framework.small_below,
        framework.keep_years,
        SEPARATOR.join(map(str, framework.remind_before)),
        SEPARATOR.join(map(str, framework.remind_after)),
    )


def _tolerance(tolerance: Tolerance | None) -> Cells:
    if tolerance is None:
        return None, None
    relative = tolerance.kind is ToleranceKind.PERCENT_OF_TARGET
    return Amount(tolerance.amount, Unit.PERCENT if relative else None), tolerance.kind


def _amount(value: Decimal | None, unit: Unit | None) -> Amount | None:
    return None if value is None else Amount(value, unit)


def _priority(priority: Priority) -> Cells:
    own = priority.achievements_heading != priority.heading
    return (
        priority.ref,
        priority.heading,
        priority.achievements_heading if own else None,
        priority.order,
    )


def _indicator(indicator: Indicator) -> Cells:
    unit = indicator.unit
    return (
        indicator.ref,
        indicator.priority,
        indicator.wording,
        indicator.kind,
        unit,
        None if unit is None and not indicator.decimals else indicator.decimals,
        indicator.polarity,
        SEPARATOR.join(indicator.areas),
        None if indicator.merge_rule is MergeRule.SOLE else indicator.merge_rule,
        *_tolerance(indicator.tolerance),
        _amount(indicator.plausible_minimum, unit),
        _amount(indicator.plausible_maximum, unit),
        _amount(indicator.plausible_change, unit),
        None if indicator.commentary is CommentaryRule.NEVER else indicator.commentary,
        indicator.definition,
        indicator.source,
        None if indicator.small_numbers is SmallNumbers.SUPPRESS else indicator.small_numbers,
    )


def _target(target: Target, unit: Unit | None) -> Cells:
    return (
        target.indicator,
        target.period,
        target.operator,
        _amount(target.value, unit),
        _amount(target.lower, unit),
        _amount(target.upper, unit),
        _amount(target.baseline, unit),
        target.baseline_period,
    )


def _area(area: ServiceArea) -> Cells:
    return area.ref, area.name, area.lead, area.email


def _period(period: Period) -> Cells:
    return period.name, period.starts, period.ends, period.due, "open" if period.open else "closed"


def _recipient(recipient: Recipient) -> Cells:
    return recipient.name, recipient.email, SEPARATOR.join(recipient.gets)
