"""Rate: colour, direction of travel and overall, in exact decimal arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Colour(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


#: Never colour alone: each colour has a symbol that survives a black-and-white print.
SYMBOLS = {Colour.GREEN: "✔", Colour.AMBER: "◆", Colour.RED: "✖"}


class NotRated(StrEnum):
    """Why an indicator has no colour."""

    NO_TARGET = "no target"
    NO_DATA = "no data"
    SUPPRESSED = "suppressed"
    CONTEXTUAL = "contextual"
    CONFLICT = "areas disagree"
    INCOMPLETE = "areas missing"
    NARRATIVE = "narrative"
    NOT_DUE = "not due"


@dataclass(frozen=True, slots=True)
class Rating:
    """A colour, or the reason why there is none; exactly one of the two is set."""

    colour: Colour | None = None
    not_rated: NotRated | None = None

    @property
    def shown(self) -> str:
        """As printed: `✔ Green`, or `Not rated: no target`."""
        if self.colour is not None:
            return f"{SYMBOLS[self.colour]} {self.colour.capitalize()}"
        return f"Not rated: {self.not_rated}"


class Trend(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


ARROWS = {Trend.UP: "▲", Trend.DOWN: "▼", Trend.SAME: "►"}


@dataclass(frozen=True, slots=True)
class Travel:
    """Direction of travel from an earlier figure to this one."""

    trend: Trend
    #: None where neither way is better (a contextual figure).
    verdict: Verdict | None
    #: The figure compared with, and what it is: the last period's name, or `baseline 2011-12`.
    earlier: Decimal
    basis: str

    @property
    def shown(self) -> str:
        """As printed: `▲ Up, better`."""
        words = self.trend.capitalize()
        if self.verdict is not None and self.verdict != Verdict.SAME:
            words = f"{words}, {self.verdict}"
        return f"{ARROWS[self.trend]} {words}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each, and the colour that they add up to by the register's policy."""

    green: int
    amber: int
    red: int
    not_rated: int
    #: Mean of green 1, amber ½, red 0 over what is rated; None where nothing is.
    score: Decimal | None
    colour: Colour | None

    @property
    def rated(self) -> int:
        return self.green + self.amber + self.red

    @property
    def shown(self) -> str:
        """As printed: `◆ Amber`, or `Not rated`."""
        if self.colour is None:
            return "Not rated"
        return f"{SYMBOLS[self.colour]} {self.colour.capitalize()}"
