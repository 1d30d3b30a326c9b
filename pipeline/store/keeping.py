"""Keeping: the triggers by which the database refuses that anything is changed or deleted."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from pipeline.store import tables as t
from pipeline.store.copying import looked_into
from pipeline.store.engine import engine_of, reading, url_of
from pipeline.store.migrate import migrate

#: What PostgreSQL says of each trigger: that it is on, and that its function refuses.
_POSTGRESQL = """
SELECT tgname, tgenabled IN ('O', 'A') AND prosrc LIKE '%RAISE EXCEPTION%'
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""
_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def not_kept(url: str) -> list[str]:
    """The triggers that are missing, or are not as this version makes them; a line each.

    Raises:
        StoreError: the store cannot be opened, or is of another version.
    """
    with looked_into(url) as connection:
        if connection is None:
            return []
        wanted = _wanted(connection.dialect.name)
        found = _found(connection)
    return [
        f"{'other than it was' if name in found else 'missing'}: {name}"
        for name, what in wanted.items()
        if found.get(name) != what
    ]


def _wanted(dialect: str) -> Mapping[str, object]:
    """What each trigger of a store should be, by its name."""
    if dialect == "postgresql":
        kept = (table.name for table in t.metadata.sorted_tables if table is not t.about)
        actions = ("update", "delete", "truncate")
        return {f"{table}_no_{action}": True for table in kept for action in actions}
    # A new store has those that it takes.
    new = engine_of(url_of("sqlite://"))
    migrate(new)
    with reading(new) as connection:
        wanted = _found(connection)
    new.dispose()
    return wanted


def _found(connection: sa.Connection) -> Mapping[str, object]:
    query = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    return {row[0]: row[1] for row in connection.execute(sa.text(query))}
