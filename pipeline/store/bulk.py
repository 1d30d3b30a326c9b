"""Bulk: very many records written as rows of a table, by the driver's own way of writing many.

SQLAlchemy makes a row a parameter at a time, which takes longer than the database does. Here the
values of a column are made together, by the very types that the tables say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from operator import attrgetter
from types import NoneType
from typing import Any

import msgspec
import sqlalchemy as sa

from pipeline.store.tables import DecimalText

#: How a driver marks a value's place in a statement.
_MARKS = {"qmark": "?", "pyformat": "%s", "format": "%s"}
#: Types of values that every driver takes as they are, where the column's own changes none.
_NOTHING = frozenset({NoneType})
_AS_THEY_ARE = frozenset({NoneType, str})


def add_all(
    connection: sa.Connection, table: sa.Table, brought: Iterable[tuple[int, Sequence[Any]]]
) -> None:
    """Write the records that each owner brought, with its number, as rows of a table.

    A column is the owner's number, which stands first, the place in the owner's order, or the field
    of its name.
    """
    groups = [(owner, records) for owner, records in brought if records]
    if not groups:
        return
    _, *columns = table.columns
    records: list[msgspec.Struct] = [*chain.from_iterable(records for _, records in groups)]
    values: list[Iterable[object]] = [
        chain.from_iterable(repeat(owner, len(records)) for owner, records in groups)
    ]
    for column in columns:
        if column.name == "position":
            values.append(chain.from_iterable(range(len(records)) for _, records in groups))
        else:
            values.append(_bound(column, [*map(attrgetter(column.name), records)], connection))
    dialect = connection.dialect
    format_name = dialect.identifier_preparer.format_column
    names = ", ".join(format_name(column) for column in table.columns)
    marks = ", ".join([_MARKS[dialect.paramstyle]] * len(table.columns))
    into = dialect.identifier_preparer.format_table(table)
    connection.exec_driver_sql(
        f"INSERT INTO {into} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own tables
        [*zip(*values, strict=True)],
    )


def _bound(
    column: sa.Column[Any], values: list[Any], connection: sa.Connection
) -> Iterable[object]:
    """The values of a column as the driver takes them."""
    dialect = connection.dialect
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    kinds = set(map(type, values))
    if kinds <= _NOTHING or (process is None and kinds <= _AS_THEY_ARE):
        return values
    process = process or _plain
    if isinstance(column.type, DecimalText):
        # 1.0 and 1.00 are equal, and not the same text.
        return [None if value is None else process(value) for value in values]
    made = {value: process(value) for value in set(values)}
    return map(made.__getitem__, values)


def _plain(value: object) -> object:
    """A word of a list as text alone, which drivers need not look up."""
    return str(value) if isinstance(value, str) else value
