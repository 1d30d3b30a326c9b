"""The frames that `schemas.returns` checks, built from returns, register and last period's figures.

One has a row for each indicator of each return, the other one for each return.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat
from operator import attrgetter
from typing import Any

import pandas as pd
from msgspec import Struct

from pipeline.returns.reading import Reading, ReportedRow
from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import Scale
from schemas.bearing import compared, last_reported, so_far
from schemas.checks import Checks
from schemas.fields import EARLIER, PREFILLED, SIGNED, prefilled
from schemas.model import (
    Indicator,
    Operator,
    Period,
    Priority,
    Register,
    ServiceArea,
    Status,
    Target,
)
from schemas.names import clean, name_key
from schemas.returns import ROWS
from schemas.units import Unit, printed_alike
from schemas.verdicts import frame_of, typed

#: Figures that stand, of a return's period and of those it is compared with: (period, indicator,
#: area) to the figure.
Earlier = Mapping[tuple[str, str, str], Decimal]

_ZERO, _HUNDRED = Decimal(0), Decimal(100)
#: So many figures are not all as they were by chance.
_NOT_BY_CHANCE = 3
#: Stands for the row of an indicator that a return leaves out.
ABSENT = ReportedRow("", "", "", Status.FINAL)
#: Signs before a target that turn round what the register says of it.
_OTHER_WAY = {
    **dict.fromkeys((Operator.AT_LEAST, Operator.MORE_THAN), ("<", "≤")),
    **dict.fromkeys((Operator.AT_MOST, Operator.LESS_THAN), (">", "≥")),
}
#: The columns that a row of a return gives as they stand.
_REPORTED = ["status", "value", "numerator", "denominator", "has_figure", "no_cases"]
_REPORTED += ["commentary", "is_bad"]
_reported = attrgetter(*_REPORTED)


class Placed(Struct, frozen=True):
    """A return whose service area and period are plain; `number` is its place in the run."""

    number: int
    reading: Reading
    area: ServiceArea
    period: Period
    received_on: date
    filename: str = ""


class _Standard(Struct, frozen=True):
    """What an indicator's row is held against in a period; the same for every return."""

    indicator: Indicator
    priority: Priority
    target: Target | None

    def columns(self) -> dict[str, object]:
        """The register's side of a row of the frame."""
        indicator = self.indicator
        texts = prefilled(indicator, self.priority, self.target)
        minimum, maximum = indicator.plausible_minimum, indicator.plausible_maximum
        is_share = indicator.unit_row.is_share
        if is_share:
            # Without a plausible range of its own a share lies between 0 and 100.
            minimum = _ZERO if minimum is None else minimum
            maximum = _HUNDRED if maximum is None else maximum
        return {
            "kind": indicator.kind,
            "unit": indicator.unit,
            "decimals": indicator.decimals,
            "thousands": indicator.thousands,
            "polarity": indicator.polarity,
            "merge_rule": indicator.merge_rule,
            "commentary_rule": indicator.commentary,
            # What is made of several periods' figures is not what an area reports.
            "target": self.target if indicator.accumulation.rates_own else None,
            "minimum": minimum,
            "maximum": maximum,
            "largest_change": indicator.plausible_change,
            "may_have_no_cases": indicator.may_have_no_cases,
            "is_share": is_share and maximum is not None and maximum <= _HUNDRED,
            **{f"{key}_expected": text for key, text in texts.items()},
        }

    def means(self, key: str, seen: str, expected: str) -> bool:
        """Whether what stands in a prefilled cell says in other words what it should."""
        name = name_key(seen)
        if not name or name == name_key(expected):
            # What nobody sees is as good as blank.
            return True
        match key:
            case "priority":
                own = self.priority
                return name in map(name_key, (own.ref, own.heading, own.achievements_heading))
            case "unit":
                return name in map(name_key, self.indicator.unit_row.words)
            case "target":
                # Where the register has none, a target of the area's own alters nothing.
                return not expected or printed_alike(seen, expected) or self._is_target(seen)
        return False

    def _is_target(self, seen: str) -> bool:
        """Whether a retyped target is still the same figure: 0.25 and 25 are both 25%."""
        if self.target is None or self.target.value is None:
            return False
        value, indicator = self.target.value, self.indicator
        typed = clean(seen)
        plain = typed.lstrip("<>=≤≥ ")
        decides = self.target.operator_by(indicator.polarity)
        if typed.startswith(_OTHER_WAY.get(decides, ())):
            return False
        shares = {value, value / 100} if indicator.unit_row.is_share else {value}
        texts = {f"{share.normalize():f}" for share in shares}
        return _shows(plain, value, indicator) or plain in texts


