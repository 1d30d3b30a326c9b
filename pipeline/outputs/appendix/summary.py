"""The Summary sheet: how many of each colour, what is red and by how much, who has not returned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.report import Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import FONT, Book
from pipeline.outputs.appendix.committee import (
    figure_cell,
    rating_cell,
    target_cell,
    with_note,
)
from pipeline.outputs.appendix.flow import Flow, count, headings, text
from pipeline.outputs.appendix.set_out import UPRIGHT, figure_width
from pipeline.outputs.palette import INK, RULE, shade
from schemas.model import Colour

NAME = "Summary"
#: Ref, wording, and a column for each number, of which a fourth band has one more: as wide as A4
#: upright.
_WIDTHS = (48, 224, 78, 98, 68, 80, 84)
_WIDTHS_OF_FOUR = (48, 164, 78, 98, 66, 66, 76, 84)
#: The chart's height in pixels for each priority, and for its title and legend.
_BAR, _FRAME = 22, 82
_PIXELS_PER_POINT = 96 / 72


def write_summary(book: Book) -> None:
    """Add the sheet: counts by priority with their chart, what is red, who has not returned."""
    report = book.report
    widths = _WIDTHS_OF_FOUR if Colour.EXCEEDED in report.bands.in_use else _WIDTHS
    whole, sheet = len(widths), book.sheet(NAME, NAME, landscape=False)
    flow = Flow(book, sheet, _widened(report, widths), UPRIGHT[1])
    tally = report.overall
    counts = wording.counts_shown(report, tally)
    overall = (
        f"Overall performance: {report.shown(tally)}. {counts[:1].upper()}{counts[1:]}; "
        f"score {wording.score_shown(tally.score)}."
    )
    if report.coverage_shown:
        overall += f"\n{report.coverage_shown}"
    if restated := wording.sum_restated(report):
        overall += f"\n{restated}"
    if not report.awaited:
        overall += "\nEvery service area has returned."
    flow.add(text(f"Summary {report.period.name}", looks.TITLE, whole))
    if report.is_draft:
        flow.add(text(wording.edition_shown(report), looks.SUBTITLE, whole))
    flow.add(text(overall, looks.SUBTITLE, whole))
    flow.block(below=8)
    _counts(flow, report)
    flow.block(below=8)
    if report.sections:
        # Beneath the priorities stands the row of all of them.
        _chart(flow, report, flow.row - 1 - len(report.sections))
    _red(flow, report)
    if report.awaited:
        _awaited(flow, report)
    flow.finish()


def _widened(report: Report, widths: Sequence[int]) -> list[int]:
    """The widths with room for the figures of what is red, taken from the wording's."""
    ref, worded, *rest = widths
    red = [line for line in report.lines if line.rating.colour is Colour.RED]
    target = figure_width((line.target_shown for line in red), rest[0])
    figure = figure_width((line.performance_shown for line in red), rest[1])
    more = target + figure - sum(rest[:2])
    return [ref, worded - more, target, figure, *rest[2:]]


def _counts(flow: Flow, report: Report) -> None:
    numbers = (*(band.shown for band in report.bands), "Not rated")
    flow.add(*headings("Ref", "Priority", *numbers, "Overall", right=numbers))
    rows = [
        (s.priority.ref, s.priority.heading, s.tally, wording.sum_restated(report, s))
        for s in report.sections
    ]
    whole = ("All", "All priorities", report.overall, wording.sum_restated(report))
    for ref, heading, tally, restated in (*rows, whole):
        bold = tally is report.overall
        counts = (*(tally.of(band.colour) for band in report.bands), tally.not_rated)
        flow.add(
            text(ref, looks.but(looks.BODY, bold=bold)),
            with_note(heading, looks.but(looks.SMALL, bold=bold), restated),
            *(count(n, looks.but(looks.NUMBER, bold=bold)) for n in counts),
            rating_cell(report, tally),
        )


def _chart(flow: Flow, report: Report, first: int) -> None:
    last = first + len(report.sections) - 1
    book, sheet = flow.book, flow.sheet
    chart = book.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    series = [(band.shown, band.symbol, shade(band)) for band in report.bands]
    for column, (name, symbol, tone) in enumerate([*series, ("Not rated", "–", shade(None))], 2):
        chart.add_series(
            {
                "name": name,
                "categories": [sheet.get_name(), first, 0, last, 0],
                "values": [sheet.get_name(), first, column, last, column],
                "fill": {"color": tone.fill},
                "border": {"color": RULE, "width": 0.75},
                "gap": 45,
                # Each label carries its colour's symbol; a bar of none has no label.
                "data_labels": {
                    "value": True,
                    "num_format": f'"{symbol} "0;;',
                    "font": {"name": FONT, "size": 9, "color": tone.ink, "bold": True},
                },
            }
        )
    font = {"name": FONT, "size": 9, "color": INK}
    title = f"Indicators by priority and rating, {report.period.name}"
    title_font = font | {"size": 11, "bold": True}
    chart.set_title({"name": title, "name_font": title_font, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": RULE}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom", "font": font})
    height = _BAR * len(report.sections) + _FRAME
    chart.set_size({"width": sum(flow.widths) - 4, "height": height})
    chart.set_chartarea({"border": {"color": RULE}})
    placed = {"x_offset": 2, "object_position": 2, "description": _chart_in_words(report)}
    # In rows of a common height, for a chart may be higher than the tallest row.
    missing = height / _PIXELS_PER_POINT + 4
    tell: Callable[[int], object] | None = partial(_insert, sheet, chart, placed)
    while missing > 0:
        flow.space(min(missing, 30), tell)
        missing, tell = missing - 30, None


def _insert(sheet: Worksheet, chart: Chart, placed: dict[str, Any], row: int) -> None:
    sheet.insert_chart(row, 0, chart, placed)


def _chart_in_words(report: Report) -> str:
    counts = [f"{s.priority.ref}: {wording.counts_shown(report, s.tally)}" for s in report.sections]
    return (
        "Stacked bar chart of the number of indicators of each rating by priority. "
        f"{'; '.join(counts)}. The table above it holds the same figures."
    )


def _red(flow: Flow, report: Report) -> None:
    red = [line for line in report.lines if line.rating.colour is Colour.RED]
    said, whole = report.bands.of(Colour.RED).said, len(flow.widths)
    flow.part(below=8)
    flow.add(text(f"What is {said}", looks.SECTION, whole), leads=True)
    if not red:
        flow.add(text(f"No indicator is {said}.", span=whole))
        return
    names = ("Ref", "Indicator", "Target", "Performance", "Gap")
    flow.head(*headings(*names, right=names[2:4], last=whole - 4))
    for line in red:
        flow.add(
            text(line.indicator.ref, looks.BODY),
            with_note(
                line.indicator.wording,
                looks.BODY,
                line.remarks[0] if line.restated_from is not None else "",
            ),
            target_cell(line),
            figure_cell(line),
            text(wording.gap_shown(line), looks.BODY, whole - 4),
        )
        flow.block()


def _awaited(flow: Flow, report: Report) -> None:
    flow.part(below=8)
    flow.add(text("Who has not returned", looks.SECTION, len(flow.widths)), leads=True)
    rest = len(flow.widths) - 2
    flow.head(*headings("Ref", "Service area", "Return", last=rest))
    for returned in report.awaited:
        state = wording.return_state_shown(returned, report.period)
        flow.add(
            text(returned.area.ref, looks.BODY),
            text(returned.area.name, looks.BODY),
            text(f"{state[:1].upper()}{state[1:]}.", looks.BODY, rest),
        )
        flow.block()
