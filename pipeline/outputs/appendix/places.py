"""Places: what rows of the committee sheet are called, so that other sheets lead to them.

Text that leads elsewhere stands on one line: LibreOffice breaks none.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.outputs.appendix.book import Book, Place
from pipeline.outputs.appendix.looks import LINK
from pipeline.workbooks.row_height import cell_width, text_width
from pipeline.workbooks.safe_text import plain
from schemas.model import Indicator, Priority


def achieved_in(priority: Priority) -> str:
    """The heading of what was achieved for a priority."""
    return f"achievements {priority.ref}"


def measured_in(priority: Priority) -> str:
    """The heading of a priority's indicators; where they stand in two tables, the first one."""
    return f"priority {priority.ref}"


def told_of(indicator: Indicator) -> str:
    """The first row of an indicator's block."""
    return f"indicator {indicator.ref}"


def place_of(book: Book, of: Priority | Indicator) -> Place | None:
    """Where the committee sheet tells of a priority or an indicator, once that is written."""
    names = (told_of(of),) if isinstance(of, Indicator) else (measured_in(of), achieved_in(of))
    return next((book.places[name] for name in names if name in book.places), None)


def link_width(texts: Iterable[str], least: int) -> int:
    """How wide, in pixels, a column is in which each text that leads elsewhere stands whole."""
    widest = max((text_width(plain(each), LINK.font_size) for each in texts), default=0.0)
    return max(least, cell_width(widest))
