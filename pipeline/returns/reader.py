"""Reading returns in guarded worker processes: a hostile or broken workbook costs one finding."""

from __future__ import annotations

import hashlib
import sys
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, PasswordError, WorksheetNotFound

from pipeline.intake.scan import (
    INCOMPLETE,
    STILL_CHANGING,
    Arrival,
    FileKind,
    Skipped,
    may_be_incomplete,
)
from pipeline.returns.interpret import interpret
from pipeline.returns.reading import Reading, Return
from pipeline.workbooks import grid
from pipeline.workbooks.details import BrokenPartError, details_of, merged_of
from pipeline.workbooks.sandbox import Guard, Reason, StoppedError
from pipeline.workspace.settings import Limits
from schemas import rules as c
from schemas.findings import has_errors, shorten
from schemas.model import Register

#: How many returns wait for each worker; bounds memory at any inbox size.
_AHEAD = 8

#: RuntimeError is how zipfile refuses a part that is encrypted or packed in a way not known to it.
_DAMAGED = (
    *(CalamineError, BrokenPartError, zipfile.BadZipFile, zlib.error),
    *(KeyError, EOFError, OSError, RuntimeError),
)

_BROKEN = "its contents are broken"
#: What calamine says of whatever it cannot open.
_NOTHING_SAID = "Cannot detect file format"

#: No return has more mistakes or achievements; of one that has, so many mistakes are told.
_MOST, _SOME = 5_000, 100
#: Excel's own limit is 31 characters.
_LONGEST_SHEET_NAME = 255

#: Set once in each worker, so that the register is not sent with every return.
_register: Register | None = None


def guard_of(register: Register, limits: Limits) -> Guard:
    """A guard whose workers can read returns on a register."""
    return Guard(
        workers=limits.workers,
        seconds=limits.seconds,
        memory_mb=limits.memory_mb,
        prepare=partial(_prepare, register),
    )


def read_returns(arrivals: Iterable[Arrival], guard: Guard) -> Iterator[Return | Skipped]:
    """Each arrival with what it says, in the order given.

    An arrival that intake has already found fault with is not opened. One that is no longer what
    intake saw is skipped: only bytes whose hash is known are ever taken in.

    Raises:
        GuardError: no worker can be started.
    """
    waiting: deque[tuple[Arrival, Future[Reading | None] | None]] = deque()
    for arrival in arrivals:
        future = None if has_errors(arrival.findings) else guard.submit(_read_arrival, arrival)
        waiting.append((arrival, future))
        if len(waiting) > _AHEAD * guard.workers:
            yield _outcome(*waiting.popleft(), guard)
    while waiting:
        yield _outcome(*waiting.popleft(), guard)


def _prepare(register: Register) -> None:
    """Make a worker ready to read returns, and to write correction copies."""
    global _register  # noqa: PLW0603 - a worker process has one register for its whole life
    _register = register
    # openpyxl does without numpy, which takes a quarter of a worker's memory as it is imported.
    sys.modules["numpy"] = None  # type: ignore[assignment]


def _read_arrival(arrival: Arrival) -> Reading | None:
    """What a return says; None where the file is no longer the one that arrived."""
    assert _register is not None  # noqa: S101 - set when the worker started
    if not _is_unchanged(arrival):
        return None
    reading = read_workbook(arrival.path, arrival.kind, _register, arrival.folder_area)
    return reading if _is_unchanged(arrival) else None


def _is_unchanged(arrival: Arrival) -> bool:
    try:
        with arrival.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == arrival.sha256
    except OSError:
        return False


def read_workbook(
    path: Path, kind: FileKind, register: Register, folder_area: str | None = None
) -> Reading:
    """One return, read and interpreted in this very process, without its limits."""
    try:
        grids = grid.read_grids(path)
        if any(len(each.sheet) > _LONGEST_SHEET_NAME for each in grids):
            return Reading(findings=[c.DAMAGED.found(detail="the name of a sheet has no end")])

        merged = merged_of(path, kind)
        grids = [replace(g, merged=merged.get(g.sheet, g.merged)) for g in grids]
        details = details_of(path, kind)
        return _bounded(interpret(grids, register, details, folder_area))
    except PasswordError:
        return Reading(findings=[c.ENCRYPTED.found()])
    except _DAMAGED as error:
        return Reading(findings=[c.DAMAGED.found(detail=_broken(error))])


def read_cell(path: Path, sheet: str, cell: str) -> str:
    """The text of one cell of a workbook, empty where nothing stands there; for a guard to call."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(cell[len(letters) :])
    for each in grid.read_grids(path):
        if each.sheet == sheet:
            return shorten(grid.text_of(each.value(row - 1, column - 1)))
    return ""


def _bounded(reading: Reading) -> Reading:
    """The reading, or what little there is to say where it would fill the store."""
    for what, many in (
        ("mistakes", len(reading.findings)),
        ("achievements", len(reading.achievements)),
    ):
        if many > _MOST:
            excess = c.TOO_LARGE.found(detail=f"it holds {many:,} {what}")
            said = [excess, *reading.findings[:_SOME]]
            return Reading(reading.area, reading.period, sheets=reading.sheets, findings=said)
    return reading


def _broken(error: Exception) -> str:
    """What a library says of a damaged workbook, where it says anything that helps."""
    said = shorten(error)
    if isinstance(error, (KeyError, WorksheetNotFound)):
        return f"a part of it is missing: {said}"
    return f"{_BROKEN}: {said}" if said and said != _NOTHING_SAID else _BROKEN


def _outcome(
    arrival: Arrival, future: Future[Reading | None] | None, guard: Guard
) -> Return | Skipped:
    if future is None:
        return Return(arrival, Reading())
    try:
        reading = future.result()
    except StoppedError as stopped:
        stop = c.READER_STOPPED.found(detail=_why(stopped, guard))
        return Return(arrival, Reading(findings=[stop]))
    if reading is None:
        return Skipped(arrival.path, STILL_CHANGING)
    if arrival.is_fresh and may_be_incomplete(reading.findings):
        return Skipped(arrival.path, INCOMPLETE)
    return Return(arrival, reading)


def _why(stopped: StoppedError, guard: Guard) -> str:
    memory = f"it needs more than {guard.memory_mb} MiB of memory"
    match stopped.reason:
        case Reason.TIME:
            return f"it took longer than {guard.seconds:g} seconds"
        case Reason.MEMORY:
            return memory
        case Reason.CRASH:
            # A library that is refused memory may end its process without a word.
            return f"{memory}, or breaks the reader"
        case Reason.ANSWER:
            return "it holds far more than a return says"
        case Reason.FAILURE:
            return f"the reader failed ({stopped.detail})"
