"""How figures of one period after another become one that is rated and printed; as plain data.

`schemas.timeline` says by these which periods an indicator's figure is made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from schemas.frequency import YEAR, FirstMonth, months_of, year_of

if TYPE_CHECKING:
    # Which imports this module.
    from schemas.model import Period

#: A year has at most so many days, with a week more for periods of whole weeks.
_DAYS = 373
#: Periods of weeks end so many days before or after the month that they are meant to end with.
_NEAR = timedelta(days=7)


class Accumulation(StrEnum):
    """What is rated and printed for a period: its own figure, or one of several periods."""

    AS_REPORTED = "as reported"
    #: The figures from the beginning of the year are added up.
    YEAR_TO_DATE = "year to date"
    #: What areas report counts from the beginning of the year already.
    CUMULATIVE = "reported cumulatively"
    #: Over the year that ends with the period.
    ROLLING_SUM = "rolling sum"
    ROLLING_MEAN = "rolling mean"
    ROLLING_WEIGHTED = "rolling weighted"
    #: Where a period has none, the figure of the last that has.
    LATEST = "latest known"

    @property
    def is_of_year(self) -> bool:
        """Whether it grows from the beginning of a year to its end."""
        return self in (Accumulation.YEAR_TO_DATE, Accumulation.CUMULATIVE)

    @property
    def is_rolling(self) -> bool:
        return self in (
            Accumulation.ROLLING_SUM,
            Accumulation.ROLLING_MEAN,
            Accumulation.ROLLING_WEIGHTED,
        )

    @property
    def is_reported_so(self) -> bool:
        """Whether areas report what is accumulated, and not the period's own figure."""
        return self is Accumulation.CUMULATIVE

    @property
    def rates_own(self) -> bool:
        """Whether what areas report for a period is itself what is held against its target."""
        return not (self.is_rolling or self is Accumulation.YEAR_TO_DATE)


def spanned(
    periods: Iterable[Period], period: Period, how: Accumulation, year_begins: FirstMonth
) -> tuple[tuple[Period, ...], bool]:
    """The periods over which a figure of a period is made, in their order, with that one the last.

    They are as long as it is: those of its year so far, those of the year that ends with it, or,
    for what is known last, all before it. And whether a register that has these periods lacks some
    of them.
    """
    own = months_of(period.starts, period.ends)
    alike = sorted(
        (
            each
            for each in periods
            if each.ends < period.starts and months_of(each.starts, each.ends) == own
        ),
        key=lambda each: each.ends,
    )
    expected = 1
    if how is Accumulation.LATEST:
        expected = 1 + len(alike)
    elif how.is_of_year:
        expected = _ended_month(period, year_begins) // own
        year = year_of(period.ends, year_begins)
        alike = [each for each in alike if year_of(each.ends, year_begins) == year]
    elif how.is_rolling:
        expected = YEAR // own
        alike = [each for each in alike if (period.ends - each.starts).days < _DAYS]
    expected = max(1, expected)
    before = alike[max(0, len(alike) - expected + 1) :] if expected > 1 else []
    found = (*before, period)
    return found, len(found) < expected


def _ended_month(period: Period, year_begins: FirstMonth) -> int:
    """With which month of the year a period ends, from 1 to 12."""
    return ((period.ends - _NEAR).month - year_begins.number) % YEAR + 1
