"""Counting, listing and dates in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def noun_for(number: int | Decimal, noun: str, nouns: str = "") -> str:
    """The noun as it stands beside a number: `indicator` beside 1, `indicators` beside others."""
    return noun if number == 1 else nouns or noun + "s"


def counted(number: int, noun: str, nouns: str = "") -> str:
    """A number with its noun: `1 indicator`, `2 indicators`, `no indicators`."""
    return f"{number or 'no'} {noun_for(number, noun, nouns)}"


def listed(words: Iterable[str], last_by: str = "and") -> str:
    """Words as people list them: `Housing, Finance and Care`."""
    *most, last = (*words,) or ("",)
    return f"{', '.join(most)} {last_by} {last}" if most else last


def day_shown(day: date) -> str:
    """A date in words: `30 April 2013`."""
    return f"{day.day} {day:%B %Y}"


def months_shown(starts: date, ends: date) -> str:
    """The months of some days: `April to June 2012`, `October 2012 to March 2013`."""
    last = f"{ends:%B %Y}"
    if (starts.year, starts.month) == (ends.year, ends.month):
        return last
    return f"{starts:%B %Y} to {last}" if starts.year != ends.year else f"{starts:%B} to {last}"
