"""The frames that hold every return of a run, and the checks on them, by pandera.

Each check bears the code of the finding that it makes (see `pipeline.catalogue`) and says of every
row whether it holds. The frames are built, and failures turned into findings, by
`pipeline.validate`. Exact figures are columns of `decimal.Decimal` (dtype object, None where there
is none).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

Holds = Callable[[pd.DataFrame], "pd.Series[bool]"]


def _compare(
    frame: pd.DataFrame, left: str, right: str, holds: Callable[[pd.Series, pd.Series], pd.Series]
) -> pd.Series[bool]:
    """A comparison of two columns of decimals; it holds where either is missing."""
    both = frame[left].notna() & frame[right].notna()
    result = ~both
    result[both] = holds(frame.loc[both, left], frame.loc[both, right]).astype(bool)
    return result


def _unaltered(key: str) -> Holds:
    """Whether a prefilled cell is blank or reads as expected."""
    return lambda f: (f[f"{key}_seen"] == "") | (f[f"{key}_seen"] == f[f"{key}_expected"])


#: Checks on one indicator's row: (code, the field whose cell is named, check).
ROW_CHECKS: tuple[tuple[str, str, Holds], ...] = (
    ("C15", "", lambda f: f["present"]),
    ("C02", "ref", lambda f: f["owned"]),
    *(("C10", key, _unaltered(key)) for key in ("ref", "priority", "indicator", "unit", "target")),
    ("C01", "performance", lambda f: f["reported"] | f["not_available"] | f["bad"] | ~f["owned"]),
    ("C13", "performance", lambda f: ~(f["reported"] & f["not_available"])),
    (
        "C14",
        "performance",
        lambda f: ~f["never_negative"] | _compare(f, "zero", "value", lambda z, v: z <= v),
    ),
    ("C14", "denominator", lambda f: ~f["denominator_zero"]),
    ("C03", "performance", lambda f: _compare(f, "minimum", "value", lambda low, v: low <= v)),
    ("C04", "performance", lambda f: _compare(f, "value", "maximum", lambda v, high: v <= high)),
    (
        "C05",
        "performance",
        lambda f: _compare(f, "changed_by", "change_limit", lambda a, b: a <= b),
    ),
    ("C06", "commentary", lambda f: ~f["commentary_due"] | f["commented"]),
    (
        "C07",
        "numerator",
        lambda f: (
            ~f["part_of_whole"] | _compare(f, "numerator", "denominator", lambda n, d: n <= d)
        ),
    ),
    ("C08", "performance", lambda f: f["follows"]),
    ("C09", "numerator", lambda f: ~f["parts_due"] | f["bad"]),
)

#: Checks on a return as a whole: (code, the line of the cover that is named, check).
RETURN_CHECKS: tuple[tuple[str, str, Holds], ...] = (
    *(
        ("C11", key, lambda f, key=key: f[f"{key}_filled"])
        for key in ("completed_by", "signed_off_by")
    ),
    ("C12", "period", lambda f: f["open"]),
    ("C16", "", lambda f: f["in_time"]),
)


class Failure(NamedTuple):
    """A check that does not hold: its code, the field it is about, and the row of the frame."""

    code: str
    field: str
    row: int


def _checks(checks: tuple[tuple[str, str, Holds], ...]) -> list[pa.Check]:
    return [
        pa.Check(holds, name=f"{code}:{field}", ignore_na=False) for code, field, holds in checks
    ]


def _columns(names: dict[str, str]) -> dict[str, pa.Column]:
    types = {"flag": bool, "number": int, "text": "str"}
    return {
        name: pa.Column(object, nullable=True) if kind == "decimal" else pa.Column(types[kind])
        for name, kind in names.items()
    }


ROW_COLUMNS = {
    "return_number": "number",
    "row_number": "number",
    "present": "flag",
    "owned": "flag",
    "reported": "flag",
    "not_available": "flag",
    "bad": "flag",
    "never_negative": "flag",
    "denominator_zero": "flag",
    "commentary_due": "flag",
    "commented": "flag",
    "part_of_whole": "flag",
    "follows": "flag",
    "parts_due": "flag",
    "value": "decimal",
    "zero": "decimal",
    "numerator": "decimal",
    "denominator": "decimal",
    "minimum": "decimal",
    "maximum": "decimal",
    "changed_by": "decimal",
    "change_limit": "decimal",
    **{f"{key}_{side}": "text"
       for key in ("ref", "priority", "indicator", "unit", "target")
       for side in ("seen", "expected")},
}  # fmt: skip

RETURN_COLUMNS = {
    "return_number": "number",
    "completed_by_filled": "flag",
    "signed_off_by_filled": "flag",
    "open": "flag",
    "in_time": "flag",
}

ROWS = pa.DataFrameSchema(
    _columns(ROW_COLUMNS), checks=_checks(ROW_CHECKS), strict=True, unique_column_names=True
)
RETURNS = pa.DataFrameSchema(
    _columns(RETURN_COLUMNS), checks=_checks(RETURN_CHECKS), strict=True, unique_column_names=True
)


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[Failure]:
    """The checks that fail, in order of rows. One lazy validation.

    A failure that is none of the named checks means that the frame itself was built wrongly, and
    raises pandera's error.
    """
    if frame.empty:
        return []
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        # A check on the frame is reported once for every column of a failing row.
        cases = error.failure_cases[["check", "index"]].drop_duplicates()
        if not set(cases["check"]) <= {check.name for check in schema.checks}:
            raise
        ordered = cases.sort_values("index", kind="stable").itertuples(index=False)
        named = ((*str(name).split(":"), row) for name, row in ordered)
        return [Failure(code, field, int(row)) for code, field, row in named]
    return []
