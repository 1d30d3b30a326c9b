"""What is required beside a figure, by its colour: each check, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.intake.scan import Arrival
from pipeline.returns.reading import Reading, ReportedRow, Return
from pipeline.returns.validate import validate
from pipeline.workbooks.file_kind import FileKind
from schemas.asking import AskAction, Confidence, Requirement
from schemas.model import (
    MilestoneState,
    Period,
    Polarity,
    Policy,
    PolicyKind,
    Register,
    Status,
    Target,
)
from tests.support.builders import PERIOD, SAFETY
from tests.support.council import BEFORE, REGISTER

NOW = datetime(2013, 4, 20, tzinfo=UTC)
GIVEN = {"action": "Wardens", "action_owner": "Ann Smith", "action_by": date(2013, 6, 30)}


def asking(
    action: AskAction = AskAction.WHERE_RED,
    forecast: Requirement = Requirement.NEVER,
    confidence: Requirement = Requirement.NEVER,
    policy: PolicyKind = PolicyKind.TARGET,
) -> Register:
    """P1-1 is to be at most 1000, with a tolerance of 5%; P2-1 is a milestone."""
    framework = replace(
        REGISTER.framework,
        ask_action=action,
        ask_forecast=forecast,
        ask_confidence=confidence,
        policy=Policy(policy),
    )
    target = Target("P1-1", PERIOD.name, value=Decimal(1000))
    return replace(REGISTER, framework=framework, targets=(target,))


def found(
    register: Register,
    figure: int | None = None,
    earlier: dict[Period, int] | None = None,
    columns: frozenset[str] = frozenset({"action", "forecast", "confidence"}),
    **said: object,
) -> list[str]:
    """The codes of what is found beside the figure of P1-1, or the state of P2-1."""
    ref = "P2-1" if "state" in said else "P1-1"
    value = None if figure is None else Decimal(figure)
    row = ReportedRow(
        ref, SAFETY.ref, PERIOD.name, Status.FINAL, value, sheet="Indicators", cell="H5", **said
    )  # type: ignore[arg-type] # fields by name
    reading = Reading(SAFETY.ref, PERIOD.name, rows=[row], columns=[dict.fromkeys(columns, "K")])
    reading.has_table = True
    arrival = Arrival(Path("cs.xlsx"), "", 0, FileKind.XLSX, NOW)
    before = {(p.name, ref, SAFETY.ref): Decimal(v) for p, v in (earlier or {}).items()}
    (checked,) = validate([Return(arrival, reading)], register, NOW, before)
    return sorted(f.code for f in checked.findings if "C60" <= f.code <= "C69")


@pytest.mark.parametrize(
    ("action", "figure", "is_due"),
    [
        (AskAction.NEVER, 2000, False),
        (AskAction.WHERE_RED, 1000, False),
        (AskAction.WHERE_RED, 1050, False),
        (AskAction.WHERE_RED, 1051, True),
        (AskAction.WHERE_RED_OR_AMBER, 1000, False),
        (AskAction.WHERE_RED_OR_AMBER, 1001, True),
    ],
)
def test_action_is_required_by_the_colour_of_the_figure(
    action: AskAction, figure: int, is_due: bool
) -> None:
    assert found(asking(action), figure) == (["C60", "C61", "C62"] if is_due else [])
    assert found(asking(action), figure, **GIVEN) == []


def test_each_part_of_an_action_is_asked_for() -> None:
    for name, code in (("action", "C60"), ("action_owner", "C61"), ("action_by", "C62")):
        said = {key: value for key, value in GIVEN.items() if key != name}
        assert found(asking(), 2000, **said) == [code]


@pytest.mark.parametrize(
    ("state", "is_due"),
    [(MilestoneState.MISSED, True), (MilestoneState.AT_RISK, False)],
)
def test_a_milestone_is_red_where_it_is_missed(state: MilestoneState, is_due: bool) -> None:
    assert bool(found(asking(), state=state)) is is_due
    assert found(asking(AskAction.WHERE_RED_OR_AMBER), state=state)


def test_by_the_policy_of_improvement_the_area_is_compared_with_its_year_before() -> None:
    register = asking(policy=PolicyKind.IMPROVEMENT)
    assert found(register, 2000, {BEFORE: 2100}) == []
    assert found(register, 2000, {BEFORE: 1900}) == ["C60", "C61", "C62"]


def test_a_figure_without_a_colour_needs_no_action() -> None:
    without = replace(asking(), targets=())
    assert found(without, 2000) == []
    assert found(asking(), suppressed=True) == []
    contextual = replace(REGISTER.indicators[0], polarity=Polarity.CONTEXTUAL)
    indicators = (contextual, *REGISTER.indicators[1:])
    assert found(replace(asking(), indicators=indicators), 2000) == []


def test_a_row_that_could_not_be_read_is_asked_for_nothing_more() -> None:
    assert found(asking(), 2000, is_bad=True) == []


def test_a_day_that_was_past_when_the_return_came_is_asked_about() -> None:
    assert found(asking(), 2000, **{**GIVEN, "action_by": date(2013, 4, 19)}) == ["C63"]
    assert found(asking(), 2000, **{**GIVEN, "action_by": date(2013, 4, 20)}) == []


def test_a_day_that_is_years_away_is_asked_about() -> None:
    assert found(asking(), 2000, **{**GIVEN, "action_by": date(2926, 6, 30)}) == ["C67"]
    assert found(asking(), 2000, **{**GIVEN, "action_by": date(2018, 4, 20)}) == []


def test_what_is_typed_and_not_asked_for_is_said_to_be_printed_nowhere() -> None:
    typed = ("action", "action_owner", "action_by", "forecast")
    assert found(asking(), 900, beside=typed, **GIVEN) == ["C66"]
    assert found(asking(forecast=Requirement.MAY), 900, beside=typed, **GIVEN) == []
    # Nothing at all is asked of it, and something is of another.
    never = replace(REGISTER.indicators[0], ask_action=AskAction.NEVER)
    own = replace(asking(), indicators=(never, *REGISTER.indicators[1:]))
    assert found(own, 2000, beside=typed, **GIVEN) == ["C66"] * 4
    assert found(own, 2000) == []


def test_forecast_and_confidence_are_required_where_there_is_a_figure() -> None:
    register = asking(AskAction.NEVER, Requirement.REQUIRED, Requirement.REQUIRED)
    assert found(register, 900) == ["C64", "C65"]
    assert found(register, 900, forecast=Decimal(4000), confidence=Confidence.LOW) == []
    assert found(register, suppressed=True) == []
    assert found(asking(AskAction.NEVER, Requirement.MAY, Requirement.MAY), 900) == []


def test_the_row_of_an_indicator_says_otherwise_than_the_framework() -> None:
    own = replace(
        REGISTER.indicators[0], ask_action=AskAction.NEVER, ask_confidence=Requirement.REQUIRED
    )
    register = replace(asking(), indicators=(own, *REGISTER.indicators[1:]))
    assert found(register, 2000) == ["C65"]
