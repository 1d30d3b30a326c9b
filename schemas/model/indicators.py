"""What is measured."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from schemas.accumulation import Accumulation
from schemas.asking import AskAction, Requirement
from schemas.frequency import AcrossBreak, Frequency, WhenNotDue
from schemas.merge_rules import MergeRule
from schemas.model.rating import Tolerance
from schemas.units import Thousands, Unit, UnitRow, row_of, shown


class Kind(StrEnum):
    """What an indicator reports: a figure, the state of a milestone, or words."""

    MEASURE = "measure"
    MILESTONE = "milestone"
    NARRATIVE = "narrative"


class Polarity(StrEnum):
    """Which way is better. A contextual figure has no better way and is never rated."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"
    CONTEXTUAL = "contextual"


class CommentaryRule(StrEnum):
    NEVER = "never"
    OFF_TARGET = "off target"
    ALWAYS = "always"


class SmallNumbers(StrEnum):
    """Whether an indicator's figures below the framework's threshold are published."""

    SUPPRESS = "suppress"
    PUBLISH = "publish"


class Priority(Struct, frozen=True):
    ref: str
    heading: str
    #: How the achievements table words it; the heading where it has no wording of its own.
    achievements_heading: str
    order: int


class Indicator(Struct, frozen=True):
    ref: str
    priority: str
    wording: str
    kind: Kind
    #: None for a milestone or a narrative.
    unit: Unit | None = None
    #: How many decimals the indicator is published with.
    decimals: int = 0
    polarity: Polarity | None = None
    #: Refs of the service areas that report it, in the register's order.
    areas: tuple[str, ...] = ()
    merge_rule: MergeRule = MergeRule.SOLE
    #: None: the framework's tolerance.
    tolerance: Tolerance | None = None
    plausible_minimum: Decimal | None = None
    plausible_maximum: Decimal | None = None
    #: The largest believable change since the last period, in the indicator's own unit.
    plausible_change: Decimal | None = None
    commentary: CommentaryRule = CommentaryRule.NEVER
    definition: str = ""
    source: str = ""
    small_numbers: SmallNumbers = SmallNumbers.SUPPRESS
    #: The first and the last period for which it is asked; empty: from the beginning, for good.
    first: str = ""
    last: str = ""
    due: Frequency = Frequency.EVERY_PERIOD
    #: The periods for which it is due, where they are listed.
    due_in: tuple[str, ...] = ()
    when_not_due: WhenNotDue = WhenNotDue.LAST_FIGURE
    #: The period from which this row of it holds; empty: from the beginning.
    since: str = ""
    across_break: AcrossBreak = AcrossBreak.NOT_COMPARED
    #: What is asked for beside its figure; None: as the framework says.
    ask_action: AskAction | None = None
    ask_forecast: Requirement | None = None
    ask_confidence: Requirement | None = None
    #: Its figures are compared only with those of the same series: a break begins another.
    series: int = 0
    #: As the framework of its register says; see `Register`.
    thousands: Thousands = Thousands.BARE
    accumulation: Accumulation = Accumulation.AS_REPORTED
    #: Refs of the indicators that it takes the place of.
    replaces: tuple[str, ...] = ()

    @property
    def unit_row(self) -> UnitRow:
        """What there is to know of its unit; that of a plain number where it has none."""
        return row_of(self.unit)

    def shown(self, value: Decimal, decimals: int | None = None) -> str:
        """A figure of it as printed: `31.5%`, `4,605`; see `schemas.units.shown`."""
        return shown(value, self.unit, decimals, self.thousands)

    def printed_like(self, other: Indicator) -> Indicator:
        """The same with thousands set apart where they are in another one's figures."""
        if self.thousands is other.thousands:
            return self
        return replace(self, thousands=other.thousands)

    @property
    def has_figures(self) -> bool:
        """Whether it reports figures, and not states or words."""
        return self.kind is Kind.MEASURE

    @property
    def is_contextual(self) -> bool:
        """Whether its figures are for context: neither a higher nor a lower one is better."""
        return self.polarity is Polarity.CONTEXTUAL

    @property
    def may_be_rated(self) -> bool:
        """Whether it can be red or amber: words cannot, nor a figure that has no better way."""
        return self.kind is not Kind.NARRATIVE and not self.is_contextual

    @property
    def may_have_no_cases(self) -> bool:
        """Whether there can be nothing to measure, as in 0 of 0; a count is 0 then."""
        return self.kind is Kind.MEASURE and not self.unit_row.counts_people

    @property
    def unit_shown(self) -> str:
        """What it reports, in a word: `percent`, `number`, `milestone`, `words`."""
        if self.kind is Kind.MILESTONE:
            return "milestone"
        if self.kind is Kind.NARRATIVE or self.unit is None:
            return "words"
        return self.unit.row.shown or self.unit.row.name
