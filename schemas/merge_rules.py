"""The rules by which several areas' figures for one indicator become one: a class a rule.

A rule says how it merges and all that the register, the checks, the notes of the appendix and the
disclosure of small numbers must know of it. A new one is a class and its entry in `MergeRule`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from schemas.units import places, row_of

if TYPE_CHECKING:
    # Which import this module.
    from schemas.model import Indicator
    from schemas.observations import Observation


class Merging(ABC):
    """A merge rule. What a class leaves out is as it is with most."""

    #: The register's word for it.
    name: ClassVar[str]
    #: What several areas' figures become, as the page on the register has it.
    becomes: ClassVar[str]
    #: How the areas' figures are merged, in the appendix's notes.
    note: ClassVar[str]
    #: Only a measure has what it merges; milestones and narratives take the other rules.
    needs_figures: ClassVar[bool] = True
    #: It merges numerators and denominators, and every area must give both.
    needs_parts: ClassVar[bool] = False
    #: Its figure is only whole when every area has reported.
    needs_every_area: ClassVar[bool] = True
    #: All areas report the same figure, or none is taken.
    needs_agreement: ClassVar[bool] = False
    #: Its figure is that of one area. From any other, one area's could be worked out, so that small
    #: ones are suppressed together.
    takes_one: ClassVar[bool] = False

    def chosen(self, given: Sequence[Observation]) -> Sequence[Observation]:
        """Those of the areas' reports that count; there is one at least."""
        return given

    @abstractmethod
    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal | None:
        """The merged figure, exact until it is rounded once at the end; None where there is none.

        Each of the reports `given` has a figure, and what else the rule needs.
        """


class _OneReport(Merging):
    """What one area reports stands, be it a figure, a state or words."""

    needs_figures = False
    needs_every_area = False
    takes_one = True

    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal:
        return _figures(given)[0]


class SoleOwner(_OneReport):
    name = "sole owner"
    becomes = "one figure; areas that report different ones disagree, and it is not rated"
    note = "One area reports it"
    needs_agreement = True


class Sum(Merging):
    name = "sum"
    becomes = "their sum"
    note = "Areas' figures added up"

    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal:
        figures = _figures(given)
        return rounded(sum(map(Fraction, figures), Fraction(0)), max(map(places, figures)))


class Weighted(Merging):
    name = "weighted"
    becomes = "all numerators over all denominators; every area must give both"
    note = "All numerators over all denominators"
    needs_parts = True

    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal | None:
        top = sum((Fraction(o.numerator or 0) for o in given), Fraction(0))
        bottom = sum((Fraction(o.denominator or 0) for o in given), Fraction(0))
        scale = 100 if row_of(indicator.unit).is_share else 1
        return rounded(top * scale / bottom, indicator.decimals) if bottom else None


class Mean(Merging):
    name = "mean"
    becomes = "their mean, each counting alike"
    note = "Mean of the areas' figures"

    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal:
        figures = _figures(given)
        total = sum(map(Fraction, figures), Fraction(0))
        return rounded(total / len(figures), indicator.decimals)


class Latest(_OneReport):
    name = "latest"
    becomes = "the one received last"
    note = "The figure received last"

    def chosen(self, given: Sequence[Observation]) -> Sequence[Observation]:
        return (max(given, key=_received),)


class Minimum(Merging):
    name = "minimum"
    becomes = "the smallest"
    note = "The lowest of the areas' figures"
    takes_one = True

    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal:
        return min(_figures(given))


class Maximum(Merging):
    name = "maximum"
    becomes = "the largest"
    note = "The highest of the areas' figures"
    takes_one = True

    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal:
        return max(_figures(given))


class MergeRule(StrEnum):
    """How several areas' figures become one, by the register's word; `merging` does it."""

    merging: Merging

    # Type checkers hold `MergeRule("sum")`, which finds one, to the same signature.
    def __new__(cls, merging: Any) -> MergeRule:
        rule = str.__new__(cls, merging.name)
        rule._value_ = merging.name
        rule.merging = merging
        return rule

    SOLE = SoleOwner()
    SUM = Sum()
    WEIGHTED = Weighted()
    MEAN = Mean()
    LATEST = Latest()
    MINIMUM = Minimum()
    MAXIMUM = Maximum()


def rounded(figure: Fraction, decimals: int) -> Decimal:
    """Half away from zero at that many decimals, exactly."""
    scaled = abs(figure) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    if (scaled - whole) * 2 >= 1:
        whole += 1
    sign = int(figure < 0 < whole)  # never -0
    return Decimal((sign, tuple(map(int, str(whole))), -decimals))


def _figures(given: Sequence[Observation]) -> list[Decimal]:
    return [o.value for o in given if o.value is not None]


def _received(observation: Observation) -> tuple[bool, datetime]:
    at = observation.received_at
    return at is not None, at or datetime.min.replace(tzinfo=UTC)
