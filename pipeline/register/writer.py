"""Write the register: a workbook that a performance officer can edit in Excel without a manual.

Every heading has a note, every list a drop-down, and both reach `SPARE_ROWS` below the last row, so
that an officer adds a row by typing under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from math import ceil
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.register.rows import SEPARATOR, Amount, Cell, Cells, tables
from pipeline.workbooks.addresses import column_letters
from pipeline.workbooks.safe_text import plain
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import replacing
from schemas.model import Register
from schemas.register_columns import Content, RegisterColumn, RegisterSheet
from schemas.register_layout import LISTS, SHEETS
from schemas.register_settings import FRAMEWORK, FRAMEWORK_HEADINGS
from schemas.units import cell_value, grouped, number_format, places

#: How far below the data the drop-downs and notes reach.
SPARE_ROWS = 200

_NAVY = "#1F3864"
_LINE = "#BFBFBF"
_A4 = 9
_LINE_HEIGHT = 15
#: In the width of a digit, in which columns are measured.
_WIDTH_OF_LETTER = 1.05
#: Text that a spreadsheet takes for a formula once its cell is edited.
_FORMULA_SIGNS = ("=", "+", "-", "@")
_RIGHT = (Content.FIGURE, Content.SHARE, Content.WHOLE)


def write_register(register: Register, path: Path) -> None:
    """Write the register as a workbook at `path`, over what stands there.

    Percentages stand as percentages, figures with the decimals they were typed with. Raises
    `WorkspaceError` where the file cannot be written.
    """
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        _Writer(book, register).write()
    try:
        with replacing(path) as draft:
            draft.write_bytes(content.getvalue())
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be written ({error.strerror}). Close it if it is open in Excel, "
            "and check that you may write to its folder."
        ) from error


class _Writer:
    """One workbook in the making: its formats, made once, and its sheets."""

    def __init__(self, book: xlsxwriter.Workbook, register: Register) -> None:
        self._book = book
        self._register = register
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}
        self._heading = self._format(
            bold=True, font_color="#FFFFFF", bg_color=_NAVY, valign="vcenter"
        )

    def write(self) -> None:
        framework = self._register.framework
        self._book.set_properties({"title": f"Register: {plain(framework.title)}"})
        self._book.set_size(28_800, 16_000)
        sheets = {sheet: self._book.add_worksheet(sheet.title) for sheet in SHEETS}
        for name, (sheet, key) in LISTS.items():
            self._book.define_name(name, _filled_cells(sheet, key))
        for sheet, rows in tables(self._register):
            if sheet is FRAMEWORK:
                self._write_framework(sheets[sheet], *rows)
            else:
                self._write_table(sheets[sheet], sheet, rows)

    def _write_framework(self, worksheet: Worksheet, values: Cells) -> None:
        headings = [heading for heading, _, _ in FRAMEWORK_HEADINGS]
        for at, (heading, asks, width) in enumerate(FRAMEWORK_HEADINGS):
            worksheet.set_column(at, at, width)
            self._write_heading(worksheet, at, heading, asks)
        label = self._format(bold=True, bg_color="#F2F2F2")
        for row, (setting, value) in enumerate(
            zip(FRAMEWORK.columns, values, strict=True), start=1
        ):
            worksheet.write_string(row, 0, setting.heading, label)
            self._write_cell(worksheet, row, 1, value, setting.content, align="left")
            worksheet.write_string(row, 2, setting.asks, self._format())
            worksheet.set_row(row, _height([(setting.asks, FRAMEWORK_HEADINGS[2][2])]))
            worksheet.data_validation(row, 1, row, 1, _validation(setting))
        self._finish(worksheet, FRAMEWORK.table, headings, len(values), autofilter=False)

    def _write_table(
        self, worksheet: Worksheet, sheet: RegisterSheet, rows: Sequence[Sequence[Cell]]
    ) -> None:
        for at, column in enumerate(sheet.columns):
            # The whole column is formatted, so that a row typed below looks like the others.
            below = self._cell_format(column.content, border=0)
            worksheet.set_column(at, at, column.width, below)
            self._write_heading(worksheet, at, column.heading, column.asks)
            worksheet.data_validation(1, at, len(rows) + SPARE_ROWS, at, _validation(column))
        for row, cells in enumerate(rows, start=1):
            for at, (cell, column) in enumerate(zip(cells, sheet.columns, strict=True)):
                self._write_cell(worksheet, row, at, cell, column.content)
            widths = [column.width for column in sheet.columns]
            worksheet.set_row(row, _height(zip(cells, widths, strict=True)))
        headings = [column.heading for column in sheet.columns]
        self._finish(worksheet, sheet.table, headings, max(1, len(rows)), autofilter=True)
        worksheet.repeat_rows(0)

    def _write_heading(self, worksheet: Worksheet, at: int, heading: str, asks: str) -> None:
        worksheet.write_string(0, at, heading, self._heading)
        size = {"x_scale": 1.8, "y_scale": 0.5 + len(asks) / 130}
        worksheet.write_comment(0, at, asks, {"author": "Quarterday", **size})

    def _finish(
        self,
        worksheet: Worksheet,
        table: str,
        headings: Sequence[str],
        rows: int,
        *,
        autofilter: bool,
    ) -> None:
        columns = [{"header": heading, "header_format": self._heading} for heading in headings]
        worksheet.add_table(
            0,
            0,
            rows,
            len(headings) - 1,
            {
                "name": table,
                "columns": columns,
                "style": None,
                "autofilter": autofilter,
            },
        )
        worksheet.set_row(0, 32)
        worksheet.freeze_panes(1, 1)
        worksheet.set_landscape()
        worksheet.set_paper(_A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        worksheet.set_footer("&L&F, &A&RPage &P of &N")
        worksheet.hide_gridlines(0)

    def _write_cell(
        self,
        worksheet: Worksheet,
        row: int,
        at: int,
        cell: Cell,
        content: Content,
        **looks: object,
    ) -> None:
        style = self._cell_format(content, **looks)
        match cell:
            case None | "":
                worksheet.write_blank(row, at, None, style)
            case str():
                if cell.startswith(_FORMULA_SIGNS):
                    style = self._cell_format(content, quote_prefix=True, **looks)
                worksheet.write_string(row, at, plain(cell), style)
            case date():
                worksheet.write_datetime(row, at, datetime.combine(cell, time()), style)
            case Amount():
                style = self._cell_format(content, num_format=_shown_as(cell), **looks)
                worksheet.write_number(row, at, float(cell_value(cell.value, cell.unit)), style)
            case int():
                worksheet.write_number(row, at, cell, style)

    def _cell_format(self, content: Content, **properties: object) -> Format:
        match content:
            case Content.DATE:
                standing: dict[str, object] = {"num_format": "dd/mm/yyyy"}
            case Content.CODE | Content.WORD | Content.WHOLES:
                # As text, or Excel makes a date of 2011-12 and a formula of =.
                standing = {"num_format": "@"}
            case _:
                standing = {}
        if content in _RIGHT:
            standing |= {"align": "right", "indent": 0}
        return self._format(**(standing | properties))

    def _format(self, **properties: object) -> Format:
        whole: dict[str, object] = {
            "text_wrap": True,
            "valign": "top",
            "align": "left",
            "indent": 1,
        }
        whole |= {"border": 1, "border_color": _LINE}
        key = tuple(sorted((whole | properties).items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(key))
        return self._formats[key]


def _height(cells: Iterable[tuple[Cell, int]]) -> float:
    """The height in points of a row of cells and their widths, by its longest text, wrapped."""
    lines = [
        sum(max(1, ceil(len(line) * _WIDTH_OF_LETTER / width)) for line in cell.split("\n"))
        for cell, width in cells
        if isinstance(cell, str)
    ]
    return _LINE_HEIGHT * max(lines, default=1) + 4


def _shown_as(amount: Amount) -> str:
    group = grouped(amount.value, amount.unit)
    return number_format(amount.unit, places(amount.value), group=group)


def _filled_cells(sheet: RegisterSheet, key: str) -> str:
    """A formula for the filled cells of a column: a list to choose from that grows with it."""
    letter = column_letters([column.key for column in sheet.columns].index(key))
    cells = f"'{sheet.title}'!${letter}$2:${letter}$2000"
    first = f"'{sheet.title}'!${letter}$2"
    return f"={first}:INDEX({cells},MAX(1,COUNTA({cells})))"


def _validation(column: RegisterColumn) -> dict[str, object]:
    """The drop-down, limits and message of a cell of the column."""
    message: dict[str, object] = {
        "input_title": column.heading,
        "input_message": column.asks,
        "error_title": column.heading,
        "error_message": column.asks,
    }
    match column.content:
        case Content.WORDS if column.choices:
            everything = SEPARATOR.join(column.choices)
            rule: dict[str, object] = {"validate": "list", "source": [*column.choices, everything]}
        case _ if column.chosen_from:
            # Several refs in one cell are no entry of the list, so it proposes and does not refuse.
            free = column.content is Content.WORDS
            rule = {"validate": "list", "source": f"={column.chosen_from}", "show_error": not free}
        case Content.WORD:
            rule = {"validate": "list", "source": list(column.choices)}
        case Content.WHOLE:
            rule = {"validate": "integer", "criteria": ">=", "value": column.least}
        case Content.SHARE:
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        case Content.DATE:
            rule = {"validate": "date", "criteria": ">=", "value": date(1990, 1, 1)}
        case _:
            rule = {"validate": "any"}
    return rule | message
