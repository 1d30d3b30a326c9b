"""Journal: what the archive holds beside the files, so that the store can be made again from it.

A file of the archive says what was sent. Under what name it came, when, to which register it was
held, and what people decided since, stands in `journal/`: the rows of the store as lines of JSON,
written after each transaction. The registers themselves stand in `registers/` by their hash.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pipeline.register.file import register_bytes
from pipeline.store import Store
from pipeline.workspace.errors import RegisterError, StoreError, WorkspaceError
from pipeline.workspace.folder import Workspace, disk_trouble, private_folder, write_whole
from schemas.model import Register

#: What the journal holds: the tables that no reading of the archive gives back. Of messages, which
#: there were and what became of them, so that none is sent twice; not what they say.
TABLES = (
    *("submission", "issue", "suppressed", "closing", "reopening", "approval", "forgotten"),
    *("message", "attempt", "answered", "quarantined", "request", "entered"),
)
#: What a row of `forgotten` brings with it: the tables whose rows nothing else would give back.
WITH_FORGOTTEN = {"observations": "observation", "achievements": "achievement"}
_HASH = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"([a-z]+)-(\d+)-(\d+)\.jsonl")


def catch_up(store: Store, archive: Path) -> None:
    """Write what the store holds and the journal does not; a cut-off run's last lines among it.

    Raises:
        StoreError: the journal holds more than the store, which then is not the store it was.
        WorkspaceError: the archive cannot be written to.
    """
    folder = archive / "journal"
    last = highest(noted(archive))
    for table, held in store.last_numbers(TABLES).items():
        if held < last[table]:
            raise StoreError(
                f"The store is older than its archive: {folder} tells of {last[table]:,} rows of "
                f"{table}, the store of {held:,}. Put the right store back, or make it again from "
                "the archive with quarterday replay --rebuild."
            )
        if held > last[table]:
            _write(folder, table, _to_note(store, table, last[table]))


def _to_note(store: Store, table: str, after: int = 0) -> list[dict[str, Any]]:
    """The rows of a table from a number on, with all that the journal holds of each."""
    rows = store.rows_after(table, after)
    if table == "forgotten":
        # Their files have gone, and with them what their figures could be read from.
        for row in rows:
            for name, other in WITH_FORGOTTEN.items():
                row[name] = store.rows_of(other, row["submission_id"])
    return rows


def is_behind(store: Store, archive: Path) -> bool:
    """Whether the journal holds anything that the store does not hold."""
    last = highest(noted(archive))
    return any(held < last[table] for table, held in store.last_numbers(TABLES).items())


def differing(store: Store, archive: Path) -> Iterator[str]:
    """Where the journal says something else of a row than the store, a line each.

    What the journal does not hold yet is no difference, nor is a column of a later version.

    Raises:
        StoreError: the store cannot be read.
        WorkspaceError: a file of the journal cannot be read.
    """
    for table in TABLES:
        lines = list(entries(archive, table))
        held = msgspec.json.decode(msgspec.json.encode(_to_note(store, table)))
        by_number = {row["id"]: row for row in held}
        for line in lines:
            row = by_number.get(line["id"])
            if row is None:
                yield f"{table} {line['id']}: in the journal, and not in the store"
            elif names := [name for name in line if not _agree(line[name], row.get(name))]:
                yield f"{table} {line['id']}: {', '.join(names)}"


def _agree(line: Any, row: Any) -> bool:
    """Whether a value of the journal is the store's; of rows within one, what both have."""
    if isinstance(line, list) and isinstance(row, list):
        return len(line) == len(row) and all(map(_agree, line, row))
    if isinstance(line, dict) and isinstance(row, dict):
        return all(_agree(value, row.get(name)) for name, value in line.items())
    return bool(line == row)


def noted(archive: Path) -> dict[str, list[range]]:
    """The numbers of the rows of each table that the journal holds, by the names of its files.

    A sequence of the store may have left numbers out.
    """
    found: dict[str, list[range]] = {table: [] for table in TABLES}
    for match in _files(archive / "journal"):
        if match[1] in found:
            found[match[1]].append(range(int(match[2]), int(match[3]) + 1))
    return found


def highest(numbers: Mapping[str, list[range]]) -> dict[str, int]:
    """The highest number of each table; 0 where there is none."""
    return {
        table: max((each[-1] for each in ranges), default=0) for table, ranges in numbers.items()
    }


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


def archive_register(workspace: Workspace, register: Register) -> None:
    """Keep the register by which returns are about to be checked.

    Raises:
        RegisterError: it is no longer the one that was read.
        WorkspaceError: the archive cannot be written to.
    """
    path = archived_register(workspace.archive, register.sha256)
    if path.exists():
        return
    content = register_bytes(workspace.register)
    if hashlib.sha256(content).hexdigest() != register.sha256:
        name = workspace.register.name
        raise RegisterError([f"{name} was changed while the run began. Run again."])
    _put(path, content)


def archived_register(archive: Path, sha256: str) -> Path:
    """Where a register of that hash is kept."""
    return archive / "registers" / f"{sha256}.xlsx"


def files(archive: Path) -> list[Path]:
    """The files of the journal."""
    return sorted(archive / "journal" / match[0] for match in _files(archive / "journal"))


def registers(archive: Path) -> list[Path]:
    """The registers that are kept."""
    return sorted(path for path in archive.glob("registers/*.xlsx") if _HASH.fullmatch(path.stem))


def _files(folder: Path) -> list[re.Match[str]]:
    # Each night adds some.
    names = os.listdir(folder) if folder.is_dir() else ()  # noqa: PTH208 - a tenth of the time
    return [match for name in names if (match := _FILE.fullmatch(name))]


def _write(folder: Path, table: str, rows: list[dict[str, Any]]) -> None:
    first, last = rows[0]["id"], rows[-1]["id"]
    content = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    _put(folder / f"{table}-{first:09}-{last:09}.jsonl", content)


def _put(path: Path, content: bytes) -> None:
    with disk_trouble(f"{path} cannot be written"):
        private_folder(path.parent)
        write_whole(path, content, 0o400)
