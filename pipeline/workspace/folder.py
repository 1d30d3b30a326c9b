"""A workspace: the folder that holds the register, the inbox, the outbox and the state."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.workspace.errors import QuarterdayError, WorkspaceError

if TYPE_CHECKING:
    from pipeline.workspace.settings import Settings

#: How the address of a store in a file begins.
SQLITE = "sqlite:///"
#: The longest name that is made here, in bytes.
_LONGEST_NAME = 180
#: Seconds after which what was written for a moment is surely nobody's.
_A_MOMENT = 60
#: How the name of what is not yet whole begins; hidden, and ours.
UNFINISHED = ".quarterday-"
#: What a system says of a disk on which there is no room, or none for this user.
FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
#: And of one that fails, whatever is written to it.
FAILING = FULL | {errno.EROFS, errno.EIO}
#: What Windows forbids in a file name, and what would leave the folder.
_FORBIDDEN = dict.fromkeys(map(ord, '<>:"/\\|?*'), "-")


#: The folder of the outbox for what is handed over.
BY_HAND = "for areas"


class Workspace(Struct, frozen=True):
    root: Path
    settings: Settings

    @property
    def register(self) -> Path:
        return self.root / self.settings.paths.register

    @property
    def inbox(self) -> Path:
        return self.root / self.settings.paths.inbox

    @property
    def outbox(self) -> Path:
        return self.root / self.settings.paths.outbox

    @property
    def state(self) -> Path:
        return self.root / self.settings.paths.state

    @property
    def templates(self) -> Path:
        """The workspace's own texts of mail; there need be none."""
        return self.root / self.settings.paths.templates

    @property
    def archive(self) -> Path:
        return self.state / "archive"

    @property
    def leaving(self) -> Path:
        """What has left the inbox and is not yet in the archive."""
        return self.state / "leaving"

    @property
    def attachments(self) -> Path:
        """What is attached to messages that may still be sent, each file once."""
        return self.state / "attachments"

    @property
    def quarantine(self) -> Path:
        return self.state / "quarantine"

    @property
    def cache(self) -> Path:
        return self.state / "cache"

    @property
    def temporary(self) -> Path:
        """What libraries write for a moment; empty between runs."""
        return self.state / "tmp"

    @property
    def sqlite(self) -> Path:
        """Where the store is, unless `store.url` puts it elsewhere."""
        return self.state / "quarterday.sqlite3"

    @property
    def metrics(self) -> Path | None:
        """Where each run writes its numbers for Prometheus; None where it does not."""
        file = self.settings.metrics.file
        return self.root / file if file else None

    @property
    def store_url(self) -> str:
        url = self.settings.store.url
        if url and not url.startswith(SQLITE):
            return url
        # As every path of the settings, and not by where a command is called.
        return f"{SQLITE}{self.root / url.removeprefix(SQLITE) if url else self.sqlite}"

    def closed_folders(self) -> list[Path]:
        """Those of the outbox in which what returns say stands, small figures among it."""
        places = ("mail", "*/mail", "*/corrections", BY_HAND)
        return sorted(path for place in places for path in self.outbox.glob(place) if path.is_dir())

    def outbox_of(self, period: str) -> Path:
        """The outbox folder of a period."""
        return self.outbox / safe_name(period)

    def mail_of(self, period: str) -> Path:
        """Where messages are written as files; empty is of those about no single period."""
        return (self.outbox_of(period) if period else self.outbox) / "mail"

    @property
    def by_hand(self) -> Path:
        """Where what goes to areas without an address lies, to be handed over."""
        return self.outbox / BY_HAND

    def by_hand_of(self, area: str, period: str) -> Path:
        """Where it lies for an area; what is about no single period straight in its folder."""
        folder = self.by_hand / safe_name(area)
        return folder / safe_name(period) if period else folder

    def corrections_of(self, period: str | None) -> Path:
        """Where the correction copies of a period's returns lie; None: it is not plain which."""
        return self.outbox_of(period or "period not known") / "corrections"

    def correction_of(self, filename: str, sha256: str, period: str | None) -> Path:
        """Where the correction copy of a return lies, by what the store knows of the return."""
        name = safe_name(Path(filename).stem, correction_ending(sha256))
        return self.corrections_of(period) / name


def open_workspace(root: Path) -> Workspace:
    """The workspace in a folder, its settings read.

    Raises:
        WorkspaceError: there is no such folder.
        SettingsError: `pipeline.toml` cannot be used.
    """
    from pipeline.workspace.settings import FILE_NAME, read_settings
    from pipeline.workspace.trusting import need_apart

    # os.path, unlike pathlib, says no where the folder may not even be looked at.
    if not os.path.isdir(root):  # noqa: PTH112 - it answers where pathlib raises
        raise WorkspaceError(f"{root} is not a folder. Name a workspace with --workspace.")
    settings = read_settings(root / FILE_NAME)
    workspace = Workspace(root, settings)
    need_apart(workspace, root / FILE_NAME)
    return workspace


def need_folder(path: Path) -> Path:
    """The folder, made if it is missing, and proved writable.

    Raises:
        WorkspaceError: it cannot be made or written to.
    """
    with disk_trouble(f"{path} cannot be written to"):
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    return path


