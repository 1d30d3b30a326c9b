"""The committee sheet: the appendix itself, in the order in which members read it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from pipeline.consolidation.rating import NotRated, Rating, Tally
from pipeline.consolidation.report import Line, Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import Book, Paragraph, PrintedNumber, printed_number
from pipeline.outputs.appendix.flow import Cell, Flow, count, headings, text
from pipeline.outputs.appendix.looks import Look
from pipeline.outputs.appendix.places import achieved_in, measured_in, told_of
from pipeline.outputs.palette import shade
from pipeline.workbooks.row_height import cell_width, text_width, wrap
from schemas.bands import Band
from schemas.fields import OVERALL_HEADINGS

#: A4 within its margins, upright and on its side: how wide in pixels, and how high in points with
#: some to spare.
UPRIGHT, ON_ITS_SIDE = (680, 742.0), (1008, 496.0)
#: The least that the indicators' column takes; with less the sheet is turned on its side.
_LEAST_WORDING = 220
#: Overall, and what it is made up of, which a rating takes together.
_RATING = (100, 118)
_WHOLE = 5
_TARGET, _PERFORMANCE = "Target", "Performance"

#: A performance of more letters than this is a report in words, not a figure or a state.
_LONG_WORDS = 30
#: A wording of more lines than this in its column takes the whole width.
_LONG_WORDING = 6
#: So many service areas are named beneath an indicator; of more, their number.
_NAMED = 3
#: Text over the whole width, and a quiet line of a table.
_READ = looks.but(looks.BODY, valign="top")
_QUIET = looks.BODY.in_type_of(looks.NOTE)
_NO_BREAK = "\N{NO-BREAK SPACE}"
#: What is nobody's to reach.
_UNAIMED = (NotRated.NO_TARGET, NotRated.CONTEXTUAL)


def write_committee(book: Book, name: str) -> None:
    """Add the sheet: achievements, indicators, key, and overall performance."""
    report = book.report
    framework, period = report.register.framework, report.period
    widths, page = _set_out(report)
    sheet = book.sheet(name, "", landscape=page is ON_ITS_SIDE)
    flow = Flow(book, sheet, widths, page[1])
    flow.add(text(f"{framework.appendix}: {framework.title}", looks.TITLE, _WHOLE))
    about = f"{framework.council}, {period.name} ({wording.span_shown(period)})"
    for line in (wording.edition_shown(report), about, _overall_in_words(report)):
        if line:
            flow.add(text(line, looks.SUBTITLE, _WHOLE))
    _achievements(flow, report)
    _indicators(flow, report, f"Performance indicators {period.name}", contextual=False)
    _indicators(flow, report, f"For context {period.name}: rated by nobody", contextual=True)
    _key(flow, report)
    _overall(flow, report)
    flow.finish()


def _set_out(report: Report) -> tuple[list[int], tuple[int, float]]:
    """The columns' widths, in pixels, in which no figure is cut, and the page that they need."""
    shown = [each for n in report.lines if len(each := n.performance_shown) <= _LONG_WORDS]
    targets = figure_width((_TARGET, OVERALL_HEADINGS[1], *(n.target_shown for n in report.lines)))
    figures = figure_width((_PERFORMANCE, OVERALL_HEADINGS[2], *shown))
    rest = targets + figures + sum(_RATING)
    page = UPRIGHT if UPRIGHT[0] - rest >= _LEAST_WORDING else ON_ITS_SIDE
    return [max(page[0] - rest, _LEAST_WORDING), targets, figures, *_RATING], page


def figure_width(figures: Iterable[str], least: int = 0) -> int:
    """How wide, in pixels, a column is in which the longest word of such figures stands whole."""
    words = {word for shown in figures for word in shown.split()}
    size = looks.NUMBER.font_size
    widest = max((text_width(word, size, bold=True) for word in words), default=0.0)
    return max(least, cell_width(widest))


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
    if number is None and _is_long(line):
        return text("In words, below", looks.RIGHT)
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
    flow.part(below=10)
    flow.head(text(f"Key achievements {report.period.name}", looks.HEADING, _WHOLE))
    for section in report.sections:
        heading = section.priority.achievements_heading or section.priority.heading
        flow.mark(achieved_in(section.priority))
        _part_headed(flow, heading, level=1)
        for achieved in section.achievements:
            flow.add(text(f"• {achieved.text}", _READ, _WHOLE))
            flow.block()
        if not section.achievements:
            flow.add(text("None reported.", _QUIET, _WHOLE))
        if restated := wording.achievements_restated(report, section):
            flow.add(text(restated, _QUIET, _WHOLE))
        flow.block()


