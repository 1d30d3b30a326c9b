"""Moving files so that nothing is lost: by hash, whole or not at all, and over nothing else."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from itertools import count
from pathlib import Path, PurePath

from msgspec.structs import replace

from pipeline.workspace import directory
from pipeline.workspace.directory import File, FolderEntry, path_of
from pipeline.workspace.folder import replacing

if sys.platform == "linux":
    import fcntl

_MIB = 1024 * 1024
#: As much is read at once to be hashed, in bytes.
_PIECE = 64 * 1024
#: The longest name that file systems take, in bytes.
_LONGEST_NAME = 255
#: A pipe is not waited for.
_READING = sum(getattr(os, flag, 0) for flag in ("O_RDONLY", "O_BINARY", "O_NONBLOCK"))


class UnreadError(OSError):
    """What was to be copied cannot be read; nothing is wrong with where it goes."""


class ChangedError(Exception):
    """What was to be moved is not, or no longer, what it was."""


def opened(path: File) -> BufferedReader:
    """A regular file, opened to be read; no link is followed.

    Raises:
        OSError: it is none, or cannot be opened.
    """
    file = os.fdopen(directory.descriptor_of(path, _READING), "rb")
    try:
        is_regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except OSError:
        file.close()
        raise
    if not is_regular:
        file.close()
        raise OSError(errno.EINVAL, "It is no regular file", str(path_of(path)))
    return file


def content_of(path: File, sha256: str) -> bytes:
    """The bytes of a file that has this hash.

    Raises:
        ChangedError: it has another, or cannot be read.
    """
    try:
        with opened(path) as file:
            content = file.read()
    except OSError as error:
        raise ChangedError from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ChangedError
    return content


def holds(path: File, sha256: str) -> bool:
    """Whether a file is there and has these bytes."""
    try:
        with opened(path) as file:
            return _digest(file) == sha256
    except OSError:
        return False


def _digest(file: BufferedReader) -> str:
    # In small pieces: `hashlib.file_digest` makes more room than that for each file.
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def is_final(path: File, sha256: str, *, sync: bool = False) -> bool:
    """Whether a file has these bytes, and nobody is about to write to it.

    With `sync` the disk is made to keep them.

    Raises:
        OSError: it cannot be read, or the disk cannot keep it.
    """
    if not stat.S_ISREG(directory.status(path).st_mode):
        return False
    with opened(path) as file:
        if is_being_written(file) or _digest(file) != sha256:
            return False
        if sync:
            _keep(file)
    return True


def keep(path: File) -> None:
    """Make the disk keep what a file holds.

    Raises:
        OSError: it cannot.
    """
    with opened(path) as file:
        _keep(file)


def _keep(file: BufferedReader) -> None:
    # Windows does this for a file that is open for writing alone.
    if os.name != "nt":
        os.fsync(file.fileno())


def is_own(path: Path) -> bool:
    """Whether a file belongs to the user who runs this; everything does where systems do not tell.

    Raises:
        OSError: it is not there.
    """
    return os.name != "posix" or path.lstat().st_uid == os.geteuid()


def is_being_written(file: BufferedReader) -> bool:
    """Whether some program has the file open for writing, where the system tells.

    Linux grants a lease only on a file that nobody has; it asks that the file be this user's own.
    """
    if sys.platform == "linux":
        try:
            # Should someone open it this very moment, the signal must be one that ends nothing.
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except BlockingIOError:
            return True
        except OSError:
            # Another's file, or a file system without leases: the system does not tell.
            return False
    return False


def copy(source: File, target: Path, sha256: str, mode: int = 0o644) -> None:
    """Copy a file to where it appears whole, with these bytes and rights, or not at all.

    Raises:
        ChangedError: it has other bytes.
        UnreadError: it cannot be read.
        OSError: the target cannot be written.
    """
    with replacing(target, mode) as temporary:
        with temporary.open("wb") as file:
            file.writelines(_chunks(source))
        if not holds(temporary, sha256):
            raise ChangedError


def _chunks(source: File) -> Iterator[bytes]:
    try:
        with opened(source) as file:
            while chunk := file.read(_MIB):
                yield chunk
    except OSError as error:
        raise UnreadError(error.errno, error.strerror, str(path_of(source))) from error


def remove(source: File, sha256: str) -> None:
    """Remove a file whose bytes are kept elsewhere.

    Raises:
        ChangedError: it has other bytes now.
        OSError: it cannot be removed.
    """
    with suppress(FileNotFoundError):
        if not is_final(source, sha256):
            raise ChangedError
        directory.unlink(source)


def put(source: File, target: FolderEntry) -> Path:
    """Move within a file system to `target`, or to a name like it; over nothing that is there.

    Raises:
        OSError: it cannot be moved.
    """
    names = (replace(target, name=name) for name in _names_like(target.name))
    return next(each.path for each in names if _is_put(source, each))


def _is_put(source: File, target: FolderEntry) -> bool:
    """Whether the move could be made; it is not where something stands."""
    try:
        # Unlike a rename, a link is never made over what someone puts there this very moment.
        directory.link(source, target)
    except FileExistsError:
        # A run that was killed between the two steps has made it already.
        if not os.path.samestat(directory.status(source), directory.status(target)):
            return False
    except (OSError, NotImplementedError):
        # There are no links here, or none to such a thing or to another's file.
        if directory.is_there(target):
            return False
        directory.rename(source, target)
        return True
    directory.unlink(source)
    return True


def _names_like(name: str) -> Iterator[str]:
    """The name itself, then with a number before its ending, short enough for a name."""
    yield name
    suffix = PurePath(name).suffix
    suffix = suffix if len(os.fsencode(suffix)) < _LONGEST_NAME // 4 else ""
    stem = os.fsencode(name.removesuffix(suffix))
    for number in count(2):
        ending = os.fsencode(f" ({number}){suffix}")
        cut = stem[: _LONGEST_NAME - len(ending)]
        # A letter that was cut through is left out; what was no text before stays as it is.
        kept = cut if cut == stem else cut.decode(errors="ignore").encode()
        yield os.fsdecode(kept + ending)
