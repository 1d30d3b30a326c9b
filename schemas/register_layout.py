"""The layout of the register: one definition for its writer, its notes and its checks.

Plain data, light to import; `schemas.register` turns it into pandera schemas. A column is found by
its heading, compared without case, spaces or punctuation. What a column asks for stands on its
heading and beside the cell, and a problem with the cell repeats it.
"""

from schemas import model
from schemas import register_columns as column
from schemas.bands import BANDS
from schemas.merge_rules import MergeRule
from schemas.register_accumulation import INDICATORS_ACCUMULATING
from schemas.register_asking import INDICATORS_ASKING
from schemas.register_columns import sheet
from schemas.register_deciding import APPROVERS, DECISIONS
from schemas.register_over_time import (
    AREAS_OVER_TIME,
    INDICATORS_OVER_TIME,
    PERIODS_OVER_TIME,
    TARGETS_OVER_TIME,
)
from schemas.register_settings import FRAMEWORK, POLICIES
from schemas.register_thresholds import THRESHOLDS
from schemas.units import Unit

PRIORITIES = sheet(
    "Priorities",
    "priority",
    column.code("ref", "Ref", "Type a short reference of its own, for example P1.", 8),
    column.text(
        "heading",
        "Heading",
        "Type the priority as the appendix should print it, for example Priority 1: Safer streets.",
        60,
        required=True,
    ),
    column.text(
        "achievements_heading",
        "Achievements heading",
        "Type how the achievements table words it, for example Safer streets. Leave blank to use "
        "the heading.",
        60,
    ),
    column.whole(
        "order", "Order", "Type its place in the appendix, for example 1.", 9, required=True
    ),
)

INDICATORS = sheet(
    "Indicators",
    "indicator",
    column.code("ref", "Ref", "Type a short reference of its own, for example P1-1.", 8),
    column.code(
        "priority",
        "Priority",
        "Choose the ref of a priority from the list, for example P1. New priorities are added on "
        "the sheet Priorities.",
        10,
        chosen_from="PriorityRefs",
    ),
    column.text(
        "wording",
        "Indicator",
        "Type what is measured, as the appendix should print it, for example Number of repeat "
        "incidents.",
        38,
        required=True,
    ),
    column.word(
        "kind",
        "Kind",
        "Choose measure (a figure), milestone (done or not) or narrative (words only).",
        10,
        tuple(model.Kind),
        required=True,
    ),
    column.word(
        "unit",
        "Unit",
        "Choose what a measure is counted in, for example percent. Leave blank for a milestone or "
        "a narrative.",
        10,
        tuple(Unit),
    ),
    column.whole(
        "decimals",
        "Decimals",
        "Type how many decimals are published, from 0 to 6, for example 1 for 31.5%. Blank counts "
        "as 0.",
        10,
    ),
    column.word(
        "polarity",
        "Polarity",
        "Choose which way is better: higher, lower, range (between two figures) or contextual "
        "(neither; never rated). Leave blank for a milestone or a narrative.",
        11,
        tuple(model.Polarity),
    ),
    column.words(
        "areas",
        "Service areas",
        "Choose the ref of the service area that reports it, for example HR. For several, type "
        "their refs with semicolons between: HR; ASC.",
        11,
        required=True,
        chosen_from="ServiceAreaRefs",
    ),
    column.word(
        "merge_rule",
        "Merge rule",
        "Choose how several areas' figures become one, for example sum. Blank counts as sole "
        "owner: one figure, on which all must agree.",
        11,
        tuple(MergeRule),
    ),
    column.figure(
        "tolerance",
        "Tolerance",
        "Type how far out of target is still amber, for example 5%. Leave blank to use the "
        "tolerance on the sheet Framework.",
        11,
        attribute="tolerance.amount",
        percent_where=("tolerance_kind", model.ToleranceKind.PERCENT_OF_TARGET),
    ),
    column.word(
        "tolerance_kind",
        "Tolerance kind",
        "Choose percent of target, or points of the indicator's own unit. Leave blank where the "
        "tolerance is blank.",
        12,
        tuple(model.ToleranceKind),
        "a kind of tolerance",
        attribute="tolerance.kind",
    ),
    column.figure(
        "plausible_minimum",
        "Plausible minimum",
        "Type the lowest figure that can be right, for example 0%. Leave blank for no limit.",
        11,
    ),
    column.figure(
        "plausible_maximum",
        "Plausible maximum",
        "Type the highest figure that can be right, for example 100%. Leave blank for no limit.",
        11,
    ),
    column.figure(
        "plausible_change",
        "Plausible change",
        "Type the largest believable change since the last period, in the indicator's own unit, "
        "for example 10%. Leave blank for no limit.",
        11,
    ),
    column.word(
        "commentary",
        "Commentary rule",
        "Choose when the service area must explain its figure, for example off target. Blank "
        "counts as never.",
        14,
        tuple(model.CommentaryRule),
    ),
    column.text(
        "definition",
        "Definition",
        "Type what exactly is counted, for example Incidents recorded by the police. It is "
        "printed in the appendix's notes.",
        30,
    ),
    column.text(
        "source", "Source", "Type where the figure comes from, for example Police crime system.", 18
    ),
    column.word(
        "small_numbers",
        "Small numbers",
        "Choose publish where even the smallest figure says nothing of a person, for example a "
        "number of schemes. Blank counts as suppress: Small numbers below, on the sheet "
        "Framework, holds.",
        12,
        tuple(model.SmallNumbers),
        "a way with small numbers",
        later=True,
    ),
    *INDICATORS_OVER_TIME,
    *INDICATORS_ASKING,
    *INDICATORS_ACCUMULATING,
)

