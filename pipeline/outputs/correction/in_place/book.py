"""The part of a package that lists its sheets and names."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from msgspec import Struct

from pipeline.outputs.correction.in_place.formulas import DefinedName, IsLive
from pipeline.outputs.correction.in_place.parts import Parts, plain
from pipeline.outputs.correction.in_place.xml_tree import Element, element, escaped
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.details.xml import whole

#: The order in which Excel wants what follows the names (ECMA-376 part 1, 18.2.27).
_AFTER_NAMES = (
    *("calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes"),
    *("webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst"),
)
_PLAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


class BookSheet(Struct, frozen=True):
    """A sheet as the workbook lists it."""

    name: str
    #: The last word of the type of what leads to it: `worksheet`, `chartsheet`, `xlMacrosheet`.
    kind: str
    part: str
    #: Its place among all sheets as they came, from 0.
    index: int
    listed: Element


class BookPart:
    """The list of a workbook's sheets and names."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._document = parts.document(parts.main)
        self._root = self._document.root
        self.sheets: list[BookSheet] = []
        relations = {relation.id: relation for relation in parts.relations(parts.main)}
        for index, listed in enumerate(self._listed()):
            relation = relations.get(listed.get("id") or "")
            name = listed.get("name") or ""
            kind, part = (relation.kind, relation.target) if relation else ("", "")
            self.sheets.append(BookSheet(name, kind, part, index, listed))
        parts_of = [plain(sheet.part) for sheet in self.sheets if sheet.part]
        if not any(map(parts.has, parts_of)):
            raise BrokenPartError("it has no sheets")
        if len({*parts_of}) < len(parts_of):
            raise BrokenPartError("two of its sheets are one part")

    def _listed(self) -> list[Element]:
        holder = self._root.child("sheets")
        return holder.all("sheet") if holder else []

    def names(self) -> list[DefinedName]:
        """The defined names; without those of a sheet that is gone."""
        sheets = {str(sheet.index): sheet.name for sheet in self.sheets} | {None: ""}
        return [
            DefinedName(each.get("name") or "", self._document.formula(each), sheets[local])
            for each in self._defined()
            if (local := each.get("localSheetId")) in sheets
        ]

    def _defined(self) -> list[Element]:
        return [each for holder in self._root.all("definedNames") for each in holder.children]

    def drop(self, sheet: BookSheet) -> None:
        """Take a sheet out of the workbook; its part stays, and nothing leads to it."""
        self.sheets.remove(sheet)
        self._document.remove(sheet.listed)
        for relation in self._parts.relations(self._parts.main):
            if relation.id == sheet.listed.get("id"):
                self._parts.unrelate(self._parts.main, relation)

    def show(self, sheet: BookSheet) -> None:
        """Show a sheet that is hidden, so that a person can get at it."""
        if sheet.listed.get("state"):
            self._document.set(sheet.listed, state=None)

    def put_first(self, name: str, part: str, titles: str, is_live: IsLive) -> None:
        """Put a worksheet in front of all others, and open the workbook on it.

        `titles` are the rows that it prints on each page, such as `$1:$1`; names that are live go.
        """
        main, document = self._parts.main, self._document
        first = self._listed()[0]
        taken = {each.get("sheetId") for each in self._listed()}
        # Excel counts to 65,534.
        said = {"name": name, "sheetId": next(n for n in map(str, count(1)) if n not in taken)}
        said |= self._parts.pointer(self._parts.relate(main, "worksheet", part))
        document.before(first, element(f"{self._root.prefix}sheet", said))
        for views in self._root.all("bookViews"):
            for view in views.children:
                document.set(view, activeTab=None, firstSheet=None)
        self._renumber_names(is_live)
        self._add_titles(name, titles)
        if self._parts.type_of(main) != _PLAIN_TYPE:
            self._parts.set_type(main, _PLAIN_TYPE)

    def _renumber_names(self, is_live: IsLive) -> None:
        """Names of one sheet are known by its place among all."""
        places = {sheet.index: place for place, sheet in enumerate(self.sheets, 1)}
        for each in self._defined():
            local = each.get("localSheetId")
            number = whole(local)
            place = None if number is None else places.get(number)
            if is_live(self._document.text(each)) or (local is not None and place is None):
                self._document.remove(each)
                continue
            if place is not None:
                self._document.set(each, localSheetId=str(place))

    def _add_titles(self, name: str, titles: str) -> None:
        prefix, document = self._root.prefix, self._document
        said = {"name": "_xlnm.Print_Titles", "localSheetId": "0"}
        inner = escaped(f"'{name}'!{titles}")
        added = element(f"{prefix}definedName", said, inner)
        holder = self._root.child("definedNames")
        if holder is not None and not document.is_gone(holder):
            document.append(holder, added)
        else:
            made = element(f"{prefix}definedNames", inner=added)
            document.in_order(self._root, made, _AFTER_NAMES)

    def taken_names(self, tables: Collection[str]) -> set[str]:
        """Names that no table may have."""
        return {name.casefold() for name in (*(each.name for each in self.names()), *tables)}
