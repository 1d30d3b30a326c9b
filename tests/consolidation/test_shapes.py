"""Targets of a year spread in the shape of the year before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.consolidation.shapes import shaped
from schemas.accumulation import Accumulation
from schemas.frequency import Carried, Profile
from schemas.model import Period, Target
from schemas.timeline import in_force
from tests.support.council import REGISTER
from tests.support.quarters import QUARTERS, YEAR, measure

#: What was published for each quarter of the year before: 160 in all.
PUBLISHED = dict(
    zip([each.name for each in QUARTERS], map(Decimal, (10, 30, 50, 70)), strict=False)
)


def targets_of(how: Accumulation, periods: tuple[Period, ...]) -> list[Decimal | None]:
    """The targets of this year's quarters on a register of some periods, of 200 for the year."""
    row = measure(how)
    target = Target(row.ref, YEAR.name, value=Decimal(200), profile=Profile.LAST_YEAR)
    register = replace(REGISTER, indicators=(row,), targets=(target,), periods=periods)
    made = shaped(register, lambda each: {row.ref: PUBLISHED[each.name]})
    found = [
        in_force(made, each.name).target(row.ref, each.name)
        for each in QUARTERS[4:8]
        if each in periods
    ]
    return [each.value if each else None for each in found]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Accumulation.AS_REPORTED, ["12.5", "37.5", "62.5", "87.5"]),
        (Accumulation.YEAR_TO_DATE, ["12.5", "50", "112.5", "200"]),
    ],
)
def test_the_quarters_that_are_still_to_be_typed_change_no_target(
    how: Accumulation, expected: list[str]
) -> None:
    whole = [*map(Decimal, expected)]
    assert targets_of(how, (*QUARTERS[:8], YEAR)) == whole
    assert targets_of(how, (*QUARTERS[:5], YEAR)) == whole[:1]


def test_the_order_of_the_sheet_periods_changes_no_target() -> None:
    mixed = (YEAR, *reversed(QUARTERS[:8]))
    assert targets_of(Accumulation.YEAR_TO_DATE, mixed) == [
        Decimal(each) for each in ("12.5", "50", "112.5", "200")
    ]


def test_a_year_before_that_is_not_whole_on_the_register_has_no_shape() -> None:
    assert targets_of(Accumulation.YEAR_TO_DATE, (*QUARTERS[1:8], YEAR)) == [None] * 4


def test_a_target_that_goes_on_takes_the_shape_of_the_year_before_each() -> None:
    published = {**PUBLISHED, **dict.fromkeys([each.name for each in QUARTERS[4:8]], Decimal(25))}
    row = measure(Accumulation.AS_REPORTED)
    target = Target(
        row.ref, YEAR.name, value=Decimal(200), profile=Profile.LAST_YEAR,
        carried=Carried.BY_PERCENT, change=Decimal(10),
    )  # fmt: skip
    after = replace(YEAR, name="2013-14", starts=date(2013, 4, 1), ends=date(2014, 3, 31))
    periods = (*QUARTERS, YEAR, after)
    register = replace(REGISTER, indicators=(row,), targets=(target,), periods=periods)
    made = shaped(register, lambda each: {row.ref: published[each.name]})
    found = [in_force(made, each.name).target(row.ref, each.name) for each in QUARTERS[4:12]]
    assert [each and each.value for each in found] == [
        Decimal(each) for each in ("12.5", "37.5", "62.5", "87.5", "55", "55", "55", "55")
    ]
