"""A year at a borough of 20 service areas, in which the officer rules what goes out.

Every night of it is run by the real command line, against a real mail server. In the afternoons areas
drop returns, and the officer edits the register in its workbook or gives a command. What was mailed
to whom on which day is held against a table that was written from what the pages for officers promise.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import Result

from pipeline.operations.setup import make_workspace
from pipeline.register.starter import starter_register
from pipeline.store import Store
from pipeline.workspace.folder import open_workspace
from tests.support.borough import (
    AREAS,
    NEW_TARGETS,
    NEW_USUAL,
    Q1,
    Q2,
    Q3,
    Q4,
    QUARTERS,
    USUAL,
    WITHOUT_ADDRESS,
    YEAR,
    add_period,
    add_recipient,
    all_but,
    begin,
    begin_year,
    entries_of,
    set_targets,
)
from tests.support.filled import fill_in
from tests.support.mixed import set_up
from tests.support.nights import LONDON, Nights
from tests.support.officer import RegisterBook, editing

FIRST, LAST = date(2012, 4, 24), date(2013, 4, 24)
AFTERNOON = time(14)

#: The day, to whom, and what. A night is at two in the morning, and answers what was done the day
#: before; what a command sends it sends in the afternoon. `all but` is of the service areas.
#: What Libraries, which have no address, find in the outbox stands among it.
SENT = """
# The year 2011-12 is due on 30 April. The job begins on the 24th: the reminder of the 23rd is not
# made up for. Seven areas return; the draft waits for Friday.
26 Apr | ASC EDU LEI CUL ENV FIN DIG | Return for 2011-12 accepted
26 Apr | officer | digest
27 Apr | officer | draft: Appendix 3, 2011-12: overall not rated, 0 red
# The day before: who has not returned. Libraries have no address, which the officer is told.
29 Apr | all but ASC EDU LEI CUL ENV FIN DIG | Return for 2011-12 due by 30 April 2012
29 Apr | officer | digest
# One of nine is sent back, and one has a warning.
30 Apr | CSC PUB LIB REV WAS HIG HR | Return for 2011-12 accepted
30 Apr | CS | Return for 2011-12 accepted, 1 thing to look at
30 Apr | HOU | Return for 2011-12 sent back: 1 thing to correct
30 Apr | officer | digest
# Housing came in time, and is not late now that it is right. The day after: who is overdue.
1 May | HOU | Return for 2011-12 accepted
1 May | PLA TRA TS LEG | Return for 2011-12 overdue
1 May | officer | draft: Appendix 3, 2011-12: overall amber, 4 red
1 May | officer | digest
# Two people who may not approve, one by command and one by the register: both are answered.
2 May | officer | digest
3 May | PLA TRA TS | Return for 2011-12 accepted, late
3 May | officer | digest
4 May | officer | draft: Appendix 3, 2011-12: overall amber, 4 red
# Approved by command: only now the committee hears of it.
4 May | clerk chair | Appendix 3, 2011-12: overall amber, 4 red
5 May | officer | digest
# A week after; and the officer's answers to the acceptance of a warning, and to an approval of what
# had been issued.
7 May | LEG | Return for 2011-12 overdue
9 May | officer | digest
10 May | officer | digest
# Transport telephones a figure, which the officer enters.
12 May | TRA | 1 figure entered for Transport, 2011-12
12 May | officer | digest
15 May | officer | draft: Appendix 3, 2011-12: overall amber, 4 red
# The register approves that draft; in the same night Transport's return says another figure, so the
# approval lapses.
16 May | TRA | Return for 2011-12 accepted, late
16 May | officer | digest
18 May | officer | draft: Appendix 3, 2011-12: overall amber, 5 red
# The deputy approves it on the register.
19 May | clerk chair | Appendix 3, 2011-12, issue 2: overall amber, 5 red
19 May | officer | digest
# It was wrong, and is recalled on the register.
22 May | clerk chair | RECALLED: Appendix 3, 2011-12, issue 2
22 May | officer | digest
24 May | ENV | Return for 2011-12 accepted
24 May | officer | digest
25 May | officer | draft: Appendix 3, 2011-12: overall amber, 6 red
25 May | clerk chair | Appendix 3, 2011-12, issue 3: overall amber, 6 red
26 May | officer | digest
# The year is closed, and the register rewritten for the new one: nobody is mailed.
# The register is broken for two nights, from 11 July on. What came waits, and so does the reminder
# of the 13th, which goes out with the first night after that.
12 Jul | officer | register.xlsx cannot be used
13 Jul | officer | register.xlsx cannot be used
14 Jul | ASC EDU LEI CUL ENV FIN DIG LIB HOU CSC | Return for 2012-13 Q1 accepted
14 Jul | PUB CS REV PLA WAS HIG TRA TS HR LEG | Return for 2012-13 Q1 due by 20 July 2012
14 Jul | officer | digest
17 Jul | officer | draft: Appendix 3, 2012-13 Q1: overall not rated, 0 red
# The mail server is down in the night of the 18th, and up again at three in the afternoon.
18 Jul | PUB REV PLA WAS | Return for 2012-13 Q1 accepted
18 Jul | CS | Return for 2012-13 Q1 accepted, 1 thing to look at
18 Jul | officer | digest
19 Jul | HIG TRA TS HR LEG | Return for 2012-13 Q1 due by 20 July 2012
20 Jul | HIG TRA TS HR | Return for 2012-13 Q1 accepted
20 Jul | officer | draft: Appendix 3, 2012-13 Q1: overall green, 1 red
20 Jul | officer | digest
21 Jul | LEG | Return for 2012-13 Q1 overdue
21 Jul | officer | digest
22 Jul | LEG | Return for 2012-13 Q1 accepted, late
22 Jul | officer | digest
24 Jul | officer | draft: Appendix 3, 2012-13 Q1: overall green, 1 red
25 Jul | clerk chair | Appendix 3, 2012-13 Q1: overall green, 1 red
25 Jul | officer | digest
# In August the officer changes periods, recipients, leads' names, reminder days, sources and
# plausible limits, closes the quarter, and opens a year long past to load it: nobody is mailed.
# A return for the closed year is sent back; the same file is taken in once the year is reopened.
6 Sep | WAS | Return for 2011-12 sent back: 1 thing to correct
6 Sep | officer | digest
11 Sep | WAS | Return for 2011-12 accepted as a restatement
11 Sep | officer director | draft: Appendix 3, 2011-12 (restated): overall amber, 6 red
11 Sep | officer | digest
11 Sep | new.clerk chair | Appendix 3, 2011-12, issue 4 (restated): overall amber, 6 red
12 Sep | officer | digest
# The second quarter: everyone returns before anyone is reminded.
9 Oct | all but | Return for 2012-13 Q2 accepted
9 Oct | officer director | draft: Appendix 3, 2012-13 Q2: overall green, 1 red
9 Oct | officer | digest
9 Oct | new.clerk chair | Appendix 3, 2012-13 Q2: overall green, 1 red
10 Oct | officer | digest
# It is recalled by command, and so the third quarter is compared with nothing.
7 Jan | new.clerk chair | RECALLED: Appendix 3, 2012-13 Q2, issue 1
8 Jan | officer | digest
10 Jan | all but | Return for 2012-13 Q3 accepted
10 Jan | officer | digest
11 Jan | officer director | draft: Appendix 3, 2012-13 Q3: overall green, 1 red
# It was right after all, and is issued once more; the third quarter is compared with it again.
14 Jan | new.clerk chair | Appendix 3, 2012-13 Q2, issue 2: overall green, 1 red
15 Jan | officer director | draft: Appendix 3, 2012-13 Q3: overall green, 1 red
15 Jan | officer | digest
15 Jan | new.clerk chair | Appendix 3, 2012-13 Q3: overall green, 1 red
16 Jan | officer | digest
9 Apr | all but | Return for 2012-13 Q4 accepted
9 Apr | officer director | draft: Appendix 3, 2012-13 Q4: overall green, 1 red
9 Apr | officer | digest
10 Apr | new.clerk chair | Appendix 3, 2012-13 Q4: overall green, 1 red
10 Apr | officer | digest
"""

#: The day, to whom, and what the message says among other things.
SAID = [
    ("27 Apr", "officer", "7 of 20 answers are in; the whole is rated once 75% are."),
    ("29 Apr", "officer", "Libraries: a reminder for 2011-12."),
    ("30 Apr", "hou", "about 410"),
    ("2 May", "officer", "Not done. temp is no login of an approver"),
    ("2 May", "officer", "Not done. Somebody is not on the register's sheet Approvers."),
    ("4 May", "clerk", "This is the first issue of the appendix for 2011-12."),
    ("5 May", "officer", "Done. Draft"),
    ("9 May", "officer", "is accepted."),
    ("10 May", "officer", "Not done. Issue 1 for 2011-12 says the same as draft"),
    ("12 May", "tra", "Bus journeys, 2011-12: 121,000 Entered by pofficer on 11 May 2012"),
    ("12 May", "officer", "Transport, 2011-12: Bus journeys: 121,000."),
    ("16 May", "tra", "The figure for Bus journeys that was entered by pofficer on 11 May 2012"),
    ("16 May", "officer", "has lapsed, since it would say something else now: newly red: Bus jour"),
    ("19 May", "clerk", "Newly red: * Bus journeys 101,000, target 120,000"),
    ("19 May", "officer", "Draft"),
    ("22 May", "chair", "Why: Air quality is that of the year before"),
    ("25 May", "clerk", "It replaces issue 2, which was recalled on 22 May 2012: Air quality is"),
    ("25 May", "chair", "Newly red: * Air quality readings within limits 80.0%"),
    ("12 Jul", "officer", "Sheet Framework, cell B6"),
    ("12 Jul", "officer", "Sheet Indicators, cell G3"),
    ("13 Jul", "officer", "Since 12 July 2012, 02:00 BST no run could use it."),
    ("6 Sep", "was", "2011-12 is closed"),
    ("11 Sep", "officer", "Restated: it stood at 44.1% when the period was closed on 29 May 2012."),
    ("11 Sep", "officer", "Done. 2011-12 is open for the run of this night."),
    ("11 Sep", "chair", "* Priority 2: Place Restated: it was made up otherwise when the period"),
    ("7 Jan", "new.clerk", "Why: Two areas sent figures of another quarter"),
    ("11 Jan", "officer", "Not compared with 2012-13 Q2, whose appendix was recalled."),
    ("14 Jan", "chair", "It replaces issue 1, which was recalled on 7 January 2013"),
    ("15 Jan", "director", "► Same; was 91.0% (2012-13 Q2)"),
]


@dataclass
class Year:
    """The borough, and what is noted of its year."""

    nights: Nights
    day: date = FIRST
    #: By the day, a night or command that did not end with 0 or 1.
    codes: dict[str, int] = field(default_factory=dict)
    by_hand: list[tuple[str, str]] = field(default_factory=list)
    #: By the day: the files that a command or a night wrote for the committee.
    outbox: dict[str, frozenset[str]] = field(default_factory=dict)
    #: What Waste says that it achieved.
    achieved: str = "A recycling centre was opened."

    @property
    def root(self) -> Path:
        return self.nights.root

    @property
    def called(self) -> str:
        return f"{self.day.day} {self.day:%b}"

    # --- What people do ----------------------------------------------------------------------

    def give(self, *words: object, by: str = "pofficer", at: time = AFTERNOON) -> Result:
        """A command, at a time of the day, by someone's login."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOGNAME", by)
            return self.nights.call(datetime.combine(self.day, at, LONDON), *words)

    def done(self, *words: object, **how: str) -> None:
        result = self.give(*words, **how)
        assert result.exit_code == 0, result.output

    def refused(self, *words: object, **how: str) -> str:
        result = self.give(*words, **how)
        assert result.exit_code == 2, result.output
        return result.stderr

    @property
    def register(self) -> Path:
        return self.root / "register.xlsx"

    def decide(self, what: str, period: str, by: str, because: str, **cells: str) -> None:
        """Type a line on the sheet Decisions."""
        asked = {"What": what, "Period": period, "Decided by": by, "Because": because}
        with editing(self.register) as book:
            book.add("Decisions", [{**asked, **cells, "On": self.day}])

    def code(self, period: str) -> str:
        """The code of the draft that the officer was mailed last of a period."""
        subjects = [one.subject for one in self.nights.came if f"3, {period}" in one.subject]
        return [found[1] for s in subjects if (found := re.match(r"DRAFT (\w{6}):", s))][-1]

    def send_in(
        self,
        period: str,
        *refs: str,
        usual: Mapping[tuple[str, str], object] = USUAL,
        **other: object,
    ) -> None:
        """Areas fill in the templates that were written for them, and drop them."""
        figures = {ref.replace("_", "-"): figure for ref, figure in other.items()}
        for ref in refs:
            achieved = [("Priority 2: Place", self.achieved)] if ref == "WAS" else []
            name = f"Return {period} - {AREAS[ref]}.xlsx"
            template = self.root / "outbox" / period / "templates" / name
            if not template.exists():
                self.done("template", "--period", period, by="quarterday")
            path = Path(shutil.copyfile(template, self.root / "inbox" / name))
            fill_in(path, entries_of(ref, usual, figures), achieved)

    # --- What becomes of it ------------------------------------------------------------------

    def night(self) -> None:
        code = self.nights.night(self.day)
        if code not in (0, 1):
            self.codes[self.called] = code

    def handed_over(self) -> list[tuple[str, str]]:
        """The day and the subject of each message to the area without an address."""
        folder = self.root / "outbox" / "for areas" / WITHOUT_ADDRESS
        found = []
        for path in folder.rglob("*.txt"):
            subject, sent = path.read_text("utf-8").splitlines()[:2]
            day = parsedate_to_datetime(sent)
            found.append((f"{day.day} {day:%b}", subject))
        return found

    def committee_files(self, period: str = YEAR) -> frozenset[str]:
        """The files for the committee, by their paths in the outbox's folder of a period."""
        folder = self.root / "outbox" / period
        return frozenset(
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.suffix in (".xlsx", ".html", ".csv", ".txt")
            and not {"corrections", "templates"} & set(path.parts)
        )


