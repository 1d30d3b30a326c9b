"""Of which periods a figure is made, and with which it is compared."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from schemas.accumulation import Accumulation
from schemas.bearing import (
    bearing,
    borne,
    checked_against,
    compared,
    following,
    in_series,
    series,
    span,
)
from schemas.frequency import AcrossBreak, FirstMonth, Frequency, WhenNotDue
from schemas.model import Indicator, Period, Register
from schemas.timeline import in_force
from tests.support.quarters import OPEN_UNTIL, QUARTERS, YEAR, measure, register_of

A = Accumulation
MONTHS = tuple(
    Period(f"{first:%B %Y}", first, then - timedelta(days=1), OPEN_UNTIL)
    for year in (2012, 2013)
    for month in range(1, 13)
    for first in [date(year, month, 1)]
    for then in [date(year + month // 12, month % 12 + 1, 1)]
)


def spanned(register: Register, row: Indicator, period: Period) -> tuple[list[str], bool]:
    found = span(register, row, period)
    return [each.name for each in found.periods], found.is_cut_short


@pytest.mark.parametrize(
    ("how", "at", "expected"),
    [
        (A.AS_REPORTED, 5, [5]),
        (A.YEAR_TO_DATE, 4, [4]),
        (A.YEAR_TO_DATE, 6, [4, 5, 6]),
        (A.CUMULATIVE, 7, [4, 5, 6, 7]),
        (A.ROLLING_SUM, 5, [2, 3, 4, 5]),
        (A.ROLLING_MEAN, 3, [0, 1, 2, 3]),
        (A.ROLLING_WEIGHTED, 11, [8, 9, 10, 11]),
        (A.LATEST, 3, [0, 1, 2, 3]),
    ],
)
def test_a_figure_is_made_of_the_quarters_of_its_year_or_of_the_year_that_ends_with_it(
    how: Accumulation, at: int, expected: list[int]
) -> None:
    row = measure(how)
    found = spanned(register_of(row, periods=(*QUARTERS, YEAR)), row, QUARTERS[at])
    assert found == ([QUARTERS[each].name for each in expected], False)


def test_months_are_accumulated_over_months() -> None:
    row = measure(A.ROLLING_SUM)
    register = register_of(row, periods=(*MONTHS, *QUARTERS[3:]))
    names, is_cut_short = spanned(register, row, MONTHS[17])
    assert (len(names), names[0], is_cut_short) == (12, "July 2012", False)
    to_date = measure(A.YEAR_TO_DATE)
    assert spanned(register_of(to_date, periods=MONTHS), to_date, MONTHS[14])[0] == [
        each.name for each in MONTHS[3:15]
    ]


def test_a_year_begins_where_the_register_says() -> None:
    row = measure(A.YEAR_TO_DATE)
    register = register_of(row)
    framework = replace(register.framework, year_begins=FirstMonth.JULY)
    july = replace(register, framework=framework)
    assert spanned(july, row, QUARTERS[4])[0] == [each.name for each in QUARTERS[1:5]]
    assert spanned(july, row, QUARTERS[5])[0] == [QUARTERS[5].name]


@pytest.mark.parametrize("how", [A.YEAR_TO_DATE, A.ROLLING_SUM])
def test_a_register_that_begins_within_the_year_lacks_a_part(how: Accumulation) -> None:
    row = measure(how)
    names, is_cut_short = spanned(register_of(row, periods=QUARTERS[1:]), row, QUARTERS[2])
    assert (names, is_cut_short) == ([each.name for each in QUARTERS[1:3]], True)


def test_an_indicator_of_some_quarters_has_had_no_year_but_a_year_to_date() -> None:
    new = {"first": QUARTERS[5].name}
    rolling, to_date = measure(A.ROLLING_SUM, **new), measure(A.YEAR_TO_DATE, **new)
    assert spanned(register_of(rolling), rolling, QUARTERS[6])[1]
    assert spanned(register_of(to_date), to_date, QUARTERS[6]) == (
        [QUARTERS[5].name, QUARTERS[6].name],
        False,
    )


def test_what_is_due_twice_a_year_is_made_of_two_figures() -> None:
    row = measure(A.ROLLING_SUM, due=Frequency.HALF_YEARLY)
    assert spanned(register_of(row), row, QUARTERS[5]) == (
        [QUARTERS[3].name, QUARTERS[5].name],
        False,
    )


def test_what_is_due_once_a_year_is_of_the_whole_of_it() -> None:
    row = measure(A.YEAR_TO_DATE, due=Frequency.YEARLY)
    found = span(register_of(row), row, QUARTERS[3])
    assert (found.periods, found.starts) == ((QUARTERS[3],), QUARTERS[0].starts)
    late = measure(A.YEAR_TO_DATE, first=QUARTERS[1].name)
    assert span(register_of(late), late, QUARTERS[3]).starts == QUARTERS[1].starts


def test_a_year_itself_is_made_of_nothing_else() -> None:
    row = measure(A.YEAR_TO_DATE)
    assert spanned(register_of(row, periods=(*QUARTERS, YEAR)), row, YEAR) == ([YEAR.name], False)


@pytest.mark.parametrize("how", [A.YEAR_TO_DATE, A.CUMULATIVE])
def test_what_grows_in_a_year_is_compared_with_the_same_point_of_the_last_alone(
    how: Accumulation,
) -> None:
    row = measure(how)
    pair = compared(register_of(row), row, QUARTERS[4])
    assert (pair.last, pair.year_before) == (QUARTERS[0], QUARTERS[0])


def test_what_rolls_is_compared_with_the_last_and_with_a_year_before() -> None:
    row = measure(A.ROLLING_SUM)
    pair = compared(register_of(row), row, QUARTERS[4])
    assert (pair.last, pair.year_before) == (QUARTERS[3], QUARTERS[0])


def test_what_areas_report_cumulatively_is_checked_against_the_year_before_and_so_far() -> None:
    cumulative, to_date = register_of(measure(A.CUMULATIVE)), register_of(measure(A.YEAR_TO_DATE))
    assert checked_against(cumulative, QUARTERS[5]) == (QUARTERS[1], QUARTERS[4])
    # A year begins anew.
    assert checked_against(cumulative, QUARTERS[4]) == (QUARTERS[0],)
    assert checked_against(to_date, QUARTERS[5]) == (QUARTERS[1], QUARTERS[4])


def test_an_appendix_tells_of_the_parts_of_what_it_compares_with_too() -> None:
    rolling, plain = measure(A.ROLLING_SUM), replace(measure(A.AS_REPORTED), ref="P1-2")
    register = register_of(rolling, plain)
    found = {e: borne(register, QUARTERS[9], e) for e in bearing(register, QUARTERS[9])}
    whole = {QUARTERS[8], QUARTERS[5]}
    assert {each for each, refs in found.items() if refs is None} == whole
    assert found.keys() == {*QUARTERS[2:9]}
    assert {refs for each, refs in found.items() if each not in whole} == {frozenset({"P1-1"})}


def test_march_says_nothing_beside_april_of_what_is_reported_cumulatively() -> None:
    cumulative, plain = measure(A.CUMULATIVE), replace(measure(A.AS_REPORTED), ref="P1-2")
    register = register_of(cumulative, plain)
    assert borne(register, QUARTERS[4], QUARTERS[3]) == {"P1-2"}
    assert borne(register, QUARTERS[4], QUARTERS[0]) is None
    assert following(register, QUARTERS[5]) == QUARTERS[6:8]


def _names(periods: tuple[Period, ...]) -> list[str]:
    return [each.name for each in periods]


def test_a_series_is_of_the_seven_periods_before_for_which_it_was_due() -> None:
    row = measure(A.AS_REPORTED)
    register = register_of(row, periods=(*QUARTERS, YEAR))
    assert _names(series(register, row, QUARTERS[11])) == _names(QUARTERS[4:11])
    assert _names(series(register, row, QUARTERS[2])) == _names(QUARTERS[:2])
    assert series(register, row, QUARTERS[0]) == ()
    assert series(register, row, YEAR) == ()
    half = replace(row, due=Frequency.HALF_YEARLY, when_not_due=WhenNotDue.LAST_FIGURE)
    register = register_of(half)
    assert _names(series(register, half, QUARTERS[11])) == _names(QUARTERS[1:11:2])
    # What is not due has the periods before it for which it was.
    assert _names(series(register, half, QUARTERS[10])) == _names(QUARTERS[1:10:2])


def test_nothing_grows_with_periods_further_back() -> None:
    row = measure(A.AS_REPORTED)
    register = register_of(row, periods=MONTHS)
    assert len(in_series(register, MONTHS[-1])) == 7


@pytest.mark.parametrize(
    ("across", "begins"), [(AcrossBreak.NOT_COMPARED, 7), (AcrossBreak.COMPARED, 4)]
)
def test_a_series_goes_back_to_a_break_unless_the_register_compares_across_it(
    across: AcrossBreak, begins: int
) -> None:
    then = measure(A.AS_REPORTED)
    now = replace(then, since=QUARTERS[7].name, across_break=across)
    register = register_of(then, now)
    (row,) = in_force(register, QUARTERS[11].name).indicators
    assert _names(series(register, row, QUARTERS[11])) == _names(QUARTERS[begins:11])
    (row,) = in_force(register, QUARTERS[7].name).indicators
    earlier = QUARTERS[:7] if across is AcrossBreak.COMPARED else ()
    assert _names(series(register, row, QUARTERS[7])) == _names(earlier)
