"""Protection: whether figures that are suppressed stay unknown beside all that is printed.

What is printed ties what is not: a total says what its parts add up to, and so does each total of
each earlier issue. Someone who sets all of this up as equations learns whatever they determine, and
how far each figure can lie from what it is. The true figures are known here, so it is enough to
look for ways in which figures could be others and everything printed would still read as it does:
whole numbers added to some and taken from others, found by exact elimination. Where no such way is
found, a figure counts as known.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from pipeline.consolidation.elimination import Solved, Work

#: What names an unknown figure.
Name = Hashable
_Number = int | Fraction
#: What to add to unknowns at once, by their numbers.
_Change = dict[int, _Number]
#: How much of each unknown is added up to what was printed. What it comes to does not matter.
Equation = Mapping[Name, Fraction]


class Unknown(Struct, frozen=True):
    """A figure that is not printed, and what has to stay possible of it."""

    value: Fraction
    #: What a reader knows without being told; None where there is no bound.
    least: Fraction | None = None
    most: Fraction | None = None
    #: How far below and above itself it has to reach, both of them.
    below: Fraction = Fraction(0)
    above: Fraction = Fraction(0)
    #: How far it has to reach, both ways together.
    across: Fraction = Fraction(0)
    #: That it can be another figure at all.
    moves: bool = False

    @property
    def is_protected(self) -> bool:
        return self.moves or max(self.below, self.above, self.across) > 0


def are_protected(
    unknowns: Mapping[Name, Unknown],
    equations: Iterable[Equation],
    *,
    is_whole: bool,
    work: Work,
) -> bool:
    """Whether every figure can still be all that it has to be, whatever is printed of others.

    Where figures are whole numbers, each whole number on the way stays possible.

    Raises:
        WorkLimitError: there is too little work left to find that out.
    """
    return _Search(unknowns, equations, is_whole=is_whole, work=work).is_each_free()


#: More room than any figure has.
_ANY = 10**30


class _Search:
    """The search for ways in which figures could be others; they go by numbers, in their order."""

    def __init__(
        self,
        unknowns: Mapping[Name, Unknown],
        equations: Iterable[Equation],
        *,
        is_whole: bool,
        work: Work,
    ) -> None:
        numbers = {name: number for number, name in enumerate(unknowns)}
        self._unknowns = [*unknowns.values()]
        self._is_whole = is_whole
        self._solved = Solved(
            ({numbers[name]: by for name, by in equation.items()} for equation in equations), work
        )
        self._values = [_plain(each.value) for each in self._unknowns]
        self._least = [
            None if each.least is None else _plain(each.least) for each in unknowns.values()
        ]
        self._most = [
            None if each.most is None else _plain(each.most) for each in unknowns.values()
        ]
        self._tied = {name: sorted(some) for some in self._solved.tied() for name in some}

    def is_each_free(self) -> bool:
        return all(
            self._is_free(number, unknown)
            for number, unknown in enumerate(self._unknowns)
            if unknown.is_protected
        )

    def _is_free(self, number: int, unknown: Unknown) -> bool:
        def reach(sign: int, wanted: Fraction) -> Fraction:
            return self._reach(number, sign, wanted)

        if reach(-1, unknown.below) < unknown.below or reach(1, unknown.above) < unknown.above:
            return False
        rest = unknown.across - reach(1, unknown.across)
        if reach(-1, rest) < rest:
            return False
        return not unknown.moves or reach(1, Fraction(1)) > 0 or reach(-1, Fraction(1)) > 0

    def _reach(self, number: int, sign: int, wanted: Fraction) -> Fraction:
        """How far an unknown can be moved that way, up to what is wanted, step by step.

        Each step takes up what another unknown leaves, until that is used up.
        """
        values, reached = [*self._values], Fraction(0)
        # Each step uses up what another had left; more are not taken than there may be of them.
        for _ in range(4 * len(values) + 4):
            if reached >= wanted:
                break
            found = self._way(number, sign, values)
            if found is None:
                break
            change, most = found
            step = wanted - reached if most is None else min(most, wanted - reached)
            for each, by in change.items():
                values[each] = _plain(values[each] + step * by)
            reached += step
        return reached

    def _way(
        self, number: int, sign: int, values: Sequence[_Number]
    ) -> tuple[_Change, _Number | None] | None:
        """A change that moves an unknown by one that way, and how often it can be made.

        Those with most room make up for it first; where one of them has none left, the others do.
        """
        others = [each for each in self._tied.get(number, ()) if each != number]
        for room in (self._room_below, self._room_above):
            order = sorted(others, key=lambda each: room(each, values), reverse=True)
            tried: set[tuple[int, ...]] = set()
            while tuple(order) not in tried:
                tried.add(tuple(order))
                self._solved.solve_for([*order, number])
                made_up = self._solved.change(number)
                if made_up is None:
                    return None
                change: _Change = {each: by * sign for each, by in made_up.items()}
                change[number] = sign
                times = {each: self._times(each, by, values) for each, by in change.items()}
                if times[number] == 0:
                    return None
                stuck = [each for each in order if times.get(each) == 0]
                if not stuck:
                    ends = [most for most in times.values() if most is not None]
                    return change, min(ends, default=None)
                order = [each for each in order if each not in stuck] + stuck
        return None

    def _room_below(self, number: int, values: Sequence[_Number]) -> _Number:
        least = self._least[number]
        return _ANY if least is None else values[number] - least

    def _room_above(self, number: int, values: Sequence[_Number]) -> _Number:
        most = self._most[number]
        return _ANY if most is None else most - values[number]

    def _times(self, number: int, by: _Number, values: Sequence[_Number]) -> _Number | None:
        """How often that much can be added to a figure; None where there is no end of it."""
        if self._is_whole and by.denominator != 1:
            return 0
        bound = self._most[number] if by > 0 else self._least[number]
        if bound is None:
            return None
        room = bound - values[number]
        return room // by if self._is_whole else Fraction(room) / by


def _plain(number: _Number) -> _Number:
    """The same number, in the way that is quickest to reckon with."""
    return number.numerator if number.denominator == 1 else number
