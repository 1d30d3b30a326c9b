"""A workbook opened: its cells and the look-up of their details, whichever kind it is.

Runs in the sandbox; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from python_calamine import CalamineError, WorksheetNotFound

from pipeline.workbooks.details import details_of, merged_of
from pipeline.workbooks.details.detail import BrokenPartError, Details
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import Grid, read_grids
from pipeline.workbooks.sandbox_worker import Reason, StoppedError
from schemas.findings import shorten

if TYPE_CHECKING:
    from pipeline.workspace.settings import Limits

#: What is raised for a workbook that is damaged. RuntimeError is how zipfile refuses a part that is
#: encrypted or packed in a way not known to it.
DAMAGED = (
    *(CalamineError, BrokenPartError, zipfile.BadZipFile, zlib.error, UnicodeDecodeError),
    *(KeyError, EOFError, OSError, RuntimeError),
)

_BROKEN = "its contents are broken"
#: What calamine says of whatever it cannot open.
_NOTHING_SAID = "Cannot detect file format"


def open_workbook(
    path: Path, kind: FileKind, is_wanted: Callable[[str], bool] = lambda _: True
) -> tuple[list[Grid], Details]:
    """The sheets whose names are wanted, and the look-up of their cells' details.

    Raises `PasswordError`, or one of `DAMAGED`.
    """
    grids = read_grids(path, is_wanted)
    merged = merged_of(path, kind)
    grids = [replace(grid, merged=merged.get(grid.sheet, grid.merged)) for grid in grids]
    return grids, details_of(path, kind)


def damage(error: Exception) -> str:
    """What a library says of a damaged workbook, where it says anything that helps."""
    said = shorten(error)
    if isinstance(error, (KeyError, WorksheetNotFound)):
        return f"a part of it is missing: {said}"
    return f"{_BROKEN}: {said}" if said and said != _NOTHING_SAID else _BROKEN


def why_stopped(stopped: StoppedError, limits: Limits, what: str) -> str:
    """Why reading a workbook was stopped; `what` is what it was read as, such as `a return`."""
    memory = f"it needs more than {limits.memory_mb} MiB of memory"
    match stopped.reason:
        case Reason.TIME:
            return f"it took longer than {limits.seconds:g} seconds"
        case Reason.MEMORY:
            return memory
        case Reason.CRASH:
            # A library that is refused memory may end its process without a word.
            return f"{memory}, or breaks the reader"
        case Reason.ANSWER:
            return f"it holds far more than {what} says"
        case Reason.FAILURE:
            return f"the reader failed ({stopped.detail})"
