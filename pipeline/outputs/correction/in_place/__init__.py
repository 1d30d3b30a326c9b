"""The sender's own workbook, marked in its package: only what changes is written anew.

Whatever a workbook holds survives, whether or not any library here knows it: pictures, shapes,
drop-downs, conditional formats, charts, comments. What is live in it is taken out, and told.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence

from openpyxl import Workbook

from pipeline.outputs.correction.in_place.book import BookPart, BookSheet
from pipeline.outputs.correction.in_place.comments import SheetComments
from pipeline.outputs.correction.in_place.live import Taking
from pipeline.outputs.correction.in_place.parts import Parts
from pipeline.outputs.correction.in_place.sheet import SheetPart
from pipeline.outputs.correction.in_place.styles import Styles
from pipeline.outputs.correction.in_place.xml_tree import Document
from pipeline.outputs.correction.listing import TABLE_NAME
from pipeline.outputs.correction.saving import saved
from pipeline.workbooks.addresses import position
from pipeline.workbooks.details.xml import whole
from schemas.fields import LIST_SHEET
from schemas.findings import Finding, Severity, worst_first
from schemas.rules import LOOKS_UNKNOWN
from schemas.wording import counted
from schemas.wording import listed as listed_words

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT_MAIN = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
#: The fill, and the line, of a cell with an error and of one with a warning; the line differs too:
#: no meaning hangs on the colour alone. Excel draws only thin lines in a conditional format.
_LOOKS = {
    Severity.ERROR: ("FFFFB3B3", "thin", "FF9C0006"),
    Severity.WARNING: ("FFFFD27F", "dashed", "FF7F4F00"),
}
_STYLE = re.compile(rb' s="(\d+)"')
_SHARED = re.compile(rb'(<c [^<>]*)t="s"([^<>]*)><v>(\d+)</v></c>')
_SI = re.compile(rb"<si>(.*?)</si>|<si/>", re.DOTALL)

#: Makes the workbook that holds the list alone, from the sheets that it may link to, what is to be
#: said besides, and the name of its table.
MakeList = Callable[[Sequence[str], Sequence[str], str], Workbook]


def marked_in_place(content: bytes, findings: Sequence[Finding], make_list: MakeList) -> bytes:
    """An `.xlsx` or `.xlsm` with its bad cells marked and a first sheet that lists them.

    Raises BrokenPartError where the workbook is laid out in a way that this does not follow.
    """
    parts = Parts(content)
    book = BookPart(parts)
    taking = Taking(parts, book)
    taking.from_parts()
    by_sheet: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is not Severity.INFO and position(finding.cell):
            by_sheet.setdefault(finding.sheet, []).append(finding)
    styles = _styles(parts)
    first_format = styles.add_formats([_format(*looks) for looks in _LOOKS.values()])
    conversing: list[str] = []
    for listed in book.sheets:
        if listed.kind != "worksheet":
            _unselect(parts, listed)
            continue
        sheet = SheetPart(parts.read(listed.part))
        sheet.unselect()
        sheet.unmark()
        mine = by_sheet.get(listed.name, [])
        if mine:
            book.show(listed)
        marked = _mark(sheet, mine, first_format)
        taking.from_sheet(listed.part, sheet)
        talks = SheetComments(parts, listed.part, sheet).change(marked)
        conversing += [f"{listed.name}!{cell}" for cell in talks]
        if sheet.is_changed:
            parts.put(listed.part, sheet.written())
    if taking.has_fewer_formulas:
        _drop_chain(parts)
    said = tuple(counted(number, *what) for what, number in taking.taken.items())
    remarks = _remarks(said, conversing)
    parts.remark = listed_words(said) if said else ""
    titles = [sheet.name for sheet in book.sheets]
    tables = _Tables(parts, book)
    listing = make_list(titles, remarks, tables.free_name())
    part, rows = _put_list(parts, styles, listing, tables)
    book.put_first(LIST_SHEET, part, rows, taking.judge.is_live)
    return parts.written()


def _remarks(taken_out: Sequence[str], conversing: Sequence[str]) -> list[str]:
    remarks = []
    if taken_out:
        remarks.append(
            "Taken out of this copy, since nothing in it may run or fetch: "
            f"{listed_words(taken_out)}. A return does not need them."
        )
    if conversing:
        remarks.append(
            f"Cells with a conversation of comments keep it ({', '.join(conversing)}): what is "
            "wrong with them stands in the list alone."
        )
    return remarks


def _mark(sheet: SheetPart, findings: Sequence[Finding], first: int) -> dict[str, list[Finding]]:
    """Highlight the cells of a sheet; the findings by the cell that shows them."""
    holders = sheet.holders(finding.cell for finding in findings)
    by_cell: dict[str, list[Finding]] = {}
    for finding in findings:
        by_cell.setdefault(holders[finding.cell], []).append(finding)
    if not by_cell:
        return by_cell
    worst = {cell: worst_first(of_cell)[0].severity for cell, of_cell in by_cell.items()}
    groups = [
        ([cell for cell, found in worst.items() if found is severity], first + number)
        for number, severity in enumerate(_LOOKS)
    ]
    sheet.highlight(groups)
    sheet.unlock([*by_cell])
    # Saved again they would have a format that nobody gave them.
    sheet.clear({cell for cell, of in by_cell.items() if any(_is_unknown(each) for each in of)})
    return by_cell


def _is_unknown(finding: Finding) -> bool:
    return finding.code == LOOKS_UNKNOWN.code


def _format(fill: str, line: str, colour: str) -> str:
    sides = "".join(
        f'<{side} style="{line}"><color rgb="{colour}"/></{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    pattern = f'<patternFill patternType="solid"><bgColor rgb="{fill}"/></patternFill>'
    return f"<dxf><fill>{pattern}</fill><border>{sides}</border></dxf>"


def _styles(parts: Parts) -> Styles:
    """The workbook's styles; a plain one where it has none."""
    found = parts.related(parts.main, "styles")
    if found:
        return Styles(parts.document(found[0].target))
    made = _archive(Workbook())["xl/styles.xml"]
    name = parts.add("xl/styles{}.xml", _in_dialect(parts, made), _STYLES_TYPE)
    parts.relate(parts.main, "styles", name)
    return Styles(parts.document(name))


