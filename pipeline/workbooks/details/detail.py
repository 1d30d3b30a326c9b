"""What calamine does not tell of a sheet: formats, marks, errors, formulas, what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntFlag
from functools import cached_property
from typing import Protocol

from msgspec import Struct

#: Row and column, from 0.
Place = tuple[int, int]
#: First row, first column, last row, last column; from 0.
Span = tuple[int, int, int, int]

GENERAL = "General"
#: Built-in formats (ECMA-376 part 1, 18.8.30); where the reader's country decides, Britain's.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    5: '"£"#,##0;-"£"#,##0', 6: '"£"#,##0;[Red]-"£"#,##0',
    7: '"£"#,##0.00;-"£"#,##0.00', 8: '"£"#,##0.00;[Red]-"£"#,##0.00',
    12: "# ?/?", 13: "# ??/??", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy hh:mm",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
#: Numbers from here on are of formats that a workbook defines itself.
_FIRST_OWN = 164
#: The error values of Excel's binary files ([MS-XLS] 2.5.10).
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


class BrokenPartError(Exception):
    """A part of the workbook is malformed, or declares what no workbook needs."""


class Marks(IntFlag):
    """What a cell, or a part of its text, is marked with that may be no part of what it says."""

    NONE = 0
    #: Raised or lowered.
    SHIFTED = 1
    STRUCK = 2


def font_marks(options: int, script: int) -> Marks:
    """The marks of a font of Excel's binary files ([MS-XLS] 2.4.122, [MS-XLSB] 2.4.149)."""
    struck = Marks.STRUCK if options & 0x08 else Marks.NONE
    return struck | (Marks.SHIFTED if script else Marks.NONE)


class CellDetail(Struct, frozen=True):
    #: None where the file does not tell it, or in a way that cannot be understood.
    number_format: str | None = GENERAL
    #: `#REF!` and the like; empty where the cell holds no error.
    error: str = ""
    has_formula: bool = False
    #: A formula's result was saved with it.
    has_value: bool = False
    #: Of its font, or of the font of a part of its text.
    marks: Marks = Marks.NONE
    #: What the cell shows, where the file says that beside the value.
    shown: str | None = None


#: Of a cell that was not found in the file.
ABSENT = CellDetail(None)


class Codes(dict[int, str | None]):
    """The number formats that a workbook defines itself; None of one that is not plain."""

    def keep(self, number: int, code: str | None) -> None:
        """Note a format. Of two different ones with one number, programs take either."""
        self[number] = code if self.get(number, code) == code else None


class CellStyle(Struct, frozen=True):
    """What a style of cells says."""

    #: None where it is not plain.
    number_format: str | None = GENERAL
    marks: Marks = Marks.NONE


_PLAIN_STYLE, _UNKNOWN_STYLE = CellStyle(), CellStyle(None)


class CellStyles(dict[int, CellStyle]):
    """Each style of cells, by index; one of an unknown format where there is none of that index.

    A style is given by the numbers of its format and its font, or None where one cannot be read.
    """

    def __init__(
        self,
        styles: Iterable[tuple[int | None, int | None]],
        own: Codes,
        fonts: Sequence[Marks],
    ) -> None:
        """Of each style's format and font, by number; of the book's own formats, and its fonts."""
        codes = dict.fromkeys(range(_FIRST_OWN), GENERAL) | BUILT_IN | own | {None: None}
        marked: dict[int | None, Marks] = dict(enumerate(fonts))
        super().__init__(
            (at, CellStyle(codes.get(code), marked.get(font, Marks.NONE)))
            for at, (code, font) in enumerate(styles)
        )
        #: Whether any of them marks a cell.
        self.has_marks = any(style.marks for style in self.values())

    def __missing__(self, style: int) -> CellStyle:
        # A workbook without styles has one, as it were.
        return _UNKNOWN_STYLE if self or style else _PLAIN_STYLE


class Around(Struct, frozen=True):
    """A text that stands on a sheet or its pages in no cell, and where."""

    text: str
    where: str


class SheetDetails(Struct, dict=True):
    """The details of the cells asked for, and the rows and columns that are not shown."""

    cells: dict[Place, CellDetail] = {}
    hidden_rows: set[int] = set()
    #: First and last column of each hidden range.
    hidden_columns: list[tuple[int, int]] = []
    #: What comments say of cells, as far as the kind of workbook tells it.
    comments: dict[Place, str] = {}
    #: What stands in no cell, as far as the kind of workbook tells it.
    around: list[Around] = []
    #: No cell of the sheet is marked, shows an error or has a formula (see `Details.is_plain`).
    is_plain: bool = False

    @cached_property
    def odd_rows(self) -> frozenset[int]:
        """The rows of the cells that are marked or show an error."""
        if self.is_plain:
            return frozenset()
        cells = self.cells.items()
        return frozenset(row for (row, _), detail in cells if detail.marks or detail.error)

    @classmethod
    def of(cls, asked: Iterable[Place]) -> SheetDetails:
        """What is known of a sheet before it is read."""
        return cls(dict.fromkeys(asked, ABSENT))


class Details(Protocol):
    """Looks up the details of cells, by the name of their sheet."""

    def __call__(self, sheet: str, wanted: Iterable[Place], /) -> SheetDetails:
        """What is known of a sheet, and of the cells at these places."""
        ...

    def is_plain(self, sheet: str, /) -> bool:
        """Whether no cell of a sheet is marked, shows an error or has a formula.

        False where that cannot be told without looking at each.
        """
        ...


def marked_places(details: Details, sheet: str, places: Iterable[Place]) -> dict[Place, Marks]:
    """Those of a sheet's cells that are struck out, raised or lowered, in whole or in part."""
    if details.is_plain(sheet):
        return {}
    known = details(sheet, places)
    return {place: detail.marks for place, detail in known.cells.items() if detail.marks}
