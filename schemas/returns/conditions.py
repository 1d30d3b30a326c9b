"""Conditions and words of checks on an indicator's row that take more than a line."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from schemas.fields import EARLIER_FIELDS
from schemas.model import CommentaryRule, Polarity, Status, Target
from schemas.units import Unit, printed_alike, quantise, shown

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from schemas.checks import Verdicts

#: Wide enough that a quotient of two reported parts never falls on the wrong side of a half.
_EXACT = Context(prec=60)


def quotient(
    value: Decimal, numerator: Decimal, denominator: Decimal, unit: Unit, decimals: int
) -> Decimal:
    """What numerator and denominator make: the figure reported, where rounding explains it.

    Else it has the decimals that are published.
    """
    top = numerator.scaleb(2, _EXACT) if unit.row.is_share else numerator
    exact = _EXACT.divide(top, denominator)
    published = quantise(exact, decimals)
    # A figure given with fewer decimals than are published may still be the right one.
    fewer = (quantise(exact, places) for places in range(decimals - 1, -1, -1))
    return value if published == value or value in fewer else published


def computed(row: Any, _field: str) -> dict[str, str]:
    made = quotient(row.value, row.numerator, row.denominator, row.unit, row.decimals)
    return {"computed": printed(row, made)}


def follows(*columns: pd.Series[Any]) -> list[bool]:
    return [
        unit.row.counts_people or quotient(value, numerator, denominator, unit, decimals) == value
        for value, numerator, denominator, unit, decimals in zip(*columns, strict=True)
    ]


def explained(
    rule: pd.Series[Any], commentary: pd.Series[Any], *reported: pd.Series[Any]
) -> Verdicts:
    """Whether there is commentary, or none is due."""
    is_due = (commentary == "") & (rule != CommentaryRule.NEVER)
    if not is_due.any():
        return ~is_due
    off_target = rule == CommentaryRule.OFF_TARGET
    return [
        not due or (by_target and not _is_off(value, target, polarity))
        for due, by_target, value, target, polarity in zip(
            is_due, off_target, *reported, strict=True
        )
    ]


def _is_off(value: Decimal | None, target: Target | None, polarity: Polarity | None) -> bool:
    return (
        value is not None
        and target is not None
        and target.is_set
        and polarity is not Polarity.CONTEXTUAL
        and not target.admits(value, polarity)
    )


def off_target(row: Any, _field: str) -> dict[str, str]:
    off = row.commentary_rule is CommentaryRule.OFF_TARGET
    why = f", because {figure(row)} is out of target ({row.target_expected})" if off else ""
    return {"value": "", "reason": why}


def printed(row: Any, value: Decimal, decimals: int | None = None) -> str:
    """A figure of a row's indicator, as printed."""
    return shown(value, row.unit, decimals, row.thousands)


def figure(row: Any) -> str:
    """The figure reported, as printed; empty where there is none."""
    return printed(row, row.value) if row.value is not None else ""


def impossible(row: Any, field: str) -> dict[str, str]:
    if field == "performance":
        return {"reason": "it is below zero", "example": row.unit.row.example}
    return {"value": f"{getattr(row, field):f}", "reason": "it is below zero", "example": "50"}


def are_no_cases_alone(
    none: pd.Series[bool], has: pd.Series[bool], status: pd.Series[Any], *parts: pd.Series[Any]
) -> Verdicts:
    """Whether where there are no cases nothing else is said: no figure, no part above 0."""
    if not none.any():
        return ~none
    is_alone = ~has & (status != Status.NOT_AVAILABLE)
    for part in parts:
        is_alone &= part.isna() | (part == 0)
    return ~none | is_alone


def beside_no_cases(row: Any, field: str) -> dict[str, str]:
    seen = row.seen.get(field, "")
    if row.has_figure:
        return {"value": seen, "also": f"has the figure {figure(row) or seen}"}
    if row.status == Status.NOT_AVAILABLE:
        return {"value": seen, "also": f"its status is {row.status}"}
    return {"value": seen, "also": "its numerator and denominator are not both 0"}


def unaltered(seen: pd.Series[Any], expected: pd.Series[Any]) -> Verdicts:
    """Whether a prefilled cell is blank or reads as expected."""
    # Texts alone are compared, none of them missing: numpy does not look for what is.
    same: np.ndarray[tuple[int], np.dtype[np.bool]] = seen.to_numpy() == expected.to_numpy()
    return same if same.all() else same | (seen == "").to_numpy()


def is_told_so(seen: pd.Series[Any], *figures: pd.Series[Any]) -> Verdicts:
    """Whether a prefilled cell is blank or begins with the line that shows an earlier figure."""
    return [
        not text or printed_alike(_first_line(text), shown(figure, unit, decimals))
        for text, figure, unit, decimals in zip(seen, *figures, strict=True)
    ]


def told_otherwise(row: Any, field: str) -> dict[str, str]:
    heading = next(f.heading for f in EARLIER_FIELDS if f.key == field)
    earlier = printed(row, getattr(row, field), row.decimals)
    return {"value": getattr(row, f"{field}_seen"), "heading": heading, "earlier": earlier}


def _first_line(text: str) -> str:
    return text.partition("\n")[0].strip()


def altered(row: Any, field: str) -> dict[str, str]:
    expected = getattr(row, f"{field}_expected") or "nothing (a blank cell)"
    return {"value": getattr(row, f"{field}_seen"), "what": field, "expected": expected}
