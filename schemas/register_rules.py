"""What must hold in every row of the register's sheets, and what to say where it does not.

Rules look at one row, or at rows above it; what one sheet says of another is not theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from schemas.merge_rules import MergeRule
from schemas.model import Kind, Operator
from schemas.register_layout import (
    AREAS,
    FRAMEWORK,
    INDICATORS,
    PERIODS,
    PRIORITIES,
    RECIPIENTS,
    TARGETS,
)

MOST_DECIMALS = 6

#: What HTML forms accept as an address, with a domain that has a dot: mail is sent to no other.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_NOT_WORD = re.compile(r"[^\w%£]+")
#: Merge rules that need no figures.
_WITHOUT_FIGURES = [rule for rule in MergeRule if not rule.merging.needs_figures]


@dataclass(frozen=True, slots=True)
class Check:
    #: The columns that it looks at.
    keys: tuple[str, ...]
    #: Whether each row of a frame passes.
    holds: Callable[[pd.DataFrame], pd.Series[bool]]


@dataclass(frozen=True, slots=True)
class Rule:
    """The cell to correct where a check fails, and what to say; `{value}` is what it holds."""

    column: str
    says: str
    check: Check


def _each(*keys: str, holds: Callable[..., bool]) -> Check:
    """A check of every row by itself; `holds` is given the row's cells under those keys."""

    def check(frame: pd.DataFrame) -> pd.Series[bool]:
        cells = zip(*(frame[key] for key in keys), strict=True)
        return pd.Series([holds(*row) for row in cells], index=frame.index, dtype=bool)

    return Check(keys, check)


def _unique(*keys: str) -> Check:
    """A check that no later row repeats these cells, compared as returns are matched to them."""

    def check(frame: pd.DataFrame) -> pd.Series[bool]:
        rows = list(zip(*(frame[key].map(_same) for key in keys), strict=True))
        repeated = pd.Series(rows, index=frame.index, dtype=object).duplicated()
        whole = frame[list(keys)].notna().all(axis=1)
        return ~(repeated & whole)

    return Check(keys, check)


def _same(text: str | None) -> str | None:
    """What two cells have in common that a return could not tell apart."""
    if text is None or "@" in text:
        return text and text.casefold()
    return _NOT_WORD.sub(" ", text.casefold()).strip() or text


def _in_order(lower: object, upper: object) -> bool:
    if isinstance(lower, Decimal) and isinstance(upper, Decimal):
        return lower <= upper
    return True


def _is_not_negative(figure: Decimal | None) -> bool:
    return figure is None or figure >= 0


def _is_share(figure: Decimal | None) -> bool:
    return figure is None or 0 <= figure <= 1


def _is_address(text: str | None) -> bool:
    return text is None or _ADDRESS.fullmatch(text) is not None


def _has_what_measures_need(kind: str | None, cell: str | None) -> bool:
    return kind != Kind.MEASURE or cell is not None


def _has_none_but_measures(kind: str | None, cell: str | None) -> bool:
    return cell is None or kind not in (Kind.MILESTONE, Kind.NARRATIVE)


