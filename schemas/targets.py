"""Targets over time: what is to be reached in a period, by its own row or by that of another.

A period has the target of its own row. Without one it has its part of the target of a longer
period that it lies in, where that is spread; and without that, what the same period of the year
before had, where that is carried on. A target that was carried on is spread as one that was typed.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from schemas.frequency import Carried, Profile, months_of
from schemas.merge_rules import rounded
from schemas.model import Indicator, Period, Register, Target
from schemas.periods import year_before
from schemas.units import places, quantise


class _Derived(Struct, frozen=True):
    """By which row a period has a target, and what becomes of that row's figures, exactly."""

    row: Target
    times: Fraction = Fraction(1)
    plus: Fraction = Fraction(0)
    #: Of what a longer period is to reach, it is so much; None: it is no part.
    share: Fraction | None = None

    def part(self, share: Fraction) -> _Derived:
        return _Derived(self.row, self.times * share, self.plus * share, share)

    def a_year_on(self) -> _Derived:
        change = Fraction(self.row.change or 0)
        match self.row.carried:
            case Carried.BY_PERCENT:
                times = 1 + change / 100
                return replace(self, times=self.times * times, plus=self.plus * times)
            case Carried.BY_POINTS:
                return replace(
                    self, plus=self.plus + change * (1 if self.share is None else self.share)
                )
        return self


def target_in(register: Register, indicator: Indicator, period: Period) -> Target | None:
    """What an indicator is to reach in a period; None where no row says anything of it."""
    own = register.target(indicator.ref, period.name)
    if own is not None and own.is_set:
        return own
    targets = _targets(register)
    if indicator.ref not in targets.going_on:
        return own
    found = targets.found(indicator.ref, period)
    if found is None:
        return own
    # A year's baseline is none of a part of it, nor of the year after.
    own = own or Target(indicator.ref, period.name)
    return replace(
        _worked_out(found, indicator),
        period=period.name,
        profile=None,
        carried=None,
        change=None,
        baseline=own.baseline,
        baseline_period=own.baseline_period,
    )


class _Targets:
    """By which row each period of a register has a target of an indicator."""

    def __init__(self, register: Register) -> None:
        self.register = register
        #: The refs of the indicators of which a target is spread or goes on.
        self.going_on = {t.indicator for t in register.targets if t.profile or t.carried}
        self._around: dict[str, list[Period]] = {}
        self._before: dict[str, Period | None] = {}
        self._found: dict[str, dict[str, _Derived | None]] = defaultdict(dict)

    def around(self, period: Period) -> list[Period]:
        """The other periods around one, the shortest first."""
        if period.name not in self._around:
            found = (
                each
                for each in self.register.periods
                if each.starts <= period.starts and period.ends <= each.ends
                if each is not period
            )
            self._around[period.name] = sorted(found, key=lambda each: each.ends - each.starts)
        return self._around[period.name]

    def before(self, period: Period) -> Period | None:
        """The same period a year before."""
        if period.name not in self._before:
            self._before[period.name] = year_before(self.register.periods, period)
        return self._before[period.name]

    def own(self, ref: str, period: Period) -> Target | None:
        """A period's own row, where it says what is to be reached."""
        row = self.register.target(ref, period.name)
        return row if row is not None and row.is_set else None

    def found(self, ref: str, period: Period) -> _Derived | None:
        found = self._found[ref]
        if period.name not in found:
            # Two that have the same days are around each other.
            found[period.name] = None
            found[period.name] = self._derived(ref, period)
        return found[period.name]

    def _derived(self, ref: str, period: Period) -> _Derived | None:
        if own := self.own(ref, period):
            return _Derived(own)
        around = self.around(period)
        for whole in around:
            of_whole = self.found(ref, whole)
            if of_whole is None or of_whole.share is not None or not of_whole.row.profile:
                continue
            if of_whole.row.profile is Profile.LAST_YEAR:
                return self._shaped(ref, of_whole, period)
            return of_whole.part(_share(whole, period, of_whole.row.profile))
        before = self.before(period)
        last = self.found(ref, before) if before else None
        if last is None or last.row.carried is None:
            return None
        if last.share is not None and any(self.own(ref, whole) for whole in around):
            # What was spread goes on no further than to a year that has a target of its own.
            return None
        return last.a_year_on()

    def _shaped(self, ref: str, whole: _Derived, period: Period) -> _Derived | None:
        """A period's part of a target by the shape of a year; None where that is not known."""
        key = (ref, period.name)
        shape = next((s for s in self.register.shapes if (s.indicator, s.period) == key), None)
        return whole.part(Fraction(shape.part) / Fraction(shape.whole)) if shape else None


def _targets(register: Register) -> _Targets:
    """The targets of a register over time, worked out once."""
    held: _Targets | None = register.__dict__.get("targets_over_time")
    if held is None:
        held = register.__dict__["targets_over_time"] = _Targets(register)
    return held


def _share(whole: Period, period: Period, profile: Profile) -> Fraction:
    """A period's share of the target of a longer one around it."""
    parts = months_of(whole.starts, whole.ends) // months_of(period.starts, period.ends)
    if profile is Profile.SAME:
        return Fraction(1)
    if profile is Profile.PARTS:
        return Fraction(1, parts)
    # By its days, since a register need not hold the periods before it.
    of_part = max(1, (whole.ends - whole.starts).days // parts)
    number = 1 + ((period.starts - whole.starts).days + of_part // 2) // of_part
    return Fraction(min(number, parts), parts)


def lacks_shape(register: Register, indicator: Indicator, period: Period) -> bool:
    """Whether a period has no target because last year's figures are not all published."""
    targets = _targets(register)
    if targets.own(indicator.ref, period):
        return False
    for whole in targets.around(period):
        of_whole = targets.found(indicator.ref, whole)
        if of_whole and of_whole.share is None and of_whole.row.profile:
            return of_whole.row.profile is Profile.LAST_YEAR
    return False


def _worked_out(found: _Derived, indicator: Indicator) -> Target:
    """A row with what becomes of each of its figures.

    One that does not come out even has up to two decimals more than are published.
    """
    figures: dict[str, Decimal] = {}
    for name in ("value", "lower", "upper", "green_from", "red_from", "exceeded_from"):
        figure: Decimal | None = getattr(found.row, name)
        if figure is not None:
            fewest = max(places(figure), indicator.decimals)
            exact = rounded(Fraction(figure) * found.times + found.plus, fewest + 2).normalize()
            figures[name] = quantise(exact, max(fewest, places(exact)))
    return replace(found.row, **figures)
