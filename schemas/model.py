"""The words of the register and of a reported figure, as types.

Figures are `decimal.Decimal` in their unit (see `schemas.units`): no float ever decides a rating.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from schemas.deciding import Approver, IssueRule, Request, Weekday
from schemas.frequency import AcrossBreak, Carried, FirstMonth, Frequency, Profile, WhenNotDue
from schemas.merge_rules import MergeRule
from schemas.units import Unit, UnitRow, row_of, shown


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


class ToleranceKind(StrEnum):
    PERCENT_OF_TARGET = "percent of target"
    POINTS = "points"


class CommentaryRule(StrEnum):
    NEVER = "never"
    OFF_TARGET = "off target"
    ALWAYS = "always"


class SmallNumbers(StrEnum):
    """Whether an indicator's figures below the framework's threshold are published."""

    SUPPRESS = "suppress"
    PUBLISH = "publish"


class Operator(StrEnum):
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE_THAN = ">"
    LESS_THAN = "<"
    EQUAL = "="
    BETWEEN = "between"


#: How a figure compares with a target by its operator; a range without its ends is one figure.
_COMPARED: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
    Operator.MORE_THAN: operator.gt,
    Operator.LESS_THAN: operator.lt,
    Operator.EQUAL: operator.eq,
    Operator.BETWEEN: operator.eq,
}


class PolicyKind(StrEnum):
    """What the colours mean; councils differ."""

    TARGET = "target and tolerance"
    IMPROVEMENT = "target or improvement"


class Status(StrEnum):
    FINAL = "Final"
    PROVISIONAL = "Provisional"
    NOT_AVAILABLE = "Not available"


#: Chosen under Status, and printed in place of a figure, where there was nothing to measure.
NO_CASES = "No cases"


class MilestoneState(StrEnum):
    COMPLETE = "Complete"
    ON_TRACK = "On track"
    AT_RISK = "At risk"
    MISSED = "Missed"
    NOT_DUE = "Not due"


class Gets(StrEnum):
    """What a recipient on the register is sent."""

    APPENDIX = "appendix"
    DRAFT = "draft"
    DIGEST = "digest"


class Priority(Struct, frozen=True):
    ref: str
    heading: str
    #: How the achievements table words it; the heading where it has no wording of its own.
    achievements_heading: str
    order: int


class Tolerance(Struct, frozen=True):
    """How far out of target is still amber: percent of the target, or points of the unit."""

    amount: Decimal
    kind: ToleranceKind


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
    #: Its figures are compared only with those of the same series: a break begins another.
    series: int = 0

    @property
    def unit_row(self) -> UnitRow:
        """What there is to know of its unit; that of a plain number where it has none."""
        return row_of(self.unit)

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


class Target(Struct, frozen=True):
    """What an indicator is to reach in a period. Decimals keep the places they were typed with."""

    indicator: str
    period: str
    #: None: as the polarity says (higher: at least; lower: at most; range: between).
    operator: Operator | None = None
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    baseline: Decimal | None = None
    baseline_period: str = ""
    #: How it is spread over shorter periods, and goes on for the next year; None: it does not.
    profile: Profile | None = None
    carried: Carried | None = None
    #: By how much it changes a year, as it is carried on: percent of it, or points of the unit.
    change: Decimal | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is anything to reach, not only a baseline to compare with."""
        return self.value is not None or (self.lower is not None and self.upper is not None)

    def operator_by(self, polarity: Polarity | None) -> Operator:
        """The operator that decides: the register's, else the one that the polarity implies."""
        if self.operator is not None:
            return self.operator
        if self.value is None:
            return Operator.BETWEEN
        return Operator.AT_MOST if polarity is Polarity.LOWER else Operator.AT_LEAST

    def admits(self, value: Decimal, polarity: Polarity | None) -> bool:
        """Whether a figure meets the target; where none is set, none does."""
        decides = self.operator_by(polarity)
        if decides is Operator.BETWEEN and self.lower is not None and self.upper is not None:
            return self.lower <= value <= self.upper
        return self.value is not None and _COMPARED[decides](value, self.value)

    @property
    def operator_shown(self) -> str:
        """The sign printed before it: only where the register states one."""
        signs = {Operator.AT_LEAST: "≥", Operator.AT_MOST: "≤", Operator.BETWEEN: ""}
        return signs.get(self.operator, self.operator.value) if self.operator else ""

    def shown(self, unit: Unit | None) -> str:
        """As printed: `25%`, `>3.30%`, `10% to 15%`; empty where there is nothing to reach."""
        match self.value, self.lower, self.upper:
            case Decimal() as goal, _, _:
                return self.operator_shown + shown(goal, unit)
            case _, Decimal() as lower, Decimal() as upper:
                return f"{shown(lower, unit)} to {shown(upper, unit)}"
        return ""


class ServiceArea(Struct, frozen=True):
    ref: str
    name: str
    lead: str = ""
    email: str = ""


