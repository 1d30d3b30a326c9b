"""Periods of a register: which one comes before another, and which one is of a year before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from schemas.frequency import months_of
from schemas.model import Period

_YEAR = 12
#: How many days a year before may be away: within a week of it.
_LEAST, _MOST = 358, 373


def in_order(period: Period) -> tuple[date, timedelta]:
    """The key by which periods come one after another: a quarter comes after its last month.

    No period prints anything of one that comes after it.
    """
    return period.ends, period.ends - period.starts


def last_period(periods: Iterable[Period], period: Period) -> Period | None:
    """The period of the same length that ended last before this one started.

    A register may hold quarters and years; a quarter is never compared with a year.
    """
    days = (period.ends - period.starts).days
    earlier = [
        p
        for p in periods
        if p.ends < period.starts and abs((p.ends - p.starts).days - days) * 5 <= days
    ]
    return max(earlier, key=lambda p: p.ends, default=None)


def year_before(periods: Iterable[Period], period: Period) -> Period | None:
    """The same period a year before: the one that starts and ends within a week of it."""
    for other in periods:
        apart = (period.starts - other.starts, period.ends - other.ends)
        if all(_LEAST <= each.days <= _MOST for each in apart):
            return other
    return None


def of_same_days(periods: Iterable[Period], period: Period | None) -> Period | None:
    """The period that has the very days of one; None where there is none."""
    if period is None:
        return None
    days = period.starts, period.ends
    return next((each for each in periods if (each.starts, each.ends) == days), None)


def is_year_before(period: Period, year: Period) -> bool:
    """Whether a period lies in the year before one, by the same measure."""
    return (year.starts - period.starts).days <= _MOST and (year.ends - period.ends).days >= _LEAST


def year_around(periods: Iterable[Period], period: Period) -> Period | None:
    """The year that a period lies in, or is; None where there is none."""
    around = (
        each
        for each in periods
        if each.starts <= period.starts
        and period.ends <= each.ends
        and months_of(each.starts, each.ends) == _YEAR
    )
    return next(around, None)
