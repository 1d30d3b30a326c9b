"""The register of the corpus: four service areas, quarters of two years, and years.

Wordings and references are such as trip a reader up: 1.1 beside 1.10, "per 1,000" in a wording, an
area named with "and", one with "&", one with an accent, and references with a hyphen.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from schemas.merge_rules import MergeRule
from schemas.model import (
    Framework,
    Indicator,
    Kind,
    Operator,
    Period,
    Polarity,
    Priority,
    Register,
    ServiceArea,
    Target,
)
from schemas.units import Unit

SAFETY = ServiceArea("CS", "Community safety", "Head of safety", "safety@council.example")
CARE = ServiceArea("AH", "Adults and Health", "Head of care", "care@council.example")
HOMES = ServiceArea("HP", "H & P", "Head of homes", "homes@council.example")
IAL = ServiceArea("IAL", "Iâl", "Head of Iâl", "ial@council.example")

#: The period of most layouts.
Q3 = "2015-16 Q3"


def _measure(
    ref: str,
    wording: str,
    unit: Unit,
    area: ServiceArea,
    *,
    decimals: int = 0,
    polarity: Polarity = Polarity.HIGHER,
) -> Indicator:
    return Indicator(
        ref=ref,
        priority=f"P{ref[0]}" if ref[0].isdigit() else "P4",
        wording=wording,
        kind=Kind.MEASURE,
        unit=unit,
        decimals=decimals,
        polarity=polarity,
        areas=(area.ref,),
        merge_rule=MergeRule.SOLE,
    )


def _period(name: str, starts: date, ends: date) -> Period:
    return Period(name, starts, ends, ends + timedelta(days=30))


def _year(first: int) -> tuple[Period, ...]:
    """A financial year from April, and its quarters."""
    name = f"{first}-{(first + 1) % 100}"
    after = first + 1
    return (
        _period(name, date(first, 4, 1), date(after, 3, 31)),
        _period(f"{name} Q1", date(first, 4, 1), date(first, 6, 30)),
        _period(f"{name} Q2", date(first, 7, 1), date(first, 9, 30)),
        _period(f"{name} Q3", date(first, 10, 1), date(first, 12, 31)),
        _period(f"{name} Q4", date(after, 1, 1), date(after, 3, 31)),
    )


def register() -> Register:
    """Thirteen measures of four areas; two years from April with their quarters; 2022 and 2023."""
    periods = (
        *_year(2014),
        *_year(2015),
        *(_period(str(year), date(year, 1, 1), date(year, 12, 31)) for year in (2022, 2023)),
    )
    return Register(
        framework=Framework("Borough Council", "Fair and responsive services", "Appendix 3"),
        priorities=(
            Priority("P1", "Priority 1 Safer streets", "Safer streets", 1),
            Priority("P2", "Priority 2 More independence", "More independence", 2),
            Priority("P3", "Priority 3 Decent homes", "Decent homes", 3),
            Priority("P4", "Priority 4 A lively district", "A lively district", 4),
        ),
        indicators=(
            _measure(
                "1.1",
                "Incidents of anti-social behaviour",
                Unit.COUNT,
                SAFETY,
                polarity=Polarity.LOWER,
            ),
            _measure("1.2", "Victims satisfied with the service", Unit.PERCENT, SAFETY, decimals=1),
            _measure("1.10", "Spending on prevention", Unit.CURRENCY, SAFETY),
            _measure(
                "1.11",
                "Days until a case is closed",
                Unit.DAYS,
                SAFETY,
                decimals=1,
                polarity=Polarity.LOWER,
            ),
            _measure("2.1", "People helped to live at home", Unit.COUNT, CARE),
            _measure("2.2", "Assessments completed in time", Unit.PERCENT, CARE, decimals=1),
            _measure(
                "2.3",
                "Falls per 1,000 residents",
                Unit.RATIO,
                CARE,
                decimals=2,
                polarity=Polarity.LOWER,
            ),
            _measure("2.10", "Cost of care at home", Unit.CURRENCY, CARE, polarity=Polarity.LOWER),
            _measure("2.11", "Satisfaction with care", Unit.SCORE, CARE, decimals=1),
            _measure("3.1", "Rent collected", Unit.CURRENCY, HOMES),
            _measure("3.2", "Spending on repairs", Unit.CURRENCY, HOMES),
            _measure("IAL-1", "Visits to cafés", Unit.COUNT, IAL),
            _measure("IAL-2", "Trees planted", Unit.COUNT, IAL),
        ),
        targets=(Target("1.2", Q3, operator=Operator.AT_LEAST, value=Decimal(85)),),
        areas=(SAFETY, CARE, HOMES, IAL),
        periods=tuple(sorted(periods, key=lambda p: (p.starts, p.ends))),
        recipients=(),
    )
