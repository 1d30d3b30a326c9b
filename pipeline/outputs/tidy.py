"""Tidy data of the returns: one row for each indicator, period and service area that reports it.

The appendix's Data sheet and the CSV file hold the same rows. An area that has not reported an
indicator has its row too, with the status `Not reported` and no figure, so that what is missing
can be counted like everything else; where nothing is due of it, the status is `Not due`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.report import Line, Report, ReturnState, Section, figure_shown
from pipeline.outputs.tables import DataColumn, DataTable, Value, clock, csv_bytes_of
from pipeline.store import Entered
from pipeline.workbooks.safe_text import plain
from pipeline.workspace.folder import write_whole
from schemas.asking import things_asked
from schemas.checks import Cells
from schemas.model import ServiceArea, Status
from schemas.observations import FIELDS, Observation
from schemas.table_schema import Reference
from schemas.units import Unit

#: The status of a row whose service area has not reported the indicator.
NOT_REPORTED = "Not reported"
#: And where it is not asked for it, so that nothing is missing.
NOT_DUE = "Not due"
#: What a figure was restated from where nothing was printed.
NOTHING_PRINTED = "No figure"
#: What a row may say in place of a figure, beside the statuses of a return.
STATUSES = (*map(str, Status), NOT_REPORTED, NOT_DUE)

#: Fields that are not told beside a suppressed figure.
BESIDE_FIGURE = frozenset({"action", "action_owner", "action_by", "forecast"})


class _Reported(Struct, frozen=True):
    """What a row tells of: an indicator, and what one service area reported for it, if anything."""

    report: Report
    section: Section
    line: Line
    area: ServiceArea
    observation: Observation | None
    #: The refs of the areas whose returns came after the period had been closed.
    restating: frozenset[str]


_Column = DataColumn[_Reported]


def _text(
    heading: str,
    width: int,
    description: str,
    of: Callable[[_Reported], str],
    choices: Sequence[str] = (),
    *,
    may_be_blank: bool = True,
    is_of_line: bool = False,
) -> _Column:
    cells = Cells(str, heading, description, may_be_blank, tuple(map(str, choices)))
    return DataColumn(cells, lambda row: str(plain(of(row))), width, is_of_line)


_of_line = partial(_text, is_of_line=True)


def _observed(name: str, absent: Value = "") -> _Column:
    """A field of what was reported; `absent` where nothing was.

    A suppressed figure has no value, numerator or denominator.
    """
    field = FIELDS[name]
    is_number = field.type is Decimal

    def value(row: _Reported) -> Value:
        if row.observation is None:
            return absent
        reported: Value = getattr(row.observation, name)
        if row.observation.suppressed and name in BESIDE_FIGURE:
            # What is done about a figure, or comes of it, tells of it.
            return None if is_number else absent
        match reported:
            case str():
                return plain(reported)
            case datetime():
                return clock(reported, row.report)
        return None if is_number and row.observation.suppressed else reported

    said = field.described
    cells = Cells(field.type, said.heading, said.description, nullable=True)
    return DataColumn(cells, value, said.width)


def _status() -> _Column:
    reported = _observed("status", NOT_REPORTED)
    # More is said of a row than of a return.
    cells = replace(reported.cells, type=str, nullable=False, choices=STATUSES)

    def value(row: _Reported) -> Value:
        return str(reported.value(row)) if row.line.is_due else NOT_DUE

    return replace(reported, cells=cells, value=value)


#: Why a row has no number, where it has none.
_NO_VALUE = (
    "suppressed",
    "no cases",
    "milestone",
    "narrative",
    "not available",
    "not reported",
    "not due",
)


def _no_value(row: _Reported) -> str:
    """Why there is no number; empty where there is one."""
    match row.observation:
        case None:
            return "not reported" if row.line.is_due else "not due"
        case Observation(suppressed=True):
            return "suppressed"
        case Observation(no_cases=True):
            return "no cases"
        case Observation(state=state) if state is not None:
            return "milestone"
        case Observation(value=None) as reported:
            return "narrative" if reported.narrative else "not available"
    return ""


def _as_shown(row: _Reported) -> str:
    return figure_shown(row.observation, row.line.indicator) if row.observation else ""


def restated_from(line: Line) -> str:
    """What was printed before; blank where the figure is not restated."""
    earlier = line.restated_from
    return "" if earlier is None else plain(earlier) or NOTHING_PRINTED


def _restatement(row: _Reported) -> str:
    """That what was reported came after its period was closed; blank where it did not."""
    match row.observation:
        case None:
            came_after = False
        case Entered() as entered:
            came_after = entered.is_restatement
        case _:
            came_after = row.area.ref in row.restating
    return "Yes" if came_after else ""


def edition_named(report: Report) -> str:
    """`Issue 2` or `Draft 7KQ2MX`; empty where it is neither."""
    edition = report.edition
    return edition.shown if edition else ""


def _rating(row: _Reported) -> str:
    return row.report.shown(row.line.rating)


#: What was reported, the indicator as the appendix prints it, then where the figure came from.
COLUMNS: tuple[_Column, ...] = (
    _of_line(
        "Period", 80, "What it reports on.", lambda r: r.report.period.name, may_be_blank=False
    ),
    _of_line("Priority ref", 70, "The ref of its priority.", lambda r: r.section.priority.ref),
    _of_line(
        "Ref", 60, "The ref of the indicator.", lambda r: r.line.indicator.ref, may_be_blank=False
    ),
    _of_line("Priority", 180, "Its priority's heading.", lambda r: r.section.priority.heading),
    _of_line("Indicator", 240, "What is measured.", lambda r: r.line.indicator.wording),
    _text(
        "Service area", 120, "The area that reports it.", lambda r: r.area.name, may_be_blank=False
    ),
    _of_line(
        "Unit", 75, "What its figure is counted in.", lambda r: r.line.indicator.unit or "", [*Unit]
    ),
    _observed("value", None),
    _observed("numerator", None),
    _observed("denominator", None),
    _status(),
    _text("As shown", 90, "What the area reported, as the appendix prints it.", _as_shown),
    _of_line("Indicator target", 95, "What is to be reached.", lambda r: r.line.target_shown),
    _of_line(
        "Indicator performance", 110, "All areas' figure.", lambda r: r.line.performance_shown
    ),
    _of_line("Indicator rating", 115, "Its colour, or why none.", _rating),
    _of_line(
        "Indicator restated from",
        115,
        "What the closed period had said.",
        lambda r: restated_from(r.line),
    ),
    _observed("filename"),
    _observed("sheet"),
    _observed("cell"),
    _observed("received_at", None),
    _observed("submission"),
    _observed("commentary"),
    _text("Restatement", 95, "Yes where it came after the period had been closed.", _restatement),
    _of_line(
        "Edition",
        105,
        "Of which issue or draft of the appendix this is the data.",
        lambda r: edition_named(r.report),
    ),
    _of_line(
        "Indicator accumulated over",
        150,
        "Over which periods its performance is, where that is not the period's own figure.",
        lambda r: r.line.over_shown,
    ),
    _of_line(
        "Indicator in the period alone",
        110,
        "The period's own figure of all areas, where its performance is over several.",
        lambda r: r.line.own_shown,
    ),
    _text("No value because", 105, "Why Value is blank.", _no_value, _NO_VALUE),
)
HEADINGS = tuple(column.heading for column in COLUMNS)
#: What the register may ask for beside figures; they are there where it asks for any of it.
ASKED_COLUMNS: tuple[_Column, ...] = (
    _observed("action"),
    _observed("action_owner"),
    _observed("action_by", None),
    _observed("forecast", None),
    _observed("confidence"),
)


def columns_of(*reports: Report) -> tuple[_Column, ...]:
    """The columns of reports' data, in their order."""
    is_any_asked = any(things_asked(each.register) for each in reports)
    return (*COLUMNS, *(ASKED_COLUMNS if is_any_asked else ()))


