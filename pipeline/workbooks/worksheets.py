"""Worksheets written by xlsxwriter: text as text, pages of A4."""

from __future__ import annotations

import re

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.workbooks.safe_text import begins_like_formula, plain

_A4 = 9
#: What a format has by its place in the workbook, and not by how it looks.
_OF_ITS_OWN = frozenset({"xf_index", "dxf_index", "_format_key"})
#: Excel's limit for a page's header or footer, in characters.
_LONGEST_HEADER = 255


def put_text(sheet: Worksheet, row: int, column: int, text: str, form: Format) -> None:
    """Write text as a string, whatever it looks like; an empty one as a formatted blank.

    What begins like a formula has Excel's quote prefix, so that it stays text when somebody edits
    its cell, and keeps its sign.
    """
    if safe := plain(text):
        sheet.write_string(row, column, safe, form_of_text(sheet, safe, form))
    else:
        sheet.write_blank(row, column, None, form)


def form_of_text(sheet: Worksheet, text: str, form: Format) -> Format:
    """The format of a cell with that text: with the quote prefix where it needs one."""
    if not begins_like_formula(text):
        return form
    quoted: Format = sheet.workbook_add_format()
    vars(quoted).update({k: each for k, each in vars(form).items() if k not in _OF_ITS_OWN})
    quoted.set_quote_prefix()
    # Of formats that are alike xlsxwriter writes one.
    return quoted


def set_a4(
    sheet: Worksheet, *, sides: float, top: float, bottom: float, landscape: bool = True
) -> None:
    """Have a sheet print on A4, one page wide, without lines between cells; margins in inches."""
    sheet.set_paper(_A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=sides, right=sides, top=top, bottom=bottom)
    sheet.hide_gridlines(2)


def header_text(text: str, longest: int) -> str:
    """Text for a page's header: on one line, cut to length, its ampersands not taken for codes."""
    line = " ".join(plain(text).split())
    if len(line) > longest:
        line = f"{line[: longest - 1]}…"
    # A word joiner keeps `&&G` and `&&[` from being read as the code of a picture or a field.
    line = re.sub(r"&(?=[G\[])", "&\u2060", line)
    return line.replace("&", "&&")[:_LONGEST_HEADER]
