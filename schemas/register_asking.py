"""The columns of the register that say what is asked for beside figures, and the checks on them.

They stand on Framework for all indicators, and on Indicators where one is asked for something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas import register_columns as column
from schemas.asking import AskAction, Requirement
from schemas.checks import Condition, RowCheck
from schemas.merge_rules import MergeRule
from schemas.model import Kind, Polarity
from schemas.register_columns import RegisterColumn

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

_NEEDING_PARTS = [rule for rule in MergeRule if rule.merging.needs_parts]


def _columns(width: int, blank: str) -> tuple[RegisterColumn, ...]:
    """The columns, of so many characters; `blank` says as what a blank cell counts."""
    return (
        column.word(
            "ask_action",
            "Corrective action",
            "Choose where a return must say what is being done about a figure, who does it and by "
            f"when, for example where red. {blank}",
            width,
            tuple(AskAction),
            "a rule for corrective action",
            later=True,
        ),
        column.word(
            "ask_forecast",
            "Year-end forecast",
            "Choose whether a return may or must forecast the figure of the whole year, for "
            f"example may be given. {blank}",
            width,
            tuple(Requirement),
            "a rule for forecasts",
            later=True,
        ),
        column.word(
            "ask_confidence",
            "Confidence",
            "Choose whether a return may or must say how far a figure may be relied on: high, "
            f"medium or low. {blank}",
            width,
            tuple(Requirement),
            "a rule for confidence",
            later=True,
        ),
    )


#: As settings, which stand in one column of its own width.
FRAMEWORK_ASKING = _columns(0, "Blank counts as never.")
INDICATORS_ASKING = _columns(16, "Leave blank to go by the sheet Framework.")


def _can_be_red(asks: pd.Series[Any], kind: pd.Series[Any], polarity: pd.Series[Any]) -> Verdicts:
    is_never = (asks == AskAction.NEVER).to_numpy()
    is_rated = (kind != Kind.NARRATIVE) & (polarity != Polarity.CONTEXTUAL)
    return is_never | is_rated.to_numpy()


def _has_figures(asks: pd.Series[Any], kind: pd.Series[Any]) -> Verdicts:
    return (asks == Requirement.NEVER) | (kind == Kind.MEASURE)


def _can_be_merged(asks: pd.Series[Any], areas: pd.Series[Any], rule: pd.Series[Any]) -> Verdicts:
    return [
        asking == Requirement.NEVER or each not in _NEEDING_PARTS or len(some) < 2
        for asking, some, each in zip(asks, areas, rule, strict=True)
    ]


ASKING_CHECKS = (
    RowCheck(
        "R80",
        "Corrective action of what is never red",
        "Corrective action is asked for ({value}), and {ref} is never red or amber.",
        "Choose never, or clear this cell.",
        "Words, and figures of which neither way is better, have no colour.",
        at={
            "indicators.ask_action": Condition(
                ("ask_action", "kind"), _can_be_red, also=("polarity",)
            )
        },
        words=lambda row, _: {"ref": row.ref},
    ),
    RowCheck(
        "R81",
        "Forecast or confidence without a figure",
        "{heading} is asked for ({value}), and {ref} is a {kind}.",
        "Choose never, or clear this cell.",
        "Only a figure can be forecast, or be more or less sure.",
        at={
            f"indicators.{key}": Condition((key, "kind"), _has_figures)
            for key in ("ask_forecast", "ask_confidence")
        },
        words=lambda row, _: {"ref": row.ref, "kind": row.kind},
    ),
    RowCheck(
        "R82",
        "Forecasts that cannot be merged",
        "A forecast is asked for ({value}), and several areas' figures of {ref} are weighted by "
        "their numerators and denominators, which a forecast has not.",
        "Choose never, or another merge rule.",
        "Forecasts of areas of different size cannot be averaged.",
        at={
            "indicators.ask_forecast": Condition(
                ("ask_forecast", "areas", "merge_rule"), _can_be_merged
            )
        },
        words=lambda row, _: {"ref": row.ref},
    ),
)
