"""The layout of the register: one definition for its writer, its notes and its checks.

Plain data, light to import; `schemas.register` turns it into pandera schemas. A column is found by
its heading, compared without case, spaces or punctuation. What a column asks for stands on its
heading and beside the cell, and a problem with the cell repeats it.
"""

from __future__ import annotations

from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Gets,
    Kind,
    Operator,
    Polarity,
    PolicyKind,
    SmallNumbers,
    ToleranceKind,
)
from schemas.register_columns import Column, Content, Sheet, code, day, figure, text, word
from schemas.units import Unit

PRIORITIES = Sheet(
    "Priorities",
    "Priorities",
    (
        code("ref", "Ref", 8, "Type a short reference of its own, for example P1."),
        text(
            "heading",
            "Heading",
            60,
            "Type the priority as the appendix should print it, "
            "for example Priority 1: Safer streets.",
            required=True,
        ),
        text(
            "achievements_heading",
            "Achievements heading",
            60,
            "Type how the achievements table words it, for example Safer streets. "
            "Leave blank to use the heading.",
        ),
        Column(
            "order",
            "Order",
            Content.WHOLE,
            "Type its place in the appendix, for example 1.",
            9,
            required=True,
        ),
    ),
)

INDICATORS = Sheet(
    "Indicators",
    "Indicators",
    (
        code("ref", "Ref", 8, "Type a short reference of its own, for example P1-1."),
        code(
            "priority",
            "Priority",
            10,
            "Choose the ref of a priority from the list, for example P1. "
            "New priorities are added on the sheet Priorities.",
            chosen_from="PriorityRefs",
        ),
        text(
            "wording",
            "Indicator",
            38,
            "Type what is measured, as the appendix should print it, "
            "for example Number of repeat incidents.",
            required=True,
        ),
        word(
            "kind",
            "Kind",
            10,
            Kind,
            "Choose measure (a figure), milestone (done or not) or narrative (words only).",
            called="a kind",
            required=True,
        ),
        word(
            "unit",
            "Unit",
            10,
            Unit,
            "Choose what a measure is counted in, for example percent. "
            "Leave blank for a milestone or a narrative.",
            called="a unit",
        ),
        Column(
            "decimals",
            "Decimals",
            Content.WHOLE,
            "Type how many decimals are published, from 0 to 6, for example 1 for 31.5%. "
            "Blank counts as 0.",
            10,
        ),
        word(
            "polarity",
            "Polarity",
            11,
            Polarity,
            "Choose which way is better: higher, lower, range (between two figures) or contextual "
            "(neither; never rated). Leave blank for a milestone or a narrative.",
            called="a polarity",
        ),
        Column(
            "areas",
            "Service areas",
            Content.WORDS,
            "Choose the ref of the service area that reports it, for example HR. "
            "For several, type their refs with semicolons between: HR; ASC.",
            11,
            required=True,
            chosen_from="ServiceAreaRefs",
        ),
        word(
            "merge_rule",
            "Merge rule",
            11,
            MergeRule,
            "Choose how several areas' figures become one, for example sum. "
            "Blank counts as sole owner: one figure, on which all must agree.",
            called="a merge rule",
        ),
        figure(
            "tolerance",
            "Tolerance",
            11,
            "Type how far out of target is still amber, for example 5%. "
            "Leave blank to use the tolerance on the sheet Framework.",
        ),
        word(
            "tolerance_kind",
            "Tolerance kind",
            12,
            ToleranceKind,
            "Choose percent of target, or points of the indicator's own unit. "
            "Leave blank where the tolerance is blank.",
            called="a kind of tolerance",
        ),
        figure(
            "plausible_minimum",
            "Plausible minimum",
            11,
            "Type the lowest figure that can be right, for example 0%. Leave blank for no limit.",
        ),
        figure(
            "plausible_maximum",
            "Plausible maximum",
            11,
            "Type the highest figure that can be right, for example 100%. "
            "Leave blank for no limit.",
        ),
        figure(
            "plausible_change",
            "Plausible change",
            11,
            "Type the largest believable change since the last period, in the indicator's own "
            "unit, for example 10%. Leave blank for no limit.",
        ),
        word(
            "commentary",
            "Commentary rule",
            14,
            CommentaryRule,
            "Choose when the service area must explain its figure, for example off target. "
            "Blank counts as never.",
            called="a commentary rule",
        ),
        text(
            "definition",
            "Definition",
            30,
            "Type what exactly is counted, for example Incidents recorded by the police. "
            "It is printed in the appendix's notes.",
        ),
        text(
            "source",
            "Source",
            18,
            "Type where the figure comes from, for example Police crime system.",
        ),
        word(
            "small_numbers",
            "Small numbers",
            12,
            SmallNumbers,
            "Choose publish where even the smallest figure says nothing of a person, for example "
            "a number of schemes. Blank counts as suppress: Small numbers below, on the sheet "
            "Framework, holds.",
            called="a way with small numbers",
            later=True,
        ),
    ),
)

