"""What an issue prints beside all that earlier ones printed, and what nobody works out from it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from pipeline.consolidation.disclosure import disclose
from pipeline.consolidation.elimination import Work
from pipeline.consolidation.merge import Consolidated, merge
from pipeline.consolidation.printed import Told, note, suppressed_in
from pipeline.consolidation.protection import Unknown, are_protected
from schemas.merge_rules import MergeRule
from schemas.model import Indicator
from schemas.observations import Observation
from schemas.units import Unit
from tests.consolidation.test_disclosure import Given, owned, register_of, shown, told
from tests.support.adversary import Subject, Truth, found_out
from tests.support.sampled import sampled

#: What an area that has not reported stands as.
NOT_YET = "-"


def issued(
    indicator: Indicator,
    observations: Sequence[Observation],
    before: Told,
    below: int = 5,
    *,
    is_own: bool = True,
) -> tuple[Consolidated, Consolidated]:
    """What was merged and what an issue prints of it, noted among what was told before."""
    register = register_of(indicator, below)
    (merged,) = merge(register, "now", observations)
    (printed,) = disclose(register, (merged,), {indicator.ref: (before,)})
    note(before, merged, frozenset(suppressed_in((printed,))), is_own=is_own)
    return merged, printed


@pytest.mark.parametrize(
    ("rule", "issues", "expected"),
    [
        # The late area's figure is what the total grew by.
        (MergeRule.SUM, ["23 40 -", "23 40 3"], ["23 40 = 63", "23 40 x = x"]),
        (MergeRule.SUM, ["23 40 3", "23 40 8"], ["x 40 x = 66", "x 40 x = 71"]),
        (MergeRule.MEAN, ["23 40 -", "23 40 3"], ["23 40 = 31.5", "23 40 x = x"]),
        # 20 gives away what it hid, though that has been corrected.
        (MergeRule.SUM, ["3 20 40", "10 20 40"], ["x x 40 = 63", "x x 40 = 70"]),
        (MergeRule.SUM, ["3 20 40", "3 20 40"], ["x x 40 = 63", "x x 40 = 63"]),
        # Two that are late hide each other.
        (MergeRule.SUM, ["40 - -", "40 3 20"], ["40 = 40", "40 x x = 63"]),
        # The small figure goes, and what it was with it.
        (MergeRule.SUM, ["3 20 40", "- 20 40"], ["x x 40 = 63", "x 40 = x"]),
        # One of the larger ones was never printed.
        (MergeRule.SUM, ["- 20 -", "3 20 40"], ["20 = 20", "x 20 x = 63"]),
        # Which is the small one was seen before: of 6 only 1 and 5 would be printed so.
        (MergeRule.SUM, ["30 - -", "30 1 -", "30 1 5"], ["30 = 30", "30 x = x", "30 x 5 = x"]),
        (MergeRule.MEAN, ["30 - -", "30 1 -", "30 1 5"], ["30 = 30", "30 x = x", "30 x 5 = x"]),
        (MergeRule.SUM, ["30 - -", "30 1 -", "30 1 9"], ["30 = 30", "30 x = x", "30 x x = 40"]),
        (MergeRule.MAXIMUM, ["3 20 40", "30 20 40"], ["x 20 40 = 40", "30 20 40 = 40"]),
    ],
)  # fmt: skip
def test_an_issue_prints_what_gives_nothing_away_beside_those_before_it(
    rule: MergeRule, issues: list[str], expected: list[str]
) -> None:
    indicator, before = owned(rule, 3), Told()
    found = []
    for figures in issues:
        given = zip(indicator.areas, figures.split(), strict=True)
        observations = [told(area, figure) for area, figure in given if figure != NOT_YET]
        found.append(shown(issued(indicator, observations, before)[1]))
    assert found == expected


def test_what_a_later_period_was_compared_with_counts_as_printed() -> None:
    indicator, before = owned(MergeRule.SUM, 3), Told()
    first = [told("A", 3), told("B", 20)]
    assert shown(issued(indicator, first, before, is_own=False)[1]) == "x x = 23"
    own = issued(indicator, [*first, told("C", 9)], before)[1]
    assert shown(own) == "x x 9 = 32"


# --- Ways to be another figure -------------------------------------------------------------------


def unknown(value: int, **more: int) -> Unknown:
    return Unknown(Fraction(value), **{name: Fraction(n) for name, n in more.items()})


@pytest.mark.parametrize(
    ("figures", "equations", "expected"),
    [
        ([unknown(3, least=1, above=1, below=2), unknown(20, least=1)], ["ab"], True),
        ([unknown(3, least=1, above=1, below=2), unknown(1, least=1)], ["ab"], False),
        ([unknown(3, least=1, above=1), unknown(9, least=1)], ["a"], False),
        ([unknown(3, least=1, above=1), unknown(9, least=1)], [], True),
        # a + b and a + c leave a; with b + c each is one number.
        ([unknown(3, above=1), unknown(9), unknown(9)], ["ab", "ac"], True),
        ([unknown(3, above=1), unknown(9), unknown(9)], ["ab", "ac", "bc"], False),
        # What one has no room for another takes.
        ([unknown(2, above=2), unknown(2, least=1), unknown(2, least=1)], ["abc"], True),
        ([unknown(2, above=3), unknown(2, least=1), unknown(2, least=1)], ["abc"], False),
    ],
)
def test_a_figure_is_unknown_where_others_make_up_for_it(
    figures: list[Unknown], equations: list[str], expected: bool
) -> None:
    unknowns = dict(zip("abc", figures, strict=False))
    sums = [dict.fromkeys(each, Fraction(1)) for each in equations]
    assert are_protected(unknowns, sums, is_whole=True, work=Work(10_000)) is expected


# --- Whoever keeps every issue -------------------------------------------------------------------

_RULES = (
    *(MergeRule.SUM, MergeRule.SUM, MergeRule.MEAN, MergeRule.WEIGHTED),
    *(MergeRule.MINIMUM, MergeRule.MAXIMUM, MergeRule.LATEST, MergeRule.SOLE),
)


@pytest.mark.parametrize("seed", sampled(range(2000), one_in=50))
def test_nobody_works_out_a_figure_from_issues_made_by_chance(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    rule = chance.choice(_RULES)
    is_share = rule is MergeRule.WEIGHTED or (rule is MergeRule.MEAN and chance.random() < 0.6)
    unit = Unit.PERCENT if is_share else Unit.COUNT
    indicator = owned(rule, chance.choice((2, 3, 4, 5)), unit, decimals=1)
    below, before = chance.choice((3, 5, 10)), Told()
    subject, standing = Subject(indicator), dict[str, Observation]()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(chance.randint(2, 7)):
        for area in chance.choices(indicator.areas, k=chance.choice((1, 1, 2, 3))):
            at += timedelta(minutes=1)
            standing.pop(area, None)
            if chance.random() > 0.07:
                standing[area] = told(area, _figure(chance, is_share=is_share), received_at=at)
        is_own = chance.random() < 0.8
        merged, printed = issued(indicator, [*standing.values()], before, below, is_own=is_own)
        _read(subject, merged, printed, is_own=is_own)
    assert list(found_out(subject, below)) == []


def _figure(chance: random.Random, *, is_share: bool) -> Given:
    if not is_share:
        return chance.choice((0, 1, 2, 3, 4, 4, 5, 6, 9, 14, 20))
    bottom = chance.choice((2, 3, 4, 6, 10, 20, 40))
    return chance.randint(0, bottom), bottom


def _read(subject: Subject, merged: Consolidated, printed: Consolidated, *, is_own: bool) -> None:
    hidden = {o.area for o in printed.observations if o.suppressed}
    given = []
    for o in sorted(merged.observations, key=lambda o: str(o.received_at)):
        parts = (None if n is None else int(n) for n in (o.numerator, o.denominator))
        truth = Truth(o.area, o.value or Decimal(0), *parts)
        given.append(truth)
        if o.area in hidden:
            subject.suppressed.add(truth)
        elif is_own:
            subject.show(truth, "the issue")
    if printed.value is not None:
        subject.totals.add((printed.value, tuple(given)))
