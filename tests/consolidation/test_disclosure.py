"""Small numbers are suppressed, and nobody can work them out from what is printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.consolidation.disclosure import WITHHELD, disclose
from pipeline.consolidation.merge import Consolidated, merge
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Kind, Polarity, Register, SmallNumbers, Status
from schemas.observations import Observation
from schemas.units import Unit
from tests.support.builders import small_register

BELOW = 5
#: A figure as an area gives it: a number, or a numerator and a denominator.
Given = int | tuple[int, int]


def owned(
    rule: MergeRule, count: int, unit: Unit = Unit.COUNT, *, decimals: int = 2, **more: object
) -> Indicator:
    areas = tuple("ABCDEFGH"[:count])
    made = Indicator(
        "I1", "P1", "Something", Kind.MEASURE, unit, decimals, Polarity.LOWER, areas, rule
    )
    return replace(made, **more)  # type: ignore[arg-type]


def told(area: str, figure: Given | str | None, **more: object) -> Observation:
    """What an area reports: a number, parts of a percentage, or `None` for a figure it hides."""
    observation = Observation("I1", area, "now", Status.FINAL)
    match figure:
        case None:
            observation = replace(observation, suppressed=True)
        case (top, bottom):
            share = round(Decimal(100 * top) / bottom, 1) if bottom else Decimal(0)
            parts = {"numerator": Decimal(top), "denominator": Decimal(bottom)}
            observation = replace(observation, value=share, **parts)
        case _:
            observation = replace(observation, value=Decimal(figure))
    return replace(observation, **more)  # type: ignore[arg-type]


def register_of(indicator: Indicator, below: int | None = BELOW) -> Register:
    register = small_register()
    framework = replace(register.framework, small_below=below)
    return replace(register, framework=framework, indicators=(indicator,))


def disclosed(
    indicator: Indicator, figures: Iterable[Given | str | None], below: int | None = BELOW
) -> Consolidated:
    """What may be printed of the figures that the indicator's areas report, in their order."""
    return made_of(
        indicator, [told(a, f) for a, f in zip(indicator.areas, figures, strict=True)], below
    )


def made_of(
    indicator: Indicator, observations: Sequence[Observation], below: int | None = BELOW
) -> Consolidated:
    register = register_of(indicator, below)
    (found,) = disclose(register, merge(register, "now", observations))
    return found


def shown(found: Consolidated) -> str:
    """The areas' figures and the merged one, `x` for what is suppressed: `x x 40 = 63`."""

    def printed(value: Decimal | None, *, suppressed: bool) -> str:
        if suppressed:
            assert value is None
            return "x"
        return "-" if value is None else f"{value.normalize():f}"

    areas = [printed(o.value, suppressed=o.suppressed) for o in found.observations]
    return f"{' '.join(areas)} = {printed(found.value, suppressed=found.suppressed)}"


# --- The small figures themselves ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "figure", "expected"),
    [
        (Unit.COUNT, 1, "x = x"),
        (Unit.COUNT, 4, "x = x"),
        (Unit.COUNT, 5, "5 = 5"),
        (Unit.COUNT, 0, "0 = 0"),
        (Unit.COUNT, "0.5", "x = x"),
        (Unit.COUNT, "4.9", "x = x"),
        (Unit.COUNT, "-3", "-3 = -3"),
        (Unit.CURRENCY, 3, "3 = 3"),
        (Unit.DAYS, 3, "3 = 3"),
        (Unit.SCORE, "3.5", "3.5 = 3.5"),
        (Unit.PERCENT, 3, "3 = 3"),
        (Unit.RATIO, 3, "3 = 3"),
        (Unit.PERCENT, (4, 40), "x = x"),
        (Unit.PERCENT, (36, 40), "x = x"),
        (Unit.PERCENT, (3, 3), "x = x"),
        (Unit.PERCENT, (0, 3), "x = x"),
        (Unit.PERCENT, (10, 40), "25 = 25"),
        (Unit.PERCENT, (0, 40), "0 = 0"),
        (Unit.PERCENT, (40, 40), "100 = 100"),
        (Unit.PERCENT, (0, 0), "0 = 0"),
        (Unit.RATIO, (36, 40), "90 = 90"),
        (Unit.RATIO, (4, 40), "x = x"),
        (Unit.DAYS, (30, 3), "x = x"),
    ],
)
def test_a_figure_is_suppressed_where_it_counts_fewer_people_than_the_threshold(
    unit: Unit, figure: Given, expected: str
) -> None:
    assert shown(disclosed(owned(MergeRule.SOLE, 1, unit), [figure])) == expected


