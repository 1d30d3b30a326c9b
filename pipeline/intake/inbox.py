"""The inbox: the files to look at, the area that each is bound to, and what is passed over and why.

Only names and kinds of entries count here; of files nothing is read but who has a return open.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from msgspec import Struct

from pipeline.workbooks.safe_text import shown_line
from pipeline.workspace.directory import Directory, ExchangedError, FolderEntry, status
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import safe_name
from pipeline.workspace.moving import opened, put
from pipeline.workspace.runs.at_work import Thing
from schemas.model import Register, ServiceArea
from schemas.names import name_key

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download")
#: What Windows keeps in a folder of its own accord.
_KEPT_BY_SYSTEMS = ("thumbs.db", "ehthumbs.db", "desktop.ini")
#: What Excel saves to before it gives a return its name. Digits alone may be someone's date.
_EXCEL_SAVING = re.compile(r"(?=.*[a-f])[0-9a-f]{8}", re.IGNORECASE)
_EXCEL_OWNER = "~$"
_LIBREOFFICE_OWNER = re.compile(r"\.~lock\.(.+)#", re.DOTALL)

#: The bytes at the start of Office's lock file that hold the user's name.
_OWNER_NOTE = 54
#: The longest note of LibreOffice's that is read, in bytes.
_LONGEST_NOTE = 4096
#: A field of LibreOffice's note; commas within it have a backslash before them.
_FIELD = re.compile(r"((?:[^\\,;]|\\.)*)[,;]", re.DOTALL)

EXCHANGED = "exchanged for another folder, or for a link, while a run looked at it; left alone"

_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Skipped(Struct, frozen=True):
    """A file that was not taken in, and why."""

    path: Path
    why: str
    #: It can never be taken in, however long it lies there.
    is_refused: bool = False
    #: Where it lies in quarantine; None while it lies in the inbox.
    moved_to: Path | None = None

    @property
    def filename(self) -> str:
        """The file's name as it can be shown."""
        return shown_name(self.path)


class Refused(Skipped, frozen=True, kw_only=True):
    """What was listed and can never be taken in, so that it goes to quarantine."""

    entry: FolderEntry
    #: Of a regular file its length and time of change; None: what it is refuses it.
    was: tuple[int, int] | None = None
    #: By which it is known to have ended runs; None: it has not.
    thing: Thing | None = None


class Listed(Struct, frozen=True):
    """A file to look at, and the area to which its folder binds it."""

    entry: FolderEntry
    area: str | None


def shown_name(path: Path) -> str:
    """A file's name as it can be shown: what cannot be stands as `�`."""
    return shown_line(path.name)


def is_passed_over(name: str) -> bool:
    """Whether a file is never looked at because of its name."""
    return (
        name.startswith((".", _EXCEL_OWNER))
        or name.lower() in _KEPT_BY_SYSTEMS
        or name.lower().endswith(_UNFINISHED)
        or _EXCEL_SAVING.fullmatch(name) is not None
    )


def folder_of(inbox: Path, area: ServiceArea) -> Path:
    """The subfolder that binds what lies in it to an area: the one there is, or one to be made.

    Raises:
        WorkspaceError: something else has its name, or neither the area's ref nor its name can be
            a folder's.
    """
    names = (area.ref, area.name)
    keys = {name_key(name) for name in names}
    with _listing(inbox), os.scandir(inbox) as entries:
        there = sorted(each.name for each in entries if name_key(each.name) in keys)
    fitting = [name for name in names if safe_name(name) == name and not is_passed_over(name)]
    for name in (*there, *fitting):
        path = inbox / name
        if not os.path.lexists(path) or stat.S_ISDIR(path.lstat().st_mode):
            return path
    if there:
        raise WorkspaceError(
            f"{inbox / there[0]} is not a folder, so nothing can be put there for {area.name}. "
            "Move it elsewhere."
        )
    raise WorkspaceError(
        f"Neither the ref {area.ref} nor the name {area.name} can be a folder's. "
        "Change the ref on the register."
    )


def no_file(mode: int) -> str:
    """What something is that is no regular file, by its mode; empty for one that is."""
    kind = stat.S_IFMT(mode)
    return "" if kind == stat.S_IFREG else f"{_KINDS.get(kind, 'something else')}, not a file"


