"""The sheets of an appendix that is read back, by what they are."""

from __future__ import annotations

import io
import warnings

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

#: What stands before the committee sheet, whose name is the council's.
BEFORE = ("Contents", "Summary")


def read_back(content: bytes) -> Workbook:
    """The workbook, without its sparklines, of which openpyxl warns that it reads none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparkline Group extension")
        return openpyxl.load_workbook(io.BytesIO(content))


def committee_sheet(book: Workbook) -> Worksheet:
    """The appendix itself."""
    assert tuple(book.sheetnames[: len(BEFORE)]) == BEFORE
    return book.worksheets[len(BEFORE)]
