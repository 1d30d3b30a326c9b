"""How a file leaves the inbox: claimed, checked and kept, and put over nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.intake.archive import Leaving, archived, finish, take_away
from pipeline.intake.inbox import Skipped
from pipeline.intake.scan import Arrival, examine
from pipeline.job.session import store_of
from pipeline.operations.setup import make_workspace
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace, open_workspace
from pipeline.workspace.settings import Settings
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.claimed import run
from tests.support.containers import parts, zipped
from tests.support.filled import at_once, fill_return
from tests.workspace.test_lock import ENTRIES

WORKBOOK = zipped(parts())
OTHER = zipped(parts(more={"xl/other.xml": b"x"}))
ARCHIVED = f"{hashlib.sha256(WORKBOOK).hexdigest()}.xlsx"
CHANGED = (
    "changed after it was read; what was read is recorded, "
    "and what lies there now is taken at the next run"
)

needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="only root can become someone who may not write, by setpriv",
)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path, Settings())
    for folder in (workspace.inbox, workspace.archive):
        folder.mkdir(parents=True)
    return workspace


@pytest.fixture
def afar(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose inbox lies on another file system."""
    shared = Path("/dev/shm")  # noqa: S108 - another file system is what is wanted
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other file system here")
    with tempfile.TemporaryDirectory(dir=shared) as inbox:
        root = tmp_path / "afar"
        settings = Settings()
        (root / "var" / "archive").mkdir(parents=True)
        (root / settings.paths.inbox).symlink_to(inbox, target_is_directory=True)
        yield Workspace(root, settings)


def drop(workspace: Workspace, name: str = "return.xlsx", content: bytes = WORKBOOK) -> Arrival:
    path = workspace.inbox / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    outcome = examine(path, file_mb=50)
    assert isinstance(outcome, Arrival)
    return outcome


