"""The checks on an indicator's rows over time, in order of gravity; see `schemas.register_checks`.

A row has the first days of the periods that it names too, such as `first_starts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.checks import Condition, RowCheck
from schemas.frequency import Frequency
from schemas.names import address_key, name_key

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts


def is_first(*columns: pd.Series[Any]) -> Verdicts:
    """Whether no row further up has the same cells, compared as returns are matched to them."""
    first: dict[tuple[object, ...], int] = {}
    rows = zip(*(map(_same, column) for column in columns), strict=True)
    return [first.setdefault(row, place) == place for place, row in enumerate(rows)]


def _same(cell: str | int | None) -> str | int | None:
    """What two cells have in common that a return could not tell apart."""
    if not isinstance(cell, str):
        return cell
    return address_key(cell) if "@" in cell else name_key(cell)


def are_listed(due: pd.Series[Any], periods: pd.Series[Any]) -> Verdicts:
    """Whether the periods are listed of what is due in listed ones."""
    return (due != Frequency.LISTED) | periods.notna()


def has_first(due: pd.Series[Any], first: pd.Series[Any]) -> Verdicts:
    """Whether every other year is counted from a period."""
    return (due != Frequency.EVERY_OTHER_YEAR) | first.notna()


INDICATOR_CHECKS = (
    RowCheck(
        "R49",
        "Indicator given twice",
        '"{value}" already has a row further up that holds from the same period.',
        "Give each indicator a ref of its own. Where this row says what it changes into, choose "
        "the period from which it does under Changed from.",
        "With two rows nobody can say which holds.",
        at={"indicators.ref": Condition(("ref",), is_first, also=("since",))},
    ),
    RowCheck(
        "R50",
        "Last period before the first",
        "The last period ({value}) begins before the first ({first}).",
        "Correct the wrong one of the two.",
        "An indicator that ends before it begins is never asked for.",
        at={
            "indicators.last": Condition(
                ("last", "first_starts", "last_starts"),
                lambda _last, first, last, _name: first <= last,
                also=("first",),
            )
        },
        words=lambda row, _: {"first": row.first},
    ),
    RowCheck(
        "R51",
        "Periods listed and not used",
        "Periods are listed ({value}), and the indicator is due {due}.",
        "Choose in listed periods under Due, or clear this cell.",
        "Which of the two says when it is due is not said.",
        at={
            "indicators.due_in": Condition(
                ("due_in",), lambda _due_in, due: due == Frequency.LISTED, also=("due",)
            )
        },
        words=lambda row, _: {"due": row.due or Frequency.EVERY_PERIOD},
    ),
)
