"""`quarterday doctor` finds what is wrong, says what to do, and is content once it is done."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from pipeline.operations.demo import run_demo
from pipeline.operations.setup import make_workspace
from pipeline.store import Forgotten, Store
from pipeline.store.tables import SCHEMA_VERSION
from pipeline.workspace.lock import Holder, held
from tests.support import postgresql as databases
from tests.support.builders import PERIOD, small_register
from tests.support.command_line import quarterday
from tests.support.disks import mount, mounted
from tests.support.left_by_0_2_0 import unpacked
from tests.support.mixed import set_up

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


def looked_at(workspace: Path, *words: str) -> dict[str, dict[str, Any]]:
    """What the command says of each thing, and that its exit code agrees."""
    result = quarterday("doctor", "-w", workspace, "--json", *words)
    assert result.stdout, result.output
    checks = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    is_well = all(check["state"] == "ok" for check in checks.values())
    assert result.exit_code == (0 if is_well else 1)
    assert "Traceback" not in result.output
    return checks


def troubles(workspace: Path, *words: str) -> dict[str, dict[str, Any]]:
    """What is not well, but for what starts the job: that is the machine's, and no test's."""
    checks = looked_at(workspace, *words)
    return {n: c for n, c in checks.items() if c["state"] != "ok" and n != "schedule"}


def only_trouble(workspace: Path, name: str, state: str = "broken") -> dict[str, Any]:
    """The one thing that is wrong, which has that name."""
    found = troubles(workspace)
    assert list(found) == [name], found
    assert found[name]["state"] == state
    assert found[name]["found"].endswith(".")
    return found[name]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor") / "demo"
    run_demo(folder, lambda *_: None)
    return folder


@pytest.fixture
def workspace(demo: Path, tmp_path: Path) -> Path:
    """The worked example after its two nights, to be broken."""
    return Path(shutil.copytree(demo, tmp_path / "workspace"))


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
    lines = [line for line in result.stdout.splitlines() if " schedule: " not in line]
    assert {line.split()[0] for line in lines} == {"ok"}


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


def archived(workspace: Path) -> list[Path]:
    return sorted((workspace / "var" / "archive").glob("[0-9a-f][0-9a-f]/*.xlsx"))


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
        "answered: 3 rows in the journal, 2 in the store",
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


# --- Rights --------------------------------------------------------------------------------------


def do(remedy: str) -> None:
    """Do what the remedy says, to the letter."""
    assert remedy.startswith("Run: ")
    for command in remedy.removeprefix("Run: ").split(" && "):
        subprocess.run(shlex.split(command), check=True)


@posix
def test_a_state_folder_that_others_may_look_into_is_broken(workspace: Path) -> None:
    (workspace / "var").chmod(0o755)
    found = only_trouble(workspace, "rights, state")
    assert found["details"] == [f"{workspace / 'var'} (0755)"]
    do(found["remedy"])
    assert troubles(workspace) == {}


@posix
def test_what_lies_open_in_the_state_folder_is_named(workspace: Path) -> None:
    path = archived(workspace)[0]
    path.chmod(0o444)
    path.parent.chmod(0o750)
    found = only_trouble(workspace, "rights, state", "attention")
    assert set(found["details"]) == {f"{path} (0444)", f"{path.parent} (0750)"}
    do(found["remedy"])
    assert troubles(workspace) == {}
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root gives files away")
def test_what_belongs_to_another_user_is_named(workspace: Path) -> None:
    os.chown(archived(workspace)[0], 65534, -1)
    found = only_trouble(workspace, "rights, state")
    assert found["details"] == [str(archived(workspace)[0])]
    do(found["remedy"])
    assert troubles(workspace) == {}


@posix
def test_settings_that_others_may_change_are_named(workspace: Path) -> None:
    path = workspace / "pipeline.toml"
    path.chmod(0o664)
    do(only_trouble(workspace, "rights, settings", "attention")["remedy"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert troubles(workspace) == {}


@posix
def test_a_password_that_everyone_may_read_is_named(workspace: Path) -> None:
    path = workspace / "pipeline.toml"
    path.write_text('[store]\nurl = "postgresql+psycopg://q:s3cret@127.0.0.1:1/q"\n', "utf-8")
    path.chmod(0o644)
    found = troubles(workspace)["rights, settings"]
    assert "holds a password" in found["found"]
    do(found["remedy"])
    assert "rights, settings" not in troubles(workspace)


@posix
def test_settings_that_a_group_may_write_are_a_warning(workspace: Path) -> None:
    (workspace / "pipeline.toml").chmod(0o664)
    assert only_trouble(workspace, "rights, settings", "attention")
    assert quarterday("run", "-w", workspace).exit_code == 0


@posix
@pytest.mark.parametrize(
    ("mode", "state"), [(0o777, "broken"), (0o1777, "broken"), (0o775, "attention")]
)
@pytest.mark.parametrize("place", [".", "templates", "templates/mail_appendix.txt.j2"])
def test_whoever_may_change_texts_or_put_a_register_there_is_named(
    workspace: Path, place: str, mode: int, state: str
) -> None:
    (workspace / "templates").mkdir(exist_ok=True)
    (workspace / "templates" / "mail_appendix.txt.j2").write_text("Dear {{ recipient.name }}")
    (workspace / place).chmod(mode)
    found = only_trouble(workspace, "rights, workspace", state)
    assert found["details"] == [f"{workspace / place} ({mode:04o})"]
    do(found["remedy"])
    found = troubles(workspace)
    if found and mode & 0o002:
        # The group's are left, and said then.
        do(only_trouble(workspace, "rights, workspace", "attention")["remedy"])
    assert troubles(workspace) == {}


@posix
def test_an_outbox_that_nobody_reads_or_everyone_writes_to_is_named(workspace: Path) -> None:
    outbox, issued = workspace / "outbox", workspace / "outbox" / "2012-13"
    issued.chmod(0o700)
    found = only_trouble(workspace, "rights, outbox", "attention")
    assert found["details"] == [f"{issued} (0700)"]
    do(found["remedy"])
    assert troubles(workspace) == {}
    outbox.chmod(0o777)
    found = only_trouble(workspace, "rights, outbox")
    assert found["details"] == [f"{outbox} (0777)"]
    do(found["remedy"])
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o775
    outbox.chmod(0o700)
    do(only_trouble(workspace, "rights, outbox", "attention")["remedy"])
    assert troubles(workspace) == {}


@posix
@pytest.mark.parametrize("umask", [0o000, 0o002, 0o027, 0o077])
def test_whatever_the_umask_all_is_made_as_documented(tmp_path: Path, umask: int) -> None:
    root = tmp_path / "workspace"

    def call(*words: object) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *map(str, words)],
            check=False, capture_output=True, text=True, umask=umask,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    call("init", root)
    call("template", "-w", root)
    call("run", "-w", root)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (root, *root.rglob("*"))}
    state = root / "var"
    private = {path: mode for path, mode in modes.items() if state in (path, *path.parents)}
    assert len(private) > 4
    # Nobody comes past a closed folder.
    assert {mode & 0o077 for mode in private.values()} == {0}
    others = {mode for path, mode in modes.items() if path not in private}
    assert others == {0o755, 0o644}
    assert troubles(root) == {}


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root runs for others")
@pytest.mark.parametrize("was_run_before", [True, False])
def test_after_a_run_as_root_in_anothers_workspace_one_line_mends_it(
    tmp_path: Path, was_run_before: bool
) -> None:
    root = tmp_path / "work space"
    make_workspace(root, PERIOD.due, small_register())

    def give() -> None:
        for path in (root, *root.rglob("*")):
            os.chown(path, 65534, -1)

    if was_run_before:
        assert quarterday("run", "-w", root).exit_code == 0
    give()
    assert troubles(root) == {}
    (root / "inbox" / "letter.xlsx").write_text("Dear council")
    os.chown(root / "inbox" / "letter.xlsx", 65534, -1)
    assert quarterday("run", "-w", root).exit_code == 1
    found = only_trouble(root, "rights, state")
    state, outbox = shlex.quote(str(root / "var")), shlex.quote(str(root / "outbox"))
    assert found["remedy"] == f"Run: chown -R nobody {state} {outbox}"
    do(found["remedy"])
    assert troubles(root) == {}
    assert {path.stat().st_uid for path in root.rglob("*")} == {65534}


# --- What the machine does -----------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for units and passwords, and no program to be found: no cron."""
    for name, place in (("XDG_CONFIG_HOME", "config"), ("PATH", "bin")):
        (tmp_path / place).mkdir()
        monkeypatch.setenv(name, str(tmp_path / place))
    return tmp_path / "config"


