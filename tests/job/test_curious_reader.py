"""A reader who sets what leaves over several nights beside each other.

Each of these once told one number: that of a suppressed figure.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from msgspec.structs import replace

from pipeline.consolidation.disclosure import WITHHELD
from pipeline.operations.setup import make_workspace
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Period, Register
from tests.job.test_adversary import AREAS, QUARTERS, measure
from tests.job.test_adversary import REGISTER as YEAR
from tests.outputs.test_disclosure_outputs import contents
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.mixed import set_up
from tests.support.registers import put_register

FIRST, SECOND = QUARTERS[:2]
#: Ends the process before the last file of an appendix is written.
KILLED = """
import os, signal
from pipeline.outputs import tidy
tidy.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from pipeline.cli import app
app()
"""


def register_of(*indicators: Indicator, below: int = 5) -> Register:
    framework = replace(YEAR.framework, small_below=below)
    return replace(YEAR, framework=framework, indicators=indicators, targets=())


def of_areas(areas: str, rule: MergeRule = MergeRule.SUM, ref: str = "P1-1") -> Indicator:
    return measure(ref, rule, tuple(areas))


class Nights:
    """A workspace whose nights come one after the other."""

    def __init__(self, root: Path, register: Register) -> None:
        self.root, self.files = root, 0
        self.at = datetime.combine(FIRST.ends, datetime.min.time(), UTC) + timedelta(days=1)
        self.take(register)
        make_workspace(root, FIRST.starts, register)
        set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)

    def take(self, register: Register) -> None:
        self.register = register
        put_register(register, self.root / "register.xlsx")

    def send(
        self,
        figures: Mapping[str, object],
        period: Period = FIRST,
        commentary: str = "",
        ref: str = "P1-1",
        *,
        others: bool = False,
    ) -> None:
        """Returns of areas, by their refs, all with the same commentary.

        What `others` report is 500; else they do not.
        """
        for area in AREAS:
            if area.ref in figures:
                self.files += 1
                path = self.root / "inbox" / f"{area.ref} {self.files}.xlsx"
                entries = {
                    each.ref: {"Performance": 500}
                    for each in self.register.indicators_of(area.ref)
                    if others
                }
                entries[ref] = {"Performance": figures[area.ref], "Commentary": commentary}
                fill_return(self.register, area, period, path, entries)

    def call(self, *words: str) -> str:
        with time_machine.travel(self.at):
            done = quarterday(*words, "--workspace", self.root)
        assert done.exit_code in (0, 1), done.output
        return done.output

    def night(self, *words: str) -> str:
        said = self.call("run", *words)
        self.at += timedelta(days=1)
        return said

    def shown(self, ref: str = "P1-1") -> str:
        """What the first quarter's appendix prints of each area that reports, and of all."""
        (path,) = (self.root / "outbox" / FIRST.name).glob("* data.csv")
        with path.open(encoding="utf-8-sig") as file:
            rows = [row for row in csv.DictReader(file) if row["Ref"] == ref]
        told = [row["As shown"] for row in rows if row["As shown"]]
        every = [*told, rows[0]["Indicator performance"]]
        return " ".join("x" if each == "Suppressed" else each for each in every)

    def texts(self) -> str:
        """All that lies in the outbox but what goes to the areas themselves."""
        found = [
            text
            for path in sorted((self.root / "outbox").rglob("*"))
            if path.is_file() and "receipt" not in path.name
            for text in contents(path)
        ]
        return re.sub(r"\s+", " ", " ".join(found))


def test_an_appendix_of_which_a_run_wrote_a_part_counts_as_read(tmp_path: Path) -> None:
    nights = Nights(tmp_path, register_of(of_areas("ACH")))
    nights.send({"A": 3, "C": 20, "H": 40})
    command = [sys.executable, "-c", KILLED, "run", "--workspace", tmp_path]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -9
    assert list(tmp_path.rglob("Appendix*.xlsx"))
    nights.at = datetime.now(UTC)
    nights.send({"A": 10})
    nights.night()
    assert nights.shown() == "x x 40 70"


def test_an_appendix_that_was_not_wholly_written_is_by_the_next_run(tmp_path: Path) -> None:
    nights = Nights(tmp_path, register_of(of_areas("ACH")))
    nights.send({"A": 3, "C": 20, "H": 40})
    command = [sys.executable, "-c", KILLED, "run", "--workspace", tmp_path]
    subprocess.run(command, check=False, capture_output=True)
    nights.at = datetime.now(UTC)
    nights.call("ingest")
    assert nights.shown() == "x x 40 63"
    assert len(list(tmp_path.rglob("*Appendix 3 to clerk*.eml"))) == 1


