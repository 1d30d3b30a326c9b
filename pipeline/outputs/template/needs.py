"""What else a row needs once its figure is typed, as formulas that Excel works out at that moment.

They stand in rules on what a cell accepts and on how it looks, never in a cell: a return's sheet of
indicators holds no formula, and is read the quick way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct

from schemas.asking import Asks
from schemas.bands import Bands
from schemas.fields import Field, Takes
from schemas.model import CommentaryRule, Indicator, Kind, Operator, Polarity, Target
from schemas.units import Unit, cell_value


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
        return target.shown(indicator.unit) if is_asked and target else ""

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

    def asks(self) -> Iterator[str]:
        """The same in words, for whoever has just typed a figure without it."""
        if self.out_of_target:
            yield f"Out of target ({self.out_of_target})? Then say why in Commentary."
        if self.needs_parts:
            yield "Numerator and Denominator are needed too."

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
        sign = "=" if decides is Operator.BETWEEN else decides.value
        return f"{cell}{sign}{_number(target.value, indicator.unit)}"


def _number(value: Decimal, unit: Unit | None) -> str:
    """A figure as it stands in a cell of its unit, in a formula."""
    return f"{cell_value(value, unit):f}"
