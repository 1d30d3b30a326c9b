"""A year of nights at a council that issues at every change: what was sent to whom is a table.

`make test` has the first month of it, and `make faults` all.

They are run by the real command line, and a real mail server takes the mail. Between
nights people drop returns and save the register, and twice something is down for three nights.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from schemas.merge_rules import MergeRule
from schemas.model import (
    Framework,
    Gets,
    Period,
    Priority,
    Recipient,
    Register,
    ServiceArea,
    Target,
)
from tests.support.builders import CARE, SAFETY, indicator
from tests.support.filled import fill_return
from tests.support.mixed import set_up
from tests.support.nights import LONDON, Nights
from tests.support.registers import put_register

FIRST, LAST = date(2012, 7, 1), date(2013, 6, 30)
#: London has this hour twice on 28 October, and not at all on 31 March.
HOUR = time(1, 30)

HOUSING = ServiceArea("HOU", "Housing", "Head of housing", "housing@council.example")
CLERK = Recipient("Committee clerk", "clerk@council.example")
NEXT_CLERK = Recipient("Committee clerk", "next.clerk@council.example")
OFFICER = Recipient("Performance officer", "officer@council.example", (Gets.DIGEST,))
Q1, Q2, Q3, Q4 = (
    Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), date(2012, 7, 20)),
    Period("2012-13 Q2", date(2012, 7, 1), date(2012, 9, 30), date(2012, 10, 19)),
    Period("2012-13 Q3", date(2012, 10, 1), date(2012, 12, 31), date(2013, 1, 18)),
    Period("2012-13 Q4", date(2013, 1, 1), date(2013, 3, 31), date(2013, 4, 19)),
)
AT_FIRST = Register(
    framework=Framework(
        "Borough Council", "Safer homes", "Appendix 3", remind_before=(7, 1), remind_after=(1, 7)
    ),
    priorities=(Priority("P1", "Priority 1 Safer homes", "Safer homes", 1),),
    indicators=(
        indicator("P1-1", "Incidents of domestic abuse"),
        replace(indicator("P1-2", "People helped", areas=("CS", "ASC")), merge_rule=MergeRule.SUM),
    ),
    targets=tuple(Target("P1-1", each.name, value=Decimal(1100)) for each in (Q1, Q2, Q3, Q4)),
    areas=(SAFETY, CARE),
    periods=(Q1, Q2, Q3, Q4),
    recipients=(CLERK, OFFICER),
)
Q1_CLOSED = replace(AT_FIRST, periods=(replace(Q1, open=False), Q2, Q3, Q4))
OTHER_TARGET = replace(
    Q1_CLOSED,
    targets=tuple(
        replace(each, value=Decimal(900)) if each.period == Q2.name else each
        for each in Q1_CLOSED.targets
    ),
)
WITH_HOUSING = replace(
    OTHER_TARGET,
    indicators=(*OTHER_TARGET.indicators, indicator("P1-3", "Homes made safe", areas=("HOU",))),
    areas=(SAFETY, CARE, HOUSING),
    periods=(*(replace(each, open=False) for each in (Q1, Q2)), Q3, Q4),
    recipients=(NEXT_CLERK, OFFICER),
)
Q3_CLOSED = replace(
    WITH_HOUSING, periods=(*(replace(each, open=False) for each in (Q1, Q2, Q3)), Q4)
)
FIGURES = {"CS": ("P1-1", "P1-2"), "ASC": ("P1-2",), "HOU": ("P1-3",)}


@dataclass
class Council(Nights):
    """A workspace, its mail server and everyone who does something between the nights."""

    hour: time = HOUR
    register: Register = AT_FIRST

    def take_register(self, register: Register) -> None:
        self.register = register
        put_register(register, self.root / "register.xlsx")

    def drop(self, area: ServiceArea, period: Period, name: str, figure: object) -> None:
        entries = {ref: {"Performance": figure} for ref in FIGURES[area.ref]}
        fill_return(self.register, area, period, self.root / f"{name}.xlsx", entries)
        self.drop_again(name)

    def drop_again(self, name: str, called: str = "") -> None:
        copy = self.root / "inbox" / f"{called or name}.xlsx"
        shutil.copyfile(self.root / f"{name}.xlsx", copy)


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Council]:
    put_register(AT_FIRST, tmp_path / "register.xlsx")
    make_workspace(tmp_path, FIRST, AT_FIRST)
    with ExitStack() as server:
        made = Council(tmp_path, server)
        made.start_server()
        set_up(tmp_path, settle_seconds=0.0, incomplete_minutes=0, workers=1)
        yield made


def happens(council: Council) -> dict[str, Callable[[], None]]:
    """What people do on the day before each of these nights."""

    def restate() -> None:
        council.drop_again("care Q1 corrected")
        at = datetime(2012, 9, 5, 14, tzinfo=LONDON)
        council.call(at, "run", "--reopen", Q1.name, "--because", "The committee asked for it")

    def all_return_q4() -> None:
        council.drop(SAFETY, Q4, "safety Q4", 1000)
        council.drop(CARE, Q4, "care Q4", 12)
        council.drop(HOUSING, Q4, "housing Q4", 5)

    return {
        "10 Jul": lambda: council.drop(SAFETY, Q1, "safety Q1", 1050),
        "17 Jul": lambda: council.drop(CARE, Q1, "care Q1", "about 12"),
        "18 Jul": lambda: council.drop(CARE, Q1, "care Q1", 12),
        "23 Jul": lambda: council.drop_again("safety Q1", "safety Q1 (2)"),
        "24 Jul": lambda: council.drop(SAFETY, Q1, "safety Q1 new", 1060),
        "15 Aug": lambda: council.take_register(Q1_CLOSED),
        "03 Sep": lambda: council.drop(CARE, Q1, "care Q1 corrected", 14),
        "06 Sep": restate,
        "17 Oct": lambda: council.drop(CARE, Q2, "care Q2", 13),
        "22 Oct": lambda: council.drop(SAFETY, Q2, "safety Q2", 1000),
        "28 Oct": lambda: council.drop(SAFETY, Q2, "safety Q2 new", 1010),
        "01 Dec": lambda: council.take_register(OTHER_TARGET),
        "15 Dec": lambda: council.take_register(WITH_HOUSING),
        "11 Jan": council.stop_server,
        "12 Jan": lambda: council.drop(SAFETY, Q3, "safety Q3", 1000),
        "14 Jan": council.start_server,
        "18 Jan": lambda: council.drop(CARE, Q3, "care Q3", 12),
        "27 Jan": lambda: council.drop(HOUSING, Q3, "housing Q3", 5),
        "28 Feb": lambda: council.take_register(Q3_CLOSED),
        "31 Mar": lambda: council.drop(CARE, Q3, "care Q3 new", 13),
        "15 Apr": all_return_q4,
    }


#: Nights on which the machine is down. From 11 to 13 January the mail server is, see `happens`.
DOWN = ("12 Oct", "13 Oct", "14 Oct")

#: The night, to whom, and the subject, in the order in which the server took them.
SENT = """
# A return in time.
10 Jul  clerk       Appendix 3, 2012-13 Q1: overall green, 0 red
10 Jul  safety      Return for 2012-13 Q1 accepted: safety Q1.xlsx
# A week before the day returns are due, who has returned is not reminded.
13 Jul  care        Return for 2012-13 Q1 due by 20 July 2012
# Sent back, for a figure in words: nothing in the appendix changes.
17 Jul  care        Return for 2012-13 Q1 sent back: 1 thing to correct in care Q1.xlsx
17 Jul  officer     Quarterday, 17 July 2012: 1 thing to look at
# Corrected; so nobody is reminded on the day before.
18 Jul  clerk       Appendix 3, 2012-13 Q1, issue 2: overall green, 0 red
18 Jul  care        Return for 2012-13 Q1 accepted: care Q1.xlsx
# A file that came twice.
23 Jul  safety      Return for 2012-13 Q1 received again: safety Q1 (2).xlsx
# A return that came in time is replaced by another.
24 Jul  clerk       Appendix 3, 2012-13 Q1, issue 3: overall green, 0 red
24 Jul  safety      Return for 2012-13 Q1 accepted: safety Q1 new.xlsx
# The register has closed the quarter, after its committee.
03 Sep  care        Return for 2012-13 Q1 sent back: 1 thing to correct in care Q1 corrected.xlsx
03 Sep  officer     Quarterday, 3 September 2012: 1 thing to look at
# Opened again by a person for one run.
05 Sep  clerk       Appendix 3, 2012-13 Q1, issue 4 (restated): overall green, 0 red
05 Sep  care        Return for 2012-13 Q1 accepted as a restatement: care Q1 corrected.xlsx
# The machine was down from the week before on, for three nights: made up for once.
15 Oct  safety      Return for 2012-13 Q2 due by 19 October 2012
15 Oct  care        Return for 2012-13 Q2 due by 19 October 2012
17 Oct  clerk       Appendix 3, 2012-13 Q2: overall not rated, 0 red
17 Oct  care        Return for 2012-13 Q2 accepted: care Q2.xlsx
# The day before, and the day after.
18 Oct  safety      Return for 2012-13 Q2 due by 19 October 2012
20 Oct  safety      Return for 2012-13 Q2 overdue
20 Oct  officer     Quarterday, 20 October 2012: 1 thing to look at
# Late.
22 Oct  clerk       Appendix 3, 2012-13 Q2, issue 2: overall green, 0 red
22 Oct  safety      Return for 2012-13 Q2 accepted, late: safety Q2.xlsx
# The clocks are put back: two starts.
28 Oct  clerk       Appendix 3, 2012-13 Q2, issue 3: overall green, 0 red
28 Oct  safety      Return for 2012-13 Q2 accepted, late: safety Q2 new.xlsx
# A target is changed on the register. Later it gets a service area and another clerk.
01 Dec  clerk       Appendix 3, 2012-13 Q2, issue 4: overall red, 1 red
# The mail server was down for three nights. Safety, which has returned, is no longer reminded.
14 Jan  care        Return for 2012-13 Q3 due by 18 January 2013
14 Jan  housing     Return for 2012-13 Q3 due by 18 January 2013
14 Jan  next.clerk  Appendix 3, 2012-13 Q3: overall green, 0 red
14 Jan  safety      Return for 2012-13 Q3 accepted: safety Q3.xlsx
17 Jan  care        Return for 2012-13 Q3 due by 18 January 2013
17 Jan  housing     Return for 2012-13 Q3 due by 18 January 2013
# In time, on the last day; the third area is overdue.
18 Jan  next.clerk  Appendix 3, 2012-13 Q3, issue 2: overall green, 0 red
18 Jan  care        Return for 2012-13 Q3 accepted: care Q3.xlsx
19 Jan  housing     Return for 2012-13 Q3 overdue
19 Jan  officer     Quarterday, 19 January 2013: 1 thing to look at
# A week after.
25 Jan  housing     Return for 2012-13 Q3 overdue
27 Jan  next.clerk  Appendix 3, 2012-13 Q3, issue 3: overall green, 0 red
27 Jan  housing     Return for 2012-13 Q3 accepted, late: housing Q3.xlsx
# The clocks are put forward. The quarter is closed.
31 Mar  care        Return for 2012-13 Q3 sent back: 1 thing to correct in care Q3 new.xlsx
31 Mar  officer     Quarterday, 31 March 2013: 1 thing to look at
12 Apr  safety      Return for 2012-13 Q4 due by 19 April 2013
12 Apr  care        Return for 2012-13 Q4 due by 19 April 2013
12 Apr  housing     Return for 2012-13 Q4 due by 19 April 2013
# Everyone returns; nobody is reminded any more.
15 Apr  next.clerk  Appendix 3, 2012-13 Q4: overall green, 0 red
15 Apr  safety      Return for 2012-13 Q4 accepted: safety Q4.xlsx
15 Apr  care        Return for 2012-13 Q4 accepted: care Q4.xlsx
15 Apr  housing     Return for 2012-13 Q4 accepted: housing Q4.xlsx
"""


@pytest.mark.parametrize(
    ("last", "sent", "idle"),
    [(date(2012, 7, 31), 10, 25), pytest.param(LAST, None, 338, marks=pytest.mark.faults)],
)
def test_what_a_year_of_nights_sends_to_whom(
    council: Council, last: date, sent: int | None, idle: int
) -> None:
    events = happens(council)
    day = FIRST
    while day <= last:
        called = f"{day:%d %b}"
        if called in events:
            events[called]()
        if called not in DOWN:
            assert council.night(day) in (0, 1)
        day += timedelta(days=1)
    expected = [line for line in SENT.strip().splitlines() if not line.startswith("#")]
    came = [f"{one.day}  {one.to:<10}  {one.subject}" for one in council.came]
    assert came == expected[:sent]
    assert max(Counter(council.ids).values()) == 1
    # Nights on which nothing happened, which end without a word.
    assert council.idle == idle
