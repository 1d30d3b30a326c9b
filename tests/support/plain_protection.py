"""Protection worked out plainly: everything is eliminated anew at each step, in fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor

from pipeline.consolidation.protection import Equation, Name, Unknown


def are_protected(
    unknowns: Mapping[Name, Unknown], equations: Iterable[Equation], *, is_whole: bool
) -> bool:
    """Whether every figure can still be all that it has to be, whatever is printed of others.

    Where figures are whole numbers, each whole number on the way stays possible.
    """
    independent = _independent(equations)
    return all(
        _is_free(name, unknowns, independent, is_whole=is_whole)
        for name, unknown in unknowns.items()
        if unknown.is_protected
    )


def _is_free(
    name: Name, unknowns: Mapping[Name, Unknown], equations: Sequence[Equation], *, is_whole: bool
) -> bool:
    unknown = unknowns[name]
    tied = _tied(name, equations)

    def reach(sign: int, wanted: Fraction) -> Fraction:
        return _reach(name, sign, wanted, unknowns, tied, is_whole=is_whole)

    if reach(-1, unknown.below) < unknown.below or reach(1, unknown.above) < unknown.above:
        return False
    rest = unknown.across - reach(1, unknown.across)
    if reach(-1, rest) < rest:
        return False
    return not unknown.moves or reach(1, Fraction(1)) > 0 or reach(-1, Fraction(1)) > 0


def _tied(name: Name, equations: Sequence[Equation]) -> list[Equation]:
    """The equations that bear on an unknown, by way of others."""
    names, left, found = {name}, list(equations), list[Equation]()
    while near := [one for one in left if not names.isdisjoint(one)]:
        found += near
        left = [one for one in left if names.isdisjoint(one)]
        names.update(*near)
    return found


def _reach(
    name: Name,
    sign: int,
    wanted: Fraction,
    unknowns: Mapping[Name, Unknown],
    equations: Sequence[Equation],
    *,
    is_whole: bool,
) -> Fraction:
    """How far an unknown can be moved that way, up to what is wanted, step by step.

    Each step takes up what another unknown leaves, until that is used up.
    """
    tied = {name, *(each for one in equations for each in one)}
    names = [each for each in unknowns if each in tied]
    values = {each: unknowns[each].value for each in names}
    reached = Fraction(0)
    # Each step uses up what another unknown had left; more are not taken than there may be of them.
    for _ in range(4 * len(unknowns) + 4):
        if reached >= wanted:
            break
        found = _way(name, sign, values, unknowns, equations, is_whole=is_whole)
        if found is None:
            break
        change, most = found
        step = wanted - reached if most is None else min(most, wanted - reached)
        for each, by in change.items():
            values[each] += step * by
        reached += step
    return reached


#: What to add to unknowns at once.
_Change = Mapping[Name, Fraction]


def _way(
    name: Name,
    sign: int,
    values: Mapping[Name, Fraction],
    unknowns: Mapping[Name, Unknown],
    equations: Sequence[Equation],
    *,
    is_whole: bool,
) -> tuple[_Change, Fraction | None] | None:
    """A change that moves an unknown by one that way, and how often it can be made.

    Those with most room make up for it first; where one of them has none left, the others do.
    """
    for room in (_room_below, _room_above):
        rooms = {each: room(value, unknowns[each]) for each, value in values.items()}
        order = sorted(rooms, key=lambda each: rooms[each], reverse=True)
        tried: set[tuple[Name, ...]] = set()
        while tuple(order) not in tried:
            tried.add(tuple(order))
            change = _change(name, sign, equations, order)
            if change is None:
                return None
            times = {n: _times(by, values[n], unknowns[n], is_whole) for n, by in change.items()}
            stuck = [each for each in order if times.get(each) == 0]
            if not stuck:
                return change, min((t for t in times.values() if t is not None), default=None)
            order = [each for each in order if each not in stuck] + stuck
    return None


#: More room than any figure has.
_ANY = Fraction(10) ** 30


def _room_below(value: Fraction, unknown: Unknown) -> Fraction:
    return _ANY if unknown.least is None else value - unknown.least


def _room_above(value: Fraction, unknown: Unknown) -> Fraction:
    return _ANY if unknown.most is None else unknown.most - value


def _times(
    by: Fraction,
    value: Fraction,
    unknown: Unknown,
    is_whole: bool,
) -> Fraction | None:
    """How often that much can be added to a figure; None where there is no end of it."""
    if is_whole and by.denominator != 1:
        return Fraction(0)
    bound = unknown.most if by > 0 else unknown.least
    if bound is None:
        return None
    times = abs(bound - value) / abs(by)
    return Fraction(floor(times)) if is_whole else times


def _change(
    name: Name, sign: int, equations: Sequence[Equation], first: Sequence[Name]
) -> dict[Name, Fraction] | None:
    """What to add to unknowns so that one goes up or down by one and no equation is broken.

    The `first` ones make up for it. None where nothing can, so that it is determined.
    """
    order = [each for each in first if each != name]
    rows = [dict(one) for one in equations]
    solved: dict[Name, dict[Name, Fraction]] = {}
    for pivot in order:
        row = next((one for one in rows if one.get(pivot)), None)
        if row is None:
            continue
        rows.remove(row)
        scaled = {each: by / row[pivot] for each, by in row.items()}
        for other in (*rows, *solved.values()):
            if factor := other.get(pivot):
                _subtract(other, scaled, factor)
        solved[pivot] = scaled
    if any(row.get(name) for row in rows):
        return None
    change = {pivot: -row[name] * sign for pivot, row in solved.items() if row.get(name)}
    return change | {name: Fraction(sign)}


def _subtract(row: dict[Name, Fraction], other: Mapping[Name, Fraction], factor: Fraction) -> None:
    for each, by in other.items():
        left = row.get(each, Fraction(0)) - factor * by
        if left:
            row[each] = left
        else:
            row.pop(each, None)


def _independent(equations: Iterable[Equation]) -> list[Equation]:
    """The equations without those that follow from others."""
    rows: list[tuple[Name, dict[Name, Fraction]]] = []
    kept: list[Equation] = []
    for equation in equations:
        row = dict(equation)
        for pivot, other in rows:
            if factor := row.get(pivot):
                _subtract(row, other, factor)
        if row:
            pivot = next(iter(row))
            by = row[pivot]
            rows.append((pivot, {each: value / by for each, value in row.items()}))
            kept.append(equation)
    return kept
