"""Periods as people write them: on the cover, in a title, in a tab."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.corpus.layout import (
    BEFORE,
    FIVE,
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
    table,
)
from tests.corpus.sheets import Row, Sheet, dated, sheet

_UNDERSTOOD: dict[str, str] = {
    "Quarter 3, 2015/16": "2015-16 Q3",
    "Q3 15/16": "2015-16 Q3",
    "15/16 Q3": "2015-16 Q3",
    "Q3 (2015-16)": "2015-16 Q3",
    "Third quarter 2015-16": "2015-16 Q3",
    "3rd quarter of 2015/16": "2015-16 Q3",
    "October to December 2015": "2015-16 Q3",
    "Oct - Dec 2015": "2015-16 Q3",
    "2015_16_Q3": "2015-16 Q3",
    "2015–16 Q3": "2015-16 Q3",
    "01/10/2015 to 31/12/2015": "2015-16 Q3",
    "Quarter ending 31 December 2015": "2015-16 Q3",
    "January to March 2015": "2014-15 Q4",
    "FY 2015/16": "2015-16",
    "2015/2016": "2015-16",
    "Financial year 2015-16": "2015-16",
    "April 2015 to March 2016": "2015-16",
    "Year 2023": "2023",
}
#: Not a period of the register, or one of two.
_NOT_UNDERSTOOD: dict[str, str] = {
    "H1 2015-16": "returns are made by quarters",
    "First half of 2015/16": "returns are made by quarters",
    "13/14": "the register does not hold 2013-14",
    "Q4 2016": "quarter 4 of 2015-16 or of 2016-17",
    "December 2015": "a month of the quarter, or its end",
    "Q3 or Q4 2015-16": "one of two",
    "Q3": "the year is not said",
    "Q5 2015-16": "there is no fifth quarter",
    "10/12": "a month and a year, a day or a financial year",
    "2015-17": "two years",
}
#: One year may be that in which a financial year starts, or ends.
_BY_ONE_YEAR: dict[str, str] = {
    "Q3 2015": "2015-16 Q3",
    "Q3'14": "2014-15 Q3",
    "FY2015": "2015-16",
    "FY2023": "2023",
}
#: In a title above the table, and as a tab's name.
_IN_A_TITLE = (
    "Q3 2015/16",
    "third quarter, 2015-16",
    "October to December 2015",
    "2015_16_Q3",
    "quarter ending 31 December 2015",
)
_IN_A_TAB = ("2015-16 Q3", "Q3 15-16", "Oct-Dec 2015", "Quarter 3 2015_16", "FY15-16 Q3")


def _on_the_sheet(tab: str, *above: Row) -> Sheet:
    """A table with lines above it."""
    return sheet(tab, *above, ("Ref", "Indicator", "Actual"), *lines(NOW))


_TYPED = (
    *(
        Layout(
            f"the cover's period is {words}",
            (cover(words), table(("Actual",), NOW)),
            READ,
            period=period,
        )
        for words, period in _UNDERSTOOD.items()
    ),
    *(
        Layout(
            f"the cover's period is {words}, which is none that returns are made for",
            (cover(words), table(("Actual",), NOW)),
            all_asked(why),
            period="",
        )
        for words, why in _NOT_UNDERSTOOD.items()
    ),
    *(
        Layout(
            f"the cover's period is {words}, with one year for a financial year",
            (cover(words), table(("Actual",), NOW)),
            opened(READ, "a financial year may be called by the year in which it starts or ends"),
            period=period,
        )
        for words, period in _BY_ONE_YEAR.items()
    ),
    *(
        Layout(
            f"the title above the table ends in {words}",
            (_on_the_sheet("Return", (f"Community safety: {words}",), ()),),
            READ,
        )
        for words in _IN_A_TITLE
    ),
    *(
        Layout(
            f"the tab of the table is {tab}, and the cover names no period",
            (sheet("Cover", ("Service area", "Community safety")), _on_the_sheet(tab)),
            READ,
        )
        for tab in _IN_A_TAB
    ),
    Layout(
        "the cover's year is a number: 2023",
        (cover(2023), table(("Actual",), NOW)),
        READ,
        period="2023",
    ),
    Layout(
        "year and quarter on two lines of the cover, the quarter a number",
        (
            sheet(
                "Cover",
                ("Service area", "Community safety"),
                ("Year", "2015-16"),
                ("Quarter", 3),
            ),
            table(("Actual",), NOW),
        ),
        READ,
    ),
    Layout(
        "the cover gives the quarter's last day, in a cell that holds a date",
        (
            sheet(
                "Cover",
                ("Service area", "Community safety"),
                ("Quarter ending", dated(date(2015, 12, 31))),
            ),
            table(("Actual",), NOW),
        ),
        READ,
    ),
    Layout(
        "the cover's period is a day that Excel made of 10/12",
        (cover(dated(date(2015, 12, 10), "d-mmm", "10-Dec")), table(("Actual",), NOW)),
        all_asked("a day is no period"),
        period="",
    ),
    Layout(
        "a title above the table names area and quarter in words",
        (
            _on_the_sheet(
                "Return", ("Community safety: performance in the third quarter of 2015/16",), ()
            ),
        ),
        READ,
    ),
    Layout(
        "area and period as labelled lines above the table",
        (
            _on_the_sheet(
                "Return",
                ("Service area:", "Community safety"),
                ("Period:", "Q3 2015/16"),
                (),
            ),
        ),
        READ,
    ),
    Layout(
        "the tab names the period, the title the area",
        (_on_the_sheet("Q3 2015-16", ("Community safety",), ()),),
        READ,
    ),
    Layout(
        "the tab names area and period: CS Q3 15-16",
        (_on_the_sheet("CS Q3 15-16"),),
        READ,
    ),
    Layout(
        "the tab names the quarter, the title area and year",
        (_on_the_sheet("Q3", ("Community safety 2015/16",), ()),),
        READ,
    ),
    Layout(
        "the cover names quarter 3, the title above the table quarter 2",
        (
            cover(),
            _on_the_sheet("Indicators", ("Community safety, Quarter 2 of 2015-16",), ()),
        ),
        all_asked("cover and title contradict each other"),
        period="",
    ),
    Layout(
        "the cover names quarter 3, the tab of the table quarter 2",
        (cover(), _on_the_sheet("Q2 2015-16")),
        all_asked("cover and tab contradict each other"),
        period="",
    ),
    Layout(
        "the cover names quarter 3, the title above the table last year's quarter 3",
        (cover(), _on_the_sheet("Indicators", ("Performance 2014/15, quarter three",), ())),
        all_asked("cover and title contradict each other"),
        period="",
    ),
    Layout(
        "no period anywhere",
        (
            sheet("Cover", ("Service area", "Community safety")),
            table(("Actual",), NOW),
        ),
        all_asked("no period is named"),
        period="",
    ),
    Layout(
        "the cover gives period and previous period",
        (
            cover("2015-16 Q3", "Community safety", ("Previous period", "2015-16 Q2")),
            table(("Previous period", "Actual"), BEFORE, NOW),
        ),
        READ,
    ),
    Layout(
        "the cover gives two periods",
        (
            cover("2015-16 Q2", "Community safety", ("Period", "2015-16 Q3")),
            table(("Actual",), NOW),
        ),
        all_asked("two periods are named"),
        period="",
    ),
    Layout(
        "the cover's day of filling in lies in the next quarter",
        (
            cover(
                "2015-16 Q3",
                "Community safety",
                ("Date completed", dated(date(2016, 1, 14))),
                ("Next return due", dated(date(2016, 4, 30))),
                ("Version", 2),
            ),
            table(("Actual",), NOW),
        ),
        READ,
    ),
)

LAYOUTS = tuple(replace(each, ways=FIVE) for each in _TYPED)
