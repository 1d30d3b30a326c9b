"""Long tables: a row for each indicator and period, or for each indicator and measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.corpus.expected import NOTHING
from tests.corpus.layout import (
    AIM,
    BEFORE,
    EARLIER,
    LATER,
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
)
from tests.corpus.sheets import Cell, Row, Sheet, sheet

_ALONE = sheet("Cover", ("Service area", "Community safety"))


def _rows(periods: Mapping[tuple[Cell, ...], Sequence[Cell]]) -> tuple[Row, ...]:
    """A row for each indicator and period, each indicator's together."""
    each = [
        lines(*((cell,) * 4 for cell in period), figures) for period, figures in periods.items()
    ]
    return tuple(row for indicator in zip(*each, strict=True) for row in indicator)


def _long(heads: Sequence[Cell], periods: Mapping[tuple[Cell, ...], Sequence[Cell]]) -> Sheet:
    return sheet("Data", ("Ref", "Indicator", *heads), *_rows(periods))


_QUARTERS: dict[tuple[Cell, ...], Sequence[Cell]] = {
    ("2015-16 Q1",): EARLIER,
    ("2015-16 Q2",): BEFORE,
    ("2015-16 Q3",): NOW,
}

LAYOUTS = (
    Layout(
        "a row for each indicator and quarter, with a column Period",
        (cover(), _long(("Period", "Actual"), _QUARTERS)),
        READ,
    ),
    Layout(
        "a row for each indicator and quarter, year and quarter in columns of their own",
        (
            cover(),
            _long(
                ("Year", "Quarter", "Actual"),
                {
                    ("2014-15", "Q3"): EARLIER,
                    ("2015-16", "Q2"): BEFORE,
                    ("2015-16", "Q3"): NOW,
                },
            ),
        ),
        READ,
    ),
    Layout(
        "a row for each indicator and fiscal year, the years as numbers",
        (
            cover("2023"),
            _long(("Fiscal year", "Actual"), {(2022,): BEFORE, (2023,): NOW}),
        ),
        READ,
        period="2023",
    ),
    Layout(
        "the column Period names one quarter in every row, and the cover none",
        (_ALONE, _long(("Period", "Actual"), {("2015-16 Q3",): NOW})),
        READ,
    ),
    Layout(
        "the column Period names the cover's quarter in every row",
        (cover(), _long(("Period", "Actual"), {("Q3 2015/16",): NOW})),
        READ,
    ),
    Layout(
        "the column Period names another quarter than the cover, in every row",
        (cover(), _long(("Period", "Actual"), {("2015-16 Q2",): NOW})),
        all_asked("the rows are another quarter's"),
        period="",
    ),
    Layout(
        "the column Period names several quarters, and the cover none",
        (_ALONE, _long(("Period", "Actual"), _QUARTERS)),
        all_asked("nothing says which quarter is returned"),
        period="",
    ),
    Layout(
        "a row for each indicator and quarter, but one has none for this quarter",
        (
            cover(),
            sheet(
                "Data",
                ("Ref", "Indicator", "Period", "Actual"),
                *_rows({("2015-16 Q2",): BEFORE, ("2015-16 Q3",): NOW})[:-1],
            ),
        ),
        dict(READ) | {"1.11": NOTHING},
    ),
    Layout(
        "a row for each indicator and quarter, one quarter of one indicator twice",
        (
            cover(),
            sheet(
                "Data",
                ("Ref", "Indicator", "Period", "Actual"),
                *_rows({("2015-16 Q2",): BEFORE, ("2015-16 Q3",): NOW}),
                ("1.1", "Incidents of anti-social behaviour", "2015-16 Q3", 4650),
            ),
        ),
        dict(READ) | {"1.1": all_asked("two figures for one quarter")["1.1"]},
    ),
    Layout(
        "a row for each indicator's target and actual, with a column Measure",
        (cover(), _long(("Measure", "Value"), {("Target",): AIM, ("Actual",): NOW})),
        opened(READ, "the rows, not the columns, say what is a target"),
    ),
    Layout(
        "a row for each indicator's actual and forecast, with a column Type",
        (cover(), _long(("Type", "Figure"), {("Forecast",): LATER, ("Actual",): NOW})),
        opened(READ, "the rows, not the columns, say what is a forecast"),
    ),
    Layout(
        "a column Type that says Forecast in every row",
        (cover(), _long(("Type", "Actual"), {("Forecast",): NOW})),
        all_asked("each row says that it is a forecast"),
    ),
    Layout(
        "a column Status that says Final in every row",
        (cover(), _long(("Status", "Actual"), {("Final",): NOW})),
        READ,
    ),
    Layout(
        "a column Service area that names the cover's area in every row",
        (cover(), _long(("Service area", "Actual"), {("Community safety",): NOW})),
        READ,
    ),
    Layout(
        "a column Service area that names another area in every row",
        (cover(), _long(("Service area", "Actual"), {("Adults and Health",): NOW})),
        all_asked("the rows are another area's"),
        area="",
    ),
    Layout(
        "a column District with the same indicators for North and South",
        (cover(), _long(("District", "Actual"), {("North",): BEFORE, ("South",): NOW})),
        all_asked("two figures for one indicator"),
    ),
    Layout(
        "no references, the indicators by their wording",
        (
            cover(),
            sheet("Data", ("Indicator", "Actual"), *(row[1:] for row in lines(NOW))),
        ),
        READ,
    ),
    Layout(
        "no wordings, the indicators by their references",
        (
            cover(),
            sheet("Data", ("Reference", "Actual"), *((row[0], row[2]) for row in lines(NOW))),
        ),
        READ,
    ),
    Layout(
        "references of one indicator beside the wording of another",
        (
            cover(),
            sheet(
                "Data",
                ("Ref", "Indicator", "Actual"),
                ("1.2", "Incidents of anti-social behaviour", 4605),
                ("1.1", "Victims satisfied with the service", NOW[1]),
                *lines(NOW)[2:],
            ),
        ),
        all_asked("reference and wording name two indicators")
        | {ref: each for ref, each in READ.items() if ref in {"1.10", "1.11"}},
    ),
)
