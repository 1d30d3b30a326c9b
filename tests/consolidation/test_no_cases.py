"""No cases: merged without, not rated, compared with nothing, and said; by each merge rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.disclosure import disclose
from pipeline.consolidation.merge import Consolidated, is_incomplete, merge
from pipeline.consolidation.rating import Colour, NotRated, Rating, rate
from pipeline.consolidation.report import figure_shown
from pipeline.store import Issue, IssuedRating
from schemas.merge_rules import MergeRule
from schemas.model import Kind, Polarity, Status, Target
from schemas.observations import Observation
from schemas.units import Unit
from tests.consolidation.test_assembly import aim, line_of, measure, register_of, report_of
from tests.consolidation.test_assembly import told as reported
from tests.support.builders import indicator, small_register

AREAS = ("CS", "ASC")
#: Rules that take what one area reports; the others need every area.
OF_ONE = (MergeRule.SOLE, MergeRule.LATEST)
OF_ALL = tuple(rule for rule in MergeRule if rule not in OF_ONE)


def told(area: str, top: int, bottom: int, day: int = 1) -> Observation:
    """So many of so many; of nobody there is no figure."""
    made = Observation("P1-1", area, "now", Status.FINAL)
    made = replace(made, received_at=datetime(2013, 1, day, tzinfo=UTC))
    if not bottom:
        return replace(made, no_cases=True, numerator=Decimal(0), denominator=Decimal(0))
    parts = {"numerator": Decimal(top), "denominator": Decimal(bottom)}
    return replace(made, value=Decimal(100 * top) / bottom, **parts)


def merged(
    rule: MergeRule,
    *observations: Observation,
    areas: tuple[str, ...] = AREAS,
    small_below: int | None = None,
) -> Consolidated:
    made = indicator("P1-1", "Share", Unit.PERCENT, polarity=Polarity.HIGHER, areas=areas)
    register = small_register()
    register = replace(
        register,
        indicators=(replace(made, merge_rule=rule),),
        framework=replace(register.framework, small_below=small_below),
    )
    (found,) = disclose(register, merge(register, "now", observations))
    return found


def why_not(figure: Consolidated) -> NotRated | None:
    target = Target("P1-1", "now", value=Decimal(10))
    return rate(figure, target, small_register().framework.policy).not_rated


@pytest.mark.parametrize("rule", OF_ALL)
def test_what_needs_every_area_goes_on_without_one_that_has_no_cases(rule: MergeRule) -> None:
    figure = merged(rule, told("CS", 10, 40), told("ASC", 0, 0))
    assert (figure.value, figure.missing, figure.without_cases) == (25, (), ("ASC",))
    assert not is_incomplete(figure)
    assert why_not(figure) is None


@pytest.mark.parametrize("rule", MergeRule)
def test_where_no_area_has_cases_neither_has_the_whole(rule: MergeRule) -> None:
    figure = merged(rule, told("CS", 0, 0), told("ASC", 0, 0))
    assert (figure.value, figure.no_cases, figure.missing) == (None, True, ())
    assert figure_shown(figure, figure.indicator) == "No cases"
    assert why_not(figure) is NotRated.NO_CASES


@pytest.mark.parametrize("rule", OF_ALL)
def test_no_cases_in_one_area_say_nothing_of_one_that_is_missing(rule: MergeRule) -> None:
    silent = Observation("P1-1", "ASC", "now", Status.NOT_AVAILABLE)
    for others in ((), (silent,)):
        figure = merged(rule, told("CS", 0, 0), *others)
        assert (figure.no_cases, figure.missing) == (True, ("ASC",))
        assert why_not(figure) is NotRated.INCOMPLETE


def test_owners_of_one_figure_of_whom_one_has_no_cases_disagree() -> None:
    figure = merged(MergeRule.SOLE, told("CS", 10, 40), told("ASC", 0, 0))
    assert (figure.value, figure.conflict, figure.no_cases) == (None, True, False)


def test_no_cases_received_last_are_the_latest() -> None:
    before, after = told("CS", 10, 40), told("ASC", 0, 0, day=2)
    assert merged(MergeRule.LATEST, before, after).no_cases
    assert (
        merged(
            MergeRule.LATEST, replace(before, received_at=after.received_at + timedelta(1)), after
        ).value
        == 25
    )


@pytest.mark.parametrize("rule", OF_ALL)
def test_provisional_no_cases_make_the_whole_provisional(rule: MergeRule) -> None:
    none = replace(told("ASC", 0, 0), status=Status.PROVISIONAL)
    assert merged(rule, told("CS", 10, 40), none).provisional


@pytest.mark.parametrize("rule", MergeRule)
def test_a_suppressed_figure_stays_suppressed_beside_no_cases(rule: MergeRule) -> None:
    hidden = Observation("P1-1", "CS", "now", Status.FINAL, suppressed=True)
    hidden = replace(hidden, received_at=datetime(2013, 1, 9, tzinfo=UTC))
    figure = merged(rule, hidden, told("ASC", 0, 0))
    assert (figure.value, figure.suppressed, figure.no_cases) == (None, True, False)


@pytest.mark.parametrize("rule", [MergeRule.WEIGHTED, MergeRule.MEAN, MergeRule.SUM])
def test_no_cases_hide_no_small_figure(rule: MergeRule) -> None:
    areas = (*AREAS, "HR")
    alone = merged(rule, told("CS", 3, 40), told("ASC", 0, 0), small_below=5)
    assert (alone.suppressed, alone.value) == (True, None)
    found = merged(
        rule, told("CS", 3, 40), told("ASC", 0, 0), told("HR", 30, 60), areas=areas, small_below=5
    )
    assert [o.suppressed for o in found.observations] == [True, False, True]
    assert [o.no_cases for o in found.observations] == [False, True, False]
    assert found.value is not None


def test_what_has_become_a_count_or_a_milestone_since_is_no_case_of_no_cases() -> None:
    none = told("CS", 0, 0)
    for made in (indicator("P1-1", "Count"), indicator("P1-1", "Done", kind=Kind.MILESTONE)):
        register = replace(small_register(), indicators=(made,))
        (figure,) = merge(register, "now", [none])
        assert (figure.no_cases, figure.missing) == (False, ("CS",))


# --- What the appendix says ----------------------------------------------------------------------

NONE = reported(no_cases=True, numerator=Decimal(0), denominator=Decimal(0))
OF_BOTH = measure(rule=MergeRule.WEIGHTED, areas=AREAS)


def of(top: int, bottom: int, area: str = "CS") -> Observation:
    parts = {"numerator": Decimal(top), "denominator": Decimal(bottom)}
    return reported(str(100 * Decimal(top) / bottom), area, **parts)


def test_a_line_without_cases_says_so_in_place_of_a_figure() -> None:
    line = line_of(register_of(targets=(aim("50"),)), NONE, last=[reported("40")])
    assert (line.performance_shown, line.rating) == (
        "No cases",
        Rating(not_rated=NotRated.NO_CASES),
    )
    assert (line.travel, line.remarks) == (None, ())


def test_the_areas_without_cases_are_named_beside_the_figure_of_the_others() -> None:
    line = line_of(register_of(OF_BOTH, targets=(aim("50"),)), NONE, of(10, 40, "ASC"))
    assert (line.performance_shown, line.rating) == ("25.0%", Rating(Colour.RED))
    assert line.remarks == ("No cases in Community safety.",)


def test_owners_who_disagree_on_whether_there_were_cases_are_both_quoted() -> None:
    line = line_of(register_of(measure(areas=AREAS)), NONE, reported("40", "ASC"))
    assert line.performance_shown == "Areas disagree"
    assert line.remarks == (
        "The areas reported different figures: Community safety no cases, Adult social care 40.0%.",
    )


def test_with_a_period_without_cases_nothing_is_compared_and_that_is_said() -> None:
    register = register_of(targets=(aim("50", baseline=Decimal(30), baseline_period="2009"),))
    line = line_of(register, reported("40"), last=[NONE], year_before=[NONE])
    assert line.travel is not None
    assert (line.travel.basis, line.year_travel) == ("baseline 2009", None)
    assert line.remarks == (
        "There were no cases in Q2 2012-13 to compare with.",
        "There were no cases in Q3 2011-12 to compare with.",
    )


@pytest.mark.parametrize(
    ("before", "now", "heading", "change"),
    [
        (("40.0%", "red"), NONE, "No longer rated", "was 40.0%, red"),
        (("", "no data"), NONE, "Newly reported", ""),
        (
            ("No cases", "no cases"),
            reported("40"),
            "Newly red",
            "was No cases, not rated (no cases)",
        ),
        (("40.0%", "no target"), NONE, "Figure changed", "was 40.0%, not rated (no target)"),
    ],
)
def test_what_changed_since_the_last_issue_says_so(
    before: tuple[str, str], now: Observation, heading: str, change: str
) -> None:
    performance, rating = before
    issued = IssuedRating("P1-1", performance, "50%", rating)
    last = Issue("now", "0" * 64, datetime(2013, 1, 1, tzinfo=UTC), ratings=(issued,))
    found = changes_since(report_of(register_of(targets=(aim("50"),)), now), last)
    assert [(name, [each.was for each in changes]) for name, changes in found.groups] == [
        (heading, [change])
    ]