def test_what_is_suppressed_has_lost_its_parts_too() -> None:
    found = disclosed(owned(MergeRule.SOLE, 1, Unit.PERCENT), [(4, 40)])
    (observation,) = found.observations
    assert observation == replace(told("A", None), suppressed=True)
    assert (found.value, found.suppressed) == (None, True)


def test_without_a_threshold_everything_stays_as_it_was_merged() -> None:
    indicator = owned(MergeRule.SUM, 2)
    register = register_of(indicator, below=None)
    merged = merge(register, "now", [told("A", 1), told("B", None)])
    assert disclose(register, merged) == merged


def test_an_indicator_that_counts_no_people_publishes_small_numbers() -> None:
    schemes = owned(MergeRule.SUM, 2, small_numbers=SmallNumbers.PUBLISH)
    assert shown(disclosed(schemes, [3, 1])) == "3 1 = 4"


# --- What would give them away -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "figures", "expected"),
    [
        (MergeRule.SUM, [3, 20, 40], "x x 40 = 63"),
        (MergeRule.SUM, [40, 20, 3], "40 x x = 63"),
        (MergeRule.SUM, [3, 2, 40], "x x 40 = 45"),
        (MergeRule.SUM, [1, 2, 40], "x x x = 43"),  # 1 and 2 are too few together
        (MergeRule.SUM, [4, 4, 40], "x x x = 48"),  # 8 can only be 4 and 4
        (MergeRule.SUM, [1, 1, 1, 1, 1], "x x x x x = x"),  # 5 can only be five of 1
        (MergeRule.SUM, [4, 4], "x x = x"),
        (MergeRule.SUM, [1, 2], "x x = x"),
        (MergeRule.SUM, [3, 0, 0], "x 0 0 = x"),
        (MergeRule.SUM, [3, 0, 9], "x 0 x = 12"),
        (MergeRule.SUM, [3, 20, 20, 40], "x x x 40 = 83"),  # which of two alike tells nothing
        (MergeRule.SUM, [5, 20, 0], "5 20 0 = 25"),
        (MergeRule.SUM, [3, None, 20], "x x 20 = x"),
        (MergeRule.MEAN, [3, 20, 40], "x x 40 = 21"),
        (MergeRule.MEAN, [3, 0, 0], "x 0 0 = x"),
        (MergeRule.MINIMUM, [3, 20, 40], "x 20 40 = x"),
        (MergeRule.MINIMUM, [3, 0, 40], "x 0 40 = 0"),
        (MergeRule.MAXIMUM, [3, 20, 40], "x 20 40 = 40"),
        (MergeRule.MAXIMUM, [3, 0, 1], "x 0 x = x"),
        (MergeRule.SOLE, [3, 3], "x x = x"),
        (MergeRule.SOLE, [3, None], "x x = x"),
        (MergeRule.SOLE, [30, None], "x x = x"),
        (MergeRule.SOLE, [3, 20], "x 20 = -"),  # they disagree
    ],
)
def test_so_are_the_figures_that_it_could_be_worked_out_from(
    rule: MergeRule, figures: list[int | None], expected: str
) -> None:
    assert shown(disclosed(owned(rule, len(figures)), figures)) == expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([(3, 40), (30, 90), (80, 200)], "x x 40 = 34.24"),
        ([(3, 40), (80, 200), (30, 90)], "x 40 x = 34.24"),  # the smaller denominator goes
        ([(10, 40), (30, 90)], "25 33.3 = 30.77"),
        ([(3, 40)], "x = x"),
        ([(3, 3), (40, 40)], "x 100 = x"),  # 100% of all is 100% of each
        ([(0, 3), (0, 40)], "x 0 = x"),
        ([(3, 40), (2, 40)], "x x = 6.25"),
        ([(1, 40), (2, 40)], "x x = x"),
    ],
)
def test_a_weighted_figure_stands_where_both_parts_and_the_rest_are_hidden(
    figures: list[tuple[int, int]], expected: str
) -> None:
    indicator = owned(MergeRule.WEIGHTED, len(figures), Unit.PERCENT)
    assert shown(disclosed(indicator, figures)) == expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([(3, 40), (10, 40), (30, 40)], "x x 75 = 35.83"),
        ([(3, 3), (40, 40), (30, 40)], "x 100 x = 91.67"),
        ([(3, 3), (40, 40)], "x x = x"),
    ],
)
def test_a_mean_of_percentages_hides_them_among_others_that_are_not_all_alike(
    figures: list[tuple[int, int]], expected: str
) -> None:
    indicator = owned(MergeRule.MEAN, len(figures), Unit.PERCENT)
    assert shown(disclosed(indicator, figures)) == expected


