"""A run that is killed anywhere, and run again, ends as if nothing had happened.

QUARTERDAY_FAULTS=all kills at every step and at 300 instants (`make faults`); otherwise at a few.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from pipeline.setup import make_workspace
from tests.builders import CARE, PERIOD, SAFETY, small_register
from tests.filled import at_once, fill_return
from tests.test_lock import ENTRIES

EVERYTHING = os.environ.get("QUARTERDAY_FAULTS") == "all"
RETURNS = 40 if EVERYTHING else 12
INSTANTS = 300 if EVERYTHING else 6
#: Of the steps of a run, so many are tried; 0 is all.
STEPS = 0 if EVERYTHING else 8
#: Times and what comes of them; a message's parts are told apart by its ID.
_TIMES = {"received_at", "issued_at"}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")


def make_returns(folder: Path, many: int) -> None:
    """Returns of mixed fate: accepted, replaced, sent back, sent twice, damaged, no workbook."""
    folder.mkdir()
    register = small_register()
    for number in range(many):
        area = (SAFETY, CARE)[number % 2]
        path = folder / f"{number:02} {area.name}.xlsx"
        entries = {ref: dict(row) for ref, row in ENTRIES.items()}
        match number % 8:
            case 0 | 1 | 2:
                entries["P2-2"]["Performance"] = 10 + number
                fill_return(register, area, PERIOD, path, entries)
            case 3 | 4:
                entries["P2-2"]["Performance"] = f"about {number}"
                fill_return(register, area, PERIOD, path, entries)
            case 5:
                shutil.copy(folder / f"{number - 5:02} {SAFETY.name}.xlsx", path)
            case 6:
                whole = folder / f"{number - 6:02} {SAFETY.name}.xlsx"
                path.write_bytes(whole.read_bytes()[: 900 + number])
            case _:
                path.write_text(f"no workbook {number}")


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a full inbox, to be copied."""
    folder = tmp_path_factory.mktemp("start") / "workspace"
    make_workspace(folder, PERIOD.due, small_register())
    settings = folder / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(at_once(text), "utf-8")
    shutil.rmtree(folder / "inbox")
    make_returns(folder / "inbox", RETURNS)
    return folder


def copied(start: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(start, folder))


def begin(workspace: Path, step: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.killed", str(step), str(workspace.parent / "count"),
               "run", "--workspace", str(workspace)]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def run(workspace: Path, step: int = 0) -> int:
    process = begin(workspace, step)
    _, said = process.communicate(timeout=240)
    assert b"Traceback" not in said, said.decode()
    return process.returncode


def end_of(workspace: Path) -> dict[str, object]:
    """Everything that a run leaves behind, but for times."""
    left: dict[str, object] = {"inbox": sorted(p.name for p in (workspace / "inbox").iterdir())}
    with closing(sqlite3.connect(workspace / "var" / "quarterday.sqlite3")) as store:
        store.row_factory = sqlite3.Row
        tables = [
            row["name"]
            for row in store.execute("select name from sqlite_master where type = 'table'")
        ]
        for table in tables:
            rows = [
                tuple(row[key] for key in row.keys() if key not in _TIMES)  # noqa: SIM118
                for row in store.execute(f"select * from {table}")  # noqa: S608
            ]
            left[table] = sorted(map(repr, rows))
    for path in sorted((workspace / "var" / "archive").rglob("*")):
        if path.is_file():
            left[path.name] = hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    for path in sorted((workspace / "outbox").rglob("*")):
        if path.is_file():
            left[str(path.relative_to(workspace))] = meaning(path)
    return left


def meaning(path: Path) -> object:
    """What a file of the outbox holds, but for when it was made."""
    content = path.read_bytes()
    if path.suffix == ".eml":
        mail = message_from_bytes(content, policy=default)
        return mail["Message-ID"], mail["Subject"], mail["To"]
    if path.suffix == ".xlsx" and "corrections" in path.parts:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = sorted(set(archive.namelist()) - {"docProps/core.xml"})
            return [(name, hashlib.sha256(archive.read(name)).hexdigest()) for name in names]
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def undisturbed(start: Path) -> tuple[dict[str, object], int, float]:
    """How an undisturbed run ends, how many steps it has, and how long it takes."""
    workspace = copied(start, start.parent / "undisturbed" / "workspace")
    before = time.monotonic()
    assert run(workspace) == 1
    took = time.monotonic() - before
    steps = int((workspace.parent / "count").read_text())
    end = end_of(workspace)
    assert end["inbox"] == []
    assert len(end["submission"]) == RETURNS  # type: ignore[arg-type]
    return end, steps, took


def compare(workspace: Path, end: dict[str, object]) -> None:
    """Run once more, and see that all is as it should be."""
    assert run(workspace) in (0, 1)
    now = end_of(workspace)
    assert now.keys() == end.keys()
    for name, content in end.items():
        assert now[name] == content, name
    assert not (workspace / "var" / "lock").exists()


