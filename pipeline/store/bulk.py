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
_AS_THEY_ARE = frozenset({NoneType, str})
#: What stands in a statement itself where all rows have it: a value handed over with each row
#: costs as much as one that says something, and of most columns few rows say anything.
_WRITTEN = {NoneType: "NULL", str: "''", bool: "FALSE"}


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
    number, *columns = table.columns
    records: list[msgspec.Struct] = [*chain.from_iterable(records for _, records in groups)]
    dialect = connection.dialect
    mark = _MARKS[dialect.paramstyle]
    #: What stands in the statement for each column, and the values of those that are marked.
    written = {number.name: mark}
    values: list[Iterable[object]] = [
        chain.from_iterable(repeat(owner, len(records)) for owner, records in groups)
    ]
    for column in columns:
        written[column.name] = mark
        if column.name == "position":
            values.append(chain.from_iterable(range(len(records)) for _, records in groups))
            continue
        found = [*map(attrgetter(column.name), records)]
        kind, said = type(found[0]), found[0]
        if kind in _WRITTEN and not said and found.count(said) == len(found):
            written[column.name] = _WRITTEN[kind]
        else:
            values.append(_bound(column, found, connection))
    quoted = dialect.identifier_preparer.quote
    into = dialect.identifier_preparer.format_table(table)
    connection.exec_driver_sql(
        f"INSERT INTO {into} ({', '.join(map(quoted, written))}) "  # noqa: S608 - names of our own tables
        f"VALUES ({', '.join(written.values())})",
        [*zip(*values, strict=True)],
    )


def _bound(
    column: sa.Column[Any], values: list[Any], connection: sa.Connection
) -> Iterable[object]:
    """The values of a column as the driver takes them."""
    dialect = connection.dialect
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    kinds = set(map(type, values))
    if process is None and kinds <= _AS_THEY_ARE:
        return values
    process = process or _plain
    if isinstance(column.type, DecimalText):
        # 1.0 and 1.00 are equal, and not the same text.
        as_text = column.type.process_bind_param
        return [as_text(value, dialect) for value in values]
    made = {value: process(value) for value in set(values)}
    return map(made.__getitem__, values)


def _plain(value: object) -> object:
    """A word of a list as text alone, which drivers need not look up."""
    return str(value) if isinstance(value, str) else value
