"""What the colours mean."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct


class ToleranceKind(StrEnum):
    PERCENT_OF_TARGET = "percent of target"
    POINTS = "points"


class Tolerance(Struct, frozen=True):
    """How far out of target is still amber: percent of the target, or points of the unit."""

    amount: Decimal
    kind: ToleranceKind


class PolicyKind(StrEnum):
    """What the colours mean; councils differ."""

    TARGET = "target and tolerance"
    IMPROVEMENT = "target or improvement"


class Policy(Struct, frozen=True):
    """What the colours mean and how they add up.

    Overall scores green 1, amber ½ and red 0 and takes the mean of what is rated: green from
    `green_from`, amber from `amber_from`, else red. Where less than `coverage_from` of what is due
    has been answered there is no overall rating. A figure that is better than its target by
    `exceeded_by`, of the tolerance's kind, is in a fourth band, which scores as green; None: there
    is no such band.
    """

    kind: PolicyKind = PolicyKind.TARGET
    tolerance: Tolerance = Tolerance(Decimal(5), ToleranceKind.PERCENT_OF_TARGET)
    green_from: Decimal = Decimal("0.75")
    amber_from: Decimal = Decimal("0.5")
    coverage_from: Decimal = Decimal(0)
    exceeded_by: Decimal | None = None


class PolicyChange(Struct, frozen=True):
    """What the colours mean from a period on."""

    since: str
    policy: Policy
