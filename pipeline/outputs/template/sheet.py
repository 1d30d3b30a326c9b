"""One sheet of the template: its cells' looks, its table, its page set-up and its protection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.outputs.template.cells import Entry, Validation
from pipeline.workbooks.row_height import fitted_height
from pipeline.workbooks.tagged import TaggedWorkbook
from pipeline.workbooks.worksheets import put_text, set_a4

_NAVY = "#1F3864"
_GREY = "#F2F2F2"
_YELLOW = "#FFF8D6"
_LINE = "#A6A6A6"
_STRONG_LINE = "#7F6000"
_LIGHT_HATCH, _STRIPES = 14, 15

#: So many ranges stand in one rule for what cells accept.
_MOST_RANGES = 500

#: For `xlsxwriter.Workbook`: a plain typeface that every office program has.
FONT = {"font_name": "Arial", "font_size": 12}

_LINED = {"border": 1, "border_color": _LINE}
_CELL = _LINED | {"text_wrap": True, "valign": "top", "align": "left", "indent": 1}
_TITLE = {"bold": True, "font_size": 16, "font_color": _NAVY}
#: How each kind of text looks, by xlsxwriter's names of format properties.
_LOOKS: dict[str, dict[str, object]] = {
    "subtitle": {"bold": True, "font_size": 14, "font_color": _NAVY},
    # Not the default format: a program that saves the return again may drop that, and the
    # column's own, which wraps, would show through.
    "note": {"valign": "vcenter"},
    "heading": _CELL | {"bold": True, "font_color": "#FFFFFF", "bg_color": _NAVY},
    "label": _CELL | {"bold": True, "bg_color": _GREY},
    "prefilled": _CELL | {"bg_color": _GREY},
    "unused": _CELL | {"pattern": _LIGHT_HATCH, "fg_color": _LINE, "bg_color": "#FFFFFF"},
    # Unlocked, and otherwise as a cell that nobody touched.
    "open": {"locked": False, "text_wrap": True, "valign": "top", "num_format": "@"},
}
_MEDIUM = 2
#: In points.
_PART_HEIGHT = 32
#: While something is missing in a cell: striped, and darker than the yellow in grey, too.
_LACKING = {"pattern": _STRIPES, "fg_color": "#C55A11", "bg_color": "#F4B183"}
_LACKING |= {"border": 1, "border_color": "#C00000"}
_TO_FILL = _CELL | {"locked": False, "bg_color": _YELLOW, "border_color": _STRONG_LINE}

#: Nothing that was prefilled can be typed over; everything that makes it easier to read is free.
_FREE = (
    *("format_cells", "format_columns", "format_rows", "sort", "autofilter"),
    *("select_locked_cells", "select_unlocked_cells"),
)


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


class TemplateSheet:
    """A worksheet that prints on A4 landscape, one page wide. Rows and columns count from 0."""

    def __init__(self, book: TaggedWorkbook, name: str, widths: Sequence[int]) -> None:
        """With columns of so many digits' width."""
        self.worksheet: Worksheet = book.add_worksheet(name, _GrowingRows)
        self._book = book
        self._looks = {look: book.add_format(properties) for look, properties in _LOOKS.items()}
        self._looks["title"] = book.add_heading_format(_TITLE)
        self._lacking = book.add_format(_LACKING)
        self.name = name
        self._widths = widths
        #: What cells accept, each once, with the cells by column and row.
        self._accepted: dict[str, tuple[Validation, list[tuple[int, int]]]] = {}
        for column, width in enumerate(widths):
            self.worksheet.set_column(column, column, width)
        set_a4(self.worksheet, sides=0.5, top=0.6, bottom=0.7)

    def put(self, row: int, column: int, text: str, look: str) -> None:
        """Text as a string, whatever it looks like; an empty one as a formatted blank."""
        put_text(self.worksheet, row, column, text, self._looks[look])

    def put_part(self, row: int, text: str) -> None:
        """What heads a part of the sheet, with room above it: an empty row would be read out."""
        self.worksheet.set_row(row, _PART_HEIGHT)
        self.put(row, 0, text, "subtitle")

    def fit(self, row: int, texts: Iterable[str]) -> None:
        """Make a row tall enough for its texts, from the first column on."""
        self.worksheet.set_row(row, fitted_height(zip(texts, self._widths, strict=True)))

    def entry(self, row: int, column: int, entry: Entry) -> None:
        """A cell to fill in, with its validation."""
        self.worksheet.write_blank(row, column, None, self._to_fill(entry))
        if entry.lacks:
            lacking = {"type": "formula", "criteria": f"={entry.lacks}", "format": self._lacking}
            self.worksheet.conditional_format(row, column, row, column, lacking)
        _, places = self._accepted.setdefault(repr(entry.accepts), (entry.accepts, []))
        places.append((column, row))

    def open_column(self, column: int, first: int, last: int, filled: int, entry: Entry) -> None:
        """A column to fill in down to a row and beyond; `filled` rows of it look so."""
        self.worksheet.set_column(column, column, self._widths[column], self._looks["open"])
        self.worksheet.data_validation(first, column, last, column, entry.accepts)
        form = self._to_fill(entry)
        for row in range(first, first + filled):
            self.worksheet.write_blank(row, column, None, form)

    def _to_fill(self, entry: Entry) -> Format:
        """An unlocked yellow cell; words stand to the left, figures to the right."""
        own: dict[str, object] = {"num_format": entry.number_format, "align": entry.align}
        own |= {"border": _MEDIUM} if entry.is_required else {}
        # Of formats that are alike xlsxwriter writes one.
        return self._book.add_format(_TO_FILL | own)

    def _validate(self) -> None:
        """Say once of all cells that accept the same what that is; Excel takes 65,534 rules."""
        for accepts, places in self._accepted.values():
            ranges: list[tuple[int, int, int]] = []
            for column, row in sorted(places):
                if ranges and ranges[-1][0] == column and ranges[-1][2] == row - 1:
                    ranges[-1] = column, ranges[-1][1], row
                else:
                    ranges.append((column, row, row))
            for start in range(0, len(ranges), _MOST_RANGES):
                some = ranges[start : start + _MOST_RANGES]
                column, first, last = some[0]
                named = " ".join(xl_range(top, at, bottom, at) for at, top, bottom in some)
                rule = accepts | {"multi_range": named}
                self.worksheet.data_validation(first, column, last, column, rule)

    def table(self, top: int, headings: Sequence[str], rows: int, *, name: str = "") -> None:
        """A named table with its heading row at `top`; the sheet's name, unless another is given.

        The cells below the headings are the caller's. Excel knows no table without a row: with none
        there are only the headings.
        """
        if rows:
            columns = [{"header": heading} for heading in headings]
            about = {"name": name or self.name, "columns": columns, "autofilter": False}
            last = (top + rows, len(headings) - 1)
            self.worksheet.add_table(top, 0, *last, about | {"style": None})
        for column, heading in enumerate(headings):
            self.put(top, column, heading, "heading")

    def start_at(self, row: int, column: int) -> None:
        """Finish the sheet: protect it and leave the cursor where filling in starts."""
        self._validate()
        self.worksheet.set_selection(row, column, row, column)
        self.worksheet.protect("", dict.fromkeys(_FREE, True))
