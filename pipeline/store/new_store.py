"""New store: its tables as all steps make them, in one go and without Alembic.

The statements stand in `migrations/new_store.sql`, which the steps write (`make docs`), and a test
holds both to the same. PostgreSQL, where a store is made once by who installs it, takes the steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

STATEMENTS = Path(__file__).parent / "migrations" / "new_store.sql"


def make(connection: sa.Connection) -> None:
    """Make the tables of a SQLite store that has none."""
    for statement in _statements(STATEMENTS.read_text("utf-8")):
        connection.exec_driver_sql(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; those of a trigger lie within its own."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement.strip().removesuffix(";")
            statement = ""
