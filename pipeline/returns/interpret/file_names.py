"""What the name of a return's file says of its period."""

from __future__ import annotations

from pathlib import PurePath

from pipeline.returns.interpret.labels import vocabulary_of
from pipeline.returns.interpret.periods import spoken
from pipeline.returns.interpret.register_periods import Fit
from schemas.model import Register
from schemas.names import name_key


def other_period(filename: str, period: str, register: Register) -> str | None:
    """The one period that a file's name means, where it cannot mean the return's own."""
    stem = PurePath(filename).stem
    spelt = name_key(stem)
    if not any(map(str.isdigit, spelt)):
        return None
    named_in_it = [each.name for each in register.periods if name_key(each.name) in spelt]
    if named_in_it == [period]:
        return None
    calendar = vocabulary_of(register).calendar
    said, _ = calendar.mentions(spoken(stem))
    named = calendar.named(said)
    return named if named and calendar.fit(said, period) is Fit.OTHER else None
