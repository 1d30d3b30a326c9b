"""The layout of a return: one definition for the template, its instructions and the checks.

A column is found by its heading or one of its aliases, compared without case, spaces or
punctuation. `asks` is the input message that the template shows on the cell and that a finding
repeats, so that the instructions and the check never say two things.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum

from msgspec import Struct

from schemas.model import Indicator, Priority, Target

COVER_SHEET = "Cover"
INDICATORS_SHEET = "Indicators"
ACHIEVEMENTS_SHEET = "Achievements"
#: The first sheet of a correction copy; passed over when the copy comes back.
LIST_SHEET = "What to correct"
#: What heads the block of the appendix that sums its ratings up; no return has it.
OVERALL_HEADINGS = ("Overall performance", "Indicators", "Rated", "Overall", "Made up of")
#: What templates up to 0.2.0 said above each column: whether it is to be filled in.
MARKS = ("▼ Fill in", "Prefilled")
#: Headings of the figures where no other heading is one, and only where nothing stands beside them.
UNSURE_NAMES = ("figure", "figures", "number")


class Takes(StrEnum):
    """What a cell takes."""

    TEXT = "text"
    DATE = "date"
    #: One of the words of `model.Status`.
    STATUS = "status"
    #: One of the register's priorities.
    PRIORITY = "priority"
    #: What an indicator reports: a figure, a milestone's state, or words.
    PERFORMANCE = "performance"
    #: One of the two figures that make another.
    PART = "part"
    #: A figure of the same unit, of the whole year.
    FORECAST = "forecast"
    #: One of the words of `asking.Confidence`.
    CONFIDENCE = "confidence"


class Field(Struct, frozen=True):
    """A column of a table, or a line of the cover."""

    key: str
    heading: str
    asks: str
    aliases: tuple[str, ...] = ()
    #: Width in characters of the column in the template.
    width: int = 16
    required: bool = False
    takes: Takes = Takes.TEXT
    #: What stands there already: on the cover by service area and period, in a column by indicator,
    #: priority and target. None: the service area fills it in; the others are locked.
    shows: Callable[..., str] | None = None
    #: Whether its heading may name a period, and then must name the return's.
    of_period: bool = False
    #: What the template says instead where it must be filled in.
    asks_required: str = ""
    #: For what the register must ask, so that a template has it; see `asking.Asks.things`. Empty:
    #: every template has it.
    asked_for: str = ""

    @property
    def fill(self) -> bool:
        """Whether the service area fills it in."""
        return self.shows is None


class Fields(tuple[Field, ...]):
    """The columns of a kind of table: one of each kind, which need not be hashed by its columns."""

    __slots__ = ()
    __hash__ = object.__hash__


COVER_FIELDS = (
    Field(
        "area",
        "Service area",
        "Prefilled: whose return this is.",
        ("service", "directorate", "department", "area"),
        required=True,
        shows=lambda area, _period: area.name,
    ),
    Field(
        "period",
        "Period",
        "Prefilled: what the return reports on.",
        (
            *("reporting period", "quarter", "year", "financial year", "fiscal year"),
            *("quarter ending", "period ending", "year ending", "quarter ended", "period ended"),
            *("reporting quarter", "reporting year", "quarter no", "qtr", "half", "month"),
        ),
        required=True,
        shows=lambda _area, period: period.name,
    ),
    Field(
        "completed_by",
        "Completed by",
        "Your name and job title.",
        ("prepared by", "completed by (name)"),
        required=True,
    ),
    Field(
        "completed_on",
        "Date completed",
        "The date, for example 30/04/2013.",
        ("date", "completed on"),
        takes=Takes.DATE,
    ),
    Field(
        "signed_off_by",
        "Signed off by",
        "The name of the head of service or director who approves these figures.",
        ("approved by", "sign off", "signed off by (head of service)"),
        required=True,
    ),
)

INDICATOR_FIELDS = (
    Field(
        "ref",
        "Ref",
        "Prefilled: the indicator's reference.",
        (
            *("reference", "indicator ref", "no", "code", "id"),
            *("pi ref", "pi no", "pi code", "kpi ref", "kpi no", "kpi number", "kpi code"),
        ),
        width=8,
        shows=lambda indicator, *_: indicator.ref,
    ),
    Field(
        "priority",
        "Priority",
        "Prefilled: the priority that the indicator stands under.",
        width=30,
        shows=lambda _indicator, priority, _target: priority.heading,
    ),
    Field(
        "indicator",
        "Indicator",
        "Prefilled: what is measured.",
        (
            *("performance indicator", "performance indicators", "measure", "description"),
            *("kpi", "kpi title", "kpi name", "kpi description", "pi", "pi name", "pi description"),
        ),
        width=48,
        required=True,
        shows=lambda indicator, *_: indicator.wording,
    ),
    Field(
        "unit",
        "Unit",
        "Prefilled: what the figure is counted in.",
        ("units", "measured in", "uom", "unit of measure", "units of measure", "measurement unit"),
        width=10,
        shows=lambda indicator, *_: indicator.unit_shown,
    ),
    Field(
        "target",
        "Target",
        "Prefilled: what is to be reached.",
        ("targets",),
        width=11,
        shows=lambda indicator, _priority, target: target.shown(indicator) if target else "",
        of_period=True,
    ),
    Field(
        "numerator",
        "Numerator",
        "The number counted, for example 31. Leave blank if you do not use it.",
        ("num",),
        width=12,
        takes=Takes.PART,
        of_period=True,
        asks_required="Required with the figure: the number counted, for example 31.",
    ),
    Field(
        "denominator",
        "Denominator",
        "The number it is out of, for example 50. Leave blank if you do not use it.",
        ("denom", "out of"),
        width=13,
        takes=Takes.PART,
        of_period=True,
        asks_required="Required with the figure: the number it is out of, for example 50.",
    ),
    Field(
        "performance",
        "Performance",
        "The figure for the period.",
        (
            *("actual", "actuals", "outturn", "result", "value", "performance figure"),
            *("performance data", "perf", "perf.", "act", "act.", *UNSURE_NAMES),
        ),
        width=13,
        required=True,
        takes=Takes.PERFORMANCE,
        of_period=True,
    ),
    Field(
        "status",
        "Status",
        "Choose Final, Provisional or Not available; No cases where there was nothing to measure, "
        "as in 0 of 0. Blank counts as Final.",
        ("figure status", "final or provisional"),
        width=14,
        takes=Takes.STATUS,
        of_period=True,
    ),
    Field(
        "commentary",
        "Commentary",
        "What lies behind the figure; needed where it is out of target and the register asks.",
        ("comment", "comments", "notes", "narrative", "explanation"),
        width=48,
        asks_required="Required: what lies behind the figure.",
    ),
)

#: Columns that a template has where the register asks for them of an indicator in it.
ASKED_FIELDS = (
    Field(
        "forecast",
        "Year-end forecast",
        "The figure that you expect for the whole year, in the same unit.",
        (
            *("forecast", "year end forecast", "full year forecast", "full-year forecast"),
            *("annual forecast", "forecast outturn", "outturn forecast", "forecast for the year"),
            *("forecast for year", "forecast year end", "forecast year-end", "projected outturn"),
            *("projected year end", "projected year-end", "year end projection", "projection"),
            *("year-end projection", "year end outturn forecast", "predicted outturn"),
            *("expected outturn", "forecast year end outturn", "projected year end outturn"),
        ),
        width=13,
        takes=Takes.FORECAST,
        of_period=True,
        asked_for="forecast",
    ),
    Field(
        "confidence",
        "Confidence",
        "How far the figure may be relied on: choose High, Medium or Low.",
        (
            *("confidence level", "level of confidence", "confidence rating", "data confidence"),
            *("confidence in figure", "confidence in the figure", "confidence in data"),
        ),
        width=12,
        takes=Takes.CONFIDENCE,
        asked_for="confidence",
    ),
    Field(
        "action",
        "Corrective action",
        "What is being done to bring the figure back into target.",
        (
            *("corrective actions", "action", "actions", "remedial action", "remedial actions"),
            *("action taken", "actions taken", "action to be taken", "actions to be taken"),
            *("recovery action", "recovery actions", "improvement action", "improvement actions"),
            *("mitigating action", "mitigating actions", "planned action", "planned actions"),
            *("action plan", "action required", "actions required"),
        ),
        width=40,
        asked_for="action",
    ),
    Field(
        "action_owner",
        "Action owner",
        "The name or post of whoever answers for the action.",
        (
            *("owner", "corrective action owner", "owner of action", "action lead"),
            *("responsible officer", "officer responsible", "action by whom", "by whom"),
        ),
        width=20,
        asked_for="action",
    ),
    Field(
        "action_by",
        "Action date",
        "The day by which it will be done, for example 30/06/2013.",
        (
            *("corrective action date", "action due", "action due date", "action deadline"),
            *("action by", "action by when", "by when", "action completion date"),
            *("completion date", "deadline", "date of action", "due date"),
        ),
        width=13,
        takes=Takes.DATE,
        asked_for="action",
    ),
)
ASKED = tuple(f.key for f in ASKED_FIELDS)
#: Every column of a table of indicators that a service area may fill in, or finds filled in.
_EVERY = (*INDICATOR_FIELDS, *ASKED_FIELDS)

#: Keys of the columns that a service area fills in, of those prefilled, and of those with figures.
FILLED = tuple(f.key for f in _EVERY if f.fill)
PREFILLED = tuple(f.key for f in _EVERY if not f.fill)
FIGURES = tuple(f.key for f in _EVERY if f.takes in (Takes.PERFORMANCE, Takes.PART, Takes.FORECAST))


def columns_for(things: Collection[str]) -> tuple[Field, ...]:
    """The columns of a template that asks for some things beside figures; see `Asks.things`."""
    return (*INDICATOR_FIELDS, *(f for f in ASKED_FIELDS if f.asked_for in things))


#: Keys of the cover's lines that say who answers for the figures.
SIGNED = tuple(f.key for f in COVER_FIELDS if f.fill and f.required)


def prefilled(indicator: Indicator, priority: Priority, target: Target | None) -> dict[str, str]:
    """What stands in each prefilled column of an indicator's row, by key."""
    return {f.key: f.shows(indicator, priority, target) for f in INDICATOR_FIELDS if f.shows}


