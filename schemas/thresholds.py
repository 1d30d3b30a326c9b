"""The explicit thresholds of a target, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from schemas.model import Colour, Indicator, Target
from schemas.units import shown

if TYPE_CHECKING:
    from schemas.bands import Bands


def thresholds_shown(target: Target | None, indicator: Indicator, bands: Bands) -> str:
    """From where on a figure is in each band: `green at 88% or above, red at 80% or below`.

    Empty where a target has no thresholds.
    """
    if target is None or not target.side(indicator.polarity):
        return ""
    better, worse = (
        ("above", "below") if target.side(indicator.polarity) > 0 else ("below", "above")
    )

    def said(colour: Colour, figure: Decimal | None, way: str) -> str:
        if figure is None:
            return ""
        return f"{bands.of(colour).said} at {shown(figure, indicator.unit)} or {way}"

    has_red = target.has_thresholds(indicator.polarity)
    parts = (
        said(Colour.EXCEEDED, target.exceeded_from, better),
        said(Colour.GREEN, target.green_from if has_red else None, better),
        said(Colour.RED, target.red_from, worse) if has_red else "",
    )
    return ", ".join(filter(None, parts))