def test_an_appendix_of_a_closed_period_that_a_person_writes_is_what_it_was_closed_with(
    tmp_path: Path,
) -> None:
    nights = Nights(tmp_path, register_of(of_areas("ACH")))
    nights.send({"A": 3, "C": 20, "H": 40})
    nights.night()
    closed = tuple(replace(each, open=each != FIRST) for each in nights.register.periods)
    nights.take(replace(register_of(of_areas("ACH", MergeRule.MAXIMUM)), periods=closed))
    nights.night()
    assert nights.shown() == "x x 40 63"
    nights.call("appendix", "--period", FIRST.name)
    assert nights.shown() == "x x 40 63"
    events = json.loads(nights.call("history", "--period", FIRST.name, "--json"))
    assert [event["what"] for event in events].count("issued") == 1


def test_an_area_that_reports_no_longer_stays_suppressed(tmp_path: Path) -> None:
    nights = Nights(tmp_path, register_of(of_areas("ACHL")))
    nights.send({"A": 2, "C": 3, "H": 40, "L": 4})
    nights.night()
    assert nights.shown() == "x x 40 x 49"
    nights.take(register_of(of_areas("ACH")))
    nights.night()
    assert nights.shown() == "x x 40 x"


def test_the_smallest_figure_bounds_what_a_sum_was_made_of(tmp_path: Path) -> None:
    nights = Nights(tmp_path, register_of(of_areas("ACH")))
    nights.send({"A": 1, "C": 22, "H": 40})
    nights.night()
    assert nights.shown() == "x x 40 63"
    # 21 as the smallest would leave 21 or 22 to C, and 1 or 2 to A.
    nights.take(register_of(of_areas("ACH", MergeRule.MINIMUM)))
    nights.send({"A": 21})
    nights.night()
    assert nights.shown() == "21 x 40 x"


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_figure_that_is_small_by_now_is_not_told_again(is_closed: bool, tmp_path: Path) -> None:
    nights = Nights(tmp_path, register_of(of_areas("A", MergeRule.SOLE)))
    nights.send({"A": 7})
    nights.night()
    for path in (tmp_path / "outbox").rglob("*.eml"):
        path.unlink()
    register, words = register_of(of_areas("A", MergeRule.SOLE), below=10), list[str]()
    if is_closed:
        closed = tuple(replace(each, open=each != FIRST) for each in register.periods)
        register, words = replace(register, periods=closed), ["--reopen", FIRST.name]
    nights.take(register)
    if is_closed:
        nights.night()
    nights.send({"A": 20})
    nights.night(*words, *(["--because", "It was corrected"] if words else []))
    assert nights.shown() == "20 20"
    assert re.search(r"\bwas (published|a figure)|a figure was given", nights.texts())
    assert not re.search(r"\b(was|at) 7\b", nights.texts())


def test_a_warning_does_not_tell_the_last_period_s_figure(tmp_path: Path) -> None:
    indicator = replace(of_areas("ACH"), plausible_change=Decimal(10))
    nights = Nights(tmp_path, register_of(indicator))
    nights.send({"A": 3, "C": 20, "H": 40})
    nights.night()
    nights.at = datetime.combine(SECOND.ends, datetime.min.time(), UTC) + timedelta(days=1)
    nights.send({"A": 57, "C": 21, "H": 41}, SECOND)
    said = [nights.night(), nights.texts()]
    said += [nights.call(*words) for words in (["status"], ["history", "P1-1"])]
    said += [nights.call("trace", "P1-1", "--period", SECOND.name)]
    assert all("C05" in each for each in said)
    assert not any("last period's" in each or "last period&" in each for each in said)


def test_a_return_that_is_sent_back_does_not_tell_it_either(tmp_path: Path) -> None:
    warned = replace(of_areas("A"), plausible_change=Decimal(10))
    nights = Nights(tmp_path, register_of(warned, of_areas("A", ref="P1-2")))
    nights.send({"A": 3})
    path = tmp_path / "inbox" / "first.xlsx"
    both = {"P1-1": {"Performance": 3}, "P1-2": {"Performance": 50}}
    fill_return(nights.register, AREAS[0], FIRST, path, both)
    nights.night()
    nights.at = datetime.combine(SECOND.ends, datetime.min.time(), UTC) + timedelta(days=1)
    wrong = {"P1-1": {"Performance": 57}, "P1-2": {"Performance": "about 7"}}
    fill_return(nights.register, AREAS[0], SECOND, path, wrong)
    said = [nights.night(), nights.call("status")]
    assert all("C05" in each for each in said)
    assert not any("last period's" in each for each in said)


