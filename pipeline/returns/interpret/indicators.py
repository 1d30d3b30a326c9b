"""The indicator table: each row matched to the register, each cell to a typed figure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby

from msgspec import Struct

from pipeline.returns.interpret.cells import NAMES, TOTALS, RowCells, name_shown
from pipeline.returns.interpret.headings import LONGEST_HEADING
from pipeline.returns.interpret.tables import Table
from pipeline.returns.reading import ReportedRow
from pipeline.workbooks.details.detail import CellDetail, Details, Place, SheetDetails
from pipeline.workbooks.details.hidden import hidden_parts
from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import Figure, Scale
from pipeline.workbooks.figures.plain import means_nothing_to_report
from pipeline.workbooks.grid import text_of
from pipeline.workbooks.names import name_key, suggestion
from schemas import rules as c
from schemas.fields import FIGURES, FILLED
from schemas.findings import Finding
from schemas.model import Indicator, Kind, MilestoneState, Register, Status
from schemas.units import Unit

#: Numerators and denominators may be counts, money or hours.
_PART = Scale(Unit.COUNT, decimals=6, is_part=True)


#: What is looked at in a row more closely than by its value.
_LOOKED_AT = (*NAMES, *FIGURES, "status", "commentary")


class _Matched(Struct, frozen=True):
    table: Table
    row: int
    indicator: Indicator


def read_indicators(
    tables: list[Table], register: Register, area: str | None, period: str | None, details: Details
) -> tuple[list[ReportedRow], list[Finding]]:
    """Every indicator row of the tables, in the order of the sheets.

    A row that is no indicator's (a priority heading, a total, a note) is passed over; one that
    holds figures and matches nothing is a finding.
    """
    known: dict[str, SheetDetails] = {}
    # A sheet is looked up once, however many tables stand on it.
    for sheet, on_sheet in groupby(tables, key=lambda table: table.grid.sheet):
        known[sheet] = details(sheet, [place for table in on_sheet for place in _places(table)])
    matched, findings = _match(tables, register, area, known)
    rows = []
    for sheet, matches in groupby(matched, key=lambda match: match.table.grid.sheet):
        mine = list(matches)
        findings += _hidden(mine, known[sheet])
        for match in mine:
            row, troubles = _read_row(match, known[sheet].cells, area or "", period or "")
            rows.append(row)
            findings += troubles
    return rows, findings


def _match(
    tables: list[Table],
    register: Register,
    area: str | None,
    known: Mapping[str, SheetDetails],
) -> tuple[list[_Matched], list[Finding]]:
    by_ref = {name_key(i.ref): i for i in register.indicators}
    by_name: dict[str, Indicator | None] = {}
    for indicator in register.indicators:
        # Where two share a wording it names neither.
        key = name_key(indicator.wording)
        by_name[key] = None if key in by_name else indicator
    owned = register.indicators_of(area) if area else register.indicators
    matched: list[_Matched] = []
    findings: list[Finding] = []
    places: dict[str, str] = {}
    for table in tables:
        sheet = table.grid.sheet
        for row in table.rows:
            ref, name = (name_shown(table, row, key, known[sheet].cells) for key in NAMES)
            said = name or ref
            if not said:
                findings += _astray(table, row)
                continue
            found = by_ref.get(name_key(ref)) or by_name.get(name_key(name))
            cell = table.address(row, "performance")
            if found is None:
                is_reported = any(table.text(row, key) for key in FILLED)
                if is_reported and name_key(said) not in TOTALS:
                    cell = table.address(row, "indicator") or table.address(row, "ref")
                    near = suggestion(said, [i.wording for i in owned])
                    findings.append(c.INDICATOR_UNKNOWN.found(sheet, cell, said, suggestion=near))
            elif first := places.get(found.ref):
                findings.append(c.INDICATOR_TWICE.found(sheet, cell, found.ref, first=first))
            else:
                places[found.ref] = f"{sheet}!{cell}"
                matched.append(_Matched(table, row, found))
    return matched, findings


def _astray(table: Table, row: int) -> list[Finding]:
    """Figures in a row that names no indicator, unless it is a row of totals."""
    texts = [text_of(cell) for _, cell in table.grid.row(row)]
    if any(name_key(text) in TOTALS for text in texts if len(text) <= LONGEST_HEADING):
        return []
    return [
        c.FIGURE_ASTRAY.found(table.grid.sheet, table.address(row, key), text)
        for key in FIGURES
        if (text := table.text(row, key)) and not means_nothing_to_report(text)
    ][:1]


def _places(table: Table) -> list[Place]:
    """The cells of which more than the value is to be known, in rows that name anything."""
    columns = [table.columns[key] for key in _LOOKED_AT if key in table.columns]
    named = [table.columns[key] for key in NAMES if key in table.columns]
    return [
        (row, column)
        for row in table.rows
        if any(table.grid.value(row, at) != "" for at in named)
        for column in columns
    ]


def _hidden(matched: list[_Matched], known: SheetDetails) -> list[Finding]:
    """What is read of a sheet although nobody sees it, in one finding."""
    grid = matched[0].table.grid
    filled = {
        column
        for m in (matched if known.hidden_columns else ())
        for column in m.table.columns.values()
        if text_of(grid.value(m.row, column))
    }
    what = hidden_parts(known, (m.row for m in matched), filled, whole=grid.hidden)
    return [c.HIDDEN.found(grid.sheet, what=what)] if what else []


def _read_row(
    match: _Matched, known: Mapping[Place, CellDetail], area: str, period: str
) -> tuple[ReportedRow, list[Finding]]:
    indicator = match.indicator
    cells = RowCells(match.table, match.row, indicator, known)
    told = cells.seen.get("performance", "")
    nothing = indicator.kind is not Kind.MEASURE and means_nothing_to_report(told)
    numerator = cells.figure("numerator", _PART).value
    denominator = cells.figure("denominator", _PART).value
    figure = Figure()
    state: MilestoneState | None = None
    narrative = ""
    match indicator.kind:
        case Kind.MEASURE:
            unit = indicator.unit or Unit.SCORE
            scale = Scale(unit, indicator.decimals, indicator.plausible_maximum)
            figure = cells.figure("performance", scale)
            nothing = figure.not_available
        case Kind.MILESTONE if not nothing:
            state = cells.state()
        case Kind.NARRATIVE if not nothing:
            narrative = cells.words("performance")
    status = cells.status(is_provisional=figure.provisional)
    row = ReportedRow(
        indicator=indicator.ref,
        area=area,
        period=period,
        status=Status.NOT_AVAILABLE if nothing else status,
        value=figure.value,
        numerator=figure.numerator if numerator is None else numerator,
        denominator=figure.denominator if denominator is None else denominator,
        state=state,
        narrative=narrative,
        suppressed=figure.suppressed,
        commentary=cells.words("commentary"),
        sheet=cells.sheet,
        cell=cells.addresses["performance"],
        cells=cells.addresses,
        seen=cells.seen,
        is_bad=cells.is_bad,
    )
    return row, cells.findings


def same_figure(seen: str, expected: Decimal, indicator: Indicator) -> bool:
    """Whether a text shows the same figure as expected, however it is written."""
    scale = Scale(indicator.unit or Unit.SCORE, decimals=15)
    return indicator.unit is not None and parse(seen, scale, None).value == expected
