"""Cells as a sheet shows them: exactly, or not at all."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.figures.rendering import show

_DAY = date(2015, 12, 9)
_MOMENT = datetime(2015, 12, 9, 14, 5, 7)  # noqa: DTZ001 - as Excel has it

#: What a cell holds, its format, and what Excel shows; None where that is not told.
SHOWN: list[tuple[CellValue, str, str | None]] = [
    # General shows eleven characters.
    (12.0, "General", "12"),
    (12.5, "General", "12.5"),
    (-12.5, "", "-12.5"),
    (0.0, "General", "0"),
    (0.5, "@", "0.5"),
    (45.0999999, "General", "45.0999999"),
    (45.099999999999994, "General", "45.1"),
    (0.1 + 0.2, "General", "0.3"),
    (1 / 3, "General", "0.333333333"),
    (100 / 3, "General", "33.33333333"),
    (1234567.891234, "General", "1234567.891"),
    (12345678901.0, "General", "12345678901"),
    (123456789012.0, "General", "1.23457E+11"),
    (99999999999.9, "General", "1E+11"),
    (1e20, "General", "1E+20"),
    (0.0001234567891, "General", "0.000123457"),
    (0.00001, "General", "0.00001"),
    (0.0000123456789, "General", None),
    # Digits.
    (1.1, "0.00", "1.10"),
    (0.5, "0.00", "0.50"),
    (0.005, "0.00", "0.01"),
    (7.0, "000", "007"),
    (1234567.0, "#,##0", "1,234,567"),
    (123.0, "#,##0", "123"),
    (0.25, "#.##", ".25"),
    (12.0, "0.##", "12."),
    (12.345, "0.0#", "12.35"),
    (12.3, "0.0#", "12.3"),
    (-12.0, "0.0", "-12.0"),
    (-0.001, "0.00", None),
    (120000.0, "#,##0,", "120"),
    (1200000.0, '0.0,,"m"', "1.2m"),
    (12.5, "00-00", None),
    (12.5, "# ?/?", None),
    (120000.0, "0.00E+00", "1.20E+05"),
    (99999.0, "0.0E+0", "1.0E+5"),
    (0.00012, "0.0E+00", "1.2E-04"),
    # Percentages, money, words.
    (0.25, "0%", "25%"),
    (0.025, "0.00%", "2.50%"),
    (0.315, "0.0 %", "31.5 %"),
    (0.25, "0%%", None),
    (25.0, '0"%"', "25%"),
    (1200.0, '"£"#,##0', "£1,200"),
    (-1200.0, '"£"#,##0', "-£1,200"),
    (1200.0, "£#,##0.00", "£1,200.00"),
    (1200.0, "[$£-809]#,##0", "£1,200"),
    (1200.0, '_-"£"* #,##0_-;-"£"* #,##0_-;_-"£"* "-"_-;_-@_-', "£1,200"),
    (0.0, '_-"£"* #,##0_-;-"£"* #,##0_-;_-"£"* "-"_-;_-@_-', "£-"),
    (2.0, '0" weeks"', "2 weeks"),
    (2.0, "0\\ \\w\\k", "2 wk"),
    (2.0, "0 weeks", None),
    (4605.0, '0" (est.)"', "4605 (est.)"),
    (12.0, '"about "General', "about 12"),
    # Sections.
    (-5.0, "0;(0)", "(5)"),
    (-5.0, "0;[Red]0", "5"),
    (-5.0, "0;@", "-5"),
    (0.0, '0;-0;"nil"', "nil"),
    (12.0, ";;;", ""),
    (4605.0, '[>=1000]#,##0,"k";0', "5k"),
    (46.0, '[>=1000]#,##0,"k";0', "46"),
    (-46.0, '[>=1000]#,##0,"k";0', None),
    # Days and times.
    (_DAY, "d-mmm", "9-Dec"),
    (_DAY, "dd/mm", "09/12"),
    (_DAY, "dd/mm/yyyy", "09/12/2015"),
    (_DAY, "d mmmm yyyy", "9 December 2015"),
    (_DAY, "mmm-yy", "Dec-15"),
    (_DAY, "dddd d mmmm", "Wednesday 9 December"),
    (_DAY, "ddd mmmmm", "Wed D"),
    (_DAY, "[$-809]dd mmmm yyyy;@", "09 December 2015"),
    (_DAY, "[$-en-GB]d mmm yy", "9 Dec 15"),
    (_DAY, "yyyy\\-mm\\-dd", "2015-12-09"),
    (_DAY, 'd" of "mmmm', "9 of December"),
    (_DAY, "[$-407]d. mmmm yyyy", None),
    (_DAY, "[$-F800]dddd, mmmm dd, yyyy", None),
    (_DAY, "General", None),
    (_DAY, "0.00", None),
    (_DAY, "ggge", None),
    (_MOMENT, "dd/mm/yyyy hh:mm", "09/12/2015 14:05"),
    (_MOMENT, "h:mm AM/PM", "2:05 PM"),
    (_MOMENT, "mm:ss", "05:07"),
    (_MOMENT, "d-mmm", "9-Dec"),
    (time(0, 5), "h:mm AM/PM", "12:05 AM"),
    (time(10, 12), "hh:mm", "10:12"),
    (time(10, 12), "dd/mm/yyyy", None),
    (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
    (timedelta(hours=30, minutes=5), "[mm]:ss", "1805:00"),
    (timedelta(hours=30), "d/m/yyyy", None),
    # What is no number.
    (True, "0.00", "TRUE"),
    (False, "General", "FALSE"),
    ("10/12", "General", "10/12"),
    ("10/12", "0.00", "10/12"),
    ("As planned", '@" (draft)"', "As planned (draft)"),
    ("As planned", ";;;", None),
    (float("nan"), "0", None),
    (1e300, "General", None),
]


@pytest.mark.parametrize(("value", "code", "shown"), SHOWN)
def test_a_cell_is_shown_as_excel_shows_it_or_not_told(
    value: CellValue, code: str, shown: str | None
) -> None:
    assert show(value, code) == shown


@given(
    value=st.one_of(
        st.floats(), st.text(), st.booleans(), st.dates(), st.datetimes(), st.times(),
        st.timedeltas(),
    ),
    code=st.text('0#?.,%;[]"\\_*@-£$€<>=1dmyhsAP/MGeneralE+ ', max_size=24),
)  # fmt: skip
def test_any_cell_in_any_format_is_shown_or_not_told(value: CellValue, code: str) -> None:
    assert isinstance(show(value, code), str | None)


@given(number=st.decimals(-(10**9), 10**9, places=3, allow_nan=False), places=st.integers(3, 6))
def test_a_number_shown_with_all_its_decimals_reads_back(number: object, places: int) -> None:
    shown = show(float(str(number)), "#,##0." + "0" * places)
    # Of nothing with a minus, Excel's versions show two things.
    assert shown is None or float(shown.replace(",", "")) == float(str(number))
