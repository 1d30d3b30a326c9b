"""The last periods' figures of an indicator: as they were issued, each with why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from msgspec.structs import replace

from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.content import code_of
from pipeline.consolidation.report import Line, Point, Report
from pipeline.job.session import looking
from schemas.deciding import IssueRule
from schemas.model import Colour, Period, Register, Target
from tests.support.builders import CARE, SAFETY
from tests.support.council import REGISTER, Council

#: Ten quarters, whose returns are due long after.
QUARTERS = tuple(
    Period(
        f"{year}-{year - 1999} Q{n}",
        date(year + n // 4, (4, 7, 10, 1)[n - 1], 1),
        date(year + n // 4, *((6, 30), (9, 30), (12, 31), (3, 31))[n - 1]),
        date(2099, 12, 31),
    )
    for year in (2010, 2011, 2012)
    for n in (1, 2, 3, 4)
)[:10]
LAST = QUARTERS[-1]


def of_quarters(register: Register, *, below: int | None = 5) -> Register:
    """The register with the quarters, of which P2-2, a sum of both areas, has a target of 60."""
    targets = tuple(Target("P2-2", each.name, value=Decimal(60)) for each in QUARTERS)
    framework = replace(register.framework, issue_when=IssueRule.CHANGE, small_below=below)
    return replace(register, framework=framework, periods=QUARTERS, targets=targets)


class Quarters(Council):
    """A council whose nights are a day apart."""

    clock: time_machine.Traveller

    def helped(self, period: Period, safety: int, care: int) -> None:
        """Both areas report how many they helped."""
        self.drop(SAFETY, {"P2-2": safety}, f"{period.name} CS {safety}.xlsx", period)
        self.drop(
            CARE, {"P2-2": care, "P2-3": 20 + safety % 5}, f"{period.name} ASC {care}.xlsx", period
        )

    def next_night(self) -> None:
        self.clock.shift(timedelta(1))
        self.night()

    def report(self, period: Period = LAST) -> Report:
        with looking(self.place, datetime.now(UTC)) as session:
            return report_of(session, period)

    def line(self, ref: str = "P2-2", period: Period = LAST) -> Line:
        return next(n for n in self.report(period).lines if n.indicator.ref == ref)

    def points(self, ref: str = "P2-2", period: Period = LAST) -> list[str]:
        """Each period's figure with its rating, or why there is none."""
        some = self.line(ref, period).series
        return [f"{p.figure} {p.rating}".strip() if p.figure else p.why for p in some]


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Quarters]:
    with time_machine.travel(datetime(2013, 4, 28, 2, tzinfo=UTC), tick=False) as clock:
        made = Quarters(tmp_path / "workspace", of_quarters(REGISTER))
        made.clock = clock
        yield made


def test_figures_of_eight_periods_stand_as_they_were_issued(council: Quarters) -> None:
    for number, quarter in enumerate(QUARTERS):
        council.helped(quarter, 20 + number, 34)
    council.next_night()
    series = council.line().series
    assert [each.period for each in series] == [each.name for each in QUARTERS[2:]]
    assert [each.figure for each in series] == [str(54 + n) for n in range(2, 10)]
    green, amber = Colour.GREEN, Colour.AMBER
    assert [each.colour for each in series] == [*[green] * 5, *[amber] * 3]
    assert series[-1] == Point(LAST.name, "63", Decimal(63), "amber")
    assert council.line().last_point == series[-2]
    # What reports in words has none, a milestone its states.
    assert council.line("P1-5").series == ()
    assert council.points("P2-1") == ["On track green"] * 8
    earlier = council.report().earlier
    assert [each.period for each in earlier] == [each.name for each in QUARTERS[2:-1]]
    assert [each.tally.amber for each in earlier] == [0, 0, 0, 0, 0, 1, 1]
    # The last figure is the one that the direction of travel is measured from.
    travel = council.line().travel
    assert travel is not None
    assert (travel.earlier, travel.basis) == (series[-2].value, series[-2].period)


def test_a_period_that_is_issued_anew_is_printed_so_by_those_after_it(council: Quarters) -> None:
    for number, quarter in enumerate(QUARTERS[:5]):
        council.helped(quarter, 20 + number, 34)
    council.next_night()
    last = QUARTERS[4]
    before = council.report(last)
    assert council.line(period=last).series[0].figure == "54"
    council.helped(QUARTERS[0], 26, 34)
    council.next_night()
    council.next_night()
    assert council.line(period=last).series[0].figure == "60"
    assert council.report(last).content != before.content
    sheet = council.place.outbox_of(last.name)
    assert len([*sheet.glob("issue *")]) == 2


def test_each_gap_has_its_reason(council: Quarters) -> None:
    council.suppress(None)
    first, second, third, _, last = QUARTERS[:5]
    council.drop(SAFETY, {"P2-2": 3}, "a.xlsx", first)
    council.drop(CARE, {"P2-2": 40, "P2-3": 2}, "b.xlsx", first)
    council.helped(second, 20, 34)
    council.drop(SAFETY, {"P2-2": 20}, "c.xlsx", third)
    council.helped(last, 30, 34)
    council.next_night()
    with council.store as store:
        issue = store.last_issue(second.name)
    assert issue is not None
    code = code_of(second.name, issue.said)
    council.clock.shift(timedelta(hours=1))
    council.call("recall", second.name, "--issue", code, "--because", "Counted twice")
    figures = ["43 green", "Recalled", "20 areas missing", "No data", "64 red"]
    assert council.points(period=last) == figures
    schemes = ["2 no target", "Recalled", "No data", "No data", "20 no target"]
    assert council.points("P2-3", last) == schemes
    # Of a period with which nothing is compared only an issue says something.
    assert council.points(period=QUARTERS[5])[3:] == ["Not issued", "64 red", "No data"]
    # From now on small numbers are suppressed: what was issued before is not told again.
    council.set_open(first.name, is_open=False)
    council.suppress(5)
    assert council.points("P2-3", last)[0] == "Suppressed"
    assert council.points(period=last)[0] == "43 green"
