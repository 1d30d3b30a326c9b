"""The Summary sheet: how many of each colour, what is red and by how much, who has not returned."""

from __future__ import annotations

from pipeline.consolidation.rating import SYMBOLS, Colour
from pipeline.consolidation.report import Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import FONT, Book
from pipeline.outputs.appendix.committee import (
    PAGE,
    figure_cell,
    rating_cell,
    target_cell,
    with_note,
)
from pipeline.outputs.appendix.flow import Flow, count, headings, text
from pipeline.outputs.palette import INK, RULE, shade

NAME = "Summary"
#: Ref, wording, and five columns for figures: as wide as A4 upright.
WIDTHS = (48, 224, 78, 98, 68, 80, 84)
_WHOLE = len(WIDTHS)
#: The chart's height in pixels for each priority, and for its title and legend.
_BAR, _FRAME = 22, 82
_PIXELS_PER_POINT = 96 / 72


def write_summary(book: Book) -> None:
    """Add the sheet: counts by priority with their chart, what is red, who has not returned."""
    report = book.report
    flow = Flow(book, book.sheet(NAME, NAME, landscape=False), WIDTHS)
    tally = report.overall
    overall = (
        f"Overall performance: {tally.shown}. {wording.counts_shown(tally).capitalize()}; "
        f"score {wording.score_shown(tally.score)}."
    )
    if report.coverage_shown:
        overall += f"\n{report.coverage_shown}"
    if restated := wording.sum_restated(report):
        overall += f"\n{restated}"
    if not report.awaited:
        overall += "\nEvery service area has returned."
    flow.add(text(f"Summary {report.period.name}", looks.TITLE, _WHOLE))
    if report.is_draft:
        flow.add(text(wording.edition_shown(report), looks.SUBTITLE, _WHOLE))
    flow.add(text(overall, looks.SUBTITLE, _WHOLE))
    flow.block(below=8)
    first = _counts(flow, report)
    flow.block(below=8)
    if report.sections:
        _chart(flow, report, first)
    _red(flow, report)
    if report.awaited:
        _awaited(flow, report)
    flow.break_pages(PAGE)


def _counts(flow: Flow, report: Report) -> int:
    """The number of the first priority's row comes back."""
    numbers = (*(colour.shown for colour in Colour), "Not rated")
    flow.add(*headings("Ref", "Priority", *numbers, "Overall", right=numbers))
    first = flow.row
    rows = [
        (s.priority.ref, s.priority.heading, s.tally, wording.sum_restated(report, s))
        for s in report.sections
    ]
    whole = ("All", "All priorities", report.overall, wording.sum_restated(report))
    for ref, heading, tally, restated in (*rows, whole):
        bold = tally is report.overall
        counts = (tally.green, tally.amber, tally.red, tally.not_rated)
        flow.add(
            text(ref, looks.but(looks.BODY, bold=bold)),
            with_note(heading, looks.but(looks.SMALL, bold=bold), restated),
            *(count(n, looks.but(looks.NUMBER, bold=bold)) for n in counts),
            rating_cell(tally.shown, tally.colour),
        )
    return first


def _chart(flow: Flow, report: Report, first: int) -> None:
    last = first + len(report.sections) - 1
    book, sheet = flow.book, flow.sheet
    chart = book.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    series = [(c.shown, SYMBOLS[c], shade(c)) for c in Colour]
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
    chart.set_size({"width": sum(WIDTHS) - 4, "height": height})
    chart.set_chartarea({"border": {"color": RULE}})
    placed = {"x_offset": 2, "object_position": 2, "description": _chart_in_words(report)}
    sheet.insert_chart(flow.row, 0, chart, placed)
    # In rows of a common height, for a chart may be higher than the tallest row.
    missing = height / _PIXELS_PER_POINT + 4
    while missing > 0:
        flow.space(min(missing, 30))
        missing -= 30


def _chart_in_words(report: Report) -> str:
    counts = [f"{s.priority.ref}: {wording.counts_shown(s.tally)}" for s in report.sections]
    return (
        "Stacked bar chart of the number of indicators of each rating by priority. "
        f"{'; '.join(counts)}. The table above it holds the same figures."
    )


def _red(flow: Flow, report: Report) -> None:
    red = [line for line in report.lines if line.rating.colour is Colour.RED]
    flow.block(below=8)
    flow.add(text("What is red", looks.SECTION, _WHOLE))
    if not red:
        flow.add(text("No indicator is red.", span=_WHOLE))
        return
    names = ("Ref", "Indicator", "Target", "Performance", "Gap")
    flow.add(*headings(*names, right=names[2:4], last=3))
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
            text(wording.gap_shown(line), looks.BODY, 3),
        )
        flow.block()


def _awaited(flow: Flow, report: Report) -> None:
    flow.block(below=8)
    flow.add(text("Who has not returned", looks.SECTION, _WHOLE))
    rest = _WHOLE - 2
    flow.add(*headings("Ref", "Service area", "Return", last=rest))
    for returned in report.awaited:
        state = wording.return_state_shown(returned, report.period)
        flow.add(
            text(returned.area.ref, looks.BODY),
            text(returned.area.name, looks.BODY),
            text(f"{state[:1].upper()}{state[1:]}.", looks.BODY, rest),
        )