def tidy_rows(report: Report) -> list[dict[str, Value]]:
    """The rows of a report, in the order of its sections, lines and areas, each by heading.

    A figure is in the indicator's own unit, percentages in percentage points (31.5 for 31.5%). What
    is of the indicator is the same on each of its rows. Text is made plain; times are on the clock
    of the report's time of issue, without a zone.
    """
    columns = columns_of(report)
    headings = [each.heading for each in columns]
    return [dict(zip(headings, row, strict=True)) for row in _rows(report, columns)]


def _rows(report: Report, columns: Sequence[_Column]) -> Iterator[list[Value]]:
    restating = frozenset(
        each.area.ref for each in report.returns if each.state is ReturnState.RESTATED
    )
    for section in report.sections:
        for line in section.lines:
            yield from _rows_of(report, section, line, restating, columns)


def _rows_of(
    report: Report,
    section: Section,
    line: Line,
    restating: frozenset[str],
    columns: Sequence[_Column],
) -> Iterator[list[Value]]:
    """The rows of one line; what is of the indicator is worked out once."""
    reported = {o.area: o for o in line.consolidated.observations}
    of_row = [(at, each.value) for at, each in enumerate(columns) if not each.is_of_line]
    of_line: list[Value] = []
    for ref in line.indicator.areas:
        area = report.register.area(ref) or ServiceArea(ref, report.register.area_name(ref))
        row = _Reported(report, section, line, area, reported.get(ref), restating)
        of_line = of_line or [c.value(row) if c.is_of_line else None for c in columns]
        values = of_line.copy()
        for at, value in of_row:
            values[at] = value(row)
        yield values


TABLE = DataTable(
    name="returns",
    title="What each service area reported",
    description="One row for each indicator, period and service area that reports it, with the "
    "file, sheet and cell that the figure was read from.",
    ending=" data.csv",
    columns=lambda reports: columns_of(*reports),
    rows=_rows,
    key=("Period", "Ref", "Service area"),
    refers=Reference(("Period", "Ref"), "indicators"),
)


def csv_bytes(report: Report) -> bytes:
    """The rows as CSV."""
    return csv_bytes_of(TABLE, [report])


def write(report: Report, path: Path) -> None:
    """Writes `csv_bytes` to a file, whole or not at all; makes the folder where there is none."""
    write_whole(path, csv_bytes(report))
