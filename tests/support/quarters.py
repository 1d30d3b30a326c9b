"""Two years of quarters, and what an appendix says of one indicator, from its areas' figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from msgspec.structs import replace

from pipeline.consolidation.assembly import Merged, disclose, rate
from pipeline.consolidation.merge import Consolidated, merge
from pipeline.consolidation.report import Line
from schemas.accumulation import Accumulation
from schemas.bearing import Refs, bearing, borne
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Period, Polarity, Register, Status, Target
from schemas.observations import Observation
from schemas.timeline import arranged, in_force
from schemas.units import Unit
from tests.support.builders import indicator, small_register

OPEN_UNTIL = date(2099, 12, 31)
AREAS = ("CS", "ASC")
_ENDS = ((6, 30), (9, 30), (12, 31), (3, 31))
#: `2011-12 Q1` to `2013-14 Q4`.
QUARTERS = tuple(
    Period(
        f"{year}-{year - 1999} Q{number}",
        date(year + number // 4, (4, 7, 10, 1)[number - 1], 1),
        date(year + number // 4, *_ENDS[number - 1]),
        OPEN_UNTIL,
    )
    for year in (2011, 2012, 2013)
    for number in (1, 2, 3, 4)
)
YEAR = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), OPEN_UNTIL)
#: What makes an indicator a share of which areas give the parts.
SHARE: Mapping[str, object] = {
    "unit": Unit.PERCENT,
    "decimals": 1,
    "merge_rule": MergeRule.WEIGHTED,
}

#: What an area says: a figure, its parts, or words; None: nothing.
Said = int | str | tuple[int, int] | None


def measure(how: Accumulation, **more: object) -> Indicator:
    """A count of homes let that two areas report and that is added up."""
    made = indicator("P1-1", "Homes let", areas=AREAS, polarity=Polarity.HIGHER)
    return replace(made, **{"merge_rule": MergeRule.SUM, "accumulation": how, **more})


def register_of(
    *rows: Indicator,
    targets: tuple[Target, ...] = (),
    below: int | None = None,
    periods: tuple[Period, ...] = QUARTERS,
) -> Register:
    small = small_register()
    ordered = tuple(sorted(periods, key=lambda each: (each.starts, each.ends)))
    framework = replace(small.framework, small_below=below)
    return arranged(
        replace(small, framework=framework, indicators=rows, targets=targets, periods=ordered)
    )


def observation(area: str, period: str, said: Said) -> Observation:
    """What an area reports: `12`, a tuple of its parts, `x` suppressed, `no cases`, `12p`."""
    made = Observation("P1-1", area, period, Status.FINAL)
    match said:
        case (top, bottom):
            value = round(Decimal(top * 100) / bottom, 1) if bottom else None
            parts = {"numerator": Decimal(top), "denominator": Decimal(bottom)}
            return replace(made, value=value, no_cases=not bottom, **parts)
        case "x":
            return replace(made, suppressed=True)
        case "no cases":
            return replace(made, no_cases=True)
        case str() if said.endswith("p"):
            return replace(made, value=Decimal(said[:-1]), status=Status.PROVISIONAL)
    return replace(made, value=Decimal(str(said)))


def merged_of(
    register: Register, period: Period, figures: Mapping[str, tuple[Said, ...]]
) -> Merged:
    """What the appendix of a period is made of; `figures` are what areas reported, by period."""
    current = in_force(register, period.name)

    def merged(name: str, refs: Refs = None) -> tuple[Consolidated, ...]:
        said = zip(AREAS, figures.get(name, ()), strict=False)
        given = [observation(area, name, each) for area, each in said if each is not None]
        found = merge(in_force(register, name), name, given)
        return tuple(each for each in found if refs is None or each.indicator.ref in refs)

    before = {each.name: borne(current, period, each) for each in bearing(current, period)}
    return Merged(
        current,
        period,
        datetime(2014, 1, 1, tzinfo=UTC),
        merged(period.name),
        {name: merged(name, refs) for name, refs in before.items()},
        registers={name: in_force(register, name) for name in before},
    )


def line_of(
    register: Register, period: Period, figures: Mapping[str, tuple[Said, ...]], **more: object
) -> Line:
    """What the appendix of a period says of the indicator."""
    made = replace(merged_of(register, period, figures), **more)
    (line,) = rate(disclose(made)).lines
    return line


def by_quarter(*said: tuple[Said, ...], first: int = 0) -> dict[str, tuple[Said, ...]]:
    """What the areas reported of one quarter after another."""
    names = [each.name for each in QUARTERS[first:]]
    return dict(zip(names, said, strict=False))
