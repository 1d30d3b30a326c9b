"""Explicit thresholds on the sheet Targets: their columns, and what can be wrong with them.

A target's row has its indicator's kind, unit, polarity, tolerance and plausible figures too, and
the rating policy of its period; see `schemas.register_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemas import register_columns as column
from schemas.checks import Condition, RowCheck
from schemas.findings import Severity
from schemas.model import Kind, Operator, Polarity, PolicyKind, Target, ToleranceKind
from schemas.names import name_key
from schemas.units import Unit, shown

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

THRESHOLDS = (
    column.figure(
        "green_from",
        "Green from",
        "Where figures short of the target are still green, type the last that is, for example "
        "88%. Leave blank where green is what is in target.",
        12,
        later=True,
    ),
    column.figure(
        "red_from",
        "Red from",
        "Type the figure at which red begins, for example 80%: it is red, and what lies between it "
        "and green is amber. Leave blank where the tolerance says what is red.",
        12,
        later=True,
    ),
    column.figure(
        "exceeded_from",
        "Exceeded from",
        "Type the figure from which the target counts as exceeded, for example 95%. Leave blank to "
        "go by Exceeded by, on the sheet Framework.",
        12,
        later=True,
    ),
)
THRESHOLD_KEYS = tuple(each.key for each in THRESHOLDS)
_FIGURES = ("value", "lower", "upper", *THRESHOLD_KEYS)
_HEADINGS = {each.key: each.heading for each in THRESHOLDS} | {
    "value": "The target",
    "lower": "Lower",
    "upper": "Upper",
}
_UNITS = {str(unit): unit for unit in Unit}
#: What a row of a target has of its indicator, beside its own columns.
ABOUT_TARGETS = (
    *("kind", "polarity", "unit", "tolerance", "accumulation"),
    *("plausible_minimum", "plausible_maximum"),
)

_Rows = Sequence[Mapping[str, Any]]


def policies_of(
    rows: _Rows, tables: Mapping[str, _Rows], starts: Mapping[str, date | None]
) -> Iterator[dict[str, object]]:
    """For each row of Targets the rating policy of its period, as it is typed, if it is known.

    `tables` has the rows of the sheets Framework and Policies, `starts` the first days of periods.
    """
    history = _history(tables, starts)
    for row in rows:
        starts_on = starts.get(name_key(row["period"] or ""))
        held = [each for since, each in history if starts_on and since <= starts_on]
        yield {"policy_kind": held[-1]["policy"] if held else None}


def policy_before(
    rows: _Rows, tables: Mapping[str, _Rows], starts: Mapping[str, date | None]
) -> Iterator[dict[str, object]]:
    """For each row of Policies what Exceeded by and Coverage from were before it, in words.

    None where they were not.
    """
    history = _history(tables, starts)
    for row in rows:
        begins = starts.get(name_key(row["since"] or ""))
        held = [each for since, each in history if begins and since < begins]
        before = held[-1] if held else {}
        amount, unit = before.get("exceeded_by"), None
        if before.get("tolerance_kind") == ToleranceKind.PERCENT_OF_TARGET:
            unit = Unit.PERCENT
        coverage = before.get("coverage_from")
        yield {
            "exceeded_before": None if amount is None else shown(amount, unit),
            "coverage_before": f"{coverage:f}" if coverage else None,
        }


def _history(
    tables: Mapping[str, _Rows], starts: Mapping[str, date | None]
) -> list[tuple[date, Mapping[str, Any]]]:
    """What the colours mean, with the day from which it does, in that order."""
    begun = [(date.min, each) for each in tables.get("Framework", ())]
    for each in tables.get("Policies", ()):
        since = starts.get(name_key(each["since"] or ""))
        if since is not None:
            begun.append((since, each))
    return sorted(begun, key=lambda one: one[0])


def _side(value: Decimal | None, polarity: str | None, operator: str | None) -> int:
    """Which way is better beyond a target as it is typed; 0 where neither is."""
    known = Polarity(polarity) if polarity in tuple(Polarity) else None
    sign = Operator(operator) if operator in tuple(Operator) else None
    return Target("", "", sign, value).side(known)


def _beyond(one: Decimal, other: Decimal, side: int) -> bool:
    """Whether one figure is better than another."""
    return one > other if side > 0 else one < other


def _has_a_target(*columns: pd.Series[Any]) -> Verdicts:
    return [
        kind in (Kind.MILESTONE, Kind.NARRATIVE)
        or (value is not None and (polarity is None or _side(value, polarity, sign) != 0))
        for _, value, polarity, sign, kind in zip(*columns, strict=True)
    ]


def _why_none(row: Any, _field: str) -> dict[str, str]:
    if row.value is None:
        has_range = row.lower is not None or row.upper is not None
        return {
            "why": "the target is a range" if has_range else "there is no target",
            "todo": "Type the target, or clear this cell.",
        }
    if row.polarity == Polarity.CONTEXTUAL:
        return {
            "why": f"the polarity of {row.indicator} is contextual, so that it is never rated",
            "todo": "Clear this cell, or choose the polarity that is meant on the sheet "
            "Indicators.",
        }
    return {
        "why": "which side of the target is better is not said",
        "todo": f"Clear this cell, or choose the operator {Operator.AT_LEAST} or "
        f"{Operator.AT_MOST}.",
    }


def _is_worse(*columns: pd.Series[Any]) -> Verdicts:
    """Whether red begins where it is worse than green."""
    return [
        not (side := _side(value, polarity, sign))
        or _beyond(value if green is None else green, red, side)
        or (green is None and red == value and sign in (Operator.MORE_THAN, Operator.LESS_THAN))
        for red, value, polarity, sign, green in zip(*columns, strict=True)
    ]


def _is_better(*columns: pd.Series[Any]) -> Verdicts:
    """Whether what is exceeded begins where it is better than the target and than green."""
    return [
        not (side := _side(value, polarity, sign))
        or all(_beyond(exceeded, each, side) for each in (value, green) if each is not None)
        for exceeded, value, polarity, sign, green in zip(*columns, strict=True)
    ]


def _order(row: Any, field: str) -> dict[str, str]:
    unit, side = _UNITS.get(row.unit or ""), _side(row.value, row.polarity, row.operator)
    is_red = field == "red_from"
    figure, name = row.value, "the target"
    if row.green_from is not None and (is_red or _beyond(row.green_from, row.value, side)):
        figure, name = row.green_from, _HEADINGS["green_from"]
    return {
        "mine": shown(getattr(row, field), unit),
        "way": "above" if (side > 0) is not is_red else "below",
        "other": f"{name} ({shown(figure, unit)})",
    }


def _admits_target(*columns: pd.Series[Any]) -> Verdicts:
    return [
        not (side := _side(value, polarity, sign)) or not _beyond(green, value, side)
        for green, value, polarity, sign in zip(*columns, strict=True)
    ]


def _past_target(row: Any, _field: str) -> dict[str, str]:
    unit = _UNITS.get(row.unit or "")
    green, goal = shown(row.green_from, unit), shown(row.value, unit)
    return {"green": green, "goal": goal, "polarity": row.polarity}


def _goes_by_them(_red: pd.Series[Any], kind: pd.Series[Any]) -> Verdicts:
    return kind != PolicyKind.IMPROVEMENT


def _contradiction(row: Any, field: str) -> dict[str, str]:
    if field == "coverage_from":
        return {
            "problem": f"Coverage from is blank, and it was {row.coverage_before} before: from "
            f"{row.since} on the whole is rated from the first figure on.",
            "todo": "Nothing, if that is meant; otherwise type it here too.",
        }
    if field == "red_from":
        return {
            "problem": f"By the policy of {row.period}, {PolicyKind.IMPROVEMENT}, what has "
            f"improved is amber, and {row.indicator} has thresholds: it is rated by these alone.",
            "todo": "Nothing, if that is meant; otherwise clear the thresholds.",
        }
    return {
        "problem": f"Exceeded by is blank, and it was {row.exceeded_before} before: from "
        f"{row.since} on there is no such band.",
        "todo": "Nothing, if that is meant; otherwise type it here too.",
    }


def _is_plausible(*columns: pd.Series[Any]) -> Verdicts:
    return [
        (least is None or figure >= least) and (most is None or figure <= most)
        for figure, least, most in zip(*columns, strict=True)
    ]


def _bound(row: Any, field: str) -> dict[str, str]:
    unit, figure = _UNITS.get(row.unit or ""), getattr(row, field)
    is_low = row.plausible_minimum is not None and figure < row.plausible_minimum
    bound = row.plausible_minimum if is_low else row.plausible_maximum
    return {
        "name": _HEADINGS[field],
        "mine": shown(figure, unit),
        "way": "below" if is_low else "above",
        "which": f"Plausible {'minimum' if is_low else 'maximum'}",
        "bound": shown(bound, unit),
        "ref": row.indicator,
    }


_TARGET = ("value", "polarity")
THRESHOLD_CHECKS = (
    RowCheck(
        "R94",
        "Threshold without a target",
        "{value} stands under {heading}, and {why}.",
        "{todo}",
        "A threshold says how a figure is rated that meets the target, or does not.",
        at={
            f"targets.{key}": Condition(
                (key,),
                _has_a_target,
                also=("value", "polarity", "operator", "kind"),
            )
            for key in THRESHOLD_KEYS
        },
        words=_why_none,
    ),
    RowCheck(
        "R95",
        "Thresholds out of order",
        "{heading} ({mine}) is not {way} {other}.",
        "Correct the wrong one of the two.",
        "The bands follow each other from exceeded to red, and no figure is in two of them.",
        at={
            "targets.red_from": Condition(
                ("red_from", *_TARGET), _is_worse, also=("operator", "green_from")
            ),
            "targets.exceeded_from": Condition(
                ("exceeded_from", *_TARGET), _is_better, also=("operator", "green_from")
            ),
        },
        words=_order,
    ),
    RowCheck(
        "R96",
        "Green begins beyond the target",
        "Green from is {green}, and the target {goal}, of which {polarity} is better: a figure "
        "that only just reaches the target is not green.",
        "Nothing, if that is meant; otherwise correct the wrong one of the two.",
        "What reaches its target is expected to be green.",
        at={
            "targets.green_from": Condition(
                ("green_from", *_TARGET), _admits_target, also=("operator",)
            )
        },
        words=_past_target,
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R97",
        "Policy that something else contradicts",
        "{problem}",
        "{todo}",
        "What the colours mean is expected to be the same for all, and to stay so.",
        at={
            "targets.red_from": Condition(("red_from", "policy_kind"), _goes_by_them),
            "policies.exceeded_by": Condition(
                ("exceeded_before",),
                lambda _before, by, _since: by.notna(),
                also=("exceeded_by", "since"),
            ),
            "policies.coverage_from": Condition(
                ("coverage_before",),
                lambda _before, share, _since: share.notna(),
                also=("coverage_from", "since"),
            ),
        },
        words=_contradiction,
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R98",
        "Target that is not plausible",
        "{name} ({mine}) is {way} {which} of {ref} ({bound}).",
        "Correct the wrong one of the two. If it is meant so, nothing is to do.",
        "A figure that reaches it would be asked about.",
        at={
            f"targets.{key}": Condition(
                (key,), _is_plausible, also=("plausible_minimum", "plausible_maximum")
            )
            for key in _FIGURES
        },
        words=_bound,
        severity=Severity.WARNING,
    ),
    RowCheck(
        "R99",
        "Tolerance beside thresholds",
        "{ref} has a tolerance of its own, and thresholds for {period}: the thresholds hold.",
        "Nothing to do.",
        "Of two rules for one colour only one can hold.",
        at={
            "targets.red_from": Condition(
                ("red_from", "tolerance"), lambda red, _tolerance: red.isna()
            )
        },
        words=lambda row, _: {"ref": row.indicator, "period": row.period},
        severity=Severity.INFO,
    ),
)