def scheduled(workspace: Path, home: Path) -> Path:
    """The units of a user's own service manager, installed and enabled; the timer."""
    units = home / "systemd" / "user"
    user = ["--user", "daemon"] if os.geteuid() == 0 else []
    words = ["--for", "systemd", "--into", units, *user, "-w", workspace]
    assert quarterday("schedule", "install", *words).exit_code == 0
    (timer,) = units.glob("*.timer")
    (units / "timers.target.wants").mkdir()
    (units / "timers.target.wants" / timer.name).symlink_to(timer)
    return timer


@posix
def test_a_schedule_is_seen_and_that_it_calls_this_workspace(workspace: Path, home: Path) -> None:
    assert "None is installed" in looked_at(workspace)["schedule"]["found"]
    timer = scheduled(workspace, home)
    found = looked_at(workspace)["schedule"]
    assert found["state"] == "ok"
    assert found["found"] == f"{timer} starts the job in this workspace."
    service = timer.with_suffix(".service")
    text = service.read_text("utf-8")
    service.write_text(text.replace(sys.executable, "/opt/old/bin/python"), "utf-8")
    assert "calls another program" in looked_at(workspace)["schedule"]["found"]
    service.write_text(text, "utf-8")
    (timer.parent / "timers.target.wants" / timer.name).unlink()
    assert "not enabled" in looked_at(workspace)["schedule"]["found"]


