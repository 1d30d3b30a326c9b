"""The appendix's colours.

Each rating's fill has its own lightness (about 36%, 64% and 81% grey), so that the three stay apart
in greyscale print and for readers who cannot tell red from green; the text on each reaches WCAG AA.
"""

from __future__ import annotations

from msgspec import Struct

from pipeline.consolidation.rating import Colour

INK = "#1A1A1A"
QUIET_INK = "#454545"
RULE = "#8A8F98"
HEADING_FILL = "#1F3A5F"
HEADING_INK = "#FFFFFF"
BAND_FILL = "#E4EAF2"


class Shade(Struct, frozen=True):
    """A fill and the text colour that reads on it, both `#RRGGBB`."""

    fill: str
    ink: str


RAG = {
    Colour.GREEN: Shade("#4FB58C", "#000000"),
    Colour.AMBER: Shade("#FFC83D", "#000000"),
    Colour.RED: Shade("#B3123A", "#FFFFFF"),
}
NOT_RATED = Shade("#F4F4F4", QUIET_INK)


def shade(colour: Colour | None) -> Shade:
    """The shade of a rating; a neutral one for what is not rated."""
    return NOT_RATED if colour is None else RAG[colour]
