"""The Returns received sheet: which files the figures came from, and whose are awaited."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.consolidation.report import ReturnReceived
from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.notes import TIMES, marker
from pipeline.outputs.appendix.table import Gap, TableColumn, Value, write_table

NAME = "Returns received"

_UNKNOWN = Gap.NOT_AVAILABLE
#: Each with what it says of a return.
COLUMNS: dict[TableColumn, Callable[[ReturnReceived], Value]] = {
    TableColumn("Service area", 170): lambda r: r.area.name,
    TableColumn("State", 120): lambda r: r.state.value,
    TableColumn("File", 210, gap=_UNKNOWN): lambda r: r.filename,
    TableColumn("Received at", 135, gap=_UNKNOWN): lambda r: r.received_at,
    TableColumn("Errors", 75, is_number=True): lambda r: r.errors,
    TableColumn("Warnings", 95, is_number=True): lambda r: r.warnings,
    TableColumn("Earlier returns replaced", 105, is_number=True): lambda r: r.superseded,
    TableColumn("Later return sent back", 150): lambda r: r.rejected_since,
    TableColumn("SHA-256", 260, gap=_UNKNOWN): lambda r: r.sha256,
}


def write_returns(book: Book) -> None:
    """Add the sheet: a named table with one row for each service area."""
    rows = [[of(returned) for of in COLUMNS.values()] for returned in book.report.returns]
    about = (
        "One row for each service area: where its return stands and the file it came in. "
        f"What times go by is in {marker(book.report, TIMES)}."
    )
    write_table(book, NAME, "ReturnsReceived", about, list(COLUMNS), rows)
