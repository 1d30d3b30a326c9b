"""What the reader makes of the corpus, beside what a person reads in it.

    python -m tests.corpus.reading [PROGRAM.SUFFIX ...]

Prints how many figures of each group were read rightly, asked about needlessly, overlooked and
misread, and names each of the last two.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.intake.scan import Arrival
from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Reading, ReportedRow, Return
from pipeline.returns.validate import validate
from pipeline.workbooks.file_kind import identify
from schemas.findings import Finding, Severity
from tests.corpus.expected import Answer, Got, Verdict, judge
from tests.corpus.layout import REGISTER, WAYS, Layout, Way
from tests.corpus.layouts import GROUPS, LAYOUTS
from tests.corpus.write import write_all

NOW = datetime(2016, 1, 20, 2, tzinfo=UTC)
#: That nobody signed is no matter of reading.
_SIGN_OFF = "C11"
#: A row that is not there, another of an indicator, and rows of none: the finding is about the
#: indicator that it names, or about no figure of the corpus.
_OF_ONE_ROW = {"C15", "L04", "L05", "L09", "L28"}
#: About every figure of a return, though it stands at the first cell of its kind.
_OF_ALL = {"L14"}
#: "No cases", as a finding says it.
_NO_CASES = "no cases"


class Judged(NamedTuple):
    """One figure of a layout, written in one way, and how the reader's answer compares."""

    group: str
    layout: Layout
    way: Way
    ref: str
    got: Got
    verdict: Verdict
    findings: tuple[Finding, ...]
    #: The commentary beside it, as it is to be printed.
    words: str


def returned(paths: Sequence[Path]) -> list[Return]:
    """Returns read and checked, as a run does."""
    read = []
    for path in paths:
        kind = identify(path.read_bytes()).kind
        arrival = Arrival(path, "0" * 64, path.stat().st_size, kind, NOW)
        read.append(Return(arrival, read_workbook(path.read_bytes(), kind, REGISTER)))
    return validate(read, REGISTER, NOW, {})


def answers(layout: Layout, made: Return) -> Iterator[tuple[str, Got]]:
    """What the reader made of each figure; accepted for another area or period is no figure."""
    reading = made.reading
    errors = [
        found
        for found in made.findings
        if found.severity is Severity.ERROR and found.code != _SIGN_OFF
    ]
    rows = {row.indicator: row for row in reading.rows}
    for ref in layout.figures:
        row = rows.get(ref)
        cells = set(_places(reading, row)) if row else set()
        said = [found for found in made.findings if (found.sheet, found.cell) in cells]
        is_asked = any(found.severity is not Severity.INFO for found in said)
        # What is said of no cell of a figure is said of all of them.
        elsewhere = {place for other in reading.rows for place in _places(reading, other)}
        is_asked |= any(
            found.code in _OF_ALL
            or re.search(rf"(?<![\w.]){re.escape(ref)}(?![\w.]*\w)", found.problem) is not None
            if found.code in _OF_ONE_ROW | _OF_ALL
            else (found.sheet, found.cell) not in elsewhere
            for found in errors
        )
        if is_asked:
            yield ref, Answer.ASKED
        elif row is not None and row.value is not None:
            yield ref, row.value
        elif any(_NO_CASES in found.problem for found in said):
            yield ref, Answer.NO_CASES
        else:
            yield ref, Answer.NOTHING


def _places(reading: Reading, row: ReportedRow) -> Iterator[tuple[str, str]]:
    """The cells that a row was read from, each with its sheet."""
    return ((row.sheet, cell) for cell in reading.cells(row).values())


def read_corpus(written: Mapping[tuple[str, Way], Path]) -> Iterator[Judged]:
    """Every figure of the layouts that were written, by name and way, judged."""
    for group, layouts in GROUPS.items():
        by_name = {layout.name: layout for layout in layouts}
        made = {key: path for key, path in written.items() if key[0] in by_name}
        # Checked together, which is many times as quick as one by one.
        for (name, way), one in zip(made, returned(list(made.values())), strict=True):
            layout = by_name[name]
            place = (one.reading.area or "", one.reading.period or "")
            words = {row.indicator: row.commentary for row in one.reading.rows}
            for ref, got in answers(layout, one):
                verdict = judge(layout.figures[ref], got)
                is_booked = got not in (Answer.ASKED, Answer.NOTHING)
                if is_booked and place != (layout.area, layout.period):
                    verdict = Verdict.MISREAD
                yield Judged(
                    group, layout, way, ref, got, verdict, one.findings, words.get(ref, "")
                )


def main(words: list[str]) -> None:
    ways = [way for way in WAYS if str(way) in words] or [WAYS[0]]
    counts: dict[str, Counter[Verdict]] = {group: Counter() for group in GROUPS}
    wrong: list[Judged] = []
    with tempfile.TemporaryDirectory() as folder:
        for each in read_corpus(write_all(LAYOUTS, Path(folder), ways=ways)):
            counts[each.group][each.verdict] += 1
            if each.verdict is not Verdict.RIGHT:
                wrong.append(each)
    lines = []
    for each in sorted(wrong, key=lambda one: (one.verdict.name, one.group, one.layout.name)):
        said = " | ".join(f.line for f in each.findings if f.code != _SIGN_OFF)
        lines.append(
            f"{each.verdict.name:17} {each.group}: {each.layout.name} [{each.way}] {each.ref}: "
            f"{each.layout.figures[each.ref]} / {each.got} {said}"
        )
    lines.append("".join([" " * 18, *(f"{verdict.name.lower():>18}" for verdict in Verdict)]))
    for group, count in counts.items():
        lines.append("".join([f"{group:18}", *(f"{count[verdict]:18}" for verdict in Verdict)]))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
