"""Checks on parts and wholes by invariants, and what returns that are wrong throughout may cost."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pandera.errors import SchemaErrors

from pipeline.intake.scan import Arrival
from pipeline.returns.reading import CoverEntry, Reading, ReportedRow, Return
from pipeline.returns.validate import validate
from pipeline.workbooks.file_kind import FileKind
from schemas.fields import SIGNED
from schemas.merge_rules import MergeRule
from schemas.model import CommentaryRule, Indicator, Kind, Register, Status
from schemas.returns import ROWS
from schemas.units import Thousands, Unit
from schemas.verdicts import failures, frame_of, schema_of
from tests.support.builders import PERIOD, SAFETY, indicator, small_register

EXACT = Context(prec=60)
#: A value of each type that a column which is never empty may have.
SAMPLES: dict[type, object] = {
    bool: True,
    int: 1,
    str: "",
    dict: {},
    Status: Status.FINAL,
    Kind: Kind.MEASURE,
    MergeRule: MergeRule.SUM,
    CommentaryRule: CommentaryRule.NEVER,
    Thousands: Thousands.BARE,
}
NOW = datetime(2013, 4, 20, 2, tzinfo=UTC)
COLUMNS = dict(
    zip(
        ("ref", "priority", "indicator", "unit", "target", "numerator", "denominator",
         "performance", "status", "commentary"),
        "ABCDEFGHIJ", strict=True,
    )
)  # fmt: skip


def register_of(*indicators: Indicator) -> Register:
    return replace(small_register(), indicators=indicators, targets=())


def row(number: int, ref: str, **reported: Decimal | str | None) -> ReportedRow:
    cell = f"{COLUMNS['performance']}{number}"
    return ReportedRow(ref, "", "", Status.FINAL, sheet="Indicators", cell=cell, **reported)


def findings_of(register: Register, *rows: ReportedRow, times: int = 1) -> list[list[str]]:
    """The findings of a return with these rows, without those about its cover, `times` over."""
    arrival = Arrival(Path("return.xlsx"), "0" * 64, 1, FileKind.XLSX, NOW)
    reading = Reading(SAFETY.ref, PERIOD.name, rows=list(rows), columns=[COLUMNS])
    reading.sheets = ["Indicators"]
    checked = validate([Return(arrival, reading)] * times, register, NOW, {})
    return [[f"{f.code} {f.cell}" for f in one.findings if f.code != "C11"] for one in checked]


def rounded(exact: Fraction, decimals: int) -> Decimal:
    """Half away from zero, by whole numbers alone."""
    scaled = abs(exact) * 10**decimals
    whole = int(scaled) + (1 if (scaled - int(scaled)) * 2 >= 1 else 0)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals)


parts = st.decimals(min_value=0, max_value=10**14, places=6)


@settings(max_examples=40)
@given(parts, parts.filter(bool), st.integers(0, 4), st.integers(0, 4))
def test_a_figure_rounded_from_its_parts_at_any_published_decimal_follows(
    numerator: Decimal, denominator: Decimal, published: int, given_with: int
) -> None:
    share = indicator("P1-1", "Share", Unit.RATIO, decimals=published)
    figure = rounded(Fraction(numerator) / Fraction(denominator), min(given_with, published))
    reported = row(5, "P1-1", value=figure, numerator=numerator, denominator=denominator)
    assert findings_of(register_of(share), reported) == [[]]


@settings(max_examples=40)
@given(parts, parts.filter(bool), st.integers(0, 3), st.sampled_from([-1, 1]))
def test_a_figure_one_unit_in_the_last_decimal_off_does_not_follow(
    numerator: Decimal, denominator: Decimal, decimals: int, way: int
) -> None:
    share = indicator("P1-1", "Share", Unit.RATIO, decimals=decimals)
    exact = Fraction(numerator) / Fraction(denominator)
    figure = rounded(exact, decimals) + Decimal(way).scaleb(-decimals)
    fewer = {rounded(exact, places) for places in range(decimals)}
    reported = row(5, "P1-1", value=figure, numerator=numerator, denominator=denominator)
    expected = [] if figure in fewer else ["C08 H5"]
    assert findings_of(register_of(share), reported) == [expected]


@settings(max_examples=40)
@given(st.integers(0, 500), st.integers(1, 500), st.integers(-5, 105))
def test_a_percentage_and_its_parts_make_at_most_one_error(
    numerator: int, denominator: int, percent: int
) -> None:
    share = indicator("P1-1", "Share", Unit.PERCENT)
    reported = row(
        5,
        "P1-1",
        value=Decimal(percent),
        numerator=Decimal(numerator),
        denominator=Decimal(denominator),
    )
    (found,) = findings_of(register_of(share), reported)
    errors = [f for f in found if f.startswith(("C07", "C08", "C14"))]
    follows = rounded(Fraction(100 * numerator, denominator), 0) == percent
    assert errors == (["C07 F5"] if numerator > denominator else [] if follows else ["C08 H5"])


@pytest.mark.parametrize("rule", [CommentaryRule.ALWAYS, CommentaryRule.NEVER])
def test_commentary_is_asked_for_where_the_register_says_always(rule: CommentaryRule) -> None:
    told = replace(indicator("P1-1", "Incidents"), commentary=rule)
    without = row(5, "P1-1", value=Decimal(5))
    expected = ["C06 J5"] if rule is CommentaryRule.ALWAYS else []
    assert findings_of(register_of(told), without) == [expected]
    assert findings_of(register_of(told), replace(without, commentary="Because")) == [[]]


def test_a_cell_that_could_not_be_read_is_not_said_to_be_missing_as_well() -> None:
    share = replace(indicator("P1-1", "Share", Unit.PERCENT), merge_rule=MergeRule.WEIGHTED)
    assert findings_of(register_of(share), row(5, "P1-1", is_bad=True)) == [[]]
    assert findings_of(register_of(share), row(5, "P1-1")) == [["C01 H5"]]


def test_the_right_return_gets_each_finding() -> None:
    register = register_of(indicator("P1-1", "Incidents"), indicator("P1-2", "Helped"))
    arrival = Arrival(Path("return.xlsx"), "0" * 64, 1, FileKind.XLSX, NOW)
    readings = [
        Return(
            replace(arrival, path=Path(f"{number}.xlsx")),
            Reading(
                SAFETY.ref,
                PERIOD.name,
                rows=[row(5, "P1-1", value=Decimal(1)), row(6, "P1-2", value=Decimal(number - 10))],
                sheets=["Indicators"],
            ),
        )
        for number in range(20)
    ]
    checked = validate(readings, register, NOW, {})
    assert [one.arrival.filename for one in checked] == [f"{n}.xlsx" for n in range(20)]
    below = ["C14" in {f.code for f in one.findings} for one in checked]
    assert below == [number < 10 for number in range(20)]
    assert all(f.cell == "H6" for one in checked for f in one.findings if f.code == "C14")


def test_returns_beyond_the_first_frame_get_their_own_findings() -> None:
    register = register_of(indicator("P1-1", "Incidents"))
    arrival = Arrival(Path("return.xlsx"), "0" * 64, 1, FileKind.XLSX, NOW)
    signed = {key: CoverEntry("Somebody", "Cover", "C9") for key in SIGNED}
    readings = [
        Return(
            arrival,
            Reading(
                SAFETY.ref,
                PERIOD.name,
                cover={} if number == 1250 else signed,
                rows=[row(5, "P1-1", value=Decimal(-1 if number == 1207 else 1))],
                sheets=["Indicators"],
            ),
        )
        for number in range(1300)
    ]
    checked = validate(readings, register, NOW, {})
    found = {n: [f.code for f in one.findings] for n, one in enumerate(checked) if one.findings}
    assert found == {1207: ["C14"], 1250: ["C11", "C11"]}


def test_bounds_decide_to_the_last_digit() -> None:
    most = Decimal("1234567890123456.000000000000000001")
    bounded = replace(
        indicator("P1-1", "Ratio", Unit.RATIO), plausible_maximum=most, plausible_minimum=most
    )
    least_step = Decimal("0.000000000000000001")
    for figure, expected in (
        (most, []),
        (EXACT.add(most, least_step), ["C04 H5"]),
        (EXACT.subtract(most, least_step), ["C03 H5"]),
    ):
        assert findings_of(register_of(bounded), row(5, "P1-1", value=figure)) == [expected]


def test_the_schema_says_what_each_column_is_and_refuses_what_is_not() -> None:
    schema = schema_of(ROWS)
    assert set(schema.columns) == {*ROWS.columns, *ROWS.conditions}
    assert all(column.title and column.description for column in schema.columns.values())
    right = {name: [None if c.nullable else SAMPLES[c.type]] for name, c in ROWS.columns.items()}
    right["no_cases"] = [False]
    assert failures(ROWS, frame_of(ROWS, right)) == []
    for name, wrong in (("value", 0.1), ("numerator", 31), ("area", None), ("commentary", 5)):
        with pytest.raises(SchemaErrors, match=name):
            failures(ROWS, frame_of(ROWS, right | {name: [wrong]}))


def test_a_run_in_which_every_cell_is_wrong_takes_little_memory_for_each_finding() -> None:
    indicators = [
        replace(
            indicator(f"P1-{number}", f"Indicator {number}", Unit.PERCENT),
            commentary=CommentaryRule.ALWAYS,
        )
        for number in range(60)
    ]
    wrong = [
        replace(
            row(
                number + 5, one.ref, value=Decimal(-5), numerator=Decimal(9), denominator=Decimal(3)
            ),
            seen=dict.fromkeys(("priority", "indicator", "unit"), "something else"),
        )
        for number, one in enumerate(indicators)
    ]
    register = register_of(*indicators)
    findings_of(register, *wrong)
    tracemalloc.start()
    found = findings_of(register, *wrong, times=30)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    findings = sum(map(len, found))
    assert findings == 30 * 60 * 6
    assert peak < findings * 2500
