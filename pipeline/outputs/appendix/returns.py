"""The Returns received sheet: which files the figures came from, and whose are awaited."""

from __future__ import annotations

from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.table import TableColumn, write_table
from pipeline.outputs.tidy import clock

NAME = "Returns received"

COLUMNS = (
    TableColumn("Service area", 170),
    TableColumn("State", 120),
    TableColumn("File", 210),
    TableColumn("Received at", 135),
    TableColumn("Errors", 75, numeric=True),
    TableColumn("Warnings", 95, numeric=True),
    TableColumn("Earlier returns replaced", 105, numeric=True),
    TableColumn("Later return sent back", 150),
    TableColumn("SHA-256", 260),
)


def write_returns(book: Book) -> None:
    """Add the sheet: a named table with one row for each service area."""
    rows = [
        (
            returned.area.name,
            returned.state.value,
            returned.filename,
            clock(returned.received_at, book.report),
            returned.errors,
            returned.warnings,
            returned.superseded,
            returned.rejected_since,
            returned.sha256,
        )
        for returned in book.report.returns
    ]
    about = "One row for each service area: where its return stands and the file it came in."
    write_table(book, NAME, "ReturnsReceived", about, COLUMNS, rows)
