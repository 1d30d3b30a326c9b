"""A workbook's package: its parts, found as calamine and Excel find them (ECMA-376 part 2)."""

from __future__ import annotations

import io
import posixpath
import zipfile
from functools import cached_property, lru_cache
from typing import NamedTuple

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import BrokenPartError


class Package:
    """The parts of an `.xlsx`, `.xlsm` or `.xlsb`; names are the same in capitals and without."""

    def __init__(self, content: bytes, main: str) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = {name.casefold(): name for name in self._archive.namelist()}
        # Nearly always `xl`; the package itself says it.
        self._folder = _folder(self.read("_rels/.rels", b""))
        self._main = main

    def read(self, name: str, otherwise: bytes | None = None) -> bytes:
        """A part's bytes.

        Raises:
            BrokenPartError: there is none of that name, and nothing stands in its place.
        """
        found = self._names.get(name.casefold())
        if found is not None:
            return self._archive.read(found)
        if otherwise is None:
            raise BrokenPartError(f"{name or 'a part'} is missing")
        return otherwise

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
        return any("comments" in name for name in self._names)

    def related(self, name: str, kind: str) -> bytes:
        """The part that another one has of a kind; nothing where it has none."""
        folder, _, file = name.rpartition("/")
        part = self.read(f"{folder}/_rels/{file}.rels", b"")
        found = _relations(part, folder).of_types.get(kind) if part else None
        return b"" if found is None else self.read(found, b"")

    @cached_property
    def _relations(self) -> _Relations:
        part = self.read(f"{self._folder}/_rels/{self._main}.rels")
        return _relations(part, self._folder)


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
