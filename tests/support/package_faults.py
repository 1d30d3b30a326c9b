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
}
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
    return [*found, *_of_types(parts, trees), *_of_tables(trees), *_of_chain(trees)]


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
        if name in _FULL and not len(each):
            yield f"{name} is empty"
        if name in _RULES and not any(_local(child.tag) == _RULES[name] for child in each):
            yield f"{name} holds no {_RULES[name]}"
        count = each.get("count")
        if count and count.isdigit() and int(count) != len(each) and name != "sst":
            yield f"{name} says {count} and holds {len(each)}"
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
