"""How the cells of the appendix look."""

from __future__ import annotations

from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.outputs.palette import BAND_FILL, HEADING_FILL, HEADING_INK, INK, LINK_INK, QUIET_INK


class Look(Struct, frozen=True, cache_hash=True):
    """How a cell, or a run of text in it, looks: by xlsxwriter's names of format properties."""

    font_size: int = 10
    bold: bool = False
    italic: bool = False
    #: 1: underlined, as what leads elsewhere is.
    underline: int = 0
    font_color: str = INK
    bg_color: str | None = None
    align: str = "left"
    valign: str = "vcenter"
    indent: int = 0
    text_wrap: bool = True
    #: Set smaller rather than cut off.
    shrink: bool = False
    #: Lines above, below and at the sides.
    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0
    num_format: str = "General"
    #: The title of its sheet, which programs list as a heading.
    is_title: bool = False

    def in_type_of(self, other: Look) -> Look:
        """The same cell with its text as in another look."""
        names = ("font_size", "bold", "italic", "underline", "font_color")
        return but(self, **{name: getattr(other, name) for name in names})


@cache
def but(look: Look, **changes: str | int) -> Look:
    """The same look with these changes; made once, as thousands of cells have it."""
    return replace(look, **changes)


#: Body text without lines.
PLAIN = Look()
#: A cell of a table: with a line all round, and room at the sides.
BODY = Look(top=1, bottom=1, left=1, right=1, indent=1)
HEADING = but(BODY, bold=True, font_color=HEADING_INK, bg_color=HEADING_FILL)
RIGHT = but(BODY, align="right")
HEADING_RIGHT = but(HEADING, align="right")
#: A number stays on one line.
NUMBER = but(RIGHT, text_wrap=False)
SMALL = but(BODY, font_size=9)
#: Figures of earlier periods, and what heads them.
EARLIER = but(NUMBER, font_size=9, indent=0)
EARLIER_HEADING = but(HEADING_RIGHT, font_size=9, indent=0)
BAND = but(BODY, bold=True, bg_color=BAND_FILL)
NOTE = Look(font_size=9, italic=True, font_color=QUIET_INK)
TITLE = Look(font_size=16, bold=True, is_title=True)
SUBTITLE = Look(font_size=11)
SECTION = Look(font_size=12, bold=True)
#: What leads elsewhere in the workbook.
LINK = but(BODY, underline=1, font_color=LINK_INK)
#: On the summary, where as much as can be is to fit a page.
SMALL_HEADING = but(HEADING, font_size=9)
SMALL_HEADING_MIDDLE = but(SMALL_HEADING, align="center", indent=0)
SMALL_LINK = but(LINK, font_size=9)
SMALL_RIGHT = but(SMALL, align="right")
MIDDLE = but(SMALL, align="center", indent=0, text_wrap=False)
