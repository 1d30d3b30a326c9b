"""Wide tables: several periods and kinds of figure side by side."""

from __future__ import annotations

from tests.corpus.expected import NOTHING, Asked, reads
from tests.corpus.layout import (
    AIM,
    BEFORE,
    BLANK,
    EARLIER,
    LATER,
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
    refs_of,
    table,
)
from tests.corpus.register import CARE, SAFETY
from tests.corpus.sheets import Span, percent, pounds, sheet

_RAG = ("R", "G", "G", "A")

LAYOUTS = (
    Layout(
        "four quarters side by side, the last still blank",
        (cover(), table(("Q1", "Q2", "Q3", "Q4"), EARLIER, BEFORE, NOW, BLANK)),
        READ,
    ),
    Layout(
        "four quarters side by side, all filled in",
        (cover(), table(("Q1", "Q2", "Q3", "Q4"), EARLIER, BEFORE, NOW, LATER)),
        READ,
    ),
    Layout(
        "four quarters in words",
        (
            cover(),
            table(
                ("First quarter", "Second quarter", "Third quarter", "Fourth quarter"),
                EARLIER,
                BEFORE,
                NOW,
                BLANK,
            ),
        ),
        READ,
    ),
    Layout(
        "four quarters by their months",
        (
            cover(),
            table(
                ("Apr-Jun 2015", "Jul-Sep 2015", "Oct-Dec 2015", "Jan-Mar 2016"),
                EARLIER,
                BEFORE,
                NOW,
                BLANK,
            ),
        ),
        READ,
    ),
    Layout(
        "this year's quarter beside last year's",
        (cover(), table(("2014-15 Q3", "2015-16 Q3"), BEFORE, NOW)),
        READ,
    ),
    Layout(
        "this year's quarter before last year's",
        (cover(), table(("2015-16 Q3", "2014-15 Q3"), NOW, BEFORE)),
        READ,
    ),
    Layout(
        "only last year's quarter is filled in",
        (cover(), table(("2014-15 Q3", "2015-16 Q3"), BEFORE, BLANK)),
        dict.fromkeys(refs_of(SAFETY), NOTHING),
    ),
    Layout(
        "last year and this year",
        (cover("2015-16"), table(("Last year", "This year"), BEFORE, NOW)),
        READ,
        period="2015-16",
    ),
    Layout(
        "previous quarter and this quarter, with the change",
        (
            cover(),
            table(
                ("Previous quarter", "This quarter", "Change"),
                BEFORE,
                NOW,
                (-106, percent("2.0"), pounds(2000), -1),
            ),
        ),
        READ,
    ),
    Layout(
        "the quarter beside the year to date",
        (cover(), table(("Q3", "YTD"), NOW, LATER)),
        READ,
    ),
    Layout(
        "the year to date before the quarter",
        (cover(), table(("Cumulative", "Q3"), LATER, NOW)),
        READ,
    ),
    Layout(
        "Actual beside Forecast and Year end forecast",
        (cover(), table(("Forecast", "Actual", "Year end forecast"), AIM, NOW, LATER)),
        READ,
    ),
    Layout(
        "Actual beside Average of four quarters",
        (cover(), table(("Actual", "Average of four quarters"), NOW, EARLIER)),
        READ,
    ),
    Layout(
        "Provisional beside Final",
        (cover(), table(("Provisional", "Final"), BEFORE, NOW)),
        opened(READ, "Final is not said to be the actual"),
    ),
    Layout(
        "three months and their quarter",
        (
            cover(),
            table(
                ("Oct", "Nov", "Dec", "Q3"),
                (1500, percent("86.0"), pounds(40_000), 12),
                (1505, percent("87.0"), pounds(40_000), 12),
                (1600, percent("89.5"), pounds(40_000), 13),
                NOW,
            ),
        ),
        READ,
    ),
    Layout(
        "three months without their quarter",
        (
            cover(),
            table(
                ("Oct", "Nov", "Dec"),
                (1500, percent("86.0"), pounds(40_000), 12),
                (1505, percent("87.0"), pounds(40_000), 12),
                (1600, percent("89.5"), pounds(40_000), 13),
            ),
        ),
        all_asked("no column is the quarter's, and percentages do not add up"),
    ),
    Layout(
        "a year's four quarters and the year",
        (
            cover("2015-16"),
            table(("Q1", "Q2", "Q3", "Q4", "2015-16"), EARLIER, BEFORE, AIM, LATER, NOW),
        ),
        READ,
        period="2015-16",
    ),
    Layout(
        "a year's four quarters and a total",
        (
            cover("2015-16"),
            table(("Q1", "Q2", "Q3", "Q4", "Total"), EARLIER, BEFORE, AIM, LATER, NOW),
        ),
        all_asked("percentages and days have no total"),
        period="2015-16",
    ),
    Layout(
        "Q2 Actual, Q2 Target, Q3 Actual, Q3 Target",
        (
            cover(),
            table(("Q2 Actual", "Q2 Target", "Q3 Actual", "Q3 Target"), BEFORE, AIM, NOW, AIM),
        ),
        READ,
    ),
    Layout(
        "2015/16 Q3 Outturn among other years' outturns",
        (
            cover(),
            table(
                ("2013/14 Outturn", "2014/15 Outturn", "2015/16 Q3 Outturn"),
                EARLIER,
                BEFORE,
                NOW,
            ),
        ),
        READ,
    ),
    Layout(
        "the return's quarter is not among the columns",
        (cover(), table(("Q1 2015-16", "Q2 2015-16"), EARLIER, BEFORE)),
        all_asked("no column is the quarter's"),
    ),
    Layout(
        "target, actual, variance, colour and direction of travel",
        (
            cover(),
            table(
                ("Target", "Actual", "Variance", "RAG", "Direction of travel"),
                AIM,
                NOW,
                (105, percent("2.5"), pounds(-5000), 0.5),
                _RAG,
                ("Down", "Up", "Up", "Down"),
            ),
        ),
        READ,
    ),
    Layout(
        "the return's own column of targets, where the register has none",
        (cover(), table(("Annual target", "Target", "Actual"), LATER, AIM, NOW)),
        READ,
    ),
    Layout(
        "the return's own targets as text, some of them words",
        (
            cover(),
            table(
                ("Target", "Actual"),
                ("below 4,500", ">=85%", "within budget", "12 or fewer"),
                NOW,
            ),
        ),
        READ,
    ),
    Layout(
        "the return's own columns of owner, source and frequency",
        (
            cover(),
            table(
                ("Owner", "Data source", "Frequency", "Actual"),
                ("Head of safety",) * 4,
                ("Police", "Survey", "Ledger", "Case system"),
                ("Quarterly",) * 4,
                NOW,
            ),
        ),
        READ,
    ),
    Layout(
        "Actual beside Actual (national) and Actual (London)",
        (
            cover(),
            table(("Actual", "Actual (national)", "Actual (London)"), NOW, EARLIER, LATER),
        ),
        READ,
    ),
    Layout(
        "figures by district, with no column for the whole",
        (cover(), table(("North", "South"), BEFORE, NOW)),
        all_asked("neither district is the whole"),
    ),
    Layout(
        "figures by district under a merged Actual, and Whole borough",
        (
            cover(),
            sheet(
                "Indicators",
                (Span("Ref", down=2), Span("Indicator", down=2), Span("Actual", 3)),
                (None, None, "North", "South", "Whole borough"),
                *lines(BEFORE, EARLIER, NOW),
            ),
        ),
        opened(READ, "Whole borough is not known"),
    ),
    Layout(
        "numerator, denominator and the percentage that they make",
        (
            cover(area=CARE.name),
            table(
                ("Numerator", "Denominator", "Actual"),
                (None, 70, None, None, None),
                (None, 80, None, None, None),
                (312, percent("87.5"), 4.05, pounds(88_000), 7.2),
                area=CARE,
            ),
        ),
        reads(refs_of(CARE), 312, "87.5", "4.05", 88_000, "7.2"),
        area=CARE.ref,
    ),
    Layout(
        "a numerator and a denominator that make another percentage than the one given",
        (
            cover(area=CARE.name),
            table(
                ("Numerator", "Denominator", "Actual"),
                (None, 70, None, None, None),
                (None, 80, None, None, None),
                (312, percent("78.5"), 4.05, pounds(88_000), 7.2),
                area=CARE,
            ),
        ),
        reads(refs_of(CARE), 312, 0, "4.05", 88_000, "7.2") | {"2.2": Asked("70 of 80 is 87.5%")},
        area=CARE.ref,
    ),
)
