"""Set out: the page of the committee sheet, and its columns of figures, in which none is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from pipeline.consolidation.report import Line, Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.trends import is_drawn
from pipeline.workbooks.row_height import cell_width, text_width, wrap
from schemas.fields import OVERALL_HEADINGS
from schemas.periods import in_order
from schemas.register_settings import MOST_EARLIER

#: A4 within its margins, upright and on its side: how wide in pixels, and how high in points with
#: some to spare.
UPRIGHT, ON_ITS_SIDE = (680, 742.0), (1008, 496.0)
#: The least that the indicators' column takes; with less the sheet is turned on its side.
_LEAST_WORDING = 220
#: A trend, as wide as lets two directions of travel stand side by side, and a rating.
_TRENDS, _RATING = range(66, 122, 4), 96
TARGET, PERFORMANCE, ACHIEVED = "Target", "Performance", "Target achieved?"
#: An earlier figure stands nearer to the lines beside it by so many pixels.
_NEARER = 8

_NO_BREAK = "\N{NO-BREAK SPACE}"
#: A performance of more letters than this is a report in words, not a figure or a state.
LONG_WORDS = 30


class SetOut(Struct, frozen=True):
    """The columns of the sheet, and its page."""

    #: The columns' widths, in pixels, in which no figure is cut.
    widths: list[int]
    #: How wide the page is, and how high.
    page: tuple[int, float]
    #: The earlier periods that have columns, by their names.
    earlier: Sequence[str]
    has_trends: bool
    #: Whether each direction of travel has room beneath the figures alone, so that the rating
    #: beside them takes both rows.
    is_rating_tall: bool

    @property
    def whole(self) -> int:
        """How many columns there are."""
        return len(self.widths)


def set_out(report: Report) -> SetOut:
    """The columns of figures, in which none is cut, and the page that they need.

    Of earlier periods there are as many columns as the register says, else as many as fit.
    """
    shown = [each for n in report.lines if len(each := n.performance_shown) <= LONG_WORDS]
    goals = (TARGET, *(n.target_shown for n in report.lines))
    figures = figure_width((PERFORMANCE, OVERALL_HEADINGS[2], *shown))
    has_trends = any(map(is_drawn, report.lines))
    asked = report.register.framework.earlier_periods
    names = _earlier(report, MOST_EARLIER if asked is None else asked)
    while True:
        # Beneath there is the number of indicators, over all these columns.
        targets = figure_width(goals if names else (OVERALL_HEADINGS[1], *goals))
        columns = [*(_width_of(report, name) for name in names), targets, figures]
        columns += [*([_trend(report, columns)] if has_trends else []), _RATING]
        page = UPRIGHT if UPRIGHT[0] - sum(columns) >= _LEAST_WORDING else ON_ITS_SIDE
        if asked is not None or not names or page[0] - sum(columns) >= _LEAST_WORDING:
            break
        names = names[1:]
    wide = max(page[0] - sum(columns), _LEAST_WORDING)
    room = sum(columns[:-1])
    is_tall = all(_fits(each, room) for line in report.lines for each in travel_lines(line))
    return SetOut([wide, *columns], page, names, has_trends, is_tall)


def _trend(report: Report, columns: Sequence[int]) -> int:
    """How wide the column of trends is beside those of figures."""
    travels = [each for line in report.lines if (each := travel_lines(line))[1:]]
    for width in _TRENDS:
        if all(parting((*columns, width), each) for each in travels):
            return width
    return _TRENDS[0]


def travel_lines(line: Line) -> list[str]:
    """Each direction of travel as a line, which breaks within no period's name."""
    return [
        f"{shown}, {since.replace(' ', _NO_BREAK)}" for shown, since in wording.travels_shown(line)
    ]


def parting(columns: Sequence[int], lines: Sequence[str]) -> int:
    """How many columns the first of two lines takes where each fits its part; 0: they do not."""
    for at in range(1, len(columns)):
        if _fits(lines[0], sum(columns[:at])) and _fits(lines[1], sum(columns[at:])):
            return at
    return 0


def _fits(words: str, width: int) -> bool:
    return len(wrap(words, width, looks.SMALL.font_size)) == 1


def _earlier(report: Report, most: int) -> list[str]:
    """The last periods before this one of which any figure stands, the oldest first."""
    known = {each.name: in_order(each) for each in report.register.periods}
    found = {
        point.period
        for line in report.lines
        if not line.indicator.is_contextual or line.series
        for point in line.series
        if point.figure and point.period != report.period.name and point.period in known
    }
    alike = {each.period for each in report.earlier} or found
    return sorted(found & alike, key=known.__getitem__)[-most:] if most else []


def _width_of(report: Report, period: str) -> int:
    """How wide the column of an earlier period is."""
    figures = {
        point.figure for line in report.lines for point in line.series if point.period == period
    }
    look = looks.EARLIER
    widest = max((text_width(each, look.font_size) for each in figures), default=0.0)
    heading = max(text_width(each, look.font_size, bold=True) for each in period.split())
    return cell_width(max(widest - _NEARER, heading))


def figure_width(figures: Iterable[str], least: int = 0) -> int:
    """How wide, in pixels, a column is in which the longest word of such figures stands whole."""
    words = {word for shown in figures for word in shown.split()}
    size = looks.NUMBER.font_size
    widest = max((text_width(word, size, bold=True) for word in words), default=0.0)
    return max(least, cell_width(widest))
