"""Counting and listing in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal


def noun_for(number: int | Decimal, noun: str, nouns: str = "") -> str:
    """The noun as it stands beside a number: `indicator` beside 1, `indicators` beside others."""
    return noun if number == 1 else nouns or noun + "s"


def counted(number: int, noun: str, nouns: str = "") -> str:
    """A number with its noun: `1 indicator`, `2 indicators`, `no indicators`."""
    return f"{number or 'no'} {noun_for(number, noun, nouns)}"


def listed(words: Iterable[str]) -> str:
    """Words as people list them: `Housing, Finance and Care`."""
    *most, last = (*words,) or ("",)
    return f"{', '.join(most)} and {last}" if most else last
