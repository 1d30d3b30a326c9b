"""A folder that is exchanged for a link, or for another, while a run works with what lies in it."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.job.session import store_of
from pipeline.operations.setup import make_workspace
from pipeline.workspace.folder import open_workspace
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.claimed import run as quarterday
from tests.support.exchanged import ASIDE, SETTLING, run
from tests.support.filled import at_once, fill_return
from tests.workspace.test_lock import ENTRIES

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no handles of directories")

REGISTER = small_register()
WHY = "exchanged for another folder, or for a link, while a run looked at it; left alone"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two areas' returns, each in its folder, of which one has a second return as well."""
    folder = tmp_path / "workspace"
    make_workspace(folder, PERIOD.due, REGISTER)
    settings = folder / "pipeline.toml"
    settings.write_text(at_once(settings.read_text("utf-8")).replace(
        "settle_seconds = 0", "settle_seconds = 60"), "utf-8")  # fmt: skip
    for area in (SAFETY, CARE):
        (folder / "inbox" / area.ref).mkdir()
        fill_return(REGISTER, area, PERIOD, folder / "inbox" / area.ref / "return.xlsx", ENTRIES)
    shutil.copyfile(
        folder / "inbox" / SAFETY.ref / "return.xlsx", folder / "inbox" / SAFETY.ref / "more.xlsx"
    )
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder elsewhere, with what nobody sent."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("return.xlsx", "more.xlsx"):
        (folder / name).write_text(f"A secret called {name}")
    return folder


def a_link(outside: Path) -> Path:
    link = outside.with_name("link")
    link.symlink_to(outside, target_is_directory=True)
    return link


def a_folder(outside: Path) -> Path:
    """The very folder; what lies in it lies in the inbox from then on."""
    return Path(shutil.copytree(outside, outside.with_name("another")))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def taken(said: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["area"], one["outcome"]) for one in said["ingested"]["taken"]]


@pytest.mark.parametrize("make_other", [a_link, a_folder])
def test_an_areas_folder_that_is_exchanged_while_files_settle_is_left_alone(
    workspace: Path, outside: Path, make_other: Callable[[Path], Path]
) -> None:
    folder, before = workspace / "inbox" / SAFETY.ref, files(outside)
    done = run(workspace, folder, make_other(outside), SETTLING)
    said = json.loads(done.stdout)
    assert taken(said) == [(CARE.ref, "accepted")]
    skipped = [one for one in said["ingested"]["skipped"] if one["path"] == str(folder)]
    assert [one["why"] for one in skipped] == [WHY]
    assert len(said["ingested"]["skipped"]) == 1
    assert files(outside) == files(folder) == before
    assert len(files(folder.with_name(folder.name + ASIDE))) == 2
    assert not [path for path in (workspace / "var").rglob("*") if b"secret" in content(path)]


def test_the_next_run_moves_the_link_to_quarantine_and_takes_what_is_put_back(
    workspace: Path, outside: Path
) -> None:
    folder, before = workspace / "inbox" / SAFETY.ref, files(outside)
    run(workspace, folder, a_link(outside), SETTLING)
    assert "a symbolic link, not a file" in quarterday(workspace).stdout
    folder.with_name(folder.name + ASIDE).rename(folder)
    quarterday(workspace)
    assert files(folder) == {}
    assert files(outside) == before


def test_an_inbox_that_is_exchanged_while_files_settle_is_left_alone(
    workspace: Path, tmp_path: Path, outside: Path
) -> None:
    other = tmp_path / "other"
    for area in (SAFETY, CARE):
        shutil.copytree(outside, other / area.ref)
    link = tmp_path / "link"
    link.symlink_to(other, target_is_directory=True)
    done = run(workspace, workspace / "inbox", link, SETTLING)
    said = json.loads(done.stdout)["ingested"]
    assert said["taken"] == []
    assert [(one["path"], one["why"]) for one in said["skipped"]] == [
        (str(workspace / "inbox"), WHY)
    ]
    assert all(files(other / area.ref) == files(outside) for area in (SAFETY, CARE))


