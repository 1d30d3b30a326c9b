"""Made-up cells, sheets and spoilt workbooks, thrown at the reading of a return.

    python -m tests.support.fuzzing [MINUTES] [figures] [layouts] [reader] [arrivals] [mail]

runs each for so many minutes with new examples all the time, and stops at the first that breaks a
rule. What is found becomes a case of the tests. The tests run a few examples of each.
"""

from __future__ import annotations

import io
import random
import shutil
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from resource import RLIMIT_AS, setrlimit

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.intake.scan import Arrival, examine
from pipeline.returns.interpret import interpret
from pipeline.returns.reader import guard_of, read_returns, read_workbook
from pipeline.returns.reading import Return
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import CellDetail, Place, SheetDetails
from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import CellValue, Figure, Scale
from pipeline.workbooks.grid import Grid, text_of
from pipeline.workbooks.sandbox import Guard, StoppedError
from pipeline.workspace.settings import Limits
from schemas.fields import ACHIEVEMENT_FIELDS, COVER_FIELDS, INDICATOR_FIELDS, UNTAUGHT_FIELDS
from schemas.findings import has_errors
from schemas.model import Register
from schemas.rules import READER_STOPPED
from schemas.units import Unit
from tests.support import fuzzed_arrivals
from tests.support.builders import small_register
from tests.support.containers import zipped

REGISTER: Register = small_register()
#: Seconds that the job's own process may look at one file or message.
_SOON = 5.0
#: A message beyond is not fetched.
_LARGEST = 50 * 1024**2
#: Bytes of address space: the libraries' and half a gibibyte.
_MOST = 2 * 1024**3
_FIELDS = (*INDICATOR_FIELDS, *UNTAUGHT_FIELDS, *ACHIEVEMENT_FIELDS, *COVER_FIELDS)
_HEADINGS = sorted({name for field in _FIELDS for name in (field.heading, *field.aliases)})
_NAMES = [
    *(each for i in REGISTER.indicators for each in (i.ref, i.wording)),
    *(each for p in REGISTER.priorities for each in (p.ref, p.heading)),
    *(each for a in REGISTER.areas for each in (a.ref, a.name)),
    *(each.name for each in REGISTER.periods),
]
_FIGURES = ["4,605", "24.5%", "0.62", "<5", "n/a", "none", "10-12", "£1.2m", "31,5", "24% (p)"]
_YEARS = ["2011/12", "2012/13", "2012-13 Q1", "Q4", "2013"]

cells: st.SearchStrategy[CellValue] = st.one_of(
    st.just(""),
    st.sampled_from([*_HEADINGS, *_NAMES, *_FIGURES, *_YEARS, "Total", "Perfomance", "Commentry"]),
    st.tuples(st.sampled_from(_HEADINGS), st.sampled_from([*_YEARS, ": Community safety"])).map(
        " ".join
    ),
    st.sampled_from([0.62, 4605.0, 24.5, -5.0, 1e15, float("nan"), True]),
    st.sampled_from([date(2012, 12, 10), datetime(2012, 12, 10), timedelta(hours=3)]),  # noqa: DTZ001
    st.text(max_size=8),
)
#: Rows that are likely to head a table, and rows of anything.
rows = st.one_of(
    st.lists(cells, min_size=4, max_size=7),
    st.permutations(["Ref", "Indicator", "Performance", "Commentary", "Performance 2011/12"]),
    st.permutations(["Priority", "Achievement", "", "Indicator", ""]),
    st.tuples(st.sampled_from(_NAMES), st.sampled_from(_NAMES), cells, cells, cells).map(list),
)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """A sheet with whatever stands on it."""
    drawn = draw(st.lists(rows, min_size=1, max_size=9))
    width = max(map(len, drawn))
    square = [[*row, *[""] * (width - len(row))] for row in drawn]
    top, left = draw(st.integers(0, 3)), draw(st.integers(0, 2))
    spans = st.tuples(
        st.integers(0, 9), st.integers(0, 8), st.integers(0, 3), st.integers(0, 3)
    ).map(lambda span: (span[0], span[1], span[0] + span[2], span[1] + span[3]))
    merged = tuple(draw(st.lists(spans, max_size=3)))
    return Grid(draw(st.sampled_from(["Cover", "Figures", "X!"])), top, left, square, False, merged)


