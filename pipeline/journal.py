"""Journal: what the archive holds beside the files, so that the store can be made again from it.

A file of the archive says what was sent. Under what name it came, when, to which register it was
held, and what people decided since, stands in `journal/`: the rows of the store as lines of JSON,
written after each transaction. The registers themselves stand in `registers/` by their hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import RegisterError, StoreError, WorkspaceError
from pipeline.model import Register
from pipeline.register.file import register_bytes
from pipeline.store import Store
from pipeline.workspace import Workspace, remedy, replacing

#: What the journal holds: the tables that no reading of the archive gives back. Of messages, which
#: there were and what became of them, so that none is sent twice; not what they say.
TABLES = (
    *("submission", "issue", "closing", "reopening", "approval", "forgotten"),
    *("message", "attempt"),
)
_FILE = re.compile(r"([a-z]+)-(\d+)-(\d+)\.jsonl")


def catch_up(store: Store, archive: Path) -> None:
    """Write what the store holds and the journal does not; a cut-off run's last lines among it.

    Raises:
        StoreError: the journal holds more than the store, which then is not the store it was.
        WorkspaceError: the archive cannot be written to.
    """
    folder = archive / "journal"
    noted = _noted(folder)
    for table in TABLES:
        last = store.last_number(table)
        if last < noted[table]:
            raise StoreError(
                f"The store is older than its archive: {folder} tells of {noted[table]:,} rows of "
                f"{table}, the store of {last:,}. Put the right store back, or make it again from "
                "the archive with quarterday replay --rebuild."
            )
        if last > noted[table]:
            rows = store.rows_after(table, noted[table])
            if table == "forgotten":
                # Their files have gone, and with them what their figures could be read from.
                for row in rows:
                    row["observations"] = store.rows_of("observation", row["submission_id"])
            _write(folder, table, rows)


def is_behind(store: Store, archive: Path) -> bool:
    """Whether the journal tells of anything that the store does not hold."""
    noted = _noted(archive / "journal")
    return any(store.last_number(table) < noted[table] for table in TABLES)


def entries(archive: Path, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table that the journal holds, in the order of their numbers; values as JSON.

    Raises:
        WorkspaceError: a file of the journal cannot be read.
    """
    folder = archive / "journal"
    named = sorted((int(m[2]), m[0]) for m in _files(folder) if m[1] == table)
    for _, name in named:
        try:
            lines = (folder / name).read_bytes().splitlines()
            yield from (msgspec.json.decode(line, type=dict[str, Any]) for line in lines)
        except (OSError, msgspec.DecodeError) as error:
            raise WorkspaceError(
                f"{folder / name} cannot be read. Put it back from a backup."
            ) from error


def keep_register(workspace: Workspace, register: Register) -> None:
    """Keep the register by which returns are about to be checked.

    Raises:
        RegisterError: it is no longer the one that was read.
        WorkspaceError: the archive cannot be written to.
    """
    path = kept_register(workspace.archive, register.sha256)
    if path.exists():
        return
    content = register_bytes(workspace.register)
    if hashlib.sha256(content).hexdigest() != register.sha256:
        name = workspace.register.name
        raise RegisterError([f"{name} was changed while the run began. Run again."])
    _put(path, content)


def kept_register(archive: Path, sha256: str) -> Path:
    """Where a register of that hash is kept."""
    return archive / "registers" / f"{sha256}.xlsx"


def _files(folder: Path) -> list[re.Match[str]]:
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return [match for name in names if (match := _FILE.fullmatch(name))]


def _noted(folder: Path) -> dict[str, int]:
    """The highest number of each table that the journal holds."""
    noted = dict.fromkeys(TABLES, 0)
    for match in _files(folder):
        if match[1] in noted:
            noted[match[1]] = max(noted[match[1]], int(match[3]))
    return noted


def _write(folder: Path, table: str, rows: list[dict[str, Any]]) -> None:
    first, last = rows[0]["id"], rows[-1]["id"]
    content = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    _put(folder / f"{table}-{first:09}-{last:09}.jsonl", content)


def _put(path: Path, content: bytes) -> None:
    try:
        with replacing(path, 0o600) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be written ({error.strerror}). {remedy(error)}"
        ) from error
