"""The frames that `schemas.returns` checks: one row an indicator a return, one row a return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from pipeline.display import quantise, target_shown, unit_shown
from pipeline.interpret.indicators import PREFILLED_FIELDS, same_figure
from pipeline.interpret.names import name_key
from pipeline.model import (
    CommentaryRule,
    Indicator,
    MergeRule,
    Period,
    Polarity,
    Register,
    ServiceArea,
    Status,
    Target,
    Unit,
)
from pipeline.rating import is_in_target
from pipeline.reading import Reading, ReportedRow
from schemas import returns as schema

_ZERO, _HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the frame: an indicator of a return, reported or missing."""

    area: ServiceArea
    indicator: Indicator
    period: Period
    target: Target | None
    #: None where the return has no row for the indicator.
    row: ReportedRow | None
    last: Decimal | None


def row_frame(cases: list[tuple[int, Case]], register: Register) -> pd.DataFrame:
    """One row an indicator a return, with the columns of `schema.ROW_COLUMNS`."""
    expected = Expected(register)
    records = [_record(number, case, expected) for number, case in cases]
    frame = pd.DataFrame.from_records(records, columns=list(schema.ROW_COLUMNS))
    decimals = [name for name, kind in schema.ROW_COLUMNS.items() if kind == "decimal"]
    return frame.astype(dict.fromkeys(decimals, object))


def _record(number: int, case: Case, expected: Expected) -> tuple[object, ...]:
    """One row of the frame, in the order of `schema.ROW_COLUMNS`."""
    row, indicator = case.row, case.indicator
    owned = case.area.ref in indicator.areas
    if row is None:
        # Nothing else to say of a row that is not there.
        flags = (False, owned, True, False, False, False, False, False, False, False, True, False)
        texts = ("",) * (2 * len(PREFILLED_FIELDS))
        return (number, -1, *flags, *(None,) * 8, *texts)
    minimum, maximum = plausible(indicator)
    change = None if row.value is None or case.last is None else abs(row.value - case.last)
    weighted = indicator.merge_rule is MergeRule.WEIGHTED and row.value is not None
    flags = (
        True,
        owned,
        row.has_figure,
        row.status is Status.NOT_AVAILABLE,
        row.is_bad,
        indicator.unit in (Unit.COUNT, Unit.DAYS),
        row.denominator == 0,
        _commentary_due(row, indicator, case.target),
        bool(row.commentary),
        indicator.unit is Unit.PERCENT and (maximum is None or maximum <= _HUNDRED),
        quotient(row, indicator) in (None, row.value),
        weighted and (row.numerator is None or row.denominator is None),
    )
    return (
        number, 0, *flags,
        row.value, _ZERO, row.numerator, row.denominator,
        minimum, maximum, change, indicator.plausible_change,
        *expected.of(row, case),
    )  # fmt: skip


def plausible(indicator: Indicator) -> tuple[Decimal | None, Decimal | None]:
    """The register's plausible range; a percentage without one lies between 0 and 100."""
    minimum, maximum = indicator.plausible_minimum, indicator.plausible_maximum
    if indicator.unit is Unit.PERCENT:
        minimum = _ZERO if minimum is None else minimum
        maximum = _HUNDRED if maximum is None else maximum
    return minimum, maximum


def _commentary_due(row: ReportedRow, indicator: Indicator, target: Target | None) -> bool:
    match indicator.commentary:
        case CommentaryRule.NEVER:
            return False
        case CommentaryRule.ALWAYS:
            return True
        case CommentaryRule.OFF_TARGET:
            return (
                row.value is not None
                and target is not None
                and target.is_set
                and indicator.polarity is not Polarity.CONTEXTUAL
                and not is_in_target(row.value, target, indicator.polarity)
            )


def quotient(row: ReportedRow, indicator: Indicator) -> Decimal | None:
    """What numerator and denominator make, at the decimals of the figure reported.

    None where there is nothing to compare: a part is missing, or the figure is a count.
    """
    if row.value is None or row.numerator is None or not row.denominator:
        return None
    if indicator.unit in (Unit.COUNT, None):
        return None
    exact = Fraction(row.numerator) / Fraction(row.denominator)
    if indicator.unit is Unit.PERCENT:
        exact *= 100
    computed = Decimal(exact.numerator) / Decimal(exact.denominator)
    for decimals in range(indicator.decimals, -1, -1):
        # A figure given with fewer decimals than are published may still be the right one.
        if quantise(computed, decimals) == row.value == quantise(row.value, decimals):
            return row.value
    return quantise(computed, indicator.decimals)


class Expected:
    """What the prefilled cells should read, worked out once for each indicator and period."""

    def __init__(self, register: Register) -> None:
        self._priorities = {p.ref: p for p in register.priorities}
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def texts(self, case: Case) -> dict[str, str]:
        """Each prefilled field's text, as the template shows it."""
        key = (case.indicator.ref, case.period.name)
        if key not in self._known:
            self._known[key] = {
                "ref": case.indicator.ref,
                "priority": self._priorities[case.indicator.priority].heading,
                "indicator": case.indicator.wording,
                "unit": unit_shown(case.indicator),
                "target": target_shown(case.target, case.indicator),
            }
        return self._known[key]

    def of(self, row: ReportedRow, case: Case) -> tuple[str, ...]:
        """Seen and expected of each field in turn, as keys; a blank cell passes."""
        texts: list[str] = []
        for key, expected in self.texts(case).items():
            seen = row.seen.get(key, "")
            if seen and seen != expected:
                texts += [self._seen_key(key, seen, expected, case), name_key(expected)]
            else:
                texts += ["", ""]
        return tuple(texts)

    def _seen_key(self, key: str, seen: str, expected: str, case: Case) -> str:
        """The key of what stands in a cell; the expected one where it means the same."""
        priority = self._priorities[case.indicator.priority]
        if key == "priority" and name_key(seen) in map(
            name_key, (priority.ref, priority.achievements_heading)
        ):
            return name_key(expected)
        if key == "target" and _same_target(seen, case):
            return name_key(expected)
        return name_key(seen) or seen


def _same_target(seen: str, case: Case) -> bool:
    """Whether a retyped target is still the same figure: 0.25 and 25 are both 25%."""
    target = case.target
    if target is None or target.value is None:
        return False
    plain = seen.lstrip("<>=≤≥ ")
    value, percent = target.value, case.indicator.unit is Unit.PERCENT
    shares = {value, value / 100} if percent else {value}
    return same_figure(plain, value, case.indicator) or plain in {
        f"{s.normalize():f}" for s in shares
    }


@dataclass(frozen=True, slots=True)
class Cover:
    """One row of the frame of returns; `number` is the return's place in the run."""

    number: int
    reading: Reading
    period: Period
    received_on: date

    def is_filled(self, key: str) -> bool:
        """Whether a line of the cover has an entry."""
        entry = self.reading.cover.get(key)
        return entry is not None and bool(entry.text)


def return_frame(covers: list[Cover]) -> pd.DataFrame:
    """One row a return, with the columns of `schema.RETURN_COLUMNS`."""
    records = [
        (
            cover.number,
            cover.is_filled("completed_by"),
            cover.is_filled("signed_off_by"),
            cover.period.open,
            cover.received_on <= cover.period.due,
        )
        for cover in covers
    ]
    return pd.DataFrame.from_records(records, columns=list(schema.RETURN_COLUMNS))
