"""Reports whose summary is hard to print: many off target, over periods, compared with an issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from msgspec.structs import replace

from pipeline.consolidation.changes import Change, Changes
from pipeline.consolidation.rating import Tally, rate, tally, travel
from pipeline.consolidation.report import EarlierTally, Edition, Line, Report
from schemas.model import Colour, Policy
from tests.support.report_fixture import of_many

PERIODS = tuple(f"20{13 + n // 4}-{14 + n // 4} Q{n % 4 + 1}" for n in range(7))
_SAID = (
    "Two posts were filled in the quarter and the backlog has begun to fall. The full effect is "
    "expected in the next period, once the new staff have been trained; referrals rose again. "
)
_DONE = (
    "An agency team works through the oldest cases first, and its progress is looked at every week "
    "by the head of service (Head of service, by 30 June 2015)"
)


def with_ratings(report: Report, red: int, amber: int) -> Report:
    """The same with so many of its indicators red, each after four others, then so many amber.

    The others that can be rated are green. What is off target has commentary and action.
    """
    colours = _dealt(red, amber)
    sections = []
    for section in report.sections:
        lines = tuple(
            n if n.indicator.is_contextual else _rated(n, next(colours)) for n in section.lines
        )
        of_lines = tally([n.rating for n in lines], Policy())
        sections.append(replace(section, lines=lines, tally=of_lines))
    report = replace(report, sections=tuple(sections))
    return replace(report, overall=tally([n.rating for n in report.lines], Policy()))


def _dealt(red: int, amber: int) -> Iterator[Colour]:
    for n in range(10_000):
        if n % 5 == 4 and red:
            red -= 1
            yield Colour.RED
        elif n % 5 == 2 and amber:
            amber -= 1
            yield Colour.AMBER
        else:
            yield Colour.GREEN


def _rated(line: Line, colour: Colour) -> Line:
    indicator = line.indicator
    number = int(indicator.ref.partition("-")[2])
    value = {Colour.GREEN: Decimal(53 + number), Colour.AMBER: Decimal("50.5")}.get(
        colour, Decimal(30 + number)
    )
    consolidated = replace(line.consolidated, value=value)
    is_off = colour is not Colour.GREEN
    return replace(
        line,
        consolidated=consolidated,
        rating=rate(consolidated, line.target, Policy()),
        performance_shown=indicator.shown(value, indicator.decimals),
        travel=travel(value, Decimal(45 + number * 2), PERIODS[-1], indicator, line.target),
        commentary=(_SAID.strip(),) if is_off else (),
        actions=(_DONE,) if is_off else (),
    )


def over_periods(report: Report, periods: int = 7, *, exceeded: int = 0) -> Report:
    """The same after so many earlier periods, in which so many were exceeded."""
    whole = sum(report.overall.of(each) for each in Colour)
    earlier = []
    for n, name in enumerate(PERIODS[len(PERIODS) - periods :]):
        red, amber = 3 * (periods - n), 2 + n
        counts = Tally(
            whole - red - amber - exceeded, amber, red, report.overall.not_rated,
            Decimal("0.6"), Colour.AMBER, exceeded,
        )  # fmt: skip
        earlier.append(EarlierTally(name, counts))
    return replace(report, earlier=tuple(earlier))


def changed(report: Report, changes: int) -> Report:
    """The same with so many changes since its last issue."""
    lines = report.lines[:changes]
    each = [
        Change(n.indicator.wording, f"{n.performance_shown}, target {n.target_shown}", "was 40")
        for n in lines
    ]
    groups = ((("Newly red", tuple(each[:1])),) if each else ()) + (
        (("Figure changed", tuple(each[1:])),) if each[1:] else ()
    )
    since = datetime(2015, 5, 3, 7, 0, tzinfo=UTC)
    return replace(report, changes=Changes(since, ("amber", "green"), groups))


def busy(red: int = 10, amber: int = 2, changes: int = 3) -> Report:
    """A draft on 120 indicators in 12 priorities, the eighth quarter of its kind."""
    report = with_ratings(of_many(120, 12), red, amber)
    return replace(changed(over_periods(report), changes), edition=Edition("7KQ2MX"))
