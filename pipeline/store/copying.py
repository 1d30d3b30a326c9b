"""A store looked into without touching it, copied at one moment, and put into an empty database.

It goes by whatever tables there are, so a new table needs nothing here.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from msgspec import Struct

from pipeline.store import tables as t
from pipeline.store.engine import reported, shown, url_of
from pipeline.store.messages import attachments_needed
from pipeline.store.migrate import schema_version
from pipeline.store.store import Store
from pipeline.workspace.errors import OutdatedStoreError, StoreError
from pipeline.workspace.folder import replacing

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
        # One that is gone by now is not made.
        rw = {"mode": "rw", "uri": "true"}
        place = sa.URL.create("sqlite", database=_address(file), query=rw) if file else url
        with sa.create_engine(place, poolclass=sa.NullPool).connect() as connection:
            if file is None:
                # Sets it on this connection.
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            version = schema_version(connection)
            if version is not None and version != t.SCHEMA_VERSION:
                error, remedy = StoreError, "Use the version that made it."
                if version < t.SCHEMA_VERSION:
                    error, remedy = OutdatedStoreError, "It is migrated at the next run."
                raise error(
                    f"The store {shown(url_of(url))} has schema {version}; this version of "
                    f"quarterday needs {t.SCHEMA_VERSION}. {remedy}"
                )
            yield None if version is None else connection


def _address(file: Path) -> str:
    """How SQLite calls a file."""
    return f"file:{quote(str(file.absolute()))}"


def _rows(url: str, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """What a query finds in a store; nothing where none is made."""
    with looked_into(url) as connection:
        return connection.execute(query).all() if connection is not None else ()


class ReceivedFiles(Struct, frozen=True):
    """The files that were received: a name that each had, by its SHA-256."""

    archived: dict[str, str]
    #: Those that are gone by a retention rule.
    forgotten: dict[str, str]


def received(url: str) -> ReceivedFiles:
    """Every file that was received; one that came again after it was forgotten is archived."""
    c = t.submission.c
    query = sa.select(c.sha256, c.filename, t.forgotten.c.id.label("forgotten")).join_from(
        t.submission, t.forgotten, isouter=True
    )
    rows = _rows(url, query)
    archived = {row.sha256: row.filename for row in rows if row.forgotten is None}
    forgotten = {row.sha256: row.filename for row in rows if row.sha256 not in archived}
    return ReceivedFiles(archived, forgotten)


class DeliveredFile(Struct, frozen=True):
    """One file that came to lie in one place at one time, and was taken in."""

    folder_area: str | None
    #: As `delivery_key` makes it.
    key: str


def deliveries(url: str) -> list[DeliveredFile]:
    """Every delivery that the store holds, in order."""
    c = t.submission.c
    query = sa.select(c.folder_area, c.delivery).order_by(c.id)
    return [DeliveredFile(*tuple(row)) for row in _rows(url, query)]


def numbers(url: str, tables: Sequence[str]) -> dict[str, set[int]]:
    """The numbers of the rows in each of these tables."""
    with looked_into(url) as connection:
        return {
            table: set(connection.scalars(sa.select(t.metadata.tables[table].c.id)))
            if connection is not None
            else set()
            for table in tables
        }


def registers(url: str) -> set[str]:
    """The SHA-256 of every register that is noted, since registers are archived.

    Returns were checked by it, appendices rated, or a period is held to it.
    """
    sent, issued = t.submission.c, t.issue.c
    # Before, the version of the program was not noted with a return either.
    queries = [sa.select(sent.register_sha256).where(sent.version != "")]
    later = (sent.current_sha256, issued.register_sha256, issued.current_sha256)
    columns = (*later, t.closing.c.register_sha256)
    queries += [sa.select(column).where(column.is_not(None)) for column in columns]
    return {row[0] for query in queries for row in _rows(url, query.distinct())}


def attachments(url: str) -> frozenset[str]:
    """The SHA-256 of each file that goes with a message which was not sent and may be."""
    with looked_into(url) as connection:
        return attachments_needed(connection) if connection is not None else frozenset()


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
        with closing(sqlite3.connect(f"{_address(path)}?mode=rw", uri=True)) as store:
            found = [str(line) for (line,) in store.execute("PRAGMA integrity_check")]
            lost = store.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        return [str(error)]
    return [line for line in found if line != "ok"] + [
        f"row {row} of {table} belongs to a row of {parent} that is not there"
        for table, row, parent, _ in lost
    ]


# --- In ------------------------------------------------------------------------------------------


def is_empty(url: str) -> bool:
    """Whether a store can be put there.

    Raises:
        StoreError: the database cannot be reached.
    """
    file = sqlite_file(url)
    if file is not None:
        return not (file.exists() and file.stat().st_size)
    with looked_into(url) as connection:
        return connection is None or not any(
            connection.scalar(sa.select(sa.exists().select_from(table)))
            for table in t.metadata.sorted_tables
            if table is not t.about
        )


def fill(copy: Path, url: str) -> None:
    """Put the store of such a copy where none is, all of it or nothing.

    A copy of an older version is brought to this one first.

    Raises:
        StoreError: the place is not empty, or cannot be written; or the copy is of a later version.
    """
    if not is_empty(url):
        raise StoreError(
            f"{shown(url_of(url))} holds a store already. Name an empty database with --store."
        )
    file = sqlite_file(url)
    with reported(url_of(url)):
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            # Half a store could be taken for a whole one.
            with replacing(file, 0o600) as temporary:
                shutil.copyfile(copy, temporary)
            # Sets it up as every run has it.
            Store(url).close()
            return
    Store(f"sqlite:///{copy}").close()
    with looked_into(f"sqlite:///{copy}") as source:
        if source is not None:
            _copy(source, url)


def _copy(source: sa.Connection, url: str) -> None:
    """Copy every row into a new store, in one transaction."""
    Store(url).close()
    target = sa.create_engine(url, poolclass=sa.NullPool)
    with reported(target.url), target.begin() as writing:
        for table in t.metadata.sorted_tables:
            if table is t.about:
                # Making a store writes it.
                continue
            is_large = any(isinstance(column.type, sa.LargeBinary) for column in table.columns)
            rows = source.execute(
                sa.select(table).order_by(*table.primary_key),
                execution_options={"yield_per": _LARGE_ROWS if is_large else _ROWS},
            )
            for part in rows.mappings().partitions():
                writing.execute(table.insert(), [dict(row) for row in part])
            if writing.dialect.name == "postgresql":
                _set_sequence(writing, table)


def _set_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """Let the numbers that PostgreSQL gives go on after the highest in use."""
    if (column := table.autoincrement_column) is not None:
        name = connection.dialect.identifier_preparer.format_table(table)
        sequence = sa.func.pg_get_serial_sequence(name, column.name)
        connection.execute(sa.select(sa.func.setval(sequence, sa.func.max(column))))