def closed_folder(path: Path) -> Path:
    """The folder, made if it is missing, for its owner and his group: it holds whole returns.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o750, exist_ok=True)
    return path


@contextmanager
def disk_trouble(
    said: str, error: type[QuarterdayError] = WorkspaceError, *, may_be_open: bool = False
) -> Iterator[None]:
    """Trouble with files as an error of one line: what is said, why, and what to do about it.

    `may_be_open` is said of a file that someone may have open.
    """
    try:
        yield
    except OSError as trouble:
        to_do = remedy(trouble, may_be_open=may_be_open)
        raise error(f"{said} ({trouble.strerror}). {to_do}") from trouble


def remedy(error: OSError, *, may_be_open: bool = False) -> str:
    """What to do about a folder that cannot be written to, or a file that someone may have open."""
    if may_be_open and error.errno not in FAILING:
        return "Close the file if it is open, and check the rights on the folder."
    if error.errno in FULL:
        return "Make room on the disk; everything waits where it is until then."
    if error.errno == errno.EROFS:
        return "Make the disk writable; everything waits where it is until then."
    return "Give the user who runs quarterday the right to write there."


def make_private(path: Path) -> Path:
    """The folder, which only the user who runs the job may look into; made if that can be done."""
    with suppress(OSError):
        private_folder(path)
    return path


def private_folder(path: Path) -> Path:
    """The folder, made with those above it that are missing, for the user who runs the job alone.

    Raises:
        OSError: it cannot be made, or is a link that another user has put in its place.
    """
    if not path.is_dir():
        try:
            path.mkdir(mode=0o700, exist_ok=True)
        except FileNotFoundError:
            for above in reversed(path.parents):
                if not above.is_dir():
                    above.mkdir(mode=0o700, exist_ok=True)
            path.mkdir(mode=0o700, exist_ok=True)
    else:
        _need_own(path)
    return path


def _need_own(path: Path) -> None:
    """See that what stands for a folder is no link that another user has put in its place."""
    if os.name == "posix" and path.is_symlink() and path.lstat().st_uid not in {0, os.geteuid()}:
        raise OSError(errno.ELOOP, "It is a link that another user made", str(path))


def make_state(workspace: Workspace) -> Path:
    """The state folder; all that a run makes in it is made for the user who runs the job alone.

    Raises:
        WorkspaceError: it cannot be made or written to, or another user has put a link in its place
            or that of the archive.
    """
    for folder in (workspace.state, workspace.archive):
        with disk_trouble(f"{folder} cannot be used"):
            _need_own(folder)
    make_private(workspace.archive)
    make_private(workspace.cache)
    if not workspace.settings.store.url:
        # What SQLite puts beside this file takes its rights from it.
        with suppress(OSError):
            workspace.sqlite.touch(mode=0o600, exist_ok=False)
    return need_folder(workspace.state)


def safe_name(name: str, ending: str = "") -> str:
    """A name that every file system takes, and that stays in its folder; it keeps its ending."""
    kept = "".join(c for c in name.translate(_FORBIDDEN) if c.isprintable())
    # File systems count bytes, and the caller may add a little.
    room = _LONGEST_NAME - len(ending.encode())
    cut = kept.strip(" .").encode()[:room].decode(errors="ignore")
    return (cut.strip(" .") or "unnamed") + ending


def correction_ending(sha256: str) -> str:
    """How the name of a return's correction copy ends, whatever the return is called.

    Two areas may both call their return `return.xlsx`: part of the hash keeps the copies apart.
    """
    return f" - to correct {sha256[:6]}.xlsx"


def sweep(*folders: Path) -> None:
    """Take away what runs that were cut off left unfinished; only while no other run is at work."""
    # `os.walk` takes a tenth of the time of `rglob`: an archive holds very many files.
    for top in folders:
        for folder, inner, files in os.walk(top):
            for name in [name for name in (*inner, *files) if name.startswith(UNFINISHED)]:
                with suppress(OSError):
                    _remove(Path(folder) / name)


@contextmanager
def temporary_files(workspace: Workspace) -> Iterator[None]:
    """What libraries write for a moment lies in the state folder meanwhile, private as that is.

    Where it cannot be made they write where the system has them do so.
    """
    before = tempfile.tempdir
    with suppress(OSError):
        tempfile.tempdir = str(private_folder(workspace.temporary).resolve())
    try:
        yield
    finally:
        tempfile.tempdir = before


def sweep_temporary(workspace: Workspace) -> None:
    """Take away what runs that were cut off wrote for a moment.

    What is of this very moment may be another's that is about to find out that it is not alone.
    """
    if workspace.temporary.is_dir():
        for path in workspace.temporary.iterdir():
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > _A_MOMENT:
                    _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder, where the system can be asked to."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def replacing(path: Path, mode: int = 0o644) -> Iterator[Path]:
    """A temporary path beside `path`; when the block ends well it takes the place of `path`.

    `mode` is the file's in the end; until then only this user may look into it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # On the disk before it is in its place: the store may say next that it was issued.
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file, whole or not at all; makes the folder where there is none."""
    with replacing(path, mode) as temporary:
        temporary.write_bytes(content)
