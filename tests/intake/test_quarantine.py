"""Quarantine: what can never be taken in goes out of the inbox, with a note that says why."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.intake.inbox import Skipped, is_idle
from pipeline.intake.quarantine import finish, set_apart
from pipeline.intake.scan import scan
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Limits, Settings
from tests.support.builders import small_register

NOW = datetime(2013, 4, 20, 2, tzinfo=UTC)
WHEN = f"{NOW.astimezone():%Y-%m-%d %H%M%S}"
GIB = 1024**3


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace", Settings())
    for folder in (workspace.inbox, workspace.state):
        folder.mkdir(parents=True)
    return workspace


@pytest.fixture
def afar(place: Workspace) -> Iterator[Workspace]:
    """A workspace whose inbox lies on another file system."""
    shared = Path("/dev/shm")  # noqa: S108 - another file system is what is wanted
    if not shared.is_dir() or shared.stat().st_dev == place.root.stat().st_dev:
        pytest.skip("there is no other file system here")
    with tempfile.TemporaryDirectory(dir=shared) as inbox:
        place.inbox.rmdir()
        place.inbox.symlink_to(inbox, target_is_directory=True)
        yield place


def moved(workspace: Workspace) -> tuple[Skipped, ...]:
    found = scan(workspace.inbox, small_register(), Limits(settle_seconds=0, incomplete_minutes=0))
    assert found.arrivals == ()
    return set_apart(found.skipped, workspace, NOW)


def test_a_link_is_moved_itself_and_what_it_names_is_not_touched(
    place: Workspace, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.xlsx"
    outside.write_bytes(b"Dear council")
    before = outside.stat()
    link = place.inbox / "link.xlsx"
    link.symlink_to(outside)
    (one,) = moved(place)
    assert one.moved_to == place.quarantine / f"{WHEN}-1 link.xlsx"
    assert one.moved_to.readlink() == outside
    assert outside.stat() == before
    assert is_idle(place.inbox)
    note = place.quarantine / f"{WHEN}-1 link.xlsx - why.txt"
    said = note.read_text(encoding="utf-8")
    assert f"It lay at: {link}\n" in said
    assert f"Moved here: {NOW.astimezone():%d %B %Y, %H:%M}\n" in said
    assert "Why: a symbolic link, not a file\n" in said
    assert "What to do: ask whoever put it there" in said
    assert stat.S_IMODE(place.quarantine.stat().st_mode) == 0o700


def test_what_has_the_same_name_lies_beside_it(place: Workspace) -> None:
    for _ in range(3):
        (place.inbox / "link.xlsx").symlink_to("nowhere")
        moved(place)
    links = sorted(path.name for path in place.quarantine.iterdir() if path.is_symlink())
    assert links == [f"{WHEN}-{number} link.xlsx" for number in (1, 2, 3)]
    assert len(list(place.quarantine.iterdir())) == 6


def test_a_pipe_and_a_socket_are_moved_unopened(place: Workspace) -> None:
    os.mkfifo(place.inbox / "pipe.xlsx")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as made:
        try:
            # A socket's path may be no longer than a hundred bytes.
            os.chdir(place.inbox)
            made.bind("socket.xlsx")
        finally:
            os.chdir(here)
    pipe, sock = moved(place)
    assert pipe.moved_to is not None
    assert pipe.moved_to.is_fifo()
    assert sock.moved_to is not None
    assert sock.moved_to.is_socket()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make a device"
)
def test_a_device_is_moved_unopened(place: Workspace) -> None:
    os.mknod(place.inbox / "device.xlsx", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    (one,) = moved(place)
    assert one.moved_to is not None
    assert one.moved_to.is_char_device()
    assert one.why == "a device, not a file"


@pytest.mark.parametrize(
    "name",
    ["=cmd|' !A1.xlsx", "línea\nnueva.xlsx", f"{'ü' * 120}.xlsx", os.fsdecode(b"caf\xe9.xlsx"),
     "exe\u202excod.xlsx", "--force.xlsx"],
)  # fmt: skip
def test_a_name_of_any_kind_is_kept_as_far_as_it_can_be_shown(place: Workspace, name: str) -> None:
    (place.inbox / name).symlink_to("nowhere")
    (one,) = moved(place)
    assert one.moved_to is not None
    assert one.moved_to.is_symlink()
    assert one.moved_to.name.isprintable()
    note = one.moved_to.with_name(f"{one.moved_to.name} - why.txt")
    lay = next(line for line in note.read_text("utf-8").splitlines() if line.startswith("It lay"))
    assert lay.endswith(one.filename)


def test_a_file_that_is_too_large_is_moved_by_name(place: Workspace) -> None:
    path = place.inbox / "huge.xlsx"
    with path.open("wb") as file:
        file.truncate(1024 * GIB)
    before = path.stat()
    (one,) = moved(place)
    assert one.moved_to is not None
    assert os.path.samestat(one.moved_to.stat(), before)


@pytest.mark.faults
def test_from_another_file_system_a_file_is_copied_whole_and_then_removed(
    afar: Workspace,
) -> None:
    path = afar.inbox / "huge.xlsx"
    with path.open("wb") as file:
        file.truncate(GIB)
        file.seek(GIB)
        file.write(b"the end")
    if shutil.disk_usage(afar.state).free < 3 * GIB:
        pytest.skip("there is no room for it")
    (one,) = moved(afar)
    assert one.moved_to is not None
    assert not path.exists()
    with one.moved_to.open("rb") as file:
        file.seek(GIB)
        assert file.read() == b"the end"
    one.moved_to.unlink()


def test_what_cannot_be_moved_is_left_and_said(afar: Workspace) -> None:
    path = afar.inbox / "huge.xlsx"
    with path.open("wb") as file:
        file.truncate(shutil.disk_usage(afar.state).free + 1024 * GIB)
    (afar.inbox / "link.xlsx").symlink_to("nowhere")
    huge, link = moved(afar)
    assert huge.moved_to is None
    assert huge.why.endswith("it cannot be moved to quarantine (there is no room for it)")
    assert link.moved_to is None
    assert "it cannot be moved to quarantine" in link.why
    assert path.exists()
    assert (afar.inbox / "link.xlsx").is_symlink()
    assert list(afar.quarantine.iterdir()) == []


def test_what_became_a_return_meanwhile_is_left_for_the_next_run(place: Workspace) -> None:
    path = place.inbox / "return.xlsx"
    path.symlink_to("nowhere")
    found = scan(place.inbox, small_register(), Limits(settle_seconds=0, incomplete_minutes=0))
    path.unlink()
    path.write_bytes(b"Dear council")
    (one,) = set_apart(found.skipped, place, NOW)
    assert (one.moved_to, one.is_refused) == (None, False)
    assert path.read_bytes() == b"Dear council"
    assert list(place.quarantine.iterdir()) == []


def test_a_note_without_its_thing_is_taken_away(place: Workspace) -> None:
    """As a run leaves it that is killed between the two, or a person who took the thing away."""
    for name in ("a.xlsx", "b.xlsx"):
        (place.inbox / name).symlink_to("nowhere")
    first, second = moved(place)
    assert first.moved_to is not None
    assert second.moved_to is not None
    first.moved_to.unlink()
    finish(place)
    assert {path.name for path in place.quarantine.iterdir()} == {
        second.moved_to.name,
        f"{second.moved_to.name} - why.txt",
    }
