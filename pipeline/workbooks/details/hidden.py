"""What is read of a sheet although nobody sees it, in words."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.workbooks.addresses import column_letters
from pipeline.workbooks.details.detail import SheetDetails
from schemas.wording import listed

#: Stretches of hidden rows beyond this many are counted.
_MOST_RUNS = 6


def hidden_parts(
    known: SheetDetails, rows: Iterable[int], columns: Iterable[int], *, whole: bool
) -> str:
    """`the whole sheet, rows 7 to 9 and 12, column D`: of what is read, what is not shown.

    `rows` and `columns` are those that are read, counted from 0; `whole` says that the sheet is
    hidden. Empty where all is shown.
    """
    numbers = sorted({row + 1 for row in rows if row in known.hidden_rows})
    ranges = [range(first, last + 1) for first, last in known.hidden_columns]
    hidden = sorted({column for column in columns if any(column in each for each in ranges)})
    return ", ".join(
        [
            *(["the whole sheet"] if whole else []),
            *([f"row{'s' * (len(numbers) > 1)} {_stretches(numbers)}"] if numbers else []),
            *(f"column {column_letters(column)}" for column in hidden),
        ]
    )


def _stretches(rows: list[int]) -> str:
    """`7 to 9 and 12`: rows, those that follow each other in one."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    parts = [f"{r[0]} to {r[-1]}" if len(r) > 1 else str(r[0]) for r in runs[:_MOST_RUNS]]
    more = [f"{len(runs) - _MOST_RUNS} more stretches"] if len(runs) > _MOST_RUNS else []
    return listed([*parts, *more])
