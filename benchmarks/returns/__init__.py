"""A thousand returns of 60 indicators: the whole way to the store, beside two plain ways.

    python -m benchmarks.returns [HOW MANY ...]

Measured in turn, in one run:
- bare: python-calamine reads every cell of every sheet, and nothing else happens;
- whole: from the inbox to the store and the archive, findings and all, on the clock, and beside it
  the time of the processors, of the job's own process and of its readers, which Linux tells;
- checks: `validate` alone, from what was read to findings, where all is right and where every cell
  is wrong; processor time, the best of three, with the collector of garbage off as `timeit` has it;
- plain: pandas.read_excel with openpyxl and one pandera validation a return (on 20 of them).

Of several numbers the second is what the others are compared with, a return each.
"""

from __future__ import annotations

import gc
import io
import os
import pickle
import tempfile
import time
import timeit
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from multiprocessing import forkserver
from pathlib import Path

import msgspec
import pandas as pd
import pandera.pandas as pa
from msgspec import Struct
from msgspec.structs import replace
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from pipeline.intake.scan import Arrival
from pipeline.job import nightly
from pipeline.job.loaded import NEW_THINGS
from pipeline.job.session import store_of
from pipeline.operations.setup import make_workspace
from pipeline.outputs.template import write_template
from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Return
from pipeline.returns.validate import validate
from pipeline.store import Outcome
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.folder import Workspace, open_workspace
from pipeline.workspace.runs.pace import Pace
from schemas.fields import COVER_SHEET, INDICATORS_SHEET, PREFILLED
from schemas.merge_rules import MergeRule
from schemas.model import (
    Framework,
    Indicator,
    Kind,
    Period,
    Polarity,
    Priority,
    Register,
    ServiceArea,
    Target,
)
from schemas.units import Unit

INDICATORS = 60
PERIOD = Period("2026-27 Q1", date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 31))
#: Of other lengths, so that none is compared with another.
_OTHER_PERIODS = (
    Period("June 2026", date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 31)),
    Period("January to June 2026", date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 31)),
    Period("2025-26", date(2025, 4, 1), date(2026, 3, 31), date(2026, 7, 31)),
)
#: A cell of a workbook holds the refs of no more areas than that.
_MOST_AREAS = 4_000
NOW = datetime(2026, 7, 20, 2, tzinfo=UTC)
#: Stands for the area's name in the one return that all are made from.
_MARK = "Service area 00000"
_PLAIN_RETURNS = 20
#: As many as stand in one frame.
_WRONG_RETURNS = 500


def register_of(returns: int, indicators: int = INDICATORS) -> Register:
    """A register that asks for so many returns: its indicators are reported by every area.

    Many are of several periods.
    """
    periods = (PERIOD, *_OTHER_PERIODS) if returns > _MOST_AREAS else (PERIOD,)
    assert returns % len(periods) == 0, "each period has as many returns"
    areas = returns // len(periods)
    units = (Unit.PERCENT, Unit.COUNT, Unit.CURRENCY, Unit.DAYS)
    names = tuple(ServiceArea(f"A{n:05}", f"Service area {n:05}") for n in range(areas))
    refs = tuple(area.ref for area in names)
    measured = tuple(
        Indicator(
            ref=f"P{n % 6 + 1}-{n}",
            priority=f"P{n % 6 + 1}",
            wording=f"Indicator number {n} of the things that residents care about",
            kind=Kind.MEASURE,
            unit=units[n % 4],
            decimals=1 if units[n % 4] is Unit.PERCENT else 0,
            polarity=Polarity.HIGHER,
            areas=refs,
            merge_rule=MergeRule.MEAN,
        )
        for n in range(indicators)
    )
    return Register(
        framework=Framework("Example Council", "Performance", "Appendix 1"),
        priorities=tuple(
            Priority(f"P{n}", f"Priority {n}", f"Priority {n}", n) for n in range(1, 7)
        ),
        indicators=measured,
        targets=tuple(Target(i.ref, p.name, value=Decimal(40)) for p in periods for i in measured),
        areas=names,
        periods=periods,
        recipients=(),
    )


