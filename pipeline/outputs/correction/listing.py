"""The list sheet of a correction copy: what to correct, where, and how to send it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.correction.cells import cell_at, put_text, set_a4
from pipeline.outputs.correction.notes import AUTHOR
from pipeline.outputs.grouping import grouped
from pipeline.workbooks.addresses import column_letters, position
from pipeline.workbooks.row_height import fitted_height
from pipeline.workbooks.safe_text import plain
from pipeline.workbooks.tags import HEADING, HEADING_ID, LANGUAGE
from schemas.fields import LIST_SHEET
from schemas.findings import Finding, Severity
from schemas.wording import counted

TABLE_NAME = "WhatToCorrect"
_HOLDS = "This sheet holds one table: a row for each thing to correct, what must be first."

#: The headings, each with its column's width in digits.
_COLUMNS = {
    "No.": 8,
    "Where": 24,
    "What stands there": 28,
    "What is wrong": 54,
    "What to do": 58,
    "Severity": 14,
    "Code": 10,
}
HEADINGS = tuple(_COLUMNS)
_WHERE, _SEVERITY, _CODE = (HEADINGS.index(each) + 1 for each in ("Where", "Severity", "Code"))


def _font(size: int = 12, *, bold: bool = False, color: str = "000000") -> Font:
    return Font(name="Arial", size=size, bold=bold, color=color)


_PLAIN, _BOLD, _TITLE = _font(), _font(bold=True), _font(16, bold=True)
_HEADING = _font(bold=True, color="FFFFFF")
_LINK = Font(name="Arial", size=12, bold=False, color="0B4F9E", underline="single")
_NAVY = PatternFill("solid", fgColor="1F3864")
_TINTS = {
    Severity.ERROR: PatternFill("solid", fgColor="FFE3E3"),
    Severity.WARNING: PatternFill("solid", fgColor="FFF1D6"),
    Severity.INFO: PatternFill("solid", fgColor="F2F2F2"),
}
_SIDE = Side(style="thin", color="A6A6A6")
_LINES = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_TEXT = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)
_NUMBER = Alignment(horizontal="right", vertical="top")
_BLANK = "(blank)"


class Listing(Struct, frozen=True):
    """What the list sheet of a correction copy says."""

    #: In the order to print.
    findings: Sequence[Finding]
    #: The return's name as it was sent.
    filename: str
    #: What is printed under the count.
    remarks: Sequence[str]
    #: The address of the page that explains the codes; without it they are not linked.
    help_base: str
    #: Each cell is marked and says what to do itself: one kind of mistake all down a column is
    #: listed once.
    is_marked: bool

    def alone(self, sheets: Sequence[str] = (), table: str = TABLE_NAME) -> Workbook:
        """A workbook of the list alone, with links to these sheets' cells."""
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = LIST_SHEET
        sheet.sheet_view.tabSelected = True
        title = put_text(sheet, 1, 1, f"What to correct in {self.filename}")
        # Made anew for each: it is bound to its workbook.
        title.style = NamedStyle(HEADING, builtinId=HEADING_ID, font=_TITLE)
        said = [*_counts(self.findings), *self.remarks, *([_HOLDS] if self.findings else [])]
        for row, line in enumerate(said, 2):
            put_text(sheet, row, 1, line).font = _BOLD if row == 2 else _PLAIN
        if self.findings:
            top = sheet.max_row + 1
            listed = grouped(self.findings) if self.is_marked else self.findings
            _write_table(sheet, top, listed, {*sheets}, self.help_base)
            last = f"{column_letters(len(HEADINGS) - 1)}{top + len(listed)}"
            sheet.add_table(_table(table, f"A{top}:{last}"))
        for column, width in enumerate(_COLUMNS.values()):
            sheet.column_dimensions[column_letters(column)].width = width
        sheet.sheet_view.showGridLines = False
        sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        set_a4(sheet)
        about = book.properties
        about.title, about.creator = f"What to correct in {plain(self.filename)}", AUTHOR
        about.subject, about.language = "What to correct in a return", LANGUAGE
        return book


def _table(name: str, span: str) -> Table:
    """A marked-up table without filter buttons."""
    table = Table(displayName=name, ref=span)
    # As openpyxl would when it writes it, and then with a filter.
    initialise: Any = table
    initialise._initialise_columns()
    for column, heading in zip(table.tableColumns, HEADINGS, strict=True):
        column.name = heading
    table.autoFilter = None
    return table


def _counts(findings: Sequence[Finding]) -> list[str]:
    severities = [finding.severity for finding in findings]
    errors, warnings = (severities.count(s) for s in (Severity.ERROR, Severity.WARNING))
    must = f"{counted(errors, 'thing')} must" if errors else "Nothing has to"
    lines = [f"{must} be corrected before this return can be taken in."]
    if warnings:
        lines.append(
            f"{counted(warnings, 'warning')}: please look at the cell. "
            "A figure that is right can stay; say in Commentary why it is right."
        )
    return lines


def _write_table(
    sheet: Worksheet, top: int, findings: Sequence[Finding], linked: set[str], help_base: str
) -> None:
    for column, heading in enumerate(HEADINGS, 1):
        cell = put_text(sheet, top, column, heading)
        cell.font, cell.fill, cell.border, cell.alignment = _HEADING, _NAVY, _LINES, _TEXT
    for number, finding in enumerate(findings, 1):
        row, place = top + number, finding.place
        texts = (
            place if finding.sheet else place[:1].upper() + place[1:],
            finding.value or _BLANK,
            finding.problem,
            finding.fix,
            finding.severity.capitalize(),
            finding.code,
        )
        cell_at(sheet, row, 1).value = number
        for column, text in enumerate(texts, 2):
            put_text(sheet, row, column, text)
        for column in range(1, len(HEADINGS) + 1):
            cell = cell_at(sheet, row, column)
            cell.font, cell.border = _PLAIN, _LINES
            cell.alignment = _TEXT if column > 1 else _NUMBER
        height = fitted_height(zip((str(number), *texts), _COLUMNS.values(), strict=True))
        sheet.row_dimensions[row].height = height
        cell_at(sheet, row, _SEVERITY).fill = _TINTS[finding.severity]
        if finding.sheet in linked:
            _link_to_cell(cell_at(sheet, row, _WHERE), finding)
        if help_base:
            code = cell_at(sheet, row, _CODE)
            code.hyperlink = f"{help_base}#{finding.code.lower()}"
            code.font = _LINK
    sheet.print_title_rows = f"{top}:{top}"


def _link_to_cell(cell: Cell, finding: Finding) -> None:
    address = finding.cell if position(finding.cell) else "A1"
    quoted = finding.sheet.replace("'", "''")
    location, tooltip = f"'{quoted}'!{address}", plain(f"Go to {finding.place}", 255)
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=location, tooltip=tooltip)
    cell.font = _LINK
