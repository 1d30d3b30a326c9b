"""What calamine does not tell of a sheet: number formats, errors, formulas, what is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

#: Row and column, from 0.
Place = tuple[int, int]
#: First row, first column, last row, last column; from 0.
Span = tuple[int, int, int, int]

GENERAL = "General"
#: Built-in formats that matter for reading a figure (ECMA-376 part 1, 18.8.30).
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 48: "##0.0E+0", 49: "@",
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


class CellDetail(Struct, frozen=True):
    #: None where the file does not tell it, or in a way that cannot be understood.
    number_format: str | None = GENERAL
    #: `#REF!` and the like; empty where the cell holds no error.
    error: str = ""
    has_formula: bool = False
    #: A formula's result was saved with it.
    has_value: bool = False
    #: Part of its text is raised, lowered or struck through; told of Excel's XML only.
    has_marks: bool = False


#: Of a cell that was not found in the file.
ABSENT = CellDetail(None)


class Codes(dict[int, str | None]):
    """The number formats that a workbook defines itself; None of one that is not plain."""

    def keep(self, number: int, code: str | None) -> None:
        """Note a format. Of two different ones with one number, programs take either."""
        self[number] = code if self.get(number, code) == code else None


class Formats(dict[int, str | None]):
    """The number format of each cell style, by index; None where it is not plain.

    A style is given by the number of its format, or None where that cannot be read.
    """

    def __init__(self, styles: Iterable[int | None], own: Codes) -> None:
        codes = dict.fromkeys(range(_FIRST_OWN), GENERAL) | BUILT_IN | own | {None: None}
        super().__init__((at, codes.get(style)) for at, style in enumerate(styles))

    def __missing__(self, style: int) -> str | None:
        # A workbook without styles has one, as it were.
        return None if self or style else GENERAL


class SheetDetails(Struct):
    """The details of the cells asked for, and the rows and columns that are not shown."""

    cells: dict[Place, CellDetail] = {}
    hidden_rows: set[int] = set()
    #: First and last column of each hidden range.
    hidden_columns: list[tuple[int, int]] = []

    @classmethod
    def of(cls, asked: Iterable[Place]) -> SheetDetails:
        """What is known of a sheet before it is read."""
        return cls(dict.fromkeys(asked, ABSENT))


#: Looks up the details of a sheet's cells: the sheet's name and the places.
Details = Callable[[str, Iterable[Place]], SheetDetails]