def filled_return(register: Register, folder: Path) -> bytes:
    """One area's template, filled in, with a mark for the area's name."""
    path = folder / "base.xlsx"
    write_template(register, replace(register.areas[0], name=_MARK), PERIOD, path)
    book = load_workbook(path)
    for row in book[COVER_SHEET].iter_rows():
        for cell in row:
            if cell.value in ("Completed by", "Signed off by"):
                book[COVER_SHEET].cell(cell.row, cell.column + 1, "Head of Service")
    sheet = book[INDICATORS_SHEET]
    heading = next(r for r in sheet.iter_rows() if any(c.value == "Performance" for c in r))
    columns = {str(c.value): c.column for c in heading}
    for row in range(heading[0].row + 1, sheet.max_row + 1):
        percent = sheet.cell(row, columns["Unit"]).value == "percent"
        sheet.cell(row, columns["Performance"], 0.415 if percent else 41)
    path.unlink()
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def drop_returns(base: bytes, register: Register, inbox: Path) -> None:
    """One return for each area and period: the base with their names in place of its own."""
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    for letter, period in zip("abcd", register.periods, strict=False):
        of_period = {
            name: content.replace(PERIOD.name.encode(), period.name.encode())
            for name, content in parts.items()
        }
        for area in register.areas:
            path = inbox / f"{area.name} {letter}.xlsx"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
                for name, content in of_period.items():
                    made.writestr(name, content.replace(_MARK.encode(), area.name.encode()))


def bare_read(paths: list[Path]) -> None:
    for path in paths:
        with CalamineWorkbook.from_path(path) as book:
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()


class _TakenIn(Exception):  # noqa: N818 - the end of what is measured, and no error
    """All that lay in the inbox is in the store and the archive."""


class _Pace(Pace):
    """Counts the time of this process on the processors as well, in seconds; it ends before mail.

    An answer to each of very many returns takes longer than they, and is measured elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.processor = 0.0

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        if stage == "mail":
            raise _TakenIn
        began = time.process_time()
        with super().during(stage):
            yield
        self.processor += time.process_time() - began


class Took(Struct, frozen=True):
    """Seconds from the inbox to the store and the archive."""

    clock: float
    #: Those of the processors, in the job's own process and in its readers.
    job: float
    readers: float


def whole_way(workspace: Workspace, expected: int) -> Took:
    """What it takes from the inbox to the store and the archive, without mail."""
    pace, before = _Pace(), _of_readers()
    with suppress(_TakenIn), _collecting_as_the_command():
        nightly.run(workspace, NOW, lambda *_: None, pace=pace, only_inbox=True)
    readers = _of_readers() - before
    with store_of(workspace) as store:
        accepted = sum(sent.outcome is Outcome.ACCEPTED for sent in store.submissions())
    assert accepted == expected, f"{expected - accepted} returns were not accepted"
    return Took(sum(pace.seconds.values()), pace.processor, readers)


@contextmanager
def _collecting_as_the_command() -> Iterator[None]:
    """Look for cycles in the block as seldom as `quarterday run` does."""
    before = gc.get_threshold()
    gc.set_threshold(NEW_THINGS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _of_readers() -> float:
    """Seconds of the processors that the server has taken that forks the readers, and they.

    Linux tells them of a process and of those that it has waited for; elsewhere they are 0.
    """
    server: int | None = getattr(forkserver, "_forkserver")._forkserver_pid  # noqa: B009 - no stub has it
    if server is None or not Path("/proc/self/stat").exists():
        return 0.0
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    # From utime on, which is the 14th field of all (proc(5)), with stime, cutime and cstime.
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def plain_way(paths: list[Path]) -> None:
    schema = pa.DataFrameSchema(
        {"Ref": pa.Column(str), "Performance": pa.Column(float, pa.Check.ge(0), coerce=True)}
    )
    for path in paths:
        sheets = pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
        frame = sheets[INDICATORS_SHEET]
        at = next(n for n, row in frame.iterrows() if "Performance" in set(row))
        table = frame.iloc[int(at) + 1 :].set_axis(frame.iloc[int(at)], axis=1)
        schema.validate(table[["Ref", "Performance"]].dropna(), lazy=True)


def readings_of(register: Register, path: Path, *, wrong: bool) -> list[Return]:
    """What every area's return says, as it comes back from the reader; all wrong if asked."""
    arrival = Arrival(path, "0" * 64, path.stat().st_size, FileKind.XLSX, NOW)
    reading = read_workbook(path.read_bytes(), arrival.kind, register)
    if wrong:
        below, above = Decimal(-5), Decimal(9)
        altered = dict.fromkeys(PREFILLED, "something else")
        reading.rows = [
            replace(
                row, value=below, numerator=above, denominator=Decimal(3), seen=row.seen | altered
            )
            for row in reading.rows
        ]
    sent = pickle.dumps(reading)
    return [
        Return(arrival, replace(pickle.loads(sent), area=area.ref))  # noqa: S301 - dumped just before
        for area in register.areas[: _WRONG_RETURNS if wrong else None]
    ]


