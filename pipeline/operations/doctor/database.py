"""The store: whether it opens, whether it is whole, and whether what it commits stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from shlex import quote
from urllib.parse import quote as url_quote

import sqlalchemy as sa

from pipeline.operations.doctor.check import HealthCheck, attention, broken, many, well
from pipeline.store import copying, keeping
from pipeline.store.engine import set_up_sqlite, shown, url_of
from pipeline.store.tables import SCHEMA_VERSION, submission
from pipeline.workspace.folder import Workspace

_NOT_MADE = "Not made yet; the first run makes it."


def _mended(workspace: Workspace) -> str:
    """The commands by which a store is had again that is damaged or lost."""
    root = quote(str(workspace.root))
    return (
        "Make it again from the archive, which keeps the damaged one beside it: quarterday replay "
        f"--rebuild --workspace {root}. Or put a backup into a new folder, and keep this one until "
        "that runs: quarterday restore BACKUP FOLDER."
    )


def look_at_store(workspace: Workspace) -> HealthCheck:
    """Whether it opens, and is of this version of the program."""
    url = workspace.store_url
    name = shown(url_of(url))
    with copying.looked_into(url) as connection:
        if connection is None:
            return well(_NOT_MADE)
        count = connection.scalar(sa.select(sa.func.count()).select_from(submission)) or 0
        kind = f"SQLite {sqlite3.sqlite_version}"
        if copying.sqlite_file(url) is None:
            kind = f"PostgreSQL {connection.scalar(sa.text('SHOW server_version'))}"
            if connection.scalar(sa.text("SELECT pg_is_in_recovery()")):
                standby = f"{name} is a standby, which takes nothing in."
                return broken(standby, "Name the primary in store.url.")
            if connection.scalar(sa.text(_READ_ONLY)) == "on":
                return broken(
                    f"{name} is set to read only.",
                    "Set default_transaction_read_only to off for the database and its user.",
                )
    return well(f"{kind}, schema {SCHEMA_VERSION}, {many(count, 'submission')}.")


#: What a transaction is without this program's own wish to read only.
_READ_ONLY = "SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only'"


def look_into_store(workspace: Workspace) -> HealthCheck:
    """Whether every page and every reference in it is whole."""
    file = copying.sqlite_file(workspace.store_url)
    if file is None:
        return well("Not checked here: PostgreSQL checks what it reads.")
    if copying.is_empty(workspace.store_url):
        return well(_NOT_MADE)
    if problems := copying.damage(file):
        return broken(f"{file} is damaged.", _mended(workspace), *problems)
    return well("Every page and every reference is whole.")


def look_at_triggers(workspace: Workspace) -> HealthCheck:
    """Whether the database itself still refuses every change of what it holds."""
    if copying.is_empty(workspace.store_url):
        return well(_NOT_MADE)
    if lost := keeping.not_kept(workspace.store_url):
        return attention(
            f"{many(len(lost), 'trigger')} that should refuse every change of what is in it.",
            "See who took them away, and whether anything was changed meanwhile: run quarterday "
            "replay. To have them back move the store away, and run quarterday replay --rebuild.",
            *lost,
        )
    return well("The database refuses every change of what it holds.")


def look_at_commits(workspace: Workspace) -> HealthCheck:
    """Whether what is committed is still there when the plug is pulled."""
    url = workspace.store_url
    file = copying.sqlite_file(url)
    if file is None:
        return _postgresql_commits(url)
    return well(_NOT_MADE) if copying.is_empty(url) else _sqlite_commits(file)


def _sqlite_commits(file: Path) -> HealthCheck:
    address = f"file:{url_quote(str(file.absolute()))}?mode=rw"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal":
            return attention(
                f"{file} keeps its log as {mode}, not as wal.",
                "The next run sets it; if this comes back, the file system cannot do it, so move "
                "the state folder to a disk of this machine.",
            )
        # As each connection of a run is set up; where the log is wal already this changes nothing.
        set_up_sqlite(connection, None)
        pragmas = ("PRAGMA synchronous", "PRAGMA foreign_keys")
        found = [connection.execute(pragma).fetchone() for pragma in pragmas]
    if found != [(2,), (1,)]:
        return broken(
            f"SQLite takes neither synchronous=FULL nor foreign keys for {file}.",
            "Install a Python whose SQLite is built with both.",
        )
    return well("Written through to the disk (WAL, synchronous FULL).")


def _postgresql_commits(url: str) -> HealthCheck:
    with copying.looked_into(url) as connection:
        if connection is None:
            return well(_NOT_MADE)
        needed = ("fsync", "full_page_writes", "synchronous_commit")
        settings = {name: sa.select(sa.func.current_setting(name)) for name in needed}
        off = [name for name, query in settings.items() if connection.scalar(query) == "off"]
    if off:
        names = ", ".join(off)
        return attention(
            f"PostgreSQL runs with {names} off: a power cut loses what was committed.",
            f"Set {names} to on in postgresql.conf.",
        )
    return well("Written through to the disk.")
