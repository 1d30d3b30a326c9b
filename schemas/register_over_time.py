"""The columns of the register that say what holds when, as plain data."""

from schemas import register_columns as column
from schemas.frequency import AcrossBreak, Carried, Frequency, Profile, WhenNotDue

#: Of an indicator: when it is due, and from when on its row holds.
INDICATORS_OVER_TIME = (
    column.word(
        "due",
        "Due",
        "Choose how often it is reported, for example quarterly. Blank counts as every period.",
        14,
        tuple(Frequency),
        "a way of being due",
        later=True,
    ),
    column.words(
        "due_in",
        "Due in",
        "Where Due is in listed periods, type the periods with semicolons between, for example "
        "2012-13; 2014-15. Leave blank otherwise.",
        18,
        chosen_from="PeriodNames",
        later=True,
    ),
    column.word(
        "when_not_due",
        "When not due",
        "Choose what the appendix says of it where it is not due, for example leave out. Blank "
        "counts as print the last figure, with its period.",
        14,
        tuple(WhenNotDue),
        "a way with what is not due",
        later=True,
    ),
    column.code(
        "first",
        "First period",
        "Choose the first period for which it is reported, for example 2012-13. Leave blank for no "
        "first one.",
        14,
        required=False,
        chosen_from="PeriodNames",
        later=True,
    ),
    column.code(
        "last",
        "Last period",
        "Choose the last period for which it is reported, for example 2014-15. Leave blank for no "
        "last one.",
        14,
        required=False,
        chosen_from="PeriodNames",
        later=True,
    ),
    column.code(
        "since",
        "Changed from",
        "Where the indicator changes with a period, add a second row with the same ref, and choose "
        "here the period from which that row holds, for example 2013-14. Leave blank in the row "
        "that holds before.",
        14,
        required=False,
        chosen_from="PeriodNames",
        later=True,
    ),
    column.word(
        "across_break",
        "With before",
        "Where a row holds from a period on, choose whether its figures are compared with those of "
        "before, for example compared. Blank counts as not compared.",
        14,
        tuple(AcrossBreak),
        "a way with figures of before",
        later=True,
    ),
)

#: Of a target: how it is spread over a year, and goes on for the next.
TARGETS_OVER_TIME = (
    column.word(
        "profile",
        "Spread",
        "Where the period is a year, choose how its target is spread over the quarters or months "
        "in it that have none of their own. Leave blank where they have none.",
        16,
        tuple(Profile),
        "a way to spread a target",
        later=True,
    ),
    column.word(
        "carried",
        "Next year",
        "Choose how the target goes on for the same period of the next year, where that has none "
        "of its own. Leave blank where it does not.",
        16,
        tuple(Carried),
        "a way to carry a target on",
        later=True,
    ),
    column.figure(
        "change",
        "Change a year",
        "Where the target changes from year to year, type by how much, for example 2% or -5. Leave "
        "blank otherwise.",
        12,
        later=True,
        percent_where=("carried", Carried.BY_PERCENT),
    ),
)

#: Of a service area: from when to when it is there, and who takes over from it.
AREAS_OVER_TIME = (
    column.code(
        "first",
        "First period",
        "Choose the first period for which it returns anything, for example 2013-14 Q1. Leave "
        "blank for no first one.",
        14,
        required=False,
        chosen_from="PeriodNames",
        later=True,
    ),
    column.code(
        "last",
        "Last period",
        "Choose the last period for which it returns anything, for example 2013-14 Q4. Leave blank "
        "for no last one.",
        14,
        required=False,
        chosen_from="PeriodNames",
        later=True,
    ),
    column.words(
        "becomes",
        "Becomes",
        "Where the area has a last period, choose the ref of the area that takes over from then "
        "on, for example ENV. For several, type their refs with semicolons between: ENV; HSG. "
        "Leave blank where nobody takes over.",
        14,
        chosen_from="ServiceAreaRefs",
        later=True,
    ),
    column.code(
        "since",
        "Changed from",
        "Where its name, its lead or its addresses change with a period, add a second row with the "
        "same ref, and choose here the period from which that row holds, for example 2013-14 Q1. "
        "Leave blank in the row that holds before.",
        14,
        required=False,
        chosen_from="PeriodNames",
        later=True,
    ),
)

#: Of a period.
PERIODS_OVER_TIME = (
    column.code(
        "formerly",
        "Formerly",
        "Where the period had another name before, type that, for example 2012-13 Qtr 1, so that "
        "its returns and appendices count for it. For several, put semicolons between. Leave blank "
        "otherwise.",
        20,
        required=False,
        later=True,
    ),
)
