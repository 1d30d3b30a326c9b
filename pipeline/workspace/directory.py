"""A directory held fast: what is done in it is done in the very one that was listed, or not done.

Whoever may write in a folder can put a link, or another folder, in its place while a run is at
work. A name is therefore looked up in a directory that is held open, was reached without following
a link, and is the one it was before. Windows has no such handles: names are paths there.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from itertools import groupby
from pathlib import Path
from threading import local
from typing import TypeAlias, TypeVar

from msgspec import Struct

#: Whether this system looks up names in a directory that is held open.
HAS_HANDLES = os.scandir in os.supports_fd and {
    *(os.open, os.stat, os.rename, os.unlink, os.link, os.mkdir, os.utime)
} <= {*os.supports_dir_fd}
_HOLDING = sum(getattr(os, flag, 0) for flag in ("O_RDONLY", "O_DIRECTORY", "O_CLOEXEC"))
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
#: No directory is walked that lies in more of them.
_DEEPEST = 64


class ExchangedError(OSError):
    """A directory is not the one that it was."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.ENOTDIR, "Its folder was exchanged for another", str(path))


class _Held(local):
    """What this thread holds open, a descriptor for each directory."""

    def __init__(self) -> None:
        self.descriptors: dict[tuple[int, int], int] = {}


_held = _Held()


class Directory(Struct, frozen=True):
    """A directory as it was when it was first looked at."""

    path: Path
    device: int
    inode: int
    #: The one that it lies in; None where that is of no concern, and it may be named by a link.
    outer: Directory | None = None

    @classmethod
    def of(cls, path: Path) -> Directory:
        """The directory of a path, as it is now.

        Raises:
            OSError: it is none.
        """
        status = path.stat()
        return cls(path, status.st_dev, status.st_ino)

    def inner(self, name: str, *, make: bool = False) -> Directory:
        """A directory in this one, as it is now; `make` makes one that is missing.

        Raises:
            OSError: it is none, or a link to one.
        """
        path = self.path / name
        with self.opened() as held:
            within = str(path) if held is None else name
            if make:
                with suppress(FileExistsError):
                    os.mkdir(within, dir_fd=held)
            if held is None:
                return Directory(path, 0, 0, self)
            descriptor = os.open(within, _HOLDING | _NO_LINK, dir_fd=held)
        try:
            status = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        return Directory(path, status.st_dev, status.st_ino, self)

    @contextmanager
    def opened(self) -> Iterator[int | None]:
        """Hold it open, once for all that is done in the block; None where there are no handles.

        Raises:
            ExchangedError: another has its name.
            OSError: it cannot be opened.
        """
        if not HAS_HANDLES:
            yield None
            return
        key = self.device, self.inode
        if (held := _held.descriptors.get(key)) is not None:
            yield held
            return
        with self._reached() as descriptor:
            _held.descriptors[key] = descriptor
            try:
                yield descriptor
            finally:
                del _held.descriptors[key]

    @contextmanager
    def _reached(self) -> Iterator[int]:
        """Open it by its name, whatever is held open already."""
        with self.outer.opened() if self.outer else nullcontext() as above:
            try:
                descriptor = (
                    os.open(self.path, _HOLDING)
                    if above is None
                    else os.open(self.path.name, _HOLDING | _NO_LINK, dir_fd=above)
                )
            except OSError as error:
                if error.errno in (errno.ENOTDIR, errno.ELOOP):
                    raise ExchangedError(self.path) from error
                raise
        try:
            status = os.fstat(descriptor)
            if (status.st_dev, status.st_ino) != (self.device, self.inode):
                raise ExchangedError(self.path)
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def entries(self) -> Iterator[list[os.DirEntry[str]]]:
        """What lies in it, by name; to be looked at while it is held open.

        Raises:
            OSError: it cannot be listed.
        """
        with self.opened() as held, os.scandir(self.path if held is None else held) as found:
            yield sorted(found, key=lambda each: each.name)

    def sync(self) -> None:
        """Have the disk keep the names in it, where the system can be asked to."""
        with suppress(OSError), self.opened() as held:
            if held is not None:
                os.fsync(held)

    @property
    def depth(self) -> int:
        """In how many directories it lies that were reached by way of it."""
        return 0 if self.outer is None else 1 + self.outer.depth

    @property
    def is_there(self) -> bool:
        """Whether its name still leads to it."""
        if not HAS_HANDLES:
            return True
        try:
            with self._reached():
                return True
        except OSError:
            return False


