"""One sheet of the template: its cells' looks, its table, its page set-up and its protection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.workbooks.row_height import fitted_height
from pipeline.workbooks.safe_text import plain

_NAVY = "#1F3864"
_GREY = "#F2F2F2"
_YELLOW = "#FFF8D6"
_LINE = "#A6A6A6"
_STRONG_LINE = "#7F6000"
_LIGHT_HATCH = 14
_A4 = 9

#: For `xlsxwriter.Workbook`: a plain typeface that every office program has.
OPTIONS = {"default_format_properties": {"font_name": "Arial", "font_size": 11}}

#: Nothing that was prefilled can be typed over; everything that makes it easier to read is free.
_PROTECTION = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "sort": True,
    "autofilter": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


class Style:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._to_fill: dict[tuple[str, bool], Format] = {}
        self.title = self._format(bold=True, font_size=16, font_color=_NAVY)
        self.subtitle = self._format(bold=True, font_size=12, font_color=_NAVY)
        # Not the default format: a program that saves the return again may drop that, and the
        # column's own, which wraps, would show through.
        self.note = self._format(valign="vcenter")
        self.mark = self._format(bold=True, font_color=_NAVY, indent=1)
        self.mark_prefilled = self._format(font_color="#595959", indent=1)
        self.heading = self._cell(bold=True, font_color="#FFFFFF", bg_color=_NAVY)
        self.label = self._cell(bold=True, bg_color=_GREY)
        self.prefilled = self._cell(bg_color=_GREY)
        self.unused = self._cell(pattern=_LIGHT_HATCH, fg_color=_LINE, bg_color="#FFFFFF")
        #: Unlocked, and otherwise as a cell that nobody touched.
        self.open = self._format(locked=False, text_wrap=True, valign="top", num_format="@")

    def to_fill(self, number_format: str, *, left: bool) -> Format:
        """An unlocked yellow cell; words stand to the left, figures to the right."""
        key = (number_format, left)
        if key not in self._to_fill:
            self._to_fill[key] = self._cell(
                locked=False,
                num_format=number_format,
                bg_color=_YELLOW,
                border_color=_STRONG_LINE,
                align="left" if left else "right",
            )
        return self._to_fill[key]

    def _cell(self, **properties: object) -> Format:
        return self._format(
            **{
                "border": 1,
                "border_color": _LINE,
                "text_wrap": True,
                "valign": "top",
                "align": "left",
                "indent": 1,
            }
            | properties
        )

    def _format(self, **properties: object) -> Format:
        return self._book.add_format(properties)


class _GrowingRows(Worksheet):  # type: ignore[misc] # xlsxwriter states no types
    """A worksheet whose row heights are only where they start.

    xlsxwriter fixes every height that it writes; a fixed row does not grow with what is typed in.
    """

    def _xml_start_tag_unencoded(
        self, tag: str, attributes: Sequence[tuple[str, object]] = ()
    ) -> None:
        if tag == "row":
            attributes = [(name, value) for name, value in attributes if name != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


class Sheet:
    """A worksheet that prints on A4 landscape, one page wide. Rows and columns count from 0."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, style: Style, footer: str) -> None:
        self.worksheet: Worksheet = book.add_worksheet(name, _GrowingRows)
        self._name = name
        self._style = style
        self.worksheet.set_landscape()
        self.worksheet.set_paper(_A4)
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        # An ampersand starts a code in a footer; two print one. Excel takes 255 characters.
        shown = plain(footer, 100).replace("&", "&&")
        self.worksheet.set_footer(f"&L{shown}&R&A, page &P of &N")
        self.worksheet.hide_gridlines(2)

    def put(self, row: int, column: int, text: str, form: Format) -> None:
        """Text as a string, whatever it looks like; an empty one as a formatted blank."""
        if kept := plain(text):
            self.worksheet.write_string(row, column, kept, form)
        else:
            self.worksheet.write_blank(row, column, None, form)

    def fit(self, row: int, cells: Iterable[tuple[str, float]]) -> None:
        """Make a row tall enough for its texts, each with its column's width."""
        self.worksheet.set_row(row, fitted_height(cells))

    def entry(
        self, place: tuple[int, int], accepts: dict[str, object], number_format: str, *, left: bool
    ) -> None:
        """A cell to fill in, with its validation."""
        self.worksheet.write_blank(*place, None, self._style.to_fill(number_format, left=left))
        self.worksheet.data_validation(*place, *place, accepts)

    def table(
        self, top: int, headings: Sequence[str], rows: int, *, name: str = "", filters: bool = False
    ) -> None:
        """A named table with its heading row at `top`; the sheet's name, unless another is given.

        The cells below the headings are the caller's. Excel knows no table without a row: with none
        there are only the headings.
        """
        if rows:
            options = {
                "name": name or self._name,
                "columns": [{"header": heading} for heading in headings],
                "autofilter": filters,
                "style": None,
            }
            self.worksheet.add_table(top, 0, top + rows, len(headings) - 1, options)
            # Two lines high: the filter buttons stand under the words and not on them.
            self.worksheet.set_row(top, 32 if filters else None)
        for column, heading in enumerate(headings):
            self.put(top, column, heading, self._style.heading)

    def start_at(self, row: int, column: int) -> None:
        """Protect the sheet and leave the cursor where filling in starts."""
        self.worksheet.set_selection(row, column, row, column)
        self.worksheet.protect("", _PROTECTION)
