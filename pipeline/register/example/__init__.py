"""A register that shows one of each thing that a register can say, to read and to copy rows from.

It is the example of the page on the register (`docs/register.md`): its tables are rows of this one.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipeline.register.example.indicators import FROM, UNTIL, example_indicators
from schemas import model
from schemas.asking import Requirement
from schemas.deciding import APPROVE, Approver, IssueRule, Request, Weekday
from schemas.frequency import Carried, Profile
from schemas.timeline import arranged
from schemas.units import Thousands

_DAYS_TO_RETURN = 30
_DAYS_TO_ISSUE = 45


def example_register() -> model.Register:
    """One of each: areas, indicators, targets and periods over two years, the first of it closed.

    What an indicator is an example of stands in its row, under Definition.
    """
    register = model.Register(
        framework=model.Framework(
            council="Example Borough Council",
            title="Example: one of each",
            appendix="Appendix 1",
            policy=model.Policy(coverage_from=Decimal("0.75"), exceeded_by=Decimal(10)),
            small_below=5,
            keep_years=6,
            remind_before=(7, 1),
            remind_after=(1, 3, 7),
            issue_when=IssueRule.DATE,
            draft_days=(Weekday.TUESDAY, Weekday.THURSDAY),
            earlier_periods=2,
            thousands=Thousands.GROUPED,
            ask_confidence=Requirement.MAY,
        ),
        priorities=(
            model.Priority("P1", "Priority 1: Safer streets", "Safer streets", 1),
            model.Priority("P2", "Priority 2: Homes for all", "Homes for all", 2),
            model.Priority("P3", "Priority 3: A good start", "A good start", 3),
            model.Priority("P4", "Priority 4: A council that answers", "Answers", 4),
        ),
        indicators=example_indicators(),
        targets=_targets(),
        areas=_areas(),
        periods=_periods(),
        recipients=(
            model.Recipient("Committee clerk", "committee@council.example"),
            model.Recipient(
                "Performance officer",
                "performance@council.example",
                (model.Gets.DRAFT, model.Gets.DIGEST),
            ),
        ),
        approvers=(
            Approver("Performance officer", "jsmith"),
            Approver("Head of Policy"),
        ),
        decisions=(
            Request(
                APPROVE,
                "2013-14 Q1",
                code="7KQ2MX",
                by="Head of Policy",
                on=date(2013, 8, 8),
                because="Agreed with the portfolio holder",
            ),
        ),
        policies=(
            model.PolicyChange(
                FROM,
                model.Policy(
                    tolerance=model.Tolerance(Decimal(3), model.ToleranceKind.PERCENT_OF_TARGET),
                    coverage_from=Decimal("0.75"),
                    exceeded_by=Decimal(10),
                ),
            ),
        ),
        bands=(
            model.BandRow(model.Colour.EXCEEDED, "Well above target"),
            model.BandRow(model.Colour.GREEN, "On target", "●", "#4BA673"),
            model.BandRow(model.Colour.RED, "Off target", "▲", "#A51C1C"),
        ),
    )
    return arranged(register)


def _areas() -> tuple[model.ServiceArea, ...]:
    area = model.ServiceArea
    return (
        area(
            "CS",
            "Community safety",
            "Head of Community Safety; data officer",
            "safety@council.example; data@council.example",
        ),
        area("ENV", "Environment", "Head of Environment", "environment@council.example"),
        area("HSG", "Housing", "Head of Housing", "housing@council.example"),
        area("HSG", "Homes", "Director of Homes", "homes@council.example", since=FROM),
        area(
            "PLN",
            "Planning",
            "Head of Planning",
            "planning@council.example",
            last=UNTIL,
            becomes=("HSG",),
        ),
        area(
            "CHI",
            "Children",
            "Head of Children",
            "children@council.example",
            last=UNTIL,
            becomes=("SCH", "FAM"),
        ),
        area("SCH", "Schools", "Head of Schools", "schools@council.example", first=FROM),
        area("FAM", "Families", "Head of Families", "families@council.example", first=FROM),
    )


def _periods() -> tuple[model.Period, ...]:
    """Two years, the first with its quarters, and closed; then a quarter, and its months."""

    def period(name: str, starts: date, months: int, *formerly: str) -> model.Period:
        over = starts.month - 1 + months
        ends = date(starts.year + over // 12, over % 12 + 1, 1) - timedelta(days=1)
        is_open = starts >= date(2013, 4, 1)
        return model.Period(
            name,
            starts,
            ends,
            due=ends + timedelta(days=_DAYS_TO_RETURN),
            open=is_open,
            issue_on=ends + timedelta(days=_DAYS_TO_ISSUE) if is_open and months > 1 else None,
            formerly=formerly,
        )

    april = date(2012, 4, 1)
    return (
        period("2012-13 Q1", april, 3, "2012-13 Qtr 1"),
        period("2012-13", april, 12),
        period("2012-13 Q2", date(2012, 7, 1), 3),
        period("2012-13 Q3", date(2012, 10, 1), 3),
        period("2012-13 Q4", date(2013, 1, 1), 3),
        period("April 2013", date(2013, 4, 1), 1),
        period("2013-14 Q1", date(2013, 4, 1), 3),
        period("2013-14", date(2013, 4, 1), 12),
        period("May 2013", date(2013, 5, 1), 1),
        period("June 2013", date(2013, 6, 1), 1),
    )


def _targets() -> tuple[model.Target, ...]:
    target = model.Target
    return (
        target("P1-1", "2013-14", value=Decimal(240), profile=Profile.SAME),
        target(
            "P1-2",
            "2012-13",
            value=Decimal(250),
            profile=Profile.PARTS,
            carried=Carried.SAME,
        ),
        target("P1-3", "2013-14", value=Decimal(160), profile=Profile.LAST_YEAR),
        target(
            "P1-4",
            "2012-13",
            value=Decimal(90),
            green_from=Decimal(88),
            red_from=Decimal(80),
            exceeded_from=Decimal(95),
            profile=Profile.SAME,
            carried=Carried.BY_POINTS,
            change=Decimal(1),
        ),
        target("P1-5", "2013-14 Q1", lower=Decimal(70), upper=Decimal(85)),
        target(
            "P2-1",
            "2012-13",
            operator=model.Operator.LESS_THAN,
            value=Decimal(250),
            profile=Profile.SAME,
        ),
        target(
            "P2-2",
            "2012-13",
            value=Decimal(250),
            profile=Profile.ADDING_UP,
            carried=Carried.BY_PERCENT,
            change=Decimal(2),
        ),
        target("P2-3", "2012-13 Q4", value=Decimal(99)),
        target("P2-3", "2013-14 Q1", value=Decimal(75)),
        target(
            "P2-4",
            "2013-14 Q1",
            value=Decimal(80),
            baseline=Decimal(74),
            baseline_period="2012-13 Q1",
        ),
        target("P2-5", "2013-14", value=Decimal(120_000), profile=Profile.ADDING_UP),
        target("P4-6", "2013-14", value=Decimal(12), red_from=Decimal(20)),
    )
