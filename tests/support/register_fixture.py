"""The register that the register's tests share, and the ways to break it."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.register.file import register_bytes
from pipeline.register.reader import judge
from pipeline.register.sheets import read_sheets
from pipeline.register.writer import write_register
from pipeline.workspace.errors import RegisterError
from schemas.findings import Finding
from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Framework,
    Gets,
    Indicator,
    Kind,
    Operator,
    Period,
    Polarity,
    Priority,
    Recipient,
    Register,
    ServiceArea,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.units import Unit

MEASURE = Indicator(
    ref="P2-1",
    priority="P2",
    wording="Number of incidents of domestic abuse 4248 (2011/12)",
    kind=Kind.MEASURE,
    unit=Unit.COUNT,
    decimals=0,
    polarity=Polarity.LOWER,
    areas=("CS",),
    merge_rule=MergeRule.SOLE,
)
PERCENT = replace(MEASURE, unit=Unit.PERCENT)

WORKED = Register(
    framework=Framework("Example Council", "Delivering fair and responsive services", "Appendix 3"),
    priorities=(
        Priority("P2", "Priority 2 Reduce repeat incidences", "Reduce repeat incidences", 2),
        Priority("P6", "Priority 6 Increase the representation", "Representation of staff", 6),
        Priority(
            "P7", "Improve the collection and analysis", "Improve the collection and analysis", 7
        ),
    ),
    indicators=(
        MEASURE,
        replace(
            PERCENT,
            ref="P2-2",
            wording="Percentage of repeat victims of domestic abuse",
            areas=("CS", "HR"),
            merge_rule=MergeRule.WEIGHTED,
            tolerance=Tolerance(Decimal("2.5"), ToleranceKind.POINTS),
            plausible_minimum=Decimal(0),
            plausible_maximum=Decimal(100),
            plausible_change=Decimal(20),
            commentary=CommentaryRule.OFF_TARGET,
            definition="Victims seen again within a year,\nout of all victims.",
            source='=HYPERLINK("http://example.example")',
        ),
        replace(
            PERCENT,
            ref="P6-1",
            priority="P6",
            wording="Employees declaring a disability 3.30% (2011/12)",
            decimals=2,
            polarity=Polarity.HIGHER,
            areas=("HR",),
            tolerance=Tolerance(Decimal("7.5"), ToleranceKind.PERCENT_OF_TARGET),
        ),
        replace(
            MEASURE,
            ref="P6-2",
            priority="P6",
            wording="+ Spend on adjustments",
            unit=Unit.CURRENCY,
            polarity=Polarity.RANGE,
            areas=("HR",),
            commentary=CommentaryRule.ALWAYS,
        ),
        replace(
            MEASURE,
            ref="P6-3",
            priority="P6",
            unit=Unit.DAYS,
            decimals=1,
            polarity=Polarity.RANGE,
            areas=("HR",),
        ),
        replace(MEASURE, ref="P6-4", priority="P6", polarity=Polarity.CONTEXTUAL, areas=("HR",)),
        replace(
            MEASURE,
            ref="P7-1",
            priority="P7",
            wording="Develop Ward profiles",
            kind=Kind.MILESTONE,
            unit=None,
            polarity=None,
        ),
        replace(
            MEASURE,
            ref="P7-2",
            priority="P7",
            wording="Impact on children’s safety",
            kind=Kind.NARRATIVE,
            unit=None,
            polarity=None,
            merge_rule=MergeRule.LATEST,
        ),
    ),
    targets=(
        Target(
            "P2-1",
            "2012-13",
            value=Decimal(4248),
            baseline=Decimal(4248),
            baseline_period="2011-12",
        ),
        Target("P2-2", "2012-13", Operator.AT_MOST, Decimal(25)),
        Target(
            "P6-1",
            "2012-13",
            Operator.MORE_THAN,
            Decimal("3.30"),
            baseline=Decimal("3.30"),
            baseline_period="2011-12",
        ),
        Target(
            "P6-2", "2012-13", Operator.BETWEEN, lower=Decimal(100000), upper=Decimal("120000.50")
        ),
        Target("P6-3", "2012-13", Operator.EQUAL, Decimal("-0.0140")),
        Target("P6-4", "2012-13"),
    ),
    areas=(
        ServiceArea("CS", "Community safety", "Head of Community Safety", "cs@council.example"),
        ServiceArea("HR", "Human resources"),
    ),
    periods=(
        Period("2011-12", date(2011, 4, 1), date(2012, 3, 31), date(2012, 4, 30), open=False),
        Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), date(2013, 4, 30)),
    ),
    recipients=(
        Recipient("Committee clerk", "clerk@council.example"),
        Recipient("Chief executive", "ce@council.example", (Gets.APPENDIX, Gets.DIGEST)),
    ),
)


@cache
def _worked() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        write_register(WORKED, path)
        return path.read_bytes()


def write_worked(path: Path) -> None:
    """Write the worked register; the workbook is made once."""
    path.write_bytes(_worked())


def change(path: Path, sheet: str, cell: str, value: object, shown_as: str = "") -> None:
    """Type a value into a cell, as an officer would."""
    book = load_workbook(path)
    target = book[sheet][cell]
    target.value = value
    target.number_format = shown_as or ("dd/mm/yyyy" if isinstance(value, date) else "General")
    book.save(path)


def findings_of(path: Path) -> tuple[Finding, ...]:
    """What is wrong with a register, read in this very process, without the sandbox's limits."""
    with pytest.raises(RegisterError) as raised:
        _read_here(path)
    return raised.value.findings


def problems_of(path: Path) -> list[str]:
    """The same as the lines that a terminal shows."""
    with pytest.raises(RegisterError) as raised:
        _read_here(path)
    return raised.value.problems


def read_here(path: Path) -> Register:
    """A register, read in this very process."""
    return _read_here(path)[0]


def _read_here(path: Path) -> tuple[Register, tuple[Finding, ...]]:
    content = register_bytes(path)
    return judge(read_sheets(content), path.name, hashlib.sha256(content).hexdigest())
