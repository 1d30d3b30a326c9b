"""What must hold in the rows of the register's sheets: the rule, the columns, the condition.

A condition is given cells of one row, or of all rows, and what was joined to them of other sheets
(see `schemas.register`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pandas as pd
from msgspec import Struct, field

from schemas import register_row_rules as r
from schemas.findings import Rule
from schemas.merge_rules import MergeRule
from schemas.model import Kind, Operator, Polarity
from schemas.register_layout import (
    AREAS,
    INDICATORS,
    PERIODS,
    PRIORITIES,
    RECIPIENTS,
    TARGETS,
)
from schemas.register_settings import FRAMEWORK

MOST_DECIMALS = 6
#: A reminder further off than this is a slip of the keyboard.
MOST_DAYS = 100

#: What HTML forms accept as an address, with a domain that has a dot: mail is sent to no other.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_NOT_WORD = re.compile(r"[^\w%£]+")
#: Merge rules that need no figures.
_WITHOUT_FIGURES = (None, *(rule for rule in MergeRule if not rule.merging.needs_figures))


class RegisterCheck(Struct, frozen=True):
    """A rule, the column whose cell is to correct, and what must hold of the columns named."""

    rule: Rule
    column: str
    keys: tuple[str, ...]
    #: Whether each row of a frame passes.
    holds: Callable[[pd.DataFrame], pd.Series[bool]]
    #: Words of the rule's sentence, beside the column's own; `{key}` takes the row's own cell.
    words: dict[str, str] = field(default_factory=dict)


def _each(
    rule: Rule, column: str, *others: str, holds: Callable[..., bool], **words: str
) -> RegisterCheck:
    """A check of every row by itself; `holds` is given its cells under the keys, in order."""
    keys = (column, *others)

    def check(frame: pd.DataFrame) -> pd.Series[bool]:
        cells = zip(*(frame[key] for key in keys), strict=True)
        return pd.Series([bool(holds(*row)) for row in cells], index=frame.index, dtype=bool)

    return RegisterCheck(rule, column, keys, check, words)


def _once(rule: Rule, column: str, *others: str, **words: str) -> RegisterCheck:
    """A check that no later row repeats these cells, compared as returns are matched to them."""
    keys = (column, *others)

    def check(frame: pd.DataFrame) -> pd.Series[bool]:
        rows = list(zip(*(frame[key].map(_same) for key in keys), strict=True))
        repeated = pd.Series(rows, index=frame.index, dtype=object).duplicated()
        return ~(repeated & frame[list(keys)].notna().all(axis=1))

    return RegisterCheck(rule, column, keys, check, words)


def _same(cell: str | int | None) -> str | int | None:
    """What two cells have in common that a return could not tell apart."""
    if not isinstance(cell, str):
        return cell
    if "@" in cell:
        return cell.casefold()
    return _NOT_WORD.sub(" ", cell.casefold()).strip() or cell


def _is_no_other_ref(frame: pd.DataFrame) -> pd.Series[bool]:
    """Whether an area's name is its own ref, or none."""
    return ~frame["name"].isin(frame["ref"].dropna()) | (frame["name"] == frame["ref"])


def _ascend(lower: object, upper: object) -> bool:
    """Whether two figures or days are in order; it holds where either is missing."""
    return lower is None or upper is None or lower <= upper  # type: ignore[operator]  # one column's


def _descend(upper: object, lower: object) -> bool:
    return _ascend(lower, upper)


def _is_not_negative(figure: Decimal | None) -> bool:
    return figure is None or figure >= 0


def _is_share(figure: Decimal | None) -> bool:
    return figure is None or 0 <= figure <= 1


def _is_address(text: str | None) -> bool:
    return text is None or _ADDRESS.fullmatch(text) is not None


def _has_what_measures_need(cell: str | None, kind: str | None) -> bool:
    return kind != Kind.MEASURE or cell is not None


def _has_none_but_measures(cell: str | None, kind: str | None) -> bool:
    return cell is None or kind not in (Kind.MILESTONE, Kind.NARRATIVE)


def _days(column: str, example: str) -> RegisterCheck:
    least = FRAMEWORK.column(column).least
    return _each(
        *(r.DAYS_OUT_OF_RANGE, column),
        holds=lambda days: days is None or all(least <= day <= MOST_DAYS for day in days),
        least=str(least),
        most=str(MOST_DAYS),
        example=example,
    )


def _at_least(rule: Rule, column: str) -> RegisterCheck:
    least = FRAMEWORK.column(column).least
    return _each(rule, column, holds=lambda n: n is None or n >= least, least=str(least))


def _ordered(
    column: str, other: str, wrong: str, holds: Callable[..., bool] = _descend
) -> RegisterCheck:
    return _each(r.OUT_OF_ORDER, column, other, holds=holds, wrong=wrong)


