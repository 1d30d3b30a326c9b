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


class Found(Struct, frozen=True):
    """What is to be reached in a period, and the row that says so."""

    target: Target
    row: Target


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


def _found(register: Register, indicator: Indicator, period: Period, years: int) -> Found | None:
    own = register.target(indicator.ref, period.name)
    if own is not None and own.is_set:
        return Found(own, own)
    if spread := _spread(register, indicator, period):
        return spread
    before = year_before(register.periods, period) if years else None
    found = _found(register, indicator, before, years - 1) if before else None
    if found is None or found.row.carried is None:
        return None
    return Found(_a_year_on(found.target, found.row, indicator), found.row)


def _spread(register: Register, indicator: Indicator, period: Period) -> Found | None:
    """A period's part of the target of the shortest longer one around it that is spread."""
    around = [
        (each.ends - each.starts, each, row)
        for each in register.periods
        if each.starts <= period.starts and period.ends <= each.ends and each is not period
        if (row := register.target(indicator.ref, each.name)) and row.is_set and row.profile
    ]
    if not around:
        return None
    _, whole, row = min(around, key=lambda each: each[0])
    months = months_of(period.starts, period.ends)
    parts = months_of(whole.starts, whole.ends) // months
    # By its days, since a register need not hold those before it.
    days, of_part = (period.starts - whole.starts).days, (whole.ends - whole.starts).days // parts
    number = 1 + (days + of_part // 2) // of_part
    part = {
        Profile.SAME: parts,
        Profile.PARTS: 1,
        Profile.ADDING_UP: min(number, parts),
    }
    assert row.profile is not None  # noqa: S101 - only such rows were looked at
    numerator = part[row.profile]
    return Found(_with_each(row, lambda figure: figure * numerator / parts, indicator), row)


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
    for name in ("value", "lower", "upper"):
        figure: Decimal | None = getattr(target, name)
        if figure is not None:
            fewest = max(places(figure), indicator.decimals)
            exact = quantise(changed(figure), fewest + 2).normalize()
            figures[name] = quantise(exact, max(fewest, places(exact)))
    return replace(target, **figures)
