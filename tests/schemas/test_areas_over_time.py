"""Which service areas there are in a period, what they are called, and who owes what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.register.reader import inspect_register
from pipeline.register.writer import write_register
from pipeline.workspace.errors import RegisterError
from schemas.areas_over_time import answering, areas_of
from schemas.model import Indicator, Period, Register, ServiceArea, Target
from schemas.register_questions import questions
from schemas.renaming import with_names_of
from schemas.timeline import arranged, in_force
from tests.support.builders import indicator, small_register

UNTIL = date(2099, 1, 1)
Q = {
    number: Period(f"2012-13 Q{number}", first, last, UNTIL)
    for number, first, last in (
        (1, date(2012, 4, 1), date(2012, 6, 30)),
        (2, date(2012, 7, 1), date(2012, 9, 30)),
        (3, date(2012, 10, 1), date(2012, 12, 31)),
        (4, date(2013, 1, 1), date(2013, 3, 31)),
    )
}
YEAR = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), UNTIL)
A, B, C = (ServiceArea(ref, f"Area {ref}", f"Lead {ref}", f"{ref}@x.example") for ref in "ABC")
LEAVES = replace(A, last=Q[2].name, becomes=("B",))


def owned(*areas: str, **more: str) -> Indicator:
    return replace(indicator("P1-1", "Homes let", areas=areas), **more)


def register_of(
    *areas: ServiceArea, rows: tuple[Indicator, ...] = (owned("A"),), year: bool = False
) -> Register:
    periods = (*Q.values(), *([YEAR] if year else []))
    small = replace(small_register(), areas=areas, indicators=rows, targets=())
    return arranged(replace(small, periods=tuple(sorted(periods, key=lambda p: p.starts))))


def owing(register: Register, period: Period) -> tuple[str, ...]:
    (found,) = in_force(register, period.name).indicators
    return found.areas


def asked(register: Register) -> list[tuple[str, dict[str, str]]]:
    return [(each.rule.code, each.words) for each in questions(register)]


def test_a_register_in_which_no_area_changes_is_in_force_as_it_is() -> None:
    register = register_of(A, B)
    assert in_force(register, Q[1].name) is register


def test_whoever_takes_over_owes_it_from_the_period_after_the_last() -> None:
    register = register_of(LEAVES, B)
    assert [owing(register, Q[number]) for number in Q] == [("A",), ("A",), ("B",), ("B",)]
    assert [each.ref for each in in_force(register, Q[3].name).areas] == ["B"]
    assert not asked(register)


def test_of_a_year_in_which_an_area_left_it_owes_the_figure_that_the_year_began_with() -> None:
    register = register_of(LEAVES, B, year=True)
    assert owing(register, YEAR) == ("A",)


def test_a_last_period_that_is_a_year_ends_with_its_last_quarter() -> None:
    register = register_of(replace(LEAVES, last=YEAR.name), B, year=True)
    assert owing(register, Q[4]) == ("A",)
    rows = (owned("B", last=YEAR.name),)
    assert owing(register_of(A, B, rows=rows, year=True), Q[4]) == ("B",)


def test_a_merger_of_two_that_reported_the_same_leaves_one() -> None:
    register = register_of(LEAVES, B, rows=(owned("A", "B"),))
    assert (owing(register, Q[2]), owing(register, Q[3])) == (("A", "B"), ("B",))


def test_who_became_another_that_left_too_is_followed_to_the_end() -> None:
    second = replace(B, last=Q[3].name, becomes=("C",))
    register = register_of(LEAVES, second, C)
    assert [owing(register, Q[number]) for number in Q] == [("A",), ("A",), ("B",), ("C",)]


def test_an_area_is_called_what_its_row_of_the_period_says() -> None:
    renamed = replace(A, name="Homes", since=Q[3].name)
    register = register_of(A, renamed, B)
    names = [in_force(register, period.name).area_name("A") for period in Q.values()]
    assert names == ["Area A", "Area A", "Homes", "Homes"]
    assert [each.name for each in register.areas] == ["Homes", "Area B"]


def test_of_a_split_area_nobody_is_asked_until_a_row_says_who_reports_it() -> None:
    split = replace(A, last=Q[2].name, becomes=("B", "C"))
    register = register_of(split, B, C)
    assert owing(register, Q[3]) == ("A",)
    assert in_force(register, Q[3].name).indicators_of("B") == ()
    ((code, words),) = asked(register)
    assert (code, words["parts"], words["period"]) == ("R76", "B and C", Q[3].name)
    said = register_of(split, B, C, rows=(owned("A"), owned("C", since=Q[3].name)))
    assert owing(said, Q[3]) == ("C",)
    assert not asked(said)


def test_what_an_area_reported_that_nobody_took_over_is_asked_about() -> None:
    gone = replace(A, last=Q[2].name)
    ((code, words),) = asked(register_of(gone, B))
    assert (code, words["area"], words["period"]) == ("R77", "A", Q[3].name)
    # Where others report it too, it is theirs alone.
    assert owing(register_of(gone, B, rows=(owned("A", "B"),)), Q[3]) == ("B",)


def test_before_an_area_began_those_owe_it_that_became_it() -> None:
    begins = replace(B, first=Q[3].name)
    register = register_of(LEAVES, begins, rows=(owned("B"),))
    assert (owing(register, Q[2]), owing(register, Q[3])) == (("A",), ("B",))
    assert not asked(register)
    other = replace(C, last=Q[2].name, becomes=("B",))
    ((code, words),) = asked(register_of(LEAVES, begins, other, rows=(owned("B"),)))
    assert (code, words["parts"]) == ("R78", "A and C")


def test_an_area_that_takes_over_before_it_is_there_is_asked_about() -> None:
    late = replace(B, first=Q[4].name)
    codes = [code for code, _ in asked(register_of(LEAVES, late))]
    assert "R75" in codes


def test_two_rows_of_an_area_with_different_last_periods_are_asked_about() -> None:
    again = replace(A, name="Homes", since=Q[2].name, last=Q[3].name, becomes=("B",))
    codes = [code for code, _ in asked(register_of(LEAVES, again, B))]
    assert codes == ["R73"]


def test_areas_that_become_each_other_stop_the_register(tmp_path: Path) -> None:
    back = replace(B, last=Q[3].name, becomes=("A",))
    path = tmp_path / "register.xlsx"
    write_register(register_of(LEAVES, back), path)
    with pytest.raises(
        RegisterError, match=r"becomes A, and that leads back to Area B\. .*\[R74\]"
    ):
        inspect_register(path)


def test_a_last_period_before_the_first_stops_the_register(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    write_register(register_of(replace(LEAVES, first=Q[3].name), B), path)
    with pytest.raises(RegisterError, match=r"begins before the first \(2012-13 Q3\)\..*\[R71\]"):
        inspect_register(path)


def test_an_open_period_without_a_target_is_asked_about_where_others_of_its_length_have_one() -> (
    None
):
    small = replace(register_of(A, B, year=True), targets=(Target("P1-1", Q[1].name, value=None),))
    assert not asked(small)
    targets = tuple(
        Target("P1-1", Q[n].name, value=small.framework.policy.green_from) for n in (1, 2)
    )
    opened = (*(replace(Q[n], open=n != 3) for n in Q), YEAR)
    codes = [
        (code, words["value"])
        for code, words in asked(replace(small, targets=targets, periods=opened))
    ]
    assert codes == [("R79", Q[4].name)]


def test_whoever_answers_for_an_area_today_is_written_to() -> None:
    register = register_of(LEAVES, B)
    before, after = date(2012, 8, 1), date(2012, 11, 1)
    assert answering(register, A, before).emails == ("A@x.example",)
    assert answering(register, A, after).emails == ("B@x.example",)
    assert answering(register, A, after).name == "Area A"
    split = register_of(replace(A, last=Q[2].name, becomes=("B", "C")), B, C)
    assert answering(split, A, after).emails == ("B@x.example", "C@x.example")
    assert areas_of(split).owing("A", after) == ("A",)


def test_a_register_of_before_is_read_under_the_names_of_now() -> None:
    then = register_of(
        A, replace(A, name="Homes", since=Q[2].name), rows=(owned("A", last=Q[2].name),)
    )
    renamed = replace(Q[2], name="Summer", formerly=(Q[2].name,))
    now = replace(then, periods=(Q[1], renamed, Q[3], Q[4]))
    read = with_names_of(then, now)
    assert [each.name for each in read.periods][1] == "Summer"
    assert read.area_versions[1].since == "Summer"
    assert (read.indicators[0].last, read.versions[:1]) == ("Summer", read.versions[:1])
    assert with_names_of(then, then) is then
    assert in_force(read, "Summer").area_name("A") == "Homes"


def test_rows_of_one_area_are_one_however_its_ref_is_spelt(tmp_path: Path) -> None:
    register = register_of(A, B)
    spelt = replace(A, ref="a", name="Homes", since=Q[2].name)
    path = tmp_path / "register.xlsx"
    write_register(replace(register, areas=(A, spelt, B)), path)
    read, _ = inspect_register(path)
    assert [(each.ref, each.name) for each in read.areas] == [("A", "Homes"), ("B", "Area B")]