def test_what_is_exchanged_as_a_file_leaves_the_inbox_is_not_touched(
    workspace: Path, outside: Path
) -> None:
    folder, before = workspace / "inbox" / SAFETY.ref, files(outside)
    run(workspace, folder, a_link(outside), "os.rename", "/leaving/")
    assert files(outside) == before
    assert not [path for path in (workspace / "var").rglob("*") if b"secret" in content(path)]
    with store_of(open_workspace(workspace)) as store:
        recorded = {sent.sha256 for sent in store.submissions()}
    kept = {path.stem for path in (workspace / "var" / "archive").glob("??/*.xlsx")}
    assert kept <= recorded


@pytest.mark.parametrize("become", ["link", "pipe"])
def test_a_file_that_is_exchanged_while_files_settle_is_never_followed_or_opened(
    workspace: Path, outside: Path, tmp_path: Path, become: str
) -> None:
    other = tmp_path / "other"
    if become == "link":
        other.symlink_to(outside / "return.xlsx")
    else:
        os.mkfifo(other)
    file = workspace / "inbox" / SAFETY.ref / "return.xlsx"
    done = run(workspace, file, other, SETTLING)
    said = json.loads(done.stdout)["ingested"]["skipped"]
    kind = "a symbolic link" if become == "link" else "a pipe"
    assert [one["why"] for one in said if one["path"] == str(file)] == [f"{kind}, not a file"]
    assert not os.path.lexists(file)
    assert (outside / "return.xlsx").read_text() == "A secret called return.xlsx"


def test_a_backup_holds_nothing_from_elsewhere(
    workspace: Path, outside: Path, tmp_path: Path
) -> None:
    folder, target = workspace / "inbox" / SAFETY.ref, tmp_path / "backup.tar"
    done = run(workspace, folder, a_link(outside), "open", "more.xlsx", "backup", target)
    assert json.loads(done.stdout)["written"] == str(target), done.stderr
    assert folder.is_symlink()
    assert b"A secret" not in target.read_bytes()
    with tarfile.open(target) as tar:
        assert f"inbox/{CARE.ref}/return.xlsx" in tar.getnames()


def test_the_doctor_writes_nothing_elsewhere(workspace: Path, outside: Path) -> None:
    folder = workspace / "inbox" / SAFETY.ref
    link, before = a_link(outside), outside.stat().st_mtime_ns
    done = run(workspace, folder, link, "os.rename", ".moved", "doctor")
    (check,) = [one for one in json.loads(done.stdout)["checks"] if one["name"] == "inbox"]
    assert check["state"] == "ok"
    assert folder.is_symlink()
    assert outside.stat().st_mtime_ns == before


@pytest.fixture
def afar(workspace: Path) -> Iterator[Path]:
    """The same, its inbox on another file system, from which files are copied and removed."""
    shared = Path("/dev/shm")  # noqa: S108 - another file system is what is wanted
    if not shared.is_dir() or shared.stat().st_dev == workspace.stat().st_dev:
        pytest.skip("there is no other file system here")
    with tempfile.TemporaryDirectory(dir=shared) as there:
        shutil.move(workspace / "inbox", there)
        (workspace / "inbox").symlink_to(Path(there, "inbox"), target_is_directory=True)
        yield workspace


def test_from_another_file_system_nothing_is_removed_elsewhere(afar: Path, outside: Path) -> None:
    folder = afar / "inbox" / SAFETY.ref
    original = (folder / "return.xlsx").read_bytes()
    # The very bytes that were taken in, and somebody else's file.
    (outside / "return.xlsx").write_bytes(original)
    run(afar, folder, a_link(outside), "os.rename", "/leaving/")
    assert files(outside)["return.xlsx"] == original


def content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
