"""The Data sheet: the tidy rows of the CSV file, less what is for programs alone."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.table import TableColumn, write_table
from pipeline.outputs.appendix.table import Value as InTable
from pipeline.outputs.tables import Value
from pipeline.outputs.tidy import columns_of, tidy_rows

NAME = "Data"
#: What nobody reads on a sheet or on paper; it is in the CSV file.
FOR_PROGRAMS = frozenset({"SHA-256"})


def write_data(book: Book) -> None:
    """Add the sheet: a named table with one row for each indicator and service area."""
    shown = [each for each in columns_of(book.report) if each.heading not in FOR_PROGRAMS]
    headings = [each.heading for each in shown]
    columns = [TableColumn(each.heading, each.width, each.is_number) for each in shown]
    about = (
        "One row for each indicator and service area that reports it, with the file, sheet and "
        "cell that the figure was read from. Percentages are in percentage points."
    )
    rows = [[_in_cell(row[heading]) for heading in headings] for row in tidy_rows(book.report)]
    sheet = write_table(book, NAME, "Observations", about, columns, rows)
    # On paper the provenance stands on a page of its own, beside the refs.
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, headings.index("Ref"))
    sheet.set_v_pagebreaks([headings.index("File")])


def _in_cell(value: Value) -> InTable:
    """A day as its digits, which read the same in every country's Excel."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value
