"""The worked example: the register, the returns and the slips of a council's published appendix.

Wording and figures stand in the CSV files beside this module, as published, slips of spelling
included. Returns are the project's own templates, filled in cell by cell as a person would.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.template import write_template
from schemas import fields, model
from schemas.merge_rules import MergeRule
from schemas.units import Unit

#: What one return says: the fields of each indicator, by ref.
Entries = dict[str, dict[str, str | float | date]]


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def example_register() -> model.Register:
    """The register of the worked example."""
    about = tomllib.loads(files(__name__).joinpath("example.toml").read_text(encoding="utf-8"))
    period = model.Period(**about["period"])
    indicators = _rows("indicators.csv")
    return model.Register(
        framework=model.Framework(**about["framework"]),
        priorities=tuple(
            model.Priority(row["ref"], row["heading"], row["achievements_heading"], order)
            for order, row in enumerate(_rows("priorities.csv"), 1)
        ),
        indicators=tuple(map(_indicator, indicators)),
        targets=tuple(
            _target(row, period.name) for row in indicators if row["target"] or row["baseline"]
        ),
        areas=tuple(model.ServiceArea(**area) for area in about["areas"]),
        periods=(period,),
        recipients=tuple(
            model.Recipient(r["name"], r["email"], (model.Gets.APPENDIX,))
            for r in about["recipients"]
        ),
    )


def _indicator(row: Mapping[str, str]) -> model.Indicator:
    return model.Indicator(
        ref=row["ref"],
        priority=row["priority"],
        wording=row["indicator"],
        kind=model.Kind(row["kind"]),
        unit=Unit(row["unit"]) if row["unit"] else None,
        decimals=int(row["decimals"]),
        polarity=model.Polarity(row["polarity"]) if row["polarity"] else None,
        areas=(row["service_area"],),
        merge_rule=MergeRule.SOLE,
        definition=row["definition"],
        source="Appendix 3, 2012-13",
    )


def _target(row: Mapping[str, str], period: str) -> model.Target:
    return model.Target(
        indicator=row["ref"],
        period=period,
        operator=model.Operator(row["operator"]) if row["operator"] else None,
        value=Decimal(row["target"]) if row["target"] else None,
        baseline=Decimal(row["baseline"]) if row["baseline"] else None,
        baseline_period=row["baseline_period"],
    )


def entries(area: str) -> Entries:
    """What a service area reports, as it would type it: a percentage with its sign, a count."""
    reported: Entries = {}
    for row in _rows("indicators.csv"):
        if row["service_area"] == area:
            reported[row["ref"]] = (
                {"performance": _typed(row["performance"])}
                if row["performance"]
                else {"status": model.Status.NOT_AVAILABLE.value}
            )
    return reported


def _typed(figure: str) -> float:
    """What Excel keeps when a person types a figure into a cell with the unit's format."""
    if figure.endswith("%"):
        return float(Decimal(figure.rstrip("%")) / 100)
    return float(figure)


def slips() -> Entries:
    """Six different slips of the hand, one or more in a row, on Community safety's return."""
    reported = entries("SAF")
    reported["P2-1"] |= {
        "indicator": "Number of incidents of domestic abuse",
        "performance": "4,6O5",
    }
    reported["P2-2"] |= {"performance": "0.24"}
    reported["P3-1"] |= {"numerator": 654.0, "denominator": 1000.0}
    reported["P3-2"] |= {"performance": date(2012, 11, 7)}
    return reported


def write_return(
    register: model.Register,
    area: model.ServiceArea,
    path: Path,
    reported: Entries,
    *,
    signed: bool = True,
) -> None:
    """The area's template for the register's period, filled in and saved by another program."""
    period = register.periods[0]
    write_template(register, area, period, path)
    book = load_workbook(path)
    cover = book[fields.COVER_SHEET]
    _fill_cover(cover, "completed_by", "Performance lead")
    _fill_cover(cover, "completed_on", date(2013, 4, 26))
    if signed:
        _fill_cover(cover, "signed_off_by", area.lead)
    sheet = book[fields.INDICATORS_SHEET]
    header, columns = _columns(sheet, fields.INDICATOR_FIELDS)
    for row in range(header + 1, sheet.max_row + 1):
        ref = sheet.cell(row, columns["ref"]).value
        for key, value in reported.get(str(ref), {}).items():
            sheet.cell(row, columns[key], value)
    sheet = book[fields.ACHIEVEMENTS_SHEET]
    header, columns = _columns(sheet, fields.ACHIEVEMENT_FIELDS)
    headings = {p.ref: p.achievements_heading for p in register.priorities}
    mine = [line for line in _rows("achievements.csv") if line["service_area"] == area.ref]
    for number, line in enumerate(mine, header + 1):
        sheet.cell(number, columns["priority"], headings[line["priority"]])
        sheet.cell(number, columns["achievement"], line["achievement"])
    book.save(path)


def _fill_cover(sheet: Worksheet, key: str, value: str | date) -> None:
    heading = next(f.heading for f in fields.COVER_FIELDS if f.key == key)
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == heading and cell.row and cell.column:
                sheet.cell(cell.row, cell.column + 1, value)
                return
    raise LookupError(f"the template's cover has no line {heading}")


def _columns(sheet: Worksheet, wanted: tuple[fields.Field, ...]) -> tuple[int, dict[str, int]]:
    """The heading row of a template's table, and each field's column."""
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        words = [str(cell).split(" (")[0] for cell in cells]
        if all(f.heading in words for f in wanted):
            return number, {f.key: words.index(f.heading) + 1 for f in wanted}
    raise LookupError(f"sheet {sheet.title} of the template has no heading row")
