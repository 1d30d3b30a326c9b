"""Text made plain: the several spaces, dashes and full-width forms, and words for nothing."""

from __future__ import annotations

_SPACES = dict.fromkeys(map(ord, "\t\n\r\u00a0\u1680\u2007\u2009\u200a\u202f\u205f\u3000"), " ")
_SPACES.update(dict.fromkeys(range(0x2000, 0x2007), " "))
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN = {**_FULL_WIDTH, **_SPACES, **_NOTHING, **_DASHES, 0xFFE1: "£"}

NOT_AVAILABLE = frozenset(
    {"n/a", "na", "n.a.", "n/k", "tbc", "tba", "tbd", "-", "--", "..", "...", ":", "[x]", "[z]"}
    | {"pending", "awaited", "not available", "not applicable", "not known", "not yet available"}
    | {"not yet known", "to be confirmed", "to follow", "data not available", "no data"}
    | {"not yet due", "awaiting data", "unavailable", "unknown", "not reported", "n/av"}
)
#: Where a figure is due these may mean zero as well.
ZERO_OR_NOTHING = frozenset({"none", "nil", "nothing", "zero", "nought", "blank"})


def clean(text: str) -> str:
    """Text with the several spaces, dashes and full-width forms made plain, trimmed."""
    return " ".join(text.translate(_PLAIN).split())


def filled_lines(text: str) -> list[str]:
    """The lines of a text, made plain, without those on which nothing stands."""
    return [line for each in text.splitlines() if (line := clean(each))]


def means_nothing_to_report(text: str) -> bool:
    """Whether words say that there is nothing to give: `n/a`, `tbc`, a dash, `none`."""
    return clean(text).casefold() in NOT_AVAILABLE | (ZERO_OR_NOTHING - {"zero", "nought"})
