"""Rows: what the row of an indicator says, from its cells."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from pipeline.returns.interpret.asked import NOTHING_BESIDE, beside_figure, says_anything
from pipeline.returns.interpret.cells import NAMES, SEEN, RowCells, is_total, plain_words
from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.labels import CUMULATIVE, PROVISIONAL
from pipeline.returns.interpret.misplaced import misplaced
from pipeline.returns.interpret.tables import Table
from pipeline.returns.reading import ReportedRow
from pipeline.workbooks.details.detail import ABSENT, SheetDetails
from pipeline.workbooks.figures.figure import Figure, Scale
from pipeline.workbooks.figures.plain import means_nothing_to_report
from pipeline.workbooks.figures.short import figure_of
from pipeline.workbooks.grid import text_of
from schemas import cell_rules as v
from schemas import rules as c
from schemas.fields import ASKED
from schemas.findings import Finding
from schemas.layout_rules import FIGURE_MISPLACED
from schemas.model import Indicator, Kind, MilestoneState, Status
from schemas.units import Unit

#: What a short row leaves out.
_BLANK = ("numerator", "denominator", "status", *ASKED)
#: Numerators and denominators may be counts, money or hours.
_PART = Scale(Unit.COUNT, decimals=6, is_part=True)


class Matched(Struct, frozen=True):
    """A row of a table that names an indicator."""

    table: Table
    row: int
    indicator: Indicator
    #: Its reference as the cell shows it.
    ref: str
    #: Its wording is another indicator's, which is asked about.
    is_of_two: bool = False
    #: The row says that it is of another period than the return's, as all of its indicator do.
    is_other_period: bool = False


def read_row(
    match: Matched, looks: SheetDetails, known: Belonging, *, is_noted: bool
) -> tuple[ReportedRow, list[Finding]]:
    """A row of an indicator; `is_noted`: a footnote to it says that it is provisional."""
    indicator = match.indicator
    cells = RowCells(match.table, match.row, indicator, looks, is_of_two=match.is_of_two)
    elsewhere = misplaced(match.table, match.row) if indicator.kind is Kind.MEASURE else None
    if elsewhere is not None:
        cells.refuse(elsewhere.key, FIGURE_MISPLACED, **elsewhere.words)
        said = match.table.text(match.row, "commentary")
        return _bad_row(match, known, cells.seen, said), cells.findings
    told = cells.seen.get("performance", "")
    over = match.table.chosen["performance"].label
    is_cumulative = CUMULATIVE in over.kinds and not indicator.accumulation.is_reported_so
    if is_cumulative and indicator.has_figures and told and not means_nothing_to_report(told):
        cells.refuse("performance", v.NOT_CUMULATIVE, ref=indicator.ref)
        return _bad_row(match, known, cells.seen), cells.findings
    nothing = indicator.kind is not Kind.MEASURE and means_nothing_to_report(told)
    parts = {key: cells.figure(key, _PART) for key in ("numerator", "denominator")}
    numerator, denominator = parts["numerator"].value, parts["denominator"].value
    says_no_cases = cells.says_no_cases()
    figure = Figure()
    state: MilestoneState | None = None
    narrative = ""
    match indicator.kind:
        case Kind.MEASURE:
            scale = scale_of(indicator)
            is_of_none = (
                says_no_cases or numerator == denominator == 0
            ) and indicator.may_have_no_cases
            figure = cells.figure("performance", scale, is_of_none=is_of_none)
            nothing = figure.not_available
            if (nothing or figure.suppressed) and (numerator or denominator):
                cells.refuse("performance", v.PARTS_WITHOUT_FIGURE)
            if figure.value is not None:
                # The figure beside it would give away what is suppressed.
                for key, part in parts.items():
                    if part.suppressed:
                        cells.refuse(key, c.NOT_EXACT, example=scale.row.example)
        case Kind.MILESTONE if not nothing:
            state = cells.state()
        case Kind.NARRATIVE if not nothing:
            narrative = cells.words("performance")
    beside = NOTHING_BESIDE
    filled = tuple(key for key in match.table.asked if says_anything(cells.value(key)))
    if any(cells.value(key) != "" for key in match.table.asked):
        beside = beside_figure(cells, indicator.kind, scale_of(indicator))
    is_said = PROVISIONAL in over.kinds or match.table.is_provisional or is_noted
    status = cells.status(is_provisional=figure.provisional or is_said)
    row = ReportedRow(
        indicator=indicator.ref,
        area=known.area or "",
        period=known.period or "",
        status=Status.NOT_AVAILABLE if nothing else status,
        value=figure.value,
        numerator=figure.numerator if numerator is None else numerator,
        denominator=figure.denominator if denominator is None else denominator,
        state=state,
        narrative=narrative,
        suppressed=figure.suppressed,
        no_cases=says_no_cases or figure.no_cases,
        commentary=cells.words("commentary"),
        action=beside.action,
        action_owner=beside.action_owner,
        action_by=beside.action_by,
        forecast=beside.forecast,
        confidence=beside.confidence,
        sheet=cells.sheet,
        cell=match.table.address(match.row, "performance"),
        table=match.table.number,
        seen=cells.seen,
        is_bad=cells.is_bad,
        beside=filled,
    )
    return row, cells.findings


def not_read(match: Matched, known: Belonging) -> ReportedRow:
    """A row whose figure is not this period's."""
    return _bad_row(match, known, {})


