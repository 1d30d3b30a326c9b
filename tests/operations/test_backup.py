"""A backup made at any moment is whole, and what is made from it goes on as the original does."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from typer.testing import Result

import pipeline.store
from pipeline.store import Forgotten, Store
from pipeline.workspace.folder import open_workspace
from tests.support import postgresql as databases
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.command_line import quarterday
from tests.support.disks import filled, mounted
from tests.support.ends import End, end_of
from tests.support.mixed import RETURNS, copied, many, set_up
from tests.support.runs import Runner

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the runs beside it are POSIX's")


def complaint(result: Result) -> str:
    """The one line on standard error of a command that could not run."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    (line,) = [line for line in result.stderr.splitlines() if line]
    assert line.startswith("quarterday: ")
    return line


@pytest.fixture
def database(postgresql: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases in PostgreSQL, given by their URLs."""
    with ExitStack() as schemas:
        yield lambda: schemas.enter_context(databases.schema(postgresql))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    with mounted(tmp_path / "disk") as place:
        yield place


@pytest.fixture(scope="module")
def waits(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with a full inbox, two of its returns in the folders of their areas."""
    workspace = copied(start, tmp_path_factory.mktemp("waits") / "workspace")
    for number, area in enumerate((SAFETY, CARE)):
        (workspace / "inbox" / area.ref).mkdir()
        name = f"{number:02} {area.name}.xlsx"
        (workspace / "inbox" / name).rename(workspace / "inbox" / area.ref / name)
    return workspace


@pytest.fixture(scope="module")
def done(waits: Path, runs: Runner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same workspace after an undisturbed run."""
    workspace = anew(waits, tmp_path_factory.mktemp("done") / "workspace")
    assert runs.run(workspace).code == 1
    return workspace


def anew(waits: Path, folder: Path) -> Path:
    """A copy of the workspace in which its returns arrived in the order of their names."""
    shutil.copytree(waits, folder)
    for path in sorted((folder / "inbox").rglob("*.xlsx"), key=lambda path: path.name):
        path.chmod(0o600)
        time.sleep(0.011)
    return folder


def kept_of(workspace: Path) -> End:
    """What a run leaves behind that a backup keeps, and the appendix made of it.

    A message that is yet to be written when the backup is made goes without its correction copy:
    the outbox is not in a backup. One that waits then is left to a person, so that what became of
    messages differs.
    """
    end = end_of(workspace)
    end["table message"] = [row[:-1] for row in end["table message"]]  # type: ignore[attr-defined]
    end["table message_content"] = [
        (number, subject, to)
        for number, (subject, to, _) in end["table message_content"]  # type: ignore[attr-defined]
    ]
    for row in end.get("journal message", ()):  # type: ignore[attr-defined]
        del row["attached"]
    appendix = f"outbox/{PERIOD.name}/"
    # What is left to a person keeps what goes with it.
    left_out = ("outbox/", "var/settled", "var/register.json", "var/attachments/",
                "table attempt", "journal attempt")  # fmt: skip
    return {
        name: end[name]
        for name in end
        if not name.startswith(left_out)
        or (name.startswith(appendix) and "/" not in name.removeprefix(appendix))
    }


def rows_of(workspace: Path) -> End:
    """Every row of the store, whichever database it is in, but for times."""
    return {name: rows for name, rows in end_of(workspace).items() if name.startswith("table ")}


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def restored(backup: Path, folder: Path, *words: str) -> Path:
    result = quarterday("restore", backup, folder, *words)
    # Where mail waited there a person is asked for.
    assert result.exit_code == ("wait for a person" in result.output), result.output
    return folder


def backed_up(workspace: Path, target: Path) -> Path:
    result = quarterday("backup", target, "-w", workspace, "--json")
    assert result.exit_code == 0, result.output
    return Path(json.loads(result.stdout)["written"])


# --- There and back ------------------------------------------------------------------------------


def test_what_was_put_back_holds_every_row_and_every_byte(done: Path, tmp_path: Path) -> None:
    new = restored(backed_up(done, tmp_path), tmp_path / "new")
    assert rows_of(new) == rows_of(done)
    assert files_of(new / "var" / "archive") == files_of(done / "var" / "archive")
    for name in ("register.xlsx", "pipeline.toml"):
        assert (new / name).read_bytes() == (done / name).read_bytes()
    assert (new / "inbox" / "CS").is_dir()
    assert (new / "inbox" / "ASC").is_dir()


def test_a_run_on_what_was_put_back_issues_the_same_appendix_and_notes_no_new_issue(
    runs: Runner, done: Path, tmp_path: Path
) -> None:
    new = restored(backed_up(done, tmp_path), tmp_path / "new")
    assert runs.run(new).code in (0, 1)
    assert kept_of(new) == kept_of(done)


def test_what_was_put_back_is_its_users_alone(done: Path, tmp_path: Path) -> None:
    backup = backed_up(done, tmp_path)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    new = restored(backup, tmp_path / "new")
    for path in (new / "var", *(new / "var").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    for path in (new / "var" / "archive").rglob("*.xlsx"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o400


def test_a_folder_gets_a_file_named_after_the_time(done: Path, tmp_path: Path) -> None:
    path = backed_up(done, tmp_path)
    assert path.parent == tmp_path
    assert time.strptime(path.name, "quarterday-%Y%m%dT%H%M%SZ.tar")
    assert list(tmp_path.iterdir()) == [path]


def test_its_list_of_contents_has_each_member_with_its_hash(done: Path, tmp_path: Path) -> None:
    with tarfile.open(backed_up(done, tmp_path / "my.tar")) as tar:
        manifest = json.load(tar.extractfile("MANIFEST.json"))  # type: ignore[arg-type]
        names = set(tar.getnames()) - {"MANIFEST.json"}
        assert names == set(manifest["members"])
        assert manifest["count"] == len(names)
        for name, member in manifest["members"].items():
            content = tar.extractfile(name).read()  # type: ignore[union-attr]
            assert len(content) == member["size"]
            assert hashlib.sha256(content).hexdigest() == member["sha256"]


def test_what_waits_is_put_back_in_the_order_in_which_it_came(waits: Path, tmp_path: Path) -> None:
    old = anew(waits, tmp_path / "old")
    late = old / "inbox" / "00 first by name, last to come.xlsx"
    shutil.copy(old / "inbox" / "03 Adult social care.xlsx", late)
    new = restored(backed_up(old, tmp_path), tmp_path / "new")
    assert files_of(new / "inbox") == files_of(old / "inbox")
    arrived = {
        place: sorted((place / "inbox").rglob("*.xlsx"), key=lambda path: path.stat().st_ctime_ns)
        for place in (old, new)
    }
    assert [p.name for p in arrived[new]] == [p.name for p in arrived[old]]
    assert arrived[new][-1].name == late.name


def test_a_name_that_is_no_text_comes_back_as_it_was(start: Path, tmp_path: Path) -> None:
    old = copied(start, tmp_path / "old")
    name = os.fsdecode(b"return \xff\xfe.xlsx")
    (old / "inbox" / name).write_bytes(b"something")
    new = restored(backed_up(old, tmp_path), tmp_path / "new")
    assert (new / "inbox" / name).read_bytes() == b"something"


def test_a_workspace_in_which_nothing_ever_ran_can_be_backed_up(
    runs: Runner, start: Path, tmp_path: Path
) -> None:
    new = restored(backed_up(start, tmp_path), tmp_path / "new")
    assert not (start / "var").exists()
    assert files_of(new / "inbox") == files_of(start / "inbox")
    assert runs.run(new).code == 1


def test_what_was_set_aside_and_what_was_cut_off_is_kept(done: Path, tmp_path: Path) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    for place in ("quarantine", "leaving"):
        folder = old / "var" / place
        folder.mkdir(exist_ok=True)
        (folder / "kept").write_text(place)
    # Not a register, which the archive holds as well.
    known = next((old / "var" / "archive").glob("??/*.xlsx"))
    shutil.copy(known, old / "var" / "leaving" / "in the archive already")
    new = restored(backed_up(old, tmp_path), tmp_path / "new")
    for place in ("quarantine", "leaving"):
        assert (new / "var" / place / "kept").read_text() == place
    assert len(list((new / "var" / "leaving").iterdir())) == 1


def test_the_same_return_sent_again_waits_in_the_backup_too(
    runs: Runner, done: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    again = next((old / "var" / "archive").glob("[0-9a-f][0-9a-f]/*.xlsx"))
    shutil.copy(again, old / "inbox" / "00 Community safety.xlsx")
    new = restored(backed_up(old, tmp_path), tmp_path / "new")
    assert files_of(new / "inbox") == files_of(old / "inbox")
    for workspace in (old, new):
        assert runs.run(workspace).code in (0, 1)
    assert rows_of(new) == rows_of(old)


def test_a_forgotten_file_is_neither_missed_nor_put_back(done: Path, tmp_path: Path) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    with Store(open_workspace(old).store_url) as store:
        sha256 = store.submissions()[0].sha256
        store.decisions.forget(
            [
                Forgotten(sent.id or 0, sent.received_at, "IT", "kept for 1 year")
                for sent in store.submissions()
                if sent.sha256 == sha256
            ]
        )
    (path,) = (old / "var" / "archive").glob(f"*/{sha256}.*")
    path.unlink()
    new = restored(backed_up(old, tmp_path), tmp_path / "new")
    assert files_of(new / "var" / "archive") == files_of(old / "var" / "archive")
    assert rows_of(new) == rows_of(old)


# --- While a run is at work ----------------------------------------------------------------------


def test_a_file_with_holes_takes_no_room_and_comes_back_with_its_holes(
    done: Path, tmp_path: Path
) -> None:
    workspace = Path(shutil.copytree(done, tmp_path / "workspace"))
    usual = backed_up(workspace, tmp_path / "usual.tar").stat().st_size
    folder = workspace / "var" / "quarantine"
    folder.mkdir(mode=0o700, exist_ok=True)
    size = 3 << 30
    for name, said in (("disk.img", b"in the middle"), ("nothing.img", b"")):
        with (folder / name).open("wb") as file:
            file.truncate(size)
            file.seek(size // 2)
            file.write(said)
    if (folder / "disk.img").stat().st_blocks * 512 > size // 2:
        pytest.skip("this file system keeps no holes")
    backup = backed_up(workspace, tmp_path / "backup.tar")
    assert backup.stat().st_size < usual + (1 << 20)
    back = restored(backup, tmp_path / "new") / "var" / "quarantine"
    for name, said in (("disk.img", b"in the middle"), ("nothing.img", b"")):
        status = (back / name).stat()
        assert status.st_size == size
        assert status.st_blocks * 512 < 1 << 20
        with (back / name).open("rb") as file:
            assert file.read(1) == b"\0"
            file.seek(size // 2)
            assert file.read(32) == said.ljust(32, b"\0")


def test_a_backup_without_holes_is_read_by_the_version_before(done: Path, tmp_path: Path) -> None:
    with tarfile.open(backed_up(done, tmp_path / "backup.tar")) as tar:
        file = tar.extractfile("MANIFEST.json")
        assert file is not None
        assert json.load(file)["format"] == 1


def test_pipes_sockets_devices_and_links_are_passed_over_with_a_line_and_hang_nothing(
    done: Path, tmp_path: Path
) -> None:
    workspace = Path(shutil.copytree(done, tmp_path / "workspace"))
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    (workspace / "templates").mkdir()
    (workspace / "var" / "quarantine").mkdir(mode=0o700, exist_ok=True)
    expected = set()
    for folder in ("inbox", "templates", "var/quarantine", "var/leaving"):
        place = workspace / folder
        place.mkdir(exist_ok=True)
        os.mkfifo(place / "mail_appendix.txt.j2")
        expected.add(f"{place / 'mail_appendix.txt.j2'} is a pipe, not a file")
        (place / "mail_receipt.txt.j2").symlink_to(secret)
        expected.add(f"{place / 'mail_receipt.txt.j2'} is a symbolic link, not a file")
        (place / "folder").symlink_to(tmp_path)
        expected.add(f"{place / 'folder'} is a symbolic link, not a file")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(workspace / "var" / "quarantine")
        server.bind("socket")
        os.chdir(here)
    expected.add(f"{workspace / 'var' / 'quarantine' / 'socket'} is a socket, not a file")
    ended = subprocess.run(
        [sys.executable, "-m", "pipeline", "backup", str(tmp_path / "backup.tar"),
         "-w", str(workspace), "--json"],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    document = json.loads(ended.stdout)
    assert document["problems"] == []
    assert set(document["passed_over"]) == {f"{e}, so it is not in the backup." for e in expected}
    assert b"s3cret" not in (tmp_path / "backup.tar").read_bytes()
    back = restored(tmp_path / "backup.tar", tmp_path / "new")
    assert not any(path.is_symlink() or path.is_fifo() for path in back.rglob("*"))
    assert not (back / "inbox" / "folder").exists()


@pytest.mark.parametrize("name", ["register.xlsx", "pipeline.toml"])
def test_a_link_in_their_place_is_followed_within_the_workspace_alone(
    done: Path, tmp_path: Path, name: str
) -> None:
    workspace = Path(shutil.copytree(done, tmp_path / "workspace"))
    (workspace / name).rename(workspace / "the file")
    (workspace / name).symlink_to("the file")
    back = restored(backed_up(workspace, tmp_path / "within.tar"), tmp_path / "new")
    assert (back / name).read_bytes() == (workspace / "the file").read_bytes()
    (workspace / "the file").rename(tmp_path / "outside")
    (workspace / name).unlink()
    (workspace / name).symlink_to(tmp_path / "outside")
    result = quarterday("backup", tmp_path / "without.tar", "-w", workspace)
    assert result.exit_code == 1
    assert f"not whole: {workspace / name} is a link that leads out of" in result.stdout


def test_what_nobody_asked_to_keep_is_not_in_it(done: Path, tmp_path: Path) -> None:
    workspace = Path(shutil.copytree(done, tmp_path / "workspace"))
    archive = workspace / "var" / "archive"
    for folder in (archive, archive / "journal", archive / "registers", workspace / "var"):
        (folder / "holiday.xlsx").write_bytes(b"pictures")
    with tarfile.open(backed_up(workspace, tmp_path / "backup.tar")) as tar:
        assert not [name for name in tar.getnames() if "holiday" in name]


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_a_backup_made_at_any_moment_of_a_run_leads_to_the_same_end(
    runs: Runner,
    waits: Path,
    done: Path,
    tmp_path: Path,
    kind: str,
    request: pytest.FixtureRequest,
) -> None:
    workspace = anew(waits, tmp_path / "workspace")
    words: Callable[[], tuple[str, ...]] = tuple
    if kind == "PostgreSQL":
        make: Callable[[], str] = request.getfixturevalue("database")
        set_up(workspace, url=make())
        words = lambda: ("--store", make())  # noqa: E731
    run = runs.begin(workspace)
    backups = []
    while not run.has_ended():
        backups.append(backed_up(workspace, tmp_path / f"{len(backups)}.tar"))
    assert run.code == 1, run.said
    backups.append(backed_up(workspace, tmp_path / f"{len(backups)}.tar"))
    end = kept_of(done)
    seen = set()
    for number, backup in enumerate(backups):
        with tarfile.open(backup) as tar:
            names = tar.getnames()
        counts = tuple(
            sum(name.startswith(f"{folder}/") for name in names)
            for folder in ("inbox", "archive/journal")
        )
        if counts in seen:
            continue
        seen.add(counts)
        new = restored(backup, tmp_path / f"new {number}", *words())
        # A file is where it waits or in the store, and never nowhere.
        assert counts[0] + len(rows_of(new)["table submission"]) == RETURNS  # type: ignore[arg-type]
        assert runs.run(new).code in (0, 1)
        assert kept_of(new) == end
    assert {waiting for waiting, _ in seen} >= {0, RETURNS}


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_a_backup_made_at_a_step_of_a_run_leads_to_the_same_end_as_one_killed_there(
    runs: Runner,
    waits: Path,
    done: Path,
    tmp_path: Path,
    kind: str,
    request: pytest.FixtureRequest,
) -> None:
    workspace = anew(waits, tmp_path / "counted")
    steps = runs.run(workspace).steps
    end = kept_of(done)
    tried = many(2, 60) if kind == "SQLite" else many(1, 30)
    for step in range(steps // tried // 2 + 1, steps, steps // tried):
        words: Callable[[], tuple[str, ...]] = tuple
        workspace = anew(waits, tmp_path / "old" / "workspace")
        if kind == "PostgreSQL":
            make: Callable[[], str] = request.getfixturevalue("database")
            set_up(workspace, url=make())
            words = lambda: ("--store", make())  # noqa: B023, E731
        run = runs.begin(workspace, step=step, sent=signal.SIGSTOP)
        run.wait_until_stopped()
        halted = backed_up(workspace, tmp_path / "halted.tar")
        run.kill()
        assert run.code == -9
        killed = backed_up(workspace, tmp_path / "killed.tar")
        for backup in (halted, killed):
            new = restored(backup, tmp_path / "new", *words())
            assert runs.run(new).code in (0, 1)
            assert kept_of(new) == end, step
            shutil.rmtree(new)
            backup.unlink()
        shutil.rmtree(workspace)


@pytest.mark.faults
def test_of_what_comes_and_goes_all_the_time_each_backup_has_everything_once(
    start: Path, tmp_path: Path
) -> None:
    workspace = copied(start, tmp_path / "workspace")
    shutil.rmtree(workspace / "inbox")
    (workspace / "inbox").mkdir()
    code = (
        "import sys, time; from datetime import UTC, datetime; from pathlib import Path\n"
        "from pipeline.job.nightly import run\n"
        "from pipeline.workspace.folder import open_workspace\n"
        f"print(flush=True); until = time.monotonic() + {many(2, 30)}\n"
        "while time.monotonic() < until:\n"
        "    run(open_workspace(Path(sys.argv[1])), datetime.now(UTC), lambda *_: None)\n"
    )
    nights = subprocess.Popen([sys.executable, "-c", code, str(workspace)], stdout=subprocess.PIPE)
    assert nights.stdout is not None
    assert nights.stdout.readline()
    dropped: set[str] = set()
    while nights.poll() is None:
        for number in range(len(dropped), len(dropped) + 20):
            path = workspace / "inbox" / f"letter {number}.txt"
            hidden = path.with_name(f".{path.name}")
            hidden.write_text(f"Dear council, {number}")
            hidden.rename(path)
            dropped.add(path.name)
        backup = backed_up(workspace, tmp_path / f"{len(dropped)}.tar")
        with tarfile.open(backup) as tar:
            names = tar.getnames()
            store = tmp_path / "store.sqlite3"
            store.write_bytes(tar.extractfile("store.sqlite3").read())  # type: ignore[union-attr]
        with closing(sqlite3.connect(store)) as opened:
            rows = opened.execute("SELECT filename, sha256 FROM submission").fetchall()
        waiting = [name.removeprefix("inbox/") for name in names if name.startswith("inbox/")]
        assert sorted([*waiting, *(name for name, _ in rows)]) == sorted(dropped)
        beside = ("archive/journal/", "archive/registers/")
        kept = {
            Path(name).stem
            for name in names
            if name.startswith("archive/") and not name.startswith(beside)
        }
        assert kept == {sha256 for _, sha256 in rows}
        backup.unlink()
    nights.stdout.close()
    assert nights.returncode == 0


# --- From one database to another ----------------------------------------------------------------


@pytest.mark.outside
def test_a_store_goes_from_sqlite_to_postgresql_and_back(
    done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database()
    there = restored(backed_up(done, tmp_path / "1.tar"), tmp_path / "there", "--store", url)
    assert not (there / "var" / "quarterday.sqlite3").exists()
    assert open_workspace(there).store_url == url
    assert rows_of(there) == rows_of(done)
    with Store(url) as new, Store(open_workspace(done).store_url) as old:
        assert new.submissions() == old.submissions()
        assert new.observations(PERIOD.name) == old.observations(PERIOD.name)
    back = restored(backed_up(there, tmp_path / "2.tar"), tmp_path / "back", "--store", "")
    assert open_workspace(back).settings.store.url == ""
    assert rows_of(back) == rows_of(done)


@pytest.mark.outside
def test_in_postgresql_new_submissions_go_on_after_the_last_that_was_put_back(
    runs: Runner, done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database()
    there = restored(backed_up(done, tmp_path / "1.tar"), tmp_path / "there", "--store", url)
    with Store(url) as store:
        last = max(submission.id for submission in store.submissions())
    (there / "inbox" / "letter.xlsx").write_text("Dear council")
    assert runs.run(there).code == 1
    with Store(url) as store:
        assert store.submissions()[-1].id == last + 1
        assert store.submissions()[-1].filename == "letter.xlsx"


@pytest.mark.outside
def test_a_database_that_holds_a_store_is_left_alone(
    done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database()
    backup = backed_up(done, tmp_path / "1.tar")
    restored(backup, tmp_path / "first", "--store", url)
    line = complaint(quarterday("restore", backup, tmp_path / "second", "--store", url))
    assert "holds a store already" in line
    assert not (tmp_path / "second").exists()
    assert rows_of(tmp_path / "first") == rows_of(done)


@pytest.mark.outside
def test_a_restored_password_is_read_by_nobody_else(
    done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database().replace("quarterday@", "quarterday:s3cret@")
    new = restored(backed_up(done, tmp_path / "1.tar"), tmp_path / "new", "--store", url)
    assert "s3cret" in (new / "pipeline.toml").read_text("utf-8")
    assert stat.S_IMODE((new / "pipeline.toml").stat().st_mode) == 0o600


@pytest.mark.outside
@pytest.mark.parametrize("there", ["SQLite", "PostgreSQL"])
@pytest.mark.parametrize("here", ["SQLite", "PostgreSQL"])
def test_a_store_that_was_put_back_still_refuses_to_change_what_it_holds(
    done: Path, tmp_path: Path, database: Callable[[], str], here: str, there: str
) -> None:
    old = done
    if here == "PostgreSQL":
        old = restored(backed_up(done, tmp_path), tmp_path / "old", "--store", database())
    url = database() if there == "PostgreSQL" else ""
    new = restored(backed_up(old, tmp_path / "1.tar"), tmp_path / "new", "--store", url)
    engine = sa.create_engine(open_workspace(new).store_url, poolclass=sa.NullPool)
    for words in ("UPDATE submission SET filename = 'x'", "DELETE FROM finding"):
        with (
            engine.connect() as connection,
            pytest.raises(sa.exc.DBAPIError, match="the store keeps every"),
        ):
            connection.execute(sa.text(words))
    engine.dispose()


# --- Settings that lead elsewhere ----------------------------------------------------------------


def test_nothing_is_put_back_outside_the_folder(done: Path, tmp_path: Path) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    share = tmp_path / "share"
    shutil.move(old / "inbox", share)
    shutil.move(old / "var", tmp_path / "state")
    path = old / "pipeline.toml"
    text = path.read_text("utf-8").replace('inbox = "inbox"', f'inbox = "{share}"')
    path.write_text(text.replace('state = "var"', 'state = "../state"  # private'), "utf-8")
    (share / "waits.xlsx").write_text("Dear council")
    backup = backed_up(old, tmp_path / "1.tar")
    before = files_of(share), files_of(tmp_path / "state")
    result = quarterday("restore", backup, tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert f"changed: paths.inbox was {share}; here it is inbox." in result.stdout
    assert "changed: paths.state was ../state; here it is var." in result.stdout
    assert (files_of(share), files_of(tmp_path / "state")) == before
    new = open_workspace(tmp_path / "new")
    assert (new.inbox / "waits.xlsx").read_text() == "Dear council"
    assert new.settings.limits.settle_seconds == 0
    text = (tmp_path / "new" / "pipeline.toml").read_text("utf-8")
    assert "# Where service areas can read" in text
    assert rows_of(new.root) == rows_of(done)


def test_settings_written_in_one_line_are_changed_as_well(done: Path, tmp_path: Path) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    elsewhere = tmp_path / "out"
    (old / "pipeline.toml").write_text(f'paths = {{ outbox = "{elsewhere}" }}\n', "utf-8")
    new = restored(backed_up(old, tmp_path / "1.tar"), tmp_path / "new")
    assert open_workspace(new).outbox == new / "outbox"
    assert not elsewhere.exists()


# --- What is not whole ---------------------------------------------------------------------------


def test_a_file_missing_from_the_archive_is_named_and_the_rest_backed_up(
    done: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    gone, broken = sorted((old / "var" / "archive").rglob("*.xlsx"))[:2]
    gone.unlink()
    broken.chmod(0o600)
    broken.write_bytes(b"spoilt")
    result = quarterday("backup", tmp_path / "1.tar", "-w", old)
    assert result.exit_code == 1
    first, second, last = sorted(
        result.stdout.splitlines(), key=lambda line: "not whole" not in line
    )
    assert {gone.stem in first, gone.stem in second} == {True, False}
    assert "is missing from the archive" in result.stdout
    assert f"{broken} is damaged" in result.stdout
    assert last.endswith("files, each read back")
    back = quarterday("restore", tmp_path / "1.tar", tmp_path / "new")
    assert back.exit_code == 1
    assert "broken     archive: 1 file missing and 1 damaged" in back.stdout


def test_a_damaged_store_is_named(done: Path, tmp_path: Path) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    store = old / "var" / "quarterday.sqlite3"
    with closing(sqlite3.connect(store)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'finding'"
        (page,) = connection.execute(query).fetchone()
    content = bytearray(store.read_bytes())
    content[(page - 1) * size + 8 : (page - 1) * size + 200] = b"\xff" * 192
    store.write_bytes(content)
    result = quarterday("backup", tmp_path / "1.tar", "-w", old)
    assert result.exit_code == 1, result.output
    assert "not whole: The store is damaged: " in result.stdout


# --- Where it cannot be written ------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["inbox", "outbox", "var", "var/archive"])
def test_a_backup_may_not_lie_where_runs_work(done: Path, folder: str) -> None:
    before = files_of(done)
    line = complaint(quarterday("backup", done / folder / "my.tar", "-w", done))
    assert "may not lie in" in line
    assert files_of(done) == before


def test_a_backup_may_lie_in_the_workspace_and_is_not_part_of_the_next(
    done: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(done, tmp_path / "old"))
    first = backed_up(old, old / "backups" / "1.tar")
    second = backed_up(old, old / "backups" / "2.tar")
    with tarfile.open(first) as one, tarfile.open(second) as other:
        assert one.getnames() == other.getnames()


def test_a_file_that_is_there_is_never_written_over(done: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_text("mine")
    assert "is there already" in complaint(quarterday("backup", path, "-w", done))
    assert path.read_text() == "mine"


@pytest.mark.faults
@pytest.mark.parametrize("free", [0, 60, 200])
def test_on_a_full_disk_no_backup_is_left_and_one_line_says_so(
    done: Path, disk: Path, free: int
) -> None:
    with filled(disk, free * 1024):
        line = complaint(quarterday("backup", disk, "-w", done))
        assert str(disk) in line
        assert [path.name for path in disk.iterdir()] == ["ballast"]
    assert quarterday("backup", disk, "-w", done).exit_code == 0


@pytest.mark.faults
@pytest.mark.parametrize("free", [0, 60, 200])
def test_on_a_full_disk_nothing_is_put_back_and_one_line_says_so(
    done: Path, disk: Path, tmp_path: Path, free: int
) -> None:
    backup = backed_up(done, tmp_path / "1.tar")
    with filled(disk, free * 1024):
        complaint(quarterday("restore", backup, disk / "new"))
        assert [path.name for path in disk.iterdir()] == ["ballast"]
    assert rows_of(restored(backup, disk / "new")) == rows_of(done)


def test_what_a_killed_backup_left_is_taken_away_a_day_later(done: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (folder / ".quarterday-old").mkdir(parents=True)
    for name in (".quarterday-old.tar", ".quarterday-old/store.sqlite3", ".quarterday-new.tar"):
        (folder / name).write_text("half")
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    for name in (".quarterday-old.tar", ".quarterday-old"):
        os.utime(folder / name, (two_days_ago, two_days_ago))
    made = backed_up(done, folder)
    # Another backup may be writing what is new.
    assert sorted(folder.iterdir()) == [folder / ".quarterday-new.tar", made]


@pytest.mark.faults
def test_a_read_only_target_is_one_line(done: Path, disk: Path, tmp_path: Path) -> None:
    backup = backed_up(done, tmp_path / "1.tar")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for words in (("backup", disk, "-w", done), ("restore", backup, disk / "new")):
        line = complaint(quarterday(*words))
        assert "Read-only file system" in line
        assert "Make the disk writable" in line


def test_a_folder_that_holds_something_is_refused(done: Path, tmp_path: Path) -> None:
    backup = backed_up(done, tmp_path / "1.tar")
    assert "is there already" in complaint(quarterday("restore", backup, done))
    empty = tmp_path / "empty"
    empty.mkdir()
    restored(backup, empty)


# --- Hostile and damaged files -------------------------------------------------------------------


def packed(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], **other: object) -> Path:
    """A tar with these members and a list of contents that agrees with them."""
    listed = {
        member.name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for member, content in members
    }
    manifest = {
        "format": 1, "program": "0.1.0", "made_at": "2013-04-30T02:00:00Z", "schema": 1,
        "folders": [], "count": len(listed), "members": listed,
    } | other  # fmt: skip
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for member, content in (*members, plain("MANIFEST.json", json.dumps(manifest).encode())):
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def plain(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), content


def special(name: str, kind: bytes, goal: str = "") -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, goal
    return member, b""


HOSTILE = {
    "absolute": [plain("/tmp/quarterday-hostile", b"x")],  # noqa: S108
    "upwards": [plain("inbox/../../hostile", b"x")],
    "upwards at once": [plain("../hostile", b"x")],
    "a file of no kind of ours": [plain("autorun.sh", b"x")],
    "a folder of ours by name": [plain("inbox", b"x")],
    "an empty part": [plain("inbox//hostile", b"x")],
    "a link": [special("inbox/link", tarfile.SYMTYPE, "/etc/passwd")],
    "a hard link": [special("inbox/link", tarfile.LNKTYPE, "store.sqlite3")],
    "a link, then through it": [
        special("inbox/out", tarfile.SYMTYPE, ".."),
        plain("inbox/out/hostile", b"x"),
    ],
    "a device": [special("inbox/null", tarfile.CHRTYPE)],
    "a pipe": [special("inbox/pipe", tarfile.FIFOTYPE)],
    "twice the same": [plain("inbox/a", b"x"), plain("inbox/a", b"x")],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    path = packed(tmp_path / "h.tar", [plain("store.sqlite3", b""), *HOSTILE[kind]])
    before = set(tmp_path.iterdir())
    complaint(quarterday("restore", path, tmp_path / "new"))
    assert set(tmp_path.iterdir()) == before
    assert not Path("/tmp/quarterday-hostile").exists()  # noqa: S108


@pytest.mark.parametrize("folder", ["../hostile", "/hostile", "archive/x", "inbox/../../x"])
def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path, folder: str) -> None:
    path = packed(tmp_path / "h.tar", [plain("store.sqlite3", b"")], folders=[folder])
    assert "not a backup" in complaint(quarterday("restore", path, tmp_path / "new"))


def test_a_later_format_says_which_version_reads_it(tmp_path: Path) -> None:
    path = packed(tmp_path / "h.tar", [plain("store.sqlite3", b"")], format=3, program="7.0")
    line = complaint(quarterday("restore", path, tmp_path / "new"))
    assert "format 3" in line
    assert "version 7.0 or a later one" in line


@pytest.mark.parametrize("content", [b"", b"Dear council", bytes(20_000), b"PK\3\4" * 300], ids=str)
def test_a_file_that_is_no_backup_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.tar"
    path.write_bytes(content)
    assert "is not a backup" in complaint(quarterday("restore", path, tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    assert "none.tar" in complaint(quarterday("restore", tmp_path / "none.tar", tmp_path / "new"))


@pytest.mark.parametrize("member", [0, 5, -1])
def test_a_backup_cut_short_or_changed_is_refused(done: Path, tmp_path: Path, member: int) -> None:
    backup = backed_up(done, tmp_path / "1.tar")
    with tarfile.open(backup) as tar:
        chosen = tar.getmembers()[member]
    whole, at = backup.read_bytes(), chosen.offset_data + chosen.size // 2
    for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
        path = tmp_path / "2.tar"
        path.write_bytes(content)
        complaint(quarterday("restore", path, tmp_path / "new"))
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("there", ["SQLite", "PostgreSQL"])
def test_a_store_of_an_older_version_is_brought_to_this_one_as_it_is_put_back(
    tmp_path: Path, there: str, request: pytest.FixtureRequest
) -> None:
    old = tmp_path / "old.sqlite3"
    content, at = b"Dear council", "2012-04-30 09:00:00.000000"
    sha256 = hashlib.sha256(content).hexdigest()
    config = Config()
    config.set_main_option("script_location", str(Path(pipeline.store.__path__[0], "migrations")))
    engine = sa.create_engine(f"sqlite:///{old}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            sa.text(
                "INSERT INTO submission (sha256, filename, received_at, outcome, size, "
                "register_sha256) VALUES (:sha256, 'letter.xlsx', :at, 'rejected', 12, '')"
            ),
            {"sha256": sha256, "at": at},
        )
    engine.dispose()
    members = [
        plain("store.sqlite3", old.read_bytes()),
        plain(f"archive/{sha256[:2]}/{sha256}.bin", content),
    ]
    backup = packed(tmp_path / "1.tar", members)
    url = request.getfixturevalue("database")() if there == "PostgreSQL" else ""
    new = open_workspace(restored(backup, tmp_path / "new", "--store", url))
    assert not list(new.state.glob(".quarterday-*"))
    with Store(new.store_url) as store:
        (sent,) = store.submissions()
    assert (sent.sha256, sent.received_at.isoformat()) == (sha256, "2012-04-30T09:00:00+00:00")
