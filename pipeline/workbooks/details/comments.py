"""The comments of a sheet's cells, as `.xlsx` and `.xlsm` workbooks keep them."""

from __future__ import annotations

from xml.parsers import expat

from pipeline.workbooks.addresses import position
from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import BrokenPartError, Place
from pipeline.workbooks.details.package import Package


def comments_of(package: Package, sheet: str) -> dict[Place, str]:
    """What the comments of a sheet's part say, by cell; none of a part that is broken.

    No figure stands in one: a workbook whose comments cannot be read can be read.
    """
    if not package.has_comments:
        return {}
    try:
        part = package.related(sheet, "comments")
        return _Walk(part).said if part else {}
    except BrokenPartError:
        return {}


class _Walk:
    """One pass over a part of comments (ECMA-376 part 1, 18.7)."""

    def __init__(self, part: bytes) -> None:
        self.said: dict[Place, str] = {}
        self._place: Place | None = None
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        xml.parse(self._parser, part, self._start, self._end)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match xml.local(name):
            case "comment":
                self._place, self._text = position(attributes.get("ref", "")), []
            case "t" if self._place:
                self._parser.CharacterDataHandler = self._text.append

    def _end(self, name: str) -> None:
        match xml.local(name):
            case "comment" if self._place:
                self.said[self._place] = "".join(self._text).strip()
                self._place = None
            case "t":
                self._parser.CharacterDataHandler = None
