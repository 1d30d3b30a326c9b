"""The sheets of an appendix that is read back, by what they are."""

from __future__ import annotations

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

#: What stands before the committee sheet, whose name is the council's.
BEFORE = ("Contents", "Summary")


def committee_sheet(book: Workbook) -> Worksheet:
    """The appendix itself."""
    assert tuple(book.sheetnames[: len(BEFORE)]) == BEFORE
    return book.worksheets[len(BEFORE)]
