"""The comments of a sheet in a workbook's package, and the boxes that Excel shows them in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.outputs.correction.in_place.parts import MAIN, Parts
from pipeline.outputs.correction.in_place.sheet import SheetPart
from pipeline.outputs.correction.in_place.vml import shapes
from pipeline.outputs.correction.in_place.xml_tree import (
    Document,
    Element,
    element,
    escaped,
    in_utf8,
)
from pipeline.outputs.correction.notes import CellNote, is_ours, note_before, noted
from pipeline.workbooks.addresses import position
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.details.xml import whole
from schemas.findings import Finding

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EMPTY_COMMENTS = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
_EMPTY_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml"'
    b' xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t202" coordsize="21600,21600"'
    ' o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
#: A drawing with nothing in it.
_EMPTY = re.compile(rb"(?<=<xml)(?P<said>\s[^<>]*)/>\s*$")
_IS_NOTE = re.compile(rb"""\bObjectType\s*=\s*["']Note["']""")
_ROW, _COLUMN = (
    re.compile(rb"<(?:[\w.-]+:)?" + part + rb"\s*>\s*(\d+)") for part in (b"Row", b"Column")
)
#: A remark in a drawing; and what says otherwise than plainly where a box is, or what it is.
_REMARK = re.compile(rb"<!--.*?-->", re.DOTALL)
_UNREAD = re.compile(
    rb"""<(?:[\w.-]+:)?(?:Row|Column)\s*>(?!\s*\d+\s*</)|\bObjectType\s*=\s*["'][^"'<>]*&"""
)
_NUMBER = re.compile(rb"_x0000_s(\d+)")
#: In points.
_WIDTH = 285


class SheetComments:
    """The comments of one sheet."""

    def __init__(self, parts: Parts, name: str, sheet: SheetPart) -> None:
        self._parts, self._name, self._sheet = parts, name, sheet
        found = parts.related(name, "comments")
        self._is_new = not found
        self._document = (
            parts.document(found[0].target)
            if found
            else Document(parts.in_dialect(_EMPTY_COMMENTS).encode())
        )
        #: The runs of each comment: their words, and as they stand.
        self._runs: dict[str, list[tuple[str, str]]] = {}
        self._threads = {
            _cell(each)
            for related in parts.related(name, "threadedComment")
            for each in Document(parts.read(related.target)).root.all("threadedComment")
        }

    def change(self, marked: Mapping[str, list[Finding]]) -> list[str]:
        """Take off what an earlier copy put in, and comment these cells.

        The cells come back that keep their conversation of comments in place of ours.
        """
        there = self._there()
        notes: dict[str, CellNote | None] = {}
        for cell, note in there.items():
            if is_ours(note):
                notes[cell] = note_before(note)
        for cell, findings in marked.items():
            if cell not in self._threads:
                before = notes[cell] if cell in notes else there.get(cell)
                notes[cell] = noted(findings, before)
        if notes:
            self._write(notes)
        return [cell for cell in marked if cell in self._threads]

    def _there(self) -> dict[str, CellNote]:
        root, text = self._document.root, self._document.text
        authors = [text(each) for holder in root.all("authors") for each in holder.all("author")]
        notes = {}
        for each in self._comments():
            number, cell = whole(each.get("authorId")), _cell(each)
            author = authors[number] if number is not None and number < len(authors) else ""
            self._runs[cell] = [
                (words, self._as_run(part, words))
                for holder in each.all("text")
                for part in holder.all("r", "t")
                for words in ["".join(text(t) for t in part.walk() if t.name == "t")]
            ]
            notes[cell] = CellNote("".join(words for words, _ in self._runs[cell]), author)
        return notes

    def _as_run(self, part: Element, words: str) -> str:
        """A run of a comment's text as it stands; a plain text as a run."""
        return self._document.raw(part).decode() if part.name == "r" else _run(words, part.prefix)

    def _comments(self) -> list[Element]:
        return [c for holder in self._document.root.all("commentList") for c in holder.children]

    def _write(self, notes: Mapping[str, CellNote | None]) -> None:
        document = self._document
        root = document.root
        authors, added = root.child("authors"), list[str]()
        known = [document.text(each) for each in authors.all("author")] if authors else []
        new_authors = [
            *dict.fromkeys(n.author for n in notes.values() if n and n.author not in known)
        ]
        known += new_authors
        for each in self._comments():
            if _cell(each) in notes:
                document.remove(each)
        for cell, note in notes.items():
            if note is not None:
                text = element(f"{root.prefix}text", inner=self._text(cell, note, root.prefix))
                said = {"ref": cell, "authorId": str(known.index(note.author))}
                added.append(element(f"{root.prefix}comment", said, text))
        said_authors = [element(f"{root.prefix}author", inner=escaped(a)) for a in new_authors]
        _put(document, "authors", said_authors, ("commentList", "extLst"))
        _put(document, "commentList", added, ("extLst",))
        if self._is_new:
            part = self._parts.add("xl/comments{}.xml", document.written(), _COMMENTS_TYPE)
            self._parts.relate(self._name, "comments", part)
        self._draw(notes)

    def _text(self, cell: str, note: CellNote, prefix: str) -> str:
        """The runs of a comment; what somebody else wrote keeps its looks."""
        before = note_before(note) if is_ours(note) else note
        kept = before.text if before else ""
        runs = self._runs.get(cell, [])
        at, size = len(runs), 0
        while at and size < len(kept):
            at -= 1
            size += len(runs[at][0])
        if "".join(words for words, _ in runs[at:]) != kept:
            return _run(note.text, prefix)
        ours = note.text.removesuffix(kept)
        return (_run(ours, prefix) if ours else "") + "".join(raw for _, raw in runs[at:])

    def _draw(self, notes: Mapping[str, CellNote | None]) -> None:
        """Give each comment its box; Excel shows none that has none."""
        name = self._vml()
        content = _REMARK.sub(b"", in_utf8(self._parts.read(name)))
        if _UNREAD.search(content):
            raise BrokenPartError("its comments are not laid out as usual")
        content = _EMPTY.sub(rb"\g<said>></xml>", content)
        places = {place: note for cell, note in notes.items() if (place := position(cell))}
        pieces, at = list[bytes](), 0
        for start, end in shapes(content):
            if _noted(content[start:end]) in places:
                pieces.append(content[at:start])
                at = end
        content = b"".join((*pieces, content[at:]))
        first = max([1024, *map(int, _NUMBER.findall(content))]) + 1
        added = "".join(
            _shape(number, place, note)
            for number, (place, note) in enumerate(places.items(), first)
            if note is not None
        )
        if b'"_x0000_t202"' not in content and b"'_x0000_t202'" not in content:
            added = _SHAPE_TYPE + added
        at = content.rfind(b"</xml>")
        if at < 0:
            raise BrokenPartError("its comments are not laid out as usual")
        self._parts.put(name, content[:at] + added.encode() + content[at:])

    def _vml(self) -> str:
        """The part with the sheet's boxes."""
        walked = self._sheet.root.walk()
        drawn = next((each for each in walked if each.name == "legacyDrawing"), None)
        if drawn is not None:
            wanted = drawn.get("id")
            for relation in self._parts.related(self._name, "vmlDrawing"):
                if relation.id == wanted:
                    return relation.target
            # It leads nowhere, and a sheet has one.
            self._sheet.frame.remove(drawn)
        name = self._parts.add("xl/drawings/vmlDrawing{}.vml", _EMPTY_VML, _VML_TYPE)
        number = self._parts.relate(self._name, "vmlDrawing", name)
        self._sheet.insert("legacyDrawing", **self._parts.pointer(number))
        return name


def _cell(comment: Element) -> str:
    """The cell of a comment; some programs write it in small letters."""
    return (comment.get("ref") or "").upper()


def _noted(shape: bytes) -> tuple[int, int] | None:
    """The row and column of the cell whose comment a shape is the box of."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]), int(column[1])) if _IS_NOTE.search(shape) and row and column else None


def _run(words: str, prefix: str) -> str:
    said = element(f"{prefix}t", {"xml:space": "preserve"}, escaped(words))
    return element(f"{prefix}r", inner=said)


def _put(document: Document, name: str, entries: Sequence[str], after: tuple[str, ...]) -> None:
    """Put entries in behind those of a list, which may not be there."""
    holder = document.root.child(name)
    if holder is not None:
        for each in entries:
            document.append(holder, each)
    elif entries:
        tag = document.root.prefix + name
        document.in_order(document.root, element(tag, inner="".join(entries)), after)


def _shape(number: int, place: tuple[int, int], note: CellNote) -> str:
    row, column = place
    return (
        f'<v:shape xmlns:v="urn:schemas-microsoft-com:vml"'
        f' xmlns:o="urn:schemas-microsoft-com:office:office"'
        f' xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{number}"'
        f' type="#_x0000_t202" style="position:absolute;width:{_WIDTH}pt;height:{note.height}pt;'
        f'z-index:{number - 1023};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        f'<v:fill color2="#ffffe1"/><v:path o:connecttype="none"/>'
        f'<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
