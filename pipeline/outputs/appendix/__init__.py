"""Appendix: the workbook that goes to committee, written from a report and nothing else.

Contents, a summary, the appendix itself, trends where there are any, the returns received, notes
and definitions, and the data with its provenance. It decides nothing and holds no formula; two
workbooks written from the same report are the same byte for byte.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from io import BytesIO
from pathlib import Path

from pipeline.consolidation.report import Report
from pipeline.outputs.appendix import contents, data, notes, returns, summary, trends
from pipeline.outputs.appendix.book import FONT, Book, sheet_name
from pipeline.outputs.appendix.committee import write_committee
from pipeline.workbooks.safe_text import plain
from pipeline.workbooks.tagged import TaggedWorkbook
from pipeline.workspace.folder import write_whole

#: Nothing in the workbook is to be read as anything but what it was written as.
_AS_WRITTEN = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)


def write(report: Report, path: Path) -> None:
    """Writes the workbook, whole or not at all; makes the folder where there is none."""
    write_whole(path, appendix_bytes(report))


def appendix_bytes(report: Report) -> bytes:
    """The workbook as the bytes of an `.xlsx` file."""
    with _uncollected():
        return _written(report)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles in the block: thousands of cells hold none, and each looking sees all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _written(report: Report) -> bytes:
    buffer = BytesIO()
    # Made anew for each: xlsxwriter writes into it.
    font = {"font_name": FONT, "font_scheme": "none", "font_size": 10}
    options = {"in_memory": True, "default_format_properties": font, **_AS_WRITTEN}
    workbook = TaggedWorkbook(buffer, options)
    _set_properties(workbook, report)
    book = Book(workbook, report)
    # Excel keeps the name History for itself.
    tables = (trends.NAME, returns.NAME, notes.NAME, data.NAME)
    taken = (contents.NAME, summary.NAME, *tables, "History")
    # What leads to other sheets stands before them and is written after them.
    first, second = contents.open_contents(book), summary.open_summary(book)
    committee = sheet_name(report.register.framework.appendix, taken)
    drawn = write_committee(book, committee)
    summary.write_summary(book, second)
    trends.write_trends(book, drawn)
    returns.write_returns(book)
    notes.write_notes(book)
    data.write_data(book)
    contents.write_contents(book, first, committee)
    workbook.close()
    return buffer.getvalue()


def _set_properties(workbook: TaggedWorkbook, report: Report) -> None:
    framework, period = report.register.framework, report.period.name
    council = plain(framework.council)
    workbook.set_properties(
        {
            "title": plain(f"{framework.appendix}: {framework.title}, {period}"),
            "subject": plain(f"Performance {period}: key achievements and rated indicators"),
            "author": council,
            "company": council,
            "category": "Committee appendix",
            "created": report.issued_at.astimezone(UTC),
        }
    )
    workbook.set_size(24_000, 16_000)
