"""Heads above heads: what stands over a column says what it is, in every row."""

from __future__ import annotations

from tests.corpus.expected import Asked, reads
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
from tests.corpus.sheets import Cell, Sheet, Span, percent, pounds, sheet

_YEAR = "2023"


def _under(above: Cell, head: str = "Actual") -> Sheet:
    """One column of figures under a merged heading."""
    return sheet(
        "Indicators",
        (Span("Ref", down=2), Span("Indicator", down=2), Span(above, across=2)),
        (None, None, head, "Commentary"),
        *lines(NOW, BLANK),
    )


LAYOUTS = (
    Layout(
        "a cover sheet, and a table with one row of headings",
        (cover(), table(("Target", "Actual", "Commentary"), AIM, NOW, BLANK)),
        READ,
    ),
    *(
        Layout(
            f"Actual under a merged {above}, another period than the return's",
            (cover(), _under(above)),
            all_asked(f"the only figures stand under {above}"),
        )
        for above in ("Q3'14", "2014", "Q2", "2014-15", "Last year", "Quarter 4")
    ),
    *(
        Layout(
            f"Actual under a merged {above}, which names no period",
            (cover(), _under(above)),
            all_asked(f"{above} is not the quarter's figure"),
        )
        for above in ("Total", "Cumulative", "Forecast", "Target", "Average", "Year to date")
    ),
    Layout(
        "Actual under a merged 2015-16 Q3, the return's period",
        (cover(), _under("2015-16 Q3")),
        READ,
    ),
    Layout(
        "Actual under a merged Quarter 3",
        (cover(), _under("Quarter 3")),
        READ,
    ),
    Layout(
        "Actual under a merged word that nobody else would know",
        (cover(), _under("Model B")),
        all_asked("Model B is not known"),
    ),
    Layout(
        "Target and Actual under a merged Q2, and again under a merged Q3",
        (
            cover(),
            sheet(
                "Indicators",
                (Span("Ref", down=2), Span("Indicator", down=2), Span("Q2", 2), Span("Q3", 2)),
                (None, None, "Target", "Actual", "Target", "Actual"),
                *lines(AIM, BEFORE, AIM, NOW),
            ),
        ),
        READ,
    ),
    Layout(
        "three rows of merged headings: year, quarter, Target and Actual",
        (
            cover(),
            sheet(
                "Indicators",
                (
                    Span("Ref", down=3),
                    Span("Indicator", down=3),
                    Span("2014-15", 2),
                    Span("2015-16", 4),
                ),
                (None, None, Span("Quarter 3", 2), Span("Quarter 2", 2), Span("Quarter 3", 2)),
                (None, None, *("Target", "Actual") * 3),
                *lines(AIM, EARLIER, AIM, BEFORE, AIM, NOW),
            ),
        ),
        READ,
    ),
    Layout(
        "three rows of merged headings: the only Actual is last year's, in a hidden column",
        (
            cover(),
            sheet(
                "Indicators",
                (
                    Span("Ref", down=3),
                    Span("Indicator", down=3),
                    Span("2014-15", 2),
                    Span("2015-16", 2),
                ),
                (None, None, Span("Quarter 3", 2), Span("Quarter 3", 2)),
                (None, None, "Target", "Actual", "Target", "Commentary"),
                *lines(AIM, EARLIER, AIM, BLANK),
                hidden_columns=(2, 3),
            ),
        ),
        all_asked("this year's quarter has a target and no actual"),
    ),
    Layout(
        "three rows of merged headings, with last year's columns hidden",
        (
            cover(),
            sheet(
                "Indicators",
                (
                    Span("Ref", down=3),
                    Span("Indicator", down=3),
                    Span("2014-15", 2),
                    Span("2015-16", 2),
                ),
                (None, None, Span("Quarter 3", 2), Span("Quarter 3", 2)),
                (None, None, *("Target", "Actual") * 2),
                *lines(AIM, EARLIER, AIM, NOW),
                hidden_columns=(2, 3),
            ),
        ),
        READ,
    ),
    Layout(
        "a merged 2015-16 over four quarters, the last still blank",
        (
            cover(),
            sheet(
                "Indicators",
                (None, None, Span("Performance 2015-16", 4)),
                ("Ref", "Indicator", "Q1", "Q2", "Q3", "Q4"),
                *lines(EARLIER, BEFORE, NOW, BLANK),
            ),
        ),
        READ,
    ),
    Layout(
        "a merged 2014-15 over four quarters, all of last year",
        (
            cover(),
            sheet(
                "Indicators",
                (None, None, Span("Performance 2014-15", 4)),
                ("Ref", "Indicator", "Q1", "Q2", "Q3", "Q4"),
                *lines(EARLIER, BEFORE, NOW, LATER),
            ),
        ),
        all_asked("Q3 is last year's"),
    ),
    Layout(
        "a merged 2014-15 over four quarters, and 2015-16 over three",
        (
            cover(),
            sheet(
                "Indicators",
                (
                    Span("Ref", down=2),
                    Span("Indicator", down=2),
                    Span("2014-15", 4),
                    Span("2015-16", 3),
                ),
                (None, None, "Q1", "Q2", "Q3", "Q4", "Q1", "Q2", "Q3"),
                *lines(AIM, EARLIER, EARLIER, BEFORE, BEFORE, LATER, NOW),
            ),
        ),
        READ,
    ),
    Layout(
        "a year over its first quarter only, not merged",
        (
            cover(),
            sheet(
                "Indicators",
                (None, None, "2014-15", None, None, None, "2015-16"),
                ("Ref", "Indicator", "Q1", "Q2", "Q3", "Q4", "Q1", "Q2", "Q3"),
                *lines(AIM, EARLIER, EARLIER, BEFORE, BEFORE, LATER, NOW),
            ),
        ),
        opened(READ, "nothing but its place says how far a heading reaches that is not merged"),
    ),
    Layout(
        "years typed as numbers under a merged Actual",
        (
            cover(2023),
            sheet(
                "Indicators",
                (Span("Ref", down=2), Span("Indicator", down=2), Span("Actual", 2), "Target"),
                (None, None, 2022, 2023, 2023),
                *lines(BEFORE, NOW, AIM),
            ),
        ),
        READ,
        period=_YEAR,
    ),
    Layout(
        "Year 2022 Actual beside Year 2023 Actual",
        (
            cover(_YEAR),
            table(("Year 2022 Actual", "Year 2023 Target", "Year 2023 Actual"), BEFORE, AIM, NOW),
        ),
        READ,
        period=_YEAR,
    ),
    Layout(
        "the only figures are headed Year 2022 Actual, and the return is for 2023",
        (cover(_YEAR), table(("Year 2022 Actual", "Year 2023 Target"), NOW, AIM)),
        all_asked("the actual is that of 2022"),
        period=_YEAR,
    ),
    Layout(
        "2022 and 2023 alone as headings",
        (cover(_YEAR), table(("2022", "2023"), BEFORE, NOW)),
        READ,
        period=_YEAR,
    ),
    Layout(
        "2022 alone as the only heading of figures, in a return for 2022",
        (cover("2022"), table(("2022",), NOW)),
        READ,
        period="2022",
    ),
    Layout(
        "headings with underscores, as a database exports them",
        (
            sheet(
                "Cover",
                ("Service_Area", "Community safety"),
                ("Reporting_Period", "2015-16 Q3"),
            ),
            sheet("Export", ("Ref", "Indicator_Name", "Actual_Value"), *lines(NOW)),
        ),
        READ,
    ),
    Layout(
        "a heading with underscores that names its period",
        (cover(), table(("Actual_2014_15_Q3", "Actual_2015_16_Q3"), BEFORE, NOW)),
        READ,
    ),
    Layout(
        "a heading broken over two lines: Actual, 2015-16 Q3",
        (cover(), table(("Actual\n2014-15 Q3", "Actual\n2015-16 Q3"), BEFORE, NOW)),
        READ,
    ),
    Layout(
        "headings in capitals, with colons",
        (cover(), sheet("Indicators", ("REF:", "INDICATOR:", "ACTUAL:"), *lines(NOW))),
        READ,
    ),
    Layout(
        "two columns both headed Actual",
        (cover(), table(("Actual", "Actual"), BEFORE, NOW)),
        all_asked("two columns have one heading and other figures"),
    ),
    Layout(
        "Numerator, Denominator and Value under a merged Performance",
        (
            cover(area=CARE.name),
            sheet(
                "Indicators",
                (Span("Ref", down=2), Span("Indicator", down=2), Span("Performance", 3)),
                (None, None, "Numerator", "Denominator", "Value"),
                *lines(
                    (None, 70, None, None, None),
                    (None, 80, None, None, None),
                    (312, percent("87.5"), 4.05, pounds(88_000), 7.2),
                    area=CARE,
                ),
            ),
        ),
        reads(refs_of(CARE), 312, "87.5", "4.05", 88_000, "7.2"),
        area=CARE.ref,
    ),
    *(
        Layout(
            f"the only figures are headed {head}",
            (cover(), table((head,), NOW)),
            all_asked(f"{head} is not known to be the quarter's figure"),
        )
        for head in (
            "Total",
            "Actual before audit",
            "Cumulative",
            "Average",
            "Forecast",
            "YTD",
            "Projected outturn",
            "Baseline",
        )
    ),
    *(
        Layout(f"the only figures are headed {head}", (cover(), table((head,), NOW)), READ)
        for head in (
            "Performance",
            "Value",
            "Outturn",
            "Actual performance",
            "Q3 Actual",
            "Actual Q3",
            "Actual Quarter 3",
            "Q3 performance 2015/16",
            "2015-16 Q3 outturn",
            "Third quarter actual",
        )
    ),
    *(
        Layout(
            f"{head.format(2022)} beside {head.format(2023)}, in a return for 2023",
            (cover(_YEAR), table((head.format(2022), head.format(2023)), BEFORE, NOW)),
            READ,
            period=_YEAR,
        )
        for head in ("Actual {}", "{} Actual", "FY{}", "FY{} Actual", "Actual (FY{})", "Actual_{}")
    ),
    *(
        Layout(
            f"the only figures are headed {head}, another period",
            (cover(), table((head,), NOW)),
            all_asked(f"{head} is not the return's quarter"),
        )
        for head in (
            "Actual H1",
            "First half",
            "2014-15",
            "Actual 13/14",
            "Q3'14",
            "FY2014",
            "Second quarter",
            "Actual_Q2",
            "Apr-Jun",
            "June actual",
        )
    ),
    Layout(
        "the first half of the year beside the quarter",
        (cover(), table(("H1 2015-16", "Q3 2015-16"), BEFORE, NOW)),
        READ,
    ),
    Layout(
        "the only figures are headed Provisional",
        (cover(), table(("Provisional",), NOW)),
        opened(READ, "taken where it is marked as provisional"),
    ),
    Layout(
        "Actual under a row of column letters that only count the columns",
        (
            cover(),
            sheet("Indicators", ("A", "B", "C"), ("Ref", "Indicator", "Actual"), *lines(NOW)),
        ),
        opened(READ, "the letters say nothing, but nothing tells that"),
    ),
    Layout(
        "a title merged over the whole table, which names its period",
        (
            cover(),
            sheet(
                "Indicators",
                (Span("Community safety: performance in Quarter 3, 2015-16", 4),),
                (),
                ("Ref", "Indicator", "Target", "Actual"),
                *lines(AIM, NOW),
            ),
        ),
        READ,
    ),
    Layout(
        "a merged Draft over the figures",
        (cover(), _under("Draft")),
        {ref: Asked("a draft may not be the figure") for ref in refs_of(SAFETY)},
    ),
)