def _shows(seen: str, expected: Decimal, indicator: Indicator) -> bool:
    """Whether a text shows the same figure as expected, however it is written."""
    scale = Scale(indicator.unit or Unit.SCORE, decimals=15)
    return indicator.unit is not None and parse(seen, scale, None).value == expected


class Standards:
    """What a register says of each indicator in the periods given, as columns."""

    def __init__(self, register: Register, periods: Iterable[str]) -> None:
        priorities = {priority.ref: priority for priority in register.priorities}
        targets = {(target.indicator, target.period): target for target in register.targets}
        self._register = register
        self._all: list[_Standard] = []
        self._before: dict[str, Mapping[str, str]] = {}
        self._so_far: dict[str, Mapping[str, str]] = {}
        #: The place of each indicator's standard, by period and ref.
        self.places: dict[str, dict[str, int]] = {}
        for period in dict.fromkeys(periods):
            first = len(self._all)
            self.places[period] = {i.ref: n for n, i in enumerate(register.indicators, first)}
            self._all += (
                _Standard(i, priorities[i.priority], targets.get((i.ref, period)))
                for i in register.indicators
            )
        records = [standard.columns() for standard in self._all]
        #: What stands in each prefilled cell of the template, by the field's key.
        self._texts: dict[str, list[Any]] = {
            key: [record[f"{key}_expected"] for record in records] for key in PREFILLED
        }
        self._facts = pd.DataFrame(
            {
                name: typed(ROWS.columns[name], [record[name] for record in records])
                for name in (records[0] if records else ())
            }
        )

    def before(
        self, period: Period, area: str, refs: Iterable[str]
    ) -> Iterator[tuple[str, str, str]]:
        """Under what the last figures stand before those of a period, as `Earlier` has them."""
        if period.name not in self._before:
            last = {
                i.ref: last_reported(self._register, i, period) for i in self._register.indicators
            }
            self._before[period.name] = {ref: each.name for ref, each in last.items() if each}
        names = self._before[period.name]
        return ((names.get(ref, ""), ref, area) for ref in refs)

    def a_year_before(
        self, period: Period, area: str, refs: Iterable[str]
    ) -> Iterator[tuple[str, str, str]]:
        """The same of the figures of the same period a year before."""
        for ref in refs:
            indicator = self._register.indicator(ref)
            pair = compared(self._register, indicator, period) if indicator else None
            name = pair.year_before.name if pair and pair.year_before else ""
            yield name, ref, area

    def so_far(
        self, period: Period, area: str, refs: Iterable[str]
    ) -> Iterator[tuple[str, str, str]]:
        """The same of the figures from which cumulative ones have grown since."""
        if period.name not in self._so_far:
            last = {i.ref: so_far(self._register, i, period) for i in self._register.indicators}
            self._so_far[period.name] = {ref: each.name for ref, each in last.items() if each}
        names = self._so_far[period.name]
        return ((names.get(ref, ""), ref, area) for ref in refs)

    def at(self, places: list[int]) -> dict[str, pd.Series[Any]]:
        """The columns of the standards at some places."""
        joined = self._facts.take(places).reset_index(drop=True)
        return {str(name): column for name, column in joined.items()}

    def in_words_of_register(
        self, key: str, seen: list[str | None], places: list[int]
    ) -> list[str | None]:
        """What prefilled cells say: the register's own text where it is that, or means it."""
        expected = list(map(self._texts[key].__getitem__, places))
        if seen == expected:
            return expected
        return [
            right if text and self._all[place].means(key, text, right) else text
            for text, right, place in zip(seen, expected, places, strict=True)
        ]


class Rows(Struct, frozen=True):
    """The frame of indicators' rows, with each row's return and what was read there."""

    frame: pd.DataFrame
    numbers: list[int]
    read: list[ReportedRow]


