"""Working: a workspace's register and store, and the time in which one run alone works there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.intake import archive, quarantine
from pipeline.job import idle
from pipeline.register.loading import load_register
from pipeline.workspace import lock
from pipeline.workspace.folder import Workspace, make_private, make_state, need_folder, sweep
from schemas.model import Register

if TYPE_CHECKING:
    from pipeline.store import Store


def register_of(workspace: Workspace) -> Register:
    """The workspace's register.

    Raises:
        RegisterError: it is missing or holds mistakes, each named by sheet and cell.
    """
    make_private(workspace.state)
    return load_register(
        workspace.register, make_private(workspace.cache), workspace.settings.limits
    )


def store_of(workspace: Workspace) -> Store:
    """The workspace's store, to be closed by the caller."""
    from pipeline.store import Store

    need_folder(make_state(workspace))
    return Store(workspace.store_url)


@contextmanager
def at_work(workspace: Workspace) -> Iterator[Store]:
    """The workspace's store, while this run alone works in the workspace.

    Raises:
        LockedError: another run does.
    """
    from pipeline.store.journal import catch_up

    with alone(workspace), store_of(workspace) as store:
        catch_up(store, workspace.archive)
        yield store
        catch_up(store, workspace.archive)


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """No other run works in the workspace meanwhile, and what one left unfinished is gone.

    Raises:
        LockedError: another run does.
    """
    need_folder(make_state(workspace))
    with lock.held(workspace.state):
        idle.forget(workspace)
        sweep(workspace.outbox, workspace.state)
        archive.finish(workspace)
        quarantine.finish(workspace)
        if workspace.settings.mail.receive.server:
            from pipeline.mail import mailbox

            mailbox.finish(workspace)
        yield
