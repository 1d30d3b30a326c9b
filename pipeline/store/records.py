"""Records in the tables: dataclasses whose fields are named as the columns are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from pipeline.store.engine import reading

T = TypeVar("T")

#: How many values a statement names at once.
_MANY = 500


def row_of(record: object, table: sa.Table) -> dict[str, Any]:
    """A record as a row of a table; the store gives it its number."""
    names = (column.name for column in table.columns if column.name != "id")
    return {name: getattr(record, name) for name in names}


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
        connection.execute(table.insert(), [row_of(record, table) for record in records])


def in_portions(values: Iterable[str] | Iterable[int]) -> Iterator[list[Any]]:
    """The values, so many at once that a statement can name them."""
    wanted = list(values)
    return (wanted[start : start + _MANY] for start in range(0, len(wanted), _MANY))
