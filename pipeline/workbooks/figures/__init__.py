"""Figures: one cell (value, number format) and an indicator's unit become a typed figure.

Nothing is guessed. What can be read in one way only is read; everything else is a finding that
asks. `numbers` reads stored numbers by their number format, `short` most of them without asking
much, `text` what is written as text.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from pipeline.workbooks.figures.figure import CellValue, Figure, Scale
from pipeline.workbooks.figures.formats import shows_text_alone
from pipeline.workbooks.figures.numbers import parse_number
from pipeline.workbooks.figures.plain import clean
from pipeline.workbooks.figures.short import figure_of
from pipeline.workbooks.figures.text import parse_text
from schemas import rules as c


def parse(cell: CellValue, scale: Scale, number_format: str | None) -> Figure:
    """The figure in a cell.

    `number_format` is the cell's Excel format code; None where the file does not tell. Percentages
    come back in percentage points.
    """
    if isinstance(cell, float) and number_format is not None:
        # Nearly all figures of a return.
        short = figure_of(cell, scale, number_format)
        if short is not None:
            return short
    if isinstance(cell, bool):
        return scale.trouble(c.NOT_A_FIGURE, str(cell).upper())
    if isinstance(cell, date):
        return scale.trouble(c.DATE_FOUND, f"{cell:%d/%m/%Y}")
    if isinstance(cell, (time, timedelta)):
        return scale.trouble(c.DATE_FOUND, str(cell))
    if isinstance(cell, str):
        if not cell:
            return Figure()
        if number_format and not shows_text_alone(number_format) and clean(cell):
            return scale.trouble(c.NOT_SHOWN, clean(cell))
        return parse_text(cell, scale)
    # As Excel shows it: 15 significant digits, no binary noise.
    return parse_number(Decimal(f"{cell:.15g}"), scale, number_format)