#: Columns of a template that say what the area reported before; it lacks those without a figure.
EARLIER_FIELDS = (
    Field(
        "last",
        "Last period",
        "Prefilled: your figure of the period before, as it stood when this was written.",
        width=16,
        shows=lambda own: own.last,
    ),
    Field(
        "year_before",
        "A year before",
        "Prefilled: your figure of the same period a year before, as it stood when this was "
        "written.",
        width=16,
        shows=lambda own: own.year_before,
    ),
)
EARLIER = tuple(f.key for f in EARLIER_FIELDS)

#: Columns that are known in a table of indicators, and that no template has.
UNTAUGHT_FIELDS = (
    Field(
        "achieved",
        "Target achieved",
        "Last year's appendix: its colour, which is not read; a rating is worked out anew.",
        ("target met", "target achieved?", "rag", "rag status", "rag rating"),
    ),
    Field(
        "area",
        "Service area",
        "A list of several areas: whose row this is.",
        ("service", "directorate", "department", "responsible service"),
    ),
    Field(
        "scale",
        "Scale",
        "By what the figures are to be multiplied; only 1 is taken.",
        ("multiplier", "multiply by", "scale factor"),
    ),
    Field(
        "period",
        "Period",
        "A list of several periods: which one a row is of.",
        (
            *("reporting period", "quarter", "month", "year", "qtr", "yr", "fin year", "fy"),
            *("financial year", "fiscal year", "calendar year", "fiscal quarter", "time period"),
            *("reporting quarter", "reporting year", "data period", "period name", "timeperiod"),
            *("period ending", "quarter ending", "period end", "latest period", "data for"),
            *("timeframe", "time frame", "figures for", "data to", "as at", "as of"),
            *("data as at", "data as of", "figures as at", "figures as of"),
        ),
    ),
)

ACHIEVEMENT_FIELDS = (
    Field(
        "priority",
        "Priority",
        "Choose the priority from the list.",
        ("priority heading",),
        width=60,
        required=True,
        takes=Takes.PRIORITY,
    ),
    Field(
        "achievement",
        "Achievement",
        "One achievement, in the words committee should read.",
        ("key achievement", "key achievements", "achievements", "text"),
        width=80,
        required=True,
    ),
)
