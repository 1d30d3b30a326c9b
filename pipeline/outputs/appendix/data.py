"""The Data sheet: the tidy rows of the CSV file, with codes where these are blank."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.consolidation.report import SUPPRESSED
from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.notes import OVERALL, TIMES, marker
from pipeline.outputs.appendix.table import Gap, TableColumn, Value, write_table
from pipeline.outputs.tidy import BESIDE_FIGURE, HEADINGS, NOT_DUE, columns_of, tidy_rows
from schemas.observations import FIELDS

NAME = "Data"

#: What a service area reports, where it reports.
_OBSERVED = {field.described.heading for field in FIELDS.values()}
_PARTS = {FIELDS[name].described.heading for name in ("numerator", "denominator")}
_FIGURE, _PERFORMANCE = FIELDS["value"].described.heading, "Indicator performance"
#: What is not told of a figure that is suppressed.
_TELLING = {_FIGURE, *_PARTS, *(FIELDS[name].described.heading for name in BESIDE_FIGURE)}


def write_data(book: Book) -> None:
    """Add the sheet: a named table with one row for each indicator and service area."""
    report = book.report
    columns = [TableColumn(c.heading, c.width, c.is_number) for c in columns_of(report)]
    about = (
        "One row for each indicator and service area that reports it, with the file, sheet and "
        "cell that the figure was read from. Percentages are in percentage points. "
        f"What ratings mean is in [note 1] to {marker(report, OVERALL)}, and what times go by in "
        f"{marker(report, TIMES)}."
    )
    rows = [
        [_gap(heading, row) if value in (None, "") else value for heading, value in row.items()]
        for row in tidy_rows(report)
    ]
    sheet = write_table(book, NAME, "Observations", about, columns, rows)
    # On paper the provenance stands on a page of its own, beside the refs.
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, HEADINGS.index("Ref"))
    sheet.set_v_pagebreaks([HEADINGS.index("File")])


def _gap(heading: str, row: Mapping[str, Value]) -> Gap:
    """Why a row has nothing under a heading."""
    if heading not in {*_OBSERVED, _PERFORMANCE} or row["Status"] == NOT_DUE:
        return Gap.NOT_APPLICABLE
    if heading in _TELLING and row["As shown"] == SUPPRESSED:
        return Gap.SUPPRESSED
    # A figure that is no ratio has no parts.
    is_whole = heading in _PARTS and row[_FIGURE] is not None
    return Gap.NOT_APPLICABLE if is_whole else Gap.NOT_AVAILABLE
