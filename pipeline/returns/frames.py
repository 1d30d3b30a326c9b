"""The frames that `schemas.returns` checks: one row an indicator a return, one row a return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal

import pandas as pd

from pipeline.returns.interpret.indicators import PREFILLED_FIELDS, same_figure
from pipeline.returns.interpret.names import name_key
from pipeline.returns.reading import Reading, ReportedRow
from schemas import returns as schema
from schemas.model import (
    CommentaryRule,
    Indicator,
    Period,
    Polarity,
    Register,
    ServiceArea,
    Status,
    Target,
)
from schemas.units import quantise

_ZERO, _HUNDRED = Decimal(0), Decimal(100)
#: Wide enough that a quotient of two reported parts never falls on the wrong side of a half.
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Standard:
    """What an indicator's row is held against in a period; the same for every return."""

    indicator: Indicator
    #: The service areas that report it.
    owners: frozenset[str]
    target: Target | None
    #: The register's plausible range; a share without one lies between 0 and 100.
    minimum: Decimal | None
    maximum: Decimal | None
    #: What each prefilled cell should read, as the template shows it.
    texts: dict[str, str]
    #: Other words for the priority that mean the same, as keys.
    priority_keys: frozenset[str]
    #: Whether the numerator counts a part of what the denominator counts.
    is_part_of_whole: bool


