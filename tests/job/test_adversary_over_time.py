"""Two years of issues by the real command line, of figures that add up over periods.

A reader who keeps all of them takes the year to date of a quarter from that of the next.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from schemas.accumulation import Accumulation
from schemas.merge_rules import MergeRule
from schemas.model import Framework, Period, Priority, Register, ServiceArea
from tests.support.adversary_over_time import Given, LongReader
from tests.support.builders import indicator
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.mixed import many, set_up
from tests.support.registers import put_register
from tests.support.sampled import sampled

BELOW = 5
AREAS = tuple(ServiceArea(name[0], name) for name in ("Care", "Housing", "Leisure"))
QUARTERS = tuple(
    Period(f"{year}-{year - 1999} Q{number}", starts, ends, ends + timedelta(days=30))
    for year in (2012, 2013)
    for number, starts, ends in (
        (1, date(year, 4, 1), date(year, 6, 30)),
        (2, date(year, 7, 1), date(year, 9, 30)),
        (3, date(year, 10, 1), date(year, 12, 31)),
        (4, date(year + 1, 1, 1), date(year + 1, 3, 31)),
    )
)
WAYS = {
    "P1-1": Accumulation.YEAR_TO_DATE,
    "P1-2": Accumulation.CUMULATIVE,
    "P1-3": Accumulation.ROLLING_SUM,
}
REGISTER = Register(
    framework=Framework("Borough Council", "Safer homes", "Appendix 3", small_below=BELOW),
    priorities=(Priority("P1", "Priority 1 Safer homes", "Safer homes", 1),),
    indicators=tuple(
        replace(
            indicator(ref, f"Counted as {ref}", areas=tuple(area.ref for area in AREAS)),
            merge_rule=MergeRule.SUM,
            accumulation=how,
        )
        for ref, how in WAYS.items()
    ),
    targets=(),
    areas=AREAS,
    periods=QUARTERS,
    recipients=(),
)


@dataclass
class Council:
    """Its areas report by chance: late, again with other figures, and for closed quarters."""

    root: Path
    chance: random.Random
    quarters: int
    register: Register = REGISTER
    readers: dict[str, LongReader] = field(default_factory=dict)
    #: What each area reported last for a quarter, by the indicator.
    reported: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        put_register(REGISTER, self.root / "register.xlsx")
        make_workspace(self.root, QUARTERS[0].starts, REGISTER)
        set_up(self.root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
        names = [each.name for each in QUARTERS]
        self.readers = {ref: LongReader(ref, how, names, 4, BELOW) for ref, how in WAYS.items()}

    def live(self) -> None:
        for number, period in enumerate(QUARTERS[: self.quarters]):
            at = datetime.combine(period.ends, datetime.min.time(), UTC) + timedelta(days=1)
            for area in AREAS[:2]:
                self.send(area, period)
            self.night(at)
            for area in AREAS[2:] if self.chance.random() < 0.5 else AREAS[1:]:
                self.send(area, period)
            if number and self.chance.random() < 0.6:
                closed = self.chance.choice(QUARTERS[:number])
                self.send(self.chance.choice(AREAS), closed)
                words = ("--reopen", closed.name, "--because", "It was corrected")
                self.night(at + timedelta(days=7), *words)
            else:
                self.night(at + timedelta(days=7))
            shut = (
                replace(p, open=p.open and p.name != period.name) for p in self.register.periods
            )
            self.register = replace(self.register, periods=tuple(shut))
            put_register(self.register, self.root / "register.xlsx")

    def send(self, area: ServiceArea, period: Period) -> None:
        """A return: the first, or one with some of its figures changed."""
        figures = {}
        for ref, how in WAYS.items():
            key = (ref, area.ref, period.name)
            if key not in self.reported or self.chance.random() < 0.5:
                figure = self.chance.choice((0, 1, 3, 4, 8, 12, 18, 25, 33, 41, 57, 64))
                before = QUARTERS[QUARTERS.index(period) - 1].name
                is_first = period.name.endswith("Q1")
                if how is Accumulation.CUMULATIVE and not is_first:
                    figure += self.reported.get((ref, area.ref, before), 0)
                self.reported[key] = figure
            figures[ref] = self.reported[key]
        path = self.root / "inbox" / f"{area.ref} {period.name}.xlsx"
        entries = {ref: {"Performance": figure} for ref, figure in figures.items()}
        fill_return(self.register, area, period, path, entries)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        for ref, figure in figures.items():
            self.readers[ref].truths[sha256] = Given(period.name, area.ref, figure)

    def night(self, at: datetime, *words: str) -> None:
        with time_machine.travel(at):
            done = quarterday("run", *words, "--workspace", self.root)
        assert done.exit_code in (0, 1), done.output
        for reader in self.readers.values():
            reader.read(self.root / "outbox")


#: Five quarters first, so that a year begins anew.
LIVES = [(seed, 8 if seed % 6 else 5) for seed in range(many(3, 12))]


@pytest.mark.parametrize(("seed", "quarters"), sampled(LIVES, one_in=12))
def test_nobody_takes_a_small_number_from_two_accumulated_figures(
    seed: int, quarters: int, tmp_path: Path
) -> None:
    council = Council(tmp_path, random.Random(seed), quarters)  # noqa: S311  the same each time
    council.live()
    readers = council.readers.values()
    assert all(reader.secrets for reader in readers)
    assert sum(len(reader.sums) for reader in readers) > 12
    assert [found for reader in readers for found in reader.found_out()] == []


def test_the_reader_finds_what_two_years_to_date_tell() -> None:
    hidden, first = Given("Q2", "C", 3), Given("Q1", "C", 20)
    reader = LongReader("P1-1", Accumulation.YEAR_TO_DATE, ("Q1", "Q2"), 4, BELOW)
    reader.figures = {first: True, hidden: False}
    reader.sums = {(((first, 1),), 20)}
    assert list(reader.found_out()) == []
    reader.sums.add((((first, 1), (hidden, 1)), 23))
    (found,) = reader.found_out()
    assert "is 3 to 3" in found
