"""Comparing names: exactly, but for case, spacing and punctuation. Near matches only suggest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

from schemas.findings import LONGEST_QUOTE, shorten
from schemas.likeness import foreign_letter, nearest
from schemas.names import clean, name_key

__all__ = [
    "asked_about",
    "heading_key",
    "letters_key",
    "name_key",
    "near_heading",
    "period_key",
    "period_marks",
    "suggestion",
]

_BRACKETS = re.compile(r"\([^)]*\)")
_YEAR = r"(?:19|20)\d\d"
_MARKS = re.compile(rf"\b({_YEAR})(?:\s*[-/]\s*(?:19|20)?(\d\d))?\b|\b(q[1-4])\b")
_LONG_YEAR = re.compile(rf"\b({_YEAR})[-/](?:19|20)?(\d\d)\b")
#: A heading this close to a known one was meant to be it; `priority no` is not `priority`.
_NEAR_HEADING = 85.0


# The same headings, refs and wordings stand in every return that a worker reads.
_REMEMBERED = lru_cache(maxsize=4_000)


@_REMEMBERED
def heading_key(text: str) -> str:
    """The same for a column's heading, which may carry a period or a remark in brackets."""
    return name_key(_MARKS.sub(" ", _BRACKETS.sub(" ", clean(text).casefold())))


@_REMEMBERED
def period_key(text: str) -> str:
    """The same for a period: `2012/13`, `2012-2013` and `2012–13` are one year."""
    return name_key(_LONG_YEAR.sub(r"\1-\2", clean(text)))


@_REMEMBERED
def period_marks(text: str) -> frozenset[str]:
    """The years and quarters that a text names, such as `2012-13` and `q1`."""
    return frozenset(
        quarter or (f"{year}-{until}" if until else year)
        for year, until, quarter in _MARKS.findall(clean(text).casefold())
    )


def suggestion(text: str, choices: Iterable[str]) -> str:
    """`; did you mean …?` with the nearest choice, or nothing where none is near.

    A letter of another script, which may look like one of theirs, is named before.
    """
    known = list(choices)
    near = nearest(text, known)
    foreign = foreign_letter(text[:LONGEST_QUOTE], known)
    asked = f"did you mean {shorten(near, LONGEST_QUOTE)}?" if near else ""
    return "".join(f"; {said}" for said in (foreign, asked) if said)


def near_heading(text: str, known: Iterable[str]) -> str | None:
    """The key of the heading that a text misspells, of those known."""
    best = process.extractOne(
        heading_key(text), list(known), scorer=fuzz.ratio, score_cutoff=_NEAR_HEADING
    )
    return best[0] if best else None


def letters_key(text: str) -> str:
    """What two headings or titles have in common that differ only in spaces and punctuation."""
    return "".join(character for character in clean(text).casefold() if character.isalnum())


def asked_about(wanted: str, there: Iterable[str]) -> str:
    """`Is "…" meant to be it?` of the text that is most like the one wanted; empty: none is."""
    near = nearest(wanted, there)
    return f'Is "{shorten(near, LONGEST_QUOTE)}" meant to be it?' if near else ""
