"""A reader who keeps every appendix of some years, and takes one accumulated figure from another.

He knows nothing of how figures are suppressed. What he reads of all periods becomes equations over
what the areas reported for each, as whole numbers, and a solver says how small and how large each
of these can be.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

SUPPRESSED = "Suppressed"
YEAR_TO_DATE, CUMULATIVE, ROLLING = "year to date", "reported cumulatively", "rolling sum"


@dataclass(frozen=True, order=True)
class Given:
    """A figure that an area gave for a period, in one of its returns."""

    period: str
    area: str
    value: int


@dataclass
class LongReader:
    """What was read of one indicator, whose areas' figures are added up."""

    ref: str
    how: str
    #: In their order; so many make a year.
    periods: Sequence[str]
    in_a_year: int
    below: int
    #: What each file holds, by its hash.
    truths: dict[str, Given] = field(default_factory=dict)
    #: Whether each figure was ever printed.
    figures: dict[Given, bool] = field(default_factory=dict)
    #: What figures come to, each so many times.
    sums: set[tuple[tuple[tuple[Given, int], ...], int]] = field(default_factory=set)
    #: What the last appendix of each period was made of.
    last: dict[str, tuple[Given, ...]] = field(default_factory=dict)
    #: Figures of an area for a period and the one before, as they stood at one time.
    growths: set[tuple[Given | None, Given]] = field(default_factory=set)
    _seen: set[bytes] = field(default_factory=set)

    def read(self, outbox: Path) -> None:
        """Whatever is new in the data of any issue, in the order of periods."""
        for period in self.periods:
            for path in sorted((outbox / period).rglob("* data.csv")):
                content = path.read_bytes()
                if content not in self._seen:
                    self._seen.add(content)
                    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
                    self._read(period, [row for row in rows if row["Ref"] == self.ref])

    def _read(self, period: str, rows: Sequence[Mapping[str, str]]) -> None:
        given = []
        for row in rows:
            if (truth := self.truths.get(row["SHA-256"])) is None:
                continue
            given.append(truth)
            was_printed = self.figures.get(truth, False)
            is_printed = row["As shown"] != SUPPRESSED
            assert not is_printed or row["As shown"].replace(",", "") == str(truth.value), row
            self.figures[truth] = was_printed or is_printed
        self.last[period] = tuple(given)
        if not rows:
            return
        performance, alone = (
            rows[0][heading].replace(",", "")
            for heading in ("Indicator performance", "Indicator in the period alone")
        )
        before = self._before(period)
        if self.how == CUMULATIVE:
            self._sum(((each, 1) for each in given), performance)
            then = self.last.get(before[-1], ()) if before else ()
            difference = [*((each, 1) for each in given), *((each, -1) for each in then)]
            self._sum(difference, alone)
            by_area = {each.area: each for each in then}
            self.growths |= {(by_area.get(each.area), each) for each in given}
            return
        self._sum(((each, 1) for each in given), alone)
        parts = (each for name in (*before, period) for each in self.last.get(name, ()))
        self._sum(((each, 1) for each in parts), performance)

    def _before(self, period: str) -> Sequence[str]:
        """The periods before one over which its figure is."""
        at = self.periods.index(period)
        begins = at + 1 - self.in_a_year if self.how == ROLLING else at - at % self.in_a_year
        return self.periods[max(0, begins) : at]

    def _sum(self, parts: Iterable[tuple[Given, int]], shown: str) -> None:
        some = tuple(sorted(parts))
        if some and shown.lstrip("-").isdigit():
            # Whoever misreads what is printed finds out nothing.
            assert sum(each.value * by for each, by in some) == int(shown), (some, shown)
            self.sums.add((some, int(shown)))

    @property
    def secrets(self) -> list[tuple[dict[Given, int], int]]:
        """What he is not to know: each as figures that are added or taken away, and its size."""
        if self.how == CUMULATIVE:
            found = [
                (
                    {now: 1} if then is None else {now: 1, then: -1},
                    now.value - (then.value if then else 0),
                )
                for then, now in sorted(self.growths, key=repr)
            ]
        else:
            hidden = (each for each, is_printed in self.figures.items() if not is_printed)
            found = [({each: 1}, each.value) for each in sorted(hidden)]
        return [(of, size) for of, size in found if 0 < size < self.below]

    def found_out(self) -> Iterator[str]:
        """Each small number of which he knows more than that it is one."""
        names = {
            each: at
            for at, each in enumerate(
                dict.fromkeys((*self.figures, *(each for some, _ in self.sums for each, _ in some)))
            )
        }
        rows: list[tuple[dict[int, int], float, float]] = []
        for some, total in sorted(self.sums, key=repr):
            row: dict[int, int] = defaultdict(int)
            for each, by in some:
                row[names[each]] += by
            rows.append((row, total, total))
        rows += [
            ({names[each]: 1}, each.value, each.value)
            for each, is_printed in self.figures.items()
            if is_printed
        ]
        most = max((each.value for each in names), default=0) + 10 * self.below
        if self.how == CUMULATIVE:
            # A year's figures do not fall, as far as they did not.
            rows += [
                ({names[now]: 1, names[then]: -1}, 0, most)
                for then, now in self.growths
                if then is not None and now.value >= then.value
            ]
        for of, size in self.secrets:
            aim = {names[each]: by for each, by in of.items()}
            least, largest = _ends(aim, rows, len(names), most)
            if least > 1 + 1e-6 or largest < self.below - 1 - 1e-6:
                yield f"{self.ref}, {self.how}: {size} of {of} is {least:g} to {largest:g}"


def _ends(
    aim: Mapping[int, int],
    rows: Sequence[tuple[Mapping[int, int], float, float]],
    width: int,
    most: int,
) -> tuple[float, float]:
    """The least and the most that figures can come to."""
    matrix = np.zeros((len(rows), width))
    for at, (row, _, _) in enumerate(rows):
        matrix[at, list(row)] = list(row.values())
    low, high = np.array([(low, high) for _, low, high in rows]).T
    ends = []
    for sign in (1, -1):
        wanted = np.zeros(width)
        wanted[list(aim)] = [sign * by for by in aim.values()]
        found = milp(
            wanted,
            integrality=np.ones(width),
            bounds=Bounds(0, most),
            constraints=LinearConstraint(matrix, low, high),
        )
        assert found.status == 0, found.message
        ends.append(sign * float(found.fun))
    return ends[0], ends[1]
