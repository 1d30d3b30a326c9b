"""What an appendix prints of earlier periods: as an issue that stands printed them, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from msgspec.structs import replace

from pipeline.consolidation.disclosure import disclose_alone
from pipeline.consolidation.printed import told_of_each
from schemas.deciding import IssueRule
from schemas.model import Period
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.council import BEFORE, REGISTER, Council

BY_APPROVAL = replace(
    REGISTER,
    framework=replace(REGISTER.framework, issue_when=IssueRule.APPROVAL, small_below=5),
)
RECALLED = "Not compared with 2011-12, whose appendix was recalled."


class Year(Council):
    """A council whose nights are a day apart."""

    clock: time_machine.Traveller
    #: The code of the first issue of the year before.
    first: str

    def people_helped(self, period: Period, safety: int, care: int) -> None:
        """Both areas report how many they helped, in returns that are otherwise not the same."""
        schemes = {"P2-3": 3 if period is BEFORE else 4}
        self.drop(SAFETY, {"P2-2": safety}, f"{period.name} CS {safety}.xlsx", period)
        self.drop(CARE, {"P2-2": care, **schemes}, f"{period.name} ASC {care}.xlsx", period)

    def next_night(self) -> None:
        self.clock.shift(timedelta(1))
        self.night()

    def code(self, period: Period) -> str:
        """The code of the draft that waits."""
        drafts = {one["period"]: one["code"] for one in self.ask("status")["drafts"]}
        return str(drafts[period.name])

    def issue(self, period: Period) -> str:
        code = self.code(period)
        self.clock.shift(timedelta(hours=1))
        self.call("approve", period.name, "--draft", code, "--because", "Agreed")
        return code

    def recall(self, period: Period, code: str) -> None:
        self.clock.shift(timedelta(hours=1))
        self.call("recall", period.name, "--issue", code, "--because", "Counted twice")

    def merged(self) -> Any:
        """People helped this year, as `merge` tells it."""
        (found,) = self.ask("merge", "--period", PERIOD.name)
        return next(one for one in found["indicators"] if one["ref"] == "P2-2")

    def totals(self) -> set[int]:
        """The figures of all areas of the year before that any appendix printed."""
        with self.store as store:
            told = told_of_each(self.register, store, [BEFORE], None, disclose_alone)
        (reading,) = told[BEFORE.name]["P2-2"]
        return {int(sum(figure.value for figure in total.figures)) for total in reading.totals}


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    """The year before was issued with 63 people helped; this one's returns are in."""
    with time_machine.travel(datetime(2013, 4, 28, 2, tzinfo=UTC), tick=False) as clock:
        made = Year(tmp_path / "workspace", BY_APPROVAL)
        made.clock = clock
        made.people_helped(BEFORE, 23, 40)
        made.people_helped(PERIOD, 30, 40)
        made.next_night()
        made.first = made.issue(BEFORE)
        yield made


def test_a_recalled_figure_is_not_printed_as_published(year: Year) -> None:
    year.people_helped(BEFORE, 26, 40)
    year.next_night()
    code = year.issue(BEFORE)
    assert year.merged()["travel"]["earlier"] == "66"
    year.recall(BEFORE, code)
    # The issue before that one stands.
    assert year.merged()["travel"]["earlier"] == "63"
    assert RECALLED not in year.merged()["remarks"]


def test_where_no_issue_stands_nothing_is_compared_and_that_is_said(year: Year) -> None:
    year.next_night()
    draft = year.code(PERIOD)
    year.recall(BEFORE, year.first)
    found = year.merged()
    assert (found["travel"], RECALLED in found["remarks"]) == (None, True)
    # The next night drafts it so, and an approval of what was drafted before lapses.
    year.next_night()
    assert year.code(PERIOD) != draft
    why = year.complaint("approve", PERIOD.name, "--draft", draft, "--because", "Agreed")
    assert "has lapsed" in why
    year.issue(PERIOD)
    told = year.call("trace", "P2-2", "--period", BEFORE.name)
    assert any("last issued: 63" in line and ", recalled on " in line for line in told)
    # Issued again, it is compared with again; what was issued meanwhile stays what it was.
    year.clock.shift(timedelta(hours=1))
    year.call("approve", BEFORE.name, "--draft", year.first, "--because", "It was right")
    assert year.merged()["travel"]["earlier"] == "63"
    assert year.ask("replay")["differences"] == []


def test_what_came_since_the_earlier_issue_is_not_told_by_a_later_periods(year: Year) -> None:
    year.people_helped(BEFORE, 26, 40)
    year.call("ingest")
    year.call("appendix", "--period", PERIOD.name)
    assert year.merged()["travel"]["earlier"] == "63"
    assert year.totals() == {63}


def test_what_was_never_issued_is_told_as_it_stood(tmp_path: Path) -> None:
    year = Year(tmp_path / "workspace", BY_APPROVAL)
    year.people_helped(BEFORE, 26, 40)
    year.people_helped(PERIOD, 30, 40)
    year.call("ingest")
    year.call("appendix", "--period", PERIOD.name)
    assert year.totals() == {66}


def test_after_a_recall_a_later_period_tells_nothing_of_the_earlier(year: Year) -> None:
    year.recall(BEFORE, year.first)
    year.people_helped(BEFORE, 26, 40)
    year.call("ingest")
    year.call("appendix", "--period", PERIOD.name)
    assert year.merged()["travel"] is None
    assert year.totals() == {63}
