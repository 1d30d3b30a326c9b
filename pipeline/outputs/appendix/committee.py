"""The committee sheet: the appendix itself, in the order in which members read it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.consolidation.rating import SYMBOLS, Colour
from pipeline.consolidation.report import Line, Report, Section
from pipeline.outputs.appendix.book import Book, Figure, Look, Paragraph, figure
from pipeline.outputs.appendix.flow import Cell, Flow, count, text
from pipeline.outputs.palette import BAND_FILL, HEADING_FILL, HEADING_INK, QUIET_INK, shade
from pipeline.outputs.wording import (
    counts_shown,
    restatement_shown,
    small_numbers_shown,
    span_shown,
    standing_shown,
    travels_shown,
)

#: Indicator, target, performance, target achieved, direction of travel; as wide as A4 upright.
WIDTHS = (260, 94, 102, 108, 116)
#: How much of an A4 page upright is printed on, in points, with some to spare.
PAGE = 742.0

#: A performance of more letters than this is a report in words, not a figure or a state.
_LONG_WORDS = 30

TITLE = Look(size=16, bold=True)
SUBTITLE = Look(size=11)
HEADING = Look(bold=True, ink=HEADING_INK, fill=HEADING_FILL).ruled()
BAND = Look(bold=True, fill=BAND_FILL).ruled()
BODY = Look().ruled()
NUMBER = Look(align="right", number=True).ruled()
RIGHT = Look(align="right").ruled()
NOTE = Look(size=9, italic=True, ink=QUIET_INK)


def write_committee(book: Book) -> None:
    """Add the sheet: achievements, indicators, key, and overall performance."""
    report = book.report
    framework = report.register.framework
    sheet = book.sheet(framework.appendix)
    flow = Flow(book, sheet, WIDTHS)
    whole = len(WIDTHS)
    flow.add(text(f"{framework.appendix}: {framework.title}", TITLE, whole))
    flow.add(
        text(
            f"{framework.council}, {report.period.name} ({span_shown(report.period)})",
            SUBTITLE,
            whole,
        )
    )
    flow.add(text(_standing(report), SUBTITLE, whole))
    flow.space(10)
    _achievements(flow, report)
    flow.space(14)
    heading, last_priority = _indicators(flow, report)
    flow.space(14)
    _key(flow, report)
    flow.space(14)
    _overall(flow, report)
    # The key and the overall table share a page with some indicators, whose headings are repeated
    # on it and would otherwise stand above nothing.
    repeated = flow.height(heading)
    if flow.height(last_priority, flow.row) <= PAGE - repeated:
        flow.join(last_priority)
    flow.break_pages(PAGE, repeated)
    sheet.repeat_rows(heading)
    sheet.print_area(0, 0, flow.row - 1, whole - 1)
    book.print_setup(sheet, "", landscape=False)


def rating_cell(words: str, colour: Colour | None) -> Cell:
    """A rating: its words and symbol on its colour, or the reason on a neutral ground."""
    look = _rating_look(colour)
    return text(words, look)


def figure_cell(line: Line) -> Cell:
    """An indicator's performance: a number that shows as printed, else the text as printed."""
    indicator, value = line.indicator, line.consolidated.value
    found = None if value is None else figure(value, indicator.unit, line.performance_shown)
    return _figure_cell(found, line.performance_shown, bold=True)


def target_cell(line: Line) -> Cell:
    """An indicator's target, its operator part of the number's format; a range is text."""
    target = line.target
    found = None
    if target is not None and target.value is not None:
        sign = target.operator_shown
        found = figure(target.value, line.indicator.unit, line.target_shown, sign)
    return _figure_cell(found, line.target_shown, bold=False)


def _figure_cell(found: Figure | None, shown: str, *, bold: bool) -> Cell:
    if found is not None:
        return Cell(look=replace(NUMBER, bold=bold), figure=found)
    return text(shown, replace(RIGHT, bold=bold))


def _rating_look(colour: Colour | None) -> Look:
    tone = shade(colour)
    return replace(BODY, fill=tone.fill, ink=tone.ink, bold=colour is not None)


def _standing(report: Report) -> str:
    """Overall performance in a sentence, and whose figures are not in it."""
    tally = report.overall
    sentence = f"Overall performance: {tally.shown} ({counts_shown(tally)})."
    if report.restates:
        sentence += f"\n{restatement_shown(report)}"
    if report.awaited:
        waiting = "; ".join(
            f"{r.area.name} ({standing_shown(r, report.period)})" for r in report.awaited
        )
        sentence += f"\nWithout the figures of: {waiting}."
    return sentence


