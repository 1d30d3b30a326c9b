"""The looks that a correction copy adds to a workbook's own styles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.outputs.correction.in_place.xml_tree import Document, Element, element
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.details.xml import whole
from pipeline.workbooks.tags import HEADING, HEADING_ID

#: The order in which Excel wants the parts of its styles (ECMA-376 part 1, 18.8.39).
_ORDER = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"),
    *("tableStyles", "colors", "extLst"),
)
_TAG = re.compile(r"<(/?)(?=[A-Za-z])")
#: What a style of cells points at, with the list that holds it.
_POINTERS = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}


class Styles:
    """A workbook's styles, with others put in behind its own."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._root = document.root
        #: How many entries each list has by now.
        self._counts: dict[str, int] = {}

    def add_formats(self, formats: Sequence[str]) -> int:
        """Add differential formats, XML without a prefix; the index of the first comes back."""
        return self._add("dxfs", formats)

    def add_cells_of(self, other: Document) -> list[int]:
        """Add the styles of another workbook's cells; the index that each of them has here."""
        offsets = {
            name: self._add(name, [_raw(other, each) for each in entries.children])
            for name in _POINTERS.values()
            if (entries := other.root.child(name))
        }
        styles = []
        theirs = _heading_of(other.root)
        heading = self._heading() if theirs else "0"
        for style in (other.root.child("cellXfs") or other.root).all("xf"):
            said = dict(style.attributes)
            said["xfId"] = heading if theirs and style.get("xfId") == theirs else "0"
            for pointer, name in _POINTERS.items():
                said[pointer] = str(int(said.get(pointer, "0")) + offsets[name])
            inner = "".join(_raw(other, child) for child in style.children)
            said |= {f"apply{part}": "1" for part in ("Font", "Fill", "Border")}
            styles.append(element("xf", said, inner))
        first = self._add("cellXfs", styles)
        return list(range(first, first + len(styles)))

    def _heading(self) -> str:
        """The number of the style of titles, put in where there is none; of the plain one else."""
        known, there = _heading_of(self._root), self._root.child("cellStyleXfs")
        if known is not None or there is None:
            at = whole(known)
            # Excel takes a style that is not there for damage.
            is_there = at is not None and there is not None and at < len(there.children)
            return str(at) if is_there else "0"
        plain = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0"}
        number = str(self._add("cellStyleXfs", [element("xf", plain, "")]))
        named = {"name": HEADING, "xfId": number, "builtinId": str(HEADING_ID)}
        self._add("cellStyles", [element("cellStyle", named, "")])
        return number

    def _add(self, name: str, entries: Sequence[str]) -> int:
        """Put entries in behind those of a list; the index of the first comes back."""
        prefix = self._root.prefix
        said = "".join(_TAG.sub(rf"<\1{prefix}", entry) for entry in entries)
        holder = self._root.child(name)
        if len(self._root.all(name)) > 1:
            raise BrokenPartError("its looks are not laid out as usual")
        if holder is None:
            made = element(f"{prefix}{name}", {"count": str(len(entries))}, said)
            self._document.in_order(self._root, made, _ORDER[_ORDER.index(name) + 1 :])
            return 0
        first = self._counts.get(name, len(holder.children))
        self._counts[name] = first + len(entries)
        self._document.set(holder, count=str(self._counts[name]))
        self._document.append(holder, said)
        return first


def _heading_of(root: Element) -> str | None:
    """The number of a workbook's style of titles."""
    named = root.child("cellStyles")
    for style in named.all("cellStyle") if named else ():
        if style.get("builtinId") == str(HEADING_ID) or style.get("name") == HEADING:
            return style.get("xfId")
    return None


def _raw(document: Document, part: Element) -> str:
    return document.raw(part).decode()
