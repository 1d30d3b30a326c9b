"""What an accumulated figure prints, and what nobody works out from it and the others.

The reader sets all that is printed up as equations over what areas reported, as whole numbers, and
asks a solver how small and how large each can be. He knows nothing of how figures are suppressed.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.optimize import Bounds, LinearConstraint, milp

from pipeline.consolidation.assembly import disclose
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.printed import Told, note, suppressed_in
from schemas.accumulation import Accumulation
from schemas.merge_rules import MergeRule
from schemas.model import Register
from tests.support.quarters import (
    AREAS,
    QUARTERS,
    Said,
    by_quarter,
    line_of,
    measure,
    merged_of,
    register_of,
)
from tests.support.sampled import sampled

A = Accumulation
BELOW = 5
#: No area has more, which tells the solver where to end.
MOST = 200


def printed(register: Register, figures: Mapping[str, tuple[Said, ...]]) -> list[str]:
    """Of each quarter: the areas' figures, the period's own and the accumulated one."""
    found = []
    for period in QUARTERS[: len(figures)]:
        line = line_of(register, period, figures)
        areas = ("x" if o.suppressed else str(o.value) for o in line.consolidated.observations)
        shown = [*areas, "=", line.own_shown, ">", line.performance_shown]
        found.append(" ".join(shown).replace("Suppressed", "x"))
    return found


@pytest.mark.parametrize(
    ("how", "said", "expected"),
    [
        # One area alone: the month is small, and so the sum is not told from it on.
        (A.YEAR_TO_DATE, [(20,), (3,), (40,)], ["20 = 20 > 20", "x = x > x", "40 = 40 > x"]),
        # Both areas hide each other, and what they come to tells of none.
        (A.YEAR_TO_DATE, [(20, 9), (3, 9)], ["20 9 = 29 > 29", "x x = 12 > 41"]),
        (A.ROLLING_SUM, [(20,), (3,), (40,), (9,), (8,)],
         ["20 = 20 > ", "x = x > x", "40 = 40 > x", "9 = 9 > x", "8 = 8 > x"]),
        # It grows by 3.
        (A.CUMULATIVE, [(20,), (23,), (63,)], ["20 = 20 > 20", "x = x > x", "x = x > x"]),
        (A.CUMULATIVE, [(20, 30), (23, 50), (50, 80)],
         ["20 30 = 50 > 50", "x x = 23 > 73", "x x = 57 > 130"]),
        # Together they grow by 4.
        (A.CUMULATIVE, [(20, 30), (23, 31)], ["20 30 = 50 > 50", "x x = x > x"]),
        # One falls as the other rises.
        (A.CUMULATIVE, [(20, 30), (29, 24)], ["20 30 = 50 > 50", "x x = x > x"]),
        (A.CUMULATIVE, [(20, 30), (20, 40)], ["20 30 = 50 > 50", "20 40 = 10 > 60"]),
        # The next year begins afresh.
        (A.CUMULATIVE, [(20,), (23,), (63,), (80,), (9,)],
         ["20 = 20 > 20", "x = x > x", "x = x > x", "x = x > x", "9 = 9 > 9"]),
        (A.LATEST, [(20,), (3,), ()], ["20 =  > 20", "x =  > x", "=  > x"]),
    ],
)  # fmt: skip
def test_what_would_give_a_part_away_is_not_printed(
    how: Accumulation, said: list[tuple[Said, ...]], expected: list[str]
) -> None:
    areas = AREAS[: max(map(len, said))]
    register = register_of(measure(how, areas=areas), below=BELOW)
    assert printed(register, by_quarter(*said)) == expected


def test_a_later_issue_keeps_a_restated_month_from_being_printed() -> None:
    register = register_of(measure(A.CUMULATIVE, areas=("CS",)), below=BELOW)
    reader = Reader(register)
    for at, said in ((0, 20), (1, 30), (2, 60), (1, 58)):
        reader.issue(at, {QUARTERS[at].name: (said,)})
    assert [each is None for each in reader.shown] == [False, False, False, True]


# --- Whoever keeps every issue -------------------------------------------------------------------


@dataclass
class Reader:
    """Someone who keeps all that is printed of one indicator."""

    register: Register
    standing: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    #: By period, area and value, as which it stood: whether it was ever printed.
    figures: dict[tuple[str, str, int], bool] = field(default_factory=dict)
    #: Sums of these that were printed, each with what it came to.
    sums: list[tuple[tuple[tuple[str, str, int], ...], int]] = field(default_factory=list)
    shown: list[object] = field(default_factory=list)
    #: The figures of an area for a quarter and the one before that stood at the same time.
    together: set[tuple[tuple[str, str, int], ...]] = field(default_factory=set)

    def issue(self, at: int, said: Mapping[str, tuple[Said, ...]]) -> None:
        """An appendix of a quarter, once these figures came."""
        self.standing.update(said)
        period = QUARTERS[at]
        made = merged_of(self.register, period, self.standing)
        disclosed = disclose(
            replace(made, told={name: {"P1-1": (each,)} for name, each in self.told.items()})
        )
        whole, shown = disclosed.accumulating.whole, disclosed.accumulating.printed
        for key, each in whole.items():
            rows = frozenset(suppressed_in([shown[key]]))
            note(self.told[each.period], each, rows, is_own=each.period == period.name)
        self._stand()
        own = shown[period.name, "P1-1"]
        self._read(whole[period.name, "P1-1"], own)
        done = disclosed.accumulating.of(own, period)
        self.shown.append(done.figure.value)
        if done.figure.value is not None:
            parts = [whole[name, "P1-1"] for name in done.figure.over or (period.name,)]
            self.sums.append(
                (tuple(k for each in parts for k in _keys(each)), int(done.figure.value))
            )
        if own.value is not None:
            self.sums.append((_keys(whole[period.name, "P1-1"]), int(own.value)))

    def _stand(self) -> None:
        for number, period in enumerate(QUARTERS):
            names = [each.name for each in QUARTERS[max(0, number - number % 4) : number + 1][-2:]]
            for place, area in enumerate(AREAS):
                said = [(name, self.standing.get(name, ())) for name in names]
                if period.name in self.standing and all(len(each) > place for _, each in said):
                    self.together.add(tuple((name, area, int(each[place])) for name, each in said))

    def _read(self, whole: Consolidated, shown: Consolidated) -> None:
        for o, seen in zip(whole.observations, shown.observations, strict=True):
            key = (whole.period, o.area, int(o.value or 0))
            self.figures[key] = self.figures.get(key, False) or not seen.suppressed

    def narrowed(self) -> list[str]:
        """Of each hidden number of people, or by which figures grow, what he knows too well."""
        for keys in (*(keys for keys, _ in self.sums), *self.together):
            for key in keys:
                self.figures.setdefault(key, False)
        places = {key: at for at, key in enumerate(self.figures)}
        rows, low, high = [], [], []

        def row(of: Mapping[int, int], least: float, most: float) -> None:
            made = np.zeros(len(places))
            for at, by in of.items():
                made[at] += by
            rows.append(made)
            low.append(least)
            high.append(most)

        for keys, total in self.sums:
            assert sum(key[2] for key in keys) == total
            of: dict[int, int] = defaultdict(int)
            for key in keys:
                of[places[key]] += 1
            row(of, total, total)
        for key, is_known in self.figures.items():
            if is_known:
                row({places[key]: 1}, key[2], key[2])
        secret = self._secret(places)
        for growth, size in secret:
            # He knows that a year's figures do not fall.
            if size >= 0:
                row(growth, 0, MOST)
        constraint = LinearConstraint(np.array(rows), low, high)
        found = []
        for growth, size in secret:
            if not 0 < size < BELOW:
                continue
            ends = []
            for sign in (1, -1):
                aim = np.zeros(len(places))
                for at, by in growth.items():
                    aim[at] = sign * by
                done = milp(
                    aim,
                    integrality=np.ones(len(places)),
                    bounds=Bounds(0, MOST),
                    constraints=constraint,
                )
                assert done.status == 0, done.message
                ends.append(sign * done.fun)
            if ends[0] > 1 or ends[1] < BELOW - 1:
                found.append(f"{size} is {ends[0]:g} to {ends[1]:g}")
        return found

    def _secret(
        self, places: Mapping[tuple[str, str, int], int]
    ) -> list[tuple[dict[int, int], int]]:
        """What no one may know, as what it is made of, with what it is."""
        (indicator,) = self.register.indicators
        if indicator.accumulation is not A.CUMULATIVE:
            return [({at: 1}, key[2]) for key, at in places.items()]
        # What stood beside what had been corrected by then says nothing.
        found = []
        for before, *after in self.together:
            growth = {places[before]: -1, places[after[0]]: 1} if after else {places[before]: 1}
            found.append((growth, (after[0][2] - before[2]) if after else before[2]))
        return found


def _keys(merged: Consolidated) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (merged.period, o.area, int(o.value)) for o in merged.observations if o.value is not None
    )


_COUNTS = (0, 0, 1, 2, 3, 4, 4, 5, 6, 9, 14, 20)


@pytest.mark.parametrize("how", [A.YEAR_TO_DATE, A.ROLLING_SUM, A.CUMULATIVE])
@pytest.mark.parametrize("seed", sampled(range(400), one_in=40))
def test_nobody_works_out_a_small_number_from_years_made_by_chance(
    seed: int, how: Accumulation
) -> None:
    chance = random.Random(seed)  # noqa: S311 - figures made by chance, not secrets
    register = register_of(
        measure(how, areas=AREAS[: chance.choice((1, 2, 2))], merge_rule=MergeRule.SUM), below=BELOW
    )
    (indicator,) = register.indicators
    reader = Reader(register)
    before = [0] * len(AREAS)
    for at in range(6):
        for _ in range(chance.choice((1, 1, 2))):
            said = []
            for number in range(len(indicator.areas)):
                figure = chance.choice(_COUNTS)
                if how is A.CUMULATIVE and at % 4:
                    figure += before[number]
                said.append(figure)
            reader.issue(at, {QUARTERS[at].name: tuple(said)})
        before = said
        if at and how is not A.CUMULATIVE and chance.random() < 0.3:
            # A quarter is restated.
            again = chance.randrange(at)
            said = [chance.choice(_COUNTS) for _ in indicator.areas]
            reader.issue(again, {QUARTERS[again].name: tuple(said)})
            reader.issue(at, {})
    assert reader.narrowed() == []