def chosen_steps(steps: int) -> Iterator[int]:
    every = max(1, steps // STEPS) if STEPS else 1
    yield from range(1, steps + 1, every)


def test_a_run_killed_at_any_step_is_completed_by_the_next(
    start: Path, undisturbed: tuple[dict[str, object], int, float], tmp_path: Path
) -> None:
    end, steps, _ = undisturbed
    assert steps > 3 * RETURNS
    for step in chosen_steps(steps):
        workspace = copied(start, tmp_path / "workspace")
        assert run(workspace, step) == -9, f"step {step}"
        compare(workspace, end)


@pytest.mark.parametrize("part", range(2))
def test_a_run_killed_at_any_instant_is_completed_by_the_next(
    start: Path, undisturbed: tuple[dict[str, object], int, float], tmp_path: Path, part: int
) -> None:
    end, _, took = undisturbed
    choose = random.Random(part)  # noqa: S311 - instants, not secrets
    for _ in range(INSTANTS // 2):
        workspace = copied(start, tmp_path / "workspace")
        process = begin(workspace)
        time.sleep(choose.uniform(0.2, 1.1) * took)
        process.kill()
        process.communicate(timeout=60)
        compare(workspace, end)


def test_a_run_killed_again_and_again_gets_done(
    start: Path, undisturbed: tuple[dict[str, object], int, float], tmp_path: Path
) -> None:
    end, steps, _ = undisturbed
    workspace = copied(start, tmp_path / "workspace")
    for share in (0.3, 0.3, 0.5):
        run(workspace, max(1, int(steps * share)))
    compare(workspace, end)


# --- Trouble that passes -------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, to be made full and read-only; only root can mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk))
    if not mounted:
        pytest.skip("a tmpfs cannot be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)


def mount(*words: str) -> bool:
    try:
        return subprocess.run(["mount", *words], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def quarterday(workspace: Path) -> tuple[int, str]:
    """The exit code of a run, and what it said of trouble."""
    process = begin(workspace)
    _, said = process.communicate(timeout=240)
    return process.returncode, said.decode()


def assert_one_line(said: str) -> None:
    assert said.startswith("quarterday: ")
    assert said.count("\n") == 1, said


@pytest.mark.parametrize("free", [0, 40, 120, 400])
def test_on_a_full_disk_a_run_says_so_and_what_waited_is_taken_in_later(
    start: Path,
    undisturbed: tuple[dict[str, object], int, float],
    small_disk: Path,
    free: int,
) -> None:
    end, _, _ = undisturbed
    workspace = copied(start, small_disk / "workspace")
    room = shutil.disk_usage(small_disk).free
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(max(0, room - free * 1024)))
    code, said = quarterday(workspace)
    assert code == 2, said
    assert_one_line(said)
    ballast.unlink()
    compare(workspace, end)


@pytest.mark.parametrize("folder", ["outbox", "var"])
def test_a_folder_that_is_read_only_is_named_and_what_waited_is_taken_in_later(
    start: Path,
    undisturbed: tuple[dict[str, object], int, float],
    small_disk: Path,
    folder: str,
) -> None:
    end, _, _ = undisturbed
    workspace = copied(start, small_disk / "workspace")
    place = workspace / folder
    place.mkdir(exist_ok=True)
    assert mount("-t", "tmpfs", "-o", "size=64m,ro", "tmpfs", str(place))
    try:
        code, said = quarterday(workspace)
        assert code == 2, said
        assert_one_line(said)
        assert str(place) in said
        assert len(list((workspace / "inbox").iterdir())) == RETURNS
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
    compare(workspace, end)


def test_an_inbox_that_may_not_be_read_is_named_and_what_waited_is_taken_in_later(
    start: Path, undisturbed: tuple[dict[str, object], int, float], tmp_path: Path
) -> None:
    end, _, _ = undisturbed
    workspace = copied(start, tmp_path / "workspace")
    away = workspace / "inbox"
    away.rename(workspace / "gone")
    code, said = quarterday(workspace)
    assert code == 2, said
    assert_one_line(said)
    assert str(away) in said
    (workspace / "gone").rename(away)
    compare(workspace, end)


def test_a_store_that_is_no_store_is_named_and_what_waited_is_taken_in_later(
    start: Path, undisturbed: tuple[dict[str, object], int, float], tmp_path: Path
) -> None:
    end, _, _ = undisturbed
    workspace = copied(start, tmp_path / "workspace")
    (workspace / "var").mkdir()
    store = workspace / "var" / "quarterday.sqlite3"
    store.write_bytes(b"This is no database, and it will be put right." * 99)
    code, said = quarterday(workspace)
    assert code == 2, said
    assert_one_line(said)
    store.unlink()
    compare(workspace, end)