def test_the_latest_figure_is_suppressed_where_it_is_small_and_not_where_an_older_one_is() -> None:
    indicator = owned(MergeRule.LATEST, 2)
    first, then = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    older = made_of(indicator, [told("A", 3, received_at=first), told("B", 9, received_at=then)])
    assert shown(older) == "x 9 = 9"
    newer = made_of(indicator, [told("A", 3, received_at=then), told("B", 9, received_at=first)])
    assert shown(newer) == "x 9 = x"


def test_an_area_that_is_missing_hides_nothing() -> None:
    found = made_of(owned(MergeRule.SUM, 3), [told("A", 3), told("B", 20)])
    assert (shown(found), found.missing) == ("x x = 23", ("C",))


# --- What is said of them ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "There were 3 of them.",
        "Three families, all in one street.",
        "3.",
        "up from 1 to 3",
        "Only three.",
        "3.0 in all",
    ],
)
def test_commentary_that_quotes_a_suppressed_figure_is_withheld(words: str) -> None:
    found = made_of(owned(MergeRule.SOLE, 1), [told("A", 3, commentary=words)])
    assert [o.commentary for o in found.observations] == [WITHHELD]


@pytest.mark.parametrize("words", ["Fewer than before.", "30 more staff", "1,003 calls", ""])
def test_commentary_that_quotes_none_stays(words: str) -> None:
    found = made_of(owned(MergeRule.SOLE, 1), [told("A", 3, commentary=words)])
    assert [o.commentary for o in found.observations] == [words]


def test_no_area_quotes_the_suppressed_figure_of_another() -> None:
    told_on = told("C", 40, commentary="A had three, B had 20, and we had 40.")
    found = made_of(owned(MergeRule.SUM, 3), [told("A", 3), told("B", 20), told_on])
    assert shown(found) == "x x 40 = 63"
    assert found.observations[2].commentary == WITHHELD


def test_parts_and_what_is_left_of_the_whole_are_not_quoted_either() -> None:
    indicator = owned(MergeRule.SOLE, 1, Unit.PERCENT)
    for words in ("4 of them", "four", "of 40", "all but 36", "10% of them"):
        found = made_of(indicator, [told("A", (4, 40), commentary=words)])
        assert found.observations[0].commentary == WITHHELD


# --- Those who try to work them out --------------------------------------------------------------


def printed(found: Consolidated) -> tuple[object, ...]:
    """Everything that a reader of the appendix and its data sees of the figures."""
    rows = tuple((o.suppressed, o.value, o.numerator, o.denominator) for o in found.observations)
    return found.suppressed, found.value, rows


def parts(figure: Given) -> tuple[int, ...]:
    return (figure[0], figure[1], figure[1] - figure[0]) if isinstance(figure, tuple) else (figure,)


