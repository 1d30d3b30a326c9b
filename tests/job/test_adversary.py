"""A year of issues by the real command line, and a reader who keeps all of them and can solve.

What the quarters hold is made by chance: areas that are late, that send again, more or less than
before, that have no cases, and that restate a quarter which was closed. `make test` has a few such
years, and `make faults` more.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from schemas.model import (
    Framework,
    Indicator,
    MergeRule,
    Period,
    Polarity,
    Priority,
    Recipient,
    Register,
    ServiceArea,
    Target,
    Unit,
)
from tests.support.adversary import Reader, Truth
from tests.support.builders import indicator
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.mixed import set_up
from tests.support.registers import put_register
from tests.support.sampled import sampled

BELOW = 5
NAMES = ("Adult social care", "Community safety", "Housing", "Leisure")
AREAS = tuple(ServiceArea(name[0], name, "", f"{name[0]}@council.example") for name in NAMES)
REFS = tuple(area.ref for area in AREAS)
QUARTERS = tuple(
    Period(f"2012-13 Q{n}", start, end, end + timedelta(days=30))
    for n, start, end in (
        (1, date(2012, 4, 1), date(2012, 6, 30)),
        (2, date(2012, 7, 1), date(2012, 9, 30)),
        (3, date(2012, 10, 1), date(2012, 12, 31)),
        (4, date(2013, 1, 1), date(2013, 3, 31)),
    )
)


def measure(
    ref: str, rule: MergeRule, areas: tuple[str, ...] = REFS, *, is_share: bool = False
) -> Indicator:
    made = indicator(
        ref,
        f"Counted as {ref}",
        Unit.PERCENT if is_share else Unit.COUNT,
        decimals=1 if is_share or rule is MergeRule.MEAN else 0,
        polarity=Polarity.LOWER,
        areas=areas,
    )
    return replace(made, merge_rule=rule)


REGISTER = Register(
    framework=Framework("Borough Council", "Safer homes", "Appendix 3", small_below=BELOW),
    priorities=(Priority("P1", "Priority 1 Safer homes", "Safer homes", 1),),
    indicators=(
        measure("P1-1", MergeRule.SUM),
        measure("P1-2", MergeRule.SUM, REFS[:2]),
        measure("P1-3", MergeRule.MEAN, is_share=True),
        measure("P1-4", MergeRule.WEIGHTED, is_share=True),
        measure("P1-5", MergeRule.MINIMUM),
        measure("P1-6", MergeRule.MAXIMUM),
        measure("P1-7", MergeRule.LATEST),
        measure("P1-8", MergeRule.SOLE, REFS[:2]),
    ),
    targets=tuple(Target("P1-1", each.name, value=Decimal(30)) for each in QUARTERS),
    areas=AREAS,
    periods=QUARTERS,
    recipients=(Recipient("Clerk", "clerk@council.example"),),
)


@dataclass
class Year:
    """A council whose returns are made by chance."""

    root: Path
    chance: random.Random
    register: Register = REGISTER
    reader: Reader = field(default_factory=lambda: Reader(REGISTER, BELOW))
    #: What each area reported last for each quarter, by indicator.
    reported: dict[tuple[str, str], dict[str, dict[str, object]]] = field(default_factory=dict)
    files: int = 0

    def take_register(self, register: Register) -> None:
        self.register = register
        put_register(register, self.root / "register.xlsx")

    def _count(self) -> int:
        return self.chance.choice((0, 1, 2, 3, 4, 4, 5, 6, 9, 14, 20, 41))

    def _figure(self, each: Indicator) -> dict[str, object]:
        if self.chance.random() < 0.06:
            if each.may_have_no_cases and self.chance.random() < 0.6:
                return {"Status": "No cases"}
            return {"Performance": "n/a"}
        if not each.unit_row.is_share:
            return {"Performance": self._count()}
        bottom = self.chance.choice((3, 4, 6, 10, 20, 40, 90))
        top = self.chance.randint(0, bottom)
        value = round(Decimal(top * 100) / bottom, 1)
        return {"Performance": f"{value}%", "Numerator": top, "Denominator": bottom}

    def send(self, area: ServiceArea, period: Period) -> None:
        """A return: the first, or the last one with some of its figures changed."""
        owned = self.register.indicators_of(area.ref)
        before = self.reported.get((area.ref, period.name), {})
        entries = {
            each.ref: before[each.ref]
            if each.ref in before and self.chance.random() < 0.6
            else self._figure(each)
            for each in owned
        }
        self.reported[area.ref, period.name] = entries
        self.files += 1
        path = self.root / "inbox" / f"{area.ref} {period.name} {self.files}.xlsx"
        fill_return(self.register, area, period, path, entries)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        for ref, entry in entries.items():
            shown = str(entry.get("Performance", "n/a")).rstrip("%")
            key = (ref, period.name)
            of_others = [t for t in self.reader.standing.get(key, ()) if t.area != area.ref]
            if shown != "n/a":
                parts = (entry.get("Numerator"), entry.get("Denominator"))
                truth = Truth(area.ref, Decimal(shown), *parts)  # type: ignore[arg-type]
                self.reader.truths[sha256, ref] = truth
                of_others.append(truth)
            self.reader.standing[key] = tuple(of_others)

    def night(self, at: datetime, *words: str) -> None:
        with time_machine.travel(at):
            done = quarterday("run", *words, "--workspace", self.root)
        assert done.exit_code in (0, 1), done.output
        assert "Traceback" not in done.output, done.output
        assert not list((self.root / "outbox").glob("*/corrections")), done.output
        self.reader.read_outbox(self.root / "outbox")

    def ask(self) -> None:
        """What the commands that look back tell; of a figure's cells, of some."""
        for each in self.register.indicators:
            told = quarterday("history", each.ref, "--json", "--workspace", self.root)
            self.reader.read_history(each.ref, told.stdout)
        for ref, period in self.chance.sample(sorted(self.reader.standing), 4):
            words = ("trace", ref, "--period", period, "--json", "--workspace", self.root)
            self.reader.read_trace(ref, period, quarterday(*words).stdout)


