"""What it costs to mark a workbook for correction, beside openpyxl's load and save of the same.

    python -m benchmarks.correction [ROWS ...]

Workbooks of about 60 kB, 1 MB and 5 MB, or of so many rows, in turn; on Linux, which tells of a
process how much it has had at the most since a moment. Each piece of work is done in a process of
its own, and so is each run of it. Every process has imported the same, openpyxl among it. What it
holds by then is not counted, and what it has free by then is given back first, or the work would
fill that at no cost. Of a small workbook the median of several runs tells.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import xlsxwriter

from pipeline.outputs.correction import CorrectionCopy
from pipeline.workbooks.file_kind import FileKind
from schemas import rules as c

_COLUMNS = 12
#: How often a piece of work is done that takes no longer than so many seconds.
_OFTEN, _SHORT = 9, 1.0
#: Rows that make workbooks of about 60 kB, 1 MB and 5 MB.
_SIZES = (900, 16_000, 80_000)
_BAD = tuple(
    c.NOT_A_FIGURE.found("Figures", f"C{row}", "about 40", example="40") for row in range(3, 23)
)


def workbook(path: Path, rows: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Figures")
        for row in range(rows):
            words = [f"Wording {row} of {column}" for column in range(3)]
            sheet.write_row(row, 0, [*words, *(row * 7.31 + each for each in range(_COLUMNS - 3))])


def mark(path: Path) -> None:
    copy = CorrectionCopy(FileKind.XLSX, _BAD, path.name)
    path.with_name("copy.xlsx").write_bytes(copy.marked(path.read_bytes()))


def load_and_save(path: Path) -> None:
    openpyxl.load_workbook(path).save(path.with_name("saved.xlsx"))


def measured(work: Callable[[Path], None], path: Path) -> tuple[float, float]:
    """Seconds, and MiB at the most, of a piece of work; medians of several if it is short."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        runs = [pool.apply(_measured, (work, path))]
        if runs[0][0] < _SHORT:
            runs += [pool.apply(_measured, (work, path)) for _ in range(_OFTEN - 1)]
    seconds, peaks = zip(*runs, strict=True)
    return statistics.median(seconds), statistics.median(peaks)


def _measured(work: Callable[[Path], None], path: Path) -> tuple[float, float]:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    # Forget the peak so far, which is that of the imports (proc(5)).
    Path("/proc/self/clear_refs").write_text("5")
    before, start = _mib("VmRSS"), time.perf_counter()
    work(path)
    seconds = time.perf_counter() - start
    return seconds, _mib("VmHWM") - before


def _mib(what: str) -> float:
    """What the system says of this process's memory: of now, or at the most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def main(sizes: Sequence[int]) -> None:
    """Print seconds and MiB of each, and the ratio of the two."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in sizes:
            path = folder / "return.xlsx"
            workbook(path, rows)
            ours, theirs = measured(mark, path), measured(load_and_save, path)
            print(
                f"{path.stat().st_size / 1000:,.0f} kB: marked in {ours[0]:.2f} s with "
                f"{ours[1]:.1f} MiB; openpyxl {theirs[0]:.2f} s with {theirs[1]:.1f} MiB; "
                f"{ours[0] / theirs[0]:.2f} of its time, {ours[1] / theirs[1]:.2f} of its memory"
            )


if __name__ == "__main__":
    main([*map(int, sys.argv[1:])] or _SIZES)
