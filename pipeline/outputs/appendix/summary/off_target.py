"""What is red or amber: each with its owner, what is said of it and what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pipeline.consolidation.report import Line, Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import Paragraph
from pipeline.outputs.appendix.flow import Cell, Flow, text
from pipeline.outputs.appendix.looks import Look
from pipeline.outputs.appendix.summary.columns import SummaryColumns, on_band, ref_cell
from pipeline.outputs.appendix.summary.shortening import shortened
from schemas.model import Colour

_COLOURS = (Colour.RED, Colour.AMBER)
#: How many lines a text may take, the most first: as many as let all of it stand on the page.
_LINES = (10, 8, 6, 5, 4, 3, 2)
#: And how many where it runs on to another page.
_LINES_RUN_ON = 5
#: In fewer lines there is no room for how far out of target a figure is.
_WITH_GAP = 5
#: A page has never room for more.
_MOST_ON_A_PAGE = 30

_NONE = "None given."

#: An indicator's cells, with texts of so many lines.
_Entry = Callable[[Line, int], list[Cell]]


def write_off_target(flow: Flow, report: Report, columns: SummaryColumns) -> None:
    """Add the table: what is red, and then what is amber, in the order of the committee sheet.

    Texts are cut at a word as far as must be for all of it to stand on this page. Where that cannot
    be it runs on, and says how many stand where.
    """
    lines = [n for colour in _COLOURS for n in report.lines if n.rating.colour is colour]
    red, amber = (report.bands.of(colour).said for colour in _COLOURS)
    if not lines:
        flow.add(text(f"No indicator is {red} or {amber}.", looks.SMALL, columns.whole))
        flow.block()
        return
    first, second, third, fourth = columns.quarters
    heading = [
        text("Ref", looks.SMALL_HEADING),
        text(
            f"{report.bands.of(Colour.RED).word} or {amber}, and whose",
            looks.SMALL_HEADING,
            first + second - 2,
        ),
        text("Performance", looks.SMALL_HEADING),
        text("Commentary", looks.SMALL_HEADING, third),
        text("Corrective action", looks.SMALL_HEADING, fourth),
    ]
    entry = partial(_entry, flow, report, columns)
    room = flow.room - flow.height_of(*heading)
    tried = _LINES if len(lines) <= _MOST_ON_A_PAGE else ()
    most = next((most for most in tried if _fit(flow, lines, entry, most, room) == len(lines)), 0)
    if not most:
        most = _LINES_RUN_ON
        told = partial(_where, report, columns, lines)
        room -= flow.height_of(told(len(lines)))
        flow.add(told(_fit(flow, lines, entry, most, room)), leads=True)
    flow.head(*heading)
    for line in lines:
        flow.add(*entry(line, most))
        flow.block()


def _fit(flow: Flow, lines: Sequence[Line], entry: _Entry, most: int, room: float) -> int:
    """How many of the lines stand one under the other in so many points."""
    for number, line in enumerate(lines):
        room -= flow.height_of(*entry(line, most))
        if room < 0:
            return number
    return len(lines)


def _where(report: Report, columns: SummaryColumns, lines: Sequence[Line], here: int) -> Cell:
    """How many are of each colour, and how many of them stand on this page."""
    numbers = [
        f"{sum(n.rating.colour is colour for n in lines)} {report.bands.of(colour).said}"
        for colour in _COLOURS
    ]
    said = " and ".join(numbers)
    if 0 < here < len(lines):
        said += f": {here} on this page, and {len(lines) - here} from {lines[here].indicator.ref}"
        said += " on over the page"
    return text(f"{said}.", looks.but(looks.SMALL, bold=True), columns.whole)


def _entry(
    flow: Flow, report: Report, columns: SummaryColumns, line: Line, most: int
) -> list[Cell]:
    first, second, third, fourth = columns.quarters
    wide = first + second - 2
    indicator = line.indicator

    def cut(words: str, start: int, span: int, lines: int, look: Look = looks.SMALL) -> Paragraph:
        return Paragraph(shortened(words, lines, columns.width(start, span), look), look)

    owner = looks.but(looks.NOTE, font_size=looks.SMALL.font_size)
    owners = ", ".join(map(report.register.area_name, indicator.areas))
    named = [
        cut(indicator.wording, 1, wide, most - 1),
        cut(owners, 1, wide, 1, owner),
    ]
    if line.restated_from is not None:
        named.append(Paragraph(line.remarks[0], owner))
    commentary, action = (" ".join(each) or _NONE for each in (line.commentary, line.actions))
    return [
        ref_cell(flow.book, columns, indicator),
        Cell(tuple(named), looks.SMALL, span=wide),
        on_band(_performance(report, line, most), report.band(line.rating)),
        Cell((cut(commentary, first + second, third, most),), looks.SMALL, span=third),
        Cell((cut(action, first + second + third, fourth, most),), looks.SMALL, span=fourth),
    ]


def _performance(report: Report, line: Line, most: int) -> list[Paragraph]:
    found = [
        Paragraph(
            f"{report.shown(line.rating)}: {line.performance_shown}",
            looks.but(looks.SMALL, bold=True),
        )
    ]
    if line.target_shown:
        found.append(Paragraph(f"target {line.target_shown}", looks.SMALL))
    if most >= _WITH_GAP and (gap := wording.gap_shown(line)):
        found.append(Paragraph(gap, looks.SMALL))
    return found
