"""Which indicators take the place of which others, and since when."""

from __future__ import annotations

from schemas.model import Indicator, Period, Register
from schemas.timeline import row_for

#: The longest that a year is, in days.
_YEAR = 366


def replaced_by(register: Register, indicator: Indicator, period: Period) -> tuple[Indicator, ...]:
    """What an indicator took the place of, as its last rows said it."""
    rows = (row_for(register, ref, period.name) for ref in indicator.replaces)
    return tuple(row for row in rows if row is not None)


def replacing(register: Register, indicator: Indicator, period: Period) -> tuple[Indicator, ...]:
    """What took the place of an indicator that is not reported at the end of a period any more."""
    last = register.period(indicator.last)
    if last is None or last.ends >= period.ends:
        return ()
    return successors(register, indicator)


def successors(register: Register, indicator: Indicator) -> tuple[Indicator, ...]:
    """What takes the place of an indicator at any time."""
    every = {each.ref: each for each in (*register.versions, *register.indicators)}
    return tuple(each for each in every.values() if indicator.ref in each.replaces)


def is_in_first_year(register: Register, indicator: Indicator, period: Period) -> bool:
    """Whether a period ends in the first year in which an indicator is reported.

    That is where the register does not say when it begins, too.
    """
    first = register.period(indicator.first)
    return first is None or 0 <= (period.ends - first.starts).days < _YEAR
