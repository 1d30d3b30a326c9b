"""A backup as a tar file: written member by member, and read back with nothing taken on trust."""

from __future__ import annotations

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

from pipeline import __version__
from pipeline.operations.backup.manifest import (
    FORMAT,
    MANIFEST,
    STORE,
    Manifest,
    Member,
    decoded,
    encoded,
    is_member_name,
)
from pipeline.operations.doctor.archive import Progress
from pipeline.workspace.errors import BackupError

_CHUNK = 1024 * 1024
#: Bytes of a file that are held in memory until it is known to be whole; more wait on disk.
_BUFFERED = 16 * _CHUNK
#: No list of contents is larger; in bytes.
_LARGEST_MANIFEST = 512 * _CHUNK


class UnreadableError(Exception):
    """A file that was to be put in cannot be read; the message says why."""


class Packer:
    """Writes a backup to a path; `finish` makes it one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._tar = tarfile.open(  # noqa: SIM115 - closed with the packer
            fileobj=self._file,
            mode="w",
            format=tarfile.PAX_FORMAT,
            encoding="utf-8",
            errors="surrogateescape",
        )
        self.members: dict[str, Member] = {}
        self.folders: list[str] = []

    def add_if(self, name: str, path: Path | None, sha256: str) -> bool:
        """Put a file in under a name, if it can be read and has these bytes.

        Raises:
            OSError: there is no room.
        """
        with suppress(UnreadableError):
            return path is not None and self.add(name, path, sha256)
        return False

    def add(self, name: str, path: Path, sha256: str | None = None) -> bool:
        """Put a file in under a name; not where it has other bytes than those that are wanted.

        A file that changes while it is read is put in as it was read.

        Raises:
            UnreadableError: it cannot be read.
            OSError: there is no room.
        """
        with tempfile.SpooledTemporaryFile(_BUFFERED, dir=str(self._path.parent)) as buffer:
            found = _digest(_parts(path), buffer)
            if sha256 is not None and found.sha256 != sha256:
                return False
            buffer.seek(0)
            self._write(name, buffer, found.size, _changed(path))
        self.members[name] = found
        return True

    def finish(self, schema: int, now: datetime) -> Manifest:
        """Write the list of contents, and everything through to the disk."""
        manifest = Manifest(
            format=FORMAT,
            program=__version__,
            made_at=now,
            schema=schema,
            folders=self.folders,
            count=len(self.members),
            members=self.members,
        )
        content = encoded(manifest)
        self._write(MANIFEST, io.BytesIO(content), len(content), now.timestamp())
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return manifest

    def _write(self, name: str, file: IO[bytes], size: int, changed: float) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(changed)
        self._tar.addfile(member, file)

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._file.close()


class Unpacker:
    """A backup every byte of which was read and is as its list of contents says."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest, found: dict[str, tarfile.TarInfo]):
        self._tar = tar
        self._found = found
        self.manifest = manifest

    @property
    def names(self) -> list[str]:
        """In the order in which they were put in."""
        return list(self._found)

    def content(self, name: str) -> bytes:
        return _file_in(self._tar, self._found[name]).read()

    def put(self, name: str, path: Path, mode: int) -> None:
        """Write a member to a path where there is nothing, with its time of change.

        Raises:
            BackupError: it has changed since it was looked at.
        """
        member = self._found[name]
        with path.open("xb") as file:
            source = _parts_of(_file_in(self._tar, member))
            if _digest(source, file) != self.manifest.members[name]:
                raise BackupError(f"{name} has changed while it was put back. Start again.")
        os.utime(path, (member.mtime, member.mtime))
        path.chmod(mode)


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[Unpacker]:
    """A backup, looked at from end to end before anything is made of it.

    Raises:
        BackupError: it cannot be read, is none of ours, is damaged, or would write elsewhere.
    """
    try:
        with path.open("rb") as file, _tar_in(file, path) as tar:
            found = _members(tar, path)
            listed = found.pop(MANIFEST, None)
            if listed is None or listed.size > _LARGEST_MANIFEST:
                raise BackupError(f"{path} is not a backup made by quarterday, or is cut short.")
            manifest = decoded(_file_in(tar, listed).read(), str(path))
            _compare(tar, manifest, found, path, progress)
            yield Unpacker(tar, manifest, found)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is damaged ({error}). Take an earlier backup.") from error


def _tar_in(file: IO[bytes], path: Path) -> tarfile.TarFile:
    try:
        # Never unpacked on the way: what is packed small may be without end.
        return tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape")
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        raise BackupError(f"{path} is not a backup made by quarterday.") from error


def _members(tar: tarfile.TarFile, path: Path) -> dict[str, tarfile.TarInfo]:
    """The members by name: plain files with names of ours, each once."""
    found: dict[str, tarfile.TarInfo] = {}
    try:
        for member in tar:
            is_file = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.sparse is None
            if not is_file or not (member.name == MANIFEST or is_member_name(member.name)):
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


def _compare(
    tar: tarfile.TarFile,
    manifest: Manifest,
    found: dict[str, tarfile.TarInfo],
    path: Path,
    progress: Progress,
) -> None:
    """Make sure that the members are those listed, byte for byte."""
    listed = manifest.members
    if differing := sorted(listed.keys() ^ found.keys()):
        raise BackupError(
            f"{path} is damaged: {differing[0]!r} is in its list of contents or in it, not in both."
        )
    if STORE not in listed:
        raise BackupError(f"{path} is damaged: the store is missing.")
    for done, (name, member) in enumerate(found.items(), 1):
        if _digest(_parts_of(_file_in(tar, member))) != listed[name]:
            raise BackupError(
                f"{path} is damaged: {name!r} has not the bytes that were put in. "
                "Take an earlier backup."
            )
        progress("Reading the backup", done, len(found))


def _file_in(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member)
    if file is None:
        raise tarfile.ReadError(f"{member.name!r} is no file")
    return file


def _parts(path: Path) -> Iterator[bytes]:
    with _readable(), path.open("rb") as file:
        yield from _parts_of(file)


def _changed(path: Path) -> float:
    with _readable():
        return path.stat().st_mtime


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreadableError(error.strerror) from error


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
