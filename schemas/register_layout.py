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
    SmallNumbers,
    ToleranceKind,
)
from schemas.register_columns import (
    Content,
    RegisterColumn,
    RegisterSheet,
    code,
    day,
    figure,
    text,
    word,
)
from schemas.register_settings import FRAMEWORK
from schemas.units import Unit

PRIORITIES = RegisterSheet(
    *("Priorities", "Priorities", "priorities", "priority"),
    (
        code("ref", "Ref", 8, "Type a short reference of its own, for example P1."),
        text(
            "heading",
            "Heading",
            60,
            "Type the priority as the appendix should print it, for example Priority 1: Safer "
            "streets.",
            required=True,
        ),
        text(
            "achievements_heading",
            "Achievements heading",
            60,
            "Type how the achievements table words it, for example Safer streets. Leave blank "
            "to use the heading.",
        ),
        RegisterColumn(
            "order",
            "Order",
            9,
            "Type its place in the appendix, for example 1.",
            Content.WHOLE,
            required=True,
        ),
    ),
)

INDICATORS = RegisterSheet(
    *("Indicators", "Indicators", "indicators", "indicator"),
    (
        code("ref", "Ref", 8, "Type a short reference of its own, for example P1-1."),
        code(
            "priority",
            "Priority",
            10,
            "Choose the ref of a priority from the list, for example P1. New priorities are "
            "added on the sheet Priorities.",
            chosen_from="PriorityRefs",
        ),
        text(
            "wording",
            "Indicator",
            38,
            "Type what is measured, as the appendix should print it, for example Number of "
            "repeat incidents.",
            required=True,
        ),
        word(
            "kind",
            "Kind",
            10,
            "Choose measure (a figure), milestone (done or not) or narrative (words only).",
            required=True,
            choices=tuple(Kind),
            called="a kind",
        ),
        word(
            "unit",
            "Unit",
            10,
            "Choose what a measure is counted in, for example percent. Leave blank for a "
            "milestone or a narrative.",
            choices=tuple(Unit),
            called="a unit",
        ),
        RegisterColumn(
            "decimals",
            "Decimals",
            10,
            "Type how many decimals are published, from 0 to 6, for example 1 for 31.5%. Blank "
            "counts as 0.",
            Content.WHOLE,
            default=0,
        ),
        word(
            "polarity",
            "Polarity",
            11,
            "Choose which way is better: higher, lower, range (between two figures) or "
            "contextual (neither; never rated). Leave blank for a milestone or a narrative.",
            choices=tuple(Polarity),
            called="a polarity",
        ),
        RegisterColumn(
            "areas",
            "Service areas",
            11,
            "Choose the ref of the service area that reports it, for example HR. For several, "
            "type their refs with semicolons between: HR; ASC.",
            Content.WORDS,
            required=True,
            chosen_from="ServiceAreaRefs",
        ),
        word(
            "merge_rule",
            "Merge rule",
            11,
            "Choose how several areas' figures become one, for example sum. Blank counts as "
            "sole owner: one figure, on which all must agree.",
            choices=tuple(MergeRule),
            called="a merge rule",
            default=MergeRule.SOLE,
        ),
        figure(
            "tolerance",
            "Tolerance",
            11,
            "Type how far out of target is still amber, for example 5%. Leave blank to use the "
            "tolerance on the sheet Framework.",
            attribute="tolerance.amount",
        ),
        word(
            "tolerance_kind",
            "Tolerance kind",
            12,
            "Choose percent of target, or points of the indicator's own unit. Leave blank where "
            "the tolerance is blank.",
            choices=tuple(ToleranceKind),
            called="a kind of tolerance",
            attribute="tolerance.kind",
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
            "Type the highest figure that can be right, for example 100%. Leave blank for no "
            "limit.",
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
            "Choose when the service area must explain its figure, for example off target. "
            "Blank counts as never.",
            choices=tuple(CommentaryRule),
            called="a commentary rule",
            default=CommentaryRule.NEVER,
        ),
        text(
            "definition",
            "Definition",
            30,
            "Type what exactly is counted, for example Incidents recorded by the police. It is "
            "printed in the appendix's notes.",
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
            "Choose publish where even the smallest figure says nothing of a person, for "
            "example a number of schemes. Blank counts as suppress: Small numbers below, on the "
            "sheet Framework, holds.",
            choices=tuple(SmallNumbers),
            called="a way with small numbers",
            later=True,
            default=SmallNumbers.SUPPRESS,
        ),
    ),
)

TARGETS = RegisterSheet(
    *("Targets", "Targets", "targets", "target"),
    (
        code(
            "indicator",
            "Indicator",
            12,
            "Choose the ref of an indicator from the list, for example P1-1. New indicators are "
            "added on the sheet Indicators.",
            chosen_from="IndicatorRefs",
        ),
        code(
            "period",
            "Period",
            16,
            "Choose the period from the list, for example 2012-13. New periods are added on the "
            "sheet Periods.",
            chosen_from="PeriodNames",
        ),
        word(
            "operator",
            "Operator",
            12,
            "Choose >= (at least), <= (at most), > (more than), < (less than), = (exactly) or "
            "between. Blank goes by the polarity: higher is at least, lower is at most.",
            choices=tuple(Operator),
            called="an operator",
        ),
        figure(
            "value",
            "Target",
            14,
            "Type the figure to reach, with its sign, for example 25% or £120,000. Leave blank "
            "for a range, or where there is no target.",
        ),
        figure("lower", "Lower", 14, "For a range, type its lower end, for example 10%."),
        figure("upper", "Upper", 14, "For a range, type its upper end, for example 15%."),
        figure(
            "baseline",
            "Baseline",
            14,
            "Type the earlier figure to compare with, for example 40%. Leave blank for none.",
        ),
        RegisterColumn(
            "baseline_period",
            "Baseline period",
            16,
            "Type when the baseline was, for example 2011-12.",
            Content.CODE,
        ),
    ),
)

AREAS = RegisterSheet(
    *("Service areas", "ServiceAreas", "areas", "service area"),
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

PERIODS = RegisterSheet(
    *("Periods", "Periods", "periods", "period"),
    (
        code("name", "Name", 20, "Type the period's name, for example 2012-13 Q1."),
        day("starts", "Starts", 16, "Type its first day, for example 01/04/2012."),
        day("ends", "Ends", 16, "Type its last day, for example 30/06/2012."),
        day(
            "due",
            "Returns due",
            16,
            "Type the last day on which a return is in time, for example 31/07/2012.",
        ),
        word(
            "open",
            "Open or closed",
            16,
            "Choose open while returns are taken in, closed once the appendix has been issued.",
            required=True,
            choices=("open", "closed"),
            called="a state of a period",
        ),
    ),
)

RECIPIENTS = RegisterSheet(
    *("Recipients", "Recipients", "recipients", "recipient"),
    (
        code("name", "Name", 40, "Type the recipient, for example Committee clerk."),
        text(
            "email",
            "E-mail",
            44,
            "Type one address, for example clerk@council.example.",
            required=True,
        ),
        RegisterColumn(
            "gets",
            "Gets",
            22,
            "Choose appendix or digest; for both, type appendix; digest.",
            Content.WORDS,
            required=True,
            choices=tuple(Gets),
            called="something that can be sent",
        ),
    ),
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
