"""What a run leaves behind, but for times, to be compared with what an undisturbed run leaves."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import sqlalchemy as sa

from pipeline.workspace import open_workspace
from tests.mixed import RETURNS
from tests.runs import Runner

End = dict[str, object]
#: Columns that come of a time or of rows' numbers: what identifies a delivery, or what was issued.
_TIMED = {"delivery", "content"}
#: The same of messages: what is attached to them bears the time at which it was made.
_TIMED_OF_MESSAGES = {"header_id", "filename", "size"}
#: Times themselves, as the archive's journal tells them.
_TIMES = {"received_at", "issued_at", "closed_at", "reopened_at", "queued_at", "tried_at"}
#: What differs from run to run, and is spare work or looked into as tables.
_SPARE = ("cache/", "log/", "runs/", "quarterday.sqlite3")


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """How an undisturbed run ends, how many steps it has, and how many seconds it takes."""

    end: End
    steps: int
    took: float


def disturbed_by_nothing(runs: Runner, workspace: Path, *, is_timeless: bool = True) -> Undisturbed:
    """Run in a workspace with a full inbox, to see how that ends."""
    before = time.monotonic()
    run = runs.run(workspace, is_timeless=is_timeless)
    took = time.monotonic() - before
    assert run.code == 1, run.said
    end = end_of(workspace)
    assert not [name for name in end if name.startswith("inbox/")]
    assert len(end["table submission"]) == RETURNS  # type: ignore[arg-type]
    assert run.steps > 3 * RETURNS
    return Undisturbed(end, run.steps, took)


def assert_completed(
    runs: Runner, workspace: Path, undisturbed: Undisturbed, *, is_timeless: bool = True
) -> None:
    """Run once more, without anyone's help, and see that all is as after an undisturbed run."""
    run = runs.run(workspace, is_timeless=is_timeless)
    assert run.code in (0, 1), run.said
    assert_same(workspace, undisturbed, is_timeless=is_timeless)


def assert_same(workspace: Path, undisturbed: Undisturbed, *, is_timeless: bool = True) -> None:
    now, end = end_of(workspace), undisturbed.end
    differ = {
        name: (now.get(name, "nothing"), end.get(name, "nothing"))
        for name in sorted(now.keys() | end.keys())
        # What was issued at another time differs.
        if (is_timeless or not name.startswith("outbox/")) and now.get(name) != end.get(name)
    }
    assert not differ, "\n".join(
        f"{name}: {is_now!r}, not {it_was!r}" for name, (is_now, it_was) in differ.items()
    )


def end_of(workspace: Path) -> End:
    """Every row of the store, and every file of the inbox, the outbox and the state folder."""
    place = open_workspace(workspace)
    left: End = dict(_tables(place.store_url))
    for name, folder in (("inbox", place.inbox), ("outbox", place.outbox), ("var", place.state)):
        for path in sorted(folder.rglob("*")):
            within = path.relative_to(folder).as_posix()
            if path.is_file() and not (name == "var" and within.startswith(_SPARE)):
                left[f"{name}/{within}"] = _meaning(path)
    return left


def _tables(url: str) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Each table with its rows in order.

    In place of a row's number stands its place: a sequence may leave numbers out.
    """
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    schema = sa.MetaData()
    with engine.connect() as connection:
        schema.reflect(connection)
        rows = {
            table: connection.execute(table.select().order_by(*table.primary_key)).all()
            for table in schema.sorted_tables
        }
    engine.dispose()
    places = {
        table.c.id: {row.id: place for place, row in enumerate(rows[table])}
        for table in rows
        if "id" in table.c
    }
    for table, found in rows.items():
        columns = [
            (number, places.get(next((key.column for key in column.foreign_keys), column)))
            for number, column in enumerate(table.c)
            if column.name not in _timed(table.name) and not isinstance(column.type, sa.DateTime)
        ]
        yield (
            f"table {table.name}",
            [
                tuple(place[row[number]] if place else row[number] for number, place in columns)
                for row in found
            ],
        )


def _timed(table: str) -> set[str]:
    return _TIMED | (_TIMED_OF_MESSAGES if table == "message" else set())


def _meaning(path: Path) -> object:
    """What a file holds, but for when it was made."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in content.splitlines()]
        left_out = _timed(path.name.partition("-")[0]) | _TIMES
        return [{k: v for k, v in row.items() if k not in left_out} for row in rows]
    if path.suffix == ".eml":
        mail = message_from_bytes(content, policy=default)
        return mail["Message-ID"], mail["Subject"], mail["To"]
    if path.suffix == ".xlsx" and "corrections" in path.parts:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = sorted(set(archive.namelist()) - {"docProps/core.xml"})
            return [(name, hashlib.sha256(archive.read(name)).hexdigest()) for name in names]
    if "archive" in path.parts:
        return digest, stat.S_IMODE(path.stat().st_mode)
    return "a stamp" if path.name == "settled" else digest
