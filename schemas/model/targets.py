"""What an indicator is to reach."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from schemas.frequency import Carried, Profile
from schemas.model.indicators import Indicator, Polarity


class Operator(StrEnum):
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE_THAN = ">"
    LESS_THAN = "<"
    EQUAL = "="
    BETWEEN = "between"


#: How a figure compares with a target by its operator; a range without its ends is one figure.
_COMPARED: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
    Operator.MORE_THAN: operator.gt,
    Operator.LESS_THAN: operator.lt,
    Operator.EQUAL: operator.eq,
    Operator.BETWEEN: operator.eq,
}

#: Which way is better by an operator.
_SIDES = {
    Operator.AT_LEAST: 1,
    Operator.MORE_THAN: 1,
    Operator.AT_MOST: -1,
    Operator.LESS_THAN: -1,
}


class Shape(Struct, frozen=True):
    """What a period's figures were of its year's, by which the target of a year is spread."""

    indicator: str
    #: The period of which it says the part, in the year of the target.
    period: str
    part: Decimal
    whole: Decimal


class Target(Struct, frozen=True):
    """What an indicator is to reach in a period. Decimals keep the places they were typed with."""

    indicator: str
    period: str
    #: None: as the polarity says (higher: at least; lower: at most; range: between).
    operator: Operator | None = None
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    baseline: Decimal | None = None
    baseline_period: str = ""
    #: How it is spread over shorter periods, and goes on for the next year; None: it does not.
    profile: Profile | None = None
    carried: Carried | None = None
    #: By how much it changes a year, as it is carried on: percent of it, or points of the unit.
    change: Decimal | None = None
    #: Explicit thresholds, each included in its band: in place of the tolerance, and of what the
    #: policy says is far beyond target. Without `green_from` what is in target is green.
    green_from: Decimal | None = None
    red_from: Decimal | None = None
    exceeded_from: Decimal | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is anything to reach, not only a baseline to compare with."""
        return self.value is not None or (self.lower is not None and self.upper is not None)

    def operator_by(self, polarity: Polarity | None) -> Operator:
        """The operator that decides: the register's, else the one that the polarity implies."""
        if self.operator is not None:
            return self.operator
        if self.value is None:
            return Operator.BETWEEN
        return Operator.AT_MOST if polarity is Polarity.LOWER else Operator.AT_LEAST

    def admits(self, value: Decimal, polarity: Polarity | None) -> bool:
        """Whether a figure meets the target; where none is set, none does."""
        decides = self.operator_by(polarity)
        if decides is Operator.BETWEEN and self.lower is not None and self.upper is not None:
            return self.lower <= value <= self.upper
        return self.value is not None and _COMPARED[decides](value, self.value)

    def side(self, polarity: Polarity | None) -> int:
        """Which way is better beyond the target: 1 up, -1 down; 0 where neither is."""
        is_told = self.operator is not None or polarity in (Polarity.HIGHER, Polarity.LOWER)
        if self.value is None or polarity is Polarity.CONTEXTUAL or not is_told:
            return 0
        return _SIDES.get(self.operator_by(polarity), 0)

    def states_thresholds(self, polarity: Polarity | None) -> bool:
        """Whether any of its bands begins at a figure of its own."""
        is_stated = self.red_from is not None or self.exceeded_from is not None
        return is_stated and bool(self.side(polarity))

    def has_thresholds(self, polarity: Polarity | None) -> bool:
        """Whether amber and red go by explicit thresholds."""
        return self.red_from is not None and bool(self.side(polarity))

    @property
    def operator_shown(self) -> str:
        """The sign printed before it: only where the register states one."""
        signs = {Operator.AT_LEAST: "≥", Operator.AT_MOST: "≤", Operator.BETWEEN: ""}
        return signs.get(self.operator, self.operator.value) if self.operator else ""

    def shown(self, indicator: Indicator) -> str:
        """As printed for an indicator: `25%`, `>3.30%`, `10% to 15%`.

        Empty where there is nothing to reach.
        """
        match self.value, self.lower, self.upper:
            case Decimal() as goal, _, _:
                return self.operator_shown + indicator.shown(goal)
            case _, Decimal() as lower, Decimal() as upper:
                return f"{indicator.shown(lower)} to {indicator.shown(upper)}"
        return ""
