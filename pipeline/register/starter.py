"""The register that a new workspace starts with: an example to type over, small and valid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Framework,
    Gets,
    Indicator,
    Kind,
    Period,
    Polarity,
    Priority,
    Recipient,
    Register,
    ServiceArea,
    Target,
)
from schemas.units import Unit

#: From the end of the quarter to the day on which returns are due.
_DAYS_TO_RETURN = 30


def starter_register(today: date) -> Register:
    """A register to type over: 2 priorities, 3 indicators, 2 areas, today's financial quarter.

    The financial year starts on 1 April.
    """
    period = financial_quarter(today)
    safer, greener = "P1", "P2"
    return Register(
        framework=Framework(
            council="Example Borough Council",
            title="Example: our plan for the borough",
            appendix="Appendix 1",
            small_below=5,
            remind_before=(7, 1),
            remind_after=(1, 3, 7),
        ),
        priorities=(
            Priority(safer, "Priority 1: Safer streets", "Safer streets", 1),
            Priority(greener, "Priority 2: A greener borough", "A greener borough", 2),
        ),
        indicators=(
            Indicator(
                ref="P1-1",
                priority=safer,
                wording="Example: number of incidents of anti-social behaviour",
                kind=Kind.MEASURE,
                unit=Unit.COUNT,
                decimals=0,
                polarity=Polarity.LOWER,
                areas=("CS",),
                merge_rule=MergeRule.SOLE,
                plausible_minimum=Decimal(0),
                commentary=CommentaryRule.OFF_TARGET,
                definition="Incidents reported to the council in the quarter.",
                source="Community safety case system",
            ),
            Indicator(
                ref="P2-1",
                priority=greener,
                wording="Example: household waste sent for reuse, recycling and composting",
                kind=Kind.MEASURE,
                unit=Unit.PERCENT,
                decimals=1,
                polarity=Polarity.HIGHER,
                areas=("ENV",),
                merge_rule=MergeRule.SOLE,
                plausible_minimum=Decimal(0),
                plausible_maximum=Decimal(100),
                plausible_change=Decimal(10),
                commentary=CommentaryRule.OFF_TARGET,
                definition="Tonnes reused, recycled or composted, out of all household waste.",
                source="Waste data return",
            ),
            Indicator(
                ref="P2-2",
                priority=greener,
                wording="Example: adopt the climate action plan",
                kind=Kind.MILESTONE,
                unit=None,
                decimals=0,
                polarity=None,
                areas=("ENV",),
                merge_rule=MergeRule.SOLE,
            ),
        ),
        targets=(
            Target("P1-1", period.name, value=Decimal(250)),
            Target("P2-1", period.name, value=Decimal("45.0")),
        ),
        areas=(
            ServiceArea(
                "CS", "Community safety", "Head of Community Safety", "safety@council.example"
            ),
            ServiceArea("ENV", "Environment", "Head of Environment", "environment@council.example"),
        ),
        periods=(period,),
        recipients=(
            Recipient("Committee clerk", "committee@council.example"),
            Recipient(
                "Performance officer",
                "performance@council.example",
                (Gets.APPENDIX, Gets.DIGEST),
            ),
        ),
    )


def financial_quarter(today: date) -> Period:
    """The quarter of the financial year that a day lies in: April to June is `2012-13 Q1`."""
    starts = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    next_month = starts.month + 3
    following = date(starts.year + next_month // 13, (next_month - 1) % 12 + 1, 1)
    ends = following - timedelta(days=1)
    year = starts.year - (starts.month < 4)
    quarter = (starts.month // 3 - 1) % 4 + 1
    return Period(
        name=f"{year}-{(year + 1) % 100:02} Q{quarter}",
        starts=starts,
        ends=ends,
        due=ends + timedelta(days=_DAYS_TO_RETURN),
    )
