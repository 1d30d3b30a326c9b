"""Comparing names: exactly, but for case, spacing and punctuation. Near matches only suggest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

from pipeline.figures import clean

_BRACKETS = re.compile(r"\([^)]*\)")
_YEARS = re.compile(r"\b(?:19|20)\d\d\s*[-/]\s*(?:\d\d)?\d\d\b|\bq[1-4]\b")
_NOT_WORD = re.compile(r"[^\w%£]+")
_LONG_YEAR = re.compile(r"\b((?:19|20)\d\d)[-/](?:19|20)?(\d\d)\b")
#: Below this a suggestion helps nobody.
_NEAR = 75.0


# The same headings, refs and wordings stand in every return that a worker reads.
_REMEMBERED = lru_cache(maxsize=4_000)


@_REMEMBERED
def name_key(text: str) -> str:
    """What two names have in common when they are the same name."""
    return _NOT_WORD.sub(" ", clean(text).casefold()).strip()


@_REMEMBERED
def heading_key(text: str) -> str:
    """The same for a column's heading, which may carry a period or a remark in brackets."""
    return name_key(_YEARS.sub(" ", _BRACKETS.sub(" ", clean(text).casefold())))


@_REMEMBERED
def period_key(text: str) -> str:
    """The same for a period: `2012/13`, `2012-2013` and `2012–13` are one year."""
    return name_key(_LONG_YEAR.sub(r"\1-\2", clean(text)))


def suggestion(text: str, choices: Iterable[str]) -> str:
    """`; did you mean …?` with the nearest choice, or nothing where none is near."""
    best = process.extractOne(
        text, list(choices), scorer=fuzz.WRatio, processor=name_key, score_cutoff=_NEAR
    )
    return f"; did you mean {best[0]}?" if best else ""
