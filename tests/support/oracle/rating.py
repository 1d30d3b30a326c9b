"""Colours, arrows and what they add up to, as `docs/rating.md` has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tests.support.oracle.figures import Merged
from tests.support.oracle.register import Goal, Policy
from tests.support.oracle.words import figure, text

#: The bands by their codes; how they are printed, the register says.
EXCEEDED, GREEN, AMBER, RED = "exceeded", "green", "amber", "red"
NOT_RATED = "Not rated"
_MILESTONES = {
    "Complete": GREEN,
    "On track": GREEN,
    "At risk": AMBER,
    "Missed": RED,
    "Not due": f"{NOT_RATED}: not due",
}


def tolerance_of(merged: Merged, policy: Policy) -> tuple[Fraction, str]:
    """How far out of target is still within tolerance: the indicator's own goes first."""
    if text(merged.row, "Tolerance"):
        return figure(merged.row["Tolerance"]), text(merged.row, "Tolerance kind")
    return policy.tolerance, policy.tolerance_kind


def rate(merged: Merged, goal: Goal | None, policy: Policy, a_year_before: Fraction | None) -> str:
    """The colour of a figure, or why it has none."""
    if merged.disagree:
        return f"{NOT_RATED}: areas disagree"
    if merged.is_suppressed:
        return f"{NOT_RATED}: suppressed"
    if merged.no_cases:
        return f"{NOT_RATED}: {'areas missing' if merged.lacks_areas else 'no cases'}"
    if merged.lacks:
        return f"{NOT_RATED}: incomplete"
    if text(merged.row, "Kind") == "milestone" and merged.words:
        return _MILESTONES[merged.words]
    if text(merged.row, "Kind") == "narrative" and merged.words:
        return f"{NOT_RATED}: narrative"
    if merged.value is None:
        return f"{NOT_RATED}: no data"
    if text(merged.row, "Polarity") == "contextual":
        return f"{NOT_RATED}: contextual"
    if goal is None:
        return f"{NOT_RATED}: no target"
    if merged.lacks_areas:
        return f"{NOT_RATED}: areas missing"
    return _colour(merged, merged.value, goal, policy, a_year_before)


def rate_forecast(merged: Merged, goal: Goal | None, policy: Policy) -> str:
    """The colour of a forecast by the target of its year; empty where it has none."""
    if goal is None or text(merged.row, "Polarity") == "contextual":
        return ""
    assert merged.value is not None
    colour = _colour(merged, merged.value, goal, policy, None)
    hangs_on_year_before = policy.kind != "target and tolerance" and not has_thresholds(goal)
    return "" if hangs_on_year_before and colour in (AMBER, RED) else colour


def _colour(
    merged: Merged, value: Fraction, goal: Goal, policy: Policy, before: Fraction | None
) -> str:
    if has_thresholds(goal):
        colour = _by_thresholds(merged, value, goal)
    else:
        colour = _by_policy(merged, value, goal, policy, before)
    return EXCEEDED if colour == GREEN and _is_exceeded(merged, value, goal, policy) else colour


def _by_policy(
    merged: Merged, value: Fraction, goal: Goal, policy: Policy, before: Fraction | None
) -> str:
    if goal.admits(value):
        return GREEN
    amount, kind = tolerance_of(merged, policy)
    nearest = goal.nearest(value)
    allowed = amount if kind == "points" else abs(nearest) * amount / 100
    is_within = abs(value - nearest) <= allowed
    if policy.kind == "target and tolerance":
        return AMBER if is_within else RED
    if is_within:
        return GREEN
    is_held = before is not None and judged(merged, value, before, goal) != "worse"
    return AMBER if is_held else RED


def _reaches(merged: Merged, value: Fraction, threshold: Fraction, *, is_bad: bool = False) -> bool:
    """Whether a figure is at a threshold or past it, on the better or on the worse side."""
    is_up = (text(merged.row, "Polarity") == "higher") != is_bad
    return value >= threshold if is_up else value <= threshold


def has_thresholds(goal: Goal) -> bool:
    """Whether it says itself where red begins, in place of a tolerance."""
    return "Red from" in goal.thresholds


def _by_thresholds(merged: Merged, value: Fraction, goal: Goal) -> str:
    green, red = goal.thresholds.get("Green from"), goal.thresholds["Red from"]
    is_green = goal.admits(value) if green is None else _reaches(merged, value, green)
    if is_green:
        return GREEN
    return RED if _reaches(merged, value, red, is_bad=True) else AMBER


def _is_exceeded(merged: Merged, value: Fraction, goal: Goal, policy: Policy) -> bool:
    """Whether a green figure is so far better than its target that it is in the fourth band."""
    if goal.value is None or text(merged.row, "Polarity") not in ("higher", "lower"):
        return False
    if (threshold := goal.thresholds.get("Exceeded from")) is not None:
        return _reaches(merged, value, threshold)
    if policy.exceeded_by is None:
        return False
    beyond = value - goal.value if text(merged.row, "Polarity") == "higher" else goal.value - value
    extent = policy.exceeded_by
    if policy.tolerance_kind == "percent of target":
        extent = extent * abs(goal.value) / 100
        if not goal.value:
            return False
    return beyond > 0 and beyond >= extent


def judged(merged: Merged, now: Fraction, then: Fraction, goal: Goal | None) -> str:
    """`better`, `worse`, or empty where it is the same or neither way is better."""
    polarity = text(merged.row, "Polarity")
    if now == then or polarity == "contextual" or (polarity == "range" and goal is None):
        return ""
    if polarity == "range":
        assert goal is not None
        out, was = (
            Fraction(0) if goal.admits(each) else abs(each - goal.nearest(each))
            for each in (now, then)
        )
        return "" if out == was else "better" if out < was else "worse"
    return "better" if (now > then) == (polarity == "higher") else "worse"


def arrow(merged: Merged, now: Fraction, then: Fraction, goal: Goal | None) -> str:
    """Where a figure went since another: `▲ Up, better`."""
    way = "▲ Up" if now > then else "▼ Down" if now < then else "► Same"
    verdict = judged(merged, now, then, goal)
    return f"{way}, {verdict}" if verdict else way


@dataclass(frozen=True)
class Sum:
    """What ratings add up to."""

    green: int
    amber: int
    red: int
    not_rated: int
    score: str
    colour: str
    exceeded: int = 0


def add_up(ratings: Iterable[str], policy: Policy, answered: int, due: int) -> Sum:
    """What ratings add up to, where enough of what is due has been answered."""
    some = list(ratings)
    exceeded, green, amber, red = map(some.count, (EXCEEDED, GREEN, AMBER, RED))
    rated = exceeded + green + amber + red
    left = len(some) - rated
    if not rated or answered < policy.coverage_from * due:
        return Sum(green, amber, red, left, "none", NOT_RATED, exceeded)
    score = Fraction(2 * (exceeded + green) + amber, 2 * rated)
    thousandths = score * 1000 // 1
    colour = GREEN if score >= policy.green_from else AMBER if score >= policy.amber_from else RED
    shown = f"{thousandths // 1000}.{thousandths % 1000:03d}"
    return Sum(green, amber, red, left, shown, colour, exceeded)
