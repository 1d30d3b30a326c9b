"""The journal of the archive: whether the store could be made again by what it tells."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.operations.doctor.check import HealthCheck, broken, many, well
from pipeline.store import journal
from pipeline.workspace.folder import Workspace
from pipeline.workspace.moving import holds


def look_at_journal(workspace: Workspace, *, quick: bool) -> HealthCheck:
    """Whether the journal and the store agree, and each register is kept; `quick` reads none.

    Raises:
        StoreError: the store cannot be opened.
        WorkspaceError: a file of the journal cannot be read.
    """
    from pipeline.store.copying import numbers

    # The journal first: what a run adds to the store meanwhile is only not in the journal yet.
    journaled = journal.noted(workspace.archive)
    stored = numbers(workspace.store_url, journal.TABLES)
    last_journaled = journal.highest(journaled)
    last_stored = {table: max(stored[table], default=0) for table in stored}
    if behind := [table for table in journaled if last_journaled[table] > last_stored[table]]:
        return broken(
            "The store is older than its archive, or another one; no run works with it.",
            "Put the right store back, or make it again with quarterday replay --rebuild.",
            *(
                f"{table}: {last_journaled[table]:,} rows in the journal, "
                f"{last_stored[table]:,} in the store"
                for table in behind
            ),
        )
    missing = {
        table: sorted(n for n in stored[table] if not any(n in each for each in ranges))
        for table, ranges in journaled.items()
    }
    lost = [
        f"missing: {table} {number}, of which the store tells"
        for table, rows in missing.items()
        for number in rows
        if number <= last_journaled[table]
    ]
    lost += _registers(workspace, quick=quick)
    if lost:
        return broken(
            f"{many(len(lost), 'thing')} missing or damaged.",
            f"Put {workspace.archive / 'journal'} and {workspace.archive / 'registers'} back from "
            "a backup.",
            *lost,
        )
    if not quick:
        for table in journal.TABLES:
            # Reads each line.
            list(journal.entries(workspace.archive, table))
    rows = many(sum(map(len, stored.values())), "row")
    if to_come := sum(map(len, missing.values())):
        return well(f"{rows}, of which the next run writes {to_come:,}.")
    return well(f"{rows} of the store, and each register.")


def _registers(workspace: Workspace, *, quick: bool) -> Iterator[str]:
    """Those by which returns were checked that are not kept as they were."""
    from pipeline.store.copying import registers

    for sha256 in sorted(registers(workspace.store_url)):
        path = journal.archived_register(workspace.archive, sha256)
        if not path.exists():
            yield f"missing: {path}"
        elif not quick and not holds(path, sha256):
            yield f"damaged: {path}"
