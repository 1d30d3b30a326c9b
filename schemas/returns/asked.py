"""Every check on what a return says beside its figures, each of them one entry.

A row is an indicator that a return reports and of which the register asks for more than the figure.
An entry's texts are: code, title, what is said, what to do, why.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from schemas.asking import BESIDE_FIGURE, AskAction, Confidence, Requirement
from schemas.checks import Cells, Checks, Condition, RowCheck
from schemas.fields import ASKED_FIELDS
from schemas.findings import Severity

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

_FIELDS = {field.key: field for field in ASKED_FIELDS}
#: An action that is to be done in more years than that is asked about.
_FAR = 5
_YEAR = 366


def _has_words(is_due: pd.Series[bool], is_bad: pd.Series[bool], said: pd.Series[Any]) -> Verdicts:
    """Whether something is said, or none is due; of a row that could not be read other is said."""
    return ~is_due | is_bad | (said != "")


def _is_given(is_due: pd.Series[bool], is_bad: pd.Series[bool], given: pd.Series[Any]) -> Verdicts:
    return ~is_due | is_bad | given.notna()


def _has_required(
    asks: pd.Series[Any], has: pd.Series[bool], is_bad: pd.Series[bool], given: pd.Series[Any]
) -> Verdicts:
    """Whether what is required beside a figure is given, or there is no figure."""
    return (asks != Requirement.REQUIRED) | ~has | is_bad | given.notna()


def _is_near(by: pd.Series[Any], came: pd.Series[Any]) -> Verdicts:
    return [(one - other).days <= _FAR * _YEAR for one, other in zip(by, came, strict=True)]


def _is_asked(unasked: pd.Series[Any], *, key: str) -> Verdicts:
    return [key not in each for each in unasked]


def _to_fill_in(row: Any, key: str) -> dict[str, str]:
    """What to do where a cell is blank, or the return has no column for it."""
    field = _FIELDS[key]
    if key in row.columns:
        return {"todo": f"Fill in {field.heading}: {field.asks}"}
    return {
        "todo": f'The return has no column "{field.heading}": use a new template, or add a column '
        f"with that heading. {field.asks}"
    }


def _why(row: Any, field: str) -> dict[str, str]:
    return _to_fill_in(row, field) | {"colour": row.colour}


ASKED_BESIDE = Checks(
    title="What a return says beside a figure",
    columns={
        "ref": Cells(str, "Ref", "The indicator's reference."),
        "action_rule": Cells(AskAction, "Asks for action", "Where action is required."),
        "forecast_rule": Cells(Requirement, "Asks for a forecast", "Whether one is required."),
        "confidence_rule": Cells(Requirement, "Asks for confidence", "Whether it is required."),
        "colour": Cells(str, "Colour", "The word of its figure's band; empty: none."),
        "is_due": Cells(bool, "Action due", "Whether action is required of such a figure."),
        "has_figure": Cells(bool, "Figure", "Whether a figure is given that may be printed."),
        "is_bad": Cells(bool, "Bad", "Whether a cell of the row could not be read."),
        "action": Cells(str, "Corrective action", "What is being done."),
        "action_owner": Cells(str, "Action owner", "Who answers for it."),
        "action_by": Cells(date, "Action date", "By when it is done.", nullable=True),
        "forecast": Cells(Decimal, "Forecast", "The year's figure.", nullable=True),
        "confidence": Cells(Confidence, "Confidence", "How sure the figure is.", nullable=True),
        "received_on": Cells(date, "Received on", "The day on which the return came."),
        "unasked": Cells(frozenset, "Not asked", "The fields filled in and not asked for."),
        "columns": Cells(frozenset, "Columns", "The fields that have a column in its table."),
    },
    common=lambda row: {"ref": row.ref, "value": ""},
    checks=(
        RowCheck(
            "C60",
            "Corrective action missing",
            "{ref} is {colour} and needs corrective action.",
            "{todo}",
            "Committee asks what is being done; the register says where the answer must be given.",
            at={"action": Condition(("is_due", "is_bad", "action"), _has_words)},
            words=_why,
        ),
        RowCheck(
            "C61",
            "Owner of the action missing",
            "{ref} is {colour}, and nobody is named who answers for the corrective action.",
            "{todo}",
            "An action that nobody answers for is not done.",
            at={"action_owner": Condition(("is_due", "is_bad", "action_owner"), _has_words)},
            words=_why,
        ),
        RowCheck(
            "C62",
            "Date of the action missing",
            "{ref} is {colour}, and no day is given by which the corrective action will be done.",
            "{todo}",
            "Without a date nobody can ask whether it was done.",
            at={"action_by": Condition(("is_due", "is_bad"), _is_given, also=("action_by",))},
            words=_why,
        ),
        RowCheck(
            "C63",
            "Date of the action is past",
            "The corrective action on {ref} is to be done by {value}, which was past when the "
            "return came.",
            "If another day is meant, correct it and send the return again.",
            "A year mistyped, or an action of the last return, would be printed as a plan.",
            at={
                "action_by": Condition(
                    ("action_by", "received_on"),
                    lambda by, came: [one >= other for one, other in zip(by, came, strict=True)],
                )
            },
            words=lambda row, _: {"value": f"{row.action_by:%d/%m/%Y}"},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C67",
            "Date of the action is far away",
            "The corrective action on {ref} is to be done by {value}, more than {years} years from "
            "when the return came.",
            "If another day is meant, correct it and send the return again.",
            "A year mistyped, such as 2926, would be printed as a plan.",
            at={"action_by": Condition(("action_by", "received_on"), _is_near)},
            words=lambda row, _: {"value": f"{row.action_by:%d/%m/%Y}", "years": str(_FAR)},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C66",
            "Given and not asked for",
            "{heading} is given for {ref}, of which the register does not ask it: it is printed "
            "nowhere.",
            "Nothing. What committee should read belongs in the commentary.",
            "What somebody typed is not passed over in silence.",
            at={key: Condition(("unasked",), partial(_is_asked, key=key)) for key in BESIDE_FIGURE},
            words=lambda _row, field: {"heading": _FIELDS[field].heading},
            severity=Severity.INFO,
        ),
        RowCheck(
            "C64",
            "Forecast missing",
            "{ref} has no forecast for the year.",
            "{todo}",
            "The register says for which indicators a forecast must be given.",
            at={
                "forecast": Condition(
                    ("forecast_rule", "has_figure", "is_bad"), _has_required, also=("forecast",)
                )
            },
            words=_to_fill_in,
        ),
        RowCheck(
            "C65",
            "Confidence missing",
            "{ref} does not say how far its figure may be relied on.",
            "{todo}",
            "The register says for which indicators it must be said.",
            at={
                "confidence": Condition(
                    ("confidence_rule", "has_figure", "is_bad"), _has_required, also=("confidence",)
                )
            },
            words=_to_fill_in,
        ),
    ),
)
