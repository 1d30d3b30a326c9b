"""What a cell says: a figure, a meaning, or trouble to be asked about."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from schemas import cell_rules as v
from schemas import rules as c
from schemas.findings import Rule, Severity
from schemas.units import Unit, UnitRow, places, quantise, row_of, shown

#: What calamine hands over for a cell; blank is the empty string.
CellValue = str | float | bool | date | datetime | time | timedelta

#: A percentage at or below this without a percent format may be a fraction (2 would be 200%).
FRACTION_UP_TO = Decimal(2)
#: Excel keeps 15 significant digits; a larger whole number may have lost some.
EXACT_BELOW = Decimal(10) ** 15
_ONE = Decimal(1)


class Scale(Struct, frozen=True):
    """What a figure is measured in, and how far it can sensibly go."""

    #: None: a number that may bear any sign, such as points of a tolerance.
    unit: Unit | None
    #: How many decimals are published; None where that is not known.
    decimals: int | None = 0
    plausible_maximum: Decimal | None = None
    #: A numerator or denominator: of any unit but a share, and it may be left out.
    is_part: bool = False
    #: A figure of the register: it keeps the decimals that it is typed with, and is never rounded.
    as_typed: bool = False

    @property
    def row(self) -> UnitRow:
        """What there is to know of the unit; that of a plain number where there is none."""
        return row_of(self.unit)

    def takes(self, unit: Unit) -> bool:
        """Whether a figure written in a unit may stand here."""
        if self.unit is None:
            return True
        return unit is self.unit or (self.is_part and not unit.row.is_share)

    def trouble(self, rule: Rule, seen: str, **words: str) -> Figure:
        """No figure, and what to ask."""
        return Figure().noting(rule, seen, example=self.row.example, **words)

    def wrong_unit(self, seen: str, unit: Unit | None) -> Figure:
        """No figure, since it is one in another unit; None: in another currency."""
        found = unit.row.called if unit else "an amount in another currency"
        return self.trouble(c.WRONG_UNIT, seen, found=found, expected=self.row.called)

    def percent_two_ways(self, one: Decimal, other: Decimal, seen: str) -> Figure:
        """A percentage that may be either of two."""
        ways = {"one": shown(plain(one), Unit.PERCENT), "other": shown(plain(other), Unit.PERCENT)}
        return self.trouble(c.TWO_WAYS, seen, **ways)

    def figure(self, number: Decimal, seen: str) -> Figure:
        """The figure at the decimals it is published with; what had more is rounded and says so."""
        if self.as_typed:
            return Figure(value=number)
        number = plain(number)
        if self.decimals is None or places(number) <= self.decimals:
            return Figure(value=number)
        if self.row.counts_people and self.decimals == 0:
            return self.trouble(c.NOT_WHOLE, seen)
        taken = quantise(number, self.decimals)
        if self.row.is_money and number and not taken:
            return self.trouble(v.LOST_IN_ROUNDING, seen, taken=shown(taken, self.unit))
        return Figure(value=plain(taken)).noting(c.ROUNDED, seen, taken=shown(taken, self.unit))


class Trouble(Struct, frozen=True):
    """A rule of the catalogue and the words for its sentence; the caller adds the place."""

    rule: Rule
    value: str
    words: dict[str, str]


class Figure(Struct, frozen=True):
    """What a cell says.

    At most one of `value`, `suppressed`, `not_available` and `no_cases` is set. With an error among
    the troubles there is no value.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    suppressed: bool = False
    not_available: bool = False
    #: There was nothing to measure: 0 of 0.
    no_cases: bool = False
    provisional: bool = False
    #: The unit that a sign or word beside the figure names.
    sign: Unit | None = None
    troubles: tuple[Trouble, ...] = ()

    def noting(self, rule: Rule, seen: str, **words: str) -> Figure:
        """The same with one thing more to say."""
        return replace(self, troubles=(*self.troubles, Trouble(rule, seen, words)))

    @property
    def is_bad(self) -> bool:
        return any(t.rule.severity is Severity.ERROR for t in self.troubles)


def plain(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    reduced = number.normalize()
    # What is very small has an exponent as well, E-; to look at the digits takes far longer.
    return reduced.quantize(_ONE) if "E+" in str(reduced) else reduced
