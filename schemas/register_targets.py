"""The checks on what is to be reached, in order of gravity; see `schemas.register_checks`.

A target's row has its indicator's kind, unit and polarity too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemas.accumulation import Accumulation
from schemas.checks import Condition, RowCheck
from schemas.findings import Severity
from schemas.frequency import YEAR, Carried, Profile, months_of
from schemas.model import Kind, Operator, Polarity
from schemas.names import name_key
from schemas.register_thresholds import THRESHOLD_KEYS, policies_of
from schemas.units import Unit, row_of, shown

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

_UNITS = {str(unit): unit for unit in Unit}
#: What an operator is called, and what is in target by it.
_CALLED = {
    Operator.MORE_THAN: ("more than {}", "every figure above {}"),
    Operator.AT_LEAST: ("at least {}", "{} and every figure above it"),
    Operator.LESS_THAN: ("less than {}", "every figure below {}"),
    Operator.AT_MOST: ("at most {}", "{} and every figure below it"),
    Operator.EQUAL: ("exactly {}", "{} alone"),
}
#: The operators that a polarity contradicts, each with the one that it means instead.
_AGAINST = {
    Polarity.HIGHER: {
        Operator.LESS_THAN: Operator.MORE_THAN,
        Operator.AT_MOST: Operator.AT_LEAST,
        Operator.EQUAL: Operator.AT_LEAST,
    },
    Polarity.LOWER: {
        Operator.MORE_THAN: Operator.LESS_THAN,
        Operator.AT_LEAST: Operator.AT_MOST,
        Operator.EQUAL: Operator.AT_MOST,
    },
}
_CHANGES = (Carried.BY_PERCENT, Carried.BY_POINTS)
_OTHER = {Polarity.HIGHER: Polarity.LOWER, Polarity.LOWER: Polarity.HIGHER}


def has_figures(_cell: pd.Series[Any], kind: pd.Series[Any]) -> Verdicts:
    return ~kind.isin((Kind.MILESTONE, Kind.NARRATIVE))


def _has_what_to_reach(
    sign: pd.Series[Any], value: pd.Series[Any], low: pd.Series[Any], up: pd.Series[Any]
) -> Verdicts:
    is_range = sign == Operator.BETWEEN
    return (~is_range & value.notna()) | (is_range & (low.notna() | up.notna()))


def changes(how: pd.Series[Any], change: pd.Series[Any]) -> Verdicts:
    """Whether it is said by how much a target changes that goes on changed."""
    return ~how.isin(_CHANGES) | change.notna()


def _has_a_target(
    _how: pd.Series[Any], value: pd.Series[Any], low: pd.Series[Any], up: pd.Series[Any]
) -> Verdicts:
    return value.notna() | low.notna() | up.notna()


def with_periods(
    rows: Sequence[Mapping[str, Any]],
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    starts: Mapping[str, date | None],
) -> Iterator[dict[str, object]]:
    """For each row of Targets the policy of its period, and whether that has parts.

    A year has, be they in the register or not; any other period has those that lie in it.
    """
    days = {
        name_key(row["name"]): (row["starts"], row["ends"])
        for row in tables.get("Periods", ())
        if row["name"] and row["starts"] and row["ends"] and row["starts"] <= row["ends"]
    }
    for row, policy in zip(rows, policies_of(rows, tables, starts), strict=True):
        whole = days.get(name_key(row["period"] or ""))
        has_parts = whole is None or (
            months_of(*whole) >= YEAR
            or any(each != whole and _lies_in(each, whole) for each in days.values())
        )
        yield {**policy, "has_parts": has_parts}


def _lies_in(part: tuple[date, date], whole: tuple[date, date]) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1]


def _fits(*columns: pd.Series[Any]) -> Verdicts:
    """Whether what a spread makes of a year's target is what the figures are held against."""
    return [_misfit(*each) is None for each in zip(*columns, strict=True)]


def _misfit(spread: str | None, how: str | None, unit: str | None) -> tuple[str, Profile] | None:
    """Of what the figures are that a spread does not suit, and the spread that would; else None."""
    made = Accumulation(how or Accumulation.AS_REPORTED)
    if spread not in (Profile.PARTS, Profile.ADDING_UP):
        return None
    if made.is_rolling:
        return "of a whole year", Profile.SAME
    is_share = row_of(_UNITS.get(unit or "")).is_share
    if spread == Profile.PARTS and is_share:
        return "percentages, of which a year's has no parts", Profile.SAME
    if spread == Profile.PARTS and made.is_of_year:
        return "of the year so far", Profile.ADDING_UP
    if spread == Profile.ADDING_UP and not made.is_of_year:
        return "of each period alone", Profile.SAME if is_share else Profile.PARTS
    return None


def _misfit_words(row: Any, _field: str) -> dict[str, str]:
    of_what, instead = _misfit(row.profile, row.accumulation, row.unit) or ("", "")
    return {"ref": row.indicator, "of_what": of_what, "instead": instead}


def _operator_words(row: Any, _field: str) -> dict[str, str]:
    if row.operator == Operator.BETWEEN:
        return {"what": "range", "todo": "its ends under Lower and Upper"}
    return {"what": "figure under Target", "todo": "the target, choose between for a range"}


def _is_best(end: Decimal, polarity: str, unit: str | None) -> bool:
    """Whether no figure is better than an end: none is below 0 people, or above 100%."""
    row = row_of(_UNITS.get(unit or ""))
    if polarity == Polarity.LOWER:
        return end == 0 and (row.is_share or row.never_negative)
    return end == 100 and row.is_share


def _operator_agrees(*columns: pd.Series[Any]) -> Verdicts:
    return [
        operator not in _AGAINST.get(polarity, ())
        or (operator == Operator.EQUAL and _is_best(value, polarity, unit))
        for value, polarity, operator, unit in zip(*columns, strict=True)
    ]


