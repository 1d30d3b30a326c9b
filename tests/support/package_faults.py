"""What is wrong with a workbook's package by ECMA-376: what Excel would offer to repair."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import unquote
from xml.etree import ElementTree as ET

Parts = dict[str, bytes]

#: ECMA-376 part 1, 18.3.1.99 and 18.2.27.
_ORDERS = {
    "worksheet": (
        *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData"),
        *("sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter"),
        *("sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr"),
        *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions"),
        *("pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks"),
        *("customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF"),
        *("legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls"),
        *("webPublishItems", "tableParts", "extLst"),
    ),
    "workbook": (
        *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets"),
        *("functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize"),
        *("customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing"),
        *("fileRecoveryPr", "webPublishObjects", "extLst"),
    ),
}
_OFTEN = {"conditionalFormatting", "fileRecoveryPr"}
#: Elements that must hold something.
_FULL = {
    *("hyperlinks", "dataValidations", "conditionalFormatting", "conditionalFormattings"),
    *("mergeCells", "controls", "oleObjects", "protectedRanges", "sheets", "definedNames"),
    *("externalReferences", "tableParts", "sparklines", "dataRefs", "webPublishItems"),
    *("cellXfs", "fonts", "fills", "borders", "AlternateContent", "cacheSource"),
    *("graphicData", "graphic"),
}
#: What holds a shape on a sheet, and what stands in it besides.
_ANCHORS = {"oneCellAnchor", "twoCellAnchor", "absoluteAnchor"}
_PLACES = {"from", "to", "pos", "ext", "clientData"}
#: What only pivot tables of cubes hold.
_OF_CUBES = {
    *("cacheHierarchies", "kpis", "tupleCache", "calculatedMembers", "dimensions", "measureGroups"),
    *("maps", "pivotHierarchies", "rowHierarchiesUsage", "colHierarchiesUsage"),
}
_FORMULAS = {"f", "sqref", "formula", "formula1", "formula2", "definedName"}
#: A workbook by its number among the links to others.
_NUMBERED = re.compile(r"(?<![\w\]])\[(\d+)\]")
#: What counts other things than its elements.
_COUNTING = {"sst", "cacheHierarchy"}
_RULES = {"conditionalFormatting": "cfRule", "sparklineGroup": "sparklines"}
_RELATIONSHIPS = re.compile(
    r"\{http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org)[^}]*relationships\}"
)


def faults(parts: Parts) -> list[str]:
    """Each thing that is wrong, in words; an empty list of a package that is well-formed."""
    trees = {}
    found = []
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                trees[name] = ET.fromstring(content)  # noqa: S314 - our own
            except ET.ParseError as error:
                found.append(f"{name} is malformed: {error}")
    for name, root in trees.items():
        found += (f"{name}: {what}" for what in _of_part(root))
        if name.endswith(".rels"):
            found += (f"{name}: {what}" for what in _of_relations(name, root, parts))
        else:
            known = _known(name, trees)
            found += (
                f"{name}: {each} leads nowhere" for each in _pointers(root) if each not in known
            )
    checks = (_of_tables, _of_chain, _of_names, _of_pivots, _of_boxes, _of_sources)
    return [*found, *_of_types(parts, trees), *(each for check in checks for each in check(trees))]


def outside(parts: Parts) -> list[str]:
    """What relationships lead out of the package to."""
    return [
        each.get("Target", "")
        for name, content in parts.items()
        if name.endswith(".rels")
        for each in ET.fromstring(content)  # noqa: S314 - our own
        if each.get("TargetMode") == "External" and not each.get("Target", "").startswith("#")
    ]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _of_part(root: ET.Element) -> Iterator[str]:
    order = _ORDERS.get(_local(root.tag))
    if order:
        names = [name for child in root if (name := _stands_for(child)) in order]
        if names != sorted(names, key=order.index):
            yield f"its elements are in the order {names}"
        yield from (
            f"{name} stands there {number} times"
            for name, number in Counter(names).items()
            if number > 1 and name not in _OFTEN
        )
    for each in root.iter():
        name = _local(each.tag)
        if name in _FULL and not len(each) and not each.get("connectionId"):
            yield f"{name} is empty"
        if name in _RULES and not any(_local(child.tag) == _RULES[name] for child in each):
            yield f"{name} holds no {_RULES[name]}"
        count = each.get("count")
        if count and count.isdigit() and int(count) != len(each) and name not in _COUNTING:
            yield f"{name} says {count} and holds {len(each)}"
        if name in _ANCHORS and {_local(child.tag) for child in each} <= _PLACES:
            yield f"{name} holds no shape"
        if each.get("totalsRowFunction") == "custom" and not any(
            _local(child.tag) == "totalsRowFormula" for child in each
        ):
            yield f"{name} {each.get('name')} has no formula of its own"
        if name == "dataValidations" and not each.get("count", "1").isdigit():
            yield f"{name} says no number"


def _stands_for(child: ET.Element) -> str:
    name = _local(child.tag)
    if name == "AlternateContent":
        return next((_local(each.tag) for choice in child for each in choice), name)
    return name


def _source(name: str) -> str:
    folder, _, leaf = name.rpartition("/")
    return f"{folder.removesuffix('_rels').rstrip('/')}/{leaf.removesuffix('.rels')}".lstrip("/")


def _known(name: str, trees: dict[str, ET.Element]) -> set[str]:
    folder, _, leaf = name.rpartition("/")
    relations = trees.get(f"{folder}/_rels/{leaf}.rels".lstrip("/"), ())
    return {each.get("Id", "") for each in relations}


def _pointers(root: ET.Element) -> Iterator[str]:
    for each in root.iter():
        for key, value in each.attrib.items():
            if _RELATIONSHIPS.match(key) and value:
                yield value


def _of_relations(name: str, root: ET.Element, parts: Parts) -> Iterator[str]:
    numbers = Counter(each.get("Id") for each in root)
    yield from (f"{number} stands twice" for number, often in numbers.items() if often > 1)
    folder = posixpath.dirname(_source(name))
    there = {part.casefold() for part in parts}
    for each in root:
        target = each.get("Target", "").partition("#")[0]
        if each.get("TargetMode") == "External" or not target:
            continue
        full = target if target.startswith("/") else f"{folder}/{target}"
        full = posixpath.normpath(full).lstrip("/").casefold()
        if full not in there and unquote(full) not in there:
            yield f"{target} is not there"


def _of_types(parts: Parts, trees: dict[str, ET.Element]) -> Iterator[str]:
    types = next(root for name, root in trees.items() if name.casefold() == "[content_types].xml")
    named = [each.get("PartName", "").lstrip("/").casefold() for each in types]
    there = {part.casefold() for part in parts}
    endings = {each.get("Extension", "").casefold() for each in types} - {""}
    yield from (f"{name} has a type and is not there" for name in named if name not in {"", *there})
    yield from (f"{n} has two types" for n, often in Counter(named).items() if n and often > 1)
    for part in there - {"[content_types].xml"}:
        if part not in named and part.rpartition(".")[2] not in endings:
            yield f"{part} has no type"


def _of_tables(trees: dict[str, ET.Element]) -> Iterator[str]:
    tables = [root for root in trees.values() if _local(root.tag) == "table"]
    for what in ("id", "displayName"):
        said = Counter(table.get(what, "").casefold() for table in tables)
        yield from (f"two tables have the {what} {each}" for each, n in said.items() if n > 1)


def _named(trees: dict[str, ET.Element], *names: str) -> Iterator[tuple[str, ET.Element]]:
    """All elements of these names, each with its part."""
    for part, root in trees.items():
        yield from ((part, each) for each in root.iter() if _local(each.tag) in names)


def _of_names(trees: dict[str, ET.Element]) -> Iterator[str]:
    sheets = sum(1 for _ in _named(trees, "sheet"))
    known = Counter[tuple[str, str | None]]()
    for _, each in _named(trees, "definedName"):
        place = each.get("localSheetId")
        known[each.get("name", "").casefold(), place] += 1
        if place is not None and not (place.isascii() and place.isdigit() and int(place) < sheets):
            yield f"{each.get('name')} is of sheet {place}, which is not there"
    yield from (f"{name} is defined twice" for (name, _), often in known.items() if often > 1)


def _of_pivots(trees: dict[str, ET.Element]) -> Iterator[str]:
    """Rules of pivot tables stand on their sheets too, and only cubes have hierarchies."""
    for name, root in trees.items():
        if _local(root.tag) != "worksheet":
            continue
        folder = posixpath.dirname(name)
        own = {
            rule.get("priority")
            for formatting in root.iter()
            if _local(formatting.tag) == "conditionalFormatting" and formatting.get("pivot")
            for rule in formatting
        }
        for relation in trees.get(f"{folder}/_rels/{posixpath.basename(name)}.rels", ()):
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
            pivot = trees.get(target.lstrip("/"))
            for rule in pivot.iter() if pivot is not None else ():
                said = rule.get("priority")
                if _local(rule.tag) == "conditionalFormat" and said not in own:
                    yield f"{target}: no rule of its sheet has the priority {said}"
    if not any(each.get("type") == "external" for _, each in _named(trees, "cacheSource")):
        yield from (
            f"{part}: {_local(each.tag)} without a cube" for part, each in _named(trees, *_OF_CUBES)
        )


def _of_boxes(trees: dict[str, ET.Element]) -> Iterator[str]:
    """A cell has one comment, in one box."""
    comments = Counter((part, c.get("ref", "").upper()) for part, c in _named(trees, "comment"))
    boxes = Counter[tuple[str, str]]()
    for part, each in _named(trees, "ClientData"):
        said = {_local(child.tag): (child.text or "").strip() for child in each}
        if each.get("ObjectType") == "Note":
            boxes[part, f"row {said.get('Row')}, column {said.get('Column')}"] += 1
    for what, known in (("comments", comments), ("boxes", boxes)):
        yield from (f"{p}: {n} {what} at {where}" for (p, where), n in known.items() if n > 1)


def _of_sources(trees: dict[str, ET.Element]) -> Iterator[str]:
    """Where figures come from: connections, and other workbooks by their number."""
    connections = {each.get("id") for _, each in _named(trees, "connection")}
    for part, each in _named(trees, "cacheSource", "table", "queryTable", "DataBinding"):
        number = each.get("connectionId") or each.get("ConnectionID")
        if number and number not in connections:
            yield f"{part}: {_local(each.tag)} is of connection {number}, which is not there"
    books = sum(1 for _ in _named(trees, "externalReference"))
    for part, each in _named(trees, *_FORMULAS):
        for number in _NUMBERED.findall(each.text or ""):
            if int(number) > books:
                yield f"{part}: {_local(each.tag)} leads to workbook {number}, which is not there"


def _of_chain(trees: dict[str, ET.Element]) -> Iterator[str]:
    """The order in which formulas are worked out names cells that have one."""
    book = trees.get("xl/workbook.xml")
    relations = trees.get("xl/_rels/workbook.xml.rels", ())
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    for name, root in trees.items():
        if _local(root.tag) != "calcChain" or book is None:
            continue
        of_sheet = {
            sheet.get("sheetId"): _formulas(trees, targets.get(number, ""))
            for sheet in book.iter()
            if _local(sheet.tag) == "sheet"
            for number in [next(v for k, v in sheet.items() if k.endswith("}id"))]
        }
        last = ""
        for each in root:
            last = each.get("i") or last
            if each.get("r") not in of_sheet.get(last, ()):
                yield f"{name}: {each.get('r')} of {last} has no formula"


def _formulas(trees: dict[str, ET.Element], target: str) -> set[str]:
    full = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    cells: Iterable[ET.Element] = trees[full].iter() if full in trees else ()
    return {c.get("r", "") for c in cells if any(_local(child.tag) == "f" for child in c)}
