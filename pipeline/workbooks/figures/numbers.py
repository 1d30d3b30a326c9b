"""Stored numbers: what a cell's number format says that they mean."""

from __future__ import annotations

from decimal import Decimal

from pipeline.workbooks.figures.figure import (
    EXACT_BELOW,
    FRACTION_UP_TO,
    OTHER_MONEY,
    Figure,
    Scale,
    finish,
    percent_two_ways,
    plain,
    trouble,
    wrong_unit,
)
from pipeline.workbooks.figures.formats import Section, section_for
from schemas import rules as c
from schemas.units import Unit, shown

#: A percentage at or below this may be a fraction where the cell's format cannot be known.
FRACTION_UP_TO_UNFORMATTED = Decimal(10)
#: A percentage cell showing this much or more may hold 31.5 typed over a percent format.
SCALED_FROM = Decimal(1000)


def parse_number(number: Decimal, scale: Scale, number_format: str | None) -> Figure:
    """The figure that a stored number is; `number_format` as of `parse`."""
    if not number.is_finite() or abs(number) >= EXACT_BELOW:
        return trouble(c.NOT_A_FIGURE, str(number), example=scale.example)
    if number_format is None:
        return _unformatted(number, scale, FRACTION_UP_TO_UNFORMATTED)
    section = section_for(number_format, number)
    return _by_its_looks(number, scale, section) or _by_its_format(number, scale, section)


def _by_its_looks(number: Decimal, scale: Scale, section: Section) -> Figure | None:
    """What to ask where a cell shows something else than the number in it."""
    seen = _written(number)
    if section.is_date:
        return trouble(c.DATE_FOUND, seen, example=scale.example)
    if section.hides:
        return trouble(c.NOT_SHOWN, seen, example=scale.example)
    if section.said_power and not section.shown_power and number:
        larger = number.scaleb(section.said_power)
        return trouble(c.SCALED_TWO_WAYS, seen, one=_written(number), other=_written(larger))
    if section.currency and not scale.takes(Unit.CURRENCY):
        return wrong_unit(shown(plain(number), Unit.CURRENCY), Unit.CURRENCY.row.called, scale)
    if section.currency not in ("", "£"):
        return wrong_unit(f"{section.currency}{seen}", OTHER_MONEY, scale)
    return None


def _by_its_format(number: Decimal, scale: Scale, section: Section) -> Figure:
    if section.scales_to_percent:
        points = plain(number * 100)
        if not scale.takes(Unit.PERCENT):
            return wrong_unit(shown(points, Unit.PERCENT), Unit.PERCENT.row.called, scale)
        if abs(points) >= SCALED_FROM and (
            scale.plausible_maximum is None or points > scale.plausible_maximum
        ):
            return percent_two_ways(points, plain(number), shown(points, Unit.PERCENT))
        return finish(points, scale, shown(points, Unit.PERCENT))
    if section.says_percent:
        seen = shown(plain(number), Unit.PERCENT)
        if not scale.takes(Unit.PERCENT):
            return wrong_unit(seen, Unit.PERCENT.row.called, scale)
        return finish(number, scale, seen)
    return _unformatted(number, scale, FRACTION_UP_TO)


def _unformatted(number: Decimal, scale: Scale, fraction_up_to: Decimal) -> Figure:
    if scale.unit.row.is_share and number and abs(number) <= fraction_up_to:
        return percent_two_ways(plain(number * 100), plain(number), _written(number))
    return finish(number, scale, _written(number))


def _written(number: Decimal) -> str:
    return f"{plain(number):f}"
