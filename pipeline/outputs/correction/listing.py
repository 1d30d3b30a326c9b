"""The list sheet of a correction copy: what to correct, where, and how to send it back."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.correction.marks import position, severity_shown
from pipeline.outputs.grouping import grouped
from pipeline.workbooks.row_height import fitted_height
from pipeline.workbooks.safe_text import literal, plain
from schemas.fields import LIST_SHEET
from schemas.findings import Finding, Severity

TABLE_NAME = "WhatToCorrect"

HEADINGS = (
    "No.",
    "Where",
    "What stands there",
    "What is wrong",
    "What to do",
    "Severity",
    "Code",
)
_WIDTHS = (7, 22, 26, 50, 54, 14, 9)

_NAVY = "1F3864"
_SIDE = Side(style="thin", color="A6A6A6")
_LINES = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_TEXT = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)
_TINTS = {Severity.ERROR: "FFE3E3", Severity.WARNING: "FFF1D6", Severity.INFO: "F2F2F2"}
_LINK = "0B4F9E"


def add_list(
    book: Workbook,
    findings: Sequence[Finding],
    filename: str,
    remarks: Sequence[str],
    help_base: str,
    *,
    is_marked: bool,
) -> None:
    """Put the list in front of the workbook's other sheets, and open the workbook on it.

    `findings` come in the order to print; `remarks` are printed under the count. With a `help_base`
    each code links to its explanation there. Where each cell is marked and says what to do itself,
    one kind of mistake all down a column is listed once.
    """
    for other in book.worksheets:
        # Two selected sheets are a group: what is typed on one would be written to both.
        other.sheet_view.tabSelected = False
    linked = {sheet.title for sheet in book.worksheets}
    sheet = book.create_sheet(LIST_SHEET, 0)
    sheet.sheet_view.tabSelected = True
    book.active = 0
    for view in book.views:
        view.firstSheet = 0
    _write(sheet, 1, 1, f"What to correct in {filename}").font = _font(16, bold=True)
    for row, line in enumerate((*_counts(findings), *remarks), 2):
        _write(sheet, row, 1, line).font = _font(11, bold=row == 2)
    if findings:
        top = sheet.max_row + 2
        told = grouped(findings) if is_marked else findings
        _write_table(sheet, top, told, linked, help_base)
        last = f"{get_column_letter(len(HEADINGS))}{top + len(told)}"
        sheet.add_table(Table(displayName=_table_name(book), ref=f"A{top}:{last}"))
    _set_page(sheet)


def _counts(findings: Sequence[Finding]) -> list[str]:
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    match errors:
        case 0:
            lines = ["Nothing has to be corrected before this return can be taken in."]
        case 1:
            lines = ["1 thing must be corrected before this return can be taken in."]
        case _:
            lines = [f"{errors} things must be corrected before this return can be taken in."]
    if warnings:
        lines.append(
            f"{'1 warning' if warnings == 1 else f'{warnings} warnings'}: please look at the cell. "
            "A figure that is right can stay; say in Commentary why it is right."
        )
    return lines


def _write_table(
    sheet: Worksheet, top: int, findings: Sequence[Finding], linked: set[str], help_base: str
) -> None:
    for column, heading in enumerate(HEADINGS, 1):
        cell = _write(sheet, top, column, heading)
        cell.font = _font(11, bold=True, colour="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_NAVY)
        cell.border = _LINES
        cell.alignment = _TEXT
    for number, finding in enumerate(findings, 1):
        row = top + number
        texts = (
            finding.place[:1].upper() + finding.place[1:] if not finding.sheet else finding.place,
            finding.value,
            finding.problem,
            finding.fix,
            severity_shown(finding.severity),
            finding.code,
        )
        sheet.cell(row, 1, number)
        for column, text in enumerate(texts, 2):
            _write(sheet, row, column, text)
        for column in range(1, len(HEADINGS) + 1):
            cell = _cell(sheet, row, column)
            cell.font = _font(11)
            cell.border = _LINES
            cell.alignment = _TEXT
        sheet.row_dimensions[row].height = fitted_height(
            zip((str(number), *texts), _WIDTHS, strict=True)
        )
        severity = _cell(sheet, row, HEADINGS.index("Severity") + 1)
        severity.fill = PatternFill("solid", fgColor=_TINTS[finding.severity])
        if finding.sheet in linked:
            _link_to_cell(_cell(sheet, row, 2), finding)
        if help_base:
            code = _cell(sheet, row, len(HEADINGS))
            code.hyperlink = f"{help_base}#{finding.code.lower()}"
            code.font = _font(11, colour=_LINK, underline=True)
    sheet.print_title_rows = f"{top}:{top}"
    sheet.freeze_panes = f"A{top + 1}"


def _link_to_cell(cell: Cell, finding: Finding) -> None:
    address = finding.cell if position(finding.cell) else "A1"
    quoted = finding.sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(
        ref=cell.coordinate,
        location=f"'{quoted}'!{address}",
        tooltip=plain(f"Go to {finding.place}", 255),
    )
    cell.font = _font(11, colour=_LINK, underline=True)


def _table_name(book: Workbook) -> str:
    """A name for the list's table; one that the return uses itself is left to it."""
    taken = {name.casefold() for other in book.worksheets for name in other.tables}
    taken |= {name.casefold() for name in book.defined_names}
    name = TABLE_NAME
    while name.casefold() in taken:
        name += "_"
    return name


def _set_page(sheet: Worksheet) -> None:
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(right=_HeaderFooterPart("&A, page &P of &N"))


def _write(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Text as a string, whatever it looks like."""
    cell = _cell(sheet, row, column)
    cell.value = literal(text)
    # openpyxl takes `=1+1` for a formula and `#REF!` for an error. The quote prefix keeps Excel
    # from doing the same when somebody edits the cell.
    if cell.data_type != "s":
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 - nothing is merged on this sheet
    return cell


def _font(
    size: int, *, bold: bool = False, colour: str = "000000", underline: bool = False
) -> Font:
    return Font(
        name="Arial", size=size, bold=bold, color=colour, underline="single" if underline else None
    )