def _is_both(value: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> bool:
    return value is not None and (lower is not None or upper is not None)


def _own_ref(what: str) -> Rule:
    says = f'"{{value}}" is already used further up. Give each {what} a ref of its own.'
    return Rule("ref", says, _unique("ref"))


def _address(column: str) -> Rule:
    return Rule(
        column,
        '"{value}" is not an e-mail address. Type one address, for example clerk@council.example.',
        _each(column, holds=_is_address),
    )


def _days(column: str, example: str) -> Rule:
    least = FRAMEWORK.column(column).least
    return Rule(
        column,
        f'"{{value}}" is no list of days from {least} to {_MOST_DAYS}. Type whole numbers with '
        f"semicolons between, for example {example}, or clear this cell.",
        _each(
            column,
            holds=lambda days: days is None or all(least <= day <= _MOST_DAYS for day in days),
        ),
    )


_NEGATIVE_TOLERANCE = "{value} is below zero. Type how far out is still amber, for example 5%."
_SHARE = "{value} is not from 0 to 1. Type the mean score, for example 0.75."

#: A reminder further off than this is a slip of the keyboard.
_MOST_DAYS = 100
_SMALL_BELOW, _KEEP_YEARS = FRAMEWORK.column("small_below"), FRAMEWORK.column("keep_years")

#: By the titles of the sheets.
RULES: dict[str, tuple[Rule, ...]] = {
    FRAMEWORK.title: (
        Rule("tolerance", _NEGATIVE_TOLERANCE, _each("tolerance", holds=_is_not_negative)),
        Rule("green_from", _SHARE, _each("green_from", holds=_is_share)),
        Rule(
            "amber_from",
            _SHARE.replace("0.75", "0.5"),
            _each("amber_from", holds=_is_share),
        ),
        Rule(
            "amber_from",
            "Amber from ({value}) is above Green from. Type a figure no higher than Green from.",
            _each("amber_from", "green_from", holds=_in_order),
        ),
        Rule(
            "small_below",
            "Below {value} there is nothing to hide: a figure that is suppressed could only be 1. "
            f"Type a whole number from {_SMALL_BELOW.least} on, for example 5, or clear this cell.",
            _each("small_below", holds=lambda n: n is None or n >= _SMALL_BELOW.least),
        ),
        Rule(
            "keep_years",
            "Returns cannot be kept for {value} years. Type a whole number from "
            f"{_KEEP_YEARS.least} on, for example 6, or clear this cell to keep them for good.",
            _each("keep_years", holds=lambda n: n is None or n >= _KEEP_YEARS.least),
        ),
        _days("remind_before", "7; 1"),
        _days("remind_after", "1; 3; 7"),
    ),
    PRIORITIES.title: (_own_ref("priority"),),
    INDICATORS.title: (
        _own_ref("indicator"),
        Rule(
            "unit",
            f"Unit is blank, and the indicator is a measure. {INDICATORS.column('unit').asks}",
            _each("kind", "unit", holds=_has_what_measures_need),
        ),
        Rule(
            "polarity",
            "Polarity is blank, and the indicator is a measure. "
            f"{INDICATORS.column('polarity').asks}",
            _each("kind", "polarity", holds=_has_what_measures_need),
        ),
        Rule(
            "unit",
            'The unit is "{value}", and the indicator reports no figure. '
            "Clear this cell, or change the kind to measure.",
            _each("kind", "unit", holds=_has_none_but_measures),
        ),
        Rule(
            "polarity",
            'The polarity is "{value}", and the indicator reports no figure. '
            "Clear this cell, or change the kind to measure.",
            _each("kind", "polarity", holds=_has_none_but_measures),
        ),
        Rule(
            "decimals",
            f"{{value}} decimals cannot be published. Type a whole number from 0 to "
            f"{MOST_DECIMALS}.",
            _each("decimals", holds=lambda n: n is None or 0 <= n <= MOST_DECIMALS),
        ),
        Rule(
            "merge_rule",
            'The merge rule "{value}" needs figures, and only a measure has them. '
            f"Choose {' or '.join(_WITHOUT_FIGURES)}, or change the kind to measure.",
            _each(
                "kind",
                "merge_rule",
                holds=lambda kind, rule: (
                    rule in (None, *_WITHOUT_FIGURES) or _has_none_but_measures(kind, rule)
                ),
            ),
        ),
        Rule("tolerance", _NEGATIVE_TOLERANCE, _each("tolerance", holds=_is_not_negative)),
        Rule(
            "tolerance",
            "Tolerance is blank, and it has a kind. Type the tolerance, for example 5%, "
            "or clear its kind.",
            _each("tolerance", "tolerance_kind", holds=lambda t, kind: not (kind and t is None)),
        ),
        Rule(
            "tolerance_kind",
            "Tolerance kind is blank, and there is a tolerance. "
            "Choose percent of target, or points.",
            _each("tolerance", "tolerance_kind", holds=lambda t, kind: kind or t is None),
        ),
        Rule(
            "plausible_maximum",
            "Plausible maximum ({value}) is below Plausible minimum. "
            "Correct the wrong one of the two.",
            _each("plausible_minimum", "plausible_maximum", holds=_in_order),
        ),
        Rule(
            "plausible_change",
            "{value} is below zero. Type the largest change, up or down, without a sign.",
            _each("plausible_change", holds=_is_not_negative),
        ),
    ),
    TARGETS.title: (
        Rule(
            "indicator",
            "{value} already has a target for this period further up. Keep one of the two rows.",
            _unique("indicator", "period"),
        ),
        Rule(
            "upper",
            "Upper ({value}) is below Lower. Swap the two, or correct the wrong one.",
            _each("lower", "upper", holds=_in_order),
        ),
        Rule(
            "lower",
            "Lower is blank, and there is an upper end. Type the lower end of the range.",
            _each("lower", "upper", holds=lambda low, up: low is not None or up is None),
        ),
        Rule(
            "upper",
            "Upper is blank, and there is a lower end. Type the upper end of the range.",
            _each("lower", "upper", holds=lambda low, up: up is not None or low is None),
        ),
        Rule(
            "value",
            "There is a target ({value}) and a range. Keep the target, or Lower and Upper.",
            _each("value", "lower", "upper", holds=lambda *cells: not _is_both(*cells)),
        ),
        Rule(
            "operator",
            "The operator is between, and there is no range. Type its ends under Lower and Upper.",
            _each(
                "operator",
                "lower",
                "upper",
                holds=lambda sign, low, up: (
                    sign != Operator.BETWEEN or low is not None or up is not None
                ),
            ),
        ),
        Rule(
            "operator",
            'The operator is "{value}", and there is no figure under Target. '
            "Type the target, or clear this cell; a range takes between.",
            _each(
                "operator",
                "value",
                holds=lambda sign, value: sign in (None, Operator.BETWEEN) or value is not None,
            ),
        ),
    ),
    AREAS.title: (
        _own_ref("service area"),
        Rule(
            "ref",
            '"{value}" holds a semicolon, which stands between refs. Type the ref without it.',
            _each("ref", holds=lambda ref: ref is None or ";" not in ref),
        ),
        Rule(
            "name",
            'Another service area further up is also called "{value}". '
            "Give each a name of its own.",
            _unique("name"),
        ),
        _address("email"),
    ),
    PERIODS.title: (
        Rule(
            "name",
            'Another period further up is also called "{value}". Give each a name of its own.',
            _unique("name"),
        ),
        Rule(
            "starts",
            "The period starts on {value}, after it ends. Correct the wrong one of the two dates.",
            _each("starts", "ends", holds=lambda *days: None in days or days[0] <= days[1]),
        ),
        Rule(
            "due",
            "Returns are due on {value}, before the period starts. Correct the wrong date.",
            _each("starts", "due", holds=lambda *days: None in days or days[0] <= days[1]),
        ),
    ),
    RECIPIENTS.title: (
        _address("email"),
        Rule(
            "email",
            "{value} already stands further up, and would be sent everything twice. "
            "Keep one row, and put all that is sent under Gets.",
            _unique("email"),
        ),
    ),
}
