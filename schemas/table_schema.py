"""Columns as a Table Schema, by which other programs know what each of them holds.

It is made of the same `Cells` as pandera's schema of a frame (`schemas.verdicts`). The standard is
that of https://specs.frictionlessdata.io/table-schema/.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from schemas.checks import Cells

#: What the standard calls each type. A word of a list is a string, by its constraint.
_TYPES = {
    str: "string",
    int: "integer",
    Decimal: "number",
    date: "date",
    datetime: "datetime",
}


class Reference(Struct, frozen=True):
    """Columns of a table that name a row of another one by the same columns there."""

    columns: tuple[str, ...]
    table: str


def table_schema(
    columns: Iterable[Cells], key: Sequence[str], refers: Reference | None = None
) -> dict[str, Any]:
    """The Table Schema of columns, each by its title; the columns of `key` together name a row."""
    schema: dict[str, Any] = {
        "fields": [_field(each) for each in columns],
        "missingValues": [""],
        "primaryKey": list(key),
    }
    if refers:
        names = list(refers.columns)
        reference = {"resource": refers.table, "fields": names}
        schema["foreignKeys"] = [{"fields": names, "reference": reference}]
    return schema


def _field(column: Cells) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.title,
        "type": _TYPES.get(column.type, "string"),
        "description": column.description,
    }
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.words:
        constraints["enum"] = list(column.words)
    return field | ({"constraints": constraints} if constraints else {})