class Period(Struct, frozen=True):
    name: str
    starts: date
    ends: date
    #: The last day on which a return is in time.
    due: date
    open: bool = True
    #: From this day on its draft is issued, where the framework's rule is a date.
    issue_on: date | None = None


class Recipient(Struct, frozen=True):
    name: str
    email: str
    gets: tuple[Gets, ...] = (Gets.APPENDIX,)


class Policy(Struct, frozen=True):
    """What the colours mean and how they add up.

    Overall scores green 1, amber ½ and red 0 and takes the mean of what is rated: green from
    `green_from`, amber from `amber_from`, else red. Where less than `coverage_from` of what is due
    has been answered there is no overall rating.
    """

    kind: PolicyKind = PolicyKind.TARGET
    tolerance: Tolerance = Tolerance(Decimal(5), ToleranceKind.PERCENT_OF_TARGET)
    green_from: Decimal = Decimal("0.75")
    amber_from: Decimal = Decimal("0.5")
    coverage_from: Decimal = Decimal(0)


class PolicyChange(Struct, frozen=True):
    """What the colours mean from a period on."""

    since: str
    policy: Policy


class TextBounds(Struct, frozen=True):
    """How much a return may say in words, since all of it is printed, mailed and kept."""

    #: The most achievements.
    achievements: int = 60
    #: The most characters of one, of a commentary or of what an indicator in words reports, and of
    #: all that a return says.
    achievement: int = 2_000
    commentary: int = 4_000
    whole: int = 200_000


class Framework(Struct, frozen=True):
    council: str
    title: str
    #: The appendix's number as printed, such as `Appendix 3`.
    appendix: str = ""
    policy: Policy = Policy()
    #: Counts of people below this are suppressed; None: nothing is suppressed by its size.
    small_below: int | None = None
    #: For how many years returns are kept; None: for good.
    keep_years: int | None = None
    #: How many days before returns are due, and after, service areas are reminded; none: never.
    remind_before: tuple[int, ...] = ()
    remind_after: tuple[int, ...] = ()
    bounds: TextBounds = TextBounds()
    issue_when: IssueRule = IssueRule.CHANGE
    #: On which days drafts are sent; none: on any.
    draft_days: tuple[Weekday, ...] = ()
    year_begins: FirstMonth = FirstMonth.APRIL


class Register(Struct, frozen=True, dict=True):
    """What is measured: the whole of `register.xlsx`, checked."""

    framework: Framework
    priorities: tuple[Priority, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    areas: tuple[ServiceArea, ...]
    #: In the order in which they start.
    periods: tuple[Period, ...]
    recipients: tuple[Recipient, ...]
    #: None: whoever may give commands, or write the register, decides.
    approvers: tuple[Approver, ...] = ()
    decisions: tuple[Request, ...] = ()
    policies: tuple[PolicyChange, ...] = ()
    #: SHA-256 of the workbook's bytes.
    sha256: str = ""
    #: Every row of every indicator, where `indicators` has the last, or what is due in one period.
    versions: tuple[Indicator, ...] = ()
    #: In a register in force in one period, what is printed though it is not due.
    not_due: tuple[Indicator, ...] = ()

    # Of what stands twice the first counts.
    @cached_property
    def _targets(self) -> dict[tuple[str, str], Target]:
        return {(each.indicator, each.period): each for each in reversed(self.targets)}

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {each.ref: each for each in reversed(self.indicators)}

    @cached_property
    def _areas(self) -> dict[str, ServiceArea]:
        return {each.ref: each for each in reversed(self.areas)}

    @cached_property
    def _owned(self) -> dict[str, tuple[Indicator, ...]]:
        owned: dict[str, dict[str, Indicator]] = {}
        for each in self.indicators:
            for area in each.areas:
                owned.setdefault(area, {})[each.ref] = each
        return {area: tuple(some.values()) for area, some in owned.items()}

    def target(self, indicator: str, period: str) -> Target | None:
        """The target row of an indicator for a period, if the register has one."""
        return self._targets.get((indicator, period))

    def indicator(self, ref: str) -> Indicator | None:
        return self._indicators.get(ref)

    def indicators_of(self, area: str) -> tuple[Indicator, ...]:
        """The indicators that a service area reports, in the register's order."""
        return self._owned.get(area, ())

    def period(self, name: str) -> Period | None:
        return next((p for p in self.periods if p.name == name), None)

    def area(self, ref: str) -> ServiceArea | None:
        return self._areas.get(ref)

    def area_name(self, ref: str) -> str:
        """A service area's name; its ref where the register does not hold it."""
        area = self.area(ref)
        return area.name if area else ref

    def opened(self, names: Collection[str]) -> Register:
        """The register with these periods open."""
        periods = tuple(replace(p, open=p.open or p.name in names) for p in self.periods)
        return replace(self, periods=periods)
