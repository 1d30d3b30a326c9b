"""A sheet of a workbook, changed in place: marks, and what stands around its cells.

The cells are the bulk of a sheet: they are searched as bytes, and only what stands around them is
read as XML.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from pipeline.outputs.correction.in_place.parts import Piece, Rewrite
from pipeline.outputs.correction.in_place.sheet_cells import PREFIX, SAID, Change, SheetCells
from pipeline.outputs.correction.in_place.xml_tree import Document, element, escaped, in_utf8
from pipeline.outputs.correction.notes import AUTHOR
from pipeline.workbooks.addresses import address, position
from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import BrokenPartError

#: The order in which Excel wants what follows a sheet's cells (ECMA-376 part 1, 18.3.1.99).
_ORDER = (
    *("sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter"),
    *("sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr"),
    *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches"),
    *("ignoredErrors", "smartTags", "drawing", "drawingHF", "legacyDrawing", "legacyDrawingHF"),
    *("picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"),
)
_BEGIN = re.compile(rb"<" + PREFIX + rb"sheetData" + SAID + rb"(/?)>")
_END = re.compile(rb"</" + PREFIX + rb"sheetData\s*>")
#: Notes, instructions to programs, and text that stands as it is.
_NOT_PLAIN = re.compile(rb"<!--.*?-->|<\?(?!xml\s).*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
#: Excel counts the priorities of rules so far.
_LAST_PRIORITY = 2**31 - 10
#: N of any text is 0: always true, and by the text we know the rule as ours.
MARKED = f'N("{AUTHOR}")'
HIGHLIGHT = f"{MARKED}=0"


class SheetPart:
    """A worksheet's part. Raises BrokenPartError where it is not laid out as sheets are."""

    def __init__(self, content: bytes) -> None:
        plain = _plain(content)
        self._is_plain = plain is content
        self._content = content = plain
        begin = _BEGIN.search(content)
        if len(_BEGIN.findall(content)) > 1:
            raise BrokenPartError("a sheet is not laid out as usual")
        self._is_blank = begin is None or bool(begin[1])
        #: Where the cells stand.
        self._first = self._last = begin.end() if begin else len(content)
        if not self._is_blank:
            *_, end = [None, *_END.finditer(content, self._first)]
            if end is None:
                raise BrokenPartError("a sheet has no end")
            self._last = end.start()
        #: What stands around them.
        self.frame = Document(content[: self._first] + content[self._last :])
        self.root = self.frame.root
        self.cells = SheetCells(content, self._first, self._last)

    @property
    def is_changed(self) -> bool:
        return self.frame.is_changed or bool(self.cells.changes)

    def rewrite(self) -> Rewrite:
        """How the part is written anew; it holds no cells but those that differ."""
        frame = self.frame.written()
        if self._is_blank:
            return lambda _: [frame]
        begin = _BEGIN.search(frame)
        assert begin is not None  # noqa: S101 - the frame has kept it
        first = 0, self._first, frame[: begin.end()]
        last = self._last, len(self._content), frame[begin.end() :]
        return partial(_rewritten, [first, *self.cells.changes, last], is_plain=self._is_plain)

    def insert(self, name: str, inner: str = "", **attributes: str) -> None:
        """Put an element in where Excel expects one of its name."""
        tag = self.root.prefix + name
        after = _ORDER[_ORDER.index(name) + 1 :]
        self.frame.in_order(self.root, element(tag, attributes, inner), after)

    def unselect(self) -> None:
        """Leave the sheet unselected: two selected sheets are a group, typed into as one."""
        for views in self.root.all("sheetViews"):
            for view in views.children:
                if view.get("tabSelected") not in (None, "0", "false"):
                    self.frame.set(view, tabSelected=None)

    def clear(self, cells: Collection[str]) -> None:
        """Empty cells, and leave them without a style."""
        self.cells.clear(cells, self.root.prefix.encode() + b"c")

    # --- Marks ---

    def unmark(self) -> None:
        """Take off the highlights of an earlier correction copy."""
        for formatting in self.root.all("conditionalFormatting"):
            for rule in formatting.all("cfRule"):
                if MARKED in self.frame.text(rule):
                    self.frame.remove(rule)
        for ranges in self.root.all("protectedRanges"):
            for each in ranges.children:
                if each.get("name") == AUTHOR:
                    self.frame.remove(each)

    def highlight(self, cells: Sequence[tuple[Sequence[str], int]]) -> None:
        """Highlight cells, each group in a style of `dxfs`; the first is painted over the others.

        A highlight is a conditional format that is always true, so the cell's own looks stay
        untouched beneath it and come back when it goes.
        """
        # Ours come first, or a rule of the return's own could paint over them.
        shift_priorities(self.frame, "cfRule", len(cells))
        prefix = self.root.prefix
        added = []
        for priority, (addresses, style) in enumerate(cells, 1):
            if addresses:
                formula = element(f"{prefix}formula", inner=escaped(HIGHLIGHT))
                said = {"type": "expression", "dxfId": str(style), "priority": str(priority)}
                rule_ = element(f"{prefix}cfRule", said, formula)
                added.append(
                    element(f"{prefix}conditionalFormatting", {"sqref": " ".join(addresses)}, rule_)
                )
        names = _ORDER[_ORDER.index("conditionalFormatting") :]
        self.frame.in_order(self.root, "".join(added), names)

    def priorities_gone(self) -> set[str]:
        """The priorities of rules that were of a pivot table too and have been taken out."""
        return {
            rule.get("priority") or ""
            for rule in self.root.walk()
            if rule.name == "cfRule"
            and self.frame.is_gone(rule)
            and rule.parent is not None
            and rule.parent.get("pivot") in ("1", "true")
        }

    def unlock(self, cells: Sequence[str]) -> None:
        """Let cells of a protected sheet be typed in."""
        protection = self.root.child("sheetProtection")
        if protection is None or protection.get("sheet") not in ("1", "true"):
            return
        said = {"sqref": " ".join(cells), "name": AUTHOR}
        added = element(f"{self.root.prefix}protectedRange", said)
        kept = [e for e in self.root.all("protectedRanges") if not self.frame.is_gone(e)]
        if kept:
            self.frame.append(kept[0], added)
        else:
            self.insert("protectedRanges", added)

    def holders(self, cells: Iterable[str]) -> dict[str, str]:
        """The address, for each of these, of the merged cell which covers it; its own otherwise."""
        held = {cell: cell for cell in cells}
        by_row = sorted((*place, cell) for cell in held if (place := position(cell)))
        for ranges in self.root.all("mergeCells"):
            for each in ranges.children:
                first, _, last = (each.get("ref") or "").partition(":")
                one, other = position(first), position(last or first)
                if not one or not other:
                    continue
                at = bisect_left(by_row, (one[0],))
                for row, column, cell in islice(by_row, at, None):
                    if row > other[0]:
                        break
                    if one[1] <= column <= other[1]:
                        held[cell] = address(*one)
        return held


