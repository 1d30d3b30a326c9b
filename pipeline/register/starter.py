"""The register that a new workspace starts with: an example to type over, small and valid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from schemas import model
from schemas.accumulation import Accumulation
from schemas.asking import AskAction, Requirement
from schemas.deciding import IssueRule
from schemas.units import Thousands, Unit

#: From the end of the quarter to the day on which returns are due.
_DAYS_TO_RETURN = 30


def starter_register(today: date) -> model.Register:
    """A register to type over: 2 priorities, 3 indicators, 2 areas, today's financial quarter.

    The financial year starts on 1 April.
    """
    period = financial_quarter(today)
    safer, greener = "P1", "P2"
    return model.Register(
        framework=model.Framework(
            council="Example Borough Council",
            title="Example: our plan for the borough",
            appendix="Appendix 1",
            policy=model.Policy(coverage_from=Decimal("0.75")),
            issue_when=IssueRule.APPROVAL,
            small_below=5,
            remind_before=(7, 1),
            remind_after=(1, 3, 7),
            thousands=Thousands.GROUPED,
        ),
        priorities=(
            model.Priority(safer, "Priority 1: Safer streets", "Safer streets", 1),
            model.Priority(greener, "Priority 2: A greener borough", "A greener borough", 2),
        ),
        indicators=(
            model.Indicator(
                ref="P1-1",
                priority=safer,
                wording="Example: number of incidents of anti-social behaviour",
                kind=model.Kind.MEASURE,
                unit=Unit.COUNT,
                polarity=model.Polarity.LOWER,
                areas=("CS",),
                plausible_minimum=Decimal(0),
                commentary=model.CommentaryRule.OFF_TARGET,
                definition="Incidents reported to the council in the quarter.",
                ask_forecast=Requirement.MAY,
                ask_confidence=Requirement.MAY,
                source="Community safety case system",
            ),
            model.Indicator(
                ref="P2-1",
                priority=greener,
                wording="Example: household waste sent for reuse, recycling and composting",
                kind=model.Kind.MEASURE,
                unit=Unit.PERCENT,
                decimals=1,
                polarity=model.Polarity.HIGHER,
                areas=("ENV",),
                plausible_minimum=Decimal(0),
                plausible_maximum=Decimal(100),
                plausible_change=Decimal(10),
                commentary=model.CommentaryRule.OFF_TARGET,
                definition="Tonnes reused, recycled or composted, out of all household waste.",
                source="Waste data return",
            ),
            model.Indicator(
                ref="P2-2",
                priority=greener,
                wording="Example: adopt the climate action plan",
                kind=model.Kind.MILESTONE,
                areas=("ENV",),
                ask_action=AskAction.WHERE_RED,
                # A plan that was adopted stays so, also where nobody says it again.
                accumulation=Accumulation.LATEST,
            ),
        ),
        targets=(
            model.Target("P1-1", period.name, value=Decimal(250)),
            model.Target(
                "P2-1",
                period.name,
                value=Decimal("45.0"),
                green_from=Decimal("44.0"),
                red_from=Decimal("40.0"),
                exceeded_from=Decimal("50.0"),
            ),
        ),
        areas=(
            model.ServiceArea(
                "CS", "Community safety", "Head of Community Safety", "safety@council.example"
            ),
            model.ServiceArea(
                "ENV",
                "Environment",
                "Head of Environment; waste manager",
                "environment@council.example; waste@council.example",
            ),
        ),
        periods=(period,),
        bands=(model.BandRow(model.Colour.EXCEEDED, "Exceeded", "★", "#10246B"),),
        recipients=(
            model.Recipient("Committee clerk", "committee@council.example"),
            model.Recipient(
                "Performance officer", "performance@council.example", tuple(model.Gets)
            ),
        ),
    )


def financial_quarter(today: date) -> model.Period:
    """The quarter of the financial year that a day lies in: April to June is `2012-13 Q1`."""
    starts = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    following = date(starts.year + starts.month // 10, (starts.month + 2) % 12 + 1, 1)
    ends = following - timedelta(days=1)
    year = starts.year - (starts.month < 4)
    quarter = (starts.month // 3 - 1) % 4 + 1
    return model.Period(
        name=f"{year}-{(year + 1) % 100:02} Q{quarter}",
        starts=starts,
        ends=ends,
        due=ends + timedelta(days=_DAYS_TO_RETURN),
    )