def _achievements(flow: Flow, report: Report) -> None:
    flow.block()
    heading = f"Key achievements {report.period.name}"
    flow.add(text("Priority", HEADING), text(heading, HEADING, len(WIDTHS) - 1))
    for section in report.sections:
        flow.add(
            text(
                section.priority.achievements_heading or section.priority.heading,
                replace(BODY, bold=True),
            ),
            _achieved(section),
        )
        flow.block()


def _achieved(section: Section) -> Cell:
    span = len(WIDTHS) - 1
    texts = [a.text for a in section.achievements]
    if not texts:
        return Cell((Paragraph("None reported.", NOTE),), BODY, span=span)
    bullet = "• " if len(texts) > 1 else ""
    return Cell(tuple(Paragraph(bullet + words, BODY) for words in texts), BODY, span=span)


def _indicators(flow: Flow, report: Report) -> tuple[int, int]:
    """The numbers of the heading row and of the last priority's first row come back."""
    flow.block()
    right = replace(HEADING, align="right")
    heading = flow.add(
        text(f"Performance indicators {report.period.name}", HEADING),
        text("Target", right),
        text("Performance", right),
        text("Target achieved?", HEADING),
        text("Direction of travel", HEADING),
    )
    last_priority = heading
    for section in report.sections:
        if not section.lines:
            continue
        last_priority = flow.add(text(section.priority.heading, BAND, len(WIDTHS)))
        for line in section.lines:
            flow.add(
                _wording(line),
                *_figures(line),
                rating_cell(line.rating.shown, line.rating.colour),
                _travel(line),
            )
            flow.block()
    return heading, last_priority


def _figures(line: Line) -> tuple[Cell, ...]:
    """Target and performance; a report in words takes the room of both where there is no target."""
    if len(line.performance_shown) > _LONG_WORDS and not line.target_shown:
        return (text(line.performance_shown, replace(BODY, size=9), 2),)
    return target_cell(line), figure_cell(line)


def _wording(line: Line) -> Cell:
    """The indicator as the register words it; beneath it, what the reader must know of it."""
    notes = [*line.remarks, *(f"Commentary: {words}" for words in line.commentary)]
    return Cell(
        (Paragraph(line.indicator.wording, BODY), *(Paragraph(note, NOTE) for note in notes)), BODY
    )


def _travel(line: Line) -> Cell:
    content: list[Paragraph] = []
    for shown, since in travels_shown(line):
        content += [Paragraph(shown, BODY), Paragraph(since, NOTE)]
    return Cell(tuple(content), BODY)


def _key(flow: Flow, report: Report) -> None:
    flow.block()
    whole = len(WIDTHS)
    flow.add(text("Key: what the colours of “Target achieved?” mean", HEADING, whole))
    for colour, meaning in report.key:
        words = f"{SYMBOLS[colour]} {colour.capitalize()}"
        flow.add(rating_cell(words, colour), text(meaning, BODY, whole - 1))
    flow.add(
        rating_cell("Not rated", None),
        text("has no colour; the reason stands beside the indicator", BODY, whole - 1),
    )
    if suppressed := small_numbers_shown(report.register):
        flow.add(rating_cell("Suppressed", None), text(suppressed, BODY, whole - 1))


def _overall(flow: Flow, report: Report) -> None:
    flow.block()
    right = replace(HEADING, align="right")
    flow.add(
        text("Overall performance", HEADING),
        text("Indicators", right),
        text("Rated", right),
        text("Overall", HEADING),
        text("Made up of", HEADING),
    )
    tallies = [(s.priority.heading, s.tally) for s in report.sections]
    for name, tally in (*tallies, ("All priorities", report.overall)):
        last = tally is report.overall
        number = replace(NUMBER, bold=last)
        flow.add(
            text(name, replace(BODY, bold=last)),
            count(tally.rated + tally.not_rated, number),
            count(tally.rated, number),
            rating_cell(tally.shown, tally.colour),
            text(counts_shown(tally), replace(BODY, size=9, bold=last)),
        )
    flow.add(text(report.overall_key, NOTE, len(WIDTHS)))
