"""Workbooks by xlsxwriter."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from tests.corpus.sheets import (
    GENERAL,
    PLAIN,
    Broken,
    Cell,
    Font,
    Rich,
    Sheet,
    Shown,
    style,
    styles,
)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook as .xlsx."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    # A plain cell has no style at all, or LibreOffice takes TRUE in it for 1.
    looks = {(GENERAL, PLAIN): None} | {
        (code, font): book.add_format({"num_format": code} | _properties(font))
        for code, font in styles(sheets)[1:]
    }
    for each in sheets:
        target = book.add_worksheet(each.name)
        for area in each.merged():
            target.merge_range(area.top, area.left, area.bottom, area.right, "")
        for (row, column), content in each.cells().items():
            _write(book, target, (row, column), content, looks[style(content)])
        for column in each.hidden_columns:
            target.set_column(column, column, None, None, {"hidden": True})
        for row in each.hidden_rows:
            target.set_row(row, None, None, {"hidden": True})
        if each.hidden:
            target.hide()
    book.close()
    return buffer.getvalue()


def _properties(font: Font) -> dict[str, object]:
    found: dict[str, object] = {}
    if font.struck:
        found["font_strikeout"] = True
    if font.raised or font.lowered:
        found["font_script"] = 1 if font.raised else 2
    if font.bold:
        found["bold"] = True
    if font.red:
        found["font_color"] = "red"
    return found


def _write(book: Any, target: Any, place: tuple[int, int], content: Cell, look: Any) -> None:
    match content:
        case Rich(runs) if len(runs) > 1:
            parts: list[object] = []
            for run in runs:
                if run.font != PLAIN:
                    parts.append(book.add_format(_properties(run.font)))
                parts.append(run.text)
            assert target.write_rich_string(*place, *parts) == 0
        case Rich(runs):
            target.write_string(*place, runs[0].text, book.add_format(_properties(runs[0].font)))
        case Broken(error):
            target.write_formula(*place, "=0/0", look, error)
        case Shown(value=date() as day):
            target.write_datetime(*place, datetime.combine(day, time()), look)
        case Shown(value=str() as text) | (str() as text):
            target.write_string(*place, text, look)
        case Shown(value=number):
            target.write_number(*place, number, look)
        case bool():
            target.write_boolean(*place, content, look)
        case int() | float():
            target.write_number(*place, content, look)
