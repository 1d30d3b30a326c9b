"""A sheet of a workbook, changed in place: marks, formulas that become results, what is taken out.

The cells are the bulk of a sheet: they are searched as bytes, and only what stands around them is
read as XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipeline.outputs.correction.in_place.xml_tree import Document, Element, element, escaped
from pipeline.outputs.correction.notes import AUTHOR
from pipeline.workbooks.addresses import address, position
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
_BEGIN = re.compile(rb"<(?:[\w.-]+:)?sheetData(?:\s[^<>]*)?(/?)>")
_END = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")
_FORMULA = re.compile(
    rb"<(?P<tag>(?:[\w.-]+:)?f)(?P<said>(?:\s[^<>]*?)?)(?:/>|>(?P<text>[^<]*)</(?P=tag)\s*>)"
)
_SHARED = re.compile(rb'\bt="shared"')
_INDEX = re.compile(rb'\bsi="(\d+)"')
#: N of any text is 0: always true, and by the text we know the rule as ours.
MARKED = f'N("{AUTHOR}")'
HIGHLIGHT = f"{MARKED}=0"


class SheetPart:
    """A worksheet's part. Raises BrokenPartError where it is not laid out as sheets are."""

    def __init__(self, content: bytes) -> None:
        begin = _BEGIN.search(content)
        if begin is None or len(_BEGIN.findall(content)) > 1:
            raise BrokenPartError("a sheet is not laid out as usual")
        self._is_blank = bool(begin[1])
        last = begin.end()
        if not self._is_blank:
            *_, end = [None, *_END.finditer(content, begin.end())]
            if end is None:
                raise BrokenPartError("a sheet has no end")
            last = end.start()
        #: What stands between the tags of the cells.
        self._cells = content[begin.end() : last]
        if b"<!" in self._cells:
            # What stands in a note, or as it is, is no cell.
            raise BrokenPartError("a sheet is not laid out as usual")
        #: What stands around them.
        self.frame = Document(content[: begin.end()] + content[last:])
        self.root = self.frame.root
        self._has_new_cells = False

    @property
    def is_changed(self) -> bool:
        return self.frame.is_changed or self._has_new_cells

    def written(self) -> bytes:
        frame = self.frame.written()
        if self._is_blank:
            return frame
        begin = _BEGIN.search(frame)
        assert begin is not None  # noqa: S101 - the frame has kept it
        return frame[: begin.end()] + self._cells + frame[begin.end() :]

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

    # --- Formulas ---

    def still_formulas(self, is_live: Callable[[bytes], bool]) -> int:
        """Have live formulas stand as their results; how many there were."""
        if b"<f" not in self._cells and b":f" not in self._cells:
            return 0
        shared: set[bytes] = set()
        for match in _FORMULA.finditer(self._cells):
            if match["text"] and _SHARED.search(match["said"]) and is_live(match["text"]):
                shared.update(_INDEX.findall(match["said"]))
        stilled = 0

        def take(match: re.Match[bytes]) -> bytes:
            nonlocal stilled
            is_of_live = not shared.isdisjoint(_INDEX.findall(match["said"]))
            if (is_of_live and _SHARED.search(match["said"])) or (
                match["text"] and is_live(match["text"])
            ):
                stilled += 1
                return b""
            return match[0]

        cells = _FORMULA.sub(take, self._cells)
        if stilled:
            self._cells, self._has_new_cells = cells, True
        return stilled

    def clear(self, cell: str) -> None:
        """Empty a cell, and leave it without a style."""
        name = re.escape(cell.encode())
        pattern = re.compile(
            rb"<(?P<tag>(?:[\w.-]+:)?c)\s(?=[^<>]*\br=\"" + name + rb"\")"
            rb"(?:[^<>]*/>|[^<>]*>.*?</(?P=tag)\s*>)",
            re.DOTALL,
        )
        tag = self.root.prefix.encode() + b"c"
        cells, found = pattern.subn(b"<" + tag + b' r="' + cell.encode() + b'"/>', self._cells)
        if found:
            self._cells, self._has_new_cells = cells, True

    # --- Marks ---

    def unmark(self) -> None:
        """Take off the highlights of an earlier correction copy."""
        for formatting in self.root.all("conditionalFormatting"):
            rules = formatting.all("cfRule")
            ours = [rule for rule in rules if MARKED in self.frame.text(rule)]
            for each in [formatting] if ours and len(ours) == len(rules) else ours:
                self.frame.replace(each)
        for ranges in self.root.all("protectedRanges"):
            ours = [each for each in ranges.children if each.get("name") == AUTHOR]
            for each in [ranges] if ours and len(ours) == len(ranges.children) else ours:
                self.frame.replace(each)

    def highlight(self, cells: Sequence[tuple[Sequence[str], int]]) -> None:
        """Highlight cells, each group in a style of `dxfs`; the first is painted over the others.

        A highlight is a conditional format that is always true, so the cell's own looks stay
        untouched beneath it and come back when it goes.
        """
        # Ours come first, or a rule of the return's own could paint over them.
        for rule in self.root.walk():
            own = rule.get("priority") if rule.name == "cfRule" else None
            if own and own.lstrip("-").isdigit():
                self.frame.set(rule, priority=str(int(own) + len(cells)))
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

    def unlock(self, cells: Sequence[str]) -> None:
        """Let cells of a protected sheet be typed in."""
        protection = self.root.child("sheetProtection")
        if protection is None or protection.get("sheet") not in ("1", "true"):
            return
        said = {"sqref": " ".join(cells), "name": AUTHOR}
        added = element(f"{self.root.prefix}protectedRange", said)
        kept = [each for each in self.root.all("protectedRanges") if not self._is_ours(each)]
        if kept:
            self.frame.append(kept[0], added)
        else:
            self.insert("protectedRanges", added)

    @staticmethod
    def _is_ours(ranges: Element) -> bool:
        return all(each.get("name") == AUTHOR for each in ranges.children)

    def holder(self, cell: str) -> str:
        """The address itself, or that of the merged cell which covers it."""
        place = position(cell)
        for ranges in self.root.all("mergeCells"):
            for each in ranges.children:
                first, _, last = (each.get("ref") or "").partition(":")
                one, other = position(first), position(last or first)
                if (
                    place
                    and one
                    and other
                    and one[0] <= place[0] <= other[0]
                    and one[1] <= place[1] <= other[1]
                ):
                    return address(*one)
        return cell
