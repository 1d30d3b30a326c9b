"""A sheet that holds one named table, for filtering and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from pipeline.outputs.appendix.book import Book, Look, Paragraph, figure
from pipeline.outputs.appendix.fit import ROW_PADDING, line_height, wrap
from pipeline.outputs.palette import HEADING_FILL, HEADING_INK
from schemas.units import shown

HEADING = Look(bold=True, ink=HEADING_INK, fill=HEADING_FILL).ruled()
BODY = Look().ruled()
#: Without indent, which LibreOffice loses where neighbours differ in their number format only.
NUMBER = replace(Look(align="right", number=True).ruled(), indent=0)
TIME = Look(num_format="dd mmm yyyy hh:mm").ruled()
#: Excel's greatest row height, in points.
_TALLEST_ROW = 409.0

#: What a table's cell may hold.
Value = str | int | Decimal | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    #: In pixels.
    width: int
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, its description for screen readers, and what is in it."""

    name: str
    about: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


def write_table(book: Book, title: str, table: Table, *, wide: int = 1) -> Worksheet:
    """A sheet with a named table from A1 on: headings frozen and repeated on each printed page.

    It prints on A4 landscape, so many pages `wide`. Excel needs one row at least, so a table
    without any gets an empty one.
    """
    sheet = book.sheet(title, reserved=True)
    for number, column in enumerate(table.columns):
        sheet.set_column_pixels(number, number, column.width)
    looks = [replace(HEADING, align="right") if c.numeric else HEADING for c in table.columns]
    named = list(zip(table.columns, looks, strict=True))
    sheet.add_table(
        0,
        0,
        max(1, len(table.rows)),
        len(table.columns) - 1,
        {
            "name": table.name,
            "description": table.about,
            "style": None,
            "columns": [
                {"header": c.heading, "header_format": book.format(look)} for c, look in named
            ],
        },
    )
    # Less the filter's button, which stands at the right of each heading.
    sheet.set_row(0, _height([(c.heading, look, c.width - 20) for c, look in named]))
    for row, values in enumerate(table.rows, 1):
        placed = list(zip(values, table.columns, strict=True))
        height = _height([(v, BODY, c.width) for v, c in placed if isinstance(v, str)])
        # The tallest row shows the beginning of a text that needs more room.
        look = BODY if height <= _TALLEST_ROW else replace(BODY, valign="top")
        sheet.set_row(row, min(height, _TALLEST_ROW))
        for place, value in enumerate(values):
            _write(book, sheet, (row, place), value, look)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    book.print_setup(sheet, title, landscape=True, wide=wide)
    return sheet


def _height(texts: Sequence[tuple[str, Look, int]]) -> float:
    lines = (len(wrap(words, width, k.size, bold=k.bold)) for words, k, width in texts)
    return max(lines, default=1) * line_height(BODY.size) + ROW_PADDING


def _write(book: Book, sheet: Worksheet, place: tuple[int, int], value: Value, look: Look) -> None:
    match value:
        case None | "":
            sheet.write_blank(*place, None, book.format(look))
        case str():
            book.write(sheet, place, (Paragraph(value, look),), look)
        case datetime():
            sheet.write_datetime(*place, value, book.format(TIME))
        case int():
            sheet.write_number(*place, value, book.format(NUMBER))
        case Decimal():
            found = figure(value, None, shown(value, None))
            if found is None:
                # A number of more digits than Excel keeps stands as text rather than rounded.
                _write(book, sheet, place, f"{value:f}", replace(look, align="right"))
            else:
                form = book.format(replace(NUMBER, num_format=found.num_format))
                sheet.write_number(*place, found.value, form)