def kept(workspace: Workspace) -> dict[str, bool]:
    """The files of the archive, and whether each has the bytes that its name says."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
        for path in workspace.archive.glob("??/*")
        if path.is_file()
    }


def left(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(params=["near", "afar"])
def either(request: pytest.FixtureRequest) -> Workspace:
    """An inbox on the same file system, or on another."""
    workspace: Workspace = request.getfixturevalue({"near": "place"}.get(request.param, "afar"))
    return workspace


def test_what_was_begun_and_not_finished_is_completed_by_the_next_run(place: Workspace) -> None:
    arrival = drop(place)
    with Leaving(place) as leaving:
        assert leaving.begin([arrival]) == []
        assert left(place.inbox) == kept(place) == {}
    finish(place)
    assert kept(place) == {f"{arrival.sha256}.xlsx": True}
    assert not place.leaving.exists()


def test_files_go_to_the_archive_while_others_leave_the_inbox(either: Workspace) -> None:
    first, second = drop(either), drop(either, "second.xlsx", b"Dear council")
    with Leaving(either) as leaving:
        assert leaving.begin([first]) + leaving.begin([second]) == []
        assert left(either.inbox) == {}
        assert leaving.finish() == leaving.finish() == []
        assert set(kept(either).values()) == {True}
    assert len(kept(either)) == 2
    assert not either.leaving.exists()


def test_a_file_goes_to_its_place_by_its_hash_and_is_the_jobs_alone(either: Workspace) -> None:
    first, second = drop(either), drop(either, "Community safety/return.xlsx", b"Dear council")
    assert take_away([first, second], either) == []
    path = archived(either, first.sha256, FileKind.XLSX)
    assert path == either.archive / first.sha256[:2] / f"{first.sha256}.xlsx"
    assert kept(either) == {f"{first.sha256}.xlsx": True, f"{second.sha256}.bin": True}
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert left(either.inbox) == {}
    assert not either.leaving.exists()


@needs_root
def test_another_users_file_is_the_jobs_alone_once_it_is_archived(either: Workspace) -> None:
    found = drop(either)
    os.chown(found.path, 65534, 65534)
    (found,) = (examine(found.path, file_mb=50),)
    assert isinstance(found, Arrival)
    with found.path.open("rb") as mine:
        assert take_away([found], either) == []
        # Whoever has the sender's file has not the archive's.
        inode = os.fstat(mine.fileno()).st_ino
    path = archived(either, found.sha256, FileKind.XLSX)
    status = path.stat()
    assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (os.geteuid(), 0o400)
    assert status.st_ino != inode
    assert kept(either) == {f"{found.sha256}.xlsx": True}
    assert left(either.inbox) == {}
    assert not either.leaving.exists()


@pytest.mark.parametrize("letters", [180, 181, 250])
def test_a_file_with_a_very_long_name_goes_there_too(either: Workspace, letters: int) -> None:
    found = drop(either, f"CS/{'x' * letters}.xlsx")
    assert take_away([found], either) == []
    assert kept(either) == {f"{found.sha256}.xlsx": True}
    assert left(either.inbox) == {}
    assert not either.leaving.exists()


def test_the_same_bytes_again_leave_the_archive_as_it_is(either: Workspace) -> None:
    take_away([drop(either)], either)
    before = archived(either, drop(either).sha256, FileKind.XLSX).stat()
    assert take_away([drop(either, "again.xlsx"), drop(either)], either) == []
    (path,) = (path for path in either.archive.rglob("*.xlsx"))
    assert os.path.samestat(path.stat(), before)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert left(either.inbox) == {}


def test_other_bytes_under_the_name_are_put_right(either: Workspace) -> None:
    found = drop(either)
    path = archived(either, found.sha256, found.kind)
    path.parent.mkdir()
    path.write_bytes(WORKBOOK[:100])
    assert take_away([found], either) == []
    assert kept(either) == {path.name: True}


def test_a_file_that_was_replaced_meanwhile_is_left_for_the_next_run(either: Workspace) -> None:
    found = drop(either)
    found.path.write_bytes(OTHER)
    assert take_away([found], either) == [Skipped(found.path, CHANGED)]
    assert left(either.inbox) == {"return.xlsx": OTHER}
    assert kept(either) == {}
    assert not either.leaving.exists()


@pytest.mark.parametrize("become", ["link", "folder", "pipe"])
def test_what_became_something_else_meanwhile_lies_where_it_lay(
    place: Workspace, tmp_path: Path, become: str
) -> None:
    found = drop(place)
    found.path.unlink()
    (tmp_path / "outside.xlsx").write_bytes(WORKBOOK)
    {
        "link": lambda: found.path.symlink_to(tmp_path / "outside.xlsx"),
        "folder": found.path.mkdir,
        "pipe": lambda: os.mkfifo(found.path),
    }[become]()
    (skipped,) = take_away([found], place)
    assert skipped.path == found.path
    assert kept(place) == {}
    assert os.path.lexists(found.path)
    assert (tmp_path / "outside.xlsx").read_bytes() == WORKBOOK


def test_a_file_that_is_gone_and_not_in_the_archive_is_asked_for_again(either: Workspace) -> None:
    found = drop(either)
    found.path.unlink()
    (skipped,) = take_away([found], either)
    assert "ask for it again" in skipped.why
    take_away([drop(either)], either)
    assert take_away([found], either) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
def test_a_file_that_someone_still_has_open_to_write_stays_theirs(either: Workspace) -> None:
    found = drop(either)
    with found.path.open("r+b") as file:
        (skipped,) = take_away([found], either)
        assert skipped == Skipped(found.path, CHANGED)
        file.seek(0, os.SEEK_END)
        file.write(b"more")
    assert left(either.inbox) == {"return.xlsx": WORKBOOK + b"more"}
    assert all(kept(either).values())
    assert take_away([drop(either, content=WORKBOOK)], either) == []


# --- What a killed run left ----------------------------------------------------------------------


def claim(workspace: Workspace, content: bytes, name: str = "return.xlsx") -> Path:
    """A file as a run leaves it that is killed when it had claimed a workbook."""
    within = Path(name)
    path = workspace.leaving / within.parent / f"{ARCHIVED} {within.name}"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def claim_of_0_2_0(workspace: Workspace, content: bytes, name: str = "return.xlsx") -> Path:
    """The same as version 0.2.0 left it."""
    path = workspace.leaving / ARCHIVED / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("claim", [claim, claim_of_0_2_0])
def test_a_claim_with_the_right_bytes_is_completed(
    place: Workspace, claim: Callable[..., Path]
) -> None:
    claim(place, WORKBOOK, "CS/return.xlsx")
    (place.leaving / "empty" / "folders").mkdir(parents=True)
    finish(place)
    assert kept(place) == {f"{hashlib.sha256(WORKBOOK).hexdigest()}.xlsx": True}
    assert left(place.inbox) == {}
    assert not place.leaving.exists()
    finish(place)


@needs_root
def test_a_claim_of_another_users_file_is_completed_wherever_the_run_was_cut_off(
    place: Workspace,
) -> None:
    found = drop(place)
    claim = place.leaving / f"{found.sha256}.xlsx return.xlsx"
    for was_copied in (False, True):
        claim.parent.mkdir(parents=True)
        claim.write_bytes(WORKBOOK)
        os.chown(claim, 65534, 65534)
        assert was_copied == bool(kept(place))
        finish(place)
        assert kept(place) == {f"{found.sha256}.xlsx": True}
        assert not place.leaving.exists()


@pytest.mark.parametrize("claim", [claim, claim_of_0_2_0])
def test_any_other_claim_goes_back_under_its_name_into_its_folder(
    place: Workspace, claim: Callable[..., Path]
) -> None:
    claim(place, OTHER, "CS/return.xlsx")
    finish(place)
    assert left(place.inbox) == {"CS/return.xlsx": OTHER}
    assert not place.leaving.exists()


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("return.xlsx", "return (2).xlsx"),
        ("no ending", "no ending (2)"),
        ("two\nlines.xlsx", "two\nlines (2).xlsx"),
        (f"{'ü' * 90}.xlsx", f"{'ü' * 90} (2).xlsx"),
        (os.fsdecode(b"caf\xe9.xlsx"), os.fsdecode(b"caf\xe9 (2).xlsx")),
    ],
)
def test_a_claim_that_goes_back_is_put_over_nothing(
    place: Workspace, name: str, beside: str
) -> None:
    (place.inbox / name).write_bytes(WORKBOOK)
    claim(place, OTHER, name)
    finish(place)
    assert left(place.inbox) == {name: WORKBOOK, beside: OTHER}


def test_what_goes_back_has_a_name_that_is_short_enough(place: Workspace) -> None:
    name, beside = f"{'ü' * 125}.xlsx", f"{'ü' * 123} (2).xlsx"
    (place.inbox / name).write_bytes(WORKBOOK)
    claim_of_0_2_0(place, OTHER, name)
    finish(place)
    assert left(place.inbox) == {name: WORKBOOK, beside: OTHER}


def test_what_is_no_claim_goes_back_as_it_is(place: Workspace) -> None:
    place.leaving.mkdir()
    (place.leaving / "return.xlsx").write_bytes(WORKBOOK)
    finish(place)
    assert left(place.inbox) == {"return.xlsx": WORKBOOK}
    assert not place.leaving.exists()


def test_a_claim_that_was_half_put_back_is_not_doubled(place: Workspace) -> None:
    """Killed between the link in the inbox and the removal of the claim."""
    os.link(claim(place, OTHER), place.inbox / "return.xlsx")
    finish(place)
    assert left(place.inbox) == {"return.xlsx": OTHER}
    assert not place.leaving.exists()


def test_a_link_among_the_claims_is_put_back_and_not_followed(
    place: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "return.xlsx").write_bytes(WORKBOOK)
    path = claim(place, b"")
    path.unlink()
    path.symlink_to(tmp_path / "outside", target_is_directory=True)
    finish(place)
    assert (place.inbox / "return.xlsx").is_symlink()
    assert kept(place) == {}


@pytest.mark.faults
@pytest.mark.parametrize("killed_at", [1, 2])
def test_a_run_killed_after_a_night_with_nothing_new_is_completed_by_the_next(
    tmp_path: Path, killed_at: int
) -> None:
    """The inbox may be empty by then, and the store's file not yet touched."""
    workspace = tmp_path / "workspace"
    register = small_register()
    make_workspace(workspace, PERIOD.due, register)
    settings = workspace / "pipeline.toml"
    settings.write_text(at_once(settings.read_text("utf-8")), "utf-8")
    assert run(workspace).stdout != "Nothing new.\n"
    assert run(workspace).stdout == "Nothing new.\n"
    path = fill_return(register, SAFETY, PERIOD, workspace / "inbox" / "return.xlsx", ENTRIES)
    content = path.read_bytes()
    assert run(workspace, killed_at).returncode == -signal.SIGKILL
    assert path.exists() == (killed_at == 1)
    done = run(workspace)
    assert done.stdout != "Nothing new.\n"
    place = Workspace(workspace, Settings())
    assert kept(place) == {f"{hashlib.sha256(content).hexdigest()}.xlsx": True}
    assert list((workspace / "outbox" / PERIOD.name).glob("*.xlsx"))
    assert left(place.inbox) == {}


