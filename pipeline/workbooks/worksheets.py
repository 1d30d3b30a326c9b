"""Worksheets written by xlsxwriter: text as text, pages of A4."""

from __future__ import annotations

import re

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.workbooks.safe_text import plain

_A4 = 9
#: Excel's limit for a page's header or footer, in characters.
_LONGEST_HEADER = 255


def put_text(sheet: Worksheet, row: int, column: int, text: str, form: Format) -> None:
    """Write text as a string, whatever it looks like; an empty one as a formatted blank."""
    if safe := plain(text):
        sheet.write_string(row, column, safe, form)
    else:
        sheet.write_blank(row, column, None, form)


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
