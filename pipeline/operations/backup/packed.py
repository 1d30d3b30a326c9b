"""A backup as a tar file: written member by member, and read back with nothing taken on trust."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    is_ours,
)
from pipeline.workspace.errors import BackupError

#: Called with what is being done, how many are done and how many there are.
Progress = Callable[[str, int, int], None]

_CHUNK = 1024 * 1024
#: Bytes of a file held in memory until it is known to be whole; more wait on disk.
_HELD = 16 * _CHUNK
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

    def add(self, name: str, path: Path, sha256: str | None = None) -> bool:
        """Put a file in under a name; not where it has not the bytes that are wanted.

        A file that changes while it is read is put in as it was read.

        Raises:
            UnreadableError: it cannot be read.
            OSError: there is no room.
        """
        digest, size = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(_HELD, dir=str(self._path.parent)) as held:
            for part in _parts(path):
                held.write(part)
                digest.update(part)
                size += len(part)
            found, changed = digest.hexdigest(), _changed(path)
            if sha256 is not None and found != sha256:
                return False
            held.seek(0)
            self._write(name, held, size, changed)
        self.members[name] = Member(size, found)
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
        file = self._tar.extractfile(self._found[name])
        return file.read() if file is not None else b""

    def put(self, name: str, path: Path, mode: int) -> None:
        """Write a member to a path where there is nothing, with its time of change.

        Raises:
            BackupError: it has changed since it was looked at.
        """
        source = self._tar.extractfile(self._found[name])
        with path.open("xb") as file:
            if source is None or _digest(source, file) != self.manifest.members[name]:
                raise BackupError(f"{name} has changed while it was put back. Start again.")
        os.utime(path, (self._found[name].mtime, self._found[name].mtime))
        path.chmod(mode)


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[Unpacker]:
    """A backup, looked at from end to end before anything is made of it.

    Raises:
        BackupError: it cannot be read, is none of ours, is damaged, or would write elsewhere.
    """
    shown = str(path)
    try:
        with path.open("rb") as file, _tar_in(file, shown) as tar:
            found = _members(tar, shown)
            listed = found.pop(MANIFEST, None)
            if listed is None or listed.size > _LARGEST_MANIFEST:
                raise BackupError(f"{shown} is not a backup made by quarterday, or is cut short.")
            source = tar.extractfile(listed)
            manifest = decoded(source.read() if source is not None else b"", shown)
            _compare(tar, manifest, found, shown, progress)
            yield Unpacker(tar, manifest, found)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{shown} is damaged ({error}). Take an earlier backup.") from error


def _tar_in(file: IO[bytes], shown: str) -> tarfile.TarFile:
    try:
        # Never unpacked on the way: what is packed small may be without end.
        return tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape")
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        raise BackupError(f"{shown} is not a backup made by quarterday.") from error


def _members(tar: tarfile.TarFile, shown: str) -> dict[str, tarfile.TarInfo]:
    """The members by name: plain files with names of ours, each once."""
    found: dict[str, tarfile.TarInfo] = {}
    try:
        for member in tar:
            is_file = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.sparse is None
            if not is_file or not (member.name == MANIFEST or is_ours(member.name)):
                raise BackupError(
                    f"{shown} is not a backup made by quarterday: it holds {member.name!r}, "
                    "which none of ours does. Nothing of it was put back."
                )
            if member.name in found:
                raise BackupError(f"{shown} is damaged: it holds {member.name!r} twice.")
            found[member.name] = member
    except (ValueError, OverflowError, RecursionError) as error:
        raise BackupError(f"{shown} is damaged: a heading in it cannot be read.") from error
    return found


def _compare(
    tar: tarfile.TarFile,
    manifest: Manifest,
    found: dict[str, tarfile.TarInfo],
    shown: str,
    progress: Progress,
) -> None:
    """Make sure that the members are those listed, byte for byte."""
    listed = manifest.members
    if strange := sorted(listed.keys() ^ found.keys()):
        raise BackupError(
            f"{shown} is damaged: {strange[0]!r} is in its list of contents or in it, not in both."
        )
    if STORE not in listed:
        raise BackupError(f"{shown} is damaged: the store is missing.")
    for done, (name, member) in enumerate(found.items(), 1):
        source = tar.extractfile(member)
        if source is None or _digest(source) != listed[name]:
            raise BackupError(
                f"{shown} is damaged: {name!r} has not the bytes that were put in. "
                "Take an earlier backup."
            )
        progress("Reading the backup", done, len(found))


def _parts(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while part := file.read(_CHUNK):
                yield part
    except OSError as error:
        raise UnreadableError(error.strerror) from error


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError as error:
        raise UnreadableError(error.strerror) from error


def _digest(source: IO[bytes], target: IO[bytes] | None = None) -> Member:
    """What a file holds; written to another on the way."""
    digest, size = hashlib.sha256(), 0
    while part := source.read(_CHUNK):
        if target is not None:
            target.write(part)
        digest.update(part)
        size += len(part)
    return Member(size, digest.hexdigest())
