"""XML changed in place: what is not touched stays byte for byte.

An element knows at which bytes it stands; a change is a stretch of bytes and what takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import BrokenPartError


class Element:
    """An element, and the bytes that it stands at: `start` to `end`, within its tags `inner`."""

    __slots__ = ("attributes", "children", "close", "end", "inner", "name", "start", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], start: int) -> None:
        self.tag, self.attributes, self.start = tag, attributes, start
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
        yield self
        for child in self.children:
            yield from child.walk()

    def get(self, name: str) -> str | None:
        """An attribute, whatever the prefix of its namespace."""
        return next((v for key, v in self.attributes.items() if xml.local(key) == name), None)


class Document:
    """A part's XML, and the changes to be made in it.

    Raises BrokenPartError where the part is malformed, declares entities or is not in UTF-8.
    """

    def __init__(self, content: bytes) -> None:
        if not is_utf8(content):
            raise BrokenPartError("it is not in UTF-8")
        self._content = content
        self._changes: list[tuple[int, int, str]] = []
        #: Elements whose attributes change, and those that get something behind their children.
        self._set: set[Element] = set()
        self._appended: dict[Element, list[str]] = {}
        self.root = _parsed(content)

    def text(self, element: Element) -> str:
        """The text between an element's tags, references resolved; that of its children too."""
        if element.close is None:
            return ""
        return _text(self._content[element.inner : element.close])

    def raw(self, element: Element) -> bytes:
        """An element as it stands."""
        return self._content[element.start : element.end]

    def replace(self, element: Element, instead: str = "") -> None:
        """Put something in the place of an element, or nothing."""
        self._changes.append((element.start, element.end, instead))

    def set(self, element: Element, **attributes: str | None) -> None:
        """Set attributes of an element, or take them out where they are None."""
        kept = {k: v for k, v in element.attributes.items() if xml.local(k) not in attributes}
        kept |= {key: value for key, value in attributes.items() if value is not None}
        element.attributes = kept
        self._set.add(element)

    def append(self, parent: Element, added: str) -> None:
        """Put something in behind an element's children."""
        self._appended.setdefault(parent, []).append(added)

    def before(self, element: Element, added: str) -> None:
        """Put something in front of an element."""
        self._changes.append((element.start, element.start, added))

    def in_order(self, parent: Element, added: str, after: tuple[str, ...]) -> None:
        """Put something in among an element's children, in front of the first of these names."""
        follower = next((child for child in parent.children if child.name in after), None)
        if follower is None:
            self.append(parent, added)
        else:
            self.before(follower, added)

    @property
    def is_changed(self) -> bool:
        return bool(self._changes or self._set or self._appended)

    def written(self) -> bytes:
        """The part with all changes made."""
        pieces, at = list[bytes](), 0
        # What is put in at one place stays in the order in which it was.
        for start, end, instead in sorted([*self._changes, *self._of_tags()], key=_place):
            if start < at:
                # It stands within what is replaced already.
                continue
            pieces += self._content[at:start], instead.encode()
            at = end
        return b"".join((*pieces, self._content[at:]))

    def _of_tags(self) -> Iterator[tuple[int, int, str]]:
        """The changes to elements' own tags, and what is put in behind their children."""
        for each in {*self._set, *self._appended}:
            added = "".join(self._appended.get(each, ()))
            if each.close is None:
                said = _tag(each, ">") + f"{added}</{each.tag}>" if added else _tag(each, "/>")
                yield each.start, each.end, said
                continue
            if each in self._set:
                yield each.start, each.inner, _tag(each, ">")
            if added:
                yield each.close, each.close, added


def _place(change: tuple[int, int, str]) -> tuple[int, int]:
    return change[:2]


def is_utf8(content: bytes) -> bool:
    """Whether a part's XML is in UTF-8, by its declaration."""
    head = content[:200]
    declared = head[: head.find(b"?>")].lower() if b"<?xml" in head else b""
    return b"\0" not in head and (b"encoding" not in declared or b"utf-8" in declared)


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

    def settle() -> None:
        nonlocal begun
        if begun is not None:
            begun.inner = parser.CurrentByteIndex
            begun = None

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal begun, root
        settle()
        begun = Element(tag, attributes, parser.CurrentByteIndex)
        if open_:
            open_[-1].children.append(begun)
        else:
            root = begun
        open_.append(begun)

    def on_end(_: str) -> None:
        nonlocal begun
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
    assert root is not None  # noqa: S101 - what has been parsed has one
    return root
