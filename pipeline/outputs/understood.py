"""Understood: a return's figures played back to whoever sent it, as they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from pipeline.consolidation.report import figure_shown
from schemas.findings import shorten
from schemas.model import Indicator, Register, Status
from schemas.observations import Observation
from schemas.timeline import in_force

#: What stands in place of a figure that is not to be passed on.
NOT_SHOWN = "not shown here"


class Understood(Struct, frozen=True):
    """One figure of a return."""

    ref: str
    wording: str
    #: As printed, such as `31.5% (63 of 200)`, `£120,000`, `not available` or `in words`.
    figure: str
    #: As printed; empty where there is none.
    target: str
    #: Where it stands: `Indicators!H14`.
    place: str

    @property
    def line(self) -> str:
        target = f" (target {self.target})" if self.target else ""
        return f"{self.ref} {self.wording}: {self.figure}{target}, {self.place}"


def understood(
    observations: Iterable[Observation],
    register: Register,
    period: str,
    is_hidden: Callable[[Observation], bool] = lambda _: False,
) -> list[Understood]:
    """What was understood of each figure, in the order of the return.

    Of those that are hidden the figure is not said.
    """
    register = in_force(register, period)
    found = []
    for one in observations:
        indicator = register.indicator(one.indicator)
        target = register.target(one.indicator, period)
        figure = NOT_SHOWN if is_hidden(one) else _figure(one, indicator)
        goal = target.shown(indicator) if target and indicator else ""
        wording = shorten(indicator.wording) if indicator else ""
        place = f"{one.sheet}!{one.cell}"
        found.append(Understood(one.indicator, wording, figure, goal, place))
    return found


def _figure(one: Observation, indicator: Indicator | None) -> str:
    # Of words nothing had to be understood.
    shown = "in words" if one.narrative else figure_shown(one, indicator)
    if one.value is not None and one.numerator is not None and one.denominator is not None:
        shown += f" ({one.numerator:f} of {one.denominator:f})"
    if one.status is Status.PROVISIONAL:
        shown += ", provisional"
    return shown or one.status.lower()