TARGETS = Sheet(
    "Targets",
    "Targets",
    (
        code(
            "indicator",
            "Indicator",
            12,
            "Choose the ref of an indicator from the list, for example P1-1. "
            "New indicators are added on the sheet Indicators.",
            chosen_from="IndicatorRefs",
        ),
        code(
            "period",
            "Period",
            16,
            "Choose the period from the list, for example 2012-13. "
            "New periods are added on the sheet Periods.",
            chosen_from="PeriodNames",
        ),
        word(
            "operator",
            "Operator",
            12,
            Operator,
            "Choose >= (at least), <= (at most), > (more than), < (less than), = (exactly) or "
            "between. Blank goes by the polarity: higher is at least, lower is at most.",
            called="an operator",
        ),
        figure(
            "value",
            "Target",
            14,
            "Type the figure to reach, with its sign, for example 25% or £120,000. "
            "Leave blank for a range, or where there is no target.",
        ),
        figure("lower", "Lower", 14, "For a range, type its lower end, for example 10%."),
        figure("upper", "Upper", 14, "For a range, type its upper end, for example 15%."),
        figure(
            "baseline",
            "Baseline",
            14,
            "Type the earlier figure to compare with, for example 40%. Leave blank for none.",
        ),
        Column(
            "baseline_period",
            "Baseline period",
            Content.CODE,
            "Type when the baseline was, for example 2011-12.",
            16,
        ),
    ),
)

AREAS = Sheet(
    "Service areas",
    "ServiceAreas",
    (
        code(
            "ref",
            "Ref",
            10,
            "Type a short reference of its own, for example HR. It names the area's inbox folder.",
        ),
        code("name", "Name", 40, "Type the area's name, for example Human resources."),
        text(
            "lead",
            "Lead",
            36,
            "Type who answers for the return, for example Head of Human Resources.",
        ),
        text(
            "email",
            "E-mail",
            40,
            "Type where receipts and corrections go, for example hr@council.example.",
        ),
    ),
)

PERIODS = Sheet(
    "Periods",
    "Periods",
    (
        code("name", "Name", 20, "Type the period's name, for example 2012-13 Q1."),
        day("starts", "Starts", "Type its first day, for example 01/04/2012."),
        day("ends", "Ends", "Type its last day, for example 30/06/2012."),
        day(
            "due",
            "Returns due",
            "Type the last day on which a return is in time, for example 31/07/2012.",
        ),
        word(
            "open",
            "Open or closed",
            16,
            ("open", "closed"),
            "Choose open while returns are taken in, closed once the appendix has been issued.",
            called="a state of a period",
            required=True,
        ),
    ),
)

