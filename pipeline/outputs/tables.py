"""Tables of data: columns that say what they hold, and their rows as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Generic, TypeVar

from msgspec import Struct

from pipeline.consolidation.report import Report
from pipeline.workbooks.safe_text import begins_like_formula
from schemas.checks import Cells
from schemas.table_schema import Reference

#: What a row of data may hold; `""` and None are blanks.
Value = str | int | Decimal | date | datetime | None
Rows = Iterable[Sequence[Value]]
#: What a row is made from.
Source = TypeVar("Source")


class DataColumn(Struct, Generic[Source], frozen=True):
    """A column of data: what it holds, and where a row has it from."""

    cells: Cells
    value: Callable[[Source], Value]
    #: On the sheet Data, in pixels.
    width: int = 0
    #: It says the same on each row of an indicator.
    is_of_line: bool = False

    @property
    def heading(self) -> str:
        return self.cells.title

    @property
    def description(self) -> str:
        return self.cells.description

    @property
    def is_number(self) -> bool:
        return self.cells.type in (Decimal, int)


class DataTable(Struct, frozen=True):
    """A table of a report's data."""

    name: str
    title: str
    description: str
    #: What its file's name ends with, behind that of the appendix.
    ending: str
    #: Its columns for some reports: one that none of them asks for is not there.
    columns: Callable[[Sequence[Report]], Sequence[DataColumn[Any]]]
    #: The rows of a report, in such columns.
    rows: Callable[[Report, Sequence[DataColumn[Any]]], Rows]
    #: The headings that together name a row.
    key: tuple[str, ...]
    refers: Reference | None = None

    def rows_of(self, reports: Sequence[Report]) -> Rows:
        """The rows of reports, in the columns of them all."""
        columns = self.columns(reports)
        return chain.from_iterable(self.rows(report, columns) for report in reports)


def csv_bytes_of(table: DataTable, reports: Sequence[Report]) -> bytes:
    """A table of reports as CSV in UTF-8 with a byte order mark, as Excel opens it right.

    Text that a spreadsheet could take for a formula has an apostrophe before it; numbers are
    plain (`-2.5`), days `2013-04-30` and times `2013-04-30T09:15:00`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.heading for column in table.columns(reports))
    writer.writerows([_printed(value) for value in row] for row in table.rows_of(reports))
    return text.getvalue().encode("utf-8-sig")


def clock(at: datetime | None, report: Report) -> datetime | None:
    """A time as a workbook holds it: on the clock of the time of issue, without a zone."""
    if at is None or at.tzinfo is None:
        return at
    return at.astimezone(report.issued_at.tzinfo).replace(tzinfo=None)


def _printed(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if begins_like_formula(value) else value
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)
