"""Coverage: what has been answered of what is due, and from where on the whole is rated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipeline.consolidation.coverage import Coverage, coverage_key, coverage_of, coverage_shown
from pipeline.consolidation.merge import merge
from pipeline.consolidation.rating import Colour, Rating, tally
from schemas.model import MilestoneState, Policy, Status
from schemas.observations import Observation
from tests.support.builders import PERIOD, small_register

THREE_QUARTERS = Policy(coverage_from=Decimal("0.75"))


def said(
    indicator: str, area: str = "CS", status: Status = Status.FINAL, **what: Any
) -> Observation:
    return Observation(indicator=indicator, area=area, period=PERIOD.name, status=status, **what)


def test_every_kind_of_answer_counts_and_nothing_else() -> None:
    answers = [
        said("P1-1", value=Decimal(4605)),
        said("P1-2", no_cases=True),
        said("P1-3", status=Status.NOT_AVAILABLE),
        said("P1-4", suppressed=True),
        said("P1-5", narrative="Better"),
        said("P2-1", state=MilestoneState.ON_TRACK),
        # One of its two areas; what no area of it says, or says of another period, is no answer.
        said("P2-2", "ASC", value=Decimal(12)),
        said("P2-3", "CS", value=Decimal(3)),
    ]
    assert coverage_of(merge(small_register(), PERIOD.name, answers)) == Coverage(7, 9)
    assert coverage_of(merge(small_register(), "2011-12", answers)) == Coverage(0, 9)


@pytest.mark.parametrize(
    ("answered", "due", "colour"),
    [
        (3, 4, Colour.GREEN),
        (2, 4, None),
        (74, 99, None),
        (75, 100, Colour.GREEN),
        (0, 0, Colour.GREEN),
    ],
)
def test_the_whole_is_rated_from_the_share_that_the_register_sets(
    answered: int, due: int, colour: Colour | None
) -> None:
    ratings, coverage = [Rating(Colour.GREEN)], Coverage(answered, due)
    assert tally(ratings, THREE_QUARTERS, coverage).colour is colour
    assert tally(ratings, Policy(), coverage).colour is Colour.GREEN


def test_it_says_how_much_is_in_and_how_much_must_be() -> None:
    assert coverage_shown(Coverage(7, 20), THREE_QUARTERS) == (
        "7 of 20 answers are in; the whole is rated once 75% are."
    )
    assert coverage_shown(Coverage(15, 20), THREE_QUARTERS) == "15 of 20 answers are in."
    assert coverage_shown(Coverage(1, 1), THREE_QUARTERS) == "1 of 1 answer is in."
    assert coverage_shown(Coverage(0, 0), THREE_QUARTERS) == "No answers are due."
    assert coverage_shown(Coverage(7, 20), Policy()) == ""
    assert coverage_key(Policy(coverage_from=Decimal("0.333"))) == (
        "It is rated once 33.3% of all answers that are due are in."
    )
    assert coverage_key(Policy(coverage_from=Decimal(1))).startswith("It is rated once 100% of")
