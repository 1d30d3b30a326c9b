"""A store looked into without touching it, copied at one moment, and put into an empty database.

It goes by whatever tables there are, so a new table needs nothing here.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from pipeline.errors import StoreError
from pipeline.store import tables as t
from pipeline.store.engine import reported, shown, url_of
from pipeline.store.store import Store

#: Rows held in memory at a time; of those that hold whole messages, fewer.
_ROWS, _LARGE_ROWS = 500, 10


def sqlite_file(url: str) -> Path | None:
    """The file of a store in SQLite; None where it is in another database."""
    made = sa.make_url(url)
    return Path(made.database or "") if made.get_backend_name() == "sqlite" else None


def has_password(url: str) -> bool:
    """Whether a URL holds a password in the open."""
    made = sa.make_url(url)
    return made.password is not None or "password" in made.query


@contextmanager
def looked_into(url: str) -> Iterator[sa.Connection | None]:
    """A connection that only reads, in PostgreSQL all at one moment; None where no store is made.

    Raises:
        StoreError: it cannot be opened, or is of another version.
    """
    with reported(url_of(url)):
        file = sqlite_file(url)
        if file is not None and not (file.exists() and file.stat().st_size):
            yield None
            return
        engine = sa.create_engine(_reading(url), poolclass=sa.NullPool)
        try:
            with engine.connect() as connection:
                if file is None:
                    # Sets it on this connection.
                    connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                if not sa.inspect(connection).has_table(t.about.name):
                    yield None
                    return
                version = connection.scalar(sa.select(t.about.c.schema_version))
                if version is None:
                    # The first run is making it just now.
                    yield None
                    return
                if version != t.SCHEMA_VERSION:
                    raise StoreError(
                        f"The store {shown(url_of(url))} has schema {version}; this version of "
                        f"quarterday needs {t.SCHEMA_VERSION}. Use the version that made it."
                    )
                yield connection
        finally:
            engine.dispose()


def _reading(url: str) -> sa.URL:
    """The same store, never made where it is missing."""
    file = sqlite_file(url)
    if file is None:
        return sa.make_url(url)
    address = f"file:{quote(str(file.absolute()))}"
    return sa.URL.create("sqlite", database=address, query={"mode": "rw", "uri": "true"})


def received(url: str) -> dict[str, str]:
    """The SHA-256 of every file that was received and not forgotten, and a name that it had."""
    with looked_into(url) as connection:
        if connection is None:
            return {}
        kept = t.submission.c.id.not_in(sa.select(t.forgotten.c.submission_id))
        query = sa.select(t.submission.c.sha256, t.submission.c.filename).where(kept)
        rows = connection.execute(query)
        return {row.sha256: row.filename for row in rows}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is known of one receipt of a file."""

    number: int
    sha256: str
    filename: str
    received_at: datetime


def deliveries(url: str) -> list[Delivery]:
    """Every receipt in the store, in order."""
    c = t.submission.c
    with looked_into(url) as connection:
        if connection is None:
            return []
        query = sa.select(c.id, c.sha256, c.filename, c.received_at).order_by(c.id)
        return [Delivery(*row) for row in connection.execute(query)]


def last_number(url: str) -> int:
    """The number of the last receipt in the store; 0 where there is none."""
    with looked_into(url) as connection:
        if connection is None:
            return 0
        return connection.scalar(sa.select(sa.func.max(t.submission.c.id))) or 0


# --- Out -----------------------------------------------------------------------------------------


def snapshot(url: str, path: Path) -> None:
    """Copy the whole store, as it is at one moment, into a new SQLite file.

    Whoever writes meanwhile is neither kept waiting nor half seen.

    Raises:
        StoreError: it cannot be read, or the copy cannot be written.
    """
    with looked_into(url) as connection:
        if connection is None:
            Store(f"sqlite:///{path}").close()
        elif sqlite_file(url) is not None:
            source: Any = connection.connection.driver_connection
            with _copied_to(path) as copy:
                source.backup(copy)
        else:
            _copy(connection, f"sqlite:///{path}")
    with _copied_to(path) as copy:
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _copied_to(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path)) as copy:
            yield copy
    except sqlite3.Error as error:
        raise StoreError(
            f"The store cannot be copied to {path} ({error}). "
            "`quarterday doctor` says whether it is whole and whether there is room."
        ) from error


def damage(path: Path) -> list[str]:
    """What SQLite's own check finds wrong in a file, a line each; nothing where all is well."""
    try:
        address = f"file:{quote(str(path.absolute()))}?mode=rw"
        with closing(sqlite3.connect(address, uri=True)) as store:
            found = [str(line) for (line,) in store.execute("PRAGMA integrity_check")]
            lost = store.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        return [str(error)]
    return [line for line in found if line != "ok"] + [
        f"row {row} of {table} belongs to a row of {parent} that is not there"
        for table, row, parent, _ in lost
    ]


# --- In ------------------------------------------------------------------------------------------


def need_empty(url: str) -> None:
    """Make sure that a store can be put there.

    Raises:
        StoreError: something is there already, or the database cannot be reached.
    """
    file = sqlite_file(url)
    if file is not None:
        is_taken = file.exists() and bool(file.stat().st_size)
    else:
        with looked_into(url) as connection:
            is_taken = connection is not None and any(
                connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
                for table in t.metadata.sorted_tables
                if table is not t.about
            )
    if is_taken:
        raise StoreError(
            f"{shown(url_of(url))} holds a store already. Name an empty database with --store."
        )


def fill(copy: Path, url: str) -> None:
    """Put the store of such a copy where none is, all of it or nothing.

    Raises:
        StoreError: the place is not empty, or cannot be written.
    """
    need_empty(url)
    file = sqlite_file(url)
    with reported(url_of(url)):
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            shutil.copyfile(copy, file)
            # Sets it up as every run has it.
            Store(url).close()
            return
    with looked_into(f"sqlite:///{copy}") as source:
        if source is not None:
            _copy(source, url)


def _copy(source: sa.Connection, url: str) -> None:
    """Copy every row into a new store, in one transaction."""
    Store(url).close()
    target = sa.create_engine(url, poolclass=sa.NullPool)
    with reported(target.url), target.begin() as writing:
        for table in t.metadata.sorted_tables:
            keys = list(table.primary_key)
            # What making a store writes into it is there already.
            there = {tuple(row) for row in writing.execute(sa.select(*keys))}
            is_large = any(isinstance(column.type, sa.LargeBinary) for column in table.columns)
            rows = source.execute(
                sa.select(table).order_by(*keys),
                execution_options={"yield_per": _LARGE_ROWS if is_large else _ROWS},
            )
            for part in rows.mappings().partitions():
                wanted = [
                    dict(row) for row in part if tuple(row[key.name] for key in keys) not in there
                ]
                if wanted:
                    writing.execute(table.insert(), wanted)
            if writing.dialect.name == "postgresql":
                _set_sequence(writing, table)


def _set_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """Let the numbers that PostgreSQL gives go on after the highest in use."""
    column = table.autoincrement_column
    if column is None:
        return
    name = connection.dialect.identifier_preparer.format_table(table)
    sequence = sa.func.pg_get_serial_sequence(name, column.name)
    highest = connection.scalar(sa.select(sa.func.max(column)))
    if highest is not None and connection.scalar(sa.select(sequence)) is not None:
        connection.execute(sa.select(sa.func.setval(sequence, highest)))