def _range_agrees(*columns: pd.Series[Any]) -> Verdicts:
    return [
        polarity not in _AGAINST
        or operator not in (None, Operator.BETWEEN)
        or _is_best(lower if polarity == Polarity.LOWER else upper, polarity, unit)
        for lower, upper, polarity, operator, unit in zip(*columns, strict=True)
    ]


def _readings(row: Any, field: str) -> dict[str, str]:
    """What is in target as it is typed, and by the polarity, and what to choose for either."""
    polarity, unit = Polarity(row.polarity), _UNITS.get(row.unit or "")
    if field == "value":
        figure, typed = shown(row.value, unit), Operator(row.operator)
        meant = _AGAINST[polarity][typed]
        goal, as_typed = (words.format(figure) for words in _CALLED[typed])
        instead = f"the operator {meant}"
        other = Polarity.RANGE if typed is Operator.EQUAL else _OTHER[polarity]
    else:
        goal = f"from {shown(row.lower, unit)} to {shown(row.upper, unit)}"
        as_typed, other = f"every figure {goal}", Polarity.RANGE
        meant = _AGAINST[polarity][Operator.EQUAL]
        figure = shown(row.lower if polarity is Polarity.HIGHER else row.upper, unit)
        instead = f"{figure} alone as the target, and no range"
    return {
        "ref": row.indicator,
        "goal": goal,
        "polarity": polarity,
        "as_typed": as_typed,
        "by_polarity": _CALLED[meant][1].format(figure),
        "instead": instead,
        "other": other,
    }


TARGET_CHECKS = (
    RowCheck(
        "R40",
        "Target and range",
        "There is a target ({value}) and a range.",
        "Keep the target, or Lower and Upper.",
        "With both nobody can say which is to be reached.",
        at={
            "targets.value": Condition(
                ("value",), lambda _value, low, up: low.isna() & up.isna(), also=("lower", "upper")
            )
        },
    ),
    RowCheck(
        "R41",
        "Operator without a figure",
        'The operator is "{value}", and there is no {what}.',
        "Type {todo}, or clear this cell.",
        "There is nothing to reach.",
        at={
            "targets.operator": Condition(
                ("operator",), _has_what_to_reach, also=("value", "lower", "upper")
            )
        },
        words=_operator_words,
    ),
    RowCheck(
        "R42",
        "Figure for a milestone",
        "{ref} is a {kind} and has no figure to compare.",
        "Clear this cell.",
        "A milestone is rated by its state, and a narrative not at all.",
        at={
            f"targets.{key}": Condition((key, "kind"), has_figures)
            for key in (*("value", "lower", "upper", "baseline"), *THRESHOLD_KEYS)
        },
        words=lambda row, _: {"ref": row.indicator, "kind": row.kind},
    ),
    RowCheck(
        "R52",
        "Nothing to spread or carry on",
        "There is no target here that could be spread or go on ({value}).",
        "Type the target, or clear this cell.",
        "What is spread over a year, or goes on for the next, is the target of this row.",
        at={
            f"targets.{key}": Condition((key,), _has_a_target, also=("value", "lower", "upper"))
            for key in ("profile", "carried")
        },
    ),
    RowCheck(
        "R53",
        "Change that does not fit",
        "{value} stands under Change a year, and the target goes on {how} for the next.",
        "Choose how it changes under Next year, or clear this cell.",
        "What is the same next year does not change.",
        at={
            "targets.change": Condition(
                ("change",), lambda _change, how: how.isin(_CHANGES), also=("carried",)
            )
        },
        words=lambda row, _: {"how": row.carried or "in no way"},
    ),
    RowCheck(
        "R57",
        "Spread that does not suit the figures",
        "The target of {ref} is spread as {value}, and the figures that are rated are {of_what}.",
        "Choose {instead}, or another way under Accumulation on the sheet Indicators. If it is "
        "meant so, nothing is to do.",
        "A figure of the year so far would be held against a quarter of the year's target, or that "
        "of a quarter against more.",
        at={"targets.profile": Condition(("profile",), _fits, also=("accumulation", "unit"))},
        words=_misfit_words,
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R58",
        "Spread over nothing",
        "{period} is no year, and no other period lies in it: its target is spread ({value}) over "
        "nothing.",
        "Clear this cell, or choose the year under Period.",
        "Whoever spreads a target expects others to come of it.",
        at={
            "targets.profile": Condition(
                ("profile", "period"), lambda _how, _name, has: has, also=("has_parts",)
            )
        },
        words=lambda row, _: {"period": row.period},
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R43",
        "One figure for a range",
        "The polarity of {ref} is range, and {value} is one figure.",
        "Type the ends of the range under Lower and Upper instead, or choose an operator.",
        "Which side of one figure is better is not said.",
        at={
            "targets.value": Condition(
                ("value", "polarity"),
                lambda _value, polarity, sign: (polarity != Polarity.RANGE) | sign.notna(),
                also=("operator",),
            )
        },
        words=lambda row, _: {"ref": row.indicator},
    ),
    RowCheck(
        "R46",
        "Polarity that contradicts the target",
        "{ref} is to be {goal}, and {polarity} is better: as it is typed {as_typed} is in target, "
        "by the polarity {by_polarity}.",
        "Choose {instead}, or the polarity {other} on the sheet Indicators.",
        "A figure would be rated out of target that is better than one in target.",
        at={
            "targets.value": Condition(
                ("value", "polarity", "operator"), _operator_agrees, also=("unit",)
            ),
            "targets.lower": Condition(
                ("lower", "upper", "polarity"), _range_agrees, also=("operator", "unit")
            ),
        },
        words=_readings,
    ),
)
