"""A year at a borough of 20 service areas, in which the officer rules what goes out.

Every night of it is run by the real command line, against a real mail server. In the afternoons
areas drop returns, and the officer edits the register in its workbook or gives a command; that is
told in `tests.support.borough_year`. What was mailed to whom on which day is held against a table
that was written from what the pages for officers promise.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.operations.setup import make_workspace
from pipeline.register.starter import starter_register
from tests.support.borough import WITHOUT_ADDRESS, YEAR, all_but, begin
from tests.support.borough_year import FIRST, Year
from tests.support.council import ENDINGS
from tests.support.mixed import set_up
from tests.support.nights import Nights
from tests.support.tables import rows_of_table

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
    ("19 May", "clerk", "* Newly red: Bus journeys 101,000, target 120,000"),
    ("19 May", "officer", "Draft"),
    ("22 May", "chair", "Why: Air quality is that of the year before"),
    ("25 May", "clerk", "It replaces issue 2, which was recalled on 22 May 2012: Air quality is"),
    ("25 May", "chair", "* Newly red: Air quality readings within limits 80.0%"),
    ("12 Jul", "officer", "Sheet Framework, cell B8"),
    ("12 Jul", "officer", "Sheet Indicators, cell G5"),
    ("13 Jul", "officer", "Since 12 July 2012, 02:00 BST no run could use it."),
    ("6 Sep", "was", "2011-12 is closed"),
    ("11 Sep", "officer", "Restated: it stood at 44.1% when the period was closed on 29 May 2012."),
    (
        "11 Sep",
        "officer",
        "2011-12 was open for the run of this night; 1 return for it was taken in.",
    ),
    ("11 Sep", "chair", "* Priority 2: Place Restated: it was made up otherwise when the period"),
    ("7 Jan", "new.clerk", "Why: Two areas sent figures of another quarter"),
    ("14 Jan", "chair", "It replaces issue 1, which was recalled on 7 January 2013"),
    ("15 Jan", "director", "Draft"),
]


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
        made.go()
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
    return {f"{stem}{ending}" for ending in ENDINGS}


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

#: What a restatement of Waste alone changes: its indicator, what it achieved, and the sums.
CHANGED = {
    *("WAS-1", "Household waste recycled", "Waste"),
    *("Priority 2: Place", "P2 | Priority 2: Place", "All priorities", "All | All priorities"),
}


def is_marked(row: str) -> bool:
    """Whether a row says that a restatement changed it."""
    return "restate" in row.casefold()


def names_the_issue(row: str) -> bool:
    """Whether a row says which issue this is, as none could that is the same in two."""
    return re.match(r"(Issue \d \(\w{6}\), |Issued \d)", row) is not None


def assert_all_is_marked(then: Sequence[str], now: Sequence[str]) -> None:
    """Each row that is otherwise than before is marked, and none has gone that is not in its place.

    A row is known again by what stands at its beginning.
    """
    before, after = Counter(then), Counter(now)
    gone, fresh = (
        [row for row in rows.elements() if not names_the_issue(row)]
        for rows in (before - after, after - before)
    )
    assert [row for row in fresh if not is_marked(row)] == []
    fresh = [row for row in fresh if not row.startswith("Restated: the period was closed")]
    assert sorted(map(called, fresh)) == sorted(map(called, gone))
    for row in fresh:
        assert called(row) in CHANGED or called(row).startswith("Overall performance"), row


def called(row: str) -> str:
    return next((name for name in sorted(CHANGED) if row.startswith(name)), row[:20])


def issue_of(year: Year, number: int, ending: str) -> Path:
    return year.root / "outbox" / YEAR / f"issue {number}" / f"Appendix 3 - {YEAR}{ending}"


def blocks(rows: Iterable[str]) -> list[str]:
    """Rows of the committee sheet, each with what stands beneath it of the same thing."""
    found: list[str] = []
    for row in rows:
        if row.startswith(("• ", "▲ ", "▼ ", "► ", "Restated: ", "Commentary: ")):
            found[-1] += f" | {row}"
        else:
            found.append(row)
    return found


def rows_of_workbook(path: Path) -> Mapping[str, list[str]]:
    """The rows of each sheet but for the data, as text; of the committee sheet its blocks."""
    rows = _rows_of_workbook(path)
    return {**rows, "Appendix 3": blocks(rows["Appendix 3"])}


def _rows_of_workbook(path: Path) -> Mapping[str, list[str]]:
    return {
        sheet.title: [
            " | ".join(str(cell) for cell in row if cell is not None)
            for row in sheet.iter_rows(values_only=True)
            if any(cell is not None for cell in row)
        ]
        for sheet in load_workbook(path)
        if sheet.title != "Data"
    }


def of_summary(rows: Iterable[str]) -> list[str]:
    """But for what it says of the issue itself, and for how far off target a figure is.

    That is left out where a page would not hold it.
    """
    return [
        re.sub(r"(\ntarget [^\n|]*)\n[^|]*", r"\1 ", row)
        for row in rows
        if not row.startswith(("Summary ", "Since the last issue", "Newly "))
    ]


def rows_of_page(path: Path) -> list[str]:
    """As text: the rows of its tables, each with what is said beneath it, its head, all else."""
    page = path.read_text("utf-8")
    row = r'<tr.*?</tr>(?:\s*<tr class="said".*?</tr>)?|<div class="result.*?</div>'
    rest = r"<(?:p|li|dt|dd|h1|h2|caption)\b.*?</(?:p|li|dt|dd|h1|h2|caption)>"
    parts = re.findall(f"{row}|{rest}", page[page.index("<body>") :], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts]


def rows_of_csv(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{**row} for row in csv.DictReader(file)]


def rows_of_sheet(path: Path) -> list[dict[str, object]]:
    headings, *rows = rows_of_table(load_workbook(path)["Data"].iter_rows(values_only=True))
    return [{str(h): cell for h, cell in zip(headings, row, strict=True)} for row in rows]


def test_every_unmarked_row_of_the_workbook_is_as_in_the_issue_before(year: Year) -> None:
    then, now = (rows_of_workbook(issue_of(year, number, ".xlsx")) for number in (3, 4))
    assert list(then) == list(now)
    for title, rows in now.items():
        if title != "Summary":
            assert_all_is_marked(then[title], rows)
    assert sum(map(is_marked, now["Appendix 3"])) == 5
    assert sum(map(is_marked, now["Returns received"])) == 1
    assert now["Notes and definitions"] == then["Notes and definitions"]


def test_what_the_summary_says_otherwise_than_before_is_marked_beside_it(year: Year) -> None:
    then, now = (
        Counter(of_summary(rows_of_workbook(issue_of(year, number, ".xlsx"))["Summary"]))
        for number in (3, 4)
    )
    marked = [row for row in now - then if is_marked(row)]
    assert [row.partition(".")[0] for row in marked if not row.startswith("Overall")] == [
        "All priorities",
        "Priority 2: Place",
        "Priority 2: Place",
    ]
    assert len(marked) == 4
    # Beneath the tiles stands what has changed in them, and what is green now is not listed.
    (tiles,) = (row for row in now - then if not is_marked(row))
    assert tiles.startswith("◆ Amber:")
    assert {row.partition(" ")[0] for row in then - now} == {"Overall", "◆", "WAS-1"}


def test_every_unmarked_part_of_the_page_is_as_in_the_issue_before(year: Year) -> None:
    then, now = (rows_of_page(issue_of(year, number, ".html")) for number in (3, 4))
    assert_all_is_marked(then, now)
    assert sum(map(is_marked, now)) == 6


@pytest.mark.parametrize(("ending", "read"), [(" data.csv", rows_of_csv), (".xlsx", rows_of_sheet)])
def test_every_unmarked_row_of_the_data_is_as_in_the_issue_before(
    year: Year, ending: str, read: Callable[[Path], list[dict[str, object]]]
) -> None:
    then, now = (read(issue_of(year, number, ending)) for number in (3, 4))
    for number, rows in ((3, then), (4, now)):
        assert {row.pop("Edition") for row in rows} == {f"Issue {number}"}
    # Their refs and areas stand in the same order.
    differing = [after for before, after in zip(then, now, strict=True) if before != after]
    ((ref, restated_from, came_after),) = (
        (row["Ref"], row["Indicator restated from"], row["Restatement"]) for row in differing
    )
    assert (ref, restated_from, came_after) == ("WAS-1", "44.1%", "Yes")


def test_every_unmarked_indicator_is_merged_as_before(year: Year) -> None:
    ((then,), (now,)) = year.merged
    pairs = zip(then["indicators"], now["indicators"], strict=True)
    assert [(b["ref"], a["remarks"][0]) for b, a in pairs if b != a] == [
        ("WAS-1", "Restated: it stood at 44.1% when the period was closed on 29 May 2012.")
    ]
