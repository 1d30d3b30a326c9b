"""Rows of the register's sheets to its types, and back to what a workbook holds.

Which attribute a column fills is said by the column itself; see `schemas.register_columns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from schemas.model import Indicator, Register, Target
from schemas.register_columns import Content, RegisterColumn, RegisterSheet
from schemas.register_layout import AREAS, INDICATORS, LISTS, SHEETS
from schemas.register_names import SheetNames
from schemas.register_periods import listed_names
from schemas.register_settings import FRAMEWORK
from schemas.timeline import arranged, row_for
from schemas.units import Unit

#: Between several words in one cell.
SEPARATOR = "; "
#: What stands for a period's being open.
_OPEN = {True: "open", False: "closed"}


class Amount(Struct, frozen=True):
    """A figure with the unit that it is shown in."""

    value: Decimal
    unit: Unit | None = None


Cell = str | int | date | Amount | None
Cells = tuple[Cell, ...]
Values = Mapping[str, Any]


def register_of(sheets: Mapping[str, Sequence[Values]], sha256: str) -> Register:
    """The register of checked rows, by the titles of their sheets; `sha256` is the workbook's.

    Priorities come in their order, periods by their start, everything else as its sheet has it.
    """
    names = {sheet.title: SheetNames.of(sheet, sheets[sheet.title]) for sheet in SHEETS}
    raw = {
        sheet.attribute: [_item(sheet, values, names) for values in sheets[sheet.title]]
        for sheet in SHEETS
    }
    for priority in raw["priorities"]:
        priority.setdefault("achievements_heading", priority["heading"])
    places = {area["ref"]: place for place, area in reversed([*enumerate(raw["areas"])])}
    for indicator in raw["indicators"]:
        named = set(indicator["areas"]) & places.keys()
        indicator["areas"] = sorted(named, key=places.__getitem__)
    for period in raw["periods"]:
        period["open"] = period["open"] == _OPEN[True]
        period["formerly"] = listed_names(period.get("formerly", ""))
    raw["priorities"].sort(key=lambda priority: priority["order"])
    raw["periods"].sort(key=lambda period: (period["starts"], period["ends"]))
    (framework,) = raw["framework"]
    return arranged(msgspec.convert(raw | {"framework": framework, "sha256": sha256}, Register))


def _item(sheet: RegisterSheet, values: Values, names: Mapping[str, SheetNames]) -> dict[str, Any]:
    """A row as its type has it, attributes within attributes; a blank is the type's default.

    What it names of another sheet is spelt as there.
    """
    item: dict[str, Any] = {}
    for column in sheet.columns:
        *path, name = column.path
        value = values[column.key]
        if column.chosen_from and value is not None:
            known = names[LISTS[column.chosen_from].title]
            value = known.ref(value) if isinstance(value, str) else tuple(map(known.ref, value))
        if value is not None:
            at = item
            for step in path:
                at = at.setdefault(step, {})
            at[name] = value
    return item


def tables(register: Register) -> Iterator[tuple[RegisterSheet, list[Cells]]]:
    """Every sheet with its rows; cells are in the order of its columns. The framework is a row."""
    for sheet in SHEETS:
        items = [register.framework] if sheet is FRAMEWORK else getattr(register, sheet.attribute)
        if sheet is INDICATORS:
            items = register.versions or register.indicators
        elif sheet is AREAS:
            items = register.area_versions or register.areas
        yield sheet, [_cells(sheet, item, _unit(item, register)) for item in items]


def _unit(item: Struct, register: Register) -> Unit | None:
    """What the figures of a row are in: its own unit, or that of its indicator in its period."""
    if isinstance(item, Target):
        about = row_for(register, item.indicator, item.period)
        return about.unit if about else None
    return item.unit if isinstance(item, Indicator) else None


def _cells(sheet: RegisterSheet, item: Struct, unit: Unit | None) -> Cells:
    row = {column.key: _attribute(item, column) for column in sheet.columns}
    defaults = {field.name: field.default for field in msgspec.structs.fields(item)}
    return tuple(
        None
        if _counts_as_blank(column, row, defaults)
        else _cell(row[column.key], column.unit(unit, row))
        for column in sheet.columns
    )


def _attribute(item: Any, column: RegisterColumn) -> Any:
    for name in column.path:
        item = None if item is None else getattr(item, name)
    return item


def _cell(value: Cell | Decimal | tuple[object, ...], unit: Unit | None) -> Cell:
    match value:
        case Decimal():
            return Amount(value, unit)
        case bool():
            return _OPEN[value]
        case tuple():
            return SEPARATOR.join(map(str, value))
    return value


def _counts_as_blank(column: RegisterColumn, row: Values, defaults: Values) -> bool:
    """Whether a blank cell says the same, so that none needs to be filled in."""
    value = row[column.key]
    match column.key:
        case "achievements_heading":
            return bool(value == row["heading"])
        case "decimals":
            # A measure's are written even where there are none.
            return row["unit"] is None and not value
    return (
        column.content is Content.WORD and not column.required and value == defaults.get(column.key)
    )
