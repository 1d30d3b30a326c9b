"""The columns of the Summary sheet, which all that stands on it shares, and its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from pipeline.consolidation.report import Report
from pipeline.outputs.appendix.book import Book, Paragraph
from pipeline.outputs.appendix.flow import Cell, text
from pipeline.outputs.appendix.looks import SMALL, SMALL_LINK, Look, but
from pipeline.outputs.appendix.places import place_of
from pipeline.outputs.appendix.set_out import figure_width
from pipeline.outputs.palette import shade
from pipeline.outputs.wording import gap_shown
from schemas.bands import Band
from schemas.model import Colour, Indicator

#: In pixels; together A4 upright within its margins.
_QUARTER = 170
#: Of what is off target the least and the most that its figures take of the second quarter.
_PERFORMANCE = (110, 150)
#: Of refs the least and the most.
_REF = (48, 100)
_PERIOD = 86
#: A band's number of indicators, and the overall rating, where there are three bands, and four.
_NUMBER, _OVERALL = (44, 36), (78, 74)


class SummaryColumns(Struct, frozen=True):
    """How wide they are, and which bands have a number in them."""

    widths: Sequence[int]
    #: Those in use, and those that an earlier period's indicators were in.
    bands: Sequence[Band]

    @property
    def whole(self) -> int:
        return len(self.widths)

    @property
    def quarters(self) -> tuple[int, int, int, int]:
        """How many columns each quarter of the page takes."""
        return (2, 2, 3, self.whole - 7)

    def width(self, start: int, span: int) -> int:
        """In pixels."""
        return sum(self.widths[start : start + span])


def columns_of(report: Report) -> SummaryColumns:
    """The columns for a report: no ref or figure breaks in its column, unless it is very long."""
    tallies = [report.overall, *(each.tally for each in report.earlier)]
    bands = [
        each
        for each in report.bands.every
        if each.colour in report.bands.in_use or any(tally.of(each.colour) for tally in tallies)
    ]
    least, most = _REF
    ref = min(figure_width((n.indicator.ref for n in report.lines), least), most)
    number, overall = (each[len(bands) > 3] for each in (_NUMBER, _OVERALL))
    numbers = [number] * (len(bands) + 1)
    least, most = _PERFORMANCE
    off = [n for n in report.lines if n.rating.colour in (Colour.RED, Colour.AMBER)]
    figures = (each for n in off for each in (n.performance_shown, n.target_shown, gap_shown(n)))
    performance = min(figure_width(figures, least), most)
    second = (_QUARTER - performance, performance)
    return SummaryColumns([ref, _QUARTER - ref, *second, _PERIOD, *numbers, overall], bands)


def ref_cell(book: Book, columns: SummaryColumns, indicator: Indicator) -> Cell:
    """An indicator's ref, which leads to its block where it stands on one line."""
    is_whole = figure_width([indicator.ref]) <= columns.widths[0]
    place = place_of(book, indicator) if is_whole else None
    return text(indicator.ref, SMALL_LINK if place else SMALL, link=place)


def on_band(
    words: Iterable[Paragraph], band: Band | None, span: int = 1, look: Look = SMALL
) -> Cell:
    """Words on the colour of a band, or on a neutral ground, in the ink that reads there."""
    tone = shade(band)
    inked = tuple(
        Paragraph(each.text, but(each.look, font_color=tone.ink, bg_color=tone.fill))
        for each in words
    )
    return Cell(inked, but(look, font_color=tone.ink, bg_color=tone.fill), span=span)
