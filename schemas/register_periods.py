"""The checks on periods that may not be meant as they are typed; see `schemas.register_checks`.

Each asks, and the register can be used all the same. A row has, under `overlaps`, the name of a
period of the same length that it shares days with.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from schemas.checks import Condition, RowCheck
from schemas.findings import Severity
from schemas.frequency import months_of
from schemas.names import name_key
from schemas.wording import day_shown

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

#: How people name a quarter, a half and a month, and how many months each has.
_NAMED = (
    (re.compile(r"\bQ(?:uarter)?[ -]?[1-4]\b", re.IGNORECASE), 3, "a quarter"),
    (re.compile(r"\bH(?:alf)?[ -]?[12]\b", re.IGNORECASE), 6, "half a year"),
    (
        re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE),
        1,
        "a month",
    ),
)
_WEEK = 7


def listed_names(cell: str | None) -> tuple[str, ...]:
    """The names in a cell, which semicolons part."""
    return tuple(filter(None, (" ".join(name.split()) for name in (cell or "").split(";"))))


def overlapping(rows: Iterable[Mapping[str, Any]]) -> Iterator[str | None]:
    """For each row the name of another further up, of the same length, that it shares days with."""
    seen: list[tuple[date, date, str]] = []
    for row in rows:
        starts, ends = row["starts"], row["ends"]
        if starts is None or ends is None or starts > ends:
            yield None
            continue
        months = months_of(starts, ends)
        yield next(
            (
                name
                for first, last, name in seen
                if first <= ends and starts <= last and months_of(first, last) == months
            ),
            None,
        )
        seen.append((starts, ends, row["name"] or ""))


def former_names(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, list[int]]:
    """The places of the rows that bear or bore each name, by its key."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        for name in {
            name_key(each) for each in (row["name"] or "", *listed_names(row["formerly"]))
        }:
            found[name].append(place)
    return found


def taken_name(row: Mapping[str, Any], called: Mapping[str, list[int]]) -> str | None:
    """The first former name of a period that another one bears or bore too."""
    former = listed_names(row["formerly"])
    return next((name for name in former if len(called[name_key(name)]) > 1), None)


def _is_whole(starts: date, ends: date) -> bool:
    """Whether a period is of whole weeks, or of whole months."""
    following = ends + timedelta(days=1)
    return following.day == starts.day or (following - starts).days % _WEEK == 0


def _named(name: str) -> tuple[int, str] | None:
    """How many months a period has by its name, in words too; None where that says nothing."""
    found = [(months, words) for pattern, months, words in _NAMED if pattern.search(name)]
    return found[0] if len(found) == 1 else None


def _runs_as_long(*columns: pd.Series[Any]) -> Verdicts:
    return [
        ends < starts
        or (
            _is_whole(starts, ends)
            and ((named := _named(name)) is None or named[0] == months_of(starts, ends))
        )
        for ends, starts, name in zip(*columns, strict=True)
    ]


def _length(row: Any, _field: str) -> dict[str, str]:
    named = _named(row.name)
    days = (row.ends - row.starts).days + 1
    meant = f", and is called like {named[1]}" if named else ""
    return {"name": row.name, "starts": day_shown(row.starts), "days": f"{days:,}", "meant": meant}


PERIOD_CHECKS = (
    RowCheck(
        "R72",
        "Former name of two periods",
        "{taken} is, or was, the name of another period too.",
        "Keep it in the row of the period that it is, and take it out of the others.",
        "What was received under a name counts for one period.",
        at={
            "periods.formerly": Condition(
                ("formerly",), lambda _formerly, taken: taken.isna(), also=("taken",)
            )
        },
        words=lambda row, _: {"taken": row.taken},
    ),
    RowCheck(
        "R54",
        "Due before it ends",
        "Returns for {name} are due on {value}, before it ends.",
        "Correct the wrong one of the two. If returns are meant to come early, nothing is to do.",
        "A figure of a period that goes on is not its last word.",
        at={"periods.due": Condition(("due", "ends"), lambda due, ends: due >= ends)},
        words=lambda row, _: {"name": row.name},
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R55",
        "Periods that overlap",
        "{name} shares days with {other}, which is as long.",
        "Correct the first or the last day of one of them.",
        "What happened on those days would count twice.",
        at={
            "periods.starts": Condition(
                ("starts",), lambda _starts, other, _name: other.isna(), also=("overlaps", "name")
            )
        },
        words=lambda row, _: {"name": row.name, "other": row.overlaps},
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R56",
        "Period of an odd length",
        "{name} runs from {starts} to {value}: it has {days} days{meant}.",
        "Correct its first or its last day. If it is meant to run so, nothing is to do.",
        "Which periods are compared with each other goes by their length.",
        at={"periods.ends": Condition(("ends", "starts", "name"), _runs_as_long)},
        words=_length,
        severity=Severity.WARNING,
    ),
)
