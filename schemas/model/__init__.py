"""The words of the register and of a reported figure, as types.

Figures are `decimal.Decimal` in their unit (see `schemas.units`): no float ever decides a rating.
"""

from schemas.model.bands import BandRow, Colour
from schemas.model.figures import NO_CASES, MilestoneState, Status
from schemas.model.indicators import (
    CommentaryRule,
    Indicator,
    Kind,
    Polarity,
    Priority,
    SmallNumbers,
)
from schemas.model.people import Gets, Period, Recipient, ServiceArea
from schemas.model.rating import Policy, PolicyChange, PolicyKind, Tolerance, ToleranceKind
from schemas.model.register import Framework, Register, TextBounds
from schemas.model.targets import Operator, Shape, Target

__all__ = [
    "NO_CASES",
    "BandRow",
    "Colour",
    "CommentaryRule",
    "Framework",
    "Gets",
    "Indicator",
    "Kind",
    "MilestoneState",
    "Operator",
    "Period",
    "Polarity",
    "Policy",
    "PolicyChange",
    "PolicyKind",
    "Priority",
    "Recipient",
    "Register",
    "ServiceArea",
    "Shape",
    "SmallNumbers",
    "Status",
    "Target",
    "TextBounds",
    "Tolerance",
    "ToleranceKind",
]
