"""Brackets of a heading: they say which period it is, or that it is no actual at all."""

from __future__ import annotations

from dataclasses import replace

from tests.corpus.layout import (
    AIM,
    BEFORE,
    FIVE,
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    opened,
    table,
)

#: Another quarter or year than the return's.
_OTHER_PERIODS = (
    "13/14",
    "Q3 14",
    "last year",
    "Apr-Jun",
    "Quarter 2",
    "June",
    "2014-15",
    "previous quarter",
    "H1",
    "FY2013",
)
#: Another kind of figure than an actual.
_OTHER_KINDS = (
    "target",
    "forecast",
    "estimate",
    "cumulative",
    "average",
    "year to date",
    "baseline",
    "benchmark",
    "excl. schools",
    "December only",
)
_THIS_PERIOD = (
    "15/16 Q3",
    "Q3",
    "Q3 2015/16",
    "Quarter 3",
    "Oct-Dec",
    "October to December 2015",
)

_TYPED = (
    *(
        Layout(
            f"one column of figures, headed Actual ({inside}): another period",
            (cover(), table((f"Actual ({inside})",), NOW)),
            all_asked(f"({inside}) is not the return's period"),
        )
        for inside in _OTHER_PERIODS
    ),
    *(
        Layout(
            f"one column of figures, headed Actual ({inside}): another kind",
            (cover(), table((f"Actual ({inside})",), NOW)),
            all_asked(f"({inside}) makes it another figure"),
        )
        for inside in _OTHER_KINDS
    ),
    *(
        Layout(
            f"one column of figures, headed Actual ({inside}): the return's period",
            (cover(), table((f"Actual ({inside})",), NOW)),
            READ,
        )
        for inside in _THIS_PERIOD
    ),
    Layout(
        "Actual (14/15) beside Actual (15/16), in a return for the year",
        (cover("2015-16"), table(("Actual (14/15)", "Actual (15/16)"), BEFORE, NOW)),
        READ,
        period="2015-16",
    ),
    Layout(
        "Actual (15/16) alone, in a return for the year",
        (cover("2015-16"), table(("Actual (15/16)", "Target (16/17)"), NOW, AIM)),
        READ,
        period="2015-16",
    ),
    Layout(
        "Actual (2015/16) in a return for a quarter",
        (cover(), table(("Actual (2015/16)",), NOW)),
        all_asked("the year so far, or the quarter of that year"),
    ),
    Layout(
        "Actual (2015) in a return for 2015-16",
        (cover("2015-16"), table(("Actual (2015)",), NOW)),
        opened(READ, "a financial year may be called by the year in which it starts or ends"),
        period="2015-16",
    ),
    Layout(
        "2014/15 (Q2) beside 2015/16 (Q3)",
        (cover(), table(("2014/15 (Q2)", "2015/16 (Q3)"), BEFORE, NOW)),
        READ,
    ),
    Layout(
        "2014/15 (Q2) as the only heading of figures",
        (cover(), table(("2014/15 (Q2)",), NOW)),
        all_asked("the figures are last year's, of quarter 2"),
    ),
    Layout(
        "Actual (Q3 13/14) beside Actual (Q3 15/16)",
        (cover(), table(("Actual (Q3 13/14)", "Actual (Q3 15/16)"), BEFORE, NOW)),
        READ,
    ),
    Layout(
        "Actual (target) beside Actual",
        (cover(), table(("Actual (target)", "Actual"), AIM, NOW)),
        READ,
    ),
    Layout(
        "Actual (provisional)",
        (cover(), table(("Actual (provisional)",), NOW)),
        opened(READ, "taken where it is marked as provisional"),
    ),
    Layout(
        "Actual [last year], in square brackets",
        (cover(), table(("Actual [last year]",), NOW)),
        all_asked("the figures are last year's"),
    ),
    Layout(
        "Actual (target), broken before the bracket",
        (cover(), table(("Actual\n(target)",), NOW)),
        all_asked("the bracket makes it a target"),
    ),
    Layout(
        "Actual - last year, with a dash in place of brackets",
        (cover(), table(("Actual - last year", "Target"), NOW, AIM)),
        all_asked("the figures are last year's"),
    ),
    Layout(
        "Actual (Q3 with a bracket that was not closed",
        (cover(), table(("Actual (Q3", "Target"), NOW, AIM)),
        opened(READ, "a bracket is missing"),
    ),
)

LAYOUTS = tuple(replace(each, ways=FIVE) for each in _TYPED)