class FolderEntry(Struct, frozen=True):
    """What has a name in a directory."""

    directory: Directory
    name: str

    @property
    def is_too_deep(self) -> bool:
        """Whether it lies in so many directories that nothing in it is looked at."""
        return self.directory.depth >= _DEEPEST

    @property
    def path(self) -> Path:
        return self.directory.path / self.name


def walk(folder: Directory) -> Iterator[tuple[FolderEntry, os.stat_result]]:
    """Everything in a directory and its directories, by name; no link is followed.

    What may not be listed, or is exchanged meanwhile, holds nothing here.
    """
    found: list[tuple[FolderEntry, os.stat_result]] = []
    with suppress(OSError), folder.entries() as entries:
        for each in entries:
            with suppress(FileNotFoundError):
                one = FolderEntry(folder, each.name)
                found.append((one, each.stat(follow_symlinks=False)))
    for one, as_listed in found:
        yield one, as_listed
        if stat.S_ISDIR(as_listed.st_mode) and not one.is_too_deep:
            with suppress(OSError):
                yield from walk(folder.inner(one.name))


T = TypeVar("T")
#: A file where nobody else can put anything, or one in a directory where others can.
File: TypeAlias = Path | FolderEntry


@contextmanager
def _named(file: File) -> Iterator[tuple[str, int | None]]:
    """What to call a file, and in which directory that is held open."""
    if isinstance(file, Path):
        yield str(file), None
        return
    with file.directory.opened() as held:
        yield (str(file.path) if held is None else file.name), held


def held(things: Iterable[T], file_of: Callable[[T], File]) -> Iterator[T]:
    """The same things in turn; of neighbours that lie in one directory it is held open meanwhile.

    What cannot be held open is found out where something is done in it.
    """
    for folder, together in groupby(things, lambda each: _directory_of(file_of(each))):
        with ExitStack() as open_meanwhile:
            if folder is not None:
                with suppress(OSError):
                    open_meanwhile.enter_context(folder.opened())
            yield from together


def _directory_of(file: File) -> Directory | None:
    return None if isinstance(file, Path) else file.directory


def path_of(file: File) -> Path:
    return file if isinstance(file, Path) else file.path


def status(file: File) -> os.stat_result:
    """Of a link, the link's own.

    Raises:
        OSError: it is not there. So does every function here.
    """
    with _named(file) as (name, held):
        return os.stat(name, dir_fd=held, follow_symlinks=False)


def is_there(file: File) -> bool:
    try:
        status(file)
    except (OSError, ValueError):
        return False
    return True


def descriptor_of(file: File, flags: int, mode: int = 0o600) -> int:
    """A file, opened with these flags and without following a link."""
    with _named(file) as (name, held):
        return os.open(name, flags | _NO_LINK, mode, dir_fd=held)


def set_time(file: File, moment: float) -> None:
    """Set when a file was last read and changed."""
    with _named(file) as (name, held):
        os.utime(name, (moment, moment), dir_fd=held)


def unlink(file: File) -> None:
    with _named(file) as (name, held):
        os.unlink(name, dir_fd=held)


def rename(source: File, target: File) -> None:
    with _named(source) as (name, held), _named(target) as (new, there):
        os.rename(name, new, src_dir_fd=held, dst_dir_fd=there)


def link(source: File, target: File) -> None:
    """Give a file a second name, over nothing that is there.

    Raises:
        NotImplementedError: there are no such links here.
    """
    with _named(source) as (name, held), _named(target) as (new, there):
        os.link(name, new, src_dir_fd=held, dst_dir_fd=there, follow_symlinks=False)
