"""A set of workbooks of many programs, and of workbooks spoilt by a script, through the reader.

Each costs a finding at most: no traceback, no hang, and none is called damaged, or anything else
but a workbook, that calamine and LibreOffice open. Sizes by QUARTERDAY_FAULTS, as of all faults.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from python_calamine import CalamineError

from pipeline.intake.scan import Arrival, examine
from pipeline.returns.reader import guard_of, read_returns, read_workbook
from pipeline.returns.reading import Return
from pipeline.workbooks.completeness import lacks_bytes, lacks_content
from pipeline.workbooks.file_kind import identify
from pipeline.workbooks.grid import read_grids
from pipeline.workbooks.sandbox import StoppedError
from pipeline.workspace.settings import Limits
from schemas import rules as c
from schemas.findings import Finding
from tests.corpus.layout import NOW, READ, REGISTER, WAYS, Layout, cover, table
from tests.corpus.write import write_all
from tests.corpus.writers import libreoffice
from tests.support.mixed import many
from tests.support.programs import need
from tests.support.spoilt import spoilt

COMMENTARY = ("Recorded anew", "Fewer than “before” – é", "", "so <b>it</b> is & was")
LAYOUT = Layout("the return", (cover(), table(("Actual", "Commentary"), NOW, COMMENTARY)), READ)
#: What stands on its cover: a program that opens it finds this.
SHOWN = "Community safety"
#: What is never said of a workbook that others open.
REFUSALS = {c.NOT_A_WORKBOOK.code, c.DAMAGED.code, c.EMPTY_FILE.code, c.ENCRYPTED.code}
#: Gnumeric's other kinds of workbook than those that the corpus has, where it is there.
GNUMERIC = {
    "Excel:excel_biff7": "xls",
    "Excel:excel_biff8": "xls",
    "Excel:excel_dsf": "xls",
    "Excel:xlsx2": "xlsx",
    "OpenCalc:odf": "ods",
}
LIMITS = Limits(workers=1, seconds=10, memory_mb=512)


class Judged(NamedTuple):
    path: Path
    findings: tuple[Finding, ...]
    figures: dict[str, Decimal | None]
    #: The exception of ours that reading it ended with.
    mistake: str
    is_open_to_calamine: bool


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One return as each program that is here writes it, in each of its formats."""
    need("soffice")
    folder = tmp_path_factory.mktemp("sound")
    # Each start of LibreOffice takes seconds: its formats that no other program writes.
    ways = [way for way in WAYS if way != ("libreoffice", ".xlsx")]
    made = write_all([LAYOUT], folder / "made", ways=ways)
    paths = [path.rename(folder / f"{way.program}{way.suffix}") for (_, way), path in made.items()]
    if shutil.which("ssconvert"):
        for form, suffix in GNUMERIC.items():
            path = folder / f"gnumeric {form.partition(':')[2]}.{suffix}"
            of = ["ssconvert", "-T", f"Gnumeric_{form}", folder / "xlsxwriter.xlsx", path]
            subprocess.run(of, check=True, capture_output=True, timeout=60)
            paths.append(path)
    return paths


@pytest.mark.outside
def test_what_each_program_writes_is_read_or_asked_about(sound: list[Path]) -> None:
    assert {path.suffix for path in sound} == {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
    expected = {ref: answer.value for ref, answer in READ.items() if hasattr(answer, "value")}
    assert len(expected) == len(READ)
    for judged in read_all(sound):
        content = judged.path.read_bytes()
        identity = identify(content)
        assert not lacks_bytes(content, identity)
        assert not lacks_content(content, identity.kind)
        if judged.path.stem.startswith("gnumeric excel"):
            # calamine takes for dates some formats that Gnumeric defines in its own way.
            asked = {"C3": "1.2", "C4": "1.10"}
            blank = {asked[f.cell]: None for f in judged.findings if f.code == c.DATE_FOUND.code}
            assert len(blank) == len(judged.findings)
            assert judged.figures == expected | blank
        else:
            assert judged.findings == (), judged.path.name
            assert judged.figures == expected


@pytest.mark.outside
def test_what_is_spoilt_costs_a_finding_at_most(sound: list[Path], tmp_path: Path) -> None:
    check(sound, tmp_path, count=36, seed=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(2, 2 + many(1, 8)))
def test_of_many_that_are_spoilt_each_costs_a_finding_at_most(
    sound: list[Path], tmp_path: Path, seed: int
) -> None:
    check(sound, tmp_path, count=many(60, 500), seed=seed)


def check(sound: Sequence[Path], folder: Path, count: int, seed: int) -> None:
    """Spoil so many of these workbooks, and see what is made of each."""
    paths = []
    for made in spoilt([(path.name, path.read_bytes()) for path in sound], count, seed):
        paths.append(folder / made.name)
        paths[-1].write_bytes(made.content)
    judged = list(read_all(paths))
    texts = libreoffice.print_texts(paths, folder / "texts", folder / "profile")
    for each in judged:
        said = [finding.problem for finding in each.findings]
        assert not each.mistake, (each.path.name, each.mistake)
        assert not any(word in " ".join(said) for word in ("Error", "Exception")), said
        if each.is_open_to_calamine and is_open_to_libreoffice(each.path, texts):
            refused = [f.problem for f in each.findings if f.code in REFUSALS]
            assert not refused, (each.path.name, refused)


def read_all(paths: Sequence[Path]) -> Iterator[Judged]:
    with guard_of(REGISTER, LIMITS) as guard:
        arrivals = [examine(path, file_mb=20) for path in paths]
        outcomes = read_returns([a for a in arrivals if isinstance(a, Arrival)], guard)
        for path, outcome in zip(paths, outcomes, strict=True):
            assert isinstance(outcome, Return)
            found = (*outcome.arrival.findings, *outcome.reading.findings)
            mistake = ""
            if c.READER_STOPPED.code in [finding.code for finding in found]:
                kind = outcome.arrival.kind
                again = guard.submit(read_workbook, path.read_bytes(), kind, REGISTER)
                error = again.exception()
                assert isinstance(error, StoppedError)
                # calamine panics at some workbooks, which is not ours to mend.
                mistake = error.detail.replace("PanicException", "")
            figures = {row.indicator: row.value for row in outcome.reading.rows}
            is_open = guard.submit(is_open_to_calamine, path).exception() is None
            yield Judged(path, found, figures, mistake, is_open)


def is_open_to_calamine(path: Path) -> None:
    """Raises where calamine does not open a workbook, or not find in it what is there."""
    if SHOWN not in str([grid.rows for grid in read_grids(path.read_bytes())]):
        raise CalamineError


def is_open_to_libreoffice(path: Path, texts: Path) -> bool:
    printed = texts.glob(f"{path.stem}-*.csv")
    return any(SHOWN in each.read_text(encoding="utf-8", errors="replace") for each in printed)
