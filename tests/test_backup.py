"""A backup made at any moment is whole, and what is made from it goes on as the original does."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from tests.test_faults import begin, copied, make_returns, run
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.setup import make_workspace
from pipeline.store import Store
from pipeline.store.copying import snapshot
from pipeline.store.tables import metadata
from pipeline.workspace import open_workspace
from tests import test_faults
from tests.builders import PERIOD, small_register
from tests.test_store import POSTGRESQL

RETURNS = 12

#: A file system of its own, to be made full and read-only.
small_disk = test_faults.small_disk

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the runs beside it are POSIX's")


def quarterday(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def complaint(result: Result) -> str:
    """The one line on standard error of a command that could not run."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    (line,) = [line for line in result.stderr.splitlines() if line]
    assert line.startswith("quarterday: ")
    return line


@pytest.fixture
def database() -> Iterator[Callable[[], str]]:
    """Makes empty databases: each a schema of its own in PostgreSQL, given by its URL."""
    if not POSTGRESQL:
        pytest.skip("QUARTERDAY_TEST_POSTGRESQL names no database")
    engine = sa.create_engine(POSTGRESQL)
    made = []

    def make() -> str:
        schema = f"test_{uuid4().hex}"
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(schema))
        made.append(schema)
        options = f"-c search_path={schema} -c timezone=Asia/Kathmandu"
        place = sa.make_url(POSTGRESQL).update_query_dict({"options": options})
        return place.render_as_string(hide_password=False)

    yield make
    with engine.begin() as connection:
        for schema in made:
            connection.execute(sa.schema.DropSchema(schema, cascade=True))
    engine.dispose()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a full inbox, to be copied."""
    folder = tmp_path_factory.mktemp("start") / "workspace"
    make_workspace(folder, PERIOD.due, small_register())
    settings = folder / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("settle_seconds = 2.0", "settle_seconds = 0.0"), "utf-8")
    shutil.rmtree(folder / "inbox")
    make_returns(folder / "inbox", RETURNS)
    area = folder / "inbox" / "CS"
    area.mkdir()
    (folder / "inbox" / "00 Community safety.xlsx").rename(area / "00 Community safety.xlsx")
    (folder / "inbox" / "ASC").mkdir()
    return folder


@pytest.fixture(scope="module")
def done(start: Path) -> Path:
    """The same workspace after an undisturbed run."""
    workspace = copied_in_order(start, start.parent / "done" / "workspace")
    assert run(workspace) == 1
    return workspace


def copied_in_order(start: Path, folder: Path) -> Path:
    """A copy in which returns arrived in the order of their names, as told by the clock."""
    copied(start, folder)
    for path in sorted((folder / "inbox").rglob("*.xlsx"), key=lambda path: path.name):
        path.chmod(0o600)
        time.sleep(0.011)
    return folder


def use_store(workspace: Path, url: str) -> None:
    path = workspace / "pipeline.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('url = ""', f'url = "{url}"'), "utf-8")


def rows_of(workspace: Path, spare: Path) -> dict[str, list[str]]:
    """Every row of the store, whichever database it is in, but for times."""
    path = spare / f"{uuid4().hex}.sqlite3"
    snapshot(open_workspace(workspace).store_url, path)
    with closing(sqlite3.connect(path)) as store:
        store.row_factory = sqlite3.Row
        return {
            table.name: sorted(
                repr([row[key] for key in row.keys() if not key.endswith("_at")])  # noqa: SIM118
                for row in store.execute(f"select * from {table.name}")  # noqa: S608
            )
            for table in metadata.sorted_tables
        }


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def end_of(workspace: Path, spare: Path) -> dict[str, object]:
    """What a run leaves behind and a backup keeps, and the appendix made of it."""
    return {
        "store": rows_of(workspace, spare),
        "inbox": files_of(workspace / "inbox"),
        "archive": files_of(workspace / "var" / "archive"),
        "appendix": [
            digest
            for name, digest in files_of(workspace / "outbox" / PERIOD.name).items()
            if "/" not in name
        ],
    }


def restored(backup: Path, folder: Path, *words: str) -> Path:
    result = quarterday("restore", backup, folder, *words)
    assert result.exit_code == 0, result.output
    return folder


def backed_up(workspace: Path, target: Path) -> Path:
    result = quarterday("backup", target, "-w", workspace, "--json")
    assert result.exit_code == 0, result.output
    return Path(json.loads(result.stdout)["written"])


# --- There and back ------------------------------------------------------------------------------


def test_what_was_put_back_holds_every_row_and_every_byte(done: Path, tmp_path: Path) -> None:
    new = restored(backed_up(done, tmp_path), tmp_path / "new")
    assert rows_of(new, tmp_path) == rows_of(done, tmp_path)
    assert files_of(new / "var" / "archive") == files_of(done / "var" / "archive")
    for name in ("register.xlsx", "pipeline.toml"):
        assert (new / name).read_bytes() == (done / name).read_bytes()
    assert (new / "inbox" / "CS").is_dir()
    assert (new / "inbox" / "ASC").is_dir()


def test_a_run_on_what_was_put_back_issues_the_same_appendix_and_notes_no_new_issue(
    done: Path, tmp_path: Path
) -> None:
    new = restored(backed_up(done, tmp_path), tmp_path / "new")
    assert run(new) in (0, 1)
    assert end_of(new, tmp_path) == end_of(done, tmp_path)


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


def test_what_waits_is_put_back_in_the_order_in_which_it_came(start: Path, tmp_path: Path) -> None:
    old = copied_in_order(start, tmp_path / "old")
    late = old / "inbox" / "00 first by name, last to come.xlsx"
    shutil.copy(old / "inbox" / "01 Adult social care.xlsx", late)
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
    start: Path, tmp_path: Path
) -> None:
    new = restored(backed_up(start, tmp_path), tmp_path / "new")
    assert not (start / "var").exists()
    assert files_of(new / "inbox") == files_of(start / "inbox")
    assert run(new) == 1


def test_what_others_keep_in_the_archive_and_what_was_set_aside_is_kept(
    done: Path, tmp_path: Path
) -> None:
    old = copied(done, tmp_path / "old")
    for place in ("archive/journal", "archive/registers", "quarantine", "leaving"):
        folder = old / "var" / place
        folder.mkdir()
        (folder / "kept").write_text(place)
    known = next((old / "var" / "archive").rglob("*.xlsx"))
    shutil.copy(known, old / "var" / "leaving" / "in the archive already")
    new = restored(backed_up(old, tmp_path), tmp_path / "new")
    for place in ("archive/journal", "archive/registers", "quarantine", "leaving"):
        assert (new / "var" / place / "kept").read_text() == place
    assert len(list((new / "var" / "leaving").iterdir())) == 1


# --- While a run is at work ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_made_at_any_moment_of_a_run_leads_to_the_same_end(
    start: Path, done: Path, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    workspace = copied_in_order(start, tmp_path / "workspace")
    words: Callable[[], tuple[str, ...]] = tuple
    if kind == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("database")
        use_store(workspace, make())
        words = lambda: ("--store", make())  # noqa: E731
    process = begin(workspace)
    backups = []
    while process.poll() is None:
        backups.append(backed_up(workspace, tmp_path / f"{len(backups)}.tar"))
        time.sleep(0.1)
    process.communicate(timeout=60)
    assert process.returncode == 1
    backups.append(backed_up(workspace, tmp_path / f"{len(backups)}.tar"))
    assert len(backups) > 3
    end = end_of(done, tmp_path)
    seen = set()
    for number, backup in enumerate(backups):
        new = restored(backup, tmp_path / f"new {number}", *words())
        assert quarterday("doctor", "-w", new).exit_code == 0
        counts = len(files_of(new / "inbox")), len(rows_of(new, tmp_path)["submission"])
        # A file is where it waits or in the store, and never nowhere.
        assert sum(counts) == RETURNS
        if counts not in seen or number == len(backups) - 1:
            assert run(new) in (0, 1)
            assert end_of(new, tmp_path) == end
        seen.add(counts)
    assert (RETURNS, 0) in seen
    assert (0, RETURNS) in seen


def test_of_what_comes_and_goes_all_the_time_each_backup_has_everything_once(
    start: Path, tmp_path: Path
) -> None:
    workspace = copied(start, tmp_path / "workspace")
    shutil.rmtree(workspace / "inbox")
    (workspace / "inbox").mkdir()
    code = (
        "import sys, time; from datetime import UTC, datetime; from pathlib import Path\n"
        "from pipeline.nightly import run; from pipeline.workspace import open_workspace\n"
        "until = time.monotonic() + 12\n"
        "while time.monotonic() < until:\n"
        "    run(open_workspace(Path(sys.argv[1])), datetime.now(UTC), lambda *_: None)\n"
    )
    runs = subprocess.Popen([sys.executable, "-c", code, str(workspace)])
    dropped: set[str] = set()
    while runs.poll() is None:
        for number in range(len(dropped), len(dropped) + 40):
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
        kept = {Path(name).stem for name in names if name.startswith("archive/")}
        assert kept == {sha256 for _, sha256 in rows}
    assert runs.returncode == 0


def test_a_run_killed_in_the_middle_of_its_moves_is_backed_up_whole(
    start: Path, done: Path, tmp_path: Path
) -> None:
    end = end_of(done, tmp_path)
    count = int((done.parent / "count").read_text())
    for step in range(count // 2, count, count // 8):
        workspace = copied_in_order(start, tmp_path / f"old {step}" / "workspace")
        assert run(workspace, step) == -9
        new = restored(backed_up(workspace, tmp_path / f"{step}.tar"), tmp_path / f"new {step}")
        assert run(new) in (0, 1)
        assert end_of(new, tmp_path) == end, step


# --- From one database to another ----------------------------------------------------------------


def test_a_store_goes_from_sqlite_to_postgresql_and_back(
    done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database()
    there = restored(backed_up(done, tmp_path / "1.tar"), tmp_path / "there", "--store", url)
    assert not (there / "var" / "quarterday.sqlite3").exists()
    assert open_workspace(there).store_url == url
    assert rows_of(there, tmp_path) == rows_of(done, tmp_path)
    with Store(url) as new, Store(open_workspace(done).store_url) as old:
        assert new.submissions() == old.submissions()
        assert new.observations(PERIOD.name) == old.observations(PERIOD.name)
    back = restored(backed_up(there, tmp_path / "2.tar"), tmp_path / "back", "--store", "")
    assert open_workspace(back).settings.store.url == ""
    assert rows_of(back, tmp_path) == rows_of(done, tmp_path)


def test_in_postgresql_new_submissions_go_on_after_the_last_that_was_put_back(
    done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database()
    there = restored(backed_up(done, tmp_path / "1.tar"), tmp_path / "there", "--store", url)
    with Store(url) as store:
        last = max(submission.id for submission in store.submissions())
    (there / "inbox" / "letter.xlsx").write_text("Dear council")
    assert run(there) == 1
    with Store(url) as store:
        assert store.submissions()[-1].id == last + 1
        assert store.submissions()[-1].filename == "letter.xlsx"


def test_a_database_that_holds_a_store_is_left_alone(
    done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database()
    backup = backed_up(done, tmp_path / "1.tar")
    restored(backup, tmp_path / "first", "--store", url)
    line = complaint(quarterday("restore", backup, tmp_path / "second", "--store", url))
    assert "holds a store already" in line
    assert not (tmp_path / "second").exists()
    assert rows_of(tmp_path / "first", tmp_path) == rows_of(done, tmp_path)


def test_a_restored_password_is_read_by_nobody_else(
    done: Path, tmp_path: Path, database: Callable[[], str]
) -> None:
    url = database().replace("quarterday@", "quarterday:s3cret@")
    new = restored(backed_up(done, tmp_path / "1.tar"), tmp_path / "new", "--store", url)
    assert "s3cret" in (new / "pipeline.toml").read_text("utf-8")
    assert stat.S_IMODE((new / "pipeline.toml").stat().st_mode) == 0o600


# --- Settings that lead elsewhere ----------------------------------------------------------------


def test_nothing_is_put_back_outside_the_folder(done: Path, tmp_path: Path) -> None:
    old = copied(done, tmp_path / "old")
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
    assert rows_of(new.root, tmp_path) == rows_of(done, tmp_path)


def test_settings_written_in_one_line_are_changed_as_well(done: Path, tmp_path: Path) -> None:
    old = copied(done, tmp_path / "old")
    elsewhere = tmp_path / "out"
    (old / "pipeline.toml").write_text(f'paths = {{ outbox = "{elsewhere}" }}\n', "utf-8")
    new = restored(backed_up(old, tmp_path / "1.tar"), tmp_path / "new")
    assert open_workspace(new).outbox == new / "outbox"
    assert not elsewhere.exists()


# --- What is not whole ---------------------------------------------------------------------------


def test_a_file_missing_from_the_archive_is_named_and_the_rest_backed_up(
    done: Path, tmp_path: Path
) -> None:
    old = copied(done, tmp_path / "old")
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
    old = copied(done, tmp_path / "old")
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
    old = copied(done, tmp_path / "old")
    first = backed_up(old, old / "backups" / "1.tar")
    second = backed_up(old, old / "backups" / "2.tar")
    with tarfile.open(first) as one, tarfile.open(second) as other:
        assert one.getnames() == other.getnames()


def test_a_file_that_is_there_is_never_written_over(done: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_text("mine")
    assert "is there already" in complaint(quarterday("backup", path, "-w", done))
    assert path.read_text() == "mine"


@pytest.mark.parametrize("free", [0, 60, 200])
def test_on_a_full_disk_no_backup_is_left_and_one_line_says_so(
    done: Path,
    small_disk: Path,
    free: int,
) -> None:
    room = shutil.disk_usage(small_disk).free
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(max(0, room - free * 1024)))
    line = complaint(quarterday("backup", small_disk, "-w", done))
    assert str(small_disk) in line
    assert list(small_disk.iterdir()) == [ballast]
    ballast.unlink()
    assert quarterday("backup", small_disk, "-w", done).exit_code == 0


@pytest.mark.parametrize("free", [0, 60, 200])
def test_on_a_full_disk_nothing_is_put_back_and_one_line_says_so(
    done: Path,
    small_disk: Path,
    tmp_path: Path,
    free: int,
) -> None:
    backup = backed_up(done, tmp_path / "1.tar")
    room = shutil.disk_usage(small_disk).free
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(max(0, room - free * 1024)))
    complaint(quarterday("restore", backup, small_disk / "new"))
    assert list(small_disk.iterdir()) == [ballast]
    ballast.unlink()
    restored_rows = rows_of(restored_or_low(backup, small_disk / "new"), tmp_path)
    assert restored_rows == rows_of(done, tmp_path)


def restored_or_low(backup: Path, folder: Path) -> Path:
    assert quarterday("restore", backup, folder).exit_code == 0
    return folder


def test_a_read_only_target_is_one_line(done: Path, small_disk: Path, tmp_path: Path) -> None:
    backup = backed_up(done, tmp_path / "1.tar")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for words in (("backup", small_disk, "-w", done), ("restore", backup, small_disk / "new")):
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
    path = packed(tmp_path / "h.tar", [plain("store.sqlite3", b"")], format=2, program="7.0")
    line = complaint(quarterday("restore", path, tmp_path / "new"))
    assert "format 2" in line
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
