"""Comparing names: exactly, but for case, spacing and punctuation. Near matches only suggest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

from pipeline.workbooks.figures.plain import clean

_NOT_WORD = re.compile(r"[^\w%£]+")
#: Below this a suggestion helps nobody.
_NEAR = 75.0
#: A heading this close to a known one was meant to be it; `priority no` is not `priority`.
_NEAR_HEADING = 85.0


# The same headings, refs and wordings stand in every return that a worker reads.
_REMEMBERED = lru_cache(maxsize=4_000)


@_REMEMBERED
def name_key(text: str) -> str:
    """What two names have in common when they are the same name."""
    return _NOT_WORD.sub(" ", clean(text).casefold()).strip()


def suggestion(text: str, choices: Iterable[str]) -> str:
    """`; did you mean …?` with the nearest choice, or nothing where none is near."""
    best = process.extractOne(
        text, list(choices), scorer=fuzz.WRatio, processor=name_key, score_cutoff=_NEAR
    )
    return f"; did you mean {best[0]}?" if best else ""


def near_heading(text: str, known: Iterable[str]) -> str | None:
    """The key of the heading that a text misspells, of those known."""
    best = process.extractOne(
        name_key(text), list(known), scorer=fuzz.ratio, score_cutoff=_NEAR_HEADING
    )
    return best[0] if best else None


def letters_key(text: str) -> str:
    """What two headings or titles have in common that differ only in spaces and punctuation."""
    return "".join(character for character in clean(text).casefold() if character.isalnum())


def asked_about(wanted: str, there: Iterable[str]) -> str:
    """`Is "…" meant to be it?` of the text that is most like the one wanted; empty: none is."""
    names = list(there)
    near = process.extractOne(
        wanted, names, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_NEAR
    )
    return f'Is "{near[0]}" meant to be it?' if near else ""
