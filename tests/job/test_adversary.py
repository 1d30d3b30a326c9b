"""A year of issues by the real command line, and a reader who keeps all of them and can solve.

What the quarters hold is made by chance: areas that are late, that send again, more or less than
before, that have no cases, that restate a quarter which was closed, that get theirs sent back, and
that write of figures which are suppressed, of this quarter or the last. `make test` has a few such
years, and `make faults` more.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.operations.setup import make_workspace
from schemas.fields import ACHIEVEMENTS_SHEET
from schemas.merge_rules import MergeRule
from schemas.model import (
    Framework,
    Gets,
    Indicator,
    Period,
    Polarity,
    Priority,
    Recipient,
    Register,
    ServiceArea,
    Target,
)
from schemas.periods import last_period
from schemas.units import Unit
from tests.support.adversary import Reader, Truth, rows_of_csv
from tests.support.builders import indicator
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.listener import Listener, SentFile
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
    # Each its own, so that a warning that tells of it tells which indicator it is.
    change = Decimal(1) + Decimal(int(ref.rpartition("-")[2])) / 10
    return replace(made, merge_rule=rule, plausible_change=change)


REGISTER = Register(
    framework=Framework(
        "Borough Council", "Safer homes", "Appendix 3", small_below=BELOW, remind_before=(29, 28)
    ),
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
    recipients=(
        Recipient("Clerk", "clerk@council.example"),
        Recipient("Officer", "officer@council.example", (Gets.DIGEST,)),
    ),
)


SEASONS = dict(
    zip((q.name for q in QUARTERS), ("spring", "summer", "autumn", "winter"), strict=True)
)
#: Figures as an area may write them.
IN_WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 14: "fourteen", 20: "twenty"}


def truth_of(area: ServiceArea, entry: Mapping[str, object]) -> Truth | None:
    """The figure that an area reports in a row, if it reports one."""
    shown = str(entry.get("Performance", "n/a")).rstrip("%")
    if shown == "n/a":
        return None
    return Truth(area.ref, Decimal(shown), entry.get("Numerator"), entry.get("Denominator"))  # type: ignore[arg-type]


@dataclass
class Year:
    """A council whose returns are made by chance."""

    root: Path
    chance: random.Random
    register: Register = REGISTER
    reader: Reader = field(default_factory=lambda: Reader(REGISTER, BELOW))
    listener: Listener = field(init=False)
    #: What each area reported last for each quarter, by indicator.
    reported: dict[tuple[str, str], dict[str, dict[str, object]]] = field(default_factory=dict)
    #: The registers that closed quarters are held to, by their names.
    held: dict[str, Register] = field(default_factory=dict)
    files: int = 0

    def __post_init__(self) -> None:
        changes = {i.plausible_change: i.ref for i in REGISTER.indicators if i.plausible_change}
        self.listener = Listener(self.reader, changes=changes)

    @property
    def mark(self) -> str:
        """The number of a file in letters: in digits it might be a figure that is suppressed."""
        return f"{self.files:b}".translate({ord("0"): "o", ord("1"): "i"})

    def take_register(self, register: Register) -> None:
        self.register = register
        put_register(register, self.root / "register.xlsx")

    def first_ref(self, ref: str) -> str:
        """The ref by which an indicator went first."""
        return self.reader.first_refs.get(ref, ref)

    def rename(self) -> None:
        """Give an indicator another ref; by the old one only closed quarters count."""
        old = self.chance.choice(self.register.indicators).ref
        new = f"P2-{len(self.reader.first_refs) + 1}"
        first = self.reader.first_refs[new] = self.first_ref(old)
        for key in self.reader.standing:
            if key[0] == first and key[1] not in self.held:
                self.reader.standing[key] = ()
        renamed = replace(
            self.register,
            indicators=tuple(
                replace(each, ref=new) if each.ref == old else each
                for each in self.register.indicators
            ),
            targets=tuple(
                replace(each, indicator=new) if each.indicator == old else each
                for each in self.register.targets
            ),
        )
        self.take_register(renamed)

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
        register = self.held.get(period.name, self.register)
        owned = register.indicators_of(area.ref)
        before = self.reported.get((area.ref, period.name), {})
        entries = {
            each.ref: before[self.first_ref(each.ref)]
            if self.first_ref(each.ref) in before and self.chance.random() < 0.6
            else self._figure(each)
            for each in owned
        }
        self.files += 1
        path = self.root / "inbox" / f"{area.ref} {period.name} {self.files}.xlsx"
        if self.chance.random() < 0.1:
            self._spoil(area, period, path, entries)
            return
        self.reported[area.ref, period.name] = {
            self.first_ref(ref): entry for ref, entry in entries.items()
        }
        written = {
            ref: {**entry, **self._commentary(self.first_ref(ref), area, period, entry)}
            for ref, entry in entries.items()
        }
        fill_return(register, area, period, path, written)
        self._boast(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.listener.sent[path.name] = SentFile(area.ref, period, sha256)
        for ref, entry in self.reported[area.ref, period.name].items():
            key = (ref, period.name)
            of_others = [t for t in self.reader.standing.get(key, ()) if t.area != area.ref]
            if truth := truth_of(area, entry):
                self.reader.truths[sha256, ref] = truth
                of_others.append(truth)
            self.reader.standing[key] = tuple(of_others)

    def _spoil(
        self, area: ServiceArea, period: Period, path: Path, entries: dict[str, dict[str, object]]
    ) -> None:
        """A return that is sent back."""
        ref = self.chance.choice(sorted(entries))
        spoilt = {**entries, ref: {"Performance": "perhaps"}}
        register = self.held.get(period.name, self.register)
        fill_return(register, area, period, path, spoilt)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.listener.sent[path.name] = SentFile(area.ref, period, sha256, is_spoilt=True)

    def _commentary(
        self, ref: str, area: ServiceArea, period: Period, entry: dict[str, object]
    ) -> dict[str, str]:
        """What an area writes of a figure: this one, the one that it takes the place of, the last.

        Any of them may be one that is suppressed.
        """
        last = last_period(self.register.periods, period)
        owned = [
            (period, entry),
            *((each, self.reported.get((area.ref, each.name), {}).get(ref))
              for each in (period, last) if each),
        ]  # fmt: skip
        told = [(each.name, truth) for each, of in owned if of and (truth := truth_of(area, of))]
        if not told or self.chance.random() < 0.5:
            return {}
        of, truth = self.chance.choice(told)
        number = int(truth.value)
        is_worded = number in IN_WORDS and number == truth.value and self.chance.random() < 0.5
        figure = IN_WORDS[number] if is_worded else str(truth.value)
        sentence = f"In {SEASONS[of]} there were {figure}, as file {self.mark} has it."
        self.listener.sentences[sentence] = (ref, of, truth)
        return {"Commentary": sentence}

    def _boast(self, path: Path) -> None:
        """An achievement that tells one of the area's figures, as does a sentence of commentary."""
        told = [each for each in self.listener.sentences if f" {self.mark} " in each]
        if told:
            book = load_workbook(path)
            heading = REGISTER.priorities[0].achievements_heading
            book[ACHIEVEMENTS_SHEET].append([heading, f"Counted: {self.chance.choice(told)}"])
            book.save(path)

    def night(self, at: datetime, *words: str) -> None:
        with time_machine.travel(at):
            is_json = self.chance.random() < 0.5
            more = ("--json",) if is_json else ()
            done = quarterday("run", *words, *more, "--workspace", self.root)
        assert done.exit_code in (0, 1), done.output
        assert "Traceback" not in done.output, done.output
        copies = [p.name for p in (self.root / "outbox").glob("*/corrections/*.xlsx")]
        spoilt = [name for name, sent in self.listener.sent.items() if sent.is_spoilt]
        assert len(copies) == len(spoilt), (copies, spoilt)
        self.reader.read_outbox(self.root / "outbox")
        self.listener.read_outbox(self.root / "outbox")
        (self.listener.hear_json if is_json else self.listener.hear)("run", done.stdout)

    def ask(self) -> None:
        """What the commands that look back tell; of a figure's cells, of some periods."""
        for words in (
            ("status", "--period", QUARTERS[0].name),
            ("status",),
            ("runs",),
            ("history",),
        ):
            self.listener.hear(words[0], quarterday(*words, "--workspace", self.root).stdout)
            told = quarterday(*words, "--json", "--workspace", self.root).stdout
            if told:
                self.listener.hear_json(words[0], told)
        written = quarterday("data", "--workspace", self.root)
        assert written.exit_code == 0, written.output
        self.reader.read_all_periods(self.root / "outbox" / "data")
        self.listener.read_outbox(self.root / "outbox")
        for ref in dict.fromkeys(
            [i.ref for i in (*REGISTER.indicators, *self.register.indicators)]
        ):
            # Of a ref by which nothing was reported it says nothing.
            if told := quarterday("history", ref, "--json", "--workspace", self.root).stdout:
                self.reader.read_history(self.first_ref(ref), told)
                self.listener.hear_json("history", told)
        for each in self.register.indicators:
            first = self.first_ref(each.ref)
            period = self.chance.choice(
                [p for ref, p in sorted(self.reader.standing) if ref == first]
            )
            words = ("trace", each.ref, "--period", period, "--json", "--workspace", self.root)
            if traced := quarterday(*words).stdout:
                self.reader.read_trace(first, period, traced)
                self.listener.hear_json("trace", traced)


