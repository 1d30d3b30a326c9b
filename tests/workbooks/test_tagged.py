"""A workbook that is made for screen readers too, once it is closed."""

from __future__ import annotations

import gc
import weakref
from io import BytesIO

from pipeline.workbooks.tagged import TaggedWorkbook


def test_the_sheets_of_a_closed_workbook_are_gone_without_the_collector() -> None:
    gc.disable()
    try:
        workbook = TaggedWorkbook(BytesIO())
        sheets = [weakref.ref(workbook.add_worksheet(name)) for name in ("A", "B")]
        chart = workbook.add_chart({"type": "column"})
        for sheet in workbook.worksheets():
            sheet.write_string(0, 0, "text", workbook.add_format({"bold": True}))
            sheet.write_number(1, 0, 1)
        chart.add_series({"values": ["A", 1, 0, 1, 0]})
        workbook.get_worksheet_by_name("A").insert_chart(3, 0, chart)
        workbook.close()
        del sheet, chart, workbook
        assert [each() for each in sheets] == [None, None]
    finally:
        gc.enable()
