"""What stands around a sheet's cells: the headers and footers of its pages, and text boxes.

No figure stands in one: a workbook of which these cannot be read can be read.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from xml.parsers import expat

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import Around, BrokenPartError
from pipeline.workbooks.details.package import Package
from pipeline.workbooks.zip_directory import PACKED_WRONGLY

PAGE, BOX = "page header or footer", "text box"
#: More boxes on a sheet are no return's, and of one so much is looked at.
_MOST, _LONGEST = 200, 2_000

_PAGE_TEXT = re.compile(
    rb"<(?:\w+:)?(odd|first)(?:Header|Footer)(?:\s[^<>]*)?>([^<]*)</", re.IGNORECASE
)
#: The codes of a page's header (ECMA-376 part 1, 18.3.1.46): parts, and what is printed or how.
_PARTS = re.compile(r"&[LCR]")
_CODES = re.compile(
    r'&"[^"]*"|&K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d+)|&\d+|&[BIUESXYOHPNDTGFAZ](?:[+-]\d+)?'
)


def texts_around(package: Package, name: str, content: bytes, start: int) -> list[Around]:
    """What stands around the cells of a sheet of an `.xlsx`, by its part and its bytes.

    `start` is where its rows end; -1 where they do not in the usual way.
    """
    around = list[Around]()
    # It stands near the end, behind all that is to be chosen from in the cells.
    end = content.rfind(b"headerFooter>", start)
    at = content.rfind(b"headerFooter", start, max(end, 0))
    if at >= 0:
        tail = content[at:end]
        has_first = b'differentFirst="1"' in tail or b'differentFirst="true"' in tail
        for kind, said in _PAGE_TEXT.findall(tail):
            if kind == b"odd" or has_first:
                around += on_page(html.unescape(said.decode("utf-8", "replace")))
    if _may_have_boxes(package, name) and content.find(b"drawing ", start) >= 0:
        around += in_boxes(package, name)
    return around


def _may_have_boxes(package: Package, name: str) -> bool:
    """Whether a sheet points at a drawing, or it cannot be read whether it does."""
    try:
        return package.has_related(name, "drawing")
    except (BrokenPartError, *PACKED_WRONGLY):
        return True


def on_page(text: str) -> list[Around]:
    """The parts of a header or footer that say anything, without the codes for what is printed."""
    pieces = text[:_LONGEST].replace("&&", "\0")
    parts = (_CODES.sub(" ", part).replace("\0", "&").strip() for part in _PARTS.split(pieces))
    return [Around(part, PAGE) for part in parts if part]


def in_boxes(package: Package, name: str) -> list[Around]:
    """What the text boxes of a sheet say, by its part; none where they cannot be read."""
    try:
        return [Around(text, BOX) for text in _Boxes(package.related(name, "drawing")).said]
    except BrokenPartError:
        return []


class _Boxes:
    """One pass over a drawing: what each shape says, a line a paragraph."""

    def __init__(self, part: bytes) -> None:
        self.said: list[str] = []
        self._lines: list[list[str]] = []
        self._parser = expat.ParserCreate()
        if b"txBody" in part:
            xml.parse(self._parser, part, self._start, self._end)

    def _start(self, name: str, _: dict[str, str]) -> None:
        match xml.local(name):
            case "sp":
                self._lines = []
            case "p":
                self._lines.append([])
            case "t" if self._lines:
                self._parser.CharacterDataHandler = self._lines[-1].append

    def _end(self, name: str) -> None:
        match xml.local(name):
            case "t":
                self._parser.CharacterDataHandler = None
            case "sp":
                text = "\n".join(map("".join, self._lines)).strip()
                if text and len(self.said) < _MOST:
                    self.said.append(text[:_LONGEST])
                self._lines = []


class MasterPages:
    """One pass over the styles of an `.ods`: what the header and footer of each page say."""

    #: What a program puts in their place when a page is printed.
    _FIELDS = frozenset(
        {"sheet-name", "page-number", "page-count", "date", "time", "title", "file-name"}
    )
    _PARTS = frozenset({"header", "footer", "header-first", "footer-first"})

    def __init__(self, part: bytes) -> None:
        self.said: defaultdict[str, list[Around]] = defaultdict(list)
        self._page, self._part, self._is_field = "", "", False
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        if b"master-page" in part:
            xml.parse(self._parser, part, self._start, self._end)

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        element = xml.local(qualified)
        named = {xml.local(key): value for key, value in attributes.items()}
        if element == "master-page":
            self._page = named.get("name", "")
        elif self._page and element in self._PARTS and named.get("display") != "false":
            self._part = element
        elif self._part and element == "p":
            self._text = []
            self._parser.CharacterDataHandler = self._take
        elif element in self._FIELDS:
            self._is_field = True
        elif self._part and element in ("s", "tab"):
            self._text.append(" ")

    def _take(self, text: str) -> None:
        if not self._is_field:
            self._text.append(text)

    def _end(self, qualified: str) -> None:
        element = xml.local(qualified)
        if element == "p" and self._part:
            self._parser.CharacterDataHandler = None
            if text := "".join(self._text).strip():
                self.said[self._page].append(Around(text[:_LONGEST], PAGE))
        elif element == self._part:
            self._part = ""
        elif element == "master-page":
            self._page = ""
        elif element in self._FIELDS:
            self._is_field = False
