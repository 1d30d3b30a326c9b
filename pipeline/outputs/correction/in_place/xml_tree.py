"""XML changed in place: what is not touched stays byte for byte.

An element knows at which bytes it stands; a change is a stretch of bytes and what takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import BrokenPartError

#: What holds a shape where it stands on a sheet; its size may be said besides.
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
#: Elements that go with the last of what they hold.
_LISTS = {
    *("hyperlinks", "dataValidations", "conditionalFormatting", "conditionalFormattings"),
    *("protectedRanges", "oleObjects", "controls", "sparklines", "sparklineGroup"),
    *("sparklineGroups", "dataRefs", "dataConsolidate", "webPublishItems", "webPublishObjects"),
    *("externalReferences", "definedNames", "AlternateContent", "Choice", "ext", "extLst"),
    *("graphicData", "graphic", "graphicFrame", "conditionalFormats", "tableParts", *_ANCHORS),
}
#: What such an element says besides, which is nothing without the rest.
_BESIDES = re.compile(
    "sqref|f|Fallback|extLst|color[A-Z].*|nvGraphicFramePr|xfrm|from|to|pos|clientData"
)
#: Where a chart or a pivot table keeps the words and figures that it shows, and as what. No element
#: is made of one: they may be many.
_CACHES = {"numCache", "strCache", "multiLvlStrCache", "sharedItems"}
_CACHED = {"pt", "lvl", "b", "d", "e", "m", "n", "s", "x"}
_DECLARED = re.compile(
    rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?\bencoding\s*=\s*["']([\w.-]+)["'][^>]*\?>"""
)
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->)|<![^>]*+>)*+<([^\s/>]+)", re.DOTALL
)
#: What is put into a part may be in none of these.
_OTHERS = {
    *("utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"),
    *("utf-16", "utf-16le", "utf-16be"),
}


