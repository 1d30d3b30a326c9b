"""A figure as text, and the number format that makes a spreadsheet program show that same text."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.model import Indicator, Kind, Operator, Polarity, Target
from schemas.units import (
    Thousands,
    Unit,
    cell_value,
    grouped,
    number_format,
    places,
    printed_alike,
    printed_figure,
    quantise,
    shown,
)
from tests.support.builders import indicator
from tests.support.programs import displayed

UNITS = (*Unit, None)
SIGNS = ("", "≥", "≤", "=", ">", "<")

#: Figures of as many digits as a workbook cell keeps, in any unit.
figures = st.integers(-(10**13) + 1, 10**13 - 1).flatmap(
    lambda digits: st.integers(0, 6).map(lambda p: Decimal(digits).scaleb(-p))
)
#: Those that people write: short, and near where thousands are grouped and zero.
usual = st.integers(-200_000, 200_000).flatmap(
    lambda digits: st.integers(0, 3).map(lambda p: Decimal(digits).scaleb(-p))
)
#: Longer than any decimal context would keep by itself.
long_figures = st.integers(-(10**45), 10**45).flatmap(
    lambda digits: st.integers(0, 30).map(lambda p: Decimal(f"{digits}e-{p}"))
)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("31.5", Unit.PERCENT, "31.5%"),
        ("3.30", Unit.PERCENT, "3.30%"),
        ("-2.5", Unit.PERCENT, "-2.5%"),
        ("4605", Unit.COUNT, "4605"),
        ("9999", Unit.COUNT, "9999"),
        ("10000", Unit.COUNT, "10,000"),
        ("-10000", Unit.COUNT, "-10,000"),
        ("120000", Unit.CURRENCY, "£120,000"),
        ("1.5", Unit.CURRENCY, "£1.50"),
        ("-1.25", Unit.CURRENCY, "-£1.25"),
        ("1200", Unit.CURRENCY, "£1,200"),
        ("0", Unit.CURRENCY, "£0"),
        ("-0.0", Unit.RATIO, "0.0"),
        ("1E+3", Unit.COUNT, "1000"),
        ("0.000001", Unit.SCORE, "0.000001"),
        ("14", Unit.DAYS, "14"),
    ],
)
def test_a_figure_is_printed_as_people_write_it(value: str, unit: Unit, expected: str) -> None:
    assert shown(Decimal(value), unit) == expected


@pytest.mark.parametrize(
    ("decimals", "expected"), [(None, "31.5%"), (0, "31.5%"), (1, "31.5%"), (3, "31.500%")]
)
def test_a_figure_gets_the_decimals_asked_for_and_is_never_cut(
    decimals: int | None, expected: str
) -> None:
    assert shown(Decimal("31.5"), Unit.PERCENT, decimals) == expected


@given(
    value=figures | long_figures,
    unit=st.sampled_from(UNITS),
    decimals=st.integers(0, 6),
    thousands=st.sampled_from(Thousands),
)
def test_what_is_printed_is_the_figure_and_nothing_else(
    value: Decimal, unit: Unit | None, decimals: int, thousands: Thousands
) -> None:
    text = shown(value, unit, decimals, thousands)
    plain = text.replace(",", "").replace("£", "").replace("%", "")
    assert Decimal(plain) == value
    assert places(Decimal(plain)) >= decimals
    is_bare = thousands is Thousands.BARE and unit is not Unit.CURRENCY
    assert ("," in text) == (abs(value) >= (10_000 if is_bare else 1_000))
    assert printed_figure(text, unit) == value
    assert all(printed_alike(text, shown(value, unit, decimals, each)) for each in Thousands)
    assert ("£" in text, "%" in text) == (unit is Unit.CURRENCY, unit is Unit.PERCENT)


@given(value=usual, decimals=st.integers(0, 3))
def test_halves_are_rounded_away_from_zero(value: Decimal, decimals: int) -> None:
    rounded = quantise(value, decimals)
    step = Decimal(1).scaleb(-decimals)
    assert places(rounded) == decimals
    assert abs(rounded - value) <= step / 2
    if abs(rounded - value) == step / 2:
        assert abs(rounded) > abs(value)


def test_figures_of_more_digits_than_a_decimal_context_keeps_stay_whole() -> None:
    long = Decimal("123456789012345678901234567890.1234567890123456789")
    assert shown(long, Unit.COUNT).replace(",", "") == str(long)
    assert shown(Decimal("-9999." + "9" * 30), Unit.COUNT) == "-9999." + "9" * 30
    assert (
        str(cell_value(long, Unit.PERCENT)) == "1234567890123456789012345678.901234567890123456789"
    )


@given(value=figures)
def test_a_percentage_cell_holds_the_fraction_and_any_other_the_figure(value: Decimal) -> None:
    for unit in UNITS:
        held = cell_value(value, unit)
        assert held * 100 == value if unit is Unit.PERCENT else held == value


# --- What a spreadsheet program shows -------------------------------------------------------------

Written = tuple[float, str, str]


def written(
    value: Decimal,
    unit: Unit | None,
    decimals: int,
    sign: str,
    thousands: Thousands = Thousands.BARE,
) -> Written:
    """What a cell holds, its number format, and the text that the two must show."""
    kept = max(decimals, places(value))
    group = grouped(value, unit, thousands)
    layout = number_format(unit, kept, group=group, prefix=sign)
    held = cell_value(value, unit)
    return float(held) if held else 0.0, layout, sign + shown(value, unit, decimals, thousands)


def cases() -> list[Written]:
    """Several hundred, by hypothesis; the same in every run."""
    collected: dict[Written, None] = {}

    @settings(max_examples=400, derandomize=True, database=None)
    @given(
        value=figures | usual,
        unit=st.sampled_from(UNITS),
        decimals=st.integers(0, 6),
        sign=st.sampled_from(SIGNS),
        thousands=st.sampled_from(Thousands),
    )
    def collect(
        value: Decimal, unit: Unit | None, decimals: int, sign: str, thousands: Thousands
    ) -> None:
        collected[written(value, unit, decimals, sign, thousands)] = None

    collect()
    edges = ("0", "0.5", "-0.5", "1.5", "99.95", "999", "999.9", "1000", "-1000")
    edges += ("9999", "9999.9", "10000", "-9999", "-10000")
    for unit in UNITS:
        for sign in SIGNS:
            for value in edges:
                for thousands in Thousands:
                    collected[written(Decimal(value), unit, 1, sign, thousands)] = None
    return list(collected)


@pytest.mark.outside
def test_libreoffice_shows_each_number_format_as_the_text_that_is_printed(tmp_path: Path) -> None:
    expected = cases()
    assert len(expected) > 400
    with xlsxwriter.Workbook(tmp_path / "figures.xlsx") as book:
        sheet = book.add_worksheet()
        # Wide enough that no figure turns into ####.
        sheet.set_column(0, 0, 60)
        for row, (held, layout, _) in enumerate(expected):
            sheet.write_number(row, 0, held, book.add_format({"num_format": layout}))
    seen = [row[0] for row in displayed(tmp_path / "figures.xlsx", tmp_path)]
    wrong = [(*case, text) for case, text in zip(expected, seen, strict=True) if text != case[2]]
    assert wrong == []


@given(
    value=figures,
    unit=st.sampled_from(UNITS),
    decimals=st.integers(0, 6),
    sign=st.sampled_from(SIGNS),
    thousands=st.sampled_from(Thousands),
)
def test_a_number_format_has_the_places_signs_and_grouping_of_the_text(
    value: Decimal, unit: Unit | None, decimals: int, sign: str, thousands: Thousands
) -> None:
    _, layout, text = written(value, unit, decimals, sign, thousands)
    for section, negative in zip(layout.split(";"), (False, True), strict=False):
        body = section.rpartition('"')[2]
        assert len(body.partition(".")[2].rstrip("%")) == len(text.partition(".")[2].rstrip("%"))
        assert body.startswith("#,##0") == grouped(value, unit, thousands)
        assert section.startswith(f'"{sign}') or not sign
        assert ("-" in section) is negative


# --- Targets -------------------------------------------------------------------------------------


def percent(polarity: Polarity = Polarity.HIGHER) -> Indicator:
    return indicator("I1", "Something", Unit.PERCENT, polarity=polarity)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target("I1", "now", value=Decimal("25")), "25%"),
        (Target("I1", "now", Operator.MORE_THAN, Decimal("3.30")), ">3.30%"),
        (Target("I1", "now", Operator.LESS_THAN, Decimal("5")), "<5%"),
        (Target("I1", "now", Operator.AT_LEAST, Decimal("5")), "≥5%"),
        (Target("I1", "now", Operator.AT_MOST, Decimal("5")), "≤5%"),
        (Target("I1", "now", Operator.EQUAL, Decimal("0")), "=0%"),
        (Target("I1", "now", lower=Decimal(10), upper=Decimal("15.5")), "10% to 15.5%"),
        (Target("I1", "now", Operator.BETWEEN, None, Decimal(-5), Decimal(5)), "-5% to 5%"),
        (Target("I1", "now", baseline=Decimal(40)), ""),
        (None, ""),
    ],
)
def test_a_target_is_printed_with_the_operator_that_the_register_states(
    target: Target | None, expected: str
) -> None:
    assert (target.shown(percent()) if target else "") == expected


@pytest.mark.parametrize(
    ("polarity", "expected"),
    [
        (Polarity.HIGHER, Operator.AT_LEAST),
        (Polarity.LOWER, Operator.AT_MOST),
        (Polarity.CONTEXTUAL, Operator.AT_LEAST),
        (None, Operator.AT_LEAST),
    ],
)
def test_a_target_without_an_operator_is_met_as_the_polarity_says(
    polarity: Polarity | None, expected: Operator
) -> None:
    plain = Target("I1", "now", value=Decimal(5))
    assert plain.operator_by(polarity) is expected
    assert plain.operator_shown == ""


@pytest.mark.parametrize("polarity", [*Polarity, None])
def test_the_registers_operator_goes_before_the_polaritys(polarity: Polarity | None) -> None:
    for operator in Operator:
        assert Target("I1", "now", operator, Decimal(5)).operator_by(polarity) is operator
    between = Target("I1", "now", lower=Decimal(1), upper=Decimal(2))
    assert between.operator_by(polarity) is Operator.BETWEEN


def test_what_an_indicator_reports_is_said_in_a_word() -> None:
    words = [indicator("I1", "Something", unit).unit_shown for unit in Unit]
    assert words == ["percent", "number", "pounds", "ratio", "days", "score"]
    assert indicator("I1", "Something", kind=Kind.MILESTONE).unit_shown == "milestone"
    assert indicator("I1", "Something", kind=Kind.NARRATIVE).unit_shown == "words"


@pytest.mark.parametrize(
    ("printed", "unit", "expected"),
    [
        ("96.0%", Unit.PERCENT, "96.0"),
        ("£1,250,000.50", Unit.CURRENCY, "1250000.50"),
        ("-£120.50", Unit.CURRENCY, "-120.50"),
        ("4605", Unit.COUNT, "4605"),
        ("12,087", Unit.COUNT, "12087"),
        ("1,20", Unit.COUNT, None),
        ("96.0%", Unit.COUNT, None),
        ("2.0% to 3.5%", Unit.PERCENT, None),
        ("Suppressed", Unit.COUNT, None),
        ("", Unit.COUNT, None),
    ],
)
def test_a_figure_that_was_printed_is_read_back_with_its_decimals(
    printed: str, unit: Unit, expected: str | None
) -> None:
    found = printed_figure(printed, unit)
    assert (None if found is None else str(found)) == expected
    if found is not None:
        assert shown(found, unit, places(found)) == printed
