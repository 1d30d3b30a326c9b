"""The committee sheet: the appendix itself, in the order in which members read it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.consolidation.rating import NotRated, Rating, Tally
from pipeline.consolidation.report import Line, Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import Book, Paragraph, PrintedNumber, printed_number
from pipeline.outputs.appendix.flow import Cell, Flow, count, text
from pipeline.outputs.appendix.looks import Look
from pipeline.outputs.appendix.places import achieved_in, measured_in, told_of
from pipeline.outputs.appendix.set_out import (
    ACHIEVED,
    LONG_WORDS,
    ON_ITS_SIDE,
    PERFORMANCE,
    TARGET,
    SetOut,
    Travelled,
    parting,
    set_out,
)
from pipeline.outputs.appendix.table import Gap
from pipeline.outputs.appendix.trends import Drawn, gap_of, is_drawn
from pipeline.outputs.palette import shade
from pipeline.workbooks.row_height import wrap
from schemas.bands import Band
from schemas.fields import OVERALL_HEADINGS

#: A wording of more lines than this in its column takes the whole width.
_LONG_WORDING = 6
#: So many service areas are named beneath an indicator; of more, their number.
_NAMED = 3
#: Text over the whole width, and a quiet line of a table.
_READ = looks.but(looks.BODY, valign="top")
_QUIET = looks.BODY.in_type_of(looks.NOTE)
#: What stands for an earlier figure that there is none of.
_CODES = {
    Gap.SUPPRESSED: "An earlier figure that is suppressed.",
    Gap.NOT_AVAILABLE: "An earlier figure that is not available.",
    Gap.NOT_APPLICABLE: "Not due for that period, of another series of figures, or told in words.",
}
#: Where reasons stand, if anywhere.
_REASONS = " Where a trend is drawn, the sheet Trends says why."


class _Committee(Struct, frozen=True):
    """The sheet while it is written."""

    report: Report
    flow: Flow
    out: SetOut
    #: The cells of trend lines, with the lines whose figures they are of.
    drawn: list[tuple[str, Line]]
    #: The codes that stand in place of earlier figures.
    codes: set[str]


def write_committee(book: Book, name: str) -> Drawn:
    """Add the sheet: achievements, indicators, key, and overall performance.

    The cells in which trends are to be drawn come back, once the figures of these stand.
    """
    report = book.report
    framework, period = report.register.framework, report.period
    out = set_out(report)
    sheet = book.sheet(name, "", landscape=out.page is ON_ITS_SIDE)
    flow = Flow(book, sheet, out.widths, out.page[1])
    flow.add(text(f"{framework.appendix}: {framework.title}", looks.TITLE, out.whole))
    about = f"{framework.council}, {period.name} ({wording.span_shown(period)})"
    for line in (wording.edition_shown(report), about, _overall_in_words(report)):
        if line:
            flow.add(text(line, looks.SUBTITLE, out.whole))
    made = _Committee(report, flow, out, [], set())
    _achievements(made)
    _indicators(made, f"Performance indicators {period.name}", contextual=False)
    _indicators(made, f"For context {period.name}: rated by nobody", contextual=True)
    _key(made)
    _overall(made)
    flow.finish()
    return Drawn(sheet, made.drawn)


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
    number = None if value is None else printed_number(value, line.indicator, shown)
    if number is None and _is_long(line):
        return text("In words, below", looks.RIGHT)
    return _number_cell(number, shown, bold=True)


def target_cell(line: Line) -> Cell:
    """An indicator's target, its operator part of the number's format; a range is text."""
    target, number = line.target, None
    if target is not None and target.value is not None:
        sign = target.operator_shown
        number = printed_number(target.value, line.indicator, line.target_shown, sign)
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


def _achievements(made: _Committee) -> None:
    flow, report, whole = made.flow, made.report, made.out.whole
    flow.part(below=10)
    flow.head(text(f"Key achievements {report.period.name}", looks.HEADING, whole))
    for section in report.sections:
        heading = section.priority.achievements_heading or section.priority.heading
        flow.mark(achieved_in(section.priority))
        _part_headed(made, heading, level=1)
        for achieved in section.achievements:
            flow.add(text(f"• {achieved.text}", _READ, whole))
            flow.block()
        if not section.achievements:
            flow.add(text("None reported.", _QUIET, whole))
        if restated := wording.achievements_restated(report, section):
            flow.add(text(restated, _QUIET, whole))
        flow.block()


def _part_headed(made: _Committee, heading: str, level: int) -> None:
    again = text(f"{heading} (continued)", looks.BAND, made.out.whole)
    made.flow.head(text(heading, looks.BAND, made.out.whole), level=level, again=[again])


def _indicators(made: _Committee, heading: str, *, contextual: bool) -> None:
    """A table of those that can be rated, or of those that are shown for context."""
    flow, out = made.flow, made.out
    parts = [
        (section.priority, lines)
        for section in made.report.sections
        if (lines := [n for n in section.lines if n.indicator.is_contextual is contextual])
    ]
    if not parts:
        return
    flow.part(below=14)
    flow.head(
        text(heading, looks.HEADING),
        *(text(name, looks.EARLIER_HEADING) for name in out.earlier),
        text(TARGET, looks.HEADING_RIGHT),
        text(PERFORMANCE, looks.HEADING_RIGHT),
        *([text("Trend", looks.HEADING)] if out.has_trends else ()),
        text(ACHIEVED, looks.HEADING),
    )
    for priority, lines in parts:
        flow.mark(measured_in(priority))
        _part_headed(made, priority.heading, level=1)
        for line in lines:
            flow.mark(told_of(line.indicator))
            _indicator(made, line)
            flow.block()


def _indicator(made: _Committee, line: Line) -> None:
    """An indicator's rows: what it is and its figures, and beneath them what is said of it."""
    flow, out, report = made.flow, made.out, made.report
    worded, owned = line.indicator.wording, Paragraph(_owner(report, line), looks.NOTE)
    size = looks.BODY.font_size
    if len(worded) > LONG_WORDS and len(wrap(worded, flow.widths[0], size)) > _LONG_WORDING:
        flow.add(text(worded, _READ, out.whole), leads=True)
        first = Cell((owned,), looks.BODY)
    else:
        first = Cell((Paragraph(worded, looks.BODY), _after(out, worded, owned)), looks.BODY)
    figures = [
        *(_earlier_cell(made, line, name) for name in out.earlier),
        target_cell(line),
        figure_cell(line),
        *([_trend(made, line)] if out.has_trends else ()),
    ]
    rated = _rating(report, line)
    has_notes = bool(notes := _notes(report, line))
    travels = out.travels[line.indicator.ref]
    if out.is_rating_tall and (lower := _travels(out.widths[1:-1], travels)):
        flow.add_between(first, figures, lower, rated, leads=has_notes)
    elif lower := _travels(out.widths[1:], travels):
        flow.add_between(first, [*figures, rated], lower, leads=has_notes)
    else:
        flow.add(first, *figures, rated, leads=has_notes)
    if notes:
        flow.add(Cell(notes, _READ, span=out.whole))


