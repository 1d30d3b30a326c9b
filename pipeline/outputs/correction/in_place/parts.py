"""The parts of a workbook's package: those that came, and what is changed, added and taken out.

Parts, relationships and content types are as ECMA-376 part 2 has them. Names are the same in
capitals and without; relationships may be absolute or relative.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import unquote

from msgspec import Struct

from pipeline.outputs.correction.in_place.xml_tree import Document, Element, element
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.seal import seal
from pipeline.workbooks.zip_directory import PACKED_WRONGLY

_TYPES = "[Content_Types].xml"
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: The namespace of a workbook's parts.
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: Where the types of relationships begin, in a transitional workbook; and both in a strict one.
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    _RELATIONSHIPS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
#: A place of the workbook itself.
_WITHIN = re.compile(r"#(?!.*(?:\[[^\[\]]*\][^\[\]]*!|//|\\\\))")
#: What leads out of the package, whatever is said of it.
_ABSOLUTE = re.compile(r"\s*(?:[A-Za-z][\w+.-]*:|[\\/]{2})")
#: Of what is put in; no two copies of one return differ by when they were made.
_MADE = (1980, 1, 1, 0, 0, 0)
#: How many bytes of a part are packed or unpacked at once.
_AT_ONCE = 1 << 13

Piece = bytes | memoryview
#: Gives a part anew, in pieces, from its bytes as they came, in blocks.
Rewrite = Callable[[Iterable[bytes]], Iterable[Piece]]


class Relation(Struct, frozen=True, eq=False):
    """A relationship of a part."""

    id: str
    #: The last word of its type, such as `worksheet`.
    kind: str
    #: The part that it leads to; as it is written where that is outside.
    target: str
    is_outside: bool
    #: As it stands in the package; None of one that has been added.
    said: Element | None = None


class Parts:
    """A package that is being changed. Raises BrokenPartError as its parts are read."""

    def __init__(self, content: bytes) -> None:
        with _unpacking():
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._there = {plain(info.filename): info for info in self._archive.infolist()}
        self._changed: dict[str, bytes] = {}
        #: How sheets are written, which may be large: their bytes are not held.
        self._rewritten: dict[str, Rewrite] = {}
        self._added: dict[str, bytes] = {}
        #: The names of added parts, as they are written.
        self._names: dict[str, str] = {}
        #: What stands beside the package's seal.
        self.remark = ""
        self._gone: set[str] = set()
        self._documents: dict[str, Document] = {}
        #: The relationships of parts, by the names of these.
        self._relations: dict[str, list[Relation]] = {}
        #: Those that have been taken out.
        self._unrelated: set[Relation] = set()
        self._types: dict[str, Element] | None = None
        main = next(iter(self.related("", "officeDocument")), None)
        if main is None:
            raise BrokenPartError("it has no workbook part")
        #: The part that lists the sheets.
        self.main = main.target
        self.is_strict = b"purl.oclc.org/ooxml" in self.read(self.main)[:4_000]

    def has(self, name: str) -> bool:
        """Whether there is a part of a name."""
        key = plain(name)
        return (key in self._there or key in self._added) and key not in self._gone

    def read(self, name: str) -> bytes:
        """A part as it came, or as it is by now but for changes in its document."""
        key = plain(name)
        if key in self._gone:
            raise BrokenPartError(f"{name} is missing")
        if key in self._added:
            return self._added[key]
        if key in self._changed:
            return self._changed[key]
        if key not in self._there:
            raise BrokenPartError(f"{name or 'a part'} is missing")
        # There are never two copies of it, as `ZipFile.read` has them; nor is its room made bit by
        # bit, which takes half as much again.
        buffer = io.BytesIO()
        if size := self._there[key].file_size:
            buffer.seek(size - 1)
            buffer.write(b"\0")
            buffer.seek(0)
        for piece in self._pieces(key):
            buffer.write(piece)
        buffer.truncate()
        return buffer.getvalue()

    def _came(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """A part as it came, in blocks."""
        with _unpacking(), self._archive.open(info) as packed:
            yield from iter(partial(packed.read, _AT_ONCE), b"")

    def document(self, name: str) -> Document:
        """A part's XML; what is changed in it is written with the package."""
        key = plain(name)
        if key not in self._documents:
            self._documents[key] = Document(self.read(name))
        return self._documents[key]

    @contextmanager
    def changing(self, name: str) -> Iterator[Document]:
        """A part's XML while it is being changed; it is not held any longer than that."""
        is_held = plain(name) in self._documents
        document = self.document(name)
        yield document
        if not is_held:
            del self._documents[plain(name)]
            if document.is_changed:
                self.put(name, document.written())

    def in_dialect(self, content: str) -> str:
        """XML of our own as the workbook's: transitional, or strict."""
        for transitional, strict in _STRICT.items() if self.is_strict else ():
            content = content.replace(transitional, strict)
        return content

    def put(self, name: str, content: bytes) -> None:
        """Put a part in the place of the one of its name, or add it."""
        self._documents.pop(plain(name), None)
        self._gone.discard(plain(name))
        self._store(name, content)

    def rewrite(self, name: str, rewrite: Rewrite) -> None:
        """Have a part that came be written anew from what it was."""
        self._rewritten[plain(name)] = rewrite

    def _store(self, name: str, content: bytes) -> None:
        key = plain(name)
        (self._changed if key in self._there else self._added)[key] = content
        self._names.setdefault(key, name)

    def add(self, pattern: str, content: bytes, content_type: str) -> str:
        """Add a part under a free name, as of `xl/worksheets/sheet{}.xml`; the name comes back."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        name = pattern.format(number)
        self.put(name, content)
        self._add_type(name, content_type)
        return name

    def _add_type(self, name: str, content_type: str) -> None:
        types = self.document(_TYPES)
        said = {"PartName": f"/{name}", "ContentType": content_type}
        there = self._overrides().get(plain(name))
        if there is not None and not types.is_gone(there):
            # Of a part that was not there.
            types.set(there, ContentType=content_type)
        else:
            types.append(types.root, element(f"{types.root.prefix}Override", said))

    def retype(self, wrong: str, content_type: str) -> None:
        """Have parts of an extension, which was said to be of a wrong type, be of another."""
        types = self.document(_TYPES)
        for each in types.root.all("Default"):
            if (each.get("ContentType") or "").strip().casefold() == wrong.casefold():
                types.set(each, ContentType=content_type)

    def type_of(self, name: str) -> str:
        """The content type of a part that came, in small letters: by its name, or its extension."""
        said = self._overrides().get(plain(name)) or self._defaults().get(_extension(name))
        return ((said.get("ContentType") if said else None) or "").strip().casefold()

    def set_type(self, name: str, content_type: str) -> None:
        """Give a part another type."""
        if override := self._overrides().get(plain(name)):
            self.document(_TYPES).set(override, ContentType=content_type)
        else:
            self._add_type(name, content_type)

    def remove(self, name: str) -> None:
        """Take a part out, with its relationships and its type."""
        if not self.has(name):
            return
        self._gone |= {plain(name), plain(relations_of(name))}
        if override := self._overrides().get(plain(name)):
            self.document(_TYPES).remove(override)

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part; those of the package have no part: the empty name."""
        key = plain(part)
        if key not in self._relations:
            name = relations_of(part)
            said = self.document(name).root.all("Relationship") if self.has(name) else []
            self._relations[key] = [self._relation(part, each) for each in said]
        return [each for each in self._relations[key] if each not in self._unrelated]

    def related(self, part: str, kind: str) -> list[Relation]:
        """Those of one kind that lead to a part which is there."""
        return [
            r
            for r in self.relations(part)
            if r.kind == kind and not r.is_outside and self.has(r.target)
        ]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship to another part; its id comes back."""
        name = relations_of(part)
        if not self.has(name):
            self.put(name, _DECLARATION + _RELATIONS.encode())
        # The number of one that has been taken out may still be said somewhere.
        taken = {each.get("Id") for each in self.document(name).root.children}
        taken |= {relation.id for relation in self.relations(part)}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        base = self.in_dialect(_RELATIONSHIPS)
        said = {"Id": f"rId{number}", "Type": f"{base}/{kind}", "Target": f"/{target}"}
        document = self.document(name)
        document.append(document.root, element(f"{document.root.prefix}Relationship", said))
        new = Relation(f"rId{number}", kind, target, is_outside=False)
        self._relations[plain(part)].append(new)
        return new.id

    def pointer(self, number: str) -> dict[str, str]:
        """The attributes by which an element points at a relationship."""
        # With a prefix of its own: nobody knows where those of others are declared.
        return {"xmlns:qd": self.in_dialect(_RELATIONSHIPS), "qd:id": number}

    def unrelate(self, part: str, relation: Relation, instead: str = "") -> None:
        """Take a relationship out, or have it lead to a place within the workbook."""
        document = self.document(relations_of(part))
        if relation.said is not None:
            if instead:
                document.set(relation.said, Target=instead, TargetMode=None)
            else:
                document.remove(relation.said)
        self._unrelated.add(relation)

    def names(self) -> list[str]:
        """The parts that came and are there, as their names are compared."""
        return [
            name
            for name in self._there
            if name not in self._gone
            and name != plain(_TYPES)
            and not name.endswith(("/", ".rels"))
        ]

    def drop_stray_relations(self) -> None:
        """Take out the relationships of parts that are not there."""
        for name in [*self._there]:
            folder, _, leaf = name.rpartition("_rels/")
            source = leaf.removesuffix(".rels")
            if source != leaf and source and not self.has(folder + source):
                self._gone.add(name)

    def reached(self) -> dict[str, str]:
        """The parts that something leads to, each with the kind of the relationship which does."""
        reached, waiting = {"": ""}, [""]
        while waiting:
            for relation in self.relations(waiting.pop()):
                target = plain(relation.target)
                if not relation.is_outside and target not in reached and self.has(target):
                    reached[target] = relation.kind
                    waiting.append(target)
        return reached

    def written(self) -> bytes:
        """The package; parts that were not changed hold the same bytes as before."""
        for key, document in self._documents.items():
            if document.is_changed and key not in self._gone:
                self._store(key, document.written())
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for key, info in self._there.items():
                if key not in self._gone and not info.is_dir():
                    _pack(archive, info.filename, info.date_time, self._pieces(key))
            for key, content in self._added.items():
                if key not in self._gone:
                    _pack(archive, self._names[key], _MADE, [content])
            seal(archive, self.remark)
        return buffer.getvalue()

    def _pieces(self, key: str) -> Iterable[Piece]:
        """A part that came, as it is by now."""
        if key in self._changed:
            return [self._changed[key]]
        # Its packed bytes are not taken over as they are: others might unpack them to what nobody
        # here has looked at.
        came = self._came(self._there[key])
        return self._rewritten[key](came) if key in self._rewritten else came

    def _relation(self, part: str, said: Element) -> Relation:
        target = said.get("Target") or ""
        kind = (said.get("Type") or "").strip().rpartition("/")[2]
        mode = (said.get("TargetMode") or "").strip().casefold()
        is_outside = _ABSOLUTE.match(target) is not None or (
            mode == "external" and _WITHIN.match(target) is None
        )
        if not is_outside:
            path, _, _ = target.replace("\\", "/").partition("#")
            folder = part.rpartition("/")[0]
            joined = path if path.startswith("/") else f"{folder}/{path}"
            target = posixpath.normpath(joined).lstrip("/") if path else ""
            # Names are stored as they are written in links, or, by some, as they are meant.
            if not self.has(target) and self.has(unquote(target)):
                target = unquote(target)
            # As it is stored: the names of what is put in beside it follow that.
            if there := self._there.get(plain(target)):
                target = there.filename.replace("\\", "/")
        return Relation(said.get("Id") or "", kind, target, is_outside, said)

    def _overrides(self) -> dict[str, Element]:
        """The types of parts, by their names; and `_defaults`, by their extensions."""
        if self._types is None:
            said = self.document(_TYPES).root.all("Override")
            self._types = {plain(each.get("PartName") or ""): each for each in said}
        return self._types

    def _defaults(self) -> dict[str, Element]:
        said = self.document(_TYPES).root.all("Default")
        return {(each.get("Extension") or "").casefold(): each for each in said}


@contextmanager
def _unpacking() -> Iterator[None]:
    try:
        yield
    except PACKED_WRONGLY as error:
        raise BrokenPartError("a part of it cannot be unpacked") from error


def _pack(
    archive: zipfile.ZipFile,
    name: str,
    made: tuple[int, int, int, int, int, int],
    pieces: Iterable[Piece],
) -> None:
    """Write a part into an archive, some bytes at once: of many small pieces, or of large ones."""
    info = zipfile.ZipInfo(name, made)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w") as packed:
        block = bytearray()
        for piece in pieces:
            for at in range(0, len(piece), _AT_ONCE):
                block += piece[at : at + _AT_ONCE]
                if len(block) >= _AT_ONCE:
                    packed.write(block)
                    block.clear()
        packed.write(block)


def plain(name: str) -> str:
    """A part's name as it is compared."""
    return name.replace("\\", "/").lstrip("/").casefold()


def _extension(name: str) -> str:
    return name.rpartition(".")[2].casefold()


def relations_of(part: str) -> str:
    """The name of the part that holds another's relationships."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")
