"""Figures: one cell (value, number format) and an indicator's unit become a typed figure.

Nothing is guessed. What can be read in one way only is read; everything else is a finding that
asks. `numbers` reads stored numbers by their number format, `text` what is written as text.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from pipeline.workbooks.figures.figure import (
    BLANK,
    FRACTION_UP_TO,
    CellValue,
    Figure,
    Scale,
    Trouble,
    trouble,
)
from pipeline.workbooks.figures.formats import is_shown_plainly
from pipeline.workbooks.figures.numbers import parse_number
from pipeline.workbooks.figures.plain import clean, means_nothing_to_report
from pipeline.workbooks.figures.text import parse_text
from schemas import rules as c

__all__ = [
    "BLANK",
    "FRACTION_UP_TO",
    "CellValue",
    "Figure",
    "Scale",
    "Trouble",
    "clean",
    "is_shown_plainly",
    "means_nothing_to_report",
    "parse",
]


def parse(cell: CellValue, scale: Scale, number_format: str | None) -> Figure:
    """The figure in a cell.

    `number_format` is the cell's Excel format code; None where the file does not tell. Percentages
    come back in percentage points.
    """
    if isinstance(cell, bool):
        return trouble(c.NOT_A_FIGURE, str(cell).upper(), example=scale.example)
    if isinstance(cell, date):
        return trouble(c.DATE_FOUND, f"{cell:%d/%m/%Y}", example=scale.example)
    if isinstance(cell, (time, timedelta)):
        return trouble(c.DATE_FOUND, str(cell), example=scale.example)
    if isinstance(cell, str):
        return parse_text(cell, scale)
    # As Excel shows it: 15 significant digits, no binary noise.
    return parse_number(Decimal(f"{cell:.15g}"), scale, number_format)
