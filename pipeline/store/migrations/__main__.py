"""`new_store.sql`, made by the steps (`python -m pipeline.store.migrations`)."""

from __future__ import annotations

import sqlite3

from pipeline.store.engine import engine_of, reading, url_of, writing
from pipeline.store.migrate import run_steps

#: What is made once its table is there.
_OF_TABLES = ("CREATE INDEX", "CREATE UNIQUE INDEX", "CREATE TRIGGER")


def script() -> str:
    """The statements that make a store of SQLite as all steps do."""
    engine = engine_of(url_of("sqlite://"))
    with writing(engine) as connection:
        run_steps(connection)
    with reading(engine) as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - what the URL says
        # The first and the last begin and end a transaction, which there is already.
        statements = [*driver.iterdump()][1:-1]
    engine.dispose()
    # The indexes of a table are made in no order.
    statements.sort(key=lambda each: each if each.startswith(_OF_TABLES) else "")
    return "\n".join(statements) + "\n"


if __name__ == "__main__":
    print(script(), end="")  # noqa: T201 - this module's command prints the script