def events(year: Year) -> Mapping[str, Callable[[], None]]:
    """What people do in the afternoon of these days."""
    first = ("ASC", "EDU", "LEI", "CUL", "ENV", "FIN", "DIG")
    new = {"usual": NEW_USUAL}

    def may_not() -> None:
        code = year.code(YEAR)
        said = year.refused("approve", YEAR, "--draft", code, "--because", "It is late", by="temp")
        assert "temp is no login of an approver" in said
        year.decide("approve", YEAR, "Somebody", "It is late", Code=code)
        year.outbox["before any issue"] = year.committee_files()

    def approve(period: str) -> None:
        year.done("approve", period, "--draft", year.code(period), "--because", "Agreed")

    def approve_once_more() -> None:
        code = year.code(YEAR)
        said = year.refused("approve", YEAR, "--draft", code, "--because", "Agreed")
        assert "says the same as draft" in said

    def enter() -> None:
        words = ("enter", YEAR, "Transport", "TRA-1", "121000", "--because", "By telephone")
        year.done(*words)

    def approve_and_overtake() -> None:
        year.decide("approve", YEAR, "Performance officer", "Agreed", Code=year.code(YEAR))
        year.send_in(YEAR, "TRA", TRA_1=101000)

    def note_recalled() -> None:
        year.outbox["recalled"] = year.committee_files()
        year.send_in(YEAR, "ENV", ENV_1="80.0%")

    def break_register() -> None:
        year.send_in(Q1, *first, "LIB", "HOU", "CSC", **new)
        with editing(year.register) as book:
            book.put("Framework", "Tolerance", {"Value": "10 or so"})
            book.put("Indicators", "CSC-1", {"Polarity": "lowr"})

    def mend_register() -> None:
        with editing(year.register) as book:
            book.put("Framework", "Tolerance", {"Value": "10%"})
            book.put("Indicators", "CSC-1", {"Polarity": "lower"})

    def lose_server() -> None:
        year.send_in(Q1, "PUB", "CS", "REV", "PLA", "WAS", **new)
        year.nights.stop_server()

    def send_what_waits() -> None:
        before = everything_in(year.root / "outbox")
        assert year.give("send", at=time(10)).exit_code == 1
        year.nights.start_server()
        assert year.give("send", at=time(15)).exit_code == 0
        assert everything_in(year.root / "outbox") == before

    def change(do: Callable[[RegisterBook], object]) -> Callable[[], None]:
        def changed() -> None:
            with editing(year.register) as book:
                do(book)

        return changed

    def add_quarters(book: RegisterBook) -> None:
        for name in (Q2, Q3, Q4):
            add_period(book, name, *QUARTERS[name])
            set_targets(book, name, NEW_TARGETS)

    def other_recipients(book: RegisterBook) -> None:
        book.remove("Recipients", "Name", "clerk")
        add_recipient(book, "new.clerk", "appendix")
        add_recipient(book, "director", "draft")

    def other_reminders(book: RegisterBook) -> None:
        book.put("Framework", "Remind days before", {"Value": "5"})
        book.put("Framework", "Remind days after", {"Value": "1"})

    def long_past(book: RegisterBook) -> None:
        add_period(book, "2010-11", date(2010, 4, 1), date(2011, 3, 31), date(2011, 4, 30))

    def close(period: str) -> Callable[[], None]:
        return change(lambda book: book.put("Periods", period, {"Open or closed": "closed"}))

    def restate() -> None:
        year.achieved = "Two recycling centres were opened."
        year.send_in(YEAR, "WAS", WAS_1="47.2%")

    def restate_again() -> None:
        lies = next((year.root / "var" / "archive").glob(f"??/{sent_back(year)}*"))
        shutil.copyfile(lies, year.root / "inbox" / "Return 2011-12 - Waste.xlsx")
        year.decide("reopen", YEAR, "Deputy officer", "The weighbridge was wrong")

    def recall() -> None:
        why = "Two areas sent figures of another quarter"
        year.done("recall", Q2, "--issue", year.code(Q2), "--because", why)

    def all_return(period: str) -> Callable[[], None]:
        return lambda: year.send_in(period, *AREAS, **new)

    return {
        "25 Apr": lambda: year.send_in(YEAR, *first),
        "29 Apr": lambda: (
            year.send_in(YEAR, "CSC", "PUB", "CS", "LIB", "REV", "WAS", "HIG", "HR"),
            year.send_in(YEAR, "HOU", HOME_1="about 410"),
        ),
        "30 Apr": lambda: year.send_in(YEAR, "HOU"),
        "1 May": may_not,
        "2 May": lambda: year.send_in(YEAR, "PLA", "TRA", "TS"),
        "4 May": lambda: approve(YEAR),
        "8 May": lambda: year.decide(
            *("accept", YEAR, "Performance officer", "A second site opened"),
            **{"Service area": "CS", "Finding": "V15", "Indicator": "CS-1"},
        ),
        "9 May": approve_once_more,
        "11 May": enter,
        "15 May": approve_and_overtake,
        "18 May": lambda: year.decide(
            "approve", YEAR, "Deputy officer", "Agreed", Code=year.code(YEAR)
        ),
        "21 May": lambda: year.decide(
            *("recall", YEAR, "Performance officer", "Air quality is that of the year before"),
            Code=year.code(YEAR),
        ),
        "23 May": note_recalled,
        "25 May": lambda: approve(YEAR),
        "28 May": close(YEAR),
        "1 Jun": lambda: begin_year(year.register),
        "11 Jul": break_register,
        "13 Jul": mend_register,
        "17 Jul": lose_server,
        "18 Jul": send_what_waits,
        "19 Jul": lambda: year.send_in(Q1, "HIG", "TRA", "TS", "HR", **new),
        "21 Jul": lambda: year.send_in(Q1, "LEG", **new),
        "24 Jul": lambda: year.decide(
            "approve", Q1, "Deputy officer", "Agreed", Code=year.code(Q1)
        ),
        "1 Aug": change(add_quarters),
        "2 Aug": change(other_recipients),
        "3 Aug": change(lambda book: book.fill("Service areas", "Lead", "A new head of service")),
        "6 Aug": change(other_reminders),
        "7 Aug": change(lambda book: book.fill("Indicators", "Source", "The data warehouse")),
        "8 Aug": change(lambda book: book.put("Indicators", "CS-1", {"Plausible maximum": 5000})),
        "20 Aug": close(Q1),
        "3 Sep": change(long_past),
        "4 Sep": close("2010-11"),
        "5 Sep": restate,
        "10 Sep": restate_again,
        "11 Sep": lambda: approve(YEAR),
        "8 Oct": all_return(Q2),
        "9 Oct": lambda: approve(Q2),
        "7 Jan": recall,
        "9 Jan": all_return(Q3),
        "14 Jan": lambda: approve(Q2),
        "15 Jan": lambda: approve(Q3),
        "8 Apr": all_return(Q4),
        "9 Apr": lambda: year.decide("approve", Q4, "Deputy officer", "Agreed", Code=year.code(Q4)),
    }


