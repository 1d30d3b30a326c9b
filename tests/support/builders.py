"""What several tests need: a small register with every kind of indicator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from pipeline.intake.scan import Arrival
from pipeline.store import Decision, Outcome, Signature, Submission
from pipeline.workbooks.file_kind import FileKind
from schemas.findings import Finding
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
from schemas.observations import Achievement, Observation
from schemas.units import Unit

PERIOD = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), date(2013, 4, 30))
SAFETY = ServiceArea("CS", "Community safety", "Head of safety", "safety@council.example")
CARE = ServiceArea("ASC", "Adult social care", "Head of care", "care@council.example")


UNSIGNED = Signature()


def decided(
    sent: Submission,
    observations: tuple[Observation, ...] = (),
    achievements: tuple[Achievement, ...] = (),
    signature: Signature = UNSIGNED,
) -> Decision:
    """What is recorded of a file that came."""
    path = Path(sent.filename)
    arrival = Arrival(path, sent.sha256, sent.size, FileKind.XLSX, sent.received_at)
    return Decision(arrival, sent, observations, achievements, signature)


def sent_back(filename: str, findings: Sequence[Finding], at: datetime) -> Submission:
    """A return that was rejected for these findings."""
    return Submission(
        "0" * 64, filename, at, Outcome.REJECTED, 1, "f" * 64, findings=tuple(findings)
    )


def indicator(
    ref: str,
    wording: str,
    unit: Unit | None = Unit.COUNT,
    *,
    kind: Kind = Kind.MEASURE,
    priority: str = "P1",
    decimals: int = 0,
    polarity: Polarity | None = Polarity.LOWER,
    areas: tuple[str, ...] = ("CS",),
    plausible_maximum: Decimal | None = None,
) -> Indicator:
    """An indicator of Community safety, unless other areas are named."""
    return Indicator(
        ref=ref,
        priority=priority,
        wording=wording,
        kind=kind,
        unit=unit if kind is Kind.MEASURE else None,
        decimals=decimals,
        polarity=polarity if kind is Kind.MEASURE else None,
        areas=areas,
        merge_rule=MergeRule.SOLE,
        plausible_maximum=plausible_maximum,
    )


def small_register() -> Register:
    """Two areas, two priorities, one period; Community safety reports seven indicators."""
    return Register(
        framework=Framework("Borough Council", "Fair and responsive services", "Appendix 3"),
        priorities=(
            Priority(
                "P1",
                "Priority 1 Reduce repeat incidences of domestic abuse",
                "Reduce domestic abuse",
                1,
            ),
            Priority("P2", "Priority 2 More independence", "More independence", 2),
        ),
        indicators=(
            indicator("P1-1", "Number of incidents of domestic abuse 4248 (2011/12)"),
            indicator(
                "P1-2",
                "Percentage of victims of domestic abuse abused again within twelve months "
                "of the first report to the council or one of its partners",
                Unit.PERCENT,
                decimals=1,
                polarity=Polarity.HIGHER,
            ),
            indicator("P1-3", "Money invested in prevention", Unit.CURRENCY),
            indicator("P1-4", "Days until a case is closed", Unit.DAYS, decimals=2),
            indicator("P1-5", "Impact on children's safety", kind=Kind.NARRATIVE),
            indicator("P2-1", "Appoint an analyst", kind=Kind.MILESTONE, priority="P2"),
            indicator(
                "P2-2",
                "People helped, in both areas",
                priority="P2",
                areas=("CS", "ASC"),
                plausible_maximum=Decimal(20_000),
            ),
            indicator("P2-3", "Schemes of adult social care", priority="P2", areas=("ASC",)),
        ),
        targets=(
            Target("P1-1", PERIOD.name, value=Decimal(4248)),
            Target("P1-2", PERIOD.name, operator=Operator.MORE_THAN, value=Decimal("3.30")),
        ),
        areas=(SAFETY, CARE),
        periods=(PERIOD,),
        recipients=(),
    )
