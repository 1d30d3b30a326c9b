"""The layout of a return: one definition for the template, its instructions and the checks.

A column is found by its heading or one of its aliases, compared without case, spaces or
punctuation. `asks` is the input message that the template shows on the cell and that a finding
repeats, so that the instructions and the check never say two things.
"""

from __future__ import annotations

from dataclasses import dataclass

COVER_SHEET = "Cover"
INDICATORS_SHEET = "Indicators"
ACHIEVEMENTS_SHEET = "Achievements"
#: The first sheet of a correction copy; passed over when the copy comes back.
LIST_SHEET = "What to correct"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table, or a line of the cover."""

    key: str
    heading: str
    asks: str
    #: Whether the service area fills it in; the others are prefilled and locked.
    fill: bool
    aliases: tuple[str, ...] = ()
    #: Width in characters of the column in the template.
    width: int = 16
    required: bool = False


COVER_FIELDS = (
    Field(
        "area",
        "Service area",
        "Prefilled: whose return this is.",
        False,
        ("service", "directorate", "department", "area"),
        required=True,
    ),
    Field(
        "period",
        "Period",
        "Prefilled: what the return reports on.",
        False,
        ("reporting period", "quarter", "year"),
        required=True,
    ),
    Field(
        "completed_by",
        "Completed by",
        "Your name and job title.",
        True,
        ("prepared by", "completed by (name)"),
        required=True,
    ),
    Field(
        "completed_on",
        "Date completed",
        "The date, for example 30/04/2013.",
        True,
        ("date", "completed on"),
    ),
    Field(
        "signed_off_by",
        "Signed off by",
        "The name of the head of service or director who approves these figures.",
        True,
        ("approved by", "sign off", "signed off by (head of service)"),
        required=True,
    ),
)

INDICATOR_FIELDS = (
    Field(
        "ref",
        "Ref",
        "Prefilled: the indicator's reference.",
        False,
        ("reference", "indicator ref", "pi ref", "no"),
        width=8,
    ),
    Field(
        "priority",
        "Priority",
        "Prefilled: the priority that the indicator stands under.",
        False,
        (),
        width=30,
    ),
    Field(
        "indicator",
        "Indicator",
        "Prefilled: what is measured.",
        False,
        ("performance indicator", "performance indicators", "measure", "description"),
        width=48,
        required=True,
    ),
    Field(
        "unit",
        "Unit",
        "Prefilled: what the figure is counted in.",
        False,
        ("units", "measured in"),
        width=10,
    ),
    Field("target", "Target", "Prefilled: what is to be reached.", False, ("targets",), width=11),
    Field(
        "numerator",
        "Numerator",
        "The number counted, for example 31. Leave blank if you do not use it.",
        True,
        ("num",),
        width=12,
    ),
    Field(
        "denominator",
        "Denominator",
        "The number it is out of, for example 50. Leave blank if you do not use it.",
        True,
        ("denom", "out of"),
        width=13,
    ),
    Field(
        "performance",
        "Performance",
        "The figure for the period.",
        True,
        ("actual", "actuals", "outturn", "result", "value", "performance figure"),
        width=13,
        required=True,
    ),
    Field(
        "status",
        "Status",
        "Choose Final, Provisional or Not available. Blank counts as Final.",
        True,
        ("figure status", "final or provisional"),
        width=14,
    ),
    Field(
        "commentary",
        "Commentary",
        "What lies behind the figure; needed where it is out of target and the register asks.",
        True,
        ("comment", "comments", "notes", "narrative", "explanation"),
        width=48,
    ),
)

#: What a service area fills in, by key; the rest stands in the template already.
FILLED_FIELDS = tuple(f.key for f in INDICATOR_FIELDS if f.fill)

#: Columns that are known in a table of indicators, and that no template has.
UNTAUGHT_FIELDS = (
    Field(
        "achieved",
        "Target achieved",
        "Last year's appendix: its colour, which is not read; a rating is worked out anew.",
        False,
        ("target met", "target achieved?", "rag", "rag status", "rag rating"),
    ),
    Field(
        "area",
        "Service area",
        "A list of several areas: whose row this is.",
        False,
        ("service", "directorate", "department", "responsible service"),
    ),
)

ACHIEVEMENT_FIELDS = (
    Field(
        "priority",
        "Priority",
        "Choose the priority from the list.",
        True,
        ("priority heading",),
        width=60,
        required=True,
    ),
    Field(
        "achievement",
        "Achievement",
        "One achievement, in the words committee should read.",
        True,
        ("key achievement", "key achievements", "achievements", "text"),
        width=80,
        required=True,
    ),
)
