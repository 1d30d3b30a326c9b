"""The cells of a sheet, searched as bytes: some are emptied, live formulas become their results."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape
from itertools import product

from pipeline.outputs.correction.in_place.formulas import IsLive, shown_by_link
from pipeline.outputs.correction.in_place.xml_tree import element, escaped
from pipeline.workbooks.addresses import position
from pipeline.workbooks.details.detail import BrokenPartError

#: A name's prefix, and what stands in a tag behind its name.
PREFIX = rb"""(?:[^\s<>/:="'&]++:)?"""
SAID = rb"""(?:\s(?:[^<>"'/]++|"[^"]*"|'[^']*'|/(?!>))*+)?+"""
_CELL = re.compile(
    rb"<(?P<tag>" + PREFIX + rb"c)(?P<said>" + SAID + rb")(?:/>|>(?P<inner>.*?)</(?P=tag)\s*>)",
    re.DOTALL,
)
_BEGUN = re.compile(rb"<" + PREFIX + rb"c(?=[\s>])")
#: A formula; one that is not laid out as usual is `odd`.
_FORMULA = re.compile(
    rb"<(?P<tag>" + PREFIX + rb"f)(?=[\s/>])"
    rb"(?:(?P<said>" + SAID + rb")(?:/>|>(?P<text>[^<]*)</(?P=tag)\s*>)|(?P<odd>))"
)
_SHARED = re.compile(r"""\bt\s*=\s*["']shared["']""")
_INDEX = re.compile(r"""\bsi\s*=\s*["'](\d+)["']""")
_ARRAY = re.compile(r"""\bt\s*=\s*["']array["']""")
_RANGE = re.compile(r"""\bref\s*=\s*["']([A-Za-z]+\d+:[A-Za-z]+\d+)["']""")
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+\d+)["']""")
#: A result that was not saved; and what says of which type one is.
_NO_RESULT = re.compile(
    rb"\s*(?:<(?P<tag>" + PREFIX + rb"v)(?=[\s/>])" + SAID + rb"(?:/>|></(?P=tag)\s*>)\s*)?(?=</)"
)
_TYPE = re.compile(rb"""\st\s*=\s*(?:"[^"]*"|'[^']*')""")
#: What says that a formula spills over other cells.
_SPILLS = re.compile(rb"""\scm\s*=\s*["']\d+["']""")
#: A formula that stands over more cells than any return has fills none of them.
_MOST_SPILLED = 10_000
#: Bytes from, to, and what takes their place.
Change = tuple[int, int, bytes]


class SheetCells:
    """The cells of a sheet that stand from one byte to another, and what changes in them."""

    def __init__(self, content: bytes, first: int, last: int) -> None:
        self._content, self._first, self._last = content, first, last
        #: Cells that have been emptied, and the formulas that others shared with them, by number.
        self._emptied: list[Change] = []
        self._lent: dict[str, str] = {}
        #: Formulas that have become results, and cells over which these spilled.
        self._stilled: list[Change] = []
        #: The words that a link shows in all cells of a range.
        self._spilled: dict[str, str] = {}
        self.has_fewer_formulas = False
        #: The cells of formulas that have become results, of which none was saved; the empty text
        #: of a cell that does not say where it is.
        self.unknown: list[str] = []

    @property
    def changes(self) -> list[Change]:
        return sorted([*self._emptied, *self._stilled])

    def clear(self, cells: Collection[str], tag: bytes) -> None:
        """Empty cells, and leave them without a style; `tag` is that of a cell."""
        if not cells:
            return
        for cell in _CELL.finditer(self._content, self._first, self._last):
            said = _ADDRESS.search(cell["said"])
            if said is None or said[1].decode() not in cells:
                continue
            self._emptied.append(
                (cell.start(), cell.end(), b"<" + tag + b' r="' + said[1] + b'"/>')
            )
            for formula in _FORMULA.finditer(cell["inner"] or b""):
                self.has_fewer_formulas = True
                if formula["text"]:
                    self._lend(formula)

    def still_formulas(self, is_live: IsLive) -> int:
        """Have live formulas stand as their results; how many there were."""
        if self._content.find(b"si", self._first, self._last) >= 0:
            # Those that share a live one, by its number `si`, may stand before it.
            for formula in self._formulas():
                if _shared(formula) and formula["text"] and is_live(_told(formula["text"])):
                    self._lend(formula)
        number, at = 0, self._first
        for formula in self._formulas():
            text = _told(formula["text"] or b"")
            lent = next((self._lent[each] for each in _shared(formula) if each in self._lent), None)
            if (text and is_live(text)) or lent is not None:
                cell = self._content.rfind(b"<", at, formula.start())
                if cell < 0 or not _BEGUN.match(self._content, cell):
                    raise BrokenPartError("a formula is not laid out as usual")
                self._stilled.append(self._result(cell, formula, text or lent or ""))
                number, at = number + 1, self._stilled[-1][1]
        self.has_fewer_formulas |= number > 0
        self._fill_spilled()
        return number

    def _lend(self, formula: re.Match[bytes]) -> None:
        """Note a formula that others share and that is one no longer."""
        text = _told(formula["text"])
        for number in _shared(formula):
            # Of two with one number nobody knows which is meant.
            self._lent[number] = text if self._lent.get(number, text) == text else ""

    def _result(self, cell: int, formula: re.Match[bytes], text: str) -> Change:
        """What takes the place of a formula, from where its cell begins: nothing beside a result.

        A link without one stands as what it shows, if that is plain.
        """
        said = _SPILLS.sub(b"", self._content[cell : formula.start()])
        nothing = _NO_RESULT.match(self._content, formula.end(), self._last)
        shown = shown_by_link(text) if nothing else None
        span = _span(formula)
        if span and shown is not None:
            self._spilled[span] = shown
        if nothing is None or shown is None:
            if nothing is not None:
                address = _ADDRESS.search(said)
                self.unknown.append(span or (address[1].decode() if address else ""))
            return cell, formula.end(), said
        return cell, nothing.end(), _with_words(said, shown)

    def _fill_spilled(self) -> None:
        """Put what a link shows into the cells over which it spilled, but for those with a result.

        Ranges with cells that are not there, or with very many, are unknown.
        """
        if not self._spilled:
            return
        wanted = dict[tuple[int, int], str]()
        missing = dict[str, int]()
        for span in self._spilled:
            (top, left), (bottom, right) = _corners(span)
            missing[span] = size = (bottom - top + 1) * (right - left + 1)
            if len(wanted) + size <= _MOST_SPILLED:
                rows, columns = range(top, bottom + 1), range(left, right + 1)
                wanted |= dict.fromkeys(product(rows, columns), span)
        begun = {start for start, _, _ in self.changes}
        for cell in _CELL.finditer(self._content, self._first, self._last):
            said = _ADDRESS.search(cell["said"])
            place = position(said[1].decode().upper()) if said else None
            span = wanted.get(place, "") if place else ""
            if not span:
                continue
            missing[span] -= 1
            if cell.start() not in begun and _NO_RESULT.match((cell["inner"] or b"") + b"</"):
                tag = _SPILLS.sub(b"", b"<" + cell["tag"] + cell["said"] + b">")
                content = _with_words(tag, self._spilled[span]) + b"</" + cell["tag"] + b">"
                self._stilled.append((cell.start(), cell.end(), content))
        self.unknown += [span for span, number in missing.items() if number]

    def _formulas(self) -> Iterator[re.Match[bytes]]:
        """The formulas of the cells, but for those that have been emptied."""
        at = self._first
        for start, end, _ in [*self._emptied, (self._last, self._last, b"")]:
            for formula in _FORMULA.finditer(self._content, at, start):
                if formula["odd"] is not None:
                    raise BrokenPartError("a formula is not laid out as usual")
                yield formula
            at = end


def _with_words(tag: bytes, words: str) -> bytes:
    """The first tag of a cell, as one that holds words, and these."""
    prefix = tag[1:].split(maxsplit=1)[0].rstrip(b">").decode()[:-1]
    typed = _TYPE.sub(b"", tag).rstrip().removesuffix(b">").rstrip() + b' t="inlineStr">'
    said = element(f"{prefix}t", {"xml:space": "preserve"}, escaped(words))
    return typed + element(f"{prefix}is", inner=said).encode()


def _told(xml: bytes) -> str:
    """What a stretch of XML without tags says."""
    return unescape(xml.decode("utf-8", "replace"))


def _shared(formula: re.Match[bytes]) -> list[str]:
    """The number of a formula that several cells share, in a list; an empty one of another."""
    said = _told(formula["said"])
    return _INDEX.findall(said) if _SHARED.search(said) else []


def _span(formula: re.Match[bytes]) -> str:
    """The cells over which a formula spills, if they are several."""
    said = _told(formula["said"])
    found = _RANGE.search(said) if _ARRAY.search(said) else None
    span = found[1].upper() if found else ""
    if not span:
        return ""
    first, last = _corners(span)
    return span if first != last else ""


def _corners(span: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last cell of a range. Raises BrokenPartError where there is none."""
    first, last = (position(each) for each in span.split(":"))
    if first is None or last is None:
        raise BrokenPartError("a formula is not laid out as usual")
    return first, last
