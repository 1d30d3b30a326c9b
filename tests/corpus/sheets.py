"""The vocabulary that layouts are written in: sheets of cells, as every writer can write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

GENERAL = "General"


@dataclass(frozen=True)
class Font:
    """What a run of text looks like, as far as it says something."""

    struck: bool = False
    raised: bool = False
    lowered: bool = False
    bold: bool = False
    red: bool = False


PLAIN = Font()
STRUCK = Font(struck=True)
RAISED = Font(raised=True)
LOWERED = Font(lowered=True)
BOLD = Font(bold=True)
RED = Font(red=True)


@dataclass(frozen=True)
class Run:
    text: str
    font: Font = PLAIN


@dataclass(frozen=True)
class Rich:
    """A text of several runs."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Shown:
    """A value with the number format of its cell, the text that a person sees, and its font."""

    value: float | str | date
    code: str
    text: str
    font: Font = PLAIN


@dataclass(frozen=True)
class Broken:
    """A formula that came to an error."""

    error: str = "#DIV/0!"


Cell = None | str | int | float | bool | Rich | Shown | Broken


@dataclass(frozen=True)
class Span:
    """A cell merged over others; in its own row it takes their places."""

    value: Cell
    across: int = 1
    down: int = 1


Row = Sequence[Cell | Span]


@dataclass(frozen=True)
class Area:
    """A merged area, counted from 0, its last row and column among it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: tuple[Row, ...]
    hidden_columns: tuple[int, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden: bool = False

    def placed(self) -> Iterator[tuple[int, int, Cell | Span]]:
        """Row, column and content of each cell that is not blank."""
        for number, row in enumerate(self.rows):
            column = 0
            for content in row:
                if content is not None:
                    yield number, column, content
                column += content.across if isinstance(content, Span) else 1

    def cells(self) -> dict[tuple[int, int], Cell]:
        """What stands where; of merged cells the first."""
        return {
            (row, column): content.value if isinstance(content, Span) else content
            for row, column, content in self.placed()
        }

    def merged(self) -> tuple[Area, ...]:
        return tuple(
            Area(row, column, row + content.down - 1, column + content.across - 1)
            for row, column, content in self.placed()
            if isinstance(content, Span) and (content.across, content.down) != (1, 1)
        )


def style(content: Cell) -> tuple[str, Font]:
    """The number format and font of a cell."""
    return (content.code, content.font) if isinstance(content, Shown) else (GENERAL, PLAIN)


def styles(sheets: Sequence[Sheet]) -> list[tuple[str, Font]]:
    """The cell styles of a workbook, that of plain cells first."""
    found = {(GENERAL, PLAIN): None}
    for sheet in sheets:
        found |= dict.fromkeys(style(content) for content in sheet.cells().values())
    return list(found)


def stored(content: Cell) -> str | float | None:
    """What a cell holds, dates as Excel counts them."""
    match content:
        case Rich():
            return content.text
        case Broken():
            return content.error
        case Shown(value=date() as day):
            return serial(day)
        case Shown(value=(str() | int() | float()) as value):
            return value
        case None | str() | int() | float():
            return content
    raise TypeError(f"{content} is no cell")


def serial(day: date) -> int:
    """A date as Excel counts it."""
    return (day - date(1899, 12, 30)).days


# --- Cells as people fill them in ---------------------------------------------------------------


def percent(points: str, places: int = 1) -> Shown:
    """A percentage typed with its sign: the cell holds the fraction."""
    code = f"0.{'0' * places}%" if places else "0%"
    return Shown(float(Decimal(points) / 100), code, f"{Decimal(points):.{places}f}%")


def pounds(amount: int) -> Shown:
    """Money typed with its sign."""
    text = f"£{amount:,}" if amount >= 0 else f"-£{-amount:,}"
    return Shown(amount, '"£"#,##0', text)


def dated(day: date, code: str = "dd/mm/yyyy", text: str = "") -> Shown:
    """A date, as Excel makes one of what looks like one."""
    return Shown(day, code, text or day.strftime("%d/%m/%Y"))


def struck(text: str) -> Run:
    return Run(text, STRUCK)


def raised(text: str) -> Run:
    return Run(text, RAISED)


def rich(*runs: str | Run) -> Rich:
    """A text of several runs; a plain one is written as its text."""
    return Rich(tuple(Run(run) if isinstance(run, str) else run for run in runs))


def sheet(
    name: str,
    *rows: Row,
    hidden_columns: Sequence[int] = (),
    hidden_rows: Sequence[int] = (),
    hidden: bool = False,
) -> Sheet:
    return Sheet(name, rows, tuple(hidden_columns), tuple(hidden_rows), hidden)
