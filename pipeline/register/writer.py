"""Write the register: a workbook that a performance officer can edit in Excel without a manual.

Every heading has a note, every list a drop-down, and both reach `SPARE_ROWS` below the last row, so
that an officer adds a row by typing under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.register.rows import SEPARATOR, Amount, Cell, Cells, tables
from pipeline.workbooks.row_height import fitted_height
from pipeline.workbooks.safe_text import plain
from pipeline.workbooks.tagged import TaggedWorkbook
from pipeline.workbooks.worksheets import put_text, set_a4
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import write_whole
from schemas.model import Register
from schemas.register_columns import Content, RegisterColumn, RegisterSheet
from schemas.register_layout import LISTS, SHEETS
from schemas.register_settings import FRAMEWORK, FRAMEWORK_COLUMNS
from schemas.units import cell_value, grouped, number_format, places

#: Excel's own limit, in characters; more would be left out without a word.
_LONGEST_CELL = 32_767
#: When a register without periods is said to have been made: Excel knows no day before.
_NO_DAY = date(1900, 1, 1)
#: The rows, from 0, of a sheet's title, of what it holds, of its headings and of its first entry.
_TITLE, _ABOUT, _TOP, _FIRST = range(4)
#: How far below the data the drop-downs and notes reach.
SPARE_ROWS = 200

#: For `TaggedWorkbook`: a plain typeface, large enough to read.
_FONT = {"font_name": "Arial", "font_size": 12}
_CELL = _FONT | {"text_wrap": True, "valign": "top", "align": "left", "indent": 1}
_CELL |= {"border": 1, "border_color": "#BFBFBF"}
#: White, over which Excel prints no grid: that is for the rows that are typed below the table.
_ABOVE = _FONT | {"valign": "vcenter", "align": "left", "indent": 1, "bg_color": "#FFFFFF"}
_HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "valign": "vcenter"}
_RIGHT = {"align": "right", "indent": 0}
#: As text, or Excel makes a date of 2011-12 and a formula of =.
_AS_TEXT = {"num_format": "@"}
#: How the cells of a content look, where it is not as any do.
_LOOKS: dict[Content, dict[str, Any]] = {
    Content.DATE: {"num_format": "dd/mm/yyyy"},
    **dict.fromkeys((Content.CODE, Content.WORD, Content.WHOLES), _AS_TEXT),
    **dict.fromkeys((Content.FIGURE, Content.SHARE, Content.WHOLE), _RIGHT),
}


def write_register(register: Register, path: Path) -> None:
    """Write the register as a workbook at `path`, over what stands there; the same gives the same.

    Percentages stand as percentages, figures with the decimals they were typed with. Raises
    `WorkspaceError` where the file cannot be written.
    """
    content = BytesIO()
    # The library keeps what it reckons in the dictionary that it is given.
    with TaggedWorkbook(content, {"default_format_properties": dict(_FONT)}) as book:
        _Writer(book).write(register)
    try:
        write_whole(path, content.getvalue())
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be written ({error.strerror}). Close it if it is open in Excel, "
            "and check that you may write to its folder."
        ) from error


class _Writer:
    """One workbook in the making: its formats, made once, and its sheets."""

    def __init__(self, book: TaggedWorkbook) -> None:
        self._book = book
        self._format = cache(lambda **looks: book.add_format(_CELL | looks))
        self._heading = self._format(**_HEADING)
        self._title = book.add_heading_format(_ABOVE | {"bold": True, "font_size": 16})
        self._about = book.add_format(_ABOVE)

    def write(self, register: Register) -> None:
        # Of the day on which it is written the bytes would tell.
        begins = min((period.starts for period in register.periods), default=_NO_DAY)
        created = datetime.combine(begins, time(), UTC)
        council = plain(register.framework.council)
        self._book.set_properties(
            {
                "title": f"Register: {plain(register.framework.title)}",
                "subject": "What is measured, by whom, against which targets, and when",
                "author": council,
                "company": council,
                "created": created,
            }
        )
        self._book.set_size(28_800, 16_000)
        sheets = {sheet: self._book.add_worksheet(sheet.title) for sheet in SHEETS}
        for name, sheet in LISTS.items():
            self._book.define_name(name, _filled_cells(sheet))
        for sheet, rows in tables(register):
            if sheet is FRAMEWORK:
                self._write_framework(sheets[sheet], *rows)
            else:
                self._write_table(sheets[sheet], sheet, rows)

    def _write_framework(self, worksheet: Worksheet, values: Cells) -> None:
        *_, meaning = FRAMEWORK_COLUMNS
        for at, column in enumerate(FRAMEWORK_COLUMNS):
            worksheet.set_column(at, at, column.width)
        for row, (setting, value) in enumerate(zip(FRAMEWORK.columns, values, strict=True), _FIRST):
            label = self._format(bold=True, bg_color="#F2F2F2")
            worksheet.write_string(row, 0, setting.heading, label)
            self._write_cell(worksheet, row, 1, value, setting.content, align="left")
            worksheet.write_string(row, 2, setting.asks, self._format())
            worksheet.set_row(row, fitted_height([(setting.asks, meaning.width)]))
            worksheet.data_validation(row, 1, row, 1, _validation(setting))
        self._frame(worksheet, FRAMEWORK, len(values))

    def _write_table(
        self, worksheet: Worksheet, sheet: RegisterSheet, rows: Sequence[Cells]
    ) -> None:
        for at, column in enumerate(sheet.columns):
            # The whole column is formatted, so that a row typed below looks like the others.
            worksheet.set_column(at, at, column.width, self._cell_format(column.content, border=0))
            last = _TOP + len(rows) + SPARE_ROWS
            worksheet.data_validation(_FIRST, at, last, at, _validation(column))
        for row, cells in enumerate(rows, start=_FIRST):
            of_columns = list(zip(cells, sheet.columns, strict=True))
            for at, (cell, column) in enumerate(of_columns):
                self._write_cell(worksheet, row, at, cell, column.content)
            worksheet.set_row(
                row, fitted_height((c, each.width) for c, each in of_columns if isinstance(c, str))
            )
        self._frame(worksheet, sheet, max(1, len(rows)))
        worksheet.repeat_rows(_TOP)

    def _frame(self, worksheet: Worksheet, sheet: RegisterSheet, rows: int) -> None:
        """The title, the headings with their notes, the table around its rows, and the page."""
        is_list = sheet is not FRAMEWORK
        columns = sheet.columns if is_list else FRAMEWORK_COLUMNS
        # Both run on over the cells beside them.
        worksheet.set_row(_TITLE, 26, self._about)
        worksheet.set_row(_ABOUT, 20, self._about)
        worksheet.write_string(_TITLE, 0, f"Register: {sheet.title}", self._title)
        worksheet.write_string(_ABOUT, 0, _about(sheet), self._about)
        for at, column in enumerate(columns):
            size = {"x_scale": 1.8, "y_scale": 0.5 + len(column.asks) / 130}
            worksheet.write_comment(_TOP, at, column.asks, {"author": "Quarterday", **size})
            # A comment floats beside its cell; this is read out as the cell is selected.
            worksheet.data_validation(_TOP, at, _TOP, at, _says(column))
        headed = [{"header": c.heading, "header_format": self._heading} for c in columns]
        options = {"name": sheet.table, "columns": headed, "style": None, "autofilter": is_list}
        worksheet.add_table(_TOP, 0, _TOP + rows, len(columns) - 1, options)
        worksheet.set_row(_TOP, fitted_height((c.heading, c.width) for c in columns))
        worksheet.freeze_panes(_FIRST, 1)
        set_a4(worksheet, sides=0.4, top=0.5, bottom=0.6)
        worksheet.hide_gridlines(0)

    def _write_cell(
        self, worksheet: Worksheet, row: int, at: int, cell: Cell, content: Content, **looks: Any
    ) -> None:
        style = self._cell_format(content, **looks)
        match cell:
            case None | "":
                worksheet.write_blank(row, at, None, style)
            case str():
                if len(cell) > _LONGEST_CELL:
                    raise WorkspaceError(
                        f"The register cannot be written: {worksheet.get_name()}, row {row + 1}, "
                        f"needs {len(cell):,} characters in one cell, and Excel holds "
                        f"{_LONGEST_CELL:,}."
                    )
                put_text(worksheet, row, at, cell, style)
            case date():
                worksheet.write_datetime(row, at, datetime.combine(cell, time()), style)
            case Amount():
                style = self._cell_format(content, num_format=_shown_as(cell), **looks)
                worksheet.write_number(row, at, float(cell_value(cell.value, cell.unit)), style)
            case int():
                worksheet.write_number(row, at, cell, style)

    def _cell_format(self, content: Content, **looks: Any) -> Format:
        return self._format(**(_LOOKS.get(content, {}) | looks))


def _shown_as(amount: Amount) -> str:
    group = grouped(amount.value, amount.unit)
    return number_format(amount.unit, places(amount.value), group=group)


def _about(sheet: RegisterSheet) -> str:
    """What a sheet holds, in one line."""
    rows = "settings" if sheet is FRAMEWORK else sheet.title.casefold()
    return f"One table of {rows}. Select a cell to read what to type or leave blank."


def _filled_cells(sheet: RegisterSheet) -> str:
    """A formula for the filled cells of the first column: a list that grows with it."""
    first = f"'{sheet.title}'!$A${_FIRST + 1}"
    return f"={first}:INDEX({first}:$A$2000,MAX(1,COUNTA({first}:$A$2000)))"


def _validation(column: RegisterColumn) -> dict[str, object]:
    """The drop-down, limits and message of a cell of the column."""
    rule: dict[str, object]
    match column.content:
        case Content.WORDS if column.choices:
            everything = SEPARATOR.join(column.choices)
            rule = {"validate": "list", "source": [*column.choices, everything]}
        case _ if column.proposed_from:
            rule = {"validate": "list", "source": f"={column.proposed_from}", "show_error": False}
        case _ if column.proposes:
            rule = {"validate": "list", "source": list(column.proposes), "show_error": False}
        case _ if column.chosen_from:
            # Several refs in one cell are no entry of the list, so it proposes and does not refuse.
            free = column.content is Content.WORDS
            rule = {"validate": "list", "source": f"={column.chosen_from}", "show_error": not free}
        case Content.WORD:
            rule = {"validate": "list", "source": list(column.choices)}
        case Content.WHOLE if column.most is not None:
            bounds = {"minimum": column.least, "maximum": column.most}
            rule = {"validate": "integer", "criteria": "between", **bounds}
        case Content.WHOLE:
            rule = {"validate": "integer", "criteria": ">=", "value": column.least}
        case Content.SHARE:
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        case Content.DATE:
            rule = {"validate": "date", "criteria": ">=", "value": date(1990, 1, 1)}
        case _:
            rule = {"validate": "any"}
    return {
        **_says(column),
        **rule,
        "error_title": column.heading,
        "error_message": column.asks,
    }


def _says(column: RegisterColumn) -> dict[str, object]:
    """The message of a cell of the column, which accepts anything."""
    return {"validate": "any", "input_title": column.heading, "input_message": column.asks}