def shift_priorities(document: Document, name: str, by: int) -> None:
    """Put the rules of conditional formats, which have this name, behind so many others."""
    for rule in document.root.walk():
        own = xml.whole(rule.get("priority")) if rule.name == name else None
        if own is not None and own < _LAST_PRIORITY:
            document.set(rule, priority=str(own + by))


def drop_formats(document: Document, priorities: Collection[str]) -> None:
    """Take out the formats of a pivot table which stand on its sheet as rules of these."""
    for each in document.root.walk():
        if each.name == "conditionalFormat" and each.get("priority") in priorities:
            document.remove(each)


def _plain(content: bytes) -> bytes:
    """A sheet in UTF-8, without notes, instructions to programs and text that stands as it is."""
    content = in_utf8(content)
    return _NOT_PLAIN.sub(_plainly, content) if _NOT_PLAIN.search(content) else content


def _rewritten(
    changes: Sequence[Change], blocks: Iterable[bytes], *, is_plain: bool
) -> Iterator[Piece]:
    """A sheet from its bytes as they came, with what takes the place of some, in their order."""
    done = at = number = 0
    for block in blocks if is_plain else [_plain(b"".join(blocks))]:
        view, end = memoryview(block), at + len(block)
        while done < end:
            start, stop, instead = changes[number] if number < len(changes) else (end, end, b"")
            if start > done or number == len(changes):
                yield view[done - at : min(start, end) - at]
                done = min(start, end)
            else:
                yield instead
                done, number = stop, number + 1
        at = end
    yield from (instead for _, _, instead in changes[number:])


def _plainly(match: re.Match[bytes]) -> bytes:
    """Text that stood as it is, escaped; nothing in the place of anything else."""
    return escaped((match[1] or b"").decode("utf-8", "replace")).encode()
