"""The checks on how figures accumulate and what replaces what; see `schemas.register_checks`.

A row has, under `replaced`, what the rows of the indicators say that it replaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from schemas.accumulation import Accumulation
from schemas.checks import Condition, RowCheck
from schemas.findings import Severity
from schemas.merge_rules import MergeRule
from schemas.model import Kind
from schemas.names import name_key
from schemas.units import Unit

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

_FOR_ALL = (Accumulation.AS_REPORTED, Accumulation.LATEST)
_SUMS = (Accumulation.YEAR_TO_DATE, Accumulation.CUMULATIVE, Accumulation.ROLLING_SUM)
#: Figures in these are no parts of a sum.
_NO_PARTS = (Unit.PERCENT, Unit.RATIO)


class ReplacedIndicator(Struct, frozen=True):
    """What is to be asked of the indicators that a row replaces, by their refs; empty: nothing."""

    #: The row's own ref.
    itself: str = ""
    without_last: str = ""
    #: Those that are still due once the row's own are.
    beside: str = ""


def replaced(
    rows: Sequence[Mapping[str, Any]], starts: Mapping[str, date | None]
) -> Iterator[ReplacedIndicator]:
    """For each row on Indicators what its Replaces leaves open.

    `starts` are the first days of the periods, by the keys of their names.
    """
    last: dict[str, str | None] = {}
    for row in rows:
        if row["ref"]:
            key = name_key(row["ref"])
            last[key] = row["last"] or last.get(key)

    def begun(period: str | None, otherwise: date) -> date:
        return starts.get(name_key(period)) or otherwise if period else otherwise

    for row in rows:
        refs = [ref for ref in row["replaces"] or () if name_key(ref) in last]
        own, first = name_key(row["ref"] or ""), begun(row["first"] or row["since"], date.min)
        open_ended = [ref for ref in refs if last[name_key(ref)] is None]
        beside = [
            ref
            for ref in refs
            if ref not in open_ended and begun(last[name_key(ref)], date.min) >= first
        ]
        yield ReplacedIndicator(
            next((ref for ref in refs if name_key(ref) == own), ""),
            "; ".join(open_ended),
            "; ".join(beside),
        )


def replaced_joined(
    rows: Sequence[Mapping[str, Any]], _tables: object, starts: Mapping[str, date | None]
) -> Iterator[dict[str, object]]:
    """The same, to be joined to the rows."""
    return ({"replaced": each} for each in replaced(rows, starts))


def _fits(*columns: pd.Series[Any]) -> Verdicts:
    return [
        not _why_not(how, kind, unit, rule) for how, kind, unit, rule in zip(*columns, strict=True)
    ]


def _why_not(how: str, kind: str | None, unit: str | None, rule: str | None) -> str:
    """Why figures cannot be accumulated in such a way; empty where they can."""
    if how in _FOR_ALL:
        return ""
    if kind != Kind.MEASURE:
        return f"the indicator is a {kind}"
    if how == Accumulation.ROLLING_WEIGHTED and rule != MergeRule.WEIGHTED:
        return "the merge rule is not weighted, so that areas need give no parts"
    is_weighted = rule == MergeRule.WEIGHTED
    if how in _SUMS and unit in _NO_PARTS and (how == Accumulation.ROLLING_SUM or not is_weighted):
        return f"its unit is {unit}, of which no sum says anything"
    if how == Accumulation.CUMULATIVE and rule in (MergeRule.MINIMUM, MergeRule.MAXIMUM):
        return f"the merge rule is {rule}, so that no period adds anything to the one before"
    return ""


SUCCESSION_CHECKS = (
    RowCheck(
        "R60",
        "Accumulation that does not fit",
        '"{value}" cannot be done: {why}.',
        "Choose another way, or the merge rule weighted where areas give numerator and "
        "denominator, or clear this cell: blank counts as as reported.",
        "Percentages do not add up; their numerators and denominators do.",
        at={
            "indicators.accumulation": Condition(
                ("accumulation", "kind"), _fits, also=("unit", "merge_rule")
            )
        },
        words=lambda row, _: {
            "why": _why_not(row.accumulation, row.kind, row.unit, row.merge_rule)
        },
    ),
    RowCheck(
        "R61",
        "Indicator that replaces itself",
        "{ref} is to replace itself.",
        "Type the ref of the indicator that it takes the place of. Where it is the same one and "
        "changes, add a row with the same ref, and choose from when that holds under Changed from.",
        "An indicator takes the place of another.",
        at={
            "indicators.replaces": Condition(
                ("replaces", "replaced"), lambda _, them: [not each.itself for each in them]
            )
        },
        words=lambda row, _: {"ref": row.replaced.itself},
    ),
    RowCheck(
        "R62",
        "Replaced without a last period",
        "{refs} has no last period, and is replaced by {ref}.",
        "Choose under Last period, in the row of what is replaced, until when it is reported.",
        "As long as it has none, service areas owe both.",
        at={
            "indicators.replaces": Condition(
                ("replaces", "replaced"),
                lambda _replaces, them, _ref: [not each.without_last for each in them],
                also=("ref",),
            )
        },
        words=lambda row, _: {"refs": row.replaced.without_last, "ref": row.ref},
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R63",
        "Replaced and due beside what replaces it",
        "{refs} is still due in periods for which {ref} is, which replaces it.",
        "Choose a first period for {ref} that comes after the last period of {refs}.",
        "Service areas owe both in these periods. If that is meant, nothing is to do.",
        at={
            "indicators.replaces": Condition(
                ("replaces", "replaced"),
                lambda _replaces, them, _ref: [not each.beside for each in them],
                also=("ref",),
            )
        },
        words=lambda row, _: {"refs": row.replaced.beside, "ref": row.ref},
        severity=Severity.WARNING,
    ),
)