anything: st.SearchStrategy[CellValue] = st.one_of(
    st.text(), st.floats(), cells, st.text("0123456789.,%£()-+ <>*koftbn/a'", max_size=14)
)
formats = st.one_of(
    st.none(), st.sampled_from(["0%", "General", "[>1]0%;0.0", ";;;", '0.0"m"', "dd/mm/yyyy"]),
    st.text('0#?.,%;[]"\\_*@-£€<>=1dmyhsGeneral ', max_size=20),
)  # fmt: skip


def check_figure(cell: CellValue, unit: Unit, number_format: str | None) -> None:
    """A cell has a figure, a meaning or a finding; and a figure only where there is a digit."""
    figure = parse(cell, Scale(unit, 1), number_format)
    known = figure.value is not None or figure.suppressed or figure.not_available
    assert known or figure.is_bad or figure == Figure()
    assert not (figure.value is not None and figure.is_bad)
    if isinstance(cell, str) and figure.value is not None:
        assert any(character.isdecimal() for character in cell)


class NoDetails:
    """Of no cell more is known than its value."""

    def __call__(self, _sheet: str, wanted: Iterable[Place], /) -> SheetDetails:
        return SheetDetails(dict.fromkeys(wanted, CellDetail()))

    def is_plain(self, _sheet: str, /) -> bool:
        return False


def check_layout(sheets: list[Grid]) -> None:
    """What is read stands where it is said to stand, once, and findings name cells that exist."""
    reading = interpret(sheets, REGISTER, NoDetails())
    refs = [row.indicator for row in reading.rows]
    assert len(refs) == len(set(refs))
    for row in reading.rows:
        stands = {
            text_of(grid.value(number, column))
            for grid in sheets
            if grid.sheet == row.sheet
            for number in range(20)
            for column in range(20)
            if address(number, column) == row.cell
        }
        assert row.seen["performance"] in stands
        assert row.value is None or row.seen["performance"] != ""
    for finding in reading.findings:
        assert finding.sheet in {"", *(grid.sheet for grid in sheets)}
        assert finding.problem
        assert finding.fix


def spoil(content: bytes, choose: random.Random) -> bytes:
    """A workbook with some of its bytes changed, left out or doubled, within parts or without."""

    def changed(part: bytes) -> bytes:
        spoilt = bytearray(part)
        for _ in range(choose.randint(1, 4)):
            at = choose.randrange(len(spoilt) or 1)
            length = choose.choice((1, 1, 1, 8, 200))
            match choose.randrange(4):
                case 0:
                    spoilt[at : at + length] = choose.randbytes(length)
                case 1:
                    del spoilt[at : at + length]
                case 2:
                    spoilt[at:at] = spoilt[at : at + length]
                case _:
                    spoilt[at:at] = choose.choice((b"9" * 9, b"-1", b"&#0;", b"<c>", b'"', b"\xff"))
        return bytes(spoilt)

    if not zipfile.is_zipfile(io.BytesIO(content)) or choose.random() < 0.2:
        return changed(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name.endswith((".xml", ".rels", ".bin"))]
    for name in choose.sample(names, k=min(len(names), choose.randint(1, 2))):
        parts[name] = changed(parts[name])
    return zipped(parts)


def check_reader(sound: list[tuple[str, bytes]], folder: Path, rounds: int, start: int) -> int:
    """Spoilt workbooks through the guard: each gives a reading. How many were read comes back."""
    choose = random.Random(start)  # noqa: S311 - examples, not secrets
    arrivals = []
    for number in range(rounds):
        name, content = choose.choice(sound)
        path = folder / f"{number} {name}"
        path.write_bytes(spoil(content, choose))
        arrival = examine(path, file_mb=20)
        assert isinstance(arrival, Arrival)
        arrivals.append(arrival)
    limits = Limits(workers=1, seconds=10, memory_mb=512)
    with guard_of(REGISTER, limits) as guard:
        readings = list(read_returns(arrivals, guard))
        assert len(readings) == rounds
        for outcome in readings:
            assert isinstance(outcome, Return)
            if failed := mistake(outcome, guard):
                kept = folder.parent / outcome.arrival.path.name
                kept.write_bytes(outcome.arrival.path.read_bytes())
                raise AssertionError(f"{kept}: {failed}")
    for arrival in arrivals:
        arrival.path.unlink()
    return rounds


def mistake(outcome: Return, guard: Guard) -> str:
    """The exception of ours with which reading a workbook failed; empty where it did not.

    calamine panics at some workbooks; that costs a finding, and is not ours to mend.
    """
    if READER_STOPPED.code not in [finding.code for finding in outcome.reading.findings]:
        return ""
    path, kind = outcome.arrival.path, outcome.arrival.kind
    failed = guard.submit(read_workbook, path.read_bytes(), kind, REGISTER).exception()
    told = failed.detail if isinstance(failed, StoppedError) else ""
    return "" if told == "PanicException" else told


