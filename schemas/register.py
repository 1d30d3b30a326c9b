"""The register's rows in frames, checked by pandera sheet by sheet.

A frame has a row for each row of its sheet, and a column for each of the layout's, by key. Blank
cells are None; figures are Decimal, in the indicator's unit. What a check needs of other rows and
sheets is joined to a row before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

import numpy as np
from msgspec.structs import replace

from schemas import verdicts
from schemas.checks import Cells, Checks
from schemas.names import name_key
from schemas.register_checks import CHECKS
from schemas.register_columns import RegisterSheet
from schemas.register_layout import AREAS, INDICATORS, LISTS, PERIODS, SHEETS
from schemas.register_names import SheetNames
from schemas.register_periods import overlapping
from schemas.register_succession import replaced

Row = Mapping[str, Any]
Rows = Sequence[Row]


def failures(
    tables: Mapping[str, Rows], unread: Mapping[str, Sequence[Collection[str]]]
) -> Iterator[tuple[RegisterSheet, verdicts.FailedCheck]]:
    """Every cell that breaks a rule, with its sheet and the first rule that it breaks.

    `tables` holds the rows of each sheet that could be read, by its title; a target's has its
    indicator's kind, polarity and unit too. `unread` says in which columns of each row a cell could
    not be read: what looks at it says nothing.
    """
    names = {
        sheet.title: SheetNames.of(sheet, tables[sheet.title])
        for sheet in SHEETS
        if sheet.title in tables
    }
    starts = {
        name_key(row["name"]): row["starts"]
        for row in reversed(tables.get(PERIODS.title, ()))
        if row["name"]
    }
    for sheet in SHEETS:
        rows = tables.get(sheet.title, ())
        joined = [
            {**row, **more}
            for row, more in zip(rows, _joined(sheet, rows, names, starts), strict=True)
        ]
        checks = _CHECKS[sheet.title]
        frame = verdicts.frame_of(
            checks, {key: [row[key] for row in joined] for key in checks.columns}
        )
        passed_over = {
            column.key: np.array([column.key in keys for keys in unread.get(sheet.title, ())], bool)
            for column in sheet.columns
        }
        for failed in verdicts.failures(checks, frame, passed_over):
            yield sheet, failed


def _joined(
    sheet: RegisterSheet,
    rows: Rows,
    names: Mapping[str, SheetNames],
    starts: Mapping[str, date | None],
) -> Iterator[dict[str, object]]:
    """What other rows and sheets say of each row; `starts` are the first days of periods."""
    if sheet is AREAS:
        refs = {name_key(row["ref"]) for row in rows if row["ref"]}
        for row in rows:
            ref, name = (name_key(row[key] or "") for key in ("ref", "name"))
            yield {"is_own_name": name == ref or name not in refs}
        return
    if sheet is PERIODS:
        for other in overlapping(rows):
            yield {"overlaps": other}
        return
    chosen = [
        (column.key, LISTS[column.chosen_from]) for column in sheet.columns if column.chosen_from
    ]
    more = replaced(rows, starts) if sheet is INDICATORS else ()
    for row, of_others in zip_longest(rows, more):
        yield (
            {"replaced": of_others}
            | {
                f"{key}_unknown": _unknown(row[key], other, names.get(other.title))
                for key, other in chosen
            }
            | {
                f"{key}_starts": starts.get(name_key(row[key]))
                if isinstance(row[key], str)
                else None
                for key, other in chosen
                if other is PERIODS
            }
        )


def _unknown(
    cell: str | tuple[str, ...] | None, sheet: RegisterSheet, known: SheetNames | None
) -> dict[str, str] | None:
    """The first name in a cell that is not among the names of a sheet, in words.

    `known` is None where the sheet could not be read. A near match is asked about, never taken.
    """
    names = (cell,) if isinstance(cell, str) else cell or ()
    unknown = next((name for name in names if known and not known.ref(name)), None)
    if unknown is None or known is None:
        return None
    return {
        "unknown": unknown,
        "near": known.near(unknown),
        "name": sheet.columns[0].heading.casefold(),
        "title": sheet.title,
    }


def _checks(sheet: RegisterSheet) -> Checks:
    """The checks that stand at a sheet's columns, and the frame that they look at."""
    start = f"{sheet.attribute}."
    checks = tuple(
        replace(check, at={at.removeprefix(start): check.at[at] for at in own})
        for check in CHECKS
        if (own := [at for at in check.at if at.startswith(start)])
    )
    columns = {
        name: Cells(object, name, "What other rows and sheets say.", nullable=True)
        for check in checks
        for condition in check.at.values()
        for name in condition.looks_at
    } | {
        column.key: Cells(object, column.heading, column.asks, nullable=True)
        for column in sheet.columns
    }
    return Checks(sheet.title, columns, checks, lambda _row: {"row": sheet.called})


_CHECKS = {sheet.title: _checks(sheet) for sheet in SHEETS}
