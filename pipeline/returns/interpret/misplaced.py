"""Figures of a row that stand in another column than their own, as when they were pasted beside it.

That is only told, never taken: which column a figure belongs to is for the service area to say.
"""

from __future__ import annotations

import re

from msgspec import Struct

from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.figures.figure import CellValue
from schemas.fields import INDICATOR_FIELDS

_HEADINGS = {f.key: f.heading for f in INDICATOR_FIELDS}
_FIGURE = re.compile(r"[<>~-]?\s*£?\s*[\d,]+(?:\.\d+)?\s*(?:%|[kKmM])?")


class Misplaced(Struct, frozen=True):
    """A figure in another column than its own: that column's key, and the one left blank by it."""

    key: str
    blank: str

    @property
    def words(self) -> dict[str, str]:
        """The headings of the two."""
        return {"heading": _HEADINGS[self.key], "blank": _HEADINGS[self.blank]}


def misplaced(table: Table, row: int) -> Misplaced | None:
    """What of a measure's row stands in the wrong column; None where nothing plainly does."""
    is_blank = {key: table.value(row, key) == "" for key in _HEADINGS}
    if _is_figure(table.value(row, "status")):
        if is_blank["performance"]:
            return Misplaced("status", "performance")
        is_moved = is_blank["numerator"] and not is_blank["denominator"]
        return Misplaced("status", "numerator") if is_moved else None
    if not (is_blank["performance"] and is_blank["status"]):
        return None
    if _is_figure(table.value(row, "commentary")):
        return Misplaced("commentary", "performance")
    if is_blank["numerator"] != is_blank["denominator"]:
        key = "denominator" if is_blank["numerator"] else "numerator"
        return Misplaced(key, "performance") if _is_figure(table.value(row, key)) else None
    return None


def _is_figure(cell: CellValue) -> bool:
    """Whether a cell holds a figure and no word beside it."""
    if isinstance(cell, str):
        return _FIGURE.fullmatch(cell.strip()) is not None
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)