def _bad_row(
    match: Matched, known: Belonging, seen: dict[str, str], commentary: str = ""
) -> ReportedRow:
    """A row of which no figure is taken."""
    return ReportedRow(
        indicator=match.indicator.ref,
        area=known.area or "",
        period=known.period or "",
        status=Status.FINAL,
        commentary=commentary,
        sheet=match.table.grid.sheet,
        cell=match.table.address(match.row, "performance"),
        table=match.table.number,
        seen=seen,
        is_bad=True,
    )


class ShortRows:
    """The short way to nearly every row of a table: a plain figure, and words on it.

    It comes to what `read_row` says of such a row, with nothing found wrong.
    """

    def __init__(self, table: Table, looks: SheetDetails, known: Belonging) -> None:
        self._table, self._looks = table, looks.cells
        self._area, self._period = known.area or "", known.period or ""
        over, columns, first = (
            table.chosen["performance"].label,
            table.columns,
            table.grid.first_column,
        )
        is_more = over.units or over.scales or CUMULATIVE in over.kinds
        self._is_open = looks.is_plain and not is_more
        self._is_provisional = PROVISIONAL in over.kinds or table.is_provisional
        self._columns = columns["performance"], columns.get("commentary", -1)
        self._letters = table.letters["performance"]
        #: Where in the used part the cells stand that a short row has, and leaves blank.
        self._figure = columns["performance"] - first
        self._words = columns["commentary"] - first if "commentary" in columns else None
        self._blank = [columns[key] - first for key in _BLANK if key in columns]
        self._names = [columns[key] - first for key in NAMES if key in columns]
        self._seen = [(key, columns[key] - first) for key in SEEN if key in columns]

    def row(self, match: Matched, *, is_noted: bool) -> ReportedRow | None:
        """What a row says; None where there is more to it."""
        table, indicator, number = self._table, match.indicator, match.row
        values = table.grid.cells(number)
        value = values[self._figure]
        if not self._is_open or indicator.kind is not Kind.MEASURE or match.is_of_two:
            return None
        if type(value) is not float or number in table.merges:
            return None
        for at in self._blank:
            if values[at] != "":
                return None
        of_figure, of_words = self._columns
        code = self._looks.get((number, of_figure), ABSENT).number_format
        figure = None if code is None else figure_of(value, scale_of(indicator), code)
        if figure is None or figure.troubles:
            return None
        for at in self._names:
            if type(values[at]) is not str:
                return None
        seen = {
            key: cell.strip() if isinstance(cell := values[at], str) else text_of(cell)
            for key, at in self._seen
        }
        if is_total(seen.get("indicator", "")):
            return None
        words = "" if self._words is None else values[self._words]
        detail = ABSENT if words == "" else self._looks.get((number, of_words), ABSENT)
        said = "" if words == "" else plain_words(words, detail)
        if said is None:
            return None
        is_provisional = self._is_provisional or is_noted
        return ReportedRow(
            indicator=indicator.ref,
            area=self._area,
            period=self._period,
            status=Status.PROVISIONAL if is_provisional else Status.FINAL,
            value=figure.value,
            commentary=said,
            sheet=table.grid.sheet,
            cell=f"{self._letters}{number + 1}",
            table=table.number,
            seen=seen,
        )


def scale_of(indicator: Indicator) -> Scale:
    """What the figures of an indicator are measured in."""
    return _scale(indicator.unit, indicator.decimals, indicator.plausible_maximum)


@lru_cache(maxsize=1_000)
def _scale(unit: Unit | None, decimals: int, largest: Decimal | None) -> Scale:
    return Scale(unit or Unit.SCORE, decimals, largest)
