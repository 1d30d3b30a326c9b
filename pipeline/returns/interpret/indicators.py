"""The indicator table: each row matched to the register, each cell to a typed figure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.headings import LONGEST_HEADING
from pipeline.returns.interpret.tables import Table
from pipeline.returns.reading import ReportedRow
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import PLAIN, CellDetail, Details, Place, SheetDetails
from pipeline.workbooks.details.hidden import hidden_parts
from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import Figure, Scale
from pipeline.workbooks.figures.formats import written_plainly
from pipeline.workbooks.figures.plain import clean, means_nothing_to_report
from pipeline.workbooks.grid import text_of
from pipeline.workbooks.names import suggestion
from schemas import rules as c
from schemas.fields import FIGURES, FILLED, PREFILLED
from schemas.findings import Finding, Rule
from schemas.model import Indicator, Kind, MilestoneState, Register, Status
from schemas.names import name_key
from schemas.units import Unit

_TOTALS = ("total", "subtotal", "sub total", "grand total", "overall", "average")
_STATUSES = {
    **dict.fromkeys(("final", "f", "actual"), Status.FINAL),
    **dict.fromkeys(("provisional", "p", "estimate"), Status.PROVISIONAL),
    "not available": Status.NOT_AVAILABLE,
}
_STATES = {name_key(state): state for state in MilestoneState} | {
    "completed": MilestoneState.COMPLETE,
    "achieved": MilestoneState.COMPLETE,
    "not yet due": MilestoneState.NOT_DUE,
}
#: Numerators and denominators may be counts, money or hours.
_PART = Scale(Unit.COUNT, decimals=6, is_part=True)


class _Matched(Struct, frozen=True):
    table: Table
    row: int
    indicator: Indicator
    #: Its reference as the cell shows it.
    ref: str
    #: Its wording is another indicator's, which is asked about.
    is_of_two: bool = False


def read_indicators(
    tables: list[Table], register: Register, area: str | None, period: str | None, details: Details
) -> tuple[list[ReportedRow], list[Finding]]:
    """Every indicator row of the tables, in the order of the sheets.

    A row that is no indicator's (a priority heading, a total, a note) is passed over; one that
    holds figures and matches nothing is a finding.
    """
    matched, findings = _match(tables, register, area, details)
    rows = []
    # A sheet is looked up once, however many tables stand on it.
    for _, on_sheet in groupby(matched, key=lambda match: match.table.grid.sheet):
        mine = list(on_sheet)
        table = mine[0].table
        known = details(table.grid.sheet, [place for m in mine for place in _unsettled(m)])
        findings += _hidden(mine, known)
        for match in mine:
            row, troubles = _read_row(match, known.cells, area or "", period or "")
            rows.append(row)
            findings += troubles
    return rows, findings


def _match(
    tables: list[Table], register: Register, area: str | None, details: Details
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
    of_two: list[tuple[_Matched, Indicator]] = []
    for table in tables:
        sheet = table.grid.sheet
        shown = _refs_as_shown(table, details)
        for row in table.rows:
            ref, name = table.text(row, "ref"), table.text(row, "indicator")
            said = name or ref
            if not said:
                findings += _astray(table, row)
                continue
            ref = shown.get(row, ref)
            of_ref, of_name = by_ref.get(name_key(ref)), by_name.get(name_key(name))
            found = of_ref or of_name
            cell = table.address(row, "performance")
            if found is None:
                is_reported = any(table.text(row, key) for key in FILLED)
                if is_reported and name_key(said) not in _TOTALS:
                    cell = table.address(row, "indicator") or table.address(row, "ref")
                    near = suggestion(said, [i.wording if name else i.ref for i in owned])
                    findings.append(c.INDICATOR_UNKNOWN.found(sheet, cell, said, suggestion=near))
            elif of_ref and of_name and of_ref is not of_name:
                of_two.append((_Matched(table, row, of_ref, ref, is_of_two=True), of_name))
            elif first := places.get(found.ref):
                findings.append(c.INDICATOR_TWICE.found(sheet, cell, found.ref, first=first))
            else:
                places[found.ref] = f"{sheet}!{cell}"
                matched.append(_Matched(table, row, found, ref))
    for match, other in of_two:
        findings.append(_of_two(match, other))
        # That it may be either is said; that one of them has no row then need not be.
        free = next((i for i in (match.indicator, other) if i.ref not in places), None)
        if free is not None:
            places[free.ref] = f"{match.table.grid.sheet}!{match.table.address(match.row, 'ref')}"
            matched.append(replace(match, indicator=free))
    if of_two:
        order = {id(table): number for number, table in enumerate(tables)}
        matched.sort(key=lambda match: (order[id(match.table)], match.row))
    return matched, findings


def _of_two(match: _Matched, other: Indicator) -> Finding:
    """What is asked of a row with the reference of one indicator and the wording of another."""
    one, table = match.indicator, match.table
    return c.INDICATORS_MIXED.found(
        table.grid.sheet,
        table.address(match.row, "ref"),
        match.ref,
        wording=one.wording,
        other=other.ref,
        named=other.wording,
    )


def _refs_as_shown(table: Table, details: Details) -> dict[int, str]:
    """The references that Excel holds as numbers, by row, as their cells show them.

    1.1 with two decimals is 1.10. What is shown otherwise than digit by digit is no reference.
    """
    column = table.columns.get("ref")
    if column is None:
        return {}
    numbers = {
        (row, column): Decimal(f"{value:.15g}")
        for row in table.rows
        if isinstance(value := table.value(row, "ref"), int | float) and not isinstance(value, bool)
    }
    if not numbers:
        return {}
    formats = details(table.grid.sheet, numbers).cells
    return {
        place[0]: written_plainly(number, formats.get(place, PLAIN).number_format) or ""
        for place, number in numbers.items()
    }


def _astray(table: Table, row: int) -> list[Finding]:
    """Figures in a row that names no indicator, unless it is a row of totals."""
    texts = [text_of(cell) for _, cell in table.grid.row(row)]
    if any(name_key(text) in _TOTALS for text in texts if len(text) <= LONGEST_HEADING):
        return []
    return [
        c.FIGURE_ASTRAY.found(table.grid.sheet, table.address(row, key), text)
        for key in FIGURES
        if (text := table.text(row, key)) and not means_nothing_to_report(text)
    ][:1]


def _unsettled(match: _Matched) -> list[Place]:
    """The cells of a row whose value alone does not say what they mean.

    A number may be a percentage by its format; a blank may be an error value or a formula.
    """
    columns, row = match.table.columns, match.row
    figures = [(row, columns[key]) for key in FIGURES if key in columns]
    return [
        place
        for place in figures
        if (value := match.table.grid.value(*place)) == ""
        or (isinstance(value, (int, float)) and not isinstance(value, bool))
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
    cells = _Cells(match, known)
    indicator = match.indicator
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
            narrative = _words(told)
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
        commentary=_words(cells.text("commentary")),
        sheet=cells.sheet,
        cell=cells.addresses["performance"],
        cells=cells.addresses,
        seen=cells.seen,
        is_bad=cells.is_bad,
    )
    return row, cells.findings


class _Cells:
    """The cells of an indicator's row, and what is found wrong with them as they are read."""

    def __init__(self, match: _Matched, known: Mapping[Place, CellDetail]) -> None:
        self._table, self._row, self._known = match.table, match.row, known
        self.sheet = match.table.grid.sheet
        columns = self._table.columns
        #: The address of each field's cell.
        self.addresses = {key: address(match.row, column) for key, column in columns.items()}
        #: What stands in the prefilled cells and in Performance, as text.
        self.seen = {key: self.text(key) for key in (*PREFILLED, "performance") if key in columns}
        if match.ref:
            self.seen["ref"] = match.ref
        if match.is_of_two:
            # Which of the two was altered is not known.
            self.seen = {"performance": self.seen.get("performance", "")}
        self.findings: list[Finding] = []
        #: One of them could not be read.
        self.is_bad = False

    def text(self, key: str) -> str:
        return self._table.text(self._row, key)

    def figure(self, key: str, scale: Scale) -> Figure:
        """The figure in a cell; blank where the table has no such column."""
        column = self._table.columns.get(key)
        if column is None:
            return Figure()
        detail = self._known.get((self._row, column))
        value = self._table.value(self._row, key)
        if value == "" and detail is not None:
            value = detail.error
            if not value and detail.has_formula and not detail.has_value:
                self._found(key, c.NO_CACHED_VALUE)
                return Figure()
        parsed = parse(value, scale, detail.number_format if detail else None)
        for t in parsed.troubles:
            self.findings.append(t.rule.found(self.sheet, self.addresses[key], t.value, **t.words))
        self.is_bad |= parsed.is_bad
        return parsed

    def state(self) -> MilestoneState | None:
        text = clean(str(self._table.value(self._row, "performance")))
        state = _STATES.get(name_key(text))
        if text and state is None:
            self._found("performance", c.STATE_UNKNOWN, text, choices=", ".join(MilestoneState))
        return state

    def status(self, *, is_provisional: bool) -> Status:
        """The figure's status; a mark beside the figure may have said that it is provisional."""
        marked = Status.PROVISIONAL if is_provisional else Status.FINAL
        text = self.text("status")
        if not text:
            return marked
        if means_nothing_to_report(text):
            return Status.NOT_AVAILABLE
        status = _STATUSES.get(name_key(text))
        if status is None:
            self._found("status", c.STATUS_UNKNOWN, text)
        # A mark such as (p) beside the figure stands against a Final that nobody changed.
        return marked if status in (None, Status.FINAL) else status

    def _found(self, key: str, rule: Rule, value: str = "", **words: str) -> None:
        """A finding at a cell that could not be read."""
        self.is_bad = True
        self.findings.append(rule.found(self.sheet, self.addresses[key], value, **words))


def _words(text: str) -> str:
    """Words with plain line ends, or nothing where they only say that there is none."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "" if means_nothing_to_report(plain) else plain


def same_figure(seen: str, expected: Decimal, indicator: Indicator) -> bool:
    """Whether a text shows the same figure as expected, however it is written."""
    scale = Scale(indicator.unit or Unit.SCORE, decimals=15)
    return indicator.unit is not None and parse(seen, scale, None).value == expected
