"""Movements: which figures of a report moved most, for better or worse."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from heapq import nlargest

from msgspec import Struct

from pipeline.consolidation.rating import Travel, Verdict, is_of_baseline
from pipeline.consolidation.report import Line, Report

#: So many are told of.
MOST = 5


class Movement(Struct, frozen=True):
    """How far a figure moved from the one that its direction of travel compares it with."""

    line: Line
    travel: Travel
    #: How far, as a share of `of_target`, or else of the larger of the two figures; above 0.
    share: Fraction
    #: It is a share of the indicator's target.
    of_target: bool


def movements(report: Report) -> tuple[Movement, ...]:
    """The figures that moved most, the furthest first; of those that moved alike, as printed.

    Those that moved for better or worse, by their direction of travel: what nothing is compared
    with, and what is contextual, is not among them. Baselines may be of any age, so that a figure
    compared with one counts only where none is compared with an earlier period.
    """
    found = list(_moved(report.lines))
    since_last = [each for each in found if not is_of_baseline(each.travel)]
    return tuple(nlargest(MOST, since_last or found, key=lambda each: each.share))


def _moved(lines: tuple[Line, ...]) -> Iterator[Movement]:
    for line in lines:
        value, travel = line.consolidated.value, line.travel
        if value is None or travel is None:
            continue
        if travel.verdict not in (Verdict.BETTER, Verdict.WORSE):
            continue
        goal = line.target.value if line.target is not None else None
        against = abs(goal) if goal else max(abs(value), abs(travel.earlier))
        way = abs(Fraction(value) - Fraction(travel.earlier))
        yield Movement(line, travel, way / Fraction(against), of_target=bool(goal))
