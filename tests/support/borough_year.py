"""What people of the borough do in its year, day by day, between the nights."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

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
    begin_year,
    entries_of,
    set_targets,
)
from tests.support.filled import fill_in
from tests.support.nights import LONDON, Nights
from tests.support.officer import RegisterBook, editing

FIRST, LAST = date(2012, 4, 24), date(2013, 4, 24)
_AFTERNOON = time(14)


@dataclass
class Year:
    """The borough, and what is noted of its year."""

    nights: Nights
    day: date = FIRST
    #: By the day, the nights that did not end with 0 or 1.
    codes: dict[str, int] = field(default_factory=dict)
    #: What lay in the outbox of the year 2011-12 for the committee, at some moments.
    outbox: dict[str, frozenset[str]] = field(default_factory=dict)
    #: What `merge --json` said of that year before it was restated, and after.
    merged: list[Any] = field(default_factory=list)
    #: What Waste says that it achieved.
    achieved: str = "A recycling centre was opened."

    @property
    def root(self) -> Path:
        return self.nights.root

    @property
    def called(self) -> str:
        return f"{self.day.day} {self.day:%b}"

    # --- What people do ----------------------------------------------------------------------

    def give(self, *words: object, by: str = "pofficer", at: time = _AFTERNOON) -> Result:
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

    def go(self) -> None:
        """Every night of the year, and what is done after it."""
        happens = _events(self)
        passed = set()
        while self.day <= LAST:
            self.night()
            if self.called in happens and self.called not in passed:
                happens[self.called]()
                passed.add(self.called)
            self.day += timedelta(days=1)
        assert passed == set(happens)

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
            if path.suffix in (".xlsx", ".html", ".csv", ".json", ".txt")
            and not {"corrections", "templates"} & set(path.parts)
        )


def _events(year: Year) -> Mapping[str, Callable[[], None]]:
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
        before = _everything_in(year.root / "outbox")
        assert year.give("send", at=time(10)).exit_code == 1
        year.nights.start_server()
        assert year.give("send", at=time(15)).exit_code == 0
        assert _everything_in(year.root / "outbox") == before

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

    def merged() -> None:
        said = year.give("merge", "--period", YEAR, "--json", by="quarterday").stdout
        year.merged.append(json.loads(said))

    def restate() -> None:
        merged()
        year.achieved = "Two recycling centres were opened."
        year.send_in(YEAR, "WAS", WAS_1="47.2%")

    def restate_again() -> None:
        lies = next((year.root / "var" / "archive").glob(f"??/{_sent_back(year)}*"))
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
            **{"Service area": "CS", "Finding": "C04", "Indicator": "CS-1"},
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
        "11 Sep": lambda: (approve(YEAR), merged()),
        "8 Oct": all_return(Q2),
        "9 Oct": lambda: approve(Q2),
        "7 Jan": recall,
        "9 Jan": all_return(Q3),
        "14 Jan": lambda: approve(Q2),
        "15 Jan": lambda: approve(Q3),
        "8 Apr": all_return(Q4),
        "9 Apr": lambda: year.decide("approve", Q4, "Deputy officer", "Agreed", Code=year.code(Q4)),
    }


def _sent_back(year: Year) -> str:
    """The hash of the return of Waste that was sent back in September."""
    with Store(open_workspace(year.root).store_url) as store:
        return store.submissions(YEAR)[-1].sha256


def _everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