def _after(out: SetOut, worded: str, owned: Paragraph) -> Paragraph:
    """Ref and owner beneath a wording; beside earlier figures behind it, where a line is saved."""
    going_on = replace(owned, text=f" – {owned.text}", goes_on=True)
    width, size = out.widths[0], looks.BODY.font_size
    alone, joined = (len(wrap(each, width, size)) for each in (worded, worded + going_on.text))
    return going_on if out.has_trends and 1 < alone == joined else owned


def _owner(report: Report, line: Line) -> str:
    """The indicator's ref and who reports it: `P1-2, Housing`."""
    areas = line.indicator.areas
    names = [report.register.area_name(ref) for ref in areas]
    shown = names if len(names) <= _NAMED else [f"{len(names)} service areas"]
    return ", ".join((line.indicator.ref, *shown))


def _earlier_cell(made: _Committee, line: Line, period: str) -> Cell:
    """A figure of an earlier period, or the code for why there is none."""
    point = next((each for each in line.series if each.period == period), None)
    if point is not None and point.value is not None:
        number = printed_number(point.value, line.indicator, point.figure)
        if number is not None:
            return Cell(look=looks.EARLIER, number=number)
    if point is not None and point.figure:
        return text(point.figure, looks.but(looks.EARLIER, text_wrap=True))
    code = gap_of(point)
    made.codes.add(code)
    return text(code, looks.EARLIER)


