"""Entering: one figure typed on a service area's behalf, read and checked as a return's cells are.

What was typed is put into the area's template, as it were, in the row of its indicator; the readers
and the rules of returns do the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline.intake.scan import Arrival
from pipeline.returns.interpret import interpret
from pipeline.returns.reading import ReportedRow, Return
from pipeline.returns.receiving import figures_before
from pipeline.returns.validate import validate
from pipeline.store.registers import kept_register
from pipeline.store.session import Session
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import CellDetail, Place, SheetDetails
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import Grid
from schemas.asking import things_asked
from schemas.fields import (
    ASKED_FIELDS,
    COVER_FIELDS,
    COVER_SHEET,
    INDICATOR_FIELDS,
    INDICATORS_SHEET,
    SIGNED,
    prefilled,
)
from schemas.findings import Finding
from schemas.model import Indicator, Period, Register, ServiceArea


class Typed(Struct, frozen=True):
    """What a person typed for the cells of an indicator's row; blank where nothing was."""

    performance: str = ""
    status: str = ""
    numerator: str = ""
    denominator: str = ""
    commentary: str = ""
    forecast: str = ""
    confidence: str = ""
    action: str = ""
    action_owner: str = ""
    action_by: str = ""


class FigurePlace(Struct, frozen=True):
    """Whose figure it is, of what and for when."""

    period: Period
    area: ServiceArea
    indicator: Indicator


class _TypedDetails:
    """Cells of text, as a person types them into a workbook."""

    def __call__(self, _sheet: str, wanted: Iterable[Place], /) -> SheetDetails:
        return SheetDetails(dict.fromkeys(wanted, CellDetail()), is_plain=True)

    def is_plain(self, _sheet: str, /) -> bool:
        return True


_COLUMNS = (*INDICATOR_FIELDS, *ASKED_FIELDS)
#: What a person calls each cell of the row.
CALLED = {address(1, column): field.heading for column, field in enumerate(_COLUMNS)}


def read_typed(
    session: Session, subject: FigurePlace, typed: Typed, by: str
) -> tuple[ReportedRow | None, list[Finding]]:
    """The row as a return's is read, and what is found wrong with it alone.

    Whether its period is open is not asked.
    """
    register = session.register.opened([subject.period.name])
    reading = interpret(
        [_cover(subject, by), _row(register, subject, typed)],
        register,
        _TypedDetails(),
        subject.area.ref,
    )
    arrival = Arrival(Path(), "", 0, FileKind.XLSX, session.now)
    one = Return(arrival, reading)
    kept = partial(kept_register, session.workspace, now=session.register)
    earlier = figures_before([one], register, session.store, kept)
    (checked,) = validate([one], register, session.now, earlier)
    # What is about no cell is that the other indicators have no row.
    found = [each for each in checked.findings if each.sheet or each in reading.findings]
    return next(iter(reading.rows), None), found


def _cover(subject: FigurePlace, by: str) -> Grid:
    shown: dict[str, Any] = dict.fromkeys(SIGNED, by)
    for field in COVER_FIELDS:
        if field.shows:
            shown[field.key] = field.shows(subject.area, subject.period)
    rows: list[list[Any]] = [[field.heading, shown.get(field.key, "")] for field in COVER_FIELDS]
    return Grid(COVER_SHEET, 0, 0, rows)


def _row(register: Register, subject: FigurePlace, typed: Typed) -> Grid:
    indicator = subject.indicator
    priority = next(each for each in register.priorities if each.ref == indicator.priority)
    target = register.target(indicator.ref, subject.period.name)
    texts = prefilled(indicator, priority, target)
    things = things_asked(register)
    heads: list[Any] = [
        "" if field.asked_for and field.asked_for not in things else field.heading
        for field in _COLUMNS
    ]
    cells: list[Any] = [
        getattr(typed, field.key).strip() if field.fill else texts[field.key] for field in _COLUMNS
    ]
    return Grid(INDICATORS_SHEET, 0, 0, [heads, cells])