def _needed(column: str, other: str, reason: str) -> RegisterCheck:
    """A check that a cell is filled in where the other is."""
    return _each(
        *(r.BLANK_BESIDE, column, other),
        holds=lambda cell, beside: cell is not None or beside is None,
        reason=reason,
    )


#: By the titles of the sheets, in the order in which they are said of one cell.
CHECKS: dict[str, tuple[RegisterCheck, ...]] = {
    FRAMEWORK.title: (
        _each(r.BELOW_ZERO, "tolerance", holds=_is_not_negative),
        _each(r.NOT_A_SHARE, "green_from", holds=_is_share, example="0.75"),
        _each(r.NOT_A_SHARE, "amber_from", holds=_is_share, example="0.5"),
        _ordered("amber_from", "green_from", "above Green from", _ascend),
        _at_least(r.SMALL_NUMBERS_TOO_SMALL, "small_below"),
        _at_least(r.YEARS_TOO_FEW, "keep_years"),
        _days("remind_before", "7; 1"),
        _days("remind_after", "1; 3; 7"),
    ),
    PRIORITIES.title: (
        _once(r.USED_TWICE, "ref", what="ref"),
        _once(r.USED_TWICE, "order", what="place"),
    ),
    INDICATORS.title: (
        _once(r.USED_TWICE, "ref", what="ref"),
        *(
            check
            for key in ("unit", "polarity")
            for check in (
                _each(
                    *(r.BLANK_BESIDE, key, "kind"),
                    holds=_has_what_measures_need,
                    reason="the indicator is a measure",
                ),
                _each(r.ONLY_A_MEASURE_HAS, key, "kind", holds=_has_none_but_measures, what=key),
            )
        ),
        _each(
            *(r.DECIMALS_OUT_OF_RANGE, "decimals"),
            holds=lambda n: n is None or 0 <= n <= MOST_DECIMALS,
            most=str(MOST_DECIMALS),
        ),
        _each(
            *(r.MERGE_NEEDS_FIGURES, "merge_rule", "kind"),
            holds=lambda rule, kind: rule in _WITHOUT_FIGURES or _has_none_but_measures(rule, kind),
        ),
        _each(r.BELOW_ZERO, "tolerance", holds=_is_not_negative),
        _needed("tolerance", "tolerance_kind", "it has a kind"),
        _needed("tolerance_kind", "tolerance", "there is a tolerance"),
        _ordered("plausible_maximum", "plausible_minimum", "below Plausible minimum"),
        _each(r.BELOW_ZERO, "plausible_change", holds=_is_not_negative),
    ),
    TARGETS.title: (
        _once(r.TARGET_TWICE, "indicator", "period"),
        _ordered("upper", "lower", "below Lower"),
        _needed("lower", "upper", "there is an upper end"),
        _needed("upper", "lower", "there is a lower end"),
        _each(
            *(r.TARGET_AND_RANGE, "value", "lower", "upper"),
            holds=lambda value, low, up: value is None or (low is None and up is None),
        ),
        _each(
            *(r.OPERATOR_WITHOUT_FIGURE, "operator", "lower", "upper"),
            holds=lambda sign, low, up: sign != Operator.BETWEEN or {low, up} != {None},
            what="range",
            todo="its ends under Lower and Upper",
        ),
        _each(
            *(r.OPERATOR_WITHOUT_FIGURE, "operator", "value"),
            holds=lambda sign, value: sign in (None, Operator.BETWEEN) or value is not None,
            what="figure under Target",
            todo="the target, choose between for a range",
        ),
        *(
            _each(
                *(r.NO_FIGURE_TO_COMPARE, key, "kind"),
                holds=_has_none_but_measures,
                ref="{indicator}",
                kind="{kind}",
            )
            for key in ("value", "lower", "upper", "baseline")
        ),
        _each(
            *(r.ONE_FIGURE_FOR_A_RANGE, "value", "operator", "polarity"),
            holds=lambda value, sign, polarity: (
                value is None or sign is not None or polarity != Polarity.RANGE
            ),
            ref="{indicator}",
        ),
    ),
    AREAS.title: (
        _once(r.USED_TWICE, "ref", what="ref"),
        _each(r.SEMICOLON_IN_REF, "ref", holds=lambda ref: ref is None or ";" not in ref),
        _once(r.USED_TWICE, "name", what="name"),
        RegisterCheck(r.NAME_IS_A_REF, "name", ("name", "ref"), _is_no_other_ref),
        _each(r.NOT_AN_ADDRESS, "email", holds=_is_address),
    ),
    PERIODS.title: (
        _once(r.USED_TWICE, "name", what="name"),
        _ordered("starts", "ends", "after Ends", _ascend),
        _ordered("due", "starts", "before Starts"),
    ),
    RECIPIENTS.title: (
        _each(r.NOT_AN_ADDRESS, "email", holds=_is_address),
        _once(r.ADDRESS_TWICE, "email"),
    ),
}
