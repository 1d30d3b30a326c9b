"""The archive against the store: every file received is there, and the journal that tells of it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.job.session import as_it_is
from pipeline.operations.doctor.check import HealthCheck, attention, broken, many, well
from pipeline.store import copying, journal
from pipeline.store.session import Progress
from pipeline.workspace.directory import Directory, File, FolderEntry, path_of, walk
from pipeline.workspace.folder import UNFINISHED, Workspace
from pipeline.workspace.moving import holds, opened

#: Folders in the archive that hold no returns.
_BESIDE = ("journal", "registers")
_HASH = re.compile(r"[0-9a-f]{64}")


def look_at_archive(workspace: Workspace, progress: Progress, *, quick: bool) -> HealthCheck:
    """Whether each submission's file is in the archive with its bytes; `quick` reads none."""
    # The files first: one that a run brings meanwhile is then in the store at any rate.
    archived, others = _archived_files(workspace.archive)
    known = copying.received(workspace.store_url)
    wanted = known.archived
    on_their_way: dict[str, Path] = {}
    if wanted.keys() - archived.keys():
        # In the order in which a run moves them.
        on_their_way = hashes_of(waiting_files(workspace))
        archived |= _archived_files(workspace.archive)[0]
    missing = sorted(wanted.keys() - archived.keys())
    lost = [sha256 for sha256 in missing if sha256 not in on_their_way]
    damaged = [] if quick else list(_damaged(archived, progress))
    if lost or damaged:
        return broken(
            f"{many(len(lost), 'file')} missing and {len(damaged):,} damaged, "
            f"of {len(wanted):,} received.",
            f"Put each back from a backup into {workspace.archive}.",
            *(f"missing: {sha256} ({wanted[sha256]})" for sha256 in lost),
            *(f"damaged: {path}" for path in damaged),
        )
    strange = archived.keys() - wanted.keys() - known.forgotten.keys()
    if unknown := others + [archived[sha256] for sha256 in strange]:
        return attention(
            f"{many(len(unknown), 'file')} that the store does not know.",
            "If the store was put back from an older backup, copy each into the inbox; else see "
            "who put it there.",
            *map(str, sorted(unknown)),
        )
    # A file may have been forgotten since it was seen.
    forgotten = [path for sha256, path in archived.items() if sha256 in known.forgotten]
    if due := [path for path in forgotten if path.exists()]:
        return attention(
            f"{many(len(due), 'file')} forgotten by the retention rule and still there.",
            "Run quarterday forget, which removes what it was cut off from removing.",
            *map(str, sorted(due)),
        )
    if missing:
        return attention(
            f"{many(len(missing), 'file')} taken in and not yet moved to the archive.",
            "The next run moves them.",
            *(str(on_their_way[sha256]) for sha256 in missing),
        )
    how = "Not read" if quick else "Every byte is as it was received"
    return well(f"{how}: {many(len(wanted), 'file')}.")


def look_at_journal(workspace: Workspace, *, quick: bool) -> HealthCheck:
    """Whether the journal and the store agree, and each register is kept; `quick` reads none.

    Raises:
        StoreError: the store cannot be opened.
        WorkspaceError: a file of the journal cannot be read.
    """
    # The journal first: what a run adds to the store meanwhile is only not in the journal yet.
    journaled = journal.noted(workspace.archive)
    stored = copying.numbers(workspace.store_url, journal.TABLES)
    last = journal.highest(journaled)
    last_stored = {table: max(numbers, default=0) for table, numbers in stored.items()}
    if behind := [table for table in last if last[table] > last_stored[table]]:
        return broken(
            "The store is older than its archive, or another one; no run works with it.",
            "Put the right store back, or make it again with quarterday replay --rebuild.",
            *(
                f"{table}: {last[table]:,} rows in the journal, {last_stored[table]:,} in the store"
                for table in behind
            ),
        )
    missing = [
        (table, number)
        for table, ranges in journaled.items()
        for number in _outside(ranges, sorted(stored[table]))
    ]
    lost = [
        f"missing: {table} {number}, of which the store tells"
        for table, number in missing
        if number <= last[table]
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
        with as_it_is(workspace) as store:
            differing = list(journal.differing(store, workspace.archive)) if store else []
        if differing:
            return broken(
                f"{many(len(differing), 'row')} of which store and journal say something else.",
                f"One of them was changed. Compare {workspace.archive / 'journal'} with a backup. "
                "Put the journal back from there, or move the store away and run quarterday replay "
                "--rebuild, whichever is not as it was.",
                *differing,
            )
    rows = many(sum(map(len, stored.values())), "row")
    if missing:
        return well(f"{rows}, of which the next run writes {len(missing):,}.")
    return well(f"{rows} of the store, and each register.")


def _outside(ranges: Iterable[range], numbers: Sequence[int]) -> Iterator[int]:
    """The numbers that lie in none of the ranges; they are sorted, and both may be very many."""
    within = set[int]()
    for each in ranges:
        within.update(numbers[bisect_left(numbers, each.start) : bisect_left(numbers, each.stop)])
    return (number for number in numbers if number not in within)


def _archived_files(archive: Path) -> tuple[dict[str, Path], list[Path]]:
    """The files received by their SHA-256, and what else lies in the archive."""
    archived: dict[str, Path] = {}
    others: list[Path] = []
    for path in files_in(archive, but=_BESIDE):
        if _HASH.fullmatch(path.stem) and path.parent.name == path.stem[:2]:
            archived[path.stem] = path
        elif not path.name.startswith(UNFINISHED):
            others.append(path)
    return archived, others


def waiting_files(workspace: Workspace) -> list[File]:
    """The files in the inbox, and those on their way from it to the archive."""
    return [*files_in_inbox(workspace), *files_in(workspace.leaving)]


def files_in_inbox(workspace: Workspace) -> list[FolderEntry]:
    """The regular files in the inbox and its folders, each by the folder that it was listed in."""
    with suppress(OSError):
        found = walk(Directory.of(workspace.inbox))
        return [each for each, as_listed in found if stat.S_ISREG(as_listed.st_mode)]
    return []


def hashes_of(files: Iterable[File]) -> dict[str, Path]:
    """The paths of those files that can be read, by their SHA-256."""
    found: dict[str, Path] = {}
    for file in files:
        with suppress(OSError):
            found[sha256_of(file)] = path_of(file)
    return found


def sha256_of(path: File) -> str:
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_in(folder: Path, but: tuple[str, ...] = ()) -> Iterator[Path]:
    """Every regular file in a folder and its folders, but for some of these; no link is followed.

    What may not be listed holds nothing here.
    """
    for place, folders, names in os.walk(folder):
        if Path(place) == folder:
            folders[:] = [name for name in folders if name not in but]
        for name in names:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _damaged(archived: dict[str, Path], progress: Progress) -> Iterator[Path]:
    for done, (sha256, path) in enumerate(sorted(archived.items()), 1):
        # One that is there no more was forgotten since; nothing else ever leaves the archive.
        if not holds(path, sha256) and path.exists():
            yield path
        progress("Reading the archive", done, len(archived))


def _registers(workspace: Workspace, *, quick: bool) -> Iterator[str]:
    """Those by which returns were checked that are not kept as they were."""
    for sha256 in sorted(copying.registers(workspace.store_url)):
        path = journal.archived_register(workspace.archive, sha256)
        if not path.exists():
            yield f"missing: {path}"
        elif not quick and not holds(path, sha256):
            yield f"damaged: {path}"
