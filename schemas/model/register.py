"""The whole of the register."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from schemas.asking import AskAction, Requirement
from schemas.deciding import Approver, IssueRule, Request, Weekday
from schemas.frequency import FirstMonth, Profile
from schemas.model.bands import BandRow
from schemas.model.indicators import Indicator, Priority
from schemas.model.people import Period, Recipient, ServiceArea
from schemas.model.rating import Policy, PolicyChange
from schemas.model.targets import Shape, Target
from schemas.units import Thousands


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
    #: Of how many earlier periods the appendix has columns; None: of as many as fit.
    earlier_periods: int | None = None
    #: Whether figures from a thousand on are printed in groups of three digits, as long ones are.
    thousands: Thousands = Thousands.BARE
    #: What is asked for beside each figure, where its indicator does not say otherwise.
    ask_action: AskAction = AskAction.NEVER
    ask_forecast: Requirement = Requirement.NEVER
    ask_confidence: Requirement = Requirement.NEVER


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
    #: How bands are printed that are not printed as they are by default.
    bands: tuple[BandRow, ...] = ()
    #: SHA-256 of the workbook's bytes.
    sha256: str = ""
    #: Every row of every indicator, where `indicators` has the last, or what is due in one period.
    versions: tuple[Indicator, ...] = ()
    #: Every row of every service area, where `areas` has one of each, or those of one period.
    area_versions: tuple[ServiceArea, ...] = ()
    #: In a register in force in one period, what is printed though it is not due.
    not_due: tuple[Indicator, ...] = ()
    #: What the register itself does not say: the shapes of years by which targets are spread.
    shapes: tuple[Shape, ...] = ()

    def __post_init__(self) -> None:
        # Its indicators print figures as its framework says, whoever holds one of them alone.
        thousands = self.framework.thousands
        for name in ("indicators", "versions", "not_due"):
            rows: tuple[Indicator, ...] = getattr(self, name)
            if any(each.thousands is not thousands for each in rows):
                alike = tuple(replace(each, thousands=thousands) for each in rows)
                force_setattr(self, name, alike)

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

    @cached_property
    def spread_by_last_year(self) -> tuple[Target, ...]:
        """The targets of years that are spread in the shape of the year before."""
        return tuple(each for each in self.targets if each.profile is Profile.LAST_YEAR)

    @cached_property
    def has_cumulative(self) -> bool:
        """Whether any indicator is reported cumulatively, in any period."""
        return any(i.accumulation.is_reported_so for i in self.versions or self.indicators)

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

    @cached_property
    def known_areas(self) -> tuple[ServiceArea, ...]:
        """Every row of every service area, also of those that report nothing in this period."""
        return tuple(dict.fromkeys((*self.area_versions, *self.areas)))

    @cached_property
    def names_of_areas(self) -> dict[str, str]:
        """The name of each service area by its ref; of several the last."""
        return {each.ref: each.name for each in (*self.known_areas, *reversed(self.areas))}

    def area_name(self, ref: str) -> str:
        """A service area's name; its ref where the register does not hold it."""
        return self.names_of_areas.get(ref, ref)

    def opened(self, names: Collection[str]) -> Register:
        """The register with these periods open."""
        periods = tuple(replace(p, open=p.open or p.name in names) for p in self.periods)
        return replace(self, periods=periods)
