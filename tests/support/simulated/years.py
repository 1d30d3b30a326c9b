"""Three years of a simulated council by the real command line, beside what the oracle says."""

from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import time_machine
from typer.testing import Result

from pipeline.operations.setup import make_workspace
from tests.support.command_line import quarterday
from tests.support.mixed import set_up
from tests.support.oracle.compared import differences
from tests.support.oracle.council import Appendix, Oracle, Return
from tests.support.oracle.register import Register, Sheets
from tests.support.oracle.words import listed, text
from tests.support.simulated.printed import read_appendix
from tests.support.simulated.reports import Reporter
from tests.support.simulated.words import Council, quarter_ends
from tests.support.simulated.workbooks import write_register, write_return

#: In which quarter a period gets another name, while its returns come.
RENAMED_IN, RENAMED = 9, ("2014-15 Q2", "Summer 2014")


@dataclass
class Years:
    """A council at work."""

    root: Path
    seed: int
    quarters: int = 12
    oracle: Oracle = field(default_factory=Oracle)
    differing: list[str] = field(default_factory=list)
    #: How often each kind of situation was compared.
    met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.council = Council(self.seed)
        self.sheets: Sheets = self.council.sheets
        self.reporter = Reporter(self.council)
        self.root.mkdir(exist_ok=True)
        self._save()
        make_workspace(self.root, date(2012, 4, 1))
        set_up(self.root, settle_seconds=0.0, incomplete_minutes=0, workers=1)

    def _save(self) -> None:
        """The officer saves the register."""
        write_register(self.sheets, self.root / "register.xlsx")

    def live(self) -> None:
        """All nights, in each of which returns come; what was published is closed after a while."""
        for number, ends in enumerate(quarter_ends()[: self.quarters]):
            nights = self.reporter.of_quarter(Register(self.sheets), ends)
            is_quiet = number % 2 == 0
            self.night(ends + timedelta(days=18), nights.at_once if is_quiet else nights.in_time)
            if number == RENAMED_IN:
                self.council.rename(*RENAMED)
                self._save()
            if not is_quiet:
                self.night(ends + timedelta(days=32), nights.late)
            self.council.amend(number)
            self.close(ends)
            if number % 3 == 2:
                self.restate(ends + timedelta(days=50))

    def night(self, day: date, received: list[Return], reopened: str = "") -> None:
        """A night, and what is printed after it beside what the oracle says."""
        register = Register(self.sheets)
        for sent in received:
            period = register.called.get(sent.period, sent.period)
            write_return(self._held(period) or register, sent, self.root / "inbox")
        words = ["--reopen", reopened, "--because", "It was corrected"] if reopened else []
        done = self.call(day, "run", *words)
        assert done.exit_code in (0, 1), done.output
        living = self.oracle.night(deepcopy(self.sheets), received, day, reopened)
        for period in living:
            expected = self.oracle.held[period].appendix
            assert expected is not None
            register = self.oracle.held[period].register
            assert register is not None
            printed = read_appendix(self.root / "outbox" / period, register.bands)
            self.differing += differences(period, expected, printed)
            self._meet(expected)
            self._meet_over_time(period, expected)
        # Without a period named it is of those that are open.
        self._compare_returns(living, day, *(("--period", reopened) if reopened else ()))

    def call(self, day: date, *words: str) -> Result:
        with time_machine.travel(datetime.combine(day, time(2), UTC)):
            return quarterday(*words, "--workspace", self.root)

    def _held(self, period: str) -> Register | None:
        held = self.oracle.held.get(period)
        return held.register if held and held.closed else None

    def _compare_returns(self, periods: list[str], day: date, *words: str) -> None:
        """Where the areas' returns for periods stand, as far as it is told."""
        done = self.call(day, "status", *words, "--json")
        told = {one["period"]: one["returns"] for one in json.loads(done.stdout)["periods"]}
        for period in [name for name in periods if name in told]:
            printed = {one["area"]["ref"]: one["state"] for one in told[period]}
            expected = self.oracle.returns(period, day)
            for area in dict.fromkeys((*expected, *printed)):
                mine, theirs = expected.get(area), printed.get(area)
                self.met[f"return {mine}"] += 1
                if mine != theirs:
                    self.differing.append(f"{period} | {area} | return | {mine} | {theirs}")

    def close(self, ends: date) -> None:
        """The officer closes the periods of a quarter."""
        for row in self.sheets["Periods"]:
            if row["Ends"] <= ends:
                row["Open or closed"] = "closed"
        self._save()

    def restate(self, day: date) -> None:
        """An area's figures of a closed period are put right."""
        chance = self.council.chance
        sent = [key for key in self.reporter.last if self._held(key[1])]
        area, period = chance.choice(sorted(sent))
        register = self._held(period)
        assert register is not None
        again = self.reporter.corrected(register, area, register.by_name[period])
        self.night(day, [again], period)

    def _meet_over_time(self, period: str, appendix: Appendix) -> None:
        """Count what is of areas and periods that changed."""
        register = self.oracle.held[period].register
        assert register is not None
        span = register.by_name[period]
        self.met["renamed period"] += period in register.called.values()
        for ref in register.due_in(span):
            self.met["taken over"] += register.took_over(ref, span)
            areas = listed(register.row(ref, span), "Service areas")
            first, row = register.rows(ref)[0], register.row(ref, span)
            self.met["handed over"] += (
                not register.took_over(ref, span) and row["Service areas"] != first["Service areas"]
            )
            self.met["renamed twice"] += any(len(register.names_of(a, span)) > 2 for a in areas)
            self.met[f"due {text(row, 'Due')}"] += 1
            is_shaped = register.is_shaped(ref, span)
            self.met["shaped"] += is_shaped and bool(appendix.lines[ref].target)
            is_context = text(row, "Polarity") == "contextual"
            self.met["contextual with target"] += is_context and bool(appendix.lines[ref].target)
            self.met["renamed area"] += any(register.is_called_otherwise(a, span) for a in areas)
            self.met["split"] += text(register.row(ref, span), "Changed from") == "2014-15"

    def _meet(self, appendix: Appendix) -> None:
        """Count what was compared, by kind."""
        for line in appendix.lines.values():
            self.met[line.rating] += 1
            self.met["arrows"] += len(line.travels)
            self.met["restated"] += line.restated_from is not None
            self.met.update(mark[0] for mark in line.marks)
            self.met["accumulated"] += bool(line.over)
            self.met["actions"] += len(line.actions)
            self.met["forecast"] += bool(line.forecast)
            self.met["forecast with a colour"] += " " in line.forecast
            self.met[f"confidence {line.confidence}"] += 1
        self.met["owed"] += len(appendix.owed)
        self.met["coverage"] += bool(appendix.coverage)
        self.met["sums"] += len(appendix.sums)
