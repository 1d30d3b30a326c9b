"""What a return may be asked for beside its figures, by the register, as plain data.

The register says it for all indicators on its sheet Framework, and for one of them in its row. What
is asked for is asked where it can be answered: a forecast and a confidence of figures, corrective
action of what can be rated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    # Which import this module.
    from schemas.model import Framework, Indicator, Register


class AskAction(StrEnum):
    """Where corrective action is required, with who answers for it and until when."""

    NEVER = "never"
    WHERE_RED = "where red"
    WHERE_RED_OR_AMBER = "where red or amber"


class Requirement(StrEnum):
    """Whether a thing is asked for, and must be given."""

    NEVER = "never"
    MAY = "may be given"
    REQUIRED = "required"


class Confidence(StrEnum):
    """How far a figure may be relied on, as its area says; the lowest comes last."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


class Asks(Struct, frozen=True):
    """What is asked for of an indicator beside its figure."""

    action: AskAction = AskAction.NEVER
    forecast: Requirement = Requirement.NEVER
    confidence: Requirement = Requirement.NEVER

    @property
    def things(self) -> Iterator[str]:
        """What it asks for, in any way: `action`, `forecast`, `confidence`."""
        if self.action is not AskAction.NEVER:
            yield "action"
        if self.forecast is not Requirement.NEVER:
            yield "forecast"
        if self.confidence is not Requirement.NEVER:
            yield "confidence"


#: The fields of a return that stand beside a figure, with what each is part of.
BESIDE_FIGURE = {
    **dict.fromkeys(("action", "action_owner", "action_by"), "action"),
    "forecast": "forecast",
    "confidence": "confidence",
}


def asks_of(framework: Framework, indicator: Indicator) -> Asks:
    """What is asked for of an indicator: by its own row, else by the framework."""
    action = indicator.ask_action or framework.ask_action
    forecast = indicator.ask_forecast or framework.ask_forecast
    confidence = indicator.ask_confidence or framework.ask_confidence
    if not indicator.has_figures:
        forecast = confidence = Requirement.NEVER
    if len(indicator.areas) > 1 and indicator.merge_rule.merging.needs_parts:
        # Forecasts have no numerators and denominators to weight them by.
        forecast = Requirement.NEVER
    if not indicator.may_be_rated:
        action = AskAction.NEVER
    return Asks(action, forecast, confidence)


def things_asked(register: Register) -> frozenset[str]:
    """What a register asks for of any indicator, in any period; see `Asks.things`."""
    rows = register.versions or register.indicators
    return frozenset(things_of(register.framework, rows))


def things_of(framework: Framework, indicators: Iterable[Indicator]) -> Iterator[str]:
    """What is asked for of any of some indicators."""
    for indicator in indicators:
        yield from asks_of(framework, indicator).things
