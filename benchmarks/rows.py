"""What it costs to take in one return of very many rows, beside the bare read of it.

    python -m benchmarks.rows [HOW MANY]

Processor time, the best of three, measured in turn in one run:
- bare: python-calamine reads every cell of every sheet, and nothing else happens;
- read: what the return says, as the reader in the sandbox finds it, by each kind of return: `asked`
  has a row for each indicator of a register of so many, the others the indicators of a register of
  60 and very many rows beside them, which are blank, of indicators that nobody knows, of one that
  stands there already, or notes.

No register of 100,000 indicators can be read, so that only returns of the other kinds ever come:
of these also `quarterday ingest`, with all of its processes: processor time, and the most memory
that they take together.
"""

from __future__ import annotations

import gc
import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import PatternFill

from benchmarks.appendix import best_in_turn
from benchmarks.memory import peak_of
from benchmarks.night import workspace_in
from benchmarks.returns import bare_read, drop_returns, filled_return, register_of
from benchmarks.start import processor_seconds, quarterday
from pipeline.returns.interpret.labels import vocabulary_of
from pipeline.returns.reader import read_workbook
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.sandbox.worker import NEW_THINGS
from pipeline.workspace.folder import open_workspace
from schemas.fields import INDICATORS_SHEET
from schemas.model import Register

_ROUNDS = 3
_FILL = PatternFill("solid", fgColor="FFFFEE")

#: What stands in the rows beside those of the indicators, by the kind of return: the cells of a
#: row, by its number and the last indicator's row.
_BESIDE: dict[str, Callable[[int, tuple[Cell, ...]], list[object]]] = {
    "blank": lambda _, last: [None] * len(last),
    "unknown": lambda number, last: [
        f"X9-{number}",
        last[1].value,
        f"Number {number} of what nobody asks for",
        *(cell.value for cell in last[3:]),
    ],
    "twice": lambda _, last: [cell.value for cell in last],
    "notes": lambda number, _: [None, f"Note {number}: figures of this service as the year ended"],
}


def _with_rows(base: bytes, kind: str, rows: int) -> bytes:
    """A return with so many rows of a kind below its indicators'."""
    book = load_workbook(io.BytesIO(base))
    sheet = book[INDICATORS_SHEET]
    last = tuple(sheet[sheet.max_row])
    for number in range(sheet.max_row + 1, rows):
        for column, value in enumerate(_BESIDE[kind](number, last), 1):
            cell = sheet.cell(number, column, value)
            if value is None:
                cell.fill = _FILL
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _returned(register: Register, folder: Path, kind: str, rows: int) -> Path:
    """The file of a return of a kind."""
    made = folder / kind
    made.mkdir()
    base = filled_return(register, folder)
    drop_returns(_with_rows(base, kind, rows) if kind in _BESIDE else base, register, made)
    (path,) = made.iterdir()
    return path


def _read(register: Register, path: Path) -> tuple[float, float]:
    """Seconds of the bare read and of the whole one."""
    content = path.read_bytes()
    # A worker is ready for the register before the first return, and looks for cycles as seldom.
    vocabulary_of(register)
    gc.set_threshold(NEW_THINGS)
    bare, read = best_in_turn(
        _ROUNDS,
        lambda: bare_read([path]),
        lambda: read_workbook(content, FileKind.XLSX, register),
    )
    return bare, read


def _taken_in(register: Register, path: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the processors that `ingest` takes, and MiB at its peak."""
    commands = []
    for number in range(2):
        workspace = workspace_in(folder / f"{path.parent.name} {number}", register)
        shutil.copy(path, open_workspace(workspace).inbox)
        commands.append(quarterday("ingest", "--workspace", workspace))
    # One that is sent back needs a person, as the exit code says.
    return processor_seconds(commands[0], most=1), peak_of(commands[1], most=1)


def measure(rows: int) -> None:
    """Print seconds of each, and their ratios to the bare read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in ("asked", *_BESIDE):
            register = register_of(1, rows) if kind == "asked" else register_of(1)
            path = _returned(register, folder, kind, rows)
            bare, read = _read(register, path)
            print(
                f"a return of {rows:,} rows, {kind}: bare read {bare:.2f} s, read {read:.2f} s, "
                f"{read / bare:.2f} x the bare read"
            )
            if kind in _BESIDE:
                taken, peak = _taken_in(register, path, folder)
                print(
                    f"       ingest {taken:.2f} s, {taken / bare:.2f} x the bare read, "
                    f"{peak:,.0f} MiB at the peak"
                )


if __name__ == "__main__":
    measure(int(sys.argv[1]) if sys.argv[1:] else 100_000)