class Element:
    """An element, and the bytes that it stands at: `start` to `end`, within its tags `inner`."""

    __slots__ = (
        "attributes",
        "children",
        "close",
        "end",
        "inner",
        "name",
        "parent",
        "start",
        "tag",
    )

    def __init__(
        self, tag: str, attributes: dict[str, str], start: int, parent: Element | None = None
    ) -> None:
        self.tag, self.attributes, self.start, self.parent = tag, attributes, start, parent
        self.name = xml.local(tag)
        self.children: list[Element] = []
        #: Where its first tag ends, where its last one begins (None: it has one), where it ends.
        self.inner = self.end = start
        self.close: int | None = None

    @property
    def prefix(self) -> str:
        """What stands before the names of its namespace, such as `x:`."""
        return self.tag[: len(self.tag) - len(self.name)]

    def child(self, name: str) -> Element | None:
        """The first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, *names: str) -> list[Element]:
        """The children of these names."""
        return [child for child in self.children if child.name in names]

    def walk(self) -> Iterator[Element]:
        """It and all that is within it, in the order of the document."""
        waiting = [self]
        while waiting:
            each = waiting.pop()
            yield each
            waiting.extend(reversed(each.children))

    def get(self, name: str) -> str | None:
        """An attribute, whatever the prefix of its namespace."""
        return next((v for key, v in self.attributes.items() if xml.local(key) == name), None)


class Document:
    """A part's XML, and the changes to be made in it.

    Raises BrokenPartError where the part is malformed, declares entities or is in an encoding that
    is unusual.
    """

    def __init__(self, content: bytes) -> None:
        self._content = in_utf8(content)
        #: Bytes from, to, and what takes their place; of what is put in at one place the lower rank
        #: stands first.
        self._changes: list[tuple[int, int, int, str]] = []
        self._gone: set[Element] = set()
        #: How much is left of what lists hold.
        self._kept: dict[Element, int] = {}
        #: Elements whose attributes change, and those that get something behind their children.
        self._set: set[Element] = set()
        self._appended: dict[Element, list[tuple[int, str]]] = {}
        self.root = _parsed(self._content)

    def text(self, element: Element) -> str:
        """The text between an element's tags, references resolved; that of its children too."""
        if element.close is None:
            return ""
        return _text(self._content[element.inner : element.close])

    def formula(self, element: Element) -> str:
        """The text of a formula. Raises BrokenPartError where elements stand within it."""
        if element.children:
            raise BrokenPartError("a formula is not laid out as usual")
        return self.text(element)

    def raw(self, element: Element) -> bytes:
        """An element as it stands."""
        return self._content[element.start : element.end]

    def is_gone(self, element: Element) -> bool:
        """Whether an element itself has been taken out."""
        return element in self._gone

    def replace(self, element: Element, instead: str) -> None:
        """Put something in the place of an element."""
        self._changes.append((element.start, element.end, 0, instead))

    def remove(self, element: Element) -> None:
        """Take an element out, and a list of which it was the last; a list's count follows."""
        if element in self._gone:
            return
        self._gone.add(element)
        self.replace(element, "")
        parent = element.parent
        if parent is None or _is_beside(element, parent):
            return
        if parent not in self._kept:
            self._kept[parent] = sum(not _is_beside(c, parent) for c in parent.children)
        self._kept[parent] -= 1
        if parent.name in _LISTS and not self._kept[parent]:
            self.remove(parent)
        elif parent.get("count"):
            self.set(parent, count=str(self._kept[parent]))

    def set(self, element: Element, **attributes: str | None) -> None:
        """Set attributes of an element, or take them out where they are None."""
        kept = {k: v for k, v in element.attributes.items() if xml.local(k) not in attributes}
        kept |= {key: value for key, value in attributes.items() if value is not None}
        element.attributes = kept
        self._set.add(element)

    def append(self, parent: Element, added: str, rank: int = 0) -> None:
        """Put something in behind an element's children."""
        self._appended.setdefault(parent, []).append((rank, added))

    def before(self, element: Element, added: str, rank: int = 0) -> None:
        """Put something in front of an element."""
        self._changes.append((element.start, element.start, rank, added))

    def in_order(self, parent: Element, added: str, after: tuple[str, ...]) -> None:
        """Put something in among an element's children, in front of the first of these names."""
        # The more may follow it, the further in front it belongs.
        rank = -len(after)
        follower = next((child for child in parent.children if _stands_for(child, after)), None)
        if follower is None:
            self.append(parent, added, rank)
        else:
            self.before(follower, added, rank)

    @property
    def is_changed(self) -> bool:
        return bool(self._changes or self._set or self._appended)

    def written(self) -> bytes:
        """The part with all changes made."""
        pieces, at = list[bytes](), 0
        for start, end, _, instead in sorted([*self._changes, *self._of_tags()], key=_place):
            if start < at:
                # It stands within what is replaced already.
                continue
            pieces += self._content[at:start], instead.encode()
            at = end
        return b"".join((*pieces, self._content[at:]))

    def _of_tags(self) -> Iterator[tuple[int, int, int, str]]:
        """The changes to elements' own tags, and what is put in behind their children."""
        for each in {*self._set, *self._appended}:
            ranked = sorted(self._appended.get(each, ()), key=lambda entry: entry[0])
            added = "".join(text for _, text in ranked)
            if each.close is None:
                said = _tag(each, ">") + f"{added}</{each.tag}>" if added else _tag(each, "/>")
                yield each.start, each.end, 1, said
                continue
            if each in self._set:
                yield each.start, each.inner, 1, _tag(each, ">")
            if added:
                yield each.close, each.close, 1, added


def _is_beside(child: Element, parent: Element) -> bool:
    """Whether an element is nothing without its siblings."""
    is_size = child.name == "ext" and parent.name in _ANCHORS
    return is_size or _BESIDES.fullmatch(child.name) is not None


def _place(change: tuple[int, int, int, str]) -> tuple[int, bool, int, int]:
    """What is put in stands in front of what it is put before; the larger stretch goes first."""
    start, end, rank, _ = change
    return start, end > start, -end, rank


