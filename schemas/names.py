"""Comparing what people type: by what two texts have in common when they say the same.

Letters may be composed or not, hyphens may break or not, spaces be wide or narrow, and characters
that nobody sees may stand anywhere; texts that differ in nothing else are the same. A letter of
another script that looks the same is another letter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = dict.fromkeys(map(ord, "\t\n\r\u00a0\u1680\u2007\u2009\u200a\u202f\u205f\u3000"), " ")
_SPACES.update(dict.fromkeys(range(0x2000, 0x2007), " "))
_NOTHING = dict.fromkeys(map(ord, "\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_NOTHING.update(dict.fromkeys(range(0xFE00, 0xFE10)))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN = {**_FULL_WIDTH, **_SPACES, **_NOTHING, **_DASHES, 0xFFE1: "£", 0xFFE5: "¥"}
#: Seen only where a line ends there. In a figure it may be meant for a minus.
_SOFT_HYPHEN = "\u00ad"

#: Signs that tell two names apart, beside letters and digits: `Waits > 18 weeks`, `Cost in $`.
_MEANT = "%£$€¥<>=≤≥+"
# The same headings, refs and wordings stand in every return that a worker reads.
_remembered = lru_cache(maxsize=4_000)


def clean(text: str) -> str:
    """Text with the several spaces, dashes and full-width forms made plain, letters composed."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_PLAIN))
    return " ".join(text.split())


def spelled(text: str) -> str:
    """The same for what is no figure, in small letters and without hyphens that nobody sees."""
    return unicodedata.normalize("NFC", clean(text.replace(_SOFT_HYPHEN, "")).casefold())


#: Of plain letters: what parts the words of a name, but for points and commas.
_PARTING = {
    code: " "
    for code in range(128)
    if not (chr(code).isalnum() or chr(code) in _MEANT or chr(code) in ".,")
}


@_remembered
def name_key(text: str) -> str:
    """What two names have in common when they are the same, but for case and punctuation.

    `Adults & Health` is `Adults and Health`.
    """
    if text.isascii() and "." not in text and "," not in text:
        # The short way to nearly every name; it comes to the same.
        lower = text.lower().replace("&", " and ")
        return " ".join(lower.translate(_PARTING).split()) or " ".join(lower.split())
    plain = spelled(text).replace("&", " and ")
    marks = "" if plain.isascii() else "".join(sorted(filter(_is_mark, set(plain))))
    return _between(marks).sub(" ", plain).strip() or plain


@_remembered
def _between(marks: str) -> re.Pattern[str]:
    """What parts the words of a name. `marks` are accents that no composed letter holds.

    A point or a comma within a number parts nothing: 1.10 is neither 1,10 nor 110.
    """
    return re.compile(rf"(?:(?!(?<=[0-9])[.,](?=[0-9]))[^\w{_MEANT}{marks}]|_)+")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def address_of(text: str) -> str:
    """A mail address as it was meant, without what nobody sees of what was pasted."""
    return clean(text.replace(_SOFT_HYPHEN, ""))


def address_key(address: str) -> str:
    """What two mail addresses have in common; only plain letters have a large and a small form."""
    plain = address_of(address)
    return plain.lower() if plain.isascii() else plain
