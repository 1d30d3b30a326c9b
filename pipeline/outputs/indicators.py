"""Tidy data of the indicators: one row for each of them, a period and a framework.

It says what the committee sheet prints, and no more. Where a figure, a colour or a direction is
missing, the row says why. Words that programs go by are codes, the same whatever the register
calls its bands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from pipeline.consolidation.rating import NotRated, Rating, Travel, Trend, Verdict
from pipeline.consolidation.report import Line, Report, Section
from pipeline.outputs.tables import DataColumn, DataTable, Value, clock, csv_bytes_of
from pipeline.outputs.tidy import NOT_DUE, NOT_REPORTED, STATUSES, edition_named, restated_from
from pipeline.workbooks.safe_text import plain
from pipeline.workspace.folder import write_whole
from schemas.asking import Confidence
from schemas.checks import Cells
from schemas.model import Colour, Kind, MilestoneState, Operator, Polarity, Status
from schemas.units import Unit

#: Of a figure that there is nothing to compare with, and of one of which neither way is better.
NOT_COMPARED, NOT_JUDGED = "not compared", "not judged"
#: In place of the signs, which a spreadsheet would take for the start of a formula.
OPERATORS = {each: each.name.lower().replace("_", " ") for each in Operator}
_MILESTONE = "milestone"
#: Why there is no number: as a figure is not rated, or since it is the state of a milestone.
_NO_VALUE = (
    *(r for r in NotRated if r not in (NotRated.NO_TARGET, NotRated.CONTEXTUAL)),
    _MILESTONE,
)


class _Printed(Struct, frozen=True):
    """What a row tells of."""

    report: Report
    section: Section
    line: Line


_Column = DataColumn[_Printed]


def _column(
    heading: str,
    description: str,
    of: Callable[[_Printed], Value],
    held: type = str,
    choices: Sequence[str] = (),
    *,
    may_be_blank: bool = True,
) -> _Column:
    cells = Cells(held, heading, description, may_be_blank, tuple(map(str, choices)))
    # The words may be of several types.
    return DataColumn(cells, (lambda row: str(of(row))) if choices else of)


def _target(name: str) -> Callable[[_Printed], Value]:
    """A figure of the target; None where none is printed, or it has no such figure."""
    return lambda row: getattr(row.line.target, name) if row.line.target_shown else None


def _operator(row: _Printed) -> Value:
    target, polarity = row.line.target, row.line.indicator.polarity
    if target is None or not row.line.target_shown:
        return ""
    if target.operator is None and polarity in (None, Polarity.CONTEXTUAL):
        # Nothing says which way is better.
        return ""
    return OPERATORS[target.operator_by(polarity)]


def _no_value(row: _Printed) -> Value:
    """Why there is no number; empty where there is one."""
    figure = row.line.consolidated
    if figure.value is not None:
        return ""
    return _MILESTONE if figure.state is not None else row.line.rating.not_rated or ""


def _status(row: _Printed) -> Value:
    figure = row.line.consolidated
    if not row.line.is_due:
        return NOT_DUE
    statuses = {each.status for each in figure.observations}
    if not statuses and figure.value is None:
        return NOT_REPORTED
    if statuses == {Status.NOT_AVAILABLE}:
        return Status.NOT_AVAILABLE
    return Status.PROVISIONAL if figure.provisional else Status.FINAL


def _band(row: _Printed) -> Value:
    band = row.report.band(row.line.rating)
    return plain(band.word) if band else ""


def _areas(row: _Printed) -> Value:
    register = row.report.register
    return "; ".join(plain(register.area_name(ref)) for ref in row.line.indicator.areas)


def _forecast(row: _Printed) -> Value:
    return row.line.forecast.value if row.line.forecast else None


def _forecast_rating(row: _Printed) -> Rating:
    return (row.line.forecast and row.line.forecast.rating) or Rating()


def _directions(
    prefix: str, compared: str, of: Callable[[Line], Travel | None]
) -> Iterator[_Column]:
    """The columns of a direction of travel: its codes, and what the figure is compared with."""

    def told(name: str, absent: Value) -> Callable[[_Printed], Value]:
        def value(row: _Printed) -> Value:
            travel = of(row.line)
            return getattr(travel, name) if travel else absent

        return value

    def verdict(row: _Printed) -> Value:
        travel = of(row.line)
        return (travel.verdict or NOT_JUDGED) if travel else NOT_COMPARED

    yield _column(
        f"{prefix} direction",
        f"Where the figure went since {compared}.",
        told("trend", NOT_COMPARED),
        choices=(*Trend, NOT_COMPARED),
        may_be_blank=False,
    )
    yield _column(
        f"{prefix} verdict",
        f"Whether that is better; {NOT_JUDGED} where neither way is.",
        verdict,
        choices=(*Verdict, NOT_JUDGED, NOT_COMPARED),
        may_be_blank=False,
    )
    yield _column(
        f"{prefix} figure before", "The figure compared with.", told("earlier", None), Decimal
    )
    yield _column(
        f"{prefix} compared with",
        "What that is: a period, or the baseline.",
        lambda row: plain(travel.basis) if (travel := of(row.line)) else "",
    )


COLUMNS: tuple[_Column, ...] = (
    _column(
        "Council", "Whose framework it is.", lambda r: plain(r.report.register.framework.council)
    ),
    _column(
        "Framework",
        "The title of the set of indicators.",
        lambda r: plain(r.report.register.framework.title),
        may_be_blank=False,
    ),
    _column(
        "Period", "What it reports on.", lambda r: plain(r.report.period.name), may_be_blank=False
    ),
    _column("Period starts", "Its first day.", lambda r: r.report.period.starts, date),
    _column("Period ends", "Its last day.", lambda r: r.report.period.ends, date),
    _column(
        "Edition",
        "Of which issue or draft of the appendix this is the data.",
        lambda r: edition_named(r.report),
    ),
    _column(
        "Issued at",
        "When that was made.",
        lambda r: clock(r.report.issued_at, r.report),
        datetime,
        may_be_blank=False,
    ),
    _column("Priority ref", "The ref of its priority.", lambda r: plain(r.section.priority.ref)),
    _column("Priority", "Its priority's heading.", lambda r: plain(r.section.priority.heading)),
    _column(
        "Ref",
        "The ref of the indicator.",
        lambda r: plain(r.line.indicator.ref),
        may_be_blank=False,
    ),
    _column("Indicator", "What is measured.", lambda r: plain(r.line.indicator.wording)),
    _column("Service areas", "Those that report it, with semicolons between.", _areas),
    _column(
        "Kind",
        "Whether it is a figure, a milestone or words.",
        lambda r: r.line.indicator.kind,
        Kind,
        may_be_blank=False,
    ),
    _column("Unit", "What its figure is counted in.", lambda r: r.line.indicator.unit or "", Unit),
    _column(
        "Decimals",
        "How many decimals it is published with.",
        lambda r: r.line.indicator.decimals,
        int,
        may_be_blank=False,
    ),
    _column(
        "Polarity", "Which way is better.", lambda r: r.line.indicator.polarity or "", Polarity
    ),
    _column(
        "Value",
        "All areas' figure in the indicator's unit; 31.5 stands for 31.5%.",
        lambda r: r.line.consolidated.value,
        Decimal,
    ),
    _column("No value because", "Why Value is blank.", _no_value, choices=_NO_VALUE),
    _column(
        "State",
        "The state of a milestone.",
        lambda r: r.line.consolidated.state or "",
        MilestoneState,
    ),
    _column(
        "Narrative",
        "What an indicator in words reports.",
        lambda r: plain(r.line.consolidated.narrative),
    ),
    _column(
        "Status",
        "Whether the figure is final, or why there is none.",
        _status,
        choices=STATUSES,
        may_be_blank=False,
    ),
    _column(
        "Operator",
        "How the figure is compared with the target; blank where neither way is better.",
        _operator,
        choices=[*OPERATORS.values()],
    ),
    _column(
        "Target", "What is to be reached; blank where it is a range.", _target("value"), Decimal
    ),
    _column("Target lower", "The lower end of a range.", _target("lower"), Decimal),
    _column("Target upper", "The upper end of a range.", _target("upper"), Decimal),
    _column("Rating code", "Its band.", lambda r: r.line.rating.colour or "", Colour),
    _column("Rating", "The register's word for that.", _band),
    _column(
        "Not rated because",
        "Why Rating code is blank.",
        lambda r: r.line.rating.not_rated or "",
        NotRated,
    ),
    *_directions("Short", "the period before, or the baseline", lambda line: line.travel),
    *_directions("Long", "the same period a year before", lambda line: line.year_travel),
    _column(
        "Accumulated over",
        "Over which periods Value is, where that is not the period's own figure.",
        lambda r: plain(r.line.over_shown),
    ),
    _column(
        "In the period alone",
        "The period's own figure as the appendix prints it, where Value is over several.",
        lambda r: plain(r.line.own_shown),
    ),
    _column(
        "Restated from",
        "What the closed period had said; blank where it says the same.",
        lambda r: restated_from(r.line),
    ),
    _column("Year-end forecast", "The figure expected for the whole year.", _forecast, Decimal),
    _column(
        "Forecast rating code",
        "Its band by the year's target; blank where that is not known yet.",
        lambda r: _forecast_rating(r).colour or "",
        Colour,
    ),
    _column(
        "Forecast not rated because",
        "Why a forecast that is looked at has no band.",
        lambda r: _forecast_rating(r).not_rated or "",
        NotRated,
    ),
    _column(
        "Confidence",
        "The least that any area has in its figure.",
        lambda r: r.line.confidence or "",
        Confidence,
    ),
    _column(
        "Remarks",
        "What the appendix says beside the figure.",
        lambda r: plain(" ".join(r.line.remarks)),
    ),
)


def _rows(report: Report, columns: Sequence[_Column]) -> Iterator[list[Value]]:
    for section in report.sections:
        for line in section.lines:
            row = _Printed(report, section, line)
            yield [column.value(row) for column in columns]


TABLE = DataTable(
    name="indicators",
    title="The consolidated indicators",
    description="One row for each indicator, period and framework, as the appendix prints it.",
    ending=" indicators.csv",
    columns=lambda _: COLUMNS,
    rows=_rows,
    key=("Framework", "Period", "Ref"),
)


def write(report: Report, path: Path) -> None:
    """Writes the CSV file, whole or not at all; makes the folder where there is none."""
    write_whole(path, csv_bytes_of(TABLE, [report]))