TARGETS = sheet(
    "Targets",
    "target",
    column.code(
        "indicator",
        "Indicator",
        "Choose the ref of an indicator from the list, for example P1-1. New indicators are added "
        "on the sheet Indicators.",
        12,
        chosen_from="IndicatorRefs",
    ),
    column.code(
        "period",
        "Period",
        "Choose the period from the list, for example 2012-13. New periods are added on the sheet "
        "Periods.",
        16,
        chosen_from="PeriodNames",
    ),
    column.word(
        "operator",
        "Operator",
        "Choose >= (at least), <= (at most), > (more than), < (less than), = (exactly) or "
        "between. Blank goes by the polarity: higher is at least, lower is at most.",
        12,
        tuple(model.Operator),
        "an operator",
    ),
    column.figure(
        "value",
        "Target",
        "Type the figure to reach, with its sign, for example 25% or £120,000. Leave blank for a "
        "range, or where there is no target.",
        14,
    ),
    column.figure("lower", "Lower", "For a range, type its lower end, for example 10%.", 14),
    column.figure("upper", "Upper", "For a range, type its upper end, for example 15%.", 14),
    column.figure(
        "baseline",
        "Baseline",
        "Type the earlier figure to compare with, for example 40%. Leave blank for none.",
        14,
    ),
    column.code(
        "baseline_period",
        "Baseline period",
        "Type when the baseline was, for example 2011-12.",
        16,
        required=False,
    ),
    *TARGETS_OVER_TIME,
    *THRESHOLDS,
)

AREAS = sheet(
    "Service areas",
    "service area",
    column.code(
        "ref",
        "Ref",
        "Type a short reference of its own, for example HR. It names the area's inbox folder.",
        10,
    ),
    column.code("name", "Name", "Type the area's name, for example Human resources.", 40),
    column.text(
        "lead",
        "Lead",
        "Type who answers for the return, for example Head of Human Resources. For several, put "
        "semicolons between.",
        36,
    ),
    column.address(
        "email",
        "E-mail",
        "Type where receipts and corrections go, for example hr@council.example. For several "
        "addresses, put semicolons between.",
        40,
    ),
    *AREAS_OVER_TIME,
)

PERIODS = sheet(
    "Periods",
    "period",
    column.code("name", "Name", "Type the period's name, for example 2012-13 Q1.", 20),
    column.day("starts", "Starts", "Type its first day, for example 01/04/2012.", 16),
    column.day("ends", "Ends", "Type its last day, for example 30/06/2012.", 16),
    column.day(
        "due",
        "Returns due",
        "Type the last day on which a return is in time, for example 31/07/2012.",
        16,
    ),
    column.word(
        "open",
        "Open or closed",
        "Choose open while returns are taken in, closed once the appendix has been issued.",
        16,
        ("open", "closed"),
        "a state of a period",
        required=True,
    ),
    column.day(
        "issue_on",
        "Issue on",
        "Type the day from which its appendix is issued, for example 10/08/2012, where the sheet "
        "Framework has Issue: on a date. Leave blank otherwise.",
        16,
        required=False,
        later=True,
    ),
    *PERIODS_OVER_TIME,
)

RECIPIENTS = sheet(
    "Recipients",
    "recipient",
    column.code("name", "Name", "Type the recipient, for example Committee clerk.", 40),
    column.address(
        "email", "E-mail", "Type one address, for example clerk@council.example.", 44, required=True
    ),
    column.words(
        "gets",
        "Gets",
        "Choose appendix (what is issued), draft (what a night prepares) or digest; for several, "
        "type them with semicolons between: draft; digest.",
        22,
        tuple(model.Gets),
        "something that can be sent",
        required=True,
    ),
)

#: In the order of the workbook's tabs.
SHEETS = (
    *(FRAMEWORK, PRIORITIES, INDICATORS, TARGETS, AREAS, PERIODS, RECIPIENTS),
    *(APPROVERS, DECISIONS, POLICIES, BANDS),
)

#: Lists to choose from: a name in the workbook, and the sheet whose first column it stands for.
LISTS = {
    "PriorityRefs": PRIORITIES,
    "IndicatorRefs": INDICATORS,
    "ServiceAreaRefs": AREAS,
    "PeriodNames": PERIODS,
    "ApproverNames": APPROVERS,
}