@pytest.mark.faults
@pytest.mark.parametrize("killed_at", [1, 2, 3])
def test_from_another_file_system_a_killed_run_is_completed_too(
    afar: Workspace, killed_at: int
) -> None:
    """Killed before a copy is made, when both have been, and when one original is gone."""
    inbox = afar.inbox.resolve() / "inbox"
    inbox.mkdir()
    register = small_register()
    (afar.root / "pipeline.toml").write_text(
        f'[paths]\ninbox = "{inbox}"\n[limits]\nsettle_seconds = 0\n', "utf-8"
    )
    make_workspace(afar.root, PERIOD.due, register)
    expected = {}
    for area in (SAFETY, CARE):
        path = fill_return(register, area, PERIOD, inbox / f"{area.ref}.xlsx", ENTRIES)
        expected[f"{hashlib.sha256(path.read_bytes()).hexdigest()}.xlsx"] = True
    # Both are tried by renaming before either is removed.
    assert run(afar.root, {1: 1, 2: 3, 3: 4}[killed_at]).returncode == -signal.SIGKILL
    assert len(left(inbox)) == (1 if killed_at == 3 else 2)
    assert len(kept(afar)) == (0 if killed_at == 1 else 2)
    done = run(afar.root)
    assert "duplicate" not in done.stdout
    assert kept(afar) == expected
    assert left(inbox) == {}
    with store_of(open_workspace(afar.root)) as store:
        assert len(store.submissions()) == 2


