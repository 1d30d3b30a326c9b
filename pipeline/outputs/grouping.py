"""Grouping: one kind of mistake made all the way down a column is listed once.

Only the list is grouped. The store, the JSON and the marks in a correction copy keep a finding
for each cell, since the right entry differs from cell to cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from pipeline.workbooks.addresses import column_letters, position
from schemas.findings import Finding
from schemas.wording import listed

#: As few of a kind in one column are still listed one by one, each with its own value.
_ONE_BY_ONE = 2


def grouped(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those of one code in one column as the first, which names the others."""
    columns: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        columns.setdefault(_column(finding), []).append(finding)
    listing: list[Finding] = []
    for finding in findings:
        alike = columns[_column(finding)]
        if not finding.cell or len(alike) <= _ONE_BY_ONE:
            listing.append(finding)
        elif finding is alike[0]:
            others = cells_listed([other.cell for other in alike[1:]])
            problem = f"{finding.problem} The same kind of mistake is in {others}."
            listing.append(replace(finding, problem=problem))
    return listing


def _column(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.sheet, finding.cell.rstrip("0123456789")


def cells_listed(cells: Sequence[str]) -> str:
    """Cells of one column as people write them: `H5, H7 and H9 to H12`."""
    places = [place for cell in cells if (place := position(cell))]
    rows = sorted({row + 1 for row, _ in places})
    column = column_letters(places[0][1])
    parts: list[str] = []
    # Rows in one run are all equally far ahead of their place in the list.
    for _, numbered in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        run = [row for _, row in numbered]
        if len(run) > 2:
            parts.append(f"{column}{run[0]} to {column}{run[-1]}")
        else:
            parts += [f"{column}{row}" for row in run]
    return listed(parts)
