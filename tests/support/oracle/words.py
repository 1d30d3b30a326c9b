"""The register's words as the oracle reads them: figures, lists, rounding and how figures print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

#: A row of a sheet: what stands in its cells, by the headings.
Row = Mapping[str, object]

_FIGURE = re.compile(r"-?[\d,]*\.?\d+")


def text(row: Row, heading: str) -> str:
    """What a cell says; empty where it is blank or the column is not there."""
    said = row.get(heading)
    return "" if said is None else str(said).strip()


def listed(row: Row, heading: str) -> list[str]:
    """The parts of a cell between semicolons."""
    return [part.strip() for part in text(row, heading).split(";") if part.strip()]


def figure(said: object) -> Fraction:
    """A figure as typed: `64.5%` is 64.5, `£1,200` is 1200."""
    found = _FIGURE.search(str(said))
    assert found, said
    return Fraction(found[0].replace(",", ""))


def typed(row: Row, heading: str) -> Fraction | None:
    """The figure in a cell; None where it is blank."""
    return figure(row[heading]) if text(row, heading) else None


def places(said: object) -> int:
    """How many decimals a figure is typed with."""
    found = _FIGURE.search(str(said))
    assert found, said
    return len(found[0].partition(".")[2])


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Rounded once, halves away from zero."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def decimals_of(value: Fraction, least: int, most: int) -> int:
    """The fewest decimals, of so many at least, with which a figure comes out even."""
    return next((n for n in range(least, most) if rounded(value, n) == value), most)


def printed(value: Fraction, unit: str, decimals: int) -> str:
    """A figure as an appendix prints it, but for what sets thousands apart.

    It is never cut to fewer decimals than it has.
    """
    exact = decimals_of(value, decimals, 12)
    if unit == "currency" and exact == 1:
        exact = 2
    whole = rounded(value, exact) * 10**exact
    digits = f"{abs(whole.numerator):0{exact + 1}d}"
    number = f"{digits[:-exact]}.{digits[-exact:]}" if exact else digits
    sign = "-" if value < 0 else ""
    return f"{sign}{'£' if unit == 'currency' else ''}{number}{'%' if unit == 'percent' else ''}"
