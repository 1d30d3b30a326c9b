"""What the register says of indicators, targets and periods over time, as people may mistype it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.register.reader import inspect_register
from schemas.frequency import Carried, Frequency, Profile
from schemas.model import Period, Register
from schemas.timeline import in_force
from schemas.units import Unit
from tests.support.builders import small_register
from tests.support.command_line import quarterday
from tests.support.register_fixture import change, problems_of, write_worked
from tests.support.registers import put_register


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    return path


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (
            {"Indicators!S4": "in listed periods", "Indicators!T4": "2012-13; 2014-15"},
            'Indicators!T4: "2014-15" is not a name on the sheet Periods.',
        ),
        (
            {"Indicators!S5": "in listed periods"},
            "Indicators!T5: Due in is blank, and it is due in listed periods.",
        ),
        (
            {"Indicators!S6": "every other year"},
            "Indicators!V6: First period is blank, and every other year is counted from there.",
        ),
        (
            {"Indicators!V7": "2012-13", "Indicators!W7": "2011-12"},
            "Indicators!W7: The last period (2011-12) begins before the first (2012-13).",
        ),
        (
            {"Targets!J5": "changed by percent"},
            "Targets!K5: Change a year is blank, and the target changes from year to year.",
        ),
        (
            {"Targets!J5": "the same", "Targets!K5": 5},
            "Targets!K5: 5 stands under Change a year, and the target goes on the same for the",
        ),
    ],
)
def test_what_cannot_be_meant_names_its_cell(
    workbook: Path, cells: dict[str, object], says: str
) -> None:
    for place, typed in cells.items():
        sheet, cell = place.split("!")
        change(workbook, sheet, cell, typed)
    assert [line for line in problems_of(workbook) if says in line]


def with_periods(*periods: Period) -> Register:
    small = small_register()
    return replace(small, periods=(*small.periods, *periods))


ODD = {
    "R54": Period("2013-14 Q1", date(2013, 4, 1), date(2013, 6, 30), date(2013, 6, 15)),
    "R55": Period("The year again", date(2012, 4, 1), date(2013, 3, 31), date(2013, 5, 31)),
    "R56": Period("2013-14 Q1", date(2013, 4, 1), date(2013, 7, 31), date(2013, 8, 31)),
}
SAYS = {
    "R54": "Returns for 2013-14 Q1 are due on 15/06/2013, before it ends.",
    "R55": "The year again shares days with 2012-13, which is as long.",
    "R56": "2013-14 Q1 runs from 1 April 2013 to 31/07/2013: it has 122 days, and is called like a "
    "quarter.",
}


@pytest.mark.parametrize("code", ODD)
def test_a_period_that_may_not_be_meant_so_is_asked_about_and_the_register_is_used(
    code: str, tmp_path: Path
) -> None:
    path = tmp_path / "register.xlsx"
    put_register(with_periods(ODD[code]), path)
    _, findings = inspect_register(path)
    (found,) = (each for each in findings if each.code != "R79")
    assert (found.code, found.severity, found.problem) == (code, "warning", SAYS[code])
    shown = quarterday("register", "check", path, "--workspace", tmp_path)
    assert shown.exit_code == 0
    assert SAYS[code] in " ".join(shown.stdout.split())


def test_months_weeks_quarters_halves_and_years_are_not_asked_about(tmp_path: Path) -> None:
    due = date(2014, 12, 31)
    usual = with_periods(
        Period("April 2013", date(2013, 4, 1), date(2013, 4, 30), due),
        Period("Four weeks", date(2013, 4, 1), date(2013, 4, 28), due),
        Period("2013-14 Q1", date(2013, 4, 1), date(2013, 6, 30), due),
        Period("2013-14 H1", date(2013, 4, 1), date(2013, 9, 30), due),
        Period("2013-14", date(2013, 4, 1), date(2014, 3, 31), due, open=False),
    )
    path = tmp_path / "register.xlsx"
    put_register(replace(usual, periods=usual.periods[:2] + usual.periods[3:]), path)
    assert inspect_register(path)[1] == ()


def test_a_register_with_all_of_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    small = small_register()
    first, second, *others = small.indicators
    after = replace(first, unit=Unit.PERCENT, wording="Share of incidents", since="2013-14")
    year = Period("2013-14", date(2013, 4, 1), date(2014, 3, 31), date(2014, 4, 30))
    spread = replace(small.targets[0], profile=Profile.ADDING_UP, carried=Carried.SAME)
    register = replace(
        small,
        indicators=(first, after, replace(second, due=Frequency.YEARLY), *others),
        periods=(*small.periods, year),
        targets=(spread, *small.targets[1:]),
    )
    path = tmp_path / "register.xlsx"
    put_register(register, path)
    read, _ = inspect_register(path)
    assert {each.ref for each in read.indicators} == {each.ref for each in small.indicators}
    for name in ("2012-13", "2013-14"):
        mine, its = in_force(read, name), in_force(register, name)
        assert mine.indicators == its.indicators
        assert mine.target(first.ref, name) == its.target(first.ref, name)


def test_a_target_is_in_the_unit_that_its_indicator_has_in_its_period(tmp_path: Path) -> None:
    small = small_register()
    first, *others = small.indicators
    after = replace(first, unit=Unit.PERCENT, since="2013-14")
    year = Period("2013-14", date(2013, 4, 1), date(2014, 3, 31), date(2014, 4, 30))
    goal = replace(small.targets[0], period="2013-14")
    register = replace(
        small,
        indicators=(first, after, *others),
        periods=(*small.periods, year),
        targets=(*small.targets, goal),
    )
    path = tmp_path / "register.xlsx"
    put_register(register, path)
    read, _ = inspect_register(path)
    shown = {
        name: goal.shown(in_force(read, name).indicators[0].unit)
        for name in ("2012-13", "2013-14")
        if (goal := in_force(read, name).target(first.ref, name))
    }
    assert shown == {"2012-13": "4248", "2013-14": "4248%"}
