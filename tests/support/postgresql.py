"""A PostgreSQL for tests: one that is named, or one of their own from the system's programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

#: The URL of a database in which tests may make schemas.
NAMED = os.environ.get("QUARTERDAY_TEST_POSTGRESQL", "")


def programs() -> Path:
    """The folder of PostgreSQL's programs; skips the test where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    # Debian keeps them by version, and out of the way.
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    if not folders:
        pytest.skip("PostgreSQL is not installed, and QUARTERDAY_TEST_POSTGRESQL names none")
    return folders[-1]


class Cluster:
    """A PostgreSQL of our own on loopback, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._programs = programs()
        self._folder = folder
        self._as_whom: list[str] = []
        if os.getuid() == 0:
            # It refuses to run as root.
            shutil.chown(folder, "postgres")
            self._as_whom = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self._call("initdb", "--no-sync", "-A", "trust", "-U", "quarterday")
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://quarterday@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        where = f"-c listen_addresses=127.0.0.1 -c port={self.port}"
        where += f" -c unix_socket_directories={self._folder}"
        self._call("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", where, "start")

    def stop(self) -> None:
        """Stop it at once, as a crash does."""
        self._call("pg_ctl", "-m", "immediate", "stop")

    def _call(self, program: str, *words: str) -> None:
        command = [*self._as_whom, str(self._programs / program), "-D", str(self._folder / "db")]
        # A server would hold on to a pipe.
        subprocess.run(
            [*command, *words],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that is gone at the end."""
    programs()
    folder = Path(tempfile.mkdtemp(prefix="quarterday-postgresql-"))
    try:
        server = Cluster(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a database: the one that is named, else one of a cluster of our own."""
    if NAMED:
        yield NAMED
        return
    with cluster() as own:
        yield own.url


@contextmanager
def schema(database: str) -> Iterator[str]:
    """The URL of a schema of its own in a database; it is empty, and gone at the end."""
    name = f"test_{uuid4().hex}"
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(name))
    # Far from UTC: what comes back must not depend on where the server stands.
    options = f"-c search_path={name} -c timezone=Asia/Kathmandu"
    place = sa.make_url(database).update_query_dict({"options": options})
    try:
        yield place.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema(name, cascade=True))
        engine.dispose()


def empty(url: str) -> None:
    """Empty the schema of a URL that `schema` made."""
    place = sa.make_url(url)
    options = str(place.query["options"])
    name = options.split("search_path=")[1].split(maxsplit=1)[0]
    engine = sa.create_engine(place, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True))
        connection.execute(sa.schema.CreateSchema(name))
    engine.dispose()
