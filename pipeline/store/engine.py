"""The engine of a store: its connections, its transactions, and its complaints in one line."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from pipeline.workspace import lock
from pipeline.workspace.errors import StoreError

#: Marks a transaction that will write, so that SQLite lets no other begin to.
_WRITING = "quarterday_writing"
#: How a connection to SQLite is set up. The first has the others wait for another program as well;
#: by the last, what is forgotten is overwritten, not only unlinked.
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
            "secure_delete=ON")  # fmt: skip
#: How databases say that their disk is full.
_FULL = ("disk is full", "No space left on device", "disk full")
#: How SQLite says that a file is no store, or no longer one.
_DAMAGED = ("malformed", "not a database")

# Of a connection that is lost they tell the terminal too; a run says it once, as a StoreError.
for _name in ("psycopg", "sqlalchemy"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def url_of(url: str) -> sa.URL:
    """A SQLAlchemy URL.

    Raises:
        StoreError: it is none.
    """
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise StoreError(
            "store.url in pipeline.toml is not a SQLAlchemy URL. "
            "Write it as in docs/settings.md, or leave it empty for SQLite in the state folder."
        ) from error


def shown(url: sa.URL) -> str:
    """A URL as messages show it: without its password."""
    return url.render_as_string(hide_password=True)


def engine_of(url: sa.URL) -> sa.Engine:
    """An engine whose transactions lose nothing when the plug is pulled.

    Raises:
        StoreError: its driver is missing, or its folder cannot be made.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    with reported(url):
        if is_sqlite and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url)
    if is_sqlite:
        sa.event.listen(engine, "connect", set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading_engine_of(url: sa.URL) -> sa.Engine | None:
    """An engine that only reads, and makes nothing; None where SQLite has no file yet.

    Raises:
        StoreError: its driver is missing, or its folder may not be looked into.
    """
    if url.get_backend_name() != "sqlite":
        with reported(url):
            return sa.create_engine(url).execution_options(postgresql_readonly=True)
    with reported(url):
        if not url.database or not Path(url.database).exists():
            return None
    # Opened for reading alone SQLite would leave the files of its log behind.
    file = f"file:{quote(str(Path(url.database).resolve()))}?mode=rw"
    engine = sa.create_engine(url, creator=lambda: sqlite3.connect(file, uri=True))
    sa.event.listen(engine, "connect", _only_read)
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that sees one state of the store. Failures are reported as `StoreError`."""
    with reported(engine.url), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that may write, and is alone in that on SQLite.

    Raises:
        LockLostError: another run may be at work; nothing was written.
    """
    marked = engine.execution_options(**{_WRITING: True})
    with reported(engine.url), marked.begin() as connection:
        yield connection
        lock.check()


def set_up_sqlite(connection: Any, _: object) -> None:
    """Set up a connection of the driver as every connection to a store is."""
    # SQLAlchemy begins transactions itself: the driver would leave reads and DDL out of them.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _only_read(connection: Any, _: object) -> None:
    for pragma in ("busy_timeout=30000", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")


def clear_log(engine: sa.Engine) -> None:
    """Empty SQLite's log, so that nothing that was deleted is left in it; others have none."""
    if engine.dialect.name == "sqlite":
        with reported(engine.url), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _begin_sqlite(connection: sa.Connection) -> None:
    is_writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextmanager
def reported(url: sa.URL) -> Iterator[None]:
    """A database's own complaint as a StoreError of one line."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreError(
            f"The store {shown(url)} needs the Python package {error.name}. "
            "Install it, or check store.url in pipeline.toml."
        ) from error
    except (sa.exc.SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        reason = next(iter(str(cause).splitlines()), type(cause).__name__)
        remedy = "Check store.url in pipeline.toml and the rights on the state folder."
        if any(words in reason for words in _FULL):
            remedy = "Make room on its disk; everything waits where it is until then."
        elif any(words in reason for words in _DAMAGED):
            remedy = (
                "Make it again from the archive with quarterday replay --rebuild, which keeps the "
                "damaged one, or put a backup into a new folder with quarterday restore."
            )
        raise StoreError(f"The store {shown(url)} cannot be used: {reason}. {remedy}") from error
