"""Tidy data: one row for each indicator, period and service area that reports it.

The appendix's Data sheet and the CSV file hold the same rows. An area that has not reported an
indicator has its row too, with the status `Not reported` and no figure, so that what is missing
can be counted like everything else; where nothing is due of it, the status is `Not due`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.report import Line, Report, ReturnState, Section, figure_shown
from pipeline.store import Entered
from pipeline.workbooks.safe_text import plain
from pipeline.workspace.folder import write_whole
from schemas.asking import things_asked
from schemas.model import ServiceArea
from schemas.observations import FIELDS, Observation

#: The status of a row whose service area has not reported the indicator.
NOT_REPORTED = "Not reported"
#: And where it is not asked for it, so that nothing is missing.
NOT_DUE = "Not due"
#: What a figure was restated from where nothing was printed.
NOTHING_PRINTED = "No figure"

#: What a spreadsheet program may take for the start of a formula when it opens a CSV file; see
#: https://owasp.org/www-community/attacks/CSV_Injection.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Value = str | Decimal | datetime | None
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


class DataColumn(Struct, frozen=True):
    """A column of the data: what it is, and where a row has it from."""

    heading: str
    #: On the sheet Data, in pixels.
    width: int
    description: str
    value: Callable[[_Reported], Value]
    is_number: bool = False
    #: It says the same on each row of an indicator.
    is_of_line: bool = False


def _text(heading: str, width: int, description: str, of: Callable[[_Reported], str]) -> DataColumn:
    return DataColumn(heading, width, description, lambda row: plain(of(row)))


def _of_line(
    heading: str, width: int, description: str, of: Callable[[_Reported], str]
) -> DataColumn:
    return replace(_text(heading, width, description, of), is_of_line=True)


def _observed(name: str, absent: Value = "") -> DataColumn:
    """A field of what was reported; `absent` where nothing was.

    A suppressed figure has no value, numerator or denominator.
    """
    field = FIELDS[name]
    is_number = field.type is Decimal

    def value(row: _Reported) -> Value:
        if row.observation is None:
            return absent
        reported: Value | date = getattr(row.observation, name)
        if row.observation.suppressed and name in BESIDE_FIGURE:
            # What is done about a figure, or comes of it, tells of it.
            return None if is_number else absent
        match reported:
            case str():
                return plain(reported)
            case datetime():
                return clock(reported, row.report)
            case date():
                return reported.isoformat()
        return None if is_number and row.observation.suppressed else reported

    said = field.described
    return DataColumn(said.heading, said.width, said.description, value, is_number)


def _status() -> DataColumn:
    reported = _observed("status", NOT_REPORTED)
    return replace(reported, value=lambda row: reported.value(row) if row.line.is_due else NOT_DUE)


def _as_shown(row: _Reported) -> str:
    return figure_shown(row.observation, row.line.indicator) if row.observation else ""


def _restated_from(row: _Reported) -> str:
    """What was printed before; blank where the figure is not restated."""
    earlier = row.line.restated_from
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


def _edition(row: _Reported) -> str:
    edition = row.report.edition
    return edition.shown if edition else ""


def _rating(row: _Reported) -> str:
    return row.report.shown(row.line.rating)


#: What was reported, the indicator as the appendix prints it, then where the figure came from.
COLUMNS = (
    _of_line("Period", 80, "What it reports on.", lambda r: r.report.period.name),
    _of_line("Priority ref", 70, "The ref of its priority.", lambda r: r.section.priority.ref),
    _of_line("Ref", 60, "The ref of the indicator.", lambda r: r.line.indicator.ref),
    _of_line("Priority", 180, "Its priority's heading.", lambda r: r.section.priority.heading),
    _of_line("Indicator", 240, "What is measured.", lambda r: r.line.indicator.wording),
    _text("Service area", 120, "The area that reports it.", lambda r: r.area.name),
    _of_line("Unit", 75, "What its figure is counted in.", lambda r: r.line.indicator.unit or ""),
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
    _of_line("Indicator restated from", 115, "What the closed period had said.", _restated_from),
    _observed("filename"),
    _observed("sheet"),
    _observed("cell"),
    _observed("received_at", None),
    _observed("submission"),
    _observed("commentary"),
    _text("Restatement", 95, "Yes where it came after the period had been closed.", _restatement),
    _of_line("Edition", 105, "Of which issue or draft of the appendix this is the data.", _edition),
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
)
HEADINGS = tuple(column.heading for column in COLUMNS)
#: What the register may ask for beside figures; they are there where it asks for any of it.
ASKED_COLUMNS = (
    _observed("action"),
    _observed("action_owner"),
    _observed("action_by"),
    _observed("forecast", None),
    _observed("confidence"),
)


def columns_of(report: Report) -> tuple[DataColumn, ...]:
    """The columns of a report's data, in their order."""
    return (*COLUMNS, *(ASKED_COLUMNS if things_asked(report.register) else ()))


def tidy_rows(report: Report) -> list[dict[str, Value]]:
    """The rows of a report, in the order of its sections, lines and areas, each by heading.

    A figure is in the indicator's own unit, percentages in percentage points (31.5 for 31.5%). What
    is of the indicator is the same on each of its rows. Text is made plain; times are on the clock
    of the report's time of issue, without a zone.
    """
    restating = frozenset(
        each.area.ref for each in report.returns if each.state is ReturnState.RESTATED
    )
    columns = columns_of(report)
    return [
        row
        for section in report.sections
        for line in section.lines
        for row in _rows_of(report, section, line, restating, columns)
    ]


def _rows_of(
    report: Report,
    section: Section,
    line: Line,
    restating: frozenset[str],
    columns: tuple[DataColumn, ...],
) -> Iterator[dict[str, Value]]:
    """The rows of one line; what is of the indicator is worked out once."""
    reported = {o.area: o for o in line.consolidated.observations}
    of_row = [each for each in columns if not each.is_of_line]
    of_line: dict[str, Value] = {}
    for ref in line.indicator.areas:
        area = report.register.area(ref) or ServiceArea(ref, report.register.area_name(ref))
        row = _Reported(report, section, line, area, reported.get(ref), restating)
        of_line = of_line or {c.heading: c.value(row) if c.is_of_line else None for c in columns}
        yield of_line | {each.heading: each.value(row) for each in of_row}


def clock(at: datetime | None, report: Report) -> datetime | None:
    """A time as a workbook holds it: on the clock of the time of issue, without a zone."""
    if at is None or at.tzinfo is None:
        return at
    return at.astimezone(report.issued_at.tzinfo).replace(tzinfo=None)


def csv_bytes(report: Report) -> bytes:
    """The rows as CSV in UTF-8 with a byte order mark, as Excel opens it right.

    Text that a spreadsheet could take for a formula has an apostrophe before it; numbers are
    plain (`-2.5`), times are `2013-04-30 09:15`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.heading for column in columns_of(report))
    writer.writerows([_printed(v) for v in row.values()] for row in tidy_rows(report))
    return text.getvalue().encode("utf-8-sig")


def write(report: Report, path: Path) -> None:
    """Writes `csv_bytes` to a file, whole or not at all; makes the folder where there is none."""
    write_whole(path, csv_bytes(report))


def _printed(value: Value) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
