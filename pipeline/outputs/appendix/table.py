"""A sheet that holds one named table, for reading out, looking up and other programs.

It keeps to the UK Analysis Function's rules for accessible spreadsheets ("Releasing statistics in
spreadsheets"), as the other sheets, which are laid out for print, cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache

from msgspec import Struct
from xlsxwriter.worksheet import Worksheet

from pipeline.outputs.appendix.book import Book, has_too_many_digits
from pipeline.outputs.appendix.looks import TITLE, Look, but
from pipeline.outputs.tables import clock
from pipeline.outputs.wording import edition_shown
from pipeline.workbooks.row_height import ROW_PADDING, TALLEST_ROW, line_height, wrap
from pipeline.workbooks.worksheets import put_text
from schemas.units import grouped, number_format, places

#: In points; widths are stated for the size of the sheets for print.
_SIZE, _STATED_SIZE = 12, 10
#: Excel's widest column, in pixels.
_WIDEST = 1_790
_ABOVE = Look(font_size=_SIZE, text_wrap=False, valign="top")
_BODY = Look(font_size=_SIZE, valign="top", indent=1, top=1, bottom=1, left=1, right=1)
_HEADING = but(_BODY, bold=True)
_TIME = but(_BODY, num_format="dd mmm yyyy hh:mm")
#: Without indent, which LibreOffice loses where neighbours differ in their number format only; set
#: smaller before it turns to ####.
_NUMBER = but(_BODY, align="right", indent=0, text_wrap=False, shrink=True)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Gap(StrEnum):
    """What stands where there is no value, by the codes of the Government Statistical Service."""

    NOT_AVAILABLE = "[x]"
    SUPPRESSED = "[c]"
    NOT_APPLICABLE = "[z]"

    @property
    def meaning(self) -> str:
        return self.name.replace("_", " ").lower()


#: What a table's cell holds; None and an empty text are a gap, by the column.
Value = str | int | Decimal | datetime | None
Rows = Sequence[Sequence[Value]]


class TableColumn(Struct, frozen=True):
    heading: str
    #: In pixels.
    width: int
    is_number: bool = False
    #: Why there is nothing in it, where a row does not say so itself.
    gap: Gap = Gap.NOT_APPLICABLE

    @property
    def look(self) -> Look:
        return but(_BODY, align="right") if self.is_number else _BODY

    @property
    def heading_look(self) -> Look:
        return but(_HEADING, align="right") if self.is_number else _HEADING


def write_table(
    book: Book, name: str, table: str, about: str, columns: Sequence[TableColumn], rows: Rows
) -> Worksheet:
    """A sheet with its title in A1, what it holds below that, and then one table called `table`.

    `about` says what it holds, to whoever reads and to screen readers; each sentence stands in a
    row of its own. It prints on A4 landscape, the headings on each page. Where nothing stands in a
    row there is the code of the reason. Excel needs one row at least, so a table without any gets
    one of codes.
    """
    sheet = book.sheet(name, "", landscape=True, is_data=True)
    filled = _filled(book, columns, rows or [[None] * len(columns)])
    widths, heights = _sizes(columns, filled)
    for number, width in enumerate(widths):
        sheet.set_column_pixels(number, number, width)
    top = _write_above(book, sheet, name, about, filled, sum(widths))
    book.first_rows[name] = top + 1
    heads = [{"header": c.heading, "header_format": book.format(c.heading_look)} for c in columns]
    options = {"name": table, "description": about, "style": None, "columns": heads}
    last = top + len(filled), len(columns) - 1
    sheet.add_table(top, 0, *last, options | {"autofilter": False})
    heading_lines = [
        len(wrap(column.heading, width, _SIZE, bold=True))
        for column, width in zip(columns, widths, strict=True)
    ]
    sheet.set_row(top, _height(heading_lines))
    of_columns = [(column.look, book.format(column.look)) for column in columns]
    for row, (values, height) in enumerate(zip(filled, heights, strict=True), top + 1):
        sheet.set_row(row, min(height, TALLEST_ROW))
        for place, (value, (look, form)) in enumerate(zip(values, of_columns, strict=True)):
            if value is None or isinstance(value, str):
                put_text(sheet, row, place, value or "", form)
            else:
                _write(book, sheet, (row, place), value, look)
    # A page of a draft says on its own that it is one.
    sheet.repeat_rows(0 if book.report.is_draft else top, top)
    return sheet


def _filled(book: Book, columns: Sequence[TableColumn], rows: Rows) -> list[list[Value]]:
    """The rows in words, without symbols; with a code where there is no value."""
    words = {band.shown: band.word for band in book.report.bands.every}
    gaps = [column.gap for column in columns]
    return [
        [
            (words.get(value, value) or gap)
            if type(value) is str
            else (gap if value is None else value)
            for gap, value in zip(gaps, values, strict=True)
        ]
        for values in rows
    ]


def _sizes(columns: Sequence[TableColumn], rows: Rows) -> tuple[list[int], list[float]]:
    """The columns' widths in pixels and the rows' heights in points.

    A column is wider than stated where one of its texts would not go into a row.
    """
    widths = [column.width * _SIZE // _STATED_SIZE for column in columns]
    heights = [_fitted(values, widths) for values in rows]
    if max(heights) > TALLEST_ROW:
        for place in range(len(columns)):
            texts = [(row[place],) for row in rows]
            while widths[place] < _WIDEST and (
                max(_fitted(text, widths[place : place + 1]) for text in texts) > TALLEST_ROW
            ):
                widths[place] = min(widths[place] * 3 // 2, _WIDEST)
        heights = [_fitted(values, widths) for values in rows]
    return widths, heights


def _fitted(values: Sequence[Value], widths: Sequence[int]) -> float:
    """The height of a row in which all of its texts are seen."""
    return _height(
        [
            len(wrap(value, width, _SIZE))
            for value, width in zip(values, widths, strict=True)
            if isinstance(value, str)
        ]
    )


def _write_above(
    book: Book, sheet: Worksheet, name: str, about: str, rows: Rows, width: int
) -> int:
    """The title and what there is to know of the table; the row, from 0, of its headings."""
    report = book.report
    title = f"{name}: {report.register.framework.appendix}, {report.period.name}"
    put_text(sheet, 0, 0, title, book.format(but(TITLE, text_wrap=False)))
    lines = list(_above(book, about, rows))
    row = 1
    for line in lines:
        for part in wrap(line, width, _SIZE):
            put_text(sheet, row, 0, part, book.format(_ABOVE))
            row += 1
    return row


def _above(book: Book, about: str, rows: Rows) -> Iterator[str]:
    yield from _SENTENCE_END.split(edition_shown(book.report)) if book.report.is_draft else ()
    yield "This sheet holds one table, which is for reading on screen and for other programs."
    yield from _SENTENCE_END.split(about)
    used = {value for row in rows for value in row if isinstance(value, Gap)}
    if used:
        key = ", ".join(f"{gap} {gap.meaning}" for gap in Gap if gap in used)
        yield f"What stands in place of a value: {key}."


@cache
def _number_look(num_format: str) -> Look:
    return but(_NUMBER, num_format=num_format)


def _height(lines: Sequence[int]) -> float:
    return max(lines, default=1) * line_height(_SIZE) + ROW_PADDING


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
                thousands = book.report.register.framework.thousands
                layout = number_format(None, places(value), group=grouped(value, None, thousands))
                # Not -0.0, which Excel would show as it stands.
                sheet.write_number(
                    *place, float(value) if value else 0.0, book.format(_number_look(layout))
                )
