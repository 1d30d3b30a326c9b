"""The Data sheet: the tidy rows, the same as in the CSV file."""

from __future__ import annotations

from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.table import TableColumn, write_table
from pipeline.outputs.tidy import HEADINGS, tidy_rows

NAME = "Data"

#: Pixels, in the order of `HEADINGS`: what was reported, then where it came from.
_REPORTED = (80, 70, 60, 180, 240, 120, 75, 85, 100, 115, 105, 90, 95, 110, 115, 115)
_PROVENANCE = (200, 110, 60, 140, 260, 600)
_NUMERIC = {"Value", "Numerator", "Denominator"}


def write_data(book: Book) -> None:
    """Add the sheet: a named table with one row for each indicator and service area."""
    columns = [
        TableColumn(heading, width, heading in _NUMERIC)
        for heading, width in zip(HEADINGS, (*_REPORTED, *_PROVENANCE), strict=True)
    ]
    about = (
        "One row for each indicator and service area that reports it, with the file, sheet and "
        "cell that the figure was read from. Percentages are in percentage points."
    )
    rows = [row.values() for row in tidy_rows(book.report)]
    sheet = write_table(book, NAME, "Observations", about, columns, rows, pages_wide=2)
    # On paper the provenance stands on a page of its own, beside the refs.
    sheet.repeat_columns(0, HEADINGS.index("Ref"))
    sheet.set_v_pagebreaks([len(_REPORTED)])
