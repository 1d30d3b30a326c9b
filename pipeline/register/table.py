"""The register's sheets as typed rows, and the list of what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipeline.register.cells import Value, seen
from pipeline.register.grid import GridCell
from schemas.register_columns import Sheet


@dataclass(slots=True)
class Row:
    """A row of a sheet. The accessors read its values once they are known to be of the type."""

    number: int
    cells: Mapping[str, GridCell]
    values: dict[str, Value] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The text or word of a cell; empty where it is blank."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def figure(self, key: str) -> Decimal | None:
        value = self.values.get(key)
        return value if isinstance(value, Decimal) else None

    def amount(self, key: str) -> Decimal:
        """The figure of a cell that must hold one."""
        value = self.values.get(key)
        return value if isinstance(value, Decimal) else Decimal(0)

    def whole(self, key: str) -> int:
        """The whole number of a cell; 0 where it is blank."""
        value = self.values.get(key)
        return value if isinstance(value, int) else 0

    def day(self, key: str) -> date:
        value = self.values.get(key)
        return value if isinstance(value, date) else date.min

    def words(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        return tuple(v for v in value if isinstance(v, str)) if isinstance(value, tuple) else ()

    def wholes(self, key: str) -> tuple[int, ...]:
        """The whole numbers of a cell; none where it is blank."""
        value = self.values.get(key)
        return tuple(v for v in value if isinstance(v, int)) if isinstance(value, tuple) else ()


@dataclass(slots=True)
class Table:
    sheet: Sheet
    rows: list[Row]

    @property
    def by_ref(self) -> dict[str, Row]:
        """Its rows by the first column, which names them; of two with one name, the first."""
        key = self.sheet.columns[0].key
        return {row.text(key): row for row in reversed(self.rows) if row.text(key)}


@dataclass(slots=True)
class Problems:
    """One line for each cell to put right; of several about one cell, the first said stands."""

    #: The workbook's file name.
    name: str
    #: By sheet, row number and place in the row.
    _lines: dict[tuple[str, int, str], str] = field(default_factory=dict)

    def add(self, sheet: Sheet, row: Row, key: str, says: str) -> None:
        """Say what is wrong with a cell; `{value}` in it becomes what stands there."""
        cell = row.cells[key]
        line = f"{self.name}, {sheet.title}!{cell.address}: {says.replace('{value}', seen(cell))}"
        self._lines.setdefault((sheet.title, row.number, key), line)

    def about(self, sheet: Sheet, row: Row) -> list[str]:
        """The keys of the row's cells that something has been said about."""
        return [
            key
            for title, number, key in self._lines
            if (title, number) == (sheet.title, row.number)
        ]

    def of(self, sheet: Sheet) -> list[str]:
        """The lines about a sheet, from its top, each row from its left."""
        order = [column.key for column in sheet.columns]
        places = [place for place in self._lines if place[0] == sheet.title]
        return [
            self._lines[place]
            for place in sorted(places, key=lambda place: (place[1], order.index(place[2])))
        ]
