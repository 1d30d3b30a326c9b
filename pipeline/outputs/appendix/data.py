"""The Data sheet: the tidy rows, the same as in the CSV file."""

from __future__ import annotations

from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.table import TableColumn, write_table
from pipeline.outputs.tidy import HEADINGS, columns_of, tidy_rows

NAME = "Data"


def write_data(book: Book) -> None:
    """Add the sheet: a named table with one row for each indicator and service area."""
    columns = [
        TableColumn(each.heading, each.width, each.is_number) for each in columns_of(book.report)
    ]
    about = (
        "One row for each indicator and service area that reports it, with the file, sheet and "
        "cell that the figure was read from. Percentages are in percentage points."
    )
    rows = [list(row.values()) for row in tidy_rows(book.report)]
    sheet = write_table(book, NAME, "Observations", about, columns, rows)
    # On paper the provenance stands on a page of its own, beside the refs.
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, HEADINGS.index("Ref"))
    sheet.set_v_pagebreaks([HEADINGS.index("File")])
