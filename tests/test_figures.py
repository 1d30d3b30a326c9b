"""What a cell says: each case one that someone could meet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.display import places, shown
from pipeline.figures import CellValue, Figure, Scale, parse
from pipeline.model import Unit

PERCENT, COUNT, MONEY = Scale(Unit.PERCENT, 1), Scale(Unit.COUNT), Scale(Unit.CURRENCY, 2)
DAYS, RATIO = Scale(Unit.DAYS, 1), Scale(Unit.RATIO, 2)

#: (cell, number format, scale, figure or finding code)
CASES: list[tuple[CellValue, str | None, Scale, str]] = [
    # Percentages, as Excel stores them and as people write them.
    (0.315, "0.0%", PERCENT, "31.5"),
    (0.15, "0%", PERCENT, "15"),
    (0.0356, "0.00%", Scale(Unit.PERCENT, 2), "3.56"),
    (1.0, "0%", PERCENT, "100"),
    (1.2, "0%", PERCENT, "120"),
    (-0.05, "0%", PERCENT, "-5"),
    (0.315, "[Red]0.0%;-0.0%", PERCENT, "31.5"),
    (31.5, '0.0"%"', PERCENT, "31.5"),
    (31.5, "0.0\\%", PERCENT, "31.5"),
    (31.5, "General", PERCENT, "31.5"),
    (100.0, "General", PERCENT, "100"),
    (0.0, "General", PERCENT, "0"),
    (0.0, None, PERCENT, "0"),
    (31.5, None, PERCENT, "31.5"),
    ("31.5%", None, PERCENT, "31.5"),
    ("31.5 %", None, PERCENT, "31.5"),
    ("31.5 per cent", None, PERCENT, "31.5"),
    ("31.5", None, PERCENT, "31.5"),
    (" 31.5% ", None, PERCENT, "31.5"),
    ("31.5\u00a0%", None, PERCENT, "31.5"),
    ("\u22125%", None, PERCENT, "-5"),
    ("0.62%", None, Scale(Unit.PERCENT, 2), "0.62"),
    ("10 of 50", None, PERCENT, "20"),
    ("10 out of 50", None, PERCENT, "20"),
    # Read two ways: asked.
    (0.62, "General", PERCENT, "V01"),
    (0.62, "0.00", PERCENT, "V01"),
    (1.0, "General", PERCENT, "V01"),
    (1.5, "General", PERCENT, "V01"),
    (0.62, None, PERCENT, "V01"),
    (2.5, None, PERCENT, "V01"),
    ("0.62", None, PERCENT, "V01"),
    (31.5, "0%", PERCENT, "V01"),
    ("31,5", None, PERCENT, "V09"),
    ("31,5%", None, PERCENT, "V09"),
    ("1.234,56", None, MONEY, "V09"),
    ("1,23", None, COUNT, "V09"),
    # Counts and money.
    (4605.0, "General", COUNT, "4605"),
    (4605.0, "#,##0", COUNT, "4605"),
    ("4605", None, COUNT, "4605"),
    ("4,605", None, COUNT, "4605"),
    ("4 605", None, COUNT, "4605"),
    ("4\u2009605", None, COUNT, "4605"),
    ("1,234,567", None, COUNT, "1234567"),
    ("\uff14\uff16\uff10\uff15", None, COUNT, "4605"),
    ("+12", None, COUNT, "12"),
    ("(1,234)", None, COUNT, "-1234"),
    ("£120,000", None, MONEY, "120000"),
    ("-£5", None, MONEY, "-5"),
    ("£-5", None, MONEY, "-5"),
    ("(£5)", None, MONEY, "-5"),
    ("£1.2m", None, MONEY, "1200000"),
    ("£120k", None, MONEY, "120000"),
    ("£3bn", None, MONEY, "3000000000"),
    (120000.0, '"£"#,##0', MONEY, "120000"),
    ("14 days", None, DAYS, "14"),
    (1.25, "0.00", RATIO, "1.25"),
    (0.1 + 0.2, "General", RATIO, "0.3"),
    # Another unit, or no one figure.
    ("40%", None, COUNT, "V05"),
    (0.4, "0%", COUNT, "V05"),
    ("£40", None, PERCENT, "V05"),
    ("3 days", None, COUNT, "V05"),
    ("10-12", None, COUNT, "V08"),
    ("10 to 12", None, COUNT, "V08"),
    ("10/12", None, COUNT, "V08"),
    (">3.30%", None, PERCENT, "V08"),
    ("about 40", None, COUNT, "V08"),
    ("c. 40", None, COUNT, "V08"),
    ("~40", None, COUNT, "V08"),
    ("1.2E+05", None, COUNT, "V08"),
    ("10 of 50", None, COUNT, "V08"),
    ("2k", None, COUNT, "V08"),
    (12.5, "General", COUNT, "V07"),
    ("12.5", None, COUNT, "V07"),
    # Rounded, and said so.
    (0.31534, "0.0%", PERCENT, "31.5 V06"),
    ("31.55%", None, PERCENT, "31.6 V06"),
    ("-31.55%", None, PERCENT, "-31.6 V06"),
    ("10 of 60", None, PERCENT, "16.7 V06"),
    # Marks.
    ("24%*", None, PERCENT, "24 V13"),
    ("24%\u00b9", None, PERCENT, "24 V13"),
    ("24% [2]", None, PERCENT, "24 V13"),
    ("24% (p)", None, PERCENT, "24 V13 provisional"),
    ("24% (e)", None, PERCENT, "24 V13 provisional"),
    # No figure, each with its meaning.
    ("", None, COUNT, "blank"),
    ("  \u200b ", None, COUNT, "blank"),
    ("n/a", None, COUNT, "not available"),
    ("N/A", None, PERCENT, "not available"),
    ("TBC", None, COUNT, "not available"),
    ("not yet available", None, COUNT, "not available"),
    ("\u2013", None, COUNT, "not available"),
    ("none", None, COUNT, "not available"),
    ("<5", None, COUNT, "suppressed"),
    ("< 10", None, COUNT, "suppressed"),
    ("c", None, PERCENT, "suppressed"),
    ("[c]", None, COUNT, "suppressed"),
    ("<5", None, PERCENT, "V08"),
    # Not figures at all.
    ("#REF!", None, COUNT, "V03"),
    ("#DIV/0!", None, PERCENT, "V03"),
    (date(2012, 12, 10), None, COUNT, "V04"),
    (datetime(2012, 12, 10), None, COUNT, "V04"),  # noqa: DTZ001 - as Excel has it
    (time(10, 12), None, COUNT, "V04"),
    (timedelta(hours=10), None, COUNT, "V04"),
    (True, None, COUNT, "V02"),
    ("forty", None, COUNT, "V02"),
    ("4,6O5", None, COUNT, "V02"),
    ("Q3", None, COUNT, "V02"),
    ("-(5)", None, COUNT, "V02"),
    ("(5", None, COUNT, "V02"),
    ("5)", None, COUNT, "V02"),
    ("5 5", None, COUNT, "V02"),
    ("=1+1", None, COUNT, "V02"),
    ("+cmd|' /C calc'!A0", None, COUNT, "V02"),
    ("€40", None, MONEY, "V02"),
    ("٤٠", None, COUNT, "V02"),
    ("1e999", None, COUNT, "V08"),
    ("0.4" + "9" * 40, None, RATIO, "V02"),
    (1e15, "General", COUNT, "V02"),
    (float("nan"), "General", COUNT, "V02"),
    (float("inf"), "0%", PERCENT, "V02"),
]


def told(figure: Figure) -> str:
    """A figure in the words of the table."""
    if figure.is_blank:
        return "blank"
    if figure.suppressed:
        return "suppressed"
    if figure.not_available:
        return "not available"
    words = [] if figure.value is None else [f"{figure.value:f}"]
    words += [trouble.rule.code for trouble in figure.troubles]
    return " ".join(words + ["provisional"] * figure.provisional)


@pytest.mark.parametrize(("cell", "number_format", "scale", "expected"), CASES)
def test_a_cell_is_read_rightly_or_asked_about(
    cell: CellValue, number_format: str | None, scale: Scale, expected: str
) -> None:
    assert told(parse(cell, scale, number_format)) == expected


figures = st.builds(
    lambda digits, decimals: Decimal(digits).scaleb(-decimals),
    st.integers(-(10**11), 10**11),
    st.integers(0, 3),
)


@given(figure=figures, unit=st.sampled_from(Unit))
def test_what_is_shown_reads_back_as_the_same_decimal(figure: Decimal, unit: Unit) -> None:
    # In a ratio or score a comma may be a decimal comma, so a grouped one is asked about.
    if unit in (Unit.PERCENT, Unit.RATIO, Unit.SCORE) and abs(figure) >= 10_000:
        figure %= 10_000
    text = shown(figure, unit)
    assert parse(text, Scale(unit, decimals=places(figure)), None).value == figure


@given(points=st.integers(-99_999, 99_999))
def test_a_percentage_in_a_percent_cell_reads_back_exactly(points: int) -> None:
    figure = Decimal(points).scaleb(-2)
    assert parse(float(figure / 100), Scale(Unit.PERCENT, 2), "0.00%").value == figure


anything = st.one_of(
    st.text(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.text("0123456789.,%£()-+ <>*koftbn/a", max_size=12),
)  # fmt: skip


@given(cell=anything, unit=st.sampled_from(Unit), number_format=st.sampled_from([None, "0%", "0"]))
@example(cell="9" * 5000, unit=Unit.COUNT, number_format=None)
@example(cell="1," * 5000, unit=Unit.PERCENT, number_format=None)
def test_any_cell_has_a_figure_a_meaning_or_a_finding(
    cell: CellValue, unit: Unit, number_format: str | None
) -> None:
    figure = parse(cell, Scale(unit, 1), number_format)
    known = figure.value is not None or figure.suppressed or figure.not_available
    assert known or figure.is_bad or figure.is_blank
    assert not (figure.value is not None and figure.is_bad)


@given(text=st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs"]), max_size=30))
def test_text_without_a_digit_is_never_a_figure(text: str) -> None:
    assert parse(text, Scale(Unit.COUNT), None).value is None
