"""How often an indicator is due, and what is said where it is not; as plain data.

`schemas.timeline` says by these in which periods of a register an indicator is asked for.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

#: A year has so many months.
YEAR = 12
#: The mean length of a month in days.
_MONTH = 30.44
#: Periods of weeks end so many days before or after the month that they are meant to end with.
_NEAR = 7


class Frequency(StrEnum):
    """How often figures of an indicator are due."""

    EVERY_PERIOD = "every period"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half-yearly"
    YEARLY = "yearly"
    EVERY_OTHER_YEAR = "every other year"
    LISTED = "in listed periods"

    @property
    def months(self) -> int | None:
        """How many months one of its figures is of; None where that is any period's length."""
        return _MONTHS.get(self)


_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: YEAR,
    Frequency.EVERY_OTHER_YEAR: YEAR,
}


class WhenNotDue(StrEnum):
    """What an appendix says of an indicator in a period for which it is not due."""

    LAST_FIGURE = "print the last figure"
    LEFT_OUT = "leave out"


class Profile(StrEnum):
    """How a target of a year is spread over the shorter periods in it."""

    SAME = "the same in each"
    PARTS = "even parts"
    ADDING_UP = "adding up evenly"
    #: In the proportions of the figures published for the year before.
    LAST_YEAR = "last year's shape"


class Carried(StrEnum):
    """How a target goes on for the same period of the next year, where that has none."""

    SAME = "the same"
    BY_PERCENT = "changed by percent"
    BY_POINTS = "changed by points"


class FirstMonth(StrEnum):
    """The month in which a council's years begin."""

    JANUARY = "january"
    FEBRUARY = "february"
    MARCH = "march"
    APRIL = "april"
    MAY = "may"
    JUNE = "june"
    JULY = "july"
    AUGUST = "august"
    SEPTEMBER = "september"
    OCTOBER = "october"
    NOVEMBER = "november"
    DECEMBER = "december"

    @property
    def number(self) -> int:
        """As calendars count: 4 for April."""
        return _NUMBERS[self]


_NUMBERS = {month: number for number, month in enumerate(FirstMonth, 1)}


class AcrossBreak(StrEnum):
    """Whether figures of before a change are compared with those after it."""

    NOT_COMPARED = "not compared"
    COMPARED = "compared"


def months_of(starts: date, ends: date) -> int:
    """How many months a period has, to the nearest; at least one."""
    return max(1, round(((ends - starts).days + 1) / _MONTH))


def ends_span(ends: date, months: int, year_begins: FirstMonth) -> bool:
    """Whether a part of a year of so many months ends with a day, or within a week of it.

    Where years begin in April, quarters end in June, September, December and March.
    """
    near = ends + timedelta(days=_NEAR)
    return (near.month - year_begins.number) % months == 0 and near.day <= 2 * _NEAR


def year_of(ends: date, year_begins: FirstMonth) -> int:
    """The calendar year in which the year began to which a period belongs that ends on a day."""
    # One that ends some days late still belongs to the year that it is nearly all of.
    within = ends - timedelta(days=_NEAR)
    return within.year if within.month >= year_begins.number else within.year - 1