def checks_alone(register: Register, path: Path, *, wrong: bool) -> tuple[float, int, int]:
    """Seconds of `validate` for each return, its findings, and the bytes it takes at its peak."""
    readings = readings_of(register, path, wrong=wrong)
    validate(readings[:1], register, NOW, {})
    took = timeit.repeat(
        lambda: validate(readings, register, NOW, {}),
        number=1,
        repeat=1 if wrong else 3,
        timer=time.process_time,
    )
    tracemalloc.start()
    checked = validate(readings, register, NOW, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return min(took) / len(checked), sum(len(one.findings) for one in checked), peak


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    start = time.perf_counter()
    end = 0.0
    yield lambda: end - start
    end = time.perf_counter()


class Measured(Struct, frozen=True):
    """Seconds that a return takes among so many."""

    count: int
    bare: float
    whole: float
    plain: float


def compare(measured: Sequence[Measured]) -> None:
    """Print the ratios of the second, and of the others to it."""
    reference = measured[min(1, len(measured) - 1)]
    print(
        f"whole way among {reference.count}: {reference.whole / reference.bare:.2f} x its bare "
        f"read, {reference.whole / reference.plain:.3f} of its plain way"
    )
    for one in measured:
        if one is not reference:
            how = "fewer" if one.count < reference.count else "more"
            print(
                f"whole way among {how}, {one.count}: {one.whole / reference.whole:.2f} x "
                f"a return among {reference.count}"
            )


def measure(count: int) -> Measured:
    """Print milliseconds a return, and ratios to the bare read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        register = register_of(count)
        make_workspace(folder, NOW.date(), register)
        workspace = open_workspace(folder)
        limits = msgspec.structs.replace(
            workspace.settings.limits, settle_seconds=0.0, incomplete_minutes=0
        )
        workspace = Workspace(folder, msgspec.structs.replace(workspace.settings, limits=limits))
        drop_returns(filled_return(register, folder), register, workspace.inbox)
        paths = sorted(workspace.inbox.glob("*.xlsx"))
        with timed() as bare:
            bare_read(paths)
        with timed() as plain:
            plain_way(paths[:_PLAIN_RETURNS])
        right = checks_alone(register, paths[0], wrong=False)
        wrong = checks_alone(register, paths[0], wrong=True)
        assert right[1] == 0, "a return that is right has findings"
        whole = whole_way(workspace, count)
        each = 1000 / count
        sampled = min(count, _PLAIN_RETURNS)
        of_one = Measured(count, bare() / count, whole.clock / count, plain() / sampled)
        print(f"{count:>6} returns of {INDICATORS} indicators, milliseconds a return:")
        print(f"       bare read {bare() * each:8.2f}")
        print(
            f"       whole way {whole.clock * each:8.2f}   "
            f"{whole.clock / bare():5.1f} x the bare read"
        )
        print(
            f"      processors {(whole.job + whole.readers) * each:8.2f}   "
            f"of the job {whole.job * each:.2f}, of its readers {whole.readers * each:.2f}"
        )
        print(
            f"       plain way {1000 * of_one.plain:8.2f}   "
            f"{of_one.plain / of_one.whole:5.1f} x the whole way"
        )
        for what, (seconds, findings, peak) in (("all right", right), ("all wrong", wrong)):
            print(
                f"       checks    {1000 * seconds:8.2f}   {what}: {findings:,} findings, "
                f"{peak / 2**20:.0f} MiB at the peak"
            )
    return of_one
