"""Returns whose names only look alike, and columns that say the same in other words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import Workbook

from pipeline.intake.scan import Arrival
from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Return
from pipeline.returns.validate import validate
from pipeline.workbooks.file_kind import FileKind
from schemas.findings import LONGEST_QUOTE, Finding
from schemas.model import Operator, Polarity, Target
from schemas.units import Unit
from tests.support.builders import PERIOD, SAFETY, indicator, small_register

IN_TIME = datetime(2013, 4, 20, 2, tzinfo=UTC)
INCIDENTS, REPEATS = "Incidents of domestic abuse", "Repeat victims\u2019 share"
COST, WAIT = "Money invested in prevention", "Days until a case is closed"
REGISTER = replace(
    small_register(),
    indicators=(
        indicator("1.1", INCIDENTS),
        replace(indicator("1.10", REPEATS, Unit.PERCENT, decimals=1), polarity=Polarity.HIGHER),
        indicator("1.2", COST, Unit.CURRENCY),
        indicator("1.3", WAIT, Unit.DAYS),
    ),
    targets=(Target("1.10", PERIOD.name, value=Decimal(85)),),
)
Row = tuple[object, ...]
ROWS: tuple[Row, ...] = (
    ("1.1", INCIDENTS, 4605),
    ("1.10", REPEATS, "87.5%"),
    ("1.2", COST, 120_000),
    ("1.3", WAIT, 12),
)


def checked(path: Path, *rows: Row, headings: Row = ("Ref", "Indicator", "Performance")) -> Return:
    """A return of these rows, read and checked."""
    book = Workbook()
    cover = book.worksheets[0]
    for label, entry in (
        ("Service area", SAFETY.name),
        ("Period", PERIOD.name),
        ("Completed by", "Performance lead"),
        ("Signed off by", "Head of safety"),
    ):
        cover.append((label, entry))
    sheet = book.create_sheet("Indicators")
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            if isinstance(cell.value, float) and cell.column == 1:
                cell.number_format = "0.00"
    book.save(path)
    arrival = Arrival(path, "0" * 64, path.stat().st_size, FileKind.XLSX, IN_TIME)
    read = Return(arrival, read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER))
    return validate([read], REGISTER, IN_TIME, {})[0]


def beside(heading: str, *texts: object) -> tuple[Row, tuple[Row, ...]]:
    """The usual rows with one column more before the figures, and their headings."""
    rows = tuple((*row[:2], text, row[2]) for row, text in zip(ROWS, texts, strict=True))
    return ("Ref", "Indicator", heading, "Performance"), rows


def found(path: Path, heading: str, *texts: object) -> list[tuple[str, str]]:
    headings, rows = beside(heading, *texts)
    return [(f.code, f.cell) for f in checked(path, *rows, headings=headings).findings]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "return.xlsx"


def test_nothing_is_wrong_with_the_usual_rows(path: Path) -> None:
    assert checked(path, *ROWS).findings == ()


@pytest.mark.parametrize(
    "units",
    [
        ("number", "percent", "pounds", "days"),
        ("No.", "%", "\u00a3", "Days"),
        ("#", "Percentage", "GBP", "day"),
        ("count", "per cent", "currency", "number of days"),
        ("", "\u200b", None, " "),
    ],
)
def test_a_unit_in_other_words_is_not_altered(path: Path, units: Row) -> None:
    assert found(path, "Unit", *units) == []


@pytest.mark.parametrize("unit", ["\u00a3000", "\u00a3k", "$", "%", "\u00a3m", "thousands"])
def test_another_unit_or_a_scale_in_the_column_is_asked_about(path: Path, unit: str) -> None:
    assert found(path, "Unit", "number", "%", unit, "days") == [("C10", "C4")]


def test_targets_of_the_areas_own_alter_nothing_where_the_register_has_none(path: Path) -> None:
    assert found(path, "Target", "below 4,500", "85%", "within budget", 12) == []


@pytest.mark.parametrize("target", ["90%", "<85%", "\u226485%", "around 85%"])
def test_another_target_than_the_registers_is_asked_about(path: Path, target: str) -> None:
    assert found(path, "Target", None, target, None, None) == [("C10", "C3")]


@pytest.mark.parametrize("target", ["85%", ">=85%", "\u226585%", "85", "0.85"])
def test_the_registers_target_may_be_typed_in_other_ways(path: Path, target: str) -> None:
    assert found(path, "Target", None, target, None, None) == []


def test_a_target_has_the_direction_that_the_register_gives_it() -> None:
    assert REGISTER.targets[0].operator_by(Polarity.HIGHER) is Operator.AT_LEAST


@pytest.mark.parametrize(
    "wording",
    ["Repeat victims' share", "Repeat\nvictims\u2019 share", " repeat  victims\u2018 share\u200b "],
)
def test_a_wording_on_two_lines_or_with_other_apostrophes_is_not_altered(
    path: Path, wording: str
) -> None:
    assert checked(path, ROWS[0], ("1.10", wording, "87.5%"), *ROWS[2:]).findings == ()


def test_the_reference_of_one_indicator_beside_the_wording_of_another_is_asked_about(
    path: Path,
) -> None:
    one = checked(path, *ROWS[:2], ("1.2", WAIT, 120_000), ("1.3", COST, 12))
    assert [(f.code, f.cell) for f in one.findings] == [("L25", "A4"), ("L25", "A5")]
    assert one.findings[0].problem == (
        f"1.2 is the reference of {COST}, but the wording beside it, {WAIT}, is that of 1.3."
    )


def test_a_second_row_of_a_reference_with_another_wording_is_that_other_indicators(
    path: Path,
) -> None:
    one = checked(path, ROWS[0], ("1.1", REPEATS, "87.5%"), *ROWS[2:])
    assert [(f.code, f.cell) for f in one.findings] == [("L25", "A3")]


def test_a_reference_held_as_a_number_is_what_its_cell_shows(path: Path) -> None:
    one = checked(path, ROWS[0], (1.1, REPEATS, "87.5%"), *ROWS[2:])
    assert one.findings == ()
    assert {row.indicator: row.value for row in one.reading.rows}["1.10"] == Decimal("87.5")


def test_a_reference_that_is_only_nearly_one_is_suggested_and_not_taken(path: Path) -> None:
    one = checked(path, ROWS[0], ("1,10", None, "87.5%"), *ROWS[2:])
    (unknown,) = [f for f in one.findings if f.code == "L04"]
    assert unknown.problem == ("1,10 is not an indicator of the register; did you mean 1.10?")


LONG = "long words of somebody's own " * 20


def quoted(finding: Finding) -> int:
    """The longest piece of LONG that a finding holds."""
    said = f"{finding.value} {finding.problem} {finding.fix}"
    return max(length for length in range(len(LONG)) if not length or LONG[:length].strip() in said)


def test_no_text_of_anybodys_is_quoted_at_greater_length_than_80_characters(path: Path) -> None:
    rows = [(ref, LONG, LONG, LONG, LONG) for ref, *_ in ROWS]
    one = checked(
        path,
        *rows,
        (LONG, None, LONG, LONG, LONG),
        (None, LONG, LONG, LONG, LONG),
        headings=("Ref", "Indicator", "Unit", "Status", "Performance"),
    )
    assert {"C10", "L04", "V02", "V10"} <= {f.code for f in one.findings}
    assert max(map(quoted, one.findings)) <= LONGEST_QUOTE
