"""A sheet that is written quickly is the same as xlsxwriter's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.workbooks.quick_sheet import QuickSheet

_NUMBERS = (0, -1, 1e21, 1 / 3, 0.1 + 0.2, 123456789012345678, Decimal("31.50"))
_TEXTS = ("", "a & b", '<"x">', " led", "=1+1", "\u00a342", "two\nlines", "_x000D_")


def written(kind: type[Worksheet], *, in_constant_memory: bool) -> bytes:
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True, "constant_memory": in_constant_memory})
    workbook.set_properties({"created": datetime(2026, 4, 1, tzinfo=UTC)})
    bold, day = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "d mmm"})
    sheet = workbook.add_worksheet("A", kind)
    sheet.set_column(3, 3, 20, bold)
    sheet.set_row(9, 30, bold)
    for row, (number, text) in enumerate(zip(_NUMBERS, _TEXTS, strict=False)):
        sheet.write_number(row, 0, number, day)
        sheet.write_string(row, 1, text, bold)
        sheet.write_blank(row, 2, None, day)
        # Without a format of its own a cell has its row's or column's, or none.
        sheet.write_string(row, 3, text)
        sheet.write_number(row, 4, number)
        sheet.write_datetime(row, 5, datetime.combine(date(2026, 4, 1 + row), time(9, 30)), day)
    red = workbook.add_format({"color": "red", "underline": 1, "font_name": "Arial & Co"})
    sheet.write_rich_string(8, 0, bold, "bold", " and not", day)
    sheet.write_rich_string(8, 1, red, "red & ", bold, "bold ", red, " red", day)
    sheet.write_rich_string(8, 2, bold, "bold", red, "_x000D_\nred", bold, "<bold>")
    sheet.write_string(9, 0, "of a row")
    sheet.write_formula(10, 26, "=1<2", bold, True)
    sheet.write_boolean(11, 30, False, bold)
    workbook.close()
    return buffer.getvalue()


@pytest.mark.parametrize("in_constant_memory", [False, True])
def test_a_quick_sheet_is_the_same_byte_for_byte(in_constant_memory: bool) -> None:
    quick = written(QuickSheet, in_constant_memory=in_constant_memory)
    assert quick == written(Worksheet, in_constant_memory=in_constant_memory)
