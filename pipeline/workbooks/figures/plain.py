"""Words that stand for no figure, and text made plain as they are compared."""

from __future__ import annotations

from schemas.names import clean

__all__ = ["NOT_AVAILABLE", "ZERO_OR_NOTHING", "clean", "means_nothing_to_report"]

NOT_AVAILABLE = frozenset(
    {"n/a", "na", "n.a.", "n/k", "tbc", "tba", "tbd", "-", "--", "..", "...", ":", "[x]", "[z]"}
    | {"pending", "awaited", "not available", "not applicable", "not known", "not yet available"}
    | {"not yet known", "to be confirmed", "to follow", "data not available", "no data"}
    | {"not yet due", "awaiting data", "unavailable", "unknown", "not reported", "n/av"}
)
#: Of a percentage; of anything else these may mean zero as well.
NO_CASES = frozenset({"no cases", "0 of 0", "0 out of 0", "0/0", "0 / 0"})
#: Where a figure is due these may mean zero as well.
ZERO_OR_NOTHING = frozenset({"none", "nil", "nothing", "zero", "nought", "blank"})
_NOTHING_TO_REPORT = NOT_AVAILABLE | (ZERO_OR_NOTHING - {"zero", "nought"})


def means_no_cases(text: str) -> bool:
    """Whether words say that there is nobody to take a figure of: `no cases`, `0 of 0`."""
    return clean(text).casefold() in NO_CASES


def filled_lines(text: str) -> list[str]:
    """The lines of a text, made plain, without those on which nothing stands."""
    return [line for each in text.splitlines() if (line := clean(each))]


def means_nothing_to_report(text: str) -> bool:
    """Whether words say that there is nothing to give: `n/a`, `tbc`, a dash, `none`."""
    return clean(text).casefold() in _NOTHING_TO_REPORT
