"""Redaction: which figures of the store may be shown to whoever asks at the command line.

What the appendix suppresses is suppressed there too, until a person asks for it in so many words.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation import disclosure
from pipeline.consolidation.disclosure import WITHHELD
from pipeline.consolidation.merge import merge
from pipeline.consolidation.report import SUPPRESSED, figure_shown
from pipeline.store import IssuedRating, Store
from schemas.findings import Finding
from schemas.model import Register
from schemas.observations import Observation


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
            merged = merge(register, period, store.observations(period))
            for each in disclosure.disclose(register, merged):
                if each.suppressed:
                    totals.add((each.indicator.ref, period))
                hidden.update(_key(o) for o in each.observations if o.suppressed)
        gone = [o for _, o in store.reported() if register.indicator(o.indicator) is None]
        # How its figures were merged is not known any more, nor what could be worked out from them.
        small = {(o.indicator, o.period) for o in gone if _may_be_small(register, o)}
        hidden.update(_key(o) for o in gone if (o.indicator, o.period) in small)
        return cls(register, frozenset(hidden), frozenset(totals | small))

    def hides(self, observation: Observation | None) -> bool:
        """Whether a figure is not to be shown; one that was replaced is judged by itself too."""
        if observation is None or self.reveals:
            return False
        is_small = disclosure.is_small_figure(self.register, observation)
        return is_small or _key(observation) in self.hidden

    def figure(self, observation: Observation) -> str:
        """A figure as printed: `64.5%`, `On track`, `Suppressed`, or `no figure`."""
        if self.hides(observation):
            return SUPPRESSED
        indicator = self.register.indicator(observation.indicator)
        return figure_shown(observation, indicator) or "no figure"

    def finding(self, finding: Finding, observation: Observation | None) -> Finding:
        """A finding at the cell of a figure, without its words where the figure is hidden."""
        hidden = self.hides(observation)
        return replace(finding, value="", problem=WITHHELD, fix="") if hidden else finding

    def words(self, text: str, observation: Observation | None) -> str:
        """What someone wrote of a figure, where the figure is not hidden."""
        return WITHHELD if self.hides(observation) else text

    def issued(self, rating: IssuedRating, period: str) -> str:
        """What an appendix printed of an indicator, as far as it would be printed today."""
        printed = rating.performance
        if self.reveals or not printed:
            return printed
        numbers = disclosure.quoted(printed)
        is_small = disclosure.tells_few(self.register, rating.indicator, numbers)
        return SUPPRESSED if is_small or (rating.indicator, period) in self.totals else printed


def _key(observation: Observation) -> tuple[str, str, str]:
    return observation.indicator, observation.period, observation.area


def _may_be_small(register: Register, observation: Observation) -> bool:
    """Whether any number in a figure of an unknown unit could be one of few people."""
    below = register.framework.small_below
    numbers = (observation.value, observation.numerator, observation.denominator)
    return any(disclosure.is_small(n, below) for n in numbers if n is not None)
