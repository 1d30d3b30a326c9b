"""Coverage: how much of what is due for a period has been answered.

An answer is whatever a service area may say of an indicator: a figure, a state, words, that it has
no cases, that its figure is suppressed or not available.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from msgspec import Struct

from pipeline.consolidation.merge import Consolidated
from schemas.model import Policy
from schemas.units import Unit, shown
from schemas.wording import counted


class Coverage(Struct, frozen=True):
    """Answers, each of one service area to one indicator."""

    answered: int
    due: int

    @property
    def is_whole(self) -> bool:
        return self.answered == self.due

    @property
    def shown(self) -> str:
        """In words: `7 of 20 answers are in`, `No answers are due`."""
        if not self.due:
            return "No answers are due"
        verb = "is" if self.due == 1 else "are"
        return f"{self.answered:,} of {counted(self.due, 'answer')} {verb} in"

    def is_enough(self, policy: Policy) -> bool:
        """Whether what they add up to is rated."""
        return self.answered >= Fraction(policy.coverage_from) * self.due


def coverage_of(figures: Iterable[Consolidated]) -> Coverage:
    """What has been answered of all that these indicators ask of their service areas."""
    answered = due = 0
    for figure in figures:
        if figure.not_due:
            continue
        due += len(figure.indicator.areas)
        answered += len(figure.observations)
    return Coverage(answered, due)


def coverage_shown(coverage: Coverage, policy: Policy) -> str:
    """How much is in, and what is not rated until more is; empty where the policy does not ask."""
    if not policy.coverage_from:
        return ""
    if coverage.is_enough(policy):
        return f"{coverage.shown}."
    return f"{coverage.shown}; the whole is rated once {_needed(policy)} are."


def coverage_key(policy: Policy) -> str:
    """From where on the whole is rated, as a sentence; empty where it always is."""
    needed = _needed(policy)
    return f"It is rated once {needed} of all answers that are due are in." if needed else ""


def _needed(policy: Policy) -> str:
    share = policy.coverage_from
    return shown((share * 100).normalize(), Unit.PERCENT) if share else ""
