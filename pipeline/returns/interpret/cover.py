"""The cover: whose return it is, for which period, and who signed it off."""

from __future__ import annotations

from pipeline.returns.interpret.headings import LONGEST_HEADING
from pipeline.returns.interpret.tables import HEADER_WITHIN, Table
from pipeline.returns.reading import CoverEntry
from pipeline.workbooks.addresses import address
from pipeline.workbooks.grid import Grid, text_of
from pipeline.workbooks.names import (
    heading_key,
    name_key,
    period_key,
    period_marks,
    suggestion,
)
from schemas import rules as c
from schemas.fields import COVER_FIELDS, COVER_SHEET, FILLED
from schemas.findings import Finding, shorten
from schemas.model import Register

#: A title may be long; a page of text is none.
_LONGEST_TITLE = 300
_LABELS = {heading_key(label): f.key for f in COVER_FIELDS for label in (f.heading, *f.aliases)}


def read_cover(grids: list[Grid], tables: list[Table]) -> dict[str, CoverEntry]:
    """Each line of the cover that the workbook has: a label with its entry to the right.

    The sheet named Cover is looked at first, then what stands above each table of indicators, then
    every sheet without a table.
    """
    entries: dict[str, CoverEntry] = {}
    last_row = {id(table.grid): table.header_row for table in reversed(tables)}
    for grid in sorted(grids, key=lambda g: name_key(g.sheet) != name_key(COVER_SHEET)):
        until = min(HEADER_WITHIN, last_row.get(id(grid), HEADER_WITHIN))
        for number, cells in grid.numbered():
            if number >= until:
                break
            for column, cell in enumerate(cells, grid.first_column):
                if not isinstance(cell, str) or not 0 < len(cell) <= LONGEST_HEADING:
                    continue
                label, _, rest = cell.partition(":")
                key = _LABELS.get(heading_key(label))
                if key is None or key in entries:
                    continue
                if rest.strip():
                    entries[key] = CoverEntry(rest.strip(), grid.sheet, address(number, column))
                else:
                    entries[key] = _entry(grid, number, column)
    return entries


def _entry(grid: Grid, row: int, label: int) -> CoverEntry:
    """What stands to the right of a label: the first filled cell, else the cell next to it."""
    for column in range(label + 1, label + 6):
        text = text_of(grid.value(row, column))
        if text:
            return CoverEntry(text, grid.sheet, address(row, column))
    return CoverEntry("", grid.sheet, address(row, label + 1))


def find_area(
    cover: dict[str, CoverEntry], tables: list[Table], register: Register, folder_area: str | None
) -> tuple[str | None, list[Finding]]:
    """The service area's ref: what the cover says, else the inbox folder, else what the rows say.

    A table may say of each row whose it is; rows of two areas are a finding.
    """
    known = {name_key(name): a.ref for a in register.areas for name in (a.ref, a.name)}
    entry = cover.get("area")
    if entry is not None and entry.text:
        return _area_on_cover(entry, tables, register, folder_area, known)
    rows = _areas_of_rows(tables, known)
    area = folder_area or next((ref for ref, _ in rows), None)
    if area is None:
        place = (entry.sheet, entry.cell) if entry else ("", "")
        choices = _listed([each.name for each in register.areas])
        problem = "no service area is named"
        return None, [c.AREA_UNKNOWN.found(*place, problem=problem, choices=choices)]
    return area, _of_others(area, rows, register)


def _area_on_cover(
    entry: CoverEntry,
    tables: list[Table],
    register: Register,
    folder_area: str | None,
    known: dict[str, str],
) -> tuple[str | None, list[Finding]]:
    names = [area.name for area in register.areas]
    ref = known.get(name_key(entry.text))
    if ref is None:
        problem = f"{shorten(entry.text)} is no service area{suggestion(entry.text, names)}"
        return None, [
            c.AREA_UNKNOWN.found(
                entry.sheet, entry.cell, entry.text, problem=problem, choices=_listed(names)
            )
        ]
    if folder_area is not None and folder_area != ref:
        bound = register.area(folder_area)
        folder = bound.name if bound else folder_area
        return ref, [c.FOLDER_MISMATCH.found(entry.sheet, entry.cell, entry.text, folder=folder)]
    return ref, _of_others(ref, _areas_of_rows(tables, known), register)


def _areas_of_rows(
    tables: list[Table], known: dict[str, str]
) -> list[tuple[str, tuple[str, str, str]]]:
    """The area that each filled row names, with its sheet, cell and text.

    Other words there, such as a team's name, say nothing of the area.
    """
    return [
        (ref, (table.grid.sheet, table.address(row, "area"), text))
        for table in tables
        if "area" in table.columns
        for row in table.rows
        if (text := table.shared_text(row, "area"))
        and (ref := known.get(name_key(text)))
        and any(table.text(row, key) for key in FILLED)
    ]


def _of_others(
    area: str, rows: list[tuple[str, tuple[str, str, str]]], register: Register
) -> list[Finding]:
    """The first row of each other area; one finding an area says enough."""
    bound = register.area(area)
    mine = bound.name if bound else area
    first = {ref: place for ref, place in reversed(rows) if ref != area}
    return [c.SEVERAL_AREAS.found(*place, area=mine) for place in first.values()]


def find_period(
    cover: dict[str, CoverEntry], tables: list[Table], register: Register
) -> tuple[str | None, list[Finding]]:
    """The period's name as registered: what the cover says, else the titles above the tables."""
    entry = cover.get("period")
    names = [period.name for period in register.periods]
    if entry is None or not entry.text:
        if titled := _period_in_titles(tables, names):
            return titled, []
        place = (entry.sheet, entry.cell) if entry else ("", "")
        problem = "no period is named"
        return None, [c.PERIOD_UNKNOWN.found(*place, problem=problem, choices=_listed(names))]
    known = {period_key(name): name for name in names}
    found = known.get(period_key(entry.text))
    if found is None:
        problem = f"{shorten(entry.text)} is no period{suggestion(entry.text, names)}"
        return None, [
            c.PERIOD_UNKNOWN.found(
                entry.sheet, entry.cell, entry.text, problem=problem, choices=_listed(names)
            )
        ]
    return found, []


def _period_in_titles(tables: list[Table], names: list[str]) -> str | None:
    """The one period that the headings and the titles above name; None where it is not plain.

    The headings of the figures, those of the indicators and the titles each tell of a period where
    every year and quarter in them is that period's. What they tell must be one and the same.
    """
    first_on_sheet = {id(table.grid): table for table in reversed(tables)}
    titles = [
        cell[:_LONGEST_TITLE]
        for table in first_on_sheet.values()
        for number, cells in table.grid.numbered()
        if number < table.header_row
        for cell in cells
        if isinstance(cell, str)
    ]
    headings = [h for table in tables for h in table.heads.headings]
    sources = (
        {mark for h in headings if h.field == "performance" for mark in h.marks},
        {mark for h in headings if h.field == "indicator" for mark in h.marks},
        {mark for title in titles for mark in period_marks(title)},
    )
    told = {name for marks in sources for name in names if marks and period_marks(name) == marks}
    return told.pop() if len(told) == 1 else None


def _listed(names: list[str]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
