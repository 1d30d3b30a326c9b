"""What it costs to read one return of very many rows, beside the bare read of it.

    python -m benchmarks.rows [HOW MANY]

Measured in turn, in one run; processor time, the best of three:
- bare: python-calamine reads every cell of every sheet, and nothing else happens;
- read: what the return says, cell by cell, as the reader in the sandbox finds it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.appendix import best_in_turn
from benchmarks.returns import bare_read, drop_returns, filled_return, register_of
from pipeline.returns.reader import read_workbook
from pipeline.workbooks.file_kind import FileKind

_ROUNDS = 3


def measure(rows: int) -> None:
    """Print seconds of each, and the ratio of the two."""
    register = register_of(1, rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drop_returns(filled_return(register, folder), register, folder)
        (path,) = folder.glob("*.xlsx")
        content = path.read_bytes()
        bare, read = best_in_turn(
            _ROUNDS,
            lambda: bare_read([path]),
            lambda: read_workbook(content, FileKind.XLSX, register),
        )
    print(
        f"a return of {rows:,} rows: bare read {bare:.2f} s, read {read:.2f} s, "
        f"{read / bare:.2f} x the bare read"
    )


if __name__ == "__main__":
    measure(int(sys.argv[1]) if sys.argv[1:] else 100_000)
