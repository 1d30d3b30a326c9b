"""What a person sees in a cell, whatever it holds."""

from __future__ import annotations

from pipeline.workbooks.details.detail import CellDetail
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.figures.rendering import show


def text_shown(value: CellValue, detail: CellDetail) -> str | None:
    """The text that a cell shows; None where that cannot be told, or nothing of it is shown."""
    if value == "":
        return ""
    code = detail.number_format
    shown = None if code is None else show(value, code)
    if detail.shown is not None and not isinstance(value, str):
        # The file itself says so.
        shown = detail.shown
    return shown.strip() or None if shown is not None else None
