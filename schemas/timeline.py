"""The register over time: what of it is in force in one period, and what is due then.

An indicator may have several rows, each of which holds from a period on, and need not be due in
every period. Whatever checks, merges, rates or prints a period does so by the register in force in
it, which has one row of each indicator that is due, and so need know nothing of time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from msgspec.structs import replace

from schemas.accumulation import Accumulation
from schemas.areas_over_time import areas_of
from schemas.frequency import (
    AcrossBreak,
    Frequency,
    WhenNotDue,
    ends_span,
    months_of,
    year_of,
)
from schemas.model import Indicator, Period, Policy, PolicyChange, Register
from schemas.periods import in_order, last_period
from schemas.targets import target_in

#: Periods that end within so many days of each other end together.
_TOGETHER = 7


class _Timeline:
    """The rows of each indicator in the order in which they come to hold, and the periods."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.starts = {period.name: period.starts for period in register.periods}
        self.ends = {period.name: period.ends for period in register.periods}
        self.areas = areas_of(register)
        self.rows = in_series(register.versions or register.indicators, self.starts)
        self.is_plain = all(
            len(rows) == 1 and is_always_due(rows[0]) for rows in self.rows.values()
        )
        self.policies = register.policies
        if self.policies and self.policies[0].since:
            self.policies = (PolicyChange("", register.framework.policy), *self.policies)
        self.is_plain &= (
            self.areas.is_plain
            and not self.policies
            and all(each.profile is None and each.carried is None for each in register.targets)
        )
        self.in_force: dict[str, Register] = {}
        self._due: dict[tuple[object, ...], bool] = {}

    def row(self, ref: str, period: Period) -> Indicator | None:
        """The row of an indicator that holds in a period: the last that has come to hold by then.

        Before the first has come to hold, it is that.
        """
        rows = self.rows.get(ref, ())
        held = [row for row in rows if self._begun(row.since) <= period.starts]
        return held[-1] if held else next(iter(rows), None)

    def _begun(self, name: str) -> date:
        return self.starts.get(name, date.min)

    def owed(self, row: Indicator, period: Period) -> Indicator:
        """A row of an indicator with the areas that owe it in a period; the register's, if so."""
        if self.areas.is_plain:
            return row
        owed, last = self.areas.owed(row, period.starts), self.register.indicator(row.ref)
        return last if last == owed and last is not None else owed

    def policy(self, period: Period) -> Policy:
        """What the colours mean in a period."""
        held = [each for each in self.policies if self._begun(each.since) <= period.starts]
        if not held:
            return self.register.framework.policy
        return max(held, key=lambda each: self._begun(each.since)).policy

    def is_asked(self, indicator: Indicator, period: Period) -> bool:
        """Whether a period lies between the first and the last for which it is reported."""
        # The last may be a year, of which a quarter begins later.
        last = self.ends.get(indicator.last, date.max)
        return self._begun(indicator.first) <= period.starts <= last

    def is_printed(self, indicator: Indicator, period: Period) -> bool:
        """Whether any of a period lies between the first and the last for which it is reported.

        What begins in the course of a year is told of in the year's appendix.
        """
        last = self.ends.get(indicator.last, date.max)
        return self._begun(indicator.first) <= period.ends and period.starts <= last

    def schedule(self, ref: str) -> tuple[object, ...]:
        """Whatever says in which periods an indicator is due, and of which its figures are made."""
        rows = self.rows.get(ref, ())
        return tuple((row.since, *_schedule_of(row), row.accumulation) for row in rows)

    def is_due(self, indicator: Indicator, period: Period) -> bool:
        """Whether a row of an indicator asks for a figure of a period."""
        key = (*_schedule_of(indicator), period.name)
        if key not in self._due:
            self._due[key] = self._is_due(indicator, period)
        return self._due[key]

    def _is_due(self, indicator: Indicator, period: Period) -> bool:
        if not self.is_asked(indicator, period):
            return False
        if indicator.due is Frequency.LISTED:
            return period.name in indicator.due_in
        months = indicator.due.months
        if months is None:
            return True
        if indicator.due is Frequency.EVERY_OTHER_YEAR and not self._is_its_year(indicator, period):
            return False
        own = months_of(period.starts, period.ends)
        if own == months:
            return True
        others = [each for each in self.register.periods if each is not period]
        if own > months:
            # Its parts are asked for; a register that has none of them asks for the whole.
            return not any(
                period.starts <= each.starts
                and each.ends <= period.ends
                and months_of(each.starts, each.ends) <= months
                for each in others
            )
        if not ends_span(period.ends, months, self.register.framework.year_begins):
            return False
        # Of several that end with it, a month and a quarter, the longest asks.
        return not any(
            abs((each.ends - period.ends).days) <= _TOGETHER
            and own < months_of(each.starts, each.ends) <= months
            for each in others
        )

    def _is_its_year(self, indicator: Indicator, period: Period) -> bool:
        begins = self.register.framework.year_begins
        first = self.register.period(indicator.first)
        if first is None:
            return True
        years = year_of(period.ends, begins) - year_of(first.ends, begins)
        return years % 2 == 0


def _timeline(register: Register) -> _Timeline:
    """The timeline of a register, worked out once."""
    held: _Timeline | None = register.__dict__.get("timeline")
    if held is None:
        held = register.__dict__["timeline"] = _Timeline(register)
    return held


def _schedule_of(row: Indicator) -> tuple[object, ...]:
    return row.due, row.due_in, row.first, row.last


def is_always_due(indicator: Indicator) -> bool:
    """Whether a row asks for a figure of every period there is."""
    is_every = indicator.due is Frequency.EVERY_PERIOD
    of_time = (indicator.first, indicator.last, indicator.since)
    return is_every and indicator.accumulation is Accumulation.AS_REPORTED and not any(of_time)


