"""`quarterday doctor` finds what is wrong, says what to do, and is content once it is done."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from pipeline.operations.setup import make_workspace
from pipeline.store import Forgotten, Store
from pipeline.store.tables import SCHEMA_VERSION
from pipeline.workspace.lock import Holder, held
from tests.support import postgresql as databases
from tests.support.builders import PERIOD, small_register
from tests.support.command_line import quarterday
from tests.support.disks import mount, mounted
from tests.support.health import archived, looked_at, only_trouble, troubles
from tests.support.left_by_0_2_0 import unpacked
from tests.support.mixed import set_up

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


def tree_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


# --- All well ------------------------------------------------------------------------------------


def test_after_a_run_all_is_well(workspace: Path) -> None:
    assert troubles(workspace) == {}
    result = quarterday("doctor", "-w", workspace)
    checks = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert {line.split()[0] for line in checks if " sandbox: " not in line} == {"ok"}


def test_a_look_changes_nothing_and_leaves_the_next_night_idle(demo: Path) -> None:
    assert quarterday("run", "-w", demo).stdout == "Nothing new.\n"
    before = tree_of(demo)
    assert troubles(demo) == {}
    assert tree_of(demo) == before
    assert quarterday("run", "-w", demo).stdout == "Nothing new.\n"


def test_in_a_new_workspace_all_is_well_and_nothing_is_made(tmp_path: Path) -> None:
    make_workspace(tmp_path / "new", PERIOD.due, small_register())
    before = sorted(tmp_path.rglob("*"))
    assert troubles(tmp_path / "new") == {}
    assert sorted(tmp_path.rglob("*")) == before


def test_the_document_has_the_versions(workspace: Path) -> None:
    versions = json.loads(quarterday("doctor", "-w", workspace, "--json").stdout)["versions"]
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))
    assert versions["sqlalchemy"] == sa.__version__
    assert {"quarterday", "sqlite", "pandas", "openpyxl"} <= versions.keys()


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = quarterday("doctor", "-w", tmp_path / "none")
    assert result.exit_code == 2
    assert result.stderr.startswith("quarterday: ")


# --- Settings and register -----------------------------------------------------------------------


def test_settings_that_cannot_be_read_are_named(workspace: Path) -> None:
    path = workspace / "pipeline.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("file_mb", "file_mbs"), "utf-8")
    assert "file_mbs" in only_trouble(workspace, "settings")["found"]
    path.write_text(text, "utf-8")
    assert troubles(workspace) == {}


def test_each_problem_of_the_register_is_counted_and_named(workspace: Path) -> None:
    path = workspace / "register.xlsx"
    whole = path.read_bytes()
    path.write_bytes(b"Dear council")
    found = only_trouble(workspace, "register")
    assert found["found"].startswith("1 problem in ")
    assert len(found["details"]) == 1
    path.write_bytes(whole)
    assert troubles(workspace) == {}


# --- The store -----------------------------------------------------------------------------------


def store_of(workspace: Path) -> Path:
    return workspace / "var" / "quarterday.sqlite3"


def test_a_damaged_page_is_found_and_the_store_made_again_as_is_said(workspace: Path) -> None:
    path = store_of(workspace)
    with closing(sqlite3.connect(path)) as store:
        size = store.execute("PRAGMA page_size").fetchone()[0]
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'finding'"
        page = store.execute(query).fetchone()[0]
    content = bytearray(path.read_bytes())
    content[(page - 1) * size + 8 : (page - 1) * size + 200] = b"\xff" * 192
    path.write_bytes(content)
    found = only_trouble(workspace, "store, inside")
    assert str(path) in found["found"]
    assert found["details"]
    assert "quarterday restore BACKUP FOLDER" in found["remedy"]
    command = f"quarterday replay --rebuild --workspace {shlex.quote(str(workspace))}"
    assert f"{command}. " in found["remedy"]
    assert quarterday(*shlex.split(command)[1:]).exit_code == 0
    assert troubles(workspace) == {}
    assert len(list(path.parent.glob(f"{path.name}.before-*"))) == 1


def test_a_row_whose_submission_is_gone_is_found(workspace: Path) -> None:
    path = store_of(workspace)
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as store, store:
        store.execute(
            "INSERT INTO achievement (submission_id, position, priority, text, sheet, cell) "
            "VALUES (4711, 0, 'P1', 'Nobody said so', 'Achievements', 'B5')"
        )
    found = only_trouble(workspace, "store, inside")
    assert "achievement belongs to a row of submission that is not there" in found["details"][0]
    path.write_bytes(whole)
    assert troubles(workspace) == {}


def test_a_store_of_another_version_is_named(workspace: Path) -> None:
    path = store_of(workspace)
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE about SET schema_version = 99")
    found = troubles(workspace)
    assert "has schema 99" in found["store"]["found"]
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE about SET schema_version = ?", (SCHEMA_VERSION,))
    assert troubles(workspace) == {}


def test_a_file_that_is_no_store_is_named_and_every_other_thing_looked_at(workspace: Path) -> None:
    store_of(workspace).write_bytes(b"This is no database." * 99)
    checks = looked_at(workspace)
    assert "not a database" in checks["store"]["found"]
    assert "quarterday replay --rebuild" in checks["store"]["found"]
    stopped = quarterday("run", "-w", workspace)
    assert stopped.exit_code == 2
    assert "quarterday replay --rebuild" in stopped.stderr
    assert checks["register"]["state"] == checks["inbox"]["state"] == "ok"


def test_a_log_that_is_not_wal_is_said_and_the_next_run_puts_it_right(workspace: Path) -> None:
    with closing(sqlite3.connect(store_of(workspace))) as store:
        store.execute("PRAGMA journal_mode=DELETE")
    assert (
        "as delete, not as wal" in only_trouble(workspace, "store, commits", "attention")["found"]
    )
    assert quarterday("ingest", "-w", workspace).exit_code == 0
    assert troubles(workspace) == {}


@pytest.mark.outside
def test_a_postgresql_store_is_looked_at_in_the_same_way(
    workspace: Path, tmp_path: Path, postgresql: str
) -> None:
    assert quarterday("backup", tmp_path / "b.tar", "-w", workspace).exit_code == 0
    new = tmp_path / "new"
    with databases.schema(postgresql) as url:
        assert quarterday("restore", tmp_path / "b.tar", new, "--store", url).exit_code == 0
        checks = looked_at(new)
        assert {check["state"] for check in checks.values()} == {"ok"}
        assert checks["store"]["found"].startswith("PostgreSQL ")
        for option, name, words in (
            ("synchronous_commit=off", "store, commits", "synchronous_commit off"),
            ("default_transaction_read_only=on", "store", "set to read only"),
        ):
            changed = sa.make_url(url).query["options"] + f" -c {option}"
            other = sa.make_url(url).update_query_dict({"options": changed})
            set_up(new, url=other.render_as_string(hide_password=False))
            assert words in troubles(new)[name]["found"]
        set_up(new, url=url)
        assert troubles(new) == {}


def test_a_postgresql_that_does_not_answer_is_named_without_the_password(workspace: Path) -> None:
    pytest.importorskip("psycopg")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (workspace / "pipeline.toml").write_text(
        f'[store]\nurl = "postgresql+psycopg://q:s3cret@127.0.0.1:{port}/q"\n', "utf-8"
    )
    result = quarterday("doctor", "-w", workspace)
    assert result.exit_code == 1
    assert "s3cret" not in result.output
    assert any(line.startswith("broken     store: ") for line in result.stdout.splitlines())


def test_a_trigger_that_is_missing_or_does_nothing_is_named(workspace: Path) -> None:
    path = store_of(workspace)
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("DROP TRIGGER observation_no_update")
        store.execute("DROP TRIGGER issue_no_delete")
        store.execute("CREATE TRIGGER issue_no_delete BEFORE DELETE ON issue BEGIN SELECT 1; END")
    found = only_trouble(workspace, "store, triggers", "attention")
    assert sorted(found["details"]) == [
        "missing: observation_no_update",
        "other than it was: issue_no_delete",
    ]
    # What the remedy says to the letter: replay agrees, and the store made anew has them.
    assert quarterday("replay", "-w", workspace).exit_code == 0
    path.rename(workspace / "before")
    assert quarterday("replay", "--rebuild", "-w", workspace).exit_code == 0
    assert troubles(workspace) == {}


@pytest.mark.outside
def test_a_trigger_of_postgresql_that_is_missing_or_off_is_named(
    workspace: Path, tmp_path: Path, postgresql: str
) -> None:
    assert quarterday("backup", tmp_path / "b.tar", "-w", workspace).exit_code == 0
    new = tmp_path / "new"
    with databases.schema(postgresql) as url:
        assert quarterday("restore", tmp_path / "b.tar", new, "--store", url).exit_code == 0
        assert troubles(new) == {}
        with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
            connection.execute(sa.text("DROP TRIGGER rating_no_truncate ON rating"))
            connection.execute(sa.text("ALTER TABLE finding DISABLE TRIGGER finding_no_delete"))
        assert sorted(only_trouble(new, "store, triggers", "attention")["details"]) == [
            "missing: rating_no_truncate",
            "other than it was: finding_no_delete",
        ]


def test_a_store_of_an_earlier_version_is_not_broken_and_is_migrated_at_the_next_run(
    tmp_path: Path,
) -> None:
    old = unpacked("workspace", tmp_path / "old")
    checks = looked_at(old)
    for name in ("store", "store, triggers", "archive", "journal"):
        assert checks[name]["state"] == "ok"
        assert "has schema 4" in checks[name]["found"]
        assert checks[name]["found"].endswith("It is migrated at the next run.")
    assert quarterday("status", "-w", old, "--period", "2012-13").exit_code == 1
    checks = looked_at(old)
    for name in ("store", "store, triggers", "archive", "journal"):
        assert (checks[name]["state"], "schema 4" in checks[name]["found"]) == ("ok", False)


# --- The archive ---------------------------------------------------------------------------------


def test_a_file_missing_from_the_archive_is_named(workspace: Path, tmp_path: Path) -> None:
    path = archived(workspace)[0]
    kept = shutil.copy2(path, tmp_path / "kept")
    path.unlink()
    found = only_trouble(workspace, "archive")
    assert found["found"].startswith("1 file missing and 0 damaged")
    assert path.stem in found["details"][0]
    shutil.move(kept, path)
    assert troubles(workspace) == {}


def test_a_damaged_file_in_the_archive_is_named_unless_none_is_read(workspace: Path) -> None:
    path = archived(workspace)[0]
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:100] + b"x" + whole[101:])
    assert only_trouble(workspace, "archive")["details"] == [f"damaged: {path}"]
    assert troubles(workspace, "--quick") == {}
    path.write_bytes(whole)
    assert troubles(workspace) == {}


def test_a_file_that_the_store_does_not_know_is_named(workspace: Path) -> None:
    strange = workspace / "var" / "archive" / "note.txt"
    strange.touch(mode=0o600)
    assert only_trouble(workspace, "archive", "attention")["details"] == [str(strange)]
    strange.unlink()
    assert troubles(workspace) == {}


def test_a_file_that_was_taken_in_and_not_moved_yet_is_no_loss(workspace: Path) -> None:
    path = archived(workspace)[0]
    shutil.move(path, workspace / "inbox" / "return.xlsx")
    assert "not yet moved" in only_trouble(workspace, "archive", "attention")["found"]
    assert quarterday("run", "-w", workspace).exit_code in (0, 1)
    assert troubles(workspace) == {}


def test_what_is_forgotten_is_not_missed_and_what_is_left_of_it_is_named(
    workspace: Path,
) -> None:
    with Store(f"sqlite:///{store_of(workspace)}") as store:
        sent = store.submissions()[0]
        assert sent.id is not None
        store.decisions.forget([Forgotten(sent.id, sent.received_at, "IT", "kept for 1 year")])
    # As if the command had been cut off before it removed the file.
    (path,) = (each for each in archived(workspace) if each.stem == sent.sha256)
    found = only_trouble(workspace, "archive", "attention")
    assert found["details"] == [str(path)]
    assert quarterday("forget", "-w", workspace).exit_code == 0
    assert not path.exists()
    assert troubles(workspace) == {}


# --- The journal ---------------------------------------------------------------------------------


def test_a_store_that_is_older_than_its_journal_is_named_as_the_next_run_names_it(
    workspace: Path,
) -> None:
    older = workspace / "older"
    shutil.copyfile(store_of(workspace), older)
    (workspace / "inbox" / "letter.xlsx").write_text("Dear council")
    assert quarterday("ingest", "-w", workspace).exit_code == 1
    newer = store_of(workspace).rename(workspace / "newer")
    older.rename(store_of(workspace))
    store_of(workspace).chmod(0o600)
    found = troubles(workspace)["journal"]
    assert found["state"] == "broken"
    assert "older than its archive" in found["found"]
    assert found["details"] == [
        "submission: 9 rows in the journal, 8 in the store",
        "message: 14 rows in the journal, 13 in the store",
        "attempt: 14 rows in the journal, 13 in the store",
        "answered: 4 rows in the journal, 3 in the store",
    ]
    result = quarterday("ingest", "-w", workspace)
    assert result.exit_code == 2
    assert "older than its archive" in result.stderr
    newer.rename(store_of(workspace))
    assert troubles(workspace) == {}


def test_a_store_that_is_ahead_of_its_journal_is_no_trouble_and_the_next_run_writes_it(
    workspace: Path,
) -> None:
    last = sorted((workspace / "var" / "archive" / "journal").glob("issue-*"))[-1]
    content = last.read_bytes()
    last.unlink()
    assert "of which the next run writes 1." in looked_at(workspace)["journal"]["found"]
    assert troubles(workspace) == {}
    assert quarterday("ingest", "-w", workspace).exit_code == 0
    assert last.read_bytes() == content


def test_a_file_that_is_missing_from_the_journal_or_cannot_be_read_is_named(
    workspace: Path,
) -> None:
    first = sorted((workspace / "var" / "archive" / "journal").glob("submission-*"))[0]
    content = first.read_bytes()
    first.unlink()
    details = only_trouble(workspace, "journal")["details"]
    assert details[0] == "missing: submission 1, of which the store tells"
    first.touch(mode=0o600)
    first.write_bytes(content[:-20])
    assert str(first) in only_trouble(workspace, "journal")["found"]
    assert troubles(workspace, "--quick") == {}
    first.write_bytes(content)
    assert troubles(workspace) == {}


def test_a_line_of_the_journal_that_says_something_else_than_the_store_is_named(
    workspace: Path,
) -> None:
    journal = workspace / "var" / "archive" / "journal"
    first = sorted(journal.glob("submission-*"))[0]
    content = first.read_bytes()
    first.chmod(0o600)
    first.write_bytes(content.replace(b'"outcome":"accepted"', b'"outcome":"rejected"', 1))
    found = only_trouble(workspace, "journal")
    assert len(found["details"]) == 1
    assert found["details"][0].startswith("submission ")
    assert found["details"][0].endswith(": outcome")
    assert troubles(workspace, "--quick") == {}
    first.write_bytes(content)
    assert troubles(workspace) == {}


def test_a_row_of_the_store_that_is_not_as_the_journal_has_it_is_named(workspace: Path) -> None:
    with closing(sqlite3.connect(store_of(workspace))) as store, store:
        (trigger,) = store.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'submission_no_update'"
        ).fetchone()
        store.execute("DROP TRIGGER submission_no_update")
        store.execute("UPDATE submission SET area = 'ASC', size = 7 WHERE id = 2")
        store.execute(trigger)
    assert only_trouble(workspace, "journal")["details"] == ["submission 2: area, size"]


def test_a_register_that_is_missing_or_damaged_is_named(workspace: Path) -> None:
    (path, *_) = sorted((workspace / "var" / "archive" / "registers").iterdir())
    content = path.read_bytes()
    path.write_bytes(b"Dear council")
    assert only_trouble(workspace, "journal")["details"] == [f"damaged: {path}"]
    assert troubles(workspace, "--quick") == {}
    path.unlink()
    assert troubles(workspace, "--quick")["journal"]["details"] == [f"missing: {path}"]
    path.touch(mode=0o600)
    path.write_bytes(content)
    assert troubles(workspace) == {}


# --- Folders -------------------------------------------------------------------------------------


def test_an_inbox_that_is_missing_is_named(workspace: Path) -> None:
    (workspace / "inbox").rename(workspace / "gone")
    assert "cannot be listed" in only_trouble(workspace, "inbox")["found"]
    (workspace / "gone").rename(workspace / "inbox")
    assert troubles(workspace) == {}


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    if not mount("--bind", str(folder), str(folder)):
        pytest.skip("nothing can be mounted here")
    try:
        assert mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@posix
@pytest.mark.parametrize(
    ("folder", "name"), [("inbox", "inbox"), ("inbox/ASC", "inbox"), ("outbox", "outbox")]
)
def test_a_folder_that_is_read_only_is_named(workspace: Path, folder: str, name: str) -> None:
    place = workspace / folder
    place.mkdir(exist_ok=True)
    with read_only(place):
        assert str(place) in only_trouble(workspace, name)["found"]
    assert troubles(workspace) == {}


@posix
def test_a_disk_without_room_is_named(workspace: Path, tmp_path: Path) -> None:
    shutil.rmtree(workspace / "outbox")
    with mounted(tmp_path / "disk", "mode=755") as disk:
        set_up(workspace, outbox=disk)
        found = only_trouble(workspace, "room", "attention")
        assert str(disk) in found["found"]
        assert "500 should be" in found["found"]


@posix
def test_a_disk_that_takes_no_more_files_is_named(workspace: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "nr_inodes=100", "size=2g", "mode=755") as disk:
        set_up(workspace, outbox=disk)
        assert "more files" in only_trouble(workspace, "room", "attention")["found"]


# --- Runs ----------------------------------------------------------------------------------------


def test_a_run_at_work_is_said_and_is_no_trouble(workspace: Path) -> None:
    with held(workspace / "var"):
        checks = looked_at(workspace)
    assert {check["state"] for check in checks.values()} == {"ok"}
    assert f"process {os.getpid()}" in checks["lock"]["found"]


def test_a_lock_left_by_a_dead_run_is_said_and_the_next_run_takes_it_over(workspace: Path) -> None:
    dead = Holder("night", socket.gethostname(), 999_999, "1", datetime(2013, 4, 30, tzinfo=UTC))
    path = workspace / "var" / "lock"
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(dead))
    long_ago = time.time() - 3600
    os.utime(path, (long_ago, long_ago))
    assert "cut off" in only_trouble(workspace, "lock", "attention")["found"]
    assert path.exists()
    assert quarterday("ingest", "-w", workspace).exit_code == 0
    assert troubles(workspace) == {}


def test_what_a_killed_run_left_is_counted_and_the_next_run_clears_it(workspace: Path) -> None:
    left = workspace / "outbox" / "2012-13" / ".quarterday-abc.xlsx"
    left.touch()
    found = only_trouble(workspace, "left over", "attention")
    assert found["found"] == "1 unfinished file."
    assert found["details"] == [str(left)]
    assert quarterday("ingest", "-w", workspace).exit_code == 0
    assert troubles(workspace) == {}


def test_what_was_set_aside_is_counted_with_what_to_do(workspace: Path) -> None:
    leaving = workspace / "var" / "leaving"
    (workspace / "inbox" / "link.xlsx").symlink_to(workspace / "register.xlsx")
    assert quarterday("ingest", "-w", workspace).exit_code == 1
    leaving.mkdir(mode=0o700, exist_ok=True)
    (leaving / "file").touch(mode=0o600)
    found = only_trouble(workspace, "left over", "attention")
    assert (
        "1 file on the way from the inbox to the archive, 1 thing in quarantine." in found["found"]
    )
    assert "the note beside" in found["remedy"]
    (quarantined,) = (workspace / "var" / "quarantine").glob("*link.xlsx")
    assert found["details"] == [str(leaving / "file"), str(quarantined)]


def test_many_details_are_cut_on_the_terminal_and_whole_in_the_document(workspace: Path) -> None:
    for number in range(15):
        (workspace / "var" / "archive" / f"note {number}").touch(mode=0o600)
    result = quarterday("doctor", "-w", workspace)
    assert "and 5 more; --json has all" in result.stdout
    assert len(only_trouble(workspace, "archive", "attention")["details"]) == 15
