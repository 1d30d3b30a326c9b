"""What a row says beside its figure: corrective action, the year's forecast, confidence."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from pipeline.returns.interpret.cells import RowCells
from pipeline.returns.interpret.months import Month
from pipeline.returns.interpret.periods import Mentions, mentions, spoken
from pipeline.workbooks.figures.figure import CellValue, Scale
from pipeline.workbooks.figures.plain import clean, means_nothing_to_report
from schemas import cell_rules as v
from schemas import rules as c
from schemas.asking import Confidence
from schemas.model import Kind
from schemas.names import name_key

_CONFIDENCE = {
    **{name_key(word): word for word in Confidence},
    **{name_key(word[0]): word for word in Confidence},
}


class BesideFigure(Struct, frozen=True):
    """What stands beside a figure, as it was given; what cannot be read is blank, and a finding."""

    action: str = ""
    action_owner: str = ""
    action_by: date | None = None
    forecast: Decimal | None = None
    confidence: Confidence | None = None


NOTHING_BESIDE = BesideFigure()


def says_anything(value: CellValue) -> bool:
    """Whether a cell beside a figure says more than that there is nothing to say."""
    return value != "" and not (isinstance(value, str) and means_nothing_to_report(value))


def beside_figure(cells: RowCells, kind: Kind, scale: Scale) -> BesideFigure:
    """What a row says beside its figure, which is measured in a `scale`.

    What its indicator cannot be asked for, as a milestone for a forecast, is not read.
    """
    if kind is Kind.NARRATIVE:
        return NOTHING_BESIDE
    is_measure = kind is Kind.MEASURE
    return BesideFigure(
        cells.words("action"),
        cells.words("action_owner"),
        _day(cells),
        _forecast(cells, scale) if is_measure else None,
        _confidence(cells) if is_measure else None,
    )


def _forecast(cells: RowCells, scale: Scale) -> Decimal | None:
    figure = cells.figure("forecast", scale)
    if figure.suppressed:
        cells.refuse("forecast", c.NOT_EXACT, example=scale.row.example)
    return figure.value


def _confidence(cells: RowCells) -> Confidence | None:
    text = clean(cells.text("confidence"))
    if not text or means_nothing_to_report(text):
        return None
    word = _CONFIDENCE.get(name_key(text))
    if word is None:
        cells.refuse("confidence", v.CONFIDENCE_UNKNOWN)
    return word


def _day(cells: RowCells) -> date | None:
    value = cells.value("action_by")
    if not says_anything(value):
        return None
    day = _day_of(value)
    if day is None:
        cells.refuse("action_by", v.NO_DAY)
    return day


def _day_of(value: CellValue) -> date | None:
    """The day that a cell says, as a date or in words; None where it plainly says none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        # Of a month nobody can tell the day.
        return None if isinstance(value, Month) else value
    if not isinstance(value, str):
        return None
    said, rest = mentions(spoken(value))
    is_day = len(said.days) == 1 and said == Mentions(days=said.days)
    return next(iter(said.days)) if is_day and not rest.strip(" \0.") else None
