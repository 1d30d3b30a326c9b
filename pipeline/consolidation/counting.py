"""Counting: of which service areas' figures an indicator is made, those that left among them.

Loads no SQLAlchemy, as the types of a report, which need it, do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from schemas.areas_over_time import areas_of
from schemas.model import Indicator, Register
from schemas.names import name_key
from schemas.timeline import row_for


def areas_counting(
    register: Register, indicator: Indicator, period: str, reported: Collection[str]
) -> tuple[str, ...]:
    """The areas whose figures an indicator is made of in a period: who owes it, and who left.

    `reported` are those that have reported it. Who owes it only in place of one that left is asked
    for nothing that this one has reported, and answers for it once it does report.
    """
    if all(register.area(ref) is not None for ref in reported):
        return indicator.areas
    owing = frozenset(indicator.areas)
    left = [ref for ref in reported if ref not in owing and register.area(ref) is None]
    if not left:
        return indicator.areas
    row, instead = row_for(register, indicator.ref, period), set[str]()
    for ref in left:
        instead |= set(standing_for(register, ref, period))
    instead -= {*(row.areas if row else ())} - set(left)
    if taken_over := instead & {*reported} & {*indicator.areas}:
        left = [ref for ref in left if not taken_over & {*standing_for(register, ref, period)}]
    kept = (ref for ref in indicator.areas if ref not in instead - taken_over)
    return (*kept, *left)


def standing_for(register: Register, ref: str, period: str) -> Iterable[str]:
    """The areas that stand in a period for one that left; by its name, where nothing else says."""
    known, over_time = register.period(period), areas_of(register)
    if known is not None and ref in over_time.rows and not over_time.is_plain:
        return over_time.successors(ref, known.starts)
    name = name_key(register.area_name(ref))
    return [each.ref for each in register.areas if name_key(each.name) == name]