def _stands_for(child: Element, names: tuple[str, ...]) -> bool:
    """Whether an element has one of these names, or is a choice of such."""
    if child.name != "AlternateContent":
        return child.name in names
    return any(each.name in names for choice in child.children for each in choice.children)


def in_utf8(content: bytes) -> bytes:
    """A part's XML in UTF-8, whatever it was in; as it is where it was.

    Raises BrokenPartError where it is in an encoding that is unusual.
    """
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    declared = _DECLARED.search(content)
    encoding = "utf-16" if is_wide else declared[1].decode().lower() if declared else "utf-8"
    if encoding == "utf-8" and b"\0" not in content[:4]:
        return content
    if encoding not in _OTHERS or (encoding.startswith("utf-16") and not is_wide):
        raise BrokenPartError("a part is in an unusual encoding")
    try:
        said = content.decode(encoding).encode()
    except ValueError as error:
        raise BrokenPartError("a part is not in the encoding that it says") from error
    return _DECLARED.sub(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', said)


def root_of(content: bytes) -> str:
    """The name of the element that holds all of a part's XML; empty of a part that is no XML."""
    is_xml = content.lstrip()[:1] in (b"<", b"\xef", b"\xff", b"\xfe") or content[:2] == b"\0<"
    said = in_utf8(content) if is_xml else b""
    found = _ROOT.match(said)
    return xml.local(found[1].decode("utf-8", "replace")) if found else ""


def element(tag: str, attributes: dict[str, str] | None = None, inner: str = "") -> str:
    """An element as text; `inner` is XML already."""
    said = "".join(f" {key}={quoteattr(value)}" for key, value in (attributes or {}).items())
    return f"<{tag}{said}>{inner}</{tag}>" if inner else f"<{tag}{said}/>"


def _tag(of: Element, ending: str) -> str:
    said = "".join(f" {key}={quoteattr(value)}" for key, value in of.attributes.items())
    return f"<{of.tag}{said}{ending}"


def escaped(text: str) -> str:
    """Text as it stands between tags."""
    return escape(text)


def _text(content: bytes) -> str:
    parts: list[str] = []
    parser = expat.ParserCreate("UTF-8")
    parser.CharacterDataHandler = parts.append
    xml.parse(parser, b"<t>" + content + b"</t>", lambda *_: None)
    return "".join(parts)


def _parsed(content: bytes) -> Element:
    parser = expat.ParserCreate()
    root: Element | None = None
    open_: list[Element] = []
    #: The element whose first tag has been seen and not yet the place where that ends.
    begun: Element | None = None
    #: How far within what is cached the parser is.
    depth = 0

    def settle() -> None:
        nonlocal begun
        if begun is not None:
            begun.inner = parser.CurrentByteIndex
            begun = None

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal begun, depth, root
        settle()
        if depth or (open_ and open_[-1].name in _CACHES and xml.local(tag) in _CACHED):
            depth += 1
            return
        parent = open_[-1] if open_ else None
        begun = Element(tag, attributes, parser.CurrentByteIndex, parent)
        if parent is not None:
            parent.children.append(begun)
        else:
            root = begun
        open_.append(begun)

    def on_end(_: str) -> None:
        nonlocal begun, depth
        if depth:
            depth -= 1
            return
        at, ended = parser.CurrentByteIndex, open_.pop()
        if begun is ended and content[at - 2 : at] == b"/>":
            # A tag that ends itself: the parser stands behind it.
            ended.inner = ended.end = at
            begun = None
            return
        settle()
        ended.close, ended.end = at, content.index(b">", at) + 1

    parser.CharacterDataHandler = parser.DefaultHandler = lambda _: settle()
    parser.CommentHandler = lambda _: settle()
    parser.ProcessingInstructionHandler = lambda *_: settle()
    xml.parse(parser, content, on_start, on_end)
    parser.CharacterDataHandler = parser.DefaultHandler = None
    parser.CommentHandler = parser.ProcessingInstructionHandler = None
    assert root is not None  # noqa: S101 - what has been parsed has one
    return root
