"""Opening a session: a workspace's register and store, and the lock that one run alone holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.intake import archive, quarantine
from pipeline.job import idle
from pipeline.job.loaded import keep_loaded
from pipeline.register.loading import load_register
from pipeline.workspace import lock
from pipeline.workspace.errors import OutOfMemoryError
from pipeline.workspace.folder import (
    Workspace,
    make_private,
    make_state,
    sweep,
    sweep_temporary,
    temporary_files,
)
from pipeline.workspace.runs.pace import Pace
from pipeline.workspace.runs.record import note_cut_off
from schemas.model import Register

if TYPE_CHECKING:
    from pipeline.store import Store
    from pipeline.store.session import Progress, Session


def register_of(workspace: Workspace) -> Register:
    """The workspace's register.

    Raises:
        RegisterError: it is missing or holds mistakes, each named by sheet and cell.
    """
    cache = make_private(workspace.cache)
    with temporary_files(workspace):
        return load_register(workspace.register, cache, workspace.settings.limits)


def store_of(workspace: Workspace) -> Store:
    """The workspace's store, to be closed by the caller."""
    from pipeline.store import Store

    make_state(workspace)
    return Store(workspace.store_url)


@contextmanager
def as_it_is(workspace: Workspace) -> Iterator[Store | None]:
    """The store as it is, for whoever only checks; None where nothing was received yet.

    Raises:
        StoreError: it cannot be read.
    """
    from pipeline.store import Store

    store = Store.as_it_is(workspace.store_url)
    try:
        yield store
    finally:
        if store is not None:
            store.close()


@contextmanager
def looking(workspace: Workspace, now: datetime) -> Iterator[Session]:
    """A session that changes nothing; another may be at work meanwhile.

    Raises:
        RegisterError: the register is missing or holds mistakes.
    """
    from pipeline.store.session import Session

    register = register_of(workspace)
    with store_of(workspace) as store, temporary_files(workspace):
        yield Session(workspace, register, store, now)


@contextmanager
def at_work(
    workspace: Workspace,
    now: datetime,
    progress: Progress | None = None,
    pace: Pace | None = None,
    register: Register | None = None,
) -> Iterator[Session]:
    """A session that alone works in the workspace; with its register, unless that was read before.

    Raises:
        LockedError: another run is at work.
        RegisterError: the register is missing or holds mistakes.
    """
    from pipeline.store.journal import catch_up
    from pipeline.store.session import Session, silent

    register, pace = register or register_of(workspace), pace or Pace()
    keep_loaded()
    with alone(workspace), store_of(workspace) as store, noting(workspace, pace):
        catch_up(store, workspace.archive)
        yield Session(workspace, register, store, now, progress or silent, pace)
        catch_up(store, workspace.archive)


@contextmanager
def noting(workspace: Workspace, pace: Pace) -> Iterator[None]:
    """See on what a run before has ended, and note in the block on what this one is at work.

    Only while no other run is at work.

    Raises:
        OutOfMemoryError: there is no more memory.
    """
    if (before := pace.work.take_over(workspace.state)) is not None:
        pace.tell("run before ended", before=before.run, at=before.stage, things=before.many)
        note_cut_off(workspace, before.run, f"It ended {before.said}.")
    try:
        yield
    except MemoryError as error:
        said = "".join(f", {each}" for each in (pace.work.said,) if each)
        raise OutOfMemoryError(
            f"The run ran out of memory{said}. What it did is kept; the next run goes round that."
        ) from error
    finally:
        pace.work.close()


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """No other run works in the workspace meanwhile, and what one left unfinished is gone.

    Raises:
        LockedError: another run does.
    """
    with lock.held(make_state(workspace)), temporary_files(workspace):
        sweep_temporary(workspace)
        idle.forget(workspace)
        sweep(workspace.outbox, workspace.state)
        archive.finish(workspace)
        quarantine.finish(workspace)
        if workspace.settings.mail.receive.server:
            from pipeline.mail import mailbox

            mailbox.finish(workspace)
        yield
