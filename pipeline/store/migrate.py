"""Migrate: a store of any released version is brought to this version's tables, or made new.

The steps are Alembic's, in `migrations`. They run in one transaction: a store is of the old version
or of the new one, and never between. A new one of SQLite is made in one go (`new_store`).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from pipeline.store import engine as e
from pipeline.store import new_store
from pipeline.store import tables as t
from pipeline.workspace.errors import StoreError
from pipeline.workspace.folder import replacing

#: Any number that no other program on the same database locks by.
_ADVISORY_LOCK = 7_283_947_110
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine) -> None:
    """Bring the store to `tables.SCHEMA_VERSION`.

    A SQLite store is copied to a file beside it first, named by the version that it had. One copy
    of each version is kept, the last.

    Raises:
        StoreError: it was made by a later version of the program, or cannot be copied.
    """
    with e.reading(engine) as connection:
        found = schema_version(connection)
    if found == t.SCHEMA_VERSION:
        return
    with e.writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        # Another program may have been quicker.
        found = schema_version(connection)
        if found is not None and found > t.SCHEMA_VERSION:
            raise StoreError(
                f"The store {e.shown(engine.url)} has schema {found}; this version of quarterday "
                f"knows schemas up to {t.SCHEMA_VERSION}. Use the version that made it."
            )
        if found != t.SCHEMA_VERSION:
            if found is not None:
                # Now that nobody else writes: not a line of it may be missing in the copy.
                _copy_before(engine.url, found)
            if found is None and connection.dialect.name == "sqlite":
                new_store.make(connection)
            else:
                run_steps(connection, found)


def is_of_this_version(engine: sa.Engine) -> bool:
    """Whether a store can be read as it is; not where there is none yet.

    Raises:
        StoreError: it was made by another version.
    """
    with e.reading(engine) as connection:
        found = schema_version(connection)
    if found not in (None, t.SCHEMA_VERSION):
        raise StoreError(
            f"The store {e.shown(engine.url)} has schema {found}, and this version of quarterday "
            f"reads schema {t.SCHEMA_VERSION}."
        )
    return found is not None


def schema_version(connection: sa.Connection) -> int | None:
    """The store's schema version; None where there is no store yet, or it is just being made."""
    if not sa.inspect(connection).has_table(t.about.name):
        return None
    return connection.scalar(sa.select(t.about.c.schema_version))


def run_steps(connection: sa.Connection, found: int | None = None) -> None:
    """Take a store of a version, or one that has no tables yet, through the steps that it lacks."""
    # Alembic is loaded where there is something to migrate, and nowhere else.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if found == 1:
        # The first stores were made without Alembic.
        command.stamp(config, "0001")
    command.upgrade(config, "head")


def _copy_before(url: sa.URL, version: int) -> None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return
    path = Path(url.database)
    copy = path.with_name(f"{path.name}.schema-{version}")
    try:
        with (
            replacing(copy, 0o600) as unfinished,
            closing(sqlite3.connect(path)) as source,
            closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"The store {e.shown(url)} is of an earlier version and cannot be copied to {copy} "
            f"before it is changed: {error}. Make room there, and check the rights on the folder."
        ) from error
