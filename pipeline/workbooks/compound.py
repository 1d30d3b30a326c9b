"""Compound files, the container of Office before 2007 ([MS-CFB]): what stands at the root.

A file may hold others (a chart within a letter), so only what stands at the root tells what it is.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENTRY = 128
_SMALL = 4096  # below this, a stream lies among others in a stream of small ones
_SMALL_SECTOR = 64
_FREE = 0xFFFFFFFA  # this and above name no sector
_UNUSED = 0xFFFFFFFF  # what a table says of a sector that holds nothing
#: A directory beyond this many entries is not Office's.
_MOST_ENTRIES = 20_000


class BadCompoundError(Exception):
    """The file is cut short, or its sectors do not hang together."""


def root(content: bytes) -> dict[str, bytes]:
    """What stands at the root: each name with the first sector of what it holds.

    Of a storage, and of a stream of less than 4 KiB, no bytes are given.

    Raises:
        BadCompoundError: the directory cannot be followed.
    """
    try:
        size, directory = _directory(content)
    except struct.error as error:
        raise BadCompoundError("it is cut short") from error
    found: dict[str, bytes] = {}
    seen: set[int] = set()
    # The root's children are a tree: each has one to its left and one to its right.
    waiting = [directory[0].child] if directory else []
    while waiting:
        number = waiting.pop()
        if number >= len(directory) or number in seen:
            continue
        seen.add(number)
        entry = directory[number]
        at = (entry.sector + 1) * size
        found[entry.name] = content[at : at + size] if entry.size >= _SMALL else b""
        waiting += (entry.left, entry.right)
    return found


def stream(content: bytes, names: tuple[str, ...]) -> bytes:
    """The bytes of the first of these streams that stands at the root.

    Raises:
        BadCompoundError: there is none, or it cannot be followed to its end.
    """
    try:
        size, directory = _directory(content)
        # Only the root's own streams count, and of those the names asked for are told apart.
        named = {entry.name: entry for entry in reversed(directory)}
        entry = next((named[name] for name in names if name in named), None)
        if entry is None or not directory:
            raise BadCompoundError("it holds no workbook")
        following = _Allocation(content, size)
        if entry.size >= _SMALL:
            return _chain(content, entry.sector, entry.size, size, size, following)
        # What is small lies in sectors of 64 bytes, within the root's own stream.
        (first,) = struct.unpack_from("<I", content, 60)
        (count,) = struct.unpack_from("<I", content, 64)
        table = _chain(content, first, count * size, size, size, following)
        small = _chain(content, directory[0].sector, directory[0].size, size, size, following)

        def next_small(sector: int) -> int:
            number: int = struct.unpack_from("<I", table, sector * 4)[0]
            return number

        return _chain(small, entry.sector, entry.size, _SMALL_SECTOR, 0, next_small)
    except struct.error as error:
        raise BadCompoundError("it is cut short") from error


def is_whole(content: bytes) -> bool:
    """Whether every sector that holds something, as the tables tell, lies within the file."""
    try:
        size, _ = _directory(content)
        following = _Allocation(content, size)
        (tables,) = struct.unpack_from("<I", content, 44)
        last = 0
        for number, sector in enumerate(following.tables[:tables]):
            table = struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
            used = [place for place, follows in enumerate(table) if follows != _UNUSED]
            if used:
                last = number * len(table) + used[-1]
    except (struct.error, BadCompoundError):
        return False
    return len(content) >= (last + 2) * size


def _chain(
    content: bytes,
    sector: int,
    length: int,
    size: int,
    header: int,
    following: Callable[[int], int],
) -> bytes:
    """The bytes of a chain of sectors that begin after a header."""
    parts: list[bytes] = []
    left = min(length, len(content))
    while left > 0 and sector < _FREE:
        start = header + sector * size
        part = content[start : start + min(size, left)]
        if not part:
            raise BadCompoundError("a sector lies beyond its end")
        parts.append(part)
        left -= len(part)
        sector = following(sector)
    return b"".join(parts)


class _DirectoryEntry(NamedTuple):
    name: str
    left: int
    right: int
    child: int
    sector: int
    size: int


def _directory(content: bytes) -> tuple[int, list[_DirectoryEntry]]:
    """The size of a sector, and every entry of the directory."""
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in (9, 12):
        raise BadCompoundError("its sectors are of no known size")
    size = 1 << shift
    next_of = _Allocation(content, size)
    (sector,) = struct.unpack_from("<I", content, 48)
    entries: list[_DirectoryEntry] = []
    while sector < _FREE:
        start = (sector + 1) * size
        for offset in range(start, start + size, _ENTRY):
            raw, length = struct.unpack_from("<64sH", content, offset)
            neighbours = struct.unpack_from("<3I", content, offset + 68)
            stream = struct.unpack_from("<2I", content, offset + 116)
            name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            entries.append(_DirectoryEntry(name, *neighbours, *stream))
        if len(entries) > _MOST_ENTRIES:
            raise BadCompoundError("its directory has no end")
        sector = next_of(sector)
    return size, entries


class _Allocation:
    """Which sector comes after which."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content, self._size = content, size
        #: The sectors that hold the table, in its order: 109 named in the header, more in a chain.
        self.tables = list(struct.unpack_from("<109I", content, 76))
        (sector,) = struct.unpack_from("<I", content, 68)
        while sector < _FREE:
            *more, sector = struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
            self.tables += more
            if len(self.tables) * size > len(content) + 128 * size:
                raise BadCompoundError("its table of sectors has no end")

    def __call__(self, sector: int) -> int:
        table, place = divmod(sector, self._size // 4)
        if table >= len(self.tables):
            raise BadCompoundError("a sector stands in no table")
        start = (self.tables[table] + 1) * self._size
        following: int = struct.unpack_from("<I", self._content, start + place * 4)[0]
        return following
