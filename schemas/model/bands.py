"""The bands that figures are rated into."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Colour(StrEnum):
    """A band by its code, the best first. Codes are kept; what is printed is the register's."""

    EXCEEDED = "exceeded"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class BandRow(Struct, frozen=True):
    """How the register has a band printed; what is empty is as it is without it."""

    band: Colour
    word: str = ""
    symbol: str = ""
    #: `#RRGGBB`, or the name of a colour.
    colour: str = ""
