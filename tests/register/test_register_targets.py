"""A polarity that contradicts what is to be reached is asked about, at the target's cell."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.register.writer import write_register
from schemas.findings import Finding
from schemas.model import Kind, Operator, Polarity, Register, Target
from schemas.units import Unit
from tests.support.programs import need
from tests.support.register_fixture import (
    MEASURE,
    WORKED,
    change,
    findings_of,
    problems_of,
    read_here,
)

LOWER, HIGHER, RANGE = Polarity.LOWER, Polarity.HIGHER, Polarity.RANGE


def register_of(polarity: Polarity, target: Target, unit: Unit = Unit.PERCENT) -> Register:
    """The worked register with one indicator and its target."""
    made = replace(MEASURE, unit=unit, polarity=polarity)
    return replace(WORKED, indicators=(made,), targets=(target,))


def aim(operator: Operator | None, value: str) -> Target:
    return Target("P2-1", "2012-13", operator, Decimal(value))


def between(lower: str, upper: str, operator: Operator | None = Operator.BETWEEN) -> Target:
    return Target("P2-1", "2012-13", operator, lower=Decimal(lower), upper=Decimal(upper))


def written(folder: Path, register: Register) -> Path:
    write_register(register, folder / "register.xlsx")
    return folder / "register.xlsx"


def said(finding: Finding) -> tuple[str, str, str, str]:
    return finding.code, finding.cell, finding.problem, finding.fix


@pytest.mark.parametrize(
    ("polarity", "target", "cell", "problem", "fix"),
    [
        (
            *(LOWER, aim(Operator.MORE_THAN, "25"), "D4"),
            (
                "P2-1 is to be more than 25%, and lower is better: as it is typed every figure "
                "above 25% is in target, by the polarity every figure below 25%."
            ),
            "Choose the operator <, or the polarity higher on the sheet Indicators.",
        ),
        (
            *(LOWER, aim(Operator.AT_LEAST, "25"), "D4"),
            (
                "P2-1 is to be at least 25%, and lower is better: as it is typed 25% and every "
                "figure above it is in target, by the polarity 25% and every figure below it."
            ),
            "Choose the operator <=, or the polarity higher on the sheet Indicators.",
        ),
        (
            *(HIGHER, aim(Operator.LESS_THAN, "5"), "D4"),
            (
                "P2-1 is to be less than 5%, and higher is better: as it is typed every figure "
                "below 5% is in target, by the polarity every figure above 5%."
            ),
            "Choose the operator >, or the polarity lower on the sheet Indicators.",
        ),
        (
            *(HIGHER, aim(Operator.AT_MOST, "5"), "D4"),
            (
                "P2-1 is to be at most 5%, and higher is better: as it is typed 5% and every "
                "figure below it is in target, by the polarity 5% and every figure above it."
            ),
            "Choose the operator >=, or the polarity lower on the sheet Indicators.",
        ),
        (
            *(HIGHER, aim(Operator.EQUAL, "80"), "D4"),
            (
                "P2-1 is to be exactly 80%, and higher is better: as it is typed 80% alone is in "
                "target, by the polarity 80% and every figure above it."
            ),
            "Choose the operator >=, or the polarity range on the sheet Indicators.",
        ),
        (
            *(HIGHER, between("10", "15"), "E4"),
            (
                "P2-1 is to be from 10% to 15%, and higher is better: as it is typed every figure "
                "from 10% to 15% is in target, by the polarity 10% and every figure above it."
            ),
            (
                "Choose 10% alone as the target, and no range, or the polarity range on the sheet "
                "Indicators."
            ),
        ),
        (
            *(LOWER, between("10", "15", None), "E4"),
            (
                "P2-1 is to be from 10% to 15%, and lower is better: as it is typed every figure "
                "from 10% to 15% is in target, by the polarity 15% and every figure below it."
            ),
            (
                "Choose 15% alone as the target, and no range, or the polarity range on the sheet "
                "Indicators."
            ),
        ),
    ],
)
def test_what_either_reading_would_mean_is_said(
    tmp_path: Path, polarity: Polarity, target: Target, cell: str, problem: str, fix: str
) -> None:
    (found,) = findings_of(written(tmp_path, register_of(polarity, target)))
    assert said(found) == ("R46", cell, problem, fix)


@pytest.mark.parametrize(
    ("polarity", "target", "unit"),
    [
        (LOWER, aim(Operator.LESS_THAN, "25"), Unit.PERCENT),
        (LOWER, aim(Operator.AT_MOST, "25"), Unit.PERCENT),
        (LOWER, aim(None, "25"), Unit.PERCENT),
        (HIGHER, aim(Operator.MORE_THAN, "25"), Unit.PERCENT),
        (HIGHER, aim(Operator.AT_LEAST, "25"), Unit.PERCENT),
        # Better than these there is nothing.
        (LOWER, aim(Operator.EQUAL, "0"), Unit.COUNT),
        (LOWER, between("0", "5"), Unit.PERCENT),
        (HIGHER, aim(Operator.EQUAL, "100"), Unit.PERCENT),
        (HIGHER, between("90", "100"), Unit.PERCENT),
        # An operator says which side of a figure is meant where the polarity does not.
        (RANGE, between("10", "15"), Unit.PERCENT),
        (RANGE, aim(Operator.MORE_THAN, "25"), Unit.PERCENT),
        # Whatever stands there is printed and never rated.
        (Polarity.CONTEXTUAL, aim(Operator.MORE_THAN, "25"), Unit.PERCENT),
        (Polarity.CONTEXTUAL, between("10", "15"), Unit.PERCENT),
    ],
)
def test_what_agrees_is_read(
    tmp_path: Path, polarity: Polarity, target: Target, unit: Unit
) -> None:
    register = read_here(written(tmp_path, register_of(polarity, target, unit)))
    assert register.targets == (target,)


@pytest.mark.parametrize(
    ("polarity", "target", "unit"),
    [
        (LOWER, aim(Operator.EQUAL, "0"), Unit.RATIO),
        (HIGHER, aim(Operator.EQUAL, "100"), Unit.COUNT),
        (HIGHER, between("90", "100"), Unit.SCORE),
    ],
)
def test_where_something_can_be_better_it_is_asked(
    tmp_path: Path, polarity: Polarity, target: Target, unit: Unit
) -> None:
    (found,) = findings_of(written(tmp_path, register_of(polarity, target, unit)))
    assert found.code == "R46"


def test_an_operator_typed_before_the_figure_is_asked_about_where_it_stands(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, register_of(LOWER, aim(None, "25")))
    change(path, "Targets", "D4", ">25%")
    (problem,) = problems_of(path)
    assert problem.startswith("register.xlsx, Targets!D4: P2-1 is to be more than 25%, and lower")


def test_each_period_is_asked_about_by_itself(tmp_path: Path) -> None:
    right, wrong = aim(Operator.AT_MOST, "25"), aim(Operator.AT_LEAST, "25")
    register = register_of(LOWER, right)
    earlier = replace(wrong, period="2011-12")
    path = written(tmp_path, replace(register, targets=(right, earlier)))
    assert [(f.code, f.cell) for f in findings_of(path)] == [("R46", "D5")]


@pytest.mark.parametrize("kind", [Kind.MILESTONE, Kind.NARRATIVE])
def test_what_has_no_figure_is_told_that_and_no_more(tmp_path: Path, kind: Kind) -> None:
    register = register_of(LOWER, aim(Operator.MORE_THAN, "25"))
    made = replace(register.indicators[0], kind=kind)
    path = written(tmp_path, replace(register, indicators=(made,)))
    assert [f.code for f in findings_of(path) if f.sheet == "Targets"] == ["R42"]


def test_a_polarity_that_cannot_be_read_is_asked_about_alone(tmp_path: Path) -> None:
    path = written(tmp_path, register_of(LOWER, aim(Operator.MORE_THAN, "25")))
    change(path, "Indicators", "G4", "lowr")
    assert [(f.code, f.sheet) for f in findings_of(path)] == [("R16", "Indicators")]


@pytest.mark.outside
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_it_is_asked_in_each_kind_of_workbook(tmp_path: Path, kind: str) -> None:
    soffice = need("soffice")
    path = written(tmp_path, register_of(LOWER, aim(Operator.MORE_THAN, "25")))
    subprocess.run(
        [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", kind, "--outdir", str(tmp_path / "saved"), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = (tmp_path / "saved" / f"register.{kind}").rename(tmp_path / "saved" / "as.xlsx")
    assert [(f.code, f.sheet, f.cell) for f in findings_of(saved)] == [("R46", "Targets", "D4")]
