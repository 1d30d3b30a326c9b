"""What is taken out of a workbook that is mailed on in the council's name: all that is live.

Macros, controls and embedded objects that run, connections and links that fetch, and what leads out
of the workbook. Whatever is taken out is told, by kind and number.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.outputs.correction.in_place.book import Book
from pipeline.outputs.correction.in_place.formulas import Judge
from pipeline.outputs.correction.in_place.parts import Parts, Relation
from pipeline.outputs.correction.in_place.sheet import SheetPart
from pipeline.outputs.correction.in_place.xml_tree import Document, Element
from pipeline.workbooks.details.detail import BrokenPartError
from schemas.fields import LIST_SHEET

#: What is taken out, one of it and several.
Kind = tuple[str, str]
MACROS = ("macro project", "macro projects")
RIBBONS = ("change to Excel's own menus", "changes to Excel's own menus")
CONTROLS = ("control that runs a program", "controls that run a program")
OBJECTS = ("embedded object", "embedded objects")
CONNECTIONS = ("data connection", "data connections")
WORKBOOKS = ("link to another workbook", "links to other workbooks")
LINKS = ("link to a page or a file", "links to pages or files")
PICTURES = ("picture fetched from elsewhere", "pictures fetched from elsewhere")
FORMULAS = (
    "formula that links, calls or refers elsewhere (its result stands there)",
    "formulas that link, call or refer elsewhere (their results stand there)",
)
NAMES = ("name that refers elsewhere", "names that refer elsewhere")
BUTTONS = ("macro behind a button", "macros behind buttons")
SIGNATURES = ("digital signature", "digital signatures")

#: Relationships of the package and of the workbook's part, with what they are.
_OF_PACKAGE = {
    "extensibility": RIBBONS,
    "origin": SIGNATURES,
    "webextensiontaskpanes": CONTROLS,
    "taskpanes": CONTROLS,
}
_OF_BOOK = {
    "vbaProject": MACROS,
    "attachedToolbars": RIBBONS,
    "externalLink": WORKBOOKS,
    "connections": CONNECTIONS,
    "volatileDependencies": CONNECTIONS,
}
#: Some give every part that ends in .bin the type of macros.
_MACROS_TYPE = "application/vnd.ms-office.vbaProject"
_PRINTER_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
_MACRO_SHEETS = ("xlMacrosheet", "xlIntlMacrosheet")
#: What a workbook with a data model holds is knitted together too closely to take a thread out.
_MODEL = "powerPivotData"
#: What nothing leads to is as little wanted.
_ASTRAY = {
    "vbaproject": MACROS,
    "/activex/": CONTROLS,
    "/embeddings/": OBJECTS,
    "/externallinks/": WORKBOOKS,
    "/querytables/": CONNECTIONS,
    "connections.xml": CONNECTIONS,
    "customui/": RIBBONS,
    "/macrosheets/": MACROS,
}
_OF_SHEET = {"oleObject": OBJECTS, "package": OBJECTS, "control": CONTROLS}
_MACRO = re.compile(rb'\bmacro="[^"]+"')
_VML_MACRO = re.compile(rb"<x:FmlaMacro>.*?</x:FmlaMacro>", re.DOTALL)
#: The smallest picture: one that shows nothing.
_NO_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


class Taking:
    """Takes out of a package what is live. `taken` is what was taken out, and how often."""

    def __init__(self, parts: Parts, book: Book) -> None:
        self._parts, self._book = parts, book
        self.taken: Counter[Kind] = Counter()
        #: Formulas of cells have become their results.
        self.has_changed_formulas = False
        kinds = {relation.kind for relation in parts.relations(parts.main)}
        if _MODEL in kinds:
            raise BrokenPartError("it holds a data model")
        has_macros = bool(kinds & {"vbaProject", *_MACRO_SHEETS})
        plain = Judge(has_macros=has_macros)
        live = [name for name, stands_for in book.names().items() if plain.is_live(stands_for)]
        self.judge = Judge(has_macros=has_macros, live_names=live)
        self._count(NAMES, len(live))

    def from_book(self) -> None:
        """Take out what belongs to the workbook as a whole."""
        parts, main = self._parts, self._parts.main
        for relation in parts.relations(""):
            if relation.kind in _OF_PACKAGE:
                self._drop("", relation, _OF_PACKAGE[relation.kind])
        for relation in parts.relations(main):
            if relation.kind in _OF_BOOK:
                self._drop(main, relation, _OF_BOOK[relation.kind])
            elif relation.kind == "customXml" and self._is_query(relation.target):
                self._drop(main, relation, CONNECTIONS)
        parts.retype(_MACROS_TYPE, _PRINTER_TYPE)
        self._book.drop_element("externalReferences")
        for sheet in [*self._book.sheets]:
            if sheet.kind in _MACRO_SHEETS:
                self._book.drop(sheet)
                self._count(MACROS)
            elif sheet.name.casefold() == LIST_SHEET.casefold():
                self._book.drop(sheet)
        for name in [*parts.names()]:
            if parts.has(name):
                self._from_part(name)

    def from_astray(self) -> None:
        """Take out the parts of live kinds that are still there, since nothing leads to them."""
        for name in [*self._parts.names()]:
            lower = f"/{name.casefold()}"
            what = next((what for said, what in _ASTRAY.items() if said in lower), None)
            if what is not None and "/_rels/" not in lower:
                self._parts.remove(name)
                self._count(what)

    def from_sheet(self, name: str, sheet: SheetPart) -> None:
        """Take out what is live of one sheet; its cells' formulas among it."""
        parts, frame = self._parts, sheet.frame
        of_id = {relation.id: relation for relation in parts.relations(name)}
        for relation in of_id.values():
            if relation.kind == "queryTable":
                self._drop(name, relation, CONNECTIONS)
            elif relation.kind in _OF_SHEET:
                self._drop(name, relation, _OF_SHEET[relation.kind])
            elif relation.kind == "hyperlink" and relation.is_outside:
                parts.unrelate(name, relation)
        for each in [*sheet.root.walk()]:
            relation_ = of_id.get(each.get("id") or "")
            if each.name == "hyperlink" and relation_ is not None and relation_.is_outside:
                frame.remove(each)
                self._count(LINKS)
            elif each.name == "oleObjects":
                frame.remove(each)
            elif each.name == "controls":
                self._controls(sheet, each, of_id)
            elif each.name in ("cfRule", "dataValidation") and self._is_live_rule(frame, each):
                frame.remove(each)
                self._count(FORMULAS)
        stilled = sheet.still_formulas(self.judge.is_live)
        self._count(FORMULAS, stilled)
        self.has_changed_formulas |= stilled > 0

    def _controls(self, sheet: SheetPart, holder: Element, of_id: dict[str, Relation]) -> None:
        controls = [each for each in holder.walk() if each.name == "control"]
        live = [c for c in controls if (r := of_id.get(c.get("id") or "")) and r.kind == "control"]
        if live and len(live) == len(controls):
            sheet.frame.remove(holder)
            return
        for each in live:
            sheet.frame.remove(each)
        for each in holder.walk():
            if each.name == "controlPr" and each.get("macro"):
                sheet.frame.set(each, macro=None)
                self._count(BUTTONS)

    def _is_live_rule(self, frame: Document, rule: Element) -> bool:
        """Whether a conditional format or a drop-down reaches outside."""
        names = ("formula", "formula1", "formula2", "f")
        formulas = (frame.text(each) for each in rule.walk() if each.name in names)
        return any(map(self.judge.is_live, formulas))

    def _from_part(self, name: str) -> None:
        """Take out what is live of a drawing, a chart, a table or a cache."""
        parts, lower = self._parts, name.casefold()
        if lower.endswith(".vml"):
            content = parts.read(name)
            said, found = _VML_MACRO.subn(b"", content)
            if found:
                parts.put(name, said)
                self._count(BUTTONS, found)
        elif "/drawings/" in lower and lower.endswith(".xml"):
            content = parts.read(name)
            said, found = _MACRO.subn(b'macro=""', content)
            if found:
                parts.put(name, said)
                self._count(BUTTONS, found)
            self._lead_inside(name)
        elif "/charts/" in lower and lower.endswith(".xml"):
            self._from_chart(name)
        elif "/tables/" in lower and lower.endswith(".xml"):
            self._from_table(name)
        elif "/pivotcache/pivotcachedefinition" in lower:
            self._from_cache(name)

    def _lead_inside(self, name: str) -> None:
        """Have what leads out of a drawing lead to the list, or to a picture of nothing."""
        for relation in self._parts.relations(name):
            if relation.is_outside and relation.kind == "hyperlink":
                self._parts.unrelate(name, relation, f"#'{LIST_SHEET}'!A1")
                self._count(LINKS)
            elif relation.is_outside:
                picture = self._parts.add("xl/media/nothing{}.png", _NO_PICTURE, "image/png")
                self._parts.unrelate(name, relation, f"/{picture}")
                self._count(PICTURES)

    def _from_chart(self, name: str) -> None:
        if b"[" not in self._parts.read(name):
            return
        document = self._parts.document(name)
        for each in document.root.walk():
            if each.name == "f" and self.judge.is_live(document.text(each)):
                # As Excel itself writes what points nowhere; the chart keeps what it shows.
                document.replace(each, f"<{each.tag}>#REF!</{each.tag}>")
                self._count(WORKBOOKS)

    def _from_table(self, name: str) -> None:
        for relation in self._parts.relations(name):
            if relation.kind == "queryTable":
                self._drop(name, relation, CONNECTIONS)
                document = self._parts.document(name)
                document.set(document.root, tableType=None, connectionId=None)
                for each in document.root.walk():
                    if each.name == "tableColumn":
                        document.set(each, queryTableFieldId=None)

    def _from_cache(self, name: str) -> None:
        document = self._parts.document(name)
        for source in document.root.all("cacheSource"):
            leads_out = any(r.is_outside for r in self._parts.relations(name))
            if source.get("type") == "external" or leads_out:
                prefix = source.prefix
                inner = f'<{prefix}worksheetSource name="taken_out"/>'
                document.replace(
                    source, f'<{prefix}cacheSource type="worksheet">{inner}</{prefix}cacheSource>'
                )
                self._count(CONNECTIONS)
                if document.root.get("refreshOnLoad"):
                    document.set(document.root, refreshOnLoad=None)
        for relation in self._parts.relations(name):
            if relation.is_outside:
                self._parts.unrelate(name, relation)

    def _is_query(self, name: str) -> bool:
        return self._parts.has(name) and b"DataMashup" in self._parts.read(name)[:4_000]

    def _drop(self, part: str, relation: Relation, what: Kind) -> None:
        """Take a part out, with what it alone leads to."""
        self._parts.unrelate(part, relation)
        if not relation.is_outside and self._parts.has(relation.target):
            for further in self._parts.relations(relation.target):
                if not further.is_outside:
                    self._parts.remove(further.target)
            self._parts.remove(relation.target)
        self._count(what)

    def _count(self, what: Kind, number: int = 1) -> None:
        if number:
            self.taken[what] += number


def _whole(root: Element, part: Element) -> Element:
    """An element with the alternatives that it is one of."""
    for each in root.walk():
        if each.name == "AlternateContent" and part in each.walk():
            return each
    return part
