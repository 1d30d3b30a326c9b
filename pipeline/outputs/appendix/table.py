"""A sheet that holds one named table, for filtering and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache

from msgspec import Struct
from xlsxwriter.worksheet import Worksheet

from pipeline.outputs.appendix.book import Book, has_too_many_digits
from pipeline.outputs.appendix.looks import (
    BODY,
    HEADING,
    HEADING_RIGHT,
    NUMBER,
    PLAIN,
    Look,
    but,
)
from pipeline.outputs.tables import clock
from pipeline.outputs.wording import edition_shown
from pipeline.workbooks.row_height import ROW_PADDING, TALLEST_ROW, line_height, wrap
from pipeline.workbooks.worksheets import put_text
from schemas.units import grouped, number_format, places

#: Without indent, which LibreOffice loses where neighbours differ in their number format only; set
#: smaller before it turns to ####.
_NUMBER = but(NUMBER, indent=0, shrink=True)
_FROM_THE_TOP = but(BODY, valign="top")
_TIME = but(BODY, num_format="dd mmm yyyy hh:mm")

#: What a table's cell may hold.
Value = str | int | Decimal | datetime | None
Rows = Sequence[Sequence[Value]]


class TableColumn(Struct, frozen=True):
    heading: str
    #: In pixels.
    width: int
    is_number: bool = False

    @property
    def heading_look(self) -> Look:
        return HEADING_RIGHT if self.is_number else HEADING


def write_table(
    book: Book, title: str, name: str, about: str, columns: Sequence[TableColumn], rows: Rows
) -> Worksheet:
    """A sheet with a named table from A1 on: headings frozen and repeated on each printed page.

    `about` describes the table to screen readers. It prints on A4 landscape. Excel needs one row at
    least, so a table without any gets an empty one.
    """
    sheet = book.sheet(title, title, landscape=True)
    book.first_rows[title] = 1
    for number, column in enumerate(columns):
        sheet.set_column_pixels(number, number, column.width)
    heads = [{"header": c.heading, "header_format": book.format(c.heading_look)} for c in columns]
    options = {"name": name, "description": about, "style": None, "columns": heads}
    sheet.add_table(0, 0, max(1, len(rows)), len(columns) - 1, options)
    # Less the filter's button, which stands at the right of each heading.
    heading_lines = [
        len(wrap(c.heading, c.width - 20, c.heading_look.font_size, bold=c.heading_look.bold))
        for c in columns
    ]
    sheet.set_row(0, _height(heading_lines))
    widths = [column.width for column in columns]
    for row, values in enumerate(rows, 1):
        height = _height(
            [
                len(wrap(value, width, BODY.font_size))
                for value, width in zip(values, widths, strict=True)
                if isinstance(value, str)
            ]
        )
        # The tallest row shows the beginning of a text that needs more room.
        look = BODY if height <= TALLEST_ROW else _FROM_THE_TOP
        sheet.set_row(row, min(height, TALLEST_ROW))
        form = book.format(look)
        for place, value in enumerate(values):
            if value is None or isinstance(value, str):
                put_text(sheet, row, place, value or "", form)
            else:
                _write(book, sheet, (row, place), value, look)
    if book.report.is_draft:
        put_text(sheet, len(rows) + 2, 0, edition_shown(book.report), book.format(PLAIN))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    return sheet


@cache
def _number_look(num_format: str) -> Look:
    return but(_NUMBER, num_format=num_format)


def _height(lines: Sequence[int]) -> float:
    return max(lines, default=1) * line_height(BODY.font_size) + ROW_PADDING


def _write(
    book: Book,
    sheet: Worksheet,
    place: tuple[int, int],
    value: int | Decimal | datetime,
    look: Look,
) -> None:
    match value:
        case datetime():
            sheet.write_datetime(*place, clock(value, book.report), book.format(_TIME))
        case int():
            sheet.write_number(*place, value, book.format(_NUMBER))
        case Decimal():
            if has_too_many_digits(value):
                # A number of more digits than Excel keeps stands as text rather than rounded.
                put_text(sheet, *place, f"{value:f}", book.format(but(look, align="right")))
            else:
                layout = number_format(None, places(value), group=grouped(value, None))
                # Not -0.0, which Excel would show as it stands.
                sheet.write_number(
                    *place, float(value) if value else 0.0, book.format(_number_look(layout))
                )
