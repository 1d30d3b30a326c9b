"""Elimination: linear equations, solved for the unknowns that are last in an order.

The rows are kept solved, in whole numbers, and another order costs only the exchanges that it asks
for, since most orders differ in few places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

from msgspec import Struct


class WorkLimitError(Exception):
    """More was to be worked out than there is work for."""


class Work(Struct):
    """How much may still be worked out, in numbers that are looked at."""

    left: int

    def spend(self, much: int) -> None:
        """Raises WorkLimitError where there is no more."""
        self.left -= much
        if self.left < 0:
            raise WorkLimitError


#: How much of each unknown, by its number, a row holds.
_Row = dict[int, int]


class Solved:
    """Equations over unknowns, each solved for one of them that stands in no other."""

    def __init__(self, equations: Iterable[Mapping[int, Fraction]], work: Work) -> None:
        self._work = work
        #: By the unknown that a row is solved for.
        self._rows: dict[int, _Row] = {}
        #: In which rows every other unknown stands.
        self._standing_in: dict[int, set[int]] = {}
        for equation in equations:
            self._add(equation)

    def _add(self, equation: Mapping[int, Fraction]) -> None:
        """One more; nothing where it follows from those that are there."""
        scale = lcm(*(by.denominator for by in equation.values()))
        row = {name: int(by * scale) for name, by in equation.items()}
        for name in equation:
            if solved := self._rows.get(name):
                row = self._without(row, solved, name)
        if row:
            name = next(iter(row))
            self._rows[name] = row
            for other in row:
                self._standing_in.setdefault(other, set()).add(name)
            self._take_out(name)

    def _without(self, row: _Row, solved: _Row, name: int) -> _Row:
        """A row less as much of another as takes an unknown out of it, in the smallest numbers."""
        self._work.spend(len(row) + len(solved))
        by, less = solved[name], row[name]
        shared = gcd(by, less)
        by, less = by // shared, less // shared
        left = dict(row) if by == 1 else {each: by * much for each, much in row.items()}
        for each, much in solved.items():
            if rest := left.get(each, 0) - less * much:
                left[each] = rest
            else:
                del left[each]
        if (common := gcd(*left.values())) > 1:
            left = {each: much // common for each, much in left.items()}
        return left

    def _take_out(self, name: int) -> None:
        """An unknown that a row is solved for out of the other rows."""
        solved = self._rows[name]
        for at in self._standing_in[name] - {name}:
            row = self._rows[at]
            left = self._rows[at] = self._without(row, solved, name)
            for each in solved:
                if each in left:
                    self._standing_in[each].add(at)
                elif each in row:
                    self._standing_in[each].discard(at)

    def tied(self) -> Iterable[set[int]]:
        """The unknowns in sets of those that are tied to each other."""
        left = set(self._standing_in)
        while left:
            found, new = set[int](), {next(iter(left))}
            while new:
                found |= new
                rows = {at for each in new for at in self._standing_in[each]}
                new = {each for at in rows for each in self._rows[at]} - found
            left -= found
            yield found

    def solve_for(self, first: Sequence[int]) -> None:
        """Solve the rows for the first of these unknowns that they can be solved for.

        They are all that are tied to each other.
        """
        place = {name: at for at, name in enumerate(first)}
        self._work.spend(len(first))
        # Of each and those that it hangs on the last is what it is worked out from.
        for name in first:
            rows = self._standing_in.get(name)
            if name in self._rows or not rows:
                continue
            self._work.spend(len(rows))
            last = max(rows, key=place.__getitem__)
            if place[last] > place[name]:
                self._exchange(last, name)

    def _exchange(self, last: int, name: int) -> None:
        """Solve for an unknown the row that is solved for another."""
        row = self._rows.pop(last)
        for each in row:
            self._standing_in[each].discard(last)
            self._standing_in[each].add(name)
        self._rows[name] = row
        self._take_out(name)

    def change(self, name: int) -> dict[int, Fraction | int] | None:
        """How much others go up where one that is last goes up by one; None where it cannot."""
        if name in self._rows:
            return None
        found: dict[int, Fraction | int] = {}
        for at in self._standing_in.get(name, ()):
            row = self._rows[at]
            whole, rest = divmod(-row[name], row[at])
            found[at] = Fraction(-row[name], row[at]) if rest else whole
        return found
