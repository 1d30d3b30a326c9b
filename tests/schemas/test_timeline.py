"""What of a register is in force in a period, and what is due then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from msgspec.structs import replace

from schemas.accumulation import Accumulation
from schemas.bearing import bearing, compared
from schemas.frequency import AcrossBreak, Carried, FirstMonth, Frequency, Profile, WhenNotDue
from schemas.model import (
    Indicator,
    Period,
    Polarity,
    Policy,
    PolicyChange,
    Register,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.timeline import arranged, in_force, last_due, next_due, row_for
from schemas.units import Unit
from tests.support.builders import indicator, small_register

OPEN_UNTIL = date(2020, 1, 1)
#: Of each year its quarters and the year itself, as a council's register has them.
YEARS = (2012, 2013, 2014)


def quarter(year: int, number: int) -> Period:
    first, last = [
        (date(year, 4, 1), date(year, 6, 30)),
        (date(year, 7, 1), date(year, 9, 30)),
        (date(year, 10, 1), date(year, 12, 31)),
        (date(year + 1, 1, 1), date(year + 1, 3, 31)),
    ][number - 1]
    return Period(f"{year}-{year - 1999} Q{number}", first, last, OPEN_UNTIL)


def year(begun: int) -> Period:
    name = f"{begun}-{begun - 1999}"
    return Period(name, date(begun, 4, 1), date(begun + 1, 3, 31), OPEN_UNTIL)


def months(begun: int) -> list[Period]:
    firsts = [date(begun, month, 1) for month in range(4, 13)]
    firsts += [date(begun + 1, month, 1) for month in range(1, 5)]
    pairs = pairwise(firsts)
    return [
        Period(f"{first:%b %Y}", first, date.fromordinal(then.toordinal() - 1), OPEN_UNTIL)
        for first, then in pairs
    ]


QUARTERS = [quarter(begun, number) for begun in YEARS for number in (1, 2, 3, 4)]
WHOLE_YEARS = [year(begun) for begun in YEARS]


def register_of(*rows: Indicator, periods: list[Period] = QUARTERS, **settings: object) -> Register:
    small = small_register()
    ordered = tuple(sorted(periods, key=lambda each: (each.starts, each.ends)))
    framework = replace(small.framework, **settings)
    return arranged(
        replace(small, framework=framework, indicators=rows, periods=ordered, targets=())
    )


def due_in(row: Indicator, periods: list[Period], **settings: object) -> list[str]:
    """The periods of a register that ask for an indicator."""
    register = register_of(row, periods=periods, **settings)
    return [each.name for each in register.periods if in_force(register, each.name).indicators]


def one(**what: object) -> Indicator:
    return replace(indicator("P1-1", "Homes let"), **what)


# --- When it is due ------------------------------------------------------------------------------


def test_a_register_that_knows_no_time_is_in_force_as_it_is() -> None:
    register = register_of(one(), periods=[*QUARTERS, *WHOLE_YEARS])
    assert all(in_force(register, each.name) is register for each in register.periods)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (Frequency.QUARTERLY, [each.name for each in QUARTERS]),
        (Frequency.HALF_YEARLY, [each.name for each in QUARTERS if each.name[-1] in "24"]),
        (Frequency.YEARLY, [each.name for each in QUARTERS if each.name[-1] == "4"]),
        (Frequency.EVERY_OTHER_YEAR, ["2012-13 Q4", "2014-15 Q4"]),
    ],
)
def test_what_is_due_more_seldom_is_due_in_the_quarter_that_ends_with_it(
    due: Frequency, expected: list[str]
) -> None:
    assert due_in(one(due=due, first="2012-13 Q1"), QUARTERS) == expected


def test_what_is_yearly_is_due_for_the_year_where_the_register_has_it() -> None:
    found = due_in(one(due=Frequency.YEARLY), [*QUARTERS, *WHOLE_YEARS])
    assert found == [each.name for each in WHOLE_YEARS]


def test_what_is_quarterly_is_not_asked_again_for_the_year_of_its_quarters() -> None:
    found = due_in(one(due=Frequency.QUARTERLY), [*QUARTERS, *WHOLE_YEARS])
    assert found == [each.name for each in QUARTERS]


def test_what_is_quarterly_is_asked_for_the_year_where_the_register_has_years_alone() -> None:
    assert due_in(one(due=Frequency.QUARTERLY), WHOLE_YEARS) == [e.name for e in WHOLE_YEARS]


def test_months_quarters_and_years_stand_in_one_register() -> None:
    periods = [*months(2012), *QUARTERS[:4], WHOLE_YEARS[0]]
    assert due_in(one(due=Frequency.MONTHLY), periods) == [each.name for each in months(2012)]
    assert due_in(one(due=Frequency.QUARTERLY), periods) == [each.name for each in QUARTERS[:4]]
    assert due_in(one(due=Frequency.HALF_YEARLY), periods) == ["2012-13 Q2", "2012-13 Q4"]
    assert due_in(one(due=Frequency.YEARLY), periods) == ["2012-13"]


def test_a_year_ends_where_the_register_says() -> None:
    found = due_in(one(due=Frequency.YEARLY), QUARTERS[:5], year_begins=FirstMonth.JULY)
    assert found == ["2012-13 Q1", "2013-14 Q1"]


def test_a_quarter_that_ends_some_days_late_is_that_quarter() -> None:
    late = replace(QUARTERS[3], ends=date(2013, 4, 5))
    assert due_in(one(due=Frequency.YEARLY), [*QUARTERS[:3], late]) == [late.name]


def test_what_is_listed_is_due_in_those_periods_alone() -> None:
    listed = one(due=Frequency.LISTED, due_in=("2012-13 Q3", "2014-15 Q1"))
    assert due_in(listed, QUARTERS) == ["2012-13 Q3", "2014-15 Q1"]


def test_an_indicator_is_asked_from_its_first_period_to_its_last() -> None:
    found = due_in(one(first="2012-13 Q3", last="2013-14 Q2"), QUARTERS)
    assert found == ["2012-13 Q3", "2012-13 Q4", "2013-14 Q1", "2013-14 Q2"]


# --- What is printed where it is not -------------------------------------------------------------


def test_what_is_not_due_is_printed_unless_the_register_leaves_it_out() -> None:
    yearly = one(due=Frequency.YEARLY)
    left_out = replace(yearly, ref="P1-2", when_not_due=WhenNotDue.LEFT_OUT)
    register = in_force(register_of(yearly, left_out), "2012-13 Q2")
    assert (register.indicators, [each.ref for each in register.not_due]) == ((), ["P1-1"])


def test_what_was_never_asked_by_then_or_is_asked_no_longer_is_not_printed() -> None:
    short = one(first="2012-13 Q3", last="2012-13 Q4")
    register = register_of(short)
    for name in ("2012-13 Q1", "2013-14 Q1"):
        assert (in_force(register, name).indicators, in_force(register, name).not_due) == ((), ())


def test_the_last_and_the_next_for_which_it_was_due_are_known() -> None:
    yearly = one(due=Frequency.YEARLY)
    register = register_of(yearly)
    assert last_due(register, yearly, QUARTERS[0]) is None
    assert last_due(register, yearly, QUARTERS[5]) == QUARTERS[3]
    assert last_due(register, yearly, QUARTERS[7]) == QUARTERS[3]
    assert next_due(register, yearly, QUARTERS[4]) == QUARTERS[7]
    assert next_due(register, yearly, QUARTERS[-1]) is None


def test_a_year_shows_the_last_of_its_quarters() -> None:
    quarterly = one(due=Frequency.QUARTERLY)
    register = register_of(quarterly, periods=[*QUARTERS, *WHOLE_YEARS])
    assert last_due(register, quarterly, WHOLE_YEARS[0]) == QUARTERS[3]


def test_of_periods_that_end_together_the_shorter_comes_before_the_longer() -> None:
    quarterly, monthly = one(due=Frequency.QUARTERLY), one(ref="P1-2", due=Frequency.MONTHLY)
    of_year = months(2012)
    register = register_of(quarterly, monthly, periods=[*of_year, *QUARTERS])
    june, first, second = of_year[2], *QUARTERS[:2]
    assert last_due(register, monthly, first) == june
    assert last_due(register, quarterly, june) is None
    assert next_due(register, quarterly, june) == first
    assert next_due(register, monthly, first) == of_year[3]
    assert second not in bearing(register, of_year[5])


def test_of_what_grows_over_a_year_the_last_figure_is_told_where_it_is_not_due() -> None:
    monthly = one(due=Frequency.MONTHLY, accumulation=Accumulation.YEAR_TO_DATE)
    of_year = months(2012)
    register = register_of(monthly, periods=[*of_year, *QUARTERS])
    # A month is compared with that of the year before, of which there is none.
    assert compared(register, monthly, of_year[5]).last is None
    assert compared(register, monthly, QUARTERS[1]).last == of_year[5]


def test_a_figure_is_compared_with_the_last_one_that_was_due_and_with_a_year_before() -> None:
    half_yearly = one(due=Frequency.HALF_YEARLY)
    register = register_of(half_yearly)
    pair = compared(register, half_yearly, QUARTERS[5])
    assert (pair.last, pair.year_before) == (QUARTERS[3], QUARTERS[1])


def test_what_an_appendix_may_print_of_is_told_once() -> None:
    register = register_of(one(due=Frequency.YEARLY), replace(one(), ref="P1-2"))
    assert {each.name for each in bearing(register, QUARTERS[5])} == {
        "2012-13 Q4",  # of what is yearly
        "2013-14 Q1",  # the last period
        "2012-13 Q2",  # the year before
    }


# --- What changes --------------------------------------------------------------------------------

PER_CENT = one(
    unit=Unit.PERCENT,
    wording="Homes let in time",
    polarity=Polarity.HIGHER,
    tolerance=Tolerance(Decimal(2), ToleranceKind.POINTS),
    areas=("ASC",),
    since="2013-14 Q1",
)


def test_an_indicator_is_in_each_period_what_its_row_of_then_says() -> None:
    register = register_of(one(), PER_CENT)
    (before,) = in_force(register, "2012-13 Q4").indicators
    (after,) = in_force(register, "2013-14 Q2").indicators
    assert (before.unit, before.areas) == (Unit.COUNT, ("CS",))
    assert (after.unit, after.areas) == (Unit.PERCENT, ("ASC",))
    assert after.tolerance == PER_CENT.tolerance
    assert register.indicator("P1-1") == after


def test_it_makes_no_difference_in_which_order_its_rows_stand() -> None:
    one_way, other_way = register_of(one(), PER_CENT), register_of(PER_CENT, one())
    for period in QUARTERS:
        assert (
            in_force(one_way, period.name).indicators == in_force(other_way, period.name).indicators
        )


def test_a_break_begins_another_series_unless_the_register_compares_across_it() -> None:
    def series(across: AcrossBreak) -> list[int]:
        reworded = one(wording="Homes let, all", since="2013-14 Q1", across_break=across)
        register = register_of(one(), reworded)
        rows = [row_for(register, "P1-1", each.name) for each in (QUARTERS[3], QUARTERS[4])]
        return [row.series for row in rows if row]

    assert series(AcrossBreak.NOT_COMPARED) == [0, 1]
    assert series(AcrossBreak.COMPARED) == [0, 0]


def test_what_is_in_force_in_one_period_tells_what_is_in_another() -> None:
    register = register_of(one(), PER_CENT)
    before = in_force(register, "2012-13 Q4")
    assert in_force(before, "2013-14 Q2").indicators == (register.indicator("P1-1"),)


def test_tolerances_and_policies_hold_from_a_period_on() -> None:
    strict = Policy(tolerance=Tolerance(Decimal(1), ToleranceKind.POINTS))
    stricter = Policy(green_from=Decimal("0.9"))
    changes = (PolicyChange("2014-15 Q1", stricter), PolicyChange("2013-14 Q1", strict))
    base = register_of(one())
    register = replace(base, policies=changes)
    for by in (register, in_force(register, "2014-15 Q2")):
        found = [in_force(by, each.name).framework.policy for each in QUARTERS]
        assert found == [base.framework.policy] * 4 + [strict] * 4 + [stricter] * 4


# --- Targets -------------------------------------------------------------------------------------


def goals(*rows: Target, of: Indicator, periods: list[Period]) -> list[str]:
    """What an indicator is to reach in each period that asks for it, as it is printed."""
    register = replace(register_of(of, periods=periods), targets=rows)
    by_period = {each.name: in_force(register, each.name) for each in register.periods}
    found = (by.target("P1-1", name) for name, by in by_period.items() if by.indicators)
    return [each.shown(of) for each in found if each]


ALTERNATING = (Frequency.QUARTERLY, Frequency.HALF_YEARLY, Frequency.YEARLY)
OF_YEAR = Target("P1-1", "2012-13", value=Decimal(250))
QUARTERLY = one(due=Frequency.QUARTERLY)
A_YEAR = [*QUARTERS[:4], WHOLE_YEARS[0]]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (Profile.SAME, ["250", "250", "250", "250"]),
        (Profile.PARTS, ["62.5", "62.5", "62.5", "62.5"]),
        (Profile.ADDING_UP, ["62.5", "125", "187.5", "250"]),
    ],
)
def test_a_target_of_a_year_is_spread_over_its_quarters(
    profile: Profile, expected: list[str]
) -> None:
    found = goals(replace(OF_YEAR, profile=profile), of=QUARTERLY, periods=A_YEAR)
    assert found == expected


def test_what_does_not_come_out_even_has_two_decimals_more_than_are_published() -> None:
    spread = replace(OF_YEAR, value=Decimal(10), profile=Profile.PARTS)
    monthly = one(due=Frequency.MONTHLY)
    assert goals(spread, of=monthly, periods=[*months(2012), WHOLE_YEARS[0]])[0] == "0.83"


def test_a_quarter_has_its_part_though_the_register_lacks_those_before_it() -> None:
    spread = replace(OF_YEAR, value=Decimal(100), profile=Profile.ADDING_UP)
    assert "75" in goals(spread, of=QUARTERLY, periods=[WHOLE_YEARS[0], QUARTERS[2]])


def test_a_target_of_its_own_counts_before_any_other() -> None:
    spread = replace(OF_YEAR, profile=Profile.PARTS)
    own = Target("P1-1", QUARTERS[1].name, value=Decimal(70))
    assert goals(spread, own, of=QUARTERLY, periods=A_YEAR).count("70") == 1


@pytest.mark.parametrize(
    ("carried", "change", "expected"),
    [
        (None, None, ["100"]),
        (Carried.SAME, None, ["100", "100", "100"]),
        (Carried.BY_PERCENT, Decimal(-5), ["100", "95", "90.25"]),
        (Carried.BY_POINTS, Decimal(3), ["100", "103", "106"]),
    ],
)
def test_a_target_goes_on_for_the_next_years_as_the_register_says(
    carried: Carried | None, change: Decimal | None, expected: list[str]
) -> None:
    row = replace(OF_YEAR, value=Decimal(100), carried=carried, change=change)
    assert goals(row, of=one(), periods=WHOLE_YEARS) == expected


def test_a_year_that_is_spread_goes_on_with_its_quarters() -> None:
    row = replace(OF_YEAR, value=Decimal(100), profile=Profile.PARTS, carried=Carried.SAME)
    periods = [*QUARTERS[:8], WHOLE_YEARS[0]]
    assert goals(row, of=QUARTERLY, periods=periods).count("25") == 8


def test_a_target_that_was_carried_on_is_spread_as_one_that_was_typed() -> None:
    # 255 in the next year, of which a quarter has a quarter.
    row = replace(OF_YEAR, profile=Profile.PARTS, carried=Carried.BY_POINTS, change=Decimal(5))
    found = goals(row, of=QUARTERLY, periods=[*QUARTERS[:8], *WHOLE_YEARS[:2]])
    assert found == ["62.5"] * 4 + ["63.75"] * 4


def test_a_quarter_s_own_target_takes_no_part_from_that_of_the_next_year() -> None:
    row = replace(OF_YEAR, profile=Profile.PARTS, carried=Carried.SAME)
    own = Target("P1-1", QUARTERS[0].name, value=Decimal(90))
    found = goals(row, own, of=QUARTERLY, periods=[*QUARTERS[:8], *WHOLE_YEARS[:2]])
    assert found == ["90"] + ["62.5"] * 7


def test_a_target_that_goes_on_for_years_gets_no_more_decimals() -> None:
    row = replace(OF_YEAR, value=Decimal("25.5"), carried=Carried.BY_PERCENT, change=Decimal(2))
    # 26.5302 is worked out exactly, and rounded once.
    assert goals(row, of=one(decimals=1), periods=WHOLE_YEARS) == ["25.5", "26.01", "26.53"]


def test_what_is_spread_goes_on_no_further_than_to_a_year_with_a_target_of_its_own() -> None:
    row = replace(OF_YEAR, value=Decimal(100), profile=Profile.PARTS, carried=Carried.SAME)
    whole = Target("P1-1", "2013-14", value=Decimal(300))
    periods = [*QUARTERS[:8], *WHOLE_YEARS[:2]]
    assert goals(row, whole, of=QUARTERLY, periods=periods) == ["25"] * 4


def test_a_period_of_one_day_is_spread_over_nothing_and_ends_nothing() -> None:
    day = Period("A day", date(2012, 4, 1), date(2012, 4, 1), OPEN_UNTIL)
    row = replace(OF_YEAR, period="A day", profile=Profile.ADDING_UP)
    again = replace(day, name="The same day")
    assert goals(row, of=one(), periods=[day, again]) == ["250", "250"]


def test_the_target_of_a_year_is_there_from_whatever_period_one_asks() -> None:
    spread = replace(OF_YEAR, profile=Profile.PARTS)
    register = replace(register_of(QUARTERLY, periods=A_YEAR), targets=(spread,))
    of_year = in_force(register, "2012-13")
    goal = in_force(of_year, QUARTERS[1].name).target("P1-1", QUARTERS[1].name)
    assert goal is not None
    assert goal.value == Decimal("62.5")


def test_indicators_that_are_due_alike_bear_on_the_same_periods() -> None:
    many = [replace(one(due=due), ref=f"R{n}") for n in range(1000) for due in [ALTERNATING[n % 3]]]
    register = register_of(*many)
    assert [len(bearing(register, each)) for each in QUARTERS] == [
        len(bearing(register_of(*many[:3]), each)) for each in QUARTERS
    ]


def test_a_baseline_stands_beside_a_target_that_is_spread() -> None:
    based = Target("P1-1", QUARTERS[0].name, baseline=Decimal(60), baseline_period="2011-12")
    spread = replace(OF_YEAR, profile=Profile.SAME)
    register = replace(register_of(QUARTERLY, periods=A_YEAR), targets=(spread, based))
    target = in_force(register, QUARTERS[0].name).target("P1-1", QUARTERS[0].name)
    assert target is not None
    assert (target.value, target.baseline) == (Decimal(250), Decimal(60))


def test_a_baseline_of_a_year_is_none_of_its_quarters_nor_of_the_next_year() -> None:
    year = replace(OF_YEAR, profile=Profile.PARTS, carried=Carried.SAME, baseline=Decimal(4400))
    every = replace(QUARTERLY, due=Frequency.EVERY_PERIOD)
    register = register_of(every, periods=[*QUARTERS, *WHOLE_YEARS])
    register = replace(register, targets=(year,))
    found = {
        name: in_force(register, name).target("P1-1", name)
        for name in (WHOLE_YEARS[0].name, QUARTERS[0].name, WHOLE_YEARS[1].name)
    }
    assert [each and each.baseline for each in found.values()] == [Decimal(4400), None, None]
