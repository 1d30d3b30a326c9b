"""A unit, a merge rule and an output are each added in one place, and work from end to end.

Each test adds some lines to a copy of the source, as whoever adds one would, and works with the
real command line of that copy: register, template, returns, a night, and what it issues.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.merge_rules import MergeRule
from schemas.model import Register, ServiceArea
from tests.support.builders import CARE, PERIOD, SAFETY, indicator, small_register
from tests.support.council import Council
from tests.support.filled import fill_in

ROOT = Path(__file__).parents[1]
HOUSING = ServiceArea("HO", "Housing", "Head of housing")
AREAS = (SAFETY, CARE, HOUSING)
APPENDIX = "Appendix 3 - 2012-13"


def register_of(*areas: ServiceArea, decimals: int = 0) -> Register:
    """One count, of which areas report each their own."""
    counted = indicator(
        "P1-1", "What it takes", areas=tuple(a.ref for a in areas), decimals=decimals
    )
    counted = replace(counted, merge_rule=MergeRule.SUM if len(areas) > 1 else MergeRule.SOLE)
    return replace(small_register(), areas=areas, indicators=(counted,), targets=())


@dataclass(frozen=True)
class Source:
    """A copy of the source, to which something is added."""

    folder: Path

    def add(self, path: str, text: str, *, before: str = "") -> None:
        """Put lines into a file before a line of it, or into a new file."""
        file = self.folder / path
        assert len(text.splitlines()) < 20
        if not before:
            file.write_text(text, encoding="utf-8")
            return
        content = file.read_text("utf-8")
        assert content.count(before) == 1
        file.write_text(content.replace(before, text + before), "utf-8")

    def call(self, *words: str | Path, module: str = "pipeline") -> str:
        """What a command of the copy prints."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", module, *map(str, words)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def issued(
        self, council: Council, changes: Mapping[str, str], figures: Mapping[str, object]
    ) -> dict[str, dict[str, str]]:
        """The rows of the data by area, after the register says `changes` and areas `figures`."""
        book = load_workbook(council.root / "register.xlsx")
        for row in book["Indicators"].iter_rows():
            for cell in row:
                if cell.value in changes:
                    cell.value = changes[str(cell.value)]
        book.save(council.root / "register.xlsx")
        self.call("template", "--workspace", council.root)
        for path in (council.root / "outbox").glob("*/templates/*.xlsx"):
            (said,) = [said for name, said in figures.items() if name in path.name]
            fill_in(path, {"P1-1": {"Performance": said}}).rename(council.place.inbox / path.name)
        assert "\nwrote " in self.call("run", "--workspace", council.root)
        data = council.root / "outbox" / PERIOD.name / f"{APPENDIX} data.csv"
        with data.open(encoding="utf-8-sig", newline="") as file:
            return {row["Service area"]: row for row in csv.DictReader(file)}


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    folder = tmp_path / "source"
    for package in ("pipeline", "schemas"):
        shutil.copytree(ROOT / package, folder / package)
    yield Source(folder)
    shutil.rmtree(folder)


def test_a_unit_is_added_as_one_row(source: Source, tmp_path: Path) -> None:
    source.add(
        "schemas/units.py",
        """\
    HOURS = UnitRow(
        "hours",
        "a number of hours",
        "12.5",
        asks="A number of hours",
        noun="hour",
        never_negative=True,
    )
""",
        before='    SCORE = UnitRow("score"',
    )
    council = Council(tmp_path / "council", register_of(SAFETY, decimals=1))
    rows = source.issued(council, {"count": "hours"}, {SAFETY.name: "37.5 hours"})
    row = rows[SAFETY.name]
    assert (row["Unit"], row["Value"], row["As shown"]) == ("hours", "37.5", "37.5")
    book = load_workbook(council.root / "outbox" / PERIOD.name / f"{APPENDIX}.xlsx")
    assert "hours" in [cell.value for cell in next(book["Data"].iter_cols(7, 7))]
    page = source.call(module="schemas.register_page")
    assert "`ratio`, `days`, `hours`, `score`" in page
    assert "a number of days or a number of hours below zero is" in page


@pytest.mark.faults
def test_a_merge_rule_is_added_as_one_class(source: Source, tmp_path: Path) -> None:
    source.add(
        "schemas/merge_rules.py",
        """\
class Median(Merging):
    name = "median"
    becomes = "the one in the middle"
    note = "The figure in the middle"
    takes_one = True

    def merged(self, given: Sequence[Observation], indicator: Indicator) -> Decimal:
        return sorted(_figures(given))[len(given) // 2]


""",
        before="class MergeRule(StrEnum):",
    )
    source.add("schemas/merge_rules.py", "    MEDIAN = Median()\n", before="    SOLE = SoleOwner()")
    council = Council(tmp_path / "council", register_of(*AREAS))
    figures = {SAFETY.name: 40, CARE.name: 7, HOUSING.name: 12}
    rows = source.issued(council, {"sum": "median"}, figures)
    assert {row["Indicator performance"] for row in rows.values()} == {"12"}
    book = load_workbook(council.root / "outbox" / PERIOD.name / f"{APPENDIX}.xlsx")
    notes = [cell.value for row in book["Notes and definitions"].iter_rows() for cell in row]
    assert "The figure in the middle" in notes
    page = source.call(module="schemas.register_page")
    assert "| median | the one in the middle |" in page
    assert "`median`" in page


@pytest.mark.faults
def test_an_output_is_added_as_one_module_and_one_entry(source: Source, tmp_path: Path) -> None:
    source.add(
        "pipeline/outputs/outline.py",
        '''\
"""Outline: the figures of the appendix as lines of text."""

from pathlib import Path

from pipeline.consolidation.report import Report
from pipeline.workspace.folder import replacing


def write(report: Report, path: Path) -> None:
    """Writes a line an indicator, whole or not at all."""
    lines = (f"{line.indicator.ref}: {line.performance_shown}\\n" for line in report.lines)
    with replacing(path) as temporary:
        temporary.write_text("".join(lines), "utf-8")
''',
    )
    source.add(
        "pipeline/outputs/__init__.py",
        '    Output("outline", ".txt", "The same in lines"),\n',
        before='    Output("tidy", ',
    )
    council = Council(tmp_path / "council", register_of(SAFETY))
    source.issued(council, {}, {SAFETY.name: 4605})
    written = council.root / "outbox" / PERIOD.name / f"{APPENDIX}.txt"
    assert written.read_text("utf-8") == "P1-1: 4605\n"