def list_inbox(inbox: Path, register: Register) -> tuple[list[Listed], list[Skipped]]:
    """The files to look at, and what is passed over.

    A subfolder named after a service area (its ref or its name) binds what lies in it to that area.

    Raises:
        WorkspaceError: the inbox cannot be listed.
    """
    areas = {name_key(name): a.ref for a in register.known_areas for name in (a.ref, a.name)}
    listed: list[Listed] = []
    skipped: list[Skipped] = []

    def look(folder: Directory, area: str | None) -> None:
        with folder.entries() as entries:
            for entry in entries:
                one = FolderEntry(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    bound = areas.get(name_key(entry.name))
                    if area is None and bound is not None:
                        look_into(one, bound)
                    elif not entry.name.startswith("."):
                        skipped.append(Skipped(one.path, "a folder that is no service area's"))
                elif (why := _why_passed_over(entry, folder)) is None:
                    listed.append(Listed(one, area))
                elif why:
                    skipped.append(Skipped(one.path, why))

    def look_into(one: FolderEntry, area: str) -> None:
        try:
            look(one.directory.inner(one.name), area)
        except OSError as error:
            skipped.append(Skipped(one.path, f"cannot be listed ({error.strerror})"))

    with _listing(inbox):
        look(Directory.of(inbox), None)
    return listed, skipped


def put_back(claim: Path, inbox: Path, within: PurePath) -> None:
    """Move what was claimed back to its place in the inbox, or to one like it.

    Where its folder is no folder any more it goes to the inbox itself.

    Raises:
        OSError: it cannot be moved.
    """
    folder = Directory.of(inbox)
    try:
        for name in within.parent.parts:
            folder = folder.inner(name, make=True)
        put(claim, FolderEntry(folder, within.name))
    except (NotADirectoryError, ExchangedError):
        put(claim, FolderEntry(Directory.of(inbox), within.name))


def is_idle(inbox: Path) -> bool:
    """Whether nothing in the inbox or its folders is there to be looked at; cheap.

    Raises:
        WorkspaceError: the inbox cannot be listed.
    """

    def holds_something(folder: Directory) -> bool:
        with folder.entries() as entries:
            return any(may_be_something(entry, folder) for entry in entries)

    def may_be_something(entry: os.DirEntry[str], folder: Directory) -> bool:
        if not entry.is_dir(follow_symlinks=False):
            return _why_passed_over(entry, folder) is None
        try:
            return not entry.name.startswith(".") and holds_something(folder.inner(entry.name))
        except OSError:
            # Which a run says, and no other area waits for it.
            return True

    with _listing(inbox):
        return not holds_something(Directory.of(inbox))


def _why_passed_over(entry: os.DirEntry[str], folder: Directory) -> str | None:
    """Why an entry is passed over; empty where that is not worth saying, None where it is not."""
    name = entry.name
    if name.startswith(".") or name.lower() in _KEPT_BY_SYSTEMS:
        noted = _LIBREOFFICE_OWNER.fullmatch(name)
        if noted is None:
            return ""
        return _open_in("LibreOffice", noted[1], _libreoffice_user(FolderEntry(folder, name)))
    if not entry.is_file(follow_symlinks=False):
        return None
    if name.startswith(_EXCEL_OWNER):
        return _open_in(
            "Excel", name.removeprefix(_EXCEL_OWNER), _office_user(FolderEntry(folder, name))
        )
    if name.lower().endswith(_UNFINISHED):
        return "an unfinished download or copy"
    if _EXCEL_SAVING.fullmatch(name):
        return "what Excel writes while it saves a return"
    return None


def _open_in(program: str, name: str, who: str) -> str:
    return f"{program}'s lock file: {who or 'someone'} has {shown_name(Path(name))} open"


def _office_user(entry: FolderEntry) -> str:
    """Who has a workbook open, as Office notes it: a length and a name; empty where it does not."""
    noted = _start(entry, _OWNER_NOTE)
    length = noted[0] if noted else 0
    # Anything else of such a name holds no note of Office's.
    return (
        _as_name(noted[1 : 1 + length].decode("cp1252", "replace")) if length < _OWNER_NOTE else ""
    )


def _libreoffice_user(entry: FolderEntry) -> str:
    """Who has a workbook open, as LibreOffice notes it; empty where it does not.

    The name that the person gave to LibreOffice comes first, then the name by which the system
    knows them.
    """
    noted = _start(entry, _LONGEST_NOTE).decode("utf-8", "replace")
    fields = [re.sub(r"\\(.)", r"\1", field, flags=re.DOTALL) for field in _FIELD.findall(noted)]
    return next(filter(None, map(_as_name, fields[:2])), "")


def _start(entry: FolderEntry, many: int) -> bytes:
    """The first bytes of a regular file; none where it cannot be read."""
    try:
        if not stat.S_ISREG(status(entry).st_mode):
            return b""
        with opened(entry) as file:
            return file.read(many)
    except OSError:
        return b""


def _as_name(text: str) -> str:
    is_name = text.isprintable() and "\N{REPLACEMENT CHARACTER}" not in text
    return text.strip() if is_name else ""


@contextmanager
def _listing(inbox: Path) -> Iterator[None]:
    """Trouble with listing the inbox as an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            f"The inbox {inbox} cannot be listed ({error.strerror}). "
            "Make the folder, or give the user who runs quarterday the right to read it."
        ) from error
