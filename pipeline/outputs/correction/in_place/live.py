"""What is taken out of a workbook that is mailed on in the council's name: all that is live.

Macros, controls and embedded objects that run, connections and links that fetch, and what leads out
of the workbook. Whatever is taken out is told, by kind and number.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

from pipeline.outputs.correction.in_place.book import BookPart, BookSheet
from pipeline.outputs.correction.in_place.formulas import IsLive, Judge
from pipeline.outputs.correction.in_place.parts import Parts, Relation, plain
from pipeline.outputs.correction.in_place.sheet import SheetPart
from pipeline.outputs.correction.in_place.vml import without_live
from pipeline.outputs.correction.in_place.xml_tree import Document, Element, element, root_of
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
    "formula that links, calls or refers elsewhere (its result stands there, if one is known)",
    "formulas that link, call or refer elsewhere (their results stand there, if any are known)",
)
NAMES = ("name that refers elsewhere", "names that refer elsewhere")
RULES = (
    "rule of a drop-down, a format or a column that reaches elsewhere",
    "rules of drop-downs, formats or columns that reach elsewhere",
)
BUTTONS = ("macro behind a button", "macros behind buttons")
SIGNATURES = ("digital signature", "digital signatures")
STRAY = ("part that is not the workbook's", "parts that are not the workbook's")

#: What relationships of a kind lead to, by the last word of the kind.
_KINDS = {
    **dict.fromkeys(("vbaProject", "xlMacrosheet", "xlIntlMacrosheet"), MACROS),
    **dict.fromkeys(("extensibility", "userCustomization", "attachedToolbars"), RIBBONS),
    **dict.fromkeys(("origin", "signature"), SIGNATURES),
    **dict.fromkeys(("webextension", "webextensiontaskpanes", "taskpanes"), CONTROLS),
    **dict.fromkeys(("control", "activeXControlBinary"), CONTROLS),
    **dict.fromkeys(("oleObject", "package"), OBJECTS),
    **dict.fromkeys(("externalLink", "externalLinkPath"), WORKBOOKS),
    **dict.fromkeys(("connections", "queryTable", "volatileDependencies"), CONNECTIONS),
}
_OFFICE, _SML = "application/vnd.ms-office.", "application/vnd.openxmlformats-officedocument."
#: What parts of a type are, whatever leads to them.
_TYPES = {
    f"{_OFFICE}vbaproject": MACROS,
    f"{_OFFICE}vbaprojectsignature": MACROS,
    "application/vnd.ms-excel.macrosheet+xml": MACROS,
    "application/vnd.ms-excel.intlmacrosheet+xml": MACROS,
    "application/vnd.ms-excel.attachedtoolbars": RIBBONS,
    f"{_OFFICE}activex": CONTROLS,
    f"{_OFFICE}activex+xml": CONTROLS,
    f"{_OFFICE}webextension+xml": CONTROLS,
    f"{_OFFICE}webextensiontaskpanes+xml": CONTROLS,
    f"{_SML}oleobject": OBJECTS,
    f"{_SML}spreadsheetml.externallink+xml": WORKBOOKS,
    f"{_SML}spreadsheetml.connections+xml": CONNECTIONS,
    f"{_SML}spreadsheetml.querytable+xml": CONNECTIONS,
    f"{_SML}spreadsheetml.volatiledependencies+xml": CONNECTIONS,
    "application/vnd.openxmlformats-package.digital-signature-origin": SIGNATURES,
    "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml": SIGNATURES,
}
#: Some give every part that ends in .bin the type of macros.
_MACROS_TYPE, _PRINTER_TYPE = f"{_OFFICE}vbaProject", f"{_SML}spreadsheetml.printerSettings"
#: What a workbook with a data model holds is knitted together too closely to take a thread out.
_MODELS = ("powerPivotData", f"{_SML}model+data")
#: What holds words and figures alone, which may be many.
_PASSED = {"sst", "styleSheet", "comments", "pivotCacheRecords", "calcChain"}
#: What leads to parts in which Excel looks for nothing that runs or fetches.
_UNSWEPT = {
    *("customXml", "customXmlProps", "image", "printerSettings", "thumbnail"),
    *("core-properties", "extended-properties", "custom-properties", "classificationlabels"),
}
#: What holds formulas, and goes with a live one, and the formulas.
_RULES = {
    *("cfRule", "dataValidation", "sparkline", "calculatedColumnFormula", "totalsRowFormula"),
}
_FORMULAS = {
    *("formula", "formula1", "formula2", "f", "calculatedColumnFormula", "totalsRowFormula"),
}
#: Elements that are a formula: of a chart, of what a chart of 2013 leaves out, of a control.
_REFERENCES = {"f", "sqref"}
#: Attributes that hold a formula or a macro.
_FORMULA_KEYS = {"macro", "textlink", "listFillRange", "linkedCell", "formula"}
#: What tells Excel to publish, or to fetch.
_ERRANDS = {
    "webPublishItem": LINKS,
    "webPublishObject": LINKS,
    "DataBinding": CONNECTIONS,
    "oleObject": OBJECTS,
}
_PIVOTS = {"pivotTableDefinition", "pivotCacheDefinition"}
#: What only pivot tables of data cubes hold (ECMA-376 part 1, 18.10), and say.
_OF_CUBES = {
    *("cacheHierarchies", "kpis", "tupleCache", "calculatedMembers", "dimensions", "measureGroups"),
    *("maps", "mpMap", "pivotHierarchies", "rowHierarchiesUsage", "colHierarchiesUsage"),
}
_SAID_OF_CUBES = {
    *("hierarchy", "level", "mappingCount", "memberPropertyField", "hier", "iMeasureHier"),
    *("supportSubquery", "supportAdvancedDrill"),
}
#: A place in the workbook itself has none of these.
_ADDRESS = re.compile(
    r"\[[^\[\]]*\][^\[\]]*!|//|\\\\|\s*(?:mailto|file|javascript|ms-\w+):", re.IGNORECASE
)
#: The smallest picture: one that shows nothing.
_NO_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


class Taking:
    """Takes out of a package what is live. `taken` is what was taken out, and how often."""

    def __init__(self, parts: Parts, book: BookPart) -> None:
        self._parts, self._book = parts, book
        self.taken: Counter[Kind] = Counter()
        #: There are formulas less than there were.
        self.has_fewer_formulas = False
        #: Cells that are empty by now, since no result was saved with their formula.
        self.unknown: list[str] = []
        #: The relationships of a part that have been taken out, by their ids.
        self._ids: dict[str, set[str]] = {}
        self._no_picture = ""
        self._reached = parts.reached()
        if any(
            kind in _MODELS or parts.type_of(name) in _MODELS
            for name, kind in self._reached.items()
        ):
            raise BrokenPartError("it holds a data model")
        has_macros = any(_KINDS.get(kind) == MACROS for kind in self._reached.values())
        self._drop_sheets()
        self.judge = Judge(
            (sheet.name for sheet in book.sheets), book.names(), has_macros=has_macros
        )
        self._count(NAMES, sum(self.judge.is_live(each.formula) for each in book.names()))

    def _drop_sheets(self) -> None:
        """Take out the sheets of old macros, and the list of an earlier copy."""
        for sheet in [*self._book.sheets]:
            is_macro = MACROS in (
                _KINDS.get(sheet.kind),
                _TYPES.get(self._parts.type_of(sheet.part)),
            )
            if is_macro or sheet.name.casefold() == LIST_SHEET.casefold():
                self._book.drop(sheet)
                self.has_fewer_formulas = True
                self._count(MACROS, int(is_macro))

    def from_parts(self) -> None:
        """Take out what is live of all parts but the sheets; parts that nothing leads to by now."""
        parts = self._parts
        sheets = {plain(s.part) for s in self._book.sheets if s.kind == "worksheet"}
        seen, waiting = {""}, [""]
        while waiting:
            name = waiting.pop()
            ids = self._ids[name] = self._relations_of(name, is_sheet=name in sheets)
            for relation in parts.relations(name):
                target = plain(relation.target)
                if not relation.is_outside and target not in seen and parts.has(target):
                    seen.add(target)
                    waiting.append(target)
            if name and name not in sheets and self._reached.get(name) not in _UNSWEPT:
                self._from_part(name, ids)
        for name in parts.names():
            if name in self._reached and name not in seen:
                parts.remove(name)
            elif name not in self._reached:
                self._from_stray(name)
        parts.drop_stray_relations()
        parts.retype(_MACROS_TYPE, _PRINTER_TYPE)

    def _from_stray(self, name: str) -> None:
        """Take out a part that nothing leads to, unless it holds words, figures or a picture alone.

        Some programs find parts by their names or types.
        """
        parts, type_ = self._parts, self._parts.type_of(name)
        is_inert = type_.startswith("image/") or (
            type_ not in _TYPES and root_of(parts.read(name)) in _PASSED
        )
        if not type_ or not is_inert or parts.relations(name):
            parts.remove(name)
            self._count(_TYPES.get(type_, STRAY))

    def from_sheet(self, listed: BookSheet, sheet: SheetPart) -> None:
        """Take out what is live of one sheet; its cells' formulas among it."""
        is_live = partial(self.judge.is_live, sheet=listed.name)
        self._from_document(sheet.frame, self._ids[plain(listed.part)], is_live)
        self._count(FORMULAS, sheet.cells.still_formulas(is_live))
        self.has_fewer_formulas |= sheet.cells.has_fewer_formulas
        self.unknown += [
            "!".join(filter(None, (listed.name, cell))) for cell in sheet.cells.unknown
        ]

    # --- Relationships ---

    def _relations_of(self, source: str, *, is_sheet: bool) -> set[str]:
        """Take out the relationships of a part that are live; their ids.

        What a link or a picture of a drawing leads to is the list, or a picture of nothing.
        """
        parts, gone, targets = self._parts, set[str](), set[str]()
        for relation in parts.relations(source):
            what = self._what(relation)
            instead = ""
            if what is None and relation.is_outside:
                what = LINKS
                if relation.kind == "image":
                    what, instead = PICTURES, self._nothing()
                elif relation.kind == "hyperlink" and not is_sheet:
                    instead = f"#'{LIST_SHEET}'!A1"
            if what is None:
                continue
            parts.unrelate(source, relation, instead)
            if not instead:
                gone.add(relation.id)
            if relation.is_outside or relation.target not in targets:
                self._count(what)
            targets.add(relation.target)
        return gone

    def _what(self, relation: Relation) -> Kind | None:
        """What of the live kinds a relationship leads to."""
        what = _KINDS.get(relation.kind)
        if what is not None or relation.is_outside or not self._parts.has(relation.target):
            return what
        if relation.kind == "customXml":
            # Excel writes the queries of Power Query in UTF-16.
            said = self._parts.read(relation.target).replace(b"\0", b"")
            return CONNECTIONS if b"DataMashup" in said else None
        is_printer = relation.kind == "printerSettings"
        return None if is_printer else _TYPES.get(self._parts.type_of(relation.target))

    def _nothing(self) -> str:
        """The part with a picture that shows nothing."""
        if not self._no_picture:
            self._no_picture = self._parts.add("xl/media/nothing{}.png", _NO_PICTURE, "image/png")
        return f"/{self._no_picture}"

    # --- Elements ---

    def _from_part(self, name: str, ids: set[str]) -> None:
        """Take out what is live of a part that is no sheet."""
        parts, content = self._parts, self._parts.read(name)
        root = root_of(content)
        if root and b"<!ENTITY" in content:
            raise BrokenPartError("a part declares entities")
        if root == "xml" or self._reached.get(name) == "vmlDrawing":
            said, macros, links = without_live(content, self.judge.is_live)
            if said != content:
                parts.put(name, said)
            self._count(BUTTONS, macros)
            self._count(LINKS, links)
        elif root and (ids or root not in _PASSED):
            with parts.changing(name) as document:
                self._from_document(document, ids, self.judge.is_live)

    def _from_document(self, document: Document, ids: set[str], is_live: IsLive) -> None:
        """Take out the elements of a part that are live, and those that lead nowhere by now."""
        passed = set[Element]()
        for each in document.root.walk():
            what = None
            if each.parent in passed:
                passed.add(each)
                continue
            if each.name == "cacheSource" and _is_external(each, ids):
                _turn_inside(document, each)
                what = CONNECTIONS
            elif _points(each, ids) or (what := _live_kind(document, each, is_live)) is not None:
                document.remove(each)
                if each.name == "totalsRowFormula" and each.parent is not None:
                    document.set(each.parent, totalsRowFunction=None)
            else:
                self._of_formula(document, each, is_live)
                continue
            self._count(what)
            passed.add(each)
        if document.root.name == "table":
            _unlink(document, is_queried=bool(ids))
        elif document.root.name in _PIVOTS and document.root.all(*_OF_CUBES):
            _without_cube(document)

    def _of_formula(self, document: Document, each: Element, is_live: IsLive) -> None:
        """Take out the macro behind a shape or a control, and its formulas that are live."""
        if each.name in _REFERENCES and is_live(document.formula(each)):
            # As Excel itself writes what points nowhere; a chart keeps what it shows.
            document.replace(each, element(each.tag, inner="#REF!"))
            self._count(WORKBOOKS)
        for key in [key for key in each.attributes if _is_formula(key)]:
            if key == "formula" and is_live(each.get(key) or ""):
                raise BrokenPartError("a formula of a pivot table reaches elsewhere")
            is_macro = key.casefold().endswith("macro")
            if each.get(key) and (is_macro or is_live(each.get(key) or "")):
                document.set(each, **{key: None})
                self._count(BUTTONS if is_macro else FORMULAS)

    def _count(self, what: Kind | None, number: int = 1) -> None:
        if what is not None and number:
            self.taken[what] += number


