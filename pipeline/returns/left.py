"""Returns of service areas that do not report for their period: they left, or are yet to come."""

from __future__ import annotations

from schemas.areas_over_time import areas_of
from schemas.findings import Finding
from schemas.model import Register, ServiceArea
from schemas.template_rules import AREA_LEFT
from schemas.wording import listed


def not_there(register: Register, ref: str, period: str, place: tuple[str, str]) -> Finding | None:
    """What is to be said of a return of an area that is not there in its period.

    None where it is there, or the register in force in that period does not know of it. `place` is
    the sheet and the cell that name the area.
    """
    known, over_time = register.period(period), areas_of(register)
    if known is None or register.area(ref) is not None or ref not in over_time.rows:
        return None
    day = known.starts
    owing = [register.area(each) for each in over_time.successors(ref, day)]
    others = [each for each in owing if each is not None]
    ending = over_time.ending(ref)
    if over_time.has_left(ref, day):
        why = f"its last period was {ending.last}"
    else:
        first = next((row.first for row in over_time.rows[ref] if row.first), "")
        why = f"its first period is {first}" if first else "the register has it no longer"
    if not others:
        todo = "Ask the performance officer who reports these figures now."
    else:
        names = listed(map(_reached, others))
        todo = f"Hand the figures to {names}, which reports them. If your area should, ask there."
        if len(others) > 1:
            todo = f"Hand the figures to {names}, which report them. Ask there which are whose."
    area = register.area_name(ref)
    return AREA_LEFT.found(*place, area, area=area, period=period, why=why, todo=todo)


def _reached(area: ServiceArea) -> str:
    """An area with whom to ask there."""
    whom = ", ".join(filter(None, (area.lead, "; ".join(area.emails))))
    return f"{area.name} ({whom})" if whom else area.name
