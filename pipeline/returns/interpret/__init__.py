"""Interpret: the cells of a return become typed figures, each with its address.

Runs in the guarded worker; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.returns.interpret.forms import read_by_form
from pipeline.returns.interpret.labels import vocabulary_of
from pipeline.returns.interpret.lengths import bounded, told_once
from pipeline.returns.interpret.months import with_months
from pipeline.returns.interpret.periods import day_of
from pipeline.returns.interpret.tables import HEADER_WITHIN, own_appendix
from pipeline.returns.interpret.whole import read_whole
from pipeline.returns.reading import Reading
from pipeline.workbooks.details.detail import Details
from pipeline.workbooks.grid import Grid
from schemas.model import Register


def interpret(
    grids: list[Grid], register: Register, details: Details, folder_area: str | None = None
) -> Reading:
    """Everything that a return says, and what could not be read."""
    if appendix := own_appendix(grids):
        return Reading(folder_area, sheets=[grid.sheet for grid in grids], findings=appendix)
    words = vocabulary_of(register)
    grids = [with_months(grid, details, HEADER_WITHIN) for grid in grids]
    reading = (
        read_by_form(grids, words, details, folder_area)
        or read_whole(grids, register, words, details, folder_area).reading
    )
    if (entry := reading.cover.get("completed_on")) and entry.text:
        reading.cover["completed_on"] = replace(entry, day=day_of(entry.text))
    reading.findings = told_once(reading.findings)
    return bounded(reading, register.framework.bounds)
