"""Targets over time: what is to be reached in a period, by its own row or by that of another.

A period has the target of its own row. Without one it has its part of the target of a longer
period that it lies in, where that is spread; and without that, what the same period of the year
before had, where that is carried on.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from schemas.frequency import Carried, Profile, months_of
from schemas.model import Indicator, Period, Register, Target
from schemas.periods import year_before
from schemas.units import places, quantise

#: A target is carried on for no more years than a register could be in use.
_MOST_YEARS = 50


class DerivedTarget(Struct, frozen=True):
    """What is to be reached in a period, and the row that says so."""

    target: Target
    row: Target
    #: The row is of a longer period around it, or around one of the years before.
    is_spread: bool = False


def target_in(register: Register, indicator: Indicator, period: Period) -> Target | None:
    """What an indicator is to reach in a period; None where no row says anything of it."""
    own = register.target(indicator.ref, period.name)
    if own is not None and own.is_set:
        return own
    found = _found(register, indicator, period, _MOST_YEARS)
    if found is None:
        return own
    derived = replace(found.target, period=period.name, profile=None, carried=None, change=None)
    if own is None:
        return derived
    return replace(derived, baseline=own.baseline, baseline_period=own.baseline_period)


def _found(
    register: Register, indicator: Indicator, period: Period, years: int
) -> DerivedTarget | None:
    own = register.target(indicator.ref, period.name)
    if own is not None and own.is_set:
        return DerivedTarget(own, own)
    around = _around(register, indicator, period)
    if spread := [(whole, row) for whole, row in around if row.profile]:
        whole, row = spread[0]
        if row.profile is Profile.LAST_YEAR:
            return _shaped(register, row, indicator, period)
        return _spread(whole, row, indicator, period)
    before = year_before(register.periods, period) if years else None
    found = _found(register, indicator, before, years - 1) if before else None
    if found is None or found.row.carried is None:
        return None
    if found.is_spread and around:
        # What was spread goes on no further than to a year that has a target of its own.
        return None
    return replace(found, target=_a_year_on(found.target, found.row, indicator))


def _around(
    register: Register, indicator: Indicator, period: Period
) -> list[tuple[Period, Target]]:
    """The other periods around one that have a target, the shortest first, with that."""
    found = [
        (each, row)
        for each in register.periods
        if each.starts <= period.starts and period.ends <= each.ends and each is not period
        if (row := register.target(indicator.ref, each.name)) and row.is_set
    ]
    return sorted(found, key=lambda one: one[0].ends - one[0].starts)


def _spread(whole: Period, row: Target, indicator: Indicator, period: Period) -> DerivedTarget:
    """A period's part of the target of a longer one around it."""
    parts = months_of(whole.starts, whole.ends) // months_of(period.starts, period.ends)
    # By its days, since a register need not hold the periods before it.
    of_part = max(1, (whole.ends - whole.starts).days // parts)
    number = 1 + ((period.starts - whole.starts).days + of_part // 2) // of_part
    numerator = parts if row.profile is Profile.SAME else 1
    if row.profile is Profile.ADDING_UP:
        numerator = min(number, parts)
    target = _with_each(row, lambda figure: figure * numerator / parts, indicator)
    return DerivedTarget(target, row, is_spread=True)


def _shaped(
    register: Register, row: Target, indicator: Indicator, period: Period
) -> DerivedTarget | None:
    """A period's part of a target by the shape of a year; None where that is not known."""
    key = (indicator.ref, period.name)
    shape = next((s for s in register.shapes if (s.indicator, s.period) == key), None)
    if shape is None:
        return None
    part, whole = shape.part, shape.whole
    target = _with_each(row, lambda figure: figure * part / whole, indicator)
    return DerivedTarget(target, row, is_spread=True)


def lacks_shape(register: Register, indicator: Indicator, period: Period) -> bool:
    """Whether a period has no target because last year's figures are not all published."""
    own = register.target(indicator.ref, period.name)
    if own is not None and own.is_set:
        return False
    spread = [row for _, row in _around(register, indicator, period) if row.profile]
    return bool(spread) and spread[0].profile is Profile.LAST_YEAR


def _a_year_on(target: Target, row: Target, indicator: Indicator) -> Target:
    change = row.change or Decimal(0)
    match row.carried:
        case Carried.BY_PERCENT:
            return _with_each(target, lambda figure: figure * (100 + change) / 100, indicator)
        case Carried.BY_POINTS:
            return _with_each(target, lambda figure: figure + change, indicator)
    return target


def _with_each(
    target: Target, changed: Callable[[Decimal], Decimal], indicator: Indicator
) -> Target:
    """A target with each of its figures changed.

    One that does not come out even has up to two decimals more than are published.
    """
    figures: dict[str, Decimal] = {}
    for name in ("value", "lower", "upper", "green_from", "red_from", "exceeded_from"):
        figure: Decimal | None = getattr(target, name)
        if figure is not None:
            fewest = max(places(figure), indicator.decimals)
            exact = quantise(changed(figure), fewest + 2).normalize()
            figures[name] = quantise(exact, max(fewest, places(exact)))
    return replace(target, **figures)
