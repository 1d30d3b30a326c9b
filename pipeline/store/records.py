"""Records in the tables: structs whose fields are named as the columns are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from msgspec.structs import asdict

from pipeline.store.engine import reading
from pipeline.store.period_names import period_names

T = TypeVar("T")
V = TypeVar("V", str, int)

#: How many values a statement names at once.
_MANY = 500


def rows_of(
    records: Iterable[msgspec.Struct], table: sa.Table, **more: object
) -> list[dict[str, Any]]:
    """Records in their order as rows of a table; what has no number yet gets one from the store.

    A column is `more`, the field of its name, or the place in that order.
    """
    names = [column.name for column in table.columns if column.name != "id"]
    rows = []
    for position, record in enumerate(records):
        held = {"position": position, **asdict(record), **more}
        row = {name: held[name] for name in names}
        if held.get("id"):
            row["id"] = held["id"]
        rows.append(row)
    return rows


def add(
    connection: sa.Connection, table: sa.Table, records: Iterable[msgspec.Struct], **more: object
) -> None:
    """Write records as rows of a table, as `rows_of` does; nothing where there are none."""
    if rows := rows_of(records, table, **more):
        connection.execute(table.insert(), rows)


def read(engine: sa.Engine, query: sa.Select[Any], kind: type[T]) -> tuple[T, ...]:
    """A record of each row that a query finds, each field from the column of its name.

    A field for which there is no column has its default, and a period the name that it has by now.
    """
    with reading(engine) as connection:
        return tuple(msgspec.convert(row, kind) for row in rows_found(connection, query))


def rows_found(connection: sa.Connection, query: sa.Executable) -> Iterator[Mapping[Any, Any]]:
    """The rows that a query finds, each with the name that its period has by now."""
    names = period_names(connection.engine)
    return map(names.of_row, connection.execute(query).mappings())


def by_owner(
    connection: sa.Connection, query: sa.Select[Any], kind: type[T]
) -> Mapping[int, list[T]]:
    """The records that a query finds, by what they belong to, which is in their first column."""
    found: dict[int, list[T]] = defaultdict(list)
    for row in rows_found(connection, query):
        found[next(iter(row.values()))].append(msgspec.convert(row, kind))
    return found


def in_portions(values: Iterable[V]) -> Iterator[list[V]]:
    """The values, so many at once that a statement can name them."""
    wanted = list(values)
    return (wanted[start : start + _MANY] for start in range(0, len(wanted), _MANY))
