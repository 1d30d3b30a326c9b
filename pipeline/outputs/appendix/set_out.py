"""Set out: the page of the committee sheet, and its columns of figures, in which none is cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from pipeline.consolidation.report import Line, Report
from pipeline.outputs import wording
from pipeline.outputs.appendix import looks
from pipeline.outputs.appendix.trends import is_drawn
from pipeline.workbooks.row_height import cell_width, text_width
from schemas.fields import OVERALL_HEADINGS
from schemas.periods import in_order
from schemas.register_settings import MOST_EARLIER

#: A4 within its margins, upright and on its side: how wide in pixels, and how high in points with
#: some to spare.
UPRIGHT, ON_ITS_SIDE = (680, 742.0), (1008, 496.0)
#: The least that the indicators' column takes; with less the sheet is turned on its side.
_LEAST_WORDING = 220
#: A trend, as wide as lets two directions of travel stand side by side; and
#: a rating beside trends, or beside none.
_TRENDS, _RATING = range(66, 122, 4), (96, 148)
TARGET, PERFORMANCE, ACHIEVED = "Target", "Performance", "Target achieved?"
#: An earlier figure stands nearer to the lines beside it by so many pixels.
_NEARER = 8

NO_BREAK = "\N{NO-BREAK SPACE}"
#: A performance of more letters than this is a report in words, not a figure or a state.
LONG_WORDS = 30


class Travelled(Struct, frozen=True):
    """A direction of travel as a line, which breaks within no period's name."""

    words: str
    #: Of a cell in which it stands on one line, in pixels.
    width: int


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
    #: The directions of travel of each indicator, by its ref.
    travels: Mapping[str, Sequence[Travelled]]

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
    travels = {line.indicator.ref: _travelled(line) for line in report.lines}
    widths = _widths_of_earlier(report)
    most = MOST_EARLIER if asked is None else asked
    names = list(widths)[-most:] if most else []
    while True:
        # Beneath there is the number of indicators, over all these columns.
        targets = figure_width(goals if names else (OVERALL_HEADINGS[1], *goals))
        columns = [*(widths[name] for name in names), targets, figures]
        columns += [_trend(travels.values(), columns), _RATING[0]] if has_trends else [_RATING[1]]
        page = UPRIGHT if UPRIGHT[0] - sum(columns) >= _LEAST_WORDING else ON_ITS_SIDE
        if asked is not None or not names or page[0] - sum(columns) >= _LEAST_WORDING:
            break
        names = names[1:]
    wide = max(page[0] - sum(columns), _LEAST_WORDING)
    room = sum(columns[:-1])
    is_tall = all(each.width <= room for some in travels.values() for each in some)
    return SetOut([wide, *columns], page, names, has_trends, is_tall, travels)


def _trend(travels: Iterable[Sequence[Travelled]], columns: Sequence[int]) -> int:
    """How wide the column of trends is beside those of figures."""
    pairs = [some for some in travels if len(some) > 1]
    fitting = (w for w in _TRENDS if all(parting((*columns, w), some) for some in pairs))
    return next(fitting, _TRENDS[0])


def _travelled(line: Line) -> Sequence[Travelled]:
    lines = [
        f"{shown}, {since.replace(' ', NO_BREAK)}" for shown, since in wording.travels_shown(line)
    ]
    size = looks.SMALL.font_size
    return [Travelled(words, cell_width(text_width(words, size))) for words in lines]


def parting(columns: Sequence[int], travels: Sequence[Travelled]) -> int:
    """How many columns the first of two lines takes where each fits its part; 0: they do not."""
    first, second = travels
    for at in range(1, len(columns)):
        if first.width <= sum(columns[:at]) and second.width <= sum(columns[at:]):
            return at
    return 0


def _widths_of_earlier(report: Report) -> dict[str, int]:
    """How wide the columns of the periods before this one are, the oldest first.

    That is of those of which any figure stands, of the same length where any has.
    """
    known = {each.name: in_order(each) for each in report.register.periods}
    figures: dict[str, set[str]] = defaultdict(set)
    for line in report.lines:
        for point in line.series:
            if point.figure and point.period != report.period.name and point.period in known:
                figures[point.period].add(point.figure)
    alike = {each.period for each in report.earlier} or figures.keys()
    size = looks.EARLIER.font_size
    found = {}
    for name in sorted(figures.keys() & alike, key=known.__getitem__):
        widest = max(text_width(each, size) for each in figures[name])
        heading = max(text_width(each, size, bold=True) for each in name.split())
        found[name] = cell_width(max(widest - _NEARER, heading))
    return found


def figure_width(figures: Iterable[str], least: int = 0) -> int:
    """How wide, in pixels, a column is in which the longest word of such figures stands whole."""
    words = {word for shown in figures for word in shown.split()}
    size = looks.NUMBER.font_size
    widest = max((text_width(word, size, bold=True) for word in words), default=0.0)
    return max(least, cell_width(widest))
