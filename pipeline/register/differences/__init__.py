"""What a change of the register does to whom, in sentences: of two registers, all that differs."""

from __future__ import annotations

from pipeline.register.differences.difference import Concern, RegisterChange
from pipeline.register.differences.goals import spreads, targets, tolerances
from pipeline.register.differences.returned import renamed_periods, what_is_returned
from pipeline.register.differences.rows import cells
from schemas.model import Register
from schemas.renaming import with_names_of

__all__ = ["Concern", "RegisterChange", "differences"]


def differences(old: Register, new: Register) -> list[RegisterChange]:
    """What one register says otherwise than another, by what it is about."""
    renamed = [*renamed_periods(old, new)]
    old = with_names_of(old, new)
    found = [
        *renamed,
        *what_is_returned(old, new),
        *targets(old, new),
        *spreads(old, new),
        *tolerances(old, new),
        *cells(old, new),
    ]
    order = list(Concern)
    return sorted(found, key=lambda each: order.index(each.concern))
