"""The Summary sheet: what there is to know before the detail, on one page where that can be.

Overall and how it comes about, a tile for each priority, ratings over periods, what moved most,
what changed since the last issue, and what is red or amber.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.changes import Change, Changes
from pipeline.consolidation.movements import movements
from pipeline.consolidation.report import Report, Section
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.book import Book, Paragraph
from pipeline.outputs.appendix.flow import Cell, Flow, text
from pipeline.outputs.appendix.set_out import NO_BREAK, UPRIGHT, figure_width
from pipeline.outputs.appendix.summary.columns import SummaryColumns, columns_of, on_band, ref_cell
from pipeline.outputs.appendix.summary.off_target import write_off_target
from pipeline.outputs.appendix.summary.over_time import NOT_RATED, write_over_time
from pipeline.outputs.appendix.summary.shortening import shortened

NAME = "Summary"
#: Room in a row and between two parts, in points.
_PADDING, _GAP = 0.75, 2.25
#: The columns of the title.
_TITLE = 3
#: Tiles in a row, and the room below them in points.
_ABREAST, _BELOW_TILE = 4, 2.25
#: More priorities than this are many; and by whether they are, the lines of the name of one in its
#: tile, and those of what is said of a change.
_MANY, _NAME_LINES, _CHANGE_LINES = 8, (6, 3), (3, 1)
#: So many changes are told of here; of more, the rest at the end of the sheet.
_CHANGES = 3
_ALL_CHANGES, _MORE = "All changes", "More changes"
_OVERALL = looks.Look(font_size=14, bold=True)
_BOLD = looks.but(looks.SMALL, bold=True)


def open_summary(book: Book) -> Worksheet:
    """The sheet in its place in the workbook, with nothing on it yet."""
    return book.sheet(NAME, NAME, landscape=False)


def write_summary(book: Book, sheet: Worksheet) -> None:
    """Write on the sheet; what it leads to is on sheets that have been written."""
    report = book.report
    columns = columns_of(report)
    flow = Flow(book, sheet, columns.widths, UPRIGHT[1], _PADDING)
    _title(flow, report, columns)
    _overall(flow, report, columns)
    if report.sections:
        _tiles(flow, report, columns)
    write_over_time(flow, report, columns)
    flow.block(below=_GAP)
    _movements(flow, report, columns)
    rest = _changes(flow, report, columns)
    flow.part(below=_GAP)
    write_off_target(flow, report, columns)
    if rest and report.changes is not None:
        _all_changes(flow, columns, report.changes)
    flow.finish()
    if rest:
        more, to = book.places[_MORE], book.places[_ALL_CHANGES]
        book.link(sheet, (more.row, 0), _more(rest), to, looks.SMALL_LINK)


def _title(flow: Flow, report: Report, columns: SummaryColumns) -> None:
    edition = looks.but(looks.PLAIN, font_size=9, align="right")
    flow.add(
        text(f"Summary {report.period.name}", looks.but(looks.TITLE, font_size=14), _TITLE),
        text(wording.edition_shown(report), edition, columns.whole - _TITLE),
    )
    flow.block(below=_GAP)


def _overall(flow: Flow, report: Report, columns: SummaryColumns) -> None:
    """Overall and how it comes about; how much is in, and who has not returned."""
    tally, first = report.overall, columns.quarters[0]
    counts = wording.counts_shown(report, tally)
    is_in = report.coverage_shown or f"{report.coverage.shown}."
    said = [
        f"{counts[:1].upper()}{counts[1:]}; score {wording.score_shown(tally.score)}.",
        f"{is_in} {_awaited(report)}",
        report.overall_key,
        wording.restatement_shown(report),
    ]
    flow.add(
        on_band(
            [
                Paragraph("Overall performance", looks.SMALL),
                Paragraph(report.shown(tally), _OVERALL),
            ],
            report.band(tally),
            first,
        ),
        Cell(
            tuple(
                Paragraph(each, _BOLD if each is said[0] else looks.SMALL) for each in said if each
            ),
            looks.SMALL,
            span=columns.whole - first,
        ),
    )
    flow.block(below=_GAP)


def _awaited(report: Report) -> str:
    if not report.awaited:
        return "Every service area has returned."
    waiting = (
        f"{each.area.name} ({wording.return_state_shown(each, report.period)})"
        for each in report.awaited
    )
    return f"Who has not returned: {'; '.join(waiting)}."


def _tiles(flow: Flow, report: Report, columns: SummaryColumns) -> None:
    key = [*(f"{band.symbol} {band.said}" for band in columns.bands), f"{NOT_RATED} not rated"]
    said = f"Priorities, and how many of their indicators are {', '.join(key)}"
    flow.add(text(said, looks.SMALL_HEADING, columns.whole), leads=True)
    sections = report.sections
    most = _NAME_LINES[_has_many(report)]
    for start in range(0, len(sections), _ABREAST):
        row = sections[start : start + _ABREAST]
        flow.add(*(_named(columns, n, each, most) for n, each in enumerate(row)), leads=True)
        flow.add(*(_rated(report, columns, n, each) for n, each in enumerate(row)), leads=True)
        flow.space(_BELOW_TILE)
        flow.block()
    for what, mark in wording.sums_restated(report):
        flow.add(text(f"{what}. {mark}", looks.NOTE, columns.whole))
    flow.block(below=_GAP)


def _has_many(report: Report) -> bool:
    """Whether there are so many priorities that all else has to be short."""
    return len(report.sections) > _MANY


def _named(columns: SummaryColumns, at: int, section: Section, most: int) -> Cell:
    look = looks.but(_BOLD, valign="top")
    span, start = columns.quarters[at], sum(columns.quarters[:at])
    return text(
        shortened(section.priority.heading, most, columns.width(start, span), look), look, span
    )


def _rated(report: Report, columns: SummaryColumns, at: int, section: Section) -> Cell:
    """A priority's rating, and behind it how many of each there are, where there are any."""
    tally = section.tally
    numbers = [(tally.of(band.colour), band.symbol) for band in columns.bands]
    numbers.append((tally.not_rated, NOT_RATED))
    counts = "  ".join(f"{number} {symbol}" for number, symbol in numbers if number)
    words = Paragraph(f"{report.shown(tally)}:  {counts or 'no indicators'}", _BOLD)
    return on_band([words], report.band(tally), columns.quarters[at])