def _unselect(parts: Parts, sheet: BookSheet) -> None:
    """Leave a sheet of charts or dialogs unselected."""
    if sheet.part and b"tabSelected" in parts.read(sheet.part):
        document = parts.document(sheet.part)
        for view in document.root.walk():
            if view.get("tabSelected") not in (None, "0", "false"):
                document.set(view, tabSelected=None)


def _drop_chain(parts: Parts) -> None:
    """The order in which formulas are worked out: Excel makes it anew."""
    for relation in parts.related(parts.main, "calcChain"):
        parts.unrelate(parts.main, relation)
        parts.remove(relation.target)


class _Tables:
    """The names and numbers that the workbook's own tables have."""

    def __init__(self, parts: Parts, book: BookPart) -> None:
        roots = [
            parts.document(relation.target).root
            for sheet in book.sheets
            if sheet.part
            for relation in parts.related(sheet.part, "table")
        ]
        self._names = book.taken_names([root.get("displayName") or "" for root in roots])
        numbers = [number for root in roots if (number := whole(root.get("id"))) is not None]
        self.free_number = max(numbers, default=0) + 1

    def free_name(self) -> str:
        """A name for the list's table; one that the return uses itself is left to it."""
        name = TABLE_NAME
        while name.casefold() in self._names:
            name += "_"
        return name


def _put_list(parts: Parts, styles: Styles, listing: Workbook, tables: _Tables) -> tuple[str, str]:
    """Put the list's sheet in; its part, and the rows that it prints on each page."""
    made = _archive(listing)
    mapped = styles.add_cells_of(Document(made["xl/styles.xml"]))
    texts = [match[1] or b"" for match in _SI.finditer(made.get("xl/sharedStrings.xml", b""))]

    def inline(match: re.Match[bytes]) -> bytes:
        text = texts[int(match[3])]
        return match[1] + b't="inlineStr"' + match[2] + b"><is>" + text + b"</is></c>"

    sheet = made["xl/worksheets/sheet1.xml"]
    sheet = _STYLE.sub(lambda match: b' s="%d"' % mapped[int(match[1])], sheet)
    sheet = _in_dialect(parts, _SHARED.sub(inline, sheet))
    name = parts.add("xl/worksheets/sheet{}.xml", sheet, _SHEET_TYPE)
    relations = made.get("xl/worksheets/_rels/sheet1.xml.rels")
    if relations is not None:
        table = made.get("xl/tables/table1.xml")
        if table is not None:
            document = Document(table)
            document.set(document.root, id=str(tables.free_number))
            content = _in_dialect(parts, document.written())
            put = parts.add("xl/tables/table{}.xml", content, _TABLE_TYPE)
            relations = relations.replace(b"/xl/tables/table1.xml", f"/{put}".encode())
        folder, _, leaf = name.rpartition("/")
        parts.put(f"{folder}/_rels/{leaf}.rels", _in_dialect(parts, relations))
    titles = listing.worksheets[0].print_title_rows or "$1:$1"
    return name, titles


def _archive(book: Workbook) -> dict[str, bytes]:
    """The parts of a workbook of our own."""
    with zipfile.ZipFile(io.BytesIO(saved(book))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _in_dialect(parts: Parts, content: bytes) -> bytes:
    """A part of our own as the workbook's: transitional, or strict."""
    if not parts.is_strict:
        return content
    return content.replace(_MAIN, _STRICT_MAIN).replace(_RELATIONS, _STRICT_RELATIONS)
