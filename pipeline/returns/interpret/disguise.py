"""Disguise: a text with words that mean nothing in place of a service area's name.

What returns made from one template say differs by that name alone: disguised, it is the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from msgspec.structs import replace

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.labels import INDICATORS, Vocabulary
from pipeline.returns.interpret.parts import NOUNS, is_about
from pipeline.returns.interpret.periods import spoken
from schemas.model import Register, ServiceArea

#: In place of each word of an area's name. It is in no language, and has a digit as a name may.
STAND_IN = "Qarea7"
_WORD = re.compile(r"[A-Za-z0-9]+")
#: The names of areas that are no more than words.
_PLAIN_NAME = re.compile(rf"{_WORD.pattern}(?:(?: & |, |[ '/-]){_WORD.pattern})*")
_NOUN = re.compile(rf"\b(?:{NOUNS})\b", re.IGNORECASE)
#: What stands before or behind a name that is a part of a longer word.
_GLUE = frozenset("_.@'")


@lru_cache(maxsize=2_000)
def stand_in_for(words: Vocabulary, area: str) -> str | None:
    """What stands for an area's name, by its ref; None where that may say more than whose it is."""
    name = words.area_names[area]
    if not _PLAIN_NAME.fullmatch(name) or _NOUN.search(name) or is_about(name):
        return None
    if words.areas_named(name)[0] != {area}:
        return None
    label = words.read_rest(spoken(name), INDICATORS)
    if label.kinds or label.periods or label.units or label.scales or label.fields - {"area"}:
        return None
    return _WORD.sub(STAND_IN, name)


@lru_cache(maxsize=8)
def with_area(words: Vocabulary, name: str) -> tuple[Register, Vocabulary]:
    """The register with one area more, which has its name as its ref, and its vocabulary."""
    areas = (*words.register.areas, ServiceArea(name, name))
    register = replace(words.register, areas=areas)
    return register, Vocabulary(register, like=words)


def disguised(text: str, area: str, stand_in: str, words: Vocabulary) -> str:
    """A text in disguise where it names the area, as the register does, and no other."""
    name = words.area_names[area]
    if name not in text:
        return text
    if name == text:
        return stand_in
    areas, _ = words.areas_named(text)
    pieces = text.split(name)
    is_glued = any(
        before[-1:].isalnum()
        or before[-1:] in _GLUE
        or behind[:1].isalnum()
        or behind[:1] in _GLUE - {"."}
        for before, behind in pairwise(pieces)
    )
    return text if is_glued or areas != {area} else stand_in.join(pieces)


def in_disguise(text: str, known: Belonging) -> tuple[str, Belonging]:
    """A text in disguise, and what is known of a return whose area is called by the stand-in."""
    stand_in = stand_in_for(known.words, known.area) if known.area else None
    if stand_in is None or not known.area or STAND_IN in text:
        return text, known
    _, words = with_area(known.words, stand_in)
    made = disguised(text, known.area, stand_in, known.words)
    return made, Belonging(words, known.period, stand_in)
