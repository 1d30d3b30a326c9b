"""Targets, baselines and tolerances that differ."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from pipeline.register.differences.difference import Concern, RegisterChange, indicator_named
from schemas.model import Indicator, Operator, Register, Target, Tolerance, ToleranceKind
from schemas.register_over_time import TARGETS_OVER_TIME
from schemas.register_thresholds import THRESHOLDS
from schemas.timeline import in_force, row_for
from schemas.units import Unit, shown
from schemas.wording import counted, noun_for

_OPERATORS = {
    Operator.AT_LEAST: "at least ",
    Operator.AT_MOST: "at most ",
    Operator.MORE_THAN: "more than ",
    Operator.LESS_THAN: "less than ",
    Operator.EQUAL: "exactly ",
    Operator.BETWEEN: "",
}


def targets(old: Register, new: Register) -> Iterator[RegisterChange]:
    """What each indicator is to reach in each period, and what it is compared with."""
    then = {name: in_force(old, name) for name in _periods(old)}
    by_now = {name: in_force(new, name) for name in _periods(new)}
    keys = dict.fromkeys(
        (each.indicator, name)
        for by_period in (by_now, then)
        for name, register in by_period.items()
        for each in register.targets
        if each.period == name
    )
    for ref, period in keys:
        was, now = (row_for(each, ref, period) for each in (old, new))
        if now is None or new.period(period) is None:
            # What is gone with its indicator or period is said of these.
            continue
        before = _Goal.of(then[period].target(ref, period) if period in then else None, was)
        after = _Goal.of(by_now[period].target(ref, period), now)
        name = f"{indicator_named(now, ref)}, {period}"
        if before.target != after.target:
            yield RegisterChange(Concern.TARGETS, f"{name}: {after.otherwise_than(before)}.")
        elif before.printed != after.printed:
            said = f"{name}: the target is printed {after.printed}; it was {before.printed}."
            yield RegisterChange(Concern.TARGETS, said)
        if before.baseline != after.baseline:
            said = f"{name}: the baseline is {after.baseline or 'none'}"
            said += f"; it was {before.baseline}." if before.baseline else "; there was none."
            yield RegisterChange(Concern.TARGETS, said)


def spreads(old: Register, new: Register) -> Iterator[RegisterChange]:
    """How targets are spread over a year, and go on for the next."""
    earlier = {(each.indicator, each.period): each for each in old.targets}
    for target in new.targets:
        was = earlier.get((target.indicator, target.period))
        indicator = new.indicator(target.indicator)
        if was is None or indicator is None:
            continue
        for column in TARGETS_OVER_TIME:
            before, after = (getattr(each, column.key) for each in (was, target))
            if before != after:
                name = f"{indicator_named(indicator, target.indicator)}, {target.period}"
                said = f"{column.heading} is {_said(after)}; it was {_said(before)}."
                yield RegisterChange(Concern.TARGETS, f"{name}: {said}")


def thresholds(old: Register, new: Register) -> Iterator[RegisterChange]:
    """From where on figures are in each band, by the rows of the targets."""
    earlier = {(each.indicator, each.period): each for each in old.targets}
    for target in new.targets:
        was = earlier.get((target.indicator, target.period))
        indicator = row_for(new, target.indicator, target.period)
        if indicator is None:
            continue
        for column in THRESHOLDS:
            before, after = (
                "blank" if figure is None else shown(figure, indicator.unit)
                for figure in (getattr(each, column.key, None) for each in (was, target))
            )
            if before != after:
                name = f"{indicator_named(indicator, target.indicator)}, {target.period}"
                said = f"{name}: {column.heading} is {after}; it was {before}."
                yield RegisterChange(Concern.TARGETS, said)


def _said(cell: Decimal | str | None) -> str:
    if cell is None:
        return "blank"
    return f"{cell:f}" if isinstance(cell, Decimal) else f"“{cell}”"


def _periods(register: Register) -> list[str]:
    return [period.name for period in register.periods]


class _Goal(Struct, frozen=True):
    """What an indicator is to reach in a period, in words; empty where that is nothing."""

    target: str = ""
    printed: str = ""
    baseline: str = ""

    @classmethod
    def of(cls, target: Target | None, indicator: Indicator | None) -> _Goal:
        if target is None or indicator is None:
            return cls()
        printed, unit = target.shown(indicator), indicator.unit
        figure = printed.removeprefix(target.operator_shown)
        words = _OPERATORS[target.operator_by(indicator.polarity)] + figure if figure else ""
        of = f" ({target.baseline_period})" if target.baseline_period else ""
        baseline = shown(target.baseline, unit) if target.baseline is not None else ""
        return cls(words, printed, f"{baseline}{of}".strip())

    def otherwise_than(self, before: _Goal) -> str:
        if not self.target:
            return f"there is no target any more ({before.target}), so it is not rated"
        was = f"it was {before.target}" if before.target else "there was none"
        return f"the target is {self.target}; {was}"


def tolerances(old: Register, new: Register) -> Iterator[RegisterChange]:
    """How far out of target is still amber."""
    before, after = (each.framework.policy.tolerance for each in (old, new))
    if before != after:
        of_all = [each for each in new.indicators if each.tolerance is None]
        said = (
            f"The tolerance of indicators without one of their own is {_tolerance(after)}; it was "
            f"{_tolerance(before)}. {counted(len(of_all), 'indicator').capitalize()} "
            f"{noun_for(len(of_all), 'has', 'have')} none."
        )
        yield RegisterChange(Concern.TARGETS, said)
    for indicator in new.indicators:
        was = old.indicator(indicator.ref)
        if was is not None and was.tolerance != indicator.tolerance:
            now, then = (
                _tolerance(each.tolerance, each.unit) if each.tolerance else "that of Framework"
                for each in (indicator, was)
            )
            name = indicator_named(indicator, indicator.ref)
            yield RegisterChange(
                Concern.TARGETS, f"The tolerance of {name} is {now}; it was {then}."
            )


def _tolerance(tolerance: Tolerance, unit: Unit | None = None) -> str:
    if tolerance.kind is ToleranceKind.PERCENT_OF_TARGET:
        return f"{shown(tolerance.amount, Unit.PERCENT)} of the target"
    return f"{shown(tolerance.amount, unit)}, in points"
