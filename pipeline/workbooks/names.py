"""Comparing names: exactly, but for case, spacing and punctuation. Near matches only suggest."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.findings import LONGEST_QUOTE, shorten
from schemas.likeness import foreign_letter, nearest
from schemas.names import clean, name_key

__all__ = [
    "asked_about",
    "letters_key",
    "name_key",
    "near_heading",
    "suggestion",
]

#: A heading this close to a known one was meant to be it; `priority no` is not `priority`.
_NEAR_HEADING = 85.0


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
    # The job's own process reads no heading.
    from rapidfuzz import fuzz, process

    best = process.extractOne(
        name_key(text), list(known), scorer=fuzz.ratio, score_cutoff=_NEAR_HEADING
    )
    return best[0] if best else None


def letters_key(text: str) -> str:
    """What two headings or titles have in common that differ only in spaces and punctuation."""
    return "".join(character for character in clean(text).casefold() if character.isalnum())


def asked_about(wanted: str, there: Iterable[str]) -> str:
    """`Is "…" meant to be it?` of the text that is most like the one wanted; empty: none is."""
    near = nearest(wanted, there)
    return f'Is "{shorten(near, LONGEST_QUOTE)}" meant to be it?' if near else ""
