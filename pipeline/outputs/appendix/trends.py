"""The Trends sheet: the figures of up to eight periods, from which the trend lines are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.report import SUPPRESSED, Line, Point, Report
from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.table import Gap, TableColumn, Value, write_table
from pipeline.outputs.palette import HEADING_FILL, TREND
from schemas.periods import in_order

NAME = "Trends"
#: Before the figures.
_ABOUT = (TableColumn("Ref", 75), TableColumn("Indicator", 250), TableColumn("Unit", 75))
_FIGURE = 74
_LEAST = 2


class Drawn(Struct, frozen=True):
    """The cells of a sheet in which trends are to be drawn, each with the line that it is of."""

    sheet: Worksheet
    cells: Sequence[tuple[str, Line]]


def is_drawn(line: Line) -> bool:
    """Whether a line has figures of two periods, between which a trend can be seen."""
    return sum(point.value is not None for point in line.series) >= _LEAST


def write_trends(book: Book, drawn: Drawn) -> None:
    """Add the sheet, and draw the trends from its figures; nothing where there are none.

    It is a named table with one row for each indicator of which a trend is drawn. Where a figure is
    missing stands the code of the reason, as which no column is drawn, and behind the figures why.
    """
    lines = [line for _, line in drawn.cells]
    if not lines:
        return
    periods = _periods(book.report, lines)
    columns = [
        *_ABOUT,
        *(TableColumn(name, _FIGURE, is_number=True, gap=None) for name in periods),
        TableColumn("Without a figure", 220),
    ]
    rows = [_row(line, periods) for line in lines]
    about = (
        "One row for each indicator: its figures of up to eight periods, as they were issued. A "
        "blank cell has no figure, and the last column says why. Percentages are in percentage "
        "points."
    )
    write_table(book, NAME, "Trends", about, columns, rows)
    groups: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    for row, (cell, line) in enumerate(drawn.cells, book.first_rows[NAME]):
        places = [len(_ABOUT) + periods.index(point.period) for point in line.series]
        figures = f"{NAME}!{xl_range(row, min(places), row, max(places))}"
        groups[any((point.value or 0) < 0 for point in line.series)].append((cell, figures))
    for goes_below, some in groups.items():
        if some:
            # From zero on, a small change looks small. LibreOffice prints columns, and no lines.
            base = {"axis": True} if goes_below else {"min": 0}
            options = {
                "location": [cell for cell, _ in some],
                "range": [figures for _, figures in some],
                "type": "column",
                "last_point": True,
                "series_color": TREND,
                "negative_color": TREND,
                "last_color": HEADING_FILL,
            }
            drawn.sheet.add_sparkline(0, 0, options | base)


def _periods(report: Report, lines: Iterable[Line]) -> list[str]:
    """The names of the periods in any series, in their order."""
    known = {each.name: in_order(each) for each in report.register.periods}
    names = dict.fromkeys(point.period for line in lines for point in line.series)
    return sorted(names, key=lambda name: known.get(name, in_order(report.period)))


def _row(line: Line, periods: Sequence[str]) -> list[Value]:
    indicator = line.indicator
    points = {point.period: point for point in line.series}
    values = [_value(points.get(name)) for name in periods]
    unit = indicator.unit.row.shown or indicator.unit.row.name if indicator.unit else ""
    return [indicator.ref, indicator.wording, unit, *values, gaps_shown(line.series)]


def _value(point: Point | None) -> Value:
    value = None if point is None else point.value
    return gap_of(point) if value is None else value


def gap_of(point: Point | None) -> Gap:
    """Why there is no figure of a period; without a point nothing was due for it."""
    if point is None:
        return Gap.NOT_APPLICABLE
    return Gap.SUPPRESSED if point.why == SUPPRESSED else Gap.NOT_AVAILABLE


def gaps_shown(series: Iterable[Point]) -> str:
    """Why figures are missing: `2012-13 Q1: suppressed; 2012-13 Q3: no data`."""
    gaps = (point for point in series if point.value is None)
    return "; ".join(f"{each.period}: {(each.why or each.figure).lower()}" for each in gaps)
