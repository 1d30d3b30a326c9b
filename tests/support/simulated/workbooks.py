"""Workbooks of a simulated council: its register and returns, written from plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from pathlib import Path

import xlsxwriter

from tests.support.oracle.council import Return
from tests.support.oracle.register import Register, Sheets
from tests.support.oracle.words import text

_HEADINGS = (
    "Ref", "Indicator", "Unit", "Numerator", "Denominator", "Performance", "Status", "Commentary",
    "Corrective action", "Action owner", "Action date", "Year-end forecast", "Confidence",
)  # fmt: skip
_UNITS = {"count": "number", "currency": "pounds"}
#: Columns that a register has to have, and in which nothing is typed.
_BLANK = {
    "Priorities": ("Achievements heading",),
    "Indicators": (
        "Plausible minimum", "Plausible maximum", "Plausible change", "Commentary rule", "Source",
    ),
    "Service areas": ("Lead", "E-mail"),
    "Recipients": ("Name", "E-mail", "Gets"),
}  # fmt: skip
_saved = count(1)


def write_register(sheets: Sheets, path: Path) -> None:
    """The register as a workbook: a sheet a table, its headings in the first row."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            if title == "Framework":
                sheet.write_row(0, 0, ("Setting", "Value"))
                for number, (name, value) in enumerate(rows[0].items(), 1):
                    sheet.write_string(number, 0, name)
                    _write(sheet, number, 1, value)
                continue
            typed = (heading for row in rows for heading in row)
            headings = list(dict.fromkeys((*typed, *_BLANK.get(title, ()))))
            sheet.write_row(0, 0, headings)
            for number, row in enumerate(rows, 1):
                for column, heading in enumerate(headings):
                    _write(sheet, number, column, row.get(heading))


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write(row, column, value)


def write_return(register: Register, sent: Return, inbox: Path) -> Path:
    """A return in the inbox, in a workbook of the area's own with the template's headings."""
    span = register.by_name[register.called.get(sent.period, sent.period)]
    number = next(_saved)
    # A template of before has the name that the area had then.
    names = register.names_of(sent.area, span)
    path = inbox / f"{sent.area} {sent.period} {number}.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"comments": str(number)})
        cover = book.add_worksheet("Cover")
        for line, cells in enumerate(
            (
                ("Service area", names[number % len(names)]),
                ("Period", sent.period),
                ("Completed by", "A. Clerk, officer"),
                ("Signed off by", "B. Head, director"),
            )
        ):
            cover.write_row(line, 0, cells)
        sheet = book.add_worksheet("Indicators")
        sheet.write_row(0, 0, _HEADINGS)
        for line, (ref, entry) in enumerate(sent.entries.items(), 1):
            row = register.row(ref, span)
            kind = text(row, "Kind")
            unit = text(row, "Unit")
            shown = {"measure": _UNITS.get(unit, unit), "narrative": "words"}.get(kind, kind)
            cells: Mapping[str, object] = {
                "Ref": ref, "Indicator": text(row, "Indicator"), "Unit": shown, **entry,
            }  # fmt: skip
            for column, heading in enumerate(_HEADINGS):
                _write(sheet, line, column, cells.get(heading))
    return path