def _trend(made: _Committee, line: Line) -> Cell:
    """The cell in which a line's trend is drawn."""
    if not is_drawn(line):
        return text("", looks.BODY)

    def tell(row: int, column: int) -> None:
        made.drawn.append((xl_rowcol_to_cell(row, column), line))

    return Cell(look=looks.BODY, tell=tell)


def _rating(report: Report, line: Line) -> Cell:
    """A line's rating, and what it was last time; of a contextual figure, that it is one."""
    if line.rating.not_rated is NotRated.CONTEXTUAL:
        return band_cell("Contextual", None)
    cell, was = rating_cell(report, line.rating), wording.rating_before_shown(report, line)
    if not was:
        return cell
    note = looks.but(looks.SMALL, font_color=cell.look.font_color)
    return replace(cell, content=(*cell.content, Paragraph(was, note)))


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
    return len(line.performance_shown) > LONG_WORDS


def _travels(columns: Sequence[int], travels: Sequence[Travelled]) -> list[Cell]:
    """The directions of travel, each on a line of its own; side by side where there is room."""
    look = looks.SMALL
    if len(travels) > 1 and (split := parting(columns, travels)):
        first, second = travels
        return [text(first.words, look, split), text(second.words, look, len(columns) - split)]
    content = tuple(Paragraph(each.words, look) for each in travels)
    return [Cell(content, look, span=len(columns))] if content else []


def _key(made: _Committee) -> None:
    flow, report, rest = made.flow, made.report, made.out.whole - 1
    flow.part(below=14)
    title = f"Key: what the colours of “{ACHIEVED}” mean"
    flow.add(text(title, looks.HEADING, made.out.whole))
    without = {
        "Not rated": "has no colour; the reason stands beside the indicator",
        "Suppressed": wording.small_numbers_shown(report.register),
        **{code.value: meaning for code, meaning in _CODES.items() if code in made.codes},
    }
    if Gap.NOT_AVAILABLE in made.codes and made.drawn:
        without[Gap.NOT_AVAILABLE.value] += _REASONS
    for colour, meaning in report.key:
        band = report.bands.of(colour)
        flow.add(band_cell(band.shown, band), text(meaning, looks.BODY, rest))
    for words, meaning in without.items():
        if meaning:
            flow.add(band_cell(words, None), text(meaning, looks.BODY, rest))


def _overall(made: _Committee) -> None:
    flow, report, out = made.flow, made.report, made.out
    flow.part(below=14)
    #: The columns of earlier figures and targets, and those of the trend and the rating.
    first, last = len(out.earlier) + 1, out.whole - len(out.earlier) - 3
    heading, indicators, rated, overall, made_up_of = OVERALL_HEADINGS
    beneath = looks.but(looks.HEADING, font_size=9, bold=False)
    flow.head(
        Cell((Paragraph(heading, looks.HEADING), Paragraph(made_up_of, beneath)), looks.HEADING),
        text(indicators, looks.HEADING_RIGHT, first),
        text(rated, looks.HEADING_RIGHT),
        text(overall, looks.HEADING, last),
    )
    tallies = [
        (s.priority.heading, s.tally, wording.sum_restated(report, s)) for s in report.sections
    ]
    whole = ("All priorities", report.overall, wording.sum_restated(report))
    for name, tally, restated in (*tallies, whole):
        bold = tally is report.overall
        number = looks.but(looks.NUMBER, bold=bold)
        made_up = "\n".join(filter(None, (wording.counts_shown(report, tally), restated)))
        flow.add(
            with_note(name, looks.but(looks.BODY, bold=bold), made_up),
            replace(count(tally.rated + tally.not_rated, number), span=first),
            count(tally.rated, number),
            replace(rating_cell(report, tally), span=last),
        )
        flow.block()
    flow.add(text(report.overall_key, looks.NOTE, out.whole))
