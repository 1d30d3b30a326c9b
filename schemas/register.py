"""The register's rows in frames, checked by pandera sheet by sheet.

A frame has a row for each row of its sheet, and a column for each of the layout's, by key. Blank
cells are None; figures are Decimal, in the indicator's unit. What a check needs of other rows and
sheets is joined to a row before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from msgspec.structs import replace

from schemas import verdicts
from schemas.bands import BANDS
from schemas.checks import Cells, Checks
from schemas.names import name_key
from schemas.register_areas import names_own, owners_of_names
from schemas.register_bands import bands_joined
from schemas.register_checks import CHECKS
from schemas.register_columns import RegisterSheet
from schemas.register_layout import (
    AREAS,
    INDICATORS,
    LISTS,
    PERIODS,
    SHEETS,
    TARGETS,
)
from schemas.register_names import SheetNames
from schemas.register_periods import former_names, overlapping, taken_name
from schemas.register_settings import POLICIES
from schemas.register_succession import replaced_joined
from schemas.register_targets import with_periods
from schemas.register_thresholds import policy_before

Row = Mapping[str, Any]
Rows = Sequence[Row]
_FromRows = Callable[
    [Rows, Mapping[str, Rows], Mapping[str, date | None]], Iterator[Mapping[str, object]]
]


def failures(
    tables: Mapping[str, Rows], unread: Mapping[str, Sequence[Collection[str]]]
) -> Iterator[tuple[RegisterSheet, verdicts.FailedCheck]]:
    """Every cell that breaks a rule, with its sheet and the first rule that it breaks.

    `tables` holds the rows of each sheet that could be read, by its title; a target's has
    what `ABOUT_TARGETS` names of its indicator too. `unread` says in which columns of each row a
    cell could not be read: what looks at it says nothing.
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
        from_rows = _FROM_ROWS.get(sheet, _nothing)(rows, tables, starts)
        joined = [
            {**row, **more, **its}
            for row, more, its in zip(
                rows, _joined(sheet, rows, names, starts), from_rows, strict=True
            )
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
    if sheet is PERIODS:
        called = former_names(rows)
        for row, other in zip(rows, overlapping(rows), strict=True):
            yield {"overlaps": other, "taken": taken_name(row, called)}
        return
    chosen = [
        (column.key, LISTS[column.chosen_from]) for column in sheet.columns if column.chosen_from
    ]
    owners = owners_of_names(rows if sheet is AREAS else ())
    for row in rows:
        own = names_own(row, owners) if sheet is AREAS else {}
        yield (
            own
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


def _nothing(rows: Rows, *_: object) -> Iterator[dict[str, object]]:
    return ({} for _ in rows)


#: What else other rows say of those of a sheet, from its rows, those of every sheet, and the first
#: days of periods.
_FROM_ROWS: Mapping[RegisterSheet, _FromRows] = {
    BANDS: bands_joined,
    INDICATORS: replaced_joined,
    TARGETS: with_periods,
    POLICIES: policy_before,
}


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
