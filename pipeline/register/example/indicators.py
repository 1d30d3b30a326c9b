"""The indicators of the example: one of each kind, and of each way to change over time."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from schemas import model
from schemas.accumulation import Accumulation
from schemas.asking import AskAction, Requirement
from schemas.frequency import AcrossBreak, Frequency, WhenNotDue
from schemas.merge_rules import MergeRule
from schemas.units import Unit

#: From this quarter on much is otherwise than before; until that one, it was as it was.
FROM, UNTIL = "2013-14 Q1", "2012-13 Q4"

_measure = partial(model.Indicator, kind=model.Kind.MEASURE)
_count = partial(_measure, unit=Unit.COUNT, plausible_minimum=Decimal(0))
_percent = partial(_measure, unit=Unit.PERCENT)
_HIGHER, _LOWER = model.Polarity.HIGHER, model.Polarity.LOWER


def example_indicators() -> tuple[model.Indicator, ...]:
    """The rows of the sheet Indicators, under their priorities P1 to P4."""
    return (*_streets(), *_homes(), *_children(), *_council())


def _streets() -> tuple[model.Indicator, ...]:
    return (
        _count(
            ref="P1-1",
            priority="P1",
            wording="Incidents of anti-social behaviour",
            polarity=_LOWER,
            areas=("CS",),
            due=Frequency.MONTHLY,
            plausible_maximum=Decimal(2000),
            plausible_change=Decimal(200),
            commentary=model.CommentaryRule.OFF_TARGET,
            ask_action=AskAction.WHERE_RED,
            definition="Reported every month; explained, and acted on, where it is off target.",
            source="Community safety case system",
        ),
        _count(
            ref="P1-2",
            priority="P1",
            wording="Smoke alarms fitted",
            polarity=_HIGHER,
            areas=("CS", "HSG"),
            merge_rule=MergeRule.SUM,
            due=Frequency.QUARTERLY,
            definition="Two areas' figures added up; the year's target in four parts.",
        ),
        _count(
            ref="P1-3",
            priority="P1",
            wording="Streets closed by fires",
            polarity=_LOWER,
            areas=("CS",),
            due=Frequency.QUARTERLY,
            small_numbers=model.SmallNumbers.PUBLISH,
            definition="Counts no people, so small numbers are published.",
        ),
        _percent(
            ref="P1-4",
            priority="P1",
            wording="Streets found clean",
            polarity=_HIGHER,
            areas=("ENV",),
            due=Frequency.HALF_YEARLY,
            definition="Reported for every other quarter; rated by thresholds of its own.",
        ),
        _percent(
            ref="P1-5",
            priority="P1",
            wording="Car park spaces taken at noon",
            polarity=model.Polarity.RANGE,
            areas=("ENV",),
            due=Frequency.QUARTERLY,
            tolerance=model.Tolerance(Decimal(2), model.ToleranceKind.POINTS),
            definition="To lie within a range; two points out of it are still amber.",
        ),
    )


def _homes() -> tuple[model.Indicator, ...]:
    let = _count(
        ref="P2-3",
        priority="P2",
        wording="Homes let",
        polarity=_HIGHER,
        areas=("HSG",),
        due=Frequency.QUARTERLY,
        definition="Measured otherwise from 2013-14 on, and not compared with before.",
    )
    return (
        _count(
            ref="P2-1",
            priority="P2",
            wording="Households in temporary accommodation",
            polarity=_LOWER,
            areas=("HSG",),
            due=Frequency.QUARTERLY,
            definition="To lie below the same target in each quarter of the year.",
        ),
        _count(
            ref="P2-2",
            priority="P2",
            wording="Affordable homes completed",
            polarity=_HIGHER,
            areas=("HSG",),
            due=Frequency.QUARTERLY,
            accumulation=Accumulation.YEAR_TO_DATE,
            definition="Reported by the quarter, rated for the year so far.",
        ),
        let,
        _percent(
            ref="P2-3",
            priority="P2",
            wording="Homes let within 28 days",
            polarity=_HIGHER,
            areas=("HSG",),
            due=Frequency.QUARTERLY,
            since=FROM,
            definition=let.definition,
        ),
        _percent(
            ref="P2-4",
            priority="P2",
            wording="Planning applications decided in time",
            polarity=_HIGHER,
            areas=("PLN",),
            merge_rule=MergeRule.WEIGHTED,
            due=Frequency.QUARTERLY,
            accumulation=Accumulation.ROLLING_WEIGHTED,
            definition="Of four quarters, with a baseline; whoever takes over owes it.",
        ),
        _measure(
            ref="P2-5",
            priority="P2",
            wording="Spending on temporary accommodation",
            unit=Unit.CURRENCY,
            polarity=_LOWER,
            areas=("HSG",),
            due=Frequency.QUARTERLY,
            accumulation=Accumulation.CUMULATIVE,
            ask_forecast=Requirement.REQUIRED,
            definition="Areas report the year so far, and forecast the whole year.",
        ),
    )


def _children() -> tuple[model.Indicator, ...]:
    care = _measure(
        ref="P3-1",
        priority="P3",
        wording="Children in care for each 10,000",
        unit=Unit.RATIO,
        decimals=1,
        polarity=model.Polarity.CONTEXTUAL,
        areas=("CHI",),
        due=Frequency.YEARLY,
        definition="For context, never rated; handed over in a split, and compared across it.",
    )
    attendance = _percent(
        ref="P3-2",
        priority="P3",
        wording="School attendance",
        decimals=1,
        polarity=_HIGHER,
        areas=("CHI",),
        due=Frequency.LISTED,
        due_in=("2012-13 Q2", "2012-13 Q4", "2013-14 Q1"),
        definition="Reported for the periods that are listed.",
    )
    return (
        care,
        _measure(
            ref="P3-1",
            priority="P3",
            wording=care.wording,
            unit=Unit.RATIO,
            decimals=1,
            polarity=model.Polarity.CONTEXTUAL,
            areas=("FAM",),
            due=Frequency.YEARLY,
            since=FROM,
            across_break=AcrossBreak.COMPARED,
            definition=care.definition,
        ),
        attendance,
        _percent(
            ref="P3-2",
            priority="P3",
            wording=attendance.wording,
            decimals=1,
            polarity=_HIGHER,
            areas=("SCH",),
            due=Frequency.LISTED,
            due_in=attendance.due_in,
            since=FROM,
            across_break=AcrossBreak.COMPARED,
            definition=attendance.definition,
        ),
        model.Indicator(
            ref="P3-3",
            priority="P3",
            wording="What was done for young carers",
            kind=model.Kind.NARRATIVE,
            areas=("FAM",),
            due=Frequency.QUARTERLY,
            first=FROM,
            commentary=model.CommentaryRule.NEVER,
            definition="Words and no figure, from 2013-14 on.",
        ),
    )


def _council() -> tuple[model.Indicator, ...]:
    return (
        _percent(
            ref="P4-1",
            priority="P4",
            wording="Telephone calls answered in 20 seconds",
            polarity=_HIGHER,
            areas=("CS",),
            due=Frequency.QUARTERLY,
            when_not_due=WhenNotDue.LEFT_OUT,
            last=UNTIL,
            definition="Replaced by P4-3, and left out from then on.",
        ),
        _percent(
            ref="P4-2",
            priority="P4",
            wording="Letters answered in 10 days",
            polarity=_HIGHER,
            areas=("CS",),
            due=Frequency.QUARTERLY,
            when_not_due=WhenNotDue.LEFT_OUT,
            last=UNTIL,
            definition="Replaced by P4-3, and left out from then on.",
        ),
        _percent(
            ref="P4-3",
            priority="P4",
            wording="Enquiries answered in time",
            decimals=1,
            polarity=_HIGHER,
            areas=("CS", "ENV"),
            merge_rule=MergeRule.MEAN,
            due=Frequency.QUARTERLY,
            first=FROM,
            replaces=("P4-1", "P4-2"),
            definition="Takes the place of two others; the mean of two areas' figures.",
        ),
        _measure(
            ref="P4-4",
            priority="P4",
            wording="Working days lost to sickness",
            unit=Unit.DAYS,
            polarity=_LOWER,
            areas=("CS", "ENV", "HSG"),
            merge_rule=MergeRule.SUM,
            due=Frequency.QUARTERLY,
            accumulation=Accumulation.ROLLING_SUM,
            definition="Four quarters added up.",
        ),
        _measure(
            ref="P4-5",
            priority="P4",
            wording="Lowest score of a front desk",
            unit=Unit.SCORE,
            decimals=1,
            polarity=_HIGHER,
            areas=("CS", "HSG"),
            merge_rule=MergeRule.MINIMUM,
            due=Frequency.QUARTERLY,
            accumulation=Accumulation.ROLLING_MEAN,
            definition="The lower of two areas' figures, and of these the mean of four quarters.",
        ),
        _measure(
            ref="P4-6",
            priority="P4",
            wording="Longest wait for an answer to a complaint",
            unit=Unit.DAYS,
            polarity=_LOWER,
            areas=("CS", "ENV"),
            merge_rule=MergeRule.MAXIMUM,
            due=Frequency.YEARLY,
            commentary=model.CommentaryRule.ALWAYS,
            ask_action=AskAction.WHERE_RED_OR_AMBER,
            ask_confidence=Requirement.NEVER,
            definition="The higher of two areas' figures, always explained.",
        ),
        _percent(
            ref="P4-7",
            priority="P4",
            wording="Residents satisfied with the council",
            polarity=_HIGHER,
            areas=("CS", "ENV"),
            merge_rule=MergeRule.LATEST,
            due=Frequency.EVERY_OTHER_YEAR,
            first="2012-13",
            ask_confidence=Requirement.REQUIRED,
            definition="A survey of every other year; whoever reports last counts.",
        ),
        model.Indicator(
            ref="P4-8",
            priority="P4",
            wording="Adopt the climate action plan",
            kind=model.Kind.MILESTONE,
            areas=("ENV",),
            accumulation=Accumulation.LATEST,
            definition="Done or not, and once done, done; handed over from 2013-14 on.",
        ),
        model.Indicator(
            ref="P4-8",
            priority="P4",
            wording="Adopt the climate action plan",
            kind=model.Kind.MILESTONE,
            areas=("HSG",),
            accumulation=Accumulation.LATEST,
            since=FROM,
            across_break=AcrossBreak.COMPARED,
            definition="Done or not, and once done, done; handed over from 2013-14 on.",
        ),
    )
