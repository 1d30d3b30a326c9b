"""A backup as a tar file: written member by member, and read back with nothing taken on trust."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from msgspec import Struct

from pipeline import __version__
from pipeline.operations.backup import manifest
from pipeline.operations.backup.manifest import MANIFEST, Member
from pipeline.store.session import Progress
from pipeline.workspace import moving
from pipeline.workspace.directory import File, path_of
from pipeline.workspace.errors import BackupError
from pipeline.workspace.moving import UnreadError

_CHUNK = 1024 * 1024
#: What a file takes on the disk is counted in these, in bytes.
_BLOCK = 512
#: Bytes of a file that are held in memory until it is known to be whole; more wait on disk.
_BUFFERED = 16 * _CHUNK
#: No list of contents is larger; in bytes.
_LARGEST_MANIFEST = 512 * _CHUNK


class Packer(Struct):
    """Writes a backup into a tar file; `finish` makes it one."""

    tar: tarfile.TarFile
    #: A folder for what is too large to be held in memory.
    scratch: Path
    members: dict[str, Member] = {}
    folders: list[str] = []

    def add_if(self, name: str, path: File | None, sha256: str) -> bool:
        """Put a file in under a name, if it can be read and has these bytes.

        Raises:
            OSError: there is no room.
        """
        with suppress(UnreadError):
            return path is not None and self.add(name, path, sha256)
        return False

    def add(self, name: str, path: File, sha256: str | None = None) -> bool:
        """Put a file in under a name; not where it has other bytes than those that are wanted.

        A file that changes while it is read is put in as it was read.

        Raises:
            UnreadError: it cannot be read.
            OSError: there is no room.
        """
        with tempfile.SpooledTemporaryFile(_BUFFERED, dir=str(self.scratch)) as buffer:
            with _readable(path), moving.opened(path) as file:
                status = os.fstat(file.fileno())
                parts = _parts_with_data(file, status)
                whole = hashlib.file_digest(file, "sha256") if sha256 and parts else None
                if whole and whole.hexdigest() != sha256:
                    return False
                found = _digest(_bytes_of(file, parts) if parts else _parts_of(file), buffer)
            if parts:
                if found.size != sum(length for _, length in parts):
                    raise UnreadError(errno.EIO, "it was cut short meanwhile", str(path_of(path)))
                found = Member(found.size, found.sha256, parts, status.st_size)
            elif sha256 not in (None, found.sha256):
                return False
            buffer.seek(0)
            self._write(name, buffer, found.size, status.st_mtime)
        self.members[name] = found
        return True

    def finish(self, schema: int, now: datetime) -> None:
        """Write the list of contents."""
        is_second = any(
            member.whole or name.startswith(f"{manifest.ATTACHMENTS}/")
            for name, member in self.members.items()
        )
        number = manifest.FORMAT if is_second else manifest.FIRST
        contents = manifest.Manifest(
            number, __version__, now, schema, self.folders, len(self.members), self.members
        )
        content = manifest.encoded(contents)
        self._write(MANIFEST, io.BytesIO(content), len(content), now.timestamp())

    def _write(self, name: str, file: IO[bytes], size: int, changed: float) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(changed)
        self.tar.addfile(member, file)


class Unpacker(Struct, frozen=True):
    """A backup every byte of which was read and is as its list of contents says."""

    tar: tarfile.TarFile
    contents: manifest.Manifest
    #: In the order in which they were put in.
    members: dict[str, tarfile.TarInfo]

    def file(self, name: str) -> IO[bytes]:
        """A member, to be read."""
        file = self.tar.extractfile(self.members[name])
        if file is None:
            raise tarfile.ReadError(f"{name!r} is no file")
        return file

    def put(self, name: str, path: Path, mode: int) -> None:
        """Write a member to a path where there is nothing, with its time of change.

        Raises:
            BackupError: it has changed since it was looked at.
        """
        member, content = self.contents.members[name], self.file(name)
        with path.open("xb") as file:
            if not _is(member, content):
                raise BackupError(f"{name!r} has changed while it was put back. Start again.")
            at = 0
            for begins, length in member.parts or [(0, member.size)]:
                file.seek(begins)
                file.writelines(_bytes_of(content, [(at, length)]))
                at += length
            # What is not written stays a hole.
            file.truncate(member.whole or member.size)
        changed = self.members[name].mtime
        os.utime(path, (changed, changed))
        path.chmod(mode)


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[Unpacker]:
    """A backup, looked at from end to end before anything is made of it.

    Raises:
        BackupError: it cannot be read, is none of ours, is damaged, or would write elsewhere.
    """
    try:
        with _tar_at(path) as tar:
            members = _members(tar, path)
            listed = members.pop(MANIFEST, None)
            file = tar.extractfile(listed) if listed and listed.size <= _LARGEST_MANIFEST else None
            if file is None:
                raise BackupError(f"{path} is not a backup made by quarterday, or is cut short.")
            backup = Unpacker(tar, manifest.decoded(file.read(), str(path)), members)
            _compare(backup, path, progress)
            yield backup
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is damaged ({error}). Take an earlier backup.") from error


def _tar_at(path: Path) -> tarfile.TarFile:
    try:
        # Never unpacked on the way: what is packed small may be without end.
        return tarfile.open(path, "r:", encoding="utf-8")
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        raise BackupError(f"{path} is not a backup made by quarterday.") from error


def _members(tar: tarfile.TarFile, path: Path) -> dict[str, tarfile.TarInfo]:
    """The members by name: plain files with names of ours, each once."""
    found: dict[str, tarfile.TarInfo] = {}
    try:
        for member in tar:
            is_file = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.sparse is None
            if not is_file or not (member.name == MANIFEST or manifest.is_member_name(member.name)):
                raise BackupError(
                    f"{path} is not a backup made by quarterday: it holds {member.name!r}, "
                    "which none of ours does. Nothing of it was put back."
                )
            if member.name in found:
                raise BackupError(f"{path} is damaged: it holds {member.name!r} twice.")
            found[member.name] = member
    except (ValueError, OverflowError, RecursionError) as error:
        raise BackupError(f"{path} is damaged: a heading in it cannot be read.") from error
    return found


def _compare(backup: Unpacker, path: Path, progress: Progress) -> None:
    """Make sure that the members are those listed, byte for byte."""
    listed, members = backup.contents.members, backup.members
    if differing := sorted(listed.keys() ^ members.keys()):
        raise BackupError(
            f"{path} is damaged: {differing[0]!r} is in its list of contents or in it, not in both."
        )
    if manifest.STORE not in listed:
        raise BackupError(f"{path} is damaged: the store is missing.")
    for done, name in enumerate(members, 1):
        if not _is(listed[name], backup.file(name)):
            raise BackupError(
                f"{path} is damaged: {name!r} has not the bytes that were put in. "
                "Take an earlier backup."
            )
        progress("Reading the backup", done, len(members))


def _is(member: Member, file: IO[bytes]) -> bool:
    """Whether these are the bytes of a member."""
    found = _digest(_parts_of(file))
    return (found.size, found.sha256) == (member.size, member.sha256)


def _parts_with_data(file: IO[bytes], status: os.stat_result) -> list[tuple[int, int]]:
    """Where there is anything in a large file with holes; none where all of it is to be read."""
    has_holes = getattr(status, "st_blocks", status.st_size) * _BLOCK < status.st_size
    if not has_holes or status.st_size < _BUFFERED or not hasattr(os, "SEEK_DATA"):
        return []
    found, at = [], 0
    while at < status.st_size:
        try:
            begins = os.lseek(file.fileno(), at, os.SEEK_DATA)
            at = os.lseek(file.fileno(), begins, os.SEEK_HOLE)
        except OSError as error:
            # From there on there is nothing but a hole.
            if error.errno != errno.ENXIO:
                return []
            break
        found.append((begins, at - begins))
    # A file that is one hole has a part all the same, by which its size is known.
    return found or [(0, 1)]


def _bytes_of(file: IO[bytes], parts: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """The bytes of some parts of a file."""
    for begins, length in parts:
        file.seek(begins)
        left = length
        while left and (part := file.read(min(_CHUNK, left))):
            yield part
            left -= len(part)


@contextmanager
def _readable(path: File) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreadError(error.errno, error.strerror, str(path_of(path))) from error


def _parts_of(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(_CHUNK), b"")


def _digest(parts: Iterable[bytes], target: IO[bytes] | None = None) -> Member:
    """What a file holds, read part by part; written to another on the way."""
    digest, size = hashlib.sha256(), 0
    for part in parts:
        if target is not None:
            target.write(part)
        digest.update(part)
        size += len(part)
    return Member(size, digest.hexdigest())
