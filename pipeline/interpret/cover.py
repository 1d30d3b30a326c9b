"""The cover: whose return it is, for which period, and who signed it off."""

from __future__ import annotations

from pipeline import catalogue as c
from pipeline.findings import Finding, shorten
from pipeline.grid import Grid, address, text_of
from pipeline.interpret.names import heading_key, name_key, period_key, suggestion
from pipeline.interpret.tables import HEADER_WITHIN, LONGEST_HEADING, Table
from pipeline.model import Register
from pipeline.reading import CoverEntry
from schemas.layout import COVER_FIELDS, COVER_SHEET

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
                key = _LABELS.get(heading_key(cell))
                if key is not None and key not in entries:
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
    cover: dict[str, CoverEntry], register: Register, folder_area: str | None
) -> tuple[str | None, list[Finding]]:
    """The service area's ref. The inbox folder counts where the cover says nothing."""
    entry = cover.get("area")
    names = [area.name for area in register.areas]
    if entry is None or not entry.text:
        if folder_area is not None:
            return folder_area, []
        place = (entry.sheet, entry.cell) if entry else ("", "")
        problem = "no service area is named"
        return None, [c.AREA_UNKNOWN.found(*place, problem=problem, choices=_listed(names))]
    known = {name_key(name): a.ref for a in register.areas for name in (a.ref, a.name)}
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
    return ref, []


def find_period(
    cover: dict[str, CoverEntry], register: Register
) -> tuple[str | None, list[Finding]]:
    """The period's name as registered."""
    entry = cover.get("period")
    names = [period.name for period in register.periods]
    if entry is None or not entry.text:
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


def _listed(names: list[str]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