def lived(root: Path, seed: int, *, nights: int, quarters: int, renames: bool = False) -> Year:
    """A year in which each quarter has so many nights, and is restated once it is closed.

    Where it `renames`, indicators are given other refs meanwhile.
    """
    year = Year(root, random.Random(seed))  # noqa: S311
    put_register(REGISTER, root / "register.xlsx")
    make_workspace(root, QUARTERS[0].starts, REGISTER)
    set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    for number, period in enumerate(QUARTERS[:quarters]):
        for night in range(nights):
            at = datetime.combine(period.ends, datetime.min.time(), UTC) + timedelta(days=night + 1)
            if renames and night and year.chance.random() < 0.7:
                year.rename()
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
        year.held[period.name] = year.register
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
    reader = year.reader
    assert reader.earlier > 40
    assert min(reader.columns, reader.movements, reader.charted) > 3
    # There are years in which the one indicator with a target is hardly ever rated.
    assert reader.before > 3 or seed != 0
    listener = year.listener
    assert listener.comparisons > 10
    assert listener.messages >= {"receipt", "digest", "reminder", "Appendix"}
    assert list(year.reader.found_out()) == []
    assert list(listener.found_out()) == []
    for path in (tmp_path / "outbox").rglob("* data.csv"):
        assert list(listener.misrated(rows_of_csv(path))) == []


@pytest.mark.parametrize("seed", sampled(range(12), one_in=12))
def test_no_other_ref_gives_a_suppressed_figure_away(seed: int, tmp_path: Path) -> None:
    year = lived(tmp_path, seed, nights=6, quarters=2, renames=True)
    subjects = year.reader.subjects.values()
    assert len(year.reader.first_refs) > 3
    assert sum(len(subject.suppressed) for subject in subjects) > 20
    assert list(year.reader.found_out()) == []
    assert list(year.listener.found_out()) == []
