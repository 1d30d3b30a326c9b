"""What stands beside a merged figure: actions, the year's forecast, confidence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.consolidation.beside import (
    actions_of,
    confidence_of,
    forecast_of,
    year_targets,
)
from pipeline.consolidation.content import content_key
from pipeline.consolidation.disclosure import WITHHELD, disclose
from pipeline.consolidation.merge import Consolidated, merge
from pipeline.consolidation.rating import NotRated, Rating
from schemas.asking import Confidence, Requirement
from schemas.frequency import Carried
from schemas.merge_rules import MergeRule
from schemas.model import (
    Colour,
    Period,
    Policy,
    PolicyKind,
    Register,
    Status,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.observations import Observation
from schemas.periods import year_around
from tests.support.builders import indicator, small_register

DUE = date(2099, 12, 31)
LAST_YEAR = Period("2011-12", date(2011, 4, 1), date(2012, 3, 31), DUE)
YEAR = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), DUE)
Q2 = Period("2012-13 Q2", date(2012, 7, 1), date(2012, 9, 30), DUE)
BOTH = ("CS", "ASC")
RED, GREEN = Rating(Colour.RED), Rating(Colour.GREEN)


def register(
    rule: MergeRule = MergeRule.SUM,
    areas: tuple[str, ...] = BOTH,
    policy: PolicyKind = PolicyKind.TARGET,
    targets: tuple[Target, ...] = (Target("I1", YEAR.name, value=Decimal(100)),),
) -> Register:
    """One indicator, lower better, to be at most 100 in the year, with a tolerance of 10%."""
    tolerance = Tolerance(Decimal(10), ToleranceKind.PERCENT_OF_TARGET)
    asked = replace(
        indicator("I1", "Cases", areas=areas),
        merge_rule=rule,
        ask_forecast=Requirement.MAY,
        ask_confidence=Requirement.MAY,
    )
    small = small_register()
    framework = replace(small.framework, policy=Policy(policy, tolerance), small_below=None)
    return replace(
        small,
        framework=framework,
        indicators=(asked,),
        targets=targets,
        periods=(LAST_YEAR, YEAR, Q2),
    )


def told(area: str, value: int = 20, **more: object) -> Observation:
    return Observation("I1", area, Q2.name, Status.FINAL, Decimal(value), **more)  # type: ignore[arg-type] # fields by name


def merged(by: Register, *observations: Observation) -> Consolidated:
    (one,) = merge(by, Q2.name, observations)
    return one


def forecasts(by: Register, *figures: int) -> Consolidated:
    given = zip(BOTH, figures, strict=False)
    return merged(by, *(told(area, forecast=Decimal(each)) for area, each in given))


@pytest.mark.parametrize(
    ("rule", "figures", "expected"),
    [
        (MergeRule.SUM, (40, 50), 90),
        (MergeRule.MEAN, (40, 51), 46),
        (MergeRule.MINIMUM, (40, 50), 40),
        (MergeRule.MAXIMUM, (40, 50), 50),
        (MergeRule.SOLE, (40, 40), 40),
        (MergeRule.SOLE, (40, 50), None),
        (MergeRule.SUM, (40,), None),
        (MergeRule.WEIGHTED, (40, 50), None),
    ],
)
def test_forecasts_become_one_by_the_merge_rule_once_all_have_given_one(
    rule: MergeRule, figures: tuple[int, ...], expected: int | None
) -> None:
    by = register(rule)
    forecast = forecast_of(by, forecasts(by, *figures), Q2)
    assert (forecast.value if forecast else None) == expected


@pytest.mark.parametrize(
    ("figure", "colour"), [(100, Colour.GREEN), (110, Colour.AMBER), (111, Colour.RED)]
)
def test_a_forecast_is_rated_by_the_target_of_its_year(figure: int, colour: Colour) -> None:
    by = register(areas=("CS",))
    forecast = forecast_of(by, forecasts(by, figure), Q2)
    assert forecast is not None
    assert forecast.rating == Rating(colour)


def test_the_target_of_the_year_may_be_carried_on_from_the_last() -> None:
    carried = Target("I1", LAST_YEAR.name, value=Decimal(100), carried=Carried.SAME)
    by = register(areas=("CS",), targets=(carried,))
    forecast = forecast_of(by, forecasts(by, 111), Q2)
    assert forecast is not None
    assert forecast.rating == RED
    assert [each.value for each in year_targets(by, Q2)] == [100]


def test_without_a_year_or_its_target_a_forecast_has_no_colour() -> None:
    without = register(areas=("CS",), targets=())
    for by in (without, replace(register(areas=("CS",)), periods=(Q2,))):
        forecast = forecast_of(by, forecasts(by, 111), Q2)
        assert forecast is not None
        assert forecast.rating in (None, Rating(not_rated=NotRated.NO_TARGET))
    assert year_around(register().periods, YEAR) == YEAR


def test_whether_a_year_improves_on_the_last_is_not_known_before_its_end() -> None:
    by = register(areas=("CS",), policy=PolicyKind.IMPROVEMENT)
    within, beyond = (forecast_of(by, forecasts(by, each), Q2) for each in (110, 111))
    assert within is not None
    assert beyond is not None
    assert (within.rating, beyond.rating) == (GREEN, None)


def test_what_the_register_asks_no_longer_is_not_printed() -> None:
    by = register(areas=("CS",))
    (asked,) = by.indicators
    never = replace(by, indicators=(replace(asked, ask_forecast=None, ask_confidence=None),))
    one = merged(never, told("CS", forecast=Decimal(9), confidence=Confidence.LOW))
    assert (forecast_of(never, one, Q2), confidence_of(never, one)) == (None, None)


def test_the_confidence_of_several_areas_is_the_least_of_theirs() -> None:
    by = register()
    said = (Confidence.MEDIUM, Confidence.HIGH)
    one = merged(by, *(told(area, confidence=c) for area, c in zip(BOTH, said, strict=True)))
    assert confidence_of(by, one) is Confidence.MEDIUM


def test_actions_are_told_of_each_area_where_the_figure_is_out_of_target() -> None:
    by = register()
    one = merged(
        by,
        told("CS", action="Wardens", action_owner="Ann Smith", action_by=date(2013, 6, 30)),
        told("ASC", action="Visits"),
    )
    assert [*actions_of(by, one, RED)] == [
        "Community safety: Wardens (Ann Smith, by 30 June 2013)",
        "Adult social care: Visits",
    ]
    assert [*actions_of(by, one, GREEN)] == []
    assert [*actions_of(by, one, Rating(not_rated=NotRated.NO_TARGET))] == []


def hiding(by: Register) -> Register:
    return replace(by, framework=replace(by.framework, small_below=5))


def test_of_a_hidden_figure_neither_action_nor_forecast_is_told() -> None:
    by = hiding(register())
    beside = {"action": "Visits", "action_owner": "Ann", "action_by": date(2013, 6, 30)}
    few = told("CS", 2, forecast=Decimal(60), confidence=Confidence.LOW, **beside)
    others = told("ASC", 40, forecast=Decimal(70), **beside)
    (one,) = disclose(by, [merged(by, few, others)])
    hidden = one.observations[0]
    assert hidden.suppressed
    assert (hidden.action, hidden.action_owner, hidden.action_by) == ("", "", None)
    assert [o.forecast for o in one.observations] == [None, None]
    assert hidden.confidence is Confidence.LOW


def test_of_a_figure_that_its_area_suppressed_no_forecast_is_told_whatever_the_rule() -> None:
    for by in (register(), hiding(register())):
        kept_back = replace(told("CS", forecast=Decimal(60)), value=None, suppressed=True)
        one = merged(by, kept_back, told("ASC", 40, forecast=Decimal(70)))
        assert forecast_of(by, one, Q2) is None


def test_a_forecast_of_few_people_is_not_told_nor_words_that_quote_it() -> None:
    by = hiding(register(areas=("CS",)))
    said = told("CS", 40, forecast=Decimal(3), action="Only three are expected", commentary="All")
    (one,) = disclose(by, [merged(by, said)])
    (shown,) = one.observations
    assert (shown.value, shown.forecast, shown.action) == (Decimal(40), None, WITHHELD)
    assert shown.commentary == "All"


def test_words_of_an_action_that_quote_a_hidden_figure_are_withheld() -> None:
    by = hiding(register(MergeRule.MAXIMUM))
    few = told("CS", 2, commentary="Two")
    quoting = told("ASC", 40, action="Help the 2 of Community safety", action_owner="Ann")
    (one,) = disclose(by, [merged(by, few, quoting)])
    shown = one.observations[1]
    assert not shown.suppressed
    assert (shown.value, shown.action, shown.action_owner) == (Decimal(40), WITHHELD, "Ann")


def test_another_target_of_the_year_makes_the_appendix_anew() -> None:
    by = register()
    other = replace(by, targets=(Target("I1", YEAR.name, value=Decimal(90)),))
    assert content_key(by, Q2, ()) != content_key(other, Q2, ())
    silent = tuple(
        replace(each, targets=each.targets, indicators=(replace(each.indicators[0],
                ask_forecast=Requirement.NEVER),)) for each in (by, other)
    )  # fmt: skip
    assert content_key(silent[0], Q2, ()) == content_key(silent[1], Q2, ())
