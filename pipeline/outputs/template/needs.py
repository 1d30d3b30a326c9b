"""What else a row needs once its figure is typed, as formulas that Excel works out at that moment.

They stand in rules on what a cell accepts and on how it looks, never in a cell: a return's sheet of
indicators holds no formula, and is read the quick way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from pipeline.consolidation.rating import ACTION_FOR, MILESTONES, extent
from schemas.asking import Asks, Requirement
from schemas.bands import Bands
from schemas.fields import ASKED_FIELDS, Field, Takes
from schemas.model import (
    Colour,
    CommentaryRule,
    Indicator,
    Kind,
    Operator,
    Polarity,
    Policy,
    PolicyKind,
    Target,
)
from schemas.units import Unit, cell_value
from schemas.wording import listed

_OF_ACTION = tuple(field for field in ASKED_FIELDS if field.asked_for == "action")


class Row(Struct, frozen=True):
    """An indicator's row of the template."""

    indicator: Indicator
    target: Target | None
    #: The absolute address of each field's cell, such as `{"performance": "$H$5"}`.
    cells: Mapping[str, str]
    #: In whose words colours are said.
    bands: Bands
    #: Below what its counts are suppressed; None where they are not.
    small_below: int | None = None
    #: What is asked for of it beside its figure.
    asked: Asks = Asks()
    #: By what colours go.
    policy: Policy = Policy()

    @property
    def needs_parts(self) -> bool:
        """Whether numerator and denominator must be given with the figure."""
        indicator = self.indicator
        return indicator.kind is Kind.MEASURE and indicator.merge_rule.merging.needs_parts

    @property
    def out_of_target(self) -> str:
        """The target beyond which commentary must be given, as printed; empty where none is."""
        indicator, target = self.indicator, self.target
        is_asked = (
            indicator.kind is Kind.MEASURE
            and indicator.commentary is CommentaryRule.OFF_TARGET
            and indicator.polarity is not Polarity.CONTEXTUAL
            and target is not None
            and target.is_set
            and indicator.accumulation.rates_own
        )
        return target.shown(indicator) if is_asked and target else ""

    def must_fill(self, field: Field) -> bool:
        """Whether a cell must be filled in whatever the figure is."""
        if field.takes is Takes.PART:
            return self.needs_parts
        return field.key == "commentary" and self.indicator.commentary is CommentaryRule.ALWAYS

    def lacks(self, field: Field) -> str:
        """A formula that is true while a cell is blank that the row needs; empty: it needs none."""
        cell = self.cells[field.key]
        figure, status = self.cells["performance"], self.cells["status"]
        if field.takes is Takes.PART and self.needs_parts:
            return f'AND(ISNUMBER({figure}),{cell}="")'
        if field.asked_for:
            when = self._when_asked(field)
            return f'AND({when},TRIM({cell})="")' if when else ""
        if self.must_fill(field):
            return f'AND(OR({figure}<>"",{status}<>""),TRIM({cell})="")'
        if field.key == "commentary" and self.out_of_target:
            return f'AND(ISNUMBER({figure}),NOT({self._meets_target()}),TRIM({cell})="")'
        return ""

    def is_complete(self) -> Iterator[str]:
        """Formulas that are all true where a figure has beside it what it needs."""
        if self.needs_parts:
            yield f'{self.cells["numerator"]}<>""'
            yield f'{self.cells["denominator"]}<>""'
        if self.out_of_target:
            yield f'OR({self._meets_target()},TRIM({self.cells["commentary"]})<>"")'
        for field in self._required:
            yield f'{self.cells[field.key]}<>""'
        if needs_action := self.needs_action():
            blank = ",".join(f'{self.cells[field.key]}<>""' for field in _OF_ACTION)
            yield f"OR(NOT({needs_action}),AND({blank}))"

    def asks(self) -> Iterator[str]:
        """The same in words, for whoever has just typed a figure without it."""
        if self.out_of_target:
            yield f"Out of target ({self.out_of_target})? Then say why in Commentary."
        if self.needs_parts:
            yield "Numerator and Denominator are needed too."
        if self._required:
            are = "are" if self._required[1:] else "is"
            yield f"{listed(field.heading for field in self._required)} {are} needed too."
        if self.needs_action():
            colours = (self.bands.of(each).said for each in ACTION_FOR[self.asked.action])
            needed = listed(field.heading for field in _OF_ACTION)
            yield f"Is it {listed(colours, 'or')}? Then fill in {needed}."

    @property
    def _required(self) -> list[Field]:
        """What the register requires beside each figure."""
        return [field for field in ASKED_FIELDS if self.requires(field)]

    def requires(self, field: Field) -> bool:
        """Whether the register requires what is typed beside a figure, whatever that is."""
        return bool(field.asked_for) and (
            getattr(self.asked, field.asked_for) is Requirement.REQUIRED
        )

    def _when_asked(self, field: Field) -> str:
        """A formula that is true where a cell beside the figure is required; empty: it never is."""
        if self.requires(field):
            return f"ISNUMBER({self.cells['performance']})"
        return self.needs_action() if field in _OF_ACTION else ""

    def needs_action(self) -> str:
        """A formula that is true of what asks for corrective action.

        Empty where nothing does, and where the sheet cannot tell: a year before is not in it.
        """
        colours, cell = ACTION_FOR.get(self.asked.action, ()), self.cells["performance"]
        if not colours:
            return ""
        if self.indicator.kind is Kind.MILESTONE:
            states = (state for state, rating in MILESTONES.items() if rating.colour in colours)
            return "OR(" + ",".join(f'{cell}="{state}"' for state in states) + ")"
        spared = self._spared(is_amber_spared=Colour.AMBER not in colours)
        return f"AND(ISNUMBER({cell}),NOT({spared}))" if spared else ""

    def _spared(self, *, is_amber_spared: bool) -> str:
        """The formula of `rating.rate`: true of a figure that is green, or is not red."""
        target, polarity = self.target, self.indicator.polarity
        is_rated = target is not None and target.is_set and polarity is not Polarity.CONTEXTUAL
        if target is None or not is_rated or not self.indicator.accumulation.rates_own:
            return ""
        meets, green, red = self._meets_target(), target.green_from, target.red_from
        if red is not None and target.has_thresholds(polarity):
            sign = ">" if target.side(polarity) > 0 else "<"
            is_green = meets if green is None else self._compared(f"{sign}=", green)
            return f"OR({is_green},{self._compared(sign, red)})" if is_amber_spared else is_green
        is_by_year_before = self.policy.kind is PolicyKind.IMPROVEMENT
        if is_amber_spared == is_by_year_before:
            return "" if is_by_year_before else meets
        return f"OR({meets},{self._is_within(target)})"

    def _is_within(self, target: Target) -> str:
        """The formula of what is out of target by no more than the tolerance."""
        tolerance = self.indicator.tolerance or self.policy.tolerance
        low, high = (
            target.value if target.value is not None else end or Decimal(0)
            for end in (target.lower, target.upper)
        )
        least, most = (
            Fraction(low) - extent(tolerance, low),
            Fraction(high) + extent(tolerance, high),
        )
        return f"AND({self._compared('>=', _exact(least))},{self._compared('<=', _exact(most))})"

    def _compared(self, sign: str, figure: Decimal) -> str:
        return f"{self.cells['performance']}{sign}{_number(figure, self.indicator.unit)}"

    def _meets_target(self) -> str:
        """The formula of `Target.admits`."""
        target, indicator, cell = self.target, self.indicator, self.cells["performance"]
        if target is None:
            return "FALSE"
        decides = target.operator_by(indicator.polarity)
        if decides is Operator.BETWEEN and target.lower is not None and target.upper is not None:
            lower, upper = (_number(end, indicator.unit) for end in (target.lower, target.upper))
            return f"AND({cell}>={lower},{cell}<={upper})"
        if target.value is None:
            return "FALSE"
        return self._compared("=" if decides is Operator.BETWEEN else decides.value, target.value)


def _exact(value: Fraction) -> Decimal:
    """A fraction that comes out even as a decimal."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _number(value: Decimal, unit: Unit | None) -> str:
    """A figure as it stands in a cell of its unit, in a formula."""
    return f"{cell_value(value, unit):f}"
