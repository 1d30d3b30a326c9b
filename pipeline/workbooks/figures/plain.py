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
#: Where a figure is due these may mean zero as well.
ZERO_OR_NOTHING = frozenset({"none", "nil", "nothing", "zero", "nought", "blank"})


def means_nothing_to_report(text: str) -> bool:
    """Whether words say that there is nothing to give: `n/a`, `tbc`, a dash, `none`."""
    return clean(text).casefold() in NOT_AVAILABLE | (ZERO_OR_NOTHING - {"zero", "nought"})
