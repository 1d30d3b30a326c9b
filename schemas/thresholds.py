"""The explicit thresholds of a target, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from schemas.model import Colour, Indicator, Target

if TYPE_CHECKING:
    from schemas.bands import Bands


def thresholds_shown(target: Target | None, indicator: Indicator, bands: Bands) -> str:
    """From where on a figure is in each band; empty where a target has no thresholds.

    Such as `green at 88% or above, red at 80% or below, amber between`.
    """
    side = target.side(indicator.polarity) if target is not None else 0
    if target is None or not side:
        return ""
    better, worse = ("above", "below") if side > 0 else ("below", "above")

    def begins(colour: Colour, figure: Decimal | None, way: str) -> list[str]:
        if figure is None:
            return []
        return [f"{bands.of(colour).said} at {indicator.shown(figure)} or {way}"]

    parts = begins(Colour.EXCEEDED, target.exceeded_from, better)
    if target.has_thresholds(indicator.polarity):
        parts += begins(Colour.GREEN, target.green_from, better)
        parts += begins(Colour.RED, target.red_from, worse)
        between = "between" if target.green_from is not None else "between that and the target"
        parts.append(f"{bands.of(Colour.AMBER).said} {between}")
    return ", ".join(parts)
