"""The units of figures, one row each: how a figure is asked for, read, checked, merged and printed.

Whatever depends on a unit asks its row, so that a new unit is a new row of `Unit` and nothing else.
What a row leaves out is as it is with a plain number. Percentages are held in percentage points
(31.5 for 31.5%), money in the currency's main unit.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from msgspec import Struct

#: Digits as they are printed, in groups or not.
_PRINTED = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
#: What sets thousands apart in what is printed.
_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
#: Wide enough for any figure that can be read; the default would refuse one of 29 digits.
_WIDE = Context(prec=100)


class Thousands(StrEnum):
    """Whether figures of four digits have their thousands set apart; longer ones, and money, do."""

    GROUPED = "grouped"
    BARE = "bare"

    @property
    def grouped_from(self) -> int:
        """4,605 and 120,000; or 4605, but 120,000."""
        return 1_000 if self is Thousands.GROUPED else 10_000


class UnitRow(Struct, frozen=True):
    """What there is to know of a unit."""

    #: The register's word for it.
    name: str
    #: What a figure of it is called in a sentence.
    called: str
    example: str
    #: The word in a return's column Unit; its name where that is the word.
    shown: str = ""
    #: What the template asks for.
    asks: str = "A number"
    #: What may be written before a figure, and behind it; the first of each is printed.
    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    #: What one of it is called, where that may be written behind a figure: `14 days`.
    noun: str = ""
    #: Other words for it that people put into a column Unit.
    also: tuple[str, ...] = ()
    #: In hundredths of a whole: a workbook's cell holds the fraction, it lies between 0 and 100
    #: where the register does not say otherwise, and `10 of 50` is a figure of it.
    is_share: bool = False
    #: Printed with pence or without, always with thousands apart; `1.2m` is a figure of it.
    is_money: bool = False
    #: Of people or things: whole where it is published without decimals, suppressed where it is
    #: small, and never what a numerator and a denominator make.
    counts_people: bool = False
    #: Counted up from zero, so that `<5` says that it is suppressed.
    never_negative: bool = False
    #: A comma in it sets thousands apart; in others it may be a decimal point.
    has_thousands: bool = False

    @property
    def written_behind(self) -> tuple[str, ...]:
        """What may be written behind a figure, its noun in one and many among it."""
        return (*self.behind, *((self.noun, f"{self.noun}s") if self.noun else ()))

    @property
    def words(self) -> tuple[str, ...]:
        """All by which a column Unit may name it, and no other unit: `%`, `percent`."""
        return (self.name, self.shown, *self.before, *self.written_behind, *self.also)

    @property
    def sign_before(self) -> str:
        """What is printed before a figure."""
        return self.before[0] if self.before else ""

    @property
    def sign_behind(self) -> str:
        """What is printed behind a figure."""
        return self.behind[0] if self.behind else ""

    def printed_decimals(self, decimals: int) -> int:
        """Pounds and pence, never £1.5."""
        return 2 if self.is_money and decimals == 1 else decimals


class Unit(StrEnum):
    """What a figure is counted in, by the register's word; `row` says all else."""

    row: UnitRow

    # Type checkers hold `Unit("days")`, which finds one, to the same signature.
    def __new__(cls, row: Any) -> Unit:
        unit = str.__new__(cls, row.name)
        unit._value_ = row.name
        unit.row = row
        return unit

    PERCENT = UnitRow(
        "percent",
        "a percentage",
        "31.5%",
        asks="A percentage; type the % sign too",
        behind=("%", "per cent", "percent", "pc"),
        also=("percentage", "pct", "a percentage"),
        is_share=True,
    )
    COUNT = UnitRow(
        "count",
        "a count",
        "4605",
        shown="number",
        also=("no", "nr", "#", "numeric", "whole number", "a number"),
        counts_people=True,
        never_negative=True,
        has_thousands=True,
    )
    CURRENCY = UnitRow(
        "currency",
        "an amount of money",
        "£120,000",
        shown="pounds",
        asks="An amount in pounds",
        before=("£", "gbp"),
        also=("pound", "pounds sterling", "sterling", "money", "£s"),
        is_money=True,
    )
    RATIO = UnitRow("ratio", "a ratio", "1.25")
    DAYS = UnitRow(
        "days",
        "a number of days",
        "14",
        asks="A number of days",
        noun="day",
        also=("number of days", "no of days"),
        never_negative=True,
        has_thousands=True,
    )
    SCORE = UnitRow("score", "a score", "7.2")


