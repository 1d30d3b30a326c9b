"""Service areas over time: which of them there are in a period, and who owes what of whom.

An area may have several rows, each of which holds from a period on, a first and a last period, and
areas that take over what it returned. Whether it is there goes by the day on which a period begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from schemas.model import Indicator, Period, Register, ServiceArea


class _Span(Struct, frozen=True):
    """From which day to which an area is there."""

    begins: date = date.min
    ends: date = date.max


class AreasOverTime:
    """The rows of each service area in the order in which they come to hold."""

    def __init__(self, rows: Iterable[ServiceArea], periods: Iterable[Period]) -> None:
        self._periods = {each.name: each for each in reversed([*periods])}
        self.rows: dict[str, list[ServiceArea]] = defaultdict(list)
        for row in rows:
            self.rows[row.ref].append(row)
        for some in self.rows.values():
            some.sort(key=lambda row: self._begun(row.since))
        self.is_plain = all(
            len(some) == 1 and not (some[0].first or some[0].last or some[0].since)
            for some in self.rows.values()
        )
        self._places = {ref: place for place, ref in enumerate(self.rows)}

    @property
    def versions(self) -> tuple[ServiceArea, ...]:
        """Every row of every area; none where each has one, for good."""
        return () if self.is_plain else tuple(chain.from_iterable(self.rows.values()))

    def _begun(self, name: str) -> date:
        period = self._periods.get(name)
        return period.starts if period else date.min

    @cached_property
    def _spans(self) -> dict[str, _Span]:
        found = {}
        for ref, some in self.rows.items():
            first = next((row.first for row in some if row.first), "")
            last = self._periods.get(self.ending(ref).last)
            found[ref] = _Span(self._begun(first), last.ends if last else date.max)
        return found

    def ending(self, ref: str) -> ServiceArea:
        """The row that says until when an area is there, and what becomes of it."""
        rows = self.rows[ref]
        return next((row for row in reversed(rows) if row.last), rows[-1])

    def row(self, ref: str, day: date) -> ServiceArea:
        """The row of an area that holds on a day; before the first has come to hold, that."""
        rows = self.rows[ref]
        held = [row for row in rows if self._begun(row.since) <= day]
        return held[-1] if held else rows[0]

    def is_there(self, ref: str, day: date) -> bool:
        """Whether an area of the register is there on a day."""
        span = self._spans[ref]
        return span.begins <= day <= span.ends

    def has_left(self, ref: str, day: date) -> bool:
        """Whether it was there before a day alone."""
        return day > self._spans[ref].ends

    def there(self, day: date) -> tuple[ServiceArea, ...]:
        """The areas that are there on a day, as they are called then, in the register's order."""
        return tuple(self.row(ref, day) for ref in self.rows if self.is_there(ref, day))

    def successors(self, ref: str, day: date) -> tuple[str, ...]:
        """Those that stand on a day for one that has left, or has not begun; itself if it is there.

        They are the areas that it became, and of these in turn; of one that has not begun, those
        that become it. None where the register names none.
        """
        return tuple(dict.fromkeys(self._standing_for(ref, day, frozenset())))

    def _standing_for(self, ref: str, day: date, seen: frozenset[str]) -> Iterable[str]:
        if ref not in self.rows or ref in seen:
            return ()
        if self.is_there(ref, day):
            return (ref,)
        others: Iterable[str] = self.ending(ref).becomes
        if not self.has_left(ref, day):
            others = [each for each in self.rows if ref in self.ending(each).becomes]
        return chain.from_iterable(self._standing_for(each, day, seen | {ref}) for each in others)

    def owing(self, ref: str, day: date) -> tuple[str, ...]:
        """Who owes on a day what is asked of an area: itself, or whoever took over from it.

        Where it was split, which of them does is not said, and it stands for them; where nobody
        took over there is none.
        """
        found = self.successors(ref, day)
        if len(found) > 1 and self.has_left(ref, day):
            return (ref,)
        return found

    def owed(self, indicator: Indicator, day: date) -> Indicator:
        """An indicator with the areas that owe it on a day.

        It keeps those of its row where none of them is there, and nobody took over.
        """
        owing = {by for ref in indicator.areas for by in self.owing(ref, day)}
        areas = tuple(sorted(owing, key=self._places.__getitem__)) or indicator.areas
        return indicator if areas == indicator.areas else replace(indicator, areas=areas)


def areas_of(register: Register) -> AreasOverTime:
    """The service areas of a register over time, worked out once."""
    held: AreasOverTime | None = register.__dict__.get("areas_over_time")
    if held is None:
        rows = register.area_versions or register.areas
        held = register.__dict__["areas_over_time"] = AreasOverTime(rows, register.periods)
    return held


def contacts(area: ServiceArea) -> list[ServiceArea]:
    """An area with each of its addresses alone; itself, where it has none or one."""
    emails = area.emails
    return [replace(area, email=each) for each in emails] if len(emails) > 1 else [area]


def answering(register: Register, area: ServiceArea, today: date) -> ServiceArea:
    """An area with the leads and the addresses of whoever answers for it today.

    Of one that has left these are the areas that took over from it, if any did.
    """
    over_time = areas_of(register)
    if area.ref not in over_time.rows:
        return area
    if over_time.is_plain:
        rows = over_time.rows[area.ref]
    else:
        refs = over_time.successors(area.ref, today) or (area.ref,)
        rows = [over_time.row(ref, today) for ref in refs]
    leads = dict.fromkeys(row.lead for row in rows if row.lead)
    emails = dict.fromkeys(email for row in rows for email in row.emails)
    return replace(area, lead="; ".join(leads), email="; ".join(emails))
