"""Merge: observations of several service areas become one row an indicator a period."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.model import Indicator, MilestoneState, Observation


@dataclass(frozen=True, slots=True)
class Consolidated:
    """What an indicator reports for a period, after its merge rule.

    At most one of `value`, `state` and `narrative` is set. None of them is where there is no data,
    the figure is suppressed, or the areas disagree.
    """

    indicator: Indicator
    period: str
    value: Decimal | None = None
    state: MilestoneState | None = None
    narrative: str = ""
    suppressed: bool = False
    #: Any of the figures in it is provisional.
    provisional: bool = False
    #: Refs of the areas that should have reported and have not.
    missing: tuple[str, ...] = ()
    #: Two sole owners reported different figures; never averaged away.
    conflict: bool = False
    observations: tuple[Observation, ...] = ()