#: A number that is counted in nothing.
_NO_UNIT = UnitRow("", "a plain number", "12", has_thousands=True)


def row_of(unit: Unit | None) -> UnitRow:
    """The row of a unit; that of a plain number where there is none."""
    return _NO_UNIT if unit is None else unit.row


def places(value: Decimal) -> int:
    """How many decimals a figure is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def quantise(value: Decimal, decimals: int) -> Decimal:
    """The figure with that many decimals, halves away from zero, as people round."""
    return value.quantize(_last_place(decimals), rounding=ROUND_HALF_UP, context=_WIDE)


@cache
def _last_place(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def shown(
    value: Decimal,
    unit: Unit | None,
    decimals: int | None = None,
    thousands: Thousands = Thousands.BARE,
) -> str:
    """A figure as printed: `31.5%`, `£120,000`, `4605`.

    Without `decimals` it keeps the places it was written with; a figure is never cut to fewer.
    """
    row = row_of(unit)
    exact = places(value) if decimals is None else max(decimals, places(value))
    printed = row.printed_decimals(exact)
    figure = value if printed == places(value) else quantise(value, printed)
    size = figure.copy_abs()  # abs() would round to 28 digits
    digits = f"{size:,f}" if grouped(figure, unit, thousands) else f"{size:f}"
    return f"{'-' if figure < 0 else ''}{row.sign_before}{digits}{row.sign_behind}"


def printed_figure(printed: str, unit: Unit | None) -> Decimal | None:
    """The figure that was printed, with the decimals that it stands with; None where none was."""
    row = row_of(unit)
    sign, digits = ("-", printed[1:]) if printed[:1] == "-" else ("", printed)
    if not (digits.startswith(row.sign_before) and digits.endswith(row.sign_behind)):
        return None
    digits = digits.removeprefix(row.sign_before).removesuffix(row.sign_behind)
    return Decimal(sign + digits.replace(",", "")) if _PRINTED.fullmatch(digits) else None


def printed_alike(one: str, other: str) -> bool:
    """Whether two texts print the same, but for what sets thousands apart: `≥4,248` and `≥4248`."""
    if one == other:
        return True
    return _BETWEEN_THOUSANDS.sub("", one) == _BETWEEN_THOUSANDS.sub("", other)


def grouped(value: Decimal, unit: Unit | None, thousands: Thousands = Thousands.BARE) -> bool:
    """Whether thousands are set apart; money's always are."""
    return row_of(unit).is_money or value.copy_abs() >= thousands.grouped_from


@cache
def number_format(
    unit: Unit | None, decimals: int, *, group: bool = False, prefix: str = ""
) -> str:
    """The Excel number format that shows a figure as `shown` does.

    A percentage cell holds the fraction (see `cell_value`). `prefix` is printed before the figure,
    for a target's operator.
    """
    row = row_of(unit)
    printed = row.printed_decimals(decimals)
    body = "#,##0" if group or row.is_money else "0"
    body += "." + "0" * printed if printed else ""
    if row.sign_behind:
        # Excel's own sign shows a fraction as hundredths; any other is only printed.
        body += "%" if row.is_share else f'"{row.sign_behind}"'
    sign = row.sign_before
    if not prefix and not sign:
        return body
    return f'"{prefix}{sign}"{body};"{prefix}-{sign}"{body}'


def cell_value(value: Decimal, unit: Unit | None) -> Decimal:
    """What a workbook cell holds: a percentage as its fraction, everything else as it is."""
    return value.scaleb(-2, context=_WIDE) if row_of(unit).is_share else value
