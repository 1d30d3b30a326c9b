"""Redaction: which figures of the store may be shown to whoever asks at the command line.

What the appendix suppresses is suppressed there too, until a person asks for it in so many words.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.disclosure import (
    WITHHELD,
    disclose,
    is_protected,
    is_small,
    is_small_figure,
    quoted,
)
from pipeline.consolidation.merge import merge
from pipeline.consolidation.report import SUPPRESSED
from pipeline.store import IssuedRating, Store
from schemas.findings import Finding
from schemas.model import Register
from schemas.observations import Observation
from schemas.units import shown


class Redaction(Struct, frozen=True):
    """What may be shown of the figures of a store."""

    register: Register
    #: Indicator, period and area of each area's figure that is suppressed.
    hidden: frozenset[tuple[str, str, str]] = frozenset()
    #: Indicator and period of each figure of the appendix that is suppressed.
    totals: frozenset[tuple[str, str]] = frozenset()
    #: Everything is shown.
    reveals: bool = False

    @classmethod
    def of(cls, register: Register, store: Store, *, reveals: bool = False) -> Redaction:
        """What may be shown of the figures that a store holds; all of them where `reveals`."""
        if reveals:
            return cls(register, reveals=True)
        hidden: set[tuple[str, str, str]] = set()
        totals: set[tuple[str, str]] = set()
        for period in store.periods():
            for each in disclose(register, merge(register, period, store.observations(period))):
                if each.suppressed:
                    totals.add((each.indicator.ref, period))
                hidden.update(
                    (o.indicator, o.period, o.area) for o in each.observations if o.suppressed
                )
        gone = [o for _, o in store.reported() if register.indicator(o.indicator) is None]
        # How its figures were merged is not known any more, nor what could be worked out from them.
        small = {(o.indicator, o.period) for o in gone if _may_be_small(register, o)}
        hidden.update(
            (o.indicator, o.period, o.area) for o in gone if (o.indicator, o.period) in small
        )
        return cls(register, frozenset(hidden), frozenset(totals | small))

    def hides(self, observation: Observation) -> bool:
        """Whether a figure is not to be shown; one that was replaced is judged by itself too."""
        if self.reveals:
            return False
        key = (observation.indicator, observation.period, observation.area)
        return key in self.hidden or is_small_figure(self.register, observation)

    def figure(self, observation: Observation) -> str:
        """A figure as printed: `64.5%`, `On track`, `Suppressed`, or `no figure`."""
        if self.hides(observation):
            return SUPPRESSED
        if observation.value is not None:
            indicator = self.register.indicator(observation.indicator)
            unit, decimals = (indicator.unit, indicator.decimals) if indicator else (None, None)
            return shown(observation.value, unit, decimals)
        if observation.suppressed:
            return SUPPRESSED
        return observation.state or observation.narrative or "no figure"

    def finding(self, finding: Finding, observation: Observation | None) -> Finding:
        """A finding at the cell of a figure, without its words where the figure is hidden."""
        if observation is None or not self.hides(observation):
            return finding
        return replace(finding, value="", problem=WITHHELD, fix="")

    def words(self, text: str, observation: Observation | None) -> str:
        """What someone wrote of a figure, where the figure is not hidden."""
        return text if observation is None or not self.hides(observation) else WITHHELD

    def issued(self, rating: IssuedRating, period: str) -> str:
        """What an appendix printed of an indicator, as far as it would be printed today."""
        printed = rating.performance
        if self.reveals or not printed:
            return printed
        if (rating.indicator, period) in self.totals or self._tells_small(rating):
            return SUPPRESSED
        return printed

    def _tells_small(self, rating: IssuedRating) -> bool:
        below = self.register.framework.small_below
        indicator = self.register.indicator(rating.indicator)
        return (
            below is not None
            and indicator is not None
            and is_protected(indicator)
            and indicator.unit_row.counts_people
            and any(is_small(number, below) for number in quoted(rating.performance))
        )


def _may_be_small(register: Register, observation: Observation) -> bool:
    """Whether any number in a figure of an unknown unit could be one of few people."""
    below = register.framework.small_below
    numbers = (observation.value, observation.numerator, observation.denominator)
    return below is not None and any(is_small(n, below) for n in numbers if n is not None)
