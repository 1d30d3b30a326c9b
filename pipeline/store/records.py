"""Records in the tables: structs whose fields are named as the columns are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import sqlalchemy as sa

from pipeline.store.engine import reading

T = TypeVar("T")

#: How many values a statement names at once.
_MANY = 500


def row_of(record: object, table: sa.Table) -> dict[str, Any]:
    """A record as a row of a table; what has no number yet gets one from the store."""
    return rows_of([record], table)[0]


def rows_of(records: Iterable[object], table: sa.Table, **more: object) -> list[dict[str, Any]]:
    """Records in their order as rows of a table.

    A column is `more`, the place in that order, or the field of its name.
    """
    given = (*more, "position", "id")
    names = [column.name for column in table.columns if column.name not in given]
    rows = []
    for position, record in enumerate(records):
        row = more | {name: getattr(record, name) for name in names}
        if "position" in table.columns:
            row["position"] = position
        if number := getattr(record, "id", 0):
            row["id"] = number
        rows.append(row)
    return rows


def from_row(kind: Callable[..., T], row: sa.Row[Any] | Mapping[str, Any], **more: object) -> T:
    """A row as an item of that kind: `more`, and each other field from the column of its name.

    A field for which there is no column, or nothing in it, has its default.
    """
    values = row._asdict() if isinstance(row, sa.Row) else row
    for name, is_optional, word in _fields(kind):
        if name not in more and name in values:
            value = values[name]
            if value is not None:
                more[name] = word(value) if word else value
            elif is_optional:
                more[name] = None
    return kind(**more)


@cache
def _fields(kind: Callable[..., object]) -> tuple[tuple[str, bool, type[Enum] | None], ...]:
    """The fields of a kind of item: whether each may be None, and its words where those are few."""
    hints = get_type_hints(kind)
    found = []
    for name in hints:
        is_optional = get_origin(hints[name]) is UnionType
        held = get_args(hints[name])[0] if is_optional else hints[name]
        is_word = isinstance(held, type) and issubclass(held, Enum)
        found.append((name, is_optional, held if is_word else None))
    return tuple(found)


def columns_of(row: sa.Row[Any], table: sa.Table) -> dict[str, Any]:
    """What a row of several tables holds of one of them, by the names of its columns."""
    return {column.name: row._mapping[column] for column in table.columns}


def read(engine: sa.Engine, query: sa.Select[Any], record: Callable[[Any], T]) -> tuple[T, ...]:
    """A record of each row that a query finds."""
    with reading(engine) as connection:
        return tuple(record(row) for row in connection.execute(query))


def add(connection: sa.Connection, table: sa.Table, records: Sequence[object]) -> None:
    """Write records as rows of a table; nothing where there are none."""
    if records:
        connection.execute(table.insert(), rows_of(records, table))


def in_portions(values: Iterable[str] | Iterable[int]) -> Iterator[list[Any]]:
    """The values, so many at once that a statement can name them."""
    wanted = list(values)
    return (wanted[start : start + _MANY] for start in range(0, len(wanted), _MANY))
