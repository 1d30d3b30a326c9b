"""The frames that hold every return of a run, and the checks on them, by pandera.

Each check bears the code of the finding that it makes (see `schemas.rules`) and says of every
row whether it holds. Who builds the frames turns failures into findings. Exact figures are columns
of `decimal.Decimal` (dtype object, None where there is none).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa

Holds = Callable[[pd.DataFrame], "pd.Series[bool]"]


#: The prefilled cells of a row, as keys of their columns.
PREFILLED = ("ref", "priority", "indicator", "unit", "target")

#: The lines of the cover that say who stands for the figures.
SIGNED = ("completed_by", "signed_off_by")


def _at_most(left: str, right: str) -> Holds:
    """Whether one column of decimals is at most another; it holds where either is missing."""

    def holds(frame: pd.DataFrame) -> pd.Series[bool]:
        both = frame[left].notna() & frame[right].notna()
        result = ~both
        result[both] = (frame.loc[both, left] <= frame.loc[both, right]).astype(bool)
        return result

    return holds


def _unaltered(key: str) -> Holds:
    """Whether a prefilled cell is blank or reads as expected."""
    return lambda f: (f[f"{key}_seen"] == "") | (f[f"{key}_seen"] == f[f"{key}_expected"])


def _of_owner(holds: Holds) -> Holds:
    """A check that another area's row passes: there is one thing to say of it, and C02 says it."""
    return lambda f: ~f["owned"] | holds(f)


def _not_negative(field: str) -> Holds:
    """Whether a part of a whole, or the whole, is at least zero."""
    return lambda f: ~f["part_of_whole"] | _at_most("zero", field)(f)


def _whole_is_sound(frame: pd.DataFrame) -> pd.Series[bool]:
    return ~frame["denominator_zero"] & _not_negative("denominator")(frame)


def _part_is_sound(frame: pd.DataFrame) -> pd.Series[bool]:
    """Whether the numerator is no more than its denominator, or that one is wrong already."""
    fits = _at_most("numerator", "denominator")(frame)
    return ~frame["part_of_whole"] | fits | ~_whole_is_sound(frame)


def _follows(frame: pd.DataFrame) -> pd.Series[bool]:
    """Whether the figure is what its parts make; wrong parts make a wrong one, and are said."""
    sound = _part_is_sound(frame) & _not_negative("numerator")(frame) & _whole_is_sound(frame)
    return frame["follows"] | ~sound


#: Checks on one indicator's row: (code, the field whose cell is named, check). They stand in order
#: of gravity: of those that fail at one cell, only the first is a finding.
ROW_CHECKS: tuple[tuple[str, str, Holds], ...] = (
    ("C02", "ref", lambda f: f["owned"]),
    *(
        (code, field, _of_owner(holds))
        for code, field, holds in (
            ("C15", "", lambda f: f["present"]),
            *(("C10", key, _unaltered(key)) for key in PREFILLED),
            ("C01", "performance", lambda f: f["reported"] | f["not_available"] | f["bad"]),
            ("C13", "performance", lambda f: ~(f["reported"] & f["not_available"])),
            ("C14", "performance", lambda f: ~f["never_negative"] | _at_most("zero", "value")(f)),
            ("C14", "numerator", _not_negative("numerator")),
            ("C14", "denominator", _whole_is_sound),
            ("C07", "numerator", _part_is_sound),
            ("C08", "performance", _follows),
            ("C03", "performance", _at_most("minimum", "value")),
            ("C04", "performance", _at_most("value", "maximum")),
            ("C05", "performance", _at_most("changed_by", "change_limit")),
            ("C06", "commentary", lambda f: ~f["commentary_due"] | f["commented"]),
            ("C09", "numerator", lambda f: ~f["parts_due"] | f["bad"]),
        )
    ),
)

#: Checks on a return as a whole: (code, the line of the cover that is named, check).
RETURN_CHECKS: tuple[tuple[str, str, Holds], ...] = (
    *(
        ("C11", key, lambda f, key=key: f[f"{key}_filled"] | f["knows_no_sign_off"])
        for key in SIGNED
    ),
    ("C17", "", lambda f: ~f["knows_no_sign_off"]),
    ("C12", "period", lambda f: f["open"]),
    ("C16", "", lambda f: f["in_time"]),
)


class Failure(NamedTuple):
    """A check that does not hold: its code, the field it is about, and the row of the frame."""

    code: str
    field: str
    row: int


def _checks(checks: tuple[tuple[str, str, Holds], ...]) -> list[pa.Check]:
    # A check answers for the frame, not for each row: pandera would copy every failing row once
    # for each of its columns, a gigabyte where a few hundred returns are wrong throughout.
    return [
        pa.Check(lambda f, holds=holds: bool(holds(f).all()), name=f"{code}:{field}")
        for code, field, holds in checks
    ]


def _columns(names: dict[str, str]) -> dict[str, pa.Column]:
    types = {"flag": bool, "number": int, "text": "str"}
    return {
        name: pa.Column(object, nullable=True) if kind == "decimal" else pa.Column(types[kind])
        for name, kind in names.items()
    }


ROW_COLUMNS = {
    "return_number": "number",
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
       for key in PREFILLED
       for side in ("seen", "expected")},
}  # fmt: skip

RETURN_COLUMNS = {
    "return_number": "number",
    **{f"{key}_filled": "flag" for key in SIGNED},
    "knows_no_sign_off": "flag",
    "open": "flag",
    "in_time": "flag",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The schema of a frame, and the checks in it by name."""

    schema: pa.DataFrameSchema
    checks: dict[str, tuple[str, str, Holds]]

    @classmethod
    def of(cls, columns: dict[str, str], checks: tuple[tuple[str, str, Holds], ...]) -> Frame:
        schema = pa.DataFrameSchema(
            _columns(columns), checks=_checks(checks), strict=True, unique_column_names=True
        )
        return cls(
            schema, {f"{code}:{field}": (code, field, holds) for code, field, holds in checks}
        )


ROWS = Frame.of(ROW_COLUMNS, ROW_CHECKS)
RETURNS = Frame.of(RETURN_COLUMNS, RETURN_CHECKS)


def failures(kind: Frame, frame: pd.DataFrame) -> list[Failure]:
    """The checks that fail, by row, the gravest at each field alone. One lazy validation.

    A failure that is none of the named checks means that the frame itself was built wrongly, and
    raises pandera's error.
    """
    if frame.empty:
        return []
    try:
        kind.schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        failed = set(error.failure_cases["check"])
        if not failed <= kind.checks.keys():
            raise
        gravest: dict[tuple[int, str], Failure] = {}
        for name, (code, field, holds) in kind.checks.items():
            if name in failed:
                for row in np.flatnonzero(~holds(frame).to_numpy(dtype=bool)).tolist():
                    gravest.setdefault((row, field), Failure(code, field, row))
        return sorted(gravest.values(), key=lambda failure: failure.row)
    return []