def check_arrivals(folder: Path, rounds: int, start: int) -> int:
    """Drawn archives and compound files: each is looked at soon, and gives a reading."""
    choose = random.Random(start)  # noqa: S311 - examples, not secrets
    arrivals = []
    for number in range(rounds):
        content = choose.choice((fuzzed_arrivals.archive, fuzzed_arrivals.compound))(choose)
        with _soon(content, folder):
            arrivals.append(fuzzed_arrivals.check_container(content, folder, number))
    opened = [arrival for arrival in arrivals if not has_errors(arrival.findings)]
    with guard_of(REGISTER, Limits(workers=1, seconds=10, memory_mb=512)) as guard:
        for outcome in read_returns(opened, guard):
            assert isinstance(outcome, Return)
            assert not (failed := mistake(outcome, guard)), f"{outcome.arrival.path}: {failed}"
    return rounds


def check_mail(folder: Path, rounds: int, start: int) -> int:
    """Drawn messages: each is read soon, and what is attached has a name to be kept under."""
    choose = random.Random(start)  # noqa: S311 - examples, not secrets
    for _ in range(rounds):
        content = fuzzed_arrivals.message(choose)
        if len(content) > _LARGEST:
            continue
        with _soon(content, folder):
            fuzzed_arrivals.check_message(content)
    return rounds


@contextmanager
def _soon(content: bytes, folder: Path) -> Iterator[None]:
    """What the job's own process does with some bytes, in little time; else these are kept."""
    begun = time.process_time()
    try:
        yield
        took = time.process_time() - begun
        assert took < _SOON, f"took {took:.1f} seconds"
    except Exception as error:
        kept = folder.parent / f"found {len(content)} {zlib.crc32(content):08x}"
        kept.write_bytes(content)
        error.add_note(f"kept as {kept}")
        raise


def sound_workbooks(folder: Path) -> list[tuple[str, bytes]]:
    """A filled return in each format that can be made here."""
    from tests.support.builders import PERIOD, SAFETY
    from tests.support.filled import fill_return
    from tests.workbooks.test_formats import SOUND

    entries = {"P1-1": {"Performance": 4605}, "P1-2": {"Performance": 0.245}}
    path = fill_return(REGISTER, SAFETY, PERIOD, folder / "return.xlsx", entries)
    endings = {kind: kind.name.casefold() for kind in SOUND}
    return [
        ("return.xlsx", path.read_bytes()),
        *((f"small.{endings[kind]}", content) for kind, content in SOUND.items()),
    ]


def _many(test: Callable[[], None], until: float) -> int:
    rounds = 0
    while time.monotonic() < until:
        seed(time.time_ns())(test)()
        rounds += 1
    return rounds


_OFTEN = settings(
    max_examples=2_000, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def main(minutes: float, what: list[str]) -> None:
    for name in what:
        until = time.monotonic() + 60 * minutes
        if name == "figures":
            test = _OFTEN(given(anything, st.sampled_from(Unit), formats)(check_figure))
            done = _many(test, until) * 2_000
        elif name == "layouts":
            sheets = st.lists(grids(), min_size=1, max_size=2).map(
                lambda drawn: [replace(g, sheet=f"{g.sheet}{n}") for n, g in enumerate(drawn)]
            )
            done = _many(_OFTEN(given(sheets)(check_layout)), until) * 2_000
        else:
            folder, done = Path(tempfile.mkdtemp()) / "drawn", 0
            folder.mkdir()
            sound = sound_workbooks(folder.parent)
            throw = {
                "reader": partial(check_reader, sound),
                "arrivals": check_arrivals,
                "mail": check_mail,
            }[name]
            while time.monotonic() < until:
                done += throw(folder, 200, time.time_ns())
            shutil.rmtree(folder.parent)
        print(f"{name}: {done:,} examples in {minutes:g} minutes, and none broke a rule")  # noqa: T201


if __name__ == "__main__":
    given_minutes = float(sys.argv[1]) if sys.argv[1:] else 20
    # What takes more memory than a night may fails here.
    setrlimit(RLIMIT_AS, (_MOST, _MOST))
    main(given_minutes, sys.argv[2:] or ["figures", "layouts", "reader", "arrivals", "mail"])
