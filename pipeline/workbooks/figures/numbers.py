"""Stored numbers: what a cell's number format says that they mean."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from pipeline.workbooks.figures.figure import EXACT_BELOW, FRACTION_UP_TO, Figure, Scale, plain
from pipeline.workbooks.figures.formats import FormatSection, section_for
from pipeline.workbooks.figures.rendering import show
from schemas import cell_rules as v
from schemas import rules as c
from schemas.units import Unit, places, quantise, shown

#: A percentage cell showing this much or more may hold 31.5 typed over a percent format.
SCALED_FROM = Decimal(1000)
#: The decimals of the format General, in a cell wide enough.
GENERAL_DECIMALS = 9
#: A number with more decimals was worked out, and not typed.
MOST_TYPED = 6


def parse_number(number: Decimal, scale: Scale, number_format: str | None) -> Figure:
    """The figure that a stored number is; `number_format` as of `parse`."""
    if not number.is_finite() or abs(number) >= EXACT_BELOW:
        return scale.trouble(c.NOT_A_FIGURE, str(number))
    if number_format is None:
        return scale.trouble(c.LOOKS_UNKNOWN, _written(number))
    section = section_for(number_format, number)
    if figure := _by_its_looks(number, scale, section):
        return figure
    if section.unknown:
        looks = show(number, number_format) or f"{_written(number)} and {section.unknown}"
        words = {"words": section.unknown, "looks": looks}
        return scale.trouble(v.WORDS_IN_FORMAT, _written(number), **words)
    figure = _by_its_format(number, scale, section)
    if figure.value is not None and number and not section.shows_sign:
        return scale.trouble(c.NOT_SHOWN, _written(number))
    return figure


def _by_its_looks(number: Decimal, scale: Scale, section: FormatSection) -> Figure | None:
    """What to ask where a cell shows something else than the number in it."""
    seen = _written(number)
    if section.is_date:
        return scale.trouble(c.DATE_FOUND, seen)
    power = section.said_power - section.shown_power
    if (
        section.hides
        or (section.hides_zero and not number)
        or ((section.alters or (power and not section.said_power)) and number)
    ):
        return scale.trouble(c.NOT_SHOWN, seen)
    is_cut = section.shown_power and section.decimals is not None
    if is_cut and quantise(number, section.decimals or 0) != number:
        return scale.trouble(c.NOT_SHOWN, seen)
    if power and number:
        other = _written(number.scaleb(power))
        return scale.trouble(c.SCALED_TWO_WAYS, seen, one=_written(number), other=other)
    if section.is_inexact:
        return scale.trouble(c.NOT_EXACT, seen)
    if section.says_days and not scale.takes(Unit.DAYS):
        return scale.wrong_unit(f"{seen} days", Unit.DAYS)
    if section.currency not in ("", "£"):
        sign = f"{section.currency} " if section.currency[-1].isalpha() else section.currency
        return scale.wrong_unit(f"{sign}{seen}", None)
    if section.currency and not scale.takes(Unit.CURRENCY):
        return scale.wrong_unit(shown(plain(number), Unit.CURRENCY), Unit.CURRENCY)
    return None


def _by_its_format(number: Decimal, scale: Scale, section: FormatSection) -> Figure:
    if not (section.scales_to_percent or section.says_percent):
        sign = Unit.CURRENCY if section.currency else Unit.DAYS if section.says_days else None
        figure = _unformatted(number, scale, section)
        return replace(figure, sign=sign) if sign else figure
    if not section.scales_to_percent and 0 < abs(number) < 1:
        return scale.percent_two_ways(number, number * 100, _written(number))
    points = plain(number * 100) if section.scales_to_percent else number
    seen = shown(plain(points), Unit.PERCENT)
    if not scale.takes(Unit.PERCENT):
        return scale.wrong_unit(seen, Unit.PERCENT)
    if (
        section.scales_to_percent
        and not scale.as_typed
        and abs(points) >= SCALED_FROM
        and (scale.plausible_maximum is None or points > scale.plausible_maximum)
    ):
        return scale.percent_two_ways(points, number, seen)
    return replace(_as_shown(points, scale, section, seen), sign=Unit.PERCENT)


def _unformatted(number: Decimal, scale: Scale, section: FormatSection) -> Figure:
    if scale.row.is_share and number and abs(number) <= FRACTION_UP_TO:
        return scale.percent_two_ways(number * 100, number, _written(number))
    return _as_shown(number, scale, section, _written(number))


def _as_shown(number: Decimal, scale: Scale, section: FormatSection, seen: str) -> Figure:
    """The figure; one of the register with the decimals that are shown, where they are its own."""
    if not scale.as_typed:
        return scale.figure(number, seen)
    number = plain(number)
    decimals = GENERAL_DECIMALS if section.decimals is None else section.decimals
    looks = quantise(number, decimals)
    same = scale.decimals is None or (
        quantise(looks, scale.decimals) == quantise(number, scale.decimals)
    )
    if looks != number and not (same and places(number) <= MOST_TYPED):
        shows = shown(looks, Unit.PERCENT) if section.scales_to_percent else f"{looks:f}"
        return scale.trouble(c.NOT_SHOWN, seen, looks=shows)
    least = max(section.least_decimals, places(number))
    return scale.figure(quantise(number, least), seen)


def _written(number: Decimal) -> str:
    return f"{number.normalize():f}"
