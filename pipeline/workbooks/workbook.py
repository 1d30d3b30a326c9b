"""A workbook opened: its cells and the look-up of their details, whichever kind it is.

Runs in the sandbox; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace
from python_calamine import CalamineError, WorksheetNotFound

from pipeline.workbooks.details import details_of, merged_of
from pipeline.workbooks.details.detail import BrokenPartError, Details
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import Grid, read_grids
from pipeline.workbooks.sandbox.worker import Reason, StoppedError

if TYPE_CHECKING:
    from pipeline.workspace.settings import Limits

#: What calamine raises for a workbook that is damaged, and Python for a file that cannot be read.
DAMAGED = (CalamineError, WorksheetNotFound, UnicodeDecodeError, OSError)


def open_workbook(
    content: bytes, kind: FileKind, is_wanted: Callable[[str], bool] = lambda _: True
) -> tuple[list[Grid], Details]:
    """The sheets whose names are wanted, and the look-up of their cells' details.

    Raises `PasswordError`, one of `DAMAGED`, or, as the look-up does, BrokenPartError where the
    cells can be read and how they are shown cannot.
    """
    grids = read_grids(content, is_wanted)
    merged = merged_of(content, kind)
    grids = [replace(grid, merged=merged.get(grid.sheet, grid.merged)) for grid in grids]
    return grids, details_of(content, kind)


def damage(error: Exception) -> str:
    """What is wrong with a damaged workbook, in words of our own.

    What a library says of it names its own parts, and helps nobody.
    """
    match error:
        case BrokenPartError():
            return str(error)
        case WorksheetNotFound():
            return "a sheet of it is missing"
        case OSError():
            return "the file cannot be read"
    return "its contents are broken"


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
            return "it breaks the reader"
