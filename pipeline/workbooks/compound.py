"""Compound files, the container of Office before 2007 ([MS-CFB]): what stands at the root.

A file may hold others (a chart within a letter), so only what stands at the root tells what it is.
Libraries follow such a file's tables as far as it says; here no more is followed than it can hold.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The streams that hold a workbook's records: of Excel 97 to 2003, and of before.
WORKBOOKS = ("workbook", "book")

_ENTRY = 128
_SMALL = 4096  # below this, a stream lies among others in a stream of small ones
_SMALL_SECTOR = 64
_FREE = 0xFFFFFFFA  # this and above name no sector
_UNUSED = 0xFFFFFFFF  # what a table says of a sector that holds nothing
#: A directory beyond this many entries is not Office's.
_MOST_ENTRIES = 20_000


class BadCompoundError(Exception):
    """The file is cut short, or its sectors do not hang together."""


def stream(content: bytes, names: tuple[str, ...]) -> bytes:
    """The bytes of the first of these streams that stands at the root.

    Raises:
        BadCompoundError: there is none, or it cannot be followed to its end.
    """
    return Compound(content).stream(names)


def plainly_named(content: bytes) -> bytes:
    """The same file with its workbook named as Excel names it, and nothing else named so.

    Names are the same in capitals and without ([MS-CFB] 2.6.1), and what a file embeds is named as
    it pleases; calamine tells capitals apart, and takes the first of a name wherever it stands.
    """
    try:
        file = Compound(content)
    except BadCompoundError:
        return content
    mine = file.workbook
    named = [entry for entry in file.directory if entry.name.casefold() in WORKBOOKS]
    if mine is None or (named == [mine] and mine.name in ("Workbook", "Book")):
        return content
    made = bytearray(content)
    for entry in named:
        name = ("Workbook" if entry is mine else "-").encode("utf-16-le")
        made[entry.at : entry.at + 64] = name.ljust(64, b"\0")
        struct.pack_into("<H", made, entry.at + 64, len(name) + 2)
    return bytes(made)


def is_whole(content: bytes) -> bool:
    """Whether every sector that holds something, as the tables tell, lies within the file."""
    try:
        file = Compound(content)
        last = 0
        for number, sector in enumerate(file.tables[: _number("I", content, 44)]):
            table = _numbers(f"{file.size // 4}I", content, file.place(sector))
            used = [place for place, follows in enumerate(table) if follows != _UNUSED]
            if used:
                last = number * len(table) + used[-1]
    except BadCompoundError:
        return False
    return len(content) >= file.place(last + 1)


def records(stream: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each record of an old workbook's stream, as [MS-XLS] lays them out."""
    at = start
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, at)
        at += 4
        yield kind, stream[at : at + length]
        at += length


class DirectoryEntry(NamedTuple):
    """A stream or a storage."""

    #: Where the file says this of it.
    at: int
    name: str
    left: int
    right: int
    child: int
    sector: int
    size: int


class Compound:
    """A compound file: the size of its sectors, which comes after which, and its directory.

    Raises:
        BadCompoundError: the directory cannot be followed.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift = _number("H", content, 30)
        if shift not in (9, 12):
            raise BadCompoundError("its sectors are of no known size")
        self.size = 1 << shift
        #: The sectors that hold the table, in its order: 109 named in the header, more in a chain.
        self.tables = list(_numbers("109I", content, 76))
        sector = _number("I", content, 68)
        while sector < _FREE:
            *more, sector = _numbers(f"{self.size // 4}I", content, self.place(sector))
            self.tables += more
            if len(self.tables) * self.size > len(content) + 128 * self.size:
                raise BadCompoundError("its table of sectors has no end")
        self.directory: list[DirectoryEntry] = []
        sector = _number("I", content, 48)
        while sector < _FREE:
            start = self.place(sector)
            for at in range(start, start + self.size, _ENTRY):
                raw, length, *where = _numbers("64sH2x3I36x2I", content, at)
                name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                self.directory.append(DirectoryEntry(at, name, *where))
            if len(self.directory) > _MOST_ENTRIES:
                raise BadCompoundError("its directory has no end")
            sector = self.following(sector)
        #: What stands at the root, by its name in small letters.
        self.root: dict[str, DirectoryEntry] = {}
        seen: set[int] = set()
        # The root's children are a tree: each has one to its left and one to its right.
        waiting = [entry.child for entry in self.directory[:1]]
        while waiting:
            number = waiting.pop()
            if number >= len(self.directory) or number in seen:
                continue
            seen.add(number)
            entry = self.directory[number]
            self.root[entry.name.casefold()] = entry
            waiting += (entry.left, entry.right)

    @property
    def workbook(self) -> DirectoryEntry | None:
        """The stream of a workbook's records; of two, that of the newer Excel."""
        return next((self.root[name] for name in WORKBOOKS if name in self.root), None)

    def stream(self, names: tuple[str, ...], longest: int | None = None) -> bytes:
        """The bytes, or the first of them, of the first of these streams that stands at the root.

        Raises:
            BadCompoundError: there is none, or it cannot be followed so far.
        """
        entry = next((self.root[name] for name in names if name in self.root), None)
        if entry is None:
            raise BadCompoundError("it holds no workbook")
        length = entry.size if longest is None else min(entry.size, longest)
        if entry.size >= _SMALL:
            return self.chain(entry.sector, length)
        # What is small lies in sectors of 64 bytes, within the root's own stream.
        first, count = _numbers("2I", self._content, 60)
        table = self.chain(first, count * self.size)
        small = self.chain(self.directory[0].sector, self.directory[0].size)
        return _chain(
            small, entry.sector, length, _SMALL_SECTOR, 0, lambda at: _number("I", table, at * 4)
        )

    def place(self, sector: int) -> int:
        """Where a sector begins; the header takes the room of one."""
        return (sector + 1) * self.size

    def following(self, sector: int) -> int:
        """The sector that comes after one."""
        table, place = divmod(sector, self.size // 4)
        if table >= len(self.tables):
            raise BadCompoundError("a sector stands in no table")
        return _number("I", self._content, self.place(self.tables[table]) + place * 4)

    def chain(self, sector: int, length: int) -> bytes:
        """The bytes of a chain of sectors."""
        return _chain(self._content, sector, length, self.size, self.size, self.following)


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


def _numbers(form: str, content: bytes, at: int) -> tuple[Any, ...]:
    try:
        return struct.unpack_from(f"<{form}", content, at)
    except struct.error as error:
        raise BadCompoundError("it is cut short") from error


def _number(form: str, content: bytes, at: int) -> int:
    number: int = _numbers(form, content, at)[0]
    return number
