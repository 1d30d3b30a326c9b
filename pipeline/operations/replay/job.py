"""The whole of a replay: make the store again beside the one there is; compare or replace it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from pipeline.job.session import alone, store_of
from pipeline.operations.replay.compare import Difference, compare
from pipeline.operations.replay.rebuild import Rebuilt, rebuild
from pipeline.store import Store, copying, journal
from pipeline.store.session import Progress
from pipeline.workspace.errors import StoreError, WorkspaceError
from pipeline.workspace.folder import UNFINISHED, Workspace


class Replayed(Struct, frozen=True):
    """What was made again, and where it differs from the store."""

    rebuilt: Rebuilt
    differences: tuple[Difference, ...] = ()
    #: Where the store that was replaced is kept.
    kept_aside: Path | None = None

    @property
    def needs_a_person(self) -> bool:
        return bool(self.differences) or any(not u.is_forgotten for u in self.rebuilt.unchecked)


def replay(workspace: Workspace, progress: Progress, *, reveals: bool = False) -> Replayed:
    """Make the store again from the archive, and compare the two; nothing is changed.

    What figures are that differ is told where it `reveals` them.

    Raises:
        StoreError: the store cannot be used, or is older than its archive.
        WorkspaceError: the archive cannot be read.
    """
    with (
        alone(workspace),
        store_of(workspace) as store,
        TemporaryDirectory(prefix=UNFINISHED, dir=workspace.state) as scratch,
        Store(f"sqlite:///{scratch}/rebuilt.sqlite3") as made,
    ):
        journal.catch_up(store, workspace.archive)
        rebuilt = rebuild(workspace, made, store, Path(scratch), progress)
        return Replayed(rebuilt, tuple(compare(store, made, reveals=reveals)))


def replace_store(workspace: Workspace, now: datetime, progress: Progress) -> Replayed:
    """Make the store again from the archive and put it in the store's place.

    A store in a file is kept beside it under another name; a database must be empty.

    Raises:
        WorkspaceError: the store holds all that its archive does, so that there is nothing to mend.
        StoreError: the database holds a store already, or cannot be used.
    """
    with alone(workspace), TemporaryDirectory(prefix=UNFINISHED, dir=workspace.state) as scratch:
        if _is_whole(workspace):
            raise WorkspaceError(
                "The store holds everything that its archive does. Compare the two with "
                "quarterday replay; to make it anew all the same, move the store away first."
            )
        url = workspace.store_url
        if copying.sqlite_file(url) is None and not copying.is_empty(url):
            raise StoreError(
                "The database holds a store that is older than its archive. Empty it, or name an "
                "empty one in store.url of pipeline.toml; then run quarterday replay --rebuild."
            )
        copy = Path(scratch) / "rebuilt.sqlite3"
        with Store(f"sqlite:///{copy}") as made:
            rebuilt = rebuild(workspace, made, None, Path(scratch), progress)
        aside = _moved_aside(workspace, now)
        copying.fill(copy, url)
    return Replayed(rebuilt, kept_aside=aside)


def _is_whole(workspace: Workspace) -> bool:
    """Whether there is a store that can be used and is not older than its archive."""
    file = copying.sqlite_file(workspace.store_url)
    if file is not None and copying.is_empty(workspace.store_url):
        return False
    try:
        with store_of(workspace) as store:
            is_behind = journal.is_behind(store, workspace.archive)
        return not is_behind and (file is None or not copying.damage(file))
    except StoreError:
        if file is None:
            # A database that cannot be reached is not replaced.
            raise
        return False


def _moved_aside(workspace: Workspace, now: datetime) -> Path | None:
    """Move a store in a file out of the way, its log with it; where it lies now."""
    file = copying.sqlite_file(workspace.store_url)
    if file is None or copying.is_empty(workspace.store_url):
        return None
    aside = file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}")
    for ending in ("-wal", "-shm", ""):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside
