"""How a figure is shown: as text, and as the Excel number format that shows the same text."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from schemas.model import Indicator, Kind, Operator, Target, Unit

#: Thousands are grouped from five digits on: 4605, but 120,000.
GROUP_FROM = 10_000
#: Wide enough for any figure that can be read; the default would refuse one of 29 digits.
_WIDE = Context(prec=100)


def places(value: Decimal) -> int:
    """How many decimals a figure is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def quantise(value: Decimal, decimals: int) -> Decimal:
    """The figure with that many decimals, halves away from zero, as people round."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)


def shown(value: Decimal, unit: Unit | None, decimals: int | None = None) -> str:
    """A figure as printed: `31.5%`, `£120,000`, `4605`.

    Without `decimals` it keeps the places it was written with; a figure is never cut to fewer.
    """
    kept = places(value) if decimals is None else max(decimals, places(value))
    figure = quantise(value, _printed_decimals(unit, kept))
    size = figure.copy_abs()  # abs() would round to 28 digits
    digits = f"{size:,f}" if grouped(figure, unit) else f"{size:f}"
    sign = "-" if figure < 0 else ""
    if unit is Unit.CURRENCY:
        return f"{sign}£{digits}"
    return f"{sign}{digits}%" if unit is Unit.PERCENT else f"{sign}{digits}"


def grouped(value: Decimal, unit: Unit | None) -> bool:
    """Whether thousands are set apart; money always is."""
    return unit is Unit.CURRENCY or value.copy_abs() >= GROUP_FROM


def _printed_decimals(unit: Unit | None, decimals: int) -> int:
    """Pounds and pence, never £1.5."""
    return 2 if unit is Unit.CURRENCY and decimals == 1 else decimals


def number_format(
    unit: Unit | None, decimals: int, *, group: bool = False, prefix: str = ""
) -> str:
    """The Excel number format that shows a figure as `shown` does.

    A percentage cell holds the fraction (see `cell_value`). `prefix` is printed before the figure,
    for a target's operator.
    """
    kept = _printed_decimals(unit, decimals)
    body = "#,##0" if group or unit is Unit.CURRENCY else "0"
    body += "." + "0" * kept if kept else ""
    if unit is Unit.PERCENT:
        body += "%"
    pound = "£" if unit is Unit.CURRENCY else ""
    if not prefix and not pound:
        return body
    negative = f'"{prefix}-{pound}"{body}'
    return f'"{prefix}{pound}"{body};{negative}'


def cell_value(value: Decimal, unit: Unit | None) -> Decimal:
    """What a workbook cell holds: a percentage as its fraction, everything else as it is."""
    return value.scaleb(-2, context=_WIDE) if unit is Unit.PERCENT else value


def operator_shown(target: Target) -> str:
    """The sign printed before a target: only where the register states one."""
    signs = {Operator.AT_LEAST: "≥", Operator.AT_MOST: "≤", Operator.EQUAL: "="}
    if target.operator is None or target.operator is Operator.BETWEEN:
        return ""
    return signs.get(target.operator, target.operator.value)


def target_shown(target: Target | None, indicator: Indicator) -> str:
    """A target as printed: `25%`, `>3.30%`, `10% to 15%`; empty where there is none."""
    if target is None or not target.is_set:
        return ""
    if target.value is not None:
        return operator_shown(target) + shown(target.value, indicator.unit)
    assert target.lower is not None  # noqa: S101 - is_set and no value: a range
    assert target.upper is not None  # noqa: S101
    return f"{shown(target.lower, indicator.unit)} to {shown(target.upper, indicator.unit)}"


_UNIT_WORDS = {
    Unit.PERCENT: "percent",
    Unit.COUNT: "number",
    Unit.CURRENCY: "pounds",
    Unit.RATIO: "ratio",
    Unit.DAYS: "days",
    Unit.SCORE: "score",
}


def unit_shown(indicator: Indicator) -> str:
    """What an indicator reports, in a word: `percent`, `number`, `milestone`, `words`."""
    if indicator.kind is Kind.MILESTONE:
        return "milestone"
    if indicator.kind is Kind.NARRATIVE or indicator.unit is None:
        return "words"
    return _UNIT_WORDS[indicator.unit]


def day_shown(day: date) -> str:
    """A date in words: `30 April 2013`."""
    return f"{day.day} {day:%B %Y}"
