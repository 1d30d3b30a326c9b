"""Reading returns in guarded worker processes: a hostile or broken workbook costs one finding.

Each worker has a limit of memory, each workbook a limit of time; a worker that dies is replaced.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool
from python_calamine import CalamineError, PasswordError

from pipeline import catalogue as c
from pipeline import grid, ooxml
from pipeline.findings import has_errors
from pipeline.intake import Arrival, FileKind
from pipeline.interpret import interpret
from pipeline.model import Register
from pipeline.reading import Reading
from pipeline.settings import Limits

_MIB = 1024 * 1024
#: How many returns wait in the workers' queue for each worker; bounds memory at any inbox size.
_AHEAD = 8

#: Set once in each worker, so that the register is not sent with every return.
_register: Register | None = None


def read_returns(
    arrivals: Sequence[Arrival], register: Register, limits: Limits
) -> Iterator[tuple[Arrival, Reading]]:
    """Each arrival with what it says, in the order given.

    An arrival that intake has already found fault with is not opened; nor is the pool started
    before there is something to open.
    """
    workers = min(limits.workers or os.cpu_count() or 1, len(arrivals))
    pool: ProcessPool | None = None
    waiting: list[tuple[Arrival, ProcessFuture[Reading] | None]] = []
    try:
        for arrival in arrivals:
            future = None
            if not has_errors(arrival.findings):
                pool = pool or _pool(workers, limits, register)
                future = pool.schedule(
                    read_return,
                    args=(arrival.path, arrival.kind, arrival.folder_area),
                    timeout=limits.seconds,
                )
            waiting.append((arrival, future))
            if len(waiting) > _AHEAD * workers:
                yield _outcome(*waiting.pop(0), limits)
        for arrival, future in waiting:
            yield _outcome(arrival, future, limits)
        waiting.clear()
    finally:
        if pool is not None:
            # Workers still starting end by themselves; killed half-way, they would complain.
            pool.close()  # type: ignore[no-untyped-call]  # pebble leaves it without types
            for _, future in waiting:
                if future is not None:
                    future.cancel()  # type: ignore[no-untyped-call]
            pool.join()


def _pool(workers: int, limits: Limits, register: Register) -> ProcessPool:
    return ProcessPool(
        max_workers=workers,
        # Workers are replaced now and then: what one workbook leaves behind does not add up.
        max_tasks=500,
        initializer=_start_worker,
        initargs=(register, limits.memory_mb),
        # Spawned, not forked: a worker holds nothing but what it needs, on every system.
        context=multiprocessing.get_context("spawn"),
    )


def _start_worker(register: Register, memory_mb: int) -> None:
    global _register  # noqa: PLW0603 - a worker process has one register for its whole life
    _register = register
    with suppress(ImportError, ValueError, OSError):
        # Windows has no such limit; there the time limit alone stands.
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MIB, memory_mb * _MIB))


def read_return(path: Path, kind: FileKind, folder_area: str | None) -> Reading:
    """One return, read and interpreted; the worker's task."""
    assert _register is not None  # noqa: S101 - set when the worker started
    return read_workbook(path, kind, _register, folder_area)


def read_workbook(
    path: Path, kind: FileKind, register: Register, folder_area: str | None = None
) -> Reading:
    """One return, read and interpreted in this very process, without its limits."""
    try:
        grids = grid.read_grids(path)

        def details(
            sheet: str, wanted: list[tuple[int, int]]
        ) -> dict[tuple[int, int], ooxml.CellDetail]:
            if kind not in (FileKind.XLSX, FileKind.XLSM):
                return {}
            return ooxml.cell_details(path, sheet, wanted)

        return interpret(grids, register, details, folder_area)
    except PasswordError:
        return Reading(findings=[c.ENCRYPTED.found()])
    except (CalamineError, ooxml.BadXmlError, KeyError, OSError) as error:
        return Reading(findings=[c.DAMAGED.found(detail=str(error) or type(error).__name__)])
    except MemoryError:
        return Reading(findings=[c.READER_STOPPED.found(detail="it needs too much memory")])


def _outcome(
    arrival: Arrival, future: ProcessFuture[Reading] | None, limits: Limits
) -> tuple[Arrival, Reading]:
    if future is None:
        return arrival, Reading()
    try:
        return arrival, future.result()
    except TimeoutError:
        detail = f"it took longer than {limits.seconds} seconds"
    except ProcessExpired:
        detail = f"it needs more than {limits.memory_mb} MiB of memory, or breaks the reader"
    except Exception as error:
        # Whatever a reader throws costs this return only.
        detail = f"the reader failed ({type(error).__name__})"
    return arrival, Reading(findings=[c.READER_STOPPED.found(detail=detail)])
