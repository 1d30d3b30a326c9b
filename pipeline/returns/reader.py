"""Reading returns in guarded worker processes: a hostile or broken workbook costs one finding."""

from __future__ import annotations

import mimetypes
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, msgpack
from msgspec.structs import replace
from python_calamine import PasswordError

from pipeline.intake.inbox import Skipped
from pipeline.intake.scan import INCOMPLETE, Arrival, changed_since, may_be_incomplete
from pipeline.returns.reading import MOST_FINDINGS, Reading, Return
from pipeline.workbooks import grid
from pipeline.workbooks.addresses import position
from pipeline.workbooks.completeness import lacks_content
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind, looked_into
from pipeline.workbooks.origin import register_of_template
from pipeline.workbooks.sandbox.worker import StoppedError
from pipeline.workbooks.seal import is_untouched
from pipeline.workbooks.workbook import DAMAGED, damage, open_workbook, why_stopped
from pipeline.workspace.moving import ChangedError, content_of
from schemas import rules as c
from schemas.findings import has_errors, shorten
from schemas.model import Register

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pipeline.workbooks.sandbox import Guard
    from pipeline.workspace.settings import Limits

#: Of a file its kind, the area of its folder, its name, and whether more of it may come.
_About = tuple[FileKind, str | None, str, bool]

#: So many small ones, no larger in bytes than that, are a worker's one call: a call waits several
#: times for the lock of the interpreter, which the job holds while it checks and stores.
_TOGETHER, _SMALL = 8, 64 * 1024
#: For each worker so many calls are begun while what came before them is checked and stored.
_READ_AHEAD = 16
#: Of a return with more mistakes than any has so many are told.
_SOME = 100
#: Excel's own limit is 31 characters.
_LONGEST_SHEET_NAME = 255

#: What a worker answers: packed in a quarter of the time that `pickle` takes.
_PACKER = msgpack.Encoder()
_UNPACKER = msgpack.Decoder(list[Reading | None])

#: Set once in each worker, so that the register is not sent with every return.
_register: Register | None = None


def guard_of(register: Register, limits: Limits) -> Guard:
    """A guard whose workers can read returns on a register."""
    from pipeline.workbooks.sandbox import Guard

    return Guard(limits, partial(_prepare, register))


def read_returns(arrivals: Iterable[Arrival], guard: Guard) -> Iterator[Return | Skipped]:
    """Each arrival with what it says, in the order given.

    An arrival that intake has already found fault with is not opened. One that is no longer what
    intake saw is skipped: only bytes whose hash is known are ever taken in.

    Raises:
        GuardError: no worker can be started.
    """
    from pipeline.workbooks.sandbox import ahead

    begun = (_begun(some, guard) for some in _together(arrivals))
    for call in ahead(begun, guard, _READ_AHEAD):
        yield from _outcomes(call, guard)


def _prepare(register: Register) -> None:
    """Make a worker ready to read returns, and to write correction copies."""
    global _register  # noqa: PLW0603 - a worker process has one register for its whole life
    _register = register
    # openpyxl does without numpy, which takes a quarter of a worker's memory as it is imported.
    sys.modules["numpy"] = None  # type: ignore[assignment]  # so that importing it fails
    # It also asks, once, which types of files the system knows: a worker may not, later.
    mimetypes.init()
    # What words mean on a register of very many indicators takes seconds, once.
    from pipeline.returns.interpret.labels import vocabulary_of

    vocabulary_of(register)


class _Call(Struct, frozen=True):
    """A call of a worker that reads some files."""

    arrivals: list[Arrival]
    #: Those of them that are still what intake saw, and may be opened.
    opened: list[Arrival]
    answer: Future[bytes] | None