SMALL = "Down by 2 in 3 wards over 4 months."


@pytest.mark.parametrize("said", [SMALL, "There were 1.", "Of 23, 40.", "19, 20 or 21 of them"])
def test_words_are_withheld_for_all_that_a_suppressed_figure_could_be(
    said: str, tmp_path: Path
) -> None:
    """What is printed would tell which it is not, and what is not, which it is."""
    nights = Nights(tmp_path, register_of(of_areas("ACH")))
    nights.send({"A": 1, "C": 22, "H": 40}, commentary=said)
    nights.night()
    assert nights.shown() == "x x 40 63"
    assert WITHHELD in nights.texts()
    assert said not in nights.texts()


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        (f"Return {FIRST.name} - Housing.xlsx", True),
        ("7 cases hidden.xlsx", True),
        ("3 cases hidden.xlsx", False),
        ("Two cases hidden.xlsx", False),
        ("A sixty-three, all in all.xlsx", True),
        ("C 20.xlsx", False),
    ],
)
def test_no_name_of_a_file_tells_a_suppressed_figure(
    name: str, is_told: bool, tmp_path: Path
) -> None:
    nights = Nights(tmp_path, register_of(of_areas("ACH")))
    nights.send({"A": 3, "C": 20, "H": 40})
    for path in (tmp_path / "inbox").glob("C *.xlsx"):
        path.rename(path.with_name(name))
    nights.night()
    assert nights.shown() == "x x 40 63"
    printed = " ".join(
        text
        for path in (tmp_path / "outbox" / FIRST.name).iterdir()
        if path.suffix in (".csv", ".xlsx", ".html")
        for text in contents(path)
    )
    assert (name in printed) is is_told


@pytest.mark.parametrize(
    "said", ["With P1-1, 66 were counted.", "They counted 3 of P1-1.", "They counted 4 of P1-1."]
)
def test_no_area_tells_what_all_areas_or_another_reported(said: str, tmp_path: Path) -> None:
    other = of_areas("L", MergeRule.SOLE, "P1-2")
    nights = Nights(tmp_path, register_of(of_areas("ACH"), other))
    nights.send({"A": 23, "C": 40})
    nights.night()
    nights.send({"H": 3})
    nights.send({"L": 1000}, commentary=said, ref="P1-2")
    nights.night()
    assert nights.shown().startswith("23 40 x x")
    assert said not in nights.texts()


# --- What an indicator is called ------------------------------------------------------------------


def called(ref: str, wording: str, areas: str = "ACH") -> Indicator:
    return replace(of_areas(areas), ref=ref, wording=wording)


CASES, OTHERS = "Cases of abuse", "Households helped"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Another ref; another in other words, whose figures are the same; and spelt another way.
        ([called("P1-1", CASES)], [called("P1-7", CASES)]),
        ([called("P1-1", CASES)], [called("P1-7", OTHERS)]),
        ([called("P1-1", CASES)], [called("p1 1", OTHERS)]),
        ([called("P1-1", CASES)], [called("Р1-1", "Cases  of Abuse.")]),
        # The ref goes on to another indicator.
        ([called("P1-1", CASES)], [called("P1-7", CASES), called("P1-1", OTHERS)]),
        # Two exchange their refs; or one goes, and one comes.
        (
            [called("P1-1", CASES), called("P1-7", OTHERS)],
            [called("P1-7", CASES), called("P1-1", OTHERS)],
        ),
        ([called("P1-1", CASES)], [called("P1-7", "Abused"), called("P1-1", OTHERS, "L")]),
    ],
)
def test_an_indicator_is_known_again_whatever_its_ref(
    before: list[Indicator], after: list[Indicator], tmp_path: Path
) -> None:
    nights = Nights(tmp_path, register_of(*before))
    nights.send({"A": 3, "C": 20, "H": 40}, ref=before[0].ref, others=True)
    nights.night()
    assert nights.shown(before[0].ref) == "x x 40 63"
    nights.take(register_of(*after))
    nights.night()
    nights.send({"A": 10, "C": 20, "H": 40}, ref=after[0].ref, others=True)
    nights.night()
    # 20 hides the 3 of before, and 10 the 20.
    assert nights.shown(after[0].ref) == "x x 40 70"
    said = [nights.call("history", each.ref) for each in (before[0], after[0])]
    assert [s for s in said if re.search(r": (3|10|20), final", s)] == [], said
