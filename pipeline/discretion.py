"""Discretion: which figures of the store may be shown to whoever asks at the command line.

What the appendix suppresses is suppressed there too, until a person asks for it in so many words.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.disclosure import disclose, is_small_figure
from pipeline.display import shown
from pipeline.merge import merge
from pipeline.model import Observation, Register
from pipeline.report import SUPPRESSED
from pipeline.store import Store


@dataclass(frozen=True, slots=True)
class Discretion:
    """What may be shown of the figures of a store."""

    register: Register
    #: Indicator, period and area of each figure that stands and is suppressed.
    hidden: frozenset[tuple[str, str, str]]
    #: Everything is shown.
    reveals: bool

    @classmethod
    def of(cls, register: Register, store: Store, *, reveals: bool = False) -> Discretion:
        """What may be shown of the figures that a store holds; all of them where `reveals`."""
        hidden: set[tuple[str, str, str]] = set()
        for period in () if reveals else store.periods():
            merged = merge(register, period, store.observations(period))
            hidden.update(
                (o.indicator, o.period, o.area)
                for each in disclose(register, merged)
                for o in each.observations
                if o.suppressed
            )
        return cls(register, frozenset(hidden), reveals)

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
        indicator = next(
            (i for i in self.register.indicators if i.ref == observation.indicator), None
        )
        if observation.value is not None:
            unit, decimals = (indicator.unit, indicator.decimals) if indicator else (None, None)
            return shown(observation.value, unit, decimals)
        if observation.suppressed:
            return SUPPRESSED
        return observation.state or observation.narrative or "no figure"
