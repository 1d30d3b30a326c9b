"""Returns on the project's own template, filled in cell by cell as a person would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import msgspec
from openpyxl import load_workbook

from pipeline.outputs.template import write_template
from schemas.fields import ACHIEVEMENTS_SHEET, COVER_SHEET, INDICATORS_SHEET
from schemas.model import Period, Register, ServiceArea

#: What is typed in a row, by the heading of its column.
Entries = Mapping[str, Mapping[str, object]]

#: The template of each area and period that was written before: tests fill in many of a few.
_templates: dict[bytes, bytes] = {}

_saved = count(1)


def fill_return(
    register: Register, area: ServiceArea, period: Period, path: Path, entries: Entries
) -> Path:
    """Write an area's return to `path`, signed off, with entries for each indicator's ref."""
    key = msgspec.msgpack.encode((register, area, period))
    if key not in _templates:
        write_template(register, area, period, path)
        _templates[key] = path.read_bytes()
    path.write_bytes(_templates[key])
    return fill_in(path, entries)


def fill_in(path: Path, entries: Entries, achieved: Sequence[tuple[str, str]] = ()) -> Path:
    """Fill in and sign off the template that lies there.

    What was `achieved` is each a priority, as its list has it, and a text.
    """
    book = load_workbook(path)
    for row in book[COVER_SHEET].iter_rows():
        for cell in row:
            if cell.value in ("Completed by", "Signed off by"):
                book[COVER_SHEET].cell(cell.row, cell.column + 1, "Head of service")
    sheet = book[INDICATORS_SHEET]
    headings: dict[object, int] = {}
    for row in sheet.iter_rows():
        if not headings and any(cell.value == "Performance" for cell in row):
            headings = {cell.value: cell.column for cell in row}
        for heading, value in entries.get(str(row[0].value), {}).items():
            sheet.cell(row[0].row, headings[heading], value)
    sheet = book[ACHIEVEMENTS_SHEET]
    heads = next(row[0].row for row in sheet.iter_rows() if row[0].value == "Priority")
    for number, cells in enumerate(achieved, heads + 1):
        for column, value in enumerate(cells, 1):
            sheet.cell(number, column, value)
    # Two workbooks saved within a second are two files, as a person's are, and no duplicates.
    book.properties.identifier = str(next(_saved))
    book.save(path)
    return path


def at_once(settings: str) -> str:
    """The text of `pipeline.toml`, with nothing in the inbox waited for."""
    for name, default in (("settle_seconds", "2.0"), ("incomplete_minutes", "15")):
        assert f"{name} = {default}" in settings
        settings = settings.replace(f"{name} = {default}", f"{name} = 0")
    return settings
