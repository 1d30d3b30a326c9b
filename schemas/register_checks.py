"""Every check on the register's rows, each of them one entry, in order of gravity.

An entry's texts are: code, title, what is said, what to do, why. {value} in a text is what the cell
shows; {asks}, {heading}, {called}, {choices} and {row} are the column's and the sheet's own. It
stands at places such as `targets.value`: the attribute of `Register` with the sheet's rows, and the
column. A row has its sheet's columns, and what `schemas.register` joins to it. Those on indicators
over time are in `schemas.register_indicators`, on what is asked for beside figures in
`schemas.register_asking`, on accumulation and replacement in `schemas.register_succession`, on what
is to be reached in `schemas.register_targets`, and those that ask about periods in
`schemas.register_periods`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from schemas.checks import Condition, RowCheck
from schemas.merge_rules import MergeRule
from schemas.model import Kind
from schemas.register_areas import AREA_CHECKS, is_of_one_area
from schemas.register_asking import ASKING_CHECKS
from schemas.register_bands import BAND_CHECKS
from schemas.register_columns import RegisterColumn
from schemas.register_indicators import INDICATOR_CHECKS, are_listed, has_first, is_first
from schemas.register_layout import SHEETS
from schemas.register_periods import PERIOD_CHECKS, listed_names
from schemas.register_settings import FRAMEWORK, TIMES
from schemas.register_succession import SUCCESSION_CHECKS
from schemas.register_targets import TARGET_CHECKS, changes, has_figures
from schemas.register_thresholds import THRESHOLD_CHECKS
from schemas.wording import listed

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

MOST_DECIMALS = 6
#: A reminder further off than this is a slip of the keyboard.
MOST_DAYS = 100
#: What HTML forms accept as an address, with a domain that has a dot: mail is sent to no other.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_WITHOUT_FIGURES = [rule for rule in MergeRule if not rule.merging.needs_figures]
#: What is wrong with the order of a cell and the one beside it, by the cell's column.
_WRONG = {
    "amber_from": "above Green from",
    "plausible_maximum": "below Plausible minimum",
    "upper": "below Lower",
    "starts": "after Ends",
    "due": "before Starts",
}
#: Why a cell must not be blank, by its column.
_REASONS = {
    "unit": "the indicator is a measure",
    "polarity": "the indicator is a measure",
    "tolerance": "it has a kind",
    "tolerance_kind": "there is a tolerance",
    "change": "the target changes from year to year",
    "due_in": "it is due in listed periods",
    "last": "it becomes another area",
    "first": "every other year is counted from there",
    "lower": "there is an upper end",
    "upper": "there is a lower end",
    "red_from": "there is a figure under Green from",
}
#: The sheets that say what the colours mean.
_POLICIES = ("framework", "policies")
_LEAST = {setting.key: setting.least for setting in FRAMEWORK.columns}
#: The largest number of each setting that has one.
_MOST = {setting.key: setting.most for setting in FRAMEWORK.columns if setting.most}
_COLUMNS = {
    f"{sheet.attribute}.{column.key}": column for sheet in SHEETS for column in sheet.columns
}


def _at(holds: Callable[..., Verdicts], *places: str) -> dict[str, Condition]:
    """The same condition on the cells at several places."""
    return {place: Condition((_COLUMNS[place].key,), holds) for place in places}


def _is_from_to(least: int, most: int, numbers: pd.Series[Any]) -> Verdicts:
    return numbers.between(least, most)


def _are_choices(column: RegisterColumn, cells: pd.Series[Any]) -> Verdicts:
    choices = set(column.choices)
    return [choices.issuperset([cell] if isinstance(cell, str) else cell) for cell in cells]


def _are_addresses(cells: Iterable[str]) -> Verdicts:
    return [_ADDRESS.fullmatch(cell) is not None for cell in cells]


def _are_lists_of_addresses(cells: pd.Series[Any]) -> Verdicts:
    return [all(_are_addresses(listed_names(cell))) for cell in cells]


def _are_days(least: int, cells: pd.Series[Any]) -> Verdicts:
    return [all(least <= day <= MOST_DAYS for day in days) for days in cells]


def _measure_has(kind: pd.Series[Any], cell: pd.Series[Any]) -> Verdicts:
    return (kind != Kind.MEASURE) | cell.notna()


def _is_filled(_beside: pd.Series[Any], cell: pd.Series[Any]) -> Verdicts:
    return cell.notna()


CHECKS = (
    RowCheck(
        "R13",
        "Blank cell",
        "{heading} is blank.",
        "{asks}",
        "Without it the row says nothing.",
        at={
            place: Condition((), lambda cell: cell.notna(), also=(column.key,))
            for place, column in _COLUMNS.items()
            if column.required
        },
    ),
    RowCheck(
        "R16",
        "Not one of the choices",
        '"{value}" is not {called}.',
        "Choose one of {choices}.",
        "Only the words of the list mean something here.",
        at={
            place: Condition((column.key,), partial(_are_choices, column))
            for place, column in _COLUMNS.items()
            if column.choices
        },
    ),
    RowCheck(
        "R24",
        "Ref or name given twice",
        '"{value}" is already used further up.',
        "Give each {row} a {what} of its own.",
        "Rows are found by their refs and names, and stand in their order.",
        at=_at(
            is_first,
            "priorities.ref",
            "priorities.order",
            "periods.name",
            "policies.since",
            "bands.band",
        )
        | {"areas.name": Condition(("name",), is_of_one_area, also=("ref", "is_first_name"))},
        words=lambda _row, key: {"what": "place" if key == "order" else key},
    ),
    *INDICATOR_CHECKS,
    *AREA_CHECKS,
    *ASKING_CHECKS,
    *SUCCESSION_CHECKS,
    RowCheck(
        "R25",
        "Target given twice",
        "{value} already has a target for this period further up.",
        "Keep one of the two rows.",
        "With two targets nobody can say which is to be reached.",
        at={"targets.indicator": Condition(("indicator", "period"), is_first)},
    ),
    RowCheck(
        "R29",
        "Not an e-mail address",
        '"{value}" is not an e-mail address.',
        "Type one address, for example clerk@council.example; for a service area, several with "
        "semicolons between.",
        "Mail is sent to no other.",
        at=_at(_are_addresses, "recipients.email") | _at(_are_lists_of_addresses, "areas.email"),
    ),
    RowCheck(
        "R26",
        "Recipient given twice",
        "{value} already stands further up, and would be sent everything twice.",
        "Keep one row, and put all that is sent under Gets.",
        "Everybody is sent a thing once.",
        at=_at(is_first, "recipients.email"),
    ),
    RowCheck(
        "R27",
        "Name that is another area's ref",
        '"{value}" is the ref of another service area.',
        "Give this area another name.",
        "It would mean two service areas.",
        at={
            "areas.name": Condition(
                ("name",), lambda _name, _ref, is_own: is_own, also=("ref", "is_own_name")
            )
        },
    ),
    RowCheck(
        "R28",
        "Semicolon in a ref",
        '"{value}" holds a semicolon, which stands between refs.',
        "Type the ref without it.",
        "It could not be told from two refs.",
        at=_at(lambda refs: [";" not in ref for ref in refs], "areas.ref"),
    ),
    RowCheck(
        "R30",
        "Below zero",
        "{value} is below zero.",
        "{asks}",
        "A tolerance and a change count in both directions.",
        at=_at(
            lambda figure: figure >= 0,
            "framework.tolerance",
            "policies.tolerance",
            "framework.exceeded_by",
            "policies.exceeded_by",
            "indicators.tolerance",
            "indicators.plausible_change",
        ),
    ),
    RowCheck(
        "R31",
        "Score out of range",
        "{value} is not from 0 to 1.",
        "Type the mean score, for example {example}.",
        "Green scores 1, amber ½ and red 0.",
        at=_at(
            lambda mean: mean.between(0, 1),
            *(f"{where}.{key}" for where in _POLICIES for key in ("green_from", "amber_from")),
        ),
        words=lambda _row, key: {"example": "0.75" if key == "green_from" else "0.5"},
    ),
    RowCheck(
        "R48",
        "Coverage out of range",
        "{value} is not from 0 to 1.",
        "Type a share, for example 0.75, or clear this cell: the whole is then always rated.",
        "All that is due is 1, and nothing of it is 0.",
        at=_at(
            lambda share: share.between(0, 1), *(f"{where}.coverage_from" for where in _POLICIES)
        ),
    ),
    RowCheck(
        "R32",
        "Out of order",
        "{heading} ({value}) is {wrong}.",
        "Correct the wrong one of the two.",
        "Nothing lies between two ends that are the wrong way round.",
        at={
            **{
                f"{where}.amber_from": Condition(("amber_from", "green_from"), operator.le)
                for where in _POLICIES
            },
            "indicators.plausible_maximum": Condition(
                ("plausible_maximum", "plausible_minimum"), operator.ge
            ),
            "targets.upper": Condition(("upper", "lower"), operator.ge),
            "periods.starts": Condition(("starts", "ends"), operator.le),
            "periods.due": Condition(("due", "starts"), operator.ge),
        },
        words=lambda _row, key: {"wrong": _WRONG[key]},
    ),
    RowCheck(
        "R33",
        "Nothing to suppress",
        "Below {value} there is nothing to hide: a figure that is suppressed could only be 1.",
        "Type a whole number from {least} on, for example 5, or clear this cell.",
        "A suppressed figure must leave more than one possibility.",
        at=_at(lambda number: number >= _LEAST["small_below"], "framework.small_below"),
        words=lambda _row, key: {"least": str(_LEAST[key])},
    ),
    RowCheck(
        "R34",
        "Returns kept for no time",
        "Returns cannot be kept for {value} years.",
        "Type a whole number from {least} on, for example 6, or clear this cell to keep them for "
        "good.",
        "What is not kept cannot be merged.",
        at=_at(lambda years: years >= _LEAST["keep_years"], "framework.keep_years"),
        words=lambda _row, key: {"least": str(_LEAST[key])},
    ),
    RowCheck(
        "R35",
        "Days out of range",
        '"{value}" is no list of days from {least} to {most}.',
        "Type whole numbers with semicolons between, for example {example}, or clear this cell.",
        "A reminder further off is a slip of the keyboard.",
        at={
            f"framework.{key}": Condition((key,), partial(_are_days, _LEAST[key]))
            for key in ("remind_before", "remind_after")
        },
        words=lambda _row, key: {
            "least": str(_LEAST[key]),
            "most": str(MOST_DAYS),
            "example": "7; 1" if key == "remind_before" else "1; 3; 7",
        },
    ),
    RowCheck(
        "R47",
        "Bound of text out of range",
        "{value} is not from {least} to {most}.",
        "Type a whole number from {least} to {most}, or clear this cell: blank counts as {unset}.",
        "A return without any words says nothing, and one without an end fills every output.",
        at={
            f"framework.{key}": Condition((key,), partial(_is_from_to, _LEAST[key], most))
            for key, most in _MOST.items()
        },
        words=lambda _row, key: {
            "least": str(_LEAST[key]),
            "most": f"{_MOST[key]:,}",
            "unset": f"{_MOST[key] // TIMES:,}",
        },
    ),
    RowCheck(
        "R36",
        "Decimals out of range",
        "{value} decimals cannot be published.",
        "Type a whole number from 0 to {most}.",
        "More decimals say nothing.",
        at=_at(lambda decimals: decimals.between(0, MOST_DECIMALS), "indicators.decimals"),
        words=lambda *_: {"most": str(MOST_DECIMALS)},
    ),
    RowCheck(
        "R37",
        "Blank beside what needs it",
        "{heading} is blank, and {reason}.",
        "{asks}",
        "The one says nothing without the other.",
        at={
            "indicators.unit": Condition(("kind",), _measure_has, also=("unit",)),
            "indicators.polarity": Condition(("kind",), _measure_has, also=("polarity",)),
            "indicators.tolerance": Condition(("tolerance_kind",), _is_filled, also=("tolerance",)),
            "indicators.tolerance_kind": Condition(
                ("tolerance",), _is_filled, also=("tolerance_kind",)
            ),
            "indicators.due_in": Condition(("due",), are_listed, also=("due_in",)),
            "indicators.first": Condition(("due",), has_first, also=("first",)),
            "areas.last": Condition(("becomes",), _is_filled, also=("last",)),
            "targets.change": Condition(("carried",), changes, also=("change",)),
            "targets.lower": Condition(("upper",), _is_filled, also=("lower",)),
            "targets.upper": Condition(("lower",), _is_filled, also=("upper",)),
            "targets.red_from": Condition(("green_from",), _is_filled, also=("red_from",)),
        },
        words=lambda _row, key: {"reason": _REASONS[key]},
    ),
    RowCheck(
        "R38",
        "Unit or polarity without a figure",
        'The {what} is "{value}", and the indicator reports no figure.',
        "Clear this cell, or change the kind to measure.",
        "A milestone or a narrative has no figure.",
        at={
            f"indicators.{key}": Condition((key, "kind"), has_figures)
            for key in ("unit", "polarity")
        },
        words=lambda _row, key: {"what": key},
    ),
    RowCheck(
        "R39",
        "Merge rule that needs figures",
        'The merge rule "{value}" needs figures, and only a measure has them.',
        f"Choose {listed(_WITHOUT_FIGURES, 'or')}, or change the kind to measure.",
        "Words and states cannot be added up.",
        at={
            "indicators.merge_rule": Condition(
                ("merge_rule", "kind"),
                lambda rule, kind: rule.isin(_WITHOUT_FIGURES) | has_figures(rule, kind),
            )
        },
    ),
    *TARGET_CHECKS,
    *THRESHOLD_CHECKS,
    *BAND_CHECKS,
    *PERIOD_CHECKS,
    RowCheck(
        "R23",
        "Not on the other sheet",
        '"{unknown}" is not a {name} on the sheet {title}. {near}',
        "Choose one from the list, or add it there.",
        "A near match is asked about and never taken.",
        at={
            place: Condition(
                (),
                lambda _names, unknown: unknown.isna(),
                also=(column.key, f"{column.key}_unknown"),
            )
            for place, column in _COLUMNS.items()
            if column.chosen_from
        },
        words=lambda row, key: getattr(row, f"{key}_unknown"),
    ),
)