RECIPIENTS = Sheet(
    "Recipients",
    "Recipients",
    (
        code("name", "Name", 40, "Type the recipient, for example Committee clerk."),
        text(
            "email",
            "E-mail",
            44,
            "Type one address, for example clerk@council.example.",
            required=True,
        ),
        Column(
            "gets",
            "Gets",
            Content.WORDS,
            "Choose appendix or digest; for both, type appendix; digest.",
            22,
            required=True,
            choices=tuple(Gets),
            called="something that can be sent",
        ),
    ),
)

#: The framework's settings: each stands in a row of its own, named in the first column.
FRAMEWORK = Sheet(
    "Framework",
    "Framework",
    (
        text(
            "council",
            "Council",
            0,
            "Type the council's name, for example Example Borough Council.",
            required=True,
        ),
        text(
            "title",
            "Title",
            0,
            "Type the appendix's title, for example Delivering fair and responsive services.",
            required=True,
        ),
        Column(
            "appendix",
            "Appendix number",
            Content.CODE,
            "Type its number as printed, for example Appendix 3. It may be left blank.",
            0,
        ),
        word(
            "policy",
            "Rating policy",
            0,
            PolicyKind,
            "Choose target and tolerance (green in target, amber out of it by no more than the "
            "tolerance), or target or improvement (green within the tolerance, amber beyond it "
            "but no worse than a year before).",
            called="a rating policy",
            required=True,
        ),
        figure(
            "tolerance",
            "Tolerance",
            0,
            "Type how far out of target is still within tolerance, for example 5%.",
            required=True,
        ),
        word(
            "tolerance_kind",
            "Tolerance kind",
            0,
            ToleranceKind,
            "Choose percent of target, or points of the indicator's own unit.",
            called="a kind of tolerance",
            required=True,
        ),
        Column(
            "green_from",
            "Green from",
            Content.SHARE,
            "Overall scores green 1, amber ½ and red 0 and takes the mean. Type the mean from "
            "which the whole is green, from 0 to 1, for example 0.75.",
            0,
            required=True,
        ),
        Column(
            "amber_from",
            "Amber from",
            Content.SHARE,
            "Type the mean from which the whole is amber, no higher than Green from, "
            "for example 0.5.",
            0,
            required=True,
        ),
        Column(
            "small_below",
            "Small numbers below",
            Content.WHOLE,
            "Type the number from which a count of people may be published, for example 5; what "
            "is smaller is suppressed. Leave blank to suppress nothing by its size.",
            0,
            least=3,
            later=True,
        ),
        Column(
            "keep_years",
            "Keep returns for",
            Content.WHOLE,
            "Type for how many years returns are kept, for example 6. Leave blank to keep them "
            "for good.",
            0,
            least=1,
            later=True,
        ),
        Column(
            "remind_before",
            "Remind days before",
            Content.WHOLES,
            "Type how many days before returns are due a service area is reminded, with "
            "semicolons between, for example 7; 1. 0 is the day itself. Leave blank for no "
            "reminder before.",
            0,
            later=True,
        ),
        Column(
            "remind_after",
            "Remind days after",
            Content.WHOLES,
            "Type how many days after that day a service area whose return is missing is "
            "reminded, with semicolons between, for example 1; 3; 7. Leave blank for no reminder "
            "after.",
            0,
            least=1,
            later=True,
        ),
    ),
)
#: The headings of the framework's own table, their notes and their widths.
FRAMEWORK_HEADINGS = (
    ("Setting", "What is set. Leave this column as it is.", 20),
    ("Value", "Type or choose the value here, for example 5% for the tolerance.", 42),
    ("What it means", "What to type, with an example. Nothing here is read.", 76),
)

#: In the order of the workbook's tabs.
SHEETS = (FRAMEWORK, PRIORITIES, INDICATORS, TARGETS, AREAS, PERIODS, RECIPIENTS)

#: Lists to choose from: a name in the workbook, and the column that it stands for.
LISTS = {
    "PriorityRefs": (PRIORITIES, "ref"),
    "IndicatorRefs": (INDICATORS, "ref"),
    "ServiceAreaRefs": (AREAS, "ref"),
    "PeriodNames": (PERIODS, "name"),
}
