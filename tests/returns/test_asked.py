"""What stands beside a figure is read by the rules of any cell, and never as the figure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache

import pytest
from msgspec.structs import replace

from pipeline.returns.interpret import interpret
from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.formed_rows import read_formed
from pipeline.returns.interpret.forms import read_by_form
from pipeline.returns.interpret.indicators import read_indicators
from pipeline.returns.interpret.labels import vocabulary_of
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.whole import read_whole
from pipeline.returns.reading import Reading, ReportedRow
from pipeline.workbooks.details.detail import CellDetail, Place, SheetDetails
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid
from schemas.asking import AskAction, Confidence, Requirement
from schemas.fields import ASKED_FIELDS, COVER_FIELDS, INDICATOR_FIELDS, columns_for, prefilled
from schemas.model import Period, Register
from tests.support.builders import PERIOD, SAFETY
from tests.support.council import REGISTER, USUAL

ASKING = replace(
    REGISTER,
    framework=replace(
        REGISTER.framework,
        ask_action=AskAction.WHERE_RED,
        ask_forecast=Requirement.MAY,
        ask_confidence=Requirement.MAY,
    ),
)
COLUMNS = columns_for({"action", "forecast", "confidence"})


class Plain:
    """Of no cell is more known than its value."""

    def __call__(self, _sheet: str, wanted: object, /) -> SheetDetails:
        places: list[Place] = list(wanted)  # type: ignore[call-overload] # as `Details` has it
        return SheetDetails(dict.fromkeys(places, CellDetail("General")), is_plain=True)

    def is_plain(self, _sheet: str, /) -> bool:
        return True


DETAILS = Plain()


@cache
def cover() -> Grid:
    rows: list[list[CellValue]] = [
        [f.heading, f.shows(SAFETY, PERIOD) if f.shows else "Ann Smith"]
        for f in COVER_FIELDS
        if f.required
    ]
    return Grid("Cover", 0, 0, rows)


def grids(
    beside: dict[str, CellValue], headings: dict[str, str] | None = None, *, ref: str = "P1-1"
) -> list[Grid]:
    """A return of Community safety with cells beside the figure of one indicator, by field."""
    names = headings or {}
    fields = [f for f in COLUMNS if not f.asked_for or f.key in {*beside, *names}]
    rows: list[list[CellValue]] = [[names.get(f.key, f.heading) for f in fields]]
    for each in REGISTER.indicators_of(SAFETY.ref):
        priority = next(p for p in REGISTER.priorities if p.ref == each.priority)
        target = REGISTER.target(each.ref, PERIOD.name)
        figure = USUAL[each.ref]
        cells = {**prefilled(each, priority, target)}
        said: dict[str, CellValue] = {
            **cells,
            "performance": float(figure) if isinstance(figure, int) else str(figure),
            **(beside if each.ref == ref else {}),
        }
        rows.append([said.get(f.key, "") for f in fields])
    return [cover(), Grid("Indicators", 0, 0, rows)]


def read(
    beside: dict[str, CellValue],
    headings: dict[str, str] | None = None,
    register: Register = ASKING,
    ref: str = "P1-1",
) -> tuple[ReportedRow, list[str]]:
    reading: Reading = interpret(grids(beside, headings, ref=ref), register, DETAILS)
    row = next(each for each in reading.rows if each.indicator == ref)
    return row, [each.code for each in reading.findings]


@pytest.mark.parametrize(
    "typed",
    [
        date(2013, 6, 30),
        datetime.fromisoformat("2013-06-30"),
        "30/06/2013",
        "30 June 2013",
        "30.6.2013",
    ],
)
def test_a_day_is_read_as_a_date_or_in_words(typed: CellValue) -> None:
    row, codes = read({"action_by": typed})
    assert (row.action_by, codes) == (date(2013, 6, 30), [])


def test_it_is_known_what_was_typed_beside_a_figure_also_where_it_is_not_read() -> None:
    row, codes = read({"forecast": "soon", "confidence": "-", "action": "Wardens"}, ref="P2-1")
    assert (row.forecast, codes) == (None, [])
    assert sorted(row.beside) == ["action", "forecast"]


@pytest.mark.parametrize(
    "typed", ["soon", "June 2013", "31/02/2013", 41455.0, "30/06", "30/06/2013 or later"]
)
def test_what_is_no_day_is_asked_about(typed: CellValue) -> None:
    row, codes = read({"action_by": typed})
    assert (row.action_by, codes) == (None, ["V60"])


def test_a_forecast_is_read_as_a_figure_is() -> None:
    assert read({"forecast": 4300.0})[0].forecast == Decimal(4300)
    assert read({"forecast": "4,300"})[0].forecast == Decimal(4300)
    row, codes = read({"forecast": "about 4300"})
    assert (row.forecast, row.is_bad, codes) == (None, True, ["V08"])
    assert read({"forecast": "<5"})[1] == ["V08"]
    assert read({"forecast": "n/a"})[1] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("High", Confidence.HIGH), ("medium", Confidence.MEDIUM), ("L", Confidence.LOW), ("", None)],
)
def test_confidence_is_one_of_three_words(typed: str, meant: Confidence | None) -> None:
    assert read({"confidence": typed}) == (read({"confidence": typed})[0], [])
    assert read({"confidence": typed})[0].confidence == meant


def test_another_word_for_confidence_is_asked_about() -> None:
    assert read({"confidence": "quite sure"})[1] == ["V61"]


def test_the_words_of_an_action_are_read_as_commentary_is() -> None:
    row, codes = read({"action": " More\r\nwardens ", "action_owner": "Head of safety"})
    assert (row.action, row.action_owner, codes) == ("More\nwardens", "Head of safety", [])


def test_a_milestone_has_no_forecast_and_words_have_nothing_beside_them() -> None:
    milestone, codes = read({"forecast": "later", "action": "A new plan"}, ref="P2-1")
    assert (milestone.forecast, milestone.action, codes) == (None, "A new plan", [])
    assert read({"action": "A new plan"}, ref="P1-5")[0].action == ""


@pytest.mark.parametrize(
    "name", [name for f in ASKED_FIELDS if f.key == "forecast" for name in (f.heading, *f.aliases)]
)
def test_a_forecast_is_never_the_figure(name: str) -> None:
    asked, codes = read({"forecast": 9000.0}, {"forecast": name})
    assert (asked.value, asked.forecast, codes) == (Decimal(4605), Decimal(9000), [])
    not_asked, _ = read({"forecast": 9000.0}, {"forecast": name}, REGISTER)
    assert (not_asked.value, not_asked.forecast) == (Decimal(4605), None)


@pytest.mark.parametrize(
    ("name", "is_of_the_year"),
    [
        ("Forecast 2012-13", True),
        ("Year-end forecast (2012/13)", True),
        ("Forecast for 2012-13", True),
        ("Forecast 2014-15", False),
        ("2013-14 forecast", False),
    ],
)
def test_a_forecast_of_another_year_is_not_this_years(name: str, is_of_the_year: bool) -> None:
    row, codes = read({"forecast": 9000.0}, {"forecast": name})
    assert (row.value, codes) == (Decimal(4605), [])
    assert row.forecast == (Decimal(9000) if is_of_the_year else None)


def test_a_quarters_return_may_name_the_year_of_its_forecast() -> None:
    quarter = Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), date(2012, 7, 31))
    register = replace(ASKING, periods=(*ASKING.periods, quarter))
    known = Belonging(vocabulary_of(register), quarter.name, SAFETY.ref)
    assert known.year == PERIOD.name
    (table,) = read_whole(grids({"forecast": 1.0}), ASKING, vocabulary_of(ASKING), DETAILS).usable
    for name, fit in (("Forecast 2012-13", Fit.SAME), ("Forecast 2013-14", Fit.OTHER)):
        heading = table.chosen["forecast"]
        heading = replace(heading, label=known.words.label(name))
        assert known.fit_in(table, heading) is fit


@pytest.mark.parametrize("field", ASKED_FIELDS, ids=lambda field: field.key)
def test_no_name_of_a_column_is_another_columns_too(field: object) -> None:
    assert isinstance(field, type(ASKED_FIELDS[0]))
    others = {
        name.casefold()
        for other in (*INDICATOR_FIELDS, *ASKED_FIELDS)
        if other is not field
        for name in (other.heading, *other.aliases)
    }
    assert not others & {name.casefold() for name in (field.heading, *field.aliases)}


BESIDE: tuple[dict[str, CellValue], ...] = (
    {"action": ""},
    {"forecast": 4300.0, "confidence": "Low"},
    {"action": "Wardens", "action_owner": "Ann", "action_by": date(2013, 6, 30)},
    {"action_by": "soon", "forecast": "about 5"},
    {"performance": "", "forecast": 5.0},
)


@pytest.mark.parametrize("beside", BESIDE)
def test_both_ways_of_reading_say_the_same_of_what_stands_beside(
    beside: dict[str, CellValue],
) -> None:
    words, all_grids = vocabulary_of(ASKING), grids(beside)
    whole = read_whole(all_grids, ASKING, words, DETAILS)
    assert read_by_form(all_grids, words, DETAILS, None) == whole.reading
    known = Belonging(words, PERIOD.name, SAFETY.ref)
    expected = read_indicators(whole.usable, ASKING, known, DETAILS)
    assert read_formed(whole.usable, known, DETAILS) == expected
