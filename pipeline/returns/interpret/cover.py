"""The cover: whose return it is, for which period, and who signed it off."""

from __future__ import annotations

from pipeline.returns.interpret.headings import LONGEST_HEADING
from pipeline.returns.interpret.tables import HEADER_WITHIN, Table
from pipeline.returns.reading import CoverEntry
from pipeline.workbooks import names
from pipeline.workbooks.addresses import address
from pipeline.workbooks.grid import Grid, text_of
from schemas import rules as c
from schemas.fields import COVER_FIELDS, COVER_SHEET, FILLED
from schemas.findings import Finding, Rule, shorten
from schemas.model import Register

#: A title may be long; a page of text is none.
_LONGEST_TITLE = 300
_NO_ENTRY = CoverEntry("", "", "")
_LABELS = {
    names.heading_key(label): f.key for f in COVER_FIELDS for label in (f.heading, *f.aliases)
}


def read_cover(grids: list[Grid], tables: list[Table]) -> dict[str, CoverEntry]:
    """Each line of the cover that the workbook has: a label with its entry to the right.

    The sheet named Cover is looked at first, then what stands above each table of indicators, then
    every sheet without a table.
    """
    entries: dict[str, CoverEntry] = {}
    last_row = {id(table.grid): table.header_row for table in reversed(tables)}
    for grid in sorted(grids, key=lambda g: names.name_key(g.sheet) != names.name_key(COVER_SHEET)):
        until = min(HEADER_WITHIN, last_row.get(id(grid), HEADER_WITHIN))
        for number, cells in grid.numbered(until):
            for column, cell in enumerate(cells, grid.first_column):
                if not isinstance(cell, str) or not 0 < len(cell) <= LONGEST_HEADING:
                    continue
                label, _, rest = cell.partition(":")
                key = _LABELS.get(names.heading_key(label))
                if key is not None and key not in entries:
                    entries[key] = _entry(grid, number, column, rest.strip())
    return entries


def _entry(grid: Grid, row: int, label: int, rest: str) -> CoverEntry:
    """The rest of a label, else the first filled cell to its right, else the cell next to it."""
    if rest:
        return CoverEntry(rest, grid.sheet, address(row, label))
    for column in range(label + 1, label + 6):
        if text := text_of(grid.value(row, column)):
            return CoverEntry(text, grid.sheet, address(row, column))
    return CoverEntry("", grid.sheet, address(row, label + 1))


def find_area(
    cover: dict[str, CoverEntry], tables: list[Table], register: Register, folder_area: str | None
) -> tuple[str | None, list[Finding]]:
    """The service area's ref: what the cover says, else the inbox folder, else what the rows say.

    A table may say of each row whose it is; rows of two areas are a finding.
    """
    known = {names.name_key(name): a.ref for a in register.areas for name in (a.ref, a.name)}
    entry = cover.get("area") or _NO_ENTRY
    rows = _areas_of_rows(tables, known)
    if entry.text:
        area = known.get(names.name_key(entry.text))
    else:
        area = folder_area or next((ref for ref, _ in rows), None)
    if area is None:
        choices = [each.name for each in register.areas]
        return None, [_unknown(c.AREA_UNKNOWN, "service area", entry, choices)]
    if folder_area not in (None, area):
        folder = register.area_name(folder_area)
        return area, [c.FOLDER_MISMATCH.found(entry.sheet, entry.cell, entry.text, folder=folder)]
    # One finding for each other area says enough.
    others = {ref: place for ref, place in reversed(rows) if ref != area}
    mine = register.area_name(area)
    return area, [c.SEVERAL_AREAS.found(*place, area=mine) for place in others.values()]


def _unknown(rule: Rule, what: str, entry: CoverEntry, choices: list[str]) -> Finding:
    """What is to be said of a line of the cover that names none of the register's."""
    near = names.suggestion(entry.text, choices)
    problem = f"{shorten(entry.text)} is no {what}{near}" if entry.text else f"no {what} is named"
    listed = ", ".join(map(shorten, choices[:12])) + (" …" if len(choices) > 12 else "")
    return rule.found(entry.sheet, entry.cell, entry.text, problem=problem, choices=listed)


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
        and (ref := known.get(names.name_key(text)))
        and any(table.text(row, key) for key in FILLED)
    ]


def find_period(
    cover: dict[str, CoverEntry], tables: list[Table], register: Register
) -> tuple[str | None, list[Finding]]:
    """The period's name as registered: what the cover says, else the titles above the tables."""
    entry = cover.get("period") or _NO_ENTRY
    periods = [period.name for period in register.periods]
    if entry.text:
        known = {names.period_key(name): name for name in periods}
        found = known.get(names.period_key(entry.text))
    else:
        found = _period_in_titles(tables, periods)
    return found, [] if found else [_unknown(c.PERIOD_UNKNOWN, "period", entry, periods)]


def _period_in_titles(tables: list[Table], periods: list[str]) -> str | None:
    """The one period that the headings and the titles above name; None where it is not plain.

    The headings of the figures, those of the indicators and the titles each tell of a period where
    every year and quarter in them is that period's. What they tell must be one and the same.
    """
    first_on_sheet = {id(table.grid): table for table in reversed(tables)}
    titles = [
        cell[:_LONGEST_TITLE]
        for table in first_on_sheet.values()
        for _, cells in table.grid.numbered(table.header_row)
        for cell in cells
        if isinstance(cell, str)
    ]
    headings = [h for table in tables for h in table.heads.headings]
    sources = (
        {mark for h in headings if h.field == "performance" for mark in h.marks},
        {mark for h in headings if h.field == "indicator" for mark in h.marks},
        {mark for title in titles for mark in names.period_marks(title)},
    )
    told = {p for marks in sources for p in periods if marks and names.period_marks(p) == marks}
    return told.pop() if len(told) == 1 else None
