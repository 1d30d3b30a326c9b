"""The short way to nearly every figure: a number above zero, in a format that changes nothing.

It comes to what `numbers.parse_number` says of such a cell, of which this asks nothing further.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.workbooks.figures.figure import FRACTION_UP_TO, Figure, Scale, plain
from pipeline.workbooks.figures.formats import section_above_zero
from pipeline.workbooks.figures.numbers import SCALED_FROM
from schemas.units import Unit, places, shown

#: Well below where digits of a number may be lost.
_MOST = 1e12


class _Looks(Struct, frozen=True):
    """How a format shows every number above zero: as it is, with the sign of a unit or none."""

    sign: Unit | None


def figure_of(cell: float, scale: Scale, number_format: str) -> Figure | None:
    """The figure that a stored number plainly is; None where there is more to ask or to say."""
    looks = _looks(number_format)
    if looks is None or scale.as_typed or not 0 < cell < _MOST:
        return None
    sign = looks.sign
    if sign is not None and not scale.takes(sign):
        return None
    is_percent = sign is Unit.PERCENT
    if not is_percent:
        if cell <= FRACTION_UP_TO and scale.row.is_share:
            return None
        if cell.is_integer():
            return Figure(value=Decimal(int(cell)), sign=sign)
    number = Decimal(f"{cell:.15g}")
    if is_percent:
        number *= 100
        if number >= SCALED_FROM:
            return None
    number = plain(number)
    if scale.decimals is None or places(number) <= scale.decimals:
        return Figure(value=number, sign=sign)
    seen = shown(number, Unit.PERCENT) if is_percent else f"{number:f}"
    return replace(scale.figure(number, seen), sign=sign)


# Returns made from one template have the same few formats.
@lru_cache(maxsize=1_000)
def _looks(number_format: str) -> _Looks | None:
    """None where a number may be shown as another, or with a word that says something of it."""
    section = section_above_zero(number_format)
    if section is None or not section.shows_sign or section.unknown:
        return None
    is_other = section.is_date or section.hides or section.alters or section.is_inexact
    if is_other or section.said_power or section.shown_power or section.says_days:
        return None
    if section.scales_to_percent:
        return None if section.currency else _Looks(Unit.PERCENT)
    if section.says_percent or section.currency not in ("", "£"):
        return None
    return _Looks(Unit.CURRENCY if section.currency else None)
