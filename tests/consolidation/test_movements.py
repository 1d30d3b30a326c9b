"""Which figures moved most: by what they are measured, and which are not among them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.movements import MOST, movements
from pipeline.consolidation.rating import NotRated, Rating, basis_of_baseline, travel
from pipeline.consolidation.report import Line, Report
from pipeline.outputs.wording import figures_moved
from schemas.model import Indicator, Kind, Polarity, Target
from schemas.units import Unit, shown
from tests.support.report_fixture import of_many

LAST = "2014-15 Q3"


def moved(
    ref: str,
    now: str,
    was: str,
    goal: Target | None = None,
    polarity: Polarity = Polarity.HIGHER,
    basis: str = LAST,
) -> Line:
    """An indicator that moved from one figure to another."""
    indicator = Indicator(ref, "P1", f"What {ref} is", Kind.MEASURE, Unit.PERCENT, 1, polarity)
    return Line(
        indicator=indicator,
        consolidated=Consolidated(indicator, "2014-15 Q4", value=Decimal(now)),
        rating=Rating(not_rated=NotRated.NO_TARGET),
        target=goal,
        performance_shown=shown(Decimal(now), Unit.PERCENT, 1),
        travel=travel(Decimal(now), Decimal(was), basis, indicator, goal),
    )


def at(value: str) -> Target:
    return Target("A", "2014-15 Q4", value=Decimal(value))


def report(*lines: Line) -> Report:
    whole = of_many(1, 1)
    return replace(whole, sections=(replace(whole.sections[0], lines=lines),))


@pytest.mark.parametrize(
    ("now", "was", "goal", "share", "of_target"),
    [
        ("64.5", "60", at("66"), Fraction(45, 660), True),
        ("60", "64.5", at("66"), Fraction(45, 660), True),
        ("30", "40", None, Fraction(1, 4), False),
        ("40", "30", None, Fraction(1, 4), False),
        ("5", "0", at("0"), Fraction(1), False),
        ("-1", "1", None, Fraction(2), False),
        ("1", "2", at("-4"), Fraction(1, 4), True),
    ],
)
def test_a_movement_is_a_share_of_the_target_or_else_of_the_larger_figure(
    now: str, was: str, goal: Target | None, share: Fraction, of_target: bool
) -> None:
    (found,) = movements(report(moved("A", now, was, goal)))
    assert (found.share, found.of_target) == (share, of_target)


def test_the_furthest_come_first_and_are_five_at_most() -> None:
    lines = [moved(f"R{n}", str(50 + n % 4 * 5), "50", at("50")) for n in range(12)]
    found = movements(report(*lines))
    # Of those that moved alike, as printed.
    assert [each.line.indicator.ref for each in found] == ["R3", "R7", "R11", "R2", "R6"]
    assert len(found) == MOST


def test_what_neither_improved_nor_worsened_is_not_among_them() -> None:
    held = moved("held", "50", "50", at("50"))
    context = moved("context", "90", "10", polarity=Polarity.CONTEXTUAL)
    ranged = Target("ranged", "2014-15 Q4", lower=Decimal(10), upper=Decimal(90))
    within = moved("within", "80", "20", ranged, Polarity.RANGE)
    nothing = replace(moved("nothing", "1", "2"), travel=None)
    assert movements(report(held, context, within, nothing)) == ()


def test_of_a_range_the_figures_own_size_counts() -> None:
    ranged = Target("A", "2014-15 Q4", lower=Decimal(10), upper=Decimal(15))
    (found,) = movements(report(moved("A", "20", "40", ranged, Polarity.RANGE)))
    assert (found.share, found.of_target) == (Fraction(1, 2), False)
    assert figures_moved(found) == ("40.0%", "▼ 50.0%, better")


def test_a_baseline_counts_only_where_nothing_is_compared_with_a_period() -> None:
    old = moved("old", "90", "10", basis=basis_of_baseline("2001-02"))
    new = moved("new", "51", "50")
    assert [each.line.indicator.ref for each in movements(report(old, new))] == ["new"]
    assert [each.line.indicator.ref for each in movements(report(old))] == ["old"]


def test_how_far_is_said_with_one_decimal_and_never_as_nothing() -> None:
    (lower,) = movements(report(moved("A", "4605", "4248", at("4248"), Polarity.LOWER)))
    assert figures_moved(lower)[1] == "▲ 8.4% of target, worse"
    (slight,) = movements(report(moved("A", "50.01", "50", at("50"))))
    assert figures_moved(slight)[1] == "▲ under 0.1% of target, better"


def test_the_page_on_rating_has_the_examples_that_hold() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rating.md").read_text("utf-8")
    table = page.partition("| figure | before | target | better | how far |\n")[2]
    rows = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines()[1:]]
    assert len(rows) == 5
    for now, was, goal, better, far in rows:
        ends = [Decimal(end.rstrip("%")) for end in goal.split(" to ") if end != "none"]
        match ends:
            case [value]:
                target: Target | None = Target("A", "2014-15 Q4", value=value)
            case [lower, upper]:
                target = Target("A", "2014-15 Q4", lower=lower, upper=upper)
            case _:
                target = None
        line = moved("A", now.rstrip("%"), was.rstrip("%"), target, Polarity(better))
        (found,) = movements(report(line))
        assert figures_moved(found)[1][2:] == far
