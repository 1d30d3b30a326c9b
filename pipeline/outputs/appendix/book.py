"""The workbook under construction: safe text, numbers as printed, page set-up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import asdict, replace
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.report import Report
from pipeline.outputs.appendix.looks import PLAIN, Look
from pipeline.outputs.palette import DRAFT, RULE
from pipeline.workbooks.quick_sheet import QuickSheet
from pipeline.workbooks.safe_text import plain
from pipeline.workbooks.tagged import TaggedWorkbook
from pipeline.workbooks.worksheets import form_of_text, header_text, put_text, set_a4
from schemas.units import Unit, cell_value, grouped, number_format, places, row_of
from schemas.units import shown as as_text

FONT = "Arial"
#: Excel's limits.
_NAME_LENGTH = 31
_SIGNIFICANT_DIGITS = 15
_CM = 1 / 2.54
#: Between two lines of a cell.
BREAK = "\n"


class Paragraph(Struct, frozen=True):
    """Text that starts on a line of its own in a cell, or goes on where the one before it ends."""

    text: str
    look: Look = PLAIN
    goes_on: bool = False


class Place(Struct, frozen=True):
    """A row of a sheet, from 0, that links lead to."""

    sheet: str
    row: int = 0

    @property
    def location(self) -> str:
        """As Excel writes it: `'Appendix 3'!A12`."""
        name = self.sheet.replace("'", "''")
        return f"'{name}'!A{self.row + 1}"


class PrintedNumber(Struct, frozen=True):
    """A number and the format that shows it."""

    value: float
    num_format: str
    shown: str


def printed_number(
    value: Decimal, unit: Unit | None, shown: str, prefix: str = ""
) -> PrintedNumber | None:
    """The number and number format that show exactly the text `shown`; None where there is none.

    There is none for a figure of more digits than Excel keeps, or where the text is more than the
    figure with its prefix.
    """
    decimals = len(shown.partition(".")[2].rstrip(row_of(unit).sign_behind))
    held = cell_value(value, unit)
    if (
        decimals < places(value)
        or prefix + as_text(value, unit, decimals) != shown
        or has_too_many_digits(held)
    ):
        return None
    layout = number_format(unit, decimals, group=grouped(value, unit), prefix=prefix)
    return PrintedNumber(float(held) if held else 0.0, layout, shown)


def has_too_many_digits(held: Decimal) -> bool:
    """Whether a number has more digits than Excel keeps."""
    digits = held.as_tuple().digits
    return (
        len(digits) > _SIGNIFICANT_DIGITS
        and len("".join(map(str, digits)).strip("0")) > _SIGNIFICANT_DIGITS
    )


def sheet_name(title: str, taken: Iterable[str]) -> str:
    """A sheet's name as nearly like a title as Excel allows, unlike the names that are taken."""
    allowed = " ".join(re.sub(r"[\[\]:*?/\\]", " ", plain(title)).split())
    name = allowed.strip("' ")[:_NAME_LENGTH].strip("' ") or "Appendix"
    if name.casefold() in {other.casefold() for other in taken}:
        name = f"{name[: _NAME_LENGTH - 1]}_"
    return name


class Book:
    """The workbook of a report, and what all its sheets share."""

    def __init__(self, workbook: TaggedWorkbook, report: Report) -> None:
        self.workbook = workbook
        self.report = report
        #: By the names of sheets that hold a table, the first row, from 0, of its values.
        self.first_rows: dict[str, int] = {}
        #: Rows that are called by a name, by that.
        self.places: dict[str, Place] = {}
        self._formats: dict[Look, Format] = {}

    def format(self, look: Look) -> Format:
        """The format of a look, made once."""
        if look not in self._formats:
            given = {name: value for name, value in asdict(look).items() if value is not None}
            is_title = given.pop("is_title")
            add = self.workbook.add_heading_format if is_title else self.workbook.add_format
            # Of no scheme: a program that goes by the theme's fonts would show another.
            common = {"font_name": FONT, "font_scheme": "none", "border_color": RULE}
            self._formats[look] = add(common | given)
        return self._formats[look]

    def sheet(self, name: str, title: str, *, landscape: bool, is_data: bool = False) -> Worksheet:
        """A new sheet for A4, with a title, the time of issue and page numbers on each page.

        One of data has nothing in its margins, which screen readers pass over.
        """
        sheet = self.workbook.add_worksheet(name, QuickSheet)
        set_a4(sheet, sides=1.5 * _CM, top=1.7 * _CM, bottom=1.5 * _CM, landscape=landscape)
        edition = self.report.edition
        if edition is not None and edition.is_draft:
            sheet.set_tab_color(DRAFT)
        if not is_data:
            self._set_margins(sheet, title)
        return sheet

    def _set_margins(self, sheet: Worksheet, title: str) -> None:
        framework, period = self.report.register.framework, self.report.period.name
        font = '&"Arial,Regular"&8'
        called = f"{framework.appendix}: {framework.title}"
        edition = self.report.edition
        if edition is not None and edition.is_draft:
            called = f"DRAFT {edition.code}, not for publication – {called}"
        left = header_text(called, 110)
        right = header_text(f"{title}, {period}" if title else period, 60)
        sheet.set_header(f"&L{font} {left}&R{font} {right}", {"margin": 0.8 * _CM})
        done = f"{edition.shown} of" if edition is not None else "Issued"
        issued = f"{done} {self.report.issued_at:%d %b %Y %H:%M}"
        council = header_text(framework.council, 60)
        footer = f"&L{font} {council}&C{font} {issued}&R{font} Page &P of &N"
        sheet.set_footer(footer, {"margin": 0.7 * _CM})

    def write(
        self, sheet: Worksheet, place: tuple[int, int], content: tuple[Paragraph, ...], look: Look
    ) -> None:
        """Write text into the cell at (row, column) as text, whatever it looks like."""
        if len(content) == 1 and not content[0].text.startswith("<r>"):
            (only,) = content
            whole = look if only.look is look else look.in_type_of(only.look)
            put_text(sheet, *place, only.text, self.format(whole))
            return
        safe = [replace(p, text=text) for p in content if (text := plain(p.text))]
        text = "".join(f"{'' if p.goes_on or p is safe[0] else BREAK}{p.text}" for p in safe)
        # xlsxwriter would take such text for the markup of a rich string.
        resembles_markup = text.startswith("<r>") and text.endswith("</r>")
        if len({p.look for p in safe}) > 1 or resembles_markup:
            form = form_of_text(sheet, text, self.format(look))
            sheet.write_rich_string(*place, *self._runs(safe), form)
        else:
            whole = look.in_type_of(safe[0].look) if safe else look
            put_text(sheet, *place, text, self.format(whole))

    def link(
        self, sheet: Worksheet, place: tuple[int, int], words: str, to: Place, look: Look
    ) -> None:
        """Write words into the cell at (row, column) that lead to another place of the book."""
        sheet.write_url(*place, f"internal:{to.location}", self.format(look), plain(words))

    def _runs(self, content: list[Paragraph]) -> list[str | Format]:
        runs: list[str | Format] = []
        for i, paragraph in enumerate(content, 1):
            is_last = i == len(content) or content[i].goes_on
            text = paragraph.text if is_last else f"{paragraph.text}{BREAK}"
            # xlsxwriter wants two runs at least.
            pieces = (text,) if len(content) > 1 else (text[:1], text[1:])
            for piece in pieces:
                runs += [self.format(paragraph.look), piece]
        return runs
