"""Compared: how a figure stands to the one that it is compared with."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from pipeline.consolidation import rating
from pipeline.consolidation.accumulation import is_borrowed
from pipeline.consolidation.merge import Consolidated, is_incomplete
from schemas.model import Target


def whole_figure(merged: Consolidated | None) -> Decimal | None:
    """A figure to compare with: none that lacks areas, which would be too small or too large."""
    return None if merged is None or is_incomplete(merged) else merged.value


def since(
    merged: Consolidated, target: Target | None, earlier: Consolidated | None
) -> rating.Travel | None:
    """Which way a figure went since an earlier one; None where either is none to compare.

    What is borrowed from an earlier period went nowhere.
    """
    now, then = None if is_borrowed(merged) else whole_figure(merged), whole_figure(earlier)
    if now is None or then is None or earlier is None:
        return None
    basis = f"{earlier.period}, provisional" if earlier.provisional else earlier.period
    travel = rating.travel(now, then, basis, merged.indicator, target)
    return replace(travel, decimals=earlier.indicator.decimals)


def since_baseline(merged: Consolidated, target: Target | None) -> rating.Travel | None:
    """Which way a figure went since its target's baseline; None where there is none."""
    now = None if is_borrowed(merged) else whole_figure(merged)
    if now is None or target is None or target.baseline is None:
        return None
    basis = rating.basis_of_baseline(target.baseline_period)
    return rating.travel(now, target.baseline, basis, merged.indicator, target)