def in_series(
    rows: Iterable[Indicator], starts: Mapping[str, date]
) -> Mapping[str, Sequence[Indicator]]:
    """The rows of each indicator, by ref, in the order in which they come to hold.

    `starts` are the first days of the periods. A row before whose figures nothing may be compared
    begins another series.
    """
    found: dict[str, list[Indicator]] = defaultdict(list)
    for row in rows:
        found[row.ref].append(row)
    for ref, some in found.items():
        if len(some) == 1:
            continue
        some.sort(key=lambda row: starts.get(row.since, date.min))
        series = 0
        for at, row in enumerate(some):
            series += bool(at) and row.across_break is AcrossBreak.NOT_COMPARED
            if row.series != series:
                some[at] = replace(row, series=series)
        found[ref] = some
    return found


def arranged(register: Register) -> Register:
    """A register as it is read, whose indicators and areas may have several rows, with one of each.

    That is the one that came to hold last; `versions` and `area_versions` then have them all.
    """
    line = _timeline(register)
    rows, areas = line.rows, line.areas
    if areas.is_plain:
        last = tuple(some[-1] for some in rows.values())
    else:
        # Of what changed hands, whoever owes it in the last period that the register has.
        day = max(line.starts.values(), default=date.max)
        last = tuple(areas.owed(some[-1], day) for some in rows.values())
        register = replace(
            register,
            areas=tuple(some[-1] for some in areas.rows.values()),
            area_versions=areas.versions,
        )
    if last == register.indicators:
        return register
    return replace(register, indicators=last, versions=tuple(chain.from_iterable(rows.values())))


def row_for(register: Register, ref: str, period: str) -> Indicator | None:
    """The row of an indicator that holds in a period, whether it is due in it or not."""
    known = register.period(period)
    return _timeline(register).row(ref, known) if known else register.indicator(ref)


def in_force(register: Register, name: str) -> Register:
    """The register in force in a period: what is due then, as its rows of that time say it.

    Its areas are those that are there then, under their names of then, and its indicators name
    those that owe them. The very register where every indicator and area has one row for good and
    is due in every period, and where it does not hold the period.
    """
    line, period = _timeline(register), register.period(name)
    if line.is_plain or period is None:
        return register
    if name not in line.in_force:
        line.in_force[name] = _in_force(line, period)
    return line.in_force[name]


def _in_force(line: _Timeline, period: Period) -> Register:
    areas, day = line.areas, period.starts
    rows = [line.owed(row, period) for ref in line.rows if (row := line.row(ref, period))]
    due = tuple(row for row in rows if line.is_due(row, period))
    own = {row.ref: found for row in due if (found := target_in(line.register, row, period))}
    others = (
        each
        for each in line.register.targets
        if each.period != period.name or each.indicator not in own
    )
    return replace(
        line.register,
        framework=replace(line.register.framework, policy=line.policy(period)),
        indicators=due,
        targets=(*others, *own.values()),
        not_due=tuple(
            row
            for row in rows
            if row.when_not_due is WhenNotDue.LAST_FIGURE
            and not line.is_due(row, period)
            and line.is_printed(row, period)
        ),
        areas=line.register.areas if areas.is_plain else areas.there(day),
        versions=line.register.versions or line.register.indicators,
        area_versions=areas.versions,
        policies=line.policies,
    )


def last_due(register: Register, indicator: Indicator, before: Period) -> Period | None:
    """The last period of the same length before this one for which an indicator was due.

    For what is not due in this one itself, it is the last of any length that had ended by then; of
    those that end together the shorter comes before the longer.
    """
    line = _timeline(register)
    if line.is_plain:
        return last_period(register.periods, before)
    row = line.row(indicator.ref, before)
    is_due = row is not None and line.is_due(row, before)
    if is_due and row is not None and is_always_due(row) and len(line.rows[row.ref]) == 1:
        return last_period(register.periods, before)
    due = [each for each in _earlier(register, before, alike=is_due) if _was_due(line, row, each)]
    return max(due, key=in_order, default=None)


def _was_due(line: _Timeline, row: Indicator | None, period: Period) -> bool:
    then = line.row(row.ref, period) if row else None
    return then is not None and line.is_due(then, period)


def was_due(register: Register, indicator: Indicator, period: Period) -> bool:
    """Whether an indicator was due for a period by the row that held then."""
    return _was_due(_timeline(register), indicator, period)


def was_asked(register: Register, indicator: Indicator, period: Period) -> bool:
    """Whether a period lies between the first and the last for which a row is reported."""
    return _timeline(register).is_asked(indicator, period)


def is_plain(register: Register) -> bool:
    """Whether each indicator is what it is, and due, in every period, as are targets and policy."""
    return _timeline(register).is_plain


def schedule(register: Register, indicator: Indicator) -> tuple[object, ...]:
    """Whatever says in which periods an indicator is due, and of which its figures are made.

    Many indicators have the same.
    """
    return _timeline(register).schedule(indicator.ref)


def _earlier(register: Register, before: Period, *, alike: bool) -> Iterator[Period]:
    """The periods that ended before one began; those of the same length, or of any."""
    months = months_of(before.starts, before.ends)
    for each in register.periods:
        if alike:
            fits = each.ends < before.starts and months_of(each.starts, each.ends) == months
        else:
            fits = in_order(each) < in_order(before)
        if fits:
            yield each


def next_due(register: Register, indicator: Indicator, after: Period) -> Period | None:
    """The first period after this one for which an indicator is due, as far as the register has."""
    line = _timeline(register)
    later = (each for each in register.periods if in_order(each) > in_order(after))
    due = (each for each in later if _was_due(line, indicator, each))
    return min(due, key=in_order, default=None)
