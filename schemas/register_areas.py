"""The checks on a service area's rows over time; see `schemas.register_checks`.

A row has, under `is_own_name` and `is_first_name`, whether its name is no other area's ref, and no
other area's name further up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from schemas.checks import Condition, RowCheck
from schemas.names import name_key
from schemas.register_indicators import is_first

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts


class _Owners(Struct, frozen=True):
    """The refs of areas, and whose each name was first, as they are compared."""

    refs: frozenset[str]
    names: Mapping[str, str]


def owners_of_names(rows: Iterable[Mapping[str, Any]]) -> _Owners:
    """Whose the names on the sheet are: an area may have several rows, and names over time."""
    names: dict[str, str] = {}
    refs = set[str]()
    for row in rows:
        ref = name_key(row["ref"] or "")
        refs.add(ref)
        names.setdefault(name_key(row["name"] or ""), ref)
    return _Owners(frozenset(refs - {""}), names)


def names_own(row: Mapping[str, Any], owners: _Owners) -> dict[str, object]:
    """Whether the name of a row means its area alone."""
    ref, name = (name_key(row[key] or "") for key in ("ref", "name"))
    return {
        "is_own_name": name == ref or name not in owners.refs,
        "is_first_name": owners.names.get(name, ref) == ref,
    }


def is_of_one_area(_name: pd.Series[Any], _ref: pd.Series[Any], first: pd.Series[Any]) -> Verdicts:
    """Whether no other area further up has the name."""
    return first


AREA_CHECKS = (
    RowCheck(
        "R70",
        "Service area given twice",
        '"{value}" already has a row further up that holds from the same period.',
        "Give each service area a ref of its own. Where this row says what it is called, or whom "
        "to write to, from a period on, choose that period under Changed from.",
        "With two rows nobody can say which holds.",
        at={"areas.ref": Condition(("ref",), is_first, also=("since",))},
    ),
    RowCheck(
        "R71",
        "Last period of an area before its first",
        "The last period ({value}) begins before the first ({first}).",
        "Correct the wrong one of the two.",
        "A service area that ends before it begins returns nothing.",
        at={
            "areas.last": Condition(
                ("last", "first_starts", "last_starts"),
                lambda _last, first, last, _name: first <= last,
                also=("first",),
            )
        },
        words=lambda row, _: {"first": row.first},
    ),
)
