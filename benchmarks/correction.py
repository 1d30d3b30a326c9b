"""What it costs to mark a workbook for correction, beside openpyxl's load and save of the same.

    python -m benchmarks.correction [ROWS ...]

Workbooks of about 60 kB, 1 MB and 5 MB, or of so many rows, in turn. Each piece of work is done in
a process of its own, so that the peak of its memory is its own. Every process has imported the
same, openpyxl among it; what one takes that does nothing else is taken off both. Of a small
workbook the peak is little more than what the system's count is uncertain by: the median of several
tells.
"""

from __future__ import annotations

import multiprocessing
import resource
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
_OFTEN, _SHORT = 5, 1.0
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


def nothing(_: Path) -> None:
    """What a process takes that does nothing."""


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
    start = time.perf_counter()
    work(path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - start, peak


def main(sizes: Sequence[int]) -> None:
    """Print seconds and MiB of each, and the ratio of the two."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in sizes:
            path = folder / "return.xlsx"
            workbook(path, rows)
            _, idle = measured(nothing, path)
            ours, theirs = measured(mark, path), measured(load_and_save, path)
            memory = (ours[1] - idle) / max(1.0, theirs[1] - idle)
            print(
                f"{path.stat().st_size / 1000:,.0f} kB: marked in {ours[0]:.2f} s with "
                f"{ours[1]:.0f} MiB; openpyxl {theirs[0]:.2f} s with {theirs[1]:.0f} MiB; "
                f"{ours[0] / theirs[0]:.2f} of its time, {memory:.2f} of what it takes in memory"
            )


if __name__ == "__main__":
    main([*map(int, sys.argv[1:])] or _SIZES)