def _together(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    """The same, in their order: small ones several at a time."""
    some: list[Arrival] = []
    for arrival in arrivals:
        is_small = arrival.size <= _SMALL
        if some and not (is_small and len(some) < _TOGETHER):
            yield some
            some = []
        if is_small:
            some.append(arrival)
        else:
            yield [arrival]
    if some:
        yield some


def _begun(arrivals: list[Arrival], guard: Guard) -> _Call:
    """The call that reads some files; what is large is fetched when a worker is free for it."""
    opened = [arrival for arrival in arrivals if not has_errors(arrival.findings)]
    if len(arrivals) == 1:
        content = partial(_contents, opened)
        abouts = [*map(_about, opened)]
        answer = guard.submit_with(content, _read_contents, abouts) if opened else None
        return _Call(arrivals, opened, answer)
    contents = []
    for arrival in [*opened]:
        try:
            contents += _contents([arrival])
        except ChangedError:
            opened.remove(arrival)
    answer = guard.submit(_read_contents, contents, [*map(_about, opened)]) if opened else None
    return _Call(arrivals, opened, answer)


def _contents(arrivals: list[Arrival]) -> list[bytes]:
    """The bytes of some files.

    Raises:
        ChangedError: one of them is no longer what intake saw.
    """
    # What is only checked may be named by a link.
    return [
        content_of(each.entry or Path(os.path.realpath(each.path)), each.sha256)
        for each in arrivals
    ]


def _about(arrival: Arrival) -> _About:
    return arrival.kind, arrival.folder_area, arrival.filename, arrival.is_fresh


def _read_contents(contents: list[bytes], abouts: list[_About]) -> bytes:
    """What each of some returns says, packed; None where a part of it may be still to come."""
    return _PACKER.encode(list(map(_read_content, contents, abouts)))


def _read_content(content: bytes, about: _About) -> Reading | None:
    assert _register is not None  # noqa: S101 - set when the worker started
    kind, folder_area, filename, is_fresh = about
    if is_fresh and lacks_content(content, kind):
        return None
    reading = read_workbook(content, kind, _register, folder_area, filename)
    return None if is_fresh and may_be_incomplete(reading.findings) else reading


def read_workbook(
    content: bytes,
    kind: FileKind,
    register: Register,
    folder_area: str | None = None,
    filename: str = "",
) -> Reading:
    """One return, read and interpreted in this very process, without its limits."""
    is_package = kind in (FileKind.XLSX, FileKind.XLSM)
    about = register, folder_area, filename
    reading = _read(content, kind, *about) if is_package else None
    if reading and c.DAMAGED.code not in [finding.code for finding in reading.findings]:
        return reading
    # Of packages only one that cannot be read is looked into: the rest are what they seem.
    found = looked_into(content, kind)
    return reading if reading and found is kind else _read(content, found, *about)


def _read(
    content: bytes, kind: FileKind, register: Register, folder_area: str | None, filename: str
) -> Reading:
    if kind is FileKind.ENCRYPTED:
        return Reading(findings=[c.ENCRYPTED.found()])
    if kind not in EXTENSIONS:
        return Reading(findings=[c.NOT_A_WORKBOOK.found(kind=kind.value)])
    # A worker has it from where it was forked; the job's own process does without.
    from pipeline.returns.interpret import interpret
    from pipeline.returns.interpret.file_names import other_period

    try:
        grids, details = open_workbook(content, kind)
        if any(len(each.sheet) > _LONGEST_SHEET_NAME for each in grids):
            return Reading(findings=[c.DAMAGED.found(detail="the name of a sheet has no end")])
        reading = _bounded(interpret(grids, register, details, folder_area))
        return replace(
            reading,
            is_as_sent=is_untouched(content),
            template_of=register_of_template(content),
            file_period=reading.period and other_period(filename, reading.period, register),
        )
    except PasswordError:
        return Reading(findings=[c.ENCRYPTED.found()])
    except BrokenPartError as error:
        return Reading(findings=[c.LOOKS_UNREADABLE.found(detail=shorten(error))])
    except DAMAGED as error:
        return Reading(findings=[c.DAMAGED.found(detail=damage(error))])


def read_cell(content: bytes, sheet: str, cell: str) -> str:
    """The text of one cell of a workbook, empty where nothing stands there; for a guard to call."""
    at = position(cell)
    grids = grid.read_grids(content, lambda name: name == sheet)
    return shorten(grid.text_of(grids[0].value(*at))) if grids and at else ""


def _bounded(reading: Reading) -> Reading:
    """The reading, or what little there is to say where it would fill the store."""
    if len(reading.findings) <= MOST_FINDINGS:
        return reading
    excess = c.TOO_LARGE.found(detail=f"it holds more than {MOST_FINDINGS:,} mistakes")
    said = [excess, *reading.findings[:_SOME]]
    return Reading(reading.area, reading.period, sheets=reading.sheets, findings=said)


def _outcomes(call: _Call, guard: Guard) -> Iterator[Return | Skipped]:
    """What became of each file of a call."""
    readings: Mapping[Path, Reading | None] = {}
    opened = [arrival.path for arrival in call.opened]
    try:
        if call.answer is not None:
            answers = _UNPACKER.decode(call.answer.result())
            readings = dict(zip(opened, answers, strict=True))
    except ChangedError:
        opened = []
    except StoppedError as stopped:
        if len(call.arrivals) > 1:
            # It is charged to the one that it stopped at, and to no other.
            for alone in [_begun([arrival], guard) for arrival in call.arrivals]:
                yield from _outcomes(alone, guard)
            return
        why = why_stopped(stopped, guard.limits, "a return")
        readings = dict.fromkeys(opened, Reading(findings=[c.READER_STOPPED.found(detail=why)]))
    for arrival in call.arrivals:
        if has_errors(arrival.findings):
            yield Return(arrival, Reading())
        elif arrival.path not in readings:
            yield changed_since(arrival)
        elif (reading := readings[arrival.path]) is None:
            yield Skipped(arrival.path, INCOMPLETE)
        else:
            yield Return(arrival, reading)
