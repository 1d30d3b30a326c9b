"""Ratings over periods: a chart of how many indicators had each, beside the numbers it shows."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.chart import Chart

from pipeline.consolidation.report import EarlierTally, Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import FONT, Paragraph
from pipeline.outputs.appendix.flow import Cell, Flow, count, text
from pipeline.outputs.appendix.summary.columns import SummaryColumns, on_band
from pipeline.outputs.palette import INK, RULE, Shade, shade
from schemas.model import Colour

_HEADING = "Ratings over periods"
#: The columns that the chart takes to the left of the table, and the rows that it takes at least.
_CHART, _LEAST = 4, 8
#: The share of the highest column below which a part of one has no room for its number.
_SHOWN_FROM = 0.13
NOT_RATED = "–"
_PIXELS_PER_POINT = 96 / 72


def write_over_time(flow: Flow, report: Report, columns: SummaryColumns) -> None:
    """Add the chart and its table, each period a row and a column, the oldest first.

    An earlier period is what its last issue made of it, in the words that bands have now. Where
    this is the first period there is nothing to set beside it, and neither is added.
    """
    if not report.earlier:
        return
    told = [*report.earlier, EarlierTally(report.period.name, report.overall)]
    heads = [*(band.symbol for band in columns.bands), NOT_RATED]
    flow.add(
        text(_HEADING, looks.SMALL_HEADING, _CHART),
        text("Period", looks.SMALL_HEADING),
        *(text(each, looks.SMALL_HEADING_MIDDLE) for each in heads),
        text("Overall", looks.SMALL_HEADING),
        leads=True,
    )
    flow.mark(_HEADING)
    height = 0.0
    for each in told:
        cells = _row(report, columns, each)
        height += flow.height_of(*cells)
        flow.add(*cells, leads=each is not told[-1])
    low = flow.height_of(text("", looks.SMALL))
    for _ in range(len(told), _LEAST):
        height += low
        flow.space(low)
    flow.block()
    chart = _chart(flow, report, columns, told)
    width = columns.width(0, _CHART)
    chart.set_size({"width": width - 4, "height": round(height * _PIXELS_PER_POINT) - 3})
    place = {"x_offset": 2, "y_offset": 2, "object_position": 2}
    placed = place | {"description": _in_words(report, told), "decorative": False}
    flow.sheet.insert_chart(flow.book.places[_HEADING].row, 0, chart, placed)


def _row(report: Report, columns: SummaryColumns, each: EarlierTally) -> list[Cell]:
    tally = each.tally
    numbers = [*(tally.of(band.colour) for band in columns.bands), tally.not_rated]
    is_now = tally is report.overall
    return [
        Cell(span=_CHART),
        text(each.period, looks.but(looks.SMALL, bold=is_now)),
        *(count(number, looks.but(looks.MIDDLE, bold=is_now)) for number in numbers),
        on_band(
            [Paragraph(report.shown(tally), looks.but(looks.SMALL, bold=is_now))],
            report.band(tally),
        ),
    ]


def _chart(
    flow: Flow, report: Report, columns: SummaryColumns, told: Sequence[EarlierTally]
) -> Chart:
    name, first = flow.sheet.get_name(), flow.book.places[_HEADING].row
    last, periods = first + len(told) - 1, _CHART
    highest = max(1, *(each.tally.rated + each.tally.not_rated for each in told))
    chart = flow.book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    # From the best at the foot to what is not rated at the head.
    series: list[tuple[Colour | None, str, str, Shade]] = [
        (band.colour, band.shown, band.symbol, shade(band)) for band in columns.bands
    ]
    series.append((None, "Not rated", NOT_RATED, shade(None)))
    for column, (colour, called, symbol, tone) in enumerate(series, periods + 1):
        numbers = [
            each.tally.not_rated if colour is None else each.tally.of(colour) for each in told
        ]
        chart.add_series(
            {
                "name": called,
                "categories": [name, first, periods, last, periods],
                "values": [name, first, column, last, column],
                "fill": {"color": tone.fill},
                "border": {"color": RULE, "width": 0.75},
                "gap": 35,
                # Each number carries its band's symbol; a part that is too low for it has none.
                "data_labels": {
                    "value": True,
                    "num_format": f'"{symbol} "0;;',
                    "font": {"name": FONT, "size": 8, "color": tone.ink, "bold": True},
                    "custom": [
                        {"delete": True} if number < _SHOWN_FROM * highest else None
                        for number in numbers
                    ],
                },
            }
        )
    font = {"name": FONT, "size": 8, "color": INK}
    chart.set_title({"none": True})
    chart.set_x_axis({"num_font": font, "line": {"color": RULE}, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "max": highest, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}})
    return chart


def _in_words(report: Report, told: Sequence[EarlierTally]) -> str:
    each = (f"{one.period}: {wording.counts_shown(report, one.tally)}" for one in told)
    return (
        "Stacked columns of the number of indicators of each rating, period by period. "
        f"{'; '.join(each)}. The table beside it holds the same figures."
    )
