"""The wrong tab: which of several sheets the figures stand on, and what its tab says of them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.corpus.expected import Expected
from tests.corpus.layout import (
    AIM,
    BEFORE,
    EARLIER,
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
    table,
)
from tests.corpus.sheets import Cell, Sheet, sheet


def _with_year(tab: str, year: int, figures: Sequence[Cell]) -> Sheet:
    """A tab whose rows all name a fiscal year."""
    return table(("Fiscal year", "Actual"), (year,) * 4, figures, name=tab)


def _trend() -> Sheet:
    """Earlier quarters side by side, of which the first row names each: no line of a cover."""
    return sheet(
        "Trend",
        ("Quarter", "2015-16 Q2", "2015-16 Q1", "2014-15 Q4"),
        ("Incidents", 4711, 4822, 4399),
        ("Satisfied", 0.855, 0.835, 0.885),
    )


def _titled(tab: str = "Return") -> Sheet:
    return sheet(
        tab,
        ("Community safety: 2015-16 Q3",),
        (),
        ("Ref", "Indicator", "Actual"),
        *lines(NOW),
    )


def _of_two(
    name: str, tabs: tuple[str, str], figures: dict[str, Expected], *, hide_first: bool = False
) -> Layout:
    """Two tabs of one table, with other figures on the first."""
    first, second = tabs
    earlier = sheet(first, ("Ref", "Indicator", "Actual"), *lines(BEFORE), hidden=hide_first)
    return Layout(name, (cover(), earlier, table(("Actual",), NOW, name=second)), figures)


LAYOUTS = (
    Layout(
        "tabs FY2022 and FY2023, in a return for 2023",
        (
            cover("2023"),
            table(("Actual",), BEFORE, name="FY2022"),
            table(("Actual",), NOW, name="FY2023"),
        ),
        READ,
        period="2023",
    ),
    Layout(
        "tabs FY2022 and FY2023 with a column Fiscal year that says the same",
        (cover("2023"), _with_year("FY2022", 2022, BEFORE), _with_year("FY2023", 2023, NOW)),
        READ,
        period="2023",
    ),
    Layout(
        "tabs FY2022 and FY2023, and the column Fiscal year says 2022 on both",
        (cover("2023"), _with_year("FY2022", 2022, BEFORE), _with_year("FY2023", 2022, NOW)),
        all_asked("the tab says 2023, every row of it 2022"),
        period="",
    ),
    Layout(
        "tabs FY2022 and FY2023 hold each other's year in the column Fiscal year",
        (cover("2023"), _with_year("FY2022", 2023, BEFORE), _with_year("FY2023", 2022, NOW)),
        all_asked("tab and column contradict each other"),
        period="",
    ),
    Layout(
        "tabs FY2014 and FY2015 with a column Fiscal year, in a return for 2015-16",
        (cover("2015-16"), _with_year("FY2014", 2014, BEFORE), _with_year("FY2015", 2015, NOW)),
        opened(READ, "FY2015 may end or start in 2015"),
        period="2015-16",
    ),
    Layout(
        "tabs 2014-15 and 2015-16, in a return for 2015-16",
        (
            cover("2015-16"),
            table(("Actual",), BEFORE, name="2014-15"),
            table(("Actual",), NOW, name="2015-16"),
        ),
        READ,
        period="2015-16",
    ),
    Layout(
        "the only tab with a table is FY2022, in a return for 2023",
        (cover("2023"), table(("Actual",), NOW, name="FY2022")),
        all_asked("the tab's year is another than the cover's"),
        period="",
    ),
    Layout(
        "the column Fiscal year says 2022 in every row, in a return for 2023",
        (cover("2023"), _with_year("Indicators", 2022, NOW)),
        all_asked("the rows' year is another than the cover's"),
        period="",
    ),
    Layout(
        "a tab Trend with periods in its first row, behind a table whose title names the period",
        (_titled(), _trend()),
        READ,
    ),
    Layout(
        "a tab Trend with periods in its first row, before a table whose title names the period",
        (_trend(), _titled()),
        READ,
    ),
    Layout(
        "a tab Trend with periods in its first row, before a cover sheet",
        (_trend(), cover(), table(("Actual",), NOW)),
        READ,
    ),
    Layout(
        "a tab Trend whose first row names one period, beside a table that names none",
        (
            sheet("Trend", ("Quarter", "2015-16 Q2"), ("Incidents", 4711)),
            sheet("Cover", ("Service area", "Community safety")),
            table(("Actual",), NOW),
        ),
        all_asked("the heading of a trend is not the period of the table"),
        period="",
    ),
    _of_two("tabs Q2 and Q3 with one table each", ("Q2", "Q3"), dict(READ)),
    _of_two(
        "tabs 2015-16 Q2 and 2015-16 Q3, the first one hidden",
        ("2015-16 Q2", "2015-16 Q3"),
        dict(READ),
        hide_first=True,
    ),
    _of_two(
        "tabs Draft and Final with other figures",
        ("Draft", "Final"),
        all_asked("two tables could be meant"),
    ),
    _of_two(
        "tabs Sheet1 and Sheet1 (2) with other figures",
        ("Sheet1", "Sheet1 (2)"),
        all_asked("two tables could be meant"),
    ),
    _of_two(
        "tabs Indicators and Indicators (old) with other figures",
        ("Indicators (old)", "Indicators"),
        all_asked("two tables could be meant"),
    ),
    _of_two(
        "a hidden tab holds the same table with other figures",
        ("Data", "Indicators"),
        all_asked("what is hidden counts, and two tables could be meant"),
        hide_first=True,
    ),
    _of_two(
        "a tab Targets and a tab Actuals, each with a column Actual",
        ("Targets", "Actuals"),
        all_asked("the tab says target, its heading actual"),
    ),
    Layout(
        "two tabs of the same table with the same figures",
        (
            cover(),
            table(("Actual",), NOW, name="Return"),
            table(("Actual",), NOW, name="For printing"),
        ),
        opened(READ, "two tables could be meant, and agree"),
    ),
    Layout(
        "the indicators divided over two tabs",
        (
            cover(),
            sheet("Crime", ("Ref", "Indicator", "Actual"), *lines(NOW)[:2]),
            sheet("Money and time", ("Ref", "Indicator", "Actual"), *lines(NOW)[2:]),
        ),
        READ,
    ),
    Layout(
        "a tab of guidance and one of definitions beside the table",
        (
            sheet(
                "Guidance",
                ("How to fill in this return",),
                ("1", "Type each figure with its sign, for example 25%."),
                ("2", "Do not change the column Ref."),
            ),
            cover(),
            table(("Actual",), NOW),
            sheet(
                "Definitions",
                ("Ref", "Definition"),
                ("1.1", "Incidents recorded by the police"),
                ("1.2", "Of those who answered the survey"),
            ),
        ),
        READ,
    ),
    Layout(
        "a tab of targets with its own table beside that of actuals",
        (
            cover(),
            sheet("Targets", ("Ref", "Indicator", "Target"), *lines(AIM)),
            table(("Actual",), NOW),
        ),
        READ,
    ),
    Layout(
        "the tab names another service area than the cover",
        (cover(), table(("Actual",), NOW, name="Adults and Health")),
        all_asked("cover and tab contradict each other"),
        area="",
    ),
    Layout(
        "the tab of the table is called Forecast",
        (cover(), table(("Actual",), NOW, name="Forecast")),
        all_asked("the tab says forecast, its heading actual"),
    ),
    Layout(
        "last year's tab kept behind this year's, named by its quarter",
        (
            cover(),
            table(("Actual",), NOW, name="Q3 2015-16"),
            table(("Actual",), EARLIER, name="Q3 2014-15"),
        ),
        READ,
    ),
)
