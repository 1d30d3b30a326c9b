"""The Data sheet: the tidy rows of the CSV file, less what is for programs alone.

Where these are blank there is a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pipeline.consolidation.report import SUPPRESSED
from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.notes import OVERALL, TIMES, marker
from pipeline.outputs.appendix.table import Gap, TableColumn, write_table
from pipeline.outputs.appendix.table import Value as InTable
from pipeline.outputs.tables import Value
from pipeline.outputs.tidy import BESIDE_FIGURE, NOT_DUE, columns_of, tidy_rows
from schemas.observations import FIELDS

NAME = "Data"
#: What nobody reads on a sheet or on paper; it is in the CSV file.
FOR_PROGRAMS = frozenset({"SHA-256"})

#: What a service area reports, where it reports.
_OBSERVED = {field.described.heading for field in FIELDS.values()}
_PARTS = {FIELDS[name].described.heading for name in ("numerator", "denominator")}
_FIGURE, _PERFORMANCE = FIELDS["value"].described.heading, "Indicator performance"
#: What is not told of a figure that is suppressed.
_TELLING = {_FIGURE, *_PARTS, *(FIELDS[name].described.heading for name in BESIDE_FIGURE)}


def write_data(book: Book) -> None:
    """Add the sheet: a named table with one row for each indicator and service area."""
    report = book.report
    shown = [each for each in columns_of(report) if each.heading not in FOR_PROGRAMS]
    headings = [each.heading for each in shown]
    columns = [TableColumn(each.heading, each.width, each.is_number) for each in shown]
    about = (
        "One row for each indicator and service area that reports it, with the file, sheet and "
        "cell that the figure was read from. Percentages are in percentage points. "
        f"What ratings mean is in [note 1] to {marker(report, OVERALL)}, and what times go by in "
        f"{marker(report, TIMES)}."
    )
    rows = [[_in_cell(heading, row) for heading in headings] for row in tidy_rows(report)]
    sheet = write_table(book, NAME, "Observations", about, columns, rows)
    # On paper the provenance stands on a page of its own, beside the refs.
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, headings.index("Ref"))
    sheet.set_v_pagebreaks([headings.index("File")])


def _in_cell(heading: str, row: Mapping[str, Value]) -> InTable:
    value = row[heading]
    if value is None or value == "":
        return _gap(heading, row)
    if isinstance(value, date) and not isinstance(value, datetime):
        # A day as its digits, which read the same in every country's Excel.
        return value.isoformat()
    return value


def _gap(heading: str, row: Mapping[str, Value]) -> Gap:
    """Why a row has nothing under a heading."""
    if heading not in {*_OBSERVED, _PERFORMANCE} or row["Status"] == NOT_DUE:
        return Gap.NOT_APPLICABLE
    if heading in _TELLING and row["As shown"] == SUPPRESSED:
        return Gap.SUPPRESSED
    # A figure that is no ratio has no parts.
    is_whole = heading in _PARTS and row[_FIGURE] is not None
    return Gap.NOT_APPLICABLE if is_whole else Gap.NOT_AVAILABLE
