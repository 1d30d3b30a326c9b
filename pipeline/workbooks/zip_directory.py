"""Packing: a zip archive's directory, and what it gives away before anything is unpacked.

A workbook is a zip archive. What programs could read in two ways, and what unpacks to more than any
return holds, is refused by its directory alone.
"""

from __future__ import annotations

import io
import posixpath
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from functools import lru_cache

from schemas import rules as c
from schemas.findings import Finding

_MIB = 1024 * 1024
#: A workbook's zip directory beyond any of these is no return.
MAX_ENTRIES = 3_000
MAX_UNPACKED = 300 * _MIB
MAX_RATIO = 300
_RATIO_FROM = 10 * _MIB
#: No more than so many bytes are unpacked to see whether they are sound.
_SOUNDED = 64 * _MIB
#: How parts of a workbook are packed. What is packed otherwise may unpack without a limit.
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: The longest name of a part, in characters; a workbook's are a third of that.
_LONGEST_NAME = 255

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCATOR, _END_64 = b"PK\x06\x07", b"PK\x06\x06"
_IS_ENCRYPTED = 0x1
_IS_UTF_8 = 0x800


#: What `zipfile` raises for an archive that is broken, or packed in a way it does not know.
#: RuntimeErrors are NotImplementedError, and what an encrypted part raises.
PACKED_WRONGLY = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(ValueError, EOFError, OSError, RuntimeError),
)


class TooManyPartsError(Exception):
    """The directory lists more parts than a workbook has."""


def directory(content: bytes) -> list[zipfile.ZipInfo] | None:
    """The parts that a zip archive lists; None where the list is cut short, broken or double.

    Raises:
        TooManyPartsError: it lists more than `MAX_ENTRIES`; none of them was looked at.
    """
    # Counted before they are listed: a list of a million would fill the memory of the job itself.
    listed = content.count(_CENTRAL)
    if listed > MAX_ENTRIES:
        raise TooManyPartsError(f"{listed:,}")
    try:
        if _has_two_directories(content):
            return None
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except PACKED_WRONGLY:
        return None


def part(content: bytes, entry: zipfile.ZipInfo, longest: int) -> bytes:
    """The first `longest` bytes of a part; nothing where it cannot be unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(entry) as file:
            return file.read(longest)
    except PACKED_WRONGLY:
        return b""


def is_sound(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether it has all come: every part unpacks to what the directory says of it.

    What is larger than a return is not unpacked here: the reader finds out.
    """
    end = content.rfind(_END)
    # The archive's own comment comes last of all.
    (comment,) = struct.unpack_from("<H", content, end + 20)
    if len(content) < end + 22 + comment:
        return False
    if sum(entry.file_size for entry in entries) > _SOUNDED:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in entries:
                with archive.open(entry) as file:
                    while file.read(_MIB):
                        pass
    except PACKED_WRONGLY:
        return False
    return True


def fault(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> Finding | None:
    """What the directory gives away; None where there is nothing to say."""
    if excess := _excess(entries):
        return c.TOO_LARGE.found(detail=excess)
    if any(entry.flag_bits & _IS_ENCRYPTED for entry in entries):
        return c.ENCRYPTED.found()
    if any(entry.compress_type not in _PLAIN for entry in entries):
        return c.READ_TWO_WAYS.found(detail="a part in it is packed as no workbook is")
    if doubt := _doubtful_name(entries) or _doubtful_place(content, entries):
        return c.READ_TWO_WAYS.found(detail=doubt)
    return None


def _excess(entries: Sequence[zipfile.ZipInfo]) -> str:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        return f"it unpacks to {unpacked / _MIB:,.0f} MiB"
    for entry in entries:
        if entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            return f"one part unpacks to {entry.file_size / _MIB:,.0f} MiB"
    return ""


def _doubtful_name(entries: Sequence[zipfile.ZipInfo]) -> str:
    """What is wrong with the names; programs take variants of one name for the same part."""
    seen: set[str] = set()
    for entry in entries:
        # Before it is normalised, which takes the square of its length.
        if len(entry.orig_filename) > _LONGEST_NAME:
            return "a part in it has a name without an end"
        key, doubt = _named(entry.orig_filename)
        if doubt:
            return doubt
        if key in seen:
            return "two parts in it have the same name"
        seen.add(key)
    return ""


# Workbooks that a program makes have parts of the same names.
@lru_cache(maxsize=1_000)
def _named(called: str) -> tuple[str, str]:
    """What is the same in all variants of a part's name, and what is wrong with it."""
    name = called.replace("\\", "/")
    if not name:
        return "", "a part in it has no name"
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        return "", "a part in it has an unsafe name"
    if not name.isprintable():
        return "", "a part in it has a name that cannot be printed"
    return unicodedata.normalize("NFKC", posixpath.normpath(name)).casefold(), ""


def _doubtful_place(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> str:
    """What is wrong with where the parts lie; an honest archive starts with its first part."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        start = entry.header_offset
        header = content[start : start + 30]
        if len(header) < 30 or not header.startswith(_LOCAL):
            return "a part in it is not where its list says"
        if end == 0 and start > 0:
            return "something else stands before its contents"
        if start < end:
            return "two parts in it overlap"
        named, extra = struct.unpack_from("<2H", header, 26)
        encoding = "utf-8" if entry.flag_bits & _IS_UTF_8 else "cp437"
        if content[start + 30 : start + 30 + named] != entry.orig_filename.encode(encoding):
            return "a part in it has two names"
        end = start + 30 + named + extra + entry.compress_size
    return ""


def _has_two_directories(content: bytes) -> bool:
    """Whether the directory for large archives says other than the plain one before it."""
    end = content.rfind(_END)
    locator = content[end - 20 : end] if end >= 20 else b""
    if not locator.startswith(_LOCATOR):
        return False
    (at,) = struct.unpack_from("<Q", locator, 8)
    record = content[at : at + 56]
    if len(record) < 56 or not record.startswith(_END_64):
        return True
    plain = struct.unpack_from("<H2I", content, end + 10)
    large = struct.unpack_from("<3Q", record, 32)
    # All ones in the plain one: look in the other.
    return any(
        one not in (other, full)
        for one, other, full in zip(plain, large, (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF), strict=True)
    )
