"""What is rated and printed where figures of several periods become one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.rating import Colour, NotRated
from pipeline.consolidation.remarks import remarks_not_due
from pipeline.consolidation.report import Line
from schemas.accumulation import Accumulation
from schemas.frequency import AcrossBreak, Frequency, Profile
from schemas.merge_rules import MergeRule
from schemas.model import Kind, Target
from schemas.units import Unit
from tests.support.quarters import (
    QUARTERS,
    SHARE,
    YEAR,
    Said,
    by_quarter,
    line_of,
    measure,
    register_of,
)

A = Accumulation
#: What two areas report for each of six quarters.
SIX: tuple[tuple[Said, ...], ...] = ((10, 20), (11, 21), (12, 22), (13, 23), (30, 1), (5, 5))
PARTS: tuple[tuple[Said, ...], ...] = (
    ((1, 4), (1, 4)), ((2, 4), (1, 2)), ((1, 10), (5, 10)), ((4, 4), (0, 6)),
)  # fmt: skip


def why(line: Line) -> object:
    return line.rating.not_rated


@pytest.mark.parametrize(
    ("how", "more", "said", "expected", "alone"),
    [
        (A.AS_REPORTED, {}, SIX[:3], "34", ""),
        (A.YEAR_TO_DATE, {}, SIX[:1], "30", "30"),
        (A.YEAR_TO_DATE, {}, SIX[:3], "96", "34"),
        (A.YEAR_TO_DATE, {}, SIX[:5], "31", "31"),
        (A.YEAR_TO_DATE, {}, SIX, "41", "10"),
        (A.YEAR_TO_DATE, {"unit": Unit.CURRENCY, "decimals": 2},
         (("1.05", "2"), ("0.10", 3)), "£6.15", "£3.10"),
        (A.YEAR_TO_DATE, SHARE, PARTS[:2], "35.7%", "50.0%"),
        (A.CUMULATIVE, {}, ((10, 20), (15, 30)), "45", "15"),
        (A.CUMULATIVE, {}, ((10, 20), (9, 20)), "29", "-1"),
        (A.CUMULATIVE, {}, SIX[:5], "31", "31"),
        (A.CUMULATIVE, SHARE, (((1, 4), (1, 4)), ((2, 8), (2, 8))), "25.0%", "25.0%"),
        (A.ROLLING_SUM, {}, SIX[:4], "132", "36"),
        (A.ROLLING_SUM, {}, SIX[:5], "133", "31"),
        (A.ROLLING_MEAN, {"decimals": 1}, SIX[:5], "33.3", "31.0"),
        (A.ROLLING_WEIGHTED, SHARE, PARTS, "34.1%", "40.0%"),
        (A.LATEST, {}, SIX[:2], "32", ""),
    ],
)  # fmt: skip
def test_figures_become_one(
    how: Accumulation,
    more: dict[str, object],
    said: tuple[tuple[Said, ...], ...],
    expected: str,
    alone: str,
) -> None:
    period = QUARTERS[len(said) - 1]
    line = line_of(register_of(measure(how, **more)), period, by_quarter(*said))
    assert (line.performance_shown, line.own_shown) == (expected, alone)


def test_a_row_says_over_what_it_is_and_what_the_period_is_alone() -> None:
    line = line_of(register_of(measure(A.YEAR_TO_DATE)), QUARTERS[1], by_quarter(*SIX))
    assert line.over_shown == "year to date, April to September 2011"
    said = "Year to date, April to September 2011; 2011-12 Q2 alone: 32."
    assert line.remarks == (said,)
    rolling = line_of(register_of(measure(A.ROLLING_SUM)), QUARTERS[4], by_quarter(*SIX))
    said = "Sum over a year, July 2011 to June 2012; 2012-13 Q1 alone: 31."
    assert rolling.remarks[0] == said


@pytest.mark.parametrize("how", [A.YEAR_TO_DATE, A.ROLLING_SUM, A.ROLLING_MEAN])
@pytest.mark.parametrize(
    ("missing", "lacks"),
    [
        ({1: ()}, "2011-12 Q2 missing"),
        ({1: (), 2: ()}, "2011-12 Q2 and 2011-12 Q3 missing"),
        ({2: (5,)}, "2011-12 Q3 lacks Adult social care"),
        ({3: (5,)}, "2011-12 Q4 lacks Adult social care"),
        ({0: (5,), 1: ()}, "2011-12 Q1 lacks Adult social care; 2011-12 Q2 missing"),
    ],
)
def test_a_sum_that_lacks_a_part_is_none(
    how: Accumulation, missing: dict[int, tuple[Said, ...]], lacks: str
) -> None:
    said = [missing.get(at, each) for at, each in enumerate(SIX[:4])]
    target = Target("P1-1", QUARTERS[3].name, value=Decimal(1))
    register = register_of(measure(how), targets=(target,))
    line = line_of(register, QUARTERS[3], by_quarter(*said))
    assert (line.performance_shown, why(line)) == ("", NotRated.PERIODS_MISSING)
    assert f"Incomplete: {lacks}." in line.remarks
    assert line.consolidated.value is None


def test_a_part_counts_once_the_area_that_came_late_has_answered() -> None:
    register = register_of(measure(A.YEAR_TO_DATE))
    early, late = ({**by_quarter(*SIX[:2]), QUARTERS[0].name: each} for each in ((10,), SIX[0]))
    assert line_of(register, QUARTERS[1], early).performance_shown == ""
    assert line_of(register, QUARTERS[1], late).performance_shown == "62"


def test_what_has_no_figure_of_its_own_has_no_data() -> None:
    line = line_of(register_of(measure(A.YEAR_TO_DATE)), QUARTERS[1], by_quarter(SIX[0]))
    assert why(line) is NotRated.NO_DATA


def test_a_register_without_the_beginning_of_the_year_has_no_year_to_date() -> None:
    register = register_of(measure(A.YEAR_TO_DATE), periods=QUARTERS[1:])
    line = line_of(register, QUARTERS[2], by_quarter(*SIX))
    assert "Incomplete: no figures before 2011-12 Q2." in line.remarks


def test_no_cases_add_nothing() -> None:
    none: tuple[Said, ...] = ((0, 0), (0, 0))
    register = register_of(measure(A.YEAR_TO_DATE, **SHARE))
    line = line_of(register, QUARTERS[2], by_quarter(PARTS[0], none, PARTS[1]))
    assert line.performance_shown == "35.7%"
    nowhere = line_of(register, QUARTERS[1], by_quarter(none, none))
    assert (nowhere.performance_shown, why(nowhere)) == ("No cases", NotRated.NO_CASES)
    mean = register_of(measure(A.ROLLING_MEAN, unit=Unit.SCORE, decimals=1))
    quiet: tuple[Said, ...] = ("no cases", "no cases")
    line = line_of(mean, QUARTERS[3], by_quarter((1, 2), quiet, (3, 4), quiet))
    assert line.performance_shown == "5.0"


def test_a_provisional_part_makes_it_provisional() -> None:
    register = register_of(measure(A.YEAR_TO_DATE))
    line = line_of(register, QUARTERS[1], by_quarter(("10p", 20), SIX[1]))
    assert (line.performance_shown, line.consolidated.provisional) == ("62", True)
    assert "Provisional." in line.remarks


def test_a_restated_part_is_the_current_figure_and_marked() -> None:
    register = register_of(measure(A.YEAR_TO_DATE))
    restated = {QUARTERS[0].name: frozenset({"P1-1"})}
    line = line_of(register, QUARTERS[1], by_quarter(*SIX), restated=restated)
    assert "2011-12 Q1 in it was restated." in line.remarks


def test_a_part_whose_appendix_was_recalled_is_none() -> None:
    register = register_of(measure(A.YEAR_TO_DATE))
    line = line_of(
        register, QUARTERS[1], by_quarter((), SIX[1]), recalled=(QUARTERS[0].name,), earlier={}
    )
    assert "Incomplete: the appendix of 2011-12 Q1 was recalled." in line.remarks


def test_areas_that_disagree_have_no_year_to_date() -> None:
    sole = measure(A.YEAR_TO_DATE, merge_rule=MergeRule.SOLE)
    line = line_of(register_of(sole), QUARTERS[1], by_quarter((1, 2), (3, 3)))
    assert "Incomplete: the areas disagree for 2011-12 Q1." in line.remarks
    assert why(line_of(register_of(sole), QUARTERS[1], by_quarter((2, 2), (3, 4)))) is (
        NotRated.CONFLICT
    )


@pytest.mark.parametrize(
    ("across", "expected", "said"),
    [
        (AcrossBreak.NOT_COMPARED, "", "Incomplete: 2011-12 Q1 was measured otherwise."),
        (AcrossBreak.COMPARED, "62", ""),
    ],
)
def test_nothing_is_added_up_across_a_break(across: AcrossBreak, expected: str, said: str) -> None:
    before = measure(A.YEAR_TO_DATE)
    after = replace(before, wording="Homes", since=QUARTERS[1].name, across_break=across)
    line = line_of(register_of(before, after), QUARTERS[1], by_quarter(*SIX))
    assert line.performance_shown == expected
    assert said in line.remarks or not said


def test_what_begins_to_be_reported_cumulatively_says_nothing_of_its_first_quarter() -> None:
    before = measure(A.AS_REPORTED)
    after = replace(
        before, accumulation=A.CUMULATIVE, since=QUARTERS[1].name, across_break=AcrossBreak.COMPARED
    )
    line = line_of(register_of(before, after), QUARTERS[1], by_quarter(*SIX))
    assert (line.performance_shown, line.own_shown) == ("32", "")
    said = (
        "Year to date as reported, April to September 2011. 2011-12 Q2 alone is not known without "
        "the period before it."
    )
    assert said in line.remarks


# --- Latest known --------------------------------------------------------------------------------


def test_the_latest_known_figure_stands_where_a_period_has_none_and_says_whose_it_is() -> None:
    target = Target("P1-1", QUARTERS[3].name, value=Decimal(30))
    register = register_of(measure(A.LATEST), targets=(target,))
    line = line_of(register, QUARTERS[3], by_quarter(SIX[0], SIX[1], (), (99,)))
    assert (line.performance_shown, line.rating.colour) == ("32", Colour.GREEN)
    assert "The latest known figure is that of 2011-12 Q2." in line.remarks
    assert line.travel is None


def test_what_is_not_due_shows_the_latest_known_figure_with_the_period_that_it_is_of() -> None:
    target = Target("P1-1", YEAR.name, value=Decimal(30))
    known = measure(A.LATEST, due=Frequency.QUARTERLY)
    register = register_of(known, targets=(target,), periods=(*QUARTERS, YEAR))
    line = line_of(register, YEAR, by_quarter((10, 20), (11, 21), (), (), first=4))
    assert line.remarks[0] == "Last reported for 2012-13 Q2: 32."
    assert (line.target_shown, why(line)) == ("", NotRated.NOT_DUE)


def test_the_last_words_of_what_is_not_due_end_with_one_full_stop() -> None:
    last = Consolidated(measure(A.AS_REPORTED, kind=Kind.NARRATIVE), "Q1", narrative="All is well.")
    said = [*remarks_not_due(register_of(last.indicator), last.indicator, QUARTERS[1], last)]
    assert said[0] == "Last reported for Q1: All is well."


def test_a_milestone_has_a_latest_known_state() -> None:
    milestone = measure(
        A.LATEST, kind=Kind.MILESTONE, unit=None, polarity=None, merge_rule=MergeRule.SOLE
    )
    line = line_of(register_of(milestone), QUARTERS[1], {})
    assert why(line) is NotRated.NO_DATA


def test_what_was_measured_otherwise_is_not_known_any_more() -> None:
    before = measure(A.LATEST)
    after = replace(before, wording="Homes", since=QUARTERS[1].name)
    line = line_of(register_of(before, after), QUARTERS[1], by_quarter(SIX[0]))
    assert why(line) is NotRated.NO_DATA


# --- Targets and direction -----------------------------------------------------------------------


def test_it_is_held_against_the_target_of_the_period_which_may_be_a_profile_of_the_year() -> None:
    target = Target("P1-1", YEAR.name, value=Decimal(160), profile=Profile.ADDING_UP)
    register = register_of(measure(A.YEAR_TO_DATE), targets=(target,), periods=(*QUARTERS, YEAR))
    figures = by_quarter((20, 21), (20, 18), (1, 1), first=4)
    shown = [
        (line.target_shown, line.performance_shown, line.rating.colour)
        for line in (line_of(register, each, figures) for each in QUARTERS[4:7])
    ]
    assert shown == [
        ("40", "41", Colour.GREEN), ("80", "79", Colour.AMBER), ("120", "81", Colour.RED),
    ]  # fmt: skip


@pytest.mark.parametrize("how", [A.YEAR_TO_DATE, A.CUMULATIVE])
def test_a_year_to_date_is_compared_with_the_same_point_of_the_year_before(
    how: Accumulation,
) -> None:
    figures = by_quarter(*SIX[:4], (14, 15))
    line = line_of(register_of(measure(how)), QUARTERS[4], figures)
    assert line.travel == line.year_travel
    assert line.travel
    assert (line.travel.basis, line.travel.earlier, line.travel.verdict) == (
        QUARTERS[0].name, Decimal(30), "worse",
    )  # fmt: skip


def test_a_rolling_figure_is_compared_with_the_last_rolling_one() -> None:
    line = line_of(register_of(measure(A.ROLLING_SUM)), QUARTERS[4], by_quarter(*SIX))
    assert line.travel
    assert (line.travel.basis, line.travel.earlier) == (QUARTERS[3].name, Decimal(132))
    assert line.year_travel is None


def test_what_accumulated_otherwise_before_is_not_compared() -> None:
    before = measure(A.AS_REPORTED)
    after = replace(
        before,
        accumulation=A.YEAR_TO_DATE,
        since=QUARTERS[4].name,
        across_break=AcrossBreak.COMPARED,
    )
    line = line_of(register_of(before, after), QUARTERS[4], by_quarter(*SIX))
    assert line.travel is None
    assert "Not compared with 2011-12 Q1, when its accumulation differed." in line.remarks
