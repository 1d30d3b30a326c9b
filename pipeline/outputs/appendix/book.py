"""The workbook under construction: looks, safe text, page set-up, sheet names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.report import Report
from pipeline.outputs.palette import INK, RULE
from pipeline.workbooks.safe_text import plain
from schemas.units import Unit, cell_value, grouped, number_format, places, row_of
from schemas.units import shown as as_text

FONT = "Arial"
#: Excel's limits.
_NAME_LENGTH = 31
_HEADER_LENGTH = 255
_SIGNIFICANT_DIGITS = 15
_CENTIMETRE = 1 / 2.54


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell, or a run of text in it, looks."""

    size: int = 10
    bold: bool = False
    italic: bool = False
    ink: str = INK
    fill: str = ""
    align: str = "left"
    valign: str = "vcenter"
    indent: int = 0
    #: A number stays on one line, and is set smaller before it turns to ####.
    number: bool = False
    #: Lines above, below and at the sides.
    top: bool = False
    bottom: bool = False
    sides: bool = False
    num_format: str = ""

    def ruled(self) -> Look:
        """The same as a cell of a table: with a line all round, and room at the sides."""
        return replace(self, top=True, bottom=True, sides=True, indent=1)

    def in_type_of(self, other: Look) -> Look:
        """The same cell with its text as in another look."""
        return replace(self, size=other.size, bold=other.bold, italic=other.italic, ink=other.ink)

    def properties(self) -> dict[str, str | int | bool]:
        """The look as xlsxwriter's format properties."""
        found: dict[str, str | int | bool] = {
            "font_name": FONT,
            "font_size": self.size,
            "bold": self.bold,
            "italic": self.italic,
            "font_color": self.ink,
            "align": self.align,
            "valign": self.valign,
            "text_wrap": not self.number,
            "shrink": self.number,
            "indent": self.indent,
            "border_color": RULE,
            "top": int(self.top),
            "bottom": int(self.bottom),
            "left": int(self.sides),
            "right": int(self.sides),
        }
        if self.fill:
            found["bg_color"] = self.fill
        if self.num_format:
            found["num_format"] = self.num_format
        return found


#: Body text without lines.
PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that starts on a line of its own in a cell."""

    text: str
    look: Look = PLAIN


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the format that shows it."""

    value: float
    num_format: str
    shown: str


def figure(value: Decimal, unit: Unit | None, shown: str, prefix: str = "") -> Figure | None:
    """The number and number format that show exactly the text `shown`; None where there is none.

    There is none for a figure of more digits than Excel keeps, or where the text is more than the
    figure with its prefix.
    """
    decimals = len(shown.partition(".")[2].rstrip(row_of(unit).sign_behind))
    held = cell_value(value, unit)
    digits = "".join(map(str, held.as_tuple().digits)).strip("0")
    if (
        decimals < places(value)
        or prefix + as_text(value, unit, decimals) != shown
        or len(digits) > _SIGNIFICANT_DIGITS
    ):
        return None
    layout = number_format(unit, decimals, group=grouped(value, unit), prefix=prefix)
    return Figure(float(held) if held else 0.0, layout, shown)


class Book:
    """A workbook, its formats (each made once), and the names its sheets have taken."""

    def __init__(self, workbook: Workbook, report: Report) -> None:
        self.workbook = workbook
        self.report = report
        self._formats: dict[Look, Format] = {}
        self._names: set[str] = {"history"}  # Excel keeps that name for itself

    def format(self, look: Look) -> Format:
        if look not in self._formats:
            self._formats[look] = self.workbook.add_format(look.properties())
        return self._formats[look]

    def reserve(self, *names: str) -> None:
        """Keep names for sheets that come later."""
        self._names.update(name.casefold() for name in names)

    def sheet(self, title: str, *, reserved: bool = False) -> Worksheet:
        """A new sheet named as nearly like the title as Excel allows."""
        name = title
        if not reserved:
            allowed = " ".join(re.sub(r"[\[\]:*?/\\]", " ", plain(title)).split())
            name = allowed.strip("' ")[:_NAME_LENGTH].strip("' ") or "Appendix"
            if name.casefold() in self._names:
                name = f"{name[: _NAME_LENGTH - 1]}_"
        sheet = self.workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        return sheet

    def print_setup(self, sheet: Worksheet, name: str, *, landscape: bool, wide: int = 1) -> None:
        """A4, so many pages wide, with a title, the time of issue and page numbers."""
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        else:
            sheet.set_portrait()
        sheet.fit_to_pages(wide, 0)
        sheet.set_margins(
            left=1.5 * _CENTIMETRE,
            right=1.5 * _CENTIMETRE,
            top=1.7 * _CENTIMETRE,
            bottom=1.5 * _CENTIMETRE,
        )
        framework, period = self.report.register.framework, self.report.period.name
        font = '&"Arial,Regular"&8'
        left = _header_text(f"{framework.appendix}: {framework.title}", 110)
        right = _header_text(f"{name}, {period}" if name else period, 60)
        sheet.set_header(f"&L{font} {left}&R{font} {right}", {"margin": 0.8 * _CENTIMETRE})
        issued = f"Issued {self.report.issued_at:%d %b %Y %H:%M}"
        council = _header_text(framework.council, 60)
        sheet.set_footer(
            f"&L{font} {council}&C{font} {issued}&R{font} Page &P of &N",
            {"margin": 0.7 * _CENTIMETRE},
        )

    def write(
        self, sheet: Worksheet, place: tuple[int, int], content: tuple[Paragraph, ...], look: Look
    ) -> None:
        """Write text into the cell at (row, column) as text, whatever it looks like."""
        kept = tuple(
            p if text == p.text else replace(p, text=text)
            for p in content
            if (text := plain(p.text))
        )
        text = "\n".join(p.text for p in kept)
        if not text:
            sheet.write_blank(*place, None, self.format(look))
        elif len({p.look for p in kept}) == 1 and not _resembles_markup(text):
            whole = look if kept[0].look is look else look.in_type_of(kept[0].look)
            sheet.write_string(*place, text, self.format(whole))
        else:
            sheet.write_rich_string(*place, *self._runs(kept), self.format(look))

    def _runs(self, content: tuple[Paragraph, ...]) -> list[str | Format]:
        runs: list[str | Format] = []
        for i, paragraph in enumerate(content):
            font = self.format(paragraph.look)
            text = paragraph.text + ("\n" if i < len(content) - 1 else "")
            # xlsxwriter wants two runs at least, and none that is empty.
            for piece in (text[:1], text[1:]):
                if piece:
                    runs += [font, piece]
        return runs


def _header_text(text: str, length: int) -> str:
    """Text for a page's header: on one line, cut to length, its ampersands not taken for codes."""
    line = " ".join(plain(text).split())
    if len(line) > length:
        line = f"{line[: length - 1]}…"
    # A word joiner keeps `&&G` and `&&[` from being read as the code of a picture or a field.
    line = re.sub(r"&(?=[G\[])", "&\u2060", line)
    return line.replace("&", "&&")[:_HEADER_LENGTH]


def _resembles_markup(text: str) -> bool:
    """Whether xlsxwriter would take plain text for the markup of a rich string."""
    return text.startswith("<r>") and text.endswith("</r>")
