"""Inference: all that is printed of one indicator and period, set up as equations over figures.

What was printed of a mean or a rate is rounded, and what the equations say of it is exact, so that
someone who has only the print knows less than is supposed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.consolidation.elimination import Work, WorkLimitError
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.printed import (
    ReportedFigure,
    Told,
    Total,
    figure_of,
    is_known,
    total_of,
)
from pipeline.consolidation.protection import Equation, Name, Unknown, are_protected
from schemas.merge_rules import MergeRule
from schemas.model import Indicator
from schemas.observations import Observation


class FigurePart(StrEnum):
    """What of a figure is added up."""

    VALUE = "value"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    #: What is left of the denominator.
    REST = "rest"


#: How many numbers are looked at to disclose one indicator; some two seconds of a processor.
_MOST_WORK = 10_000_000


class Reader(Struct):
    """Someone who keeps every issue and can solve equations."""

    #: What he was told, by each reading of what the indicator was called in issues before.
    told: Sequence[Told]
    below: int
    work: Work = field(default_factory=lambda: Work(_MOST_WORK))

    def knows(self, observation: Observation) -> bool:
        """Whether a figure was printed before, by every reading."""
        figure = figure_of(observation)
        return figure is not None and is_known(figure, self.told)

    def was_denied(self, observation: Observation) -> bool:
        """Whether a figure was suppressed before and never printed, by any reading."""
        figure = figure_of(observation)
        return figure is not None and any(each.hides(figure) for each in self.told)

    def is_kept_from(self, merged: Consolidated, hidden: Set[str]) -> bool:
        """Whether all that is suppressed stays unknown once this is printed beside that.

        `hidden` are the areas whose figures are suppressed; the merged figure is, where it has
        none. What it would take more work than there is left to find out counts as known.
        """
        try:
            return all(
                _is_unknown(merged, hidden, self.below, told, self.work) for told in self.told
            )
        except WorkLimitError:
            return False


def _is_unknown(merged: Consolidated, hidden: Set[str], below: int, told: Told, work: Work) -> bool:
    """The same by one reading."""
    given = {f: o.area in hidden for o in merged.observations if (f := figure_of(o))}
    known = told.known | {figure for figure, is_hidden in given.items() if not is_hidden}
    secret = (told.secret | {figure for figure, is_hidden in given.items() if is_hidden}) - known
    if not secret:
        return True
    totals = list(told.totals)
    if merged.value is not None and (total := total_of(merged)) not in told.totals:
        totals.append(total)
    secret_totals = [
        total
        for total in told.secret_totals
        if not total.rule.merging.takes_one and not secret.isdisjoint(total.figures)
    ]
    work.spend(sum(len(total.figures) for total in (*totals, *secret_totals)))
    is_first = not (told.known or told.secret or told.totals)
    model = _Model(merged.indicator, below, known, secret, is_first=is_first)
    return model.are_protected(totals, secret_totals, work)


class _Model:
    """The unknown parts of figures, and the equations that tie them."""

    def __init__(
        self,
        indicator: Indicator,
        below: int,
        known: Set[ReportedFigure],
        secret: Set[ReportedFigure],
        *,
        is_first: bool,
    ) -> None:
        self._indicator = indicator
        self._below = below
        self._known = known
        self._secret = secret
        self._is_first = is_first
        self._unknowns: dict[Name, Unknown] = {}
        self._equations: list[Equation] = []

    def are_protected(
        self, totals: Sequence[Total], secret_totals: Iterable[Total], work: Work
    ) -> bool:
        for total in totals:
            for equation in self._sums(total):
                if equation:
                    self._equations.append(equation)
        for number, total in enumerate(secret_totals):
            # The merged figure as an unknown of its own, which its parts add up to.
            equation = next(self._sums(total))
            value = sum((self._unknowns[name].value for name in equation), Fraction(0))
            self._unknowns[number] = Unknown(value, moves=True)
            self._equations.append({**equation, number: Fraction(-1)})
        for total in totals:
            self._bound(total)
        people = [one for one in self._unknowns.values() if not one.moves]
        is_whole = all(one.value.denominator == 1 for one in people)
        return are_protected(self._unknowns, self._equations, is_whole=is_whole, work=work)

    def _sums(self, total: Total) -> Iterator[Equation]:
        """What a total adds up, part by part, of figures that are not known."""
        unknown = [figure for figure in total.figures if figure not in self._known]
        if total.rule.merging.takes_one:
            return
        if not total.rule.merging.needs_parts:
            yield {self._value(figure): Fraction(1) for figure in unknown}
            return
        for part in (FigurePart.NUMERATOR, FigurePart.DENOMINATOR):
            yield {self._parts(figure)[part]: Fraction(1) for figure in unknown}

    def _bound(self, total: Total) -> None:
        """The smallest or largest figure says of each how large or small it is at most."""
        if total.rule not in (MergeRule.MINIMUM, MergeRule.MAXIMUM):
            return
        values = [Fraction(figure.value) for figure in total.figures]
        for figure in total.figures:
            if figure in self._known:
                continue
            name = self._value(figure)
            unknown = self._unknowns[name]
            if total.rule is MergeRule.MINIMUM:
                least = max(min(values), unknown.least or min(values))
                self._unknowns[name] = replace(unknown, least=least)
            else:
                most = max(values) if unknown.most is None else min(max(values), unknown.most)
                self._unknowns[name] = replace(unknown, most=most)

    def _value(self, figure: ReportedFigure) -> Name:
        name = (figure, FigurePart.VALUE)
        if name not in self._unknowns:
            value, row = Fraction(figure.value), self._indicator.unit_row
            is_secret = figure in self._secret
            if row.counts_people:
                least = self._least([value], Fraction(1))
                self._unknowns[name] = self._count(value, least, is_secret=is_secret)
            else:
                most = max(Fraction(100), value) if row.is_share else None
                least = min(Fraction(0), value)
                self._unknowns[name] = Unknown(value, least, most, moves=is_secret)
        return name

    def _parts(self, figure: ReportedFigure) -> dict[FigurePart, Name]:
        names: dict[FigurePart, Name] = {
            part: (figure, part) for part in (FigurePart.NUMERATOR, FigurePart.DENOMINATOR)
        }
        if names[FigurePart.NUMERATOR] in self._unknowns:
            return names
        is_secret = figure in self._secret
        top, bottom = Fraction(figure.numerator or 0), Fraction(figure.denominator or 0)
        # Of a few people all may be counted, or none; else part and rest are one at least.
        few = Fraction(0 if bottom < self._below else 1)
        parts = [top, bottom, *([bottom - top] if self._indicator.unit_row.is_share else [])]
        few, twice = self._least(parts, few), self._least(parts, few * 2)
        self._unknowns |= {
            names[FigurePart.NUMERATOR]: self._count(top, few, is_secret=is_secret),
            names[FigurePart.DENOMINATOR]: self._count(bottom, twice, is_secret=is_secret),
        }
        if self._indicator.unit_row.is_share:
            rest = (figure, FigurePart.REST)
            self._unknowns[rest] = self._count(bottom - top, few, is_secret=is_secret)
            tied = (names[FigurePart.NUMERATOR], rest, names[FigurePart.DENOMINATOR])
            self._equations.append(dict(zip(tied, map(Fraction, (1, 1, -1)), strict=True)))
        return names

    def _least(self, parts: Iterable[Fraction], least: Fraction) -> Fraction:
        """The least that parts of a figure can be to a reader, who knows `least` of any.

        Of several issues the order in which figures were suppressed tells which is small, and that
        the others are not.
        """
        is_small = any(0 < part < self._below for part in parts)
        return least if self._is_first or is_small else Fraction(self._below)

    def _count(self, value: Fraction, least: Fraction, *, is_secret: bool) -> Unknown:
        """A number of people, and below the threshold where it is small.

        Of a small one, all that are below the threshold have to stay possible; of another, which is
        suppressed for its sake, as many in a row.
        """
        least = min(least, value)
        if not 0 < value < self._below:
            across = Fraction(self._below - 2) if is_secret else Fraction(0)
            return Unknown(value, least, across=across)
        most = max(Fraction(self._below - 1), value)
        if not is_secret:
            return Unknown(value, least, most)
        below = max(Fraction(0), value - max(Fraction(1), least))
        return Unknown(value, least, most, below=below, above=most - value)