def _movements(flow: Flow, report: Report, columns: SummaryColumns) -> None:
    found = movements(report)
    if not found:
        return
    bases = {each.travel.basis for each in found}
    before = bases.pop() if len(bases) == 1 else ""
    told = [(each.line, *wording.figures_moved(each), each.travel.basis) for each in found]
    figures = [each for line, earlier, *_ in told for each in (earlier, line.performance_shown)]
    spans = _movement_spans(columns, figures)
    heads = ("Ref", "What moved most", before or "Before", report.period.name, "How far")
    flow.add(*map(text, heads, [looks.SMALL_HEADING] * len(heads), spans), leads=True)
    bold = looks.but(looks.SMALL, bold=True)
    width = columns.width(1, spans[1])
    for line, earlier, far, basis in told:
        wording_shown = shortened(line.indicator.wording, 1, width, looks.SMALL)
        # A period's name is never broken.
        since = "" if before else f" (since {basis.replace(' ', NO_BREAK)})"
        flow.add(
            ref_cell(flow.book, columns, line.indicator),
            text(wording_shown, looks.SMALL, spans[1]),
            text(earlier, looks.SMALL, spans[2]),
            text(line.performance_shown, bold, spans[3]),
            text(f"{far}{since}", looks.SMALL, spans[4]),
            leads=line is not found[-1].line,
        )
    flow.block(below=_GAP)


def _movement_spans(
    columns: SummaryColumns, figures: Sequence[str]
) -> tuple[int, int, int, int, int]:
    """How many columns the ref, the wording, the two figures and how far it moved take each.

    The wording leaves as much room as the figures need to stand whole.
    """
    first, second, third, _ = columns.quarters
    needed, words = figure_width(figures), first + second - 1
    ways = ((1, words, 1, third - 1), (1, words - 1, 1, third - 1), (1, words - 1, 1, third))

    def has_room(spans: tuple[int, ...]) -> bool:
        starts = (sum(spans[:2]), sum(spans[:3]))
        return all(columns.width(*each) >= needed for each in zip(starts, spans[2:], strict=True))

    spans = next(filter(has_room, ways), ways[-1])
    return (*spans, columns.whole - sum(spans))


def _changes(flow: Flow, report: Report, columns: SummaryColumns) -> int:
    """What changed since the last issue; how many changes there are that have no room here."""
    changes = report.changes
    if changes is None:
        return 0
    first = columns.quarters[0]
    flow.add(
        text("Since the last issue", looks.SMALL_HEADING, first),
        text(wording.changes_shown(report, changes), looks.SMALL, columns.whole - first),
    )
    found, lines = _each_change(changes), _CHANGE_LINES[_has_many(report)]
    shown = found if len(found) <= _CHANGES + 1 else found[:_CHANGES]
    for group, change in shown:
        flow.add(*_change(columns, group, change, lines))
    rest = len(found) - len(shown)
    if rest:
        flow.mark(_MORE)
        flow.add(text(_more(rest), looks.SMALL_LINK, columns.whole))
    flow.block(below=_GAP)
    return rest


def _more(rest: int) -> str:
    return f"And {rest} more: all of them stand at the end of this sheet"


def _each_change(changes: Changes) -> list[tuple[str, Change]]:
    return [(group, change) for group, found in changes.groups for change in found]


def _change(columns: SummaryColumns, group: str, change: Change, lines: int = 0) -> list[Cell]:
    """A change's cells: of which kind, of what, and how that is printed now and was before.

    The texts in so many lines at most, where that is not 0.
    """
    cells, start = [], 0
    words = (group, change.indicator, wording.change_shown(change))
    for each, span in zip(words, _change_spans(columns), strict=True):
        width = columns.width(start, span)
        short = shortened(each, lines, width, looks.SMALL) if lines else each
        cells.append(text(short, looks.SMALL, span))
        start += span
    return cells


def _change_spans(columns: SummaryColumns) -> tuple[int, int, int]:
    first, second, *_ = columns.quarters
    return (first, second + 1, columns.whole - first - second - 1)


def _all_changes(flow: Flow, columns: SummaryColumns, changes: Changes) -> None:
    heads, spans = ("Since the last issue", "Indicator", "Now, and before"), _change_spans(columns)
    flow.part(below=_GAP)
    flow.mark(_ALL_CHANGES)
    flow.head(*map(text, heads, [looks.SMALL_HEADING] * len(heads), spans))
    for group, change in _each_change(changes):
        flow.add(*_change(columns, group, change))
        flow.block()
