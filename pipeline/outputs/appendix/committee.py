"""The committee sheet: the appendix itself, in the order in which members read it."""

from __future__ import annotations

from pipeline.consolidation.rating import Rating, Tally
from pipeline.consolidation.report import Line, Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import Book, Paragraph, PrintedNumber, printed_number
from pipeline.outputs.appendix.flow import Cell, Flow, count, headings, text
from pipeline.outputs.appendix.looks import Look
from pipeline.outputs.palette import shade
from schemas.bands import Band
from schemas.fields import OVERALL_HEADINGS

#: Indicator, target, performance, target achieved, direction of travel; as wide as A4 upright.
WIDTHS = (260, 94, 102, 108, 116)
_WHOLE = len(WIDTHS)
#: How much of an A4 page upright is printed on, in points, with some to spare.
PAGE = 742.0

#: A performance of more letters than this is a report in words, not a figure or a state.
_LONG_WORDS = 30


def write_committee(book: Book, name: str) -> None:
    """Add the sheet: achievements, indicators, key, and overall performance."""
    report = book.report
    framework, period = report.register.framework, report.period
    sheet = book.sheet(name, "", landscape=False)
    flow = Flow(book, sheet, WIDTHS)
    flow.add(text(f"{framework.appendix}: {framework.title}", looks.TITLE, _WHOLE))
    about = f"{framework.council}, {period.name} ({wording.span_shown(period)})"
    for line in (wording.edition_shown(report), about, _overall_in_words(report)):
        if line:
            flow.add(text(line, looks.SUBTITLE, _WHOLE))
    _achievements(flow, report)
    heading, last_priority = _indicators(flow, report)
    _key(flow, report)
    _overall(flow, report)
    # The key and the overall table share a page with some indicators, whose headings are repeated
    # on it and would otherwise stand above nothing.
    repeated = flow.height(heading)
    if flow.height(last_priority, flow.row) <= PAGE - repeated:
        flow.join(last_priority)
    flow.break_pages(PAGE, repeated)
    sheet.repeat_rows(heading)


def with_note(words: str, look: Look, note: str) -> Cell:
    """Text, and beneath it what the reader must know of it, if anything."""
    below = (Paragraph(note, looks.NOTE),) if note else ()
    return Cell((Paragraph(words, look), *below), look)


def rating_cell(report: Report, rated: Rating | Tally) -> Cell:
    """A rating: its word and symbol on its colour, or the reason on a neutral ground."""
    return band_cell(report.shown(rated), report.band(rated))


def band_cell(words: str, band: Band | None) -> Cell:
    """Words on the colour of a band, or on a neutral ground."""
    tone = shade(band)
    is_rated = band is not None
    return text(
        words, looks.but(looks.BODY, bg_color=tone.fill, font_color=tone.ink, bold=is_rated)
    )


def figure_cell(line: Line) -> Cell:
    """An indicator's performance: a number that shows as printed, else the text as printed."""
    value, shown = line.consolidated.value, line.performance_shown
    number = None if value is None else printed_number(value, line.indicator.unit, shown)
    return _number_cell(number, shown, bold=True)


def target_cell(line: Line) -> Cell:
    """An indicator's target, its operator part of the number's format; a range is text."""
    target, number = line.target, None
    if target is not None and target.value is not None:
        sign = target.operator_shown
        number = printed_number(target.value, line.indicator.unit, line.target_shown, sign)
    return _number_cell(number, line.target_shown, bold=False)


def _number_cell(number: PrintedNumber | None, shown: str, *, bold: bool) -> Cell:
    if number is not None:
        return Cell(look=looks.but(looks.NUMBER, bold=bold), number=number)
    return text(shown, looks.but(looks.RIGHT, bold=bold))


def _overall_in_words(report: Report) -> str:
    """Overall performance in a sentence, and whose figures are not in it."""
    tally = report.overall
    sentence = (
        f"Overall performance: {report.shown(tally)} ({wording.counts_shown(report, tally)})."
    )
    if report.coverage_shown:
        sentence += f"\n{report.coverage_shown}"
    if restatement := wording.restatement_shown(report):
        sentence += f"\n{restatement}"
    if restated := wording.sum_restated(report):
        sentence += f"\n{restated}"
    waiting = [
        f"{r.area.name} ({wording.return_state_shown(r, report.period)})" for r in report.awaited
    ]
    return f"{sentence}\nWithout the figures of: {'; '.join(waiting)}." if waiting else sentence