def lived(root: Path, seed: int, *, nights: int, quarters: int) -> Year:
    """A year in which each quarter has so many nights, and is restated once it is closed."""
    year = Year(root, random.Random(seed))  # noqa: S311
    put_register(REGISTER, root / "register.xlsx")
    make_workspace(root, QUARTERS[0].starts, REGISTER)
    set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    for number, period in enumerate(QUARTERS[:quarters]):
        for night in range(nights):
            at = datetime.combine(period.ends, datetime.min.time(), UTC) + timedelta(days=night + 1)
            late = AREAS[: 2 if night == 0 else 4]
            for area in late:
                is_first = (area.ref, period.name) not in year.reported
                if year.chance.random() < (0.8 if is_first else 0.4):
                    year.send(area, period)
            if number and year.chance.random() < 0.5:
                # A quarter that is closed is restated.
                closed = QUARTERS[number - 1]
                year.send(year.chance.choice(AREAS), closed)
                year.night(at, "--reopen", closed.name, "--because", "It was corrected")
            else:
                year.night(at)
        closed_now = [
            replace(each, open=each.open and each.name != period.name)
            for each in year.register.periods
        ]
        year.take_register(replace(year.register, periods=tuple(closed_now)))
    year.ask()
    return year


#: Short years first, one in twelve.
YEARS = [(seed, 4 if seed % 12 else 2) for seed in range(24)]


@pytest.mark.parametrize(("seed", "nights"), sampled(YEARS, one_in=12))
def test_nobody_who_keeps_every_issue_works_out_a_suppressed_figure(
    seed: int, nights: int, tmp_path: Path
) -> None:
    year = lived(tmp_path, seed, nights=nights, quarters=4)
    subjects = year.reader.subjects.values()
    assert sum(len(subject.suppressed) for subject in subjects) > 20
    assert sum(len(subject.totals) for subject in subjects) > 40
    assert list(year.reader.found_out()) == []