def row_frame(
    checks: Checks,
    returns: Iterable[Placed],
    standards: Standards,
    register: Register,
    earlier: Earlier,
) -> Rows:
    """One row an indicator a return, reported or missing."""
    numbers: list[int] = []
    read: list[ReportedRow] = []
    places: list[int] = []
    columns: dict[str, list[Any]] = defaultdict(list)
    # Return by return, so that what one return holds is looked at while it is at hand.
    for one in returns:
        reported = {row.indicator: row for row in one.reading.rows}
        mine = [indicator.ref for indicator in register.indicators_of(one.area.ref)]
        # Without a table there is one thing to say, not one for each indicator.
        refs = dict.fromkeys([*reported, *(mine if one.reading.has_table else ())])
        rows = list(map(reported.get, refs, repeat(ABSENT)))
        known = list(map(standards.places[one.period.name].__getitem__, refs))
        columns["is_owned"] += map(set(mine).__contains__, refs)
        columns["area"] += [one.area.name] * len(rows)
        columns["last"] += (
            map(earlier.get, standards.before(one.period, one.area.ref, refs))
            if earlier
            else repeat(None, len(rows))
        )
        for key in EARLIER:
            columns[f"{key}_seen"] += [row.seen.get(key) for row in rows]
        is_told = any("year_before" in letters for letters in one.reading.columns)
        columns["year_before"] += (
            map(earlier.get, standards.a_year_before(one.period, one.area.ref, refs))
            if earlier and is_told
            else repeat(None, len(rows))
        )
        columns["so_far"] += (
            map(earlier.get, standards.so_far(one.period, one.area.ref, refs))
            if earlier
            else repeat(None, len(rows))
        )
        columns["standing"] += (
            [earlier.get((one.period.name, ref, one.area.ref)) for ref in refs]
            if earlier
            else repeat(None, len(rows))
        )
        columns["is_there"] += map(reported.__contains__, refs)
        for name, values in zip(_REPORTED, zip(*map(_reported, rows), strict=True), strict=False):
            columns[name] += values
        seen = [row.seen for row in rows]
        columns["seen"] += seen
        for key in PREFILLED:
            texts = list(map(dict.get, seen, repeat(key)))
            columns[f"{key}_seen"] += standards.in_words_of_register(key, texts, known)
        numbers += [one.number] * len(rows)
        read += rows
        places += known
    frame = frame_of(checks, {**columns, **standards.at(places)}) if read else pd.DataFrame()
    return Rows(frame, numbers, read)


def _repeats(one: Placed, standards: Standards, earlier: Earlier) -> bool:
    """Whether a return has the last period's figure wherever it has one, and some of them."""
    if not earlier:
        return False
    given = {row.indicator: row.value for row in one.reading.rows if row.value is not None}
    keys = standards.before(one.period, one.area.ref, given)
    many, is_nothing = 0, True
    for key, value in zip(keys, given.values(), strict=True):
        if (last := earlier.get(key)) is None:
            continue
        if last != value:
            return False
        many, is_nothing = many + 1, is_nothing and not value
    return many >= _NOT_BY_CHANCE and not is_nothing


def cover_frame(
    checks: Checks,
    returns: Sequence[Placed],
    standards: Standards,
    register: Register,
    earlier: Earlier,
) -> pd.DataFrame:
    """One row a return."""
    covers = [one.reading.cover for one in returns]
    signed = {
        key: [cover[key].text if key in cover else None for cover in covers] for key in SIGNED
    }
    open_periods = ", ".join(period.name for period in register.periods if period.open)
    return frame_of(
        checks,
        {
            **signed,
            "is_old_style": [one.reading.is_old_style for one in returns],
            "period": [one.period.name for one in returns],
            "is_open": [one.period.open for one in returns],
            "open_periods": [open_periods] * len(returns),
            "received_on": [one.received_on for one in returns],
            "due": [one.period.due for one in returns],
            "ends": [one.period.ends for one in returns],
            "filename": [one.filename for one in returns],
            "file_period": [one.reading.file_period for one in returns],
            "is_as_before": [_repeats(one, standards, earlier) for one in returns],
            "completed_said": [
                entry.text if (entry := cover.get("completed_on")) else "" for cover in covers
            ],
            "completed_on": [
                entry.day if (entry := cover.get("completed_on")) else None for cover in covers
            ],
        },
    )