# --- Rights and room -----------------------------------------------------------------------------


#: Root's right to go where it likes.
_OVERRIDES = "-dac_override,-dac_read_search"


def bound_by_rights(workspace: Workspace) -> list[str]:
    """What a run says for which rights count, and which takes `return.xlsx` away."""
    code = (
        "import sys; from pathlib import Path\n"
        "from pipeline.intake.archive import take_away; from pipeline.intake.scan import examine\n"
        "from pipeline.workspace.folder import Workspace\n"
        "from pipeline.workspace.settings import Settings\n"
        "place = Workspace(Path(sys.argv[1]), Settings())\n"
        "found = examine(place.inbox / 'return.xlsx', file_mb=50)\n"
        "for each in take_away([found], place): print(each.why)\n"
    )
    done = subprocess.run(
        ["setpriv", f"--bounding-set={_OVERRIDES}", f"--inh-caps={_OVERRIDES}", sys.executable,
         "-c", code, str(workspace.root)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@needs_root
def test_what_cannot_be_removed_from_the_inbox_is_archived_all_the_same_and_said(
    place: Workspace,
) -> None:
    found = drop(place)
    place.inbox.chmod(0o500)
    for _ in range(2):
        (said,) = bound_by_rights(place)
        assert said == (
            "taken in, but cannot be removed from the inbox (Permission denied); "
            "the next run completes it"
        )
        assert kept(place) == {f"{found.sha256}.xlsx": True}
        assert left(place.inbox) == {"return.xlsx": WORKBOOK}
    place.inbox.chmod(0o755)
    assert bound_by_rights(place) == []
    assert left(place.inbox) == {}


def test_an_archive_that_cannot_be_written_ends_the_run_and_the_file_stays(
    place: Workspace,
) -> None:
    found = drop(place)
    (place.archive / found.sha256[:2]).write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot be moved to the archive"):
        take_away([found], place)
    (place.archive / found.sha256[:2]).unlink()
    finish(place)
    assert kept(place) == {f"{found.sha256}.xlsx": True}
