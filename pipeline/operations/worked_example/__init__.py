"""The worked example: the register, the returns and the slips of a council's published appendix.

Wording and figures stand in the CSV files beside this module, as published, slips of spelling
included. Returns are the project's own templates, filled in cell by cell as a person would.
"""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import msgspec
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.template import write_template
from schemas import fields
from schemas.merge_rules import MergeRule
from schemas.model import Register, ServiceArea, Status

#: What one return says: the fields of each indicator, by ref.
Entries = dict[str, dict[str, str | float | date]]


def _rows(name: str) -> list[dict[str, str]]:
    """The rows of a file, each without what is blank."""
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return [{key: value for key, value in row.items() if value} for row in rows]


def example_register() -> Register:
    """The register of the worked example."""
    about = tomllib.loads(files(__name__).joinpath("example.toml").read_text(encoding="utf-8"))
    (period,) = about["periods"]
    rows = _rows("indicators.csv")
    source = "Appendix 3, 2012-13"
    alike = {"unit": None, "polarity": None, "merge_rule": MergeRule.SOLE, "source": source}
    about["indicators"] = [
        alike | row | {"wording": row["indicator"], "areas": [row["service_area"]]} for row in rows
    ]
    about["targets"] = [
        row | {"indicator": row["ref"], "period": period["name"], "value": row.get("target")}
        for row in rows
        if "target" in row or "baseline" in row
    ]
    priorities = _rows("priorities.csv")
    about["priorities"] = [row | {"order": order} for order, row in enumerate(priorities, 1)]
    return msgspec.convert(about, Register, strict=False)


def entries(area: str) -> Entries:
    """What a service area reports, as it would type it: a percentage with its sign, a count."""
    reported: Entries = {}
    for row in _rows("indicators.csv"):
        if row["service_area"] == area:
            figure = row.get("performance")
            none: dict[str, str | float | date] = {"status": Status.NOT_AVAILABLE.value}
            reported[row["ref"]] = {"performance": _typed(figure)} if figure else none
    return reported


def _typed(figure: str) -> float:
    """What Excel keeps when a person types a figure into a cell with the unit's format."""
    if figure.endswith("%"):
        return float(Decimal(figure.rstrip("%")) / 100)
    return float(figure)


def slips() -> Entries:
    """Six different slips of the hand, one or more in a row, on Community safety's return."""
    reported = entries("SAF")
    reported["P2-1"]["indicator"] = "Number of incidents of domestic abuse"
    reported["P2-1"]["performance"] = "4,6O5"
    reported["P2-2"]["performance"] = "0.24"
    reported["P3-1"] |= {"numerator": 654.0, "denominator": 1000.0}
    reported["P3-2"]["performance"] = date(2012, 11, 7)
    return reported


def write_return(
    register: Register, area: ServiceArea, path: Path, reported: Entries, *, signed: bool = True
) -> None:
    """The area's template for the register's period, filled in and saved by another program."""
    write_template(register, area, register.periods[0], path)
    book = load_workbook(path)
    sheet = book[fields.COVER_SHEET]
    cover: dict[str, str | date] = {
        "completed_by": "Performance lead",
        "completed_on": date(2013, 4, 19),
        "signed_off_by": area.lead if signed else "",
    }
    for field in fields.COVER_FIELDS:
        if entry := cover.get(field.key):
            row, column = _place(sheet, field)
            sheet.cell(row, column + 1, entry)
    sheet = book[fields.INDICATORS_SHEET]
    places = {field.key: _place(sheet, field) for field in fields.INDICATOR_FIELDS}
    header, refs = places["ref"]
    for row in range(header + 1, sheet.max_row + 1):
        ref = str(sheet.cell(row, refs).value)
        for key, value in reported.get(ref, {}).items():
            sheet.cell(row, places[key][1], value)
    sheet = book[fields.ACHIEVEMENTS_SHEET]
    (header, priority), (_, achievement) = (_place(sheet, f) for f in fields.ACHIEVEMENT_FIELDS)
    headings = {p.ref: p.achievements_heading for p in register.priorities}
    mine = [line for line in _rows("achievements.csv") if line["service_area"] == area.ref]
    for row, line in enumerate(mine, header + 1):
        sheet.cell(row, priority, headings[line["priority"]])
        sheet.cell(row, achievement, line["achievement"])
    book.save(path)


def _place(sheet: Worksheet, field: fields.Field) -> tuple[int, int]:
    """The row and the column of a field's heading in a template."""
    return next(
        (row, column)
        for row, cells in enumerate(sheet.iter_rows(values_only=True), 1)
        for column, words in enumerate(cells, 1)
        if str(words).split(" (")[0] == field.heading
    )
