"""The list of what to correct becomes a sheet of the workbook: cells, looks and table."""

from __future__ import annotations

import re
from collections.abc import Iterable

from openpyxl import Workbook

from pipeline.outputs.correction.in_place.book import BookSheet
from pipeline.outputs.correction.in_place.parts import Parts, relations_of
from pipeline.outputs.correction.in_place.styles import Styles
from pipeline.outputs.correction.in_place.xml_tree import Document
from pipeline.outputs.saving import parts_of
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.details.xml import whole

_SML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_STYLE = re.compile(r' s="(\d+)"')
_SHARED = re.compile(r'(<c [^<>]*)t="s"([^<>]*)><v>(\d+)</v></c>')
_SI = re.compile(r"<si>(.*?)</si>|<si/>", re.DOTALL)


class Tables:
    """The names and numbers that a workbook's own tables have."""

    def __init__(self, parts: Parts, sheets: Iterable[BookSheet]) -> None:
        roots = [
            Document(parts.read(relation.target)).root
            for sheet in sheets
            if sheet.part
            for relation in parts.related(sheet.part, "table")
        ]
        self.names = [root.get("displayName") or "" for root in roots]
        numbers = [number for root in roots if (number := whole(root.get("id"))) is not None]
        self.free_number = max(numbers, default=0) + 1


def styles_of(parts: Parts) -> Styles:
    """The workbook's styles; plain ones where it has none."""
    found = parts.related(parts.main, "styles")
    if found:
        return Styles(parts.document(found[0].target))
    made = _archive(Workbook())["xl/styles.xml"]
    # Some programs look for them under this name alone.
    if parts.has("xl/styles.xml"):
        raise BrokenPartError("its looks are not where they are said to be")
    name = parts.add("xl/styles.xml", parts.in_dialect(made).encode(), f"{_SML}styles+xml")
    parts.relate(parts.main, "styles", name)
    return Styles(parts.document(name))


def put_list(parts: Parts, styles: Styles, listing: Workbook, table_number: int) -> str:
    """Put the list's sheet in, from a workbook that holds it alone; its part comes back."""
    made = _archive(listing)
    mapped = styles.add_cells_of(Document(made["xl/styles.xml"].encode()))
    texts = [match[1] or "" for match in _SI.finditer(made.get("xl/sharedStrings.xml", ""))]

    def inline(match: re.Match[str]) -> str:
        return f'{match[1]}t="inlineStr"{match[2]}><is>{texts[int(match[3])]}</is></c>'

    sheet = _SHARED.sub(inline, made["xl/worksheets/sheet1.xml"])
    sheet = _STYLE.sub(lambda match: f' s="{mapped[int(match[1])]}"', sheet)
    content = parts.in_dialect(sheet).encode()
    name = parts.add("xl/worksheets/sheet{}.xml", content, f"{_SML}worksheet+xml")
    relations = made.get("xl/worksheets/_rels/sheet1.xml.rels", "")
    if "xl/tables/table1.xml" in made:
        table = Document(made["xl/tables/table1.xml"].encode())
        table.set(table.root, id=str(table_number))
        content = parts.in_dialect(table.written().decode()).encode()
        put = parts.add("xl/tables/table{}.xml", content, f"{_SML}table+xml")
        relations = relations.replace("/xl/tables/table1.xml", f"/{put}")
    if relations:
        parts.put(relations_of(name), parts.in_dialect(relations).encode())
    return name


def _archive(book: Workbook) -> dict[str, str]:
    """The parts of a workbook of our own."""
    return {name: part.decode() for name, part in parts_of(book)}
