"""The sender's own workbook, marked in its package: only what changes is written anew.

Whatever a workbook holds survives, whether or not any library here knows it: pictures, shapes,
drop-downs, conditional formats, charts, comments. What is live in it is taken out, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from openpyxl import Workbook

from pipeline.outputs.correction.in_place.book import BookPart, BookSheet
from pipeline.outputs.correction.in_place.comments import SheetComments
from pipeline.outputs.correction.in_place.list_sheet import Tables, put_list, styles_of
from pipeline.outputs.correction.in_place.live import Taking
from pipeline.outputs.correction.in_place.parts import Parts
from pipeline.outputs.correction.in_place.sheet import SheetPart, drop_formats, shift_priorities
from pipeline.outputs.correction.listing import TABLE_NAME
from pipeline.workbooks.addresses import position
from schemas.fields import LIST_SHEET
from schemas.findings import Finding, Severity, worst_first
from schemas.rules import LOOKS_UNKNOWN
from schemas.wording import counted
from schemas.wording import listed as listed_words

#: The fill, and the line, of a cell with an error and of one with a warning; the line differs too:
#: no meaning hangs on the colour alone. Excel draws only thin lines in a conditional format.
_LOOKS = {
    Severity.ERROR: ("FFFFB3B3", "thin", "FF9C0006"),
    Severity.WARNING: ("FFFFD27F", "dashed", "FF7F4F00"),
}

#: How many cells a remark names.
_NAMED = 10

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
    styles = styles_of(parts)
    first_format = styles.add_formats([_format(*looks) for looks in _LOOKS.values()])
    conversing: list[str] = []
    for listed in book.sheets:
        if listed.kind != "worksheet":
            _unselect(parts, listed)
            continue
        mine = by_sheet.get(listed.name, [])
        if mine:
            book.show(listed)
        talks = _change_sheet(parts, listed, mine, first_format, taking)
        conversing += [f"{listed.name}!{cell}" for cell in talks]
    if taking.has_fewer_formulas:
        _drop_chain(parts)
    said = tuple(counted(number, *what) for what, number in taking.taken.items())
    remarks = _remarks(said, taking.unknown, conversing)
    parts.remark = listed_words(said) if said else ""
    titles = [sheet.name for sheet in book.sheets]
    tables = Tables(parts, book.sheets)
    listing = make_list(titles, remarks, _free_name(book.taken_names(tables.names)))
    part = put_list(parts, styles, listing, tables.free_number)
    printed = listing.worksheets[0].print_title_rows or "$1:$1"
    book.put_first(LIST_SHEET, part, printed, taking.judge.is_live)
    return parts.written()


def _change_sheet(
    parts: Parts, listed: BookSheet, findings: Sequence[Finding], first_format: int, taking: Taking
) -> list[str]:
    """Mark a sheet and take out what is live; the cells whose conversations stand for ours."""
    sheet = SheetPart(parts.read(listed.part))
    sheet.unselect()
    sheet.unmark()
    marked = _mark(sheet, findings, first_format)
    taking.from_sheet(listed, sheet)
    gone = sheet.priorities_gone()
    for pivot in parts.related(listed.part, "pivotTable") if marked or gone else ():
        with parts.changing(pivot.target) as document:
            if marked:
                shift_priorities(document, "conditionalFormat", len(_LOOKS))
            drop_formats(document, gone)
    talks = SheetComments(parts, listed.part, sheet).change(marked)
    if sheet.is_changed:
        parts.rewrite(listed.part, sheet.rewrite())
    return talks


def _remarks(
    taken_out: Sequence[str], unknown: Sequence[str], conversing: Sequence[str]
) -> list[str]:
    remarks = []
    if taken_out:
        remarks.append(
            "Taken out of this copy, since nothing in it may run or fetch: "
            f"{listed_words(taken_out)}. A return does not need them."
        )
    if unknown:
        more = len(unknown) - _NAMED
        named = [*unknown[:_NAMED], *([f"{more:,} more"] if more > 0 else [])]
        remarks.append(
            f"No result was saved with the formulas of {listed_words(named)}: these cells are "
            "empty in this copy. Type what they showed."
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


def _unselect(parts: Parts, sheet: BookSheet) -> None:
    """Leave a sheet of charts or dialogs unselected."""
    if sheet.part and b"tabSelected" in parts.read(sheet.part):
        with parts.changing(sheet.part) as document:
            for view in document.root.walk():
                if view.get("tabSelected") not in (None, "0", "false"):
                    document.set(view, tabSelected=None)


def _drop_chain(parts: Parts) -> None:
    """The order in which formulas are worked out: Excel makes it anew."""
    for relation in parts.related(parts.main, "calcChain"):
        parts.unrelate(parts.main, relation)
        parts.remove(relation.target)


def _free_name(taken: Collection[str]) -> str:
    """A name for the list's table; one that the return uses itself is left to it."""
    name = TABLE_NAME
    while name.casefold() in taken:
        name += "_"
    return name
