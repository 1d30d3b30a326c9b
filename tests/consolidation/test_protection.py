"""Whether a figure can be another beside all that is printed, the quick way and the plain one."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.consolidation.elimination import Solved, Work, WorkLimitError
from pipeline.consolidation.inference import Reader
from pipeline.consolidation.merge import merge
from pipeline.consolidation.printed import Told
from pipeline.consolidation.protection import Equation, Name, Unknown, are_protected
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Kind, Polarity
from schemas.units import Unit
from tests.consolidation.test_disclosure import owned, register_of, told
from tests.consolidation.test_over_issues import issued
from tests.support import plain_protection

MUCH = 10**9
SIZES = st.integers(0, 12).map(Fraction)


@st.composite
def unknowns(draw: st.DrawFn) -> Unknown:
    value = draw(SIZES)
    least, most = draw(st.none() | SIZES), draw(st.none() | SIZES)
    kind = draw(st.sampled_from(("nothing", "moves", "across", "ways")))
    return Unknown(
        value,
        None if least is None else min(least, value),
        None if most is None else max(most, value),
        below=draw(SIZES) if kind == "ways" else Fraction(0),
        above=draw(SIZES) if kind == "ways" else Fraction(0),
        across=draw(SIZES) if kind == "across" else Fraction(0),
        moves=kind == "moves",
    )


@st.composite
def systems(draw: st.DrawFn) -> tuple[dict[Name, Unknown], list[Equation]]:
    names = "abcdefg"[: draw(st.integers(1, 7))]
    by = st.sampled_from((1, 1, 1, 1, -1, 2, Fraction(1, 3))).map(Fraction)
    equation = st.dictionaries(st.sampled_from(names), by, min_size=1)
    return {name: draw(unknowns()) for name in names}, draw(st.lists(equation, max_size=7))


@given(system=systems(), is_whole=st.booleans())
def test_what_is_protected_is_so_by_the_plain_way_too(
    system: tuple[dict[Name, Unknown], list[Equation]], is_whole: bool
) -> None:
    figures, equations = system
    quick = are_protected(figures, equations, is_whole=is_whole, work=Work(MUCH))
    assert quick is plain_protection.are_protected(figures, equations, is_whole=is_whole)


@given(system=systems(), orders=st.lists(st.permutations(range(7)), min_size=1, max_size=4))
def test_a_change_breaks_no_equation_in_whatever_order_they_are_solved(
    system: tuple[dict[Name, Unknown], list[Equation]], orders: list[list[int]]
) -> None:
    names = {name: number for number, name in enumerate(system[0])}
    equations = [{names[n]: by for n, by in equation.items()} for equation in system[1]]
    solved = Solved(equations, Work(MUCH))
    for order in orders:
        for tied in solved.tied():
            of_these = [number for number in order if number in tied]
            solved.solve_for(of_these)
            if (change := solved.change(of_these[-1])) is not None:
                change[of_these[-1]] = 1
                for equation in equations:
                    assert sum(by * change.get(n, 0) for n, by in equation.items()) == 0


# --- What it may cost ----------------------------------------------------------------------------


def test_what_there_is_no_work_left_to_find_out_counts_as_known() -> None:
    indicator = owned(MergeRule.SUM, 3)
    figures = [told(area, figure) for area, figure in zip("ABC", (3, 20, 40), strict=True)]
    (merged,) = merge(register_of(indicator), "now", figures)
    assert Reader([Told()], 5).is_kept_from(merged, {"A", "B"})
    assert not Reader([Told()], 5, Work(10)).is_kept_from(merged, {"A", "B"})
    with pytest.raises(WorkLimitError):
        Work(10).spend(11)


def test_a_fifth_of_thirty_areas_may_correct_its_figures_for_weeks() -> None:
    chance = random.Random(1)  # noqa: S311
    areas = tuple(f"A{number}" for number in range(30))
    indicator = Indicator(
        *("I1", "P1", "Something", Kind.MEASURE, Unit.COUNT, 0, Polarity.LOWER),
        areas=areas,
        merge_rule=MergeRule.SUM,
    )
    standing = {area: told(area, 20) for area in areas}
    before, shown = Told(), []
    for _ in range(24):
        for area in chance.sample(areas, 6):
            standing[area] = told(area, chance.choice((0, 1, 2, 3, 4, 6, 9, 14, 20, 41, 63, 90)))
        shown.append(issued(indicator, [*standing.values()], before)[1].value is not None)
    # Were one not found out, none would be shown from then on.
    assert shown[-1]
    assert sum(shown) > 20
