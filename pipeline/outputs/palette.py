"""The appendix's colours; those of the bands are the register's."""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from schemas.bands import NOT_RATED_FILL, Band

INK = "#1A1A1A"
QUIET_INK = "#454545"
RULE = "#8A8F98"
LINK_INK = "#0B3D91"
HEADING_FILL = "#1F3A5F"
HEADING_INK = "#FFFFFF"
BAND_FILL = "#E4EAF2"
#: A figure in a trend that is not the last one.
TREND = "#5B7BA6"
#: What marks a draft.
DRAFT = "#FFC83D"


class Shade(Struct, frozen=True):
    """A fill and the text colour that reads on it, both `#RRGGBB`."""

    fill: str
    ink: str


NOT_RATED = Shade(NOT_RATED_FILL, QUIET_INK)


@cache
def shade(band: Band | None) -> Shade:
    """The shade of a rating; a neutral one for what is not rated."""
    return NOT_RATED if band is None else Shade(band.fill, band.ink)
