"""Read the register: every cell typed and checked, every problem named with its cell.

Cells are typed first, then each sheet is checked by its pandera schema in one lazy pass, then the
sheets against each other; only a register without a problem comes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipeline.register.build import build_register
from pipeline.register.cells import Refusal, Typed, Value, in_unit, read_cell
from pipeline.register.checks import check_across
from pipeline.register.file import register_bytes
from pipeline.register.grid import Grid, read_grid
from pipeline.register.table import Problems, Row, Table
from pipeline.workspace.errors import RegisterError
from schemas.model import Register, ToleranceKind
from schemas.register import failures
from schemas.register_columns import Sheet
from schemas.register_layout import FRAMEWORK, INDICATORS, SHEETS, TARGETS
from schemas.units import Unit


def read_register(path: Path) -> Register:
    """The register in a workbook, checked.

    Percentages come back in percentage points, figures with the decimals that their cells show,
    periods in the order in which they start. Raises `RegisterError` with one line for each
    problem: file, sheet, cell, what is wrong, what to type.
    """
    return parse_register(register_bytes(path), path.name)


def parse_register(content: bytes, name: str) -> Register:
    """The same from the workbook's bytes; `name` is the file's, for messages."""
    grid = read_grid(content, name)
    problems = Problems(name)
    tables = _typed(grid, problems)
    for table in tables.values():
        _check(table, problems)
    check_across(tables, problems)
    lines = [*grid.problems, *(line for sheet in SHEETS for line in problems.of(sheet))]
    if lines:
        raise RegisterError(lines)
    return build_register(tables, hashlib.sha256(content).hexdigest())


def _check(table: Table, problems: Problems) -> None:
    """Check a sheet by its schema; a cell that could not be read is not held against others."""
    refused = {(row.number, key) for row in table.rows for key in problems.about(table.sheet, row)}
    rows = {row.number: row for row in table.rows}
    for failure in failures(table.sheet, _frame(table)):
        if not any((failure.row, key) in refused for key in failure.looked_at):
            problems.add(table.sheet, rows[failure.row], failure.column, failure.says)


def _typed(grid: Grid, problems: Problems) -> dict[str, Table]:
    """The sheets with every cell as a value; figures are settled by the unit beside them."""
    tables: dict[str, Table] = {}
    for sheet in SHEETS:
        if sheet.title not in grid.sheets:
            continue
        rows = [Row(row.number, row.cells) for row in grid.sheets[sheet.title]]
        tables[sheet.title] = Table(sheet, rows)
        for row in rows:
            for column in sheet.columns:
                value = read_cell(row.cells[column.key], column)
                row.values[column.key] = _accepted(value, problems, sheet, row, column.key)
    units = _units(tables)
    for sheet in (FRAMEWORK, INDICATORS, TARGETS):
        for row in tables[sheet.title].rows if sheet.title in tables else ():
            _settle(sheet, row, units, problems)
    return tables


def _accepted(
    value: Value | Refusal, problems: Problems, sheet: Sheet, row: Row, key: str
) -> Value:
    if isinstance(value, Refusal):
        problems.add(sheet, row, key, value.says)
        return None
    return value


def _units(tables: dict[str, Table]) -> dict[str, Unit]:
    indicators = tables.get(INDICATORS.title)
    return {
        ref: Unit(row.text("unit"))
        for ref, row in (indicators.by_ref if indicators else {}).items()
        if row.text("unit") in tuple(Unit)
    }


def _settle(sheet: Sheet, row: Row, units: dict[str, Unit], problems: Problems) -> None:
    unit = units.get(row.text("indicator" if sheet is TARGETS else "ref"))
    for column in sheet.columns:
        typed = row.values[column.key]
        if not isinstance(typed, Typed):
            continue
        # An unknown unit is a problem of its own, so its figures are taken as they stand.
        measured = _tolerance_unit(row, unit, typed) if column.key == "tolerance" else unit
        settled = typed.value if measured is None else in_unit(typed, measured)
        row.values[column.key] = _accepted(settled, problems, sheet, row, column.key)
        if typed.operator is not None:
            _take_operator(sheet, row, typed, problems)


def _tolerance_unit(row: Row, unit: Unit | None, typed: Typed) -> Unit | None:
    """Percent of the target is a percentage; points are in the unit, with or without a sign."""
    if row.text("tolerance_kind") == ToleranceKind.PERCENT_OF_TARGET:
        return Unit.PERCENT
    return unit if typed.percent or typed.money else None


def _take_operator(sheet: Sheet, row: Row, typed: Typed, problems: Problems) -> None:
    """`>3.30%` in one cell says both; it must not gainsay the operator's own cell."""
    stated = row.text("operator")
    if stated and stated != typed.operator:
        says = f'"{{value}}" says {typed.operator}, and the operator is {stated}. Keep one of them.'
        problems.add(sheet, row, "value", says)
    row.values["operator"] = typed.operator


def _frame(table: Table) -> pd.DataFrame:
    """The table as its schema expects it: a row each, indexed by the row's number in Excel."""
    keys: Iterable[str] = [column.key for column in table.sheet.columns]
    return pd.DataFrame(
        {key: pd.Series([row.values[key] for row in table.rows], dtype=object) for key in keys}
    ).set_axis([row.number for row in table.rows])