_COUNTS = list(range(BELOW + 4))
_SHARES = [(top, bottom) for bottom in (0, 1, 2, 3, 4, 7, 11) for top in range(bottom + 1)]


@pytest.mark.parametrize("areas", [1, 2, 3])
@pytest.mark.parametrize("rule", [r for r in MergeRule if r is not MergeRule.WEIGHTED])
@pytest.mark.parametrize("below", [3, 4, BELOW])
def test_a_reader_who_knows_the_rules_finds_out_no_count(
    below: int, rule: MergeRule, areas: int
) -> None:
    """Of every set of figures that is printed alike, a suppressed one can be two numbers at least.

    The reader is given all there is: the threshold, this very code, and the time to try everything.
    """
    nobody_knows(owned(rule, areas), product(_COUNTS, repeat=areas), below)


@pytest.mark.parametrize(
    ("rule", "areas", "shares"),
    [
        (MergeRule.WEIGHTED, 1, _SHARES),
        (MergeRule.WEIGHTED, 2, _SHARES),
        (MergeRule.WEIGHTED, 3, [s for s in _SHARES if s[1] in (2, 3, 7)]),
        (MergeRule.SOLE, 2, _SHARES),
        (MergeRule.MINIMUM, 2, _SHARES),
        (MergeRule.MAXIMUM, 2, _SHARES),
    ],
)
def test_nor_the_small_part_of_a_percentage(
    rule: MergeRule, areas: int, shares: list[tuple[int, int]]
) -> None:
    indicator = owned(rule, areas, Unit.PERCENT, decimals=4)
    nobody_knows(indicator, product(shares, repeat=areas), below=3)


def nobody_knows(indicator: Indicator, everything: Iterable[tuple[Given, ...]], below: int) -> None:
    alike = defaultdict(list)
    for figures in everything:
        alike[printed(disclosed(indicator, figures, below))].append(figures)
    for seen, candidates in alike.items():
        for at in range(len(indicator.areas)):
            for known in zip(*(parts(figures[at]) for figures in candidates), strict=True):
                small = len(set(known)) == 1 and 0 < known[0] < below
                assert not small, (seen, candidates)


@given(
    rule=st.sampled_from([MergeRule.SUM, MergeRule.MEAN]),
    figures=st.lists(st.one_of(st.integers(0, 30), st.integers(0, 10**6)), min_size=1, max_size=8),
    below=st.integers(3, 25),
)
def test_of_a_total_no_single_count_is_left(
    rule: MergeRule, figures: list[int], below: int
) -> None:
    """Subtraction, by a reader who knows the total exactly: two at least are left, and enough."""
    found = disclosed(owned(rule, len(figures)), figures, below)
    left = [n for n, o in zip(figures, found.observations, strict=True) if o.suppressed]
    assert all(n >= below or n == 0 for n in set(figures) - set(left))
    assert 0 not in left
    assert found.suppressed or found.value is not None
    if left and not found.suppressed:
        assert len(left) >= 2
        assert sum(left) >= below
        # Neither all of them the least that a figure can be, nor all the most that is suppressed.
        assert sum(left) > len(left)
        assert sum(left) != len(left) * (below - 1) or max(left) >= below
    if not left:
        assert not found.suppressed


@given(
    shares=st.lists(
        st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=8,
    ),
    below=st.integers(3, 25),
)
def test_of_a_weighted_figure_no_single_part_is_left(
    shares: list[tuple[int, int]], below: int
) -> None:
    found = disclosed(owned(MergeRule.WEIGHTED, len(shares), Unit.PERCENT), shares, below)
    left = []
    for share, observation in zip(shares, found.observations, strict=True):
        if observation.suppressed:
            left.append(parts(share))
            assert (observation.value, observation.numerator, observation.denominator) == (
                None,
                None,
                None,
            )
        else:
            assert not any(0 < part < below for part in parts(share))
    if left and not found.suppressed:
        assert len(left) >= 2
        assert all(sum(column) >= below for column in zip(*left, strict=True))
