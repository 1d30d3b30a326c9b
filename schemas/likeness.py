"""Likeness: the one of several texts that another may have been meant for. It is only suggested."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from schemas.names import name_key

#: Below this, of 100, a suggestion helps nobody.
NEAR = 75.0


def nearest(text: str, choices: Iterable[str], least: float = NEAR) -> str | None:
    """The choice that is most like a text as a whole, whatever the order of its words.

    None where none is near; what is the same but for spelling is no suggestion.
    """
    # It is loaded where something is misspelt, as in few nights.
    from rapidfuzz import fuzz, process

    def likeness(one: str, other: str, **_: object) -> float:
        return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))

    there = [choice for choice in choices if name_key(choice) != name_key(text)]
    best = process.extractOne(text, there, scorer=likeness, processor=name_key, score_cutoff=least)
    return best[0] if best else None


def foreign_letter(text: str, choices: Iterable[str]) -> str:
    """A letter of a text in a script that none of the choices has, in words; empty: there is none.

    It may look like one of theirs: `А` is Cyrillic.
    """
    foreign = [letter for letter in text if _script(letter) not in ("", "Latin")]
    if not foreign:
        # As of nearly every text: the choices, which may be thousands, need not be looked at.
        return ""
    scripts = {_script(letter) for choice in choices for letter in choice}
    letter = next((each for each in foreign if _script(each) not in scripts), "")
    return f"its letter {letter} is {_script(letter)}" if letter else ""


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].title() if letter.isalpha() else ""
