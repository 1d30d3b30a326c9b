"""What the register says of how figures accumulate and what replaces what, as people mistype it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.register.reader import inspect_register
from pipeline.workspace.errors import RegisterError
from schemas.accumulation import Accumulation
from schemas.frequency import Profile
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Kind, Period, Target
from schemas.units import Unit
from tests.support.command_line import quarterday
from tests.support.quarters import QUARTERS, SHARE, YEAR, measure, register_of
from tests.support.registers import put_register

A = Accumulation
WEIGHTED = {"merge_rule": MergeRule.WEIGHTED}
PERCENT = {"unit": Unit.PERCENT, "merge_rule": MergeRule.MEAN}
#: In the first quarter of the year.
APRIL = Period("April 2012", date(2012, 4, 1), date(2012, 4, 30), date(2099, 12, 31))
MILESTONE = {
    "kind": Kind.MILESTONE, "unit": None, "polarity": None, "merge_rule": MergeRule.SOLE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (measure(A.YEAR_TO_DATE, **PERCENT), "its unit is percent, of which no sum says anything"),
        (measure(A.ROLLING_SUM, **SHARE), "its unit is percent, of which no sum says anything"),
        (measure(A.CUMULATIVE, **PERCENT), "its unit is percent, of which no sum says anything"),
        (
            measure(A.ROLLING_WEIGHTED, **PERCENT),
            "the merge rule is not weighted, so that areas need give no parts",
        ),
        (
            measure(A.CUMULATIVE, merge_rule=MergeRule.MAXIMUM),
            "the merge rule is maximum, so that no period adds anything to the one before",
        ),
        (measure(A.ROLLING_MEAN, **MILESTONE), "the indicator is a milestone"),
    ],
)
def test_a_way_to_accumulate_that_does_not_fit_is_refused(
    row: Indicator, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "register.xlsx"
    put_register(register_of(row), path)
    with pytest.raises(RegisterError) as refused:
        inspect_register(path)
    (said,) = refused.value.problems
    assert f'Indicators!AC4: "{row.accumulation}" cannot be done: {why}.' in said
    assert said.endswith("[R60]")


@pytest.mark.parametrize(
    "row",
    [
        *(measure(how) for how in A if how is not A.ROLLING_WEIGHTED),
        *(measure(how, **SHARE) for how in A if how is not A.ROLLING_SUM),
        measure(A.LATEST, **MILESTONE),
    ],
)
def test_what_fits_is_read_as_it_was_written(row: Indicator, tmp_path: Path) -> None:
    target = Target("P1-1", YEAR.name, value=row.plausible_minimum, profile=None)
    assert target.profile is not Profile.LAST_YEAR
    path = tmp_path / "register.xlsx"
    put_register(register_of(row), path)
    register, said = inspect_register(path)
    assert (register.indicators, said) == ((row,), ())


OLD = replace(measure(A.AS_REPORTED), last=QUARTERS[3].name)
NEW = replace(OLD, ref="P1-2", wording="Homes", last="", first=QUARTERS[4].name, replaces=("P1-1",))


def test_what_is_replaced_and_ends_is_read_and_nothing_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    put_register(register_of(OLD, NEW), path)
    register, said = inspect_register(path)
    assert (register.indicators[1].replaces, said) == (("P1-1",), ())


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        (replace(OLD, last=""), NEW, "R62", "P1-1 has no last period, and is replaced by P1-2."),
        (
            replace(OLD, last=QUARTERS[5].name),
            NEW,
            "R63",
            "P1-1 is still due in periods for which P1-2 is, which replaces it.",
        ),
        (
            OLD,
            replace(NEW, first=""),
            "R63",
            "P1-1 is still due in periods for which P1-2 is, which replaces it.",
        ),
    ],
)
def test_what_is_due_beside_what_replaces_it_is_asked_about(
    old: Indicator, new: Indicator, code: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "register.xlsx"
    put_register(register_of(old, new), path)
    _, (found,) = inspect_register(path)
    assert (found.code, found.severity, found.problem) == (code, "warning", says)
    shown = quarterday("register", "check", path, "--workspace", tmp_path)
    assert shown.exit_code == 0
    assert says in " ".join(shown.stdout.split())


@pytest.mark.parametrize(
    ("row", "spread", "are", "instead"),
    [
        (measure(A.YEAR_TO_DATE), Profile.PARTS, "of the year so far", "adding up evenly"),
        (measure(A.CUMULATIVE), Profile.PARTS, "of the year so far", "adding up evenly"),
        (measure(A.AS_REPORTED), Profile.ADDING_UP, "of each period alone", "even parts"),
        (measure(A.ROLLING_SUM), Profile.PARTS, "of a whole year", "the same in each"),
        (measure(A.ROLLING_MEAN), Profile.ADDING_UP, "of a whole year", "the same in each"),
        (
            measure(A.AS_REPORTED, **PERCENT),
            Profile.PARTS,
            "percentages, of which a year's has no parts",
            "the same in each",
        ),
        (measure(A.YEAR_TO_DATE), Profile.ADDING_UP, "", ""),
        (measure(A.AS_REPORTED), Profile.PARTS, "", ""),
        (measure(A.ROLLING_SUM), Profile.SAME, "", ""),
    ],
)
def test_a_spread_that_does_not_suit_the_figures_is_asked_about(
    row: Indicator, spread: Profile, are: str, instead: str, tmp_path: Path
) -> None:
    target = Target("P1-1", YEAR.name, value=Decimal(80), profile=spread)
    path = tmp_path / "register.xlsx"
    periods = (*QUARTERS[4:8], YEAR)
    put_register(register_of(row, targets=(target,), periods=periods), path)
    _, said = inspect_register(path)
    problem = f"The target of P1-1 is spread as {spread}, and the figures that are rated are {are}."
    expected = [("R57", "warning", problem)] if are else []
    assert [(each.code, each.severity, each.problem) for each in said] == expected
    assert all(each.fix.startswith(f"Choose {instead}, or another way") for each in said)


@pytest.mark.parametrize(
    ("replaces", "says"),
    [
        (("P1-2",), "P1-2 is to replace itself."),
        (("P1-7",), '"P1-7" is not a ref on the sheet Indicators.'),
    ],
)
def test_an_indicator_replaces_another_one_that_is_there(
    replaces: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "register.xlsx"
    put_register(register_of(OLD, replace(NEW, replaces=replaces)), path)
    with pytest.raises(RegisterError) as refused:
        inspect_register(path)
    (said,) = refused.value.problems
    assert f"Indicators!AD5: {says}" in said


def test_what_changes_is_told_in_words(tmp_path: Path) -> None:
    was, now = tmp_path / "was.xlsx", tmp_path / "now.xlsx"
    put_register(register_of(measure(A.AS_REPORTED)), was)
    put_register(register_of(measure(A.YEAR_TO_DATE)), now)
    told = quarterday("register", "diff", was, now, "--workspace", tmp_path).stdout
    said = "The accumulation of P1-1 (Homes let) is “year to date”; it was blank."
    assert said in " ".join(told.split())


@pytest.mark.parametrize(
    ("of", "periods", "is_asked"),
    [
        (QUARTERS[4], (QUARTERS[4], YEAR), True),
        (YEAR, (*QUARTERS[4:8], YEAR), False),
        (YEAR, (YEAR,), False),
        (QUARTERS[4], (QUARTERS[4], APRIL), False),
    ],
)
def test_a_spread_over_nothing_is_asked_about(
    of: Period, periods: tuple[Period, ...], is_asked: bool, tmp_path: Path
) -> None:
    target = Target("P1-1", of.name, value=Decimal(80), profile=Profile.SAME)
    path = tmp_path / "register.xlsx"
    put_register(register_of(measure(A.AS_REPORTED), targets=(target,), periods=periods), path)
    _, said = inspect_register(path)
    problem = (
        f"{of.name} is no year, and no other period lies in it: its target is spread (the same in "
        "each) over nothing."
    )
    expected = [("R58", "warning", problem)] if is_asked else []
    assert [(each.code, each.severity, each.problem) for each in said] == expected