@posix
def test_runs_by_hand_alone_are_no_schedule(workspace: Path, home: Path) -> None:
    assert quarterday("run", "-w", workspace).exit_code == 0
    found = looked_at(workspace)["schedule"]
    assert found["state"] == "attention"
    assert f"quarterday schedule install --workspace {workspace}" in found["remedy"]
    assert quarterday("run", "--scheduled", "-w", workspace).exit_code == 0
    found = looked_at(workspace)["schedule"]
    assert (found["state"], "something else starts" in found["found"]) == ("ok", True)


def with_mail(workspace: Path, **more: object) -> None:
    set_up(workspace, section="mail", sender="performance@council.example")
    set_up(workspace, section="mail.send", server="127.0.0.1", security="none", user="p", **more)


@posix
def test_a_password_that_is_missing_is_said_and_where_it_may_stand(
    workspace: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(workspace)
    found = only_trouble(workspace, "passwords", "attention")
    assert "QUARTERDAY_MAIL_PASSWORD" in found["details"][0]
    monkeypatch.setenv("QUARTERDAY_MAIL_PASSWORD", "s3cret")
    assert troubles(workspace) == {}
    monkeypatch.delenv("QUARTERDAY_MAIL_PASSWORD")
    timer = scheduled(workspace, home)
    file = home / "quarterday" / f"{timer.stem}.env"
    assert f"EnvironmentFile=-%E/quarterday/{timer.stem}.env" in timer.with_suffix(
        ".service"
    ).read_text("utf-8")
    file.parent.mkdir()
    file.write_text("QUARTERDAY_MAILBOX_PASSWORD=s3cret\n")
    assert only_trouble(workspace, "passwords", "attention")
    file.write_text("QUARTERDAY_MAIL_PASSWORD=s3cret\n")
    found = looked_at(workspace)["passwords"]
    assert (found["state"], found["found"]) == ("ok", f"There is one for 127.0.0.1 in {file}.")


@posix
def test_a_command_or_a_file_of_certificates_that_is_not_there_is_said(
    workspace: Path, home: Path
) -> None:
    with_mail(workspace, token_command=["/nowhere/token"], ca_file="/nowhere/ca.pem")
    assert only_trouble(workspace, "passwords", "attention")["details"] == [
        "mail.send.ca_file: /nowhere/ca.pem is not there",
        "mail.send.token_command: /nowhere/token is not there",
    ]


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
    with mounted(tmp_path / "disk") as disk:
        set_up(workspace, outbox=disk)
        found = only_trouble(workspace, "room", "attention")
        assert str(disk) in found["found"]
        assert "500 should be" in found["found"]


@posix
def test_a_disk_that_takes_no_more_files_is_named(workspace: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "nr_inodes=100", "size=2g") as disk:
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