def _part_headed(flow: Flow, heading: str, level: int) -> None:
    again = text(f"{heading} (continued)", looks.BAND, _WHOLE)
    flow.head(text(heading, looks.BAND, _WHOLE), level=level, again=[again])


def _indicators(flow: Flow, report: Report, heading: str, *, contextual: bool) -> None:
    """A table of those that can be rated, or of those that are shown for context."""
    parts = [
        (section.priority, lines)
        for section in report.sections
        if (lines := [n for n in section.lines if n.indicator.is_contextual is contextual])
    ]
    if not parts:
        return
    flow.part(below=14)
    names = (heading, _TARGET, _PERFORMANCE, "Target achieved?")
    flow.head(*headings(*names, right=names[1:3], last=2))
    flow.head(*headings("Ref, service area", "Direction of travel", last=_WHOLE - 1), level=1)
    for priority, lines in parts:
        flow.mark(measured_in(priority))
        _part_headed(flow, priority.heading, level=2)
        for line in lines:
            flow.mark(told_of(line.indicator))
            _indicator(flow, report, line)
            flow.block()


def _indicator(flow: Flow, report: Report, line: Line) -> None:
    """An indicator's rows: what it is and its figures, and beneath them what is said of it."""
    worded, owned = line.indicator.wording, Paragraph(_owner(report, line), looks.NOTE)
    size = looks.BODY.font_size
    if len(worded) > _LONG_WORDS and len(wrap(worded, flow.widths[0], size)) > _LONG_WORDING:
        flow.add(text(worded, _READ, _WHOLE), leads=True)
        first = Cell((owned,), looks.BODY)
    else:
        first = Cell((Paragraph(worded, looks.BODY), owned), looks.BODY)
    rated = replace(_rating(report, line), span=2)
    figures = (target_cell(line), figure_cell(line), rated)
    has_notes = bool(notes := _notes(report, line))
    if travels := _travels(line):
        flow.add_beside(first, figures, [Cell(travels, looks.SMALL, span=4)], leads=has_notes)
    else:
        flow.add(first, *figures, leads=has_notes)
    if notes:
        flow.add(Cell(notes, _READ, span=_WHOLE))


def _owner(report: Report, line: Line) -> str:
    """The indicator's ref and who reports it: `P1-2, Housing`."""
    areas = line.indicator.areas
    names = [report.register.area_name(ref) for ref in areas]
    shown = names if len(names) <= _NAMED else [f"{len(names)} service areas"]
    return ", ".join((line.indicator.ref, *shown))


def _rating(report: Report, line: Line) -> Cell:
    """A line's rating; that of a contextual figure says so, and not that it has no target."""
    if line.indicator.is_contextual and line.rating.not_rated in _UNAIMED:
        return band_cell("Contextual", None)
    return rating_cell(report, line.rating)


def _notes(report: Report, line: Line) -> tuple[Paragraph, ...]:
    """What the reader must know of a line, what areas say of it, and what they do about it."""
    said = [("Commentary", words) for words in line.commentary]
    if _is_long(line):
        said.insert(0, ("Performance", line.performance_shown))
    said += wording.beside_shown(line, report)
    return (
        *(Paragraph(remark, looks.NOTE) for remark in line.remarks),
        *(Paragraph(f"{what}: {words}", looks.SMALL) for what, words in said),
    )


def _is_long(line: Line) -> bool:
    return len(line.performance_shown) > _LONG_WORDS


def _travels(line: Line) -> tuple[Paragraph, ...]:
    """Each direction of travel on a line, which breaks within no period's name."""
    return tuple(
        Paragraph(f"{shown}, {since.replace(' ', _NO_BREAK)}", looks.SMALL)
        for shown, since in wording.travels_shown(line)
    )


def _key(flow: Flow, report: Report) -> None:
    flow.part(below=14)
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
    flow.part(below=14)
    names = OVERALL_HEADINGS
    flow.head(*headings(*names, right=names[1:3]))
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
        flow.block()
    flow.add(text(report.overall_key, looks.NOTE, _WHOLE))
