"""What a run leaves behind, but for times, to be compared with what an undisturbed run leaves."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline.workspace.folder import open_workspace
from tests.support.mixed import RETURNS
from tests.support.runs import Runner

End = dict[str, object]
Rows = dict[sa.Table, Sequence[sa.Row[Any]]]
#: Columns that come of a time or of rows' numbers: what identifies a delivery, or what was issued.
_TIMED = {"delivery", "content"}
#: The same of messages: what is attached to them bears the time at which it was made.
_TIMED_OF_MESSAGES = {"header_id", "filename", "size"}
#: Times themselves, as the archive's journal tells them.
_TIMES = {"received_at", "issued_at", "closed_at", "reopened_at", "queued_at"} | {
    *("tried_at", "next_at", "answered_at", "told_at")
}
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
    rows = _rows(place.store_url)
    left: End = {f"table {table.name}": _by_place(table, rows) for table in rows}
    left |= {f"journal {name}": told for name, told in _journal(place.archive, rows).items()}
    for name, folder in (("inbox", place.inbox), ("outbox", place.outbox), ("var", place.state)):
        for path in sorted(folder.rglob("*")):
            within = path.relative_to(folder).as_posix()
            if path.is_file() and not (name == "var" and within.startswith(_SPARE)):
                # A table's part of the journal is looked into as a whole.
                if path.suffix == ".jsonl":
                    left.setdefault(f"{name}/{path.parent.relative_to(folder)}", "a journal")
                else:
                    left[f"{name}/{within}"] = _meaning(path)
    return left


def _rows(url: str) -> Rows:
    """Each table with its rows in order."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    schema = sa.MetaData()
    with engine.connect() as connection:
        schema.reflect(connection)
        rows = {
            table: connection.execute(table.select().order_by(*table.primary_key)).all()
            for table in schema.sorted_tables
        }
    engine.dispose()
    return rows


def _by_place(table: sa.Table, rows: Rows) -> list[tuple[object, ...]]:
    """A table's rows but for times; in place of a row's number stands its place.

    A sequence may leave numbers out.
    """
    numbered = _numbered(table, rows)
    columns = [
        column.name
        for column in table.c
        if column.name not in _timed(table.name) and not isinstance(column.type, sa.DateTime)
    ]
    told = [
        tuple(_placed(row._mapping[name], numbered.get(name)) for name in columns)
        for row in rows[table]
    ]
    if table.name != "message_content":
        return told
    # What is attached bears the time at which it was made.
    return [(of[0], _mail(row.content)) for of, row in zip(told, rows[table], strict=True)]


def _journal(archive: Path, rows: Rows) -> dict[str, list[dict[str, object]]]:
    """Each table as the archive's journal tells it, in the order told, with places as above."""
    told: dict[str, list[dict[str, object]]] = {}
    of = {table.name: table for table in rows}
    for path in sorted(archive.rglob("*.jsonl")):
        name = path.name.partition("-")[0]
        numbered = _numbered(of[name], rows)
        told.setdefault(name, []).extend(
            {
                key: _placed(value, numbered.get(key))
                for key, value in json.loads(line).items()
                if key not in _timed(name) | _TIMES
            }
            for line in path.read_bytes().splitlines()
        )
    return told


def _numbered(table: sa.Table, rows: Rows) -> dict[str, dict[int, int]]:
    """The columns of a table that hold rows' numbers, each with the places of these rows."""
    places = {
        of.c.id: {row.id: place for place, row in enumerate(found)}
        for of, found in rows.items()
        if "id" in of.c
    }
    (submission,) = (column for column in places if column.table.name == "submission")
    found = {}
    for column in table.c:
        of = next((key.column for key in column.foreign_keys), column)
        if column.name == "last_submission":  # There may be none yet: it is no foreign key.
            of = submission
        if of in places:
            found[column.name] = places[of]
    return found


def _placed(value: object, places: dict[int, int] | None) -> object:
    if places is None or not isinstance(value, int):
        return value
    return places.get(value, f"no row {value}")


def _timed(table: str) -> set[str]:
    return _TIMED | (_TIMED_OF_MESSAGES if table == "message" else set())


def _meaning(path: Path) -> object:
    """What a file holds, but for when it was made."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if path.suffix == ".eml":
        return _mail(content)
    if path.suffix == ".xlsx" and "corrections" in path.parts:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = sorted(set(archive.namelist()) - {"docProps/core.xml"})
            return [(name, hashlib.sha256(archive.read(name)).hexdigest()) for name in names]
    if "archive" in path.parts:
        return digest, stat.S_IMODE(path.stat().st_mode)
    return "a stamp" if path.name in ("settled", "register.json") else digest


def _mail(content: bytes) -> tuple[str, str, str]:
    """What a message is about, whose it is, and what it says but for numbers, times among them.

    What is attached bears the time at which it was made, and so does its Message-ID.
    """
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    plain = mail.get_body(("plain",))
    assert plain is not None
    return mail["Subject"], mail["To"], re.sub(r"\d+", "#", plain.get_content())