def _achievements(flow: Flow, report: Report) -> None:
    flow.block(below=10)
    flow.add(*headings("Priority", f"Key achievements {report.period.name}", last=_WHOLE - 1))
    for section in report.sections:
        heading = section.priority.achievements_heading or section.priority.heading
        bullet = "• " if len(section.achievements) > 1 else ""
        achieved = [Paragraph(bullet + a.text, looks.BODY) for a in section.achievements]
        content = achieved or [Paragraph("None reported.", looks.NOTE)]
        if restated := wording.achievements_restated(report, section):
            content.append(Paragraph(restated, looks.NOTE))
        flow.add(
            text(heading, looks.but(looks.BODY, bold=True)),
            Cell(tuple(content), looks.BODY, span=_WHOLE - 1),
        )
        flow.block()


def _indicators(flow: Flow, report: Report) -> tuple[int, int]:
    """The numbers of the heading row and of the last priority's first row come back."""
    flow.block(below=14)
    names = ("Target", "Performance", "Target achieved?", "Direction of travel")
    first = f"Performance indicators {report.period.name}"
    heading = flow.add(*headings(first, *names, right=names[:2]))
    last_priority = heading
    for section in report.sections:
        if not section.lines:
            continue
        last_priority = flow.add(text(section.priority.heading, looks.BAND, _WHOLE))
        for line in section.lines:
            rating = rating_cell(report, line.rating)
            flow.add(_wording(line), *_figures(line), rating, _travel(line))
            flow.block()
    return heading, last_priority


def _figures(line: Line) -> tuple[Cell, ...]:
    """Target and performance; a report in words takes the room of both where there is no target."""
    if len(line.performance_shown) > _LONG_WORDS and not line.target_shown:
        return (text(line.performance_shown, looks.SMALL, 2),)
    return target_cell(line), figure_cell(line)


def _wording(line: Line) -> Cell:
    """The indicator as the register words it; beneath it, what the reader must know of it."""
    notes = [*line.remarks, *(f"Commentary: {words}" for words in line.commentary)]
    notes += (f"{what}: {said}" for what, said in wording.beside_shown(line))
    worded = Paragraph(line.indicator.wording, looks.BODY)
    return Cell((worded, *(Paragraph(note, looks.NOTE) for note in notes)), looks.BODY)


def _travel(line: Line) -> Cell:
    content: list[Paragraph] = []
    for shown, since in wording.travels_shown(line):
        content += [Paragraph(shown, looks.BODY), Paragraph(since, looks.NOTE)]
    return Cell(tuple(content), looks.BODY)


def _key(flow: Flow, report: Report) -> None:
    flow.block(below=14)
    flow.add(text("Key: what the colours of “Target achieved?” mean", looks.HEADING, _WHOLE))
    without = {
        "Not rated": "has no colour; the reason stands beside the indicator",
        "Suppressed": wording.small_numbers_shown(report.register),
    }
    for colour, meaning in report.key:
        band = report.bands.of(colour)
        flow.add(band_cell(band.shown, band), text(meaning, looks.BODY, _WHOLE - 1))
    for words, meaning in without.items():
        if meaning:
            flow.add(band_cell(words, None), text(meaning, looks.BODY, _WHOLE - 1))


def _overall(flow: Flow, report: Report) -> None:
    flow.block(below=14)
    names = OVERALL_HEADINGS
    flow.add(*headings(*names, right=names[1:3]))
    tallies = [
        (s.priority.heading, s.tally, wording.sum_restated(report, s)) for s in report.sections
    ]
    whole = ("All priorities", report.overall, wording.sum_restated(report))
    for name, tally, restated in (*tallies, whole):
        bold = tally is report.overall
        number = looks.but(looks.NUMBER, bold=bold)
        flow.add(
            text(name, looks.but(looks.BODY, bold=bold)),
            count(tally.rated + tally.not_rated, number),
            count(tally.rated, number),
            rating_cell(report, tally),
            with_note(
                wording.counts_shown(report, tally), looks.but(looks.SMALL, bold=bold), restated
            ),
        )
    flow.add(text(report.overall_key, looks.NOTE, _WHOLE))