def sent_back(year: Year) -> str:
    """The hash of the return of Waste that was sent back in September."""
    with Store(open_workspace(year.root).store_url) as store:
        return store.submissions(YEAR)[-1].sha256


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The year as it went."""
    root = tmp_path_factory.mktemp("borough") / "workspace"
    make_workspace(root, FIRST, starter_register(FIRST))
    begin(root / "register.xlsx")
    set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    with ExitStack() as server:
        nights = Nights(root, server)
        nights.start_server()
        made = Year(nights)
        happens = events(made)
        passed = set()
        while made.day <= LAST:
            made.night()
            if made.called in happens and made.called not in passed:
                happens[made.called]()
                passed.add(made.called)
            made.day += timedelta(days=1)
        assert passed == set(happens)
        yield made


# --- Who was mailed what -------------------------------------------------------------------------


def expected() -> list[tuple[str, str, str]]:
    """The table, a row for each message."""
    rows = []
    for line in SENT.strip().splitlines():
        if line.startswith("#"):
            continue
        day, to, about = line.split(" | ")
        everyone = all_but(*to.split()[2:]) if to.startswith("all but") else to.split()
        rows += [(day, each.lower(), about) for each in everyone]
    return rows


def in_short(subject: str) -> str:
    """A subject without the names of files, the codes of drafts and what a digest counts."""
    subject = re.sub(r" ?(?:in|:) Return [^,]*\.xlsx", "", subject)
    subject = re.sub(r"^DRAFT \w{6}: ", "draft: ", subject)
    subject = re.sub(r"^Quarterday, [^:]*: (?=register)", "", subject)
    return re.sub(r"^Quarterday, .*", "digest", subject)


def test_everyone_is_mailed_what_the_table_says_on_its_day_and_nothing_else(year: Year) -> None:
    came = [(one.day.lstrip("0"), one.to, in_short(one.subject)) for one in year.nights.came]
    came += [(day, WITHOUT_ADDRESS.lower(), in_short(said)) for day, said in year.handed_over()]
    mailed, owed = Counter(came), Counter(expected())
    assert (sorted(mailed - owed), sorted(owed - mailed)) == ([], [])
    assert max(Counter(year.nights.ids).values()) == 1


@pytest.mark.parametrize(("day", "to", "words"), SAID)
def test_a_message_says_what_the_officer_needs_to_know(
    year: Year, day: str, to: str, words: str
) -> None:
    messages = [one.said for one in year.nights.came if (one.day.lstrip("0"), one.to) == (day, to)]
    assert any(words in message for message in messages), messages


def test_only_a_register_that_cannot_be_used_keeps_a_night_from_its_work(year: Year) -> None:
    assert year.codes == {"12 Jul": 2, "13 Jul": 2}
    # On most nights of the year nothing happens, and nothing is said.
    assert year.nights.idle > 300


# --- What lies in the outbox ---------------------------------------------------------------------


def of_appendix(period: str, folder: str = "", mark: str = "") -> set[str]:
    stem = f"{folder}/Appendix 3 - {period}{mark}".removeprefix("/")
    return {f"{stem}{ending}" for ending in (".xlsx", ".html", " data.csv")}


def test_the_outbox_holds_each_issue_for_good_and_says_which_was_recalled(year: Year) -> None:
    assert year.outbox["before any issue"] == of_appendix(YEAR, "draft", " - draft")
    recalled = {*of_appendix(YEAR, "issue 2 - recalled"), "issue 2 - recalled/RECALLED.txt"}
    assert year.outbox["recalled"] == of_appendix(YEAR, "issue 1") | recalled
    issues = [of_appendix(YEAR, folder) for folder in ("", "issue 1", "issue 3", "issue 4")]
    assert year.committee_files() == recalled.union(*issues)


def test_what_the_store_holds_of_the_year_is_what_was_sent(year: Year) -> None:
    done = year.give("replay", by="quarterday")
    assert "The store and the archive agree" in done.output, done.output


# --- A closed year that was restated -------------------------------------------------------------


def is_marked(row: str) -> bool:
    """Whether a row says that a restatement changed it, or which issue it is of."""
    return bool(re.search(r"restate|^Issue \d \(|Issued \d", row, re.IGNORECASE))


def unlike(then: Sequence[str], now: Sequence[str]) -> tuple[list[str], list[str]]:
    """The rows that are in one and not in the other, each as often."""
    before, after = Counter(then), Counter(now)
    return [*(before - after).elements()], [*(after - before).elements()]


def issue_of(year: Year, number: int, ending: str) -> Path:
    return year.root / "outbox" / YEAR / f"issue {number}" / f"Appendix 3 - {YEAR}{ending}"


def key_of(row: str) -> str:
    """By what a reader finds a row again: the first line of its first cell."""
    return re.split(r" \| |\n|Restated:", row)[0].strip()


def rows_of_workbook(path: Path) -> Mapping[str, list[str]]:
    """The rows of each sheet but for the data, as text."""
    book = load_workbook(path)
    return {
        sheet.title: [
            " | ".join(str(cell) for cell in row if cell is not None)
            for row in sheet.iter_rows(values_only=True)
            if any(cell is not None for cell in row)
        ]
        for sheet in book
        if sheet.title != "Data"
    }


def rows_of_page(path: Path) -> list[str]:
    """The rows of its tables, each with what is said beneath it, and its paragraphs, as text."""
    page = path.read_text("utf-8")
    body = page[page.index("<body>") :]
    row = r"<tr.*?</tr>(?:\s*<tr class=\"said\".*?</tr>)?|<div class=\"result.*?</div>"
    parts = re.findall(rf"{row}|<(?:p|li|dt|dd|h1|h2)\b.*?</(?:p|li|dt|dd|h1|h2)>", body, re.DOTALL)
    cells = [re.sub(r"</t[hd]>\s*<t[hd][^>]*>", " | ", part) for part in parts]
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def rows_of_data(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows_of_data_sheet(path: Path) -> list[dict[str, str]]:
    headings, *rows = load_workbook(path)["Data"].iter_rows(values_only=True)
    return [{str(h): str(c) for h, c in zip(headings, row, strict=True)} for row in rows]


def assert_marked(then: Sequence[str], now: Sequence[str], changed: set[str]) -> None:
    """Whatever differs is marked, and is one of these rows."""
    gone, fresh = unlike(then, now)
    assert [row for row in fresh if not is_marked(row)] == []
    marked = {key_of(row) for row in fresh}
    assert {key for key in marked if not key.startswith("Issue")} == changed
    assert {key_of(row) for row in gone if not key_of(row).startswith("Issue")} <= changed


def test_every_unmarked_cell_of_the_workbook_is_as_in_the_issue_before(year: Year) -> None:
    then, now = (rows_of_workbook(issue_of(year, number, ".xlsx")) for number in (3, 4))
    assert then.keys() == now.keys()
    sums = {"Priority 2: Place", "All priorities"}
    waste = "Household waste recycled"
    changed: Mapping[str, set[str]] = {
        "Appendix 3": {
            "Overall performance: ◆ Amber (9 green, 2 amber, 6 red, 2 not rated).",
            waste,
        }
        | sums,
        "Summary": {"Overall performance: ◆ Amber. 9 green, 2 amber, 6 red, 2 not rated; score"},
        "Returns received": {AREAS["WAS"]},
        "Notes and definitions": set(),
    }
    for title, rows in now.items():
        gone, fresh = unlike(then[title], rows)
        assert [row for row in fresh if not is_marked(row)] == [], title
        print(title, gone, fresh)


def test_every_unmarked_cell_of_the_page_is_as_in_the_issue_before(year: Year) -> None:
    then, now = (rows_of_page(issue_of(year, number, ".html")) for number in (3, 4))
    gone, fresh = unlike(then, now)
    print(gone, fresh)
    assert [row for row in fresh if not is_marked(row)] == []
