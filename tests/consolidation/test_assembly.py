"""The report of a period: what each line says, where each return stands, when to issue anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.consolidation.assembly import Merged, disclose, rate
from pipeline.consolidation.content import content_key
from pipeline.consolidation.merge import merge
from pipeline.consolidation.rating import Colour, NotRated
from pipeline.consolidation.report import Line, Report, ReturnReceived, ReturnState
from pipeline.consolidation.returned import returns_received
from pipeline.outputs.wording import score_shown
from pipeline.store import Outcome, Submission
from schemas.findings import Finding, Severity
from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Indicator,
    Kind,
    MilestoneState,
    Operator,
    Period,
    Polarity,
    Policy,
    PolicyKind,
    Register,
    ServiceArea,
    Status,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.observations import Achievement, Observation
from schemas.periods import last_period, year_before
from schemas.units import Unit
from tests.support.builders import indicator, small_register

DUE = date(2013, 1, 31)
NOW = Period("Q3 2012-13", date(2012, 10, 1), date(2012, 12, 31), DUE)
LAST = Period("Q2 2012-13", date(2012, 7, 1), date(2012, 9, 30), date(2012, 10, 31))
YEAR_BEFORE = Period("Q3 2011-12", date(2011, 10, 1), date(2011, 12, 31), date(2012, 1, 31))
EARLIER = Period("Q2 2011-12", date(2011, 7, 1), date(2011, 9, 30), date(2011, 10, 31))
HAVERING = Policy(PolicyKind.IMPROVEMENT, Tolerance(Decimal(10), ToleranceKind.PERCENT_OF_TARGET))


def moment(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """A time on the clock of this machine, by which returns are due."""
    return datetime(day.year, day.month, day.day, hour, minute).astimezone()


ISSUED = moment(DUE)


def measure(ref: str = "P1-1", rule: MergeRule = MergeRule.SOLE, **more: object) -> Indicator:
    areas = ("CS", "ASC") if rule is not MergeRule.SOLE else ("CS",)
    made = indicator(ref, "Something", Unit.PERCENT, decimals=1, polarity=Polarity.HIGHER)
    return replace(made, **{"areas": areas, "merge_rule": rule, **more})  # type: ignore[arg-type]


def register_of(
    *indicators: Indicator, targets: tuple[Target, ...] = (), policy: Policy | None = None
) -> Register:
    register = small_register()
    return replace(
        register,
        framework=replace(register.framework, policy=policy or Policy()),
        indicators=indicators or (measure(),),
        targets=targets,
        periods=(EARLIER, YEAR_BEFORE, LAST, NOW),
    )


def aim(value: str | None, ref: str = "P1-1", **more: object) -> Target:
    target = Target(ref, NOW.name, value=Decimal(value) if value is not None else None)
    return replace(target, **more)  # type: ignore[arg-type]


def told(value: str | None = None, area: str = "CS", **more: object) -> Observation:
    figure = Decimal(value) if value is not None else None
    observation = Observation("P1-1", area, NOW.name, Status.FINAL, figure)
    return replace(observation, **more)  # type: ignore[arg-type]


def none_from(area: str = "CS") -> Observation:
    return told(area=area, status=Status.NOT_AVAILABLE)


def report_of(
    register: Register,
    *observations: Observation,
    last: Sequence[Observation] = (),
    year_before: Sequence[Observation] = (),
    achievements: Sequence[Achievement] = (),
    submissions: Sequence[Submission] = (),
    issued_at: datetime = ISSUED,
) -> Report:
    earlier = [replace(o, period=LAST.name) for o in last]
    year_earlier = [replace(o, period=YEAR_BEFORE.name) for o in year_before]
    merged = Merged(
        register=register,
        period=NOW,
        issued_at=issued_at,
        figures=merge(register, NOW.name, observations),
        earlier={
            LAST.name: merge(register, LAST.name, earlier),
            YEAR_BEFORE.name: merge(register, YEAR_BEFORE.name, year_earlier),
        },
        achievements=tuple(achievements),
        submissions=tuple(submissions),
    )
    return rate(disclose(merged))


def line_of(
    register: Register,
    *observations: Observation,
    last: Sequence[Observation] = (),
    year_before: Sequence[Observation] = (),
) -> Line:
    (line,) = report_of(register, *observations, last=last, year_before=year_before).lines
    return line


# --- What a line says ----------------------------------------------------------------------------


def test_a_line_holds_target_performance_and_colour_as_printed() -> None:
    line = line_of(register_of(targets=(aim("66"),)), told("64.5", commentary="Falling."))
    assert (line.target_shown, line.performance_shown) == ("66%", "64.5%")
    assert line.rating.colour is Colour.AMBER
    assert (line.travel, line.year_travel, line.remarks) == (None, None, ())
    assert line.commentary == ("Falling.",)


@pytest.mark.parametrize(
    ("kind", "reported", "expected"),
    [
        (Kind.MEASURE, told("15"), "15.0%"),
        (Kind.MEASURE, told("15.25"), "15.25%"),
        (Kind.MEASURE, told(suppressed=True), "Suppressed"),
        (Kind.MEASURE, none_from(), ""),
        (Kind.MILESTONE, told(state=MilestoneState.ON_TRACK), "On track"),
        (Kind.NARRATIVE, told(narrative="Pilot completed."), "Pilot completed."),
    ],
)
def test_performance_is_printed_by_what_was_reported(
    kind: Kind, reported: Observation, expected: str
) -> None:
    unit = Unit.PERCENT if kind is Kind.MEASURE else None
    made = indicator("P1-1", "Something", unit, kind=kind, decimals=1)
    assert line_of(register_of(made), reported).performance_shown == expected


def test_a_target_of_another_period_is_not_this_ones() -> None:
    other = aim("66", period=LAST.name)
    assert line_of(register_of(targets=(other,)), told("1")).rating.not_rated is NotRated.NO_TARGET


def test_commentary_stands_in_the_registers_order_of_areas() -> None:
    summed = register_of(measure(rule=MergeRule.SUM))
    line = line_of(summed, told("1", "ASC", commentary="two"), told("1", commentary="one"))
    assert line.commentary == ("one", "two")


def test_indicators_stand_under_their_priority_and_priorities_in_their_order() -> None:
    register = small_register()
    first, second = register.priorities
    register = replace(register, priorities=(replace(second, order=2), replace(first, order=1)))
    merged = Merged(register, register.periods[0], ISSUED, merge(register, "", ()))
    report = rate(disclose(merged))
    found = [(s.priority.ref, [n.indicator.ref for n in s.lines]) for s in report.sections]
    assert found == [
        ("P1", ["P1-1", "P1-2", "P1-3", "P1-4", "P1-5"]),
        ("P2", ["P2-1", "P2-2", "P2-3"]),
    ]
    assert report.overall.not_rated == 8


def test_the_overall_tally_counts_every_section() -> None:
    register = register_of(
        measure("P1-1"), measure("P1-2"), measure("P2-1", priority="P2"),
        targets=tuple(aim("50", ref) for ref in ("P1-1", "P1-2", "P2-1")),
    )  # fmt: skip
    figures = {"P1-1": "50", "P1-2": "49", "P2-1": "1"}
    report = report_of(register, *(told(v, indicator=ref) for ref, v in figures.items()))
    tallies = [(s.tally.green, s.tally.amber, s.tally.red) for s in report.sections]
    assert tallies == [(1, 1, 0), (0, 0, 1)]
    overall = report.overall
    assert (overall.green, overall.amber, overall.red, overall.colour) == (1, 1, 1, Colour.AMBER)


# --- Direction of travel -------------------------------------------------------------------------

WITH_BASELINE = aim("50", baseline=Decimal(40), baseline_period="2011-12")


def basis(line: Line) -> tuple[str, Decimal] | None:
    return (line.travel.basis, line.travel.earlier) if line.travel else None


def test_travel_is_from_the_last_period_before_it_is_from_the_baseline() -> None:
    line = line_of(register_of(targets=(WITH_BASELINE,)), told("45"), last=[told("46")])
    assert basis(line) == ("Q2 2012-13", Decimal(46))
    assert line.travel is not None
    assert line.travel.shown == "▼ Down, worse"


@pytest.mark.parametrize("last", [[], [none_from()], [told(suppressed=True)]])
def test_travel_is_from_the_baseline_where_the_last_period_has_no_figure(
    last: list[Observation],
) -> None:
    line = line_of(register_of(targets=(WITH_BASELINE,)), told("45"), last=last)
    assert basis(line) == ("baseline 2011-12", Decimal(40))


def test_a_baseline_of_no_named_period_is_called_that() -> None:
    target = replace(WITH_BASELINE, baseline_period="")
    assert basis(line_of(register_of(targets=(target,)), told("45"))) == ("baseline", Decimal(40))


def test_a_baseline_gives_travel_where_there_is_no_target() -> None:
    line = line_of(register_of(targets=(replace(WITH_BASELINE, value=None),)), told("45"))
    assert line.travel is not None
    assert line.rating.not_rated is NotRated.NO_TARGET


def test_the_year_before_is_compared_with_beside_the_last_period() -> None:
    line = line_of(register_of(), told("45"), last=[told("45.0")], year_before=[told("50")])
    assert line.travel is not None
    assert line.year_travel is not None
    assert (line.travel.shown, line.year_travel.shown) == ("► Same", "▼ Down, worse")
    assert line.year_travel.basis == "Q3 2011-12"


def test_the_first_period_of_a_register_has_nothing_before_it() -> None:
    register = register_of()
    assert (last_period(register.periods, EARLIER), year_before(register.periods, EARLIER)) == (
        None,
        None,
    )
    figures = merge(register, EARLIER.name, [told("45", period=EARLIER.name)])
    (line,) = rate(disclose(Merged(register, EARLIER, ISSUED, figures))).lines
    assert line.performance_shown == "45.0%"
    assert (line.travel, line.year_travel) == (None, None)


def test_a_provisional_figure_is_compared_with_and_called_so() -> None:
    early = told("50", status=Status.PROVISIONAL)
    line = line_of(register_of(), told("45"), last=[early], year_before=[early])
    assert line.travel is not None
    assert line.year_travel is not None
    assert line.travel.basis == "Q2 2012-13, provisional"
    assert line.year_travel.basis == "Q3 2011-12, provisional"
    assert line.remarks == ()


@pytest.mark.parametrize("rule", [MergeRule.SUM, MergeRule.MINIMUM, MergeRule.MEAN])
def test_a_figure_that_lacks_areas_is_never_compared(rule: MergeRule) -> None:
    register = register_of(measure(rule=rule), targets=(WITH_BASELINE,))
    both, one = [told("10"), told("20", "ASC")], [told("10")]
    now_partial = line_of(register, *one, last=both, year_before=both)
    assert (now_partial.travel, now_partial.year_travel) == (None, None)
    then_partial = line_of(register, *both, last=one, year_before=one)
    assert basis(then_partial) == ("baseline 2011-12", Decimal(40))
    assert then_partial.year_travel is None


# --- The policy that looks at improvement --------------------------------------------------------


@pytest.mark.parametrize(
    ("year_before", "expected"),
    [
        ([told("80")], Colour.AMBER),
        ([told("80", status=Status.PROVISIONAL)], Colour.AMBER),
        ([told("81")], Colour.RED),
        ([none_from()], Colour.RED),
        ([told(suppressed=True)], Colour.RED),
        ([], Colour.RED),
    ],
)
def test_improvement_is_on_the_same_period_a_year_before_and_on_no_other(
    year_before: list[Observation], expected: Colour
) -> None:
    register = register_of(targets=(aim("100", baseline=Decimal(1)),), policy=HAVERING)
    line = line_of(register, told("80"), last=[told("1")], year_before=year_before)
    assert line.rating.colour is expected


def test_nothing_improves_on_a_year_before_that_lacked_areas() -> None:
    register = register_of(measure(rule=MergeRule.SUM), targets=(aim("100"),), policy=HAVERING)
    both = (told("40"), told("40", "ASC"))
    partial, whole = [told("40")], [told("40"), told("39", "ASC")]
    assert line_of(register, *both, year_before=partial).rating.colour is Colour.RED
    assert line_of(register, *both, year_before=whole).rating.colour is Colour.AMBER


# --- Small numbers -------------------------------------------------------------------------------


def small(register: Register, below: int = 10) -> Register:
    """The same register, in which counts below a threshold are suppressed."""
    return replace(register, framework=replace(register.framework, small_below=below))


def count(rule: MergeRule = MergeRule.SOLE, **more: object) -> Indicator:
    return measure(rule=rule, unit=Unit.COUNT, decimals=0, **more)


def test_a_small_number_is_printed_as_suppressed_and_has_neither_colour_nor_travel() -> None:
    register = small(register_of(count(), targets=(aim("5", baseline=Decimal(40)),)))
    line = line_of(register, told("7"), last=[told("30")])
    assert (line.performance_shown, line.consolidated.value) == ("Suppressed", None)
    assert line.rating.not_rated is NotRated.SUPPRESSED
    assert (line.travel, line.year_travel) == (None, None)


def test_an_earlier_figure_that_is_small_is_compared_with_by_nobody() -> None:
    register = small(register_of(count(), targets=(aim("50", baseline=Decimal(40)),)))
    line = line_of(register, told("60"), last=[told("7")], year_before=[told("8")])
    assert line.travel is not None
    assert (line.travel.earlier, line.year_travel) == (Decimal(40), None)


def test_a_baseline_that_is_small_is_neither_compared_with_nor_noted() -> None:
    register = small(register_of(count(), targets=(aim("50", baseline=Decimal(7)),)))
    line = line_of(register, told("60"))
    assert line.travel is None
    assert line.target is not None
    assert (line.target.baseline, line.target_shown) == (None, "50")
    money = small(register_of(measure(unit=Unit.CURRENCY), targets=register.targets))
    assert line_of(money, told("60")).travel is not None


@pytest.mark.parametrize("year_before", ["7", "9"])
def test_a_colour_goes_by_no_figure_that_is_not_printed(year_before: str) -> None:
    """Of a range a colour could tell one small figure from another."""
    ranged = measure(unit=Unit.COUNT, decimals=0, polarity=Polarity.RANGE)
    target = aim(None, operator=Operator.BETWEEN, lower=Decimal(20), upper=Decimal(30))
    register = register_of(ranged, targets=(target,), policy=HAVERING)
    line = line_of(register, told("42"), year_before=[told(year_before)])
    assert line.rating.colour is (Colour.AMBER if year_before == "7" else Colour.RED)
    beside = line_of(small(register, 20), told("42"), year_before=[told(year_before)])
    assert beside.rating.colour is Colour.RED


@pytest.mark.parametrize("year_before", [("9", "9"), ("1", "8")])
def test_a_colour_does_not_tell_which_of_two_small_means_is_larger(
    year_before: tuple[str, str],
) -> None:
    """A mean of nobody and of many is small, too, and is printed."""
    earlier = [told(value, area) for value, area in zip(year_before, ("CS", "ASC"), strict=True)]
    register = small(register_of(count(MergeRule.MEAN), targets=(aim("50"),), policy=HAVERING))
    line = line_of(register, told("0"), told("16", "ASC"), year_before=earlier)
    assert (line.performance_shown, line.rating.colour) == ("8", Colour.RED)


def test_of_areas_that_disagree_a_small_figure_is_not_told() -> None:
    register = small(register_of(count(areas=("CS", "ASC"))))
    line = line_of(register, told("7"), told("20", "ASC"))
    (remark,) = line.remarks
    assert remark == (
        "The areas reported different figures: Community safety a suppressed one, "
        "Adult social care 20."
    )


# --- What is incomplete --------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [MergeRule.SUM, MergeRule.WEIGHTED])
def test_a_figure_without_an_area_is_shown_and_named_and_has_no_colour(rule: MergeRule) -> None:
    register = register_of(measure(rule=rule), targets=(aim("1"),))
    reported = told("50", numerator=Decimal(1), denominator=Decimal(2))
    line = line_of(register, reported)
    assert line.performance_shown == "50.0%"
    assert line.rating.not_rated is NotRated.INCOMPLETE
    assert line.remarks == ("Without Adult social care.",)


def test_a_percentage_without_its_parts_is_left_out_of_the_weighing_by_name() -> None:
    register = register_of(measure(rule=MergeRule.WEIGHTED), targets=(aim("1"),))
    reported = told("50", numerator=Decimal(1), denominator=Decimal(2))
    line = line_of(register, reported, told("90", "ASC"))
    assert (line.performance_shown, line.rating.colour) == ("50.0%", None)
    assert line.remarks == ("Without Adult social care.",)


# --- Remarks -------------------------------------------------------------------------------------

TWO_OWNERS = {"areas": ("CS", "ASC")}
DISAGREE = "The areas reported different figures"


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ([], ("Not yet reported.",)),
        ([none_from()], ("Reported as not available.",)),
        ([told("1")], ()),
        ([told("1", status=Status.PROVISIONAL)], ("Provisional.",)),
        ([told(suppressed=True)], ()),
        (
            [told(state=MilestoneState.MISSED)],
            ("Reported in a way that no longer fits the register.",),
        ),
    ],
)
def test_a_remark_says_what_one_area_reported_or_why_there_is_nothing(
    reported: list[Observation], expected: tuple[str, ...]
) -> None:
    assert line_of(register_of(), *reported).remarks == expected


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ([], ("Not yet reported.",)),
        ([none_from(), none_from("ASC")], ("Reported as not available.",)),
        (
            [none_from()],
            (
                "Reported as not available by Community safety.",
                "Not yet reported by Adult social care.",
            ),
        ),
        ([told("1"), none_from("ASC")], ("Without Adult social care (not available).",)),
        ([told("1")], ("Without Adult social care.",)),
        ([told("1"), told("1", "ASC")], ()),
        (
            [told("1"), told("1.25", "ASC", status=Status.PROVISIONAL)],
            (
                "Provisional.",
                f"{DISAGREE}: Community safety 1.0%, Adult social care 1.25%.",
            ),
        ),
    ],
)
def test_a_remark_names_the_areas_of_an_indicator_of_several(
    reported: list[Observation], expected: tuple[str, ...]
) -> None:
    assert line_of(register_of(measure(**TWO_OWNERS)), *reported).remarks == expected


def test_owners_of_a_milestone_that_disagree_are_both_quoted() -> None:
    milestone = replace(indicator("P1-1", "Appoint", kind=Kind.MILESTONE), areas=("CS", "ASC"))
    line = line_of(
        register_of(milestone),
        told(state=MilestoneState.COMPLETE),
        told(area="ASC", state=MilestoneState.AT_RISK),
    )
    assert line.performance_shown == "Areas disagree"
    assert line.rating.not_rated is NotRated.CONFLICT
    assert line.remarks == (f"{DISAGREE}: Community safety Complete, Adult social care At risk.",)


def test_a_figure_that_one_owner_has_and_another_has_not_is_rated() -> None:
    register = register_of(measure(**TWO_OWNERS), targets=(aim("50"),))
    line = line_of(register, none_from(), told("50", "ASC"))
    assert (line.performance_shown, line.rating.colour) == ("50.0%", Colour.GREEN)
    assert line.remarks == ("Without Community safety (not available).",)


# --- The key -------------------------------------------------------------------------------------

TWO_POINTS = Tolerance(Decimal(2), ToleranceKind.POINTS)


def test_a_tolerance_of_an_indicators_own_is_named_beside_it_and_in_the_key() -> None:
    own = measure(tolerance=TWO_POINTS)
    report = report_of(register_of(own, targets=(aim("50"),)), told("47.9"))
    (line,) = report.lines
    assert line.rating.colour is Colour.RED
    assert line.remarks == ("Its own tolerance is 2 points.",)
    assert "(or the indicator's own tolerance)" in dict(report.key)[Colour.AMBER]


@pytest.mark.parametrize(
    ("own", "target"),
    [
        (measure(), aim("50")),
        (measure(tolerance=Policy().tolerance), aim("50")),
        (measure(tolerance=TWO_POINTS), None),
        (measure(tolerance=TWO_POINTS), aim(None, baseline=Decimal(50))),
        (measure(tolerance=TWO_POINTS, polarity=Polarity.CONTEXTUAL), aim("50")),
    ],
)
def test_a_tolerance_that_decides_nothing_else_is_not_spoken_of(
    own: Indicator, target: Target | None
) -> None:
    report = report_of(register_of(own, targets=(target,) if target else ()), told("50"))
    assert report.lines[0].remarks == ()
    assert "own tolerance" not in " ".join(dict(report.key).values())


def test_the_key_speaks_of_milestones_once_one_is_reported() -> None:
    register = register_of(indicator("P1-1", "Appoint", kind=Kind.MILESTONE))
    assert "milestone" not in dict(report_of(register).key)[Colour.AMBER]
    report = report_of(register, told(state=MilestoneState.AT_RISK))
    assert dict(report.key)[Colour.AMBER].endswith("; of a milestone: at risk")


# --- Returns received ----------------------------------------------------------------------------

ERROR = Finding("V03", Severity.ERROR, "Indicators", "H6", "x", "wrong", "right")
WARNING = replace(ERROR, code="C05", severity=Severity.WARNING)
A, R, D = Outcome.ACCEPTED, Outcome.REJECTED, Outcome.DUPLICATE
DAY_AFTER = DUE + timedelta(days=1)


def sent(
    number: int,
    outcome: Outcome,
    at: datetime = ISSUED,
    *,
    area: str | None = "CS",
    period: str | None = NOW.name,
) -> Submission:
    return Submission(
        sha256=f"{number:064x}",
        filename=f"return {number}.xlsx",
        received_at=at,
        outcome=outcome,
        size=1,
        register_sha256="",
        area=area,
        period=period,
        findings=(ERROR, WARNING, WARNING) if outcome is R else (WARNING,),
        id=number,
    )


def standing(*submissions: Submission, today: date = DUE) -> ReturnReceived:
    (returned,) = returns_received(register_of(), NOW, submissions, today)
    return returned


def test_a_return_that_has_not_come_is_overdue_from_the_day_after_it_was_due() -> None:
    assert standing(today=DUE - timedelta(days=1)).state is ReturnState.MISSING
    assert standing(today=DUE).state is ReturnState.MISSING
    assert standing(today=DAY_AFTER).state is ReturnState.OVERDUE


def test_a_return_is_late_from_midnight_after_the_day_it_was_due() -> None:
    assert standing(sent(1, A, moment(DUE, 23, 59))).state is ReturnState.RECEIVED
    assert standing(sent(1, A, moment(DAY_AFTER, 0, 0))).state is ReturnState.LATE


@pytest.mark.parametrize("first", [A, R])
def test_what_came_in_time_and_is_corrected_later_is_not_late(first: Outcome) -> None:
    late = moment(DAY_AFTER, 9, 0)
    returned = standing(sent(1, first, moment(DUE, 9, 0)), sent(2, A, late))
    assert (returned.state, returned.received_at) == (ReturnState.RECEIVED, late)
    other = sent(1, first, moment(DUE, 9, 0), area="ASC")
    assert standing(other, sent(2, A, late)).state is ReturnState.LATE
    before = sent(1, first, moment(DUE, 9, 0), period="2011-12")
    assert standing(before, sent(2, A, late)).state is ReturnState.LATE


@pytest.mark.parametrize("hours", [-12, -5, 0, 1, 14])
def test_the_zone_in_which_a_time_is_given_changes_no_state(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    for at in (moment(DUE, 23, 59), moment(DAY_AFTER, 0, 0)):
        elsewhere = at.astimezone(zone)
        usual = report_of(register_of(), issued_at=at).returns
        assert report_of(register_of(), issued_at=elsewhere).returns == usual
        assert standing(sent(1, A, elsewhere)).state is standing(sent(1, A, at)).state


def test_the_report_takes_today_from_its_time_of_issue() -> None:
    def state(issued: datetime) -> ReturnState:
        return report_of(register_of(), issued_at=issued).returns[0].state

    assert state(moment(DUE, 23, 59)) is ReturnState.MISSING
    assert state(moment(DAY_AFTER, 0, 0)) is ReturnState.OVERDUE


def test_a_return_that_was_sent_back_is_called_so_until_another_is_accepted() -> None:
    rejected = standing(sent(1, R), sent(2, R))
    assert (rejected.state, rejected.filename) == (ReturnState.REJECTED, "return 2.xlsx")
    assert (rejected.errors, rejected.warnings, rejected.superseded) == (1, 2, 0)
    corrected = standing(sent(1, R), sent(2, A))
    assert (corrected.state, corrected.filename) == (ReturnState.RECEIVED, "return 2.xlsx")
    assert (corrected.errors, corrected.warnings, corrected.rejected_since) == (0, 1, "")


def test_a_return_sent_back_is_not_overdue_besides() -> None:
    assert standing(sent(1, R), today=DAY_AFTER).state is ReturnState.REJECTED


def test_an_accepted_return_stands_while_a_later_one_waits_for_correction() -> None:
    returned = standing(sent(1, A), sent(2, R), sent(3, R))
    assert (returned.state, returned.filename) == (ReturnState.RECEIVED, "return 1.xlsx")
    assert returned.rejected_since == "return 3.xlsx"
    assert standing(sent(1, A), sent(2, R), sent(3, A)).rejected_since == ""


def test_the_last_accepted_return_stands_and_says_how_many_it_replaces() -> None:
    returned = standing(sent(1, A), sent(2, R), sent(3, A), sent(4, A))
    assert (returned.filename, returned.superseded) == ("return 4.xlsx", 2)
    assert returned.sha256 == f"{4:064x}"


def test_a_duplicate_changes_nothing() -> None:
    again = sent(2, D, moment(DAY_AFTER))
    assert standing(sent(1, A), again) == standing(sent(1, A))
    assert standing(sent(1, R), again) == standing(sent(1, R))


def test_each_area_that_reports_has_its_own_line_in_the_registers_order() -> None:
    register = register_of(measure(rule=MergeRule.SUM))
    idle = ServiceArea("X", "Reports nothing")
    register = replace(register, areas=(idle, *register.areas))
    submissions = [sent(1, A, area="ASC"), sent(2, A, area="X"), sent(3, R, area=None)]
    found = returns_received(register, NOW, submissions, DUE)
    assert [(r.area.ref, r.state) for r in found] == [
        ("CS", ReturnState.MISSING),
        ("ASC", ReturnState.RECEIVED),
    ]


# --- Achievements --------------------------------------------------------------------------------


def test_achievements_stand_by_area_in_the_order_each_area_gave_them() -> None:
    given_in = [("ASC", "P1"), ("CS", "P1"), ("gone", "P1"), ("CS", "P2"), ("ASC", "P1"),
                ("CS", "P1")]  # fmt: skip
    achievements = [
        Achievement(priority, area, NOW.name, f"{area} {n}")
        for n, (area, priority) in enumerate(given_in)
    ]
    report = report_of(register_of(), achievements=achievements)
    found = [[a.text for a in section.achievements] for section in report.sections]
    assert found == [["CS 1", "CS 5", "ASC 0", "ASC 4", "gone 2"], ["CS 3"]]


# --- When there is something to issue ------------------------------------------------------------


def key_of(*submissions: Submission, register: Register | None = None) -> str:
    return content_key(register or register_of(), NOW, submissions)


@pytest.mark.parametrize(
    "printed",
    [
        sent(9, A),
        sent(9, R),
        sent(9, A, area="ASC"),
        sent(9, A, period=LAST.name),
        sent(9, A, period=YEAR_BEFORE.name),
    ],
)
def test_what_changes_the_appendix_changes_its_key(printed: Submission) -> None:
    assert key_of(sent(1, A), printed) != key_of(sent(1, A))


@pytest.mark.parametrize(
    "unprinted",
    [
        sent(9, D),
        sent(9, R, area=None),
        sent(9, R, area="nobody"),
        sent(9, R, area="ASC"),
        sent(9, R, period=LAST.name),
        sent(9, R, period=None),
        sent(9, A, period=EARLIER.name),
        sent(9, D, period=LAST.name),
    ],
)
def test_what_the_appendix_says_nothing_of_leaves_its_key(unprinted: Submission) -> None:
    assert key_of(sent(1, A), unprinted) == key_of(sent(1, A))


def test_closing_a_period_is_no_news_for_any_appendix() -> None:
    register = register_of()
    closed = replace(
        register, periods=tuple(replace(p, open=False) for p in register.periods), sha256="other"
    )
    assert key_of(register=closed) == key_of(register=register)


def test_whom_to_write_to_and_what_is_asked_about_is_no_news_for_any_appendix() -> None:
    register = register_of(measure())
    areas = tuple(replace(a, lead="Another", email="new@council.example") for a in register.areas)
    asked = {"plausible_maximum": Decimal(7), "commentary": CommentaryRule.ALWAYS}
    indicators = tuple(replace(each, **asked) for each in register.indicators)
    changed = replace(register, areas=areas, indicators=indicators)
    assert key_of(register=changed) == key_of(register=register)
    reworded = tuple(replace(each, wording="Something else") for each in register.indicators)
    assert key_of(register=replace(register, indicators=reworded)) != key_of(register=register)


def test_a_target_is_news_for_the_appendix_of_its_period_alone() -> None:
    register = register_of(measure())

    def with_target(period: Period) -> Register:
        target = Target(register.indicators[0].ref, period.name, value=Decimal(7))
        return replace(register, targets=(*register.targets, target))

    assert key_of(register=with_target(NOW)) != key_of(register=register)
    for other in (LAST, YEAR_BEFORE, EARLIER):
        assert key_of(register=with_target(other)) == key_of(register=register)


def test_the_register_and_the_period_are_part_of_the_key() -> None:
    register = register_of()
    framework = replace(register.framework, council="Another council")
    assert key_of(register=replace(register, framework=framework)) != key_of(register=register)
    assert content_key(register, LAST, ()) != content_key(register, NOW, ())


@given(order=st.permutations(range(4)))
def test_the_order_in_which_submissions_are_listed_does_not_change_the_key(
    order: list[int],
) -> None:
    listed = [sent(1, A), sent(2, R), sent(3, A, period=LAST.name), sent(4, A, area="ASC")]
    assert key_of(*(listed[n] for n in order)) == key_of(*listed)


@given(
    history=st.lists(
        st.tuples(
            st.sampled_from([A, R, D]),
            st.sampled_from(["CS", "ASC", "X", None]),
            st.sampled_from([NOW.name, LAST.name]),
        ),
        max_size=8,
    )
)
def test_while_the_key_stays_the_returns_received_stay(
    history: list[tuple[Outcome, str | None, str]],
) -> None:
    register = register_of(measure(rule=MergeRule.SUM))
    received = [
        sent(number, outcome, area=area, period=period)
        for number, (outcome, area, period) in enumerate(history, start=1)
    ]

    def listed(until: int) -> tuple[ReturnReceived, ...]:
        mine = [s for s in received[:until] if s.period == NOW.name]
        return returns_received(register, NOW, mine, DUE)

    for until in range(len(received)):
        before = content_key(register, NOW, received[:until])
        after = content_key(register, NOW, received[: until + 1])
        assert before != after or listed(until) == listed(until + 1)


def test_a_quarter_is_never_compared_with_a_year_that_ended_with_the_last_quarter() -> None:
    year = Period("2011-12", date(2011, 4, 1), date(2012, 3, 31), date(2012, 4, 30))
    fourth = Period("2011-12 Q4", date(2012, 1, 1), date(2012, 3, 31), date(2012, 4, 30))
    first = Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), date(2012, 7, 31))
    next_year = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), date(2013, 4, 30))
    register = replace(small_register(), periods=(year, fourth, first, next_year))
    assert last_period(register.periods, first) == fourth
    assert last_period(register.periods, next_year) == year
    assert last_period(register.periods, fourth) is None


def test_a_score_just_short_of_a_threshold_is_not_printed_as_the_threshold() -> None:
    assert score_shown(Decimal(5998) / 8000) == "0.749"
    assert score_shown(Decimal("0.75")) == "0.750"