def _live_kind(document: Document, each: Element, is_live: IsLive) -> Kind | None:
    """What of the live kinds an element is."""
    if each.name in _RULES:
        within = [part for part in each.walk() if part.name in _FORMULAS]
        # In what is of 2010 and later a formula holds another.
        said = [document.formula(p) for p in within if not any(c.name == "f" for c in p.children)]
        said += [part.get("val") or "" for part in each.walk() if part.name == "cfvo"]
        return RULES if any(map(is_live, said)) else None
    if each.name == "hyperlink":
        return LINKS if _ADDRESS.search(each.get("location") or "") else None
    if each.name == "olap" and document.root.name == "slicerCacheDefinition":
        raise BrokenPartError("it holds a slicer of a data cube")
    return _ERRANDS.get(each.name)


def _points(each: Element, ids: set[str]) -> bool:
    """Whether an element leads to what is gone."""
    says = any(":" in key and value in ids for key, value in each.attributes.items())
    return says and each.parent is not None


def _is_formula(key: str) -> bool:
    return key in _FORMULA_KEYS or (key.startswith("fmla") and key != "fmla")


def _is_external(source: Element, ids: set[str]) -> bool:
    """Whether a pivot table's figures come from elsewhere."""
    return source.get("type") == "external" or any(_points(each, ids) for each in source.walk())


def _turn_inside(document: Document, source: Element) -> None:
    """Have a pivot table's figures come from a table that is not there: it keeps what it shows."""
    inner = element(f"{source.prefix}worksheetSource", {"name": "taken_out"})
    document.replace(source, element(source.tag, {"type": "worksheet"}, inner))
    if document.root.get("refreshOnLoad"):
        document.set(document.root, refreshOnLoad=None)


def _without_cube(document: Document) -> None:
    """Leave a pivot table, or what it draws on, without what only one of a data cube says.

    The cube itself is elsewhere, always.
    """
    for each in document.root.walk():
        if each.name in _OF_CUBES:
            document.remove(each)
        said = [key for key in each.attributes if key in _SAID_OF_CUBES]
        if said:
            document.set(each, **dict.fromkeys(said))


def _unlink(document: Document, *, is_queried: bool) -> None:
    """Leave a table to what it holds."""
    if document.root.get("connectionId"):
        document.set(document.root, connectionId=None)
    for each in document.root.walk() if is_queried else ():
        if each.get("queryTableFieldId") or each.get("tableType"):
            document.set(each, queryTableFieldId=None, tableType=None)