class Standards:
    """The standard of each indicator in each period, worked out once."""

    def __init__(self, register: Register) -> None:
        self._indicators = {i.ref: i for i in register.indicators}
        self._targets = {(t.indicator, t.period): t for t in register.targets}
        self._priorities = {p.ref: p for p in register.priorities}
        self._known: dict[tuple[str, str], Standard] = {}
        self._owned: dict[str, list[str]] = {}
        for indicator in register.indicators:
            for area in indicator.areas:
                self._owned.setdefault(area, []).append(indicator.ref)

    def refs_of(self, area: str) -> list[str]:
        """The indicators that a service area reports, in the register's order."""
        return self._owned.get(area, [])

    def of(self, ref: str, period: str) -> Standard:
        """The standard of an indicator of the register, by ref, in a period."""
        key = (ref, period)
        if key not in self._known:
            self._known[key] = self._standard(self._indicators[ref], self._targets.get(key))
        return self._known[key]

    def _standard(self, indicator: Indicator, target: Target | None) -> Standard:
        priority = self._priorities[indicator.priority]
        minimum, maximum = indicator.plausible_minimum, indicator.plausible_maximum
        is_share = indicator.unit_row.is_share
        if is_share:
            minimum = _ZERO if minimum is None else minimum
            maximum = _HUNDRED if maximum is None else maximum
        names = (priority.ref, priority.heading, priority.achievements_heading)
        return Standard(
            indicator=indicator,
            owners=frozenset(indicator.areas),
            target=target,
            minimum=minimum,
            maximum=maximum,
            texts={
                "ref": indicator.ref,
                "priority": priority.heading,
                "indicator": indicator.wording,
                "unit": indicator.unit_shown,
                "target": target.shown(indicator.unit) if target else "",
            },
            priority_keys=frozenset(map(name_key, names)),
            is_part_of_whole=is_share and maximum is not None and maximum <= _HUNDRED,
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the frame: an indicator of a return, reported or missing."""

    area: ServiceArea
    standard: Standard
    #: None where the return has no row for the indicator.
    row: ReportedRow | None
    #: Last period's figure.
    last: Decimal | None


def row_frame(cases: list[tuple[int, Case]]) -> pd.DataFrame:
    """One row an indicator a return, with the columns of `schema.ROW_COLUMNS`."""
    records = [_record(number, case) for number, case in cases]
    frame = pd.DataFrame.from_records(records, columns=list(schema.ROW_COLUMNS))
    decimals = [name for name, kind in schema.ROW_COLUMNS.items() if kind == "decimal"]
    return frame.astype(dict.fromkeys(decimals, object))


def _record(number: int, case: Case) -> tuple[object, ...]:
    """One row of the frame, in the order of `schema.ROW_COLUMNS`."""
    row, standard = case.row, case.standard
    indicator = standard.indicator
    owned = case.area.ref in standard.owners
    if row is None:
        # Nothing else to say of a row that is not there.
        flags = (False, owned, True, False, False, False, False, False, False, False, True, False)
        return (number, *flags, *(None,) * 8, *_AS_EXPECTED)
    value = row.value
    flags = (
        True,
        owned,
        row.has_figure,
        row.status is Status.NOT_AVAILABLE,
        row.is_bad,
        indicator.unit_row.never_negative,
        row.denominator == 0,
        _commentary_due(row, standard),
        bool(row.commentary),
        standard.is_part_of_whole,
        quotient(row, indicator) in (None, value),
        indicator.merge_rule.merging.needs_parts
        and value is not None
        and (row.numerator is None or row.denominator is None),
    )
    return (
        number, *flags,
        value, _ZERO, row.numerator, row.denominator,
        standard.minimum, standard.maximum,
        None if value is None or case.last is None else abs(value - case.last),
        indicator.plausible_change,
        *_prefilled(row, standard),
    )  # fmt: skip


def _commentary_due(row: ReportedRow, standard: Standard) -> bool:
    indicator, target = standard.indicator, standard.target
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
                and not target.admits(row.value, indicator.polarity)
            )


def quotient(row: ReportedRow, indicator: Indicator) -> Decimal | None:
    """What numerator and denominator make, at the decimals of the figure reported.

    None where there is nothing to compare: a part is missing, or the figure is a count.
    """
    if row.value is None or row.numerator is None or not row.denominator:
        return None
    if indicator.unit is None or indicator.unit.row.counts_people:
        return None
    is_share = indicator.unit.row.is_share
    top = row.numerator.scaleb(2, _EXACT) if is_share else row.numerator
    exact = _EXACT.divide(top, row.denominator)
    published = quantise(exact, indicator.decimals)
    if published == row.value:
        return row.value
    for decimals in range(indicator.decimals - 1, -1, -1):
        # A figure given with fewer decimals than are published may still be the right one.
        if quantise(exact, decimals) == row.value:
            return row.value
    return published


_AS_EXPECTED = ("", "") * len(PREFILLED_FIELDS)


def _prefilled(row: ReportedRow, standard: Standard) -> tuple[str, ...]:
    """Seen and expected of each prefilled field in turn, as keys; a blank cell passes."""
    texts: list[str] = []
    for field, expected in standard.texts.items():
        seen = row.seen.get(field, "")
        if seen and seen != expected:
            key = name_key(expected)
            texts += [key if _means(field, seen, standard) else name_key(seen) or seen, key]
        else:
            texts += ["", ""]
    return tuple(texts)


def _means(field: str, seen: str, standard: Standard) -> bool:
    """Whether other words in a prefilled cell still say what it should."""
    match field:
        case "priority":
            return name_key(seen) in standard.priority_keys
        case "target":
            return _same_target(seen, standard)
        case _:
            return False


def _same_target(seen: str, standard: Standard) -> bool:
    """Whether a retyped target is still the same figure: 0.25 and 25 are both 25%."""
    target, indicator = standard.target, standard.indicator
    if target is None or target.value is None:
        return False
    plain = seen.lstrip("<>=≤≥ ")
    value = target.value
    shares = {value, value / 100} if indicator.unit_row.is_share else {value}
    return same_figure(plain, value, indicator) or plain in {f"{s.normalize():f}" for s in shares}


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

    @property
    def knows_no_sign_off(self) -> bool:
        """Whether the return is last year's appendix filled in, without those lines."""
        return self.reading.is_old_style and not any(
            key in self.reading.cover for key in schema.SIGNED
        )


def return_frame(covers: list[Cover]) -> pd.DataFrame:
    """One row a return, with the columns of `schema.RETURN_COLUMNS`."""
    records = [
        (
            cover.number,
            *(cover.is_filled(key) for key in schema.SIGNED),
            cover.knows_no_sign_off,
            cover.period.open,
            cover.received_on <= cover.period.due,
        )
        for cover in covers
    ]
    return pd.DataFrame.from_records(records, columns=list(schema.RETURN_COLUMNS))
