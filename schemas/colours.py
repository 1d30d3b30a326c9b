"""Colours that a print must keep apart, and on which text must read.

Two colours are held against each other as everybody sees them, as readers with each of the three
kinds of colour blindness do, and as a print in grey shows them. How far apart they are is told by
CIEDE2000, in which 1 is the least that a trained eye sees; contrast is that of WCAG 2.2 (1.4.6).
The library that reckons so is loaded when a register has colours of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from schemas.names import clean, spelled

if TYPE_CHECKING:
    from coloraide import Color

BLACK, WHITE = "#000000", "#FFFFFF"
#: How far apart two colours must be, in each way of seeing them.
LEAST_APART = 13
#: The least contrast of text on a colour.
LEAST_CONTRAST = 7
#: The colours that go by a name; text reads on each.
NAMED_COLOURS = {
    "green": "#44A680",
    "amber": "#F7BA2E",
    "red": "#AD1138",
    "blue": "#10246B",
    "light green": "#92D050",
    "dark green": "#1A5F34",
    "yellow": "#FFE94A",
    "orange": "#F28C28",
    "light blue": "#9CC9F0",
    "purple": "#5B2A86",
    "pink": "#F4A6C0",
    "brown": "#6B3E1E",
    "grey": "#A0A0A0",
    "dark grey": "#404040",
    "black": BLACK,
    "white": WHITE,
}
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
#: What a way of seeing is called, within a sentence, and the library's filter for it.
_AS_IT_IS, _IN_GREY = "as they are", "in a print in grey"
_WITHOUT = {
    "without seeing red (protanopia)": "protan",
    "without seeing green (deuteranopia)": "deutan",
    "without seeing blue (tritanopia)": "tritan",
}


class Nearness(Struct, frozen=True, order=True):
    """How far apart two colours are, and in which way of seeing them they are that near."""

    apart: float
    seen: str


def fill_of(typed: str) -> str:
    """The `#RRGGBB` of a colour as it was typed; empty where that is none that is known."""
    text = clean(typed)
    return text.upper() if _HEX.fullmatch(text) else NAMED_COLOURS.get(spelled(text), "")


def ink_on(fill: str) -> str:
    """The colour of text on a fill: black or white, whichever reads better."""
    return BLACK if contrast(fill, BLACK) >= contrast(fill, WHITE) else WHITE


def text_reads_on(fill: str) -> bool:
    """Whether black or white text has the contrast that it needs on a fill."""
    return contrast(fill, ink_on(fill)) >= LEAST_CONTRAST


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(fill: str) -> float:
    red, green, blue = map(_linear, _channels(fill))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _channels(fill: str) -> list[int]:
    return [int(fill[at : at + 2], 16) for at in (1, 3, 5)]


def nearness(fill: str, other: str) -> Nearness:
    """How near two colours come to each other, in the way of seeing in which they are nearest."""
    pairs = zip(_ways(fill), _ways(other), strict=True)
    return min(Nearness(one.delta_e(two, method="2000"), seen) for (seen, one), (_, two) in pairs)


@lru_cache(maxsize=1024)
def _ways(fill: str) -> list[tuple[str, Color]]:
    """A colour in each way of seeing it."""
    from coloraide import Color

    colour = Color(fill)
    grey = colour.convert("lab-d65").set({"a": 0, "b": 0})
    blind = [(seen, colour.filter(name)) for seen, name in _WITHOUT.items()]
    return [(_AS_IT_IS, colour), *blind, (_IN_GREY, grey)]


def nearest_apart(fill: str, others: Sequence[str] = ()) -> str:
    """The colour most like one on which text reads and that is told apart from others; or empty.

    It is the same darker or lighter.
    """
    towards = ((end, step) for step in range(101) for end in (BLACK, WHITE))
    mixed = (_mixed(fill, end, step) for end, step in towards)
    return next(
        (
            each
            for each in mixed
            if text_reads_on(each) and all(nearness(each, o).apart >= LEAST_APART for o in others)
        ),
        "",
    )


def _mixed(fill: str, end: str, hundredths: int) -> str:
    pairs = zip(_channels(fill), _channels(end), strict=True)
    channels = ((one * (100 - hundredths) + two * hundredths) // 100 for one, two in pairs)
    return "#" + "".join(f"{channel:02X}" for channel in channels)
