"""What it costs to look up number formats, beside the bare read of the same returns.

    python -m benchmarks.reading [HOW MANY]

Measured in turn, in one run, the best of five rounds of each:
- bare: python-calamine reads every cell of every sheet, and nothing else happens;
- formats: for each indicator, the number format, error and formula of its figure, its numerator
  and its denominator, and what is hidden.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.returns import INDICATORS, bare_read, drop_returns, filled_return, register_of
from pipeline.returns.interpret.columns import Belonging, choose_columns
from pipeline.returns.interpret.labels import vocabulary_of
from pipeline.returns.interpret.tables import find_tables
from pipeline.workbooks.details import details_of
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import read_grids
from schemas.fields import INDICATORS_SHEET
from schemas.model import Register

_ROUNDS = 5


def look_up(paths: list[Path], places: list[tuple[int, int]]) -> None:
    for path in paths:
        details_of(path.read_bytes(), FileKind.XLSX)(INDICATORS_SHEET, places)


def figure_places(path: Path, register: Register) -> list[tuple[int, int]]:
    """Where the figures of a return stand."""
    words = vocabulary_of(register)
    tables = find_tables(read_grids(path.read_bytes()), words)
    table = next(table for table in tables if table.grid.sheet == INDICATORS_SHEET)
    choose_columns(table, Belonging(words, None, None))
    columns = [table.columns[key] for key in ("numerator", "denominator", "performance")]
    return [(row, column) for row in table.rows for column in columns]


def best_of(rounds: int, work: Callable[[], None]) -> float:
    """Seconds of the quickest round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def measure(count: int) -> None:
    """Print milliseconds a return, and the ratio of both together to the bare read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        register = register_of(count)
        drop_returns(filled_return(register, folder), register, folder)
        paths = sorted(folder.glob("*.xlsx"))
        places = figure_places(paths[0], register)
        bare = best_of(_ROUNDS, lambda: bare_read(paths)) * 1000 / count
        formats = best_of(_ROUNDS, lambda: look_up(paths, places)) * 1000 / count
    print(f"{count:>6} returns of {INDICATORS} indicators, milliseconds a return:")
    print(f"       bare read {bare:8.2f}")
    print(f"       formats   {formats:8.2f}   {(bare + formats) / bare:5.1f} x the bare read, both")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if sys.argv[1:] else 200)
