"""A workbook's package: its parts, found as calamine and Excel find them (ECMA-376 part 2)."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from functools import cached_property, lru_cache
from typing import NamedTuple

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import BrokenPartError

#: A part's own header: how it begins, and its length without the part's name.
_LOCAL, _HEADER = b"PK\x03\x04", 30
#: Flags of a part that change nothing of how it is unpacked: how hard it was packed, where its
#: lengths stand, and the encoding of its name.
_HARMLESS = 0x80E
#: No more of a part is remembered, packed.
_SMALL = 8 * 1024


class Package:
    """The parts of an `.xlsx`, `.xlsm` or `.xlsb`; names are the same in capitals and without."""

    def __init__(self, content: bytes, main: str) -> None:
        self._content = content
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._entries = {entry.filename.casefold(): entry for entry in self._archive.infolist()}
        # Nearly always `xl`; the package itself says it.
        self._folder = _folder(self.read("_rels/.rels", b""))
        self._main = main

    def read(self, name: str, otherwise: bytes | None = None) -> bytes:
        """A part's bytes.

        Raises:
            BrokenPartError: there is none of that name, and nothing stands in its place.
        """
        found = self._entries.get(name.casefold())
        if found is not None:
            plain = self._plainly_packed(found)
            return self._archive.read(found) if plain is None else plain
        if otherwise is None:
            raise BrokenPartError(f"{name or 'a part'} is missing")
        return otherwise

    def _plainly_packed(self, entry: zipfile.ZipInfo) -> bytes | None:
        """A part's bytes, a small one's unpacked once for all returns; None: it is not plain.

        Only what `zipfile` would take is taken, and comes to the same.
        """
        start, size = entry.header_offset + _HEADER, entry.compress_size
        head = self._content[entry.header_offset : start]
        is_plain = entry.compress_type == zipfile.ZIP_DEFLATED and not entry.flag_bits & ~_HARMLESS
        if not is_plain or len(head) < _HEADER or not head.startswith(_LOCAL):
            return None
        named, extra = struct.unpack_from("<2H", head, _HEADER - 4)
        name = self._content[start : start + named]
        if not name.isascii() or name.decode() != entry.orig_filename:
            return None
        start += named + extra
        packed = self._content[start : start + size]
        unpack = _remembered if size <= _SMALL else _unpacked
        return unpack(packed, entry.file_size, entry.CRC)

    @cached_property
    def main(self) -> bytes:
        """The part that lists the sheets."""
        return self.read(f"{self._folder}/{self._main}")

    @property
    def targets(self) -> dict[str, str]:
        """The part that each relationship of the workbook points at."""
        return self._relations.targets

    def part_of_type(self, kind: str) -> bytes:
        """The part that the workbook has of a kind, such as `styles`; nothing where it has none."""
        name = self._relations.of_types.get(kind)
        return b"" if name is None else self.read(name, b"")

    @cached_property
    def has_comments(self) -> bool:
        """Whether any cell of any sheet may have a comment."""
        return any("comments" in entry.filename for entry in self._entries.values())

    def related(self, name: str, kind: str) -> bytes:
        """The part that another one has of a kind; nothing where it has none."""
        found = self._related(name, kind)
        return b"" if found is None else self.read(found, b"")

    def has_related(self, name: str, kind: str) -> bool:
        """Whether a part points at another one of a kind."""
        return self._related(name, kind) is not None

    def _related(self, name: str, kind: str) -> str | None:
        folder, _, file = name.rpartition("/")
        part = self.read(f"{folder}/_rels/{file}.rels", b"")
        return _relations(part, folder).of_types.get(kind) if part else None

    @cached_property
    def _relations(self) -> _Relations:
        part = self.read(f"{self._folder}/_rels/{self._main}.rels")
        return _relations(part, self._folder)


def _unpacked(packed: bytes, size: int, crc: int) -> bytes | None:
    """What a part unpacks to; None where that is not what its archive says of it."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(packed, size + 1)
    except zlib.error:
        return None
    is_whole = unpacker.eof and len(unpacked) == size and zlib.crc32(unpacked) == crc
    return unpacked if is_whole else None


# Returns made from one template have the same styles and relationships.
_remembered = lru_cache(maxsize=64)(_unpacked)


class _Relations(NamedTuple):
    targets: dict[str, str]
    #: By the last word of the type.
    of_types: dict[str, str]


# Returns made from one template have the same relationships.
@lru_cache(maxsize=16)
def _relations(part: bytes, folder: str) -> _Relations:
    found = _Relations({}, {})

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            path = target[1:] if target.startswith("/") else f"{folder}/{target}"
            path = posixpath.normpath(path).lstrip("/")
            found.targets[attributes.get("Id", "")] = path
            found.of_types.setdefault(attributes.get("Type", "").rpartition("/")[2], path)

    xml.walk(part, on_relation)
    return found


@lru_cache(maxsize=16)
def _folder(part: bytes) -> str:
    """The folder of the workbook's main part."""
    main = _relations(part, "").of_types.get("officeDocument", "") if part else ""
    return posixpath.dirname(main) or "xl"
