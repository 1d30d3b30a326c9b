"""One thing that two registers say otherwise, in a sentence, and what it is about."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from schemas.model import Indicator


class Concern(StrEnum):
    """What a difference is about, in the order in which it is told."""

    RETURNS = "Who must return what"
    TARGETS = "Targets and tolerances"
    INDICATORS = "What is measured"
    MAIL = "Who is sent what, and who decides"
    FRAMEWORK = "Settings of the whole"


class RegisterChange(Struct, frozen=True):
    concern: Concern
    #: A sentence or two.
    said: str


def indicator_named(indicator: Indicator | None, ref: str) -> str:
    """How an indicator is called: `P1-1 (Number of repeat incidents)`."""
    return f"{ref} ({indicator.wording})" if indicator else ref
